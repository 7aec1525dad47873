/**
 * `npm run sdk`: writes the examples of the plugin's schema in each language, and SDKs for Python, Go and Node into `sdk/`. It needs Go; the
 * version is in `sdk/go.mod`. The examples are committed, the SDKs are not.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { findEngine } from "./engine";

const root = path.join(__dirname, "..");
const sources = path.join(__dirname, "sdk");

export const schemaPath = path.join(root, "provider/hosts/plugin/schema.json");
export const examplesFolder = path.join(sources, "examples");

/** Builds the generator, which runs Pulumi's own ones, and returns its path. */
export function buildGenerator(): string {
  const generator = path.join(root, ".work/nylas-sdk");
  // As the engine is built, so that one cache serves both.
  go(["build", "-trimpath", `-o=${generator}`, "."], sources);
  return generator;
}

/** Builds the hosts of programs in Python and Go, and returns the folder to put before the PATH. Undefined where Pulumi's own are on it. */
export function buildHosts(): string | undefined {
  const searched = findEngine()?.path.split(path.delimiter) ?? [];
  const isThere = (name: string) => searched.some((each) => fs.existsSync(path.join(each, name)));
  if (["python", "go"].every((language) => isThere(`pulumi-language-${language}`))) return undefined;
  const folder = path.join(root, ".work/hosts");
  const host = path.join(folder, "host");
  go(["build", "-trimpath", `-o=${host}`, "./host"], sources);
  const module = execFileSync("go", ["list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"], {
    cwd: sources,
    env: { ...process.env, GOWORK: "off" },
    encoding: "utf8",
  }).trim();
  const executor = path.join(module, "python/cmd/pulumi-language-python-exec");
  for (const [language, args] of Object.entries({ python: `python '${executor}'`, go: "go" }))
    fs.writeFileSync(
      path.join(folder, `pulumi-language-${language}`),
      `#!/bin/sh\nexec '${host}' ${args} "$@"\n`,
      { mode: 0o755 },
    );
  return folder;
}

export function writeSdks(generator: string, folder: string): void {
  execFileSync(generator, ["sdk", schemaPath, folder], { stdio: "inherit" });
}

/** Writes `made/` into a folder with examples in YAML. */
export function writeExamples(generator: string, folder: string): void {
  execFileSync(generator, ["examples", schemaPath, folder], { stdio: "inherit" });
}

export function go(args: string[], cwd: string): void {
  execFileSync("go", args, { cwd, env: { ...process.env, GOWORK: "off" }, stdio: "inherit" });
}

function main(): void {
  const generator = buildGenerator();
  writeExamples(generator, examplesFolder);
  writeSdks(generator, path.join(root, "sdk"));
  console.log("If an example has changed, run npm run generate.");
}

if (require.main === module) main();
