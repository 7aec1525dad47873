/** Stacks in memory, over the plugin process and the model of the engine. */
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import { Readable } from "node:stream";
import { type Simulator } from "nylas-simulator";
import type { Plugin } from "../plugin/harness";
import { type Entry as ImportEntry } from "../plugin/imported";
import { type ModelReport, Operation, type RunOptions } from "./engineModel/engine";
import {
  closureOfDependents,
  type Entry,
  kindOf,
  nameOf,
  PROJECT,
  type Properties,
  renamed,
  ROOT_TYPE,
  urnOf,
} from "./engineModel/state";
import { cloudflare, CLOUDFLARE, ROUTE53, route53 } from "./engineModel/vendors";
import { type Command, type Done, GATES, type Hands } from "./hands";
import { interpret } from "./interpret";
import { type Program } from "./program";
import { resolveUrns } from "./urns";
import { surroundings } from "./surroundings";

interface StackInMemory {
  entries: Entry[];
  /** The configuration of the last run of a program. */
  remembered: Record<string, string>;
  exported: Entry[] | undefined;
}

interface Cli {
  run(args: string[], io: object): Promise<number>;
}

export class PluginHands implements Hands {
  readonly #stacks = new Map<string, StackInMemory>();
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), "adversary-"));
  readonly #require: NodeJS.Require;
  #environmentWords: string | undefined;

  constructor(
    readonly sim: Simulator,
    private readonly checkout: string,
    private readonly plugin: () => Promise<Plugin>,
    private readonly setWords: (words: string | undefined) => void,
    private readonly draw: (limit: number) => number,
  ) {
    this.#require = createRequire(path.join(checkout, "package.json"));
  }

  close(): void {
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  async up(program: Program, command: Command): Promise<Done> {
    const { flags, stack } = command;
    if (flags.refresh) await this.refresh(command);
    const options = this.#options(command);
    this.setWords(command.environmentWords);
    const update = (more: RunOptions) =>
      this.#operate(command, { ...options, ...more }, (operation) => operation.up(this.#runnable(program)));
    const preview = command.hasPreview ? await update({ preview: true }) : undefined;
    const review = preview && { review: () => this.#review(preview, command) };
    const errors = preview?.report.errors ?? [];
    if (!flags.skipPreview && errors.length > 0) {
      const said = errors.map(({ urn, message }) => `preview ${nameOf(urn || "::::::")}: ${message}`);
      return { ok: false, programRan: true, ...review, said };
    }
    const { report } = await update({});
    this.#stack(stack).remembered = command.config;
    return { ...outcome(report), programRan: true, ...review };
  }

  async destroy(program: Program | undefined, command: Command): Promise<Done> {
    const { flags, stack } = command;
    const config = program
      ? command.config
      : { ...this.#stack(stack).remembered, ...connectionOf(command.config) };
    const own = { ...command, config };
    if (flags.refresh) await this.refresh(own);
    const options = this.#options(command);
    this.setWords(command.environmentWords);
    if (flags.excludeProtected) {
      const held = this.#stack(stack).entries.filter(({ protect }) => protect);
      options.excludes = [...(options.excludes ?? []), ...held.map(({ urn }) => urn)];
    }
    if (!flags.skipPreview) {
      const { report } = await this.#operate(own, { ...options, preview: true }, (operation) =>
        operation.destroy(),
      );
      if (report.errors.length > 0) return { ...outcome(report), programRan: false };
    }
    const { report } = await this.#operate(own, options, (operation) => operation.destroy());
    return { ...outcome(report), programRan: program !== undefined };
  }

  async refresh(command: Command): Promise<Done> {
    this.setWords(command.environmentWords);
    const config = { ...this.#stack(command.stack).remembered, ...connectionOf(command.config) };
    const { report } = await this.#operate({ ...command, config }, {}, (operation) => operation.refresh());
    return { ...outcome(report), programRan: false };
  }

  entries(stack: string): Promise<Entry[]> {
    return Promise.resolve(this.#stacks.get(stack)?.entries ?? []);
  }

  keepExport(stack: string): Promise<void> {
    this.#stack(stack).exported = structuredClone(this.#stack(stack).entries);
    return Promise.resolve();
  }

  importKept(stack: string): Promise<Done> {
    const kept = this.#stack(stack).exported;
    if (kept) this.#stack(stack).entries = structuredClone(kept);
    return Promise.resolve(DONE);
  }

  renameStack(from: string, to: string): Promise<Done> {
    const stack = this.#stack(from);
    this.#stacks.delete(from);
    const change = (urn: string) => urn.replace(`urn:pulumi:${from}::`, `urn:pulumi:${to}::`);
    this.#stacks.set(to, { ...stack, entries: renamed(stack.entries, change) });
    return Promise.resolve(DONE);
  }

  /** The parents come along as the destination's own; what stays behind is needed no more. */
  move(from: string, to: string, urns: string[]): Promise<Done> {
    const [source, target] = [this.#stack(from), this.#stack(to)];
    const moving = source.entries.filter(({ urn }) => urns.includes(urn));
    source.entries = source.entries.filter((entry) => !moving.includes(entry));
    const there = new Set(moving.map(({ urn }) => urn));
    for (const entry of source.entries) cutNeeds(entry, (urn) => !there.has(urn));
    const change = (urn: string) => urn.replace(`urn:pulumi:${from}::`, `urn:pulumi:${to}::`);
    for (const entry of moving) {
      cutNeeds(entry, (urn) => there.has(urn));
      if (entry.parent && !there.has(entry.parent)) delete entry.parent;
    }
    target.entries.push(...renamed(moving, change));
    return Promise.resolve(DONE);
  }

  forget(stack: string, urn: string): Promise<Done> {
    const held = this.#stack(stack);
    // With --target-dependents; without it, the engine lets nothing go that others need.
    const gone = closureOfDependents([urn], held.entries);
    held.entries = held.entries.filter((entry) => !gone.has(entry.urn));
    return Promise.resolve(DONE);
  }

  renameInState(stack: string, urn: string, to: string): Promise<Done> {
    const held = this.#stack(stack);
    const target = `${urn.split("::").slice(0, 3).join("::")}::${to}`;
    held.entries = renamed(held.entries, (each) => (each === urn ? target : each));
    return Promise.resolve(DONE);
  }

  unprotectAll(stack: string): Promise<Done> {
    for (const entry of this.#stack(stack).entries) delete entry.protect;
    return Promise.resolve(DONE);
  }

  async importFleet(stack: string, vendor: "cloudflare" | "route53" | undefined): Promise<Done> {
    const folder = fs.mkdtempSync(path.join(this.#folder, "import-"));
    const args = ["import", "--cwd", folder, ...(vendor ? ["--with-dns", vendor] : [])];
    const { code, said } = await this.#cli(args);
    // As the engine does, unless the command that people are told to type says otherwise.
    const isProtected = !said.includes("--protect=false");
    if (code !== 0) return { ...DONE, ok: false, said: [said] };
    const file = path.join(folder, "import.json");
    if (!fs.existsSync(file)) return { ...DONE, said: [said] };
    const { resources } = JSON.parse(fs.readFileSync(file, "utf8")) as { resources: ImportEntry[] };
    const held = this.#stack(stack);
    const urns = new Map<string, string>();
    for (const entry of resources) {
      const parent = entry.parent === undefined ? undefined : urns.get(entry.parent);
      const urn = urnOf(stack, parent, entry.type, entry.logicalName ?? entry.name);
      urns.set(entry.name, urn);
      let { inputs = {}, outputs = {} } = entry;
      if (!entry.component && kindOf(entry.type) === undefined) {
        const read = await this.#vendors()[entry.type]!.read(entry.id!, {}, {});
        if (read) ({ outputs, inputs = {} } = read as { outputs: Properties; inputs: Properties });
      }
      held.entries.push({
        urn,
        type: entry.type,
        custom: entry.component !== true,
        ...(entry.component || !isProtected ? {} : { protect: true }),
        ...(entry.id === undefined ? {} : { id: entry.component ? "" : bareRecordId(entry) }),
        ...(parent === undefined ? {} : { parent }),
        inputs,
        outputs,
        // The engine records none of an import: the first up does.
        dependencies: [],
        propertyDependencies: {},
      });
    }
    return DONE;
  }

  #stack(name: string): StackInMemory {
    const found = this.#stacks.get(name) ?? { entries: [], remembered: {}, exported: undefined };
    this.#stacks.set(name, found);
    return found;
  }

  #vendors() {
    return { [CLOUDFLARE]: cloudflare(this.sim), [ROUTE53]: route53(this.sim) } as Record<
      string,
      ReturnType<typeof cloudflare>
    >;
  }

  #options({ stack, flags }: Command): RunOptions {
    const { entries } = this.#stack(stack);
    const { continueOnError, targets, excludes, targetDependents } = flags;
    return {
      ...(continueOnError ? { continueOnError } : {}),
      ...(targetDependents ? { targetDependents } : {}),
      ...(targets ? { targets: resolveUrns(targets, entries, stack) } : {}),
      ...(excludes ? { excludes: resolveUrns(excludes, entries, stack) } : {}),
    };
  }

  #runnable(program: Program): () => void {
    const around = surroundings(this.sim, this.#folder);
    return () => interpret(program, around, (name) => this.#require(name));
  }

  async #operate(
    { stack, config }: Command,
    options: RunOptions,
    run: (operation: Operation) => Promise<ModelReport>,
  ): Promise<{ report: ModelReport; warnings: { message: string; urn: string }[] }> {
    const plugin = await this.plugin();
    await plugin.renew(config);
    const around = {
      stack,
      plugin,
      config,
      vendors: this.#vendors(),
      load: (name: string) => this.#require(name),
      draw: this.draw,
    };
    const held = this.#stack(stack);
    const entries = options.preview ? structuredClone(held.entries) : held.entries;
    const operation = new Operation(around, entries, options);
    const report = await run(operation);
    if (!options.preview) held.entries = operation.state;
    const warnings = plugin.log.filter(({ severity }) => severity === "warning");
    return { report, warnings };
  }

  /** What a preview would have written as a stream of events, given to the review as a file: that form shows pending deletes. */
  async #review(
    { report, warnings }: { report: ModelReport; warnings: { message: string; urn: string }[] },
    { stack, config }: Command,
  ): Promise<boolean> {
    const root = `urn:pulumi:${stack}::${PROJECT}::${ROOT_TYPE}::${PROJECT}-${stack}`;
    const counts: Record<string, number> = {};
    for (const { op } of report.steps) counts[op] = (counts[op] ?? 0) + 1;
    const rootState = { urn: root, type: ROOT_TYPE, custom: false, inputs: {}, outputs: {} };
    const digest = {
      config: Object.fromEntries(Object.entries(config).filter(([key]) => !/[kK]ey$/.test(key))),
      steps: [
        { op: "same", urn: root, oldState: rootState, newState: rootState },
        ...report.steps.map(({ op, urn, old, new: made, replaces }) => ({
          op,
          urn,
          ...(old ? { oldState: old } : {}),
          ...(made ? { newState: made } : {}),
          replaceReasons: replaces,
        })),
      ],
      diagnostics: [
        ...report.errors.map(({ urn, message }) => ({ severity: "error", message, ...(urn ? { urn } : {}) })),
        ...warnings.map(({ message, urn }) => ({ severity: "warning", message, urn })),
      ],
      changeSummary: counts,
    };
    const file = path.join(this.#folder, "preview.json");
    fs.writeFileSync(file, streamed(digest));
    const { code, said } = await this.#cli(["review", file, "--no-picture", "--fail-on", GATES]);
    if (code === 1 || code === 2) throw new Error(`the review could not be made: ${said}`);
    return code !== 0;
  }

  async #cli(args: string[]): Promise<{ code: number; said: string }> {
    const { run } = this.#require(path.join(this.checkout, "provider/dist/cli/program.js")) as Cli;
    const { url, keys, dnsServer, cloudflareUrl } = this.sim;
    const said: string[] = [];
    const code = await run(args, {
      stdin: Object.assign(Readable.from([]), { isTTY: true }),
      stdout: (text: string) => said.push(text),
      stderr: (text: string) => said.push(text),
      environment: {
        PATH: "/nowhere",
        NYLAS_API_URL: url,
        NYLAS_DNS_SERVERS: dnsServer,
        NYLAS_API_KEY: keys.apiKey,
        NYLAS_ORGANIZATION_KEY: keys.organizationKey,
        CLOUDFLARE_API_TOKEN: keys.cloudflareToken,
        CLOUDFLARE_BASE_URL: cloudflareUrl,
        AWS_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "x",
        AWS_SECRET_ACCESS_KEY: "x",
        AWS_ENDPOINT_URL_ROUTE_53: url,
      },
    });
    return { code, said: said.join("") };
  }
}

const DONE: Done = { ok: true, programRan: false, said: [] };

function outcome(report: ModelReport): { ok: boolean; said: string[] } {
  return {
    ok: report.errors.length === 0,
    said: report.errors.map(({ urn, message }) => `${nameOf(urn || "::::::")}: ${message}`),
  };
}

/** A record's id as its resource has it, where the import names its zone too. */
function bareRecordId({ id, type }: ImportEntry): string {
  return type === CLOUDFLARE ? id!.split("/").at(-1)! : id!;
}

function cutNeeds(entry: Entry, stays: (urn: string) => boolean): void {
  entry.dependencies = entry.dependencies.filter(stays);
  for (const [key, urns] of Object.entries(entry.propertyDependencies))
    entry.propertyDependencies[key] = urns.filter(stays);
  if (entry.deletedWith && !stays(entry.deletedWith)) delete entry.deletedWith;
}

/** Keys and addresses come from the environment in every run; the rest of a plain destroy's configuration from the state. */
function connectionOf(config: Record<string, string>): Record<string, string> {
  const names = [
    "nylas:apiUrl",
    "nylas:apiKey",
    "nylas:organizationKey",
    "nylas:dnsServers",
    "nylas:requestTimeout",
  ];
  return Object.fromEntries(Object.entries(config).filter(([key]) => names.includes(key)));
}

/** One event a line, as with `PULUMI_ENABLE_STREAMING_JSON_PREVIEW`. */
function streamed(digest: {
  config: object;
  steps: { op: string; urn: string; oldState?: unknown; newState?: unknown; replaceReasons?: unknown }[];
  diagnostics: object[];
  changeSummary: object;
}): string {
  const events = [
    { preludeEvent: { config: digest.config } },
    ...digest.steps.map(({ op, urn, oldState, newState, replaceReasons }) => ({
      resourcePreEvent: { metadata: { op, urn, old: oldState, new: newState, keys: replaceReasons } },
    })),
    ...digest.diagnostics.map((diagnosticEvent) => ({ diagnosticEvent })),
    { summaryEvent: { resourceChanges: digest.changeSummary } },
  ];
  return events.map((event, sequence) => JSON.stringify({ sequence, timestamp: 1, ...event })).join("\n");
}
