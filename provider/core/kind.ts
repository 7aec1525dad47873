import { shown } from "../shown";
import { commonFields } from "./commonFields";
import { type CommonInputs, type Context, type Definition } from "./definition";
import { PartialFailure, UserError } from "./failure";
import { type Fields } from "./fields";
import { type Runtime } from "./runtime";
import { type Holder } from "./runLedger";
import { bare, naturalKey, type Properties, withPlainUnknowns } from "./properties";
import { learnSecrets } from "./secretInputs";
import { holdsUnknown } from "./unknown";
import { loadZod } from "./zod";

/**
 * A kind of resource in one process: its definition, what the host shares, and how its resources and objects are named.
 */
export class Kind<Inputs extends CommonInputs, Remote, Session> {
  readonly #load: () => Definition<Inputs, Remote, Session>;
  #loaded: Definition<Inputs, Remote, Session> | undefined;
  #fields: Fields | undefined;
  readonly runtime: Runtime<Session>;
  readonly configured: Promise<(key: string) => string | undefined>;
  #configure!: (config: (key: string) => string | undefined) => void;
  /** Of every operation that has waited for it. */
  #config: ((key: string) => string | undefined) | undefined;

  /** `load` is called with the first operation: a program does not use every kind of resource. */
  constructor(load: () => Definition<Inputs, Remote, Session>, runtime: Runtime<Session>) {
    this.#load = load;
    this.runtime = runtime;
    // The engine's cache hands the provider out before configure has run: every operation waits for this promise.
    this.configured = new Promise((resolve) => (this.#configure = resolve));
  }

  /** Loaded with the first use. */
  get definition(): Definition<Inputs, Remote, Session> {
    return (this.#loaded ??= this.#load());
  }

  /** The engine hands over the configuration of the stack. */
  configure(request: { config: { get(key: string): string | undefined } }): Promise<void> {
    this.#config = (key) => request.config.get(key);
    this.#configure(this.#config);
    return Promise.resolve();
  }

  /** The inputs of this kind, with those that every kind has. */
  inputFields(): Fields {
    // Made with the first check: zod is slow to load, and so are its schemas to build.
    return (this.#fields ??= this.#makeFields());
  }

  #makeFields(): Fields {
    const z = loadZod();
    return { ...this.definition.fields(z), ...commonFields(z, this.runtime.service.settings) };
  }

  /** From here on, no message of this process shows what is secret in these. */
  learn(...sides: Properties[]): void {
    const fields = this.inputFields();
    const always = Object.keys(fields).filter((name) => fields[name]!.secret);
    learnSecrets(always, ...sides);
  }

  /** What an operation on a resource with these inputs is handed. */
  async context(inputs: CommonInputs): Promise<Context<Session>> {
    const config = await this.configured;
    const session = this.runtime.session(config, inputs.connection);
    return {
      session,
      label: this.labelOf(inputs as Inputs),
      isInState: (id) => this.runtime.ledger.isInState(this.object(id)),
      markCreated: (id) => this.runtime.ledger.markInState(this.object(id)),
      claimOf: (noun, each) =>
        this.runtime.ledger.claimOf(naturalKey(noun, each, this.#side(inputs.connection))),
      isDeclaredAs: (label) => this.runtime.ledger.declares(this.definition.noun, label),
      holderOf: (id) => {
        const holder = this.runtime.ledger.boundTo(this.object(id));
        return holder && (holder.label ?? "another resource of this program");
      },
      isReplaced: (id) => this.runtime.ledger.isReplaced(this.object(id)),
      log: (severity, message) => this.runtime.engine.log(severity, message),
    };
  }

  /** Errors leave as text for a person, once; partial failures as they are. */
  async operation<T>(run: () => Promise<T>): Promise<T> {
    this.runtime.running++;
    try {
      return await run();
    } catch (error) {
      if (error instanceof PartialFailure)
        error.reasons.forEach((reason, i, all) => (all[i] = shown(reason)));
      if (error instanceof UserError) {
        error.message = shown(error.message);
        throw error;
      }
      throw new UserError(shown(error instanceof Error ? error.message : String(error)), { cause: error });
    } finally {
      this.runtime.running--;
    }
  }

  /** A refresh diffs every entry of the state, and no check comes before it; only what check has seen is still in the program. */
  inProgram(recorded: Inputs): boolean {
    const key = this.key(recorded);
    return key !== undefined && this.runtime.ledger.isDeclared(key);
  }

  /** The natural key, as the memory of this process has it; undefined while it is not known. */
  key(inputs: Inputs): string | undefined {
    return this.#keyBy(inputs, this.#side(inputs.connection));
  }

  /** As the journal of creates has it: the same in every run, whichever connection a run comes to first. */
  journalKey(inputs: Inputs): string | undefined {
    return this.#keyBy(inputs, inputs.connection);
  }

  #keyBy(inputs: Inputs, connection: string | undefined): string | undefined {
    const key = this.definition.identity?.key?.(withPlainUnknowns(inputs));
    return key === undefined || holdsUnknown(key)
      ? undefined
      : naturalKey(this.definition.noun, key, connection);
  }

  #side(connection: string | undefined): string | undefined {
    if (!this.runtime.side || !this.#config || (connection !== undefined && typeof connection !== "string"))
      return connection;
    if (holdsUnknown(connection)) return connection;
    try {
      return this.runtime.side(this.runtime.session(this.#config, connection), this.definition.type);
    } catch {
      // Settings that cannot be used are said where they are.
      return connection;
    }
  }

  /** The resource that is declared so holds the object with this id. */
  bind(id: string, how: Holder["how"], declared: Inputs): void {
    const names = Object.entries(declared).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    this.runtime.ledger.bind(this.object(id), { how, label: this.labelOf(declared), declared: names });
  }

  /** Two connections can lead to one application, so which of them an object is reached by tells nothing. Ids are unique. */
  object(id: string): string {
    return `${this.definition.type} ${id.toLowerCase()}`;
  }

  /** `project/stack/name` of the resource that declares this natural key. */
  labelOf(inputs: Inputs): string | undefined {
    const key = this.key(inputs);
    return key === undefined ? undefined : this.runtime.ledger.label(key);
  }

  /** How the memory of this process names a resource of the program. */
  resource(inputs: Inputs, id?: string): string {
    return `${this.definition.noun} ${this.labelOf(inputs) ?? id}`;
  }

  /** `account bot@agents.example.com (id e19f…)` */
  nameOf(id: string, recorded: Inputs): string {
    const key = this.key(recorded);
    return `${key === undefined ? this.definition.noun : bare(key)} (id ${id})`;
  }
}
