import { type Api } from "../http/api.js";
import { isUuid, objectBody, refuseUnknown, runes } from "../http/bodies.js";
import { type Call } from "../http/call.js";
import { ApiError, invalid, invalidBody, notFound } from "../http/errors.js";
import { limitOf } from "../http/paging.js";
import { deleteGrant } from "../mail/retention.js";
import { type Json } from "../model/exchange.js";
import { type Grant, type Workspace } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { notify } from "../webhooks/notifications.js";
import { connectorOf } from "./connectors.js";

/** Agent Accounts: `POST /v3/connect/custom` and `/v3/grants`. */
export function grants(api: Api): void {
  const options = { key: "application", resource: "grants" } as const;
  const ofGrants = { ...options, ofGrants: true } as const;

  api.route("POST", "/v3/connect/custom", { ...options, dialect: "oauth" }, (call) => {
    const { store, application } = call;
    const body = objectBody(call.body);
    refuseUnknown(body, ["provider", "settings", "name", "workspace_id", "scope", "state"]);
    if (body.provider !== "nylas") {
      throw new ApiError(400, "invalid_request_error", "provider must be nylas", "oauth");
    }
    const settings = objectBody(body.settings ?? {}, "settings");
    refuseUnknown(settings, ["email", "app_password"], "settings.");
    const email = emailOf(settings.email);
    const name = nameOf(body.name);
    if (!connectorOf(store, application.id, "nylas")) {
      throw new ApiError(
        400,
        "invalid_request_error",
        "no connector for provider nylas in this application",
        "oauth",
      );
    }
    const password = passwordOf(store, settings.app_password, email);
    const workspace = body.workspace_id === undefined ? undefined : workspaceOf(call, body.workspace_id);

    const domain = store.domainOf(email, application.organization_id);
    if (!domain || domain.region !== application.region) {
      throw notFound("Provisioning the inbox failed: Domain not found", "api.not_found_error");
    }
    if (!domain.verified.ownership || !domain.verified.mx) {
      throw invalid("Provisioning the inbox failed: Domain not verified", "api.invalid_request_error");
    }
    const now = store.clock.seconds();
    const existing = store.liveGrants().find((g) => g.provider === "nylas" && g.email === email);
    if (existing) {
      if (existing.application_id !== application.id) {
        throw invalid("Provisioning the inbox failed: the address is in use by another application");
      }
      if (store.settings.repeatedCreates === "refused")
        throw new ApiError(409, "conflict", `an account with the address ${email} already exists`);
    }
    if (existing && store.settings.repeatedCreates === "first") {
      // The same address again is a re-authentication, not a conflict.
      existing.updated_at = now;
      existing.grant_status = "valid";
      if (name !== undefined) existing.name = name;
      if (password !== undefined) existing.password = password;
      if (workspace) existing.workspace_id = workspace.id;
      announce(store, "grant.updated", existing);
      return { status: 201, body: single(store, existing) };
    }
    const cap = store.settings.maxAccounts ?? store.plan.accounts;
    if (accountsOf(store, application.organization_id) >= cap) {
      throw new ApiError(
        403,
        "forbidden_access",
        `Maximum number of agent accounts (${cap}) reached for this plan`,
      );
    }
    const home =
      workspace ?? workspaceByDomain(store, application.id, email) ?? store.defaultWorkspace(application.id);
    const made = store.grants.add({
      id: store.seeded.uuid("grant", `${application.id}|${email}`),
      application_id: application.id,
      provider: "nylas",
      email,
      name: name ?? "",
      grant_status: "valid",
      scope: [],
      workspace_id: home?.id ?? null,
      password: password ?? null,
      blocked: false,
      madeAtMs: store.clock.ms(),
      deletedAtMs: null,
      created_at: now,
      updated_at: now,
    });
    announce(store, "grant.created", made);
    return { status: 201, body: single(store, made) };
  });

  api.route("GET", "/v3/grants", ofGrants, (call) => {
    const { store, query } = call;
    const limit = limitOf(call, 10);
    const offset = Number(query.offset ?? 0);
    if (!Number.isInteger(offset) || offset < 0) throw invalid("offset must be an integer from 0");
    const { grantListLagMs, newGrantListLagMs } = store.settings;
    const visibleUntil = store.clock.ms() - Math.max(grantListLagMs, newGrantListLagMs);
    const listedUntil = store.clock.ms() - newGrantListLagMs;
    const wanted = store.liveGrants(call.application.id).filter(
      (g) =>
        call.reaches(g) &&
        g.madeAtMs <= listedUntil &&
        // The index behind this filter is filled late; a new grant is simply missing from it.
        (query.provider === undefined || (g.provider === query.provider && g.madeAtMs <= visibleUntil)) &&
        (query.email === undefined || g.email === query.email.toLowerCase()) &&
        (query.grant_status === undefined || g.grant_status === query.grant_status) &&
        (query.workspace_id === undefined || g.workspace_id === query.workspace_id) &&
        (query.since === undefined || g.created_at >= Number(query.since)) &&
        (query.before === undefined || g.created_at <= Number(query.before)),
    );
    const by = query.sort_by === "updated_at" ? "updated_at" : "created_at";
    const sign = query.order_by === "asc" ? 1 : -1;
    const place = (g: Grant): number => store.grants.position(g);
    wanted.sort((a, b) => sign * (a[by] - b[by] || place(a) - place(b)));
    return {
      body: { data: wanted.slice(offset, offset + limit).map((g) => shown(store, g)), limit, offset },
    };
  });

  api.route("GET", "/v3/grants/:grant", ofGrants, (call) => ({ body: single(call.store, grantById(call)) }));

  api.route("PATCH", "/v3/grants/:grant", ofGrants, (call) => {
    const { store } = call;
    const grant = grantById(call, { deletedToo: false });
    const body = objectBody(call.body);
    const moves = store.settings.grantMoves;
    if (moves === "refused" && body.workspace_id !== undefined)
      throw invalid("extra fields not permitted: workspace_id");
    refuseUnknown(body, ["settings", "scope", "name", "workspace_id"]);
    const name = nameOf(body.name);
    const settings = body.settings === undefined ? undefined : objectBody(body.settings, "settings");
    const change = settings ? changeOfSettings(store, grant, settings) : {};
    // null is ignored: only manual-assign takes a grant out of its workspace.
    const workspace =
      body.workspace_id === undefined || body.workspace_id === null
        ? undefined
        : workspaceOf(call, body.workspace_id);
    if (name !== undefined) grant.name = name;
    else if (store.settings.patchName === "clear") grant.name = "";
    Object.assign(grant, change);
    if (Array.isArray(body.scope)) grant.scope = body.scope as string[];
    if (workspace && moves === "patch") grant.workspace_id = workspace.id;
    grant.updated_at = store.clock.seconds();
    announce(store, "grant.updated", grant);
    return { body: single(store, grant) };
  });

  api.route("DELETE", "/v3/grants/:grant", ofGrants, (call) => {
    const grant = grantById(call, { deletedToo: false });
    deleteGrant(call.store, grant, "grant deleted", call.cause);
    announce(call.store, "grant.deleted", grant);
    return {};
  });
}

/** The application's grant that a path names, or 404. */
function grantById(call: Call, options: { deletedToo?: boolean } = {}): Grant {
  const { store } = call;
  const grant = store.grants.get(call.params.grant!.toLowerCase());
  if (!grant || grant.application_id !== call.application.id) throw notFound();
  if (grant.deletedAtMs !== null) {
    const readable =
      options.deletedToo !== false && store.clock.ms() < grant.deletedAtMs + store.settings.grantDeleteLagMs;
    if (!readable) throw notFound();
  }
  return grant;
}

/** The workspace whose automatic grouping takes an address. */
export function workspaceByDomain(store: Store, applicationId: string, email: string): Workspace | undefined {
  const domain = email.slice(email.lastIndexOf("@") + 1);
  return store.workspaces.find(
    (w) => w.application_id === applicationId && w.auto_group && w.domain === domain,
  );
}

/** Why an app_password is refused, or nothing. */
function passwordProblem(
  password: unknown,
  email: string,
  rules: "documented" | "strict",
): string | undefined {
  if (typeof password !== "string") return "must be a string";
  if (password.length < 18 || password.length > 40) return "must have 18 to 40 characters";
  if (!/^[\x21-\x7e]+$/.test(password)) return "must be printable ASCII without spaces";
  if (!/[A-Z]/.test(password)) return "must contain an upper-case letter";
  if (!/[a-z]/.test(password)) return "must contain a lower-case letter";
  if (!/[0-9]/.test(password)) return "must contain a digit";
  if (rules === "documented") return undefined;
  if (/^[A-Za-z0-9]+$/.test(password)) return "must contain a symbol";
  if (password.toLowerCase().includes(email.split("@")[0]!.toLowerCase()))
    return "must not contain the mailbox name";
  return undefined;
}

/** Some answers have come without the wrapper; official clients take both. */
function single(store: Store, grant: Grant): object {
  return store.settings.bareGrants ? shown(store, grant) : { data: shown(store, grant) };
}

function showsWorkspace({ settings, workspaces }: Store, { workspace_id: id }: Grant): boolean {
  if (id === null || id === "") return false;
  return settings.grantsInDefault === "shown" || workspaces.get(id)?.default !== true;
}

function shown(store: Store, grant: Grant): object {
  return {
    id: grant.id,
    provider: grant.provider,
    grant_status: grant.grant_status,
    email: grant.email,
    name: grant.name,
    scope: grant.scope,
    ...(showsWorkspace(store, grant) ? { workspace_id: grant.workspace_id } : {}),
    settings: grant.provider === "nylas" ? { has_app_password: grant.password !== null } : {},
    blocked: grant.blocked,
    created_at: grant.created_at,
    updated_at: grant.updated_at,
  };
}

function announce(store: Store, type: string, grant: Grant): void {
  const object = { grant_id: grant.id, provider: grant.provider, email: grant.email };
  notify(store, grant.application_id, type, "/nylas/system", object);
}

function emailOf(value: unknown): string {
  if (typeof value !== "string" || value === "") throw invalidBody("settings.email is required");
  const email = value.trim().toLowerCase();
  if (!/^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/.test(email)) {
    throw invalidBody(`settings.email is not an email address: ${JSON.stringify(value)}`);
  }
  return email;
}

function nameOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || runes(value) < 1 || runes(value) > 256) {
    throw invalidBody("name must have 1 to 256 characters");
  }
  return value;
}

function passwordOf(store: Store, value: unknown, email: string): string | undefined {
  if (value === undefined) return undefined;
  const problem = passwordProblem(value, email, store.settings.passwordRules);
  if (problem) throw invalidBody(`settings.app_password ${problem}`);
  return store.seeded.digest(value as string);
}

function workspaceOf(call: Call, id: unknown): Workspace {
  const workspace = isUuid(id) ? call.store.workspaces.get(id.toLowerCase()) : undefined;
  if (!workspace || workspace.application_id !== call.application.id) {
    throw invalid("workspace_id not found or does not belong to this application");
  }
  return workspace;
}

/** `settings` is replaced as a whole: what is not sent again is gone. */
function changeOfSettings(store: Store, grant: Grant, settings: Json): Partial<Grant> {
  refuseUnknown(settings, ["email", "app_password"], "settings.");
  const email = emailOf(settings.email);
  if (email !== grant.email) throw invalid("settings.email cannot be changed");
  const password = passwordOf(store, settings.app_password, email);
  if (password !== undefined) return { password };
  return store.settings.patchSettings === "replace" ? { password: null } : {};
}

function accountsOf(store: Store, organizationId: string): number {
  return store
    .liveGrants()
    .filter(
      (g) =>
        g.provider === "nylas" &&
        store.applications.get(g.application_id)?.organization_id === organizationId,
    ).length;
}
