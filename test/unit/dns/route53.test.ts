import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/aws/provider";
import { AgentDomain } from "../../../provider/components/agentDomain";
import { type AgentDomainArgs } from "../../../provider/components/agentDomainArgs";
import { route53Dns, type Route53DnsArgs } from "../../../provider/dns/adapters/route53";
import { declared } from "./declared";

const domainName = "agents.example.com";
const records = {
  ownership: { type: "TXT", name: domainName, value: "nylas-ownership-verify=abc" },
  spf: { type: "TXT", name: domainName, value: "v=spf1 include:nylas.example -all" },
  mx: { type: "MX", name: domainName, value: "Inbound.nylas.example.", priority: 20 },
  dkim: { type: "TXT", name: `k._domainkey.${domainName}`, value: `v=DKIM1; p=${"M".repeat(300)}` },
  feedback: { type: "MX", name: `bounce.${domainName}`, value: "feedback.nylas.example", priority: 10 },
};
const outputs = {
  "pulumi-nodejs:dynamic/nylas:DomainRecords": { records },
  "pulumi-nodejs:dynamic/nylas:DomainVerification": { status: "verified" },
};

const declare = (
  dns: Partial<Route53DnsArgs> = {},
  args: Partial<AgentDomainArgs> = {},
  provider?: () => pulumi.ProviderResource,
) =>
  new AgentDomain("agents", {
    domainName,
    dns: route53Dns(
      { zoneId: "Z1", zoneName: "example.com", ...dns },
      provider ? { provider: provider() } : {},
    ),
    ...args,
  });

async function recordSets(program: () => unknown, preview = false) {
  const { resources } = await declared(program, { preview, outputs });
  const sets = resources.filter(({ type }) => type === "aws:route53/record:Record");
  return Object.fromEntries(sets.map((set) => [set.name, set]));
}

async function refuses(program: () => unknown, message: RegExp): Promise<void> {
  const { resources } = await declared(() =>
    assert.throws(
      program,
      (error: Error) => pulumi.RunError.isInstance(error) && message.test(error.message),
    ),
  );
  const made = resources.filter(({ type }) => type === "aws:route53/record:Record");
  assert.deepEqual(made, []);
}

describe("route53Dns", () => {
  it("declares one record set for each name and type, in the official resource's form", async () => {
    const sets = await recordSets(() => declare({}, { dmarc: "v=DMARC1; p=reject" }));
    assert.deepEqual(Object.keys(sets).sort(), [
      "agents-dkim",
      "agents-dmarc",
      "agents-feedback",
      "agents-mx",
      "agents-txt",
    ]);
    assert.deepEqual(sets["agents-txt"]!.inputs, {
      zoneId: "Z1",
      name: domainName,
      type: "TXT",
      ttl: 300,
      records: ["nylas-ownership-verify=abc", "v=spf1 include:nylas.example -all"],
    });
    assert.deepEqual(sets["agents-mx"]!.inputs.records, ["20 inbound.nylas.example"]);
    assert.deepEqual(sets["agents-feedback"]!.inputs.records, ["10 feedback.nylas.example"]);
    assert.match(String(sets["agents-dkim"]!.inputs.records), /^v=DKIM1; p=M{244}""M{56}$/);
    assert.deepEqual(
      [sets["agents-dmarc"]!.inputs.name, sets["agents-dmarc"]!.inputs.records],
      ["_dmarc.agents.example.com", ["v=DMARC1; p=reject"]],
    );
    for (const { inputs } of Object.values(sets)) assert.ok(!("allowOverwrite" in inputs));
  });

  it("shows names, and the values that are kept, in the preview of a new domain", async () => {
    const sets = await recordSets(() => declare({ existing: ["google-site-verification=x"] }), true);
    const names = Object.values(sets).map(({ name, inputs }) => {
      return `${name} ${inputs.type} ${typeof inputs.name === "string" ? inputs.name : "[unknown]"}`;
    });
    assert.deepEqual(names.sort(), [
      "agents-dkim TXT [unknown]",
      "agents-feedback MX [unknown]",
      `agents-mx MX ${domainName}`,
      `agents-txt TXT ${domainName}`,
    ]);
    assert.equal((sets["agents-txt"]!.inputs.records as unknown[])[2], "google-site-verification=x");
  });

  it("keeps the other values at the domain, in Route 53's form and each once", async () => {
    const existing = ["one", '"one"', 'say "ü" \\', pulumi.output("later")];
    const sets = await recordSets(() => declare({ existing }));
    const values = sets["agents-txt"]!.inputs.records as string[];
    assert.deepEqual(values.slice(2), ["one", 'say \\"\\303\\274\\" \\134', "later"]);
  });

  it("follows hosts: whatever stands at the domain is one set, and moves within it in place", async () => {
    const hosts = { ownership: "_nylas", dkim: "k._domainkey" };
    const sets = await recordSets(() => declare({ existing: ["one"] }, { hosts }), true);
    assert.deepEqual(Object.keys(sets).sort(), [
      "agents-dkim",
      "agents-feedback",
      "agents-mx",
      "agents-ownership",
      "agents-txt",
    ]);
    assert.equal(sets["agents-ownership"]!.inputs.name, `_nylas.${domainName}`);
    assert.equal(sets["agents-dkim"]!.inputs.name, `k._domainkey.${domainName}`);
    const values = sets["agents-txt"]!.inputs.records as unknown[];
    assert.deepEqual([values.length, values[1]], [2, "one"]);
  });

  it("takes over by the official import, and leaves the values alone as long as it says so", async () => {
    const adopt = { spf: true, mx: true, dkim: "Z1_k._domainkey.agents.example.com_TXT" } as const;
    const untouched: Record<string, string[] | undefined> = {};
    const look: pulumi.ResourceTransformation = ({ name, type, opts }) => {
      if (type === "aws:route53/record:Record") untouched[name] = opts.ignoreChanges;
      return undefined;
    };
    const dns = route53Dns({ zoneId: "/hostedzone/Z1", adopt });
    const sets = await recordSets(
      () => new AgentDomain("agents", { domainName, dns }, { transformations: [look] }),
      true,
    );
    const imported = Object.fromEntries(Object.entries(sets).map(([name, { id }]) => [name, id ?? ""]));
    assert.deepEqual(imported, {
      "agents-dkim": "Z1_k._domainkey.agents.example.com_TXT",
      "agents-feedback": "",
      "agents-mx": "Z1_agents.example.com_MX",
      "agents-txt": "Z1_agents.example.com_TXT",
    });
    const values = ["records", "ttl"];
    assert.deepEqual(untouched, {
      "agents-dkim": values,
      "agents-feedback": undefined,
      "agents-mx": values,
      "agents-txt": values,
    });
  });

  it("waits for verification, except while it takes over", () => {
    assert.equal(route53Dns({ zoneId: "Z1" }).waitByDefault, true);
    assert.equal(route53Dns({ zoneId: "Z1", adopt: { mx: true } }).waitByDefault, false);
  });

  it("hands on the provider of another account, and the TTL", async () => {
    const sets = await recordSets(() =>
      declare({ ttl: 60 }, {}, () => new Provider("customer", { region: "eu-west-1" })),
    );
    assert.match(sets["agents-mx"]!.provider ?? "", /customer/);
    assert.equal(sets["agents-mx"]!.inputs.ttl, 60);
  });

  it("refuses a domain outside the zone, at the boundary of a label", () =>
    refuses(
      () => declare({}, { domainName: "agents.myexample.com" }),
      /does not lie in the zone example\.com \(route53\)/,
    ));
  it("refuses a second SPF record among the values to keep", () =>
    refuses(
      () => declare({ existing: ["v=spf1 include:_spf.google.com ~all"] }),
      /is an SPF record, .* known: \{ spf:/,
    ));
  it("refuses to declare the ownership value twice", () =>
    refuses(
      () => declare({ existing: ['"nylas-ownership-verify=old"'] }),
      /AgentDomain declares; leave it out/,
    ));
  it("refuses values to keep where no record set of the program holds them", () =>
    refuses(
      () => declare({ existing: ["x"] }, { hosts: { ownership: "_a", spf: "_b" } }),
      /existing: hosts puts no TXT/,
    ));
  it("refuses to take over what it cannot name, and says how to write it", async () => {
    await refuses(
      () => declare({ adopt: { dkim: true } }),
      /adopt\.dkim: the name of the dkim record .*"<zone id>_<name>_TXT"/,
    );
    await refuses(
      () => declare({ zoneId: pulumi.output("Z1"), adopt: { mx: true } }),
      /adopt\.mx: zoneId is not known .*"<zone id>_agents\.example\.com_MX"/,
    );
  });
});
