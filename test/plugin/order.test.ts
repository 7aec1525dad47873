import assert from "node:assert/strict";
import { Chance, declaredIn } from "./programs";
import { type Hand, walk } from "./orderWalk";
import { type Report } from "./stack";
import { done, openWorld, succeeded, writesOf } from "./world";

const SEED = Number(process.env.ORDER_SEED ?? 1);
const WALKS = Number(process.env.ORDER_WALKS ?? 8);
const EDITS = Number(process.env.ORDER_EDITS ?? 12);
/** After how many edits a preview and a refresh are looked at as well: together they cost three times an edit. */
const LOOKS = Number(process.env.ORDER_LOOKS ?? 3);

describe("random programs and edits, many things changed in one up", () => {
  const world = openWorld({ simulator: { publicWebhooks: "assume" } });

  for (let seed = SEED; seed < SEED + WALKS; seed++) {
    it(`end in the declared state (seed ${seed}: ORDER_SEED=${seed} ORDER_WALKS=1 npx mocha test/plugin/order.test.ts)`, async function () {
      this.timeout(120_000);
      // What a process has loaded for one operation after the other is never given back.
      if ((seed - SEED) % 3 === 0) await world.stack.use({});
      await walk(hand(seed), {
        seed,
        edits: EDITS,
        looksAfter: (edit) => edit % LOOKS === 0,
        ...(process.env.ORDER_TELL ? { tell: (line) => console.log(`      ${line}`) } : {}),
      });
    });
  }

  function hand(seed: number): Hand {
    const { sim, stack } = world;
    const chance = new Chance(seed + 1_000_000);
    const together = { draw: (limit: number) => chance.draw(limit) };
    return {
      sim,
      up: async (program, { continueOnError }) =>
        outcome(await stack.apply(declaredIn(program), { continueOnError, together })),
      async pending(program) {
        const preview = async () => done(succeeded(await stack.preview(declaredIn(program))));
        const before = chance.flag() ? await preview() : [];
        sim.clearRequests();
        const refresh = done(succeeded(await stack.refresh({ together })));
        assert.deepEqual(writesOf(sim), [], "a refresh writes nothing");
        return [...before, ...refresh, ...(await preview())];
      },
      destroy: async () => outcome(await stack.destroy({ together })),
      state: () => stack.state,
    };
  }
});

function outcome({ errors, steps, log }: Report) {
  const lines = [
    ...errors.map(({ name, message }) => `${name}: ${message}`),
    ...steps.map(({ op, name }) => `${op} ${name}`),
    ...log,
  ];
  return { errors, text: lines.join("\n") };
}
