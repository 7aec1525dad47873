import { parseArgs } from "node:util";
import { type Exchange } from "nylas-simulator";
import { Checker } from "./checker";
import { ApiDocument, BadDocument } from "./document";
import { KNOWN, type Known, MOVED } from "./known";
import { examine, reportOf } from "./report";

export const USAGE = "npm run test:openapi -- FILE [--seed S]";

export interface Surroundings {
  print: (text: string) => void;
  complain: (text: string) => void;
  /** The exchanges of the lives under a seed. */
  listen: (seed: number) => Promise<Exchange[]>;
  known?: Known;
}

/** 0: no unknown difference, 1: some, 2: the file or the command line is no good. */
export async function run(args: string[], around: Surroundings): Promise<0 | 1 | 2> {
  const { print, complain, listen, known = { known: KNOWN, moved: MOVED } } = around;
  try {
    const { file, seed } = read(args);
    const checker = new Checker(ApiDocument.read(file), known.moved);
    const findings = examine(await listen(seed), checker, known);
    print(reportOf(findings));
    return findings.unknown.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof BadDocument || error instanceof BadUsage)) throw error;
    complain(error.message);
    return 2;
  }
}

class BadUsage extends Error {}

function read(args: string[]): { file: string; seed: number } {
  const options = { seed: { type: "string", default: "1" } } as const;
  let parsed: ReturnType<
    typeof parseArgs<{ args: string[]; allowPositionals: true; options: typeof options }>
  >;
  try {
    parsed = parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new BadUsage(`${(error as Error).message.split(".")[0]}. Usage: ${USAGE}`);
  }
  const { positionals, values } = parsed;
  if (positionals.length !== 1)
    throw new BadUsage(
      `${positionals.length} files given, expected one: download the vendor's OpenAPI document and give its path. Usage: ${USAGE}`,
    );
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed))
    throw new BadUsage(`--seed ${values.seed} is no whole number. Usage: ${USAGE}`);
  return { file: positionals[0]!, seed };
}
