import { isReadable } from "../nylas/readable";
import { UserError } from "../core/failure";
import { withLock } from "../core/perOwner";
import { type Grant, type Limit, type PolicyLimits, type Workspace } from "../nylas/api";
import { NylasError } from "../nylas/errors";
import { accountLooks, accountsWhere } from "./accountLooks";
import { knownAccounts } from "./knownAccounts";
import { largestOfPlans, smallestOfPlans } from "../nylas/plans";
import { holdsMail } from "./mailbox";
import { applicationOf, certainly, type Session } from "./session";

/** The limits that decide how much mail a mailbox keeps; lowering one deletes what is beyond it. */
export const KEEPING = {
  inboxRetentionDays: "days of inbox",
  spamRetentionDays: "days of spam",
  storageBytes: "bytes of storage",
} as const;

export type Keeping = keyof typeof KEEPING;

/** Whether `to` keeps less than `from`. A limit that is not set counts as endless: see `mayKeepLess` for no limit in the place of one. */
export function keepsLess(from: Limit | undefined, to: Limit | undefined): boolean {
  return amount(to) < amount(from);
}

/** The limits under which a change keeps less mail. */
export function shortened(from: PolicyLimits, to: PolicyLimits): Keeping[] {
  return (Object.keys(KEEPING) as Keeping[]).filter((limit) => keepsLess(from[limit], to[limit]));
}

/**
 * Judges and makes changes to what is kept, one after the other. An account may enter a workspace while that
 * workspace's policy changes. If both ran at once, neither would see the other.
 */
export function withKeepingLock<T>(session: Session, run: () => Promise<T>): Promise<T> {
  return withLock(applicationOf(session), "what is kept", run);
}

/** The workspace for accounts that are in no other; old applications do not name it, or have none. */
export async function defaultWorkspaceId({ api }: Session): Promise<string | undefined> {
  const { defaultWorkspaceId } = await api.application();
  return defaultWorkspaceId ?? (await api.workspaces.list()).find(({ isDefault }) => isDefault)?.id;
}

/**
 * A workspace that is compared with another: where Nylas does not show it, what it keeps cannot be told. A read may still show the policy that
 * it had before this run gave it another one.
 */
export async function workspaceThere({ api }: Session, id: string): Promise<Workspace> {
  // Asked before the read: afterwards, the time in which a read may be late can be over.
  const written = api.workspaces.policyJustWritten(id);
  const workspace = await api.workspaces.get(id);
  if (workspace) return written === undefined ? workspace : { ...workspace, policyId: written ?? undefined };
  throw new UserError(
    `Nylas says that there is no workspace ${id}, so it cannot be told how long it keeps mail. Nothing was changed; run pulumi refresh, then pulumi up.`,
  );
}

/** The policy of a workspace that accounts leave. One that is gone, and shows so twice, leaves the plan's maxima in force. */
export async function policyLeft(session: Session, id: string): Promise<string | undefined> {
  return (await certainly(session, session.api.workspaces, id))?.policyId;
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
 * Whether less may be kept where a declared limit gives way to none. The plan's maximum holds then, and a policy that was made under a larger
 * plan goes beyond it. Only what the smallest plan keeps is sure.
 */
export function mayKeepLess(limit: Keeping, from: Limit | undefined, to: Limit | undefined): boolean {
  if (from === undefined || to !== undefined) return keepsLess(from, to);
  return keepsLess(from, SMALLEST_PLAN[limit]);
}

/**
 * Throws when accounts that hold mail would come under limits that keep less of it, or that may. `undefined` is "no policy": the plan's
 * maxima hold then.
 */
export async function assertPolicyKeepsEnough(
  session: Session,
  move: {
    from: string | undefined;
    to: string | undefined;
    /**
     * A workspace is edited. The program names the policy, so that it has to be there. The engine names this stack's
     * accounts later, so that the list alone tells who is in the workspace.
     */
    isEdit?: boolean;
    accounts: () => Promise<Grant[]>;
    change: string;
    property: string;
  },
): Promise<void> {
  if (move.from === move.to) return;
  if ((await lostUnder(session, move)).less.length === 0) return;
  const accounts = (await move.accounts()).filter((grant) => grant.provider === "nylas");
  const holding = await firstThatHoldsMail(session, accounts);
  if (holding === undefined) {
    if (accounts.length === 0 && move.isEdit === true) await assertListIsBelievable(session, move);
    return;
  }
  // The looks take seconds, in which the engine goes on comparing: more may be known of the plan by now.
  const { from, to, less } = await lostUnder(session, move);
  if (less.length === 0) return;
  const which =
    `Changing ${move.change} would delete mail: ${holding} (${accounts.length === 1 ? "the only account" : `one of ${accounts.length} accounts`} ` +
    `concerned) holds mail, and`;
  if (to === undefined) {
    const least = await planMaxima(session);
    const differences = less.map(
      (limit) => `${KEEPING[limit]}: ${shown(from?.[limit])} → ${inWords(limit, least)}`,
    );
    throw new UserError(
      `${which} no policy would hold for it any more. The plan's maxima hold then, which Nylas does not tell, and they may be less than the ` +
        `policy keeps (${differences.join("; ")}). Nothing was changed. If your plan keeps as much, or that is wanted, say ${move.property}; ` +
        `otherwise give it a policy with the same limits.`,
    );
  }
  const differences = less.map((limit) => `${KEEPING[limit]}: ${shown(from?.[limit])} → ${shown(to[limit])}`);
  throw new UserError(
    `${which} the new policy keeps less (${differences.join("; ")}). Nothing was changed. If that is wanted, say ` +
      `${move.property}; otherwise raise the limits of the new policy.`,
  );
}

/** A list without any account is believed only where none was ever made: the connector that accounts need is never deleted. */
async function assertListIsBelievable(
  session: Session,
  { change, property }: { change: string; property: string },
): Promise<void> {
  const { newest, others } = await accountLooks(session);
  if ([newest, ...others].some((look) => look.size > 0) || knownAccounts(session).anyGone) return;
  const wasAny = await session.api.connectors.hadNylas().catch((error: unknown) => {
    if (error instanceof NylasError && error.kind === "forbidden") return false;
    throw error;
  });
  if (!wasAny) return;
  throw new UserError(
    `Nylas lists no account at all, but has the connector that accounts are made with. So the list does not tell whether changing ${change} would delete ` +
      `mail. Nothing was changed; try again in a minute. If there is no account any more, say ${property}.`,
  );
}

/** The limits under which less may be kept after a move from one policy to another, or to none. */
async function lostUnder(
  session: Session,
  move: { from: string | undefined; to: string | undefined; isEdit?: boolean },
): Promise<{ from: PolicyLimits | undefined; to: PolicyLimits | undefined; less: Keeping[] }> {
  const [from, to] = await Promise.all([
    limitsOf(session, move.from),
    limitsOf(session, move.to, move.isEdit),
  ]);
  if (from !== undefined && to !== undefined) return { from, to, less: shortened(from, to) };
  if (from === to) return { from, to, less: [] };
  const plan = await planMaxima(session);
  const most = Object.fromEntries(Object.entries(plan).map(([limit, { most }]) => [limit, most]));
  const least = Object.fromEntries(Object.entries(plan).map(([limit, { least }]) => [limit, least]));
  return { from, to, less: shortened(from ?? most, to ?? least) };
}

/** Undefined where no policy holds. One that was deleted while attached leaves a dangling id, and the plan's maxima in force. */
async function limitsOf(
  session: Session,
  policyId: string | undefined,
  isNamed = false,
): Promise<PolicyLimits | undefined> {
  if (policyId === undefined) return undefined;
  const { api } = session;
  const policy = await api.policies.get(policyId);
  if (policy !== undefined) return policy.limits;
  if (isNamed || leftOutLimits(session).isMade(policyId)) {
    const later = await certainly(session, api.policies, policyId);
    if (later !== undefined) return later.limits;
    throw new UserError(
      `Nylas says that there is no policy ${policyId}, so what it keeps cannot be told. Nothing was changed; try again in a minute.`,
    );
  }
  if ((await api.policies.list()).some(({ id }) => id === policyId)) {
    throw new UserError(
      `Nylas says that there is no policy ${policyId}, and lists it all the same, so what it keeps cannot be told. Nothing was changed; try again in a minute.`,
    );
  }
  return undefined;
}

/**
 * The most and the least that any plan is known to keep. Of the two sizes of a gigabyte the one counts that may only refuse a change which
 * would have cost nothing.
 */
const LARGEST_PLAN = ofPlans(largestOfPlans);
const SMALLEST_PLAN = {
  ...ofPlans(smallestOfPlans),
  storageBytes: inThousands(smallestOfPlans("storageBytes")),
};

function ofPlans(size: (limit: Keeping) => number): Record<Keeping, number> {
  return {
    inboxRetentionDays: size("inboxRetentionDays"),
    spamRetentionDays: size("spamRetentionDays"),
    storageBytes: size("storageBytes"),
  };
}

function inThousands(gigabytes: number): number {
  return (gigabytes / 1024 ** 3) * 1000 ** 3;
}

/** What is kept without any policy: at least, at most, and whether that is known. */
interface Maximum {
  least: Limit;
  most: Limit | undefined;
  known: boolean;
}

/**
 * The API does not tell the plan's maxima. But a policy shows the plan's maximum for what it leaves out. So a policy
 * of this program that leaves a limit out tells the maximum of that limit. If a policy goes beyond every plan we
 * know, nothing is known of this plan: then no figure of a known plan counts.
 */
async function planMaxima(session: Session): Promise<Record<Keeping, Maximum>> {
  const policies = (await session.api.policies.list()).filter(isReadable);
  const shownFor = (limit: Keeping) => policies.map(({ limits }) => limits[limit] ?? 0);
  const limits = Object.keys(KEEPING) as Keeping[];
  const beyond = limits.some((limit) => shownFor(limit).some((value) => amount(value) > LARGEST_PLAN[limit]));
  const of = (limit: Keeping): Maximum => {
    const told = policies
      .filter(({ id }) => leftOutLimits(session).has(id, limit))
      .flatMap(({ limits: { [limit]: value } }) => value ?? []);
    const most = beyond ? undefined : LARGEST_PLAN[limit];
    if (told.length > 0)
      return { least: told.reduce((a, b) => (keepsLess(a, b) ? b : a)), most, known: true };
    if (beyond) return { least: 0, most, known: false };
    // A policy that shows the plan's own figure in 1024s tells which gigabyte it is.
    const exact = smallestOfPlans(limit);
    return { least: shownFor(limit).includes(exact) ? exact : SMALLEST_PLAN[limit], most, known: false };
  };
  return {
    inboxRetentionDays: of("inboxRetentionDays"),
    spamRetentionDays: of("spamRetentionDays"),
    storageBytes: of("storageBytes"),
  };
}

function inWords(limit: Keeping, plan: Record<Keeping, Maximum>): string {
  const { least, known } = plan[limit];
  if (known) return `${String(least)}, the plan's maximum`;
  return least === 0
    ? "the plan's maximum, which is not known"
    : `the plan's maximum, at least ${String(least)}`;
}

/**
 * Which limits the policies of this program leave out, as far as this process has seen them. Nylas shows the plan's maximum for such a limit. A
 * policy that was taken over may have been given limits before that, so it tells nothing.
 */
class LeftOutLimits {
  readonly #declared = new Map<string, ReadonlySet<string>>();
  readonly #made = new Set<string>();

  /** A policy as the state records it, or as it was just made. */
  recorded(id: string, { limits, adopt, takenOver }: Record<string, unknown>): void {
    if (adopt !== undefined || takenOver === true || this.#declared.has(id)) return;
    if (limits !== undefined && (typeof limits !== "object" || limits === null)) return;
    this.#declared.set(id, new Set(Object.keys(limits ?? {})));
  }

  /** This process has made it: it is there, whatever a read says. */
  made(id: string, outputs: Record<string, unknown>): void {
    this.#made.add(id);
    this.recorded(id, outputs);
  }

  isMade(id: string): boolean {
    return this.#made.has(id);
  }

  has(id: string, limit: string): boolean {
    return this.#declared.get(id)?.has(limit) === false;
  }
}

const leftOut = new WeakMap<object, LeftOutLimits>();

export function leftOutLimits(session: Session): LeftOutLimits {
  const known = leftOut.get(applicationOf(session)) ?? new LeftOutLimits();
  leftOut.set(applicationOf(session), known);
  return known;
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
