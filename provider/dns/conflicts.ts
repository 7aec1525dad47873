import { visible } from "../shown";
import { isDmarc } from "./dmarc";
import { isSpf, mergeSpf, sameSpf } from "./guards";
import { slots, type RecordSlots, type Slot } from "./layout";
import type { LookupOutcome } from "./outcomes";
import { normaliseName, recordKey, sameRecord, type DnsRecord } from "./records";
import { spfProblem, type SpfLookups } from "./spfLookups";

/** What stands at the name of a record today: records of its type, and where a CNAME leads. */
export interface StandingAt {
  records: readonly DnsRecord[];
  alias?: string | undefined;
}

/** What stands at the names of a domain, as far as it is known. What comes from a wildcard is not among it. */
export interface Standing {
  /** By slot; left out where the DNS could not be asked. */
  at: { readonly [S in Slot]?: StandingAt };
  /** The addresses at the name of the MX record, and where an alias leads; left out where nobody looked. */
  addresses?: { addresses: readonly string[]; alias?: string } | undefined;
  /** Records that this stack has published itself: they change with the program and are in nobody's way. */
  own?: readonly DnsRecord[] | undefined;
  /** The look-ups of the SPF record that would serve both senders. */
  mergedSpf?: SpfLookups | undefined;
}

export interface Conflict {
  slot: Slot;
  /** `mail`: mail that works today would break. `record`: the new record would be refused by the DNS vendor, or ignored by receivers. */
  harm: "mail" | "record";
  /** What stands there, why the new record cannot stand beside it, and the way on. */
  text: string;
}

/** What may not stand beside a record of ours. */
interface Rule {
  /** The slots that the rule is for. */
  at: readonly Slot[];
  /** Whether a record of the slot's type that stands at its name is in the way. One that is equal never is. */
  rivals(standing: DnsRecord, expected: DnsRecord): boolean;
  harm: Conflict["harm"];
  text(expected: DnsRecord, rivals: readonly DnsRecord[], slot: Slot, standing: Standing): string;
}

/**
 * Which records of one type at one name exclude each other. What no row names may stand beside ours: other texts beside ownership and SPF,
 * texts that are no policy at `_dmarc`.
 */
const RULES: readonly Rule[] = [
  {
    at: ["mx", "feedback"],
    rivals: isNullMx,
    harm: "mail",
    text: ({ name, ...expected }) =>
      `${name} has a null MX (MX 0 ., RFC 7505): it says that the name takes no mail. No other MX may stand beside it, ` +
      `so the MX of Nylas (${mxText({ name, ...expected })}) has to take its place. Remove the null MX first`,
  },
  {
    at: ["mx"],
    rivals: (found, expected) => !isNullMx(found) && !sameHost(found, expected),
    harm: "mail",
    text: (expected, rivals) =>
      `${expected.name} already receives mail elsewhere: MX ${rivals.map(mxText).join(", ")}. ` +
      `Next to the MX of Nylas (${mxText(expected)}) mail would arrive at one or the other by chance. ` +
      `Use a subdomain of its own for the agents, or remove the old MX first`,
  },
  {
    at: ["feedback"],
    rivals: (found, expected) => !isNullMx(found) && !sameHost(found, expected),
    harm: "mail",
    text: (expected, rivals) =>
      `${expected.name}, where Nylas wants the bounces of the domain, already receives mail elsewhere: MX ${rivals.map(mxText).join(", ")}. ` +
      `Next to the MX of Nylas (${mxText(expected)}) bounces would arrive at one or the other by chance. ` +
      `Remove the old MX first, or use another domain for the agents`,
  },
  {
    at: ["mx", "feedback"],
    rivals: sameHost,
    harm: "record",
    text: (expected, rivals, slot) => {
      const [rival] = rivals as [DnsRecord];
      return (
        `${expected.name} already has an MX for the host of Nylas with another priority: MX ${rivals.map(mxText).join(", ")}; Nylas asks for ` +
        `${mxText(expected)}. DNS vendors refuse the second one. Remove the old one, or keep it: ` +
        `declare it (known: { ${slot}: { ${host(slot, expected)}value: "${mxText(rival)}" } } of AgentDomain) and have it taken over ${adopt(slot)}`
      );
    },
  },
  {
    at: ["spf"],
    rivals: ({ value }, expected) => isSpf(value) && !sameSpf(value, expected.value),
    harm: "mail",
    text: (expected, rivals, _slot, { mergedSpf }) => secondSpf(expected, rivals, mergedSpf),
  },
  {
    at: ["spf"],
    rivals: ({ value }, expected) => isSpf(value) && sameSpf(value, expected.value),
    harm: "record",
    text: ({ name }, rivals) =>
      `${name} already has an SPF record that says the same in other words: ${quoted(rivals)}. With a second one mail servers reject the mail of ` +
      `every sender there (RFC 7208, 4.5). Remove the old one, or keep it: declare it (known: { spf: { host: "@", value: "${visible(rivals[0]!.value)}" } } ` +
      `of AgentDomain) and have it taken over ${adopt("spf")}`,
  },
  {
    at: ["dkim"],
    rivals: () => true,
    harm: "record",
    text: (expected, rivals) =>
      `${expected.name} already has another TXT: ${quoted(rivals)}. A second key at one selector makes the signatures of the domain fail by chance ` +
      `(RFC 6376, 3.6.2.2). Remove the old one; most likely it is the key of an earlier registration of the domain. If it is a record of this ` +
      `stack, run pulumi up --refresh after that. If Nylas signs with the old key, keep it: declare it (known: { dkim: { ` +
      `${host("dkim", expected)}value: "…" } } of AgentDomain) and have it taken over ${adopt("dkim")}`,
  },
  {
    at: ["dmarc"],
    rivals: ({ value }) => isDmarc(value),
    harm: "record",
    text: (expected, rivals) =>
      `${expected.name} already has a DMARC record: ${quoted(rivals)}. With two of them receivers apply neither (RFC 7489, 6.6.3). ` +
      `Leave dmarc out of AgentDomain, and the old one goes on to count. Or remove the old one first. Or merge both into one: put the text in place of the ` +
      `old one in the zone, declare it as dmarc, and have the record taken over ${adopt("dmarc")}`,
  },
];

/**
 * What keeps the records of a domain from being published, judged for all names at once. Pure: the look-up is the caller's. Without
 * `publishes` somebody else writes the records, so a CNAME that leads to addresses is judged as a host that takes mail.
 */
export function findConflicts(
  records: Partial<RecordSlots>,
  standing: Standing,
  publishes = true,
): Conflict[] {
  const own = new Set((standing.own ?? []).map(recordKey));
  const aliased = new Map<string, Conflict>();
  const found: Conflict[] = [];
  for (const slot of slots) {
    const expected = records[slot];
    const there = standing.at[slot];
    if (!expected || !there) continue;
    if (there.alias !== undefined) {
      const { name } = expected;
      if (!aliased.has(name))
        aliased.set(name, { slot, harm: "record", text: aliasText(name, there.alias, records) });
    }
    const others = there.records.filter(
      (record) => !sameRecord(record, expected) && !own.has(recordKey(record)),
    );
    for (const rule of RULES) {
      if (!rule.at.includes(slot)) continue;
      const rivals = others.filter(
        (record) => record.type === expected.type && rule.rivals(record, expected),
      );
      if (rivals.length > 0)
        found.push({ slot, harm: rule.harm, text: rule.text(expected, rivals, slot, standing) });
    }
  }
  const { mx } = records;
  const implicit = mx && !(publishes && aliased.has(mx.name)) ? implicitMx(mx, standing) : undefined;
  return [
    ...aliased.values(),
    ...found,
    ...(implicit === undefined ? [] : [{ slot: "mx", harm: "mail", text: implicit } as const]),
  ];
}

/** The records that may not stand beside the one of a slot, among those that stand at its name. */
export function rivalsOf(slot: Slot, expected: DnsRecord, records: readonly DnsRecord[]): DnsRecord[] {
  const rules = RULES.filter(({ at }) => at.includes(slot));
  return records.filter(
    (record) =>
      record.type === expected.type &&
      !sameRecord(record, expected) &&
      rules.some((rule) => rule.rivals(record, expected)),
  );
}

/**
 * What stands at each name by itself. The answer of a wildcard is nothing that stands there: it goes away with the first record of the name.
 * Left out where nothing is known of a name.
 */
export function standingAt(seen: { readonly [S in Slot]?: LookupOutcome | undefined }): Standing["at"] {
  const at: { [S in Slot]?: StandingAt } = {};
  for (const slot of slots) {
    const outcome = seen[slot];
    if (outcome?.kind === "none") at[slot] = { records: [] };
    else if (outcome?.kind === "alias")
      at[slot] = { records: [], alias: outcome.wildcard ? undefined : outcome.target };
    else if (outcome?.kind === "found")
      at[slot] = outcome.wildcard ? { records: [] } : { records: outcome.records, alias: outcome.alias };
  }
  return at;
}

/** What a wildcard answers today for the names of a domain, and stops to answer: the values by name, as they are shown. */
export function wildcardAnswers(
  records: Partial<RecordSlots>,
  seen: { readonly [S in Slot]?: LookupOutcome | undefined },
): Map<string, string[]> {
  const answers = new Map<string, string[]>();
  for (const slot of slots) {
    const [record, outcome] = [records[slot], seen[slot]];
    if (!record || !outcome || !("wildcard" in outcome) || !outcome.wildcard) continue;
    const values =
      outcome.kind === "alias"
        ? [`CNAME ${visible(outcome.target)}`]
        : outcome.records.map((found) =>
            found.type === "MX" ? `MX ${mxText(found)}` : `TXT ${quoted([found])}`,
          );
    answers.set(record.name, [...new Set([...(answers.get(record.name) ?? []), ...values])]);
  }
  return answers;
}

/** The one SPF record that serves the senders of all; undefined where no other sender has one there. */
export function mergedSpf(expected: DnsRecord, records: readonly DnsRecord[]): string | undefined {
  const others = records
    .map(({ value }) => value)
    .filter((text) => isSpf(text) && !sameSpf(text, expected.value));
  return others.length === 0 ? undefined : others.reduce(mergeSpf, expected.value);
}

/** The MX records that lead anywhere else than the expected ones. */
export function foreignMx(expected: readonly DnsRecord[], observed: readonly DnsRecord[]): DnsRecord[] {
  return observed.filter(
    (record) => record.type === "MX" && !expected.some((ours) => sameHost(record, ours)),
  );
}

function secondSpf(
  expected: DnsRecord,
  rivals: readonly DnsRecord[],
  lookups: SpfLookups | undefined,
): string {
  const merged = visible(mergedSpf(expected, rivals)!);
  const problem = lookups && spfProblem(lookups);
  const what =
    `${expected.name} already has an SPF record: ${quoted(rivals)}. With a second one mail servers reject the mail ` +
    `of every sender there (RFC 7208, 4.5)`;
  if (problem !== undefined) {
    return (
      `${what}. One record that serves both would not work:\n    ${merged}\n  ${problem}. Use a subdomain of its own for the agents, ` +
      `which has an SPF record of its own`
    );
  }
  return (
    `${what}. One record has to serve both:\n    ${merged}\n` +
    `  Put that text in place of the old one in the zone, declare it (known: { spf: { host: "@", value: "…" } } of AgentDomain), ` +
    `and have the record taken over ${adopt("spf")}`
  );
}

function aliasText(name: string, target: string, { mx }: Partial<RecordSlots>): string {
  const isDomain = mx === undefined || normaliseName(mx.name) === name;
  return (
    `${name} is an alias (CNAME) for ${visible(target)}, and no other record can stand beside a CNAME (RFC 1034, 3.6.2). ` +
    (isDomain
      ? `Use a subdomain of its own for the agents, or remove the CNAME first`
      : `Remove the CNAME first`)
  );
}

/** The message about a name that takes mail at its own address (RFC 5321, 5.1); undefined where it does not. */
function implicitMx(mx: DnsRecord, { at, addresses: host, own = [] }: Standing): string | undefined {
  if (at.mx === undefined || at.mx.records.length > 0 || host === undefined) return undefined;
  if (own.some((record) => record.type === "MX" && record.name === mx.name)) return undefined;
  const found = [...host.addresses, ...(host.addresses.length === 0 && host.alias ? [host.alias] : [])];
  if (found.length === 0) return undefined;
  const via = host.alias && host.addresses.length > 0 ? ` through ${host.alias}` : "";
  return (
    `${mx.name} has no MX, but an address${via} (${found.slice(0, 4).join(", ")}): without an MX, mail for the name goes to that host (RFC 5321, 5.1), ` +
    `and the MX of Nylas would take it away. Use a subdomain of its own for the agents. If no mail goes to that host, say allowImplicitMx: true`
  );
}

/** `MX 0 .` of RFC 7505. */
function isNullMx(record: DnsRecord): boolean {
  return normaliseName(record.value) === "";
}

function sameHost(a: DnsRecord, b: DnsRecord): boolean {
  return normaliseName(a.value) === normaliseName(b.value);
}

/** The host that `known` needs where the layout has none. */
function host(slot: Slot, { name }: DnsRecord): string {
  return slot === "dkim" || slot === "feedback" ? `host: "${name}.", ` : "";
}

function adopt(slot: Slot): string {
  return `(adopt: { ${slot}: "…" } of the DNS adapter)`;
}

function quoted(records: readonly DnsRecord[]): string {
  const text = (value: string) => (value.length > 200 ? `${value.slice(0, 160)}…${value.slice(-30)}` : value);
  return records.map(({ value }) => `"${visible(text(value))}"`).join(", ");
}

function mxText(record: DnsRecord): string {
  return `${record.priority ?? ""} ${record.value || "."}`.trim();
}
