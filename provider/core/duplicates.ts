import { type CommonInputs, type Context } from "./definition";
import { NotSettled } from "./failure";
import { type Kind } from "./kind";
import { LATER_NAMED } from "./search";

/** Finds objects that one create may have made twice. */
export class Duplicates<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  /** What may be a duplicate of something, as asked for by a refresh. */
  readonly #all = new Map<string, Promise<Map<string, Remote[]>>>();

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
  }

  /** A second create went well, after one whose answer was lost: where the first one has shown up by now, there are two. */
  async assertNoDuplicate(context: Context<Session>, made: Remote): Promise<void> {
    const duplicates = this.#duplicatesOf(made, await this.#byDuplicateKey(context, made), context);
    if (duplicates.length > 0) throw new NotSettled(made, this.#duplicateText(made, duplicates));
  }

  /** At a refresh: all objects of the kind are asked for once for all resources, and nothing fails for that. */
  async warnOfDuplicate(context: Context<Session>, remote: Remote, connection: unknown): Promise<void> {
    const { duplicates } = this.#kind.definition;
    if (!duplicates) return;
    const where = JSON.stringify([connection, duplicates.under?.(remote)]);
    const asked = this.#all.get(where) ?? this.#byDuplicateKey(context, remote);
    this.#all.set(where, asked);
    const alike = await asked;
    const strangers = () => this.#duplicatesOf(remote, alike, context);
    // A replaced one that has still to be deleted is an entry of the state too, and may be named later than its successor.
    for (let waited = 0; strangers().length > 0 && waited < LATER_NAMED; waited += LATER_NAMED / 10)
      if (!(await this.#kind.runtime.sleepUnlessInterrupted(LATER_NAMED / 10))) break;
    const left = strangers();
    if (left.length > 0) await context.log("warning", this.#duplicateText(remote, left));
  }

  /**
   * All objects that may be duplicates of one, by their marks. Each of a thousand is looked up by its mark, and not
   * compared with all others. None where they cannot be asked for.
   */
  async #byDuplicateKey({ session }: Context<Session>, remote: Remote): Promise<Map<string, Remote[]>> {
    const { duplicates } = this.#kind.definition;
    const alike = new Map<string, Remote[]>();
    if (!duplicates) return alike;
    for (const other of await duplicates.all(session, remote).catch((): Remote[] => [])) {
      const mark = duplicates.duplicateKey(other);
      const same = alike.get(mark);
      if (same) same.push(other);
      else alike.set(mark, [other]);
    }
    return alike;
  }

  /** What is the same as an object, and not in the state. */
  #duplicatesOf(remote: Remote, alike: Map<string, Remote[]>, { isInState }: Context<Session>): Remote[] {
    const { id, duplicates } = this.#kind.definition;
    const same = duplicates ? alike.get(duplicates.duplicateKey(remote)) : undefined;
    return (same ?? []).filter((other) => id(other) !== id(remote) && !isInState(id(other)));
  }

  #duplicateText(remote: Remote, duplicates: Remote[]): string {
    const definition = this.#kind.definition;
    const { name: service } = this.#kind.runtime.service;
    const names = duplicates.map((duplicate) => definition.describe(duplicate)).join(", ");
    return (
      `${definition.describe(remote)} is this resource's own, and ${names} stands beside it and is the same. ${service} does not tell whose ` +
      `that is: most likely a create of it was made twice, by a run that was killed or whose answer was lost. No entry of the state that this ` +
      `run has seen refers to it. If pulumi stack --show-ids does not show its id either, delete it at ${service}, or give it another name where somebody else uses it.`
    );
  }
}
