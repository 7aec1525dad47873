import { type Grant, type Policy } from "../model/objects.js";
import { type Limits } from "../model/plans.js";
import { type Store } from "../model/store.js";
import { DAY } from "../runtime/clock.js";

/** The limits an account lives under right now, through its workspace. */
export function limitsOf(store: Store, grant: Grant): Limits {
  const workspace = grant.workspace_id ? store.workspaces.get(grant.workspace_id) : undefined;
  const policy = workspace?.policy_id ? store.policies.get(workspace.policy_id) : undefined;
  return effectiveLimits(store, policy);
}

/** The limits a policy comes to under the plan; no policy means the plan's own. */
export function effectiveLimits(store: Store, policy: Policy | undefined): Limits {
  return { ...store.plan.limits, ...policy?.limits };
}

/** Counts a message of the day; false once the limit (-1: none) is reached. */
export function spend(store: Store, what: "sent" | "received", grant: Grant, limit: number): boolean {
  const day = `${what}|${grant.id}|${Math.floor(store.clock.seconds() / DAY)}`;
  const count = store.spent.get(day) ?? 0;
  if (limit !== -1 && count >= limit) return false;
  store.spent.set(day, count + 1);
  return true;
}
