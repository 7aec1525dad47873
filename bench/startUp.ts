import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { performance } from "node:perf_hooks";
import { buildPlugin, pluginFolder } from "../scripts/plugin";
import { Plugin } from "../test/plugin/harness";
import { median } from "./median";
import { type Bench, type Line, type Progress, round } from "./report";
import { nothingSdk } from "./scale/nothing";

/**
 * How many milliseconds a start waits, each time in a fresh process, by its own clock. It measures what
 * `import "pulumi-nylas"` adds to a program that imports `@pulumi/pulumi` already. It also measures what the first
 * check adds to the plugin's start, and what the command line adds to node's own.
 *
 * The import alone is timed, not whole processes with and without it in turn. Those take 700 ms to load
 * `@pulumi/pulumi`, and the noise is several times what is to be measured.
 */
export const startUp: Bench = {
  name: "start-up",
  async run(progress) {
    const program = turns(progress, "programs", () => millisecondsToLoad("pulumi-nylas"));
    const plugin = await plugins(progress);
    const help = turns(progress, "command lines", () => millisecondsOf(CLI, "--help"));
    const node = turns(progress, "times node", () => millisecondsOf("-e", "0"));
    await buildPlugin();
    const native = await ports(progress, BUNDLE);
    const bare = await ports(progress, "-e", "console.log(0)");
    const lines: Line[] = [
      { what: 'import "pulumi-nylas" adds to a program', measured: median(program), unit: "ms", limit: 30 },
      {
        what: "first check, over that of a plugin that does nothing",
        measured: median(plugin.ours) - median(plugin.nothing),
        unit: "ms",
        limit: 60,
      },
      {
        what: "pulumi-nylas --help, over node itself",
        measured: median(help) - median(node),
        unit: "ms",
        limit: 150,
      },
      // gRPC and the engine's messages are as much again as node itself; the rest is reading the file.
      {
        what: "native plugin: start to port, against node itself",
        measured: median(native) / median(bare),
        unit: "×",
        limit: 3,
      },
      {
        what: "native plugin: the file",
        measured: fs.statSync(BUNDLE).size / 1024 / 1024,
        unit: "MB",
        limit: 3,
      },
    ];
    const all = {
      program,
      plugin: plugin.ours,
      pluginThatDoesNothing: plugin.nothing,
      help,
      node,
      native,
      bare,
    };
    const details = Object.entries(all).map(([name, each]) => [name, each.map(round)]);
    return { lines, details: Object.fromEntries(details) as object };
  },
};

const PROCESSES = 15;
const ROOT = path.join(__dirname, "..");
const BUNDLE = path.join(pluginFolder, "pulumi-resource-nylas");
const CLI = path.join(ROOT, "provider", "dist", "cli", "main.js");

/** The first process fills the disk cache and does not count. */
function turns(progress: Progress, what: string, run: () => number): number[] {
  progress(`${PROCESSES} ${what}`);
  return Array.from({ length: PROCESSES + 1 }, run).slice(1);
}

function millisecondsToLoad(module: string): number {
  const script = `
    require("@pulumi/pulumi");
    const begun = performance.now();
    require(${JSON.stringify(module)});
    process.stdout.write(String(performance.now() - begun));`;
  return Number(execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8" }));
}

function millisecondsOf(...args: string[]): number {
  const begun = performance.now();
  execFileSync(process.execPath, args, { stdio: "ignore" });
  return performance.now() - begun;
}

/** Milliseconds from the start of a process to its first line. */
async function ports(progress: Progress, ...args: string[]): Promise<number[]> {
  progress(`${PROCESSES} starts of ${path.basename(args[0]!)}`);
  const taken: number[] = [];
  for (let turn = 0; turn <= PROCESSES; turn++) {
    const begun = performance.now();
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    taken.push(performance.now() - begun);
    child.kill();
    await once(child, "close");
  }
  return taken.slice(1);
}

/** From when the plugin is there and configured to its first answer: ours, and one that does nothing, in turn. */
async function plugins(progress: Progress): Promise<{ ours: number[]; nothing: number[] }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "nothing-"));
  for (const [name, text] of Object.entries(nothingSdk())) fs.writeFileSync(path.join(folder, name), text);
  const provider = () =>
    `exports.handler=()=>require(${JSON.stringify(path.join(folder, "nothingProvider"))})`;
  const taken = { ours: [] as number[], nothing: [] as number[] };
  try {
    for (let turn = 0; turn <= PROCESSES; turn++) {
      if (turn % 5 === 0) progress(`${turn} of ${PROCESSES} plugins`);
      const ours = await millisecondsToCheck({});
      const nothing = await millisecondsToCheck({ provider });
      if (turn === 0) continue;
      taken.ours.push(ours);
      taken.nothing.push(nothing);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
  return taken;
}

async function millisecondsToCheck(options: Parameters<typeof Plugin.start>[0]): Promise<number> {
  const plugin = await Plugin.start(options);
  try {
    const begun = performance.now();
    const inputs = { email: "agent@acme.nylas.email", displayName: "Agent", label: "project/stack/agent" };
    const { failures } = await plugin.check("AgentAccount", {}, inputs);
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    return performance.now() - begun;
  } finally {
    await plugin.stop();
  }
}
