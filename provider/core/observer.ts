import { Comparison } from "./comparison";
import { type CommonInputs } from "./definition";
import { UserError } from "./failure";
import { type Kind } from "./kind";
import { isLookUp, type Properties } from "./properties";

/** Gets the object behind an id. "Not there" and answers with another object are believed only with proof. */
export class Observer<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
  }

  /** The object behind an id; undefined once it is certain that it is not there. */
  async get(
    session: Session,
    id: string,
    outputs: Properties,
    get = this.#kind.definition.get,
  ): Promise<Remote | undefined> {
    const definition = this.#kind.definition;
    const remote = await get.call(definition, session, id, outputs);
    if (remote === undefined) await this.#assertGone(session, id, outputs);
    else if (!isLookUp(outputs)) this.#assertSameObject(remote, id, outputs);
    return remote;
  }

  /** "Not there" is believed only from the side that the state was made against: a wrong key must not empty a state. */
  async #assertGone(session: Session, id: string, outputs: Properties): Promise<void> {
    const definition = this.#kind.definition;
    const owner = definition.owner.of(outputs);
    if (owner) await definition.owner.assert(session, owner);
    else if (!isLookUp(outputs)) {
      throw new UserError(
        `${this.#kind.runtime.service.name} says that there is no ${this.#kind.nameOf(id, outputs as Inputs)}, but the state does not tell where it was made, so it cannot be told whether ` +
          `this is the right key. Nothing was changed. If it really is gone, take it out of the state: pulumi state delete URN.`,
      );
    }
    if (await definition.gone?.isListed?.(session, id)) {
      throw new UserError(
        `${this.#kind.runtime.service.name} says that there is no ${this.#kind.nameOf(id, outputs as Inputs)}, and lists it all the same. Nothing was changed; try again in a minute.`,
      );
    }
  }

  /** What an id names never becomes something else at Nylas: an answer with another object is a mistake, of whomever. */
  #assertSameObject(remote: Remote, id: string, outputs: Properties): void {
    const definition = this.#kind.definition;
    const observed = definition.observed(remote) as Inputs;
    const recorded = outputs as Inputs;
    const immutable = definition.replacement ? (definition.inputs?.replaceOn ?? []) : [];
    const same =
      definition.id(remote).toLowerCase() === id.toLowerCase() &&
      immutable.every(
        (key) => recorded[key] === undefined || this.#comparison.equal(key, observed[key], recorded[key]),
      );
    if (same) return;
    const { name: service, between } = this.#kind.runtime.service;
    throw new UserError(
      `Asked for ${this.#kind.nameOf(id, recorded)}, ${service} answered with ${definition.describe(remote)}. Nothing was changed; ` +
        `check what stands between here and ${service} (${between}), and try again.`,
    );
  }
}
