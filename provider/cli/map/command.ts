/** `pulumi-nylas map`: the fleet as one HTML page. */
import { emit, redaction, source } from "../files";
import { type Io } from "../program";
import { page } from "./page";
import { readFleet } from "./state";

/** Writes the page of the fleet in the file, or on standard input. Gives the exit code. */
export async function map(
  file: string | undefined,
  options: { out?: string; redact?: boolean },
  io: Io,
): Promise<number> {
  const fleet = readFleet(
    await source(file, io, "pulumi stack export | npx pulumi-nylas map --out fleet.html"),
  );
  emit(options.out, page(fleet, redaction(options.redact, io)), io);
  return 0;
}
