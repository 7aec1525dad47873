import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { type Bench, type Line, round } from "./report";

/**
 * Milliseconds that `import "pulumi-nylas"` adds to a program that imports `@pulumi/pulumi` already: fresh processes in
 * pairs, one without and one with it, so that both meet the same machine. What else runs there disturbs single pairs, hence
 * the median.
 */
export const startUp: Bench = {
  name: "start-up",
  async run(progress) {
    const pairs: Pair[] = [];
    // The first pair fills the disk cache and does not count.
    for (let turn = 0; turn <= PAIRS; turn++) {
      if (turn % 5 === 0) progress(`${turn} of ${PAIRS} pairs of processes`);
      const order: (keyof Pair)[] = turn % 2 === 0 ? ["without", "with"] : ["with", "without"];
      const pair: Pair = { without: 0, with: 0 };
      for (const kind of order) pair[kind] = millisecondsUntilLoaded(MODULES[kind]);
      if (turn > 0) pairs.push(pair);
    }
    const added = pairs.map((pair) => pair.with - pair.without);
    const lines: Line[] = [
      { what: 'import "pulumi-nylas" adds to a program', measured: median(added), unit: "ms", limit: 30 },
    ];
    const details = {
      medianWithout: round(median(pairs.map((pair) => pair.without))),
      medianWith: round(median(pairs.map((pair) => pair.with))),
      added: added.map(round),
    };
    return { lines, details };
  },
};

interface Pair {
  without: number;
  with: number;
}

const PAIRS = 15;
const MODULES: Record<keyof Pair, string[]> = {
  without: ["@pulumi/pulumi"],
  with: ["@pulumi/pulumi", "pulumi-nylas"],
};

/** From the start of a fresh process until it has loaded the modules, by its own clock. */
function millisecondsUntilLoaded(modules: string[]): number {
  const loads = modules.map((name) => `require(${JSON.stringify(name)});`).join(" ");
  const script = `${loads} process.stdout.write(String(performance.now()));`;
  return Number(
    execFileSync(process.execPath, ["-e", script], { cwd: path.join(__dirname, ".."), encoding: "utf8" }),
  );
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
