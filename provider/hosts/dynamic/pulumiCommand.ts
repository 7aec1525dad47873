import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** How many processes stand between a program and the `pulumi` that runs it, at most. */
const GENERATIONS = 8;

/**
 * Whether a preview with refused resources fails. It does, but not in a `pulumi up` that goes on after errors. There
 * the preview comes first, and its failure would keep everything else from being done. `args` are those of `pulumi`;
 * undefined where they cannot be seen.
 */
export function stopsAfterPreview(args: readonly string[] | undefined, env: NodeJS.ProcessEnv): boolean {
  if (!goesOnAfterErrors(args, env)) return true;
  return args !== undefined && !args.some((arg) => arg === "up" || arg === "update");
}

/** Whether the run goes on after errors. Where the arguments cannot be seen, the environment alone decides. */
export function goesOnAfterErrors(args: readonly string[] | undefined, env: NodeJS.ProcessEnv): boolean {
  return saysItGoesOn(args, env) ?? false;
}

/**
 * The same, and undefined where it cannot be told. The engine reads the flag first, then the variable that it has for each flag, and then
 * the older variable (`declareFlagsAsEnvironmentVariables` of engine 3.256.0).
 */
export function saysItGoesOn(
  args: readonly string[] | undefined,
  env: NodeJS.ProcessEnv,
): boolean | undefined {
  const flag = args?.findLast((arg) => /^--continue-on-error(=|$)/.test(arg));
  if (flag !== undefined) return isYes(flag.split("=")[1] ?? "true");
  const ofFlag = env.PULUMI_OPTION_CONTINUE_ON_ERROR?.toLowerCase();
  if (["true", "1", "false", "0"].includes(ofFlag ?? "")) return isYes(ofFlag!);
  const { PULUMI_CONTINUE_ON_ERROR: older } = env;
  if (args === undefined && !older) return undefined;
  return isYes(older ?? "");
}

function isYes(text: string): boolean {
  return /^(1|t|true)$/i.test(text);
}

/**
 * The arguments of the `pulumi` that runs this program. The engine tells a program that it is a preview, and not whether an `up` follows.
 * Undefined where no such process can be seen, as under Windows: PULUMI_CONTINUE_ON_ERROR decides there.
 */
export function pulumiArguments(): string[] | undefined {
  let id = process.ppid;
  for (let i = 0; i < GENERATIONS && id > 1; i++) {
    const found = processOf(id);
    if (!found) return undefined;
    const [file = "", ...args] = found.command;
    if (/^pulumi(\.exe)?$/.test(path.basename(file))) return args;
    id = found.parent;
  }
  return undefined;
}

interface Process {
  parent: number;
  command: string[];
}

/** A process of this machine; undefined where it cannot be seen. */
export function processOf(id: number): Process | undefined {
  try {
    return process.platform === "linux" ? fromProc(id) : fromPs(id);
  } catch {
    return undefined;
  }
}

function fromProc(id: number): Process {
  const stat = fs.readFileSync(`/proc/${id}/stat`, "utf8");
  // After the name, which stands in brackets and may hold any character: the state and the parent.
  const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    parent: Number(parent),
    command: fs.readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0").slice(0, -1),
  };
}

function fromPs(id: number): Process | undefined {
  const told = execFileSync("ps", ["-ww", "-o", "ppid=,command=", "-p", String(id)], {
    encoding: "utf8",
    timeout: 2_000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [parent, ...command] = told.trim().split(/\s+/);
  return parent === undefined ? undefined : { parent: Number(parent), command };
}
