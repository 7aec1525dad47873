import { Comparison } from "./comparison";
import { type CommonInputs } from "./definition";
import { NotSettled, PartialFailure } from "./failure";
import { type Kind } from "./kind";
import { type Properties, withoutProvider } from "./properties";

/** Records that a resource has its object, also where an operation succeeded only in part. */
export class Recorder<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
  }

  /** The provider's text has to stand in what a partial failure records; only here both are known. */
  async recordPartial<T>(inputs: Properties, recorded: Properties, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof NotSettled) {
        const declared = withoutProvider(inputs) as Inputs;
        const remote = error.remote as Remote;
        const id = this.#kind.definition.id(remote);
        this.holdMade(id, declared);
        throw new PartialFailure(
          id,
          { ...this.#comparison.outs(remote, declared, recorded), ...error.recorded },
          inputs.__provider,
          error.message,
        );
      }
      throw error;
    }
  }

  /** The resource has its object: an entry under its former name that has the same one is only let go. */
  holdMade(id: string, inputs: Inputs): void {
    const { ledger } = this.#kind.runtime;
    this.#kind.bind(id, "made", inputs);
    ledger.markInState(this.#kind.object(id));
    this.noteRecorded(id, inputs);
    const key = this.#kind.key(inputs);
    if (key !== undefined) ledger.createSucceeded(key);
  }

  /** The state holds the object; under its natural key, where it is not about to be replaced. */
  noteRecorded(id: string, recorded: Inputs | undefined): void {
    const key = recorded && this.#kind.journalKey(recorded);
    this.#kind.runtime.creates.recorded({ type: this.#kind.definition.type, id, key });
  }
}
