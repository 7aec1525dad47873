import { strict as assert } from "node:assert";
import { every, growing, poll, type PollOptions, type Timer } from "../../../provider/nylas/clock";
import { instantClock } from "./remote";

/** A clock whose looks take time as well, and whose run may be interrupted in a pause. */
class Trial {
  readonly slept: number[] = [];
  readonly told: number[] = [];
  readonly lookedAt: number[] = [];
  #now = 1_000_000;

  constructor(private readonly given: { lookTakes?: number; interruptedAt?: number }) {}

  async run(
    options: Partial<PollOptions<number>> & Pick<PollOptions<number>, "pauses">,
    reachedAt = Infinity,
  ) {
    const began = this.#now;
    const timer: Timer = {
      now: () => this.#now,
      sleep: (milliseconds) => {
        this.slept.push(milliseconds);
        this.#now += milliseconds;
        return Promise.resolve(this.#now - began < (this.given.interruptedAt ?? Infinity));
      },
    };
    const look = (waited: number) => {
      assert.equal(waited, this.#now - began);
      this.lookedAt.push(waited);
      this.#now += this.given.lookTakes ?? 0;
      return waited;
    };
    return poll(timer, look, {
      until: (at) => at >= reachedAt,
      waiting: (at, waited) => {
        assert.equal(waited, at + (this.given.lookTakes ?? 0));
        this.told.push(at);
      },
      ...options,
    });
  }
}

describe("poll", () => {
  const cases: {
    title: string;
    pauses: Iterable<number>;
    limit?: number;
    cutsLastPause?: boolean;
    reachedAt?: number;
    lookTakes?: number;
    interruptedAt?: number;
    lookedAt: number[];
    outcome: string;
    waited: number;
  }[] = [
    {
      title: "what is there at the first look",
      pauses: every(5),
      reachedAt: 0,
      lookedAt: [0],
      outcome: "reached",
      waited: 0,
    },
    {
      title: "what comes later",
      pauses: every(5),
      reachedAt: 9,
      lookedAt: [0, 5, 10],
      outcome: "reached",
      waited: 10,
    },
    { title: "a list to its end", pauses: [1, 2, 4], lookedAt: [0, 1, 3, 7], outcome: "timedOut", waited: 7 },
    { title: "no pause at all", pauses: [], lookedAt: [0], outcome: "timedOut", waited: 0 },
    {
      title: "the limit, with the last pause cut",
      pauses: every(4),
      limit: 10,
      lookedAt: [0, 4, 8, 10],
      outcome: "timedOut",
      waited: 10,
    },
    {
      title: "what comes at the limit",
      pauses: every(4),
      limit: 10,
      reachedAt: 10,
      lookedAt: [0, 4, 8, 10],
      outcome: "reached",
      waited: 10,
    },
    {
      title: "a limit of nothing: one look",
      pauses: every(4),
      limit: 0,
      lookedAt: [0],
      outcome: "timedOut",
      waited: 0,
    },
    {
      title: "the limit, without a pause beyond it",
      pauses: every(4),
      limit: 10,
      cutsLastPause: false,
      lookedAt: [0, 4, 8],
      outcome: "timedOut",
      waited: 8,
    },
    {
      title: "a pause that ends at the limit",
      pauses: every(5),
      limit: 10,
      cutsLastPause: false,
      lookedAt: [0, 5, 10],
      outcome: "timedOut",
      waited: 10,
    },
    {
      title: "growing pauses",
      pauses: growing(1, 2, 4),
      limit: 20,
      lookedAt: [0, 1, 3, 7, 11, 15, 19, 20],
      outcome: "timedOut",
      waited: 20,
    },
    {
      title: "looks that take time",
      pauses: every(4),
      limit: 12,
      lookTakes: 3,
      lookedAt: [0, 7, 12],
      outcome: "timedOut",
      waited: 15,
    },
    {
      title: "a look that takes longer than the limit",
      pauses: every(4),
      limit: 10,
      lookTakes: 30,
      lookedAt: [0],
      outcome: "timedOut",
      waited: 30,
    },
    {
      title: "an interruption",
      pauses: every(4),
      limit: 10,
      interruptedAt: 8,
      lookedAt: [0, 4],
      outcome: "interrupted",
      waited: 8,
    },
  ];
  for (const { title, lookedAt, outcome, waited, reachedAt, lookTakes, interruptedAt, ...options } of cases)
    it(title, async () => {
      const trial = new Trial({
        ...(lookTakes !== undefined && { lookTakes }),
        ...(interruptedAt !== undefined && { interruptedAt }),
      });
      const polled = await trial.run(options, reachedAt);
      assert.deepEqual(trial.lookedAt, lookedAt);
      assert.deepEqual(polled, { outcome, seen: lookedAt.at(-1), waited, looks: lookedAt.length });
      // Told before each pause, and at no other time.
      assert.deepEqual(trial.told, lookedAt.slice(0, trial.slept.length));
    });

  it("ends with the error of a look, of a message and of the clock", async () => {
    const error = new Error("refused");
    const until = () => false;
    const pauses = every(1);
    await assert.rejects(
      poll(instantClock(), () => Promise.reject(error), { until, pauses }),
      error,
    );
    await assert.rejects(
      poll(instantClock(), () => 0, { until, pauses, waiting: () => Promise.reject(error) }),
      error,
    );
    const stopped: Timer = { now: () => 0, sleep: () => Promise.reject(error) };
    await assert.rejects(
      poll(stopped, () => 0, { until, pauses }),
      error,
    );
  });

  it("waits for the message before it sleeps, and takes a clock whose waits nothing ends", async () => {
    const slept: number[] = [];
    const order: string[] = [];
    const { outcome } = await poll(instantClock(slept), () => order.push("look"), {
      until: () => false,
      pauses: [5],
      waiting: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`told after ${slept.length} pauses`);
      },
    });
    assert.equal(outcome, "timedOut");
    assert.deepEqual(order, ["look", "told after 0 pauses", "look"]);
    assert.deepEqual(slept, [5]);
  });
});

describe("growing", () => {
  const first = (pauses: Iterable<number>, count: number) => {
    const schedule = pauses[Symbol.iterator]();
    return Array.from({ length: count }, () => schedule.next().value as number);
  };
  for (const [given, wanted] of [
    [growing(1_000, 1.5, 3_000), [1_000, 1_500, 2_250, 3_000, 3_000]],
    [growing(100, 2, 300), [100, 200, 300, 300, 300]],
    [growing(2, 1, 9), [2, 2, 2, 2, 2]],
  ] as const)
    it(`gives ${wanted.join(", ")}, …`, () => {
      assert.deepEqual(first(given, 5), wanted);
    });
});
