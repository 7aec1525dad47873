import assert from "node:assert/strict";
import { type Properties } from "./harness";
import { type Declared, type Input } from "./stack";
import {
  account,
  defaultWorkspace,
  domain,
  domainRecords,
  domainVerification,
  done,
  openWorld,
  policy,
  publish,
  refused,
  standing,
  succeeded,
  type World,
  workspace,
  writesOf,
} from "./world";

type Inputs = Record<string, Input>;

/** What holds for a resource, from its first create to a second delete. */
interface Behaviour {
  type: string;
  /** The resource as a program declares it, named "subject", without what it needs beside it. */
  declare: (name: string, inputs: Inputs, more?: Partial<Declared>) => Declared;
  /** What it needs beside it, declared before it. */
  beside?: Declared[];
  /** What a program has to say at least. */
  least: Inputs;
  /** Everything that a program can say. */
  whole: Inputs;
  /** The writes of a create with the whole of it. */
  created: string[];
  /** Each field changed in place, from the whole, with the writes of the change. */
  edits: [change: Inputs, writes: string[]][];
  /** Changes that need another object. */
  replacing?: { change: Inputs; recorded?: Inputs; writes: string[] }[];
  /** Changes it by hand; the writes that put it right. */
  drift?: { by: (world: World, id: string) => void; writes: string[] };
  /** Removes it by hand. */
  remove?: (world: World, id: string) => void;
  /** Makes one by hand that has the same natural key, equal to `least`, or different from it in `differing`. */
  seed?: (world: World, differs: boolean) => string;
  differing?: { inputs: Inputs; said: string };
  /** What is refused, by the property's path. */
  bad: [inputs: Inputs, property: string][];
  /** Fills it, so that it is not deleted without a word; what it says. */
  fill?: { by: (world: World, id: string) => void; said: string };
  forced?: string;
}

const EMAIL = "bot@acme.nylas.email";
const DOMAIN = "agents.example.com";
const PASSWORD = "A-good-Password-123456";
const LIMITS = {
  dailySends: 50,
  dailyReceives: 500,
  storageBytes: 1_000_000_000,
  messageBytes: 20_000_000,
  attachmentBytes: 10_000_000,
  attachmentCount: 5,
  attachmentTypes: ["image/*"],
  inboxRetentionDays: 30,
  spamRetentionDays: 7,
};
const limit = (change: object, wire: string): [Inputs, string[]] => [
  { limits: { ...LIMITS, ...change } as Inputs },
  [`PUT /v3/policies/:id {"limits":{${wire}}}`],
];
const idText = /^[A-Za-z0-9]/;

const behaviours: Behaviour[] = [
  {
    type: "Policy",
    declare: policy,
    least: { name: "Subject" },
    whole: {
      name: "Subject",
      limits: LIMITS,
      spamDetection: { dnsBlockLists: true, headerAnomalies: false, sensitivity: 1.5 },
    },
    created: [
      'POST /v3/policies {"name":"Subject","limits":{"limit_count_daily_email_sent":50,"limit_count_daily_message_received":500,' +
        '"limit_storage_total":1000000000,"limit_size_total_mime":20000000,"limit_attachment_size_limit":10000000,' +
        '"limit_attachment_count_limit":5,"limit_attachment_allowed_types":["image/*"],"limit_inbox_retention_period":30,' +
        '"limit_spam_retention_period":7},"spam_detection":{"use_list_dnsbl":true,"use_header_anomaly_detection":false,"spam_sensitivity":1.5}}',
    ],
    edits: [
      [{ name: "Renamed" }, ['PUT /v3/policies/:id {"name":"Renamed"}']],
      limit({ dailySends: 60 }, '"limit_count_daily_email_sent":60'),
      limit({ dailySends: "unlimited" }, '"limit_count_daily_email_sent":-1'),
      limit({ dailyReceives: 600 }, '"limit_count_daily_message_received":600'),
      limit({ storageBytes: 2_000_000_000 }, '"limit_storage_total":2000000000'),
      limit({ messageBytes: 10_000_000 }, '"limit_size_total_mime":10000000'),
      limit({ attachmentBytes: 5_000_000 }, '"limit_attachment_size_limit":5000000'),
      limit({ attachmentCount: 0 }, '"limit_attachment_count_limit":0'),
      limit({ attachmentTypes: [] }, '"limit_attachment_allowed_types":[]'),
      limit({ inboxRetentionDays: 60 }, '"limit_inbox_retention_period":60'),
      limit({ spamRetentionDays: 8 }, '"limit_spam_retention_period":8'),
      [
        { spamDetection: { dnsBlockLists: false, headerAnomalies: false, sensitivity: 1.5 } },
        ['PUT /v3/policies/:id {"spam_detection":{"use_list_dnsbl":false}}'],
      ],
      [
        { spamDetection: { dnsBlockLists: true, headerAnomalies: true, sensitivity: 5 } },
        [
          'PUT /v3/policies/:id {"spam_detection":{"use_header_anomaly_detection":true,"spam_sensitivity":5}}',
        ],
      ],
    ],
    drift: {
      by: ({ sim }, id) =>
        sim.edit("policy", id, {
          name: "By hand",
          limits: { limit_count_daily_email_sent: 7 },
          spam_detection: { spam_sensitivity: 4 },
        }),
      writes: [
        'PUT /v3/policies/:id {"name":"Subject","limits":{"limit_count_daily_email_sent":50},"spam_detection":{"spam_sensitivity":1.5}}',
      ],
    },
    remove: ({ sim }, id) => sim.remove("policy", id),
    seed: ({ sim }, differs) =>
      sim.seed({
        kind: "policy",
        name: "Subject",
        ...(differs ? { limits: { limit_count_daily_email_sent: 7 } } : {}),
      }),
    differing: {
      inputs: { limits: { dailySends: 50 } },
      said: 'limits: there {"dailySends":7}, declared {"dailySends":50}',
    },
    bad: [
      [{ name: "" }, "name"],
      [{ name: " " }, "name"],
      [{ name: "x".repeat(257) }, "name"],
      [{ name: "two\nlines" }, "name"],
      [{ name: 7 }, "name"],
      [{ limits: 5 }, "limits"],
      [{ limits: { daySends: 5 } }, "limits.daySends"],
      ...["dailySends", "dailyReceives", "storageBytes", "inboxRetentionDays", "spamRetentionDays"].flatMap(
        (key): [Inputs, string][] =>
          [-1, 1.5, "none", true, 2 ** 60].map((value) => [{ limits: { [key]: value } }, `limits.${key}`]),
      ),
      ...["messageBytes", "attachmentBytes", "attachmentCount"].flatMap((key): [Inputs, string][] =>
        [-1, 1.5, "unlimited"].map((value) => [{ limits: { [key]: value } }, `limits.${key}`]),
      ),
      [{ limits: { attachmentTypes: "image/*" } }, "limits.attachmentTypes"],
      [{ limits: { attachmentTypes: ["image/*", "*/*"] } }, "limits.attachmentTypes[1]"],
      [{ limits: { inboxRetentionDays: 7, spamRetentionDays: 7 } }, "limits.spamRetentionDays"],
      [{ limits: { inboxRetentionDays: 7, spamRetentionDays: "unlimited" } }, "limits.spamRetentionDays"],
      [{ spamDetection: true }, "spamDetection"],
      [{ spamDetection: { dnsBlockLists: 1 } }, "spamDetection.dnsBlockLists"],
      [{ spamDetection: { headerAnomalies: "yes" } }, "spamDetection.headerAnomalies"],
      [{ spamDetection: { sensitivity: 0.05 } }, "spamDetection.sensitivity"],
      [{ spamDetection: { sensitivity: 5.1 } }, "spamDetection.sensitivity"],
      [{ allowMailLoss: "yes" }, "allowMailLoss"],
      [{ adopt: "" }, "adopt"],
      [{ adopt: 5 }, "adopt"],
      [{ connection: "E U" }, "connection"],
    ],
    fill: {
      by: ({ sim }, id) => void sim.seed({ kind: "workspace", name: "User", policyId: id }),
      said: 'workspace "User"',
    },
  },
  {
    type: "Workspace",
    declare: workspace,
    beside: [policy("one"), policy("two")],
    least: { name: "Subject" },
    whole: {
      name: "Subject",
      domainName: DOMAIN,
      autoGroup: true,
      policyId: (of) => of("one").id,
      ruleIds: ["RULE-1"],
    },
    created: [
      `POST /v3/workspaces {"name":"Subject","auto_group":true,"domain":"${DOMAIN}","policy_id":"ONE","rule_ids":["RULE-1"]}`,
    ],
    edits: [
      [{ name: "Renamed" }, ['PATCH /v3/workspaces/:id {"name":"Renamed"}']],
      [{ autoGroup: false }, ['PATCH /v3/workspaces/:id {"auto_group":false}']],
      [{ autoGroup: undefined }, ['PATCH /v3/workspaces/:id {"auto_group":false}']],
      [{ policyId: (of) => of("two").id }, ['PATCH /v3/workspaces/:id {"policy_id":"TWO"}']],
      [{ policyId: undefined }, ['PATCH /v3/workspaces/:id {"policy_id":null}']],
      [{ ruleIds: ["RULE-2", "RULE-1"] }, ['PATCH /v3/workspaces/:id {"rule_ids":["RULE-2","RULE-1"]}']],
      [{ ruleIds: undefined }, ['PATCH /v3/workspaces/:id {"rule_ids":[]}']],
      [{ forceDestroy: true }, []],
    ],
    replacing: [
      {
        change: { domainName: "other.example.com" },
        writes: [
          `POST /v3/workspaces {"name":"Subject","auto_group":true,"domain":"other.example.com","policy_id":"ONE","rule_ids":["RULE-1"]}`,
          "DELETE /v3/workspaces/:id",
        ],
      },
    ],
    drift: {
      by: ({ sim }, id) =>
        sim.edit("workspace", id, { name: "By hand", auto_group: false, policy_id: null, rule_ids: [] }),
      writes: [
        'PATCH /v3/workspaces/:id {"name":"Subject","auto_group":true,"policy_id":"ONE","rule_ids":["RULE-1"]}',
      ],
    },
    remove: ({ sim }, id) => sim.remove("workspace", id),
    seed: ({ sim }, differs) => sim.seed({ kind: "workspace", name: "Subject", autoGroup: differs }),
    differing: { inputs: { autoGroup: false }, said: "autoGroup: there true, declared false" },
    bad: [
      [{ name: "" }, "name"],
      [{ name: 7 }, "name"],
      [{ domainName: "nodots" }, "domainName"],
      [{ domainName: "-a.example.com" }, "domainName"],
      [{ domainName: "a..example.com" }, "domainName"],
      [{ domainName: "bücher.example.com" }, "domainName"],
      [{ domainName: `${"a".repeat(64)}.example.com` }, "domainName"],
      [{ domainName: `${"a.".repeat(127)}com` }, "domainName"],
      [{ autoGroup: "yes" }, "autoGroup"],
      [{ autoGroup: true }, "autoGroup"],
      [{ policyId: "" }, "policyId"],
      [{ policyId: "../policies" }, "policyId"],
      [{ ruleIds: "all" }, "ruleIds"],
      [{ ruleIds: ["a", ""] }, "ruleIds[1]"],
      [{ forceDestroy: 1 }, "forceDestroy"],
      [{ allowMailLoss: 1 }, "allowMailLoss"],
      [{ policy: "x" }, ""],
    ],
    fill: {
      by: ({ sim }, id) => void sim.seed({ kind: "grant", email: EMAIL, workspaceId: id }),
      said: `1 account(s) are in it (${EMAIL})`,
    },
    forced: "Subject",
  },
  {
    type: "DefaultWorkspace",
    declare: defaultWorkspace,
    beside: [policy("one"), policy("two")],
    least: {},
    whole: { policyId: (of) => of("one").id, ruleIds: ["RULE-1"] },
    created: ['PATCH /v3/workspaces/:id {"policy_id":"ONE","rule_ids":["RULE-1"]}'],
    edits: [
      [{ policyId: (of) => of("two").id }, ['PATCH /v3/workspaces/:id {"policy_id":"TWO"}']],
      [{ policyId: undefined }, ['PATCH /v3/workspaces/:id {"policy_id":null}']],
      [{ ruleIds: ["RULE-2"] }, ['PATCH /v3/workspaces/:id {"rule_ids":["RULE-2"]}']],
      [{ ruleIds: undefined }, ['PATCH /v3/workspaces/:id {"rule_ids":[]}']],
    ],
    drift: {
      by: ({ sim }, id) => sim.edit("workspace", id, { policy_id: null }),
      writes: ['PATCH /v3/workspaces/:id {"policy_id":"ONE"}'],
    },
    bad: [
      [{ policyId: 1 }, "policyId"],
      [{ ruleIds: [5] }, "ruleIds[0]"],
      [{ allowMailLoss: "no" }, "allowMailLoss"],
      [{ name: "Mine" }, ""],
      [{ forceDestroy: true }, ""],
    ],
  },
  {
    type: "AgentAccount",
    declare: account,
    beside: [workspace("one"), workspace("two")],
    least: { email: EMAIL },
    whole: { email: EMAIL, displayName: "Bot", workspaceId: (of) => of("one").id, appPassword: PASSWORD },
    created: [
      'POST /v3/connectors {"provider":"nylas"}',
      `POST /v3/connect/custom {"provider":"nylas","name":"Bot","workspace_id":"ONE","settings":{"email":"${EMAIL}","app_password":"[secret]"}}`,
    ],
    edits: [
      [{ displayName: "Robot" }, ['PATCH /v3/grants/:id {"name":"Robot"}']],
      [{ workspaceId: (of) => of("two").id }, ['PATCH /v3/grants/:id {"name":"Bot","workspace_id":"TWO"}']],
      [{ workspaceId: undefined }, ['PATCH /v3/grants/:id {"name":"Bot","workspace_id":"DEFAULT"}']],
      [
        { appPassword: "Another-Password-98765" },
        [`PATCH /v3/grants/:id {"name":"Bot","settings":{"email":"${EMAIL}","app_password":"[secret]"}}`],
      ],
      [{ forceDestroy: true }, []],
      [{ email: "BOT@acme.nylas.email" }, []],
    ],
    replacing: [
      {
        change: { email: "new@acme.nylas.email" },
        recorded: { forceDestroy: true },
        writes: [
          'POST /v3/connect/custom {"provider":"nylas","name":"Bot","workspace_id":"ONE","settings":{"email":"new@acme.nylas.email","app_password":"[secret]"}}',
          "DELETE /v3/grants/:id",
        ],
      },
    ],
    drift: {
      by: ({ sim }, id) => sim.edit("grant", id, { name: "By hand", workspace_id: defaultOf(sim) }),
      writes: ['PATCH /v3/grants/:id {"name":"Bot","workspace_id":"ONE"}'],
    },
    remove: ({ sim }, id) => sim.remove("grant", id),
    seed: ({ sim }, differs) => sim.seed({ kind: "grant", email: EMAIL, name: differs ? "Other" : "Bot" }),
    differing: { inputs: { displayName: "Bot" }, said: 'displayName: there "Other", declared "Bot"' },
    bad: [
      [{ email: undefined }, "email"],
      [{ email: "nobody" }, "email"],
      [{ email: "@acme.nylas.email" }, "email"],
      [{ email: "a b@acme.nylas.email" }, "email"],
      [{ email: "bot@nodots" }, "email"],
      [{ email: "bot.@acme.nylas.email" }, "email"],
      [{ email: `${"a".repeat(65)}@acme.nylas.email` }, "email"],
      [{ email: "jörg@acme.nylas.email" }, "email"],
      [{ email: ["bot@acme.nylas.email"] }, "email"],
      [{ displayName: "" }, "displayName"],
      [{ displayName: "two\nlines" }, "displayName"],
      [{ displayName: "x".repeat(257) }, "displayName"],
      [{ workspaceId: 7 }, "workspaceId"],
      [{ workspaceId: "a/b" }, "workspaceId"],
      ...[
        "short-Aa1",
        "no-upper-case-letter-1",
        "NO-LOWER-CASE-LETTER-1",
        "No-Digit-In-It-At-All",
        "With a Space 123456789",
      ]
        .concat("Ü-good-Password-123456", `Aa1${"x".repeat(38)}`)
        .map((appPassword): [Inputs, string] => [{ appPassword }, ""]),
      [{ forceDestroy: "true" }, "forceDestroy"],
      [{ allowMailLoss: 0 }, "allowMailLoss"],
      [{ adopt: 1 }, "adopt"],
      [{ connection: "-" }, "connection"],
      [{ grantId: "x" }, ""],
    ],
    fill: {
      by: ({ sim }, id) => void sim.addMessage({ grant: id }),
      said: "its mailbox holds mail",
    },
    forced: EMAIL,
  },
  {
    type: "Domain",
    declare: domain,
    least: { domainName: DOMAIN, name: "Subject" },
    whole: { domainName: DOMAIN, name: "Subject" },
    created: [`POST /v3/domains {"name":"Subject","domain_address":"${DOMAIN}"}`],
    edits: [
      [{ name: "Renamed" }, ['PUT /v3/domains/:id {"name":"Renamed"}']],
      [{ domainName: "Agents.Example.com." }, []],
      [{ forceDestroy: true }, []],
    ],
    replacing: [
      {
        change: { domainName: "other.example.com" },
        recorded: { forceDestroy: true },
        writes: [
          'POST /v3/domains {"name":"Subject","domain_address":"other.example.com"}',
          "DELETE /v3/domains/:id",
        ],
      },
    ],
    drift: {
      by: ({ sim }, id) => sim.edit("domain", id, { name: "By hand" }),
      writes: ['PUT /v3/domains/:id {"name":"Subject"}'],
    },
    remove: ({ sim }, id) => sim.remove("domain", id),
    seed: ({ sim }, differs) =>
      sim.seed({ kind: "domain", address: DOMAIN, name: differs ? "Other" : "Subject" }),
    differing: { inputs: { name: "Subject" }, said: 'name: there "Other", declared "Subject"' },
    bad: [
      [{ domainName: undefined }, "domainName"],
      [{ domainName: "nodots" }, "domainName"],
      [{ domainName: "agents.example.com/" }, "domainName"],
      [{ domainName: "agents example.com" }, "domainName"],
      [{ domainName: 5 }, "domainName"],
      [{ name: "" }, "name"],
      [{ forceDestroy: "yes" }, "forceDestroy"],
      [{ adopt: "" }, "adopt"],
      [{ connection: 5 }, "connection"],
      [{ region: "eu" }, ""],
    ],
    fill: {
      by: ({ sim }, id) => {
        sim.edit("domain", id, { verified: { ownership: true, mx: true } });
        sim.seed({ kind: "grant", email: `bot@${DOMAIN}` });
      },
      said: `an account lives on it (bot@${DOMAIN})`,
    },
    forced: DOMAIN,
  },
  {
    type: "DomainRecords",
    declare: domainRecords,
    beside: [domain("one", { domainName: DOMAIN, forceDestroy: true })],
    least: { domainName: DOMAIN, domainId: (of) => of("one").id },
    whole: { domainName: DOMAIN, domainId: (of) => of("one").id, dkimKeyLength: 2048 },
    created: [],
    edits: [[{ allowApex: true }, []]],
    replacing: [{ change: { dkimKeyLength: 1024 }, writes: [] }],
    bad: [
      [{ domainName: undefined }, "domainName"],
      [{ domainId: undefined }, "domainId"],
      [{ domainId: "a/b" }, "domainId"],
      [{ domainName: "nodots" }, "domainName"],
      [{ domainName: "example.com" }, "domainName"],
      [{ domainName: "example.co.uk" }, "domainName"],
      [{ dkimKeyLength: 512 }, "dkimKeyLength"],
      [{ hosts: 5 }, "hosts"],
      [{ hosts: { ownership: "elsewhere.example.net." } }, "hosts.ownership"],
      [{ known: { mx: { type: "A", name: "x", value: "y" } } }, "known"],
      [{ known: { apex: { type: "MX", name: "x", value: "y" } } }, "known"],
      [{ allowApex: "yes" }, "allowApex"],
      [{ connection: "" }, "connection"],
    ],
  },
  {
    type: "DomainVerification",
    declare: domainVerification,
    beside: [
      domain("one", { domainName: DOMAIN, forceDestroy: true }),
      domainRecords("records", { domainName: DOMAIN, domainId: (of) => of("one").id }),
    ],
    least: {
      domainName: DOMAIN,
      domainId: (of) => of("one").id,
      records: (of) => of("records").records,
      wait: false,
    },
    whole: {
      domainName: DOMAIN,
      domainId: (of) => of("one").id,
      records: (of) => of("records").records,
      wait: false,
      purposes: ["ownership", "mx", "spf", "dkim", "feedback"],
    },
    created: [],
    edits: [[{ purposes: ["ownership", "mx"] }, []]],
    bad: [
      [{ domainName: undefined }, "domainName"],
      [{ domainName: 5 }, "domainName"],
      [{ domainId: "" }, "domainId"],
      [{ records: undefined }, "records"],
      [{ records: "mx" }, "records"],
      [{ records: { mx: { type: "MX" } } }, "records"],
      [{ purposes: [] }, "purposes"],
      [{ purposes: ["postage"] }, "purposes[0]"],
      [{ wait: "no" }, "wait"],
      [{ publishedBy: "" }, "publishedBy"],
      [{ timeoutSeconds: 0 }, "timeoutSeconds"],
      [{ timeoutSeconds: "30m" }, "timeoutSeconds"],
    ],
  },
];

for (const behaviour of behaviours) {
  const {
    type,
    declare,
    beside = [],
    least,
    whole,
    replacing = [],
    drift,
    remove,
    seed,
    fill,
    forced,
  } = behaviour;

  describe(type, () => {
    const world = openWorld();
    const rules: string[] = [];
    beforeEach(() => {
      rules.splice(
        0,
        2,
        world.sim.seed({ kind: "rule", name: "1" }),
        world.sim.seed({ kind: "rule", name: "2" }),
      );
    });
    /** Puts the ids of rules that are there where the tables have none. */
    const withRules = (inputs: Inputs): Inputs =>
      "ruleIds" in inputs && Array.isArray(inputs.ruleIds)
        ? {
            ...inputs,
            ruleIds: inputs.ruleIds.map((id) =>
              id === "RULE-1" ? rules[0] : id === "RULE-2" ? rules[1] : (id as string),
            ),
          }
        : inputs;
    const program = (inputs: Inputs, more?: Partial<Declared>) => [
      ...beside,
      declare("subject", withRules(inputs), more),
    ];
    /** The writes with the names of the tables instead of ids. */
    const writes = () => {
      const { sim, stack } = world;
      const names = new Map<string, string>([
        [rules[0]!, "RULE-1"],
        [rules[1]!, "RULE-2"],
        [defaultOf(sim), "DEFAULT"],
      ]);
      for (const { name, id } of stack.state) if (name !== "subject") names.set(id, name.toUpperCase());
      return writesOf(sim).map((line) => {
        for (const [id, name] of names) line = line.replaceAll(`"${id}"`, `"${name}"`);
        return line;
      });
    };
    const subject = () => world.stack.find("subject");
    const up = async (inputs: Inputs, more?: Partial<Declared>) =>
      succeeded(await world.stack.apply(program(inputs, more)));
    /** Only what is beside it. */
    const surroundings = async () => {
      succeeded(await world.stack.apply(beside));
      world.sim.clearRequests();
    };

    it("is created with what the program says, and a second run changes nothing", async () => {
      await surroundings();
      assert.deepEqual(done(await up(whole)), ["create subject"]);
      assert.deepEqual(writes(), behaviour.created);
      assert.match(subject().id, idText);
      assert.deepEqual(done(await up(whole)), type === "DomainVerification" ? ["update subject"] : []);
      assert.deepEqual(
        done(succeeded(await world.stack.refresh())),
        type === "DomainVerification" ? ["drift subject"] : [],
      );
      assert.deepEqual(done(await up(whole)), type === "DomainVerification" ? ["update subject"] : []);
      assert.deepEqual(writes(), []);
    });

    it("is created with the least that a program has to say", async () => {
      assert.ok(done(await up(least)).includes("create subject"));
      for (const [key, value] of Object.entries(least))
        if (typeof value === "string") assert.equal(subject().outputs[key], value);
    });

    for (const [change, expected] of behaviour.edits) {
      const fields = Object.entries(change).map(([key, value]) => {
        const text = typeof value === "function" ? "another" : (JSON.stringify(value) ?? "nothing");
        return `${key} to ${key === "limits" ? JSON.stringify(differences(LIMITS, value as object)) : text}`;
      });
      it(`is updated in place: ${fields.join(", ")}`, async () => {
        await up(whole);
        const { id } = subject();
        writes();
        const report = await up({ ...whole, ...change });
        assert.deepEqual(writes(), expected);
        assert.equal(subject().id, id);
        assert.ok(done(report).every((step) => step === "update subject"));
        if (type !== "DomainVerification") {
          assert.deepEqual(
            done(succeeded(await world.stack.refresh())),
            [],
            "what is recorded is what is there",
          );
          assert.deepEqual(done(await up({ ...whole, ...change })), []);
          assert.deepEqual(writes(), []);
        }
      });
    }

    for (const { change, recorded, writes: expected } of replacing) {
      it(`is replaced where the API leaves no other way: ${Object.keys(change).join(", ")}`, async () => {
        await up({ ...whole, ...recorded });
        writes();
        const report = await up({ ...whole, ...recorded, ...change });
        assert.deepEqual(done(report), ["replace subject", "delete subject"]);
        assert.deepEqual(writes(), expected);
        assert.equal(world.stack.state.length, beside.length + 1);
        assert.deepEqual(done(await up({ ...whole, ...recorded, ...change })), []);
      });
      if (recorded) {
        it(`is not replaced without forceDestroy in the record: ${Object.keys(change).join(", ")}`, async () => {
          await up(whole);
          writes();
          refused(
            await world.stack.preview(program({ ...whole, ...change })),
            "forceDestroy: true, then pulumi up",
          );
          refused(await world.stack.apply(program({ ...whole, ...change, ...recorded })), "would replace");
          assert.deepEqual(writes(), []);
        });
      }
    }

    if (remove) {
      it("disappears: a refresh says so, and the next run makes it anew", async () => {
        await up(whole);
        remove(world, subject().id);
        assert.deepEqual(done(succeeded(await world.stack.refresh())), ["gone subject"]);
        writes();
        assert.deepEqual(done(await up(whole)), ["create subject"]);
        assert.deepEqual(
          writes(),
          behaviour.created.filter((line) => !line.includes("/v3/connectors")),
        );
        assert.deepEqual(done(succeeded(await world.stack.refresh())), []);
      });

      it("disappears before an update: the error says what to do, and after a refresh it is made anew", async () => {
        const [change] = behaviour.edits[0]!;
        await up(whole);
        remove(world, subject().id);
        refused(await world.stack.apply(program({ ...whole, ...change })));
        assert.equal(world.stack.state.length, beside.length + 1, "the state is as it was");
        succeeded(await world.stack.refresh());
        await up({ ...whole, ...change });
        assert.deepEqual(done(succeeded(await world.stack.refresh())), []);
      });
    }

    if (drift) {
      it("drifts: a refresh finds it, and the next run puts it right", async () => {
        await up(whole);
        drift.by(world, subject().id);
        assert.deepEqual(done(succeeded(await world.stack.refresh())), ["drift subject"]);
        writes();
        assert.deepEqual(done(await up(whole)), ["update subject"]);
        assert.deepEqual(writes(), drift.writes);
        assert.deepEqual(done(succeeded(await world.stack.refresh())), []);
      });
    }

    if (seed) {
      it("is taken: an object of the same key is refused with its id and the way out, and stays untouched", async () => {
        await surroundings();
        const id = seed(world, true);
        refused(
          await world.stack.apply(program({ ...least, ...behaviour.differing!.inputs })),
          id,
          "exists already and is not provably this resource's own. Nothing was changed.",
          behaviour.differing!.said,
          `adopt: "${id}"`,
        );
        refused(await world.stack.apply(program(least)), "exists already");
        assert.deepEqual(writes(), []);
        assert.equal(world.stack.state.length, beside.length);
      });

      it("is adopted by true, by its id, and where it differs: nothing is written", async () => {
        await surroundings();
        const equal = seed(world, false);
        for (const adopt of [true, equal]) {
          assert.deepEqual(done(await up({ ...least, adopt })), ["create subject"]);
          assert.equal(subject().id, equal);
          assert.deepEqual(done(await up({ ...least, adopt })), []);
          world.stack.state = world.stack.state.filter(({ name }) => name !== "subject");
        }
        remove!(world, equal);
        const id = seed(world, true);
        writes();
        await up({ ...least, ...behaviour.differing!.inputs, adopt: true });
        assert.equal(subject().id, id);
        assert.deepEqual(writes(), []);
        assert.deepEqual(done(succeeded(await world.stack.refresh())), ["drift subject"]);
        const put = await up({ ...least, ...behaviour.differing!.inputs });
        assert.deepEqual(done(put), ["update subject"], "the difference is the next run's");
        assert.equal(writes().length, 1);
        assert.deepEqual(done(await up({ ...least, ...behaviour.differing!.inputs })), []);
      });

      it("is not adopted by an id that is not there", async () => {
        const adopt = "11111111-1111-4111-8111-111111111111";
        refused(await world.stack.apply(program({ ...least, adopt })), `adopt: there is no`, adopt);
      });
    }

    it("is renamed in the program: with an alias nothing happens at all", async () => {
      await up(whole);
      const { id } = subject();
      writes();
      const renamed = [...beside, declare("renamed", withRules(whole), { aliases: ["subject"] })];
      const report = succeeded(await world.stack.apply(renamed));
      assert.deepEqual(done(report), type === "DomainVerification" ? ["update renamed"] : []);
      assert.equal(world.stack.find("renamed").id, id);
      assert.deepEqual(writes(), []);
    });

    it("refuses bad input of every field, with the property's path, before anything is asked", async () => {
      world.stack.config = { "nylas:apiUrl": world.sim.url };
      const plugin = await world.plugin();
      const good = Object.fromEntries(
        Object.entries(least).map(([key, value]) => [
          key,
          typeof value === "function" ? (key === "records" ? {} : "some-id") : value,
        ]),
      );
      assert.deepEqual((await plugin.check(type, {}, { ...good })).failures, []);
      for (const [inputs, property] of behaviour.bad) {
        const { failures } = await plugin.check(type, {}, { ...good, ...inputs } as Properties);
        assert.ok(failures.length > 0, `${JSON.stringify(inputs)} should be refused`);
        for (const failure of failures) {
          assert.equal(failure.property, property, `${JSON.stringify(inputs)}: ${failure.reason}`);
          assert.match(failure.reason, /allowed: |did you mean|cannot|needs|moves/, failure.reason);
          if ("appPassword" in inputs) assert.ok(!failure.reason.includes(inputs.appPassword as string));
        }
      }
      assert.deepEqual(world.sim.requests, []);
    });

    it("is deleted, twice is no error, and nothing is left", async () => {
      await up(whole);
      const { id, outputs } = subject();
      succeeded(await world.stack.destroy());
      assert.deepEqual(world.stack.state, []);
      const plugin = await world.plugin();
      await plugin.delete(type, id, outputs);
      assert.deepEqual(standing(world.sim), []);
    });

    if (fill) {
      it("is kept when it is not empty, with the way out", async () => {
        await up(least);
        fill.by(world, subject().id);
        writes();
        const report = refused(await world.stack.apply(beside), "is kept", fill.said);
        assert.deepEqual(done(report), []);
        assert.deepEqual(writes(), []);
        assert.deepEqual(done(await up(least)), [], "it is still in the program's hands");
      });
    }

    if (fill && forced) {
      it("goes in two steps with forceDestroy: the word in one run, the end in the next", async () => {
        await up(least);
        fill.by(world, subject().id);
        await up({ ...least, forceDestroy: true });
        writes();
        const report = succeeded(await world.stack.apply(beside));
        assert.deepEqual(done(report), ["delete subject"]);
        assert.equal(writes().length, 1);
      });

      it("goes by nylas:forceDestroy in the configuration, where the entry can no longer be edited", async () => {
        await up(least);
        fill.by(world, subject().id);
        writes();
        world.stack.config = {
          ...world.config,
          "nylas:forceDestroy": JSON.stringify(["else@x.example", forced]),
        };
        assert.deepEqual(done(succeeded(await world.stack.apply(beside))), ["delete subject"]);
        assert.equal(writes().length, 1);
      });
    }
  });
}

describe("an AgentAccount", () => {
  const world = openWorld();

  it("rotates its password, which nobody sees", async () => {
    const { sim, stack } = world;
    const with_ = (appPassword: string) => [
      account("bot", { email: EMAIL, displayName: "Bot", appPassword }),
    ];
    succeeded(await stack.apply(with_(PASSWORD)));
    assert.ok(sim.checkAppPassword(EMAIL, PASSWORD));
    const report = succeeded(await stack.apply(with_("Another-Password-98765")));
    assert.ok(sim.checkAppPassword(EMAIL, "Another-Password-98765"));
    assert.ok(!report.log.join().includes("Password"));
    assert.equal(stack.find("bot").outputs.hasAppPassword, true);
    // Taken away by hand: a refresh sees that there is none, and the next run sets it again.
    sim.edit("grant", stack.find("bot").id, { password: null });
    assert.deepEqual(done(succeeded(await stack.refresh())), ["drift bot"]);
    assert.deepEqual(done(succeeded(await stack.apply(with_("Another-Password-98765")))), ["update bot"]);
    assert.ok(sim.checkAppPassword(EMAIL, "Another-Password-98765"));
  });

  it("keeps its password through a change of name or workspace", async () => {
    const { sim, stack } = world;
    const program = (displayName: string) => [
      workspace("customer"),
      account("bot", {
        email: EMAIL,
        displayName,
        appPassword: PASSWORD,
        workspaceId: (of) => of("customer").id,
      }),
    ];
    succeeded(await stack.apply(program("Bot")));
    succeeded(await stack.apply(program("Robot")));
    assert.ok(sim.checkAppPassword(EMAIL, PASSWORD));
  });

  it("on a domain that is not registered, or still pending, says which domain and what to do", async () => {
    const { sim, stack } = world;
    refused(
      await stack.apply([account("bot", { email: "bot@nowhere.example.com" })]),
      "nowhere.example.com is not registered",
    );
    sim.seed({ kind: "domain", address: DOMAIN });
    refused(
      await stack.apply([account("bot", { email: `bot@${DOMAIN}` })]),
      `domain pending: ${DOMAIN} is registered but not verified (ownership and mx missing)`,
      "Nothing was made",
    );
    // Without an organization key nobody can be asked but the API itself.
    stack.config = Object.fromEntries(
      Object.entries(world.config).filter(([key]) => key !== "nylas:organizationKey"),
    );
    refused(await stack.apply([account("bot", { email: `bot@${DOMAIN}` })]), DOMAIN, "not yet verified");
    assert.deepEqual(stack.state, []);
    assert.deepEqual(sim.state().grants, []);
    const [pending] = sim.state().domains.filter((each) => each.domain_address === DOMAIN);
    sim.edit("domain", pending!.id, { verified: { ownership: true, mx: true } });
    succeeded(await stack.apply([account("bot", { email: `bot@${DOMAIN}` })]));
  });

  it("beyond the plan's number of accounts is explained in words", async () => {
    const { sim, stack } = world;
    sim.configure({ maxAccounts: 1 });
    const program = ["a", "b"].map((name) => account(name, { email: `${name}@acme.nylas.email` }));
    refused(await stack.apply(program), "The plan's number of accounts is used up");
    assert.equal(sim.state().grants.length, 1);
    sim.configure({ maxAccounts: 2 });
    succeeded(await stack.apply(program));
    assert.equal(sim.state().grants.length, 2);
  });

  it("ensures the connector that must exist first, uses the one that is there, and never deletes it", async () => {
    const { sim, stack } = world;
    sim.seed({ kind: "connector" });
    succeeded(await stack.apply([account("bot", { email: EMAIL })]));
    assert.deepEqual(
      writesOf(sim).filter((line) => line.includes("connectors")),
      [],
    );
    succeeded(await stack.destroy());
    assert.equal(sim.state().connectors.length, 1);
  });

  it("whose grants list lags behind is found all the same", async () => {
    const { sim, stack } = world;
    sim.configure({ grantListLagMs: 600_000 });
    sim.addFault({ method: "POST", path: "connect/custom$", kind: "reset", when: "after" });
    succeeded(await stack.apply([account("bot", { email: EMAIL })]));
    assert.equal(sim.state().grants.length, 1);
    assert.equal(writesOf(sim).filter((line) => line.includes("connect/custom")).length, 1);
  });
});

describe("a DefaultWorkspace", () => {
  const world = openWorld();

  it("is only let go: what the program had set is taken off, what others set stays", async () => {
    const { sim, stack } = world;
    const [ours, theirs] = [
      sim.seed({ kind: "rule", name: "ours" }),
      sim.seed({ kind: "rule", name: "theirs" }),
    ];
    const program = [
      policy("one"),
      defaultWorkspace("rest", { policyId: (of) => of("one").id, ruleIds: [ours] }),
    ];
    succeeded(await stack.apply(program));
    const { id } = stack.find("rest");
    sim.edit("workspace", id, { rule_ids: [ours, theirs] });
    succeeded(await stack.destroy());
    const home = sim.state().workspaces.find((each) => each.id === id)!;
    assert.equal(home.policy_id, null);
    assert.deepEqual(home.rule_ids, [theirs]);
    assert.equal(home.default, true);
  });

  it("that already is as declared is taken without a write", async () => {
    const { sim, stack } = world;
    succeeded(
      await stack.apply([policy("one"), defaultWorkspace("rest", { policyId: (of) => of("one").id })]),
    );
    stack.state = stack.state.filter(({ name }) => name !== "rest");
    sim.clearRequests();
    succeeded(
      await stack.apply([policy("one"), defaultWorkspace("rest", { policyId: (of) => of("one").id })]),
    );
    assert.deepEqual(writesOf(sim), []);
  });
});

describe("an application without a default workspace", () => {
  const world = openWorld({ simulator: { defaultWorkspace: false } });

  it("says so to a DefaultWorkspace, and an account that names no workspace is in none", async () => {
    const { sim, stack } = world;
    refused(await stack.apply([defaultWorkspace("rest")]), "has no default workspace");
    const bot = (inputs: Inputs) => [workspace("customer"), account("bot", { email: EMAIL, ...inputs })];
    succeeded(await stack.apply(bot({})));
    assert.equal(sim.state().grants[0]!.workspace_id, null);
    succeeded(await stack.apply(bot({ workspaceId: (of) => of("customer").id })));
    assert.equal(sim.state().grants[0]!.workspace_id, stack.find("customer").id);
    succeeded(await stack.apply(bot({})));
    assert.equal(sim.state().grants[0]!.workspace_id, null);
    assert.deepEqual(done(succeeded(await stack.apply(bot({})))), []);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
  });
});

describe("DomainRecords", () => {
  const world = openWorld();
  const program = (more: Inputs = {}) => [
    domain("one", { domainName: DOMAIN }),
    domainRecords("records", { domainName: DOMAIN, domainId: (of) => of("one").id, ...more }),
  ];

  it("are what Nylas asks for, in one normal form, however it spells them", async () => {
    const { sim, stack } = world;
    const seen: unknown[] = [];
    for (const hostStyle of ["@", "bare", "fqdn"] as const) {
      sim.configure({ hostStyle, mxStyle: hostStyle === "bare" ? "target" : "priority" });
      succeeded(await stack.apply(program()));
      seen.push(stack.find("records").outputs.records);
      stack.state = stack.state.filter(({ name }) => name !== "records");
    }
    assert.deepEqual(seen[1], seen[0]);
    assert.deepEqual(seen[2], seen[0]);
    const records = seen[0] as Record<string, Properties>;
    assert.deepEqual(Object.keys(records).sort(), ["dkim", "feedback", "mx", "ownership", "spf"]);
    assert.deepEqual(records.mx, {
      type: "MX",
      name: DOMAIN,
      priority: 10,
      value: "inbound.us.mail.nylas-simulator.test",
    });
    assert.match(String(records.dkim!.name), /^nylas-\w+\._domainkey\.agents\.example\.com$/);
  });

  it("that do not fit the layout are refused before any DNS record exists, with the override that would fit", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program().slice(0, 1)));
    const { id } = stack.find("one");
    const cases: [Record<string, unknown>, string][] = [
      [{ attempts: { mx: null } }, "Nylas gave no mx record"],
      [
        { attempts: { mx: { host: "mail", type: "MX", value: "10 in.example.net" } } },
        'hosts: { mx: "mail" }',
      ],
      [{ attempts: { mx: { host: "@", type: "TXT", value: "x" } } }, "a TXT record for mx"],
      [
        { attempts: { feedback: { host: "@", type: "MX", value: "10 f.example.net" } } },
        "both are the MX at",
      ],
    ];
    for (const [change, said] of cases) {
      sim.edit("domain", id, change);
      refused(await stack.apply(program()), said, "no record was written");
      assert.equal(stack.state.length, 1);
      sim.edit("domain", id, { attempts: { mx: undefined, feedback: undefined } });
    }
    sim.edit("domain", id, { attempts: { mx: { host: "mail", type: "MX", value: "10 in.example.net" } } });
    succeeded(await stack.apply(program({ hosts: { mx: "mail" } })));
    const { mx } = stack.find("records").outputs.records as Record<string, Properties>;
    assert.equal(mx!.name, `mail.${DOMAIN}`);
  });

  it("refuse a foreign MX or a second SPF that already stands, before any record", async () => {
    const { sim, stack } = world;
    const mx = sim.putRecord("example.com", {
      type: "MX",
      name: DOMAIN,
      content: "mail.elsewhere.net",
      priority: 5,
    });
    refused(
      await stack.apply(program()),
      "would break mail that works today; none was written",
      "mail.elsewhere.net",
    );
    sim.removeRecord("example.com", mx);
    sim.putRecord("example.com", {
      type: "TXT",
      name: DOMAIN,
      content: "v=spf1 include:_spf.elsewhere.net ~all",
    });
    refused(await stack.apply(program()), "v=spf1", "include:_spf.elsewhere.net");
    assert.deepEqual(
      stack.state.map(({ name }) => name),
      ["one"],
    );
  });

  it("warn where DNS cannot be asked, and go on", async () => {
    const { sim, stack } = world;
    sim.configure({ dnsMode: "refused" });
    const report = succeeded(await stack.apply(program()));
    assert.equal(report.warnings.length, 1);
    assert.match(report.warnings[0]!, /DNS could not be asked from here/);
  });

  it("rotate until they are verified: a refresh asks and notes it, diff is true, update asks again", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program()));
    const before = stack.find("records").outputs.records as Record<string, Properties>;
    sim.advanceClock(3 * 86_400);
    assert.deepEqual(done(succeeded(await stack.apply(program()))), [], "there is no clock in diff");
    assert.deepEqual(done(succeeded(await stack.refresh())), ["drift records"]);
    assert.deepEqual(done(succeeded(await stack.apply(program()))), ["update records"]);
    const after = stack.find("records").outputs.records as Record<string, Properties>;
    assert.notEqual(after.ownership!.value, before.ownership!.value);
    assert.deepEqual({ ...after, ownership: 0 }, { ...before, ownership: 0 });
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    assert.deepEqual(done(succeeded(await stack.apply(program()))), []);
  });

  it("are never asked for again once verified, or every refresh would be a diff", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program()));
    const records = structuredClone(stack.find("records").outputs.records);
    publish(sim, records);
    const [one] = sim.state().domains.filter((each) => each.domain_address === DOMAIN);
    sim.edit("domain", one!.id, {
      verified: { ownership: true, mx: true, spf: true, dkim: true, feedback: true },
    });
    sim.advanceClock(30 * 86_400);
    sim.clearRequests();
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    assert.deepEqual(
      sim.requests.filter(({ path }) => path.endsWith("/info")),
      [],
    );
    // Adopted by a new stack: what is verified is read from the zone's own servers, or pasted.
    stack.state = stack.state.filter(({ name }) => name === "one");
    refused(
      await stack.apply(program()),
      "asking Nylas for its dkim record again could rotate it",
      "hosts: { dkim:",
    );
    const dkim = (records as Record<string, Properties>).dkim!;
    sim.clearRequests();
    succeeded(await stack.apply(program({ hosts: { dkim: String(dkim.name).replace(`.${DOMAIN}`, "") } })));
    assert.deepEqual(stack.find("records").outputs.records, records);
    const asked = sim.requests
      .filter(({ path }) => path.endsWith("/info"))
      .map(({ body }) => (body as Properties).type);
    assert.ok(!asked.includes("ownership") && !asked.includes("dkim"), String(asked));
    stack.state = stack.state.filter(({ name }) => name === "one");
    succeeded(await stack.apply(program({ known: { dkim: dkim as Inputs } })));
    assert.deepEqual(stack.find("records").outputs.records, records);
  });

  it("of a trial domain are none: it works without", async () => {
    const { sim, stack } = world;
    const trial = sim.state().domains.find(({ branded }) => branded)!;
    refused(
      await stack.apply([domainRecords("records", { domainName: trial.domain_address, domainId: trial.id })]),
      "is a trial domain: it works without any DNS record",
    );
  });
});

function differences(from: object, to: object): object {
  return Object.fromEntries(
    Object.entries(to).filter(([key, value]) => (from as Record<string, unknown>)[key] !== value),
  );
}

function defaultOf(sim: World["sim"]): string {
  const { workspaces } = sim.state();
  return workspaces.find((each) => each.default && each.application_id === sim.ids.application)?.id ?? "";
}
