import assert from "node:assert/strict";
import { resolve } from "node:path";
import { type Outcome } from "../adversary/act";
import { generate } from "../adversary/generate";
import { Lane } from "../adversary/lane";

const checkout = resolve(__dirname, "../..");

describe("the standing adversary", function () {
  this.timeout(300_000);

  /** One seed after the other in one lane, as a worker of a campaign runs them. */
  async function outcomes(seeds: number[]): Promise<Omit<Outcome, "milliseconds">[]> {
    const lane = await Lane.open({ checkout, dialect: "kinds", port: 0 });
    const found: Omit<Outcome, "milliseconds">[] = [];
    for (const seed of seeds) {
      const { milliseconds: _milliseconds, ...outcome } = await lane.act(generate(seed, { engine: false }));
      found.push(outcome);
    }
    await lane.close();
    return found;
  }

  it("runs a seed after others exactly as it runs it alone", async () => {
    const seeds = Array.from({ length: 8 }, (_, n) => n + 1);
    const inCampaign = await outcomes(seeds);
    for (const seed of [4, 8]) {
      const [alone] = await outcomes([seed]);
      assert.deepEqual(inCampaign[seed - 1], alone);
    }
  });
});
