import assert from "node:assert/strict";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { Readable } from "node:stream";
import * as pulumi from "@pulumi/pulumi";
import { type Simulator } from "nylas-simulator";
import * as ts from "typescript";
import { run } from "../../provider/cli/program";
import { type Properties } from "./harness";
import { type Declared, type FakeStack, type Recorded } from "./stack";

/** An entry of the file that `pulumi import --file` takes. */
export interface Entry {
  type: string;
  name: string;
  logicalName?: string;
  parent?: string;
  component?: boolean;
  id?: string;
  inputs?: Properties;
  outputs?: Properties;
}

export interface Imported {
  code: number;
  stdout: string;
  stderr: string;
  /** Files that were written, by their paths. */
  files: Record<string, string>;
  program: string;
  entries: Entry[];
}

/** A folder for programs, inside the repository so that they find its packages. */
export function programFolder(): string {
  const work = path.join(__dirname, "../engine/.work");
  fs.mkdirSync(work, { recursive: true });
  return fs.mkdtempSync(path.join(work, "import-"));
}

/** `pulumi-nylas import` in this process. Pulumi is not on its PATH, so all it knows is the environment. */
export function importInto(folder: string, sim: Simulator, ...args: string[]): Promise<Imported> {
  return importWith(environmentOf(sim), folder, ...args);
}

export async function importWith(
  environment: NodeJS.ProcessEnv,
  folder: string,
  ...args: string[]
): Promise<Imported> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(["import", "--cwd", folder, ...args], {
    stdin: Object.assign(Readable.from([]), { isTTY: true }),
    stdout: (text) => out.push(text),
    stderr: (text) => err.push(text),
    environment,
  });
  const names = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = Object.fromEntries(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(folder, file), fs.readFileSync(file, "utf8")]),
  );
  const { resources = [] } = JSON.parse(files["import.json"] ?? "{}") as { resources?: Entry[] };
  return {
    code,
    stdout: out.join(""),
    stderr: err.join(""),
    files,
    program: files["index.ts"] ?? "",
    entries: resources,
  };
}

export function environmentOf(sim: Simulator): NodeJS.ProcessEnv {
  return {
    PATH: "/nowhere",
    NYLAS_API_URL: sim.url,
    NYLAS_API_KEY: sim.keys.apiKey,
    NYLAS_ORGANIZATION_KEY: sim.keys.organizationKey,
    CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
    CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
    AWS_ENDPOINT_URL_ROUTE_53: sim.url,
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "any",
  };
}

/** A resource as the program registers it, with the ids and outputs of the import file in place of references. */
export interface Registered {
  type: string;
  name: string;
  inputs: Properties;
}

/** Runs the written program itself, beside an engine that has taken the import file. */
export async function runProgram(folder: string, { program, entries }: Imported): Promise<Registered[]> {
  const registered: Registered[] = [];
  const strange: string[] = [];
  const left = new Map(entries.map((entry) => [`${entry.type} ${entry.logicalName ?? entry.name}`, entry]));
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        if (type === "pulumi:pulumi:Stack") return { id: "stack", state: {} };
        registered.push({ type, name, inputs });
        const entry = left.get(`${type} ${name}`);
        // Thrown here, it would leave the program waiting for ever.
        if (!entry) strange.push(`${type} ${name}`);
        left.delete(`${type} ${name}`);
        return { id: entry?.id ?? "", state: { ...inputs, ...entry?.outputs } };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    false,
  );
  const before = process.cwd();
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  process.chdir(folder);
  try {
    const body = new Function("require", "exports", outputText) as (...args: unknown[]) => void;
    body(createRequire(path.join(folder, "index.js")), {});
    await pulumi.runtime.disconnect();
  } finally {
    process.chdir(before);
  }
  assert.deepEqual(strange, [], "every resource of the program has an entry");
  assert.deepEqual([...left.keys()], [], "every entry is a resource of the program");
  return registered;
}

/** The stack as `pulumi import` leaves it, and the program that goes with it: our resources alone. */
export function takeInto(stack: FakeStack, { entries }: Imported, registered: Registered[]): Declared[] {
  const ours = "pulumi-nodejs:dynamic/nylas:";
  stack.state = entries
    .filter(({ type }) => type.startsWith(ours))
    .map(({ type, name, logicalName = name, id, inputs, outputs }): Recorded => ({
      name: logicalName,
      type: type.slice(ours.length),
      id: id!,
      inputs: inputs!,
      outputs: outputs!,
      dependencies: [],
      initErrors: [],
      replaced: false,
      retainOnDelete: false,
    }));
  return registered
    .filter(({ type }) => type.startsWith(ours))
    .map(({ type, name, inputs }) => ({
      type: type.slice(ours.length),
      name,
      inputs: inputs as Declared["inputs"],
    }));
}

/** What the compiler says of programs, as a user's own would. */
export function typeErrors(...folders: string[]): string[] {
  const files = folders.map((folder) => path.join(folder, "index.ts"));
  const host = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    skipLibCheck: true,
    exactOptionalPropertyTypes: true,
    noUnusedLocals: true,
    types: ["node"],
  });
  return ts.getPreEmitDiagnostics(host).map(({ messageText, file, start }) => {
    const at = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${at}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}
