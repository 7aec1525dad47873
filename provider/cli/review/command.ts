/** `pulumi-nylas review`: reads a preview and writes its review. */
import * as fs from "node:fs";
import { text } from "node:stream/consumers";
import { CliError, type Io } from "../program";
import { type Gate, GATES } from "./gates";
import { type Preview, readPreview } from "./preview";
import { type Report, report } from "./report";

/** Writes the review of the preview in the file, or on standard input. Gives the exit code. */
export async function review(
  file: string | undefined,
  options: { out?: string; redact?: boolean; failOn?: Gate[]; limit?: number; picture?: boolean },
  io: Io,
): Promise<number> {
  const preview: Preview = readPreview(await source(file, io));
  const result = report(preview, {
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.redact ? { redact: { key: io.environment["NYLAS_REDACT_KEY"] ?? "" } } : {}),
    picture: options.picture !== false,
    secrets: secretsOf(io.environment),
  });
  if (options.out === undefined) io.stdout(result.markdown);
  else write(options.out, result.markdown);
  return verdict(result, options.failOn ?? [], io);
}

/** The gravest of the asked-for gates that the change runs into decides. */
function verdict({ gates }: Report, asked: Gate[], io: Io): number {
  const hit = gates.filter(({ gate }) => asked.includes(gate));
  for (const { gate, count } of hit) {
    io.stderr(`pulumi-nylas: --fail-on ${gate}: ${GATES[gate].words} (${count} in this change).\n`);
  }
  return hit.length === 0 ? 0 : GATES[hit[0]!.gate].exit;
}

async function source(file: string | undefined, io: Io): Promise<string> {
  if (file !== undefined && file !== "-") {
    try {
      return fs.readFileSync(file, "utf8");
    } catch (error) {
      throw new CliError(`${file} cannot be read: ${(error as Error).message}.`);
    }
  }
  if (io.stdin.isTTY) {
    throw new CliError(
      "There is no preview to read. Name a file, or pipe it in: pulumi preview --json --show-sames | npx pulumi-nylas review",
      2,
    );
  }
  const patience = setTimeout(() => io.stderr("Waiting for the preview on standard input …\n"), 2000);
  try {
    return await text(io.stdin);
  } finally {
    clearTimeout(patience);
  }
}

function write(file: string, markdown: string): void {
  try {
    fs.writeFileSync(file, markdown);
  } catch (error) {
    throw new CliError(`${file} cannot be written: ${(error as Error).message}.`);
  }
}

/** Keys in the environment, which a message of a program's own might repeat. */
function secretsOf(environment: NodeJS.ProcessEnv): string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined &&
    value.length >= 8 &&
    /(KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|SERVICE_ACCOUNT)$/i.test(name)
      ? [value]
      : [],
  );
}
