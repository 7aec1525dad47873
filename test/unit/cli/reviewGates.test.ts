/** The gates of a review, rule by rule: V1 to V8 with their siblings. What the `up` does is in test/engine/reviewGates.test.ts. */
import { strict as assert } from "node:assert";
import { type Gate } from "../../../provider/review/gates";
import { type Report } from "../../../provider/review/report";
import { type PropertyTable } from "../../../provider/core/types";
import { TABLES } from "../../../provider/properties";
import { UNDERSTOOD } from "../../../provider/review/understood";
import { readPreview, report, scopeOf } from "./hosts";
import { CALM, type Declared, gatesOf, object, previewOf, reviewOf, stops } from "./previews";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const policy = (name: string, limits: object = {}, more = {}) =>
  object("Policy", name, { name, limits, ...more });
const workspace = (name: string, inputs = {}) => object("Workspace", name, { name, ...inputs });
const account = (name: string, inputs = {}) =>
  object("AgentAccount", name, { email: `${name}@agents.example.com`, ...inputs });
const rule = (name: string, inputs = {}) =>
  object("Rule", name, {
    name,
    trigger: "inbound",
    match: "all",
    enabled: true,
    conditions: [{ field: "from.domain", is: "partner.example" }],
    actions: ["block"],
    ...inputs,
  });
const principal = (name: string, inputs = {}) =>
  object("Principal", name, {
    name,
    boundTo: { workspace: "w-1" },
    permissions: ["messages.read"],
    enabled: true,
    ...inputs,
  });
const webhook = (inputs = {}) =>
  object("Webhook", "events", {
    name: "events",
    url: "https://a.example/",
    triggers: ["message.bounced"],
    paused: true,
    ...inputs,
  });
const key = (inputs = {}) =>
  object("ApiKey", "key", {
    name: "key",
    principalId: "p-1",
    expiresAt: "2030-01-01T00:00:00Z",
    enabled: true,
    ...inputs,
  });
const record = (name: string, inputs = {}, more: Partial<Declared> = {}) =>
  object(
    "cloudflare:index/dnsRecord:DnsRecord",
    name,
    {
      zoneId: "z",
      name: "agents.example.com",
      type: "MX",
      content: "inbound.nylas.example",
      priority: 10,
      ttl: 1,
      ...inputs,
    },
    more,
  );

/** Asserts that a change meets these gates, and that the review is not calm about it. */
function gated(before: Declared[], after: Declared[], ...wanted: Gate[]): Report {
  const result = reviewOf(before, after);
  stops(result, ...wanted);
  return result;
}

/** Asserts that a change meets none of the recommended gates, and that the review says so. */
function passes(before: Declared[], after: Declared[]): void {
  const result = reviewOf(before, after);
  const met = gatesOf(result).filter((gate) =>
    ["mail-loss", "hand-over", "doors", "drains", "incomplete"].includes(gate),
  );
  assert.deepEqual(met, [], result.markdown);
  assert.ok(result.markdown.includes(CALM) || result.markdown.includes("Nothing changes"), result.markdown);
}

type Case = [title: string, before: Declared[], after: Declared[], ...gates: Gate[]];

describe("the gates of a review", () => {
  describe("V1: the side before a change is what stands", () => {
    const stale = (type: string, inputs: object, stands: object) =>
      object(type, "it", { ...inputs, adopt: true }, { outputs: { ...inputs, ...stands } });
    const cases: [string, string, object, object, ...Gate[]][] = [
      [
        "a policy",
        "Policy",
        { name: "P", limits: { inboxRetentionDays: 6 } },
        { limits: { inboxRetentionDays: 300 } },
        "mail-loss",
      ],
      [
        "an account",
        "AgentAccount",
        { email: "a@b.example", workspaceId: "w-b" },
        { workspaceId: "w-a" },
        "hand-over",
      ],
      ["a workspace", "Workspace", { name: "W", policyId: "p-b" }, { policyId: "p-a" }, "mail-loss"],
      [
        "a webhook",
        "Webhook",
        { url: "https://b.example/", triggers: ["message.created"] },
        { url: "https://a.example/" },
        "hand-over",
      ],
      [
        "a principal",
        "Principal",
        { name: "P", boundTo: { workspace: "w-b" } },
        { boundTo: { workspace: "w-a" } },
        "hand-over",
      ],
      [
        "a key",
        "ApiKey",
        { principalId: "p", expiresAt: "2030-01-01T00:00:00Z", enabled: true },
        { enabled: false },
        "doors",
      ],
      [
        "a rule",
        "Rule",
        { name: "R", actions: ["block"], conditions: [], enabled: true },
        { enabled: false },
        "drains",
      ],
    ];
    for (const [title, type, inputs, stands, ...gates] of cases) {
      it(`of ${title} that was taken over and not written to since`, () => {
        const text = previewOf(
          [stale(type, inputs, stands)],
          [object(type, "it", { ...inputs, adopt: true })],
        );
        // The engine calls it an update, because the provider compares what stands.
        const digest = JSON.parse(text) as { steps: { op: string; urn: string }[] };
        for (const step of digest.steps) if (step.urn.endsWith("::it")) step.op = "update";
        const result = report(readPreview(JSON.stringify(digest)));
        for (const gate of gates) assert.ok(gatesOf(result).includes(gate), result.markdown);
        assert.ok(!result.markdown.includes(CALM));
      });
    }
  });

  describe("V2: what is not known yet is unknown, and never the first candidate", () => {
    const cases: Case[] = [
      [
        "the workspace of an account",
        [workspace("a"), account("one", { workspaceId: { ref: "a" } })],
        [workspace("a"), account("one", { workspaceId: UNKNOWN })],
        "hand-over",
        "mail-loss",
      ],
      [
        "the policy of a workspace",
        [workspace("a", { policyId: "p" })],
        [workspace("a", { policyId: UNKNOWN })],
        "mail-loss",
      ],
      ["a rule of a workspace", [workspace("a")], [workspace("a", { ruleIds: [UNKNOWN] })], "drains"],
      [
        "a list of a rule",
        [rule("r", { conditions: [{ field: "from.domain", inList: ["l"] }] })],
        [rule("r", { conditions: [{ field: "from.domain", inList: [UNKNOWN] }] })],
        "drains",
      ],
      ["the principal of a key", [key()], [key({ principalId: UNKNOWN })], "hand-over"],
      [
        "what a principal is bound to",
        [principal("t")],
        [principal("t", { boundTo: { workspace: UNKNOWN } })],
        "hand-over",
      ],
      [
        "the domain that records are asked for",
        [object("DomainRecords", "d", { domainId: "d", domainName: "agents.example.com" })],
        [object("DomainRecords", "d", { domainId: UNKNOWN, domainName: "agents.example.com" })],
        "mail-loss",
      ],
      [
        "all limits of a policy",
        [policy("p", { inboxRetentionDays: 30 })],
        [object("Policy", "p", { name: "p", limits: UNKNOWN })],
        "mail-loss",
      ],
      [
        "one limit",
        [policy("p", { dailyReceives: 30 })],
        [policy("p", { dailyReceives: UNKNOWN })],
        "drains",
      ],
      ["the address of a webhook", [webhook()], [webhook({ url: UNKNOWN })], "hand-over"],
      ["the triggers of a webhook", [webhook()], [webhook({ triggers: UNKNOWN })], "hand-over"],
      ["the address of an account", [account("one")], [account("one", { email: UNKNOWN })], "incomplete"],
      ["the value of an MX", [record("mx")], [record("mx", { content: UNKNOWN })], "mail-loss"],
      ["whether a rule is on", [rule("r", { enabled: false })], [rule("r", { enabled: UNKNOWN })], "drains"],
      [
        "whether a workspace takes accounts in",
        [workspace("a", { autoGroup: false })],
        [workspace("a", { autoGroup: UNKNOWN })],
        "hand-over",
      ],
    ];
    for (const [title, before, after, ...gates] of cases) it(title, () => gated(before, after, ...gates));

    it("a secret in place of a value counts as unknown", () => {
      gated(
        [account("one", { workspaceId: "w-a" })],
        [account("one", { workspaceId: "[secret]" })],
        "hand-over",
        "mail-loss",
      );
      gated(
        [webhook({ url: "[secret]", name: "a" })],
        [webhook({ url: "[secret]", name: "b" })],
        "hand-over",
      );
    });

    it("names the one thing that a value is made from as a guess, and gates it all the same", () => {
      const before = [
        policy("p", { inboxRetentionDays: 300 }),
        workspace("a", { policyId: { ref: "p" } }),
        account("one", { workspaceId: { ref: "a" } }),
      ];
      const more = policy("q", { inboxRetentionDays: 300 });
      const after = [before[0]!, more, workspace("a", { policyId: { ref: "q" } }), before[2]!];
      gated(before, after, "mail-loss");
      assert.match(
        reviewOf(before, after).markdown,
        /policy `p` → policy `q` .*Which one it is, is known at the `up` alone/,
      );
    });
  });

  describe("V3, V4: accounts of other stacks are not known", () => {
    const cases: Case[] = [
      [
        "a policy that keeps less",
        [policy("p", { inboxRetentionDays: 300 })],
        [policy("p", { inboxRetentionDays: 6 })],
        "mail-loss",
      ],
      ["a rule that refuses more", [rule("r", { enabled: false })], [rule("r")], "drains"],
      [
        "a list that grows",
        [object("List", "l", { type: "domain", items: [] })],
        [object("List", "l", { type: "domain", items: ["x.example"] })],
        "drains",
      ],
      ["a workspace that is deleted", [workspace("a")], [], "mail-loss"],
      [
        "a workspace with another policy",
        [workspace("a", { policyId: "p" })],
        [workspace("a", { policyId: "q" })],
        "mail-loss",
      ],
      [
        "a domain that is deleted",
        [object("Domain", "d", { domainName: "agents.example.com" })],
        [],
        "mail-loss",
      ],
      ["an MX that goes", [record("mx")], [], "mail-loss"],
      [
        "an SPF that goes",
        [record("spf", { type: "TXT", content: '"v=spf1 -all"', priority: undefined })],
        [],
        "mail-loss",
      ],
    ];
    for (const [title, before, after, ...gates] of cases) it(title, () => gated(before, after, ...gates));

    const stack = (name: string, declared: Declared[]) =>
      readPreview(previewOf(declared, declared, { stack: name }));
    const shared = (days: number) => [policy("shared", { inboxRetentionDays: days })];
    const others = [
      stack("customers", [
        workspace("a", { policyId: "id-shared" }),
        account("one", { workspaceId: { ref: "a" } }),
      ]),
    ];
    const with_ = (before: Declared[], after: Declared[], fleet: typeof others, complete = false) => {
      const preview = readPreview(previewOf(before, after));
      return report(preview, { scope: scopeOf(preview, fleet, complete) });
    };

    it("a fleet names them; other stacks than these stay unknown", () => {
      const result = with_(shared(300), shared(6), others);
      assert.match(result.markdown, /for 1 account in `a` \(stack `acme\/customers`\)/);
      assert.ok(gatesOf(result).includes("mail-loss"));
      const unused = with_(shared(300), shared(6), [stack("customers", [account("one")])]);
      assert.ok(gatesOf(unused).includes("mail-loss"), "nobody said that these are all");
      assert.match(
        unused.markdown,
        /^This review has seen the preview of `staging` with 1 resource of Nylas, and `acme\/customers` as handed in \(1 resource of Nylas\)\. It has not seen other stacks than these 2/m,
      );
    });

    it("by the user's word that these are all, an object that nobody is under may change", () => {
      const unused = with_(shared(300), shared(6), [stack("customers", [account("one")])], true);
      assert.ok(!gatesOf(unused).includes("mail-loss"), unused.markdown);
      const used = with_(shared(300), shared(6), others, true);
      assert.ok(gatesOf(used).includes("mail-loss"), used.markdown);
    });

    it("the word counts for nothing while something is taken over, or an id is not known", () => {
      const adopting = object("Workspace", "b", { name: "B", adopt: true });
      const result = with_(shared(300), [...shared(6), adopting], [], true);
      assert.ok(gatesOf(result).includes("mail-loss"), result.markdown);
    });

    it("the reviewed stack handed in beside itself is not counted twice", () => {
      const preview = readPreview(previewOf(shared(300), shared(300)));
      assert.deepEqual(scopeOf(preview, [preview], false).stacks, []);
    });
  });

  describe("a folder whose mail is deleted sooner is no harmless place", () => {
    const into = (assignToFolder: unknown) => [rule("r", { actions: [{ assignToFolder }] })];
    for (const folder of ["Trash", "trash", " TRASH", "spam", "Junk", "Junk/Later", "Ｔrash", UNKNOWN]) {
      it(JSON.stringify(folder), () => {
        const result = reviewOf(into("Clients/Acme"), into(folder));
        assert.ok(gatesOf(result).includes("drains"), result.markdown);
      });
    }
    for (const folder of ["Archive", "Clients/Trash", "Spammers"]) {
      it(`${folder} is`, () => {
        const result = reviewOf(into("Clients/Acme"), into(folder));
        assert.ok(!gatesOf(result).includes("drains"), result.markdown);
      });
    }
  });

  describe("a name that is relative to its zone is the same name", () => {
    const live = [account("one"), object("Domain", "d", { domainName: "agents.example.com" })];
    const beside = (type: string, name: string, more: object = {}) => [
      ...live,
      record("sub", { type, name, content: "ns1.elsewhere.example", ...more }),
    ];
    for (const type of ["NS", "CNAME", "DNAME", "MX"])
      for (const name of ["agents", "agents ", "Agents.", "agents.example.com ", "*.agents"])
        it(`${type} ${JSON.stringify(name)}`, () => gated(live, beside(type, name), "mail-loss"));
    it("a text at Route 53 that writes over the set", () => {
      const set = { zoneId: "Z", name: "agents", type: "TXT", records: ["site=1"], allowOverwrite: true };
      gated(live, [...live, object("aws:route53/record:Record", "site", set)], "mail-loss");
    });
    for (const name of ["www", "www.example.com", "agent", "x"])
      it(`an NS of ${name} concerns nobody`, () => {
        const preview = readPreview(previewOf(live, beside("NS", name)));
        const gates = gatesOf(report(preview, { scope: scopeOf(preview, [], true) }));
        assert.ok(!gates.includes("mail-loss"), gates.join());
      });
  });

  describe("a secret is the same word on both sides, and may differ", () => {
    const secret = (property: string) => ({ [property]: "[secret]" });
    const updated = (declared: Declared): Declared => ({ ...declared, updated: true });
    const cases: [string, Declared, Gate][] = [
      ["the workspace of an account", account("one", secret("workspaceId")), "hand-over"],
      ["the policy of a workspace", workspace("a", secret("policyId")), "mail-loss"],
      ["the rules of a workspace", workspace("a", secret("ruleIds")), "drains"],
      ["the limits of a policy", policy("p", { inboxRetentionDays: "[secret]" }), "mail-loss"],
      ["the actions of a rule", rule("r", secret("actions")), "drains"],
      ["the items of a list", object("List", "l", { type: "domain", items: ["[secret]"] }), "drains"],
      ["what a principal is bound to", principal("p", { boundTo: { workspace: "[secret]" } }), "hand-over"],
      ["the principal of a key", key(secret("principalId")), "hand-over"],
      ["the triggers of a webhook", webhook(secret("triggers")), "hand-over"],
      ["the conditions of a rule", rule("r", secret("conditions")), "drains"],
      ["whether a rule is on", rule("r", secret("enabled")), "drains"],
      ["the spam detection", policy("p", {}, { spamDetection: { sensitivity: "[secret]" } }), "drains"],
      ["the permissions of a principal", principal("p", secret("permissions")), "hand-over"],
      ["whether a principal is on", principal("p", secret("enabled")), "hand-over"],
      ["whether a key is on", key(secret("enabled")), "doors"],
      ["whether a webhook is paused", webhook(secret("paused")), "hand-over"],
      ["whether a workspace takes accounts in", workspace("a", secret("autoGroup")), "hand-over"],
      ["the password of an account", account("one", secret("appPassword")), "doors"],
    ];
    for (const [title, declared, gate] of cases)
      it(title, () => gated([declared], [updated(declared)], gate));
    it("an entry that the engine leaves as it is, is as it was", () => {
      const standing = cases.map(([, declared], at) => ({ ...declared, name: `${declared.name}-${at}` }));
      passes(standing, standing);
    });
  });

  describe("a password that changes", () => {
    it("lets somebody else read the mailbox", () =>
      gated([account("one", { appPassword: "Old1" })], [account("one", { appPassword: "New1" })], "doors"));
  });

  describe("A19: what guards the records of a domain goes alone", () => {
    const domain = object("Domain", "d", { domainName: "agents.example.com" });
    const guards = [
      object("DomainVerification", "v", { domainName: "agents.example.com" }),
      object("DomainRecords", "r", { domainName: "agents.example.com" }),
    ];
    for (const guard of guards) {
      it(`${guard.type} deleted`, () => {
        const result = gated(
          [domain, ...guards],
          [domain, ...guards.filter((each) => each !== guard)],
          "mail-loss",
          "dns",
        );
        assert.match(
          result.markdown,
          /of `agents\.example\.com` is deleted without the domain: nothing guards/,
        );
      });
      it(`${guard.type} let go`, () =>
        gated([domain, { ...guard, retainOnDelete: true }], [domain], "mail-loss", "dns"));
    }
    it("with its domain, it is told once, of the domain", () => {
      const result = gated([domain, ...guards], [], "mail-loss");
      assert.doesNotMatch(result.markdown, /nothing guards/);
    });
  });

  describe("A20: the list of what comes first is never empty", () => {
    it("for a policy that nobody is under", () => {
      const preview = readPreview(
        previewOf([policy("p", { inboxRetentionDays: 90 })], [policy("p", { inboxRetentionDays: 2 })]),
      );
      const { markdown } = report(preview, { scope: scopeOf(preview, [], true) });
      assert.match(
        markdown,
        /1 thing to look at first:\*\* something that may matter for mail changes \(1\)\./,
      );
    });
  });

  describe("a paused tenant that gets an account more", () => {
    const pause = (...addresses: string[]) =>
      rule("pause", {
        trigger: "outbound",
        match: "any",
        actions: ["block"],
        conditions: addresses.map((is) => ({ field: "from.address", is })),
      });
    const gatesFor = (from: Declared, to: Declared) => gatesOf(report(readPreview(previewOf([from], [to]))));
    it("opens nothing: more is blocked than before", () =>
      assert.deepEqual(gatesFor(pause("a@x.example"), pause("a@x.example", "b@x.example")), [
        "limits",
        "change",
      ]));
    it("opens something where an address is taken out, or is a secret", () => {
      assert.ok(
        gatesFor(pause("a@x.example", "b@x.example"), pause("b@x.example", "c@x.example")).includes("doors"),
      );
      assert.ok(gatesFor(pause("[secret]"), pause("[secret]", "b@x.example")).includes("doors"));
    });
  });

  describe("a default workspace that the stack comes to manage", () => {
    const inDefault = {
      ...account("one"),
      outputs: { email: "one@agents.example.com", currentWorkspaceId: "id-of-the-default" },
    };
    const judged = (more: Declared[], rest: Record<string, unknown>) => {
      const preview = readPreview(
        previewOf([inDefault, ...more], [inDefault, ...more, object("DefaultWorkspace", "rest", rest)]),
      );
      return report(preview, { scope: scopeOf(preview, [], true) });
    };
    it("holds the accounts that name no workspace: its policy may delete their mail", () => {
      const strict = policy("strict", { inboxRetentionDays: 2 });
      const result = judged([strict], { policyId: "id-strict", allowMailLoss: true });
      assert.ok(gatesOf(result).includes("mail-loss"), result.markdown);
    });
    it("and its rules may turn their mail away", () => {
      const all = rule("all", { conditions: [{ field: "from.domain", isNot: "x.example" }] });
      const result = judged([all], { ruleIds: ["id-all"] });
      assert.ok(gatesOf(result).includes("mail-loss"), result.markdown);
    });
  });

  describe("V5, V6: whatever moves an MX is a change of mail", () => {
    const replaced = (inputs: object) => ({ ...record("mx", inputs), replaced: true });
    const cases: Case[] = [
      ["another zone", [record("mx")], [replaced({ zoneId: "other" })], "mail-loss", "hand-over"],
      ["the same again, by a replacement", [record("mx")], [replaced({})], "mail-loss"],
      [
        "another vendor",
        [record("mx")],
        [
          object("aws:route53/record:Record", "mx", {
            zoneId: "Z",
            name: "agents.example.com",
            type: "MX",
            records: ["10 inbound.nylas.example"],
          }),
        ],
        "mail-loss",
      ],
      [
        "a second MX",
        [record("mx")],
        [record("mx"), record("more", { content: "mx.example", priority: 1 })],
        "hand-over",
        "mail-loss",
      ],
      [
        "a second MX in a set of Route 53",
        [
          object("aws:route53/record:Record", "mx", {
            zoneId: "Z",
            name: "a.example",
            type: "MX",
            records: ["10 a"],
          }),
        ],
        [
          object("aws:route53/record:Record", "mx", {
            zoneId: "Z",
            name: "a.example",
            type: "MX",
            records: ["10 a", "5 b"],
          }),
        ],
        "hand-over",
      ],
      ["another priority", [record("mx")], [record("mx", { priority: 30 })], "mail-loss"],
      ["another name", [record("mx")], [record("mx", { name: "other.example.com" })], "mail-loss"],
      [
        "a CNAME at a name with mailboxes",
        [account("one")],
        [account("one"), record("alias", { type: "CNAME", content: "app.example" })],
        "mail-loss",
      ],
      [
        "a delegation of the zone's name",
        [account("one")],
        [account("one"), record("ns", { name: "example.com", type: "NS", content: "ns1.example" })],
        "mail-loss",
      ],
      [
        "a zone that is deleted",
        [object("aws:route53/zone:Zone", "zone", { name: "example.com" })],
        [],
        "mail-loss",
      ],
      [
        "records taken over under new names and deleted under the old (M5)",
        [record("mx")],
        [record("mx-2")],
        "mail-loss",
      ],
      [
        "DKIM that changes",
        [
          account("one"),
          record("dkim", {
            type: "TXT",
            name: "s._domainkey.agents.example.com",
            content: '"v=DKIM1; p=a"',
            priority: undefined,
          }),
        ],
        [
          account("one"),
          record("dkim", {
            type: "TXT",
            name: "s._domainkey.agents.example.com",
            content: '"v=DKIM1; p=b"',
            priority: undefined,
          }),
        ],
        "mail-loss",
      ],
    ];
    for (const [title, before, after, ...gates] of cases) it(title, () => gated(before, after, ...gates));

    it("a record of an AgentDomain whose type is not known", () => {
      const component = object("pulumi-nylas:index:AgentDomain", "agents", {}, { component: true });
      const mx = (content: string) =>
        object("gcp:dns/recordSet:RecordSet", "agents-mx", { rrdatas: [content] }, { parent: "agents" });
      gated([component, mx("a")], [component, mx("b")], "incomplete", "mail-loss");
    });

    const asked = object(
      "DomainRecords",
      "d",
      { domainId: "d", domainName: "agents.example.com" },
      {
        outputs: {
          records: {
            mx: { type: "MX", name: "agents.example.com", value: "inbound.nylas.example", priority: 10 },
          },
        },
      },
    );
    it("an MX that is put back as Nylas asked for it passes", () => {
      const verified = object(
        "DomainVerification",
        "v",
        { domainName: "agents.example.com" },
        { outputs: { status: "verified" } },
      );
      passes([asked, verified], [asked, verified, record("mx")]);
    });
    it("the MX of a domain that is registered in the same change passes", () =>
      passes(
        [],
        [
          object("Domain", "d", { domainName: "agents.example.com" }),
          object("DomainRecords", "asked", { domainName: "agents.example.com", domainId: { ref: "d" } }),
          record("mx", { content: { unknown: ["asked"] } }),
        ],
      ));
    it("another time to live passes, and so does a record of somebody else's", () => {
      passes([record("mx")], [record("mx", { ttl: 300 })]);
      const www = (content: string) =>
        record("www", { type: "A", name: "www.example.com", content, priority: undefined });
      passes([www("192.0.2.1")], [www("192.0.2.2")]);
    });
    it("19: what the vendor alone computes is no setting", () => {
      const text = previewOf([record("mx")], [record("mx", { ttl: 300 })]);
      const digest = JSON.parse(text) as { steps: { urn: string; diffReasons?: string[] }[] };
      for (const step of digest.steps)
        if (step.urn.endsWith("::mx"))
          step.diffReasons = [
            "ttl",
            "modifiedOn",
            "createdOn",
            "commentModifiedOn",
            "meta",
            "meta.origin",
            "proxiable",
          ];
      const { markdown } = report(readPreview(JSON.stringify(digest)));
      assert.doesNotMatch(markdown, /modifiedOn|createdOn|meta|proxiable|other settings/i);
    });
    it("19: a setting inside another one is still a setting", () => {
      const text = previewOf([record("mx", { data: { flags: 0 } })], [record("mx", { data: { flags: 1 } })]);
      const digest = JSON.parse(text) as { steps: { urn: string; diffReasons?: string[] }[] };
      for (const step of digest.steps)
        if (step.urn.endsWith("::mx")) step.diffReasons = ["data.flags", "modifiedOn"];
      const { markdown } = report(readPreview(JSON.stringify(digest)));
      assert.match(markdown, /other settings: .*data/);
      assert.doesNotMatch(markdown, /modifiedOn/);
    });
  });

  describe("V7: a key that reads another tenant's mail", () => {
    it("by another principal", () =>
      gated([key()], [{ ...key({ principalId: "p-2" }), replaced: true }], "hand-over", "doors"));
    it("a rotation is none", () =>
      passes([key()], [{ ...key({ rotateWhenChanged: { q: "2" } }), replaced: true }]));
  });

  describe("V8: doors and drains", () => {
    const all = { conditions: [{ field: "from.domain", isNot: "nobody.example" }] };
    const cases: Case[] = [
      [
        "a webhook that is told more",
        [webhook()],
        [webhook({ triggers: ["message.bounced", "message.created"] })],
        "doors",
        "hand-over",
      ],
      ["a webhook that goes on", [webhook()], [webhook({ paused: false })], "doors", "hand-over"],
      ["a webhook elsewhere", [webhook()], [webhook({ url: "https://b.example/" })], "hand-over"],
      [
        "a principal that is switched on",
        [principal("t", { enabled: false })],
        [principal("t")],
        "doors",
        "hand-over",
      ],
      ["a principal that may do more", [principal("t", { permissions: [] })], [principal("t")], "doors"],
      ["a key that is switched on", [key({ enabled: false })], [key()], "doors", "hand-over"],
      ["IMAP", [account("one")], [account("one", { appPassword: "[secret]" })], "doors", "hand-over"],
      ["a paused tenant that goes on", [rule("brake", { trigger: "outbound" })], [], "doors"],
      [
        "a brake that is narrowed",
        [rule("brake", { trigger: "outbound" })],
        [rule("brake", { trigger: "outbound", conditions: [] })],
        "doors",
      ],
      [
        "a brake that is detached",
        [rule("brake", { trigger: "outbound" }), workspace("a", { ruleIds: [{ ref: "brake" }] })],
        [rule("brake", { trigger: "outbound" }), workspace("a")],
        "doors",
      ],
      [
        "a rule that refuses everything",
        [rule("r", { ...all, enabled: false })],
        [rule("r", all)],
        "drains",
        "mail-loss",
      ],
      [
        "a rule that refuses a top-level domain",
        [rule("r")],
        [rule("r", { conditions: [{ field: "from.tld", is: "com" }] })],
        "drains",
        "mail-loss",
      ],
      [
        "a blocking rule that is attached",
        [rule("r"), workspace("a")],
        [rule("r"), workspace("a", { ruleIds: [{ ref: "r" }] })],
        "drains",
      ],
      [
        "a rule that puts into trash",
        [rule("r", { actions: ["markAsRead"] })],
        [rule("r", { actions: ["trash"] })],
        "drains",
      ],
      [
        "a list of top-level domains",
        [object("List", "l", { type: "tld", items: [] })],
        [object("List", "l", { type: "tld", items: ["com"] })],
        "drains",
        "mail-loss",
      ],
      [
        "A2: an item out of a list that no rule of this stack looks into",
        [object("List", "l", { type: "domain", items: ["a.example", "b.example"] })],
        [object("List", "l", { type: "domain", items: ["a.example"] })],
        "doors",
      ],
      [
        "nothing received",
        [policy("p", { dailyReceives: 500 })],
        [policy("p", { dailyReceives: 0 })],
        "drains",
        "mail-loss",
      ],
      [
        "less received",
        [policy("p", { dailyReceives: 500 })],
        [policy("p", { dailyReceives: 10 })],
        "drains",
      ],
      ["nothing stored", [policy("p", {})], [policy("p", { storageBytes: 0 })], "mail-loss"],
      [
        "fewer types of attachments",
        [policy("p", {})],
        [policy("p", { attachmentTypes: ["image/*"] })],
        "drains",
      ],
      [
        "more taken for spam",
        [policy("p", {}, { spamDetection: { sensitivity: 1 } })],
        [policy("p", {}, { spamDetection: { sensitivity: 5 } })],
        "drains",
      ],
    ];
    for (const [title, before, after, ...gates] of cases) it(title, () => gated(before, after, ...gates));
  });

  describe("what harms nobody passes, and is called so", () => {
    const base = [
      policy("p", { inboxRetentionDays: 30, dailyReceives: 10 }),
      workspace("a", { policyId: { ref: "p" } }),
      account("one", { workspaceId: { ref: "a" } }),
      rule("r"),
    ];
    const but = (name: string, inputs: object) =>
      base.map((each) => (each.name === name ? { ...each, inputs: { ...each.inputs, ...inputs } } : each));
    const cases: [string, Declared[]][] = [
      ["no change", base],
      ["a display name", but("one", { displayName: "One" })],
      [
        "longer retention, and more received",
        but("p", { limits: { inboxRetentionDays: 90, dailyReceives: 20 } }),
      ],
      ["other names", but("a", { name: "A" })],
      ["a rule that is switched off", but("r", { enabled: false })],
      [
        "a new tenant",
        [
          ...base,
          policy("q", { inboxRetentionDays: 7 }),
          workspace("b", { policyId: { ref: "q" } }),
          account("two", { workspaceId: { ref: "b" } }),
        ],
      ],
      [
        "a rule and a list that nobody has yet",
        [...base, rule("s"), object("List", "l", { type: "tld", items: ["com"] })],
      ],
    ];
    for (const [title, after] of cases) it(title, () => passes(base, after));
  });

  describe("what the review does not understand", () => {
    it("a kind of ours", () => gated([], [object("Mystery", "m", {})], "incomplete"));
    it("a property of ours", () =>
      gated([account("one")], [account("one", { shareWith: "everybody" })], "incomplete"));
    it("a member of a property", () =>
      gated([policy("p")], [policy("p", { outboxRetentionDays: 1 })], "incomplete"));
    it("another application", () =>
      gated([account("one")], [account("one", { connection: "eu" })], "incomplete"));
    it("a step that cannot be read", () => {
      const digest = JSON.parse(previewOf([account("one")], [account("one")])) as {
        steps: { op?: string }[];
      };
      digest.steps[1]!.op = "conjure";
      const result = report(readPreview(JSON.stringify(digest)));
      assert.ok(gatesOf(result).includes("incomplete"));
      assert.ok(!result.markdown.includes(CALM));
    });
    it("an error beside changes takes the calm sentence away", () => {
      const result = reviewOf([account("one")], [account("one", { displayName: "One" })], {
        diagnostics: [{ severity: "error", message: "no" }],
      });
      assert.ok(!result.markdown.includes(CALM), result.markdown);
      assert.ok(gatesOf(result).includes("incomplete"));
    });

    it("knows every property that the resources take", () => {
      const undecided = (properties: PropertyTable, path: string): string[] =>
        Object.entries(properties).flatMap(
          ([
            name,
            {
              isReviewed,
              type: { shape },
            },
          ]) => [
            ...(isReviewed === undefined ? [`${path}.${name}`] : []),
            ...(shape.kind === "object" ? undecided(shape.members, `${path}.${name}`) : []),
          ],
        );
      for (const { type, properties } of Object.values(TABLES))
        assert.deepEqual(undecided(properties, type), [], "decide what these mean for mail");
    });

    it("gates a change of a property that no preview shows", () => {
      const unseen = Object.values(TABLES).flatMap(({ type, properties }) =>
        Object.entries(properties).flatMap(([name, { isReviewed }]) =>
          isReviewed === false ? [`${type}.${name}`] : [],
        ),
      );
      assert.deepEqual(unseen, ["DomainRecords.allowUncheckedDns", "DomainRecords.allowImplicitMx"]);
      for (const each of unseen) assert.ok(!UNDERSTOOD["DomainRecords"]!.includes(each.split(".")[1]!));
    });
  });

  it("V-C1: an address in a warning stands without user, query and fragment", () => {
    const { markdown } = reviewOf([], [webhook()], {
      diagnostics: [
        {
          severity: "warning",
          message: "webhook https://me:hunter2@a.example/in?token=hunter2#hunter2 is odd.",
        },
      ],
    });
    assert.match(markdown, /webhook https:\/\/a\.example\/in is odd/);
    assert.doesNotMatch(markdown, /hunter2/);
  });

  it("19: a warning that a line of the review says already is not said again", () => {
    const warned = (message: string) =>
      reviewOf([account("one", { workspaceId: "a" })], [account("one", { workspaceId: "b" })], {
        diagnostics: [{ severity: "warning", message }],
      }).markdown;
    assert.doesNotMatch(
      warned("warning: account one@agents.example.com moves to workspace b: whoever."),
      /Warnings/,
    );
    assert.match(
      warned("warning: account two@agents.example.com moves to workspace b: whoever."),
      /Warnings: 1/,
    );
    assert.match(warned("warning: something else about one@agents.example.com"), /Warnings: 1/);
  });

  it("19: a streamed preview does not tell whose account is whose, and the review does not say 0", () => {
    const digest = JSON.parse(
      previewOf([], [workspace("a"), account("one", { workspaceId: { ref: "a" } })]),
    ) as {
      steps: { op: string; urn: string; newState?: Record<string, unknown> }[];
    };
    const events = digest.steps.map(({ op, urn, newState }, sequence) => {
      const { propertyDependencies: _none, ...state } = newState ?? {};
      return JSON.stringify({
        sequence,
        timestamp: 1,
        resourcePreEvent: { metadata: { op, urn, new: state } },
      });
    });
    const { markdown } = report(
      readPreview(
        [
          ...events,
          JSON.stringify({ sequence: 99, timestamp: 1, summaryEvent: { resourceChanges: { create: 2 } } }),
        ].join("\n"),
      ),
    );
    assert.doesNotMatch(markdown, /0 accounts/);
    assert.match(markdown, /New workspace `a`: no policy, accounts that are known at the up/);
  });
});
