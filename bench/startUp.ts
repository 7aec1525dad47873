import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { type Bench, type Line, round } from "./report";

/**
 * Milliseconds that `import "pulumi-nylas"` adds to a program that imports `@pulumi/pulumi` already: each time in a fresh
 * process, by its own clock.
 *
 * The import alone is timed, not whole processes with and without it in turn: those take 700 ms to load `@pulumi/pulumi`,
 * give or take several times what is to be measured.
 */
export const startUp: Bench = {
  name: "start-up",
  run(progress) {
    const added: number[] = [];
    // The first process fills the disk cache and does not count.
    for (let turn = 0; turn <= PROCESSES; turn++) {
      if (turn % 5 === 0) progress(`${turn} of ${PROCESSES} processes`);
      const milliseconds = millisecondsToLoad("pulumi-nylas");
      if (turn > 0) added.push(milliseconds);
    }
    const lines: Line[] = [
      { what: 'import "pulumi-nylas" adds to a program', measured: median(added), unit: "ms", limit: 30 },
    ];
    return Promise.resolve({ lines, details: { added: added.map(round) } });
  },
};

const PROCESSES = 15;

function millisecondsToLoad(module: string): number {
  const script = `
    require("@pulumi/pulumi");
    const begun = performance.now();
    require(${JSON.stringify(module)});
    process.stdout.write(String(performance.now() - begun));`;
  return Number(
    execFileSync(process.execPath, ["-e", script], { cwd: path.join(__dirname, ".."), encoding: "utf8" }),
  );
}

function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
