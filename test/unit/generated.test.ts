import assert from "node:assert/strict";
import { stale } from "../../scripts/generate";

describe("generated files", () => {
  it("are what npm run generate makes", async () => {
    assert.deepEqual(await stale(), []);
  }).timeout(60_000);
});
