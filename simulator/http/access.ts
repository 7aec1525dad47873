import { signers } from "../keys/keyRing.js";
import { applicationOf, iamOf, permissionsOf } from "../keys/principals.js";
import { verifySignature, type SignedRequest } from "../keys/signing.js";
import { type Application, type Grant, type Key, type Organization } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { type RouteOptions } from "./call.js";
import { ApiError } from "./errors.js";

/** What the key of a request lets it see. */
export interface Access {
  application: Application | undefined;
  organization: Organization | undefined;
  /** Whether the key's binding takes in an account, by the workspace the account is in at this moment. */
  reaches: (grant: Grant) => boolean;
}

/** Lets a request through, or throws what it gets instead. */
export function authorise(
  store: Store,
  request: SignedRequest,
  key: Key | undefined,
  route: RouteOptions,
): Access {
  const access: Access = {
    application: applicationOf(store, key),
    organization: key ? store.organizations.get(key.organizationId) : undefined,
    reaches: () => true,
  };
  switch (route.key) {
    case "none":
      return access;
    case "cloudflare":
      authoriseCloudflare(request, key, route);
      return access;
    case "aws":
      authoriseAws(request);
      return access;
    case "serviceAccount":
      authoriseSignature(store, request);
      return access;
    case "application":
    case "organization":
  }
  if (!request.headers.authorization) {
    throw new ApiError(401, "unauthorized", "Unauthorized: no Authorization header");
  }
  if (!key || (key.kind !== "application" && key.kind !== "iam")) {
    throw new ApiError(401, "token.unauthorized_access", "Unauthorized", "token");
  }
  if (key.region !== store.region) {
    throw new ApiError(401, "unauthorized", "Unauthorized: API key not found in this region");
  }
  if (key.kind === "iam") authoriseIam(store, key, route, access);
  else authoriseApplication(store, key, route);
  return access;
}

function authoriseApplication(store: Store, key: Key, route: RouteOptions): void {
  if (key.expiresAt !== undefined && key.expiresAt <= store.clock.seconds()) throw expired();
  if (route.key === "application") {
    const { applicationReads, connectorReads } = store.settings;
    const closed = [
      ...(applicationReads === "forbidden" ? ["applications.read"] : []),
      ...(connectorReads === "forbidden" ? ["connectors.read"] : []),
    ].find((permission) => route.permissions?.includes(permission));
    if (closed === undefined) return;
    throw new ApiError(403, "insufficient_scopes", `missing permissions: ${closed}`);
  }
  if (route.resource === "domains" && store.settings.applicationKeyOnDomains) return;
  throw new ApiError(
    403,
    "insufficient_scopes",
    "this route needs an API key whose principal is bound to the organization",
  );
}

function authoriseIam(store: Store, key: Key, route: RouteOptions, access: Access): void {
  const iam = iamOf(store, key);
  if (!iam) throw new ApiError(401, "token.unauthorized_access", "Unauthorized", "token");
  const { principal, credential } = iam;
  if (credential.expires_at !== null && credential.expires_at <= store.clock.seconds()) throw expired();
  if (credential.status !== "active" || principal.status !== "active") {
    throw new ApiError(401, "api.authentication_error", "Unauthorized: API key is disabled");
  }
  const { resource_binding: binding } = principal;
  if ((route.key === "organization") !== (binding.type === "organization")) {
    throw route.key === "organization"
      ? new ApiError(
          403,
          "insufficient_scopes",
          "this route needs an API key whose principal is bound to the organization",
        )
      : new ApiError(403, "forbidden_access", "this API key is not bound to an application");
  }
  const needed = route.permissions ?? [];
  const held = permissionsOf(store, principal);
  const missing = needed.filter((p) => !held.has(p));
  // A route that names no permission is not for IAM keys at all.
  if (needed.length === 0 || missing.length > 0) {
    throw new ApiError(
      403,
      "insufficient_scopes",
      `missing permissions: ${missing.join(", ") || "none fits"}`,
    );
  }
  if (binding.type === "organization") return;
  const outside = new ApiError(
    403,
    "forbidden_access",
    "the resource is outside the binding of this API key",
  );
  if (!access.application) throw outside;
  if (binding.type === "application") return;
  if (!route.ofGrants) throw outside;
  access.reaches = (grant) =>
    binding.type === "grant" ? grant.id === binding.id : grant.workspace_id === binding.id;
}

function authoriseSignature(store: Store, request: SignedRequest): void {
  const result = verifySignature(request, signers(store), store.nonces, store.clock.seconds());
  if ("problem" in result) {
    throw new ApiError(401, "unauthorized", `Unauthorized: invalid request signature: ${result.problem}`);
  }
}

function authoriseCloudflare(request: SignedRequest, key: Key | undefined, route: RouteOptions): void {
  const header = request.headers.authorization;
  if (!header) {
    const message = "Missing X-Auth-Key, X-Auth-Email or Authorization headers";
    throw new ApiError(400, "9106", message, "cloudflare");
  }
  if (!/^Bearer\s+\S+$/i.test(String(header))) {
    const chain = [{ code: 6111, message: "Invalid format for Authorization header" }];
    throw new ApiError(400, "6003", "Invalid request headers", "cloudflare", chain);
  }
  if (key?.kind !== "cloudflare") {
    throw route.wrongKey ?? new ApiError(403, "10000", "Authentication error", "cloudflare");
  }
}

/** Any access key will do: what it may be used for, and its signature, are no part of the DNS. */
function authoriseAws(request: SignedRequest): void {
  if (!/^AWS4-HMAC-SHA256\s+Credential=[^/\s]+\//.test(String(request.headers.authorization ?? ""))) {
    throw new ApiError(403, "MissingAuthenticationToken", "Missing Authentication Token");
  }
}

function expired(): ApiError {
  return new ApiError(401, "api.authentication_error", "Unauthorized: API key has expired");
}
