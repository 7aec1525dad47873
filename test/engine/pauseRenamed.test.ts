import { strict as assert } from "node:assert";
import { sendFrom } from "../sending";
import { itInLongRun, itOrdinarilyIf } from "./longRun";
import { closeScenes, openScene, succeeded } from "./scene";

/**
 * F12: where the new rule could not be made, the workspace is skipped. With --continue-on-error the engine goes on to
 * the delete of the old rule. The program declares the workspace as paused before and after.
 */
describe("F12: a pause whose rule is declared under another name", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const email = "x@acme.nylas.email";
  const program = (rule: string, days: number) => `
    const policy = new nylas.NylasPolicy("p", { limits: { inboxRetentionDays: ${days} } });
    const pause = new nylas.NylasRule("${rule}", {
      trigger: "outbound", match: "any", actions: ["block"],
      conditions: [{ field: "from.address", is: "${email}" }],
    });
    const w = new nylas.NylasWorkspace("w", { name: "W", policyId: policy.id, ruleIds: [pause.id] });
    new nylas.AgentAccount("x", { email: "${email}", displayName: "X", workspaceId: w.id });`;

  for (const [why, days, fault] of [
    // No fault at all: a reviewed change of which one half is refused ("deletes mail beyond it").
    ["a change of the workspace's policy is refused", 30, false],
    // As where the plan's rules are used up.
    ["the new rule cannot be made", 300, true],
  ] as const) {
    itOrdinarilyIf(fault, `holds while ${why}, up --continue-on-error`, async () => {
      const { sim, stack, declare } = await openScene({});
      declare(program("pause", 300));
      succeeded(await stack.up());
      const send = () => sendFrom(sim, email);
      assert.equal(await send(), 403);
      if (fault)
        sim.addFault({ kind: "status", status: 400, method: "POST", path: "^/v3/rules$", times: "always" });
      declare(program("sending-paused", days));
      const { code, text } = await stack.up("--continue-on-error");
      assert.equal(await send(), 403, `it sends; up ended with ${code}:\n${text.slice(-1500)}`);
    });
  }

  itInLongRun("leaves a state that the next command can read", async () => {
    const { stack, declare } = await openScene({});
    declare(program("pause", 300));
    succeeded(await stack.up());
    declare(program("sending-paused", 30));
    await stack.up("--continue-on-error");
    const { code, text } = await stack.run("stack", "export", "--file", "state.json");
    assert.equal(code, 0, text.slice(0, 1500));
    declare(program("sending-paused", 300));
    succeeded(await stack.up());
  });
});
