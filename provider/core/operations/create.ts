import { Comparison } from "../comparison";
import { decideFailedCreate } from "../decide";
import { type NotedCreate } from "../createJournal";
import { type CommonInputs, type Context, isAmbiguous, isConflict, isRefusal } from "../definition";
import { Duplicates } from "../duplicates";
import { NotSettled, UserError } from "../failure";
import { type Kind } from "../kind";
import { type Properties, withoutProvider } from "../properties";
import { Recorder } from "../recorder";
import { Search } from "../search";
import { TakeOver } from "../takeOver";
import { WriteCheck } from "../writeCheck";

/** Creates of one resource in a run, each but the last with an answer that was lost and nothing found afterwards. */
const TRIES = 3;

/** Create: looks first, then acts. */
export class Create<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;
  readonly #duplicates: Duplicates<Inputs, Remote, Session>;
  readonly #recorder: Recorder<Inputs, Remote, Session>;
  readonly #search: Search<Inputs, Remote, Session>;
  readonly #writes: WriteCheck<Inputs, Remote, Session>;
  readonly #takeOver: TakeOver<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
    this.#duplicates = new Duplicates(kind);
    this.#recorder = new Recorder(kind);
    this.#search = new Search(kind);
    this.#writes = new WriteCheck(kind);
    this.#takeOver = new TakeOver(kind);
  }

  create(inputs: Properties): Promise<{ id: string; outs: Properties }> {
    return this.#kind.operation(async () => {
      const declared = withoutProvider(inputs) as Inputs;
      this.#kind.runtime.ledger.updateArrived(this.#kind.resource(declared));
      this.#kind.learn(declared as Properties);
      this.#assertComplete(declared);
      const context = await this.#kind.context(declared);
      // Options such as pulumi up --replace make the engine replace what it has not compared.
      const refusal =
        context.label === undefined ? undefined : this.#kind.runtime.ledger.refusal(context.label);
      if (refusal !== undefined) throw new UserError(refusal);
      if (context.label !== undefined) this.#kind.runtime.ledger.markCreateStarted(context.label);
      const remote = await this.#recorder.recordPartial(inputs, {}, () => this.#make(context, declared));
      const id = this.#kind.definition.id(remote);
      this.#recorder.holdMade(id, declared);
      return { id, outs: this.#comparison.outs(remote, declared, {}) };
    });
  }

  /** Check lets pass what was unknown in an up, since the engine is to skip it. */
  #assertComplete(inputs: Inputs): void {
    const fields = Object.entries(this.#kind.inputFields());
    const missing = fields.find(
      ([name, { required }]) => required && (inputs as Properties)[name] === undefined,
    );
    if (!missing) return;
    throw new UserError(
      `${missing[0]} has no value in this run: the resource that it comes from has none. Nothing was made; run pulumi up again.`,
    );
  }

  async #make(context: Context<Session>, inputs: Inputs): Promise<Remote> {
    const definition = this.#kind.definition;
    await definition.owner.assert(context.session, this.#kind.runtime.ledger.owner(inputs.connection));
    if (typeof inputs.adopt === "string") return this.#takeOver.adoptById(context, inputs, inputs.adopt);

    let found = await this.#search.find(context, inputs);
    if (found !== undefined && (await this.#search.waitForKey(context, found, inputs)))
      found = await this.#search.find(context, inputs);
    if (found !== undefined) return this.#takeOver.takeOrRefuse(context, found, inputs);
    // A new resource may be the first that the engine names; which application the state is of is known from the next ones.
    await definition.owner.assert(context.session, this.#kind.runtime.ledger.owner(inputs.connection));
    const creation = {
      began: Date.now(),
      beganThere: definition.identity?.now?.(context.session),
      isOwn: (remote: unknown) => this.#takeOver.isOwn(context, remote as Remote, inputs),
    };
    const noted = await this.#takeOver.noteCreate(context, inputs);
    return this.#createOnce({ ...context, creation }, inputs, noted, TRIES);
  }

  /** Creates; after an answer that leaves it open whether the write happened, looks before any second write. */
  async #createOnce(
    context: Context<Session>,
    inputs: Inputs,
    noted: NotedCreate | undefined,
    tries: number,
  ): Promise<Remote> {
    const definition = this.#kind.definition;
    try {
      const answered = await definition.create(context, inputs);
      noted?.answered(definition.id(answered));
      const made = await this.#writes.seen(context, answered, inputs);
      if (tries < TRIES) await this.#duplicates.assertNoDuplicate(context, made);
      return made;
    } catch (error) {
      if (error instanceof NotSettled) noted?.answered(definition.id(error.remote as Remote));
      // Of an earlier try the answer was lost, and this one says nothing of it.
      else if (isRefusal(error) && tries === TRIES) noted?.failed();
      const kind = isConflict(error) ? "conflict" : isAmbiguous(error) ? "ambiguous" : "other";
      const isFindable = definition.identity?.find !== undefined;
      const found =
        kind === "conflict"
          ? await this.#search.find(context, inputs)
          : kind === "ambiguous" && isFindable
            ? await this.#search.findLater(context, inputs)
            : undefined;
      const differing = found === undefined ? [] : this.#comparison.differing(found, inputs);
      const decision = decideFailedCreate({
        error: kind,
        isFindable,
        isFound: found !== undefined,
        differing,
        isPartiallyCreated:
          found !== undefined && this.#takeOver.isPartiallyCreated(found, inputs, differing),
        // An interrupted run has not looked long enough for a second write.
        mayTryAgain: tries > 1 && (await this.#kind.runtime.sleepUnlessInterrupted(0)),
      });
      switch (decision) {
        case "takeOrRefuse": {
          const taken = await this.#takeOver.takeOrRefuse(context, found!, inputs, tries < TRIES);
          noted?.answered(definition.id(taken));
          return taken;
        }
        case "take":
        case "resume":
          noted?.answered(definition.id(found!));
          await context.log(
            "info",
            `${definition.describe(found!)}: the answer to its creation was lost, but it is there.`,
          );
          return decision === "take"
            ? found!
            : definition.partialCreation!.resumeCreate(context, found!, inputs);
        case "conflict":
          throw await this.#takeOver.conflict(context, found!, inputs, differing);
        case "again":
          return this.#createOnce(context, inputs, noted, tries - 1);
        case "fail":
          throw error;
      }
    }
  }
}
