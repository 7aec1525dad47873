/**
 * What an `up` writes into a backend that keeps whole states (a folder here; S3, Blob Storage, Cloud Storage and Postgres do the
 * same): `npx ts-node bench/stateWrites.ts 100 [PULUMI_SKIP_CHECKPOINTS=true ...]`. The figures of docs/state.md are from it.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { startSimulator } from "nylas-simulator";
import { Stack } from "../test/engine/harness";
import { connection, keys, succeeded } from "../test/engine/scene";

async function main(accounts: number, settings: string[]): Promise<void> {
  const simulator = await startSimulator({ maxAccounts: accounts });
  const env = Object.fromEntries(settings.map((each) => each.split("=") as [string, string]));
  const stack = new Stack({
    program: program(accounts, 50),
    env: { ...connection(simulator), ...keys(simulator), ...env },
  });
  const up = async (what: string) => {
    const counted = countWrites(path.join(stack.folder, "state", ".pulumi"));
    succeeded(await stack.up());
    // The last events of the folder come after the end of the engine.
    await new Promise((done) => setTimeout(done, 300));
    for (const [folder, { writes, bytes }] of counted.end())
      console.log(`${what.padEnd(24)} ${folder.padEnd(28)} ${writes} writes, ${bytes} B`);
  };
  try {
    await stack.run("stack");
    await up("first up");
    await up("up without changes");
    stack.setProgram(program(accounts, 60));
    await up("up of one policy's limit");
  } finally {
    stack.dispose();
    await simulator.close();
  }
}

function program(accounts: number, sends: number): string {
  return `
    import * as nylas from "pulumi-nylas";
    const policy = new nylas.NylasPolicy("outreach", { limits: { dailySends: ${sends} } });
    const workspace = new nylas.NylasWorkspace("customer", { policyId: policy.id });
    for (let at = 0; at < ${accounts}; at += 1)
      new nylas.AgentAccount("agent-" + at, {
        email: "agent-" + at + "@acme.nylas.email",
        displayName: "Agent " + at,
        workspaceId: workspace.id,
      });`;
}

/** Counts what is written below the folder: the backend writes beside a file, and then gives it the name. */
function countWrites(root: string) {
  const counts = new Map<string, { writes: number; bytes: number }>();
  for (const folder of ["history/project/test", "backups/project/test"])
    fs.mkdirSync(path.join(root, folder), { recursive: true });
  const watchers = foldersBelow(root).map((folder) =>
    fs.watch(folder, (kind, name) => {
      if (kind !== "rename" || name === null || /\.(tmp|attrs)$/.test(name)) return;
      const size = fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.size;
      if (size === undefined) return;
      const key = path.relative(root, folder) + (name.endsWith(".bak") ? " (copy of the last)" : "");
      const known = counts.get(key) ?? { writes: 0, bytes: 0 };
      counts.set(key, { writes: known.writes + 1, bytes: known.bytes + size });
    }),
  );
  return {
    end() {
      for (const watcher of watchers) watcher.close();
      return counts;
    },
  };
}

function foldersBelow(folder: string): string[] {
  const below = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...below.flatMap(({ name }) => foldersBelow(path.join(folder, name)))];
}

const [accounts = "100", ...settings] = process.argv.slice(2);
main(Number(accounts), settings).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
