import assert from "node:assert/strict";
import { Chance } from "./programs";
import { type Choices, type Declared, type Input } from "./stack";
import {
  account,
  declare,
  defaultWorkspace,
  done,
  openWorld,
  policy,
  refused,
  standing,
  succeeded,
  workspace,
  writesOf,
} from "./world";

/** As the engine does it: several at a time. */
const together = (seed = 1): Choices => {
  const chance = new Chance(seed);
  return { together: { draw: (limit) => chance.draw(limit) } };
};
const id =
  (name: string): Input =>
  (of: (name: string) => { id?: unknown }) =>
    of(name).id;

describe("what one resource gives up and another one claims in the same up", () => {
  const world = openWorld({
    simulator: { publicWebhooks: "assume" },
    env: { NYLAS_TEST_TIME_SCALE: "0.02" },
  });
  const id_ = (name: string) => world.stack.find(name).id;

  async function settled(program: Declared[]): Promise<void> {
    assert.deepEqual(done(succeeded(await world.stack.preview(program))), []);
    assert.deepEqual(done(succeeded(await world.stack.refresh())), []);
  }

  const named: Record<string, Record<string, Input>> = {
    Policy: { limits: { dailySends: 5 } },
    List: { type: "domain", items: ["spam.example"] },
    Rule: { conditions: [{ field: "from.domain", is: "spam.example" }], actions: ["block"] },
    Workspace: {},
    Principal: { boundTo: { workspace: id("home") } },
  };
  for (const [type, inputs] of Object.entries(named)) {
    it(`a name is free for another ${type} at once, whichever of the two comes first`, async () => {
      const { stack } = world;
      const home = workspace("home");
      const first = [home, declare(type, "a", { ...inputs, name: "Shared" })];
      succeeded(await stack.apply(first));
      const before = id_("a");
      const renamed = declare(type, "a", { ...inputs, name: "Other" });
      const claimant = declare(type, "b", { ...inputs, name: "Shared" });
      succeeded(await stack.apply([home, claimant, renamed], together()));
      assert.equal(id_("a"), before, "renamed in place");
      assert.notEqual(id_("b"), before);
      await settled([home, claimant, renamed]);

      // And back: the two exchange their names.
      const exchanged = [
        home,
        declare(type, "a", { ...inputs, name: "Shared" }),
        declare(type, "b", { ...inputs, name: "Other" }),
      ];
      succeeded(await stack.apply(exchanged, together()));
      await settled(exchanged);
      succeeded(await stack.destroy(together()));
      assert.deepEqual(standing(world.sim), []);
    });
  }

  it("an address of a webhook is free for another one at once", async () => {
    const { stack, sim } = world;
    const hook = (name: string, path: string) =>
      declare("Webhook", name, { url: `https://hooks.example.org/${path}`, triggers: ["message.created"] });
    succeeded(await stack.apply([hook("a", "one")]));
    succeeded(await stack.apply([hook("b", "one"), hook("a", "two")], together()));
    assert.deepEqual(standing(sim), [
      "webhook https://hooks.example.org/one",
      "webhook https://hooks.example.org/two",
    ]);
    await settled([hook("b", "one"), hook("a", "two")]);
  });

  it("two lists of one name exchange their types", async () => {
    const { stack, sim } = world;
    const list = (name: string, type: string, item: string) =>
      declare("List", name, { name: "Shared", type, items: [item] });
    succeeded(await stack.apply([list("a", "domain", "spam.example"), list("b", "tld", "invalid")]));
    const after = [list("a", "tld", "invalid"), list("b", "domain", "spam.example")];
    succeeded(await stack.apply(after, together()));
    assert.deepEqual(
      sim
        .state()
        .lists.map(({ type }) => type)
        .sort(),
      ["domain", "tld"],
    );
    await settled(after);
  });

  describe("the domain of a workspace, which stands but once", () => {
    const DOMAIN = "agents.example.com";
    const box = (inWorkspace: string) =>
      account("bot", { email: "bot@acme.nylas.email", workspaceId: id(inWorkspace) });

    for (const order of ["first", "last"]) {
      it(`moves to another workspace in one up, when the one that gives it up comes ${order}; its accounts stay with that one`, async () => {
        const { stack, sim } = world;
        const start = [workspace("a", { domainName: DOMAIN }), workspace("b"), box("a")];
        succeeded(await stack.apply(start));
        const mailbox = id_("bot");
        sim.addMessage({ grant: mailbox, subject: "keep me" });
        const [a, b] = [workspace("a"), workspace("b", { domainName: DOMAIN })];
        const after = order === "first" ? [a, b, box("a")] : [b, a, box("a")];
        sim.clearRequests();
        succeeded(await stack.apply(after, together()));
        assert.equal(sim.state().workspaces.find(({ domain }) => domain === DOMAIN)?.id, id_("b"));
        assert.equal(sim.state().grants[0]?.workspace_id, id_("a"));
        assert.equal(id_("bot"), mailbox);
        assert.deepEqual(sim.state().lostMail, []);
        assert.deepEqual(
          writesOf(sim).filter((write) => / → \d/.test(write)),
          [],
          "nothing is tried that is refused",
        );
        await settled(after);
        assert.deepEqual(standing(sim).filter((each) => each.startsWith("workspace")).length, 2);
      });
    }

    it("goes to another workspace and comes back from it: two that nobody is in exchange their domains", async () => {
      const { stack, sim } = world;
      const two = (of: string, other: string) => [
        workspace("a", { domainName: of }),
        workspace("b", { domainName: other }),
      ];
      succeeded(await stack.apply(two(DOMAIN, "other.example.com")));
      succeeded(await stack.apply(two("other.example.com", DOMAIN), together(2)));
      assert.equal(sim.state().workspaces.find(({ domain }) => domain === DOMAIN)?.id, id_("b"));
      await settled(two("other.example.com", DOMAIN));
    });

    it("is not taken from a workspace that accounts are in until the end; the error says which, and two steps do it", async () => {
      const { stack, sim } = world;
      succeeded(await stack.apply([workspace("a", { domainName: DOMAIN }), workspace("b"), box("a")]));
      const mailbox = id_("bot");
      // The account follows the domain, so it cannot leave before the domain has come.
      const after = [workspace("a"), workspace("b", { domainName: DOMAIN }), box("b")];
      const report = await stack.apply(after, { ...together(), continueOnError: true });
      refused(
        report,
        "1 account(s) are in it (bot@acme.nylas.email)",
        "in a pulumi up of its own",
        "adopt: true",
      );
      assert.equal(sim.state().grants[0]?.id, mailbox);
      const half = [workspace("a"), workspace("b"), box("b")];
      succeeded(await stack.apply(half, together()));
      succeeded(await stack.apply(after, together()));
      assert.equal(sim.state().workspaces.find(({ domain }) => domain === DOMAIN)?.id, id_("b"));
      assert.equal(sim.state().grants[0]?.id, mailbox);
      await settled(after);
    });

    it("is not taken from a workspace that the same change removes; the error says so, and two steps do it", async () => {
      const { stack, sim } = world;
      succeeded(await stack.apply([workspace("a", { domainName: DOMAIN })]));
      const before = sim.state().workspaces;
      const after = [workspace("b", { domainName: DOMAIN })];
      refused(
        await stack.apply(after, { ...together(), continueOnError: true }),
        "exists already",
        "goes away or gives it up in the same change: deletes come last",
        "is kept",
      );
      assert.deepEqual(sim.state().workspaces, before);
      assert.equal(id_("a"), before.find(({ domain }) => domain === DOMAIN)?.id);
      succeeded(await stack.apply([], together()));
      succeeded(await stack.apply(after, together()));
      await settled(after);
    });

    it("is not taken from a workspace that is protected: the engine asks about its replacement, and then refuses it", async () => {
      const { stack, sim } = world;
      succeeded(await stack.apply([workspace("a", { domainName: DOMAIN })]));
      const { id, outputs, inputs } = stack.find("a");
      const plugin = await world.plugin();
      const label = (name: string) => ({ label: `project/stack/${name}` });
      const asked = await plugin.check("Workspace", inputs, label("a"), "a");
      assert.deepEqual((await plugin.diff("Workspace", id, outputs, asked.inputs, "a")).replaces, [
        "domainName",
      ]);
      const claim = await plugin.check("Workspace", {}, { ...label("b"), domainName: DOMAIN }, "b");
      await assert.rejects(plugin.create("Workspace", claim.inputs, "b"), /exists already/);
      assert.equal(sim.state().workspaces.find(({ domain }) => domain === DOMAIN)?.id, id);
    });

    it("of another stack's workspace is never freed", async () => {
      const { stack, sim } = world;
      const foreign = sim.seed({ kind: "workspace", name: "theirs", domain: DOMAIN });
      refused(await stack.apply([workspace("b", { domainName: DOMAIN })], together()), "exists already");
      assert.ok(sim.state().workspaces.some((each) => each.id === foreign));
      assert.deepEqual(
        writesOf(sim).filter((write) => write.startsWith("DELETE")),
        [],
      );
    });
  });

  it("many things change hands around one that goes: policy deleted and detached, list replaced under a rule, workspace emptied", async () => {
    const { stack, sim } = world;
    const rule = (type: string) =>
      declare("Rule", "rule", {
        conditions: [{ field: `from.${type}`, inList: [id("list")] }],
        actions: ["block"],
      });
    const bot = (home: string) => account("bot", { email: "bot@acme.nylas.email", workspaceId: id(home) });
    const list = (type: string, item: string) => declare("List", "list", { type, items: [item] });
    succeeded(
      await stack.apply([
        policy("policy", { limits: { dailySends: 5 } }),
        list("domain", "spam.example"),
        rule("domain"),
        workspace("old", { policyId: id("policy"), ruleIds: [id("rule")] as unknown as Input }),
        defaultWorkspace("rest", { policyId: id("policy"), ruleIds: [id("rule")] as unknown as Input }),
        bot("old"),
      ]),
    );
    const after = [
      list("tld", "invalid"),
      rule("tld"),
      workspace("new", { ruleIds: [id("rule")] as unknown as Input }),
      defaultWorkspace("rest", {}),
      bot("new"),
    ];
    for (const seed of [1, 2, 3]) {
      succeeded(await stack.apply(after, together(seed)));
      await settled(after);
    }
    assert.deepEqual(standing(sim), [
      "account bot@acme.nylas.email",
      "list project/stack/list",
      "workspace project/stack/new",
    ]);
    const [standingRule] = sim.state().rules;
    assert.deepEqual(standingRule?.match.conditions[0]?.value, [id_("list")]);
    assert.deepEqual(sim.state().workspaces.find(({ id }) => id === id_("new"))?.rule_ids, [
      standingRule?.id,
    ]);
  });
});
