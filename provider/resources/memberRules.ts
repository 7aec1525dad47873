import { type Context } from "../core/definition";
import { type Grant, type Rule, type RuleCondition, type Workspace } from "../nylas/api";
import { domainOfEmail, normalEmail } from "../nylas/addresses";
import { NylasError } from "../nylas/errors";
import { UserError } from "../core/failure";
import { sleepUnlessInterrupted } from "../nylas/lifetime";
import { accountsWhere } from "./accountLooks";
import { knownAccounts } from "./knownAccounts";
import { defaultWorkspaceId } from "./mailKeeping";
import { withRulesLock, rulesIn } from "./ruleAttachments";
import { certainly, perApplication, type Session } from "./session";
import { knowWorkspace, workspacesWhere } from "./workspaceLooks";

/**
 * Rules with `includeMembers` hold for every account of the workspaces that name them. Nylas' documents disagree on whether outbound
 * rules run for a workspace or for the whole application, so each account is a condition of its own.
 *
 * The mark stands in the rule's description at Nylas: another stack that puts an account into the workspace has to find it there.
 */
const MARK = "[pulumi-nylas: and every account of its workspaces]";

/** The description as it is sent. */
export function markedDescription(description: string | undefined): string {
  return description ? `${description} ${MARK}` : MARK;
}

export function isMarked({ description }: Pick<Rule, "description">): boolean {
  return description?.endsWith(MARK) ?? false;
}

export function withoutMark(description: string | undefined): string | undefined {
  if (!description?.endsWith(MARK)) return description;
  return description.slice(0, -MARK.length).trimEnd() || undefined;
}

/** Whether conditions of which one is enough hold for what an address sends. */
export function covers(conditions: readonly RuleCondition[], email: string): boolean {
  const address = normalEmail(email);
  const domain = domainOfEmail(email);
  return conditions.some(({ field, is }) => {
    const wanted = is?.toLowerCase();
    return (field === "from.address" && wanted === address) || (field === "from.domain" && wanted === domain);
  });
}

/** The conditions, and one for each address that they do not hold for. */
export function withMembers<Condition extends RuleCondition>(
  conditions: readonly Condition[],
  emails: readonly string[],
): RuleCondition[] {
  const missing = [...new Set(emails.map(normalEmail))].filter((email) => !covers(conditions, email)).sort();
  return [...conditions, ...missing.map((is): RuleCondition => ({ field: "from.address", is }))];
}

/** The addresses of `present` that `declared` does not hold for: members that were added beside the declared conditions. */
export function addedMembers(
  present: readonly RuleCondition[],
  declared: readonly RuleCondition[],
): string[] {
  return present
    .filter(({ field, is }) => field === "from.address" && is !== undefined && !covers(declared, is))
    .map(({ is }) => normalEmail(is!));
}

/** The declared conditions as they stand, without the members that were added beside them. */
export function withoutMembers(
  present: readonly RuleCondition[],
  declared: readonly RuleCondition[],
): RuleCondition[] {
  const added = new Set(addedMembers(present, declared));
  return present.filter(({ field, is }) => field !== "from.address" || !added.has(normalEmail(is ?? "")));
}

// ---------------------------------------------------------------- the rule's own writes

/**
 * The conditions to write: the declared ones, the members of every workspace that names the rule, and those who stand in it now. A member
 * leaves only by `goneFrom`, or because this process moves or deletes it. `now` is the answer to a write: a read may be a minute old.
 */
export async function conditionsWithMembers(
  session: Session,
  now: Rule,
  declared: readonly RuleCondition[],
  gone: ReadonlySet<string>,
): Promise<RuleCondition[]> {
  const before = addedMembers(now.conditions, declared).filter((email) => !gone.has(email));
  // A look that fails adds nobody, and takes nobody away.
  const members = await membersUnder(session, now.id).catch(() => []);
  const kept = new Set([...before, ...members.map(normalEmail)]);
  const mine = bookOf(session);
  mine.marked.add(now.id);
  mine.kept.set(now.id, new Set([...kept].filter((email) => !covers(declared, email))));
  return withMembers(declared, [...kept]);
}

/** What a refresh has seen of the members: whom the rule does not hold for, and who was elsewhere, since when (Unix milliseconds). */
export interface SeenMembers {
  membersDiffer?: true;
  elsewhere?: Record<string, number>;
}

/** Whether the rule does not hold for somebody who is a member, or holds for somebody who is seen elsewhere. */
export async function membersSeen(
  session: Session,
  { id, conditions }: Rule,
  declared: readonly RuleCondition[],
  earlier: unknown,
): Promise<SeenMembers> {
  // A look that fails says nothing: the rule stays as it is.
  const members = await membersUnder(session, id).catch(() => undefined);
  if (members === undefined) return {};
  const there = new Set(members.map(normalEmail));
  const elsewhere: Record<string, number> = {};
  for (const email of addedMembers(conditions, declared)) {
    if (!there.has(email) && (await isSeenElsewhere(session, id, email)))
      elsewhere[email] = timesIn(earlier)[email] ?? now(session);
  }
  const missing = members.some((email) => !covers(conditions, email));
  if (Object.keys(elsewhere).length > 0) return { membersDiffer: true, elsewhere };
  return missing ? { membersDiffer: true } : {};
}

/** Milliseconds after which a read shows a write at the latest. */
const LATEST_READ = 60_000;

/**
 * Whom a refresh has seen elsewhere, and who is seen elsewhere again, later than any read may lag. So an account that was put into the
 * workspace a moment ago stays in the rule.
 */
export async function goneFrom(session: Session, ruleId: string, elsewhere: unknown): Promise<Set<string>> {
  const seen = Object.entries(timesIn(elsewhere));
  const gone = new Set<string>();
  if (seen.length === 0) return gone;
  const newest = Math.max(...seen.map(([, at]) => at));
  const wait = Math.min(LATEST_READ, newest + LATEST_READ - now(session));
  if (wait > 0 && !(await sleepUnlessInterrupted(session.clock, wait))) return gone;
  for (const [email] of seen)
    if (await isSeenElsewhere(session, ruleId, email).catch(() => false)) gone.add(email);
  return gone;
}

/** By the clock of Nylas: the refresh may have been on another machine, whose clock is another one. */
function now({ api }: Session): number {
  return api.remoteNow() ?? Date.now();
}

function timesIn(recorded: unknown): Record<string, number> {
  return typeof recorded === "object" && recorded !== null ? (recorded as Record<string, number>) : {};
}

/**
 * Whether an address's account and the account's workspace are both there by their ids, and the workspace does not
 * name the rule.
 */
async function isSeenElsewhere(session: Session, ruleId: string, email: string): Promise<boolean> {
  const accounts = await accountsWhere(session, (each) => normalEmail(each.email) === email);
  const home = await defaultWorkspaceId(session);
  let seen = false;
  for (const { id } of accounts) {
    const account = await session.api.grants.get(id);
    const workspaceId = account?.workspaceId ?? home;
    if (account === undefined || workspaceId === undefined) return false;
    const workspace = await session.api.workspaces.get(workspaceId);
    if (workspace === undefined || rulesIn(session, workspace).includes(ruleId)) return false;
    seen = true;
  }
  return seen;
}

async function membersUnder(session: Session, ruleId: string): Promise<string[]> {
  const naming = await workspacesWhere(session, ({ ruleIds }) => ruleIds.includes(ruleId));
  if (naming.length === 0) return [];
  const ids = new Set(naming.map(({ id }) => id));
  const home = await defaultWorkspaceId(session);
  const accounts = await accountsWhere(session, ({ workspaceId }) => ids.has(workspaceId ?? home ?? ""));
  return accounts.map(({ email }) => email);
}

/**
 * The rule as it stands: the answer to a write that changes nothing, since every rule that holds for all members is outbound. Written
 * back from a read, which may be a minute old, its conditions would lack whom another run has added since.
 */
async function standingRule(session: Session, id: string): Promise<Rule | undefined> {
  const ask = () => session.api.rules.update(id, { trigger: "outbound" });
  return ask().catch(async (error: unknown) => {
    if (!isNotFound(error)) throw error;
    return (await certainly(session, session.api.rules, id)) === undefined ? undefined : ask();
  });
}

function isNotFound(error: unknown): boolean {
  return error instanceof NylasError && error.kind === "notFound";
}

// ---------------------------------------------------------------- accounts that come and go

/** Before an account enters a workspace: the rules there that hold for all members hold for it first. */
export async function includeMember(
  session: Session,
  workspaceId: string | undefined,
  email: string,
): Promise<void> {
  if (workspaceId === undefined) return;
  for (const id of await markedRulesOf(session, workspaceId)) await addTo(session, id, [email]);
}

/** Before an account is made. Where it names no workspace, Nylas puts it into the one that groups its domain, or the default one. */
export async function includeBeforeCreate(
  session: Session,
  { workspaceId, email }: { workspaceId?: string; email: string },
): Promise<void> {
  if (workspaceId !== undefined) return includeMember(session, workspaceId, email);
  const domain = domainOfEmail(email);
  const mine = bookOf(session);
  const all = await (mine.workspaces ??= session.api.workspaces.list());
  const home = await defaultWorkspaceId(session);
  // A list that shows too little is asked for again by the next account.
  if (home !== undefined && !all.some(({ id }) => id === home)) delete mine.workspaces;
  const grouping = all.find((each) => each.autoGroup && each.domain?.toLowerCase() === domain);
  return includeMember(session, grouping?.id ?? home, email);
}

/** Its workspace may be another one than was expected, or may name more rules by now. */
export async function includeAfterCreate(
  { session, log }: Context<Session>,
  { id, email, workspaceId }: Grant,
): Promise<void> {
  const included = async () =>
    includeMember(session, workspaceId ?? (await defaultWorkspaceId(session)), email);
  await included().catch((error: unknown) =>
    log(
      "warning",
      `account ${email} (id ${id}) was made. It is not known whether its workspace has paused sending: ${(error as Error).message} ` +
        `Run pulumi refresh, then pulumi up.`,
    ),
  );
}

/**
 * After an account has left a workspace, a rule that held for it beyond what it declares no longer does. It stays if
 * the rule holds in the account's present workspace.
 */
export async function releaseMember(session: Session, email: string, into?: string): Promise<void> {
  const { marked, kept } = bookOf(session);
  if (marked.size === 0) return;
  const address = normalEmail(email);
  const still = into === undefined || kept.size === 0 ? [] : await markedRulesOf(session, into);
  await withRulesLock(session, async () => {
    for (const [id, emails] of kept) {
      if (still.includes(id) || !emails.delete(address)) continue;
      const rule = await standingRule(session, id);
      const left = rule?.conditions.filter(
        ({ field, is }) => field !== "from.address" || normalEmail(is ?? "") !== address,
      );
      if (!rule || !left || left.length === 0 || left.length === rule.conditions.length) continue;
      await session.api.rules.update(id, { match: rule.match, conditions: left, trigger: rule.trigger });
    }
  });
}

/**
 * After a workspace names more rules: those that hold for all members hold for those who are in it already. Throws where the list of
 * accounts does not tell who is in it; the rule holds for those that it shows then.
 */
export async function includeAllMembers(
  session: Session,
  { id, name, ruleIds, policyId }: Pick<Workspace, "id" | "name" | "ruleIds" | "policyId">,
  { before = [], isNew = false }: { before?: readonly string[] | undefined; isNew?: boolean } = {},
): Promise<void> {
  const mine = bookOf(session);
  mine.rulesOfWorkspace.delete(id);
  delete mine.workspaces;
  knowWorkspace(session, id, { policyId, ruleIds });
  const added: string[] = [];
  for (const rule of ruleIds)
    if (!before.includes(rule) && (await holdsForMembers(session, rule))) added.push(rule);
  if (added.length === 0) return;
  const home = await defaultWorkspaceId(session);
  const isInside = ({ workspaceId }: { workspaceId: string | undefined }) => (workspaceId ?? home) === id;
  const known = () => knownAccounts(session).all().filter(isInside);
  let failure: Error | undefined;
  // A new workspace has the accounts alone that this process has made since.
  const accounts = isNew
    ? known()
    : await accountsWhere(session, isInside).catch((error: unknown) => {
        failure = error as Error;
        return known();
      });
  const emails = accounts.map(({ email }) => email);
  for (const rule of added) await addTo(session, rule, emails);
  if (failure === undefined) return;
  throw new UserError(
    `Workspace "${name}" (id ${id}) names a rule that blocks sending, and the rule holds for ${emails.length} account(s) there. Whether more are in it cannot be ` +
      `told, and those can send: ${failure.message.replace(" Nothing was changed;", " To go on,")} Then run pulumi up again.`,
  );
}

/** Rules of other stacks are asked for: the mark stands at Nylas. */
async function holdsForMembers(session: Session, id: string): Promise<boolean> {
  const { marked, plain } = bookOf(session);
  if (marked.has(id)) return true;
  if (plain.has(id)) return false;
  const rule = await certainly(session, session.api.rules, id);
  if (rule !== undefined) (isMarked(rule) ? marked : plain).add(id);
  return rule !== undefined && isMarked(rule);
}

function addTo(session: Session, id: string, emails: string[]): Promise<void> {
  return withRulesLock(session, async () => {
    const shown = await session.api.rules.get(id);
    if (shown && withMembers(shown.conditions, emails).length === shown.conditions.length) return;
    const rule = await standingRule(session, id);
    if (!rule) return;
    const conditions = withMembers(rule.conditions, emails);
    if (conditions.length === rule.conditions.length) return;
    await session.api.rules.update(id, { match: rule.match, conditions, trigger: rule.trigger });
  });
}

/** Asked once for a workspace, until this process writes its rules. That there is none of something is not remembered. */
function markedRulesOf(session: Session, workspaceId: string): Promise<string[]> {
  const { rulesOfWorkspace } = bookOf(session);
  const known = rulesOfWorkspace.get(workspaceId);
  if (known) return known;
  const asking = (async () => {
    const { workspaces, rules } = session.api;
    const workspace = await certainly(session, workspaces, workspaceId);
    const ids = workspace === undefined ? [] : rulesIn(session, workspace);
    const found = await Promise.all(ids.map((id) => certainly(session, rules, id)));
    if (workspace === undefined || found.includes(undefined)) rulesOfWorkspace.delete(workspaceId);
    return found.flatMap((rule) => (rule && isMarked(rule) ? [rule.id] : []));
  })();
  rulesOfWorkspace.set(workspaceId, asking);
  asking.catch(() => rulesOfWorkspace.delete(workspaceId));
  return asking;
}

// ---------------------------------------------------------------- what this process knows

interface Book {
  /** Rules that hold for all members, as far as this process has declared or written them. */
  marked: Set<string>;
  /** Rules that do not, as far as this process has declared, written or seen them. */
  plain: Set<string>;
  /** Whom a rule holds for beyond what it declares, as this process has written it. */
  kept: Map<string, Set<string>>;
  rulesOfWorkspace: Map<string, Promise<string[]>>;
  workspaces?: Promise<Workspace[]>;
}

const bookOf = perApplication((): Book => ({
  marked: new Set(),
  plain: new Set(),
  kept: new Map(),
  rulesOfWorkspace: new Map(),
}));

/** The program or the state declares a rule, which holds for all members or does not. */
export function knowRule(session: Session, id: string, includeMembers: boolean): void {
  const { marked, plain } = bookOf(session);
  (includeMembers ? marked : plain).add(id);
  (includeMembers ? plain : marked).delete(id);
}

/** This process writes a rule or takes one off: what workspaces carry is asked for again. */
export function forgetRulesOfWorkspaces(session: Session): void {
  bookOf(session).rulesOfWorkspace.clear();
}
