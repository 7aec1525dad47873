/**
 * Brings all stacks to what their files say, some at a time:
 *
 *     npm run deploy -- --preview           what would be done, and nothing else
 *     npm run deploy -- --at-once 4
 *     npm run deploy -- --resume            only those that an earlier run did not finish
 *
 * Writes report.json as it goes and a table at the end. Goes on with the other stacks when one fails, and ends with
 * exit code 1 then. Ctrl-C finishes what is under way and begins nothing more.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { parse } from "yaml";

/** What became of a stack. */
interface Outcome {
  status: "done" | "failed" | "not begun";
  /** Of its file, when it was deployed: a file that has changed since is deployed again. */
  digest: string;
  seconds: number;
  /** `create: 12, same: 3` */
  changes: string;
  error?: string;
}

type Report = Record<string, Outcome>;

const folder = path.join(__dirname, "stacks");
const reportFile = path.join(__dirname, "report.json");

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      preview: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
      "at-once": { type: "string", default: "4" },
    },
  });
  const atOnce = Number(values["at-once"]);
  if (!Number.isInteger(atOnce) || atOnce < 1)
    throw new Error(`--at-once: a whole number from 1, for example 4`);

  const stacks = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => path.basename(file, ".yaml"))
    .sort();
  refuseTwice(stacks);

  const before: Report = values.resume && fs.existsSync(reportFile) ? read(reportFile) : {};
  const report: Report = {};
  for (const stack of stacks) {
    const digest = digestOf(stack);
    const earlier = before[stack];
    report[stack] =
      earlier?.status === "done" && earlier.digest === digest
        ? earlier
        : { status: "not begun", digest, seconds: 0, changes: "" };
  }

  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  const left = stacks.filter((stack) => report[stack]!.status !== "done");
  let done = stacks.length - left.length;
  const work = async () => {
    for (let stack = left.shift(); stack !== undefined; stack = left.shift()) {
      if (interrupted.signal.aborted) return;
      const outcome = await deploy(stack, values.preview, interrupted.signal);
      report[stack] = outcome;
      if (!values.preview) fs.writeFileSync(reportFile, JSON.stringify(report, null, 2));
      console.error(`${++done} of ${stacks.length}: ${stack} ${lineOf(outcome)}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));

  console.log(tableOf(report));
  if (Object.values(report).some(({ status }) => status !== "done")) process.exitCode = 1;
}

async function deploy(stackName: string, preview: boolean, signal: AbortSignal): Promise<Outcome> {
  const began = Date.now();
  const digest = digestOf(stackName);
  try {
    const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir: __dirname });
    // One tenant's failure does not keep the others of its stack waiting.
    const changes = preview
      ? (await stack.preview({ signal })).changeSummary
      : ((await stack.up({ signal, continueOnError: true })).summary.resourceChanges ?? {});
    return {
      status: "done",
      digest,
      seconds: secondsSince(began),
      changes: Object.entries(changes)
        .map(([operation, count]) => `${operation}: ${count}`)
        .join(", "),
    };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { status: "failed", digest, seconds: secondsSince(began), changes: "", error: text };
  }
}

/**
 * A tenant in two files would belong to two stacks at once. One that was moved without its state would be created
 * anew by the new stack and deleted by the old one.
 */
function refuseTwice(stacks: string[]): void {
  const first = new Map<string, string>();
  for (const stack of stacks) {
    const { tenants = {} } = parse(fs.readFileSync(fileOf(stack), "utf8")) as { tenants?: object };
    for (const tenant of Object.keys(tenants)) {
      const other = first.get(tenant);
      if (other !== undefined)
        throw new Error(
          `${tenant} stands in ${other}.yaml and in ${stack}.yaml. Nothing was done; keep one.`,
        );
      first.set(tenant, stack);
    }
  }
}

function fileOf(stack: string): string {
  return path.join(folder, `${stack}.yaml`);
}

function digestOf(stack: string): string {
  return createHash("sha256")
    .update(fs.readFileSync(fileOf(stack)))
    .digest("hex")
    .slice(0, 16);
}

function read(file: string): Report {
  return JSON.parse(fs.readFileSync(file, "utf8")) as Report;
}

function secondsSince(began: number): number {
  return Math.round((Date.now() - began) / 100) / 10;
}

function lineOf({ status, seconds, changes }: Outcome): string {
  return `${status} in ${seconds} s${changes === "" ? "" : ` (${changes})`}`;
}

function tableOf(report: Report): string {
  const rows = Object.entries(report).map(
    ([stack, { status, seconds, changes, error }]) =>
      `| ${stack} | ${status} | ${seconds} | ${changes} | ${reason(error)} |`,
  );
  return ["| stack | | seconds | changes | error |", "|---|---|---|---|---|", ...rows].join("\n");
}

/** The first thing that went wrong; that the update failed as a whole is known. */
function reason(error = ""): string {
  const lines = error.split("\n").map((line) => line.trim());
  const said = lines.find((line) => /\berror: /.test(line) && !/error: (update|preview) failed/.test(line));
  return (said ?? lines.find((line) => line !== "") ?? "").replace(/\|/g, "\\|");
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
