import { Comparison } from "../comparison";
import { decideUpdate } from "../decide";
import { type Change, type CommonInputs } from "../definition";
import { strip } from "../equality";
import { Gone, PartialFailure, UserError } from "../failure";
import { type Kind } from "../kind";
import { LOST, LostObjects } from "../lost";
import { Observer } from "../observer";
import { type Properties, withoutProvider } from "../properties";
import { Recorder } from "../recorder";
import { Refusals } from "../refusals";
import { WriteCheck } from "../writeCheck";

/** Update: refuses what diff has announced, writes, and looks whether the write is seen. */
export class Update<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;
  readonly #lost: LostObjects<Inputs, Remote, Session>;
  readonly #observer: Observer<Inputs, Remote, Session>;
  readonly #recorder: Recorder<Inputs, Remote, Session>;
  readonly #refusals: Refusals<Inputs, Remote, Session>;
  readonly #writes: WriteCheck<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
    this.#lost = new LostObjects(kind);
    this.#observer = new Observer(kind);
    this.#recorder = new Recorder(kind);
    this.#refusals = new Refusals(kind);
    this.#writes = new WriteCheck(kind);
  }

  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }> {
    return this.#kind.operation(async () => {
      const definition = this.#kind.definition;
      const before = withoutProvider(olds) as Inputs;
      const after = withoutProvider(news) as Inputs;
      this.#kind.runtime.ledger.updateArrived(this.#kind.resource(after, id));
      const changed = this.#comparison.changed(before, after);
      this.#kind.learn(before as Properties, after as Properties);
      await this.#assertMayBeMade(id, before, after);
      const context = await this.#kind.context(after);
      await definition.owner.assert(context.session, definition.owner.of(before as Properties));
      if (!definition.update || this.#onlyBookkeeping(changed, before as Properties, after)) {
        return {
          outs: strip({ ...this.#comparison.computedIn(before as Properties), ...after }) as Properties,
        };
      }
      const change: Change<Inputs> = { id, olds: before as Inputs & Properties, news: after, changed };
      const remote = await this.#recorder.recordPartial(news, before as Properties, () =>
        definition.update!(context, change)
          .catch(async (error: unknown) => {
            throw await this.#orLost(error, context.session, change, news.__provider);
          })
          .then((written) => this.#writes.seen(context, written, after, before)),
      );
      return { outs: this.#comparison.outs(remote, after, before as Properties) };
    });
  }

  /** Refuses what diff has announced, in the words of the preview. A lost object may have turned up again since it was looked for. */
  async #assertMayBeMade(id: string, before: Inputs, after: Inputs): Promise<void> {
    const isLost = this.#lost.isLost(before as Properties);
    const label = this.#kind.labelOf(after);
    const replaced = this.#comparison.replaced(before, after);
    const decision = decideUpdate({
      isLost,
      isStillGone: isLost ? await this.#isStillGone(id, before, after) : undefined,
      lostRefusal: isLost ? this.#lost.refusalToMakeAnew(after, before, id) : undefined,
      noted: label === undefined ? undefined : this.#kind.runtime.ledger.refusal(label),
      refusal: this.#refusals.refusal(before, after),
      replaced,
    });
    if (decision.act === "refuse") throw new UserError(decision.reason);
    if (decision.act === "refuseReplacing")
      throw new UserError(
        `${replaced.join(", ")} turned out to be different only during this run (it depended on something that was being ` +
          `changed), and cannot be changed in place. Nothing was changed here; run pulumi up again to see it in a preview first.`,
      );
  }

  async #isStillGone(id: string, before: Inputs, after: Inputs): Promise<boolean> {
    if (after.adopt === id) return true;
    const { session } = await this.#kind.context(after);
    return (await this.#observer.get(session, id, before as Properties)) === undefined;
  }

  /** forceDestroy is the state's own business: recording it is no remote change. */
  #onlyBookkeeping(changed: ReadonlySet<string>, before: Properties, after: Inputs): boolean {
    const unsettled = this.#kind.definition.settling?.needsUpdate(before, after) ?? false;
    return !unsettled && [...changed].every((key) => key === "forceDestroy");
  }

  /** An update that finds its object gone records that, as a refresh does; every other error stays what it is. */
  async #orLost(
    error: unknown,
    session: Session,
    { id, olds }: Change<Inputs>,
    provider: unknown,
  ): Promise<unknown> {
    if (!isGone(error)) return error;
    if (this.#kind.definition.gone?.loses === undefined)
      return this.#orGone(error as Error, session, id, olds);
    if ((await this.#observer.get(session, id, olds)) !== undefined) return error;
    return new PartialFailure(
      id,
      { ...(olds as Properties), status: LOST },
      provider,
      this.#lost.lostText(id, olds),
    );
  }

  /** A 404 may be of something else that the update names: only where the object itself is not there, a refresh helps. */
  async #orGone(error: Error, session: Session, id: string, olds: Inputs & Properties): Promise<Error> {
    const there = await this.#observer.get(session, id, olds).catch(() => true);
    if (there !== undefined || error instanceof UserError) return error;
    return new UserError(
      `${this.#kind.nameOf(id, olds)} is gone; run pulumi refresh, then pulumi up. ${error.message}`,
    );
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Gone || (error as { kind?: unknown } | undefined)?.kind === "notFound";
}
