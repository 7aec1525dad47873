import assert from "node:assert/strict";
import { stale } from "../../scripts/generate";

describe("generated files", () => {
  it("are what npm run generate makes", async () => {
    assert.deepEqual([...(await stale()).keys()], []);
  }).timeout(60_000);
});
