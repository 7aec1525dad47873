import { strict as assert } from "node:assert";
import { closeScenes, leftBehind, succeeded, writesOf } from "../engine/scene";
import { openNative } from "./stack";

describe("a stack that goes from one host to the other", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const program = (host: "nylas" | "native", options = "") => `
    const options = (type: string) => (${options || "undefined"});
    const policy = new ${host}.Policy("outreach", { limits: { dailySends: 100 } }, options("Policy"));
    const customer = new ${host}.Workspace("customer", { policyId: policy.id }, options("Workspace"));
    const list = new ${host}.List("blocked", { type: "domain", items: ["spam.example"] }, options("List"));
    new ${host}.Rule("block", {
      conditions: [{ field: "from.domain", inList: [list.id] }], actions: ["block"],
    }, options("Rule"));
    new ${host}.AgentAccount("agent", {
      email: "agent@acme.nylas.email", workspaceId: customer.id, displayName: pulumi.secret("Agent"),
      appPassword: "Plain-in-the-program-1", forceDestroy: true,
    }, options("AgentAccount"));
  `;

  it("is unchanged in the native plugin, comes back by updates that write nothing, and refreshes clean on both", async () => {
    const { sim, stack, declare } = await openNative({ program: program("nylas") });
    succeeded(await stack.up());
    const ids = stack.state().map(({ id }) => id);
    writesOf(sim);
    declare(program("native"));
    assert.deepEqual(succeeded(await stack.preview()).summary, { same: 5 });
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 5 });
    assert.deepEqual(succeeded(await stack.refresh()).summary, { same: 5 });
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 5 });
    assert.doesNotMatch(JSON.stringify(stack.state()), /Plain-in-the-program-1/);
    // The classes of the dynamic host know nothing of the other one.
    declare(program("nylas", "{ aliases: [{ type: `nylas:index:${type}` }] }"));
    assert.deepEqual(succeeded(await stack.up()).summary, { update: 5 });
    assert.deepEqual(succeeded(await stack.refresh()).summary, { same: 5 });
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 5 });
    assert.deepEqual(writesOf(sim), []);
    const own = (id: string | undefined) => id !== undefined && ids.includes(id);
    assert.equal(stack.state().filter(({ id }) => own(id)).length >= 5, true);
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
  });

  it("is unchanged in an explicit provider of the native plugin as well", async () => {
    const { sim, stack, declare } = await openNative({ program: program("nylas") });
    succeeded(await stack.up());
    writesOf(sim);
    declare(
      `const own = new native.Provider("own", { apiKey: "${sim.keys.apiKey}", apiUrl: "${sim.url}" });${program("native", "{ provider: own }")}`,
    );
    const up = succeeded(await stack.up());
    assert.deepEqual(up.summary, { same: 5 });
    assert.deepEqual(writesOf(sim), []);
    assert.equal(JSON.stringify(stack.state()).includes(sim.keys.apiKey), false);
  });
});
