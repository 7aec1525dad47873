import { columnWidths, inColumns } from "../columns";
import { slots, type RecordSlots, type Slot } from "./layout";
import { type Delegation, type LookupOutcome } from "./outcomes";
import { sameRecord, type DnsRecord } from "./records";
import { type RecordReport, type Finding, judge, sameKind, valueText, shortened } from "./recordFinding";
import { generalProblems } from "./delegationProblems";

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

/** Sets side by side, per record, what Nylas expects, what is published and what Nylas says, and what to do about it. */
export function diagnose(input: DiagnosisInput): Diagnosis {
  const general = generalProblems({ ...input, noneStands: noneStands(input.records) });
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
  const dashes = columnWidths([head, ...rows]).map((width) => "-".repeat(width));
  const [title, rule, ...lines] = inColumns([head, dashes, ...rows]);

  const out = [`DNS of ${diagnosis.domain}:`, ...diagnosis.general.map((problem) => `  ! ${problem}`)];
  if (rows.length > 0) out.push(`  ${title}`, `  ${rule}`);
  let name: string | undefined;
  for (const [at, row] of diagnosis.lines.entries()) {
    if (row.name !== name) out.push(`  ${row.name}`);
    name = row.name;
    out.push(`  ${lines[at]}`);
    if (row.problem !== undefined) out.push(`      → ${row.problem}`);
  }
  return out.join("\n");
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

/** Whether the DNS was asked for every record and has none of them. */
function noneStands(records: DiagnosisInput["records"]): boolean {
  const all = Object.values(records);
  const absent = ({ published, expected }: RecordReport): boolean =>
    published?.kind === "none" ||
    (published?.kind === "found" && !published.records.some((record) => sameRecord(record, expected)));
  return all.length > 0 && all.every(absent);
}
