import { type KnownObject } from "../wire/known";

/** Which key a route is called with: the application's, the organization's, or whatever domains are managed with. */
export type RouteKey = "application" | "organization" | "domains";

/** A call that the provider makes. The file of a family states its own as `CALLS`. */
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

const ALL_OF_APPLICATION = [
  "Workspace",
  "DefaultWorkspace",
  "Policy",
  "AgentAccount",
  "Rule",
  "List",
  "Webhook",
];

/** The call that the client makes itself, for the objects of every family. */
export const CALLS_OF_ALL: readonly Route[] = [
  route("GET /v3/applications", "application", ALL_OF_APPLICATION, "an application"),
];

export function route(name: string, key: RouteKey, types: readonly string[], object?: KnownObject): Route {
  return { route: name, key, types, ...(object === undefined ? {} : { object }) };
}

export function list(name: string, key: RouteKey, types: readonly string[], object?: KnownObject): Route {
  return { ...route(name, key, types, object), list: true };
}
