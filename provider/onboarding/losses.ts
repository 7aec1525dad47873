import { createHash } from "node:crypto";
import { same } from "../core/equality";
import { show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { isDnsRecord } from "./objects";
import { type Step, type StepState } from "./steps";

export interface Loss {
  /** Undefined where the whole object is meant. */
  property?: string;
  from?: unknown;
  to?: unknown;
  what: string;
}

export interface Change {
  property: string;
  before: unknown;
  after: unknown;
  type: string;
  /** The ids and addresses of objects that go in the same change, and are listed there. */
  going: ReadonlySet<string | undefined>;
  old: StepState;
  made: StepState;
}

type Judge = (change: Change) => Loss[];

/** Kinds with properties that can grow without taking anything away. */
export const JUDGES: Record<string, Judge> = {
  AgentAccount: (change) => {
    if (change.property === "folders") return itemsGone(change, "folder");
    // None can be taken off.
    if (change.property === "appPassword" && change.after !== undefined) return [];
    if (change.property === "workspaceId") return lost(change, "the account is moved to another workspace");
    return anyChange(change);
  },
  Workspace: (change) => {
    if (change.property === "ruleIds") return itemsGone(change, "rule");
    if (change.property === "policyId")
      return change.before === undefined
        ? []
        : change.after === undefined
          ? lost(change, "its policy is detached: no limit of it holds any more")
          : lost(change, "its policy is swapped for another one");
    return anyChange(change);
  },
  Policy: (change) => {
    if (change.property === "limits") return membersOf(change).flatMap(limitCut);
    if (change.property === "spamDetection") return membersOf(change).flatMap(weakened);
    return anyChange(change);
  },
  Rule: (change) => {
    const { property, old, made, after } = change;
    const any = [old, made].every(({ inputs }) => inputs?.["match"] === "any");
    if (property === "conditions" && any) return itemsGone(change, "condition");
    if ((property === "enabled" || property === "includeMembers") && after === true) return [];
    return anyChange(change);
  },
  List: (change) => {
    if (change.property === "items") return itemsGone(change, "item");
    if (change.property === "itemsFile" && change.after !== undefined) return [];
    return anyChange(change);
  },
  // The records of a domain are what Nylas asks for: it is asked again while they are not published.
  DomainVerification: (change) => (change.property === "purposes" ? itemsGone(change, "purpose") : []),
  DomainRecords: (change) =>
    ["known", "domainId"].includes(change.property) && change.after !== undefined ? [] : anyChange(change),
};

/** What is not known to add: every change but of a name, and of a word that is given. */
export function anyChange(change: Change): Loss[] {
  const { property, before, after } = change;
  if (WORDS.has(property)) return [];
  if (isForPeople(change, property) && (before === undefined || after !== undefined)) return [];
  if (after === undefined) return lost(change, `${property} is taken away (it is ${show(before)})`);
  return lost(change, `${property} changes from ${shown(before)} to ${shown(after)}`);
}

export function lost({ property, before: from, after: to }: Change, what: string): Loss[] {
  return [{ property, from, to, what }];
}

/** What a list or set has no more; what goes itself is listed as that. */
function itemsGone(change: Change, noun: string): Loss[] {
  const { property, before, after, going } = change;
  if (!Array.isArray(before)) return before === undefined ? [] : anyChange(change);
  const left: unknown[] = Array.isArray(after) ? after : [];
  return (before as unknown[])
    .filter((item) => !left.some((each) => same(each, item)))
    .filter((item) => !namesOneOf(going, item))
    .map((item) => ({
      property: `${property}[${typeof item === "string" ? item : digestOf(item)}]`,
      from: item,
      what: `${noun} ${show(item)} is taken out`,
    }));
}

/** An id among others, or a condition on the address of an account. */
function namesOneOf(going: ReadonlySet<string | undefined>, item: unknown): boolean {
  const named = typeof item === "string" ? item : (item as { is?: unknown } | null)?.is;
  return typeof named === "string" && going.has(named);
}

/** A group's members, each as a change of its own. */
function membersOf(change: Change): Change[] {
  const { property, before, after } = change;
  const [from, to] = [before, after].map((side) => (side ?? {}) as Record<string, unknown>) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  return Object.keys({ ...from, ...to })
    .sort()
    .filter((member) => !same(from[member], to[member]))
    .map((member) => ({
      ...change,
      property: `${property}.${member}`,
      before: from[member],
      after: to[member],
    }));
}

/** A limit that is higher or gone up to the plan's maximum takes nothing away; every other change cuts or cannot be told. */
function limitCut(change: Change): Loss[] {
  const { property, before, after } = change;
  if (Array.isArray(before) && Array.isArray(after)) return itemsGone(change, "type");
  const raised =
    after === "unlimited" || (typeof before === "number" && typeof after === "number" && after > before);
  return raised ? [] : lost(change, `${property} goes from ${shown(before)} to ${shown(after)}`);
}

function weakened(change: Change): Loss[] {
  const { property, before, after } = change;
  return after === true ? [] : lost(change, `${property} goes from ${shown(before)} to ${shown(after)}`);
}

/** A value as it is shown; one that is not known before the up has no form. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  return holdsUnknown(value) ? "a value that is known at the up" : show(value);
}

function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);
}

/**
 * Words of this package itself: what they let through is judged where it happens. And names and texts for people, as long as there still is one.
 */
export const NEVER_LOSES = new Set([
  "__provider",
  "__defaults",
  "__secrets",
  "__lost",
  "label",
  "adopt",
  "connection",
  // Where the records stand: each record that goes or moves is listed itself.
  "publishedAt",
  "unheld",
]);

const WORDS = new Set(["forceDestroy", "allowMailLoss", "allowApex"]);

const FOR_PEOPLE = new Set(["name", "description", "displayName", "ttl", "comment", "tags"]);

/** The name of a DNS record is no name for people: mail is looked for there. */
export function isForPeople({ type }: Pick<Step, "type">, property: string): boolean {
  return FOR_PEOPLE.has(property) && !(property === "name" && isDnsRecord(type));
}
