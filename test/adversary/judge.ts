/**
 * The judge. It knows nothing of the provider and its rules. It looks at the other side before and after a run, and
 * at the words that were given for it.
 */
import { type Entry, kindOf } from "./engineModel/state";
import { canSend, mxOf, readableBy, type RemoteState } from "./remote";
import { type Word } from "./scenario";

/** What a run could have been permitted, and what is known of it. */
export interface Given {
  stack: string;
  /** What it did, for the report. */
  command: string;
  /** Words in force: of the environment, and of the configuration where the program ran. */
  words: Word[];
  /** Ids of the workspaces that words name as `$id:NAME`. */
  workspaceIds: Record<string, string>;
  /** The stack's own state before the run, and that of the other stacks after it. */
  entries: Entry[];
  others: Entry[];
  /** Whether the stack's state was made by its own runs alone. */
  stateIsOwn: boolean;
  /** Addresses that some program declares as paused, in force after this run. */
  paused: string[];
  /** Domains for which the program of this run permits a publication that nobody checked, or beside an implicit MX. */
  uncheckedDomains: string[];
  /** `allowMailLoss` that is recorded, or that stands in the program of this run. */
  allowsMailLoss: boolean;
  /** Domains whose verification somebody took out of a state by hand: nothing stands before the deletes of their records. */
  unguarded: string[];
  /** The program of this run changed something on purpose (an `up`). */
  isEdit: boolean;
  /** Names whose mail is somebody else's: a company's own. */
  foreignMail: string[];
}

export interface Violation {
  rule:
    | "mail"
    | "mx"
    | "protected"
    | "displaced"
    | "domain"
    | "key"
    | "paused"
    | "trespass"
    | "gate"
    | "unserved"
    | "rules";
  text: string;
}

export interface Verdict {
  /** Everything that is lost without a word for exactly that. */
  violations: Violation[];
  /** All that was lost or handed over by an edit, with a word or without: the review of the preview has to stop at it. */
  toBeGated: string[];
}

/** Pure. */
export function judge(before: RemoteState, after: RemoteState, given: Given): Verdict {
  const found: Violation[] = [];
  const losses: string[] = [];
  const add = (rule: Violation["rule"], text: string): void => void found.push({ rule, text });

  // Messages.
  for (const message of after.lostMail.slice(before.lostMail.length)) {
    const what = `"${message.subject}" of ${message.email} (${message.reason})`;
    losses.push(what);
    const permitted =
      message.reason === "retention" || message.reason === "storage"
        ? given.allowsMailLoss
        : mayDelete(given, "account", message.email, message.grantId);
    if (!permitted) add("mail", what);
  }

  // MX records of domains that somebody uses, before and after.
  for (const domain of domainsInUse(before).filter((each) => domainsInUse(after).includes(each))) {
    const had = mxOf(before, domain);
    const has = mxOf(after, domain);
    if (!had.some(isOurs)) continue;
    const survivors = after.grants.filter(({ email }) => email.endsWith(`@${domain}`));
    const named = mayDelete(given, "domain", domain, undefined);
    if (has.some(isOurs) && isOurs(has[0]!)) continue;
    const what = `the MX of ${domain} is ${has.length === 0 ? "gone" : `another (${has.join(", ")})`}, with ${survivors.map(({ email }) => email).join(", ")} on it`;
    losses.push(what);
    if (!named && !given.unguarded.includes(domain)) add(has.length === 0 ? "mx" : "displaced", what);
  }
  // What is protected stays as it is, whoever lives there and whatever word was given.
  for (const { type, protect, inputs } of given.entries) {
    if (kindOf(type) !== "Domain" || protect !== true) continue;
    const domain = String(inputs.domainName).toLowerCase();
    if (mxOf(before, domain).some(isOurs) && !mxOf(after, domain).some(isOurs))
      add("protected", `${domain} is protected, and its MX is gone`);
  }
  // A domain that is registered no more receives nothing, whatever stands in DNS.
  for (const domain of before.domains.filter(({ branded }) => !branded)) {
    if (after.domains.some(({ id }) => id === domain.id)) continue;
    const left = after.grants.filter(({ email }) => email.endsWith(`@${domain.domain_address}`));
    if (left.length === 0) continue;
    const what = `domain ${domain.domain_address} is deleted, with ${left.map(({ email }) => email).join(", ")} on it`;
    losses.push(what);
    if (!mayDelete(given, "domain", domain.domain_address, domain.id)) add("domain", what);
  }
  // Mail that was somebody else's.
  for (const name of given.foreignMail) {
    const had = mxOf(before, name);
    const has = mxOf(after, name);
    if (had.some(isOurs) || !has.some(isOurs)) continue;
    if (given.uncheckedDomains.includes(name)) continue;
    add(
      "displaced",
      `${name} is a company's own (${had.join(", ") || "an address, no MX"}), and now has ${has.join(", ")}`,
    );
  }

  // Brakes and blocks.
  for (const email of given.paused) {
    const [was, is] = [grantOf(before, email), grantOf(after, email)];
    if (is && canSend(after, is) && (!was || !canSend(before, was)))
      add("paused", `${email} is paused and can send`);
  }
  found.push(...detached(before, after, given));

  // Other stacks' things.
  if (given.stateIsOwn) found.push(...trespasses(before, after, given));

  // Hands that change.
  const handOvers = [...moves(before, after, given), ...keysThatReadMore(before, after, given)];
  for (const text of handOvers) if (!given.isEdit) add("key", text);
  return { violations: found, toBeGated: given.isEdit ? [...losses, ...handOvers] : [] };
}

function mayDelete(given: Given, kind: Word["kind"], name: string, id: string | undefined): boolean {
  const lower = name.toLowerCase();
  const spoken = given.words.some(
    (word) =>
      word.kind === kind &&
      (word.object.toLowerCase() === lower || given.workspaceIds[word.object] === id) &&
      word.object !== "",
  );
  const type = { account: "AgentAccount", domain: "Domain", workspace: "Workspace" }[kind];
  const key = { account: "email", domain: "domainName", workspace: "name" }[kind];
  const recorded = given.entries.some(
    (entry) =>
      kindOf(entry.type) === type &&
      entry.inputs.forceDestroy === true &&
      String(entry.inputs[key] ?? "").toLowerCase() === lower,
  );
  return spoken || recorded;
}

function domainsInUse(state: RemoteState): string[] {
  return [...new Set(state.grants.map(({ email }) => email.slice(email.indexOf("@") + 1)))];
}

function grantOf(state: RemoteState, email: string) {
  return state.grants.find((grant) => grant.email === email);
}

function isOurs(host: string): boolean {
  return /^inbound\./.test(host);
}

/** Rules and policies that stood at a workspace and that this stack has no say in. */
function detached(before: RemoteState, after: RemoteState, given: Given): Violation[] {
  const own = new Set(
    given.entries.flatMap(({ id, inputs }) => (id === undefined || inputs.adopt ? [] : [id])),
  );
  return before.workspaces.flatMap((workspace): Violation[] => {
    const is = after.workspaces.find(({ id }) => id === workspace.id);
    const mine = given.entries.find((entry) => entry.id === workspace.id);
    const declared = new Set([
      ...((mine?.inputs.ruleIds as string[] | undefined) ?? []),
      mine?.inputs.policyId,
    ]);
    if (!is && own.has(workspace.id)) return [];
    const lost = [...workspace.rule_ids, ...(workspace.policy_id ? [workspace.policy_id] : [])].filter(
      (id) =>
        !own.has(id) &&
        !declared.has(id) &&
        !(is?.rule_ids.includes(id) || is?.policy_id === id) &&
        // Whoever made it may have taken it away.
        (before.rules.some((rule) => rule.id === id) || before.policies.some((policy) => policy.id === id)),
    );
    return lost.map((id) => ({
      rule: "rules",
      text: `workspace ${workspace.name} carried ${id}, which this stack has no part in, and has it no more`,
    }));
  });
}

/** What another stack holds, and this run deleted. */
function trespasses(before: RemoteState, after: RemoteState, { others, entries }: Given): Violation[] {
  const adopted = new Set(
    entries.flatMap(({ id, inputs }) => (inputs.adopt && id !== undefined ? [id] : [])),
  );
  const gone = (kind: "grants" | "workspaces" | "policies" | "rules" | "domains") =>
    before[kind]
      .filter((each) => !(after[kind] as { id: string }[]).some(({ id }) => id === each.id))
      .map(({ id }) => id);
  return (["grants", "workspaces", "policies", "rules", "domains"] as const).flatMap((kind) =>
    gone(kind)
      .filter((id) => !adopted.has(id) && others.some((entry) => entry.id === id))
      .map((id): Violation => ({
        rule: "trespass",
        text: `${kind} ${id}, which another stack holds, is deleted`,
      })),
  );
}

/** Mailboxes with mail that are in another workspace than before. */
function moves(before: RemoteState, after: RemoteState, given: Given): string[] {
  return before.grants.flatMap((grant) => {
    const is = after.grants.find(({ id }) => id === grant.id);
    if (!is || is.workspace_id === grant.workspace_id || !hasMail(before, grant.id)) return [];
    const was = before.workspaces.find(({ id }) => id === grant.workspace_id);
    const isGone = !after.workspaces.some(({ id }) => id === was?.id);
    if (was && isGone && mayDelete(given, "workspace", was.name, was.id)) return [];
    return [`mailbox ${grant.email} moved to another workspace`];
  });
}

/** Keys, by the resource that stands for them, that read mailboxes with mail which they did not read. */
function keysThatReadMore(before: RemoteState, after: RemoteState, { entries }: Given): string[] {
  return entries
    .filter(({ type }) => kindOf(type) === "ApiKey")
    .flatMap((entry) => {
      const read = new Set(readableBy(before, idOfKey(entry.id)));
      const now = after.credentials.find(({ name }) => name === credentialName(before, entry));
      const more = (now ? readableBy(after, now.id) : []).filter(
        (id) => !read.has(id) && hasMail(before, id),
      );
      return more.map(
        (id) =>
          `key ${entry.urn.split("::").at(-1)} now reads ${before.grants.find((each) => each.id === id)?.email}`,
      );
    });
}

function idOfKey(id: string | undefined): string {
  return id?.split("/").at(-1) ?? "";
}

function credentialName(state: RemoteState, entry: Entry): string | undefined {
  return state.credentials.find(({ id }) => id === idOfKey(entry.id))?.name;
}

function hasMail(state: RemoteState, grantId: string): boolean {
  return state.messages.some((message) => message.grant_id === grantId);
}
