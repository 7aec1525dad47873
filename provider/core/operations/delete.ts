import { aliasChoices } from "../aliasAdvice";
import { Comparison } from "../comparison";
import { decideDeletion, decideSeenDeletion, type SeenDeletionFacts } from "../decide";
import { type CommonInputs, type Context, isUnclear } from "../definition";
import { UserError } from "../failure";
import { type Kind } from "../kind";
import { LostObjects } from "../lost";
import { Observer } from "../observer";
import { bare, type Properties, withoutProvider } from "../properties";

const NOTHING_KNOWN = {
  isForced: false,
  succeeded: undefined,
  withoutSuccessor: undefined,
  blocker: undefined,
};

/** Delete: observes, decides, and hands over, refuses, or ends the object. */
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
      const isLost = this.#lost.isLost(outputs);
      const decision = decideDeletion({
        declaredElsewhere: definition.deletionGuard?.blockerWhileDeclared?.(context, id, outputs),
        isTransferred: this.#declaredBy(id) !== undefined,
        isLost,
        withoutSuccessor: this.#withoutSuccessor(id, outputs),
        underSkipped: this.#underSkipped(id, outputs),
        isDeletable: definition.delete !== undefined,
      });
      switch (decision.act) {
        case "refuse":
          throw new UserError(decision.reason);
        case "transfer":
          return this.#transfer(context, id, outputs);
        case "letGo":
          return this.#assertOwnSide(context.session, outputs);
        case "look":
          return this.#look(context, id, outputs, isLost);
      }
    });
  }

  /** Nothing is done at the other side, but a wrong key must not empty a state. */
  async #assertOwnSide(session: Session, outputs: Properties): Promise<void> {
    const { owner } = this.#kind.definition;
    const recorded = owner.of(outputs);
    if (recorded) await owner.assert(session, recorded);
  }

  async #look(context: Context<Session>, id: string, outputs: Properties, isLost: boolean): Promise<void> {
    const remote = await this.#observer.get(context.session, id, outputs);
    const decision = decideSeenDeletion(
      remote === undefined
        ? await this.#factsOfGone(context, id, outputs)
        : await this.#factsOfStanding(context, id, { outputs, remote, isLost }),
    );
    if (decision.act === "refuse") throw new UserError(decision.reason);
    if (decision.act === "delete") {
      this.#assertOthersAreHeard(id, outputs);
      await this.#end(context, id, { outputs, remote: remote! });
    }
  }

  /** Another process of this run may hold the very object, under the name that it has in the program now. */
  #assertOthersAreHeard(id: string, outputs: Properties): void {
    if (this.#kind.runtime.ledger.isWhole) return;
    throw new UserError(
      `${this.#kind.nameOf(id, outputs as Inputs)} is kept: whether another process of this run holds it cannot be told, because no file can be written ` +
        `below PULUMI_HOME (default: ~/.pulumi) or in the folder for temporary files. Make room there, or set PULUMI_HOME to a folder that can be written.`,
    );
  }

  /** Looks for a successor only where that would stand against the delete. */
  async #factsOfGone(context: Context<Session>, id: string, outputs: Properties): Promise<SeenDeletionFacts> {
    const nothing = { ...NOTHING_KNOWN, isThere: false };
    if (this.#kind.definition.gone?.isSuccessorAdopted === true || context.isReplaced(id)) return nothing;
    if (this.#isForced(context.session, id, outputs)) return { ...nothing, isForced: true };
    return { ...nothing, succeeded: await this.#succeeded(context, id, outputs) };
  }

  /** Looks into the object only where its content would stand against the delete. */
  async #factsOfStanding(
    context: Context<Session>,
    id: string,
    { outputs, remote, isLost }: { outputs: Properties; remote: Remote; isLost: boolean },
  ): Promise<SeenDeletionFacts> {
    const { deletionGuard, owner } = this.#kind.definition;
    const there = { ...NOTHING_KNOWN, isThere: true };
    const withoutSuccessor = isLost ? this.#withoutSuccessor(id, outputs) : undefined;
    if (withoutSuccessor !== undefined) return { ...there, withoutSuccessor };
    await owner.assert(context.session, owner.of(outputs));
    if (this.#isForced(context.session, id, outputs)) return { ...there, isForced: true };
    return { ...there, blocker: await deletionGuard?.blocker(context, remote, outputs) };
  }

  /** Whether the user has asked for exactly this delete: recorded on the resource, or by name for this run. */
  #isForced(session: Session, id: string, outputs: Properties): boolean {
    return (
      this.#recordedWord(id, outputs) ||
      (this.#kind.definition.deletionGuard?.isForced?.(session, outputs, id) ?? false)
    );
  }

  async #end(
    context: Context<Session>,
    id: string,
    { outputs, remote }: { outputs: Properties; remote: Remote },
  ): Promise<void> {
    try {
      await this.#kind.definition.delete!(context, id, outputs);
    } catch (error) {
      // The delete may go on all the same. An entry that stayed for a missing object would be "the same" to the next
      // up that declares it.
      const left = isUnclear(error)
        ? await this.#observer.get(context.session, id, outputs).catch(() => remote)
        : remote;
      if (left !== undefined) throw error;
    }
  }

  /** What the resource of this program declares that has this very object. */
  #declaredBy(id: string): readonly string[] | undefined {
    return this.#kind.runtime.ledger.boundTo(this.#kind.object(id))?.declared;
  }

  /**
   * A rename or a move in the program is a create and then a delete to the engine. The delete is a hand-over, without any
   * remote call for most kinds, only when another resource of the program holds this very object.
   */
  async #transfer(context: Context<Session>, id: string, outputs: Properties): Promise<void> {
    const { onTransfer, owner } = this.#kind.definition;
    const declared = this.#declaredBy(id)!;
    if (onTransfer) {
      await owner.assert(context.session, owner.of(outputs));
      const left = Object.entries(this.#comparison.declaredIn(outputs)).filter(
        ([key]) => !declared.includes(key),
      );
      await onTransfer(context, id, Object.fromEntries(left));
    }
    await context.log(
      "info",
      `${this.#kind.definition.noun} ${id} is kept: another resource of this program holds it now.`,
    );
  }

  /** What stands before the delete of others goes on to do so, where its object goes on under another id. */
  async #succeeded(context: Context<Session>, id: string, outputs: Properties): Promise<string | undefined> {
    const successor = await this.#lost.successor(context.session, id, outputs);
    if (successor === undefined) return undefined;
    return `${this.#lost.succeededText(id, outputs as Inputs, successor)} Nothing was deleted.`;
  }

  /** What is deleted because its replacement was made is told its old outputs alone. The change may have taken the word back. */
  #recordedWord(id: string, outputs: Properties): boolean {
    return outputs.forceDestroy === true && !this.#kind.runtime.ledger.isWordRevoked(this.#kind.object(id));
  }

  /** What is skipped keeps its old entry, and a state in which that depends on what is gone could not be read by any command. */
  #underSkipped(id: string, outputs: Properties): string | undefined {
    const skipped = this.#kind.runtime.ledger.skippedDependentOf(id);
    if (skipped === undefined) return undefined;
    return (
      `${this.#kind.nameOf(id, outputs as Inputs)} is kept: ${skipped} could not be updated in this run, because something that it depends on failed, and ` +
      `it still has this one. Correct the first error and run pulumi up again; that run deletes it.`
    );
  }

  #withoutSuccessor(id: string, outputs: Properties): string | undefined {
    const key = this.#kind.key(outputs as Inputs);
    const successor = key === undefined ? undefined : this.#kind.runtime.ledger.pendingCreateOf(key);
    if (successor === undefined) return undefined;
    return (
      `${bare(key!)} (id ${id}) is kept: its successor ${successor} was not made in this run, and deleting it ` +
      `now would lose what the program still declares. Take it over under the new name with adopt: true; or, if it was renamed or moved in the ` +
      `program, give the resource the alias that leads to this entry:\n${aliasChoices(successor, (outputs as Properties).name)}`
    );
  }
}
