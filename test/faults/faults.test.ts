import assert from "node:assert/strict";
import { type Outcome } from "./lane";
import { Pool } from "./pool";
import { Report } from "./report";

/** As `index.ts` sets it; without it a handful, so that this file can be run like any other. */
const { seeds, seed, from, progress } = JSON.parse(
  process.env.FAULTS ?? '{"seeds":50,"seed":"1","from":0,"progress":false}',
) as { seeds: number; seed: string; from: number; progress: boolean };

/** So many seeds are a test of their own. */
const TOGETHER = 250;
/** From so many on, every call of every operation of every resource has been struck. */
const ENOUGH = 5000;

describe("whatever goes wrong at a random call, the next run ends in what is declared, once each", function () {
  this.timeout(0);
  const report = new Report();
  let pool: Pool;
  const outcomes: Promise<Outcome>[] = [];

  before(() => {
    pool = new Pool(seed);
    for (let n = 0; n < seeds; n++) {
      const outcome = pool.run(from + n);
      // Those that are looked at later must not count as unhandled until then.
      outcome.catch(() => undefined);
      outcomes.push(outcome);
    }
  });

  after(() => {
    pool.close();
    console.log(report.text());
  });

  for (let first = 0; first < seeds; first += TOGETHER) {
    const last = Math.min(first + TOGETHER, seeds) - 1;
    it(`seeds ${from + first} to ${from + last}`, async () => {
      const failed: string[] = [];
      for (const outcome of outcomes.slice(first, last + 1)) {
        const { index, story, problem } = await outcome;
        report.add(await outcome);
        if (problem !== undefined) {
          failed.push(
            `seed ${index}: ${story}\n${problem}\nagain: npm run test:faults -- --seed ${seed} --from ${index} --seeds 1`,
          );
        }
      }
      for (let n = first; n <= last; n++) delete outcomes[n];
      if (progress) {
        const rate = report.seeds / report.seconds;
        const left = Math.round((seeds - report.seeds) / rate / 60);
        process.stderr.write(
          `${report.seeds} of ${seeds} seeds, ${rate.toFixed(1)} a second, ${report.failures.length} failed, ${left} min left\n`,
        );
      }
      assert.equal(failed.length, 0, `${failed.length} failed\n\n${failed.join("\n\n")}`);
    });
  }

  it("every call of every operation of every resource was struck", function () {
    assert.deepEqual(report.unlisted, [], "calls that the table of routes does not have");
    if (seeds < ENOUGH) return this.skip();
    assert.deepEqual(report.unspoilt, [], "calls that were made and that nothing struck");
    assert.deepEqual(report.holes, [], "calls that a fault never struck");
  });

  it("a seed means the same twice", async () => {
    let compared = 0;
    for (let index = from; compared < 5; index++) {
      const first = await pool.run(index);
      // What is refused for a millisecond, or not answered for some hundred, meets a machine that is busy now and idle then.
      if (/for a moment|time-out/.test(first.story)) continue;
      assert.equal((await pool.run(index)).digest, first.digest, `seed ${index}`);
      compared++;
    }
  });
});
