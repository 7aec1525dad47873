/**
 * What `examples/many-stacks` takes for a fleet in tenants of ten, by how many stacks it is spread over:
 * `npx ts-node bench/manyStacks.ts --accounts 5000 --stacks 10 --at-once 2`. The figures of docs/scale.md are from it.
 */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { startSimulator } from "nylas-simulator";
import { ensureEngine } from "../scripts/engine";
import { Stack } from "../test/engine/harness";
import { connection, keys } from "../test/engine/scene";
import { watchMemory } from "./scale/memory";

const PER_TENANT = 10;
const example = path.join(__dirname, "..", "examples", "many-stacks");

async function main(accounts: number, stacks: number, atOnce: string): Promise<void> {
  await ensureEngine((line) => console.error(line));
  const text = (file: string) => fs.readFileSync(path.join(example, file), "utf8");
  const files = Array.from({ length: stacks }, (_, index) => [
    `stacks/${nameOf(index)}.yaml`,
    tenants(accounts / stacks, index),
  ]);
  const simulator = await startSimulator({ maxAccounts: accounts, latencyMs: 40, requestsPerSecond: 50 });
  const stack = new Stack({
    project: "nylas-many-stacks",
    program: text("index.ts"),
    files: { "deploy.ts": text("deploy.ts"), ...(Object.fromEntries(files) as Record<string, string>) },
    env: {
      ...connection(simulator),
      ...keys(simulator),
      NYLAS_TEST_TIME_SCALE: undefined,
      PULUMI_STACK: undefined,
    },
  });
  try {
    for (const [what, ...args] of [["first up"], ["preview", "--preview"], ["up without changes"]] as const) {
      simulator.clearRequests();
      const begun = performance.now();
      const peaks = await deploy(stack, "--at-once", atOnce, ...args);
      const seconds = Math.round((performance.now() - begun) / 1000);
      const refused = simulator.requests.filter(({ status }) => status === 429).length;
      console.log(
        `${accounts} accounts in ${stacks} stacks, ${atOnce} at once: ${what}: ${seconds} s, ${simulator.requests.length} calls, ${refused} of them ` +
          `answered 429, the largest processes in MB: ${JSON.stringify(peaks)}, states ${bytesOf(stack.folder)} B`,
      );
    }
  } finally {
    stack.dispose();
    await simulator.close();
  }
}

function nameOf(index: number): string {
  return `tenants-${String(index + 1).padStart(2, "0")}`;
}

function tenants(accounts: number, stack: number): string {
  const lines = ["policies:", "  careful: { limits: { dailySends: 50 } }", "tenants:"];
  for (let tenant = 0; tenant < Math.ceil(accounts / PER_TENANT); tenant++) {
    lines.push(`  customer-${stack}-${tenant}:`, "    trial: acme.nylas.email", "    policy: careful");
    lines.push("    accounts:");
    for (let number = 0; number < PER_TENANT; number++)
      lines.push(`      agent-${number}: { displayName: Agent ${number} }`);
  }
  return `${lines.join("\n")}\n`;
}

async function deploy(stack: Stack, ...args: string[]) {
  const child = spawn(
    process.execPath,
    ["-r", require.resolve("ts-node/register/transpile-only"), "deploy.ts", ...args],
    { cwd: stack.folder, env: stack.env, stdio: ["ignore", "inherit", "inherit"] },
  );
  const memory = watchMemory(child.pid!);
  const code = await new Promise<number | null>((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  });
  const peaks = memory.stop();
  if (code !== 0) throw new Error(`deploy ${args.join(" ")} ended with ${code}`);
  return Object.fromEntries(Object.entries(peaks).map(([role, peak]) => [role, Math.round(peak)]));
}

/** Of all states in the folder's backend. */
function bytesOf(folder: string): number {
  const stacks = path.join(folder, "state", ".pulumi", "stacks");
  const files = fs.readdirSync(stacks, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".json"))
    .reduce((sum, file) => sum + fs.statSync(path.join(stacks, file)).size, 0);
}

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "100" },
    stacks: { type: "string", default: "10" },
    "at-once": { type: "string", default: "2" },
  },
});
main(Number(values.accounts), Number(values.stacks), values["at-once"]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
