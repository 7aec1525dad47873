import { shown } from "../../shown";
import { Comparison } from "../comparison";
import { decideChange } from "../decide";
import { type CommonInputs } from "../definition";
import { same } from "../equality";
import { UserError } from "../failure";
import { type Kind } from "../kind";
import { LOST_ID, LostObjects } from "../lost";
import { bare, present, type Properties } from "../properties";
import { Recorder } from "../recorder";
import { Refusals } from "../refusals";
import { secretsIn } from "../secretInputs";
import { lets, standsSince, type Word, wordsDiffer } from "../standing";
import { holdsUnknown } from "../unknown";

/** Diff: offline and symmetric. */
export class Diff<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;
  readonly #lost: LostObjects<Inputs, Remote, Session>;
  readonly #recorder: Recorder<Inputs, Remote, Session>;
  readonly #refusals: Refusals<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
    this.#lost = new LostObjects(kind);
    this.#recorder = new Recorder(kind);
    this.#refusals = new Refusals(kind);
  }

  async diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[]; changed: string[] }> {
    const definition = this.#kind.definition;
    await this.#kind.configured;
    const before = present(olds) as Inputs;
    const after = present(news) as Inputs;
    this.#kind.learn(before as Properties, after as Properties);
    const changed = this.#comparison.changed(before, after);
    const lost = this.#lost.isLost(before as Properties);
    const decision = decideChange({
      isLost: lost,
      mayTakeItsPlace: this.#lost.mayTakeItsPlace(after, id),
      refusal: lost ? undefined : this.#refusals.refusal(before, after),
      replaced: this.#comparison.replaced(before, after),
      firstImmutable: definition.inputs?.replaceOn?.[0],
      isChanged: changed.size > 0,
      isToBeRecorded: this.#isToBeRecorded(before as Properties, after as Properties),
    });
    const { replaces } = decision;
    this.#kind.runtime.ledger.markInState(this.#kind.object(id));
    if (definition.onRecorded && !lost)
      definition.onRecorded(
        this.#kind.runtime.session(await this.#kind.configured, before.connection),
        id,
        before as Properties,
      );
    if (this.#kind.inProgram(before)) this.#noteInProgram(id, before, after, replaces.length > 0);
    // What is refused stays what it is, and in the way of others.
    if (!decision.isRefused) this.#noteLeaving(id, before, after);
    this.#recorder.noteRecorded(id, replaces.length === 0 ? before : undefined);
    const owner = definition.owner.of(before as Properties);
    if (owner) this.#kind.runtime.ledger.recordOwner(before.connection, owner);
    const end = this.#kind.inProgram(before)
      ? definition.validation?.endsProgram?.(before as Properties, after)
      : undefined;
    if (end !== undefined) throw new UserError(shown(end));
    for (const warning of [
      ...(decision.isRefused ? [] : this.#warnings(id, before, after, changed, replaces)),
      ...(await this.#namedInVain(id, before, after)),
    ])
      await this.#kind.runtime.engine.log("warning", warning);
    const changes = decision.changes || (await this.#isUnsettled(id, present(olds), after));
    if (changes && this.#kind.inProgram(before))
      this.#kind.runtime.ledger.markPendingUpdate(this.#kind.resource(after, id), before);
    return { changes, replaces, changed: [...changed] };
  }

  /** Whether the state is to record something, although no input differs. */
  #isToBeRecorded(before: Properties, after: Properties): boolean {
    return (
      wordsDiffer(before, after) ||
      // What is a secret from now on is encrypted in the outputs by an update alone.
      !same(secretsIn(before), secretsIn(after)) ||
      // A refresh has found what was lost.
      after[LOST_ID] !== undefined
    );
  }

  /** Whether an update is needed for what is recorded alone. What waits for somebody else needs one in an up, which looks again. */
  async #isUnsettled(id: string, outputs: Properties, news: Inputs): Promise<boolean> {
    const { settling } = this.#kind.definition;
    if (settling?.needsUpdate(outputs, news) !== true) return false;
    const { ledger, engine } = this.#kind.runtime;
    const what = settling.waitsFor?.(outputs);
    if (what === undefined || (ledger.isUp && this.#kind.inProgram(outputs as Inputs))) return true;
    if (ledger.saysFirst(`${this.#kind.definition.type} ${id}`)) await engine.log("info", what);
    return false;
  }

  #warnings(
    id: string,
    olds: Inputs,
    news: Inputs,
    changed: ReadonlySet<string>,
    replaces: string[],
  ): string[] {
    const { validation, replacement, settling, noun } = this.#kind.definition;
    const key = this.#kind.key(olds);
    const stands = (word: Word) =>
      standsSince(word, key === undefined ? noun : bare(key), olds as Properties, news as Properties);
    // What an update found gone is not among the inputs, so no check knows of it. (What a refresh finds gone, its read says.)
    if (this.#lost.isLost(olds as Properties)) {
      if (replaces.length === 0) return this.#foundGoneByUpdate(olds) ? [this.#lost.lostText(id, olds)] : [];
      if (news.allowMailLoss !== true) return [];
      return [
        `${this.#kind.nameOf(id, olds)} is lost, and another ${noun} takes its place, without the mail. ${stands("allowMailLoss")}`,
      ];
    }
    return [
      ...(replacement && replaces.length > 0
        ? [`replacing ${this.#kind.nameOf(id, olds)} ${replacement.loses(olds)}. ${stands("forceDestroy")}`]
        : []),
      ...(changed.size > 0 || settling?.needsUpdate(olds as Properties, news)
        ? (validation?.warnings?.(olds, news, stands) ?? [])
        : []),
    ];
  }

  #foundGoneByUpdate(olds: Inputs): boolean {
    const label = this.#kind.labelOf(olds);
    return (
      this.#kind.inProgram(olds) &&
      (label === undefined || this.#kind.runtime.ledger.refusal(label) === undefined)
    );
  }

  /** A word that names what the program still declares would count in a later run, for which nobody has said it. */
  async #namedInVain(id: string, before: Inputs, after: Inputs): Promise<string[]> {
    const { deletionGuard } = this.#kind.definition;
    if (!deletionGuard?.namedInVain || !this.#kind.inProgram(before) || holdsUnknown(after.connection))
      return [];
    const session = this.#kind.runtime.session(await this.#kind.configured, after.connection);
    return [deletionGuard.namedInVain(session, before, id) ?? []].flat();
  }

  /** A destroy with the program checks what it is going to delete, and diffs nothing: only what is diffed goes on. */
  #noteInProgram(id: string, before: Inputs, after: Inputs, replaced: boolean): void {
    const { ledger } = this.#kind.runtime;
    const object = this.#kind.object(id);
    const key = this.#kind.key(after);
    if (before.forceDestroy === true && !lets("forceDestroy", before, after)) ledger.markWordRevoked(object);
    if (!replaced) this.#kind.bind(id, "recorded", after);
    if (key === undefined || key !== this.#kind.key(before)) return;
    ledger.recordClaim(key, { label: ledger.label(key) ?? bare(key), how: "recorded" });
    if (replaced) ledger.markReplaced(object);
  }

  /** By a replacement or by an update in place: what the object is found by is free for another resource of the program. */
  #noteLeaving(id: string, before: Inputs, after: Inputs): void {
    const { ledger } = this.#kind.runtime;
    const key = this.#kind.key(after);
    if (key === undefined || key === this.#kind.key(before) || !this.#kind.inProgram(before)) return;
    ledger.markReleasing(this.#kind.object(id), ledger.label(key) ?? bare(key));
  }
}
