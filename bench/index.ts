/**
 * `npm run bench`: what the provider costs, each figure beside its limit. `npm run bench -- start-up` runs one part
 * alone. `--scale` measures fleets of 1,000 and 5,000 accounts as well (an hour). `--accounts 1000` measures one of
 * that size, and `--only "first up,refresh"` these operations of it.
 *
 * The table goes to standard output, progress to standard error, and all that was measured to bench/results/bench.json.
 * Ends with exit code 1 where a figure is over its limit.
 */
import { parseArgs } from "node:util";
import { ensureEngine } from "../scripts/engine";
import { accountBytes } from "./accountBytes";
import { type Bench, isWithin, type Measured, table, writeResults } from "./report";
import { rate } from "./rate";
import { scale } from "./scale";
import { startUp } from "./startUp";
import { tenant } from "./tenant";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: "boolean", default: false },
    accounts: { type: "string" },
    only: { type: "string" },
  },
});
const sizes = values.accounts?.split(",").map(Number) ?? (values.scale ? [100, 1_000, 5_000] : [100]);
const benches: Bench[] = [startUp, accountBytes(50), tenant, rate, scale(sizes, values.only?.split(","))];

async function main(wanted: string[]): Promise<void> {
  const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    const names = benches.map(({ name }) => name).join(", ");
    throw new Error(`There is no bench called ${unknown.join(", ")}; there are ${names}.`);
  }
  const engine = await ensureEngine((line) => console.error(line));
  const results: Record<string, Measured> = {};
  for (const bench of benches) {
    if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
    results[bench.name] = await bench.run((line) => console.error(`${bench.name}: ${line}`));
  }

  const lines = Object.values(results).flatMap((measured) => measured.lines);
  console.log(`\n${table(lines)}`);
  for (const { notes } of Object.values(results)) {
    for (const [heading, text] of Object.entries(notes ?? {})) {
      console.log(`\n${heading}:\n${text.map((line) => `  ${line}`).join("\n")}`);
    }
  }
  const machine = {
    node: process.version,
    engine: engine.version,
    platform: `${process.platform} ${process.arch}`,
  };
  console.error(`\nWritten to ${writeResults(results, machine)}`);
  if (!lines.every(isWithin)) process.exitCode = 1;
}

main(positionals).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
