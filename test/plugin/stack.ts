import { homeOf, OperationError, Plugin, type PluginOptions, type Properties, unknown } from "./harness";
import { endRuns } from "./journals";

/** Another resource's outputs, and its `id`; what is not known yet in a preview makes the whole value unknown. */
export type Of = (name: string) => Properties;

/** An argument: a value, or a function that stands for outputs of others: `(of) => of("policy").id`; also nested. */
export type Input =
  | ((of: Of) => unknown)
  | string
  | number
  | boolean
  | null
  | undefined
  | Input[]
  | { [property: string]: Input };

/** A resource of a program. */
export interface Declared {
  name: string;
  /** As in "Workspace". */
  type: string;
  inputs: Record<string, Input>;
  dependsOn?: string[];
  /** Names it had before. */
  aliases?: string[];
  retainOnDelete?: boolean;
}

/** A resource in the state. */
export interface Recorded {
  name: string;
  type: string;
  id: string;
  inputs: Properties;
  outputs: Properties;
  dependencies: string[];
  /** Why it is not what was wanted, after a partial failure. */
  initErrors: string[];
  /** It was replaced and has still to be deleted. */
  replaced: boolean;
  retainOnDelete: boolean;
}

/** One resource in a preview, with both sides as the engine shows them. */
export interface Planned {
  name: string;
  type: string;
  op: Step["op"];
  old?: Recorded;
  /** The inputs as check returns them, and which resources each is made from. */
  inputs?: Properties;
  propertyDependencies?: Record<string, string[]>;
}

/** A provider that is none of the package's: of a DNS vendor's records, for instance. */
export type Vendor = Pick<Plugin, "check" | "diff" | "create" | "read" | "update" | "delete">;

export interface Step {
  name: string;
  op: "same" | "create" | "update" | "replace" | "delete" | "drift" | "gone" | "skip";
}

/** What an operation did, in order, and what went wrong. */
export interface Report {
  steps: Step[];
  errors: { name: string; message: string; property?: string }[];
  /** Warnings that the plugin gave through the engine's log. */
  warnings: string[];
  /** All lines of the engine's log. */
  log: string[];
  /** Of a preview: every resource, those that stay as they are too. */
  plan: Planned[];
}

export interface StackOptions extends PluginOptions {
  /**
   * One process for all operations; each loads the package anew, so that nothing is remembered from one to the next. Much
   * faster, and the same but for what a process of its own is needed for: being killed, and settings of the environment.
   */
  oneProcess?: boolean;
  /** Who serves the types of other packages. */
  vendor?: (type: string) => Vendor | undefined;
}

export interface Choices {
  /** As --continue-on-error. */
  continueOnError?: boolean;
  /**
   * The engine and its plugin are killed at the end, before they have seen that all is recorded. What of it was not, the test
   * takes out of the state.
   */
  killed?: boolean;
  /** Gets the operation's plugin before it is asked anything: to kill it, or to take its engine away. */
  during?: (plugin: Plugin) => void;
  /** As the engine does by itself: up to eight at a time, in an order that this draws. Left out: one after the other. */
  together?: Together;
}

/** What is under way at the same time, and in which order it begins. */
export interface Together {
  /** A whole number from 0 to below the limit. */
  draw(limit: number): number;
  /** Default: eight, as the engine has it on two cores. */
  most?: number;
}

/**
 * What the engine does over a whole program, in the same order and with nothing else. It checks with the old inputs
 * and diffs with the old outputs. Creates come before the deletes of what they replace. What is left over is deleted
 * last and backwards. Partial failures are recorded, and each operation has one plugin process. It takes one resource
 * at a time, or several where `together` says so. Checks and diffs stay one after the other, as in the engine; what
 * follows from them goes on beside each other.
 */
export class FakeStack {
  /** What stands in the state; in the order of creation. */
  state: Recorded[] = [];
  #next: Promise<Plugin> | undefined;

  constructor(private options: StackOptions = {}) {}

  /** Another configuration of the stack, from the next operation on. */
  set config(config: Record<string, string>) {
    this.options = { ...this.options, config };
    if (!this.options.oneProcess) void this.close();
  }

  /** Other settings from the next operation on. */
  async use(options: StackOptions): Promise<void> {
    await this.close();
    this.options = { ...this.options, ...options };
  }

  /** The entry of a resource; throws where there is none. */
  find(name: string): Recorded {
    const found = this.state.find((entry) => entry.name === name && !entry.replaced);
    if (!found) throw new Error(`${name} is not in the state`);
    return found;
  }

  /** `pulumi up`. */
  apply(program: Declared[], choices: Choices = {}): Promise<Report> {
    return this.#operation((plugin, report) => {
      choices.during?.(plugin);
      return this.#run(plugin, report, program, choices, false);
    }, choices.killed);
  }

  /** `pulumi preview`: checks and diffs, and nothing else. */
  preview(program: Declared[]): Promise<Report> {
    return this.#operation((plugin, report) => this.#run(plugin, report, program, {}, true));
  }

  /** `pulumi refresh`, without the program. */
  refresh({ together }: Pick<Choices, "together"> = {}): Promise<Report> {
    return this.#operation((plugin, report) => this.#refresh(plugin, report, together));
  }

  /** `pulumi preview --refresh`: one process does both, and the steps of both are in the report. */
  refreshAndPreview(program: Declared[]): Promise<Report> {
    return this.#operation(async (plugin, report) => {
      await this.#refresh(plugin, report, undefined);
      await this.#run(plugin, report, program, {}, true);
    });
  }

  /** `pulumi destroy`. */
  destroy(choices: Choices = {}): Promise<Report> {
    return this.#operation((plugin, report) => {
      choices.during?.(plugin);
      return this.#delete(plugin, report, [...this.state], choices);
    });
  }

  /** Ends what stands ready for the next operation. */
  async close(): Promise<void> {
    const next = this.#next;
    this.#next = undefined;
    await (await next)?.stop();
  }

  #serving(plugin: Plugin, type: string): Vendor {
    return this.options.vendor?.(type) ?? plugin;
  }

  async #operation(run: (plugin: Plugin, report: Report) => Promise<void>, killed = false): Promise<Report> {
    const report: Report = { steps: [], errors: [], warnings: [], log: [], plan: [] };
    const { oneProcess } = this.options;
    const plugin = await (this.#next ?? Plugin.start(this.options));
    if (oneProcess) await plugin.renew(this.options.config);
    // Otherwise every operation has a process of its own; the next one starts while this one works.
    this.#next = oneProcess ? Promise.resolve(plugin) : Plugin.start(this.options);
    this.#next.catch(() => undefined);
    try {
      await run(plugin, report);
    } finally {
      report.warnings = plugin.warnings;
      report.log = plugin.log.map(({ severity, message }) => `${severity}: ${message}`);
      // What a process keeps on from one operation to the next must not hear of an end.
      if (!killed && this.options.forget === undefined) await plugin.cancel();
      if (oneProcess) endRuns(homeOf(this.options), killed);
      else await plugin.stop();
    }
    return report;
  }

  async #refresh(plugin: Plugin, report: Report, together: Together | undefined): Promise<void> {
    await beside([...this.state], together, async (entry) => {
      const { type, name } = entry;
      await attempt(report, name, async () => {
        const read = await this.#serving(plugin, type).read(
          type,
          entry.id,
          entry.outputs,
          entry.inputs,
          name,
        );
        if (read.id === "") {
          this.state = this.state.filter((other) => other !== entry);
          report.steps.push({ name, op: "gone" });
          return;
        }
        const before = entry.inputs;
        Object.assign(entry, {
          id: read.id,
          outputs: read.outputs,
          inputs: read.inputs ?? before,
          initErrors: [],
        });
        // The sides are swapped: what is there counts as old, what was declared as new.
        const { changes } = await this.#serving(plugin, type).diff(type, read.id, read.outputs, before, name);
        report.steps.push({ name, op: changes === true ? "drift" : "same" });
      });
    });
  }

  async #run(
    plugin: Plugin,
    report: Report,
    program: Declared[],
    choices: Choices,
    preview: boolean,
  ): Promise<void> {
    const outputs = new Map<string, Properties>();
    const operatedOn = new Set<Recorded>();
    const failed = new Set<string>();
    const together = preview ? undefined : choices.together;
    const waiting = [...program];
    // What the program has not heard of yet; whoever needs an output of it is not registered before.
    const unsettled = new Set(program.map(({ name }) => name));
    const running = new Set<Promise<void>>();
    let stopped = false;

    /** Check and diff; what is left to do then goes on beside the next ones. */
    const register = async (declared: Declared): Promise<(() => Promise<void>) | undefined> => {
      const { name, type } = declared;
      const old = this.#old(declared);
      if (old) operatedOn.add(old);
      const resolved = resolveInputs(declared, outputs, failed, preview);
      const { inputs: news, dependencies } = resolved;
      if (!preview && dependencies.some((dependency) => failed.has(dependency))) {
        failed.add(name);
        report.steps.push({ name, op: "skip" });
        return undefined;
      }
      if (preview) news.__refused = "";
      // As the constructors send it: a verification is told whether the program runs in an up.
      const label = `project/stack/${name}`;
      news.label ??= type === "DomainVerification" && !preview ? { label, up: true } : label;
      const checked = await attempt(report, name, () =>
        this.#serving(plugin, type).check(type, old?.inputs ?? {}, news, name),
      );
      for (const { property, reason } of checked?.failures ?? []) {
        report.errors.push({ name, property, message: reason });
      }
      if (!checked || checked.failures.length > 0) {
        failed.add(name);
        // Refused inputs end an update whatever was asked for; a preview goes on and shows the others.
        stopped = !preview;
        return undefined;
      }
      // The program says it at the resource's row, and the preview fails at its end.
      const refusal = checked.inputs.__refused;
      if (typeof refusal === "string" && refusal !== "") report.errors.push({ name, message: refusal });
      const planned: ToDo = { declared, old, news, inputs: checked.inputs, dependencies };
      const shown = (op: Step["op"]): Planned => ({
        name,
        type,
        op,
        ...(old ? { old: structuredClone(old) } : {}),
        inputs: planned.inputs,
        propertyDependencies: resolved.propertyDependencies,
      });
      const made = (entry: Recorded) => void operatedOn.add(entry);
      const refused = (error: unknown) => {
        record(report, name, error);
        failed.add(name);
        stopped ||= choices.continueOnError !== true;
      };
      try {
        const step = await this.#plan(plugin, planned);
        return () =>
          step(outputs, made, preview).then((done) => {
            report.steps.push(done);
            if (preview) report.plan.push(shown(done.op));
          }, refused);
      } catch (error) {
        refused(error);
        return undefined;
      }
    };

    for (;;) {
      const ready = waiting.filter((declared) => isReady(declared, unsettled));
      const most = together ? (together.most ?? 8) : 1;
      if (stopped || ready.length === 0 || running.size >= most) {
        if (running.size === 0) break;
        await Promise.race(running);
        continue;
      }
      const declared = ready[together?.draw(ready.length) ?? 0]!;
      waiting.splice(waiting.indexOf(declared), 1);
      const act = await register(declared);
      const under = (act?.() ?? Promise.resolve()).finally(() => {
        unsettled.delete(declared.name);
        running.delete(under);
      });
      running.add(under);
      if (together && together.draw(4) === 0) await Promise.race([...running, moment()]);
    }
    if (waiting.length > 0 && !stopped) throw new Error(`${waiting[0]!.name} waits for itself`);
    // Whatever happened to its step: a resource that the program declares is not left over.
    for (const old of waiting.map((declared) => this.#old(declared))) if (old) operatedOn.add(old);

    if (stopped) return;
    if (preview) {
      for (const entry of this.state.filter((each) => !operatedOn.has(each)).reverse()) {
        const { name, type } = entry;
        report.steps.push({ name, op: "delete" });
        report.plan.push({ name, type, op: "delete", old: structuredClone(entry) });
      }
      return;
    }
    const left = this.state.filter((entry) => entry.replaced || !operatedOn.has(entry));
    await this.#delete(plugin, report, left, choices);
  }

  /** The entry that a resource of the program goes on from. */
  #old({ name, type, aliases = [] }: Declared): Recorded | undefined {
    return this.state.find(
      (entry) => !entry.replaced && entry.type === type && [name, ...aliases].includes(entry.name),
    );
  }

  /** Diffs a resource; what comes of it brings it to what the program says, and throws where that fails. */
  async #plan(
    plugin: Plugin,
    planned: ToDo,
  ): Promise<
    (outputs: Map<string, Properties>, made: (entry: Recorded) => void, preview: boolean) => Promise<Step>
  > {
    const { declared, old, news, inputs } = planned;
    const { name, type } = declared;
    const diff = old && (await this.#serving(plugin, type).diff(type, old.id, old.outputs, inputs, name));
    const replaces = (diff?.replaces.length ?? 0) > 0;
    // Defaults of a replacement are computed anew: the engine checks once more, as if nothing were there.
    if (old && replaces)
      planned.inputs = (await this.#serving(plugin, type).check(type, {}, news, name)).inputs;
    return (...to) => this.#step(plugin, planned, diff, ...to);
  }

  async #step(
    plugin: Plugin,
    { declared, old, inputs, dependencies }: ToDo,
    diff: Awaited<ReturnType<Plugin["diff"]>> | undefined,
    outputs: Map<string, Properties>,
    made: (entry: Recorded) => void,
    preview: boolean,
  ): Promise<Step> {
    const { name, type } = declared;
    const replaces = (diff?.replaces.length ?? 0) > 0;

    if (!old || replaces) {
      const op = old ? "replace" : "create";
      if (preview) {
        outputs.set(name, inputs);
        return { name, op };
      }
      const entry = await this.#made(name, () => this.#serving(plugin, type).create(type, inputs, name));
      Object.assign(entry, {
        type,
        inputs,
        dependencies,
        retainOnDelete: declared.retainOnDelete ?? false,
      });
      if (old) old.replaced = true;
      this.state.push(entry);
      made(entry);
      outputs.set(name, { ...entry.outputs, id: entry.id });
      if (entry.initErrors.length > 0) throw new PartlyDone(entry.initErrors);
      return { name, op };
    }

    const changes = diff?.changes !== false || old.initErrors.length > 0;
    if (preview) {
      outputs.set(name, changes ? { ...inputs, id: old.id } : { ...old.outputs, id: old.id });
      return { name, op: changes ? "update" : "same" };
    }
    const under = { name, dependencies, retainOnDelete: declared.retainOnDelete ?? false };
    if (!changes) {
      Object.assign(old, { ...under, inputs });
      outputs.set(name, { ...old.outputs, id: old.id });
      return { name, op: "same" };
    }
    const entry = await this.#made(name, async () => ({
      id: old.id,
      ...(await this.#serving(plugin, type).update(type, old.id, old.outputs, inputs, name)),
    }));
    // After an update that failed the entry stays as it was, under its old name and with its old dependencies.
    Object.assign(old, { ...under, inputs, outputs: entry.outputs, initErrors: entry.initErrors });
    outputs.set(name, { ...entry.outputs, id: entry.id });
    if (entry.initErrors.length > 0) throw new PartlyDone(entry.initErrors);
    return { name, op: "update" };
  }

  /** What is to be recorded of a create or update: also where it succeeded only in part. */
  async #made(name: string, run: () => Promise<{ id: string; outputs: Properties }>): Promise<Recorded> {
    const entry = { name, type: "", inputs: {}, dependencies: [], replaced: false, retainOnDelete: false };
    try {
      return { ...entry, ...(await run()), initErrors: [] };
    } catch (error) {
      if (!(error instanceof OperationError) || !error.partial) throw error;
      const { id, properties, reasons } = error.partial;
      return { ...entry, id, outputs: properties, initErrors: reasons };
    }
  }

  /** Deletes what depends on others before them; what something that could not be deleted depends on stays. */
  async #delete(plugin: Plugin, report: Report, entries: Recorded[], choices: Choices): Promise<void> {
    const { together, continueOnError } = choices;
    const left = this.state.filter((entry) => entries.includes(entry));
    const kept = new Set<string>();
    const going = new Map<Recorded, Promise<void>>();
    let stopped = false;
    const keep = (entry: Recorded) => entry.dependencies.forEach((dependency) => kept.add(dependency));

    const drop = async (entry: Recorded) => {
      const { name, type } = entry;
      if (kept.has(name)) return keep(entry);
      const gone = await attempt(report, name, async () => {
        if (!entry.retainOnDelete)
          await this.#serving(plugin, type).delete(type, entry.id, entry.outputs, name);
        return true;
      });
      if (gone) {
        this.state = this.state.filter((other) => other !== entry);
        report.steps.push({ name, op: "delete" });
      } else {
        keep(entry);
        stopped ||= continueOnError !== true;
      }
    };

    while (left.length + going.size > 0) {
      const standing = [...left, ...going.keys()];
      const free = left.filter(
        (entry) => !standing.some((other) => other !== entry && other.dependencies.includes(entry.name)),
      );
      const most = together ? (together.most ?? 8) : 1;
      if (stopped || (free.length === 0 && going.size > 0) || going.size >= most) {
        if (going.size === 0) return;
        await Promise.race(going.values());
        continue;
      }
      // Of those on which nothing is left to depend, the youngest first.
      const entry = free[together ? together.draw(free.length) : free.length - 1] ?? left.at(-1)!;
      left.splice(left.indexOf(entry), 1);
      going.set(
        entry,
        drop(entry).finally(() => going.delete(entry)),
      );
    }
  }
}

interface ToDo {
  declared: Declared;
  old: Recorded | undefined;
  /** As the program gives them. */
  news: Properties;
  /** As check returns them. */
  inputs: Properties;
  dependencies: string[];
}

class PartlyDone extends Error {
  constructor(reasons: string[]) {
    super(reasons.join("\n"));
  }
}

class NotKnownYet extends Error {}

/** Whether everything that a resource needs of others is there, or will never be. */
function isReady(declared: Declared, unsettled: ReadonlySet<string>): boolean {
  if (declared.dependsOn?.some((name) => unsettled.has(name))) return false;
  let ready = true;
  const of: Of = (name) => {
    if (unsettled.has(name)) ready = false;
    return new Proxy({}, { get: () => unknown });
  };
  const look = (value: unknown): void => {
    if (typeof value === "function") {
      try {
        (value as (of: Of) => unknown)(of);
      } catch {
        // It may not be able to work with what stands here; whom it asks is all that counts.
      }
    } else if (typeof value === "object" && value !== null) Object.values(value).forEach(look);
  };
  look(declared.inputs);
  return ready;
}

/** Does something for each, several at a time where that is asked for. */
async function beside<T>(all: T[], together: Together | undefined, run: (one: T) => Promise<void>) {
  const left = [...all];
  const worker = async () => {
    while (left.length > 0) await run(left.splice(together?.draw(left.length) ?? 0, 1)[0]!);
  };
  await Promise.all(Array.from({ length: together ? (together.most ?? 8) : 1 }, worker));
}

function moment(): Promise<void> {
  return new Promise((done) => setTimeout(done, 2));
}

/** Puts outputs of others where functions stand for them, and notes whom the resource depends on by that. */
function resolveInputs(
  declared: Declared,
  outputs: Map<string, Properties>,
  failed: Set<string>,
  preview: boolean,
): { inputs: Properties; dependencies: string[]; propertyDependencies: Record<string, string[]> } {
  let dependencies = new Set<string>();
  const of: Of = (name) => {
    dependencies.add(name);
    // The dependants of what failed are skipped, or in a preview shown with what they do not know.
    if (failed.has(name)) throw new NotKnownYet();
    const known = outputs.get(name);
    if (!known)
      throw new Error(`${declared.name} uses ${name}, which the program does not declare before it`);
    return new Proxy(known, {
      get: (_, property) => {
        const value = typeof property === "string" ? known[property] : undefined;
        if (holdsUnknown(value) || (preview && value === undefined)) throw new NotKnownYet();
        return value;
      },
    });
  };
  const resolve = (value: unknown): unknown => {
    if (typeof value === "function") {
      try {
        return (value as (of: Of) => unknown)(of);
      } catch (error) {
        // A resource that failed has no outputs; its dependants are skipped, so what stands here is never seen.
        if (error instanceof NotKnownYet || [...dependencies].some((name) => !outputs.has(name)))
          return unknown;
        throw error;
      }
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
    }
    return value;
  };
  const inputs: Properties = {};
  const propertyDependencies: Record<string, string[]> = {};
  for (const [property, value] of Object.entries(declared.inputs)) {
    dependencies = new Set();
    inputs[property] = resolve(value);
    if (dependencies.size > 0) propertyDependencies[property] = [...dependencies];
  }
  const all = [...(declared.dependsOn ?? []), ...Object.values(propertyDependencies).flat()];
  return { inputs, dependencies: [...new Set(all)], propertyDependencies };
}

function holdsUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

async function attempt<T>(report: Report, name: string, run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    record(report, name, error);
    return undefined;
  }
}

function record(report: Report, name: string, error: unknown): void {
  if (!(error instanceof OperationError) && !(error instanceof PartlyDone)) throw error;
  report.errors.push({ name, message: error.message });
}
