/** What programs in Python and Go are run with: language hosts, the generated SDKs, and a virtual environment that has them. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { engineVersion } from "../../scripts/engine";
import { buildGenerator, buildHosts, go, writeSdks } from "../../scripts/sdk";
import { environment, installedEngine } from "../engine/harness";
import type { Toolchain } from "../native/forms";

const root = path.join(__dirname, "../..");
const venv = path.join(root, ".work/sdks-venv");
const sdks = path.join(root, ".work/example-sdks");

/** Where the SDKs of the examples are: `python` and `go` in it. */
export function exampleSdks(): string {
  fs.mkdirSync(sdks, { recursive: true });
  writeSdks(buildGenerator(), sdks);
  return sdks;
}

/** The environment in which the engine finds a host for the language. */
export function withHosts(): Record<string, string> {
  const own = environment(installedEngine())["PATH"]!;
  const hosts = buildHosts();
  return { PATH: hosts === undefined ? own : [hosts, own].join(path.delimiter) };
}

/** The Python of a virtual environment with Pulumi's SDK and mypy. */
export function pythonOfTests(): string {
  const python = path.join(venv, "bin/python");
  if (!fs.existsSync(python)) {
    execFileSync("python3", ["-m", "venv", venv]);
    execFileSync(python, ["-m", "pip", "install", "-q", `pulumi==${engineVersion}`, "mypy==2.4.1"]);
  }
  return python;
}

/** Every project shares one virtual environment, which is made as `pulumi install` makes it. */
export function pythonToolchain(): Toolchain {
  const sdk = path.join(exampleSdks(), "python");
  const python = pythonOfTests();
  // Once with what it needs, and then in any case, as its version stays the same.
  for (const options of [[], ["--force-reinstall", "--no-deps"]])
    execFileSync(python, ["-m", "pip", "install", "-q", ...options, sdk]);
  return {
    env: withHosts(),
    prepare: (folder) => fs.symlinkSync(venv, path.join(folder, "venv")),
  };
}

/** Without the path of the project in what is compiled, each one uses what the first has compiled. */
export const compiledOnce = { GOFLAGS: "-trimpath", GOWORK: "off" };

/** Every project has the SDK where `pulumi package gen-sdk` writes it, and its `go.mod` completed as `pulumi install` does. */
export function goToolchain(): Toolchain {
  const sdk = path.join(exampleSdks(), "go");
  return {
    env: { ...withHosts(), ...compiledOnce },
    prepare: (folder) => {
      fs.cpSync(sdk, path.join(folder, "sdks/go"), { recursive: true });
      go(["mod", "tidy"], folder);
    },
  };
}
