import { strict as assert } from "node:assert";
import { UNKNOWN } from "../../../provider/core/unknown";
import { changesOf, type Recorded } from "../../../provider/onboarding/plan";
import { type Step, type StepState } from "../../../provider/onboarding/steps";

type Values = Record<string, unknown>;
const type = (kind: string) => (kind.includes(":") ? kind : `pulumi-nodejs:dynamic/nylas:${kind}`);
const urn = (kind: string, name: string) =>
  `urn:pulumi:t::nylas-tenants::pulumi-nylas:index:Tenant$${type(kind)}::${name}`;
const state = (inputs: Values, id?: string): StepState => ({
  custom: true,
  inputs,
  outputs: id === undefined ? {} : { name: "n", ...inputs },
  ...(id === undefined ? {} : { id }),
});
const update = (kind: string, before: Values, after: Values, name = "t"): Step => ({
  op: "update",
  type: type(kind),
  urn: urn(kind, name),
  old: state({ name: "n", ...before }, `id-${name}`),
  new: state({ name: "n", ...after }, `id-${name}`),
});
const create = (kind: string, inputs: Values, name = "t"): Step => ({
  op: "create",
  type: type(kind),
  urn: urn(kind, name),
  new: state(inputs),
});
const same = (kind: string, inputs: Values, name = "t"): Step => ({
  ...update(kind, inputs, inputs, name),
  op: "same",
});
const words = (steps: Step[], recorded?: Recorded) =>
  changesOf(steps, recorded).takesAway.map(({ word }) => word.replace(/@[0-9a-f]{8}$/, ""));

const STANDS: Recorded = { changedAt: new Map(), stands: true, keepsPassword: new Set() };
const S = "[secret]";
const NARROW = {
  trigger: "inbound",
  match: "all",
  conditions: [{ field: "from.address", is: "a@b.example" }],
};
const WIDE = { trigger: "inbound", match: "all", conditions: [{ field: "from.domain", isNot: "x.example" }] };

describe("A13: a plan in which a secret may be another one", () => {
  const cases: [kind: string, property: string, value: unknown][] = [
    ["Rule", "enabled", S],
    ["Rule", "conditions", S],
    ["Rule", "conditions", [{ field: "from.domain", is: S }]],
    ["Rule", "actions", S],
    ["Rule", "actions", [{ assignToFolder: S }]],
    ["List", "items", S],
    ["List", "items", ["a.example", S]],
    ["Policy", "limits", S],
    ["Policy", "limits", { dailySends: S }],
    ["Policy", "spamDetection", { sensitivity: S }],
    ["Workspace", "policyId", S],
    ["Workspace", "ruleIds", S],
    ["Workspace", "ruleIds", [S]],
    ["Workspace", "autoGroup", S],
    ["AgentAccount", "workspaceId", S],
    ["AgentAccount", "folders", [S]],
    ["Principal", "boundTo", { workspace: S }],
    ["Principal", "permissions", S],
    ["Principal", "enabled", S],
    ["ApiKey", "enabled", S],
    ["Webhook", "triggers", [S]],
    ["Webhook", "paused", S],
    ["Webhook", "url", S],
  ];
  for (const [kind, property, value] of cases) {
    it(`lists ${kind}.${property} = ${JSON.stringify(value)} in an update, once`, () => {
      assert.deepEqual(
        words([update(kind, { [property]: value }, { [property]: value })]).map((word) =>
          word.replace(/^[^:]+:t\./, ""),
        ),
        [property],
      );
    });
    it(`lists nothing of ${kind}.${property} = ${JSON.stringify(value)} where nothing is updated`, () =>
      assert.deepEqual(words([same(kind, { [property]: value })]), []));
  }

  it("lists a secret that a vendor's provider calls different, and no other", () => {
    const other = "vendor:index/thing:Thing";
    const step = update(other, { content: S, ttl: 1 }, { content: S, ttl: 2 });
    assert.deepEqual(words([step]), []);
    assert.deepEqual(words([{ ...step, diffs: ["content", "ttl"] }]), ["resource:t.content"]);
  });

  it("a word for a secret ends with the next change of the object", () => {
    const step = update("Rule", { enabled: S }, { enabled: S });
    const word = (at: string) =>
      changesOf([step], { ...STANDS, changedAt: new Map([[step.urn, at]]) }).takesAway[0]!.word;
    assert.equal(word("2026-01-01"), word("2026-01-01"));
    assert.notEqual(word("2026-01-01"), word("2026-01-02"));
  });

  describe("C43: of an account that has a password", () => {
    const before = { email: "a@x.example", appPassword: S, displayName: "A" };
    const edits: [what: string, after: Values, more: string[]][] = [
      ["its name", { ...before, displayName: "B" }, []],
      ["its folders", { ...before, folders: ["f"] }, []],
      ["a word", { ...before, forceDestroy: true }, []],
      // A move beside it is listed once, and for itself.
      ["its workspace", { ...before, workspaceId: "b" }, ["account:t.workspaceId"]],
      ["nothing that a preview shows", before, []],
    ];
    for (const [what, after, more] of edits) {
      const step = update("AgentAccount", { ...before, workspaceId: "a" }, { workspaceId: "a", ...after });
      it(`lists the password beside ${what}, unless it is known to stay`, () => {
        assert.deepEqual(words([step]).sort(), ["account:t.appPassword", ...more]);
        assert.deepEqual(words([step], { ...STANDS, keepsPassword: new Set([step.urn]) }), more);
        assert.deepEqual(words([step], { ...STANDS, keepsPassword: new Set(["another"]) }).sort(), [
          "account:t.appPassword",
          ...more,
        ]);
      });
    }
    it("lists nothing where nothing is updated", () =>
      assert.deepEqual(words([same("AgentAccount", before)]), []));
  });

  it("what an interrupted run has begun is gone on with", () => {
    const step = update("Rule", { enabled: S }, { enabled: S });
    assert.deepEqual(words([{ ...step, old: { ...step.old!, outputs: {} } }]), []);
  });
});

describe("A14: a plan that turns mail away or opens something", () => {
  const attach = (rule: Values, more: Step[] = []) => [
    update("Workspace", { ruleIds: ["old"] }, { ruleIds: ["old", UNKNOWN] }),
    create("Rule", rule, "t/in"),
    ...more,
  ];

  const gated: [what: string, steps: Step[], words: string[]][] = [
    ["a rule that blocks nearly all", attach({ ...WIDE, actions: ["block"] }), ["workspace:t.ruleIds"]],
    ["a rule that blocks some", attach({ ...NARROW, actions: ["block"] }), ["workspace:t.ruleIds"]],
    ["a rule into junk", attach({ ...WIDE, actions: [{ assignToFolder: "junk" }] }), ["workspace:t.ruleIds"]],
    ["a rule by its id alone", [update("Workspace", {}, { ruleIds: ["raw"] })], ["workspace:t.ruleIds"]],
    [
      "a rule switched on that blocks",
      [update("Rule", { ...NARROW, actions: ["block"], enabled: false }, { ...NARROW, actions: ["block"] })],
      ["rule:t.enabled"],
    ],
    [
      "a condition more of a rule that blocks",
      [
        update(
          "Rule",
          { ...NARROW, match: "any", actions: ["block"] },
          {
            ...NARROW,
            match: "any",
            conditions: [...NARROW.conditions, ...WIDE.conditions],
            actions: ["block"],
          },
        ),
      ],
      ["rule:t.conditions"],
    ],
    [
      "an item more of a list that a rule blocks by",
      [
        update(
          "List",
          { type: "domain", items: ["a.example"] },
          { type: "domain", items: ["a.example", "b.example"] },
        ),
        same("Rule", {
          ...NARROW,
          conditions: [{ field: "from.domain", inList: ["id-t"] }],
          actions: ["block"],
        }),
      ],
      ["list:t.items"],
    ],
    [
      "a first policy that keeps less",
      [
        update("Workspace", {}, { policyId: UNKNOWN }),
        create("Policy", { limits: { inboxRetentionDays: 7 } }),
      ],
      ["workspace:t.policyId"],
    ],
    [
      "a first policy that receives nothing",
      [update("Workspace", {}, { policyId: UNKNOWN }), create("Policy", { limits: { dailyReceives: 0 } })],
      ["workspace:t.policyId"],
    ],
    [
      "a first policy that is not known",
      [update("Workspace", {}, { policyId: "p" })],
      ["workspace:t.policyId"],
    ],
    [
      "more that counts as spam",
      [update("Policy", { spamDetection: {} }, { spamDetection: { dnsBlockLists: true } })],
      ["policy:t.spamDetection"],
    ],
    [
      "IMAP opened",
      [update("AgentAccount", { email: "a@x.example" }, { email: "a@x.example", appPassword: S })],
      ["account:t.appPassword"],
    ],
    [
      "another password",
      [
        update(
          "AgentAccount",
          { email: "a@x.example", appPassword: S },
          { email: "a@x.example", appPassword: S },
        ),
      ],
      ["account:t.appPassword"],
    ],
    [
      "a key for mailboxes that stand",
      [
        create("Principal", { boundTo: { workspace: "id-t" }, permissions: ["messages.read"] }),
        create("ApiKey", { principalId: UNKNOWN }),
        same("Workspace", {}),
      ],
      ["principal:t", "key:t"],
    ],
    [
      "an MX at a name that is in use",
      [
        same("Domain", { domainName: "x.example" }),
        same("AgentAccount", { email: "a@x.example" }),
        create("cloudflare:index/dnsRecord:DnsRecord", {
          zoneId: "z",
          name: "x.example",
          type: "MX",
          content: "mx.y.example",
        }),
      ],
      ["resource:t"],
    ],
    [
      "a DNS record that gets another name",
      [
        update(
          "cloudflare:index/dnsRecord:DnsRecord",
          { type: "MX", name: "a.example" },
          { type: "MX", name: "b.example" },
        ),
      ],
      ["resource:t.name"],
    ],
  ];
  for (const [what, steps, expected] of gated)
    it(`lists ${what}`, () => assert.deepEqual(words(steps), expected));

  const calm: [what: string, steps: Step[]][] = [
    ["a rule that sorts", attach({ ...WIDE, actions: ["markAsRead", { assignToFolder: "Later" }] })],
    [
      "a pause",
      attach({ trigger: "outbound", match: "any", conditions: WIDE.conditions, actions: ["block"] }),
    ],
    [
      "a first policy that keeps all and limits what is sent",
      [update("Workspace", {}, { policyId: UNKNOWN }), create("Policy", { limits: { dailySends: 50 } })],
    ],
    ["an account more, with a password", [create("AgentAccount", { email: "b@x.example", appPassword: S })]],
    [
      "a first tenant, with a key",
      [
        create("Workspace", { ruleIds: [UNKNOWN] }),
        create("Rule", { ...WIDE, actions: ["block"] }),
        create("AgentAccount", { email: "a@x.example", workspaceId: UNKNOWN }),
      ],
    ],
  ];
  for (const [what, steps] of calm) it(`asks no word for ${what}`, () => assert.deepEqual(words(steps), []));

  it("asks no word for the key of a tenant that does not stand yet, but for one in a workspace that is taken over", () => {
    const key = create("Principal", { boundTo: { workspace: UNKNOWN } });
    const recorded = { ...STANDS, stands: false };
    assert.deepEqual(words([create("Workspace", {}), key], recorded), []);
    assert.deepEqual(words([create("Workspace", { adopt: true }), key], recorded), ["principal:t"]);
  });

  it("lists each property once: what is a loss already is not listed as a thing that opens", () => {
    assert.deepEqual(
      words([
        update("Workspace", { policyId: "p", ruleIds: ["a"] }, { policyId: "q", ruleIds: ["b"] }),
      ]).sort(),
      ["workspace:t.policyId", "workspace:t.ruleIds", "workspace:t.ruleIds[a]"],
    );
  });

  it("a word for a rule is of what that rule does", () => {
    const word = (rule: Values) => changesOf(attach(rule)).takesAway[0]!.word;
    assert.equal(word({ ...NARROW, actions: ["block"] }), word({ ...NARROW, actions: ["block"] }));
    assert.notEqual(word({ ...NARROW, actions: ["block"] }), word({ ...WIDE, actions: ["block"] }));
  });
});

describe("A4: what the first call for a tenant takes over", () => {
  const FIRST: Recorded = { changedAt: new Map(), stands: false, keepsPassword: new Set() };
  for (const adopt of [true, "a1b2"])
    it(`needs a word (adopt: ${JSON.stringify(adopt)}), and what it makes needs none`, () => {
      const account = (more: Values) =>
        create("AgentAccount", { email: "a-b-c@acme.nylas.email", workspaceId: "w", ...more }, "t/c");
      assert.deepEqual(words([account({ adopt })], FIRST), ["account:t/c"]);
      assert.deepEqual(words([account({})], FIRST), []);
    });
});

describe("B10: the first call for a tenant makes a workspace that gathers accounts of others", () => {
  const FIRST: Recorded = { changedAt: new Map(), stands: false, keepsPassword: new Set() };
  const first = (inputs: Values, more: Step[] = []) =>
    words([create("Workspace", inputs), ...more, create("AgentAccount", { email: "c@t.example" })], FIRST);

  for (const autoGroup of [true, S, UNKNOWN])
    for (const domainName of ["acme.nylas.email", S, UNKNOWN])
      it(`a word is needed: autoGroup ${JSON.stringify(autoGroup)} on ${JSON.stringify(domainName)}`, () =>
        assert.deepEqual(first({ domainName, autoGroup }), ["workspace:t"]));

  it("so it is where the call registers the domain beside it: Nylas may refuse the domain alone", () =>
    assert.deepEqual(
      first({ domainName: "t.example", autoGroup: true }, [create("Domain", { domainName: "t.example" })]),
      ["workspace:t"],
    ));

  it("none is needed without autoGroup, nor for what else the call makes", () => {
    for (const inputs of [{}, { domainName: "acme.nylas.email" }, { autoGroup: false, policyId: "shared" }])
      assert.deepEqual(first(inputs), [], JSON.stringify(inputs));
  });

  it("a word is the same whatever the order in which the engine takes its steps", () => {
    const steps = [
      create("Policy", { limits: { dailySends: 50 } }),
      create("AgentAccount", { email: "c@t.example" }),
      create("Workspace", { domainName: "t.example", autoGroup: true, policyId: UNKNOWN }),
    ];
    const word = (order: Step[]) => changesOf(order, FIRST).takesAway.map((each) => each.word);
    assert.equal(word(steps).length, 1);
    assert.deepEqual(word(steps), word([...steps].reverse()));
  });

  it("a word is of this workspace and this domain", () => {
    const word = (domainName: string) =>
      changesOf([create("Workspace", { domainName, autoGroup: true })], FIRST).takesAway[0]!.word;
    assert.equal(word("a.example"), word("a.example"));
    assert.notEqual(word("a.example"), word("b.example"));
  });
});

describe("B7: a plan by which accounts that could not send may send", () => {
  const under = (policy: Step): Step[] => [policy, same("Workspace", { policyId: "id-p" })];
  const edited = (before: Values, after: Values) =>
    words(under(update("Policy", { limits: before }, { limits: after }, "p")));

  for (const dailySends of [50, "unlimited", UNKNOWN])
    it(`lists a limit of no sends that becomes ${JSON.stringify(dailySends)}`, () =>
      assert.equal(edited({ dailySends: 0 }, { dailySends }).length, 1));
  it("lists one that is taken out, and one that was not known", () => {
    assert.equal(edited({ dailySends: 0 }, {}).length, 1);
    assert.equal(edited({ dailySends: S }, { dailySends: 50 }).length, 1);
  });
  it("lists a policy of no sends that is swapped or detached", () => {
    const none = same("Policy", { limits: { dailySends: 0 } }, "p");
    for (const policyId of ["id-q", undefined])
      assert.deepEqual(
        words([none, update("Workspace", { policyId: "id-p" }, policyId === undefined ? {} : { policyId })]),
        ["workspace:t.policyId"],
      );
  });
  it("lists nothing of a limit that was above none", () =>
    assert.deepEqual(edited({ dailySends: 1 }, { dailySends: 50 }), []));
});
