import assert from "node:assert/strict";
import { holdsUnknown } from "../../provider/core/unknown";
import { openWorld } from "./world";

describe("an up with --continue-on-error", () => {
  const world = openWorld();
  const label = "project/stack/subject";

  it("does not refuse what depends on a failed resource for missing what the engine dropped as unknown", async () => {
    const plugin = await world.plugin();
    for (const [type, inputs, unknown] of [
      ["ApiKey", { expiresAt: "2030-06-30T00:00:00Z" }, ["principalId"]],
      ["AgentAccount", {}, ["email"]],
      // Of a list that failed an empty place is left.
      ["Rule", { conditions: [{ field: "from.domain", inList: [] }], actions: ["block"] }, ["conditions"]],
    ] as const) {
      const refused = await plugin.check(type, {}, { label, ...inputs });
      assert.equal(refused.failures.length, 1, `${type} without ${unknown.join()}`);
      const passed = await plugin.check(
        type,
        {},
        {
          label: { label, unknown: [...unknown] },
          ...inputs,
        },
      );
      assert.deepEqual(passed.failures, []);
      // In an up the engine refuses a marker that comes back.
      assert.ok(!holdsUnknown(passed.inputs) && !("label" in passed.inputs));
    }
    // What the program gets wrong is still said.
    const wrong = await plugin.check(
      "ApiKey",
      {},
      { label: { label, unknown: ["principalId"] }, expiresAt: "tomorrow" },
    );
    assert.deepEqual(
      wrong.failures.map(({ property }) => property),
      ["expiresAt"],
    );
  });
});
