import { type Api } from "../http/api.js";
import { isUuid, objectBody } from "../http/bodies.js";
import { type Call } from "../http/call.js";
import { ApiError, invalid, notFound } from "../http/errors.js";
import { refuseIfNamed } from "../http/references.js";
import { type Grant, type Workspace } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { workspaceByDomain } from "./grants.js";

/** `/v3/workspaces`: an unpaged list, a protected default, and the membership of grants. */
export function workspaces(api: Api): void {
  const options = { key: "application", resource: "workspaces" } as const;

  api.route("GET", "/v3/workspaces", options, ({ store, application }) => ({
    body: { data: store.workspaces.where((w) => w.application_id === application.id).map(shown) },
  }));

  api.route("POST", "/v3/workspaces", options, (call) => {
    const { store, application } = call;
    const body = objectBody(call.body);
    const name = nameOf(body.name);
    const domain = domainOf(body.domain);
    if (domain !== null && byDomain(store, application.id, domain))
      throw bad(`workspace already exists for ${domain}`);
    const autoGroup = autoGroupOf(body.auto_group, domain) ?? false;
    const policyId = policyOf(call, body.policy_id) ?? null;
    const ruleIds = rulesOf(call, body.rule_ids) ?? [];
    return {
      body: {
        data: shown(newWorkspace(store, application.id, { name, domain, autoGroup, policyId, ruleIds })),
      },
    };
  });

  api.route("GET", "/v3/workspaces/:workspace", options, (call) => ({
    body: { data: shown(workspaceByPath(call)) },
  }));

  api.route("PATCH", "/v3/workspaces/:workspace", options, (call) => {
    const { store } = call;
    if (!isUuid(call.params.workspace)) throw bad("workspace_id must be a valid UUID");
    const workspace = workspaceByPath(call);
    const body = objectBody(call.body);
    if (body.domain !== undefined) throw bad("domain cannot be changed");
    const change: Partial<Workspace> = { updated_at: store.clock.seconds() };
    if (body.name !== undefined) change.name = nameOf(body.name);
    if (body.auto_group !== undefined)
      change.auto_group = autoGroupOf(body.auto_group, workspace.domain) ?? false;
    if (workspace.default && (body.name !== undefined || body.auto_group !== undefined)) {
      throw bad("name and auto_group of the default workspace cannot be changed");
    }
    const policyId = policyOf(call, body.policy_id);
    if (policyId !== undefined) change.policy_id = policyId;
    const ruleIds = rulesOf(call, body.rule_ids);
    if (ruleIds !== undefined) change.rule_ids = ruleIds;
    Object.assign(workspace, change);
    return { body: { data: shown(workspace) } };
  });

  api.route("DELETE", "/v3/workspaces/:workspace", options, (call) => {
    const { store, application } = call;
    const workspace = workspaceByPath(call);
    if (workspace.default) throw bad("the default workspace cannot be deleted");
    refuseIfNamed(store, "workspace", workspace.id);
    store.workspaces.remove(workspace.id);
    const home = store.defaultWorkspace(application.id);
    for (const grant of store.liveGrants(application.id)) {
      if (grant.workspace_id === workspace.id) grant.workspace_id = home?.id ?? null;
    }
    return {};
  });

  api.route("POST", "/v3/workspaces/:workspace/manual-assign", { ...options, action: "update" }, (call) => {
    const { store, application } = call;
    const workspace = workspaceByPath(call);
    const body = objectBody(call.body);
    const assign = idsOf(body.assign_grants, "assign_grants");
    const remove = idsOf(body.remove_grants, "remove_grants");
    if (assign.length + remove.length === 0)
      throw bad("assign_grants or remove_grants must hold at least one id");
    const assigned: string[] = [];
    const removed: string[] = [];
    // Ids that match nothing are passed over without a word.
    for (const id of assign) {
      const grant = liveGrant(store, application.id, id);
      if (!grant) continue;
      grant.workspace_id = workspace.id;
      assigned.push(grant.id);
    }
    const home =
      store.settings.removedGrantsGoTo === "default" ? store.defaultWorkspace(application.id) : undefined;
    for (const id of remove) {
      const grant = liveGrant(store, application.id, id);
      if (!grant || grant.workspace_id !== workspace.id) continue;
      grant.workspace_id = home?.id ?? null;
      removed.push(grant.id);
    }
    return {
      body: {
        data: {
          application_id: application.id,
          domain: workspace.domain,
          workspace_id: workspace.id,
          grants_assigned: assigned.length > 0 ? assigned : null,
          grants_removed: removed.length > 0 ? removed : null,
        },
      },
    };
  });

  // At most once a minute; it makes workspaces for domains that have none.
  api.route("POST", "/v3/workspaces/auto-group", options, ({ store, application, body }) => {
    const { after_created_at: after, invalid_also: invalidAlso, specific_domain: only } = objectBody(body);
    const now = store.clock.ms();
    if (now - (store.autoGroupedAt.get(application.id) ?? -Infinity) < 60_000) {
      throw new ApiError(429, "nylas_rate_limit_exceeded", "auto-group can run once per minute");
    }
    store.autoGroupedAt.set(application.id, now);
    for (const grant of store.liveGrants(application.id)) {
      const domain = grant.email.slice(grant.email.lastIndexOf("@") + 1);
      if (typeof after === "number" && grant.created_at <= after) continue;
      if (grant.grant_status === "invalid" && invalidAlso !== true) continue;
      if (typeof only === "string" && only.toLowerCase() !== domain) continue;
      const current = grant.workspace_id ? store.workspaces.get(grant.workspace_id) : undefined;
      if (current && !current.default) continue;
      const target =
        workspaceByDomain(store, application.id, grant.email) ??
        (byDomain(store, application.id, domain)
          ? undefined
          : newWorkspace(store, application.id, {
              name: domain,
              domain,
              autoGroup: true,
              policyId: null,
              ruleIds: [],
            }));
      if (target) grant.workspace_id = target.id;
    }
    const data = { job_id: store.seeded.uuid("job", application.id), message: "grouping has been scheduled" };
    return { body: { data } };
  });
}

/** Makes a workspace; the caller has checked the values. */
export function newWorkspace(
  store: Store,
  applicationId: string,
  values: {
    name: string;
    domain: string | null;
    autoGroup: boolean;
    policyId: string | null;
    ruleIds: string[];
  },
): Workspace {
  const now = store.clock.seconds();
  return store.workspaces.add({
    id: store.seeded.uuid("workspace", `${applicationId}|${values.domain ?? ""}|${values.name}`),
    application_id: applicationId,
    name: values.name,
    domain: values.domain,
    auto_group: values.autoGroup,
    default: false,
    policy_id: values.policyId,
    rule_ids: values.ruleIds,
    created_at: now,
    updated_at: now,
  });
}

/** Workspaces have an error type of their own. */
function bad(message: string): ApiError {
  return invalid(message, "bad_request");
}

function shown(workspace: Workspace): object {
  const { id, ...rest } = workspace;
  return { workspace_id: id, ...rest };
}

function workspaceByPath(call: Call): Workspace {
  const { store, application } = call;
  const named = call.params.workspace!.toLowerCase();
  const found = store.workspaces.get(named) ?? byDomain(store, application.id, named);
  if (!found || found.application_id !== application.id) throw notFound();
  return found;
}

function byDomain(store: Store, applicationId: string, domain: string): Workspace | undefined {
  return store.workspaces.find((w) => w.application_id === applicationId && w.domain === domain);
}

function liveGrant(store: Store, applicationId: string, id: string): Grant | undefined {
  return store.liveGrants(applicationId).find((g) => g.id === id.toLowerCase());
}

function nameOf(value: unknown): string {
  if (typeof value !== "string" || value === "") throw bad("name is required");
  return value;
}

function domainOf(value: unknown): string | null {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value !== "string") throw bad("domain must be a string or null");
  return value.toLowerCase();
}

function autoGroupOf(value: unknown, domain: string | null): boolean | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "boolean") throw bad("auto_group must be a boolean");
  if (value && domain === null) throw bad("auto_group requires a domain");
  return value;
}

function policyOf(call: Call, value: unknown): string | null | undefined {
  if (value === undefined || value === null) return value;
  if (!isUuid(value)) throw bad("policy_id must be a valid UUID or null");
  const policy = call.store.policies.get(value.toLowerCase());
  if (!policy || policy.application_id !== call.application.id) {
    throw bad("policy_id not found or does not belong to this application");
  }
  return policy.id;
}

function rulesOf(call: Call, value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  if (value === null) return [];
  if (!Array.isArray(value)) throw bad("rule_ids must be a list");
  for (const id of value) {
    const rule = isUuid(id) ? call.store.rules.get(id.toLowerCase()) : undefined;
    const isTaken = call.store.settings.staleRules === "taken" && isUuid(id) && !rule;
    if (!isTaken && rule?.application_id !== call.application.id) {
      throw bad(`rule_ids: entry not found or does not belong to this application: ${String(id)}`);
    }
  }
  return [...new Set(value as string[])];
}

function idsOf(value: unknown, field: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((v) => typeof v !== "string"))
    throw bad(`${field} must be a list of ids`);
  if (value.length > 500) throw bad(`${field} may hold at most 500 ids`);
  return value as string[];
}
