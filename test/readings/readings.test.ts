import assert from "node:assert/strict";
import { Lane, type Outcome } from "./lane";
import { pairsIn, readingsIn, type Row, rowsAlone, rowsOfPairs, rowsOfProfiles } from "./rows";

/** What the command line has asked for. */
export interface Options {
  short: boolean;
  seed: number;
  seeds: number;
  row: string | undefined;
  lanes: number;
  edits: number;
}

/** As `index.ts` sets it; without it the short form, so that this file can be run like any other. */
const {
  short,
  seed: first,
  seeds,
  row: only,
  lanes: width,
  edits,
} = JSON.parse(process.env.READINGS ?? '{"short":true,"seed":1,"seeds":1,"lanes":2,"edits":0}') as Options;

/** How many rows of the covering set the short form runs. */
const SHORT_PAIRS = 3;

interface Life {
  row: Row;
  seed: number;
  outcome: Promise<Outcome>;
  done: (outcome: Outcome) => void;
  failed: (error: unknown) => void;
}

describe("the whole life of every kind under every reading of the API", function () {
  this.timeout(0);
  const lives = Array.from({ length: seeds }, (_, n) => first + n).flatMap((seed) =>
    rowsFor(seed).map((row) => lifeOf(row, seed)),
  );
  const outcomes: Outcome[] = [];
  const lanes: Lane[] = [];
  const began = performance.now();

  before(() => {
    const waiting = [...lives];
    const serve = async (): Promise<void> => {
      const lane = await Lane.open();
      lanes.push(lane);
      for (let next = waiting.shift(); next; next = waiting.shift())
        await lane.run(next.row, next.seed, { short, edits }).then(next.done, next.failed);
    };
    for (let n = 0; n < width; n++)
      serve().catch((error: unknown) => {
        for (const { failed } of waiting.splice(0)) failed(error);
      });
  });

  for (const { row, seed, outcome } of lives) {
    it(`${row.name}, seed ${seed}: ${readingsIn(row).join(", ")}`, async () => {
      const came = await outcome;
      outcomes.push(came);
      if (came.problem === undefined) return;
      const again = [
        `--seed ${seed} --row ${row.name}`,
        short ? "--short" : "",
        edits > 0 ? `--edits ${edits}` : "",
      ];
      assert.fail(
        `${came.problem}\n\n${readingsIn(row).join(", ")}\nagain: npm run test:readings -- ${again.join(" ").trim()}`,
      );
    });
  }

  it("the rows have every pair of readings", () => {
    const { all, covered } = pairsIn(rowsOfPairs(String(first)));
    assert.equal(covered, all);
  });

  after(async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
    const sum = (of: (outcome: Outcome) => number): number =>
      outcomes.reduce((total, outcome) => total + of(outcome), 0);
    const { all, covered } = pairsIn(lives.map(({ row }) => row));
    const failed = sum(({ problem }) => (problem === undefined ? 0 : 1));
    console.log(
      [
        "",
        `${outcomes.length} lives in ${Math.round((performance.now() - began) / 1000)} s, ${failed} failed; ` +
          `${rowsAlone().length} readings alone, ${rowsOfProfiles().length} profiles, ${covered} of ${all} pairs of readings`,
        `${sum(({ steps }) => steps)} steps and ${sum(({ edits }) => edits)} random edits; ` +
          `${sum(({ refusals }) => refusals.length)} changes refused in words that name the difference`,
      ].join("\n"),
    );
  });
});

function rowsFor(seed: number): Row[] {
  const pairs = rowsOfPairs(String(seed));
  const rows = [...rowsAlone(), ...rowsOfProfiles(), ...(short ? pairs.slice(0, SHORT_PAIRS) : pairs)];
  const wanted = rows.filter(({ name }) => only === undefined || name === only);
  if (wanted.length === 0)
    throw new Error(
      `--row ${only}: there is no such row; there are ${rows.map(({ name }) => name).join(", ")}`,
    );
  return wanted;
}

function lifeOf(row: Row, seed: number): Life {
  const life = { row, seed } as Life;
  life.outcome = new Promise((done, failed) => Object.assign(life, { done, failed }));
  // Those that are looked at later must not count as unhandled until then.
  life.outcome.catch(() => undefined);
  return life;
}
