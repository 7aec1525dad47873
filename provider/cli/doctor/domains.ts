/** Every domain's records against DNS, and against what Nylas has verified. Nylas is only listed: asking it to verify would be a write. */
import { isSpf } from "../../dns/guards";
import { diagnose, type Diagnosis, reportRecords } from "../../dns/diagnosis";
import { requiredSlots } from "../../dns/layout";
import { createLookup, type DnsLookup, observe } from "../../dns/lookup";
import { type Domain, type RecordPurpose } from "../../nylas/api";
import { type Declared, type DeclaredDomain, type DeclaredTenant } from "./declared";
import { type DoctorContext } from "./context";
import { counted, type Finding, some } from "./findings";

/** What was found out about one domain. */
export interface DomainReport {
  address: string;
  /** `verified`, `pending`, `unknown` where Nylas could not be asked, `gone`, or `trial`. */
  status: "verified" | "pending" | "unknown" | "gone" | "trial";
  /** What Nylas has not verified of what is needed. */
  missing: string[];
  /** Undefined where there was nothing to compare. */
  diagnosis: Diagnosis | undefined;
}

export interface DomainsSeen {
  findings: Finding[];
  reports: DomainReport[];
}

/** More than one screen could ever show; without a state, all domains of the organization would be looked at. */
const MOST_WITHOUT_STATE = 50;

interface Examined {
  findings: Finding[];
  report?: DomainReport;
}

export async function checkDomains(
  context: DoctorContext,
  remote: Domain[] | undefined,
): Promise<DomainsSeen> {
  const { declared, settings } = context;
  const lookup = createLookup({ servers: settings.dnsServers });
  const own: Examined[] = await inSlots(declared.domains, (domain) => examine(lookup, domain, remote));
  const foreign = (remote ?? []).filter(
    ({ address }) => !own.some((each) => each.report?.address === address),
  );
  if (declared.types === undefined) {
    const looked = foreign.slice(0, MOST_WITHOUT_STATE);
    own.push(...(await inSlots(looked, (domain) => examineForeign(lookup, domain))));
    if (looked.length < foreign.length) {
      const text = `${foreign.length - looked.length} of ${foreign.length} domains were not looked at`;
      const next = "Run it beside a stack: then the stack's own are.";
      own.push({ findings: [{ area: "dns", subject: "domains", state: "note", text, next }] });
    }
  } else if (foreign.some(({ branded }) => !branded)) {
    const others = foreign.filter(({ branded }) => !branded).map(({ address }) => address);
    const text = `${counted(others.length, "other")} in the organization, not of this stack: ${some(others, 3)}`;
    own.push({ findings: [{ area: "dns", subject: "domains", state: "note", text }] });
  }
  return {
    findings: own.flatMap(({ findings }) => findings),
    reports: own.flatMap(({ report }) => report ?? []),
  };
}

/** For each tenant on its trial domain: whether the switch to its own is possible. */
export function tenantFindings({ tenants }: Declared, reports: DomainReport[]): Finding[] {
  return tenants
    .filter(({ accountsOn, status }) => accountsOn === "trial" && status !== "trial")
    .map((tenant) => tenantFinding(tenant, reports));
}

function tenantFinding({ name, domain, status: recorded }: DeclaredTenant, reports: DomainReport[]): Finding {
  const report = reports.find(({ address }) => address === domain);
  const live = report && report.status !== "unknown";
  const status = live ? report.status : recorded;
  const what = domain ?? "its own domain";
  const subject = `tenant "${name}"`;
  const told = live ? "" : " (as the last up recorded it)";
  if (status === "verified" && (report?.diagnosis?.problems.length ?? 0) === 0) {
    return {
      area: "dns",
      subject,
      state: "note",
      text: `on the trial domain; ${what} is verified${told}: the switch is possible`,
      next: 'accountsOn: "own"',
    };
  }
  const missing = report && report.missing.length > 0 ? ` (${report.missing.join(", ")} missing)` : "";
  return {
    area: "dns",
    subject,
    state: "note",
    text: `on the trial domain; the switch is not possible yet: ${what} is ${status === "verified" ? "verified, and its records are not in order" : `${status || "pending"}${missing}`}${told}`,
  };
}

async function examine(
  lookup: DnsLookup,
  declared: DeclaredDomain,
  all: Domain[] | undefined,
): Promise<Examined> {
  const { address, records } = declared;
  const remote = all?.find((domain) => domain.address === address);
  if (all && !remote && declared.id !== undefined) {
    const text = `it is in the stack, and Nylas does not know it (id ${declared.id})`;
    const next = "Was it deleted outside, or is this another organization's key? pulumi refresh tells.";
    return problem(address, text, next, { status: "gone", missing: [], diagnosis: undefined });
  }
  if (remote?.branded) return trial(address);
  if (Object.keys(records).length === 0 && remote) return examineForeign(lookup, remote);

  const [published, delegation] = await Promise.all([observe(lookup, records), lookup.delegation(address)]);
  const diagnosis = diagnose({
    domain: address,
    records: reportRecords(records, (slot, expected) => ({
      expected,
      published: published[slot],
      verified: remote?.verified[slot],
    })),
    delegation,
    publishedBy: declared.publishedBy,
  });
  const missing = remote ? notVerified(remote, declared.purposes) : [];
  const status = !remote ? "unknown" : missing.length === 0 ? "verified" : "pending";
  const report = { status, missing, diagnosis } as const;

  if (remote && expired(declared, remote)) {
    const text = "the ownership value has expired: the published one will not be accepted any more";
    return problem(address, text, "pulumi up --refresh fetches the new one and publishes it.", report);
  }
  if (diagnosis.problems.length > 0)
    return problem(address, diagnosis.problems.join("\n"), undefined, report);
  const blind = Object.values(published).some(({ kind }) => kind === "unreachable" || kind === "failed");
  const dns = blind ? "what is published could not be seen from here" : "the records stand";
  if (missing.length > 0) {
    const text = `Nylas has not verified ${missing.join(", ")}; ${dns}`;
    return problem(address, text, "pulumi up asks Nylas to look, and waits for it.", report);
  }
  const asked = all ? "this organization key does not show the domain" : "Nylas was not asked";
  const text = remote ? `verified; ${dns}` : `${dns}; ${asked}`;
  const state = blind || !remote ? "unknown" : "ok";
  return { findings: [{ area: "dns", subject: address, state, text }], report: { address, ...report } };
}

/** What can be said where nobody knows which values Nylas asks for: it is not asked, as asking can make it change them. */
async function examineForeign(lookup: DnsLookup, remote: Domain): Promise<Examined> {
  const { address, verified, branded } = remote;
  if (branded) return trial(address);
  const [mx, txt, delegation] = await Promise.all([
    lookup.ask(address, "MX"),
    lookup.ask(address, "TXT"),
    lookup.delegation(address),
  ]);
  const missing = notVerified(remote, undefined);
  const { general } = diagnose({ domain: address, records: {}, delegation });
  const none = (outcome: typeof mx) => outcome.kind === "none" || outcome.kind === "alias";
  const spf = txt.kind === "found" ? txt.records.filter(({ value }) => isSpf(value)).length : undefined;
  const problems = [
    ...general,
    ...(missing.length > 0 ? [`Nylas has not verified ${missing.join(", ")}`] : []),
    ...(verified.mx && none(mx) ? ["the MX was verified once and is gone"] : []),
    ...(verified.spf && (none(txt) || spf === 0) ? ["the SPF record was verified once and is gone"] : []),
    ...(spf !== undefined && spf > 1 ? ["two SPF records make every mail of this domain fail"] : []),
  ];
  const status = missing.length === 0 ? "verified" : "pending";
  const report = { status, missing, diagnosis: undefined } as const;
  if (problems.length > 0) {
    const next = "Beside its stack, doctor compares each record.";
    return problem(address, problems.join("\n"), next, report);
  }
  const text = "verified; the values of its records are known to its stack alone";
  return {
    findings: [{ area: "dns", subject: address, state: "ok", text }],
    report: { address, ...report },
  };
}

function trial(address: string): Examined {
  return {
    findings: [
      { area: "dns", subject: address, state: "ok", text: "a trial domain, which works without DNS" },
    ],
    report: { address, status: "trial", missing: [], diagnosis: undefined },
  };
}

function problem(
  address: string,
  text: string,
  next: string | undefined,
  report: Omit<DomainReport, "address">,
): Examined {
  const finding: Finding = { area: "dns", subject: address, state: "problem", text };
  if (next !== undefined) finding.next = next;
  return { findings: [finding], report: { address, ...report } };
}

function notVerified(domain: Domain, purposes: string[] | undefined): string[] {
  return (purposes ?? requiredSlots).filter((purpose) => !domain.verified[purpose as RecordPurpose]);
}

function expired({ expiresAt }: DeclaredDomain, remote: Domain): boolean {
  return !remote.verified.ownership && expiresAt !== undefined && expiresAt < Date.now() / 1000;
}

/** Some at a time: name servers are no place to send a thousand questions at once. */
async function inSlots<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const [at, item] of waiting) results[at] = await run(item);
    }),
  );
  return results;
}
