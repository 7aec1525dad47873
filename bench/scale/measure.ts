import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { performance } from "node:perf_hooks";
import { type LoggedRequest, startSimulator } from "nylas-simulator";
import { type Stack } from "../../test/engine/harness";
import { type Progress } from "../report";
import { type Contender } from "./contenders";
import { type Peaks, watchMemory } from "./memory";

/** In the order in which they are measured. */
export const OPERATIONS = [
  "first up",
  "no-op preview",
  "no-op up",
  "one policy edit",
  "refresh",
  "destroy",
] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** What an operation took. */
export interface Taken {
  seconds: number;
  /** Requests to Nylas. */
  calls: number;
  /** How many of them were answered 429. */
  refused: number;
  /** Requests per second, from the first to the last. */
  rate: number;
  peaks: Peaks;
}

export interface Run {
  contender: string;
  accounts: number;
  /** Requests per second that the simulated API allows; 0 for any number. */
  limit: number;
  /** Of the state after the first up. */
  stateBytes: number | undefined;
  operations: Partial<Record<OperationName, Taken>>;
}

export interface Conditions {
  accounts: number;
  latencyMs: number;
  requestsPerSecond: number;
}

/** Brings a fleet into being with a contender, lives with it, and ends it. */
export async function measure(
  contender: Contender,
  { accounts, latencyMs, requestsPerSecond }: Conditions,
  progress: Progress,
  wanted: readonly OperationName[] = OPERATIONS,
): Promise<Run> {
  const simulator = await startSimulator({ maxAccounts: accounts, latencyMs, requestsPerSecond });
  simulator.seed({ kind: "connector" });
  const fleet = { accounts, dailySends: 50 };
  const edited = { ...fleet, dailySends: 60 };
  const run: Run = {
    contender: contender.name,
    accounts,
    limit: requestsPerSecond,
    stateBytes: undefined,
    operations: {},
  };
  const take = async (operation: OperationName, work: () => Promise<Peaks>) => {
    if (!wanted.includes(operation)) return;
    progress(`${contender.name}: ${operation} of ${accounts} accounts`);
    simulator.clearRequests();
    const began = performance.now();
    const peaks = await work();
    const seconds = (performance.now() - began) / 1000;
    run.operations[operation] = { seconds, peaks, ...trafficOf(simulator.requests) };
  };
  try {
    if (contender.kind === "loop") {
      const client = contender.open(simulator);
      const work = (begin: () => Promise<void>) => () => begin().then((): Peaks => ({}));
      await take(
        "first up",
        work(() => client.create(fleet)),
      );
      await take(
        "one policy edit",
        work(() => client.edit(edited)),
      );
      await take(
        "refresh",
        work(() => client.read()),
      );
      await take(
        "destroy",
        work(() => client.destroy()),
      );
      return run;
    }
    const stack = contender.open(simulator);
    try {
      // The stack is made before the clock runs.
      await stack.run("stack", "ls");
      stack.setProgram(contender.program(fleet));
      await take("first up", () => pulumi(stack, "up", "--yes", "--skip-preview"));
      run.stateBytes = fs.statSync(stack.stateFile).size;
      await take("no-op preview", () => pulumi(stack, "preview"));
      await take("no-op up", () => pulumi(stack, "up", "--yes", "--skip-preview"));
      stack.setProgram(contender.program(edited));
      await take("one policy edit", () => pulumi(stack, "up", "--yes", "--skip-preview"));
      await take("refresh", () => pulumi(stack, "refresh", "--yes", "--skip-preview"));
      await take("destroy", () => pulumi(stack, "destroy", "--yes", "--skip-preview"));
    } finally {
      stack.dispose();
    }
    return run;
  } finally {
    await simulator.close();
  }
}

/** Runs an operation that has to succeed, with nothing beside it: no log of events. */
async function pulumi(stack: Stack, ...args: string[]): Promise<Peaks> {
  const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never", "--suppress-progress"], {
    cwd: stack.folder,
    env: stack.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const memory = watchMemory(child.pid!);
  let said = "";
  const hear = (chunk: Buffer) => (said = (said + chunk.toString("utf8")).slice(-20_000));
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const code = await new Promise<number | null>((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  });
  const peaks = memory.stop();
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${said}`);
  return peaks;
}

function trafficOf(requests: LoggedRequest[]): Pick<Taken, "calls" | "refused" | "rate"> {
  const calls = requests.length;
  const refused = requests.filter(({ status }) => status === 429).length;
  const times = requests.map(({ time }) => time);
  const span = Math.max(...times) - Math.min(...times);
  return { calls, refused, rate: calls > 1 && span > 0 ? ((calls - refused) * 1000) / span : 0 };
}
