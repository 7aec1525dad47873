/** Limits of policies in words: what changes, and what keeps less mail. */
import { type Limit } from "../nylas/api";
import { smallestOfPlans } from "../nylas/plans";
import { KEEPING, type Keeping, keepsLess, mayKeepLess } from "../resources/mailKeeping";
import { type Fleet, type Resource, resourceOf, sameAsShown as same, type Target } from "./fleet";
import { asObject, texts } from "./json";
import { notShown } from "./standing";
import { isUndeclared, withUndeclared } from "./undeclared";
import { counted, grouped, say, some, type Markdown } from "./text";
import { type Redactor } from "./redactor";

export type Limits = Record<string, unknown>;

/** What holds for the accounts of a workspace: no policy is the plan's maximum in everything. */
export function limitsUnder(fleet: Fleet, policy: Target | undefined): Limits | "unknown" {
  if (policy === undefined) return {};
  const resource = resourceOf(policy);
  return resource ? limitsOf(fleet, resource) : "unknown";
}

export function limitsOf(fleet: Fleet, policy: Resource): Limits | "unknown" {
  const limits = fleet.inputs(policy)["limits"];
  if (typeof limits === "string") return "unknown";
  return withUndeclared(policy, asObject(limits) ?? {}, Object.keys(WORDS));
}

/** The spam detection under a policy; undefined where there is none, or none that is known. */
export function spamDetectionUnder(fleet: Fleet, policy: Target | undefined): unknown {
  const resource = resourceOf(policy);
  return resource && spamDetectionOf(fleet, resource);
}

export function spamDetectionOf(fleet: Fleet, policy: Resource): unknown {
  const detection = fleet.inputs(policy)["spamDetection"];
  return typeof detection === "string"
    ? detection
    : withUndeclared(policy, asObject(detection) ?? {}, Object.keys(DETECTION));
}

/** Each limit that differs, as in `50 → 200 sends a day`. */
export function limitChanges(from: Limits, to: Limits, redactor: Redactor): Markdown[] {
  return Object.keys(WORDS)
    .filter((name) => !same(from[name], to[name]))
    .map((name) => WORDS[name]!(from[name], to[name], redactor));
}

/** The limits in force, as in `50 sends a day`; those that are not set are the plan's maximum. */
export function limitsShown(limits: Limits, redactor: Redactor): Markdown[] {
  return Object.keys(WORDS)
    .filter((name) => limits[name] !== undefined && !isUndeclared(limits[name]))
    .map((name) => WORDS[name]!(undefined, limits[name], redactor, true));
}

/**
 * Which limits keep less mail than before; one that is not known yet may. What is not set is the plan's maximum: that may be less than what was set
 * under a larger plan.
 */
export function keptLess(from: Limits, to: Limits): { name: Keeping; sure: boolean }[] {
  return (Object.keys(KEEPING) as Keeping[]).flatMap((name): { name: Keeping; sure: boolean }[] => {
    if (to[name] === "unlimited") return [];
    if (notShown(from[name]) || notShown(to[name]))
      return same(from[name], to[name]) ? [] : [{ name, sure: false }];
    return mayKeepLess(name, from[name] as Limit | undefined, to[name] as Limit | undefined)
      ? [{ name, sure: to[name] !== undefined }]
      : [];
  });
}

/** Limits that turn mail away, or strip it, when they are lower; in `attachmentTypes` nothing and an empty list are all types. */
export const TURNING_AWAY = ["dailyReceives", "messageBytes", "attachmentBytes", "attachmentCount"] as const;

/** Whether less mail comes in under the second limits than under the first; where that is not known, it may. */
export function turnsMoreAway(from: Limits, to: Limits): boolean {
  const lower = TURNING_AWAY.some((name) => {
    if (same(from[name], to[name])) return false;
    if (notShown(from[name]) || notShown(to[name])) return true;
    return keepsLess(from[name] as Limit | undefined, (to[name] ?? leastOfPlans(name)) as Limit | undefined);
  });
  return lower || fewerTypes(from["attachmentTypes"], to["attachmentTypes"]);
}

/** What holds for sure where a limit is not set: a limit beyond it may have been set under a larger plan. */
function leastOfPlans(name: (typeof TURNING_AWAY)[number]): number | undefined {
  return name === "dailyReceives" ? undefined : smallestOfPlans(name);
}

/** Whether no mail at all can come in, or stay; where that is not known, it may be so. */
export function turnsAllAway(from: Limits, to: Limits): boolean {
  return (["dailyReceives", "messageBytes", "storageBytes"] as const).some(
    (name) => !same(from[name], to[name]) && (to[name] === 0 || notShown(to[name])),
  );
}

/** Whether accounts that could send nothing may send under the second limits; where that is not known, they may. */
export function letsSend(from: Limits | "unknown", to: Limits | "unknown"): boolean {
  if (to !== "unknown" && to["dailySends"] === 0) return false;
  if (from === "unknown") return true;
  return from["dailySends"] === 0 || notShown(from["dailySends"]);
}

function fewerTypes(from: unknown, to: unknown): boolean {
  if (same(from, to)) return false;
  if (notShown(from) || notShown(to)) return true;
  const [was, is] = [texts(from), texts(to)];
  if (is.length === 0) return false;
  return was.length === 0 || was.some((type) => !is.includes(type));
}

/** Whether more mail is taken for spam, which is kept for a shorter time. */
export function takesMoreForSpam(from: unknown, to: unknown): boolean {
  if (same(from, to)) return false;
  if (notShown(from) || notShown(to)) return true;
  const [before, after] = [asObject(from) ?? {}, asObject(to) ?? {}];
  const amount = (value: unknown) => (typeof value === "number" ? value : 1);
  return (
    amount(after["sensitivity"]) > amount(before["sensitivity"]) ||
    ["dnsBlockLists", "headerAnomalies"].some((name) => before[name] !== true && after[name] === true)
  );
}

/** The changes of spam detection. */
export function detectionChanges(from: unknown, to: unknown): Markdown[] {
  const before = asObject(from) ?? {};
  const after = asObject(to) ?? {};
  return Object.entries(DETECTION)
    .filter(([name]) => !same(before[name], after[name]))
    .map(([name, words]) => say`${words} ${setting(before[name])} → ${setting(after[name])}`);
}

const DETECTION: Record<string, Markdown> = {
  dnsBlockLists: say`DNS block lists`,
  headerAnomalies: say`header anomalies`,
  sensitivity: say`spam sensitivity`,
};

/** What is taken over as it stands, and not declared. */
const AS_FOUND = say`(what it was taken over with)`;

type Words = (from: unknown, to: unknown, redactor: Redactor, only?: boolean) => Markdown;

const number =
  (unit: Markdown, format: (value: number) => Markdown = grouped): Words =>
  (from, to, _voice, only) =>
    only ? say`${amount(to, format)} ${unit}` : say`${amount(from, format)} → ${amount(to, format)} ${unit}`;

const WORDS: Record<string, Words> = {
  dailySends: number(say`sends a day`),
  dailyReceives: number(say`received messages a day`),
  inboxRetentionDays: number(say`days of inbox`),
  spamRetentionDays: number(say`days of spam`),
  storageBytes: number(say`of storage`, bytes),
  messageBytes: number(say`for a whole message`, bytes),
  attachmentBytes: number(say`for an attachment`, bytes),
  attachmentCount: number(say`attachments a message`),
  attachmentTypes: (from, to, redactor, only) =>
    only
      ? say`attachments ${types(to, redactor)}`
      : say`attachments ${types(from, redactor)} → ${types(to, redactor)}`,
};

function amount(value: unknown, format: (value: number) => Markdown): Markdown {
  if (value === undefined) return say`the plan's maximum`;
  if (value === "unlimited") return say`unlimited`;
  if (isUndeclared(value)) return AS_FOUND;
  return typeof value === "number" ? format(value) : say`(known at the up)`;
}

/** Whole units where it is one; else the bytes. */
function bytes(value: number): Markdown {
  const units: [number, Markdown][] = [
    [1024 ** 3, say`GiB`],
    [1e9, say`GB`],
    [1024 ** 2, say`MiB`],
    [1e6, say`MB`],
    [1024, say`KiB`],
    [1e3, say`KB`],
  ];
  const unit = units.find(([size]) => value >= size && Number.isInteger((value / size) * 10));
  return unit ? say`${grouped(value / unit[0])} ${unit[1]}` : counted(value, say`byte`);
}

function types(value: unknown, redactor: Redactor): Markdown {
  if (value === undefined) return say`of all types that the plan allows`;
  if (isUndeclared(value)) return AS_FOUND;
  if (!Array.isArray(value)) return say`(known at the up)`;
  return value.length === 0
    ? say`of all types that the plan allows`
    : say`of ${some(texts(value).map((type) => redactor.value(type)))}`;
}

function setting(value: unknown): Markdown {
  if (value === undefined) return say`(not set)`;
  if (isUndeclared(value)) return AS_FOUND;
  if (typeof value === "boolean") return value ? say`on` : say`off`;
  return typeof value === "number" ? say`${value}` : say`(known at the up)`;
}
