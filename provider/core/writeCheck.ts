import { Comparison } from "./comparison";
import { type CommonInputs, type Context } from "./definition";
import { NotSettled } from "./failure";
import { type Kind } from "./kind";
import { text } from "./properties";
import { whereWritten } from "./written";

/** Seconds between the looks at a write that does not show yet: reads may lag up to a minute behind. */
const UNTIL_SEEN = [1, 2, 4, 8, 15, 30];

/** A write is believed when it is seen. */
export class WriteCheck<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
  }

  /**
   * A write counts only once it is seen. The API answers 200 to fields that it ignores, and reads may show the old
   * value for a while. Looks again while what was written shows otherwise, and then fails with what was wanted and
   * what is there. Without `olds` all of it was written.
   */
  async seen(context: Context<Session>, written: Remote, inputs: Inputs, olds?: Inputs): Promise<Remote> {
    const definition = this.#kind.definition;
    const changed = olds && this.#comparison.changed(olds, inputs);
    // What the provider works out for itself is not written to Nylas.
    const own = new Set<string>(Object.keys(definition.inputs?.computed?.(inputs, olds) ?? {}));
    const unseen = (remote: Remote) => {
      const observed = definition.observed(remote, inputs);
      const written = this.#comparison.differing(remote, inputs).filter((key) => !own.has(key));
      return written.filter(
        (key) =>
          changed === undefined ||
          (changed.has(key) &&
            !this.#comparison.equal(key, whereWritten(olds?.[key], inputs[key], observed[key]), inputs[key])),
      );
    };
    const id = definition.id(written);
    let now = written;
    for (const seconds of UNTIL_SEEN) {
      if (unseen(now).length === 0) return now;
      if (!(await this.#kind.runtime.sleepUnlessInterrupted(seconds * 1000))) break;
      // A look that fails is none: the object is there, and the state has to have it.
      const again = await definition
        .get(context.session, id, this.#comparison.outs(written, inputs, {}))
        .catch(() => undefined);
      // A secret is told once, in the answer to the write.
      if (again !== undefined) now = hasSecret(written) ? { ...again, secret: written.secret } : again;
    }
    const differing = unseen(now);
    if (differing.length === 0) return now;
    const observed = definition.observed(now, inputs);
    const shown = differing.map((key) => `${key}: wanted ${text(inputs[key])}, seen ${text(observed[key])}`);
    const request = this.#kind.runtime.requestOf?.(context.session, id);
    const { name: service } = this.#kind.runtime.service;
    throw new NotSettled(
      now,
      `${definition.describe(now)}: ${service} took the write${request === undefined ? "" : ` (request id ${request})`}, and does not show it. ` +
        `${shown.join("; ")}. Run pulumi up again, which writes it once more. ` +
        `If it stays so, this application does not take ${differing.length === 1 ? "that field" : "these fields"}: ask the support of ${service}.`,
    );
  }
}

function hasSecret<Remote>(remote: Remote): remote is Remote & { secret: unknown } {
  return typeof remote === "object" && remote !== null && "secret" in remote && remote.secret !== undefined;
}
