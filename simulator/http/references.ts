import { type Store } from "../model/store.js";
import { ApiError } from "./errors.js";

/** Refuses the delete of an object that others name, where the settings say that the API does so. */
export function refuseIfNamed(store: Store, kind: keyof typeof NAMED, id: string): void {
  if (!store.settings.deletesBlocked) return;
  const by = NAMED[kind](store, id);
  if (by > 0) throw new ApiError(409, "conflict", `the ${kind} is in use: ${by} other objects refer to it`);
}

/** How many objects refer to one of a kind. */
const NAMED = {
  domain: (store: Store, id: string) => {
    const domain = store.domains.get(id)!;
    return store
      .liveGrants()
      .filter(
        ({ email, application_id: application }) =>
          email.endsWith(`@${domain.domain_address}`) &&
          store.applications.get(application)?.organization_id === domain.organization_id,
      ).length;
  },
  workspace: (store: Store, id: string) =>
    store.liveGrants().filter(({ workspace_id }) => workspace_id === id).length,
  policy: (store: Store, id: string) => store.workspaces.where(({ policy_id }) => policy_id === id).length,
  rule: (store: Store, id: string) => store.workspaces.where(({ rule_ids }) => rule_ids.includes(id)).length,
  list: (store: Store, id: string) =>
    store.rules.where(({ match }) => match.conditions.some(({ value }) => [value].flat().includes(id)))
      .length,
  connector: (store: Store, id: string) => {
    const { application_id: application, provider } = store.connectors.get(id)!;
    return store.liveGrants(application).filter((grant) => grant.provider === provider).length;
  },
};
