import { visible } from "../shown";
import { foreignMx, rivalsOf } from "./conflicts";
import { isDmarc } from "./dmarc";
import { isSpf, mergeSpf, sameSpf } from "./guards";
import { slots, type RecordSlots, type Slot } from "./layout";
import type { Delegation } from "./lookup";
import type { LookupOutcome } from "./answers";
import { normaliseName, sameRecord, type DnsRecord } from "./records";

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

export interface DiagnosisInput {
  domain: string;
  records: { readonly [S in Slot]?: RecordReport };
  delegation?: Delegation | undefined;
  /** Where the program publishes: `cloudflare`, `route53`; its name servers are then known from others'. */
  publishedBy?: string | undefined;
}

/** A report for each record there is. */
export function reportRecords(
  records: Partial<RecordSlots>,
  report: (slot: Slot, expected: DnsRecord) => RecordReport,
): DiagnosisInput["records"] {
  return Object.fromEntries(
    slots.flatMap((slot) => (records[slot] ? [[slot, report(slot, records[slot])]] : [])),
  );
}

export interface Diagnosis {
  domain: string;
  /** What concerns all records: wrong name servers, a DNS that cannot be reached. */
  general: string[];
  lines: DiagnosisLine[];
  /** Everything somebody has to do something about, one sentence each; what only needs time is not among it. */
  problems: string[];
}

export interface DiagnosisLine {
  slot: Slot;
  type: DnsRecord["type"];
  name: string;
  expected: string;
  published: string;
  nylas: string;
  finding: Finding;
  /** What to do, or what is waited for; undefined where the record stands and Nylas, if it was asked, has verified it. */
  problem: string | undefined;
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

/** Sets side by side, per record, what Nylas expects, what is published and what Nylas says, and what to do about it. */
export function diagnose(input: DiagnosisInput): Diagnosis {
  const general = generalProblems(input);
  const lines = slots.flatMap((slot) => {
    const report = input.records[slot];
    return report ? [line(slot, report)] : [];
  });
  const ofRecords = lines.flatMap(({ slot, type, name, finding, problem }) =>
    problem === undefined || quietFindings.has(finding) ? [] : [`${slot} ${type} at ${name}: ${problem}`],
  );
  return { domain: input.domain, general, lines, problems: [...general, ...ofRecords] };
}

/** The diagnosis as a table for a terminal. */
export function formatDiagnosis(diagnosis: Diagnosis): string {
  const head = ["record", "Nylas expects", "published", "Nylas says"];
  const rows = diagnosis.lines.map((row) => [
    `${row.slot} ${row.type}`,
    row.expected,
    row.published,
    row.nylas,
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const text = (cells: string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd();

  const out = [`DNS of ${diagnosis.domain}:`, ...diagnosis.general.map((problem) => `  ! ${problem}`)];
  if (rows.length > 0)
    out.push("  " + text(head), "  " + widths.map((width) => "-".repeat(width)).join("  "));
  let name: string | undefined;
  for (const [at, row] of diagnosis.lines.entries()) {
    if (row.name !== name) out.push(`  ${row.name}`);
    name = row.name;
    out.push("  " + text(rows[at]!));
    if (row.problem !== undefined) out.push(`      → ${row.problem}`);
  }
  return out.join("\n");
}

/** A value in at most `width` characters: the beginning and the end of it, which is where values differ. */
export function shortened(value: string, width = 44): string {
  const text = visible(value);
  if (text.length <= width) return text;
  const tail = Math.floor(width / 3);
  return `${text.slice(0, width - tail - 1)}…${text.slice(-tail)}`;
}

const quietFindings: ReadonlySet<Finding> = new Set([
  "verified",
  "stands",
  "waiting",
  "spreading",
  "unknown",
]);

function line(slot: Slot, report: RecordReport): DiagnosisLine {
  const { expected, published } = report;
  const { finding, problem } = judge(slot, report);
  return {
    slot,
    type: expected.type,
    name: expected.name,
    expected: shortened(valueText(expected)),
    published: publishedText(slot, expected, published),
    nylas: nylasText(report),
    finding,
    problem,
  };
}

function nylasText({ verified, status, message }: RecordReport): string {
  if (verified === undefined) return "(not asked)";
  if (verified) return "verified";
  return shortened([status ?? "not verified", message].filter(Boolean).join(": "), 60);
}

const EXPIRED =
  "this value has expired, and Nylas asks for a new one: run pulumi up --refresh, which fetches the new value and publishes it";

interface Judgement {
  finding: Finding;
  problem: string | undefined;
}

function judge(slot: Slot, report: RecordReport): Judgement {
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
function sameKind(slot: Slot, expected: DnsRecord, records: readonly DnsRecord[]): DnsRecord[] {
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

function publishedText(slot: Slot, expected: DnsRecord, published: LookupOutcome | undefined): string {
  switch (published?.kind) {
    case undefined:
      return "(not asked)";
    case "unreachable":
      return "(DNS not reachable)";
    case "failed":
      return `(${published.reason})`;
    case "alias":
      return shortened(`(CNAME ${published.target})`);
    case "none":
      return published.nameExists ? `(no ${expected.type})` : "(no such name)";
    case "found": {
      if (published.records.some((record) => sameRecord(record, expected))) {
        const others = published.records.length - 1;
        return expected.type === "MX" && others > 0 ? `the same, and ${others} more` : "the same";
      }
      const [similar, ...more] = sameKind(slot, expected, published.records);
      if (!similar) return `(other ${expected.type} only)`;
      return shortened(valueText(similar)) + (more.length > 0 ? `, and ${more.length} more` : "");
    }
  }
}

function valueText(record: DnsRecord): string {
  return record.type === "MX" ? `${record.priority} ${record.value || "."}` : record.value;
}

function generalProblems(input: DiagnosisInput): string[] {
  const { delegation } = input;
  const found = delegationProblems(input);
  if (!delegation || !("seenBy" in delegation) || !delegation.seenBy) return found;
  // Others may see another side of a split horizon, so it is said whose word it is.
  const seenBy = delegation.seenBy.join(", ");
  return found.map((problem) => `${problem} (as ${seenBy}, of nylas:dnsServers, sees it)`);
}

function delegationProblems(input: DiagnosisInput): string[] {
  const { domain, delegation, publishedBy } = input;
  switch (delegation?.kind) {
    case "not-delegated":
      return [
        `${delegation.domain} is not in the DNS: register it, or name its name servers at the registrar ` +
          `(no record below it can be seen by anybody until then)`,
      ];
    case "broken":
      if (delegation.seenBy) {
        const servers = delegation.nameServers.length > 0 ? ` (${delegation.nameServers.join(", ")})` : "";
        return [
          `the name servers that ${delegation.zone} is delegated to${servers} give no answer for it: at the registrar (or in the zone ` +
            `above), name the servers of ${vendorName(publishedBy)}; where they are named, remove a DS record of other keys`,
        ];
      }
      if (delegation.serversAnswer) {
        return [
          `${delegation.zone} fails DNSSEC: its name servers (${delegation.nameServers.join(", ")}) answer, but the DS record at the ` +
            `registrar is of other keys. Remove the DS record at the registrar, or put the one of the present DNS vendor there`,
        ];
      }
      return [
        `${delegation.zone} is delegated to ${delegation.nameServers.join(", ") || "name servers"} that do not serve it: ` +
          `at the registrar, name the servers of ${vendorName(publishedBy)}`,
      ];
    case "delegated": {
      const found: string[] = [];
      if (publishedBy === "zone-file" && noneStands(input)) {
        found.push(
          `none of the records of ${domain} is published yet: hand them to whoever runs the zone ${delegation.zone} ` +
            `(at ${delegation.nameServers.join(", ")}). They are the output dnsInstructions of AgentDomain, and the files of zoneFile`,
        );
      } else if (noneStands(input) && !servedBy(delegation.nameServers, publishedBy)) {
        const where =
          publishedBy === undefined
            ? "If your zone is at another DNS vendor"
            : `Your records are at ${vendorName(publishedBy)}`;
        found.push(
          `${domain} is served by ${delegation.nameServers.join(", ")}, and none of the records is there. ${where}: ` +
            `at the registrar (or in the parent zone), delegate ${delegation.zone} to the name servers of your zone`,
        );
      }
      if (delegation.lame.length > 0) {
        found.push(
          `${delegation.lame.join(", ")} ${delegation.lame.length === 1 ? "is" : "are"} named for ${delegation.zone} and ` +
            `${delegation.lame.length === 1 ? "does" : "do"} not serve it: take ${delegation.lame.length === 1 ? "it" : "them"} out at the registrar`,
        );
      }
      return found;
    }
    case "unreachable":
      return [
        `DNS is not reachable from here (${delegation.reason}): nothing can be said about what is published. ` +
          `Behind a closed port 53, name a server that is reachable in nylas:dnsServers`,
      ];
    case "referred":
      return [
        `${delegation.servers.join(", ")} (of nylas:dnsServers) does not answer for ${delegation.zone} and refers to ` +
          `${delegation.nameServers.join(", ")}: if those are not the servers of ${vendorName(publishedBy)}, correct the NS records in ` +
          `the zone above; if they are, name a server in nylas:dnsServers that serves ${delegation.zone} or resolves names`,
      ];
    case "configured":
    case undefined:
      return [];
  }
}

const vendors: Record<string, { name: string; servers: RegExp }> = {
  cloudflare: { name: "Cloudflare", servers: /\.(ns\.cloudflare|foundationdns)\.(com|net|org)$/ },
  route53: { name: "Route 53", servers: /(^|\.)awsdns-\d+\.(com|net|org|co\.uk)$/ },
};

/** By the names of the servers; a zone may have servers under names of its own, so it is never more than a hint. */
function servedBy(nameServers: readonly string[], publishedBy: string | undefined): boolean {
  const vendor = vendors[publishedBy ?? ""];
  return vendor !== undefined && nameServers.some((server) => vendor.servers.test(server));
}

/** Whether the DNS was asked for every record and has none of them. */
function noneStands(input: DiagnosisInput): boolean {
  const all = Object.values(input.records);
  const absent = ({ published, expected }: RecordReport): boolean =>
    published?.kind === "none" ||
    (published?.kind === "found" && !published.records.some((record) => sameRecord(record, expected)));
  return all.length > 0 && all.every(absent);
}

function vendorName(kind: string | undefined): string {
  return vendors[kind ?? ""]?.name ?? "the vendor that holds your zone";
}
