import assert from "node:assert/strict";
import { endRuns, journalsIn, leaveFile } from "./journals";
import { type Declared } from "./stack";
import {
  account,
  declare,
  defaultWorkspace,
  domain,
  done,
  openWorld,
  policy,
  refused,
  standing,
  succeeded,
  workspace,
  writesOf,
} from "./world";

const EMAIL = "bot@acme.nylas.email";
const NOT_OWN = "exists already and is not provably this resource's own. Nothing was changed.";

/** Every kind that is found by a natural key. */
const KINDS: Declared[] = [
  policy("policy", { limits: { dailySends: 50 } }),
  declare("List", "list", { type: "domain", items: ["a.example"] }),
  declare("Rule", "rule", {
    trigger: "outbound",
    conditions: [{ field: "recipient.tld", isNot: "invalid" }],
    actions: ["block"],
  }),
  workspace("workspace"),
  domain("domain", { domainName: "agents.example.com" }),
  declare("Webhook", "webhook", { url: "https://hooks.example.org/a", triggers: ["message.created"] }),
  declare("Principal", "principal", { boundTo: { workspace: (of) => of("workspace").id } }),
  account("account", { email: EMAIL, workspaceId: (of) => of("workspace").id }),
];

describe("M11: a name is no proof", function () {
  this.timeout(120_000);
  const world = openWorld({ simulator: { publicWebhooks: "assume" } });
  const without = (name: string) => {
    world.stack.state = world.stack.state.filter((entry) => entry.name !== name);
  };

  for (const { name, type } of KINDS)
    it(`a ${type} with this stack's own default name, equal in all, is refused: whose name it bears, and adopt`, async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(KINDS));
      const { id } = stack.find(name);
      // As a new stack of the old name sees it.
      without(name);
      sim.clearRequests();
      const report = refused(
        await stack.apply(KINDS),
        `(id ${id}) ${NOT_OWN}`,
        "the default name of this stack (project/stack), and no interrupted run of it on this machine explains that",
        `adopt: true (or adopt: "${id}")`,
      );
      assert.equal(report.errors.length, 1);
      assert.deepEqual(writesOf(sim), []);
      const adopting = KINDS.map((each) =>
        each.name === name ? { ...each, inputs: { ...each.inputs, adopt: true } } : each,
      );
      succeeded(await stack.apply(adopting));
      assert.equal(stack.find(name).id, id);
      assert.deepEqual(writesOf(sim), []);
    });

  it("nothing of a whole stack is taken, and the destroy of the new one deletes nothing", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(KINDS));
    const there = standing(sim);
    stack.state = [];
    sim.clearRequests();
    const report = refused(await stack.apply(KINDS, { continueOnError: true }), NOT_OWN);
    assert.equal(report.errors.length, 6, "all but the two that need one of them");
    succeeded(await stack.destroy());
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(standing(sim), there);
  });

  it("what a killed run of this stack has made is taken, once", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(KINDS, { killed: true }));
    const ids = stack.state.map(({ id }) => id);
    stack.state = [];
    sim.clearRequests();
    succeeded(await stack.apply(KINDS));
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(
      stack.state.map(({ id }) => id),
      ids,
    );
    assert.deepEqual(journalsIn(world.home), [], "it is all in the state now");
    stack.state = [];
    refused(await stack.apply(KINDS), NOT_OWN);
  });

  it("a run that takes them and is killed itself leaves them to the next one", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(KINDS, { killed: true }));
    sim.clearRequests();
    for (let run = 0; run < 2; run++) {
      stack.state = [];
      succeeded(await stack.apply(KINDS, { killed: true }));
    }
    assert.deepEqual(writesOf(sim), []);
  });

  it("a name that the program gives is as good: what explains it is the run, and not the name", async () => {
    const { sim, stack } = world;
    const named = [policy("policy", { name: "other/stack/policy" })];
    succeeded(await stack.apply(named, { killed: true }));
    stack.state = [];
    succeeded(await stack.apply(named));
    assert.equal(sim.state().policies.length, 1);
    stack.state = [];
    refused(await stack.apply(named), NOT_OWN, "It bears the default name of stack stack of project other");
  });

  it("a mailbox that got mail after the killed run made it is taken with its mail", async () => {
    const { sim, stack } = world;
    const program = [account("bot", { email: EMAIL })];
    succeeded(await stack.apply(program, { killed: true }));
    sim.addMessage({ grant: EMAIL, subject: "keep me" });
    stack.state = [];
    succeeded(await stack.apply(program));
    assert.deepEqual(
      sim.state().messages.map(({ subject }) => subject),
      ["keep me"],
    );
  });

  it("what stood there before the killed run began is not its own, whatever its journal says", async () => {
    const { sim, stack } = world;
    sim.addFault({ method: "POST", path: "^/v3/policies$", kind: "reset", when: "before", times: "always" });
    refused(await stack.apply([policy("policy")], { killed: true }));
    sim.clearFaults();
    const id = sim.seed({ kind: "policy", name: "project/stack/policy" });
    const created_at = Math.floor(Date.now() / 1000);
    sim.edit("policy", id, { created_at: created_at - 3600 });
    refused(await stack.apply([policy("policy")]), NOT_OWN);
    // The same one, made in that time, is.
    sim.edit("policy", id, { created_at });
    succeeded(await stack.apply([policy("policy")]));
    assert.equal(stack.find("policy").id, id);
  });

  it("an answer that was lost to the end of a run explains what turns up afterwards", async () => {
    const { sim, stack } = world;
    sim.addFault({ method: "POST", path: "^/v3/policies$", kind: "reset", when: "after" });
    sim.addFault({
      method: "GET",
      path: "^/v3/policies$",
      kind: "status",
      status: 500,
      skip: 1,
      times: "always",
    });
    refused(await stack.apply([policy("policy")]));
    sim.clearFaults();
    sim.clearRequests();
    succeeded(await stack.apply([policy("policy")]));
    assert.deepEqual(writesOf(sim), []);
  });

  it("an interrupted run that recorded all explains nothing after the next one has seen the state", async () => {
    const { stack } = world;
    const program = [policy("policy")];
    succeeded(await stack.apply(program, { killed: true }));
    succeeded(await stack.preview(program));
    assert.deepEqual(journalsIn(world.home), []);
    stack.state = [];
    refused(await stack.apply(program), NOT_OWN);
  });

  it("strange files in the journal's folder stop nothing", async () => {
    const { stack } = world;
    leaveFile(world.home, "creates-1-0-ab", '["b",0');
    leaveFile(world.home, "creates-x", "");
    leaveFile(world.home, "creates-99999999-0-ab", "\u0000{}");
    succeeded(await stack.apply([policy("policy")]));
    endRuns(world.home, true);
    stack.state = [];
    refused(await stack.apply([policy("policy")]), NOT_OWN);
  });
});

describe("M12: the default workspace", () => {
  const world = openWorld();
  const home = () => {
    const { workspaces } = world.sim.state();
    return workspaces.find((each) => each.default && each.application_id === world.sim.ids.application)!;
  };
  const rule = (name: string) => world.sim.seed({ kind: "rule", name });

  it("is refused to a second stack, which names what stands on it, and whose destroy changes nothing", async () => {
    const { sim, stack } = world;
    const [block, own] = [rule("block"), rule("own")];
    succeeded(
      await stack.apply([
        policy("one"),
        defaultWorkspace("rest", { policyId: (of) => of("one").id, ruleIds: [block] }),
      ]),
    );
    const first = stack.state;
    const there = [home().policy_id, home().rule_ids];
    stack.state = [];
    sim.clearRequests();
    const second = [defaultWorkspace("mine", { ruleIds: [own] })];
    refused(
      await stack.apply(second),
      `the default workspace (id ${home().id}) ${NOT_OWN}`,
      `On it stand policy "project/stack/one" (id ${home().policy_id}) and rule "block" (id ${block})`,
      "adopt: true",
      "declare it in one program alone",
    );
    succeeded(await stack.destroy());
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual([home().policy_id, home().rule_ids], there);
    stack.state = first;
    succeeded(await stack.destroy());
    assert.deepEqual([home().policy_id, home().rule_ids], [null, []]);
  });

  it("is refused to one that declares the very same, and given by the word without a write", async () => {
    const { sim, stack } = world;
    const block = rule("block");
    const program = (inputs = {}) => [defaultWorkspace("rest", { ruleIds: [block], ...inputs })];
    succeeded(await stack.apply(program()));
    stack.state = [];
    sim.clearRequests();
    refused(await stack.apply(program()), NOT_OWN, `rule "block" (id ${block})`);
    for (const adopt of [true, home().id]) {
      succeeded(await stack.apply(program({ adopt })));
      assert.deepEqual(done(succeeded(await stack.apply(program({ adopt })))), []);
      stack.state = [];
    }
    assert.deepEqual(writesOf(sim), []);
  });

  it("is bare where the ids on it name nothing: Nylas leaves those of what was deleted", async () => {
    const { sim, stack } = world;
    const [gone, own] = [rule("gone"), rule("own")];
    const lost = sim.seed({ kind: "policy", name: "Nylas's own" });
    sim.edit("workspace", home().id, { policy_id: lost, rule_ids: [gone] });
    sim.remove("policy", lost);
    sim.remove("rule", gone);
    succeeded(await stack.apply([defaultWorkspace("rest", { ruleIds: [own] })]));
    assert.deepEqual(home().rule_ids, [own]);
  });

  it("does not begin to set what somebody else has set since", async () => {
    const { sim, stack } = world;
    const [own, theirs] = [rule("own"), rule("theirs")];
    succeeded(await stack.apply([defaultWorkspace("rest")]));
    sim.edit("workspace", home().id, { rule_ids: [theirs] });
    sim.clearRequests();
    refused(
      await stack.apply([defaultWorkspace("rest", { ruleIds: [own] })]),
      `On the default workspace (id ${home().id}) stands rule "theirs" (id ${theirs}), which this resource has not set`,
    );
    assert.deepEqual(writesOf(sim), []);
    succeeded(await stack.apply([defaultWorkspace("rest", { ruleIds: [own, theirs] })]));
    assert.deepEqual([...home().rule_ids].sort(), [own, theirs].sort());
  });

  it("is let go without what others have set since, and the destroy says what it leaves", async () => {
    const { sim, stack } = world;
    const [own, theirs] = [rule("own"), rule("theirs")];
    const after = sim.seed({ kind: "policy", name: "Theirs" });
    succeeded(
      await stack.apply([
        policy("one"),
        defaultWorkspace("rest", { policyId: (of) => of("one").id, ruleIds: [own] }),
      ]),
    );
    sim.edit("workspace", home().id, { policy_id: after, rule_ids: [own, theirs] });
    const report = succeeded(await stack.destroy());
    assert.deepEqual([home().policy_id, home().rule_ids], [after, [theirs]]);
    assert.ok(
      report.log.some((line) =>
        line.includes(`is left: stand policy "Theirs" (id ${after}) and rule "theirs" (id ${theirs}) on it`),
      ),
      report.log.join("\n"),
    );
  });
});
