import { type Api } from "../http/api.js";
import { isUuid, runes } from "../http/bodies.js";
import { type Call } from "../http/call.js";
import { ApiError } from "../http/errors.js";
import { cursorPage } from "../http/paging.js";
import { applicationIdOf, iamId } from "../keys/principals.js";
import { IAM_ADMIN } from "../keys/roles.js";
import { type Collection } from "../model/collection.js";
import { type Json } from "../model/exchange.js";
import { type Credential, type Principal, type ResourceBinding } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { type Settings } from "../settings/settings.js";

/** `/v3/iam`: principals and their keys. Bodies are read strictly: nothing unknown, nothing null, no empty PATCH. */
export function iam(api: Api): void {
  const there = ({ iamRoutes }: Settings): boolean => iamRoutes === "there";
  const principals = { key: "organization", resource: "iam.principals", dialect: "iam", there } as const;
  const credentials = { ...principals, resource: "iam.credentials" } as const;

  api.route("GET", "/v3/iam/principals", principals, (call) => {
    const { resource_binding_type: type, resource_binding_id: id } = call.query;
    if ((type === undefined) !== (id === undefined)) {
      throw refused("resource_binding_type and resource_binding_id must be given together");
    }
    const mine = (p: Principal): boolean =>
      p.organization_id === call.organization.id &&
      (type === undefined || (p.resource_binding.type === type && p.resource_binding.id === id));
    return { body: page(call, call.store.principals, mine, (p) => p) };
  });

  api.route("POST", "/v3/iam/principals", principals, (call) => {
    const { store, organization } = call;
    const body = strictBody(call.body, [...PRINCIPAL_FIELDS]);
    if (body.name === undefined) throw refused("name is required");
    if (body.resource_binding === undefined) throw refused("resource_binding is required");
    const values = principalFields(call, body);
    if (values.resource_binding.type !== "organization" && !applicationIdOf(store, values.resource_binding)) {
      throw refused("resource_binding: the resource was not found");
    }
    const owned = store.principals.where((p) => p.organization_id === organization.id);
    const quota = principalQuota([...owned.map((p) => p.resource_binding), values.resource_binding]);
    if (owned.length >= quota) throw refused(`quota exceeded: an organization may have ${quota} principals`);
    return { status: 201, body: { data: newPrincipal(store, organization.id, values) } };
  });

  api.route("GET", "/v3/iam/principals/:principal", principals, (call) => ({
    body: { data: principalById(call) },
  }));

  api.route("PATCH", "/v3/iam/principals/:principal", principals, (call) => {
    const { store } = call;
    const principal = principalById(call);
    const values = principalFields(call, strictPatch(call.body, [...PRINCIPAL_FIELDS]), principal);
    const { resource_binding: binding } = values;
    const bound = binding.type === "organization" || applicationIdOf(store, binding) !== undefined;
    if (!bound && !sameBinding(binding, principal.resource_binding)) {
      const active = credentialsOf(store, principal.id).some((c) => c.status === "active");
      throw active
        ? conflict("resource_binding: active credentials need a binding within one application")
        : refused("resource_binding: the resource was not found");
    }
    keepAnAdmin(store, principal, values);
    Object.assign(principal, values, { updated_at: store.clock.seconds() });
    return { body: { data: principal } };
  });

  // Its keys go with it, for good.
  api.route("DELETE", "/v3/iam/principals/:principal", principals, (call) => {
    const principal = principalById(call);
    keepAnAdmin(call.store, principal, undefined);
    dropPrincipal(call.store, principal.id);
    return {};
  });

  const under = "/v3/iam/principals/:principal/credentials";

  api.route("GET", under, credentials, (call) => {
    const principal = principalById(call);
    const mine = (c: Credential): boolean => c.principal_id === principal.id;
    return { body: page(call, call.store.credentials, mine, shown) };
  });

  api.route("POST", under, credentials, (call) => {
    const { store, organization } = call;
    const principal = principalById(call);
    const body = strictBody(call.body, ["name", "expires_at", "status"]);
    const name = nameOf(body.name);
    const expiresAt = expiryOf(store, body.expires_at);
    const status = statusOf(body.status) ?? "active";
    if (status === "active") wantActive(principal);
    const { resource_binding: binding } = principal;
    if (binding.type !== "organization" && !applicationIdOf(store, binding)) {
      throw conflict("the principal's binding is not within one application");
    }
    if (credentialsOf(store, principal.id).length >= PER_PRINCIPAL) {
      throw refused(`quota exceeded: a principal may have ${PER_PRINCIPAL} credentials`);
    }
    const mine = store.principals.where((p) => p.organization_id === organization.id);
    const ids = new Set(mine.map((p) => p.id));
    const active = store.credentials.where((c) => ids.has(c.principal_id) && isActive(store, c)).length;
    const quota = 2 * principalQuota(mine.map((p) => p.resource_binding));
    if (status === "active" && active >= quota) {
      throw refused(`quota exceeded: an organization may have ${quota} active credentials`);
    }
    const { credential, secret } = newCredential(store, principal.id, {
      name,
      expires_at: expiresAt,
      status,
    });
    const { credentialSecretField: field } = store.settings;
    return { status: 201, body: { data: { ...shown(credential), [field]: secret } } };
  });

  api.route("GET", `${under}/:credential`, credentials, (call) => ({
    body: { data: shown(credentialById(call)) },
  }));

  api.route("PATCH", `${under}/:credential`, credentials, (call) => {
    const credential = credentialById(call);
    const body = strictPatch(call.body, ["name", "status"]);
    const status = statusOf(body.status);
    if (status === "active" && credential.status !== "active") wantActive(principalById(call));
    Object.assign(credential, {
      ...(body.name === undefined ? {} : { name: nameOf(body.name) }),
      ...(status === undefined ? {} : { status }),
      updated_at: call.store.clock.seconds(),
    });
    return { body: { data: shown(credential) } };
  });

  api.route("DELETE", `${under}/:credential`, credentials, (call) => {
    call.store.credentials.remove(credentialById(call).id);
    return {};
  });
}

/** The writable part of a principal. */
export type PrincipalFields = Pick<Principal, (typeof PRINCIPAL_FIELDS)[number]>;

/** Makes a principal; the caller has checked the values. */
export function newPrincipal(store: Store, organizationId: string, values: PrincipalFields): Principal {
  const now = store.clock.seconds();
  return store.principals.add({
    id: iamId(store, "principal", `${organizationId}|${values.name}`),
    organization_id: organizationId,
    ...values,
    created_at: now,
    updated_at: now,
  });
}

/** Makes a key; its secret is told here and never again. */
export function newCredential(
  store: Store,
  principalId: string,
  values: Pick<Credential, "name" | "expires_at" | "status">,
): { credential: Credential; secret: string } {
  const now = store.clock.seconds();
  const id = iamId(store, "credential", `${principalId}|${values.name}`);
  const secret = `nyk_iam_${store.seeded.token(`credential|${id}`, 40)}`;
  const credential = store.credentials.add({
    id,
    principal_id: principalId,
    type: "api_key",
    ...values,
    digest: store.seeded.digest(secret),
    created_at: now,
    updated_at: now,
  });
  return { credential, secret };
}

/** Takes away a principal with its keys. */
export function dropPrincipal(store: Store, id: string): void {
  for (const credential of credentialsOf(store, id)) store.credentials.remove(credential.id);
  store.principals.remove(id);
}

const PRINCIPAL_FIELDS = [
  "name",
  "description",
  "status",
  "roles",
  "direct_permissions",
  "resource_binding",
] as const;
const BINDINGS = ["organization", "application", "workspace", "grant"];
const PER_PRINCIPAL = 10;

/** Principals an organization may have; every application, workspace and grant that is bound makes room for two more. */
function principalQuota(bindings: ResourceBinding[]): number {
  const bound = bindings.filter((b) => b.type !== "organization").map((b) => `${b.type} ${b.id}`);
  return 100 + 2 * new Set(bound).size;
}

/** Somebody must stay who can manage the organization's keys. */
function keepAnAdmin(store: Store, principal: Principal, after: PrincipalFields | undefined): void {
  const isAdmin = (p: PrincipalFields): boolean =>
    p.status === "active" && p.resource_binding.type === "organization" && p.roles.includes(IAM_ADMIN);
  if (!isAdmin(principal) || (after && isAdmin(after))) return;
  const { id, organization_id: owner } = principal;
  if (store.principals.find((p) => p.id !== id && p.organization_id === owner && isAdmin(p))) return;
  throw conflict("the last active IAM admin of an organization cannot be deleted, disabled or demoted");
}

function refused(message: string): ApiError {
  return new ApiError(400, "invalid_request_error", message, "iam");
}

function conflict(message: string): ApiError {
  return new ApiError(409, "conflict", message, "iam");
}

function gone(): ApiError {
  return new ApiError(404, "not_found_error", "requested object not found", "iam");
}

function principalById(call: Call): Principal {
  const principal = named(call.store.principals, call.params.principal!);
  if (!principal || principal.organization_id !== call.organization.id) throw gone();
  return principal;
}

/** UUIDs are found in any spelling, other ids in their own alone. */
function named<T extends { id: string }>(collection: Collection<T>, id: string): T | undefined {
  return collection.get(id) ?? (isUuid(id) ? collection.get(id.toLowerCase()) : undefined);
}

function credentialById(call: Call): Credential {
  const principal = principalById(call);
  const credential = named(call.store.credentials, call.params.credential!);
  if (!credential || credential.principal_id !== principal.id) throw gone();
  return credential;
}

function credentialsOf(store: Store, principalId: string): Credential[] {
  return store.credentials.where((c) => c.principal_id === principalId);
}

function isActive(store: Store, credential: Credential): boolean {
  const { status, expires_at: end } = credential;
  return status === "active" && (end === null || end > store.clock.seconds());
}

function shown({ digest: _secret, ...rest }: Credential): object {
  return rest;
}

function page<T extends { id: string }>(
  call: Call,
  collection: Parameters<typeof cursorPage<T>>[1],
  mine: (value: T) => boolean,
  show: (value: T) => object,
): object {
  if ((call.query.page_token ?? "").length > 2048) throw refused("page_token is too long");
  try {
    const { page: values, nextCursor } = cursorPage(call, collection, mine, { limit: 50, max: 200 });
    return { data: values.map(show), ...nextCursor };
  } catch (error) {
    throw error instanceof ApiError ? refused(error.message) : error;
  }
}

function strictBody(body: unknown, known: string[], what = "request body"): Json {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw refused(`${what} must be an object`);
  const unknown = Object.keys(body).filter((k) => !known.includes(k));
  if (unknown.length > 0) throw refused(`${what}: unknown fields: ${unknown.join(", ")}`);
  const nulls = Object.entries(body).filter(([, v]) => v === null);
  if (nulls.length > 0) throw refused(`${what}: must not be null: ${nulls.map(([k]) => k).join(", ")}`);
  return body as Json;
}

function strictPatch(body: unknown, known: string[]): Json {
  const fields = strictBody(body, known);
  if (Object.keys(fields).length === 0) throw refused("request body must not be empty");
  return fields;
}

function principalFields(call: Call, body: Json, old?: Principal): PrincipalFields {
  const { description } = body;
  if (description !== undefined && (typeof description !== "string" || runes(description) > 1024))
    throw refused("description must be a string of at most 1024 characters");
  return {
    name: body.name === undefined ? old!.name : nameOf(body.name),
    description: description ?? old?.description ?? "",
    status: statusOf(body.status) ?? old?.status ?? "active",
    roles: body.roles === undefined ? (old?.roles ?? []) : rolesOf(call.store, body.roles),
    direct_permissions:
      body.direct_permissions === undefined
        ? (old?.direct_permissions ?? [])
        : permissionsOf(call.store, body.direct_permissions),
    resource_binding:
      body.resource_binding === undefined
        ? old!.resource_binding
        : bindingOf(call, body.resource_binding, old),
  };
}

function nameOf(value: unknown): string {
  const name = typeof value === "string" ? value.trim() : "";
  if (runes(name) < 1 || runes(name) > 128) throw refused("name must have 1 to 128 characters");
  return name;
}

function statusOf(value: unknown): "active" | "disabled" | undefined {
  if (value === undefined || value === "active" || value === "disabled") return value;
  throw refused("status must be active or disabled");
}

function distinct(value: unknown, field: string): string[] {
  if (!Array.isArray(value) || value.some((v) => typeof v !== "string"))
    throw refused(`${field} must be a list of strings`);
  const values = [...new Set(value as string[])];
  if (values.length > 100) throw refused(`${field} may hold at most 100 entries`);
  return values;
}

function rolesOf(store: Store, value: unknown): string[] {
  const roles = distinct(value, "roles");
  const unknown = roles.filter((id) => !store.roles.has(id));
  if (unknown.length > 0) throw refused(`roles: unknown: ${unknown.join(", ")}`);
  return roles;
}

function permissionsOf(store: Store, value: unknown): string[] {
  const permissions = distinct(value, "direct_permissions");
  const good = store.settings.permissionNames === "open" ? /^[!-~]+\.[!-~]+$/ : /^[a-z_]+(\.[a-z_]+)+$/;
  const wrong = permissions.filter((p) => !good.test(p));
  if (wrong.length > 0)
    throw refused(`direct_permissions: expected resource.action, got ${wrong.join(", ")}`);
  return permissions;
}

function bindingOf(call: Call, value: unknown, old: Principal | undefined): ResourceBinding {
  const { type, id } = strictBody(value, ["type", "id"], "resource_binding");
  if (typeof type !== "string" || !BINDINGS.includes(type))
    throw refused(`resource_binding.type must be one of ${BINDINGS.join(", ")}`);
  if (typeof id !== "string" || id === "") throw refused("resource_binding.id is required");
  const binding: ResourceBinding = { type: type as ResourceBinding["type"], id };
  if (old && sameBinding(binding, old.resource_binding)) return binding;
  const { store, organization } = call;
  if (binding.type === "organization" && id !== organization.id) throw outside();
  const application = store.applications.get(applicationIdOf(store, binding) ?? "");
  if (application && application.organization_id !== organization.id) throw outside();
  return binding;
}

function outside(): ApiError {
  return refused("resource_binding: the resource does not belong to this organization");
}

function sameBinding(a: ResourceBinding, b: ResourceBinding): boolean {
  return a.type === b.type && a.id === b.id;
}

function wantActive(principal: Principal): void {
  if (principal.status !== "active") throw conflict("the principal is disabled");
}

function expiryOf(store: Store, value: unknown): number | null {
  if (value === undefined && store.settings.credentialExpiry === "optional") return null;
  const now = store.clock.seconds();
  const last = new Date(now * 1000);
  last.setUTCFullYear(last.getUTCFullYear() + 10);
  if (!Number.isSafeInteger(value)) throw refused("expires_at is required, as an integer of seconds");
  const at = value as number;
  if (at <= now || at > last.getTime() / 1000)
    throw refused("expires_at must be in the future and at most ten years away");
  return at;
}
