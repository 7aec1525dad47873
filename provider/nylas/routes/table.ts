import { type KnownObject } from "../wire/known";

/** Which key a route is called with: the application's, the organization's, or whatever domains are managed with. */
export type RouteKey = "application" | "organization" | "domains";

/** A call that the provider makes. */
export interface Route {
  /** As in `GET /v3/policies/:id`; domains stand under their newer prefix. */
  readonly route: string;
  readonly key: RouteKey;
  /** What it answers with, one of it or a list. */
  readonly object?: KnownObject;
  readonly list?: true;
  /** The resources that cannot do without it, by their type. */
  readonly types: readonly string[];
}

const DOMAIN_TYPES = ["Domain", "DomainRecords", "DomainVerification"];
const ALL_OF_APPLICATION = [
  "Workspace",
  "DefaultWorkspace",
  "Policy",
  "AgentAccount",
  "Rule",
  "List",
  "Webhook",
];

/** Every call of the provider. A test holds it to the calls in this folder, and to those that the fault campaign has seen. */
export const ROUTE_TABLE: readonly Route[] = [
  route("GET /v3/applications", "application", ALL_OF_APPLICATION, "an application"),

  list("GET /v3/connectors", "application", ["AgentAccount"], "a connector"),
  route("POST /v3/connectors", "application", ["AgentAccount"], "a connector"),

  list("GET /v3/domains", "domains", DOMAIN_TYPES, "a domain"),
  route("POST /v3/domains", "domains", ["Domain"], "a domain"),
  route("GET /v3/domains/:id", "domains", DOMAIN_TYPES, "a domain"),
  route("PUT /v3/domains/:id", "domains", ["Domain"], "a domain"),
  route("DELETE /v3/domains/:id", "domains", ["Domain"]),
  route("POST /v3/domains/:id/info", "domains", ["DomainRecords"], "the record of a domain"),
  route("POST /v3/domains/:id/verify", "domains", ["DomainVerification"], "the record of a domain"),

  list("GET /v3/grants", "application", ["AgentAccount", "Workspace", "Domain"], "a grant"),
  route("POST /v3/connect/custom", "application", ["AgentAccount"], "a grant"),
  route("GET /v3/grants/:id", "application", ["AgentAccount"], "a grant"),
  route("PATCH /v3/grants/:id", "application", ["AgentAccount"], "a grant"),
  route("DELETE /v3/grants/:id", "application", ["AgentAccount"]),
  list("GET /v3/grants/:id/messages", "application", ["AgentAccount"], "a message"),
  route("POST /v3/grants/:id/messages/send", "application", ["SmokeTest"], "a message"),
  list("GET /v3/grants/:id/threads", "application", ["AgentAccount"]),
  list("GET /v3/grants/:id/folders", "application", ["AgentAccount"], "a folder"),
  route("POST /v3/grants/:id/folders", "application", ["AgentAccount"], "a folder"),
  route("DELETE /v3/grants/:id/folders/:id", "application", ["AgentAccount"]),

  list(
    "GET /v3/workspaces",
    "application",
    ["Workspace", "DefaultWorkspace", "Policy", "Rule"],
    "a workspace",
  ),
  route("POST /v3/workspaces", "application", ["Workspace"], "a workspace"),
  route("GET /v3/workspaces/:id", "application", ["Workspace", "DefaultWorkspace"], "a workspace"),
  route("PATCH /v3/workspaces/:id", "application", ["Workspace", "DefaultWorkspace"], "a workspace"),
  route("DELETE /v3/workspaces/:id", "application", ["Workspace"]),
  route("POST /v3/workspaces/:id/manual-assign", "application", ["AgentAccount"]),

  list("GET /v3/policies", "application", ["Policy"], "a policy"),
  route("POST /v3/policies", "application", ["Policy"], "a policy"),
  route("GET /v3/policies/:id", "application", ["Policy"], "a policy"),
  route("PUT /v3/policies/:id", "application", ["Policy"], "a policy"),
  route("DELETE /v3/policies/:id", "application", ["Policy"]),

  list("GET /v3/rules", "application", ["Rule"], "a rule"),
  route("POST /v3/rules", "application", ["Rule"], "a rule"),
  route("GET /v3/rules/:id", "application", ["Rule"], "a rule"),
  route("PUT /v3/rules/:id", "application", ["Rule"], "a rule"),
  route("DELETE /v3/rules/:id", "application", ["Rule"]),

  list("GET /v3/lists", "application", ["List"], "a list"),
  route("POST /v3/lists", "application", ["List"], "a list"),
  route("GET /v3/lists/:id", "application", ["List"], "a list"),
  route("PUT /v3/lists/:id", "application", ["List"], "a list"),
  route("DELETE /v3/lists/:id", "application", ["List"]),
  list("GET /v3/lists/:id/items", "application", ["List"], "an item of a list"),
  route("POST /v3/lists/:id/items", "application", ["List"], "a list"),
  route("DELETE /v3/lists/:id/items", "application", ["List"], "a list"),

  list("GET /v3/webhooks", "application", ["Webhook"], "a webhook"),
  route("POST /v3/webhooks", "application", ["Webhook"], "a webhook"),
  route("GET /v3/webhooks/:id", "application", ["Webhook"], "a webhook"),
  route("PUT /v3/webhooks/:id", "application", ["Webhook"], "a webhook"),
  route("DELETE /v3/webhooks/:id", "application", ["Webhook"]),
  route("POST /v3/webhooks/rotate-secret/:id", "application", ["Webhook"], "a webhook"),

  list("GET /v3/iam/principals", "organization", ["Principal", "ApiKey"], "a principal"),
  route("POST /v3/iam/principals", "organization", ["Principal"], "a principal"),
  route("GET /v3/iam/principals/:id", "organization", ["Principal"], "a principal"),
  route("PATCH /v3/iam/principals/:id", "organization", ["Principal"], "a principal"),
  route("DELETE /v3/iam/principals/:id", "organization", ["Principal"]),
  list("GET /v3/iam/principals/:id/credentials", "organization", ["ApiKey"], "an API key"),
  route("POST /v3/iam/principals/:id/credentials", "organization", ["ApiKey"], "an API key"),
  route("GET /v3/iam/principals/:id/credentials/:id", "organization", ["ApiKey"], "an API key"),
  route("PATCH /v3/iam/principals/:id/credentials/:id", "organization", ["ApiKey"], "an API key"),
  route("DELETE /v3/iam/principals/:id/credentials/:id", "organization", ["ApiKey"]),
];

function route(name: string, key: RouteKey, types: readonly string[], object?: KnownObject): Route {
  return { route: name, key, types, ...(object === undefined ? {} : { object }) };
}

function list(name: string, key: RouteKey, types: readonly string[], object?: KnownObject): Route {
  return { ...route(name, key, types, object), list: true };
}
