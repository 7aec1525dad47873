import { type Grant } from "../nylas/api";
import { poll } from "../nylas/clock";
import { interruptible, sleepUnlessInterrupted } from "../nylas/lifetime";
import { isReadable, textsShown } from "../nylas/readable";
import { UserError } from "../core/failure";
import { knownAccounts } from "./knownAccounts";
import { BETWEEN_LOOKS, perApplication, type Session } from "./session";

/** Several looks at the accounts of an application. */
export interface Looks {
  /** The whole list, as it is now. */
  newest: Map<string, Grant>;
  /** The whole list some seconds earlier, and the list by provider, which comes from another index. */
  others: Map<string, Grant>[];
}

/** Milliseconds that a look is as good as a new one. */
const FRESH = 2_000;

/** Milliseconds that a look can still be the earlier one of two. */
const RECENT = 15_000;

/**
 * The accounts of an application for which a condition holds. It may hold in any look at the list, in the state, or
 * in an answer about the account alone. If the newest list does not show the condition for an account, the account is
 * asked for by its id. Throws if the list cannot be believed.
 */
export async function accountsWhere(
  session: Session,
  condition: (account: Placed) => boolean,
): Promise<Grant[]> {
  const holds = (account: Placed) => possiblePlaces(account).some(condition);
  const { newest, others } = await accountLooks(session);
  const known = knownAccounts(session);
  const all = [...newest.values()];
  const listed = all.filter((grant) => isReadable(grant) && holds(grant));
  const claimed = [...others.flatMap((look) => [...look.values()]), ...known.all()].filter(holds);
  // What a list shows in a form that is new may be readable by its id; where it is not, that is the error.
  const unread = all.filter((grant) => !isReadable(grant) && holds(grant));
  const doubtful = new Set([...claimed, ...unread].map(({ id }) => id));
  for (const { id } of listed) doubtful.delete(id);
  for (const id of doubtful) {
    const now = newest.get(id);
    const since = known.get(id);
    const elsewhere =
      now !== undefined && isReadable(now) && since?.seenAt !== undefined && !holds(now) && !holds(since);
    if (elsewhere || (now === undefined && known.isGone(id))) doubtful.delete(id);
  }
  const asked = await Promise.all([...doubtful].map((id) => readAgain(session, id, newest.has(id))));
  return [...listed, ...asked.filter((grant) => grant !== undefined && holds(grant))] as Grant[];
}

interface Placed {
  email: string;
  workspaceId: string | undefined;
}

/** Where an account is. One whose form is not known may be in any workspace that it names. */
function possiblePlaces(account: Placed): Placed[] {
  if (isReadable(account)) return [account];
  const [email = ""] = textsShown(account, "email");
  const workspaces = textsShown(account, "workspace_id");
  return (workspaces.length > 0 ? workspaces : [undefined]).map((workspaceId) => ({ email, workspaceId }));
}

/**
 * Two looks at the whole list some seconds apart, and one at the list by provider. Deletes of one process share them. A write of this
 * process needs no new look: `knownAccounts` has its result.
 */
export async function accountLooks(session: Session): Promise<Looks> {
  const asked = session.clock.now();
  const mine = sharedOf(session);
  while (mine.last === undefined || mine.last.began < asked - FRESH) {
    mine.underWay ??= look(session, mine).finally(() => (mine.underWay = undefined));
    await mine.underWay;
  }
  return mine.last;
}

/**
 * Before the first delete of an account in this process. A list that lacks an existing account shows too little, and
 * after the delete nothing would tell.
 */
export async function tryList(session: Session, account: { id: string; email: string }): Promise<void> {
  const mine = sharedOf(session);
  mine.tried ??= (async () => {
    let seen = await wholeList(session);
    if (!seen.accounts.has(account.id)) {
      await pause(session, BETWEEN_LOOKS);
      seen = await wholeList(session);
    }
    if (!seen.accounts.has(account.id)) mine.lacked = { account, seen };
  })();
  // The delete of the account does not hang on this: an error comes again where the list is needed.
  await mine.tried.catch(() => (mine.tried = undefined));
}

/** The outcome of a create is not known: a look that is older tells nothing of what it may have made. */
export function forgetLooks(session: Session): void {
  delete sharedOf(session).last;
}

/** One list, and when it was asked for. */
interface Look {
  began: number;
  accounts: Map<string, Grant>;
}

interface Shared {
  last?: Looks & { began: number; byProvider: Look };
  underWay?: Promise<void> | undefined;
  /** Of `tryList`: that it is done, and a list that lacked an account which was there. */
  tried?: Promise<void> | undefined;
  lacked?: { account: { id: string; email: string }; seen: Look };
}

const sharedOf = perApplication((): Shared => ({}));

async function look(session: Session, mine: Shared): Promise<void> {
  const { last } = mine;
  const isRecent = (earlier: { began: number } | undefined) =>
    earlier !== undefined && session.clock.now() - earlier.began <= RECENT;
  const [earlier, byProvider] = await Promise.all([
    last && isRecent(last) ? { began: last.began, accounts: last.newest } : wholeList(session),
    last && isRecent(last.byProvider) ? last.byProvider : wholeList(session, { provider: "nylas" }),
  ]);
  await pause(session, earlier.began + BETWEEN_LOOKS - session.clock.now());
  const { outcome, seen } = await poll(interruptible(session.clock), () => tryWholeList(session, mine), {
    until: ({ missing }) => missing === undefined,
    pauses: [BETWEEN_LOOKS, BETWEEN_LOOKS],
  });
  const { newest, missing } = seen;
  if (outcome === "interrupted") throw interrupted();
  if (missing !== undefined) {
    throw new UserError(
      `Nylas lists ${newest.accounts.size} account(s). Account ${missing.email} (id ${missing.id}) was there by its id in this run, and the list did not ` +
        "show it. So the list does not tell which accounts there are. Nothing was changed; try again in a minute.",
    );
  }
  const { began, accounts } = newest;
  mine.last = { began, newest: accounts, others: [earlier.accounts, byProvider.accounts], byProvider };
}

/** The whole list, and an account that it lacks although it is there. */
async function tryWholeList(
  session: Session,
  mine: Shared,
): Promise<{ newest: Look; missing: { id: string; email: string } | undefined }> {
  const newest = await wholeList(session);
  return { newest, missing: (await missingFrom(session, newest)) ?? stillLacking(mine, newest) };
}

async function wholeList({ api, clock }: Session, filter?: { provider: string }): Promise<Look> {
  const began = clock.now();
  const grants = await api.grants.listWhole(filter);
  return { began, accounts: new Map(grants.map((grant) => [grant.id, grant])) };
}

/** Accounts that are looked for in a list before it is believed, where it lacks more. */
const MOST_MISSING = 5;

/** An account that is there by its id, and that the list lacks. */
async function missingFrom(
  session: Session,
  { began, accounts }: Look,
): Promise<{ id: string; email: string } | undefined> {
  const lacking = knownAccounts(session)
    .all()
    .filter(({ id, seenAt }) => !accounts.has(id) && (seenAt ?? -Infinity) < began)
    .sort((a, b) => (b.seenAt ?? -Infinity) - (a.seenAt ?? -Infinity));
  for (const { id } of lacking.slice(0, MOST_MISSING)) {
    const there = await readAgain(session, id, false);
    if (there) return there;
  }
  return undefined;
}

/** A list that lacked an account is believed again when it shows one that it did not show then. */
function stillLacking({ lacked }: Shared, { accounts }: Look): { id: string; email: string } | undefined {
  if (lacked === undefined) return undefined;
  return [...accounts.keys()].some((id) => !lacked.seen.accounts.has(id)) ? undefined : lacked.account;
}

async function readAgain(session: Session, id: string, isListed: boolean): Promise<Grant | undefined> {
  const known = knownAccounts(session);
  const grant = await session.api.grants.get(id);
  if (grant) known.seen(grant);
  else if (!isListed) known.gone(id);
  return grant;
}

async function pause({ clock }: Session, milliseconds: number): Promise<void> {
  if (milliseconds <= 0 || (await sleepUnlessInterrupted(clock, milliseconds))) return;
  throw interrupted();
}

function interrupted(): UserError {
  return new UserError(
    "The run was interrupted before a second look at the list of the accounts. Nothing was changed.",
  );
}
