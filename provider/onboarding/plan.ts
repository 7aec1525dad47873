/**
 * What a call would do to a tenant, read from the steps of the engine's own preview. Whatever is not known to add
 * something counts as taking something away. So a property of a later release is asked about once too often, and
 * never once too little.
 */
import { createHash } from "node:crypto";
import { holdsSecret } from "../review/fleet";
import { same } from "../core/equality";
import { holdsUnknown } from "../core/unknown";
import { gatedByReview, isBegun, withoutListed } from "./judgement";
import { type StepState, type Step } from "./steps";
import { objectOf, whenGone, kindOf, nameOf, NOUNS } from "./objects";
import { type Loss, type Change, JUDGES, anyChange, lost, NEVER_LOSES, isForPeople } from "./losses";

/** What a call would do, object by object. */
export interface OnboardingChanges {
  /** What would be made, as in `account billing@agents.customer-a.com`. */
  creates: string[];
  /** What would be changed without taking anything away. */
  changes: string[];
  /**
   * What would be taken away, cut, opened or loosened, and what turns incoming mail away. It includes all that
   * `pulumi-nylas review` gates as `mail-loss`, `hand-over`, `doors` or `drains`. It is done only if its `word` is in
   * `allow`.
   */
  takesAway: TakenAway[];
}

/** One thing that a call would take away. */
export interface TakenAway {
  /**
   * What `allow` takes. A word has the kind and name of the object, and the property where the object stays. It ends
   * with a digest of the object's id and of the change. So a word that is left in the code allows neither another
   * change nor the same change of a later object. A secret value cannot be seen: its word is of the recorded value,
   * and ends with the next change of the object.
   */
  word: string;
  /** As in `rule customer-a/sending-paused`. */
  object: string;
  /** What would happen to it. */
  what: string;
}

/** What the state records of the tenant before the call. */
export interface Recorded {
  /** When each object was changed last, by its URN. */
  changedAt: ReadonlyMap<string, string>;
  /** Whether an earlier call came to its end, so that there is a tenant to take something from. */
  stands: boolean;
  /** The accounts, by their URNs, whose password is known to be the one that is recorded: see `passwords.ts`. */
  keepsPassword: ReadonlySet<string>;
}

/** What the steps of a preview come to. */
export function changesOf(
  steps: readonly Step[],
  recorded: Recorded = { changedAt: new Map(), stands: true, keepsPassword: new Set() },
): OnboardingChanges {
  const changes: OnboardingChanges = { creates: [], changes: [], takesAway: [] };
  const counted = steps.filter(isCounted);
  // The ids of what ends, and the addresses of accounts that do: what names them goes with them.
  const going = new Set(
    counted.filter(endsOld).flatMap(({ old }) => [old?.id, old?.inputs?.["email"] as string | undefined]),
  );
  const replaced = new Set<string>();
  const words: Words = {
    recorded,
    // The engine takes its steps in any order.
    made: counted
      .filter(({ op }) => op === "create")
      .map(({ urn, new: to }) => JSON.stringify([urn, to?.inputs]))
      .sort(),
  };
  for (const step of counted) {
    const object = objectOf(step);
    if (endsOld(step)) {
      const taken = takenAway(step, object, words);
      if (!replaced.has(step.urn)) changes.takesAway.push(taken);
      if (kindOf(step.type) === "AgentAccount") ending.set(taken, nameOf(step.urn));
      replaced.add(step.urn);
      continue;
    }
    const losses = lossesOf(step, going, recorded);
    const loosened = [...losses, ...opensOf(counted, step, losses, recorded)].map((loss) =>
      takenAway(step, object, words, loss),
    );
    changes.takesAway.push(...loosened);
    if (ADDS.has(step.op)) changes.creates.push(object);
    else if (step.op === "update" && loosened.length === 0) changes.changes.push(object);
  }
  return changes;
}

/** The accounts that end as a whole, by their names as resources. A word alone does not tell: `a.folders` may be one of them. */
const ending = new WeakMap<TakenAway, string>();

/** What neither `allow` lets go, nor `removed`: names as resources of accounts that the call leaves out. */
export function notAllowed(
  takesAway: readonly TakenAway[],
  { allow, removed }: { allow: readonly string[]; removed: ReadonlySet<string> },
): TakenAway[] {
  return takesAway.filter((taken) => {
    const account = ending.get(taken);
    return !allow.includes(taken.word) && !(account !== undefined && removed.has(account));
  });
}

/** Whether nothing at all would be done. */
export function isUnchanged({ creates, changes, takesAway }: OnboardingChanges): boolean {
  return creates.length + changes.length + takesAway.length === 0;
}

const ADDS = new Set(["create", "import"]);
/** Steps that leave everything where it is: looking, and the state's own order. */
const NEUTRAL = new Set(["refresh", "read", "discard", "remove-pending-replace"]);

function isCounted({ op, type, old, new: made }: Step): boolean {
  const groups = type === "pulumi:pulumi:Stack" || type.startsWith("pulumi:providers:");
  const custom = (old?.custom ?? false) || (made?.custom ?? false);
  // A smoke test is a record of the state alone: nothing of it stands at Nylas.
  return custom && !groups && !NEUTRAL.has(op) && kindOf(type) !== "SmokeTest";
}

/** Whether the object that stands ends by it. */
function endsOld({ op, old }: Step): boolean {
  return old !== undefined && op !== "same" && op !== "update" && !ADDS.has(op);
}

/** What a word is made of, beside the change itself. */
interface Words {
  recorded: Recorded;
  /** What the call makes: an id that is not known yet is of one of these. */
  made: string[];
}

function takenAway(step: Step, object: string, { recorded, made }: Words, loss?: Loss): TakenAway {
  const { type, urn, old } = step;
  const noun = (NOUNS[kindOf(type)] ?? "resource").replaceAll(" ", "-");
  const unseen = [
    ...(holdsUnknown(loss?.to) ? [made] : []),
    ...(holdsSecret(loss?.from) || holdsSecret(loss?.to) ? [recorded.changedAt.get(urn)] : []),
  ];
  const digest = createHash("sha256")
    .update(JSON.stringify([type, old?.id, loss?.property, loss?.from, loss?.to, ...unseen]))
    .digest("hex")
    .slice(0, 8);
  return {
    word: `${noun}:${nameOf(urn)}${loss?.property === undefined ? "" : `.${loss.property}`}@${digest}`,
    object,
    what: loss?.what ?? whenGone(step),
  };
}

/** What an object that stays would lose. */
function lossesOf(step: Step, going: ReadonlySet<string | undefined>, recorded: Recorded): Loss[] {
  const { op, type, old, new: made } = step;
  const unprotected: Loss[] =
    old?.protect === true && made?.protect !== true && made !== undefined
      ? [{ property: "protect", what: "its protection against deletion is taken off" }]
      : [];
  if (op !== "update" || !old || !made) return unprotected;
  const kind = kindOf(type);
  const judge = JUDGES[kind] ?? anyChange;
  const losses = propertiesOf(step).flatMap((property) => {
    // Of this package's own, the outputs hold what stands there, under the names of what is declared.
    const stands = NOUNS[kind] === undefined ? undefined : old.outputs?.[property];
    const before = stands ?? old.inputs?.[property];
    const after = made.inputs?.[property];
    if (NEVER_LOSES.has(property)) return [];
    const change: Change = { property, type, before, after, going, old, made };
    if (isHeldPassword(step, change))
      return recorded.keepsPassword.has(step.urn) ? [] : lost(change, PASSWORD);
    if (mayDifferInSecret(step, change)) return lost(change, SECRET);
    return same(before, after) ? [] : judge(change);
  });
  return [...unprotected, ...losses];
}

const SECRET = "is a secret, before or after: whether it takes something away cannot be seen";

const PASSWORD =
  "gets another password for IMAP and SMTP, or one that cannot be seen: whoever has it can read the mailbox from then on, and the old one stops working";

/** A password in the place of one. That a first one opens IMAP is the review's to say. */
function isHeldPassword(step: Step, { property, before, after }: Change): boolean {
  const both = before !== undefined && after !== undefined;
  return kindOf(step.type) === "AgentAccount" && property === "appPassword" && both && !isBegun(step);
}

/**
 * A secret is the same word on both sides of a preview, so in an update each may be what changes. Not a password, which is compared by
 * itself. Nor a name, which is there for people.
 */
function mayDifferInSecret(step: Step, { property, before, after }: Change): boolean {
  const own = NOUNS[kindOf(step.type)] !== undefined;
  const named = own || (step.diffs ?? []).some((path) => path.replace(/[.[].*$/s, "") === property);
  const exempt = property === "appPassword" || isForPeople(step, property) || (own && isBegun(step));
  return named && !exempt && (holdsSecret(before) || holdsSecret(after));
}

/** What the review gates in what is not listed as a loss: what turns mail away, or opens something. */
function opensOf(steps: readonly Step[], step: Step, losses: readonly Loss[], recorded: Recorded): Loss[] {
  const { stands, keepsPassword } = recorded;
  const { op, type, old, new: made } = step;
  if (op === "update" ? isBegun(step) && NOUNS[kindOf(type)] !== undefined : !ADDS.has(op)) return [];
  // Of another vendor's object, whatever changes is listed.
  if (NOUNS[kindOf(type)] === undefined && losses.length > 0) return [];
  if (op === "create" && !stands && isOfNobodyElse(steps, step)) return [];
  const listed = new Set(losses.flatMap(({ property }) => (property?.includes("[") ? [] : (property ?? []))));
  const kept = keepsPassword.has(step.urn) ? ["appPassword"] : [];
  const judged = op === "update" ? withoutListed(step, new Set([...listed, ...kept])) : step;
  const what = gatedByReview(
    steps.map((each) => (each === step ? judged : each)),
    judged,
  );
  if (what === undefined) return [];
  if (op !== "update") return [{ from: undefined, to: made?.inputs, what }];
  const names = propertiesOf(step).filter((name) => isOpened(step, name) && !listed.has(name));
  const side = (state: StepState | undefined) => names.map((name) => state?.inputs?.[name]);
  const property = names.length > 0 ? { property: names.join("+") } : {};
  return [{ ...property, from: side(old), to: side(made), what }];
}

/**
 * Until a tenant stands, what is made for it opens nothing of it. What is taken over may be another's, and so may be what lives in a workspace
 * that is taken over. A new workspace may gather the new accounts of others.
 */
function isOfNobodyElse(steps: readonly Step[], step: Step): boolean {
  return !takesOver(step) && !steps.some(takesWorkspace) && kindOf(step.type) !== "Workspace";
}

function takesOver({ new: made }: Step): boolean {
  return made?.inputs?.["adopt"] !== undefined;
}

function takesWorkspace(step: Step): boolean {
  return kindOf(step.type) === "Workspace" && (step.op === "import" || takesOver(step));
}

/** Whether a property may be what opens something. */
function isOpened({ old, new: made }: Step, property: string): boolean {
  if (NEVER_LOSES.has(property)) return false;
  const [before, after] = [old?.outputs?.[property] ?? old?.inputs?.[property], made?.inputs?.[property]];
  return !same(before, after);
}

/** What is declared on either side, and what a vendor's provider calls different. */
function propertiesOf({ old, new: made, diffs }: Step): string[] {
  return [...new Set([...Object.keys({ ...old?.inputs, ...made?.inputs }), ...(diffs ?? [])])].sort();
}
