import { type CommonInputs, type Definition } from "../../core/definition";
import { PartialFailure, UserError } from "../../core/failure";
import { type Failure } from "../../core/fields";
import { freeLabel, type LabelWithMore } from "../../core/label";
import { LifeCycle } from "../../core/lifeCycle";
import { type Properties, present } from "../../core/properties";
import { type Runtime } from "../../core/runtime";
import { UNKNOWN } from "../../core/unknown";
import { type Difference, differencesOf } from "./detailedDiff";
import { PartialOutcome } from "./partialOutcome";
import { type Named } from "./urn";
import { type Received, toldSecrets } from "./values";

/** What the host knows of a kind beside its definition, from the kind's property table. */
export interface PluginKind<Session> {
  load(): Definition<CommonInputs, unknown, Session>;
  /** The outputs that are no inputs. */
  outputs: readonly string[];
  /** What is a secret in every program. */
  secretInputs: readonly string[];
  secretOutputs: readonly string[];
  required: readonly string[];
  /** The input that carries the engine's time limit. */
  timeoutInput?: string | undefined;
  /** The input by which an import finds an object, beside its id. */
  importInput?: string | undefined;
  /** It is neither looked up nor imported. */
  isGuard: boolean;
  /** Completes "… cannot be imported: …". */
  notImported?: string | undefined;
  /** The setting whose key sees the objects, and its variable. */
  seenBy: { setting: string; variable: string };
  /** The setting that protects what this kind makes, and the variable that lifts it for one run; undefined where nothing does. */
  protectedBy?: ((session: Session) => { source: string; variable: string } | undefined) | undefined;
  /** Completes the inputs of a program, before they are checked. */
  complete?(inputs: Properties): Properties;
}

/** Stands where a dynamic resource has the provider's text. It never leaves this process. */
const NO_TEXT = { __provider: "native" };

/** What is recorded of a resource that declares nothing: an engine that has no inputs of one takes it for new. */
const NOTHING_DECLARED: Properties = { __defaults: {} };

/** The operations of one kind, on plain properties: a thin layer between the engine's requests and the life cycle. */
export class PluginResource<Session> {
  readonly facts: PluginKind<Session>;
  readonly #lifeCycle: LifeCycle<CommonInputs, unknown, Session>;
  /** The URN of the resource that has a label. */
  readonly #labels = new Map<string, string>();

  constructor(facts: PluginKind<Session>, runtime: Runtime<Session>) {
    this.facts = facts;
    this.#lifeCycle = new LifeCycle(() => facts.load(), runtime);
  }

  configure(config: (key: string) => string | undefined): Promise<void> {
    return this.#lifeCycle.configure({ config: { get: config } });
  }

  /**
   * `goesOn` after errors: the engine leaves out what depends on a failed resource, skips whatever needs it, and tells neither. Undefined where
   * it cannot be told whether it does.
   */
  async check(
    resource: Named,
    olds: Received,
    news: Received,
    goesOn: boolean | undefined,
  ): Promise<{ inputs: Properties; failures: Failure[] }> {
    const { secretInputs, required, complete } = this.facts;
    const given = complete ? complete(news.values) : news.values;
    const unknown = goesOn === true ? required.filter((name) => given[name] === undefined) : [];
    const secret = toldSecrets(news, secretInputs);
    const label: LabelWithMore = {
      label: this.#labelOf(resource),
      // A request does not tell a preview from an up: what waits for somebody else is looked at again in each.
      up: true,
      ...(unknown.length > 0 ? { unknown } : {}),
      ...(goesOn !== false && unknown.length === 0
        ? { failedBefore: goesOn ? ("unseen" as const) : ("untold" as const) }
        : {}),
      ...(secret.length > 0 ? { secret } : {}),
    };
    const { inputs, failures } = await this.#lifeCycle.check(olds.values, { ...withoutText(given), label });
    return { inputs: Object.keys(inputs).length > 0 ? inputs : NOTHING_DECLARED, failures };
  }

  #labelOf({ urn, label, parent }: Named): string {
    const free = freeLabel(label, parent, (label) => (this.#labels.get(label) ?? urn) !== urn);
    this.#labels.set(free, urn);
    return free;
  }

  async diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[]; differences: Difference[] }> {
    const before = withoutText(olds);
    const { changes, replaces, changed } = await this.#lifeCycle.diff(id, before, news);
    if (replaces.length > 0 && this.#lifeCycle.kind.inProgram(before as CommonInputs))
      await this.#assertUnprotected(id, before, "replaced");
    // Nothing is to come for it, so nothing can have been skipped.
    if (!changes)
      this.#lifeCycle.kind.runtime.ledger.updateArrived(
        this.#lifeCycle.kind.resource(news as CommonInputs, id),
      );
    const differences = changed.flatMap((name) => differencesOf(name, before[name], news[name]));
    return { changes, replaces, differences };
  }

  async create(
    inputs: Properties,
    timeout: number,
    isPreview: boolean,
  ): Promise<{ id: string; outputs: Properties }> {
    if (isPreview) {
      this.#assertComplete(inputs);
      const outputs = Object.fromEntries(this.facts.outputs.map((name) => [name, UNKNOWN]));
      return { id: "", outputs: { ...outputs, ...inputs } };
    }
    const { id, outs } = await this.#clean(inputs, () =>
      this.#lifeCycle.create({ ...this.#withTimeout(inputs, timeout), ...NO_TEXT }),
    );
    return { id, outputs: this.#withoutTimeout(outs, inputs) };
  }

  /** An import knows an id, or what the object is found by. Undefined where there is no such object. */
  async read(
    id: string,
    outputs: Properties,
    inputs: Properties,
  ): Promise<{ id: string; outputs: Properties; inputs: Properties } | undefined> {
    const recorded = withoutText(outputs);
    const isImport = Object.keys(recorded).length === 0;
    const given = typeof inputs.connection === "string" ? { connection: inputs.connection } : {};
    const asked = isImport ? await this.#importedId(id, given) : id;
    const found = await this.#lifeCycle.read(asked, isImport ? given : recorded);
    if (found.id === "") return undefined;
    return { id: found.id, outputs: withoutText(found.props), inputs: withoutText(found.inputs) };
  }

  /** The id of the object that an import names by its id or its address. A look-up comes here as well: the engine does not tell them apart. */
  #importedId(id: string, given: CommonInputs): Promise<string> {
    const { definition } = this.#lifeCycle.kind;
    const { type, identity } = definition;
    const { importInput, notImported } = this.facts;
    return this.#lifeCycle.kind.operation(async () => {
      if (notImported !== undefined) throw new UserError(`${type} cannot be imported: ${notImported}`);
      const { session } = await this.#lifeCycle.kind.context(given);
      const byAddress = importInput !== undefined && identity?.find !== undefined;
      const there = definition.get(session, id, {});
      const remote =
        (await (byAddress ? there.catch(() => undefined) : there)) ??
        (byAddress ? await identity.find!(session, { ...given, [importInput]: id }, () => false) : undefined);
      if (remote === undefined) throw new UserError(this.#notThere(id));
      const reason =
        identity?.cannotManageReason?.(remote) ?? (await identity?.cannotImportReason?.(session, remote));
      if (reason !== undefined)
        throw new UserError(`${definition.describe(remote)} ${reason} Nothing was imported.`);
      return definition.id(remote);
    });
  }

  #notThere(id: string): string {
    const { importInput, seenBy } = this.facts;
    const { noun } = this.#lifeCycle.kind.definition;
    return (
      `${noun} ${JSON.stringify(id)} does not exist, as far as the key of this provider sees. Nothing was imported. ` +
      `Check the id${importInput === undefined ? "" : " or the address"}. What another application or organization holds is seen by its own key alone: ` +
      `${seenBy.variable} for the default provider, ${seenBy.setting} for an explicit one. npx pulumi-nylas import names what a key sees.`
    );
  }

  async update(
    id: string,
    olds: Properties,
    news: Properties,
    timeout: number,
    isPreview: boolean,
  ): Promise<Properties> {
    const before = withoutText(olds);
    if (isPreview) {
      const refusal = this.refusal(news);
      if (refusal !== undefined) throw new UserError(refusal);
      return { ...this.#lifeCycle.comparison.computedIn(before), ...news };
    }
    const { outs } = await this.#clean(news, () =>
      this.#lifeCycle.update(id, before, { ...this.#withTimeout(news, timeout), ...NO_TEXT }),
    );
    return this.#withoutTimeout(outs, news);
  }

  /** Why the update of the resource with these inputs will be refused. */
  refusal(news: Properties): string | undefined {
    const label = this.#lifeCycle.kind.labelOf(news as CommonInputs);
    return label === undefined ? undefined : this.#lifeCycle.kind.runtime.ledger.refusal(label);
  }

  async delete(id: string, outputs: Properties): Promise<void> {
    const recorded = withoutText(outputs);
    await this.#assertUnprotected(id, recorded, "deleted");
    return this.#lifeCycle.delete(id, recorded);
  }

  /** A plugin cannot set the engine's own `protect`, as the classes for Node do: it refuses what that would refuse. */
  async #assertUnprotected(id: string, recorded: Properties, what: "deleted" | "replaced"): Promise<void> {
    const { protectedBy } = this.facts;
    if (!protectedBy) return;
    await this.#lifeCycle.kind.operation(async () => {
      const { session } = await this.#lifeCycle.kind.context(recorded as CommonInputs);
      const by = protectedBy(session);
      if (by === undefined) return;
      throw new UserError(
        `${this.#lifeCycle.kind.nameOf(id, recorded as CommonInputs)} is protected by ${by.source}, so it is not ${what}. Nothing was changed. ` +
          `To let it go, run pulumi with ${by.variable}=false in the environment.`,
      );
    });
  }

  /** In a preview, what is missing is missing in the program. */
  #assertComplete(inputs: Properties): void {
    const missing = this.facts.required.find((name) => inputs[name] === undefined);
    if (missing !== undefined)
      throw new UserError(`${missing} is missing, and every resource of this kind has it.`);
  }

  /** The engine gives the limit with the request; what a program has recorded of one is for the other host. */
  #withTimeout(inputs: Properties, timeout: number): Properties {
    const { timeoutInput } = this.facts;
    return timeoutInput !== undefined && timeout > 0 ? { ...inputs, [timeoutInput]: timeout } : inputs;
  }

  #withoutTimeout(outputs: Properties, inputs: Properties): Properties {
    const { timeoutInput } = this.facts;
    const rest = withoutText(outputs);
    if (timeoutInput !== undefined && inputs[timeoutInput] === undefined) delete rest[timeoutInput];
    return rest;
  }

  /** A partial failure is recorded too, with nothing in it that is this process's alone. */
  async #clean<T>(inputs: Properties, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof PartialFailure) {
        const { id, properties, message } = error;
        throw new PartialOutcome(id, this.#withoutTimeout(properties, inputs), message);
      }
      throw error;
    }
  }
}

function withoutText(properties: Properties): Properties {
  const { __provider: _provider, ...rest } = present(properties);
  return rest;
}
