import assert from "node:assert/strict";
import * as fc from "fast-check";
import { clock, scaledClock } from "../../../provider/nylas/clock";
import { Governor } from "../../../provider/nylas/governor";
import { instantClock } from "./remote";

describe("the rate limit", () => {
  it("never starts more than 50 requests in any second, however they come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 60, maxLength: 160 }),
        async (pauses) => {
          const time = instantClock();
          const governor = new Governor(time);
          const starts: number[] = [];
          for (const pause of pauses) {
            if (pause > 850) await time.sleep(pause);
            await governor.take();
            starts.push(time.now());
          }
          for (let first = 0; first + 50 < starts.length; first++) {
            const span = (starts[first + 50] ?? 0) - (starts[first] ?? 0);
            assert(span >= 999, `51 requests within ${span} ms`);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("lets requests start in the order in which they came", async () => {
    const governor = new Governor(instantClock());
    const order: number[] = [];
    await Promise.all([...Array(20).keys()].map((n) => governor.take().then(() => order.push(n))));
    assert.deepEqual(order, [...Array(20).keys()]);
  });

  it("lets nothing start while it is held", async () => {
    const time = instantClock();
    const governor = new Governor(time);
    governor.hold(7_000);
    await governor.take();
    assert(time.now() >= 7_000);
  });

  it("lets the others through when one gives up", async () => {
    const governor = new Governor(instantClock());
    const gone = AbortSignal.abort(new Error("gone"));
    await assert.rejects(governor.take(gone), /gone/);
    await governor.take();
  });
});

describe("the clock of tests", () => {
  it("makes a long wait short, and counts it as long", async () => {
    const fast = scaledClock(0.001);
    const began = [fast.now(), clock.now()] as const;
    await fast.sleep(10_000);
    assert(fast.now() - began[0] >= 9_900);
    assert(clock.now() - began[1] < 5_000);
  });

  it("ends a wait with the reason of its signal", async () => {
    const controller = new AbortController();
    const wait = clock.sleep(60_000, controller.signal);
    controller.abort(new Error("the engine is gone"));
    await assert.rejects(wait, /the engine is gone/);
  });
});
