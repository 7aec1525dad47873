import * as fs from "node:fs";
import { inColumns } from "../provider/columns";
import * as path from "node:path";

/** One part of the bench: what it is called on the command line, and what measures it. */
export interface Bench {
  name: string;
  run(progress: Progress): Promise<Measured>;
}

/** Says on standard error what is being done. */
export type Progress = (line: string) => void;

/** What a bench found. */
export interface Measured {
  lines: Line[];
  /** What explains the figures, a heading with its lines; printed below the table. */
  notes?: Record<string, string[]>;
  /** Everything that was measured, for whoever reads the JSON. */
  details: object;
  /** Files to write beside the results, by name. */
  files?: Record<string, string>;
}

/** A figure, and the most it may be. */
export interface Line {
  what: string;
  measured: number;
  unit: "MB" | "B" | "ms" | "calls" | "×" | "%";
  limit: number;
  /** The limit is the least it may be. */
  atLeast?: boolean;
}

/** Whether a figure keeps to its limit. What could not be measured does not. */
export function isWithin({ measured, limit, atLeast }: Line): boolean {
  return atLeast ? measured >= limit : measured <= limit;
}

/** The lines as a table for people. */
export function table(lines: Line[]): string {
  const rows = lines.map((line) => [
    line.what,
    `${line.unit === "×" ? line.measured.toFixed(2) : round(line.measured)} ${line.unit}`,
    `${line.atLeast ? "≥" : "≤"} ${line.limit} ${line.unit}`,
    isWithin(line) ? "ok" : "OVER",
  ]);
  const all = [["", "measured", "limit", ""], ...rows];
  return inColumns(all, { right: (column) => column === 1 || column === 2 }).join("\n");
}

/** The results by bench, with what they were measured on. Returns the file's path. */
export function writeResults(results: Record<string, Measured>, machine: object): string {
  const folder = path.join(__dirname, "results");
  const file = path.join(folder, "bench.json");
  const benches = Object.fromEntries(
    Object.entries(results).map(([name, { lines, details }]) => [
      name,
      { lines: lines.map((line) => ({ ...line, ok: isWithin(line) })), details },
    ]),
  );
  fs.mkdirSync(folder, { recursive: true });
  for (const { files } of Object.values(results))
    for (const [name, text] of Object.entries(files ?? {})) fs.writeFileSync(path.join(folder, name), text);
  fs.writeFileSync(
    file,
    JSON.stringify({ measuredAt: new Date().toISOString(), ...machine, benches }, null, 2),
  );
  return file;
}

/** One digit after the point, where there is one. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
