import assert from "node:assert/strict";
import { Chance } from "./programs";
import { type Choices, type Declared, FakeStack, type Input } from "./stack";
import {
  account,
  declare,
  declared,
  defaultWorkspace,
  done,
  domain,
  openWorld,
  policy,
  standing,
  succeeded,
  workspace,
  writesOf,
} from "./world";

const together = (seed: number): Choices & { continueOnError: true } => {
  const chance = new Chance(seed);
  return { together: { draw: (limit) => chance.draw(limit) }, continueOnError: true };
};
const id =
  (name: string): Input =>
  (of: (name: string) => { id?: unknown }) =>
    of(name).id;
const ids = (...names: string[]): Input => names.map(id);

describe("operations beside each other in one process", () => {
  const world = openWorld();
  const BOTS = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const calls = (pattern: RegExp) =>
    world.sim.requests.filter(({ method, path }) => pattern.test(`${method} ${path}`)).length;

  it("make the connector once for eight accounts at once, ask for their domain once and for the application once", async () => {
    const { stack, sim } = world;
    const address = "agents.example.com";
    sim.seed({ kind: "domain", address, verified: true });
    sim.configure({ latencyMs: 5 });
    const bots = BOTS.map((name) => account(name, { email: `${name}@${address}` }));
    succeeded(await stack.apply(bots, together(1)));
    assert.equal(sim.state().grants.length, 8);
    assert.equal(calls(/^POST \/v3\/connectors$/), 1);
    assert.equal(calls(/^GET \/v3\/domains\//), 1);
    assert.equal(calls(/^GET \/v3\/applications$/), 1);
    assert.deepEqual(
      writesOf(sim).filter((write) => / → \d/.test(write)),
      [],
    );
  });

  it("take rules out of a workspace that somebody else put them into, one after the other, and leave no stale id", async () => {
    const { stack, sim } = world;
    const rules = BOTS.map((name) =>
      declare("Rule", name, {
        conditions: [{ field: "from.domain", is: "spam.example" }],
        actions: ["block"],
      }),
    );
    succeeded(await stack.apply(rules));
    const foreign = sim.seed({ kind: "rule", name: "theirs" });
    const theirs = sim.seed({ kind: "workspace", name: "theirs" });
    const mine = BOTS.map((name) => stack.find(name).id);
    sim.edit("workspace", theirs, { rule_ids: [...mine, foreign] });
    sim.configure({ latencyMs: 5 });
    succeeded(await stack.apply([], together(2)));
    assert.deepEqual(sim.state().workspaces.find((each) => each.id === theirs)?.rule_ids, [foreign]);
    assert.deepEqual(
      sim.state().rules.map((each) => each.id),
      [foreign],
    );
  });

  for (const seed of [1, 2, 3, 4]) {
    it(`let go of the default workspace beside rules that somebody attached to it by hand, which are deleted (${seed})`, async () => {
      const { stack, sim } = world;
      const rule = (name: string) =>
        declare("Rule", name, {
          conditions: [{ field: "from.domain", is: "spam.example" }],
          actions: ["block"],
        });
      succeeded(
        await stack.apply([
          policy("policy"),
          ...BOTS.map(rule),
          defaultWorkspace("rest", { ruleIds: ids("a"), policyId: id("policy") }),
        ]),
      );
      const home = stack.find("rest").id;
      const foreign = sim.seed({ kind: "rule", name: "theirs" });
      sim.edit("workspace", home, { rule_ids: [...BOTS.map((name) => stack.find(name).id), foreign] });
      sim.configure({ latencyMs: 3 });
      sim.clearRequests();
      succeeded(await stack.destroy(together(seed)));
      const { rule_ids, policy_id } = sim.state().workspaces.find((each) => each.id === home)!;
      assert.deepEqual({ rule_ids, policy_id }, { rule_ids: [foreign], policy_id: null });
      assert.deepEqual(
        writesOf(sim).filter((write) => / → \d/.test(write)),
        [],
      );
    });
  }

  it("fill and empty lists of thousands of items in chunks beside each other", async () => {
    const { stack, sim } = world;
    const many = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => `person${from + i}@example.com`);
    const lists = (from: number, to: number) =>
      ["a", "b", "c"].map((name, i) =>
        declare("List", name, { type: "address", items: many(from + i * 100, to + i * 100) }),
      );
    succeeded(await stack.apply(lists(0, 1200), together(1)));
    succeeded(await stack.apply(lists(1100, 2250), together(2)));
    const all = sim.state().lists;
    for (const [i, list] of all.sort((a, b) => (a.name < b.name ? -1 : 1)).entries())
      assert.deepEqual([...list.items].sort(), many(1100 + i * 100, 2250 + i * 100).sort());
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
  });
});

describe("two stacks in one application that declare the same", () => {
  const world = openWorld({
    simulator: { publicWebhooks: "assume" },
    env: { NYLAS_TEST_TIME_SCALE: "0.01" },
  });
  let other: FakeStack;
  before(() => {
    other = new FakeStack({ oneProcess: true, env: { NYLAS_TEST_TIME_SCALE: "0.01" } });
  });
  beforeEach(() => {
    other.state = [];
    other.config = world.config;
  });
  after(() => other.close());

  /** The same program for both, each under its own stack's label. */
  const program = (stack: string): Declared[] =>
    [
      policy("policy", { name: "Outreach", limits: { dailySends: 50 } }),
      declare("List", "list", { name: "Blocked", type: "domain", items: ["spam.example"] }),
      declare("Rule", "rule", {
        name: "Spam",
        conditions: [{ field: "from.domain", is: "spam.example" }],
        actions: ["block"],
      }),
      workspace("customer", { domainName: "agents.example.com" }),
      domain("domain", { domainName: "agents.example.com" }),
      account("bot", { email: "bot@acme.nylas.email" }),
      declare("Webhook", "hook", { url: "https://hooks.example.org/a", triggers: ["message.created"] }),
      declare("Principal", "tenant", { name: "Tenant", boundTo: { application: world.sim.ids.application } }),
    ].map((each) => ({ ...each, inputs: { ...each.inputs, label: `project/${stack}/${each.name}` } }));

  it("one after the other: each object is refused to the second, by its name and with the ways forward, and nothing is touched", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply(program("first"), together(1)));
    const before = sim.state();
    sim.clearRequests();
    const report = await other.apply(program("second"), together(2));
    const said = (name: string) => report.errors.find((each) => each.name === name)?.message ?? "";
    for (const [name, object] of Object.entries({
      policy: 'policy "Outreach"',
      list: 'list "Blocked"',
      rule: 'rule "Spam"',
      customer: 'workspace "project/first/customer"',
      domain: "domain agents.example.com",
      bot: "account bot@acme.nylas.email",
      hook: "webhook https://hooks.example.org/a",
      tenant: 'principal "Tenant"',
    })) {
      assert.ok(said(name).startsWith(`${object} (id `), said(name));
      assert.match(
        said(name),
        /exists already and is not provably this resource's own\. Nothing was changed\./,
      );
      assert.match(said(name), /take it over: adopt: true .*choose another name or address/);
    }
    assert.equal(report.errors.length, 8);
    assert.deepEqual(other.state, []);
    succeeded(await other.destroy());
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(sim.state(), before);
    assert.deepEqual(done(succeeded(await stack.preview(program("first")))), []);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    succeeded(await stack.destroy());
    assert.deepEqual(standing(sim), []);
  });

  for (const seed of [1, 2, 3]) {
    it(`at the same time: no object is both's, and the loser's destroy touches nothing of the winner's (${seed})`, async () => {
      const { stack, sim } = world;
      sim.configure({ latencyMs: 4 });
      const apart = (name: string) => program(name).filter(({ type }) => type !== "AgentAccount");
      const reports = await Promise.all([
        stack.apply(apart("first"), together(seed)),
        other.apply(apart("second"), together(seed + 100)),
      ]);
      const held = (one: FakeStack) => one.state.map((entry) => `${entry.type} ${entry.id}`);
      assert.deepEqual(
        held(stack).filter((each) => held(other).includes(each)),
        [],
        "nothing is in both states",
      );
      // What the API has but once has one owner, and the other hears of it.
      for (const name of ["customer", "domain"]) {
        const owners = [stack, other].filter((one) => one.state.some((entry) => entry.name === name));
        assert.equal(owners.length, 1, name);
        const heard = reports.flatMap(({ errors }) => errors).filter((each) => each.name === name);
        assert.equal(heard.length, 1, name);
        assert.match(heard[0]!.message, /exists already/);
      }
      succeeded(await other.destroy());
      for (const entry of stack.state) {
        const read = await (
          await world.plugin()
        ).read(entry.type, entry.id, entry.outputs, entry.inputs, entry.name);
        assert.equal(read.id, entry.id, `${entry.name} of the first stack stands`);
        assert.deepEqual(declared(read.inputs ?? {}), declared(entry.inputs));
      }
      succeeded(await stack.destroy());
      assert.deepEqual(standing(sim), []);
    });
  }
});
