/** `pulumi-nylas review`: reads a preview and writes its review. */
import { emit, redaction, source, sourceOrStack } from "../files";
import { readFleet } from "../map/state";
import { type Io } from "../io";
import { secretsOf } from "../secrets";
import { previewOf, type StackOptions } from "../stack";
import { type Gate, GATES } from "../../review/gates";
import { type Preview, readPreview } from "../../review/preview";
import { ReviewError } from "../../review/errors";
import { type Report, report } from "../../review/report";
import { scopeOf } from "../../review/scope";

/** Writes the review of the preview in the file, on standard input, or of a stack. Gives the exit code. */
export async function review(
  file: string | undefined,
  options: StackOptions & {
    out?: string;
    redact?: boolean;
    failOn?: Gate[];
    limit?: number;
    picture?: boolean;
    /** Files of other stacks: exports, or previews. */
    fleet?: string[];
    /** The user's word that no other stack uses the application. */
    fleetComplete?: boolean;
  },
  io: Io,
): Promise<number> {
  const example = "pulumi preview --json --show-sames | npx pulumi-nylas review";
  // Where pulumi is asked here, it is asked for what waits for its delete as well.
  const asked = options.stack !== undefined || options.cwd !== undefined;
  const text = await sourceOrStack(file, options, io, example, previewOf);
  const preview: Preview = readPreview(text, { showsPending: asked });
  const others = await Promise.all((options.fleet ?? []).map((each) => otherStack(each, io)));
  const result = report(preview, {
    scope: scopeOf(preview, others, options.fleetComplete === true),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.redact ? { redact: redaction(true, io)! } : {}),
    picture: options.picture !== false,
    secrets: secretsOf(io.environment),
  });
  emit(options.out, result.markdown, io);
  return verdict(result, options.failOn ?? [], io);
}

/** A file that cannot be read ends the command: what is in it would be missing from the review without a word. */
async function otherStack(file: string, io: Io): Promise<Preview> {
  try {
    return readFleet(await source(file, io, "pulumi stack export --stack other --file other.json"));
  } catch (error) {
    if (!(error instanceof ReviewError)) throw error;
    throw new ReviewError(`--fleet ${file}: ${error.message}`);
  }
}

/** The gravest of the asked-for gates that the change runs into decides. */
function verdict({ gates }: Report, asked: Gate[], io: Io): number {
  const hit = gates.filter(({ gate }) => asked.includes(gate));
  for (const { gate, count } of hit) {
    io.stderr(`pulumi-nylas: --fail-on ${gate}: ${GATES[gate].words} (${count} in this change).\n`);
  }
  return hit.length === 0 ? 0 : GATES[hit[0]!.gate].exit;
}
