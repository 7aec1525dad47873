import assert from "node:assert/strict";
import { sendFrom } from "../sending";
import { type Declared } from "./stack";
import {
  account,
  declare,
  defaultWorkspace,
  openWorld,
  policy,
  refused,
  succeeded,
  workspace,
} from "./world";

const EMAIL = "x@acme.nylas.email";
const OTHER = [policy("p")];

/**
 * F10: a rule by which another stack's workspace is paused, and a list that such a rule looks into. Nobody has ended that pause.
 */
describe("F10: what keeps accounts of another stack from sending", () => {
  const world = openWorld();
  const brake = (more: Record<string, unknown> = {}): Declared =>
    declare("Rule", "pause", {
      trigger: "outbound",
      match: "any",
      actions: ["block"],
      conditions: [{ field: "from.domain", is: "acme.nylas.email" }],
      ...more,
    } as never);
  const send = () => sendFrom(world.sim, EMAIL);
  const tenant = (ruleIds: string[]) => [
    workspace("w", { name: "W", ruleIds }),
    account("x", { email: EMAIL, displayName: "X", workspaceId: (of) => of("w").id }),
  ];
  /** The platform's stack makes what stops sending; a tenant's stack names the rule. */
  const paused = async (platform: Declared[]) => {
    const { stack } = world;
    succeeded(await stack.apply([...platform, ...OTHER]));
    const ofPlatform = stack.state;
    const rule = stack.find("pause").id;
    stack.state = [];
    succeeded(await stack.apply(tenant([rule])));
    const ofTenant = stack.state;
    stack.state = ofPlatform;
    return { ofTenant, ofPlatform };
  };

  it("is not deleted from under it: not by its removal, not by a destroy; taken out there, it goes", async () => {
    const { stack, sim } = world;
    const { ofTenant } = await paused([brake()]);
    assert.equal(await send(), 403);
    for (const run of [
      () => stack.apply(OTHER),
      () => stack.apply(OTHER, { continueOnError: true }),
      () => stack.destroy(),
    ]) {
      refused(await run(), 'is kept: workspace "W"', "Take it out of ruleIds there first");
      assert.equal(await send(), 403);
    }
    const ofPlatform = stack.state;
    stack.state = ofTenant;
    succeeded(await stack.apply(tenant([])));
    assert.notEqual(await send(), 403);
    stack.state = ofPlatform;
    succeeded(await stack.destroy());
    assert.deepEqual(sim.state().rules, []);
  });

  it("a list that the rule looks into is not deleted either", async () => {
    const { stack, sim } = world;
    const senders = declare("List", "senders", { type: "domain", items: ["acme.nylas.email"] });
    const inList = brake({ conditions: [{ field: "from.domain", inList: ["LIST"] }] });
    succeeded(await stack.apply([senders]));
    const lists = stack.state;
    const id = stack.find("senders").id;
    stack.state = [];
    const of = JSON.parse(JSON.stringify(inList.inputs).replace("LIST", id)) as typeof inList.inputs;
    await paused([{ ...inList, inputs: of }]);
    assert.equal(await send(), 403);
    stack.state = lists;
    refused(await stack.destroy(), "is kept: rule", "Without the list they could send");
    assert.equal(await send(), 403);
    assert.equal(sim.state().lists.length, 1);
  });

  for (const [what, more] of Object.entries({
    "one that is switched off": { enabled: false },
    "one for incoming mail": { trigger: "inbound" },
  }))
    it(`${what} goes as before, and is taken out of the workspace first`, async () => {
      const { stack, sim } = world;
      await paused([brake(more)]);
      succeeded(await stack.apply(OTHER));
      assert.deepEqual(sim.state().rules, []);
      assert.deepEqual(sim.state().workspaces.find(({ name }) => name === "W")?.rule_ids, []);
    });

  it("one that stands on the default workspace of its own stack goes with a destroy, while lists lag", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([brake(), defaultWorkspace("rest", { ruleIds: [(of) => of("pause").id] })]));
    sim.configure({ readLagMs: 5_000 });
    succeeded(await stack.destroy());
    assert.deepEqual(sim.state().rules, []);
    assert.deepEqual(sim.state().workspaces.find((each) => each.default)?.rule_ids, []);
  });

  it("one that its own stack takes out of its workspace in the same run goes, while lists lag", async () => {
    const { stack, sim } = world;
    const program = (rule: Declared[]) => [
      ...rule,
      workspace("w", { name: "W", ruleIds: rule.length > 0 ? [(of) => of("pause").id] : [] }),
    ];
    succeeded(await stack.apply(program([brake()])));
    sim.configure({ readLagMs: 2_000 });
    succeeded(await stack.apply(program([])));
    assert.deepEqual(sim.state().rules, []);
  });

  for (const kind of ["empty", "short"] as const)
    it(`A8: a list stays while one list of rules comes ${kind}`, async () => {
      const { stack, sim } = world;
      succeeded(
        await stack.apply([declare("List", "senders", { type: "domain", items: ["acme.nylas.email"] })]),
      );
      const [lists, id] = [stack.state, stack.find("senders").id];
      stack.state = [];
      await paused([brake({ conditions: [{ field: "from.domain", inList: [id] }] })]);
      assert.equal(await send(), 403);
      stack.state = lists;
      sim.addFault({ kind, method: "GET", path: "^/v3/rules$", times: 1 });
      refused(await stack.destroy(), "is kept");
      assert.ok(sim.faults()[0]!.hits > 0);
      assert.equal(await send(), 403);
    });
});
