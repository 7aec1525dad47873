import { visible } from "../shown";
import type { DomainAttempt } from "../nylas/api";
import {
  hostToName,
  isWithin,
  nameProblem,
  normaliseName,
  recordFromAttempt,
  type DnsRecord,
  type RecordType,
} from "./records";

/**
 * The records of a domain as a program declares them. The layout is fixed, so that the preview of a domain that does
 * not exist yet shows every record. What Nylas answers later fills the slots, and can neither add nor move one.
 *
 *     | slot      | type | at                                                       |
 *     |-----------|------|----------------------------------------------------------|
 *     | ownership | TXT  | the domain                                               |
 *     | spf       | TXT  | the domain                                               |
 *     | mx        | MX   | the domain                                               |
 *     | dkim      | TXT  | below the domain, where Nylas says                       |
 *     | feedback  | MX   | below the domain, where Nylas says                       |
 *     | dmarc     | TXT  | `_dmarc` below the domain; only where the program has one |
 */
export type Slot = "ownership" | "spf" | "mx" | "dkim" | "feedback" | "dmarc";

/** The slots that Nylas fills for every domain, in the order in which they are shown. */
export const requiredSlots = ["ownership", "spf", "mx", "dkim", "feedback"] as const;

/** All slots, in the order in which they are shown. */
export const slots: readonly Slot[] = [...requiredSlots, "dmarc"];

/** The record in each slot. */
export type RecordSlots = Record<(typeof requiredSlots)[number], DnsRecord> & { dmarc?: DnsRecord };

/** Where a slot lies when it is not where the layout has it: `{ ownership: "_nylas" }`; relative to the domain. */
export type HostOverrides = { readonly [S in Slot]?: string };

/** What Nylas answered for each slot; `info(…).record` of the API client, undefined where it gave none. */
export type SlotAnswers = { readonly [S in Slot]?: DomainAttempt["record"] };

/** The type of the record in each slot. */
export const slotTypes: Readonly<Record<Slot, RecordType>> = {
  ownership: "TXT",
  spf: "TXT",
  mx: "MX",
  dkim: "TXT",
  feedback: "MX",
  dmarc: "TXT",
};

/** The name of a slot as far as it is known before Nylas is asked. */
export function slotName(domain: string, slot: Slot, hosts: HostOverrides = {}): string | undefined {
  const host = hosts[slot] ?? layoutHosts[slot];
  return host === undefined ? undefined : hostToName(domain, host);
}

/**
 * The answers of Nylas as records by slot. Throws a {@link LayoutError} where an answer is missing or does not fit
 * the layout. The error lists everything that is wrong, and comes before any DNS record exists.
 */
export function holdToLayout(domain: string, answers: SlotAnswers, hosts: HostOverrides = {}): RecordSlots {
  const problems: string[] = [];
  const records: { [S in Slot]?: DnsRecord } = {};
  for (const slot of slots) {
    const answer = answers[slot];
    if (!answer) {
      if (slot !== "dmarc")
        problems.push(`Nylas gave no ${slot} record; run again, or ask the Dashboard for it`);
      continue;
    }
    try {
      records[slot] = recordInSlot(domain, slot, answer, hosts[slot]);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  problems.push(...collisions(records));
  if (problems.length > 0) throw new LayoutError(domain, problems);
  return records as RecordSlots;
}

/** What keeps the host overrides from being used, one sentence each; nothing where they are sound. Offline. */
export function hostProblems(domain: string, hosts: HostOverrides): { slot: Slot; problem: string }[] {
  const found: { slot: Slot; problem: string }[] = [];
  for (const slot of slots) {
    const host = hosts[slot];
    if (host === undefined) continue;
    const name = hostToName(domain, host);
    const wrong = nameProblem(name);
    if (wrong)
      found.push({ slot, problem: wrong.includes(name) ? `it ${wrong}` : `${short(name)} ${wrong}` });
    else if (!isWithin(name, normaliseName(domain))) {
      found.push({ slot, problem: `${short(name)} does not lie within ${normaliseName(domain)}` });
    }
  }
  return found;
}

/** The answers of Nylas do not fit the records the program declares. Nothing has been written when it is thrown. */
export class LayoutError extends Error {
  override readonly name = "LayoutError";
  constructor(
    readonly domain: string,
    /** One sentence per record. */
    readonly problems: readonly string[],
  ) {
    super(
      `the DNS records Nylas asks for do not fit what is declared for ${domain}; no record was written:\n` +
        problems.map((problem) => `  - ${problem}`).join("\n"),
    );
  }
}

const layoutHosts: HostOverrides = { ownership: "@", spf: "@", mx: "@", dmarc: "_dmarc" };

function recordInSlot(
  domain: string,
  slot: Slot,
  answer: NonNullable<DomainAttempt["record"]>,
  override: string | undefined,
): DnsRecord {
  const layoutHost = override ?? layoutHosts[slot];
  const type = slotTypes[slot];
  const record = recordFromAttempt(domain, slot, answer, {
    type,
    ...(layoutHost !== undefined && { host: layoutHost }),
  });
  if (record.type !== type) {
    throw new Error(
      `Nylas asks for ${article(record.type)} record for ${slot} at ${record.name}, the layout has ${article(type)} ` +
        `there. This version of pulumi-nylas cannot declare it: look for a newer one`,
    );
  }
  const declared = layoutHost === undefined ? undefined : hostToName(domain, layoutHost);
  if (declared === undefined) {
    if (!answer.host || record.name !== normaliseName(answer.host))
      assertNoDoubledLabels(domain, slot, record.name);
    if (!isWithin(record.name, normaliseName(domain))) throw new Error(elsewhere(domain, slot, record.name));
    return record;
  }
  if (record.name === declared) return record;
  if (override !== undefined && readings(domain, answer.host ?? "").has(declared))
    return { ...record, name: declared };
  if (!isWithin(record.name, normaliseName(domain))) throw new Error(elsewhere(domain, slot, record.name));
  throw new Error(
    `Nylas asks for the ${slot} ${type} at ${record.name}, the ${override === undefined ? "layout" : "override"} has it ` +
      `at ${declared}. If ${record.name} is right, declare hosts: { ${slot}: "${relative(domain, record.name)}" }`,
  );
}

/** Every name a host can be meant as: Nylas does not say what a host is relative to. */
function readings(domain: string, host: string): Set<string> {
  const name = normaliseName(host);
  const labels = normaliseName(domain).split(".");
  const parents = labels.map((_, depth) => `${name}.${labels.slice(depth).join(".")}`);
  return new Set([hostToName(domain, host), name, ...parents]);
}

/** `k._domainkey.agents` for agents.example.com is meant relative to the zone: never publish it twice below. */
function assertNoDoubledLabels(domain: string, slot: Slot, name: string): void {
  const base = normaliseName(domain);
  const host = relative(domain, name);
  const labels = base.split(".");
  for (let count = labels.length - 1; count > 0; count--) {
    const head = labels.slice(0, count).join(".");
    if (host !== head && !host.endsWith("." + head)) continue;
    const meant = host === head ? "@" : host.slice(0, -head.length - 1);
    throw new Error(
      `Nylas names the host "${host}" for the ${slot} record, which repeats "${head}" of ${base} and can be read in ` +
        `two ways: declare hosts: { ${slot}: "${meant}" } for ${hostToName(domain, meant)}, ` +
        `or { ${slot}: "${host}" } for ${name}`,
    );
  }
}

function elsewhere(domain: string, slot: Slot, name: string): string {
  return `Nylas asks for the ${slot} ${slotTypes[slot]} at ${name}, which does not lie within ${normaliseName(domain)}`;
}

function relative(domain: string, name: string): string {
  const base = normaliseName(domain);
  if (name === base) return "@";
  return name.endsWith("." + base) ? name.slice(0, -base.length - 1) : name + ".";
}

/**
 * Slots that may stand at one (name, type) by design are one group. Two groups there would overwrite one another at a
 * vendor that keeps one object per (name, type). Everywhere else they would read as one answer.
 */
function collisions(records: { [S in Slot]?: DnsRecord }): string[] {
  const problems: string[] = [];
  const taken = new Map<string, Slot>();
  for (const slot of slots) {
    const record = records[slot];
    if (!record) continue;
    const place = `${record.type} ${record.name}`;
    const first = taken.get(place);
    if (first === undefined) taken.set(place, slot);
    else if (!(first === "ownership" && slot === "spf")) {
      problems.push(
        `the ${first} and the ${slot} record both are the ${record.type} at ${record.name}; ` +
          `no zone can tell them apart. Ask the support of Nylas for another host of one of the two`,
      );
    }
  }
  return problems;
}

/** A name that may be anything, as it may stand in a message. */
function short(name: string): string {
  return visible(name.length > 120 ? `${name.slice(0, 117)}…` : name);
}

function article(type: RecordType): string {
  return type === "MX" ? "an MX" : "a TXT";
}
