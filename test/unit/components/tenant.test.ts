import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { AgentDomain } from "../../../provider/components/agentDomain";
import { Tenant } from "../../../provider/components/tenant";
import { type TenantArgs } from "../../../provider/components/tenantArgs";
import { cloudflareDns } from "../../../provider/dns/adapters/cloudflare";
import { zoneFile } from "../../../provider/dns/adapters/zoneFile";
import { run, value } from "../../integration/components/engine";

const domainName = "agents.customer-a.com";
const trial = "acme.nylas.email";
const dns = () => cloudflareDns({ zoneId: "023e105f4ecef8ad9ca31a8372d0c353", zoneName: "customer-a.com" });
const own = (): TenantArgs => ({ domainName, dns: dns(), accounts: { scheduling: {} } });
const both = (more: Partial<TenantArgs> = {}): TenantArgs => ({
  ...own(),
  trial,
  accountsOn: "own",
  ...more,
});

async function refuses(args: unknown, ...said: RegExp[]): Promise<void> {
  await refusesNamed("customer-a", args, ...said);
}

async function refusesNamed(name: string, args: unknown, ...said: RegExp[]): Promise<void> {
  const { resources } = await run(() => {
    assert.throws(
      () => new Tenant(name, args as TenantArgs),
      (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error), error.stack);
        for (const each of said) assert.match(error.message, each);
        return true;
      },
    );
  });
  assert.deepEqual(resources, []);
}

describe("Tenant", () => {
  it("is a domain with its records, a policy, a workspace that names it, and accounts in that", async () => {
    const { inputs, names, result } = await run(
      () =>
        new Tenant("customer-a", {
          ...own(),
          domainArgs: { dmarc: "v=DMARC1; p=reject" },
          policy: { limits: { dailySends: 50 } },
          accounts: { scheduling: { displayName: "Scheduling" }, billing: {} },
        }),
    );
    assert.deepEqual(names(), [
      "AgentAccount customer-a/billing",
      "AgentAccount customer-a/scheduling",
      "DnsRecord customer-a-dkim",
      "DnsRecord customer-a-dmarc",
      "DnsRecord customer-a-feedback",
      "DnsRecord customer-a-mx",
      "DnsRecord customer-a-ownership",
      "DnsRecord customer-a-spf",
      "Domain customer-a",
      "DomainRecords customer-a",
      "DomainVerification customer-a",
      "Policy customer-a",
      "Workspace customer-a",
    ]);
    assert.deepEqual(inputs("Policy", "customer-a").limits, { dailySends: 50 });
    assert.equal(inputs("Workspace", "customer-a").policyId, "customer-a-id");
    const { email, displayName, workspaceId } = inputs("AgentAccount", "customer-a/scheduling");
    assert.deepEqual(
      { email, displayName, workspaceId },
      { email: "scheduling@agents.customer-a.com", displayName: "Scheduling", workspaceId: "customer-a-id" },
    );
    assert.deepEqual((await value(result.grantIds)).value, {
      scheduling: "customer-a/scheduling-id",
      billing: "customer-a/billing-id",
    });
    assert.deepEqual(
      [result.accountsOn, result.sending, (await value(result.status)).value],
      ["own", "on", "verified"],
    );
  });

  it("shows every address in the preview of a new tenant", async () => {
    const { result } = await run(() => new Tenant("customer-a", own()), { preview: true });
    assert.deepEqual(await value(result.addresses), {
      known: true,
      value: { scheduling: "scheduling@agents.customer-a.com" },
    });
  });

  it("shares what tenants share: a domain, a policy, rules", async () => {
    const { inputs, names } = await run(() => {
      const domain = new AgentDomain("agents", { domainName, dns: zoneFile() });
      new Tenant("customer-a", {
        domain,
        policyId: "shared-policy",
        ruleIds: [pulumi.output("shared-rule")],
        accounts: { "a-ops": {} },
      });
      new Tenant("customer-b", { domain, policyId: "shared-policy", accounts: { "b-ops": {} } });
    });
    assert.deepEqual(
      names().filter((name) => !/ agents$/.test(name)),
      [
        "AgentAccount customer-a/a-ops",
        "AgentAccount customer-b/b-ops",
        "Workspace customer-a",
        "Workspace customer-b",
      ],
    );
    const { policyId, ruleIds } = inputs("Workspace", "customer-a");
    assert.deepEqual({ policyId, ruleIds }, { policyId: "shared-policy", ruleIds: ["shared-rule"] });
    assert.equal(inputs("AgentAccount", "customer-b/b-ops").email, "b-ops@agents.customer-a.com");
  });

  it("lets rules name the tenant's lists, and lists of others by their ids", async () => {
    const { inputs } = await run(
      () =>
        new Tenant("customer-a", {
          trial,
          accounts: {},
          lists: { blocked: { type: "domain", items: ["spam.example"] } },
          rules: {
            spam: {
              conditions: [{ field: "from.domain", inList: ["blocked", "shared-list-id"] }],
              actions: ["block"],
            },
          },
        }),
    );
    assert.deepEqual(inputs("Rule", "customer-a/spam").conditions, [
      { field: "from.domain", inList: ["customer-a/blocked-id", "shared-list-id"] },
    ]);
    assert.deepEqual(inputs("Workspace", "customer-a").ruleIds, ["customer-a/spam-id"]);
  });

  it("hands its connection to everything it makes", async () => {
    const { resources } = await run(
      () =>
        new Tenant("customer-a", {
          ...both(),
          connection: "eu",
          policy: {},
          smokeTest: true,
          sending: "paused",
          lists: { l: { type: "tld" } },
          rules: { r: { conditions: [{ field: "from.tld", is: "zip" }], actions: ["trash"] } },
          apiKey: { expiresAt: "2035-01-01T00:00:00Z", permissions: ["messages.read"] },
        }),
    );
    const without = resources.filter(
      ({ type, inputs }) =>
        type.startsWith("pulumi-nodejs:dynamic/nylas:") &&
        (inputs as { connection?: string }).connection !== "eu",
    );
    assert.deepEqual(
      without.map(({ kind, name }) => `${kind} ${name}`),
      [],
    );
    assert.deepEqual(
      [...new Set(resources.map(({ kind }) => kind))].sort().join(" "),
      "AgentAccount AgentDomain ApiKey DnsRecord Domain DomainRecords DomainVerification List Policy Principal Rule SmokeTest Tenant Workspace",
    );
  });

  it("gives the tenant a key that is bound to its workspace", async () => {
    const { inputs, result } = await run(
      () =>
        new Tenant("customer-a", {
          trial,
          accounts: {},
          apiKey: {
            expiresAt: "2035-01-01T00:00:00Z",
            permissions: ["messages.read"],
            rotateWhenChanged: { quarter: "1" },
          },
        }),
    );
    const { boundTo, permissions } = inputs("Principal", "customer-a");
    assert.deepEqual(
      { boundTo, permissions },
      { boundTo: { workspace: "customer-a-id" }, permissions: ["messages.read"] },
    );
    const { principalId, expiresAt, rotateWhenChanged } = inputs("ApiKey", "customer-a");
    assert.deepEqual(
      { principalId, expiresAt, rotateWhenChanged },
      {
        principalId: "customer-a-id",
        expiresAt: "2035-01-01T00:00:00Z",
        rotateWhenChanged: { quarter: "1" },
      },
    );
    assert.equal((await value(result.apiKey)).value, "the-key");
  });

  describe("on the trial domain", () => {
    it("begins its addresses with its name, because the trial domain serves all tenants", async () => {
      const { inputs, result } = await run(
        () => new Tenant("customer-a", { trial, accounts: { scheduling: {} } }),
      );
      const { email } = inputs("AgentAccount", "customer-a/scheduling@trial");
      assert.equal(email, "customer-a-scheduling@acme.nylas.email");
      assert.equal((await value(result.status)).value, "trial");
    });

    it("has the same resources before and after the own domain is declared, beside that", async () => {
      const before = await run(() => new Tenant("customer-a", { trial, accounts: { scheduling: {} } }));
      const declared = await run(() => new Tenant("customer-a", both({ accountsOn: "trial" })));
      const added = declared.names().filter((name) => !before.names().includes(name));
      assert.deepEqual(
        before.names().filter((name) => !declared.names().includes(name)),
        [],
      );
      assert.ok(
        added.every((name) => /^(Dns|Domain)/.test(name)),
        added.join(", "),
      );
      assert.equal((await value(declared.result.status)).value, "verified");
      assert.equal(declared.result.accountsOn, "trial");
    });
  });

  describe("when it is switched to its own domain", () => {
    it("gets one new mailbox for each account, and keeps every resource it had", async () => {
      const before = await run(() => new Tenant("customer-a", both({ accountsOn: "trial" })));
      const after = await run(() => new Tenant("customer-a", both()));
      const added = after.names().filter((name) => !before.names().includes(name));
      assert.deepEqual(added, ["AgentAccount customer-a/scheduling"]);
      assert.deepEqual(
        before.names().filter((name) => !after.names().includes(name)),
        [],
      );
      const old = "customer-a/scheduling@trial";
      assert.deepEqual(after.inputs("AgentAccount", old), before.inputs("AgentAccount", old));
      assert.deepEqual((await value(after.result.addresses)).value, {
        scheduling: "scheduling@agents.customer-a.com",
      });
      assert.deepEqual(Object.keys(after.result.trialAccounts), ["scheduling"]);
    });

    it("says which mailboxes are in use, which stay, and how those end one day; before, it says nothing", async () => {
      const before = await run(() => new Tenant("customer-a", both({ accountsOn: "trial" })));
      assert.equal(before.said, "");
      const { said } = await run(() => new Tenant("customer-a", both()));
      assert.match(
        said,
        /run on the own domain: scheduling@agents\.customer-a\.com\. .* stay, .*: customer-a-scheduling@acme\.nylas\.email\. .*retire: true/,
      );
    });

    it("does not take a word about the mailbox in use for one about the mailbox that stays", async () => {
      const args = both({ accounts: { scheduling: { forceDestroy: true, adopt: true } } });
      const { inputs } = await run(() => new Tenant("customer-a", args));
      const { forceDestroy, adopt } = inputs("AgentAccount", "customer-a/scheduling@trial");
      assert.deepEqual([forceDestroy, adopt], [undefined, undefined]);
      const used = inputs("AgentAccount", "customer-a/scheduling");
      assert.deepEqual([used.forceDestroy, used.adopt], [true, true]);
    });

    it("frees the mailboxes that stay to be deleted only by retire", async () => {
      const args = both({ trial: { domainName: trial, retire: true } });
      const { inputs } = await run(() => new Tenant("customer-a", args));
      assert.equal(inputs("AgentAccount", "customer-a/scheduling@trial").forceDestroy, true);
      assert.equal(inputs("AgentAccount", "customer-a/scheduling").forceDestroy, undefined);
    });

    it("makes no mailbox on the trial domain for an account that was never there", async () => {
      const args = both({ accounts: { scheduling: {}, late: { onTrial: false } } });
      const { names } = await run(() => new Tenant("customer-a", args));
      assert.deepEqual(
        names().filter((name) => name.startsWith("AgentAccount")),
        [
          "AgentAccount customer-a/late",
          "AgentAccount customer-a/scheduling",
          "AgentAccount customer-a/scheduling@trial",
        ],
      );
    });
  });

  describe("the brake", () => {
    it("is a rule that blocks what the tenant's own senders send, and nobody else's", async () => {
      const { inputs } = await run(() => new Tenant("customer-a", both({ sending: "paused" })));
      const { trigger, match, conditions, actions } = inputs("Rule", "customer-a/sending-paused");
      assert.deepEqual(
        { trigger, match, conditions, actions },
        {
          trigger: "outbound",
          match: "any",
          conditions: [
            { field: "from.domain", is: "agents.customer-a.com" },
            { field: "from.address", is: "scheduling@agents.customer-a.com" },
            { field: "from.address", is: "customer-a-scheduling@acme.nylas.email" },
          ],
          actions: ["block"],
        },
      );
      assert.deepEqual(inputs("Workspace", "customer-a").ruleIds, ["customer-a/sending-paused-id"]);
    });

    it("names addresses alone where the domain serves other tenants too", async () => {
      const { inputs } = await run(() => {
        const domain = new AgentDomain("agents", { domainName, dns: zoneFile() });
        new Tenant("customer-a", { domain, sending: "paused", accounts: { "a-ops": {} } });
      });
      assert.deepEqual(inputs("Rule", "customer-a/sending-paused").conditions, [
        { field: "from.address", is: "a-ops@agents.customer-a.com" },
      ]);
    });

    it("leaves policy, accounts and domain as they are, on and off", async () => {
      const brake = (resources: { kind: string; inputs: unknown; name: string }[]) =>
        resources
          .filter(({ kind }) => kind !== "Rule" && kind !== "Workspace")
          .map(({ kind, name, inputs }) => [kind, name, inputs]);
      const on = await run(() => new Tenant("customer-a", both({ policy: { limits: { dailySends: 50 } } })));
      const paused = await run(
        () => new Tenant("customer-a", both({ policy: { limits: { dailySends: 50 } }, sending: "paused" })),
      );
      assert.deepEqual(brake(paused.resources), brake(on.resources));
      assert.equal(on.inputs("Workspace", "customer-a").ruleIds, undefined);
    });
  });

  it("is tested as the last step where it says so: the mailboxes in use, and a message of the first one", async () => {
    const smokeTest = async (more: Partial<TenantArgs>) => {
      const { inputs } = await run(
        () => new Tenant("customer-a", both({ accounts: { a: {}, b: {} }, ...more })),
      );
      const { accounts, sender, paused } = inputs("SmokeTest", "customer-a");
      return { accounts, sender, paused };
    };
    const accounts = ["customer-a/a-id", "customer-a/b-id"];
    assert.deepEqual(await smokeTest({ smokeTest: true }), {
      accounts,
      sender: undefined,
      paused: undefined,
    });
    assert.deepEqual(await smokeTest({ smokeTest: { send: true }, sending: "paused" }), {
      accounts,
      sender: "customer-a/a-id",
      paused: true,
    });
    const { names } = await run(() => new Tenant("customer-a", { ...own(), smokeTest: false }));
    assert.ok(!names().some((name) => name.startsWith("SmokeTest")));
  });

  it("has names for its children that no other tenant's child can have", async () => {
    const { resources } = await run(() => {
      new Tenant("acme", { trial, accounts: { "eu-sales": {} } });
      new Tenant("acme-eu", { trial: { domainName: trial, prefix: "acme-eu." }, accounts: { sales: {} } });
    });
    const names = resources.map(({ kind, name }) => `${kind} ${name}`);
    assert.deepEqual([...new Set(names)].sort(), [...names].sort());
  });

  describe("refuses before anything is registered", () => {
    const spam = { conditions: [{ field: "from.tld", is: "zip" }], actions: ["trash"] };
    const key = { expiresAt: "2035-01-01T00:00:00Z", permissions: ["messages.read"] };
    const cases: [string, unknown, ...RegExp[]][] = [
      ["no arguments", undefined, /given nothing; allowed: an object with domainName, .*; for example \{/],
      [
        "an argument that there is not",
        { ...own(), polcy: {} },
        /polcy is not a property .* did you mean policy\?/,
      ],
      [
        "no domain at all",
        { accounts: {} },
        /"customer-a": domainName: is missing, and so is trial; allowed: .*for example trial: "acme\.nylas\.email"/,
      ],
      ["a domain without dns", { domainName, accounts: {} }, /dns: given nothing; allowed: a DNS adapter/],
      ["dns without a domain", { trial, dns: dns(), accounts: {} }, /dns: given without domainName/],
      [
        "a domain of one label",
        { ...own(), domainName: "agents" },
        /domainName: "agents" has a single label/,
      ],
      [
        "a domain outside the zone",
        { ...own(), domainName: "agents.other.com" },
        /does not lie in the zone customer-a\.com/,
      ],
      [
        "two own domains",
        { ...own(), domain: {} },
        /domain: given .*; allowed: an AgentDomain that the program declares/,
      ],
      [
        "a trial domain that is none",
        { trial: "acme", accounts: {} },
        /trial: given "acme"; allowed: the trial domain/,
      ],
      [
        "the trial domain as the own one",
        { ...both(), domainName: trial, dns: zoneFile() },
        /domainName: given "acme\.nylas\.email", which is the trial domain/,
      ],
      [
        "two domains without a word",
        { ...both(), accountsOn: undefined },
        /accountsOn: is missing, and there are two domains; allowed: "trial" until/,
      ],
      [
        "the own domain without one",
        { trial, accountsOn: "own", accounts: {} },
        /accountsOn: given "own" without an own domain/,
      ],
      [
        "the trial domain without one",
        { ...own(), accountsOn: "trial" },
        /accountsOn: given "trial" without the trial domain/,
      ],
      [
        "another word for it",
        { ...both(), accountsOn: "both" },
        /accountsOn: given "both"; allowed: "trial" or "own"/,
      ],
      [
        "retiring what is in use",
        both({ accountsOn: "trial", trial: { domainName: trial, retire: true } }),
        /trial\.retire: given true while the accounts run on the trial domain/,
      ],
      [
        "a prefix that no address has",
        { trial: { domainName: trial, prefix: "a b" }, accounts: {} },
        /trial\.prefix: given "a b"/,
      ],
      [
        "an argument of trial that there is not",
        { trial: { domainName: trial, retired: true }, accounts: {} },
        /trial: retired is not a property/,
      ],
      ["no accounts", { trial }, /accounts: given nothing .*for example \{ scheduling:/],
      [
        "an argument of an account that there is not",
        { trial, accounts: { ops: { email: "a@b.c" } } },
        /accounts\.ops: email is not a property/,
      ],
      [
        "an alias with its domain",
        { trial, accounts: { "ops@acme.nylas.email": {} } },
        /accounts: given the name "ops@acme\.nylas\.email"/,
      ],
      [
        "an alias that no address has",
        { trial, accounts: { "ops.": {} } },
        /accounts\.ops\.: given "ops\.", which makes "customer-a-ops\."/,
      ],
      [
        "an alias that is too long with the prefix",
        { trial, accounts: { ["a".repeat(60)]: {} } },
        /the part of the address before the @; allowed: 1 to 64/,
      ],
      [
        "two aliases that differ in case",
        { trial, accounts: { ops: {}, Ops: {} } },
        /accounts\.Ops: is the same address as "ops"/,
      ],
      [
        "an account nowhere",
        { trial, accounts: { ops: { onTrial: false } } },
        /accounts\.ops\.onTrial: given false while the accounts run on the trial domain/,
      ],
      [
        "policy and policyId",
        { ...own(), policy: {}, policyId: "p" },
        /policyId: given beside policy; allowed: one of the two/,
      ],
      [
        "a workspace's policy",
        { ...own(), workspace: { policyId: "p" } },
        /workspace\.policyId: is an argument of the tenant itself/,
      ],
      ["rules as a list", { ...own(), rules: [spam] }, /rules: given .*; allowed: an object/],
      [
        "a rule of the brake's name",
        { ...own(), rules: { "sending-paused": spam } },
        /rules\.sending-paused: is the name of the rule/,
      ],
      [
        "a rule with a slash in its name",
        { ...own(), rules: { "a/b": spam } },
        /rules: given the name "a\/b"/,
      ],
      ["ruleIds as a text", { ...own(), ruleIds: "r" }, /ruleIds: given "r"; allowed: a list of rule ids/],
      [
        "A9: a pause beside a workspace that is taken over",
        { ...own(), sending: "paused", workspace: { name: "Cust", adopt: true } },
        /sending: "paused" together with workspace\.adopt: .*Take it over first, with sending on/,
      ],
      [
        "A9: a pause beside an account that is taken over",
        { ...own(), sending: "paused", accounts: { a: {}, b: { adopt: pulumi.output(true) } } },
        /sending: "paused" together with accounts\.b\.adopt: .*then take accounts\.b\.adopt away; then pause/,
      ],
      [
        "another brake",
        { ...own(), sending: "off" },
        /sending: given "off"; allowed: "on" or "paused"; for example "paused"/,
      ],
      [
        "another smoke test",
        { ...own(), smokeTest: { receive: true } },
        /smokeTest: receive is not a property/,
      ],
      [
        "a key without an end",
        { ...own(), apiKey: { permissions: ["messages.read"] } },
        /apiKey\.expiresAt: is missing/,
      ],
      [
        "a key that could do nothing",
        { ...own(), apiKey: { expiresAt: key.expiresAt } },
        /apiKey: given without permissions and roles/,
      ],
      [
        "a key with an argument that there is not",
        { ...own(), apiKey: { ...key, scopes: [] } },
        /apiKey: scopes is not a property/,
      ],
    ];
    for (const [what, args, ...said] of cases) it(what, () => refuses(args, ...said));

    it("a name that could not be part of an address and of its children's names", async () => {
      for (const name of ["", "a/b", "a b", "-a", "a".repeat(101)])
        await refusesNamed(name, own(), /its name: given .*; allowed: 1 to 100 letters/);
    });

    it("accounts in a form that may hold passwords, without showing them", async () => {
      const password = "Open-Sesame-0123456789";
      for (const accounts of [[{ alias: "ops", appPassword: password }], { ops: password }]) {
        await run(() => {
          assert.throws(
            () => new Tenant("customer-a", { trial, accounts } as never),
            (error: Error) => /accounts/.test(error.message) && !error.message.includes(password),
          );
        });
      }
    });
  });

  /**
   * The URN of a child is its identity in every state: a name that changes without an alias deletes a mailbox. `UPDATE_GOLDEN=1` writes the file of the
   * version at hand; those of earlier releases are never written again.
   */
  it("reaches every child that a release has named, by its name or by an alias", async () => {
    const folder = resolve(__dirname, "../../golden/tenant");
    const { version } = JSON.parse(
      readFileSync(resolve(__dirname, "../../../provider/package.json"), "utf8"),
    ) as {
      version: string;
    };
    const reached = await urns();
    if (process.env["UPDATE_GOLDEN"])
      writeFileSync(
        join(folder, `${version}.json`),
        `${JSON.stringify([...reached.keys()].sort(), undefined, 2)}\n`,
      );
    const files = readdirSync(folder);
    assert.ok(files.includes(`${version}.json`), "run this test once with UPDATE_GOLDEN=1");
    const all = new Set([...reached].flatMap(([urn, aliases]) => [urn, ...aliases]));
    for (const file of files) {
      const named = JSON.parse(readFileSync(join(folder, file), "utf8")) as string[];
      assert.ok(named.length > 0);
      assert.deepEqual(
        named.filter((urn) => !all.has(urn)),
        [],
        `children that ${file} names and this version has neither by name nor by alias`,
      );
    }
  });
});

/** Every child of a tenant that has everything, with the aliases it goes by. */
async function urns(): Promise<Map<string, string[]>> {
  const made: pulumi.Resource[] = [];
  const collect: pulumi.ResourceTransformation = ({ resource }) => {
    made.push(resource);
    return undefined;
  };
  await run(
    () =>
      new Tenant(
        "customer-a",
        both({
          domainArgs: { dmarc: "v=DMARC1; p=reject" },
          policy: {},
          lists: { blocked: { type: "domain" } },
          rules: {
            spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] },
          },
          sending: "paused",
          apiKey: { expiresAt: "2035-01-01T00:00:00Z", permissions: ["messages.read"] },
          smokeTest: true,
        }),
        { transformations: [collect] },
      ),
  );
  const entries = made.map(async (resource): Promise<[string, string[]]> => {
    const { __aliases = [] } = resource as unknown as { __aliases?: pulumi.Output<string>[] };
    const aliases = await Promise.all(__aliases.map(async (alias) => (await value(alias)).value));
    return [(await value(resource.urn)).value, aliases];
  });
  return new Map(await Promise.all(entries));
}
