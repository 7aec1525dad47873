import { type CommonInputs } from "./definition";
import { same, strip } from "./equality";
import { type Kind } from "./kind";
import { present, type Properties } from "./properties";
import { SECRETS } from "./secretInputs";
import { SINCE } from "./standing";
import { holdsUnknown } from "./unknown";

/** Steers an operation for every resource; never compared. */
const COMMON_DIRECTIVES = ["adopt", "allowMailLoss"];

/** What stands beside the declared inputs in the state, and goes with them. */
const HIDDEN = ["__defaults", SINCE, SECRETS];

/** Compares declared, recorded and observed values of a kind in their normal form, and composes what is recorded. */
export class Comparison<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
  }

  /** The declared inputs that differ. Inputs that steer an operation are never among them. */
  changed(before: Inputs, after: Inputs): Set<keyof Inputs & string> {
    const ignored = new Set<string>([
      ...COMMON_DIRECTIVES,
      ...(this.#kind.definition.inputs?.directives ?? []),
    ]);
    const keys = Object.keys(this.#kind.inputFields()).filter((key) => !ignored.has(key)) as (keyof Inputs &
      string)[];
    return new Set(keys.filter((key) => !this.equal(key, before[key], after[key])));
  }

  /** Inputs whose known old and known new value differ and which the API cannot change in place. An unknown never replaces. */
  replaced(before: Inputs, after: Inputs): (keyof Inputs & string)[] {
    return (this.#kind.definition.inputs?.replaceOn ?? []).filter(
      (key) =>
        !holdsUnknown(before[key]) && !holdsUnknown(after[key]) && !this.equal(key, before[key], after[key]),
    );
  }

  /** Whether two values of an input are the same in normal form. An unknown value equals nothing. */
  equal(key: keyof Inputs & string, a: unknown, b: unknown): boolean {
    if (holdsUnknown(a) || holdsUnknown(b)) return false;
    return same(this.#normalise(key, a), this.#normalise(key, b));
  }

  #normalise(key: keyof Inputs & string, value: unknown): unknown {
    if (value === undefined || value === null) return undefined;
    const normal = this.#kind.definition.inputs?.normalForms?.[key] as
      | ((value: unknown) => unknown)
      | undefined;
    return normal ? normal(value) : value;
  }

  /** The declared inputs in which an existing object differs; what the server does not tell cannot differ. */
  differing(remote: Remote, inputs: Inputs): (keyof Inputs & string)[] {
    const observed = this.#kind.definition.observed(remote, inputs);
    return (Object.keys(this.declaredIn(inputs as Properties)) as (keyof Inputs & string)[]).filter(
      (key) => key in observed && !this.equal(key, observed[key], inputs[key]),
    );
  }

  /** What is declared, in the program's spelling where the server says the same, in the server's where it says something else. */
  reconcile(remote: Remote, recorded: Properties): Properties {
    const observed = this.#kind.definition.observed(remote, recorded as Partial<Inputs>) as Properties;
    const inputs: Properties = {};
    for (const [key, value] of Object.entries(recorded)) {
      const there = observed[key];
      const kept = !(key in observed) || this.equal(key as keyof Inputs & string, there, value);
      if (kept) inputs[key] = value;
      else if (there !== undefined && there !== null) inputs[key] = there;
    }
    return inputs;
  }

  /** What is recorded of an object after a create or an update: outputs, and the declared inputs as the server shows them. */
  outs(remote: Remote, inputs: Inputs, recorded: Properties): Properties {
    return this.withOutputs(remote, this.reconcile(remote, inputs as Properties) as Inputs, recorded);
  }

  /** The outputs of an object beside the given inputs. */
  withOutputs(remote: Remote, inputs: Inputs, recorded: Properties): Properties {
    return strip({ ...this.#kind.definition.outputs(remote, inputs, recorded), ...inputs }) as Properties;
  }

  /** The declared inputs in what is recorded, with what belongs to them. */
  declaredIn(bag: Properties): Properties {
    const fields = this.#kind.inputFields();
    return Object.fromEntries(
      Object.entries(present(bag)).filter(([key]) => key in fields || HIDDEN.includes(key)),
    );
  }

  /** The outputs in what is recorded that are no inputs. */
  computedIn(bag: Properties): Properties {
    const fields = this.#kind.inputFields();
    return Object.fromEntries(
      Object.entries(present(bag)).filter(([key]) => !(key in fields) && !HIDDEN.includes(key)),
    );
  }
}
