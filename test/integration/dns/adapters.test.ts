import assert from "node:assert/strict";
import { Resolver } from "node:dns/promises";
import * as fc from "fast-check";
import {
  ChangeResourceRecordSetsCommand,
  ListHostedZonesByNameCommand,
  Route53Client,
  type RRType,
} from "@aws-sdk/client-route-53";
import { startSimulator, type Simulator } from "nylas-simulator";
import { AgentDomain } from "../../../provider/components/agentDomain";
import { type AgentDomainArgs, type GivenRecord } from "../../../provider/components/agentDomainArgs";
import { cloudflareDns } from "../../../provider/dns/adapters/cloudflare";
import { route53Dns } from "../../../provider/dns/adapters/route53";
import { zoneFile } from "../../../provider/dns/adapters/zoneFile";
import { declared, valueOf } from "../../unit/dns/declared";

/**
 * What Nylas asks for in any of its forms goes through AgentDomain and an adapter to the vendor's API, by the
 * vendor's own client. The test reads it back from the DNS. What is expected is what the example was drawn from, not
 * what our code made of it.
 */
describe("what is declared, once read back from the DNS, is what Nylas asked for", function () {
  this.timeout(120_000);
  let simulator: Simulator;
  let resolver: Resolver;
  let route53: Route53Client;
  let hostedZone: string;
  let domains = 0;

  before(async () => {
    simulator = await startSimulator({ zones: ["example.com"] });
    resolver = new Resolver();
    resolver.setServers([simulator.dnsServer]);
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "any" };
    route53 = new Route53Client({ endpoint: simulator.url, region: "us-east-1", credentials });
    const zones = await route53.send(new ListHostedZonesByNameCommand({ DNSName: "example.com" }));
    hostedZone = zones.HostedZones![0]!.Id!;
  });
  after(() => {
    route53.destroy();
    return simulator.close();
  });

  it("through Cloudflare", async () => {
    const zoneId = simulator.zones[0]!.id;
    await fc.assert(
      fc.asyncProperty(asked, async (example) => {
        const { args, stands } = given(example, domains++);
        const dns = cloudflareDns({ zoneId, zoneName: "Example.com." });
        const records = await resourcesOf("cloudflare:index/dnsRecord:DnsRecord", { ...args, dns });
        const answers = await Promise.all(records.map(({ inputs }) => putAtCloudflare(zoneId, inputs)));
        assert.deepEqual(
          answers.filter(({ ok }) => !ok).map(({ status }) => status),
          [],
        );
        assert.deepEqual(await published(stands), stands);
      }),
      { numRuns: 30 },
    );
  });

  it("through Route 53, with the values that stood there before", async () => {
    await fc.assert(
      fc.asyncProperty(asked, others, async (example, existing) => {
        const { args, domain, stands } = given(example, domains++);
        const home = `TXT ${domain}`;
        const kept = existing.filter((text) => !stands[home]!.includes(hex(text)));
        stands[home] = [...stands[home]!, ...kept.map(hex)].sort();
        const dns = route53Dns({ zoneId: hostedZone, zoneName: "example.com", existing: kept });
        const sets = await resourcesOf("aws:route53/record:Record", { ...args, dns });
        await route53.send(
          new ChangeResourceRecordSetsCommand({
            HostedZoneId: hostedZone,
            ChangeBatch: {
              Changes: sets.map(({ inputs }) => ({
                Action: "CREATE",
                ResourceRecordSet: officially(inputs),
              })),
            },
          }),
        );
        assert.deepEqual(await published(stands), stands);
      }),
      { numRuns: 30 },
    );
  });

  it("through a zone file", async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (example) => {
        const { args, stands } = given(example, domains++);
        const { result } = await declared(() => new AgentDomain("d", { ...args, dns: zoneFile() }));
        const { value } = await valueOf(result.dnsInstructions);
        const read: Answers = {};
        for (const { name, type, data } of readZone(value!.zone)) {
          read[`${type} ${name}`] = [...(read[`${type} ${name}`] ?? []), data].sort();
        }
        assert.deepEqual(read, stands);
        assert.ok(value!.zone.split("\n").every((line) => /^[\x20-\x7e]*$/.test(line)));
      }),
      { numRuns: 50 },
    );
  });

  it("in the table for people, as far as it is legible", async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (example) => {
        const { args } = given(example, domains++);
        const { result } = await declared(() => new AgentDomain("d", { ...args, dns: zoneFile() }));
        const { value } = await valueOf(result.dnsInstructions);
        const rows = value!.table.split("\n").filter((line) => /^\| (TXT|MX) /.test(line));
        assert.equal(rows.length, 6);
        const spf = cells(rows.find((row) => row.includes("allows Nylas to send"))!);
        assert.equal(spf.length, 5, "nothing in a value ends a cell");
        if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(example.spf.text))
          assert.equal(shown(spf[3]!), example.spf.text);
      }),
      { numRuns: 50 },
    );
  });

  const putAtCloudflare = (zoneId: string, record: object) =>
    fetch(`${simulator.cloudflareUrl}/zones/${zoneId}/dns_records`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${simulator.keys.cloudflareToken}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(record),
    });
  const resourcesOf = async (type: string, args: AgentDomainArgs) =>
    (await declared(() => new AgentDomain("d", args))).resources.filter((resource) => resource.type === type);

  /** What the DNS answers to the questions whose answers are expected. */
  async function published(expected: Answers): Promise<Answers> {
    const seen: Answers = {};
    for (const question of Object.keys(expected)) {
      const [type, name] = question.split(" ") as [string, string];
      seen[question] =
        type === "TXT"
          ? (await resolver.resolveTxt(name))
              .map((strings) => Buffer.from(strings.join(""), "latin1").toString("hex"))
              .sort()
          : (await resolver.resolveMx(name))
              .map(({ priority, exchange }) => `${priority} ${exchange}`)
              .sort();
    }
    return seen;
  }
});

/** Values by question, "TXT name" (in hexadecimal) or "MX name". */
type Answers = Record<string, string[]>;

/** A text as Nylas may write it: bare, or in quotes, in one string or in many. */
interface Text {
  text: string;
  quoted: boolean;
}

const hex = (text: string): string => Buffer.from(text, "utf8").toString("hex");
const looksQuoted = (text: string): boolean => text.startsWith('"') && text.endsWith('"');
const plainText = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
    fc.string({
      unit: fc.constantFrom(..."\\\"'`|;@$() aZ09=ü漢\n\t\u0000\u007f"),
      minLength: 1,
      maxLength: 300,
    }),
    fc.constantFrom(
      "a".repeat(255),
      "a".repeat(256),
      "ü".repeat(128),
      "b".repeat(511),
      "é".repeat(400),
      `v=DKIM1; k=rsa; p=${"M".repeat(392)}`,
      "\\101",
      "\\042",
    ),
  )
  .filter((s) => Buffer.from(s).toString() === s && s.trim() === s && !looksQuoted(s));
/** What a DMARC text may hold. */
const printable = fc.oneof(
  fc.string({ unit: "grapheme-ascii" }),
  fc.constantFrom("p=none; " + "x".repeat(400), '\\"; p=none', "\\101"),
);
const text: fc.Arbitrary<Text> = fc.record({ text: plainText, quoted: fc.boolean() });
const label = fc
  .stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/)
  .filter((l) => !l.startsWith("xn--") && l.slice(2, 4) !== "--");
const mail = fc.record({
  target: fc.tuple(label, label).map((labels) => `${labels.join(".")}.example.net`),
  priority: fc.option(fc.integer({ min: 0, max: 65535 })),
  finalDot: fc.boolean(),
  upperCase: fc.boolean(),
});
/** How a host is spelled; the last two mean the domain itself by "@" and by "". */
const form = fc.constantFrom("relative", "full", "dotted", "upper", "@", "");
const asked = fc
  .record({
    sub: fc.constantFrom(
      ["agents", "agents"],
      ["AGENTS", "agents"],
      ["bücher", "xn--bcher-kva"],
      ["例え", "xn--r8jz45g"],
    ),
    ownership: text,
    spf: text,
    mx: mail,
    dkim: text,
    dkimHost: label.map((l) => `${l}._domainkey`),
    feedback: mail,
    feedbackHost: label.map((l) => `bounce-${l}`),
    // Any text that is a sound record: the local part of an address may hold almost everything.
    dmarc: printable.map((s) => `v=DMARC1; p=none; rua=mailto:a${s.replace(/[\s@!,;]/g, "")}@example.com`),
    forms: fc.array(form, { minLength: 5, maxLength: 5 }),
  })
  .filter(({ ownership, spf }) => ownership.text !== spf.text);
const others = fc.uniqueArray(
  plainText.filter((s) => !/^v=spf1( |$)/i.test(s) && !s.startsWith("nylas-ownership-verify=")),
  { maxLength: 4 },
);
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

/** The arguments as a person pastes them, and what has to stand in the DNS for them. */
function given(
  example: Asked,
  number: number,
): { args: Omit<AgentDomainArgs, "dns">; domain: string; stands: Answers } {
  const [spelled, ascii] = example.sub as [string, string];
  const domainName = `${spelled}.n${number}.Example.com`;
  const domain = `${ascii}.n${number}.example.com`;
  const host = (at: number, relative: string): string => {
    const full = relative === "" ? domain : `${relative}.${domain}`;
    const spelling = example.forms[at]!;
    if (spelling === "dotted") return `${full}.`;
    if (spelling === "upper") return full.toUpperCase();
    if (spelling === "full") return full;
    return relative === "" ? (spelling === "" ? "" : "@") : relative;
  };
  const txt = (at: number, relative: string, { text, quoted }: Text): GivenRecord => ({
    host: host(at, relative),
    value: quoted ? inQuotes(text) : text,
  });
  const mx = (at: number, relative: string, value: Asked["mx"]): GivenRecord => {
    const target =
      (value.upperCase ? value.target.toUpperCase() : value.target) + (value.finalDot ? "." : "");
    return {
      host: host(at, relative),
      value: value.priority === null ? target : `${value.priority} ${target}`,
    };
  };
  const { ownership, spf, dkim, dkimHost, feedback, feedbackHost, dmarc } = example;
  return {
    args: {
      domainName,
      dmarc,
      records: {
        ownership: txt(0, "", ownership),
        spf: txt(1, "", spf),
        mx: mx(2, "", example.mx),
        dkim: txt(3, dkimHost, dkim),
        feedback: mx(4, feedbackHost, feedback),
      },
    },
    domain,
    stands: {
      [`TXT ${domain}`]: [hex(ownership.text), hex(spf.text)].sort(),
      [`MX ${domain}`]: [`${example.mx.priority ?? 10} ${example.mx.target}`],
      [`TXT ${dkimHost}.${domain}`]: [hex(dkim.text)],
      [`MX ${feedbackHost}.${domain}`]: [`${feedback.priority ?? 10} ${feedback.target}`],
      [`TXT _dmarc.${domain}`]: [hex(dmarc)],
    },
  };
}

/** As a zone file has it, cut somewhere: `"ab" "c"`. */
function inQuotes(text: string): string {
  const bytes = [...Buffer.from(text, "utf8")];
  const escaped = bytes.map((byte) =>
    byte === 0x22 || byte === 0x5c || byte < 0x20 || byte > 0x7e
      ? `\\${String(byte).padStart(3, "0")}`
      : String.fromCharCode(byte),
  );
  const half = Math.ceil(escaped.length / 2);
  return `"${escaped.slice(0, half).join("")}" "${escaped.slice(half).join("")}"`;
}

/** What the official resource makes of its inputs: quotes around each text, and the zone after a name that lacks it. */
function officially(inputs: Record<string, unknown>) {
  const { name, type, ttl, records } = inputs as {
    name: string;
    type: RRType;
    ttl: number;
    records: string[];
  };
  const full = name.replace(/\.$/, "").toLowerCase();
  return {
    Name: full.endsWith("example.com") ? full : `${full}.example.com`,
    Type: type,
    TTL: ttl,
    ResourceRecords: records.map((value) => ({ Value: type === "TXT" ? `"${value}"` : value })),
  };
}

/** Reads a zone file as RFC 1035, 5.1 says: comments, absolute names, character strings, `\DDD`. */
function readZone(zone: string): { name: string; type: string; data: string }[] {
  return zone.split("\n").flatMap((line) => {
    const tokens: Buffer[] = [];
    for (let at = 0; at < line.length;) {
      if (line[at] === ";") break;
      if (/\s/.test(line[at]!)) {
        at++;
        continue;
      }
      const quoted = line[at] === '"';
      const bytes: number[] = [];
      if (quoted) at++;
      while (at < line.length && (quoted ? line[at] !== '"' : !/[\s;]/.test(line[at]!))) {
        const decimal = /^\\(\d{3})/.exec(line.slice(at));
        if (decimal) bytes.push(Number(decimal[1]));
        else if (line[at] === "\\") bytes.push(line.charCodeAt(++at));
        else bytes.push(line.charCodeAt(at));
        at += decimal ? 4 : 1;
      }
      if (quoted) at++;
      assert.ok(!quoted || bytes.length <= 255, "a character string has at most 255 bytes");
      tokens.push(Buffer.from(bytes));
    }
    if (tokens.length === 0) return [];
    const [owner, ttl, kind, type, ...rest] = tokens.map(String);
    assert.ok(owner!.endsWith("."), `${owner} is absolute`);
    assert.match(`${ttl} ${kind}`, /^\d+ IN$/);
    const data =
      type === "TXT"
        ? Buffer.concat(tokens.slice(4)).toString("hex")
        : `${rest[0]} ${rest[1]!.replace(/\.$/, "")}`;
    return [{ name: owner!.slice(0, -1), type: type!, data }];
  });
}

/** The cells of a row as GitHub's Markdown cuts it: at every pipe without a backslash before it. */
function cells(row: string): string[] {
  return row.replace(/^\| | \|$/g, "").split(/ (?<!\\)\| /);
}

/** What a browser shows of a cell: a code span, or an element with character references. */
function shown(cell: string): string {
  const span = /^`([^`]*)`$/s.exec(cell);
  if (span) return span[1]!;
  const element = /^<code>([^<>`|]*)<\/code>$/s.exec(cell);
  assert.ok(element, `a code span or a code element: ${cell}`);
  return element[1]!.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
