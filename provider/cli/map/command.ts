/** `pulumi-nylas map`: the fleet as one HTML page. */
import { emit, redaction, sourceOrStack } from "../files";
import { type Io } from "../io";
import { exportOf, type StackOptions } from "../stack";
import { page } from "./page";
import { readFleet } from "./state";

/** Writes the page of the fleet in the file, on standard input, or of a stack. Gives the exit code. */
export async function map(
  file: string | undefined,
  options: StackOptions & { out?: string; redact?: boolean },
  io: Io,
): Promise<number> {
  const example = "pulumi stack export | npx pulumi-nylas map --out fleet.html";
  const fleet = readFleet(await sourceOrStack(file, options, io, example, exportOf));
  emit(options.out, page(fleet, redaction(options.redact, io)), io);
  return 0;
}
