import { walk } from "./orderWalk";
import { handOf } from "./orderHand";
import { openWorld } from "./world";

const SEED = Number(process.env.ORDER_SEED ?? 1);
const WALKS = Number(process.env.ORDER_WALKS ?? 5);
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
      await walk(handOf(world, seed), {
        seed,
        edits: EDITS,
        looksAfter: (edit) => edit % LOOKS === 0,
        ...(process.env.ORDER_TELL ? { tell: (line) => console.log(`      ${line}`) } : {}),
      });
    });
  }
});
