import { strict as assert } from "node:assert";
import fc from "fast-check";
import { changesOf, isUnchanged, notAllowed } from "../../../provider/onboarding/plan";
import { type Step, type StepState } from "../../../provider/onboarding/steps";

const urn = (type: string, name: string) =>
  `urn:pulumi:customer-a::nylas-tenants::pulumi-nylas:index:Tenant$${type}::${name}`;
const nylas = (kind: string) => `pulumi-nodejs:dynamic/nylas:${kind}`;
const state = (inputs: Record<string, unknown>, more: Partial<StepState> = {}): StepState => ({
  id: "id-1",
  custom: true,
  inputs,
  outputs: inputs,
  ...more,
});
const update = (kind: string, before: Record<string, unknown>, after: Record<string, unknown>): Step => ({
  op: "update",
  type: nylas(kind),
  urn: urn(nylas(kind), "customer-a/x"),
  old: state(before),
  new: state(after),
});
const PAUSE = { trigger: "outbound", match: "any", actions: ["block"] };
const words = (...steps: Step[]) =>
  changesOf(steps).takesAway.map(({ word }) => word.replace(/@[0-9a-f]{8}$/, ""));

describe("M16: the plan of an onboarding call", () => {
  const taking: [
    what: string,
    kind: string,
    before: Record<string, unknown>,
    after: Record<string, unknown>,
    words: string[],
  ][] = [
    [
      "a rule detached",
      "Workspace",
      { ruleIds: ["a", "b"] },
      { ruleIds: ["b"] },
      ["workspace:customer-a/x.ruleIds[a]"],
    ],
    ["all rules detached", "Workspace", { ruleIds: ["a"] }, {}, ["workspace:customer-a/x.ruleIds[a]"]],
    ["a policy detached", "Workspace", { policyId: "p" }, {}, ["workspace:customer-a/x.policyId"]],
    [
      "a policy swapped",
      "Workspace",
      { policyId: "p" },
      { policyId: "q" },
      ["workspace:customer-a/x.policyId"],
    ],
    [
      "a smaller limit",
      "Policy",
      { limits: { dailySends: 50 } },
      { limits: { dailySends: 40 } },
      ["policy:customer-a/x.limits.dailySends"],
    ],
    [
      "a limit where there was none",
      "Policy",
      { limits: {} },
      { limits: { dailySends: 40 } },
      ["policy:customer-a/x.limits.dailySends"],
    ],
    [
      "spam detection off",
      "Policy",
      { spamDetection: { dnsBlockLists: true } },
      { spamDetection: { dnsBlockLists: false } },
      ["policy:customer-a/x.spamDetection.dnsBlockLists"],
    ],
    ["a rule switched off", "Rule", { enabled: true }, { enabled: false }, ["rule:customer-a/x.enabled"]],
    [
      "another action",
      "Rule",
      { actions: ["block"] },
      { actions: ["archive"] },
      ["rule:customer-a/x.actions"],
    ],
    [
      "a condition more where all must hold",
      "Rule",
      { match: "all", conditions: [{ is: "a" }] },
      { match: "all", conditions: [{ is: "a" }, { is: "b" }] },
      ["rule:customer-a/x.conditions"],
    ],
    ["a list item gone", "List", { items: ["a", "b"] }, { items: ["b"] }, ["list:customer-a/x.items[a]"]],
    [
      "another file of items",
      "List",
      { itemsDigest: "1" },
      { itemsDigest: "2" },
      ["list:customer-a/x.itemsDigest"],
    ],
    [
      "a mailbox moved",
      "AgentAccount",
      { workspaceId: "a" },
      { workspaceId: "b" },
      ["account:customer-a/x.workspaceId"],
    ],
    [
      "a folder gone",
      "AgentAccount",
      { folders: ["a"] },
      { folders: [] },
      ["account:customer-a/x.folders[a]"],
    ],
    ["a key disabled", "ApiKey", { enabled: true }, { enabled: false }, ["key:customer-a/x.enabled"]],
    [
      "a key re-bound",
      "ApiKey",
      { principalId: "a" },
      { principalId: "b" },
      ["key:customer-a/x.principalId"],
    ],
    [
      "a permission more",
      "Principal",
      { permissions: ["a"] },
      { permissions: ["a", "b"] },
      ["principal:customer-a/x.permissions"],
    ],
    [
      "a webhook sent elsewhere",
      "Webhook",
      { url: "https://a.example" },
      { url: "https://b.example" },
      ["webhook:customer-a/x.url"],
    ],
    [
      "a property of a later release",
      "Workspace",
      { later: 1 },
      { later: 2 },
      ["workspace:customer-a/x.later"],
    ],
  ];
  for (const [what, kind, before, after, expected] of taking)
    it(`lists ${what}`, () => assert.deepEqual(words(update(kind, before, after)), expected));

  const adding: [
    what: string,
    kind: string,
    before: Record<string, unknown>,
    after: Record<string, unknown>,
  ][] = [
    ["a higher limit", "Policy", { limits: { dailySends: 50 } }, { limits: { dailySends: 60 } }],
    [
      "an address that is paused too",
      "Rule",
      { ...PAUSE, conditions: [{ field: "from.address", is: "a@x.example" }] },
      {
        ...PAUSE,
        conditions: ["a", "b"].map((name) => ({ field: "from.address", is: `${name}@x.example` })),
      },
    ],
    [
      "a rule switched on that blocks outgoing mail",
      "Rule",
      { ...PAUSE, enabled: false },
      { ...PAUSE, enabled: true },
    ],
    [
      "whoever else is in the workspace, paused too",
      "Rule",
      { ...PAUSE, conditions: [] },
      { ...PAUSE, conditions: [], includeMembers: true },
    ],
    [
      "a rule switched on that only sorts",
      "Rule",
      { actions: ["archive"], enabled: false },
      { actions: ["archive"], enabled: true },
    ],
    ["another name", "AgentAccount", { displayName: "A" }, { displayName: "B" }],
    ["a folder", "AgentAccount", {}, { folders: ["a"] }],
    ["a word", "AgentAccount", {}, { forceDestroy: true }],
  ];
  for (const [what, kind, before, after] of adding)
    it(`takes nothing away by ${what}`, () => {
      const plan = changesOf([update(kind, before, after)]);
      assert.deepEqual([plan.takesAway, plan.changes.length], [[], 1]);
    });

  it("compares with what stands, and not with what was once declared", () => {
    const step = update("List", { items: ["a"] }, { items: ["a"] });
    assert.deepEqual(words({ ...step, old: state({ items: ["a"] }, { outputs: { items: ["a", "b"] } }) }), [
      "list:customer-a/x.items[b]",
    ]);
  });

  it("lists a delete, a replacement once, another vendor's record and a protection that is taken off", () => {
    const step = (op: string, type: string, name: string, more: Partial<Step> = {}): Step => ({
      op,
      type,
      urn: urn(type, name),
      old: state({ type: "MX", name: "agents.example.com", content: "mx.example" }, { id: name }),
      ...more,
    });
    const record = "cloudflare:index/dnsRecord:DnsRecord";
    const plan = changesOf([
      step("delete", nylas("Rule"), "customer-a/sending-paused"),
      step("create-replacement", nylas("ApiKey"), "key", { new: state({}) }),
      step("replace", nylas("ApiKey"), "key", { new: state({}) }),
      step("delete-replaced", nylas("ApiKey"), "key"),
      step("delete", record, "mx"),
      step("same", nylas("AgentAccount"), "bot", { old: state({}, { protect: true }), new: state({}) }),
      step("delete", nylas("SmokeTest"), "smoke"),
      step("delete", "pulumi-nylas:index:AgentDomain", "domain", { old: { custom: false } }),
    ]);
    assert.deepEqual(
      plan.takesAway.map(({ object, what }) => `${object}: ${what}`),
      [
        "rule customer-a/sending-paused: is deleted: the pause is lifted, and the tenant's accounts send again",
        "key key: is replaced: whoever uses it is locked out",
        "DNS record MX agents.example.com mx.example (mx): is deleted: mail for the domain may go elsewhere or nowhere",
        "account bot: its protection against deletion is taken off",
      ],
    );
    assert.deepEqual([plan.creates, plan.changes], [[], []]);
  });

  it("a word is of one change of one object", () => {
    const step = update("Policy", { limits: { dailySends: 50 } }, { limits: { dailySends: 40 } });
    const [one, other, lower] = [
      step,
      { ...step, old: { ...step.old!, id: "id-2" } },
      update("Policy", { limits: { dailySends: 50 } }, { limits: { dailySends: 30 } }),
    ].map((each) => changesOf([each]).takesAway[0]!.word);
    assert.equal(changesOf([step]).takesAway[0]!.word, one);
    assert.equal(new Set([one, other, lower]).size, 3);
  });

  it("of a list, exactly what is not there any more is listed, whatever the order", () => {
    const items = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 8 });
    fc.assert(
      fc.property(items, items, (before, after) => {
        const { takesAway } = changesOf([update("List", { items: before }, { items: after })]);
        const taken = takesAway.filter(({ word }) => /\.items\[/.test(word));
        assert.equal(taken.length, before.filter((item) => !after.includes(item)).length);
        assert.ok(isUnchanged(changesOf([{ ...update("List", {}, {}), op: "same" }])));
      }),
    );
  });
});

describe("what remove lets go", () => {
  const type = nylas("AgentAccount");
  const account = (name: string, more: Partial<Step>): Step => ({
    op: "delete",
    type,
    urn: urn(type, `customer-a/${name}`),
    old: state({ email: `${name}@acme.nylas.email`, workspaceId: "w" }),
    ...more,
  });
  const left = (steps: Step[], ...removed: string[]) =>
    notAllowed(changesOf(steps).takesAway, {
      allow: [],
      removed: new Set(removed.map((name) => `customer-a/${name}`)),
    }).map(({ word }) => word.replace(/@[0-9a-f]{8}$/, ""));

  it("is the accounts that it names, whatever is in their names", () => {
    const names = ["billing", "a.workspaceId", "billing@trial"];
    const gone = names.map((name) => account(name, {}));
    assert.deepEqual(left(gone, ...names), []);
    assert.deepEqual(left(gone, "billing", "billing@trial"), ["account:customer-a/a.workspaceId"]);
  });

  it("is no property of another account, whose word looks like the name of the first", () => {
    const moved = account("a", {
      op: "update",
      new: state({ email: "a@acme.nylas.email", workspaceId: "other" }),
    });
    const gone = account("a.workspaceId", {});
    assert.deepEqual(left([gone, moved], "a.workspaceId"), ["account:customer-a/a.workspaceId"]);
  });
});
