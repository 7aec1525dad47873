import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { performance } from "node:perf_hooks";
import { type LoggedRequest, type Simulator, startSimulator } from "nylas-simulator";
import { type Stack } from "../../test/engine/harness";
import { median } from "../median";
import { type Progress } from "../report";
import { type Contender, type Fleet } from "./contenders";
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

/** They leave everything as it was, so they can be measured several times. */
const REPEATED: readonly OperationName[] = ["no-op preview", "no-op up", "refresh"];

/** What an operation took; of several times the median, and the most of everything else. */
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

/**
 * When the engine writes its state. It writes before and after each step, as it does in a file or a bucket, or at the
 * end, with `PULUMI_SKIP_CHECKPOINTS`. The time of the former grows with the square of the fleet, with every
 * provider.
 */
export type Writes = "each step" | "at the end";

export interface Run {
  contender: string;
  accounts: number;
  /** Requests per second that the simulated API allows; 0 for any number. */
  limit: number;
  /** Undefined where there is no state. */
  writes: Writes | undefined;
  /** Whether the provider kept to no rate of its own. */
  unpaced: boolean;
  /** Of the state after the first up. */
  stateBytes: number | undefined;
  operations: Partial<Record<OperationName, Taken>>;
}

/** With what it was measured under, where that is not the ordinary. */
export function nameOf({ contender, limit, writes, unpaced }: Run): string {
  const under = [
    ...(limit > 0 ? [`${limit} requests/s allowed`] : []),
    ...(unpaced ? ["no rate kept"] : []),
    ...(writes === "at the end" ? ["state written at the end"] : []),
  ];
  return under.length > 0 ? `${contender} (${under.join(", ")})` : contender;
}

export interface Conditions {
  accounts: number;
  latencyMs: number;
  requestsPerSecond: number;
  writes: Writes;
  /** Whether the provider keeps to no rate of its own: its clock runs ten times as fast. Default: it keeps to 49 requests a second. */
  unpaced?: boolean;
  /** How often an operation that changes nothing is measured. */
  times: number;
}

/**
 * Creates a fleet with each contender, changes it, and destroys it. Each operation runs with all contenders in turn,
 * so that the compared figures were measured in the same minutes.
 */
export async function measure(
  contenders: readonly Contender[],
  conditions: Conditions,
  progress: Progress,
  wanted: readonly OperationName[] = OPERATIONS,
): Promise<Run[]> {
  const lives: Life[] = [];
  try {
    for (const contender of contenders) lives.push(await begin(contender, conditions));
    for (const operation of OPERATIONS.filter((each) => wanted.includes(each))) {
      const taken = new Map<Life, Taken[]>();
      const times = REPEATED.includes(operation) ? conditions.times : 1;
      for (let turn = 1; turn <= times; turn++) {
        for (const life of lives) {
          const work = life.operations[operation];
          if (!work || (turn > 1 && life.once)) continue;
          const which = times > 1 ? ` (${turn} of ${times})` : "";
          progress(`${life.run.contender}: ${operation} of ${conditions.accounts} accounts${which}`);
          taken.set(life, [...(taken.get(life) ?? []), await take(life.simulator, work)]);
        }
      }
      for (const [life, all] of taken) {
        life.run.operations[operation] = together(all);
        if (operation === "first up") life.run.stateBytes = life.stateBytes();
      }
    }
    return lives.map(({ run }) => run);
  } finally {
    for (const life of lives) await life.end();
  }
}

/** A contender at work. */
interface Life {
  run: Run;
  once: boolean;
  simulator: Simulator;
  operations: Partial<Record<OperationName, () => Promise<Peaks>>>;
  stateBytes(): number | undefined;
  end(): Promise<void>;
}

async function begin(
  contender: Contender,
  { accounts, latencyMs, requestsPerSecond, writes, unpaced = false }: Conditions,
): Promise<Life> {
  const simulator = await startSimulator({ maxAccounts: accounts, latencyMs, requestsPerSecond });
  simulator.seed({ kind: "connector" });
  const fleet: Fleet = { accounts, dailySends: 50 };
  const edited: Fleet = { ...fleet, dailySends: 60 };
  const run: Run = {
    contender: contender.name,
    accounts,
    limit: requestsPerSecond,
    writes: contender.kind === "engine" ? writes : undefined,
    unpaced,
    stateBytes: undefined,
    operations: {},
  };
  const { once = false } = contender;
  if (contender.kind === "loop") {
    const client = contender.open(simulator);
    const alone = (work: () => Promise<void>) => () => work().then((): Peaks => ({}));
    const operations = {
      "first up": alone(() => client.create(fleet)),
      "one policy edit": alone(() => client.edit(edited)),
      refresh: alone(() => client.read()),
      destroy: alone(() => client.destroy()),
    };
    return { run, once, simulator, operations, stateBytes: () => undefined, end: () => simulator.close() };
  }
  const stack = contender.open(simulator);
  if (writes === "at the end") stack.env["PULUMI_SKIP_CHECKPOINTS"] = "true";
  if (unpaced) stack.env["NYLAS_TEST_TIME_SCALE"] = "0.1";
  const end = async () => {
    stack.dispose();
    await simulator.close();
  };
  try {
    // The stack is made before the clock runs.
    await stack.run("stack", "ls");
    stack.setProgram(contender.program(fleet));
  } catch (error) {
    await end();
    throw error;
  }
  const operations = {
    "first up": () => pulumi(stack, "up", "--yes", "--skip-preview"),
    "no-op preview": () => pulumi(stack, "preview"),
    "no-op up": () => pulumi(stack, "up", "--yes", "--skip-preview"),
    "one policy edit": () => {
      stack.setProgram(contender.program(edited));
      return pulumi(stack, "up", "--yes", "--skip-preview");
    },
    refresh: () => pulumi(stack, "refresh", "--yes", "--skip-preview"),
    destroy: () => pulumi(stack, "destroy", "--yes", "--skip-preview"),
  };
  return { run, once, simulator, operations, stateBytes: () => fs.statSync(stack.stateFile).size, end };
}

async function take(simulator: Simulator, work: () => Promise<Peaks>): Promise<Taken> {
  simulator.clearRequests();
  const began = performance.now();
  const peaks = await work();
  const seconds = (performance.now() - began) / 1000;
  return { seconds, peaks, ...trafficOf(simulator.requests) };
}

function together(all: Taken[]): Taken {
  const most = (of: (taken: Taken) => number) => Math.max(...all.map(of));
  const roles = new Set(all.flatMap(({ peaks }) => Object.keys(peaks) as (keyof Peaks)[]));
  return {
    seconds: median(all.map(({ seconds }) => seconds)),
    calls: most(({ calls }) => calls),
    refused: most(({ refused }) => refused),
    rate: most(({ rate }) => rate),
    peaks: Object.fromEntries([...roles].map((role) => [role, most(({ peaks }) => peaks[role] ?? 0)])),
  };
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
