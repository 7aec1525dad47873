/** From a seed to a scenario, and nothing else: the same seed is the same scenario for ever. */
import { Random } from "../faults/random";
import { some } from "./fleets";
import { type Scenario } from "./scenario";
import { THEMES, type Theme } from "./themes";

export interface GenerateOptions {
  /** Whether the real engine runs it, which does what the model of it cannot. */
  engine: boolean;
  /** Only scenarios of this theme. */
  theme?: string;
}

/** Seeds are numbered from 1. */
export function generate(seed: number, { engine, theme: wanted }: GenerateOptions): Scenario {
  const possible = THEMES.filter(
    ({ name, engineOnly }) => (engine || !engineOnly) && (wanted === undefined || name === wanted),
  );
  if (possible.length === 0) throw new Error(`there is no theme ${wanted}`);
  const theme = inTurn(seed, possible);
  const { steps, served = [] } = theme.draw(new Random(`adversary/${seed}`));
  return { seed, theme: theme.name, engineOnly: theme.engineOnly === true, steps, served };
}

/** Every block of seeds has each theme as often as it weighs, in an order of its own: a short run meets all of them. */
function inTurn(seed: number, themes: Theme[]): Theme {
  const block = themes.flatMap((theme) => Array.from({ length: theme.weight ?? 1 }, () => theme));
  const random = new Random(`adversary/block/${Math.floor((seed - 1) / block.length)}`);
  return some(random, block, block.length)[(seed - 1) % block.length]!;
}
