import { type Key, type SimulatorKeys } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { DAY } from "../runtime/clock.js";
import { BadOption } from "../settings/settings.js";
import { iamId } from "./principals.js";
import { DOMAIN_PERMISSIONS, IAM_ADMIN } from "./roles.js";
import { throwawayKey, type SignedRequest, type Signer } from "./signing.js";

/** The key that a request was sent with, if it is a known one. */
export function keyOf(store: Store, headers: SignedRequest["headers"]): Key | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(String(headers.authorization ?? ""));
  if (bearer) return keyOfBearer(store, bearer[1]!);
  const kid = headers["x-nylas-kid"];
  return [...store.keys.values()].find((k) => k.kind === "serviceAccount" && k.keyId === kid);
}

/** The key behind a bearer token: one of those that are there from the start, or one made over the API. */
function keyOfBearer(store: Store, bearer: string): Key | undefined {
  const known = store.keys.get(bearer);
  if (known) return known.kind === "serviceAccount" ? undefined : known;
  const digest = store.seeded.digest(bearer);
  const credential = store.credentials.find((c) => c.digest === digest);
  const principal = credential && store.principals.get(credential.principal_id);
  if (!principal) return undefined;
  return {
    name: `credential ${credential.id}`,
    value: bearer,
    kind: "iam",
    organizationId: principal.organization_id,
    credentialId: credential.id,
    region: store.region,
  };
}

/** Those whose signature is good on this host. */
export function signers(store: Store): Signer[] {
  return [...store.keys.values()].flatMap((k) =>
    k.kind === "serviceAccount" ? [{ kid: k.keyId!, publicKey: k.publicKey! }] : [],
  );
}

/** The keys in force, by name; a rotated key shows its new value. */
export function keysByName(store: Store): SimulatorKeys {
  const byName = Object.fromEntries([...store.keys.values()].map((key) => [key.name, key.value]));
  return byName as unknown as SimulatorKeys;
}

/** The key of somebody else, for a request that is answered as if it had come with that. */
export function otherKey(store: Store, key: Key | undefined): Key | undefined {
  const others: Partial<Record<Key["kind"], string>> = {
    iam: "otherOrganizationKey",
    serviceAccount: "otherServiceAccount",
  };
  const name = (key && others[key.kind]) ?? "secondApiKey";
  return [...store.keys.values()].find((k) => k.name === name);
}

/** Replaces a key's value; the old one is refused from now on. */
export function rotateKey(store: Store, name: keyof SimulatorKeys): string {
  const key = keyNamed(store, name);
  store.keys.delete(key.value);
  if (key.kind === "serviceAccount") return issueServiceAccount(store, key.name, key.organizationId).value;
  return issueKey(store, { ...key }).value;
}

/** Restricts or ends a key. */
export function limitKey(
  store: Store,
  name: keyof SimulatorKeys,
  limits: { permissions?: string[]; expiresAt?: number },
): void {
  const key = keyNamed(store, name);
  const credential = store.credentials.get(key.credentialId ?? "");
  const principal = credential && store.principals.get(credential.principal_id);
  if (limits.permissions !== undefined) {
    if (!principal) throw new BadOption(`permissions: ${name} is no IAM key`);
    Object.assign(principal, { roles: [], direct_permissions: limits.permissions });
  }
  if (limits.expiresAt !== undefined) {
    if (credential) credential.expires_at = limits.expiresAt;
    else key.expiresAt = limits.expiresAt;
  }
}

/** Makes a key and puts it in force. */
export function issueKey(store: Store, key: Omit<Key, "value">): Key {
  const prefix = { application: "nyk_app_", iam: "nyk_iam_", cloudflare: "cf_", serviceAccount: "" }[
    key.kind
  ];
  const whole = { ...key, value: prefix + store.seeded.token(`key|${key.name}`, 40) };
  store.keys.set(whole.value, whole);
  return whole;
}

/** A service account with its credentials file; a second one of the same name has another key id. */
export function issueServiceAccount(store: Store, name: string, organizationId: string): Key {
  const { pem, publicKey } = throwawayKey(organizationId === store.firstOrganization.id ? 0 : 1);
  const keyId = store.seeded.uuid("service account", name);
  const value = JSON.stringify({
    name: "Simulated service account",
    type: "service_account",
    private_key_id: keyId,
    private_key: pem,
    organization_id: organizationId,
    region: store.region,
  });
  const key: Key = {
    name,
    value,
    kind: "serviceAccount",
    organizationId,
    keyId,
    publicKey,
    region: store.region,
  };
  store.keys.set(value, key);
  return key;
}

/** The management key that somebody has made in the Dashboard: everything an organization's key can have. */
export function issueOrganizationKey(
  store: Store,
  name: "organizationKey" | "otherOrganizationKey",
  organizationId: string,
): void {
  const now = store.clock.seconds();
  const principal = store.principals.add({
    id: iamId(store, "principal", `${organizationId}|dashboard`),
    organization_id: organizationId,
    name: "Made in the Dashboard",
    description: "",
    status: "active",
    roles: [IAM_ADMIN],
    direct_permissions: [...DOMAIN_PERMISSIONS],
    resource_binding: { type: "organization", id: organizationId },
    created_at: now,
    updated_at: now,
  });
  const credential = store.credentials.add({
    id: iamId(store, "credential", `${principal.id}|dashboard`),
    principal_id: principal.id,
    type: "api_key",
    name: "Made in the Dashboard",
    status: "active",
    expires_at: now + 365 * DAY,
    digest: "",
    created_at: now,
    updated_at: now,
  });
  const { region } = store;
  issueKey(store, { name, kind: "iam", organizationId, credentialId: credential.id, region });
}

function keyNamed(store: Store, name: keyof SimulatorKeys): Key {
  const key = [...store.keys.values()].find((k) => k.name === name);
  if (!key) throw new BadOption(`key: there is no key named ${JSON.stringify(name)}`);
  return key;
}
