/**
 * A model of the engine over a whole stack, with the real program on one side and the real plugin process on the
 * other. It does what the engine does, in the same order, written down from its source (resource/deploy of 3.256).
 * Creates come first, then all deletes. A delete comes before the deletes of what it needs, by the needs of the OLD
 * state. An error cancels what comes later, unless the run goes on after errors: then only what a failed step needs
 * is kept. Steps are taken one after the other, so that a seed is repeatable. Where the engine would take several at
 * a time, their order is drawn.
 */
import { type Plugin } from "../../plugin/harness";
import { aliasesOf } from "./aliases";
import { dynamicProvider, PartialFailure } from "./provider";
import { type Answer, type Registration, runProgram } from "./run";
import {
  closureOfDependents,
  closureOfNeeds,
  type Entry,
  holdsUnknown,
  kindOf,
  nameOf,
  needsOf,
  opened,
  type Properties,
  UNKNOWN,
  urnOf,
  withoutUnknowns,
} from "./state";
import { CLOUDFLARE, type Provider, ROUTE53 } from "./vendors";

export interface RunOptions {
  preview?: boolean;
  continueOnError?: boolean;
  /** URNs, as --target and --exclude. */
  targets?: string[];
  excludes?: string[];
  /** As --target-dependents; a targeted destroy takes the dependants along. */
  targetDependents?: boolean;
}

/** What an operation did, in order, and what went wrong. */
export interface ModelReport {
  steps: { op: string; urn: string; old?: Entry; new?: Entry; replaces: string[] }[];
  errors: { urn: string; message: string }[];
}

export interface Surrounding {
  stack: string;
  plugin: Plugin;
  vendors: Record<string, Provider>;
  config: Record<string, string>;
  // oxlint-disable-next-line typescript/no-explicit-any -- modules of another checkout
  load: (name: string) => any;
  /** A whole number from 0 to below the limit. */
  draw: (limit: number) => number;
}

/** One operation of `pulumi` on one stack; the state is changed in place. */
export class Operation {
  readonly report: ModelReport = { steps: [], errors: [] };
  readonly #seen = new Set<Entry>();
  readonly #aliased = new Map<string, string>();
  readonly #failed = new Set<string>();
  readonly #skipped = new Set<string>();
  /** What is kept of the old state because a step that needs it failed. */
  readonly #kept = new Set<string>();
  #cancelled = false;
  #broken: Error | undefined;
  #giveUp!: () => void;
  readonly #stopped = new Promise<void>((done) => (this.#giveUp = done));
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly around: Surrounding,
    readonly state: Entry[],
    private readonly options: RunOptions,
  ) {}

  /** `pulumi up`, or its preview. */
  async up(program: () => void): Promise<ModelReport> {
    const { stack, load, config } = this.around;
    const errors = await runProgram({
      stack,
      preview: this.#preview,
      config,
      load,
      program,
      register: (registration) => this.#inTurn(() => this.#register(registration)),
      stopped: this.#stopped,
    });
    await this.#queue;
    if (this.#broken) throw this.#broken;
    for (const message of errors) this.#fail("", message);
    // A program that ends with an error is no statement of what is wanted: nothing is deleted for it.
    if (this.#cancelled || (errors.length > 0 && !this.#preview)) return this.report;
    const { targets, excludes } = this.options;
    const left = this.state.filter((entry) => entry.delete || !this.#seen.has(entry));
    const old = [...this.state];
    const chosen = targets
      ? closureOfDependents(targets, old)
      : new Set(left.map(({ urn }) => urn).filter((urn) => !this.#isExcluded(urn, excludes, old)));
    await this.#delete(left.filter(({ urn }) => chosen.has(urn)));
    return this.report;
  }

  /** `pulumi destroy`. */
  async destroy(): Promise<ModelReport> {
    const { targets, excludes } = this.options;
    const old = [...this.state];
    const chosen = targets
      ? old.filter(({ urn }) => closureOfDependents(targets, old).has(urn))
      : old.filter(({ urn }) => !this.#isExcluded(urn, excludes, old));
    await this.#delete(chosen);
    return this.report;
  }

  /** `pulumi refresh`, without the program. */
  async refresh(): Promise<ModelReport> {
    for (const entry of [...this.state]) {
      if (!entry.custom) continue;
      await this.#attempt(entry.urn, async () => {
        const read = await this.#provider(entry).read(entry.id!, entry.outputs, entry.inputs);
        if (!read) {
          this.state.splice(this.state.indexOf(entry), 1);
          this.report.steps.push({ op: "delete", urn: entry.urn, old: entry, replaces: [] });
          return;
        }
        Object.assign(entry, { id: read.id, outputs: read.outputs, inputs: read.inputs ?? entry.inputs });
        delete entry.initErrors;
      });
    }
    return this.report;
  }

  get #preview(): boolean {
    return this.options.preview === true;
  }

  #isExcluded(urn: string, excludes: string[] | undefined, entries: Entry[]): boolean {
    if (!excludes) return false;
    return excludes.includes(urn) || closureOfNeeds(excludes, entries).has(urn);
  }

  /**
   * One after the other; after the engine has given up, nothing is answered any more. An error here is the model's own: without an end, the
   * program would wait for its answer for ever.
   */
  #inTurn<T>(run: () => Promise<T | undefined>): Promise<T> {
    return new Promise<T>((done) => {
      this.#queue = this.#queue.then(async () => {
        if (this.#cancelled) return;
        try {
          const answer = await run();
          if (answer !== undefined) done(answer);
        } catch (error) {
          this.#broken = error as Error;
          this.#cancel();
        }
      });
    });
  }

  #fail(urn: string, message: string): void {
    this.report.errors.push({ urn, message });
  }

  #cancel(): undefined {
    this.#cancelled = true;
    this.#giveUp();
    return undefined;
  }

  async #attempt(urn: string, run: () => Promise<void>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      this.#fail(urn, (error as Error).message);
      return false;
    }
  }

  #provider(of: { urn: string; type: string }): Provider {
    const kind = kindOf(of.type);
    if (kind !== undefined) return dynamicProvider(this.around.plugin, kind, of.urn);
    const vendor = this.around.vendors[of.type];
    if (!vendor) throw new Error(`no provider for ${of.type}`);
    return vendor;
  }

  #old(registration: Registration, urn: string): Entry | undefined {
    const live = this.state.filter((entry) => !entry.delete && !this.#seen.has(entry));
    const found = live.find((entry) => entry.urn === urn);
    if (found) return found;
    const aliases = aliasesOf(registration, this.around.stack, this.#aliased);
    const byAlias = live.find((entry) => entry.type === registration.type && aliases.includes(entry.urn));
    if (byAlias) this.#aliased.set(urn, byAlias.urn);
    return byAlias;
  }

  async #register(given: Registration): Promise<Answer | undefined> {
    const { stack } = this.around;
    const urn = urnOf(stack, given.parent, given.type, given.name);
    const old = this.#old(given, urn);
    if (old) this.#seen.add(old);
    const entry: Entry = {
      urn,
      type: given.type,
      custom: given.custom,
      // Outside of a preview the engine hands no provider a value that is not known: it leaves it out.
      inputs: this.#preview ? given.inputs : (withoutUnknowns(given.inputs) as Properties),
      outputs: {},
      dependencies: given.dependencies,
      propertyDependencies: given.propertyDependencies,
      ...(given.parent === undefined ? {} : { parent: given.parent }),
      ...(given.protect ? { protect: true } : {}),
      ...(given.retainOnDelete ? { retainOnDelete: true } : {}),
      ...(given.deletedWith === undefined ? {} : { deletedWith: given.deletedWith }),
    };
    if (!given.custom) {
      if (this.#preview) return { urn, id: undefined, outputs: given.inputs };
      if (old) this.state.splice(this.state.indexOf(old), 1, entry);
      else this.state.push(entry);
      this.#seen.add(entry);
      if (old && old.urn !== urn) this.#rewrite(old.urn, urn);
      return { urn, id: undefined, outputs: given.inputs };
    }
    if (!this.#isChosen(entry)) return this.#leaveOut(entry, old);
    return this.#custom(given, entry, old);
  }

  #isChosen({ urn, dependencies }: Entry): boolean {
    const { targets, excludes } = this.options;
    if (excludes) return !excludes.includes(urn);
    if (!targets) return true;
    return (
      targets.includes(urn) ||
      (this.options.targetDependents === true && dependencies.some((need) => targets.includes(need)))
    );
  }

  /** Neither looked at nor changed; where it is not there yet, the program does not learn anything of it. */
  #leaveOut(entry: Entry, old: Entry | undefined): Answer {
    if (old) return { urn: old.urn, id: old.id, outputs: old.outputs };
    this.#skipped.add(entry.urn);
    return { urn: entry.urn, id: undefined, outputs: entry.inputs, failed: true };
  }

  async #custom(given: Registration, entry: Entry, old: Entry | undefined): Promise<Answer | undefined> {
    const { urn } = entry;
    const provider = this.#provider(entry);
    const nothing: Answer = { urn, id: undefined, outputs: {}, failed: true };
    if (
      given.importId !== undefined &&
      old?.id !== given.importId.split("/").at(-1) &&
      old?.id !== given.importId
    )
      return this.#import(provider, given.importId, entry, old);

    for (const name of given.ignoreChanges)
      if (old && name in old.inputs) entry.inputs = { ...entry.inputs, [name]: old.inputs[name] };
    const checked = await provider
      .check(old?.inputs ?? {}, entry.inputs)
      .catch((error: Error) => ({ inputs: {}, failures: [error.message] }));
    if (checked.failures.length > 0) {
      for (const message of checked.failures) this.#fail(urn, message);
      // Refused inputs end an update whatever was asked for; a preview goes on and shows the others.
      if (!this.#preview) return this.#cancel();
      this.#failed.add(urn);
      return { ...nothing, outputs: blurred(entry.inputs) };
    }
    if (!this.#preview && entry.dependencies.some((need) => this.#failed.has(need))) {
      this.#failed.add(urn);
      this.#keepNeedsOf(old);
      return nothing;
    }
    entry.inputs = checked.inputs;
    try {
      return await this.#bring(provider, given, entry, old);
    } catch (error) {
      if (error instanceof PartialFailure) {
        this.#record(entry, old, { id: error.id, outputs: error.outputs, initErrors: error.reasons });
      }
      this.#fail(urn, (error as Error).message);
      this.#failed.add(urn);
      this.#keepNeedsOf(old);
      return this.options.continueOnError || this.#preview ? nothing : this.#cancel();
    }
  }

  async #bring(
    provider: Provider,
    given: Registration,
    entry: Entry,
    old: Entry | undefined,
  ): Promise<Answer> {
    const { urn } = entry;
    const diff = old && (await provider.diff(old.id!, old.outputs, entry.inputs));
    const replaces = diff?.replaces ?? [];
    if (!old || replaces.length > 0) {
      // Defaults of a replacement are computed anew.
      if (old) entry.inputs = (await provider.check({}, entry.inputs)).inputs;
      this.#step(old ? "replace" : "create", entry, old, replaces);
      if (this.#preview) return { urn, id: undefined, outputs: entry.inputs };
      if (old?.protect) throw new Error(`unable to replace resource "${urn}": it is protected`);
      const made = await provider.create(entry.inputs);
      if (old) old.delete = true;
      this.#record(entry, undefined, made);
      return { urn, id: made.id, outputs: made.outputs };
    }
    if (diff?.changes || (old.initErrors?.length ?? 0) > 0) {
      this.#step("update", entry, old, []);
      if (this.#preview) return { urn, id: old.id, outputs: entry.inputs };
      const outputs = await provider.update(old.id!, old.outputs, entry.inputs);
      this.#record(entry, old, { id: old.id!, outputs });
      return { urn, id: old.id, outputs };
    }
    this.#step("same", { ...entry, id: old.id!, outputs: old.outputs }, old, []);
    if (!this.#preview) this.#record(entry, old, { id: old.id!, outputs: old.outputs });
    return { urn, id: old.id, outputs: old.outputs };
  }

  /** The `import` option: reads what stands; it has to be what the program says. */
  async #import(
    provider: Provider,
    id: string,
    entry: Entry,
    old: Entry | undefined,
  ): Promise<Answer | undefined> {
    const { urn } = entry;
    try {
      const read = await provider.read(id, {}, {});
      if (!read) throw new Error(`resource '${id}' does not exist`);
      const { inputs } = await provider.check({}, entry.inputs);
      entry.inputs = inputs;
      const same = holdsUnknown(inputs) ? undefined : await provider.diff(read.id, read.outputs, inputs);
      if (same?.changes && !entry.inputs.allowed && entry.type === CLOUDFLARE)
        throw new Error(`inputs to import do not match the existing resource`);
      this.#step("import", { ...entry, id: read.id, outputs: read.outputs }, old, []);
      if (this.#preview) return { urn, id: read.id, outputs: { ...read.outputs, ...blurred({}) } };
      if (old) old.delete = true;
      this.#record(entry, undefined, entry.type === ROUTE53 ? { id: read.id, outputs: read.outputs } : read);
      return { urn, id: read.id, outputs: read.outputs };
    } catch (error) {
      this.#fail(urn, (error as Error).message);
      this.#failed.add(urn);
      const nothing = { urn, id: undefined, outputs: {}, failed: true };
      return this.options.continueOnError || this.#preview ? nothing : this.#cancel();
    }
  }

  #step(op: string, entry: Entry, old: Entry | undefined, replaces: string[]): void {
    const plain = (each: Entry): Entry => ({ ...each, inputs: opened(each.inputs) as Properties });
    this.report.steps.push({
      op,
      urn: entry.urn,
      new: plain(entry),
      ...(old ? { old: structuredClone(old) } : {}),
      replaces,
    });
  }

  #record(
    entry: Entry,
    old: Entry | undefined,
    made: { id: string; outputs: Properties; initErrors?: string[] },
  ): void {
    Object.assign(entry, { ...made, inputs: opened(entry.inputs) });
    if (old) this.state.splice(this.state.indexOf(old), 1, entry);
    else this.state.push(entry);
    this.#seen.add(entry);
    if (old && old.urn !== entry.urn) this.#rewrite(old.urn, entry.urn);
  }

  /** What the state said of an old name, it says of the new one. */
  #rewrite(from: string, to: string): void {
    const change = (urn: string) => (urn === from ? to : urn);
    for (const entry of this.state) {
      entry.dependencies = entry.dependencies.map(change);
      if (entry.parent === from) entry.parent = to;
      for (const [key, urns] of Object.entries(entry.propertyDependencies))
        entry.propertyDependencies[key] = urns.map(change);
    }
  }

  #keepNeedsOf(old: Entry | undefined): void {
    if (!old) return;
    this.#kept.add(old.urn);
    for (const need of closureOfNeeds([old.urn], this.state)) this.#kept.add(need);
  }

  /** In layers: nothing of a layer needs anything of the same; those on which nothing depends come first. */
  async #delete(doomed: Entry[]): Promise<void> {
    const left = new Set(doomed);
    const going = new Set(doomed.map(({ urn }) => urn));
    const layers: Entry[][] = [];
    while (left.size > 0) {
      const urns = new Set([...left].map(({ urn }) => urn));
      const free = [...left].filter(
        (entry) => !needsOf(entry).some((need) => need !== entry.urn && urns.has(need)),
      );
      const layer = free.length > 0 ? free : [...left];
      layers.unshift(layer);
      for (const entry of layer) left.delete(entry);
    }
    for (const layer of layers) {
      if (this.#cancelled) return;
      for (const entry of this.#shuffled(layer)) await this.#drop(entry, going);
    }
  }

  #shuffled<T>(all: T[]): T[] {
    const left = [...all];
    return all.map(() => left.splice(this.around.draw(left.length), 1)[0]!);
  }

  async #drop(entry: Entry, going: Set<string>): Promise<void> {
    const { urn } = entry;
    if (this.#kept.has(urn)) return;
    if (entry.custom) this.report.steps.push({ op: "delete", urn, old: entry, replaces: [] });
    const done = await this.#attempt(urn, async () => {
      if (entry.protect && !entry.delete)
        throw new Error(`resource "${urn}" cannot be deleted because it is protected`);
      const withOther = entry.deletedWith !== undefined && going.has(entry.deletedWith);
      if (this.#preview || !entry.custom || entry.retainOnDelete || withOther) return;
      await this.#provider(entry).delete(entry.id!, entry.outputs);
    });
    if (done && !this.#preview) this.state.splice(this.state.indexOf(entry), 1);
    if (done) return;
    for (const need of closureOfNeeds([urn], this.state)) this.#kept.add(need);
    if (!this.options.continueOnError) this.#cancelled = true;
  }
}

/** What a preview says of a resource that failed: nothing is known. */
function blurred(inputs: Properties): Properties {
  return Object.fromEntries(Object.keys(inputs).map((key) => [key, UNKNOWN]));
}

export { nameOf };
