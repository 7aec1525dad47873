import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

export type Line = [kind: string, ...values: (string | number)[]];

export function filesIn(folder: () => string): string[] {
  try {
    const path = folder();
    return readdirSync(path).map((name) => join(path, name));
  } catch {
    return [];
  }
}

/** The lines of a file that this user has written. What others put there, by whatever way, is not believed. */
export function readOwn(file: string): unknown[] | undefined {
  try {
    const { uid } = lstatSync(file);
    if (!lstatSync(file).isFile() || (process.getuid !== undefined && uid !== process.getuid()))
      return undefined;
    return readFileSync(file, "utf8").split("\n").map(parsed);
  } catch {
    // It has ended in this moment, or it is another user's.
    return undefined;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** To a file that is there. A line begins on a line of its own, whatever a torn one before it left. */
export function append(file: string, line: Line): void {
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_APPEND);
  try {
    writeSync(descriptor, `\n${JSON.stringify(line)}`);
  } finally {
    closeSync(descriptor);
  }
}

/** Another run may have removed the file, or the folder may be read-only. */
export function appendIfThere(file: string, line: Line): void {
  try {
    append(file, line);
  } catch {
    // What stays expires.
  }
}

export function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What stays expires.
  }
}
