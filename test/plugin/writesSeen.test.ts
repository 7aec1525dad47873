import assert from "node:assert/strict";
import { account, done, openWorld, policy, refused, succeeded, workspace, writesOf } from "./world";

const EMAIL = "bot@acme.nylas.email";

describe("R1: a write is believed when it is seen", () => {
  const world = openWorld();
  const a = workspace("a", { name: "A" });

  it("a field that is ignored with 200 ends in a partial failure that names wanted and seen, and the next run writes it again", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([a]));
    sim.configure({ ignoredFields: ["name"] });
    const renamed = [workspace("a", { name: "B" })];
    for (let run = 1; run <= 2; run++) {
      sim.clearRequests();
      const report = refused(
        await stack.apply(renamed),
        /took the write \(request id [0-9a-f-]{36}\), .*name: wanted "B", seen "A"\. Run pulumi up again/,
      );
      const [patch] = sim.requests.filter(({ method }) => method === "PATCH");
      refused(report, patch!.requestId);
      assert.deepEqual(writesOf(sim), ['PATCH /v3/workspaces/:id {"name":"B"}'], "one write in a run");
      assert.ok(sim.state().workspaces.some(({ name }) => name === "A"));
    }
    sim.configure({ ignoredFields: [] });
    assert.deepEqual(done(succeeded(await stack.apply(renamed))), ["update a"]);
    assert.ok(sim.state().workspaces.some(({ name }) => name === "B"));
    assert.deepEqual(done(succeeded(await stack.apply(renamed))), []);
  });

  it("a policy whose limits are ignored is no green run", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([policy("p", { name: "P", limits: { dailySends: 50 } })]));
    sim.configure({ ignoredFields: ["limits"] });
    refused(
      await stack.apply([policy("p", { name: "P", limits: { dailySends: 40 } })]),
      /limits: wanted .*40/,
    );
    assert.equal(sim.state().policies[0]!.limits.limit_count_daily_email_sent, 50);
  });

  it("R2: a move that PATCH ignores is made by the workspace, and is seen", async () => {
    const { sim, stack } = world;
    const [b, bot] = [
      workspace("b", { name: "B" }),
      (of: string) => account("bot", { email: EMAIL, workspaceId: (at) => at(of).id }),
    ];
    succeeded(await stack.apply([a, b, bot("a")]));
    for (const grantMoves of ["ignored", "refused"] as const) {
      sim.configure({ grantMoves });
      const to = grantMoves === "ignored" ? "b" : "a";
      succeeded(await stack.apply([a, b, bot(to)]));
      assert.equal(sim.state().grants[0]!.workspace_id, stack.find(to).id, grantMoves);
    }
  });

  it("R11: reads that lag are looked at again, and nothing is written twice", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([a, policy("p", { name: "P", limits: { dailySends: 50 } })]));
    sim.configure({ readLagMs: 15 });
    succeeded(await stack.refresh());
    sim.clearRequests();
    succeeded(
      await stack.apply([
        workspace("a", { name: "B" }),
        policy("p", { name: "P", limits: { dailySends: 40 } }),
      ]),
    );
    assert.equal(writesOf(sim).length, 2, writesOf(sim).join());
    sim.configure({ readLagMs: 0 });
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
  });

  it("R2: where PATCH refuses the workspace, a new name goes by itself and the account is moved", async () => {
    const { sim, stack } = world;
    const bot = (of: string, displayName: string) =>
      account("bot", { email: EMAIL, displayName, workspaceId: (at) => at(of).id });
    const [b, before, after] = [workspace("b", { name: "B" }), bot("a", "Bot"), bot("b", "Robot")];
    succeeded(await stack.apply([a, b, before]));
    sim.configure({ grantMoves: "refused" });
    succeeded(await stack.apply([a, b, after]));
    const [grant] = sim.state().grants;
    assert.deepEqual([grant!.workspace_id, grant!.name], [stack.find("b").id, "Robot"]);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
  });

  it("R11: a list that still shows a workspace as it was does not keep a policy that this run has freed", async () => {
    const { sim, stack } = world;
    const [p, q] = [policy("p", { name: "P" }), policy("q", { name: "Q" })];
    const named = (name: string, of: string) => workspace(name, { name, policyId: (at) => at(of).id });
    succeeded(await stack.apply([p, q, named("a", "p"), named("b", "p")]));
    sim.configure({ readLagMs: 25 });
    succeeded(await stack.refresh());
    const report = succeeded(await stack.apply([q, named("a", "q")]));
    assert.deepEqual(done(report).sort(), ["delete b", "delete p", "update a"]);
    assert.deepEqual(
      sim.state().policies.map(({ name }) => name),
      ["Q"],
    );
  });
});
