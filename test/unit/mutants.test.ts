import assert from "node:assert/strict";
import { MUTANTS } from "../adversary/mutants";
import { mutated } from "../adversary/mutantCheckout";

/** `npm run test:mutants` is a long run: without this, a cut that fits no more would be found weeks later. */
describe("the mutants of the adversary", () => {
  for (const mutant of MUTANTS)
    it(`${mutant.finding}: every cut fits the sources once`, () => {
      assert.ok(mutated(mutant.cuts).size > 0);
    });
});
