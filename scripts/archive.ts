/**
 * `npm run archive`: the native plugin as one executable for this platform, in the archive that `pulumi plugin install` takes. The
 * executable holds the Node that runs this script, so machines without Node can run it. It is written into `archives/`.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buildPlugin, pluginFolder } from "./plugin";

/** Marks the place in Node's own executable where a program may stand. Node's documentation names it. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

const isMac = process.platform === "darwin";
const executable = process.platform === "win32" ? "pulumi-resource-nylas.exe" : "pulumi-resource-nylas";

const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, "../provider/package.json"), "utf8")) as {
  version: string;
};

export const archivesFolder = path.join(__dirname, "../archives");

/** As Pulumi looks for the archive of a version: by the names that Go has for systems and processors. */
export function archiveName(system = process.platform, processor = process.arch): string {
  const name = `${system === "win32" ? "windows" : system}-${processor === "x64" ? "amd64" : processor}`;
  return `pulumi-resource-nylas-v${version}-${name}.tar.gz`;
}

/** Writes the archive and its checksum, and returns the path of the archive. The plugin has to be built. */
export function buildArchive(folder = archivesFolder): string {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-nylas-archive-"));
  try {
    buildExecutable(path.join(work, executable), work);
    fs.mkdirSync(folder, { recursive: true });
    const archive = path.join(folder, archiveName());
    const draft = `${archive}.${process.pid}`;
    execFileSync("tar", ["-czf", draft, "-C", work, executable]);
    fs.renameSync(draft, archive);
    const digest = createHash("sha256").update(fs.readFileSync(archive)).digest("hex");
    fs.writeFileSync(`${archive}.sha256`, `${digest}  ${path.basename(archive)}\n`);
    return archive;
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

function buildExecutable(target: string, work: string): void {
  const [program, config, blob] = ["program.js", "sea.json", "blob"].map((name) => path.join(work, name)) as [
    string,
    string,
    string,
  ];
  const bundle = fs.readFileSync(path.join(pluginFolder, "pulumi-resource-nylas"), "utf8");
  fs.writeFileSync(program, bundle.replace(/^#!.*\n/, ""));
  fs.writeFileSync(
    config,
    JSON.stringify({ main: program, output: blob, disableExperimentalSEAWarning: true }),
  );
  execFileSync(process.execPath, ["--experimental-sea-config", config], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  fs.copyFileSync(process.execPath, target);
  fs.chmodSync(target, 0o755);
  // A changed executable is not what its signature says, and a Mac runs none without one.
  if (isMac) execFileSync("codesign", ["--remove-signature", target]);
  const inject = [
    require.resolve("postject/dist/cli.js"),
    target,
    "NODE_SEA_BLOB",
    blob,
    "--sentinel-fuse",
    FUSE,
  ];
  if (isMac) inject.push("--macho-segment-name", "NODE_SEA");
  execFileSync(process.execPath, inject, { stdio: ["ignore", "ignore", "pipe"] });
  if (isMac) execFileSync("codesign", ["--sign", "-", target]);
}

async function main(): Promise<void> {
  await buildPlugin();
  const archive = buildArchive();
  const { size } = fs.statSync(archive);
  console.log(`${path.relative(process.cwd(), archive)}: ${(size / 1024 / 1024).toFixed(1)} MB`);
}

if (require.main === module) void main();
