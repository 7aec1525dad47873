import { strict as assert } from "node:assert";
import { closeScenes, leftBehind, succeeded, writesOf } from "../engine/scene";
import { openNative } from "./stack";

describe("a program of native classes", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const program = (limit: number) => `
    const policy = new native.Policy("outreach", { limits: { dailySends: ${limit} } });
    const customer = new native.Workspace("customer", { policyId: policy.id });
    new native.AgentAccount("agent", {
      email: "agent@acme.nylas.email", workspaceId: customer.id, appPassword: "Plain-in-the-program-1",
    });
    export const workspaceId = customer.id;
  `;

  it("is made, stands unchanged, is changed in place with legible previews, and is destroyed", async () => {
    const { sim, stack, declare } = await openNative({ program: program(100) });
    succeeded(await stack.preview());
    assert.deepEqual(writesOf(sim), []);
    const up = succeeded(await stack.up());
    assert.deepEqual(up.summary, { create: 3 });
    writesOf(sim);
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 3 });
    assert.deepEqual(succeeded(await stack.refresh()).summary, { same: 3 });
    declare(program(200));
    const preview = succeeded(await stack.preview());
    assert.deepEqual(preview.summary, { update: 1, same: 2 });
    assert.deepEqual(preview.steps.find(({ op }) => op === "update")!.diffs, ["limits"]);
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(succeeded(await stack.up()).summary, { update: 1, same: 2 });
    assert.deepEqual(writesOf(sim), ["PUT /v3/policies/:id"]);
    assert.doesNotMatch(JSON.stringify(stack.state()), /Plain-in-the-program-1/);
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
  });
});
