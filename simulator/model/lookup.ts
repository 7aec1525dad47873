import { type Zone } from "../dns/zones.js";
import { BadOption } from "../settings/settings.js";
import { type Application, type Grant } from "./objects.js";
import { type Store } from "./store.js";

/** Which of the simulator's applications; default the first. */
export type ApplicationName = "first" | "second" | "otherOrganization";

/** The kinds of objects that can be edited and removed behind the API's back. */
export type ObjectKind =
  | "connector"
  | "domain"
  | "grant"
  | "workspace"
  | "policy"
  | "rule"
  | "list"
  | "webhook"
  | "principal"
  | "credential"
  | "folder"
  | "message";

/** The application of that name. */
export function applicationNamed(store: Store, name: ApplicationName = "first"): Application {
  const index = ["first", "second", "otherOrganization"].indexOf(name);
  if (index === -1)
    throw new BadOption(`application: expected first, second or otherOrganization, got ${name}`);
  return store.applications.all()[index]!;
}

/** An account by its id or its address. */
export function accountNamed(store: Store, idOrEmail: string): Grant {
  const wanted = String(idOrEmail).toLowerCase();
  const found = store.liveGrants().find((g) => g.id === wanted || g.email === wanted);
  if (!found) throw new BadOption(`grant: there is no ${idOrEmail}`);
  return found;
}

/** A zone by its id or its name. */
export function zoneNamed(store: Store, nameOrId: string): Zone {
  const found = store.zones.get(nameOrId) ?? store.zones.byName(String(nameOrId).toLowerCase());
  if (!found) throw new BadOption(`zone: there is no ${nameOrId}`);
  return found;
}

/** The objects of a kind. */
export function collectionOf(
  store: Store,
  kind: ObjectKind,
): {
  get(id: string): { id: string } | undefined;
  remove(id: string): boolean;
} {
  const collections = {
    connector: store.connectors,
    domain: store.domains,
    grant: store.grants,
    workspace: store.workspaces,
    policy: store.policies,
    rule: store.rules,
    list: store.lists,
    webhook: store.webhooks,
    principal: store.principals,
    credential: store.credentials,
    folder: store.folders,
    message: store.messages,
  };
  if (!Object.hasOwn(collections, kind)) {
    throw new BadOption(`kind: expected one of ${Object.keys(collections).join(", ")}, got ${String(kind)}`);
  }
  return collections[kind];
}

/** An object by its kind and id. */
export function objectOf(store: Store, kind: ObjectKind, id: string): { id: string } {
  const found = collectionOf(store, kind).get(id);
  if (!found) throw new BadOption(`${kind}: there is no ${id}`);
  return found;
}
