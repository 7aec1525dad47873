/**
 * `npm run test:matrix [-- VERSION@NODE …]`: the engine suite with other releases of `@pulumi/pulumi` and of Node, each in a copy of
 * what is committed. Default: the oldest release that the package allows, and the newest there is.
 */
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "..");
/** What decides whether a release works: the main job, drift, and a rename. */
const suites = ["test/unit/lifecycle/*.test.ts", "test/engine/mainJob.test.ts", "test/engine/drift.test.ts"];

const asked = process.argv.slice(2);
const results = (asked.length > 0 ? asked : [`${oldest()}@20`, `${newest()}@22`, `${newest()}@24`]).map(run);
for (const { name, code } of results) console.log(`${code === 0 ? "ok    " : "FAILED"} ${name}`);
process.exitCode = results.some(({ code }) => code !== 0) ? 1 : 0;

function run(combination: string): { name: string; code: number } {
  const [version, node] = combination.split("@") as [string, string | undefined];
  const name = `@pulumi/pulumi ${version}, Node ${node ?? process.versions.node}`;
  console.log(`\n=== ${name}`);
  const folder = path.join(root, ".pulumi-state", "matrix", combination);
  fs.mkdirSync(folder, { recursive: true });
  // What is committed: a half-made edit is no release.
  const archive = execFileSync("git", ["archive", "HEAD"], { cwd: root, maxBuffer: 256 * 1024 * 1024 });
  execFileSync("tar", ["-x"], { cwd: folder, input: archive });
  const npm = [
    "npm",
    "install",
    "--no-fund",
    "--no-audit",
    "--no-save",
    "--force",
    `@pulumi/pulumi@${version}`,
  ];
  const wrapped = node === undefined ? [] : ["npx", "--yes", `--package=node@${node}`, "--"];
  const build = ["npm", "run", "build"];
  for (const command of [
    npm,
    build,
    [...wrapped, "node", "node_modules/mocha/bin/mocha.js", "--timeout", "300000", ...suites],
  ]) {
    const { status } = spawnSync(command[0]!, command.slice(1), { cwd: folder, stdio: "inherit" });
    if (status !== 0) return { name, code: status ?? 1 };
  }
  return { name, code: 0 };
}

/** The oldest release that the package's peer range allows. */
function oldest(): string {
  const { peerDependencies } = JSON.parse(
    fs.readFileSync(path.join(root, "provider", "package.json"), "utf8"),
  ) as {
    peerDependencies: Record<string, string>;
  };
  return /\d+\.\d+\.\d+/.exec(peerDependencies["@pulumi/pulumi"]!)![0];
}

function newest(): string {
  return execFileSync("npm", ["view", "@pulumi/pulumi", "version"]).toString().trim();
}
