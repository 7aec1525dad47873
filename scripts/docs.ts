/** `npm run docs`: writes the generated parts of pages, between their markers. `--check` only says whether they are right. */
import * as fs from "node:fs";
import * as path from "node:path";
import { diagnose, formatDiagnosis } from "../provider/dns/diagnosis";
import { type RecordReport } from "../provider/dns/recordFinding";
import type { Slot } from "../provider/dns/layout";
import { type Delegation, type LookupOutcome } from "../provider/dns/outcomes";
import type { DnsRecord } from "../provider/dns/records";
import { NEEDS } from "../provider/resources/needs";

export const documents = ["docs/settings.md", "docs/verification.md", "SECURITY.md"].map((name) =>
  path.join(__dirname, "..", name),
);

/** Which key and which permissions each resource needs. */
export function needsTable(): string {
  const rows = Object.values(NEEDS).map(({ resource, key, signed, permissions, also }) => {
    const organization = `\`nylas:organizationKey\`${signed ? " or `nylas:serviceAccount`" : ""}`;
    const name = key === "application" ? "`nylas:apiKey`" : key === "organization" ? organization : "none";
    return `| \`${resource}\` | ${name} | ${permissions.map((permission) => `\`${permission}\``).join(" ") || "–"} | ${also ?? ""} |`;
  });
  return ["| resource | key | permissions of an IAM key | and |", "|---|---|---|---|", ...rows].join("\n");
}

const domain = "agents.example.com";
const servers = ["ada.ns.cloudflare.com"];
const delegated: Delegation = { kind: "delegated", zone: "example.com", nameServers: servers, lame: [] };

const ownership: DnsRecord = { type: "TXT", name: domain, value: "nylas-ownership-verify=Jx8q2" };
const spf: DnsRecord = { type: "TXT", name: domain, value: "v=spf1 include:spf.nylas.example ~all" };
// As long as a real one of 1024 bits.
const key = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC7".padEnd(208, "vL3xq8Kd0TzW5nYb") + "wIDAQAB";
const dkim: DnsRecord = {
  type: "TXT",
  name: `nylas1._domainkey.${domain}`,
  value: `v=DKIM1; k=rsa; p=${key}`,
};
const mx: DnsRecord = { type: "MX", name: domain, value: "inbound.nylas.example", priority: 10 };

function found(...records: DnsRecord[]): LookupOutcome {
  return { kind: "found", records, servers: servers.map((server) => ({ server, records })) };
}

/** One record of each way a verification can stand still, as the diagnosis shows it. */
const CASES: { title: string; slot: Slot; report: RecordReport; delegation?: Delegation }[] = [
  {
    title: "missing",
    slot: "mx",
    report: {
      expected: mx,
      published: { kind: "none", nameExists: true, servers },
      verified: false,
      status: "pending",
    },
  },
  {
    title: "missing, and long: short in the table, whole where it is to be copied",
    slot: "dkim",
    report: {
      expected: dkim,
      published: { kind: "none", nameExists: false, servers },
      verified: false,
      status: "pending",
    },
  },
  {
    title: "wrong",
    slot: "mx",
    report: {
      expected: mx,
      published: found({ ...mx, value: "mail.example.org" }),
      verified: false,
      status: "pending",
    },
  },
  {
    title: "twice",
    slot: "spf",
    report: {
      expected: spf,
      published: found(spf, { ...spf, value: "v=spf1 include:_spf.google.com -all" }),
      verified: false,
      status: "failed",
    },
  },
  {
    title: "hidden behind a wildcard",
    slot: "mx",
    report: {
      expected: mx,
      published: { ...found({ ...mx, value: "mail.example.org" }), wildcard: true } as LookupOutcome,
      verified: false,
      status: "pending",
    },
  },
  {
    title: "published, and Nylas has not seen it yet",
    slot: "ownership",
    report: { expected: ownership, published: found(ownership), verified: false, status: "pending" },
  },
  {
    title: "wrong name servers at the parent",
    slot: "mx",
    delegation: {
      kind: "broken",
      zone: "example.com",
      nameServers: ["ns1.old-registrar.example"],
      serversAnswer: false,
    },
    report: {
      expected: mx,
      published: { kind: "failed", reason: "REFUSED", servers },
      verified: false,
      status: "pending",
    },
  },
  {
    title: "DNS cannot be reached from here",
    slot: "mx",
    delegation: { kind: "unreachable", reason: "no answer from 10.0.0.53" },
    report: {
      expected: mx,
      published: { kind: "unreachable", reason: "no answer from 10.0.0.53" },
      verified: false,
      status: "pending",
    },
  },
];

/** What the diagnosis says in each case. */
export function verificationListing(): string {
  const cases = CASES.map(({ title, slot, report, delegation }) => {
    const input = {
      domain,
      records: { [slot]: report },
      delegation: delegation ?? delegated,
      publishedBy: "cloudflare",
    };
    return `# ${title}\n${formatDiagnosis(diagnose(input))}`;
  });
  return ["```", cases.join("\n\n"), "```"].join("\n");
}

/** A document with its generated parts as they should be. */
export function withGeneratedParts(text: string): string {
  return [
    ["needs", needsTable()],
    ["verification", verificationListing()],
  ].reduce(
    (whole, [name, part]) =>
      whole.replace(
        new RegExp(`(<!-- ${name}: npm run docs -->\\n)[\\s\\S]*?(<!-- /${name} -->)`),
        (_all, start: string, end: string) => `${start}${part!}\n${end}`,
      ),
    text,
  );
}

if (require.main === module) {
  for (const document of documents) {
    const text = fs.readFileSync(document, "utf8");
    const right = withGeneratedParts(text);
    if (right === text) continue;
    if (process.argv.includes("--check")) {
      console.error(`${path.basename(document)} is out of date: npm run docs`);
      process.exitCode = 1;
    } else fs.writeFileSync(document, right);
  }
}
