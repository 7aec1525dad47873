import assert from "node:assert/strict";
import { Chance, declaredIn } from "./programs";
import { type Hand } from "./orderWalk";
import { type Report } from "./stack";
import { done, succeeded, type World, writesOf } from "./world";

/** The fake engine on the plugin process, for a walk through random programs. */
export function handOf({ sim, stack }: Pick<World, "sim" | "stack">, seed: number): Hand {
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

function outcome({ errors, steps, log }: Report) {
  const lines = [
    ...errors.map(({ name, message }) => `${name}: ${message}`),
    ...steps.map(({ op, name }) => `${op} ${name}`),
    ...log,
  ];
  return { errors, text: lines.join("\n") };
}
