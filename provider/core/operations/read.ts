import { Comparison } from "../comparison";
import { type CommonInputs, type Context } from "../definition";
import { Duplicates } from "../duplicates";
import { type Kind } from "../kind";
import { LOST, LOST_ID, LostObjects, SUCCESSOR } from "../lost";
import { Observer } from "../observer";
import { isLookUp, present, type Properties, withoutProvider } from "../properties";
import { Recorder } from "../recorder";

/** Read: for a refresh, for `.get`, and never a reason to forget what cannot be made anew. */
export class Read<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;
  readonly #duplicates: Duplicates<Inputs, Remote, Session>;
  readonly #lost: LostObjects<Inputs, Remote, Session>;
  readonly #observer: Observer<Inputs, Remote, Session>;
  readonly #recorder: Recorder<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
    this.#duplicates = new Duplicates(kind);
    this.#lost = new LostObjects(kind);
    this.#observer = new Observer(kind);
    this.#recorder = new Recorder(kind);
  }

  read(id: string, props: Properties): Promise<{ id: string; props: Properties; inputs: Properties }> {
    return this.#kind.operation(async () => {
      const definition = this.#kind.definition;
      const outputs = withoutProvider(props ?? {});
      this.#kind.learn(outputs);
      const context = await this.#kind.context(outputs as CommonInputs);
      this.#kind.runtime.ledger.markInState(this.#kind.object(id));
      const lookedUp = isLookUp(outputs);
      if (!lookedUp) this.#recorder.noteRecorded(id, outputs as Inputs);
      const key = lookedUp ? undefined : this.#kind.key(outputs as Inputs);
      if (key !== undefined) this.#kind.runtime.ledger.markRead(key);
      const remote = await this.#observer.get(context.session, id, outputs, definition.getBatched);
      const recorded = this.#comparison.declaredIn(outputs);
      if (remote === undefined) {
        const successor = lookedUp ? undefined : await this.#lost.successor(context.session, id, outputs);
        if (successor !== undefined) return this.#readSucceeded(context, id, { outputs, successor });
        const stays = lookedUp ? undefined : definition.gone?.staysReason?.(outputs);
        if (stays !== undefined) {
          await context.log("warning", `${this.#kind.nameOf(id, recorded as Inputs)}: ${stays}`);
          return { id, props: outputs, inputs: recorded };
        }
        if (lookedUp || definition.gone?.loses === undefined) return { id: "", props: {}, inputs: {} };
        await context.log("warning", this.#lost.lostText(id, recorded as Inputs));
        return { id, props: { ...outputs, status: LOST }, inputs: { ...recorded, [LOST_ID]: id } };
      }
      if (!lookedUp) await this.#duplicates.warnOfDuplicate(context, remote, outputs.connection);
      const inputs = lookedUp
        ? { ...recorded, ...present(definition.observed(remote) as Properties) }
        : this.#comparison.reconcile(remote, recorded);
      return {
        id: definition.id(remote),
        props: this.#comparison.withOutputs(remote, inputs as Inputs, outputs),
        inputs: { ...inputs },
      };
    });
  }

  /** What a refresh makes of an entry whose object has a successor. */
  async #readSucceeded(
    context: Context<Session>,
    id: string,
    { outputs, successor }: { outputs: Properties; successor: string },
  ): Promise<{ id: string; props: Properties; inputs: Properties }> {
    const recorded = this.#comparison.declaredIn(outputs);
    await context.log("warning", this.#lost.succeededText(id, recorded as Inputs, successor));
    if (this.#kind.definition.gone?.isSuccessorAdopted !== true)
      return { id, props: outputs, inputs: recorded };
    const props = { ...outputs, status: LOST, [SUCCESSOR]: successor };
    return { id, props, inputs: { ...recorded, [LOST_ID]: id, [SUCCESSOR]: successor } };
  }
}
