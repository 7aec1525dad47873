/**
 * `npm run sdk`: writes the examples of the plugin's schema in each language, and SDKs for Python, Go and Node into `sdk/`. It needs Go; the
 * version is in `sdk/go.mod`. The examples are committed, the SDKs are not.
 */
import { execFileSync } from "node:child_process";
import * as path from "node:path";

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
