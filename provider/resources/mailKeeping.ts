import { isReadable } from "../nylas/readable";
import { UserError } from "../lifecycle/failure";
import { withLock } from "../lifecycle/perOwner";
import { type Grant, type Limit, type PolicyLimits, type Workspace } from "../nylas/api";
import { accountsWhere } from "./accountLooks";
import { largestOfPlans } from "../nylas/plans";
import { holdsMail } from "./mailbox";
import { applicationOf, type Session } from "./session";

/** The limits that decide how much mail a mailbox keeps; lowering one deletes what is beyond it. */
export const KEEPING = {
  inboxRetentionDays: "days of inbox",
  spamRetentionDays: "days of spam",
  storageBytes: "bytes of storage",
} as const;

export type Keeping = keyof typeof KEEPING;

/** Whether `to` keeps less than `from`; a limit that is not set stands for the plan's maximum, which no policy exceeds. */
export function keepsLess(from: Limit | undefined, to: Limit | undefined): boolean {
  return amount(to) < amount(from);
}

/** The limits under which a change keeps less mail. */
export function shortened(from: PolicyLimits, to: PolicyLimits): Keeping[] {
  return (Object.keys(KEEPING) as Keeping[]).filter((limit) => keepsLess(from[limit], to[limit]));
}

/**
 * Judges and makes a change to what is kept, one such change after the other: an account that enters a workspace beside the very
 * change of that workspace's policy would be seen by neither of the two.
 */
export function withKeepingLock<T>(session: Session, run: () => Promise<T>): Promise<T> {
  return withLock(applicationOf(session), "what is kept", run);
}

/** The workspace for accounts that are in no other; old applications do not name it, or have none. */
export async function defaultWorkspaceId({ api }: Session): Promise<string | undefined> {
  const { defaultWorkspaceId } = await api.application();
  return defaultWorkspaceId ?? (await api.workspaces.list()).find(({ isDefault }) => isDefault)?.id;
}

/** A workspace that is compared with another: where Nylas does not show it, what it keeps cannot be told. */
export async function workspaceThere({ api }: Session, id: string): Promise<Workspace> {
  const workspace = await api.workspaces.get(id);
  if (workspace) return workspace;
  throw new UserError(
    `Nylas says that there is no workspace ${id}, so it cannot be told how long it keeps mail. Nothing was changed; run pulumi refresh, then pulumi up.`,
  );
}

/** Everybody in a workspace, in any of several looks; an account that shows none lives under the default one's policy. */
export async function membersOf(session: Session, workspaceId: string): Promise<Grant[]> {
  const home = await defaultWorkspaceId(session);
  return accountsWhere(
    session,
    (account) =>
      account.workspaceId === workspaceId || (account.workspaceId === undefined && workspaceId === home),
  );
}

/**
 * Throws when accounts that hold mail would come under a policy that keeps less of it. `undefined` is "no policy": the
 * plan's maxima hold.
 */
export async function refusePolicyThatKeepsLess(
  session: Session,
  move: {
    from: string | undefined;
    to: string | undefined;
    accounts: () => Promise<Grant[]>;
    change: string;
    property: string;
  },
): Promise<void> {
  if (move.from === move.to || move.to === undefined) return;
  const [from, to] = await Promise.all([limitsOf(session, move.from), limitsOf(session, move.to)]);
  const less = shortened(from, to);
  if (less.length === 0) return;
  const accounts = (await move.accounts()).filter((grant) => grant.provider === "nylas");
  const holding = await firstThatHoldsMail(session, accounts);
  if (holding === undefined) return;
  const differences = less.map((limit) => `${KEEPING[limit]}: ${shown(from[limit])} → ${shown(to[limit])}`);
  throw new UserError(
    `Changing ${move.change} would delete mail: ${holding} (${accounts.length === 1 ? "the only account" : `one of ${accounts.length} accounts`} ` +
      `concerned) holds mail, and the new policy keeps less (${differences.join("; ")}). Nothing was changed. If that is wanted, say ` +
      `${move.property}; otherwise raise the limits of the new policy.`,
  );
}

async function limitsOf(session: Session, policyId: string | undefined): Promise<PolicyLimits> {
  // A policy that was deleted while attached leaves a dangling id, and the plan's maxima in force.
  if (policyId === undefined) return planMaxima(session);
  return (await session.api.policies.get(policyId))?.limits ?? planMaxima(session, policyId);
}

/**
 * The most that any plan is known to keep. Of the two sizes of a gigabyte it is the larger one: where less is kept in truth, a change is refused
 * that would have cost nothing, and the other way round mail would be lost.
 */
const LARGEST_PLAN: Record<Keeping, number> = {
  inboxRetentionDays: largestOfPlans("inboxRetentionDays"),
  spamRetentionDays: largestOfPlans("spamRetentionDays"),
  storageBytes: largestOfPlans("storageBytes"),
};

/**
 * What is kept without any policy. The API does not tell, but a policy shows the plan's maximum for what it leaves out: one
 * that goes beyond every plan we know says that nothing is known of this one, and then any limit counts as less.
 */
async function planMaxima(session: Session, dangling?: string): Promise<PolicyLimits> {
  const seen = (limit: Keeping) =>
    policies.filter(isReadable).map(({ limits }) => amount(limits[limit] ?? 0));
  const policies = await session.api.policies.list();
  if (policies.some(({ id }) => id === dangling)) {
    throw new UserError(
      `Nylas says that there is no policy ${dangling}, and lists it all the same, so what it keeps cannot be told. Nothing was changed; try again in a minute.`,
    );
  }
  const beyond = (Object.keys(KEEPING) as Keeping[]).some((limit) =>
    seen(limit).some((value) => value > LARGEST_PLAN[limit]),
  );
  return beyond ? {} : { ...LARGEST_PLAN };
}

/** Looks into at most twenty mailboxes; where all of them are empty among more, the rest is taken to hold mail. */
async function firstThatHoldsMail(session: Session, accounts: Grant[]): Promise<string | undefined> {
  const looked = accounts.slice(0, 20);
  for (const account of looked) {
    if (await holdsMail(session, account.id)) return account.email;
  }
  return accounts[looked.length]?.email;
}

function amount(limit: Limit | undefined): number {
  return limit === undefined || limit === "unlimited" ? Infinity : limit;
}

function shown(limit: Limit | undefined): string {
  return limit === undefined ? "the plan's maximum" : String(limit);
}
