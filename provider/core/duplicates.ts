import { type CommonInputs, type Context } from "./definition";
import { NotSettled } from "./failure";
import { type Kind } from "./kind";
import { LATER_NAMED } from "./search";

/** Finds objects that one create may have made twice. */
export class Duplicates<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  /** What may be a twin of something, as asked for by a refresh. */
  readonly #all = new Map<string, Promise<Map<string, Remote[]>>>();

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
  }

  /** A second create went well, after one whose answer was lost: where the first one has shown up by now, there are two. */
  async refuseTwin(context: Context<Session>, made: Remote): Promise<void> {
    const twins = this.#twins(made, await this.#alike(context, made), context);
    if (twins.length > 0) throw new NotSettled(made, this.#twinText(made, twins));
  }

  /** At a refresh: all objects of the kind are asked for once for all resources, and nothing fails for that. */
  async warnOfTwin(context: Context<Session>, remote: Remote, connection: unknown): Promise<void> {
    const { twins } = this.#kind.definition;
    if (!twins) return;
    const where = JSON.stringify([connection, twins.under?.(remote)]);
    const asked = this.#all.get(where) ?? this.#alike(context, remote);
    this.#all.set(where, asked);
    const alike = await asked;
    const strangers = () => this.#twins(remote, alike, context);
    // A replaced one that has still to be deleted is an entry of the state too, and may be named later than its successor.
    for (let waited = 0; strangers().length > 0 && waited < LATER_NAMED; waited += LATER_NAMED / 10)
      if (!(await this.#kind.host.pause(LATER_NAMED / 10))) break;
    const left = strangers();
    if (left.length > 0) await context.say("warning", this.#twinText(remote, left));
  }

  /**
   * All objects that may be one's twins, by their marks: each of a thousand is looked up among the others, and not held against them
   * all. None where they cannot be asked for.
   */
  async #alike({ session }: Context<Session>, remote: Remote): Promise<Map<string, Remote[]>> {
    const { twins } = this.#kind.definition;
    const alike = new Map<string, Remote[]>();
    if (!twins) return alike;
    for (const other of await twins.all(session, remote).catch((): Remote[] => [])) {
      const mark = twins.mark(other);
      const same = alike.get(mark);
      if (same) same.push(other);
      else alike.set(mark, [other]);
    }
    return alike;
  }

  /** What is the same as an object, and not in the state. */
  #twins(remote: Remote, alike: Map<string, Remote[]>, { recorded }: Context<Session>): Remote[] {
    const { id, twins } = this.#kind.definition;
    const same = twins ? alike.get(twins.mark(remote)) : undefined;
    return (same ?? []).filter((other) => id(other) !== id(remote) && !recorded(id(other)));
  }

  #twinText(remote: Remote, twins: Remote[]): string {
    const definition = this.#kind.definition;
    const names = twins.map((twin) => definition.describe(twin)).join(", ");
    return (
      `${definition.describe(remote)} is this resource's own, and ${names} stands beside it and is the same. Nylas does not tell whose ` +
      `that is: most likely a create of it was made twice, by a run that was killed or whose answer was lost. No entry of the state that this ` +
      `run has seen refers to it. If pulumi stack --show-ids does not show its id either, delete it at Nylas, or give it another name where somebody else uses it.`
    );
  }
}
