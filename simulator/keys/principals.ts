import {
  type Application,
  type Credential,
  type Key,
  type Principal,
  type ResourceBinding,
} from "../model/objects.js";
import { type Store } from "../model/store.js";

/** The application that a key acts in, where it acts in one. */
export function applicationOf(store: Store, key: Key | undefined): Application | undefined {
  if (key === undefined) return undefined;
  const binding = key.kind === "iam" ? iamOf(store, key)?.principal.resource_binding : undefined;
  const id = binding ? applicationIdOf(store, binding) : key.applicationId;
  return id === undefined ? undefined : store.applications.get(id);
}

/** The application that a binding comes to; none for an organization, and none where its object is gone. */
export function applicationIdOf(store: Store, binding: ResourceBinding): string | undefined {
  switch (binding.type) {
    case "organization":
      return undefined;
    case "application":
      return store.applications.get(binding.id)?.id;
    case "workspace":
      return store.workspaces.get(binding.id)?.application_id;
    case "grant":
      return store.liveGrants().find((g) => g.id === binding.id)?.application_id;
  }
}

/** The principal and credential behind an IAM key. */
export function iamOf(store: Store, key: Key): { principal: Principal; credential: Credential } | undefined {
  const credential = store.credentials.get(key.credentialId ?? "");
  const principal = credential && store.principals.get(credential.principal_id);
  return principal && { principal, credential };
}

/** What a principal may do: its own permissions and those of its roles. */
export function permissionsOf(store: Store, principal: Principal): Set<string> {
  const ofRoles = principal.roles.flatMap((id) => store.roles.get(id)?.permissions ?? []);
  return new Set([...principal.direct_permissions, ...ofRoles]);
}

/** An id for a principal or credential. */
export function iamId(store: Store, kind: "principal" | "credential", key: string): string {
  return store.settings.iamIds === "opaque" ? store.seeded.opaque(kind, key) : store.seeded.uuid(kind, key);
}
