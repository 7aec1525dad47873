import { strict as assert } from "node:assert";
import { sendFrom } from "../sending";
import { itInLongRun } from "./longRun";
import { closeScenes, openScene, refused, succeeded } from "./scene";

const ADDRESS = "a@acme.nylas.email";

/**
 * A7: a stack that has adopted the default workspace releases it. It takes off what another stack has set there, the
 * pause of its accounts among it.
 */
describe("A7: the default workspace that another stack has paused is let go", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const pausing = `
    const brake = new nylas.NylasRule("brake", {
      name: "Pause", trigger: "outbound", match: "any", includeMembers: true, actions: ["block"],
      conditions: [{ field: "from.address", is: "${ADDRESS}" }],
    });
    new nylas.NylasDefaultWorkspace("d", { ruleIds: [brake.id] });
    new nylas.AgentAccount("a", { email: "${ADDRESS}" });
    export const id = brake.id;`;
  const spam = `const spam = new nylas.NylasRule("spam", { name: "Spam", conditions: [{ field: "from.domain", is: "spam.example" }], actions: ["block"] });`;

  it("the rule that was found there, and never declared, goes on stopping the accounts after a destroy", async () => {
    const { sim, stack } = await openScene({ program: pausing });
    succeeded(await stack.up());
    assert.equal(await sendFrom(sim, ADDRESS), 403);
    const other = await openScene({ beside: sim, project: "second", program: "" });
    other.declare(`${spam} new nylas.NylasDefaultWorkspace("mine", { adopt: true, ruleIds: [spam.id] });`);
    succeeded(await other.stack.up());
    refused(await other.stack.up(), "which blocks sending, and which this resource has not set");
    assert.equal(await sendFrom(sim, ADDRESS), 403);
    await other.stack.destroy();
    assert.equal(await sendFrom(sim, ADDRESS), 403, "nobody has ended the pause");
  });

  itInLongRun("the rule that is declared as well, as the refusal says, does so too", async () => {
    const { sim, stack } = await openScene({ program: pausing });
    succeeded(await stack.up());
    const { id } = (await stack.outputs()) as { id: string };
    const other = await openScene({ beside: sim, project: "second", program: "" });
    other.declare(
      `${spam} new nylas.NylasDefaultWorkspace("mine", { adopt: true, ruleIds: ["${id}", spam.id] });`,
    );
    succeeded(await other.stack.up());
    succeeded(await other.stack.up());
    assert.equal(await sendFrom(sim, ADDRESS), 403);
    other.declare("");
    await other.stack.up();
    assert.equal(await sendFrom(sim, ADDRESS), 403, "nobody has ended the pause");
  });
});
