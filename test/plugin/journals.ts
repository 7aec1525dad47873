import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A home folder of the engine that goes with the process of the tests: what killed runs leave in it is nobody else's. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
  process.on("exit", () => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** The journals of creates in a home folder, as text. */
export function journalsIn(home: string): string[] {
  return filesIn(home).map((file) => readFileSync(file, "utf8"));
}

/** Forgets what killed runs have left. */
export function forgetRuns(home: string): void {
  for (const file of filesIn(home)) rmSync(file, { force: true });
}

/** As if somebody had left a file there. */
export function leaveFile(home: string, name: string, text: string): void {
  mkdirSync(folderOf(home), { recursive: true });
  appendFileSync(join(folderOf(home), name), text);
}

/**
 * Ends the runs of processes that live on, for tests in which one process serves many operations. They end as the
 * engine does it after an operation, or `killed`, as if both had been killed. Written out on purpose: a later release
 * reads these lines.
 */
export function endRuns(home: string, killed: boolean): void {
  for (const file of filesIn(home)) appendFileSync(file, `${killed ? "" : '\n["e"]'}\n["o",${Date.now()}]`);
}

function filesIn(home: string): string[] {
  try {
    return readdirSync(folderOf(home)).map((name) => join(folderOf(home), name));
  } catch {
    return [];
  }
}

function folderOf(home: string): string {
  return join(home, "pulumi-nylas-creates");
}
