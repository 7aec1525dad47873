import { Comparison } from "./comparison";
import { type CommonInputs, type Context } from "./definition";
import { type Kind } from "./kind";
import { TakeOver } from "./takeOver";

/** Seconds between the looks for what a lost answer may have made. */
const LOOKS_AGAIN = [1, 2, 4, 8];

/** Milliseconds that a resource which the engine names later is waited for. */
export const LATER_NAMED = 5_000;

/** Looks for the object that has the natural key of a resource, before and after a create. */
export class Search<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;
  readonly #takeOver: TakeOver<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
    this.#takeOver = new TakeOver(kind);
  }

  /** The object with the natural key of a resource. Objects whose resource gives the key up in this run are passed over. */
  async find({ session }: Context<Session>, inputs: Inputs): Promise<Remote | undefined> {
    const isReleasing = (id: string) =>
      this.#kind.runtime.ledger.releasedBy(this.#kind.object(id)) !== undefined;
    return this.#kind.definition.identity?.find?.(session, inputs, isReleasing);
  }

  /** What a lost answer may have made: lists lag, and what was given up at one end goes on at the other. */
  async findLater(context: Context<Session>, inputs: Inputs): Promise<Remote | undefined> {
    let found = await this.find(context, inputs);
    for (const seconds of LOOKS_AGAIN) {
      if (found !== undefined || !(await this.#kind.runtime.sleepUnlessInterrupted(seconds * 1000)))
        return found;
      found = await this.find(context, inputs);
    }
    return found;
  }

  /**
   * Whether what stands in the way has got out of it. Deletes come last, and renames in any order: what another resource of this
   * program gives up in this very run, this one can have. The engine names resources one after the other, so one that is named
   * later is waited for, for a moment.
   */
  async waitForKey(context: Context<Session>, found: Remote, inputs: Inputs): Promise<boolean> {
    const definition = this.#kind.definition;
    const { ledger, sleepUnlessInterrupted } = this.#kind.runtime;
    const object = this.#kind.object(definition.id(found));
    const mayTake = async () =>
      inputs.adopt === true ||
      (this.#comparison.differing(found, inputs).length === 0 &&
        (await this.#takeOver.isOwn(context, found, inputs)));
    const left = () => ledger.releasedBy(object) !== undefined;
    // What is protected is named as if it were replaced, and then is not: only the create of its successor tells.
    const mayRelease = () => left() && ledger.hasCreateStarted(ledger.releasedBy(object)!);
    const known = () =>
      (ledger.boundTo(object) !== undefined || left()) && (!left() || !definition.releaseKey || mayRelease());
    if (!known() && (await mayTake())) return false;
    for (let waited = 0; !known() && waited < LATER_NAMED; waited += LATER_NAMED / 10)
      if (!(await sleepUnlessInterrupted(LATER_NAMED / 10))) return false;
    if (ledger.releasedBy(object) === undefined || inputs.adopt === true) return false;
    // Where two may have it for a moment, it is passed over from now on.
    const still = await this.find(context, inputs);
    if (still === undefined || definition.id(still) !== definition.id(found)) return true;
    if (!definition.releaseKey || !mayRelease()) return false;
    const reason = await definition.releaseKey(context, found);
    if (reason === undefined) return true;
    throw await this.#takeOver.conflict(
      context,
      found,
      inputs,
      this.#comparison.differing(found, inputs),
      reason,
    );
  }
}
