/**
 * Finds the Pulumi engine, or makes one: `npm run engine`. In this order:
 *
 * 1. `pulumi` on the PATH, 3.254 or newer;
 * 2. the one that an earlier run put into the Pulumi home folder;
 * 3. a download by Pulumi's own installer;
 * 4. a build from Pulumi's Go module, which takes about five minutes, once.
 */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type * as Plugins from "../test/plugins";

/** The version that is downloaded or built. `engine/go.mod` names it as well. */
export const engineVersion = "3.256.0";

/** The host of programs in YAML, which an official installation brings along. */
const yamlHost = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml@v1.32.0";

/** The oldest version that takes an import file with inputs and outputs as it is. */
export const oldestVersion = "3.254.0";

/** An engine that can be run. */
export interface Engine {
  /** The path of the `pulumi` executable. */
  pulumi: string;
  /** Its version, such as "3.256.0". */
  version: string;
  /** Where it comes from, in words. */
  origin: string;
  /** A PATH with the engine's folder first. */
  path: string;
  /** The environment to run it in: this process's own, with that PATH, and without what slows a run down. */
  env: NodeJS.ProcessEnv;
}

/** The engine of this machine, or undefined where none has been installed or made yet. Takes no time to speak of. */
export function findEngine(): Engine | undefined {
  return fromPath() ?? fromCache();
}

/**
 * The engine of this machine; downloads or builds one where there is none.
 *
 * @param report is given a line now and then, since a build takes minutes.
 */
export async function ensureEngine(report: (line: string) => void = console.error): Promise<Engine> {
  const found = findEngine();
  if (found) return withYamlHost(found, report);
  const outdated = onPath();
  if (outdated) {
    report(
      `The pulumi on the PATH (${outdated.file}) is ${outdated.version}; ${oldestVersion} or newer is needed.`,
    );
  }

  const unlock = await lock(report);
  try {
    const meanwhile = fromCache();
    if (meanwhile) return meanwhile;
    removeUnfinished();
    const refusals: string[] = [];
    for (const make of [download, build]) {
      try {
        await make(report);
        const made = fromCache();
        if (made) return made;
        throw new Error(`it left no working pulumi in ${cacheFolder()}`);
      } catch (error) {
        refusals.push((error as Error).message);
        report((error as Error).message);
      }
    }
    throw new Error(noEngine(refusals));
  } finally {
    unlock();
  }
}

function noEngine(refusals: string[]): string {
  return [
    `No Pulumi engine ${oldestVersion} or newer was found, and none could be made. Three ways to get one:`,
    "  1. Install Pulumi (https://www.pulumi.com/docs/install/) and see that `pulumi version` works in this shell.",
    "  2. Run `npm run engine` where https://get.pulumi.com can be reached: it downloads one.",
    "  3. Install Go (https://go.dev/dl, the version is in scripts/engine/go.mod), let it reach a Go module proxy,",
    "     and run `npm run engine`: it builds one in about five minutes.",
    "What was tried:",
    ...refusals.map((refusal) => `  - ${refusal.replace(/\n/g, "\n    ")}`),
  ].join("\n");
}

const executable = process.platform === "win32" ? "pulumi.exe" : "pulumi";
const sources = path.join(__dirname, "engine");
const launchers = ["pulumi-resource-pulumi-nodejs"];
/** What is built beside the engine, by the folder of its source. */
const hosts = { "language-nodejs": "pulumi-language-nodejs" };

/** Tells an engine that was built here, and needs our launchers, from one that brought its own. */
const builtHere = "built-from-go-module";

let known: { path: string | undefined; found: { file: string; version: string } | undefined } | undefined;

function onPath(): { file: string; version: string } | undefined {
  if (known?.path === process.env["PATH"]) return known?.found;
  const file = (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((folder) => folder !== "" && !folder.startsWith(cacheRoot()))
    .map((folder) => path.join(folder, executable))
    .find((candidate) => fs.existsSync(candidate));
  const version = file === undefined ? undefined : versionOf(file);
  known = { path: process.env["PATH"], found: file && version ? { file, version } : undefined };
  return known.found;
}

function fromPath(): Engine | undefined {
  const found = onPath();
  if (!found || !isAtLeast(found.version, oldestVersion)) return undefined;
  return engine(found.file, found.version, "found on the PATH");
}

function fromCache(): Engine | undefined {
  const bin = path.join(cacheFolder(), "bin");
  const pulumi = path.join(bin, executable);
  if (!fs.existsSync(pulumi)) return undefined;
  const built = isBuiltHere();
  if (built && !hostsAreCurrent()) return undefined;
  if (built) writeLaunchers(bin);
  return engine(pulumi, engineVersion, built ? "built from its Go module" : "downloaded from its vendor");
}

function engine(pulumi: string, version: string, origin: string): Engine {
  const bin = path.dirname(pulumi);
  const rest = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== bin);
  const searched = [bin, ...rest].join(path.delimiter);
  const env = {
    ...process.env,
    PATH: searched,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // `npm run typecheck` reads the programs; doing so again in every operation costs seconds.
    PULUMI_NODEJS_TRANSPILE_ONLY: process.env["PULUMI_NODEJS_TRANSPILE_ONLY"] ?? "true",
  };
  return { pulumi, version, origin, path: searched, env };
}

function versionOf(pulumi: string): string | undefined {
  try {
    const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const stdout = execFileSync(pulumi, ["version"], {
      env,
      encoding: "utf8",
      stdio: "pipe",
      timeout: 20_000,
    });
    return /^v?(\d+\.\d+\.\d+)/.exec(stdout.trim())?.[1];
  } catch {
    return undefined;
  }
}

function isAtLeast(version: string, least: string): boolean {
  return version.localeCompare(least, "en", { numeric: true }) >= 0;
}

function cacheRoot(): string {
  const home = process.env["PULUMI_HOME"] || path.join(os.homedir(), ".pulumi");
  return path.join(home, "pulumi-nylas-engine");
}

function cacheFolder(): string {
  return path.join(cacheRoot(), `v${engineVersion}`);
}

/** What is being made stands under such a name until it is whole. */
const unfinished = ".unfinished-";

function newFolder(): string {
  return fs.mkdtempSync(path.join(cacheRoot(), unfinished));
}

function removeUnfinished(): void {
  for (const entry of fs.readdirSync(cacheRoot())) {
    if (entry.startsWith(unfinished))
      fs.rmSync(path.join(cacheRoot(), entry), { recursive: true, force: true });
  }
}

/** A rename is all or nothing: whoever is killed before it leaves no engine, and nobody sees half of one. */
function finish(folder: string): void {
  fs.rmSync(cacheFolder(), { recursive: true, force: true });
  fs.renameSync(folder, cacheFolder());
}

async function download(report: (line: string) => void): Promise<void> {
  const site = "https://get.pulumi.com";
  try {
    // The installer itself waits for two minutes where a firewall swallows what it sends.
    await fetch(site, { method: "HEAD", signal: AbortSignal.timeout(5000) });
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    throw new Error(`Download: ${site} cannot be reached (${cause?.message ?? message}).`);
  }
  report(`Downloading Pulumi ${engineVersion} from ${site} ...`);
  const folder = newFolder();
  try {
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    const { SemVer } = await import("semver");
    await PulumiCommand.install({ root: folder, version: new SemVer(engineVersion), skipVersionCheck: true });
    finish(folder);
  } catch (error) {
    throw new Error(`Download: the installer of ${site} failed: ${(error as Error).message}`);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function build(report: (line: string) => void): Promise<void> {
  if (process.platform === "win32") throw new Error("Build: not supported on Windows.");
  const go = toolchain();
  const folder = newFolder();
  const module = path.join(folder, "module");
  const bin = path.join(folder, "bin");
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;
  const compile = (what: string, name: string) =>
    runGo(
      ["build", "-v", "-trimpath", `-ldflags=-s -w -X ${version}`, `-o=${path.join(bin, name)}`, what],
      module,
      report,
    );
  try {
    fs.mkdirSync(bin, { recursive: true });
    fs.cpSync(sources, module, { recursive: true });
    if (!keep(executable, bin)) {
      report(`Building Pulumi ${engineVersion} from its Go module with ${go} (about five minutes, once) ...`);
      await compile("github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", executable);
    }
    for (const [source, name] of Object.entries(hosts)) {
      report(`Building ${name} ...`);
      await compile(`./${source}`, name);
    }
    fs.rmSync(module, { recursive: true });
    if (!keep(yamlLauncher, bin)) await buildYamlHost(bin, report);
    fs.writeFileSync(path.join(folder, builtHere), digestOfHosts());
    writeLaunchers(bin);
    finish(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes over what an earlier build has made; false where it has not. */
function keep(name: string, bin: string): boolean {
  const made = path.join(cacheFolder(), "bin", name);
  if (!isBuiltHere() || !fs.existsSync(made)) return false;
  fs.linkSync(made, path.join(bin, name));
  return true;
}

function isBuiltHere(): boolean {
  return fs.existsSync(path.join(cacheFolder(), builtHere));
}

/** An engine that another checkout has built may have hosts of other sources beside it. */
function hostsAreCurrent(): boolean {
  return fs.readFileSync(path.join(cacheFolder(), builtHere), "utf8") === digestOfHosts();
}

function digestOfHosts(): string {
  const digest = createHash("sha256");
  const folders = Object.keys(hosts).map((source) => path.join(sources, source));
  for (const file of [sources, ...folders].flatMap(goFiles)) digest.update(fs.readFileSync(file));
  return digest.digest("hex");
}

function goFiles(folder: string): string[] {
  const names = fs.readdirSync(folder).sort();
  return names.filter((name) => /\.(go|mod|sum)$/.test(name)).map((name) => path.join(folder, name));
}

/** About two minutes, once. An engine that was built by an earlier checkout lacks it. */
async function buildYamlHost(bin: string, report: (line: string) => void): Promise<void> {
  const made = newFolder();
  try {
    report("Building the host of programs in YAML (about two minutes, once) ...");
    await runGo(["install", "-v", "-trimpath", "-ldflags=-s -w", yamlHost], made, report, { GOBIN: made });
    fs.renameSync(path.join(made, yamlLauncher), path.join(bin, yamlLauncher));
  } finally {
    fs.rmSync(made, { recursive: true, force: true });
  }
}

/** Completes an engine that was built here. */
async function withYamlHost(engine: Engine, report: (line: string) => void): Promise<Engine> {
  const bin = path.dirname(engine.pulumi);
  const isOurs =
    fs.existsSync(path.join(cacheFolder(), builtHere)) && bin === path.join(cacheFolder(), "bin");
  if (!isOurs || fs.existsSync(path.join(bin, yamlLauncher))) return engine;
  const unlock = await lock(report);
  try {
    if (!fs.existsSync(path.join(bin, yamlLauncher))) await buildYamlHost(bin, report);
  } catch (error) {
    report(`Programs in YAML cannot be run: ${(error as Error).message}`);
  } finally {
    unlock();
  }
  return engine;
}

const yamlLauncher = "pulumi-language-yaml";

function toolchain(): string {
  try {
    return execFileSync("go", ["version"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    throw new Error("Build: no Go toolchain (`go version`) on the PATH.");
  }
}

async function runGo(
  args: string[],
  cwd: string,
  report: (line: string) => void,
  variables: NodeJS.ProcessEnv = {},
): Promise<void> {
  const child = spawn("go", args, {
    cwd,
    env: { ...process.env, GOWORK: "off", ...variables },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const started = Date.now();
  const tail: string[] = [];
  let lines = 0;
  let last = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    for (const line of chunk.split("\n").filter(Boolean)) {
      lines++;
      last = line;
      tail.push(line);
      if (tail.length > 20) tail.shift();
    }
  });
  const progress = setInterval(() => {
    report(`  ${elapsed(started)}: ${lines} modules and packages so far, now at ${last || "the start"}`);
  }, 15_000);
  const stop = () => child.kill();
  process.once("exit", stop);
  try {
    const code = await new Promise<number | null>((resolve, reject) =>
      child.on("error", reject).on("close", resolve),
    );
    if (code !== 0)
      throw new Error(`Build: go ended with exit code ${code}. Its last lines:\n${tail.join("\n")}`);
    report(`  built in ${elapsed(started)}`);
  } finally {
    clearInterval(progress);
    process.off("exit", stop);
  }
}

function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** The launchers in the cache are those of this checkout, also after it has changed them. */
function writeLaunchers(bin: string): void {
  for (const name of launchers) {
    const wanted = fs.readFileSync(path.join(sources, name), "utf8");
    const target = path.join(bin, name);
    if (fs.existsSync(target) && fs.readFileSync(target, "utf8") === wanted) continue;
    const draft = `${target}.${process.pid}`;
    fs.writeFileSync(draft, wanted, { mode: 0o755 });
    fs.renameSync(draft, target);
  }
}

/** Keeps a second run from building the same thing beside the first; it waits, and then finds it made. */
async function lock(report: (line: string) => void): Promise<() => void> {
  fs.mkdirSync(cacheRoot(), { recursive: true });
  const file = path.join(cacheRoot(), `v${engineVersion}.lock`);
  // The holder touches the file every few seconds, so one that has grown old belongs to a run that was killed.
  const abandonedAfter = 30_000;
  for (let announced = false; ; await new Promise((resolve) => setTimeout(resolve, 500))) {
    try {
      fs.writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const touched = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (touched !== undefined && Date.now() - touched > abandonedAfter) {
      fs.rmSync(file, { force: true });
    } else if (!announced) {
      report(`Another run is making the engine (${file}); waiting for it ...`);
      announced = true;
    }
  }
  const heartbeat = setInterval(() => fs.utimesSync(file, new Date(), new Date()), 5000).unref();
  const unlock = () => {
    clearInterval(heartbeat);
    fs.rmSync(file, { force: true });
  };
  process.once("exit", unlock);
  return () => {
    process.off("exit", unlock);
    unlock();
  };
}

async function main(): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // An exit of our own, so that the build is stopped and the lock removed.
    process.once(signal, () => process.exit(1));
  }
  try {
    const { pulumi, version, origin } = await ensureEngine(console.log);
    console.log(`Pulumi ${version}, ${origin}: ${pulumi}`);
    if (origin !== "found on the PATH") {
      console.log(`To type pulumi commands in this shell: export PATH="${path.dirname(pulumi)}:$PATH"`);
    }
    // Loaded here: finding an engine needs no TypeScript compiler.
    // oxlint-disable-next-line typescript/no-require-imports
    const { withStandIns } = require("../test/plugins") as typeof Plugins;
    const standIns = withStandIns("").split(path.delimiter).slice(0, -1);
    if (standIns.length > 0) {
      console.log(
        "The DNS vendors' own plugins are downloaded by Pulumi on first use. Where that is impossible, stand-ins serve the simulator: " +
          `export PATH="${standIns.join(path.delimiter)}:$PATH"`,
      );
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

if (require.main === module) void main();
