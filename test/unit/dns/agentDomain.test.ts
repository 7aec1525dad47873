import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/cloudflare/provider";
import { AgentDomain } from "../../../provider/components/agentDomain";
import { type AgentDomainArgs } from "../../../provider/components/agentDomainArgs";
import type { DnsAdapter, PublishRequest } from "../../../provider/dns/adapters/adapter";
import { cloudflareDns } from "../../../provider/dns/adapters/cloudflare";
import type { RecordSlots } from "../../../provider/dns/layout";

const domainName = "agents.example.com";
const answered: RecordSlots = {
  ownership: { type: "TXT", name: domainName, value: "nylas-ownership-verify=abc" },
  spf: { type: "TXT", name: domainName, value: "v=spf1 include:nylas.example -all" },
  mx: { type: "MX", name: domainName, value: "inbound.nylas.example", priority: 20 },
  dkim: { type: "TXT", name: `k._domainkey.${domainName}`, value: `v=DKIM1; p=${"M".repeat(300)}` },
  feedback: { type: "MX", name: `bounce.${domainName}`, value: "feedback.nylas.example", priority: 10 },
};
const pasted = {
  ownership: { host: "@", value: '"nylas-ownership-verify=abc"' },
  spf: { value: "v=spf1 include:nylas.example -all" },
  mx: { host: "@", value: "20 inbound.nylas.example." },
  dkim: { host: "k._domainkey", value: answered.dkim.value },
  feedback: { host: `bounce.${domainName}`, value: "feedback.nylas.example" },
};

const types = {
  "pulumi-nodejs:dynamic/nylas:Domain": "Domain",
  "pulumi-nodejs:dynamic/nylas:DomainRecords": "DomainRecords",
  "pulumi-nodejs:dynamic/nylas:DomainVerification": "DomainVerification",
  "cloudflare:index/dnsRecord:DnsRecord": "DnsRecord",
} as Record<string, string>;

interface Registered extends pulumi.runtime.MockResourceArgs {
  kind: string;
}

/** A program against an engine that only remembers: in a preview nothing but the inputs is known. */
async function run<T>(
  program: () => T,
  { preview = false } = {},
): Promise<{ result: T; resources: Registered[]; find: (kind: string, name: string) => Registered }> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        resources.push({ ...args, kind: types[args.type] ?? args.type });
        if (preview) return { id: undefined as unknown as string, state: args.inputs };
        const outputs = {
          DomainRecords: { records: answered },
          DomainVerification: { status: "verified" },
        }[types[args.type] ?? ""];
        return { id: `${args.name}-id`, state: { ...args.inputs, ...outputs } };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    preview,
  );
  const result = program();
  await pulumi.runtime.disconnect();
  const find = (kind: string, name: string): Registered => {
    const found = resources.find((resource) => resource.kind === kind && resource.name === name);
    assert.ok(found, `${kind} ${name} among ${resources.map((r) => `${r.kind} ${r.name}`).join(", ")}`);
    return found;
  };
  return { result, resources, find };
}

const dns = (): DnsAdapter =>
  cloudflareDns({ zoneId: "023e105f4ecef8ad9ca31a8372d0c353", zoneName: "example.com" });
const declare = (args: Partial<AgentDomainArgs> = {}, opts?: pulumi.ComponentResourceOptions): AgentDomain =>
  new AgentDomain("agents", { domainName, dns: dns(), ...args }, opts);

async function refuses(args: Partial<AgentDomainArgs>, message: RegExp): Promise<void> {
  const { resources } = await run(() => {
    assert.throws(
      () => declare(args),
      (error: Error) => pulumi.RunError.isInstance(error) && message.test(error.message),
    );
  });
  assert.deepEqual(
    resources.filter(({ kind }) => kind !== "pulumi:pulumi:Stack"),
    [],
  );
}

async function value<T>(output: pulumi.Output<T>): Promise<{ known: boolean; value: T }> {
  const inner = output as unknown as { isKnown: Promise<boolean>; promise(): Promise<T> };
  return { known: await inner.isKnown, value: await inner.promise() };
}

describe("AgentDomain", () => {
  it("publishes in Cloudflare what Nylas asks for, each value as one record in Cloudflare's own form", async () => {
    const { find } = await run(() => declare());
    assert.deepEqual(find("DnsRecord", "agents-mx").inputs, {
      zoneId: "023e105f4ecef8ad9ca31a8372d0c353",
      type: "MX",
      name: domainName,
      content: "inbound.nylas.example",
      priority: 20,
      ttl: 1,
      proxied: false,
    });
    assert.deepEqual(find("DnsRecord", "agents-ownership").inputs, {
      zoneId: "023e105f4ecef8ad9ca31a8372d0c353",
      type: "TXT",
      name: domainName,
      content: '"nylas-ownership-verify=abc"',
      ttl: 1,
      proxied: false,
    });
    const dkim = find("DnsRecord", "agents-dkim").inputs as { name: string; content: string };
    assert.equal(dkim.name, `k._domainkey.${domainName}`);
    assert.match(dkim.content, /^"v=DKIM1; p=M{244}" "M{56}"$/);
    assert.equal((find("DnsRecord", "agents-feedback").inputs as { priority: number }).priority, 10);
  });

  it("registers the domain, asks for its records, and verifies what it asked for", async () => {
    const { find, result } = await run(() =>
      declare({ name: "Agents", forceDestroy: true, dkimKeyLength: 1024 }),
    );
    const domain = find("Domain", "agents").inputs as Record<string, unknown>;
    assert.deepEqual([domain.domainName, domain.name, domain.forceDestroy], [domainName, "Agents", true]);
    const records = find("DomainRecords", "agents").inputs as Record<string, unknown>;
    assert.deepEqual([records.domainId, records.dkimKeyLength], ["agents-id", 1024]);
    const verification = find("DomainVerification", "agents").inputs as Record<string, unknown>;
    assert.deepEqual([verification.wait, verification.records], [true, answered]);
    assert.equal((await value(result.status)).value, "verified");
  });

  it("shows every record and the address of a mailbox in the preview of a new domain", async () => {
    const { resources, result } = await run(() => ({ mailbox: declare().mailbox("scheduling") }), {
      preview: true,
    });
    const names = Object.fromEntries(
      resources
        .filter(({ kind }) => kind === "DnsRecord")
        .map(({ name, inputs }) => {
          const input = inputs as { type: string; name: unknown };
          return [name, `${input.type} ${typeof input.name === "string" ? input.name : "[unknown]"}`];
        }),
    );
    assert.deepEqual(names, {
      "agents-ownership": `TXT ${domainName}`,
      "agents-spf": `TXT ${domainName}`,
      "agents-mx": `MX ${domainName}`,
      "agents-dkim": "TXT [unknown]",
      "agents-feedback": "MX [unknown]",
    });
    assert.deepEqual(await value(result.mailbox), { known: true, value: "scheduling@agents.example.com" });
  });

  it("shows the names of DKIM and feedback too, where hosts say them", async () => {
    const { find } = await run(() => declare({ hosts: { dkim: "k._domainkey", ownership: "_nylas" } }), {
      preview: true,
    });
    assert.equal(
      (find("DnsRecord", "agents-dkim").inputs as { name: string }).name,
      `k._domainkey.${domainName}`,
    );
    assert.equal(
      (find("DnsRecord", "agents-ownership").inputs as { name: string }).name,
      `_nylas.${domainName}`,
    );
  });

  it("makes a mailbox wait for the verification, and that for the DNS records", async () => {
    const { result } = await run(() => declare().mailbox("scheduling"));
    const dependencies = await (
      result as unknown as { allResources(): Promise<Set<pulumi.Resource>> }
    ).allResources();
    const names = await Promise.all([...dependencies].map((resource) => value(resource.urn)));
    assert.deepEqual(
      names.map((urn) => urn.value.split("$").at(-1)),
      ["pulumi-nodejs:dynamic/nylas:DomainVerification::agents"],
    );
  });

  it("puts everything below the component", async () => {
    const made: pulumi.Resource[] = [];
    const collect: pulumi.ResourceTransformation = ({ resource }) => {
      made.push(resource);
      return undefined;
    };
    await run(() => declare({}, { transformations: [collect] }));
    const urns = await Promise.all(made.map(async (resource) => (await value(resource.urn)).value));
    const below = urns.filter((urn) => urn.includes("::pulumi-nylas:index:AgentDomain$"));
    assert.deepEqual([urns.length, below.length], [9, 8]);
  });

  it("publishes DMARC only where the program says it, with the text it says", async () => {
    const { find } = await run(() => declare({ dmarc: "v=DMARC1; p=reject" }), { preview: true });
    const inputs = find("DnsRecord", "agents-dmarc").inputs as { name: string; content: string };
    assert.deepEqual([inputs.name, inputs.content], ["_dmarc.agents.example.com", '"v=DMARC1; p=reject"']);
    const { resources } = await run(() => declare());
    assert.ok(!resources.some(({ name }) => name === "agents-dmarc"));
  });

  it("hands the provider of another account to the records, and takes over records by their id", async () => {
    const { find } = await run(() => {
      const provider = new Provider("customer", { apiToken: "t".repeat(40) });
      return declare({
        dns: cloudflareDns(
          { zoneId: "023e105f4ecef8ad9ca31a8372d0c353", adopt: { mx: "rec", spf: "z2/rec2" } },
          { provider },
        ),
      });
    });
    assert.match(find("DnsRecord", "agents-mx").provider ?? "", /customer/);
    assert.equal(find("DnsRecord", "agents-mx").custom, true);
    assert.equal(find("DnsRecord", "agents-mx").id, "023e105f4ecef8ad9ca31a8372d0c353/rec");
    assert.equal(find("DnsRecord", "agents-spf").id, "z2/rec2");
    assert.ok(!find("DnsRecord", "agents-dkim").id);
  });

  it("passes down the providers it was given", async () => {
    const { find } = await run(() => {
      const provider = new Provider("inherited", { apiToken: "t".repeat(40) });
      return declare({}, { providers: [provider] });
    });
    assert.match(find("DnsRecord", "agents-dkim").provider ?? "", /inherited/);
  });

  it("does not wait where somebody else publishes the records", async () => {
    const byHand: DnsAdapter = { kind: "by hand", waitByDefault: false, publish: () => [] };
    const { find } = await run(() => declare({ dns: byHand }));
    assert.equal((find("DomainVerification", "agents").inputs as { wait: boolean }).wait, false);
    const waiting = await run(() => declare({ dns: byHand, wait: true }));
    assert.equal((waiting.find("DomainVerification", "agents").inputs as { wait: boolean }).wait, true);
  });

  it("takes the limit of the wait from the component's own options", async () => {
    const { find } = await run(() => declare({}, { customTimeouts: { create: "2m" } }));
    assert.equal(
      (find("DomainVerification", "agents").inputs as { timeoutSeconds: number }).timeoutSeconds,
      120,
    );
  });

  it("asks another vendor's adapter once, with plain names where they are known", async () => {
    const requests: PublishRequest[] = [];
    const own: DnsAdapter = {
      kind: "own",
      waitByDefault: true,
      publish: (request) => {
        requests.push(request);
        return [];
      },
    };
    await run(() => declare({ domainName: "Agents.Bücher.example.", dns: own }));
    assert.equal(requests.length, 1);
    assert.equal(requests[0]!.domainName, "agents.xn--bcher-kva.example");
    assert.equal(
      requests[0]!.records.find(({ slot }) => slot === "mx")?.name,
      "agents.xn--bcher-kva.example",
    );
    assert.ok(pulumi.Output.isInstance(requests[0]!.records.find(({ slot }) => slot === "dkim")?.name));
    assert.deepEqual(
      requests[0]!.records.map(({ type, priority }) => [type, priority !== undefined]),
      [
        ["TXT", false],
        ["TXT", false],
        ["MX", true],
        ["TXT", false],
        ["MX", true],
      ],
    );
  });

  describe("with the records pasted from the Dashboard", () => {
    it("publishes them, known in the preview, and neither registers nor asks anything at Nylas", async () => {
      const { resources, find, result } = await run(() => declare({ records: pasted }), { preview: true });
      assert.ok(!resources.some(({ kind }) => kind === "Domain" || kind === "DomainRecords"));
      assert.equal((find("DnsRecord", "agents-mx").inputs as { priority: number }).priority, 20);
      assert.equal(
        (find("DnsRecord", "agents-dkim").inputs as { name: string }).name,
        `k._domainkey.${domainName}`,
      );
      const verification = find("DomainVerification", "agents").inputs as Record<string, unknown>;
      assert.equal(verification.domainId, undefined);
      assert.deepEqual(verification.records, answered);
      assert.deepEqual(await value(result.domainId), { known: true, value: undefined });
    });

    it("refuses an incomplete or misplaced set, and what has no meaning beside it", async () => {
      await refuses({ records: { mx: pasted.mx } }, /records: ownership, spf, dkim, feedback missing/);
      await refuses(
        { records: { ...pasted, spf: { host: "other", value: "v=spf1 -all" } } },
        /hosts: \{ spf: "other" \}/,
      );
      await refuses({ records: pasted, adopt: true }, /adopt: has no meaning beside records/);
    });
  });

  it("hands records that are known already to the resource that would ask for them", async () => {
    const { find } = await run(() =>
      declare({
        known: {
          spf: { value: "v=spf1 include:a include:b -all" },
          dkim: { host: "k._domainkey", value: '"v=DKIM1; p=M"' },
        },
      }),
    );
    assert.deepEqual((find("DomainRecords", "agents").inputs as { known: unknown }).known, {
      spf: { type: "TXT", name: domainName, value: "v=spf1 include:a include:b -all" },
      dkim: { type: "TXT", name: `k._domainkey.${domainName}`, value: "v=DKIM1; p=M" },
    });
  });

  describe("refuses before anything is registered", () => {
    it("a domain outside the zone, naming both", () =>
      refuses(
        { domainName: "agents.myexample.com" },
        /agents\.myexample\.com does not lie in the zone example\.com/,
      ));
    it("a name that no preview could show", () =>
      refuses(
        { domainName: pulumi.output("x.example.com") as unknown as string },
        /domainName: has to be a plain string/,
      ));
    it("a name the DNS has no place for", () =>
      refuses(
        { domainName: "agents..example.com" },
        /domainName: "agents\.\.example\.com" has an empty label/,
      ));
    it("a registrable domain without allowApex", () =>
      refuses({ domainName: "example.com" }, /allowApex: true/));
    it("a DMARC text that is none", () => refuses({ dmarc: "p=reject" }, /dmarc: .*begins with v=DMARC1/));
    it("a host outside the domain", () =>
      refuses(
        { hosts: { mx: "example.com." } },
        /hosts\.mx: given "example\.com\.": example\.com does not lie/,
      ));
  });

  it("accepts a registrable domain with allowApex, and hands the word on", async () => {
    const { find } = await run(() => declare({ domainName: "example.com", allowApex: true }));
    assert.equal((find("DomainRecords", "agents").inputs as { allowApex: boolean }).allowApex, true);
  });

  it("refuses an address where the part before the @ belongs", async () => {
    await run(() =>
      assert.throws(() => declare().mailbox("a@agents.example.com"), /part before the @ alone/),
    );
  });
});

describe("cloudflareDns", () => {
  it("refuses to take over a record by its bare id while the zone is an output", () => {
    const zoneId = pulumi.output("023e105f4ecef8ad9ca31a8372d0c353");
    assert.throws(() => cloudflareDns({ zoneId, adopt: { mx: "rec" } }), /adopt\.mx: .*"<zone id>\/rec"/);
  });

  it("loads the one module of @pulumi/cloudflare it needs", () => {
    const loaded = Object.keys(require.cache).filter((file) => /@pulumi\/cloudflare\/[^/]+\.js$/.test(file));
    assert.ok(loaded.some((file) => file.endsWith("dnsRecord.js")));
    assert.ok(!loaded.some((file) => file.endsWith("cloudflare/index.js")));
  });
});
