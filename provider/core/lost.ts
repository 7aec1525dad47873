import { type CommonInputs } from "./definition";
import { type Kind } from "./kind";
import { type Properties, text } from "./properties";

/**
 * Stands, with its id, among the recorded inputs of an entry whose object was found gone. Check is shown nothing of
 * the state but the old inputs. The outputs say it by their status.
 */
export const LOST_ID = "__lost";

export const LOST = "lost";

/** Beside it: the id of what has taken the place of the object. */
export const SUCCESSOR = "__successor";

/** Objects that were found gone and cannot be made anew: their entry stays in the state as lost. */
export class LostObjects<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
  }

  /** Whether the state records the object as lost. */
  isLost(outputs: Properties): boolean {
    const { gone } = this.#kind.definition;
    return (gone?.loses !== undefined || gone?.isSuccessorAdopted === true) && outputs.status === LOST;
  }

  /** What has happened to a lost object, and what to do. */
  lostText(id: string, recorded: Inputs): string {
    const { noun, gone } = this.#kind.definition;
    const successor = (recorded as Properties)[SUCCESSOR];
    if (typeof successor === "string") return this.succeededText(id, recorded, successor);
    return (
      `${this.#kind.nameOf(id, recorded)} was deleted outside Pulumi, ${gone?.loses} It stays in the state as lost, and nothing is made in its ` +
      `place until that is said: allowMailLoss: true on the ${noun} makes a new one, adopt: "ID" takes over one that was made elsewhere, and ` +
      `taking the ${noun} out of the program forgets it. Should it turn up again (the API may have been mistaken), pulumi refresh takes the mark away.`
    );
  }

  /** A lost object is not followed by an empty one in silence: only by the user's word, or by one that is there already. */
  refusalToMakeAnew(news: Inputs, olds: Inputs, lostId: string): string | undefined {
    if (news.adopt === lostId)
      return `adopt: ${text(lostId)} is the very ${this.#kind.definition.noun} that was deleted outside Pulumi; take the line away.`;
    return this.mayTakeItsPlace(news, lostId) ? undefined : this.lostText(lostId, olds);
  }

  /** Whether the program says that another object takes the place of a lost one. */
  mayTakeItsPlace(news: Inputs, lostId: string): boolean {
    return news.allowMailLoss === true || (typeof news.adopt === "string" && news.adopt !== lostId);
  }

  /** The id of another object that has taken the place of one that is gone. */
  async successor(session: Session, id: string, outputs: Properties): Promise<string | undefined> {
    const other = await this.#kind.definition.gone?.successor?.(session, id, outputs);
    return other === id ? undefined : other;
  }

  /** What happened to an object that another one has taken the place of, and the way on. */
  succeededText(id: string, recorded: Inputs, successor: string): string {
    const { noun, gone } = this.#kind.definition;
    const what = gone?.successorText?.(successor) ?? `another ${noun} has taken its place: ${successor}.`;
    return `${this.#kind.nameOf(id, recorded)}: ${what}`;
  }
}
