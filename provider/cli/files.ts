/** What commands read and write. */
import * as fs from "node:fs";
import { buffer } from "node:stream/consumers";
import { decodeText } from "../core/textFile";
import { CliError, type Io } from "./io";
import { type StackOptions } from "./stack";

/** The text of a file, or of standard input where none is named; `example` shows how to pipe it in. */
export async function source(file: string | undefined, io: Io, example: string): Promise<string> {
  if (file !== undefined && file !== "-") {
    try {
      return decodeText(fs.readFileSync(file));
    } catch (error) {
      throw new CliError(`${file} cannot be read: ${(error as Error).message}.`);
    }
  }
  if (io.stdin.isTTY) {
    throw new CliError(`There is nothing to read. Name a file, or pipe it in: ${example}`, 2);
  }
  const patience = setTimeout(() => io.stderr("Waiting for standard input …\n"), 2000);
  const bytes = await buffer(io.stdin).finally(() => clearTimeout(patience));
  try {
    return decodeText(bytes);
  } catch (error) {
    throw new CliError(`Standard input cannot be read: ${(error as Error).message}.`);
  }
}

/** As `source`; where a stack is named, pulumi is asked of it in place of a file. */
export async function sourceOrStack(
  file: string | undefined,
  options: StackOptions,
  io: Io,
  example: string,
  ask: (options: StackOptions, io: Io) => Promise<string>,
): Promise<string> {
  if (options.stack === undefined && options.cwd === undefined) return source(file, io, example);
  if (file !== undefined)
    throw new CliError("Name a file, or a stack (--stack, --cwd) that pulumi is asked of; not both.", 2);
  return ask(options, io);
}

/** Writes to the file, or to standard output where none is named. */
export function emit(file: string | undefined, content: string, io: Io): void {
  if (file === undefined) return io.stdout(content);
  try {
    fs.writeFileSync(file, content);
  } catch (error) {
    throw new CliError(`${file} cannot be written: ${(error as Error).message}.`);
  }
}

/** Pseudonyms are made with a key of the job's own, where it has one. */
export function redaction(asked: boolean | undefined, io: Io): { key: string } | undefined {
  return asked ? { key: io.environment["NYLAS_REDACT_KEY"] ?? "" } : undefined;
}
