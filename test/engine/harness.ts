/**
 * Runs the real Pulumi engine on a program in a folder of its own, with its state in a file beside it.
 *
 *     const stack = new Stack({ program: `import * as nylas from "pulumi-nylas"; ...` });
 *     const result = await stack.up();
 *     assert.deepEqual(result.summary, { create: 2 });
 *
 * A command that fails is a result as well: look at its `code` and `text`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as ts from "typescript";
import { type Engine, findEngine } from "../../scripts/engine";
import { withStandIns } from "../plugins";

/** What a stack starts from. */
export interface StackOptions {
  /** The text of the program, in TypeScript. */
  program?: string;
  /** More files by path, or the whole project where `program` is left out; they win over what the harness writes. */
  files?: Record<string, string>;
  /** The folder of the program inside the project, as `main` in Pulumi.yaml. Default: the project's own folder. */
  main?: string;
  /** Stack configuration; a key without a namespace belongs to the project. */
  config?: Record<string, unknown>;
  /** Stack configuration that is encrypted. */
  secrets?: Record<string, string>;
  /** The environment on top of the harness's own. `undefined` takes a variable out. */
  env?: Record<string, string | undefined>;
  /** Default: "test". */
  stack?: string;
  /** Default: "project". */
  project?: string;
  /**
   * Leave the program in TypeScript and the compiling to the engine, as users do. By default the harness compiles it,
   * which saves most of a second in every operation.
   */
  typescript?: boolean;
}

/** What became of a command. */
export interface Result {
  /** The arguments it was run with. */
  command: string[];
  /** Its exit code; null where a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output and standard error as they came. */
  text: string;
  /** How long it took. */
  seconds: number;
  /** The engine's events, for the operations that have them. */
  events: EngineEvent[];
  /** What the operation did or would do to each resource, without the stack itself and the providers. */
  steps: Step[];
  /** How many resources went through what, taken from the steps that succeeded; what did not occur is left out. */
  summary: Partial<Record<"create" | "update" | "same" | "replace" | "delete" | "import" | "read", number>>;
  /** Messages of the engine, the program and the plugins. */
  diagnostics: Diagnostic[];
}

/** One step on one resource. */
export interface Step {
  /** The engine's word: create, update, same, delete, create-replacement, replace, delete-replaced, import, ... */
  op: string;
  urn: string;
  type: string;
  name: string;
  /** The properties that differ. */
  diffs: string[];
  /** The properties that ask for a replacement. */
  keys: string[];
  failed: boolean;
  /** The inputs the resource has after the step. */
  inputs: Record<string, unknown>;
  /** The outputs after the step; in a preview, what is known of them. */
  outputs: Record<string, unknown>;
}

/** A message with the resource it is about, if any. */
export interface Diagnostic {
  severity: "debug" | "info" | "info#err" | "warning" | "error";
  message: string;
  urn: string;
}

/** An event as the engine logs it. */
export interface EngineEvent {
  sequence: number;
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  resOpFailedEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { severity: Diagnostic["severity"]; message: string; urn?: string };
  summaryEvent?: { isPreview: boolean; resourceChanges: Record<string, number> };
}

/** A resource in the state. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  custom?: boolean;
  delete?: boolean;
  protect?: boolean;
  external?: boolean;
  parent?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  initErrors?: string[];
}

/** A program with its stack. Its folder is removed when the process ends, unless KEEP_STACKS is set. */
export class Stack {
  /** The project's folder. */
  readonly folder: string;
  readonly name: string;
  readonly project: string;
  /** The environment of every command; to be changed between commands. */
  readonly env: NodeJS.ProcessEnv;
  private readonly engine: Engine;
  private readonly options: StackOptions;
  private config: Record<string, unknown>;
  private secrets: Record<string, string>;
  private configChanged = true;
  private initialized = false;

  constructor(options: StackOptions) {
    this.engine = installedEngine();
    this.options = options;
    this.name = options.stack ?? "test";
    this.project = options.project ?? "project";
    this.config = options.config ?? {};
    this.secrets = options.secrets ?? {};

    // Inside the repository, so that programs find its node_modules.
    const work = path.join(__dirname, ".work");
    fs.mkdirSync(work, { recursive: true });
    this.folder = fs.mkdtempSync(path.join(work, `${this.project}-`));
    folders.add(this.folder);
    fs.mkdirSync(path.join(this.folder, "state"));

    this.env = {
      ...environment(this.engine),
      PULUMI_BACKEND_URL: `file://${this.folder}/state`,
      ...options.env,
    };
    this.env["PULUMI_STACK"] = this.name;
    this.write("Pulumi.yaml", this.projectFile());
    if (options.program !== undefined) this.setProgram(options.program);
    for (const [file, text] of Object.entries(options.files ?? {})) this.write(file, text);
  }

  /** Shows what an `up` would do. */
  preview(...args: string[]): Promise<Result> {
    return this.operation("preview", args);
  }

  /** Brings the remote side to what the program says, without the preview that users see before it. */
  up(...args: string[]): Promise<Result> {
    return this.operation("up", ["--yes", "--skip-preview", ...args]);
  }

  /** Reads the remote side into the state. */
  refresh(...args: string[]): Promise<Result> {
    return this.operation("refresh", ["--yes", "--skip-preview", ...args]);
  }

  /** Deletes every resource of the stack. */
  destroy(...args: string[]): Promise<Result> {
    return this.operation("destroy", ["--yes", "--skip-preview", ...args]);
  }

  /** Takes resources into the state; `resources` is the text of an import file, or what it holds. */
  import(resources: object | string, ...args: string[]): Promise<Result> {
    const text = typeof resources === "string" ? resources : JSON.stringify(resources);
    const file = this.write("import.json", text);
    // A program cannot be generated for dynamic resources: they have no schema.
    const standard = ["--yes", "--skip-preview", "--generate-code=false"];
    return this.operation("import", [...standard, "--file", file, ...args]);
  }

  /** Any command, such as `run("state", "move", ...)`. */
  async run(...args: string[]): Promise<Result> {
    await this.prepare();
    return this.launch(args).finished;
  }

  /** Takes away the lock of an operation whose engine was killed, as docs/runbook.md says. */
  async unlock(): Promise<Result> {
    const done = await this.run("cancel", "--yes");
    if (done.code === 0 || !done.text.includes("failed to load checkpoint: EOF")) return done;
    // The engine writes a state in one stroke, but the note beside it (media type, checksum) not.
    const note = `${this.stateFile}.attrs`;
    if (fs.statSync(note).size > 0) return done;
    fs.rmSync(note);
    return this.run("cancel", "--yes");
  }

  /** Starts an operation and comes back at once, for what has to happen while it runs. */
  async start(operation: "preview" | "up" | "refresh" | "destroy", ...args: string[]): Promise<Operation> {
    await this.prepare();
    const standard = operation === "preview" ? [] : ["--yes", "--skip-preview"];
    return this.launchOperation(operation, [...standard, ...args]);
  }

  /** Replaces the program; the next operation runs the new one. */
  setProgram(text: string): void {
    const file = path.join(this.options.main ?? "", "index.ts");
    if (this.options.typescript) this.write(file, text);
    else this.write(file.replace(/\.ts$/, ".js"), compile(text));
  }

  /** Replaces the configuration of the stack. */
  setConfig(config: Record<string, unknown>, secrets: Record<string, string> = {}): void {
    this.config = config;
    this.secrets = secrets;
    this.configChanged = true;
  }

  /** Writes a file of the project. Returns its path. */
  write(file: string, text: string): string {
    const target = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
    return target;
  }

  /** The path of the file that holds the state. */
  get stateFile(): string {
    return path.join(this.folder, "state", ".pulumi", "stacks", this.project, `${this.name}.json`);
  }

  /** The resources in the state file, as they stand there: secrets encrypted. */
  state(): StateResource[] {
    const file = JSON.parse(fs.readFileSync(this.stateFile, "utf8"));
    return file.checkpoint.latest?.resources ?? [];
  }

  /** The resource of that name in the state; undefined where there is none. */
  resource(name: string, type?: string): StateResource | undefined {
    return this.state().find(
      (entry) =>
        entry.urn.endsWith(`::${name}`) && !entry.delete && (type === undefined || entry.type === type),
    );
  }

  /** What `pulumi stack export` says, for tests that write it back. */
  async export(...args: string[]): Promise<{ version: number; deployment: { resources?: StateResource[] } }> {
    return JSON.parse((await this.succeed("stack", "export", ...args)).stdout);
  }

  /** The outputs of the stack, secrets opened. */
  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.succeed("stack", "output", "--json", "--show-secrets")).stdout);
  }

  /** Removes the folder of the stack, with its state. */
  dispose(): void {
    endPlugins(this.folder);
    fs.rmSync(this.folder, { recursive: true, force: true });
    folders.delete(this.folder);
  }

  private async succeed(...args: string[]): Promise<Result> {
    const result = await this.run(...args);
    if (result.code !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${result.text}`);
    return result;
  }

  private async operation(command: string, args: string[]): Promise<Result> {
    await this.prepare();
    return this.launchOperation(command, args).finished;
  }

  private launchOperation(command: string, args: string[]): Operation {
    const events = path.join(this.folder, "events.jsonl");
    fs.rmSync(events, { force: true });
    return this.launch([command, "--non-interactive", "--event-log", events, ...args], events);
  }

  private launch(args: string[], events?: string): Operation {
    return new Operation(this.engine.pulumi, [...args, "--color", "never"], this.folder, this.env, events);
  }

  /** The stack has to be there, and its configuration as it was last set; each command costs, so only when needed. */
  private async prepare(): Promise<void> {
    if (!this.initialized) {
      this.initialized = true;
      await this.initialize();
    }
    if (!this.configChanged) return;
    this.configChanged = false;
    const file = path.join(this.folder, `Pulumi.${this.name}.yaml`);
    const salt = /^encryptionsalt:.*$/m.exec(fs.readFileSync(file, "utf8"))?.[0] ?? "";
    const entries = Object.entries(this.config).map(([key, value]) => [this.configKey(key), value]);
    fs.writeFileSync(file, `${salt}\nconfig: ${JSON.stringify(Object.fromEntries(entries))}\n`);
    const secrets = Object.entries(this.secrets);
    if (secrets.length === 0) return;
    const assignments = secrets.flatMap(([key, value]) => ["--secret", `${this.configKey(key)}=${value}`]);
    await this.complete(["config", "set-all", ...assignments]);
  }

  /** One new stack is like another of the same name: the engine makes the first, and its files serve the next ones. */
  private async initialize(): Promise<void> {
    const { PULUMI_BACKEND_URL: backend, PULUMI_CONFIG_PASSPHRASE: passphrase } = this.env;
    const own = backend === `file://${this.folder}/state`;
    const key = JSON.stringify([
      this.project,
      this.name,
      passphrase,
      this.env["PULUMI_CONFIG_PASSPHRASE_FILE"],
    ]);
    const settings = `Pulumi.${this.name}.yaml`;
    const known = own && !fs.existsSync(path.join(this.folder, settings)) ? newStacks.get(key) : undefined;
    if (known) {
      for (const [file, text] of known) this.write(file, text);
      return;
    }
    const before = fs.existsSync(path.join(this.folder, settings));
    await this.complete(["stack", "init", this.name, "--no-select"]);
    if (!own || before) return;
    const files = fs
      .readdirSync(path.join(this.folder, "state"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.folder, path.join(entry.parentPath, entry.name)));
    newStacks.set(
      key,
      [settings, ...files].map((file) => [file, fs.readFileSync(path.join(this.folder, file), "utf8")]),
    );
  }

  private async complete(args: string[]): Promise<void> {
    const { code, text } = await this.launch(args).finished;
    if (code !== 0) throw new Error(`pulumi ${args.slice(0, 2).join(" ")} failed:\n${text}`);
  }

  private configKey(key: string): string {
    return key.includes(":") ? key : `${this.project}:${key}`;
  }

  private projectFile(): string {
    const options = this.options.typescript ? "" : ", options: { typescript: false }";
    const main = this.options.main === undefined ? "" : `main: ${this.options.main}\n`;
    return `name: ${this.project}\nruntime: { name: nodejs${options} }\n${main}`;
  }
}

/** A command that is running. */
export class Operation {
  readonly process: ChildProcess;
  /** What becomes of it. */
  readonly finished: Promise<Result>;
  private stdout = "";
  private stderr = "";
  private output = "";
  private readonly started = Date.now();
  private readonly waiting = new Set<() => void>();

  constructor(
    pulumi: string,
    args: string[],
    cwd: string,
    env: NodeJS.ProcessEnv,
    events: string | undefined,
  ) {
    const child = spawn(pulumi, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    this.process = child;
    running.add(child);
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      this.stdout += chunk;
      this.heard(chunk);
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.stderr += chunk;
      this.heard(chunk);
    });
    this.finished = this.finish(args, events);
    // A test that kills an operation may never ask what became of it.
    this.finished.catch(() => undefined);
  }

  /** What it has said so far. */
  get text(): string {
    return this.output;
  }

  /** Waits until its output holds the text. */
  async said(text: string | RegExp, milliseconds = 60_000): Promise<void> {
    const deadline = Date.now() + milliseconds;
    const has = () => (typeof text === "string" ? this.output.includes(text) : text.test(this.output));
    while (!has()) {
      const left = deadline - Date.now();
      if (left <= 0 || this.process.exitCode !== null || this.process.signalCode !== null) {
        throw new Error(`The operation has not said ${text}, but:\n${this.output}`);
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, Math.min(left, 1000));
        this.waiting.add(wake);
      });
    }
  }

  /** Ends the engine's process, and that one alone: what it started is left as a crash would leave it. */
  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.process.kill(signal);
  }

  private heard(chunk: string): void {
    this.output += chunk;
    for (const wake of this.waiting) wake();
  }

  private async finish(args: string[], events: string | undefined): Promise<Result> {
    const child = this.process;
    const command = `pulumi ${args.slice(0, 2).join(" ")}`;
    const progress = setInterval(() => {
      const last = this.output.trimEnd().split("\n").at(-1);
      console.error(`      ${command}: ${this.seconds().toFixed(0)} s, last said: ${last}`);
    }, 20_000);
    let overdue = false;
    const limit = setTimeout(() => {
      overdue = true;
      child.kill("SIGKILL");
    }, longestOperation);
    try {
      const code = await new Promise<number | null>((resolve, reject) => {
        child.on("error", reject);
        // A plugin that outlives a killed engine keeps the pipes open, so their end cannot be waited for.
        child.on("exit", (exit) => setTimeout(() => resolve(exit), child.signalCode ? 200 : 2000));
        child.on("close", resolve);
      });
      if (overdue)
        throw new Error(`${command} took longer than ${longestOperation / 1000} s:\n${this.output}`);
      return {
        command: args,
        code,
        stdout: this.stdout,
        stderr: this.stderr,
        text: this.output,
        seconds: this.seconds(),
        ...readEvents(events),
      };
    } finally {
      clearInterval(progress);
      clearTimeout(limit);
      running.delete(child);
    }
  }

  private seconds(): number {
    return (Date.now() - this.started) / 1000;
  }
}

/** Whether a value in the state is encrypted there. */
export function isSecret(value: unknown): boolean {
  const signature = "4dabf18193072939515e22adb298388d";
  return (
    (value as Record<string, unknown> | undefined | null)?.[signature] === "1b47061264138c4ac30d75fd1eb44270"
  );
}

const longestOperation = 240_000;
const folders = new Set<string>();
/** The files of a stack just after it was made, by all that they depend on. */
const newStacks = new Map<string, [file: string, text: string][]>();
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) endPlugins(folder);
  if (process.env["KEEP_STACKS"]) return;
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

/** A killed engine leaves its plugins alive; they are known by the folder they run in. */
function endPlugins(folder: string): void {
  if (!fs.existsSync("/proc/self/cwd")) return;
  for (const pid of fs.readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended by now, or belongs to somebody else.
    }
  }
}

const LAZY_MODULES = path.resolve(__dirname, "../lazyModules.cjs");

let found: Engine | undefined;

/** The engine of this machine; an error where there is none. */
export function installedEngine(): Engine {
  found ??= findEngine();
  if (!found) throw new Error("These tests need a Pulumi engine: run `npm run engine` first.");
  return found;
}

let home: string | undefined;

/**
 * The engine's home folder for this process. Programs note there what they make. Simulators of one seed have the same
 * objects, so test files that run side by side would take each other for stacks of one application.
 */
function ownHome(engine: Engine): string {
  if (home !== undefined) return home;
  home = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-home-"));
  folders.add(home);
  const plugins = path.join(engine.env["PULUMI_HOME"] || path.join(os.homedir(), ".pulumi"), "plugins");
  if (fs.existsSync(plugins)) fs.symlinkSync(plugins, path.join(home, "plugins"));
  return home;
}

/** What every command is run in. The keys and settings that a developer has in the shell must not reach a test. */
export function environment(engine: Engine): NodeJS.ProcessEnv {
  const foreign = /^(PULUMI_|NYLAS_|CLOUDFLARE_|AWS_)/;
  const own = Object.entries(engine.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(own),
    PULUMI_HOME: ownHome(engine),
    PATH: withStandIns(engine.path),
    NO_COLOR: "1",
    PULUMI_CONFIG_PASSPHRASE: "x",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    NODE_OPTIONS: `--require ${JSON.stringify(LAZY_MODULES)}`,
    // Of no use among processes of one machine, and read by every Node at its start: a tenth of all that an operation costs.
    NODE_EXTRA_CA_CERTS: "",
    // Without it there is no --event-log.
    PULUMI_DEBUG_COMMANDS: "true",
  };
}

function compile(program: string): string {
  const compilerOptions: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    esModuleInterop: true,
  };
  return ts.transpileModule(program, { compilerOptions }).outputText;
}

interface StepMetadata {
  op: string;
  urn: string;
  type: string;
  diffs?: string[] | null;
  keys?: string[] | null;
  old?: { inputs?: Record<string, unknown>; outputs?: Record<string, unknown> } | null;
  new?: { inputs?: Record<string, unknown>; outputs?: Record<string, unknown> } | null;
}

function readEvents(file: string | undefined): Pick<Result, "events" | "steps" | "summary" | "diagnostics"> {
  const lines = file !== undefined && fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n") : [];
  // A killed engine may leave half a line.
  const all = lines.flatMap((line): EngineEvent[] => (line.endsWith("}") ? [JSON.parse(line)] : []));
  const previewed = all.findIndex((event, index) => event.summaryEvent?.isPreview && index < all.length - 2);
  const events = all.slice(previewed + 1);
  const steps = readSteps(events);
  const diagnostics = events.flatMap(({ diagnosticEvent: event }): Diagnostic[] =>
    event && event.severity !== "debug"
      ? [{ severity: event.severity, message: event.message, urn: event.urn ?? "" }]
      : [],
  );
  return { events, steps, diagnostics, summary: summarize(steps) };
}

function readSteps(events: EngineEvent[]): Step[] {
  const steps: Step[] = [];
  for (const event of events) {
    const metadata = (event.resourcePreEvent ?? event.resOutputsEvent ?? event.resOpFailedEvent)?.metadata;
    if (!metadata || /^pulumi:(providers:|pulumi:Stack$)/.test(metadata.type)) continue;
    const begun = steps.find((step) => step.urn === metadata.urn && step.op === metadata.op);
    const step: Step = {
      op: metadata.op,
      urn: metadata.urn,
      type: metadata.type,
      name: metadata.urn.split("::").slice(3).join("::"),
      diffs: metadata.diffs ?? begun?.diffs ?? [],
      keys: metadata.keys ?? begun?.keys ?? [],
      failed: event.resOpFailedEvent !== undefined,
      inputs: metadata.new?.inputs ?? {},
      outputs: metadata.new?.outputs ?? {},
    };
    if (begun) Object.assign(begun, step);
    else steps.push(step);
  }
  return steps;
}

function summarize(steps: Step[]): Result["summary"] {
  const summary: Result["summary"] = {};
  for (const { op, failed } of steps) {
    if (failed) continue;
    const counted = countedAs[op];
    if (counted) summary[counted] = (summary[counted] ?? 0) + 1;
  }
  return summary;
}

/** A replacement is three steps and one change. */
const countedAs: Record<string, keyof Result["summary"]> = {
  create: "create",
  update: "update",
  same: "same",
  delete: "delete",
  replace: "replace",
  import: "import",
  "import-replacement": "import",
  read: "read",
};
