/** What pulumi knows of a stack: its configuration, and its state. Both are read by pulumi itself, and nothing is written. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { readFleet } from "./map/state";
import { CliError, type Io } from "./io";
import { type State } from "../review/steps";
import { asObject, asText } from "../review/json";

/** Which stack. */
export interface StackOptions {
  stack?: string;
  cwd?: string;
}

/** What could be read of it. */
export interface StackSeen {
  /** The stack's name; undefined where there is none to read. */
  name: string | undefined;
  /** Configuration by its full key. */
  config: Map<string, string>;
  /** Secrets among it that could not be opened, by key. */
  closed: Set<string>;
  /** Every opened secret, so that none of them is ever shown. */
  secrets: string[];
  /** Resources and components; undefined where the state could not be read. */
  resources: State[] | undefined;
  /** What could not be read, and what to do about it; a sentence each. */
  unread: string[];
}

/**
 * Reads the selected stack, or the one that is named. Without pulumi, a project or a stack the environment still has
 * settings. So their absence is no error, unless a stack was asked for by its name.
 */
export async function readStack(options: StackOptions, io: Io): Promise<StackSeen> {
  const pulumi = (...args: string[]) => askOf(options, io, args, LONGEST);
  const [opened, exported] = await Promise.all([
    pulumi("config", "--json", "--show-secrets"),
    pulumi("stack", "export"),
  ]);
  if (options.stack !== undefined && exported.problem !== undefined) {
    throw unreadable(options, exported.problem);
  }
  const unread: string[] = [];
  // Where the secrets cannot be opened, the rest can still be read.
  const plain =
    opened.problem !== undefined && exported.problem === undefined
      ? await pulumi("config", "--json")
      : opened;
  const entries = Object.entries(asObject(parsed(plain.output)) ?? {}).map(
    ([key, entry]) => [key, asObject(entry) ?? {}] as const,
  );
  const closed = entries.filter(([, entry]) => entry["secret"] === true && entry["value"] === undefined);
  if (exported.problem !== undefined) unread.push(exported.problem);
  else if (closed.length > 0) {
    unread.push(
      `The secrets of the stack's configuration could not be opened (${opened.problem}): only the environment's keys are used.`,
    );
  } else if (plain.problem !== undefined) unread.push(plain.problem);

  const resources = exported.problem === undefined ? resourcesOf(exported.output) : undefined;
  return {
    name: options.stack ?? stackOf(resources) ?? (io.environment["PULUMI_STACK"] || undefined),
    config: new Map(
      entries.flatMap(([key, { value }]) => (typeof value === "string" ? [[key, value] as const] : [])),
    ),
    closed: new Set(closed.map(([key]) => key)),
    secrets: entries.flatMap(([, { secret, value }]) =>
      secret === true && typeof value === "string" ? [value] : [],
    ),
    resources,
    unread,
  };
}

/** A preview in JSON with all that the review looks at: what stays as it is, and what waits for its delete since a replacement. */
const PREVIEW = ["preview", "--json", "--show-sames", "--show-replacement-steps"];

/** What `pulumi preview --json` says of a stack that is named. One that ends with an error says why in there. */
export async function previewOf(options: StackOptions, io: Io): Promise<string> {
  const { output, problem } = await askOf(options, io, PREVIEW, Infinity);
  if (problem !== undefined && !output.includes("{")) throw unreadable(options, problem);
  return output;
}

/** The state of a stack that is named, as `pulumi stack export` writes it. */
export async function exportOf(options: StackOptions, io: Io): Promise<string> {
  const { output, problem } = await askOf(options, io, ["stack", "export"], LONGEST);
  if (problem !== undefined) throw unreadable(options, problem);
  return output;
}

function askOf({ stack, cwd }: StackOptions, io: Io, args: string[], longest: number): Promise<Ran> {
  if (cwd !== undefined && !fs.existsSync(cwd)) throw new CliError(`--cwd: there is no folder ${cwd}.`);
  return runPulumi([...args, ...(stack === undefined ? [] : ["--stack", stack])], cwd, io, longest);
}

function unreadable({ stack }: StackOptions, problem: string): CliError {
  return new CliError(
    `${stack === undefined ? "The selected stack" : `The stack ${stack}`} cannot be read: ${problem}`,
  );
}

interface Ran {
  output: string;
  /** Why it failed, as a sentence. */
  problem: string | undefined;
}

const LONGEST = 120_000;

function runPulumi(
  args: string[],
  cwd: string | undefined,
  { environment }: Io,
  longest = LONGEST,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd,
      // Whatever it might ask for, nobody is there to answer.
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    // Not the option of spawn: where there is no pulumi, its timer goes on, and this process with it.
    const patience = longest === Infinity ? undefined : setTimeout(() => child.kill(), longest);
    const output: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(patience);
      resolve({
        output: "",
        problem:
          error.code === "ENOENT"
            ? "pulumi is not on the PATH, so the stack's configuration and state cannot be read."
            : `pulumi cannot be run: ${error.message}.`,
      });
    });
    child.on("close", (code) => {
      clearTimeout(patience);
      const text = Buffer.concat(output).toString("utf8");
      const problem = code === 0 ? undefined : reason(Buffer.concat(said).toString("utf8"), args, code);
      resolve({ output: text, problem });
    });
  });
}

/** Pulumi's own first sentence. */
function reason(said: string, args: string[], code: number | null): string {
  const lines = said.split("\n").map((line) => line.trim());
  const error = lines.find((line) => line.startsWith("error: "))?.slice("error: ".length);
  const sentence = error ?? lines.find((line) => line !== "") ?? `it ended with ${code ?? "a signal"}`;
  return `pulumi ${args.slice(0, 2).join(" ")}: ${sentence.replace(/\.?$/, ".")}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A stack that was never brought up has no resources, and its state is readable all the same. */
function resourcesOf(exported: string): State[] {
  if (asObject(asObject(parsed(exported))?.["deployment"])?.["resources"] === undefined) return [];
  return readFleet(exported).steps.flatMap((step) => (step.new ? [step.new] : []));
}

function stackOf(resources: State[] | undefined): string | undefined {
  return asText(resources?.[0]?.urn.replace(/^urn:pulumi:/, "").split("::")[0]);
}
