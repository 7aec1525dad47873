import { aliasChoices } from "../aliasAdvice";
import { Comparison } from "../comparison";
import { type CommonInputs, type Context, isUnclear } from "../definition";
import { UserError } from "../failure";
import { type Kind } from "../kind";
import { LostObjects } from "../lost";
import { Observer } from "../observer";
import { bare, type Properties, withoutProvider } from "../properties";

/** Delete: hands over, refuses, or ends the object. */
export class Delete<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;
  readonly #lost: LostObjects<Inputs, Remote, Session>;
  readonly #observer: Observer<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
    this.#lost = new LostObjects(kind);
    this.#observer = new Observer(kind);
  }

  delete(id: string, props: Properties): Promise<void> {
    return this.#kind.operation(async () => {
      const definition = this.#kind.definition;
      const outputs = withoutProvider(props);
      this.#kind.learn(outputs);
      const context = await this.#kind.context(outputs as CommonInputs);
      const declared = definition.deletionGuard?.blockerWhileDeclared?.(context, id, outputs);
      if (declared !== undefined) throw new UserError(declared);
      if (await this.#isTransferred(context, id, outputs)) return;
      const lost = this.#lost.isLost(outputs);
      if (!lost) this.#assertNoPendingCreate(id, outputs);
      this.#assertNotUnderSkipped(id, outputs);
      const owner = definition.owner.of(outputs);
      if (!definition.delete) {
        // Nothing is done at the other side, but a wrong key must not empty a state.
        if (owner) await definition.owner.assert(context.session, owner);
        return;
      }
      const remote = await this.#observer.get(context.session, id, outputs);
      if (remote === undefined) {
        await this.#assertNotSucceeded(context, id, outputs);
        return;
      }
      if (lost) this.#assertNoPendingCreate(id, outputs);
      await definition.owner.assert(context.session, owner);
      const forced =
        this.#recordedWord(id, outputs) ||
        (definition.deletionGuard?.isForced?.(context.session, outputs, id) ?? false);
      if (!forced) {
        const reason = await definition.deletionGuard?.blocker(context, remote, outputs);
        if (reason !== undefined) throw new UserError(reason);
      }
      try {
        await definition.delete(context, id, outputs);
      } catch (error) {
        // It may be done all the same: an entry that stayed for what is gone would be "the same" to the next up that declares it.
        const left = isUnclear(error)
          ? await this.#observer.get(context.session, id, outputs).catch(() => remote)
          : remote;
        if (left !== undefined) throw error;
      }
    });
  }

  /**
   * A rename or a move in the program is a create and then a delete to the engine. The delete is a hand-over, without any
   * remote call for most kinds, only when another resource of the program holds this very object.
   */
  async #isTransferred(context: Context<Session>, id: string, outputs: Properties): Promise<boolean> {
    const { onTransfer, owner } = this.#kind.definition;
    const declared = this.#kind.runtime.ledger.boundTo(this.#kind.object(id)) as Properties | undefined;
    if (declared === undefined) return false;
    if (onTransfer) {
      await owner.assert(context.session, owner.of(outputs));
      const left = Object.entries(this.#comparison.declaredIn(outputs)).filter(
        ([key]) => declared[key] === undefined,
      );
      await onTransfer(context, id, Object.fromEntries(left));
    }
    await context.log(
      "info",
      `${this.#kind.definition.noun} ${id} is kept: another resource of this program holds it now.`,
    );
    return true;
  }

  /** What stands before the delete of others goes on to do so, where its object goes on under another id. */
  async #assertNotSucceeded(context: Context<Session>, id: string, outputs: Properties): Promise<void> {
    const { gone, deletionGuard } = this.#kind.definition;
    if (gone?.isSuccessorAdopted === true || context.isReplaced(id) || this.#recordedWord(id, outputs))
      return;
    if (deletionGuard?.isForced?.(context.session, outputs, id) === true) return;
    const successor = await this.#lost.successor(context.session, id, outputs);
    if (successor === undefined) return;
    throw new UserError(`${this.#lost.succeededText(id, outputs as Inputs, successor)} Nothing was deleted.`);
  }

  /** What is deleted because its replacement was made is told its old outputs alone. The change may have taken the word back. */
  #recordedWord(id: string, outputs: Properties): boolean {
    return outputs.forceDestroy === true && !this.#kind.runtime.ledger.isWordRevoked(this.#kind.object(id));
  }

  /** What is skipped keeps its old entry, and a state in which that depends on what is gone could not be read by any command. */
  #assertNotUnderSkipped(id: string, outputs: Properties): void {
    const skipped = this.#kind.runtime.ledger.skippedDependentOf(id);
    if (skipped === undefined) return;
    throw new UserError(
      `${this.#kind.nameOf(id, outputs as Inputs)} is kept: ${skipped} could not be updated in this run, because something that it depends on failed, and ` +
        `it still has this one. Correct the first error and run pulumi up again; that run deletes it.`,
    );
  }

  #assertNoPendingCreate(id: string, outputs: Properties): void {
    const key = this.#kind.key(outputs as Inputs);
    const isMeant = (wanted: string) => key !== undefined && bare(wanted) === bare(key);
    const successor = this.#kind.runtime.ledger.pendingCreateOf(isMeant);
    if (successor === undefined) return;
    throw new UserError(
      `${bare(key!)} (id ${id}) is kept: its successor ${successor} was not made in this run, and deleting it ` +
        `now would lose what the program still declares. Take it over under the new name with adopt: true; or, if it was renamed or moved in the ` +
        `program, give the resource the alias that leads to this entry:\n${aliasChoices(successor, (outputs as Properties).name)}`,
    );
  }
}
