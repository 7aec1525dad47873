import { visible } from "../shown";
import { type LookupOutcome } from "./outcomes";
import { foreignMx, rivalsOf } from "./conflicts";
import { isDmarc } from "./dmarc";
import { isSpf, mergeSpf, sameSpf } from "./guards";
import { type Slot } from "./layout";
import { type DnsRecord, normaliseName, sameRecord } from "./records";

/** What is known of one record: what Nylas asks for, what is published, what Nylas says of it. */
export interface RecordReport {
  expected: DnsRecord;
  /** Undefined where the DNS was not asked. */
  published: LookupOutcome | undefined;
  /** Nylas' flag, the only word that counts; undefined where Nylas was not asked. */
  verified: boolean | undefined;
  /** Nylas' answer to the last check, where there was one. */
  status?: string | undefined;
  message?: string | undefined;
  /** Nylas asks for another value by now, so this one is not accepted any more. */
  expired?: boolean | undefined;
}

export type Finding =
  | "verified"
  | "stands" // published, and Nylas was not asked
  | "waiting" // published, and Nylas has not seen it
  | "spreading" // published on some of the name servers
  | "missing"
  | "wrong"
  | "duplicate"
  | "wildcard"
  | "alias"
  | "expired" // Nylas asks for another value by now
  | "unknown"; // the DNS could not be asked

const EXPIRED =
  "this value has expired, and Nylas asks for a new one: run pulumi up --refresh, which fetches the new value and publishes it";

interface Judgement {
  finding: Finding;
  problem: string | undefined;
}

export function judge(slot: Slot, report: RecordReport): Judgement {
  const { expected, published, verified } = report;
  if (report.expired && !verified) return { finding: "expired", problem: EXPIRED };
  if (!published) return verified ? fine : { finding: "unknown", problem: "the DNS was not asked" };
  switch (published.kind) {
    case "unreachable":
      if (verified) return fine;
      return {
        finding: "unknown",
        problem:
          "DNS is not reachable from here, so whether the record stands cannot be told; Nylas looks for itself",
      };
    case "failed":
      if (verified) return fine;
      return {
        finding: "unknown",
        problem: `the name servers answer ${published.reason} instead of a record (${published.servers.join(", ")}); look at the zone there`,
      };
    case "alias":
      if (published.wildcard) {
        return {
          finding: "wildcard",
          problem: `a wildcard CNAME of the zone answers for ${expected.name}, not a record of its own: ${publish(expected)}`,
        };
      }
      return {
        finding: "alias",
        problem:
          `${expected.name} is an alias (CNAME) for ${published.target}, and an alias cannot have an ${expected.type} of its own: ` +
          `remove the CNAME, then run pulumi up again`,
      };
    case "none":
      if (verified)
        return slot === "ownership"
          ? fine
          : { finding: "missing", problem: `it was verified once and is gone: ${publish(expected)}` };
      return { finding: "missing", problem: publish(expected) };
    case "found":
      return judgeFound(slot, report, published);
  }
}

function judgeFound(
  slot: Slot,
  { expected, verified }: RecordReport,
  published: LookupOutcome & { kind: "found" },
): Judgement {
  const duplicate = duplicateAdvice(slot, expected, published.records);
  const stands = published.records.some((record) => sameRecord(record, expected));
  if (!stands) {
    if (verified && slot === "ownership") return fine;
    if (published.wildcard) {
      return {
        finding: "wildcard",
        problem: `a wildcard record of the zone answers for ${expected.name}, not a record of its own: ${publish(expected)}`,
      };
    }
    const similar = sameKind(slot, expected, published.records);
    if (similar.length === 0) return { finding: "missing", problem: publish(expected) };
    return { finding: "wrong", problem: wrongAdvice(slot, expected, similar) };
  }
  if (duplicate !== undefined) return { finding: "duplicate", problem: duplicate };
  if (verified) return fine;
  const without = published.servers.filter(
    ({ records }) => !records.some((record) => sameRecord(record, expected)),
  );
  if (without.length > 0) {
    return {
      finding: "spreading",
      problem: `not yet on ${without.map(({ server }) => server).join(", ")}; this takes minutes, nothing to do`,
    };
  }
  if (verified === undefined) return { finding: "stands", problem: undefined };
  const seen = published.cached ? "published, as far as the resolver here knows" : "published";
  return { finding: "waiting", problem: `${seen}; Nylas has not seen it yet, nothing to do but wait` };
}

const fine: Judgement = { finding: "verified", problem: undefined };

function duplicateAdvice(slot: Slot, expected: DnsRecord, records: readonly DnsRecord[]): string | undefined {
  if (expected.type === "MX") {
    const others = foreignMx([expected], records);
    if (others.length === 0) return undefined;
    return `remove the other MX (${others.map((record) => shortened(valueText(record))).join(", ")}): mail goes there as well, and is lost to the agents`;
  }
  const others = rivalsOf(slot, expected, records);
  if (others.length === 0) return undefined;
  const texts = others.map(({ value }) => shortened(value)).join(", ");
  if (slot === "spf") {
    const merged = others
      .map((record) => record.value)
      .filter((text) => !sameSpf(text, expected.value))
      .reduce(mergeSpf, expected.value);
    return `two SPF records make every mail of this domain fail; leave one: ${visible(merged)}`;
  }
  if (slot === "dmarc")
    return `remove the other DMARC record (${texts}): with two of them receivers apply neither`;
  return `remove the other TXT at this name (${texts}): only one key can be there`;
}

/** Of what stands at the name, that which means to be this record: a zone's apex holds many texts. */
export function sameKind(slot: Slot, expected: DnsRecord, records: readonly DnsRecord[]): DnsRecord[] {
  if (expected.type === "MX") return [...records];
  if (slot === "spf") return records.filter((record) => isSpf(record.value));
  if (slot === "dkim") return [...records];
  if (slot === "dmarc") return records.filter((record) => isDmarc(record.value));
  const mark = /^[^=\s]+=/.exec(expected.value)?.[0].toLowerCase();
  return mark === undefined ? [] : records.filter((record) => record.value.toLowerCase().startsWith(mark));
}

function wrongAdvice(slot: Slot, expected: DnsRecord, similar: DnsRecord[]): string {
  const found = similar.map((record) => shortened(valueText(record))).join(", ");
  const wanted = copyable(expected);
  const first = similar[0]!;
  if (
    expected.type === "MX" &&
    similar.some((record) => normaliseName(record.value) === normaliseName(expected.value))
  ) {
    return `only the priority differs (${first.priority} instead of ${expected.priority}); mail arrives, Nylas may insist`;
  }
  if (
    similar.some(
      (record) => record.value.includes('"') && record.value.replaceAll('"', "") === expected.value,
    )
  ) {
    return `the quotes have become part of the text (${found}): publish it without them, as ${wanted}`;
  }
  if (similar.some((record) => record.value.replace(/\s/g, "") === expected.value.replace(/\s/g, ""))) {
    return `blanks were lost or added in ${found}: it has to read ${wanted}`;
  }
  const reason = slot === "ownership" ? " (the token of an earlier attempt?)" : "";
  return `${found} stands there${reason}; change it to ${wanted}`;
}

function publish(record: DnsRecord): string {
  return `publish it: ${record.name} ${record.type} ${copyable(record)}`;
}

/** The whole value, however long: it is what somebody copies into a form. */
function copyable(record: DnsRecord): string {
  return visible(valueText(record));
}

export function valueText(record: DnsRecord): string {
  return record.type === "MX" ? `${record.priority} ${record.value || "."}` : record.value;
}

/** A value in at most `width` characters: the beginning and the end of it, which is where values differ. */
export function shortened(value: string, width = 44): string {
  const text = visible(value);
  if (text.length <= width) return text;
  const tail = Math.floor(width / 3);
  return `${text.slice(0, width - tail - 1)}…${text.slice(-tail)}`;
}
