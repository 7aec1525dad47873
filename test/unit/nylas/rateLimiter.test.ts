import assert from "node:assert/strict";
import * as fc from "fast-check";
import { clockOf, scaledClock } from "../../../provider/nylas/clock";
import { RateLimiter } from "../../../provider/nylas/rateLimiter";
import { instantClock } from "./remote";

describe("the rate limit", () => {
  it("never starts more than 50 requests in any second, however they come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 60, maxLength: 160 }),
        async (pauses) => {
          const time = instantClock();
          const rateLimiter = new RateLimiter(time);
          const starts: number[] = [];
          for (const pause of pauses) {
            // Some come one after the other, some after a while, some after a second without any.
            if (pause > 850) await time.sleep(pause > 890 ? 1_000 : pause);
            else if (pause > 700) await time.sleep(pause / 10);
            await rateLimiter.acquire();
            starts.push(time.now());
          }
          for (let first = 0; first + 50 < starts.length; first++) {
            const span = (starts[first + 50] ?? 0) - (starts[first] ?? 0);
            assert(span >= 999, `51 requests within ${span} ms`);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("lets the first ten start at once, and asks them back before the second is full", async () => {
    const time = instantClock();
    const rateLimiter = new RateLimiter(time);
    const began = time.now();
    const starts: number[] = [];
    for (let i = 0; i < 200; i++) {
      await rateLimiter.acquire();
      starts.push(time.now() - began);
    }
    assert.equal(starts.filter((start) => start === 0).length, 10);
    const inFirstSecond = starts.filter((start) => start < 1_000).length;
    assert(inFirstSecond >= 48 && inFirstSecond <= 50, `${inFirstSecond} requests in the first second`);
    // In the long run as many as without.
    assert(starts[199]! <= (200 / 49) * 1_000, `200 requests within ${starts[199]} ms`);
  });

  it("lets requests start in the order in which they came", async () => {
    const rateLimiter = new RateLimiter(instantClock());
    const order: number[] = [];
    await Promise.all([...Array(20).keys()].map((n) => rateLimiter.acquire().then(() => order.push(n))));
    assert.deepEqual(order, [...Array(20).keys()]);
  });

  it("makes up for what a busy process could not start in time, and keeps to the limit all the same", async () => {
    const time = instantClock();
    const rateLimiter = new RateLimiter(time);
    const began = time.now();
    const starts: number[] = [];
    for (let i = 0; i < 490; i++) {
      // Every tenth of a second the process is busy for half of it.
      if (i % 5 === 0) await time.sleep(50);
      await rateLimiter.acquire();
      starts.push(time.now() - began);
    }
    const perSecond = 490 / (starts.at(-1)! / 1_000);
    assert(perSecond >= 47.5, `${perSecond} requests a second`);
    for (let first = 0; first + 50 < starts.length; first++)
      assert(starts[first + 50]! - starts[first]! >= 999, "51 requests within a second");
  });

  it("lets nothing start while it is held", async () => {
    const time = instantClock();
    const rateLimiter = new RateLimiter(time);
    rateLimiter.pauseFor(7_000);
    await rateLimiter.acquire();
    assert(time.now() >= 7_000);
  });

  it("lets the others through when one gives up", async () => {
    const rateLimiter = new RateLimiter(instantClock());
    const gone = AbortSignal.abort(new Error("gone"));
    await assert.rejects(rateLimiter.acquire(gone), /gone/);
    await rateLimiter.acquire();
  });
});

describe("the clock of tests", () => {
  it("makes a long wait short, and counts it as long", async () => {
    const [fast, clock] = [scaledClock(0.001), scaledClock(1)];
    const began = [fast.now(), clock.now()] as const;
    await fast.sleep(10_000);
    // A timer of ten milliseconds may fire a whole one early.
    assert(fast.now() - began[0] >= 8_500);
    assert(clock.now() - began[1] < 9_900);
  });

  it("is one for each environment, which sets its speed once and its day at any time", () => {
    const environment = { NYLAS_TEST_TIME_SCALE: "0.001", NYLAS_TEST_TODAY: "2026-10-03" };
    const clock = clockOf(environment);
    assert.equal(clockOf(environment), clock);
    assert.notEqual(clockOf({}), clock);
    assert.equal(clock.today(), "2026-10-03");
    environment.NYLAS_TEST_TODAY = "2027-01-01";
    assert.equal(clock.today(), "2027-01-01");
    assert.match(clockOf({}).today(), /^\d{4}-\d\d-\d\d$/);
    const [fast, slow] = [clock.now(), scaledClock(1).now()];
    assert(Math.abs(fast / 1000 - slow) < 1_000);
  });

  for (const scale of ["", "0", "-1", "fast", undefined])
    it(`runs as the one on the wall with the scale ${JSON.stringify(scale)}`, () => {
      assert(Math.abs(clockOf({ NYLAS_TEST_TIME_SCALE: scale }).now() - performance.now()) < 1_000);
    });

  it("ends a wait with the reason of its signal", async () => {
    const controller = new AbortController();
    const wait = scaledClock(1).sleep(60_000, controller.signal);
    controller.abort(new Error("the engine is gone"));
    await assert.rejects(wait, /the engine is gone/);
  });
});
