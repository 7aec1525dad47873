import assert from "node:assert/strict";
import { type Properties } from "./harness";
import { type Conformance, defaultOf, type Inputs, describeConformance } from "./conformance";
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
  succeeded,
  workspace,
  writesOf,
} from "./world";

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
const LIMITS_SENT = {
  limit_count_daily_email_sent: 50,
  limit_count_daily_message_received: 500,
  limit_storage_total: 1000000000,
  limit_size_total_mime: 20000000,
  limit_attachment_size_limit: 10000000,
  limit_attachment_count_limit: 5,
  limit_attachment_allowed_types: ["image/*"],
  limit_inbox_retention_period: 30,
  limit_spam_retention_period: 7,
};
/** A changed limit goes with all that are declared: by one reading of the API a group is replaced as a whole. */
const limit = (change: object, wire: string): [Inputs, string[]] => {
  const sent = { ...LIMITS_SENT, ...(JSON.parse(`{${wire}}`) as object) };
  return [
    { limits: { ...LIMITS, ...change } as Inputs },
    [`PUT /v3/policies/:id ${JSON.stringify({ limits: sent })}`],
  ];
};

const conformances: Conformance[] = [
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
        [
          'PUT /v3/policies/:id {"spam_detection":{"use_list_dnsbl":false,"use_header_anomaly_detection":false,"spam_sensitivity":1.5}}',
        ],
      ],
      [
        { spamDetection: { dnsBlockLists: true, headerAnomalies: true, sensitivity: 5 } },
        [
          'PUT /v3/policies/:id {"spam_detection":{"use_list_dnsbl":true,"use_header_anomaly_detection":true,"spam_sensitivity":5}}',
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
        `PUT /v3/policies/:id {"name":"Subject","limits":${JSON.stringify(LIMITS_SENT)},` +
          '"spam_detection":{"use_list_dnsbl":true,"use_header_anomaly_detection":false,"spam_sensitivity":1.5}}',
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
    forced: (id) => `workspace:${id}`,
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
    lostWhenGone: "its mail is lost; pulumi up would make a new, empty mailbox",
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
    forced: () => `account:${EMAIL}`,
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
    forced: () => `domain:${DOMAIN}`,
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
      [{ known: { mx: { type: "A", name: "x", value: "y" } } }, "known.mx.type"],
      [{ known: { apex: { type: "MX", name: "x", value: "y" } } }, "known.apex"],
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
      [{ records: { mx: { type: "MX", value: "mx.example.net" } } }, "records.mx.name"],
      [{ records: { mx: { type: "MX", name: "agents.example.com" } } }, "records.mx.value"],
      [{ purposes: [] }, "purposes"],
      [{ purposes: ["postage"] }, "purposes[0]"],
      [{ wait: "no" }, "wait"],
      [{ publishedBy: "" }, "publishedBy"],
      [{ timeoutSeconds: 0 }, "timeoutSeconds"],
      [{ timeoutSeconds: "30m" }, "timeoutSeconds"],
    ],
  },
];

for (const conformance of conformances) describeConformance(conformance);

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

  it("that a killed run has set as declared is taken without a write", async () => {
    const { sim, stack } = world;
    const program = [policy("one"), defaultWorkspace("rest", { policyId: (of) => of("one").id })];
    succeeded(await stack.apply(program, { killed: true }));
    stack.state = stack.state.filter(({ name }) => name !== "rest");
    sim.clearRequests();
    succeeded(await stack.apply(program));
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

  it("refuse where DNS cannot be asked; with allowUncheckedDns they warn, and go on", async () => {
    const { sim, stack } = world;
    sim.configure({ dnsMode: "refused" });
    refused(await stack.apply(program()), "DNS could not be asked from here", "allowUncheckedDns: true");
    const report = succeeded(await stack.apply(program({ allowUncheckedDns: true })));
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
      "asking Nylas for its dkim record again could rotate the one in use",
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
