import assert from "node:assert/strict";
import { providerOf } from "./things";

describe("a create whose answer is lost", () => {
  /** Makes things whose answers are all lost, and which no list shows before it was asked so many times. */
  const make = async (shownAfter: number, pause: (looks: number) => boolean) => {
    let made = 0;
    let looks = 0;
    const provider = await providerOf({
      identity: {
        find: () => {
          looks++;
          return Promise.resolve(made > 0 && looks > shownAfter ? { id: "1" } : undefined);
        },
      },
      create: () => {
        made++;
        return Promise.reject(Object.assign(new Error("The answer was lost."), { kind: "ambiguous" }));
      },
      pause: () => pause(looks),
    });
    const outcome = await provider.create({}).catch((error: Error) => error.message);
    return { made, looks, outcome };
  };

  it("is looked for five times before it is made a second time, and three times made at most", async () => {
    assert.deepEqual(await make(Infinity, () => true), {
      made: 3,
      looks: 1 + 3 * 5,
      outcome: "The answer was lost.",
    });
    assert.deepEqual(await make(5, () => true), { made: 1, looks: 6, outcome: { id: "1", outs: {} } });
  });

  it("is not made a second time by a run that is interrupted before it has looked long enough", async () => {
    assert.deepEqual(await make(Infinity, () => false), {
      made: 1,
      looks: 2,
      outcome: "The answer was lost.",
    });
    assert.deepEqual(await make(Infinity, (looks) => looks < 6), {
      made: 1,
      looks: 6,
      outcome: "The answer was lost.",
    });
  });
});
