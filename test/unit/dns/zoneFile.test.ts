import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { AgentDomain } from "../../../provider/components/agentDomain";
import { type AgentDomainArgs } from "../../../provider/components/agentDomainArgs";
import { type DnsAdapter } from "../../../provider/dns/adapters/adapter";
import { cloudflareDns } from "../../../provider/dns/adapters/cloudflare";
import {
  markdownTable,
  zoneFile,
  zoneFragment,
  type SlottedRecord,
} from "../../../provider/dns/adapters/zoneFile";
import { declared, valueOf } from "./declared";

const domainName = "agents.example.com";
const pasted = (token: string): NonNullable<AgentDomainArgs["records"]> => ({
  ownership: { value: `nylas-ownership-verify=${token}` },
  spf: { value: "v=spf1 include:nylas.example -all" },
  mx: { value: "10 inbound.nylas.example" },
  dkim: { host: "k._domainkey", value: "v=DKIM1; k=rsa; p=MIIB" },
  feedback: { host: "bounce", value: "10 feedback.nylas.example" },
});

describe("zoneFile", () => {
  let folder: string;
  beforeEach(
    () => void (folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "handover-")), "for", "acme")),
  );
  afterEach(() => fs.rmSync(path.dirname(path.dirname(folder)), { recursive: true, force: true }));

  const run = async (token: string, preview = false) => {
    const said: string[] = [];
    const { log } = console;
    console.log = (line: string) => void said.push(line);
    try {
      const dns = zoneFile({ path: folder });
      const { result, resources } = await declared(
        () => new AgentDomain("agents", { domainName, records: pasted(token), dns }),
        { preview },
      );
      return { handover: (await valueOf(result.dnsInstructions)).value!, resources, said };
    } finally {
      console.log = log;
    }
  };
  const zoneText = () => fs.readFileSync(path.join(folder, `${domainName}.zone`), "utf8");

  it("hands over the records as outputs and as files, and publishes nothing itself", async () => {
    const { handover, resources } = await run("abc");
    assert.deepEqual(handover.files, [
      path.join(folder, `${domainName}.zone`),
      path.join(folder, `${domainName}.md`),
    ]);
    assert.deepEqual(fs.readdirSync(folder).sort(), [`${domainName}.md`, `${domainName}.zone`]);
    assert.deepEqual(
      handover.files.map((file) => fs.readFileSync(file, "utf8")),
      [handover.zone, handover.table],
    );
    assert.match(handover.zone, /^agents\.example\.com\. +3600 IN MX  10 inbound\.nylas\.example\.$/m);
    assert.match(
      handover.zone,
      /^k\._domainkey\.agents\.example\.com\. 3600 IN TXT "v=DKIM1; k=rsa; p=MIIB"$/m,
    );
    assert.match(
      handover.table,
      /^\| MX \| `bounce\.agents\.example\.com` \| 10 \| `feedback\.nylas\.example` \| takes bounces/m,
    );
    const types = resources.map(({ type }) => type).filter((type) => !type.startsWith("pulumi:pulumi"));
    assert.deepEqual(types.sort(), [
      "pulumi-nodejs:dynamic/nylas:DomainVerification",
      "pulumi-nylas:index:AgentDomain",
    ]);
    const verification = resources.find(({ type }) => type.endsWith("DomainVerification"))!;
    assert.equal(verification.inputs.wait, false);
  });

  it("writes no file in a preview, though all is known", async () => {
    const { handover } = await run("abc", true);
    assert.match(handover.zone, /nylas-ownership-verify=abc/);
    assert.ok(!fs.existsSync(folder));
  });

  it("leaves files alone that say the same, and writes them again when a record changes", async () => {
    await run("abc");
    const file = path.join(folder, `${domainName}.zone`);
    const before = fs.statSync(file, { bigint: true });
    assert.deepEqual((await run("abc")).said, []);
    const after = fs.statSync(file, { bigint: true });
    assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
    assert.match((await run("rotated")).said.join(), /records to publish stand in .*\.zone and .*\.md/);
    assert.match(zoneText(), /nylas-ownership-verify=rotated/);
    assert.doesNotMatch(zoneText(), /abc/);
    assert.equal(fs.readdirSync(folder).length, 2, "no half-written file stays");
  });

  it("has the outputs without any file where no path is given, and unknown ones before Nylas was asked", async () => {
    const dns = zoneFile({ ttl: 60 });
    const { result } = await declared(
      () => new AgentDomain("agents", { domainName, records: pasted("x"), dns }),
    );
    const { value } = await valueOf(result.dnsInstructions);
    assert.deepEqual(value!.files, []);
    assert.match(value!.zone, / 60 +IN /);
    const fresh = await declared(() => new AgentDomain("agents", { domainName, dns }), { preview: true });
    assert.equal((await valueOf(fresh.result.dnsInstructions)).known, false);
  });

  it("is there under its former name, also from an adapter of others that has that name", async () => {
    const { dnsInstructions, ...rest } = zoneFile();
    const dns: DnsAdapter = { ...rest, handover: (request) => dnsInstructions!(request) };
    const { result } = await declared(
      () => new AgentDomain("agents", { domainName, records: pasted("x"), dns }),
    );
    const { value } = await valueOf(result.handover);
    assert.match(value!.zone, /agents\.example\.com\. +3600 IN MX/);
  });

  it("is undefined where the program publishes the records itself", async () => {
    const dns = cloudflareDns({ zoneId: "023e105f4ecef8ad9ca31a8372d0c353" });
    const { result } = await declared(
      () => new AgentDomain("agents", { domainName, records: pasted("x"), dns }),
    );
    assert.deepEqual(await valueOf(result.dnsInstructions), { known: true, value: undefined });
  });

  it("hands over DMARC with the rest where the program declares it", async () => {
    const { result } = await declared(
      () =>
        new AgentDomain("agents", {
          domainName,
          records: pasted("x"),
          dmarc: "v=DMARC1; p=none",
          dns: zoneFile(),
        }),
    );
    const { value } = await valueOf(result.dnsInstructions);
    assert.match(value!.zone, /^_dmarc\.agents\.example\.com\. +3600 IN TXT "v=DMARC1; p=none"$/m);
    assert.match(value!.table, /these 6 records/);
  });

  it("escapes what a zone file or a table would read as something else", () => {
    const nasty: SlottedRecord[] = [
      { slot: "mx", type: "MX", name: domainName, value: 'in;bound"(x)@$ORIGIN', priority: 5 },
      { slot: "spf", type: "TXT", name: domainName, value: 'a"b\\c;d|e`f<script>\n$INCLUDE /etc/passwd' },
      { slot: "dkim", type: "TXT", name: domainName, value: "a|b`c<i>&amp;" },
    ];
    const zone = zoneFragment(domainName, nasty, 300);
    assert.equal(zone.trimEnd().split("\n").length, 4, "a comment and one line for each record");
    assert.match(zone, / 5 in\\059bound\\034\\040x\\041\\064\\036ORIGIN\.$/m);
    assert.match(zone, / "a\\"b\\\\c;d\|e`f<script>\\010\$INCLUDE \/etc\/passwd"$/m);
    const table = markdownTable(domainName, nasty, 300);
    assert.match(table, /<code>a&#124;b&#96;c&#60;i&#62;&#38;amp;<\/code>/);
    assert.doesNotMatch(table, /<script>|<i>/);
    assert.ok(
      table
        .split("\n")
        .filter((line) => line.startsWith("|"))
        .every((line) => line.split("|").length === 7),
    );
  });

  it("refuses a TTL that is none", () => {
    assert.throws(
      () => zoneFile({ ttl: 1.5 }),
      (error: Error) => pulumi.RunError.isInstance(error) && /zoneFile: ttl/.test(error.message),
    );
  });
});
