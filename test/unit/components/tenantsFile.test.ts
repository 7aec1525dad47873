import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import Ajv from "ajv";
import { parse } from "yaml";
import { zoneFile } from "../../../provider/dns/adapters/zoneFile";
import { tenantsFromFile, tenantsJsonSchema, type TenantsOptions } from "../../../provider/tenants";
import { isSecret, run, value } from "../../integration/components/engine";

const PASSWORD = "Open-Sesame-0123456789";

describe("tenants from a file", () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "tenants-"))));
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => pulumi.runtime.setAllConfig({}));

  const written = (text: string, name = "tenants.yaml") => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const declare = (text: string, options?: TenantsOptions) =>
    run(() => tenantsFromFile(written(text), options));

  /** What is said of a file, line by line, without the folder; nothing may have been registered. */
  async function refused(text: string, options?: TenantsOptions): Promise<string[]> {
    let message = "";
    const { resources } = await run(() => {
      assert.throws(
        () => tenantsFromFile(written(text), options),
        (error: Error) => {
          assert.ok(pulumi.RunError.isInstance(error), error.stack);
          message = error.message;
          return true;
        },
      );
    });
    assert.deepEqual(resources, []);
    return message.replaceAll(`${folder}/`, "").split("\n");
  }

  it("keeps keys as they were written, whatever YAML would read them as", async () => {
    const { names } = await declare(`
tenants:
  00042:
    trial: acme.nylas.email
    accounts: { 007: {}, 0x1F: {}, 1e3: {}, 08: {}, true: {}, null: {} }
`);
    assert.deepEqual(
      names().filter((name) => name.startsWith("AgentAccount ")),
      ["007", "08", "0x1F", "1e3", "null", "true"].map((key) => `AgentAccount 00042/${key}@trial`),
    );
  });

  it("says that a key is wrong, with its line, beside everything else that is wrong", async () => {
    const wrong = await refused(`
tenants:
  acme:
    trial: acme.nylas.email
    accounts: { "sch eduling": {}, ops: { displayNam: x } }
  "b c": { trial: b.nylas.email, accounts: { x: {} } }
`);
    assert.deepEqual(
      wrong.map((line) => line.replace(/; allowed.*/, "")),
      [
        'tenants.yaml:5:17: tenants.acme.accounts: the key "sch eduling" cannot be used',
        "tenants.yaml:5:43: tenants.acme.accounts.ops: displayNam is not a property of this resource; did you mean displayName?",
        'tenants.yaml:6:3: tenants: the key "b c" cannot be used',
      ],
    );
    const twice = await refused(`
tenants:
  1: { trial: a.nylas.email, accounts: { x: {} } }
  "1": { trial: b.nylas.email, accounts: { x: {} } }
  ~: { trial: c.nylas.email, accounts: { x: {} } }
`);
    assert.deepEqual(
      twice.map((line) => line.replace(/; allowed.*/, "")),
      ['tenants.yaml:4:3: the key "1" stands twice in one map', "tenants.yaml:5:3: a key is empty"],
    );
  });

  it("G4: passes over no key in silence: a mailbox, a rule or a tenant that is named __proto__ is refused", async () => {
    const found = await refused(`
tenants:
  acme:
    trial: acme.nylas.email
    accounts: { constructor: {}, __proto__: {} }
    rules: { __proto__: { conditions: [{ field: from.domain, is: spam.example }], actions: [block] } }
  __proto__: { trial: acme.nylas.email, accounts: { x: {} } }
`);
    assert.deepEqual(
      found.map((line) => line.replace(/ names nothing.*/, "")),
      [
        'tenants.yaml:7:3: the key "__proto__"',
        'tenants.yaml:5:34: the key "__proto__"',
        'tenants.yaml:6:14: the key "__proto__"',
      ],
    );
  });

  it("makes each tenant with what it says, and what several share once", async () => {
    pulumi.runtime.setAllConfig(
      { "project:zoneId": "023e105f4ecef8ad9ca31a8372d0c353", "project:opsPassword": PASSWORD },
      ["project:opsPassword"],
    );
    const { inputs, names, result } = await declare(`
policies:
  careful: { limits: { dailySends: 50, attachmentTypes: [image/*] } }
dns:
  ours: { cloudflare: { zoneId: { config: zoneId }, zoneName: example.com } }
tenants:
  customer-a:
    domainName: a.agents.example.com
    dns: ours
    policy: careful
    accounts:
      ops: { displayName: Ops, appPassword: { secret: opsPassword } }
      billing:
  customer-b:
    trial: acme.nylas.email
    policy: { limits: { inboxRetentionDays: unlimited } }
    lists: { blocked: { type: domain, items: [spam.example] } }
    rules:
      spam: { conditions: [{ field: from.domain, inList: [blocked] }], actions: [trash] }
    sending: paused
    apiKey: { expiresAt: 2035-01-01T00:00:00Z, permissions: [messages.read] }
    accounts: { ops: {} }
`);
    assert.deepEqual(
      names().filter((name) => !/ customer-a$|^Dns/.test(name)),
      [
        "AgentAccount customer-a/billing",
        "AgentAccount customer-a/ops",
        "AgentAccount customer-b/ops@trial",
        "ApiKey customer-b",
        "List customer-b/blocked",
        "Policy careful",
        "Policy customer-b",
        "Principal customer-b",
        "Rule customer-b/sending-paused",
        "Rule customer-b/spam",
        "Workspace customer-b",
      ],
    );
    assert.deepEqual(inputs("Policy", "careful").limits, { dailySends: 50, attachmentTypes: ["image/*"] });
    assert.equal(inputs("Workspace", "customer-a").policyId, "careful-id");
    assert.equal(inputs("Workspace", "customer-b").policyId, "customer-b-id");
    assert.deepEqual(inputs("Policy", "customer-b").limits, { inboxRetentionDays: "unlimited" });
    assert.equal(inputs("DnsRecord", "customer-a-mx").zoneId, "023e105f4ecef8ad9ca31a8372d0c353");
    assert.equal(inputs("ApiKey", "customer-b").expiresAt, "2035-01-01T00:00:00Z");
    assert.equal(inputs("AgentAccount", "customer-a/ops").displayName, "Ops");
    assert.ok(isSecret(inputs("AgentAccount", "customer-a/ops").appPassword, PASSWORD));
    assert.deepEqual((await value(result.addresses)).value, {
      "customer-a": { ops: "ops@a.agents.example.com", billing: "billing@a.agents.example.com" },
      "customer-b": { ops: "customer-b-ops@acme.nylas.email" },
    });
    assert.deepEqual((await value(result.status)).value, { "customer-a": "verified", "customer-b": "trial" });
  });

  it("takes publishers and policies of the program by their names", async () => {
    const { inputs } = await declare(
      `
tenants:
  customer-a: { domainName: agents.customer-a.com, dns: theirs, policy: shared, accounts: {} }
`,
      { dns: { theirs: zoneFile() }, policies: { shared: pulumi.output("policy-1") } },
    );
    assert.equal(inputs("Workspace", "customer-a").policyId, "policy-1");
  });

  it("takes every argument of AgentDomain that is data, and the suffix of a move", async () => {
    const { inputs, names } = await declare(
      `
tenants:
  customer-a:
    domainName: agents.customer-a.com
    dns: { cloudflare: { zoneId: 023e105f4ecef8ad9ca31a8372d0c353, nameSuffix: new } }
    domainArgs: { allowUncheckedDns: true, allowImplicitMx: true }
    accounts: {}
  customer-b:
    domainName: agents.customer-b.com
    dns: { route53: { zoneId: Z1, nameSuffix: b } }
    accounts: {}
`,
    );
    const { allowUncheckedDns, allowImplicitMx } = inputs("DomainRecords", "customer-a");
    assert.deepEqual([allowUncheckedDns, allowImplicitMx], [true, true]);
    assert.ok(names().includes("DnsRecord customer-a-mx-new"), names().join(", "));
    assert.ok(names().includes("Record customer-b-mx-b"), names().join(", "));

    const said = await refused(`tenants:
  a:
    domainName: agents.customer-a.com
    dns: { cloudflare: { zoneId: 023e105f4ecef8ad9ca31a8372d0c353, nameSuffix: "a b" } }
    domainArgs: { allowImplicitMx: yes please }
    accounts: {}
`);
    assert.deepEqual(said.sort(), [
      'tenants.yaml:4:68: tenants.a.dns.cloudflare.nameSuffix: given "a b"; allowed: 1 to 40 letters, digits, hyphens, dots and underscores; for example new',
      'tenants.yaml:5:19: tenants.a.domainArgs.allowImplicitMx: given "yes please"; allowed: true or false; for example true',
    ]);
  });

  it("reads anchors, merges and JSON", async () => {
    const { names } = await declare(`
tenants:
  customer-a: &usual { trial: acme.nylas.email, accounts: { ops: {} } }
  customer-b: { <<: *usual, sending: paused }
`);
    assert.equal(names().filter((name) => name.startsWith("AgentAccount")).length, 2);
    const json = JSON.stringify({ tenants: { c: { trial: "acme.nylas.email", accounts: { ops: {} } } } });
    const fromJson = await run(() => tenantsFromFile(written(json, "tenants.json")));
    assert.deepEqual(fromJson.names(), ["AgentAccount c/ops@trial", "Workspace c"]);
  });

  it("says all that is wrong at once, each with file, line and path, what was given and what is allowed", async () => {
    const said = await refused(`policies:
  careful: { limits: { dailySends: many } }
tenants:
  customer-a:
    domainName: agents
    dns: { cloudflare: { zoneld: zone } }
    polcy: careful
    sending: off
    accounts:
      ops: { displayName: 5, onTrial: no }
    rules:
      spam: { conditions: [{ field: from.domain, is: x }, { field: to, is: x }], actions: [] }
  customer-b: { trial: { domainName: 7 } }
`);
    assert.deepEqual(said.sort(), [
      'tenants.yaml:10:14: tenants.customer-a.accounts.ops.displayName: given 5; allowed: 1 to 256 characters without line breaks and control characters; for example "Scheduling"',
      'tenants.yaml:10:30: tenants.customer-a.accounts.ops.onTrial: given "no"; allowed: true or false; for example false',
      'tenants.yaml:12:61: tenants.customer-a.rules.spam.conditions[1].field: given "to"; allowed: from.address, from.domain, from.tld, and with trigger: outbound recipient.address, recipient.domain, recipient.tld, outbound.type; for example from.domain',
      "tenants.yaml:12:82: tenants.customer-a.rules.spam.actions: given a list; allowed: a list of actions; for example [block]",
      "tenants.yaml:13:26: tenants.customer-b.trial.domainName: given 7; allowed: the trial domain; for example acme.nylas.email",
      "tenants.yaml:13:3: tenants.customer-b.accounts: given nothing; allowed: accounts by alias; for example { scheduling: { displayName: Scheduling } }",
      'tenants.yaml:2:24: policies.careful.limits.dailySends: given "many"; allowed: a whole number from 0, or "unlimited"; for example 50',
      'tenants.yaml:5:5: tenants.customer-a.domainName: given "agents"; allowed: a domain name of at least two labels (letters, digits and dashes, 1 to 63 each, 253 in all; names in other alphabets in their xn-- form); for example agents.customer-a.com',
      "tenants.yaml:6:12: tenants.customer-a.dns.cloudflare.zoneId: given nothing; allowed: the id of a zone, or { config: key }; for example { config: zoneId }",
      "tenants.yaml:6:26: tenants.customer-a.dns.cloudflare: zoneld is not a property of this resource; did you mean zoneId?",
      "tenants.yaml:7:5: tenants.customer-a: polcy is not a property of this resource; did you mean policy?",
      'tenants.yaml:8:5: tenants.customer-a.sending: given "off"; allowed: on or paused; for example paused',
    ]);
  });

  it("says what only a tenant as a whole can tell, of every tenant, before the first is made", async () => {
    const said = await refused(`tenants:
  customer-a:
    domainName: agents.customer-a.com
    dns: nobody
    accounts: { ops: {} }
  customer-b:
    trial: acme.nylas.email
    policy: careless
    accounts:
      ops: {}
      Ops: {}
  customer-c:
    trial: acme.nylas.email
    domainName: agents.customer-c.com
    dns: { zoneFile: {} }
    accounts: { ops: { appPassword: { secret: missing } } }
`);
    assert.match(
      said[0]!,
      /^tenants\.yaml:4:5: tenants\.customer-a\.dns: given "nobody"; allowed: an object of its own/,
    );
    assert.match(said[1]!, /^tenants\.yaml:8:5: tenants\.customer-b\.policy: given "careless"/);
    assert.match(
      said[2]!,
      /^tenants\.yaml:11:7: tenants\.customer-b: Tenant "customer-b": accounts\.Ops: is the same address as "ops"/,
    );
    assert.match(said.join("\n"), /^tenants\.yaml:16:17: tenants\.customer-c\.accounts\.ops: .*missing/m);
    assert.match(
      said.at(-1)!,
      /^tenants\.yaml:12:3: tenants\.customer-c: Tenant "customer-c": accountsOn: is missing, and there are two domains/,
    );
  });

  it("says where YAML itself is wrong", async () => {
    assert.match((await refused("tenants:\n  a: {}\n  a: {}\n"))[0]!, /^tenants\.yaml:3:3: .*unique/);
    assert.match((await refused("tenants: [\n"))[0]!, /^tenants\.yaml:2:1: /);
    assert.match((await refused(""))[0]!, /^tenants\.yaml:1:1: the file: given null/);
    await run(() =>
      assert.throws(
        () => tenantsFromFile(join(folder, "none.yaml")),
        /none\.yaml: cannot be read in .* \(ENOENT\)/,
      ),
    );
  });

  it("never shows a password that somebody has written into it", async () => {
    for (const accounts of [
      `{ ops: { appPassword: ${PASSWORD} } }`,
      `{ ops: ${PASSWORD} }`,
      `[{ alias: ops, appPassword: ${PASSWORD} }]`,
      `{ ops: { appPassword: { secret: "${PASSWORD} " } } }`,
    ]) {
      const said = await refused(`tenants:\n  a:\n    trial: acme.nylas.email\n    accounts: ${accounts}\n`);
      assert.ok(said.length > 0 && !said.join().includes(PASSWORD), said.join("\n"));
    }
  });

  /** `UPDATE_GOLDEN=1` writes it. */
  it("has a schema for editors that is the one it is held to", () => {
    const file = resolve(__dirname, "../../../provider/tenants.schema.json");
    const text = `${JSON.stringify(tenantsJsonSchema(), undefined, 2)}\n`;
    if (process.env["UPDATE_GOLDEN"]) writeFileSync(file, text);
    assert.equal(readFileSync(file, "utf8"), text);
    const tenant = (JSON.parse(text) as Schema).properties!["tenants"]!.additionalProperties as Schema;
    assert.equal(tenant.additionalProperties, false);

    const undescribed = Object.entries(tenant.properties!).filter(([, { description }]) => !description);
    assert.deepEqual(undescribed, []);
  });

  it("has a schema that another validator takes, and that says the same of a file as we do", () => {
    const validate = new Ajv({ strict: true, allErrors: true }).compile(tenantsJsonSchema());
    const example = readFileSync(resolve(__dirname, "../../../examples/tenants/tenants.yaml"), "utf8");
    assert.ok(validate(parse(example)), JSON.stringify(validate.errors));
    const tenant = (more: string) =>
      `tenants: { a: { trial: acme.nylas.email, accounts: { ops: {} }, ${more} } }`;
    for (const right of [
      "policy: { limits: { dailySends: unlimited } }",
      "sending: paused",
      "smokeTest: { send: true }",
    ]) {
      assert.ok(validate(parse(tenant(right))), `${right}: ${JSON.stringify(validate.errors)}`);
    }
    for (const wrong of [
      "policy: { limits: { dailySends: -1 } }",
      "sending: off",
      "polcy: careful",
      "lists: { blocked: { items: [] } }",
      "rules: { spam: { conditions: [], actions: [block] } }",
      "apiKey: { permissions: [messages.read] }",
      "workspace: { policyId: p }",
    ]) {
      assert.ok(!validate(parse(tenant(wrong))), wrong);
    }
  });
});

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
}
