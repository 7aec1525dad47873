/** Stacks of the real engine: one project folder, its state in files beside it, the commands that people type. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Simulator } from "nylas-simulator";
import * as ts from "typescript";
import { findEngine } from "../../scripts/engine";
import { type Result, Stack } from "../engine/harness";
import { withStandIns } from "../plugins";
import { type Entry } from "./engineModel/state";
import { type Command, type Done, GATES, type Hands } from "./hands";
import { type Program } from "./program";
import { type Onboarding } from "./scenario";
import { surroundings } from "./surroundings";
import { resolveUrns } from "./urns";

/** A project's own stack is made by the harness; the others by `stack init`. */
const FIRST = "harness";

export class EngineHands implements Hands {
  readonly #project: Stack;
  readonly #known = new Set<string>();

  constructor(
    readonly sim: Simulator,
    private readonly checkout: string,
  ) {
    this.#project = new Stack({
      stack: FIRST,
      env: connectionTo(sim),
      files: { "index.js": INDEX, "interpret.js": interpreter() },
    });
    // The program finds the packages of the checkout under test, and so does the plugin.
    const modules = path.join(this.#project.folder, "node_modules");
    if (!fs.existsSync(modules)) fs.symlinkSync(path.join(checkout, "node_modules"), modules);
  }

  close(): void {
    this.#project.dispose();
  }

  async up(program: Program, command: Command): Promise<Done> {
    await this.#select(command);
    this.#declare(program);
    const options = await this.#options(command);
    const preview = command.hasPreview
      ? await this.#pulumi(
          "preview",
          "--json",
          "--show-sames",
          ...options.filter((each) => each !== "--skip-preview" && each !== "--continue-on-error"),
        )
      : undefined;
    // A preview in JSON leaves out what waits for its delete: the state beside it shows that.
    const own = preview && (await this.#pulumi("stack", "export"));
    const review = preview && { review: () => this.#review(preview.stdout, own!.stdout) };
    if (preview && preview.code !== 0 && !command.flags.skipPreview)
      return { ok: false, programRan: true, ...review, said: lines(preview) };
    const result = await this.#pulumi("up", "--yes", "--skip-preview", ...options);
    return { ok: result.code === 0, programRan: true, ...review, said: lines(result) };
  }

  async destroy(program: Program | undefined, command: Command): Promise<Done> {
    await this.#select(command);
    if (program) this.#declare(program);
    const options = await this.#options(command);
    if (program) options.push("--run-program");
    if (command.flags.excludeProtected) options.push("--exclude-protected");
    const preview = command.flags.skipPreview ? ["--skip-preview"] : [];
    const result = await this.#pulumi("destroy", "--yes", ...preview, ...options);
    return {
      ok: result.code === 0,
      programRan: program !== undefined,
      said: lines(result),
    };
  }

  async refresh(command: Command): Promise<Done> {
    await this.#select(command);
    const result = await this.#pulumi("refresh", "--yes", "--skip-preview");
    return { ok: result.code === 0, programRan: false, said: lines(result) };
  }

  async entries(stack: string): Promise<Entry[]> {
    if (!this.#known.has(stack)) return [];
    const file = path.join(this.#project.folder, "state", ".pulumi", "stacks", "project", `${stack}.json`);
    if (!fs.existsSync(file)) return [];
    const state = JSON.parse(fs.readFileSync(file, "utf8")) as {
      checkpoint: { latest?: { resources?: Partial<Entry>[] } };
    };
    const entries = state.checkpoint.latest?.resources ?? [];
    return Promise.resolve(
      entries
        .filter(({ type }) => !/^pulumi:(providers|pulumi:Stack)/.test(type!))
        .map(
          (entry) =>
            ({
              inputs: {},
              outputs: {},
              dependencies: [],
              propertyDependencies: {},
              custom: false,
              ...entry,
            }) as Entry,
        ),
    );
  }

  async keepExport(stack: string): Promise<void> {
    await this.#make(stack);
    await this.#pulumi("stack", "export", "--file", `${stack}.export.json`, "--stack", stack);
  }

  async importKept(stack: string): Promise<Done> {
    return done(await this.#pulumi("stack", "import", "--file", `${stack}.export.json`, "--stack", stack));
  }

  async renameStack(from: string, to: string): Promise<Done> {
    const result = await this.#pulumi("stack", "rename", to, "--stack", from);
    this.#known.delete(from);
    this.#known.add(to);
    return done(result);
  }

  async move(from: string, to: string, urns: string[]): Promise<Done> {
    await this.#make(from);
    await this.#make(to);
    return done(await this.#pulumi("state", "move", "--yes", "--source", from, "--dest", to, ...urns));
  }

  async forget(stack: string, urn: string): Promise<Done> {
    return done(
      await this.#pulumi("state", "delete", urn, "--yes", "--force", "--target-dependents", "--stack", stack),
    );
  }

  async renameInState(stack: string, urn: string, to: string): Promise<Done> {
    return done(await this.#pulumi("state", "rename", urn, to, "--yes", "--stack", stack));
  }

  async unprotectAll(stack: string): Promise<Done> {
    return done(await this.#pulumi("state", "unprotect", "--all", "--yes", "--stack", stack));
  }

  async importFleet(stack: string, vendor: "cloudflare" | "route53" | undefined): Promise<Done> {
    await this.#make(stack);
    this.#configure(stack, {});
    const files = ["--program", "imported.ts", "--file", "import.json", "--force"];
    const made = await this.#cli(
      "import",
      ...files,
      "--stack",
      stack,
      ...(vendor ? ["--with-dns", vendor] : []),
    );
    if (made.code !== 0) return { ...NOTHING, ok: false, said: [made.text] };
    if (!fs.existsSync(path.join(this.#project.folder, "import.json")))
      return { ...NOTHING, said: [made.text] };
    return done(
      await this.#pulumi(
        "import",
        "--yes",
        "--skip-preview",
        ...(made.text.includes("--protect=false") ? ["--protect=false"] : []),
        "--generate-code=false",
        "--file",
        "import.json",
        "--stack",
        stack,
      ),
    );
  }

  async onboard(tenant: string, domain: string, alias: string, args: Onboarding): Promise<Done> {
    const engine = findEngine()!;
    const work = path.join(this.#project.folder, "onboarding");
    fs.mkdirSync(path.join(work, "state"), { recursive: true });
    const input = {
      tenant,
      domain,
      alias,
      args,
      work,
      zoneId: this.sim.zones.find(({ name }) => name === args.zone)?.id,
      env: { ...connectionTo(this.sim), ...SETTINGS, PULUMI_BACKEND_URL: `file://${work}/state` },
    };
    fs.writeFileSync(path.join(this.#project.folder, "onboard.js"), ONBOARD);
    const result = await run(process.execPath, ["onboard.js", JSON.stringify(input)], this.#project.folder, {
      ...engine.env,
      ...SETTINGS,
      PATH: withStandIns(engine.path),
    });
    return {
      ok: result.code === 0,
      programRan: true,
      said: result.text.split("\n").slice(-4),
    };
  }

  async #select({ stack, config, environmentWords }: Command): Promise<void> {
    await this.#make(stack);
    this.#configure(stack, config);
    this.#project.env.PULUMI_STACK = stack;
    if (environmentWords === undefined) delete this.#project.env.NYLAS_FORCE_DESTROY;
    else this.#project.env.NYLAS_FORCE_DESTROY = environmentWords;
  }

  async #make(stack: string): Promise<void> {
    if (this.#known.has(stack)) return;
    this.#known.add(stack);
    const { code, text } = await this.#pulumi("stack", "init", stack, "--no-select");
    if (code !== 0) throw new Error(`stack init ${stack}: ${text}`);
  }

  #configure(stack: string, config: Record<string, string>): void {
    const file = path.join(this.#project.folder, `Pulumi.${stack}.yaml`);
    const salt = fs.existsSync(file)
      ? (/^encryptionsalt:.*$/m.exec(fs.readFileSync(file, "utf8"))?.[0] ?? "")
      : "";
    fs.writeFileSync(file, `${salt}\nconfig: ${JSON.stringify(config)}\n`);
  }

  #declare(program: Program): void {
    const { folder } = this.#project;
    this.#project.write("program.json", JSON.stringify({ program, around: surroundings(this.sim, folder) }));
  }

  async #options({ stack, flags }: Command): Promise<string[]> {
    const entries = await this.entries(stack);
    const urns = (name: string, ends: string[] | undefined) =>
      resolveUrns(ends ?? [], entries, stack).flatMap((urn) => [name, urn]);
    return [
      ...(flags.continueOnError ? ["--continue-on-error"] : []),
      ...(flags.refresh ? ["--refresh"] : []),
      ...(flags.targetDependents ? ["--target-dependents"] : []),
      ...urns("--target", flags.targets),
      ...urns("--exclude", flags.excludes),
    ];
  }

  #pulumi(...args: string[]): Promise<Result> {
    return this.#project.run(...args);
  }

  async #review(preview: string, own: string): Promise<boolean> {
    const file = this.#project.write("preview.json", preview);
    const state = this.#project.write("own.json", own);
    const { code, text } = await this.#cli(
      "review",
      file,
      "--no-picture",
      "--fleet",
      state,
      "--out",
      "review.md",
      "--fail-on",
      GATES,
    );
    // A preview that wrote nothing at all cannot be reviewed, and whoever runs a gate stops there.
    if (code === 1 || code === 2) return preview.trim() === "" || text.includes("nothing to read");
    return code !== 0;
  }

  #cli(...args: string[]): Promise<{ code: number; text: string }> {
    const main = path.join(this.checkout, "provider/dist/cli/main.js");
    return run(process.execPath, [main, ...args], this.#project.folder, this.#project.env);
  }
}

const NOTHING: Done = { ok: true, programRan: false, said: [] };

const SETTINGS = {
  PULUMI_CONFIG_PASSPHRASE: "x",
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
};

const INDEX = `
const { program, around } = JSON.parse(require("node:fs").readFileSync(__dirname + "/program.json", "utf8"));
require("./interpret").interpret(program, around, require);
`;

const ONBOARD = `
const { tenant, domain, alias, args, work, zoneId, env } = JSON.parse(process.argv[2]);
const { zoneFile } = require("pulumi-nylas");
const { cloudflareDns } = require("pulumi-nylas/cloudflare");
const { onboardTenant } = require("pulumi-nylas/onboarding");
const { dns, zone, rules, ...rest } = args;
const block = { spam: { conditions: [{ field: "from.domain", is: "spam.example.com" }], actions: ["block"] } };
onboardTenant(domain, alias, {
  name: tenant,
  workDir: work,
  env,
  tenant: { ...rest, ...(rules ? { rules: block } : {}), dns: dns === "zoneFile" ? zoneFile() : cloudflareDns({ zoneId, zoneName: zone }) },
}).then(
  ({ status }) => console.log(status),
  (error) => { console.log(error.message); process.exitCode = 1; },
);
`;

function interpreter(): string {
  const text = fs.readFileSync(path.join(__dirname, "interpret.ts"), "utf8");
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS };
  return ts.transpileModule(text, { compilerOptions }).outputText;
}

function connectionTo(sim: Simulator): Record<string, string> {
  return {
    NYLAS_API_URL: sim.url,
    NYLAS_DNS_SERVERS: sim.dnsServer,
    NYLAS_TEST_TIME_SCALE: "0.005",
    NYLAS_API_KEY: sim.keys.apiKey,
    NYLAS_ORGANIZATION_KEY: sim.keys.organizationKey,
    CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
    CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "x",
    AWS_SECRET_ACCESS_KEY: "x",
    AWS_ENDPOINT_URL_ROUTE_53: sim.url,
  };
}

function done(result: Result): Done {
  return { ...NOTHING, ok: result.code === 0, said: result.code === 0 ? [] : [result.text.trim()] };
}

/** What the engine ended with: its diagnostics, or its last lines. */
function lines({ code, text, stdout }: Result): string[] {
  if (code === 0) return [];
  const told = text.length > 0 ? text : stdout;
  return told
    .split("\n")
    .filter((line) => /error|kept|warning: .*domain/i.test(line))
    .slice(0, 8);
}

function run(
  command: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, text }));
  });
}
