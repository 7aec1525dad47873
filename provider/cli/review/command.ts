/** `pulumi-nylas review`: reads a preview and writes its review. */
import { emit, redaction, source } from "../files";
import { type Io } from "../program";
import { secretsOf } from "../secrets";
import { type Gate, GATES } from "./gates";
import { type Preview, readPreview } from "./preview";
import { type Report, report } from "./report";

/** Writes the review of the preview in the file, or on standard input. Gives the exit code. */
export async function review(
  file: string | undefined,
  options: { out?: string; redact?: boolean; failOn?: Gate[]; limit?: number; picture?: boolean },
  io: Io,
): Promise<number> {
  const preview: Preview = readPreview(
    await source(file, io, "pulumi preview --json --show-sames | npx pulumi-nylas review"),
  );
  const result = report(preview, {
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.redact ? { redact: redaction(true, io)! } : {}),
    picture: options.picture !== false,
    secrets: secretsOf(io.environment),
  });
  emit(options.out, result.markdown, io);
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
