import type * as dynamic from "@pulumi/pulumi/dynamic";
import { aliasChoices } from "../../core/aliasAdvice";
import { type CreateJournal, type Creation, type NotedCreate } from "../../core/createJournal";
import {
  type Change,
  type CommonInputs,
  type Context,
  type Definition,
  isAmbiguous,
  isConflict,
  isRefusal,
  isUnclear,
} from "../../core/definition";
import { same, strip } from "../../core/equality";
import { type Engine } from "../../core/engine";
import { Gone, NotSettled, PartialFailure, UserError } from "../../core/failure";
import { type Failure, type Fields, REFUSED, show, type Zod, validate } from "../../core/fields";
import { type LabelWithMore } from "../../core/label";
import { type Memory } from "../../core/memory";
import { daysOf, lets, SINCE, standsSince, type Word, wordsDiffer } from "../../core/standing";
import { learnSecrets, SECRETS, secretNames, secretsIn } from "../../core/secretInputs";
import { holdsTokens, shown } from "../../shown";
import { holdsUnknown, UNKNOWN } from "../../core/unknown";
import { whereWritten } from "../../core/written";
import { loadZod } from "../../core/zod";

/** What a process shares among all its resources. */
export interface Host<Session> {
  memory: Memory;
  /** The creates under way in this process and those that killed runs have left. */
  creates: CreateJournal;
  engine: Engine;
  /** Opens (or finds) the session of a named set of credentials; throws for settings that are wrong. No network. */
  session(config: (key: string) => string | undefined, connection: string | undefined): Session;
  /**
   * The first connection of this process that leads to where objects of this type live by this session. Two connections can lead to one
   * application, and what the program declares there is then declared once.
   */
  side?(session: Session, type: string): string | undefined;
  /** The id that the other side gave to the last write of an object, for its support; undefined where none is known. */
  requestOf?(session: Session, id: string): string | undefined;
  /** Operations under way: a process whose engine is gone ends when there are none left. */
  running: number;
  /** The day, as `2026-10-03`. */
  today(): string;
  /** Waits for what others do; false where the run was interrupted, and nothing is to be waited for any more. */
  pause(milliseconds: number): Promise<boolean>;
}

type Bag = Record<string, unknown>;

/** Milliseconds that a resource which the engine names later is waited for. */
const LATER_NAMED = 5_000;

/** Creates of one resource in a run, each but the last with an answer that was lost and nothing found afterwards. */
const TRIES = 3;

/** Seconds between the looks for what a lost answer may have made. */
const LOOKS_AGAIN = [1, 2, 4, 8];

/** Seconds between the looks at a write that does not show yet: reads may lag up to a minute behind. */
const UNTIL_SEEN = [1, 2, 4, 8, 15, 30];

/** Steers an operation for every resource; never compared. */
const COMMON_DIRECTIVES = ["adopt", "allowMailLoss"];

/** What stands beside the declared inputs in the state, and goes with them. */
const HIDDEN = ["__defaults", SINCE, SECRETS];

/**
 * Stands among the recorded inputs of an entry whose object was found gone, with its id, because old inputs are all that check
 * is shown of the state. The outputs say it by their status.
 */
const LOST_ID = "__lost";
const LOST = "lost";
/** Beside it: the id of what has taken the place of the object. */
const SUCCESSOR = "__successor";

/**
 * Makes the operations of Pulumi's dynamic provider out of a resource's description. Everything the engine can do to a
 * resource goes through here, so every rule about what may be lost stands here once.
 */
export class DynamicProvider<Inputs extends CommonInputs, Remote, Session>
  implements dynamic.ResourceProvider
{
  readonly #load: () => Definition<Inputs, Remote, Session>;
  #loaded: Definition<Inputs, Remote, Session> | undefined;
  readonly #host: Host<Session>;
  readonly #configured: Promise<(key: string) => string | undefined>;
  #configure!: (config: (key: string) => string | undefined) => void;
  /** Of every operation that has waited for it. */
  #config: ((key: string) => string | undefined) | undefined;
  /** What may be a twin of something, as asked for by a refresh. */
  readonly #all = new Map<string, Promise<Map<string, Remote[]>>>();

  /** `load` is called with the first operation: a program does not use every kind of resource. */
  constructor(load: () => Definition<Inputs, Remote, Session>, host: Host<Session>) {
    this.#load = load;
    this.#host = host;
    // The engine's cache hands the provider out before configure has run: every operation waits for this promise.
    this.#configured = new Promise((resolve) => (this.#configure = resolve));
  }

  get #definition(): Definition<Inputs, Remote, Session> {
    return (this.#loaded ??= this.#load());
  }

  configure(request: { config: { get(key: string): string | undefined } }): Promise<void> {
    this.#config = (key) => request.config.get(key);
    this.#configure(this.#config);
    return Promise.resolve();
  }

  // ---------------------------------------------------------------- check: offline, serial, also in a preview

  async check(olds: Bag, news: Bag): Promise<{ inputs: Bag; failures: Failure[] }> {
    const definition = this.#definition;
    await this.#configured;
    this.#host.memory.markProgramRuns();
    const { __provider: _provider, __defaults: _defaults, [SINCE]: _since, label: told, ...sent } = news;
    const { [REFUSED]: asked, ...given } = sent;
    const isPreview = asked !== undefined;
    const inputs = present(given);
    // What the engine dropped as unknown in an up: the program has it, and the engine skips the resource for what it depends on.
    const more: Partial<LabelWithMore> = isLabelWithMore(told) ? told : {};
    const label = isLabelWithMore(told) ? told.label : told;
    if (more.up === true) this.#host.memory.markUp();
    const { unknown = [], secret = [] } = more;
    const failedBefore = more.failedBefore ?? unknown.length > 0;
    this.#learn({ ...inputs, [SECRETS]: secret }, olds ?? {});
    for (const name of unknown) inputs[name] = UNKNOWN;
    // One that declares nothing is recorded with the provider's text alone.
    const before = Object.keys(present(olds ?? {})).length > 0 ? present(olds) : undefined;

    if (before && failedBefore && typeof label === "string")
      this.#host.memory.expect(`${definition.noun} ${label}`, before);
    const failures = validate(this.#inputFields(), inputs);
    if (definition.namedByDefault) {
      if (inputs.name === undefined && before?.name === undefined)
        failures.push(...this.#judgeDefaultName(label));
      inputs.name ??= before?.name ?? label;
    }
    const defaulted = this.#applyDefaults(inputs, before);
    let refusal: string | undefined;
    if (failures.length === 0) {
      const declared = inputs as Inputs;
      const recorded = before as Inputs | undefined;
      const recordedKey = recorded && this.#key(recorded);
      if (recordedKey !== undefined) this.#host.memory.keep(recordedKey);
      const lostId = before?.[LOST_ID];
      if (typeof lostId === "string") {
        // What takes the place of a lost one is held to nothing that the lost one was.
        if (definition.rules) failures.push(...definition.rules(declared, undefined, failedBefore));
        refusal = this.#refusalToMakeAnew(declared, recorded!, lostId);
        failures.push(...this.#declare(declared, undefined, label));
      } else {
        if (definition.rules) failures.push(...definition.rules(declared, recorded, failedBefore));
        refusal = recorded && this.#refusal(recorded, declared);
        failures.push(...this.#declare(declared, recorded, label));
        if (!recorded) await this.#warnOfEntry(declared, label);
      }
      // A replacement is checked once more, as if nothing were there: what was found stays.
      if (before && typeof label === "string") this.#host.memory.refuse(label, refusal);
    }
    if (failures.length === 0)
      Object.assign(inputs, definition.computed?.(inputs as Inputs, before as Inputs | undefined));
    if (!failures.some(({ property }) => property === "connection"))
      failures.push(...(await this.#refuseSettings(inputs as CommonInputs)));
    // In an up the engine takes no marker back.
    for (const name of unknown) delete inputs[name];
    return {
      inputs: present({
        ...inputs,
        __defaults: Object.keys(defaulted).length > 0 ? defaulted : undefined,
        [SINCE]: this.#daysOfWords(inputs, before, label),
        [SECRETS]: secret.length > 0 ? secret : undefined,
        [REFUSED]: isPreview && refusal !== undefined ? shown(refusal) : undefined,
      }),
      // Of ten thousand wrong items nobody reads more than the first ones.
      failures: failures.slice(0, 20).map((failure) => this.#withoutValueOfSecret(failure, inputs, secret)),
    };
  }

  #daysOfWords(inputs: Bag, before: Bag | undefined, label: unknown): Bag | undefined {
    const { memory, today } = this.#host;
    const recorded = typeof label === "string" ? memory.recordedInputs(label, before) : before;
    return daysOf(inputs, recorded, today());
  }

  /** A resource may be named as no object can be: its own name is long, or holds what no name may. */
  #judgeDefaultName(label: unknown): Failure[] {
    const { name } = this.#inputFields();
    if (!name || label === undefined || validate({ name }, { name: label }).length === 0) return [];
    return [
      {
        property: "name",
        reason:
          `name: given none, and the default (project/stack/name) would be ${show(label)}; allowed: ${name.allowed}; for example ` +
          `name: ${name.example}`,
      },
    ];
  }

  /** Settings may be missing in a preview, but not wrong: a region that does not exist is said before anything is done. */
  async #refuseSettings({ connection }: CommonInputs): Promise<Failure[]> {
    if (connection !== undefined && typeof connection !== "string") return [];
    if (holdsUnknown(connection)) return [];
    try {
      this.#host.session(await this.#configured, connection);
      return [];
    } catch (error) {
      // The engine prints the property that a failure names, and connection is not what is wrong.
      return [{ property: connection === undefined ? "" : "connection", reason: (error as Error).message }];
    }
  }

  /**
   * The engine prints the value of the property that a failure names, secret or not; the reason names it as well. What
   * stands under a mistyped name may be a secret too.
   */
  #withoutValueOfSecret({ property, reason }: Failure, inputs: Bag, secret: string[]): Failure {
    const failure = { property, reason: shown(reason) };
    const fields = this.#inputFields();
    const [name] = failure.property.split(/[.[]/) as [string];
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const hidden =
      field === undefined ||
      field.secret ||
      secretNames({ [SECRETS]: secret }).has(name) ||
      holdsTokens(inputs[name]);
    return hidden ? { ...failure, property: "" } : failure;
  }

  /**
   * Writes our defaults into the inputs; one that was ours before keeps its old value, whatever it is by now. That value stands
   * beside the inputs: among them, a refresh puts what it found in the server's hands, and that is a drift and no default.
   */
  #applyDefaults(inputs: Bag, before: Bag | undefined): Bag {
    const previously = (before?.__defaults ?? {}) as Bag;
    const defaulted: Bag = {};
    for (const [key, value] of Object.entries(this.#definition.defaults ?? {})) {
      if (inputs[key] !== undefined) continue;
      inputs[key] = defaulted[key] = previously[key] ?? value;
    }
    return defaulted;
  }

  /**
   * Why a change to an object that stands is not made: it would lose something without a word, or the API cannot make it. It is no failure of
   * check, which would end the program and everything else with it: diff answers "update", and update refuses before anything is written.
   */
  #refusal(olds: Inputs, news: Inputs): string | undefined {
    const lossy = this.#lossyReplacements(olds, news);
    // What takes the place of another is not held to what that one was.
    const isReplaced = lossy.length === 0 && this.#replaced(olds, news).length > 0;
    const refused = [...lossy, ...(isReplaced ? [] : (this.#definition.refusals?.(news, olds) ?? []))];
    return refused.length > 0 ? refused.join("\n") : undefined;
  }

  #lossyReplacements(olds: Inputs, news: Inputs): string[] {
    const { lostByReplacement: lost, neverReplaced } = this.#definition;
    const never = neverReplaced?.(olds);
    if (!lost || (lets("forceDestroy", olds, news) && never === undefined)) return [];
    const wayOn =
      never ??
      "If that is what you want, say so in a change of its own first: forceDestroy: true, then pulumi up, then this change, with that line still there. To keep both, " +
        "declare the new one as another resource.";
    return this.#replaced(olds, news).map(
      (property) =>
        `${property}: changing ${text(olds[property])} to ${text(news[property])} would replace the ` +
        `${this.#definition.noun}, and replacing it ${lost(olds)}. Nothing was changed. ${wayOn}`,
    );
  }

  /** A lost object is not followed by an empty one in silence: only by the user's word, or by one that is there already. */
  #refusalToMakeAnew(news: Inputs, olds: Inputs, lostId: string): string | undefined {
    if (news.adopt === lostId)
      return `adopt: ${text(lostId)} is the very ${this.#definition.noun} that was deleted outside Pulumi; take the line away.`;
    return this.#mayTakeItsPlace(news, lostId) ? undefined : this.#lostText(lostId, olds);
  }

  #mayTakeItsPlace(news: Inputs, lostId: string): boolean {
    return news.allowMailLoss === true || (typeof news.adopt === "string" && news.adopt !== lostId);
  }

  #isLost(outputs: Bag): boolean {
    const { lostWhenGone, adoptsSuccessor } = this.#definition;
    return (lostWhenGone !== undefined || adoptsSuccessor === true) && outputs.status === LOST;
  }

  #lostText(id: string, recorded: Inputs): string {
    const { noun, lostWhenGone } = this.#definition;
    const successor = (recorded as Bag)[SUCCESSOR];
    if (typeof successor === "string") return this.#succeededText(id, recorded, successor);
    return (
      `${this.#nameOf(id, recorded)} was deleted outside Pulumi, ${lostWhenGone} It stays in the state as lost, and nothing is made in its ` +
      `place until that is said: allowMailLoss: true on the ${noun} makes a new one, adopt: "ID" takes over one that was made elsewhere, and ` +
      `taking the ${noun} out of the program forgets it. Should it turn up again (the API may have been mistaken), pulumi refresh takes the mark away.`
    );
  }

  /** What happened to an object that another one has taken the place of, and the way on. */
  #succeededText(id: string, recorded: Inputs, successor: string): string {
    const { noun, successorText } = this.#definition;
    const what = successorText?.(successor) ?? `another ${noun} has taken its place: ${successor}.`;
    return `${this.#nameOf(id, recorded)}: ${what}`;
  }

  async #successor(session: Session, id: string, outputs: Bag): Promise<string | undefined> {
    const other = await this.#definition.successor?.(session, id, outputs);
    return other === id ? undefined : other;
  }

  /** `account bot@agents.example.com (id e19f…)` */
  #nameOf(id: string, recorded: Inputs): string {
    const key = this.#key(recorded);
    return `${key === undefined ? this.#definition.noun : bare(key)} (id ${id})`;
  }

  #declare(news: Inputs, olds: Inputs | undefined, label: unknown): Failure[] {
    const key = this.#key(news);
    if (key === undefined || typeof label !== "string") return [];
    const other = this.#host.memory.declare(key, label);
    if (other !== undefined) {
      return [
        {
          property: Object.keys(this.#inputFields())[0] ?? "",
          reason: `${bare(key)} is declared twice in this program: by ${label} and by ${other}. Each would undo the other; keep one.`,
        },
      ];
    }
    if (!olds) this.#host.memory.claim(key, { label, how: "new" });
    if (!olds || this.#replaced(olds, news).length > 0) this.#host.memory.want(key, label);
    return [];
  }

  /** With --refresh this process has read the state's entries: a new resource that declares the same is most likely one of them. */
  async #warnOfEntry(news: Inputs, label: unknown): Promise<void> {
    const key = this.#key(news);
    if (key === undefined || typeof label !== "string" || !this.#host.memory.isRead(key)) return;
    if (this.#host.memory.claimOf(key)?.how === "recorded") return;
    await this.#host.engine.say(
      "warning",
      `${bare(key)}: the state has an entry for it, and ${label} is a new resource to the engine. If it was renamed or moved in the program, give it the ` +
        `alias that leads to its entry:\n${aliasChoices(label, (news as Bag).name)}`,
    );
  }

  // ---------------------------------------------------------------- diff: offline, symmetric

  async diff(id: string, olds: Bag, news: Bag): Promise<{ changes: boolean; replaces: string[] }> {
    const definition = this.#definition;
    await this.#configured;
    const before = present(olds) as Inputs;
    const after = present(news) as Inputs;
    this.#learn(before as Bag, after as Bag);
    const changed = this.#changed(before, after);
    const lost = this.#isLost(before as Bag);
    const refused = !lost && this.#refusal(before, after) !== undefined;
    this.#host.memory.note(this.#object(id));
    if (definition.recorded && !lost)
      definition.recorded(this.#host.session(await this.#configured, before.connection), id, before as Bag);
    const replaces = !lost
      ? refused
        ? []
        : this.#replaced(before, after)
      : this.#mayTakeItsPlace(after, id)
        ? (definition.replaceOn ?? []).slice(0, 1)
        : [];
    if (this.#inProgram(before)) this.#noteInProgram(id, before, after, replaces.length > 0);
    // What is refused stays what it is, and in the way of others.
    if (!refused) this.#noteLeaving(id, before, after);
    this.#noteRecorded(id, replaces.length === 0 ? before : undefined);
    const realm = definition.realm(before as Bag);
    if (realm) this.#host.memory.recordRealm(before.connection, realm);
    const end = this.#inProgram(before) ? definition.endsProgram?.(before as Bag, after) : undefined;
    if (end !== undefined) throw new UserError(shown(end));
    for (const warning of [
      ...(refused ? [] : this.#warnings(id, before, after, changed, replaces)),
      ...(await this.#namedInVain(id, before, after)),
    ])
      await this.#host.engine.say("warning", warning);
    const changes =
      changed.size > 0 ||
      wordsDiffer(before as Bag, after as Bag) ||
      lost ||
      // What is a secret from now on is encrypted in the outputs by an update alone.
      !same(secretsIn(before as Bag), secretsIn(after as Bag)) ||
      // A refresh has found what was lost.
      (after as Bag)[LOST_ID] !== undefined ||
      (await this.#isUnsettled(id, present(olds), after));
    if (changes && this.#inProgram(before)) this.#host.memory.expect(this.#resource(after, id), before);
    return { changes, replaces };
  }

  /** How the memory of this process names a resource of the program. */
  #resource(inputs: Inputs, id?: string): string {
    return `${this.#definition.noun} ${this.#labelOf(inputs) ?? id}`;
  }

  /** Whether an update is needed for what is recorded alone. What waits for somebody else needs one in an up, which looks again. */
  async #isUnsettled(id: string, outputs: Bag, news: Inputs): Promise<boolean> {
    const { unsettled, waitsFor } = this.#definition;
    if (unsettled?.(outputs, news) !== true) return false;
    const { memory, engine } = this.#host;
    const what = waitsFor?.(outputs);
    if (what === undefined || (memory.isUp && this.#inProgram(outputs as Inputs))) return true;
    if (memory.saysFirst(`${this.#definition.type} ${id}`)) await engine.say("info", what);
    return false;
  }

  #warnings(
    id: string,
    olds: Inputs,
    news: Inputs,
    changed: ReadonlySet<string>,
    replaces: string[],
  ): string[] {
    const { warnings, lostByReplacement, noun } = this.#definition;
    const key = this.#key(olds);
    const stands = (word: Word) =>
      standsSince(word, key === undefined ? noun : bare(key), olds as Bag, news as Bag);
    // What an update found gone is not among the inputs, so no check knows of it. (What a refresh finds gone, its read says.)
    if (this.#isLost(olds as Bag)) {
      if (replaces.length === 0) return this.#foundGoneByUpdate(olds) ? [this.#lostText(id, olds)] : [];
      if (news.allowMailLoss !== true) return [];
      return [
        `${this.#nameOf(id, olds)} is lost, and another ${noun} takes its place, without the mail. ${stands("allowMailLoss")}`,
      ];
    }
    return [
      ...(lostByReplacement && replaces.length > 0
        ? [`replacing ${this.#nameOf(id, olds)} ${lostByReplacement(olds)}. ${stands("forceDestroy")}`]
        : []),
      ...(changed.size > 0 ? (warnings?.(olds, news, stands) ?? []) : []),
    ];
  }

  #foundGoneByUpdate(olds: Inputs): boolean {
    const label = this.#labelOf(olds);
    return this.#inProgram(olds) && (label === undefined || this.#host.memory.refusal(label) === undefined);
  }

  /** A word that names what the program still declares would count in a later run, for which nobody has said it. */
  async #namedInVain(id: string, before: Inputs, after: Inputs): Promise<string[]> {
    const { namedInVain } = this.#definition;
    if (!namedInVain || !this.#inProgram(before) || holdsUnknown(after.connection)) return [];
    const session = this.#host.session(await this.#configured, after.connection);
    return [namedInVain(session, before, id) ?? []].flat();
  }

  /** A destroy with the program checks what it is going to delete, and diffs nothing: only what is diffed goes on. */
  #noteInProgram(id: string, before: Inputs, after: Inputs, replaced: boolean): void {
    const { memory } = this.#host;
    const object = this.#object(id);
    const key = this.#key(after);
    if (before.forceDestroy === true && !lets("forceDestroy", before, after)) memory.takeBack(object);
    if (!replaced) memory.hold(object, "recorded", after);
    if (key === undefined || key !== this.#key(before)) return;
    memory.claim(key, { label: memory.label(key) ?? bare(key), how: "recorded" });
    if (replaced) memory.replace(object);
  }

  /** By a replacement or by an update in place: what the object is found by is free for another resource of the program. */
  #noteLeaving(id: string, before: Inputs, after: Inputs): void {
    const { memory } = this.#host;
    const key = this.#key(after);
    if (key === undefined || key === this.#key(before) || !this.#inProgram(before)) return;
    memory.leave(this.#object(id), memory.label(key) ?? bare(key));
  }

  /** A refresh diffs every entry of the state, and no check comes before it; only what check has seen is still in the program. */
  #inProgram(recorded: Inputs): boolean {
    const key = this.#key(recorded);
    return key !== undefined && this.#host.memory.kept(key);
  }

  // ---------------------------------------------------------------- create: look first, then act

  create(inputs: Bag): Promise<{ id: string; outs: Bag }> {
    return this.#operation(async () => {
      const declared = withoutProvider(inputs) as Inputs;
      this.#host.memory.arrived(this.#resource(declared));
      this.#learn(declared as Bag);
      this.#assertComplete(declared);
      const context = await this.#context(declared);
      // Options such as pulumi up --replace make the engine replace what it has not compared.
      const refusal = context.label === undefined ? undefined : this.#host.memory.refusal(context.label);
      if (refusal !== undefined) throw new UserError(refusal);
      if (context.label !== undefined) this.#host.memory.begin(context.label);
      const remote = await this.#recordPartial(inputs, {}, () => this.#make(context, declared));
      const id = this.#definition.id(remote);
      this.#holdMade(id, declared);
      return { id, outs: this.#outs(remote, declared, {}) };
    });
  }

  /** Check lets pass what was unknown in an up, since the engine is to skip it. */
  #assertComplete(inputs: Inputs): void {
    const fields = Object.entries(this.#inputFields());
    const missing = fields.find(([name, { required }]) => required && (inputs as Bag)[name] === undefined);
    if (!missing) return;
    throw new UserError(
      `${missing[0]} has no value in this run: the resource that it comes from has none. Nothing was made; run pulumi up again.`,
    );
  }

  async #make(context: Context<Session>, inputs: Inputs): Promise<Remote> {
    const definition = this.#definition;
    await definition.confirm(context.session, this.#host.memory.realm(inputs.connection));
    if (typeof inputs.adopt === "string") return this.#adoptById(context, inputs, inputs.adopt);

    let found = await this.#find(context, inputs);
    if (found !== undefined && (await this.#makesRoom(context, found, inputs)))
      found = await this.#find(context, inputs);
    if (found !== undefined) return this.#takeOrRefuse(context, found, inputs);
    // A new resource may be the first that the engine names; which application the state is of is known from the next ones.
    await definition.confirm(context.session, this.#host.memory.realm(inputs.connection));
    const creation = {
      began: Date.now(),
      isOwn: (remote: unknown) => this.#isOwn(context, remote as Remote, inputs),
    };
    const noted = await this.#noteCreate(context, inputs);
    return this.#createOnce({ ...context, creation }, inputs, noted, TRIES);
  }

  /** Notes the create before it is sent, so that a later run can tell what this one made if it is killed. */
  async #noteCreate(context: Context<Session>, inputs: Inputs): Promise<NotedCreate | undefined> {
    const creation = await this.#creation(context, inputs);
    return creation && this.#host.creates.begin(creation);
  }

  async #creation({ session, label }: Context<Session>, inputs: Inputs): Promise<Creation | undefined> {
    const { type, find, scope } = this.#definition;
    const key = this.#journalKey(inputs);
    if (!find || !scope || key === undefined || label === undefined) return undefined;
    return { type, key, label, scope: await scope(session) };
  }

  /** Whether an interrupted run of this very state has made the object. Its name alone proves nothing. */
  async #isOwn(context: Context<Session>, remote: Remote, inputs: Inputs): Promise<boolean> {
    const { id, createdAt } = this.#definition;
    const creation = await this.#creation(context, inputs);
    const seconds = createdAt?.(remote) ?? 0;
    return (
      creation !== undefined &&
      (await this.#host.creates.explainsByNow(creation, {
        id: id(remote),
        createdAt: seconds > 0 ? seconds * 1000 : undefined,
      }))
    );
  }

  /** The state holds the object; under its natural key, where it is not about to be replaced. */
  #noteRecorded(id: string, recorded: Inputs | undefined): void {
    const key = recorded && this.#journalKey(recorded);
    this.#host.creates.recorded({ type: this.#definition.type, id, key });
  }

  /** Creates; after an answer that leaves it open whether the write happened, looks before any second write. */
  async #createOnce(
    context: Context<Session>,
    inputs: Inputs,
    noted: NotedCreate | undefined,
    tries: number,
  ): Promise<Remote> {
    const definition = this.#definition;
    try {
      const answered = await definition.create(context, inputs);
      noted?.answered(definition.id(answered));
      const made = await this.#seen(context, answered, inputs);
      if (tries < TRIES) await this.#refuseTwin(context, made);
      return made;
    } catch (error) {
      if (error instanceof NotSettled) noted?.answered(definition.id(error.remote as Remote));
      // Of an earlier try the answer was lost, and this one says nothing of it.
      else if (isRefusal(error) && tries === TRIES) noted?.failed();
      if (isConflict(error)) {
        // Somebody was faster since the look before: it is said as if that look had seen it.
        const first = await this.#find(context, inputs);
        if (first !== undefined) {
          const taken = await this.#takeOrRefuse(context, first, inputs, tries < TRIES);
          noted?.answered(definition.id(taken));
          return taken;
        }
      }
      if (!isAmbiguous(error) || !definition.find) throw error;
      const found = await this.#findLater(context, inputs);
      if (found !== undefined) {
        const differing = this.#differing(found, inputs);
        if (differing.length === 0 || this.#begun(found, inputs, differing)) {
          noted?.answered(definition.id(found));
          await context.say(
            "info",
            `${definition.describe(found)}: the answer to its creation was lost, but it is there.`,
          );
          return differing.length === 0 ? found : definition.finish!(context, found, inputs);
        }
        throw await this.#conflict(context, found, inputs, differing);
      }
      // An interrupted run has not looked long enough for a second write.
      if (tries > 1 && (await this.#host.pause(0)))
        return this.#createOnce(context, inputs, noted, tries - 1);
      throw error;
    }
  }

  /**
   * A write is believed when it is seen: the API answers 200 to fields that it ignores, and reads may show the old value for a while. Looks
   * again while what was written shows otherwise, and then fails with what was wanted and what is there. Without `olds` all of it was.
   */
  async #seen(context: Context<Session>, written: Remote, inputs: Inputs, olds?: Inputs): Promise<Remote> {
    const definition = this.#definition;
    const changed = olds && this.#changed(olds, inputs);
    // What the provider works out for itself is not written to Nylas.
    const own = new Set<string>(Object.keys(definition.computed?.(inputs, olds) ?? {}));
    const unseen = (remote: Remote) => {
      const observed = definition.observed(remote, inputs);
      const written = this.#differing(remote, inputs).filter((key) => !own.has(key));
      return written.filter(
        (key) =>
          changed === undefined ||
          (changed.has(key) &&
            !this.#equal(key, whereWritten(olds?.[key], inputs[key], observed[key]), inputs[key])),
      );
    };
    const id = definition.id(written);
    let now = written;
    for (const seconds of UNTIL_SEEN) {
      if (unseen(now).length === 0) return now;
      if (!(await this.#host.pause(seconds * 1000))) break;
      // A look that fails is none: the object is there, and the state has to have it.
      const again = await definition
        .get(context.session, id, this.#outs(written, inputs, {}))
        .catch(() => undefined);
      // A secret is told once, in the answer to the write.
      if (again !== undefined) now = hasSecret(written) ? { ...again, secret: written.secret } : again;
    }
    const differing = unseen(now);
    if (differing.length === 0) return now;
    const observed = definition.observed(now, inputs);
    const shown = differing.map((key) => `${key}: wanted ${text(inputs[key])}, seen ${text(observed[key])}`);
    const request = this.#host.requestOf?.(context.session, id);
    throw new NotSettled(
      now,
      `${definition.describe(now)}: Nylas took the write${request === undefined ? "" : ` (request id ${request})`}, and does not show it. ` +
        `${shown.join("; ")}. Run pulumi up again, which writes it once more. ` +
        `If it stays so, this application does not take ${differing.length === 1 ? "that field" : "these fields"}: ask the support of Nylas.`,
    );
  }

  /** What a lost answer may have made: lists lag, and what was given up at one end goes on at the other. */
  async #findLater(context: Context<Session>, inputs: Inputs): Promise<Remote | undefined> {
    let found = await this.#find(context, inputs);
    for (const seconds of LOOKS_AGAIN) {
      if (found !== undefined || !(await this.#host.pause(seconds * 1000))) return found;
      found = await this.#find(context, inputs);
    }
    return found;
  }

  /** A second create went well, after one whose answer was lost: where the first one has shown up by now, there are two. */
  async #refuseTwin(context: Context<Session>, made: Remote): Promise<void> {
    const twins = this.#twins(made, await this.#alike(context, made), context);
    if (twins.length > 0) throw new NotSettled(made, this.#twinText(made, twins));
  }

  /** At a refresh: all objects of the kind are asked for once for all resources, and nothing fails for that. */
  async #warnOfTwin(context: Context<Session>, remote: Remote, connection: unknown): Promise<void> {
    const { twins } = this.#definition;
    if (!twins) return;
    const where = JSON.stringify([connection, twins.under?.(remote)]);
    const asked = this.#all.get(where) ?? this.#alike(context, remote);
    this.#all.set(where, asked);
    const alike = await asked;
    const strangers = () => this.#twins(remote, alike, context);
    // A replaced one that has still to be deleted is an entry of the state too, and may be named later than its successor.
    for (let waited = 0; strangers().length > 0 && waited < LATER_NAMED; waited += LATER_NAMED / 10)
      if (!(await this.#host.pause(LATER_NAMED / 10))) break;
    const left = strangers();
    if (left.length > 0) await context.say("warning", this.#twinText(remote, left));
  }

  /**
   * All objects that may be one's twins, by their marks: each of a thousand is looked up among the others, and not held against them
   * all. None where they cannot be asked for.
   */
  async #alike({ session }: Context<Session>, remote: Remote): Promise<Map<string, Remote[]>> {
    const { twins } = this.#definition;
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
    const { id, twins } = this.#definition;
    const same = twins ? alike.get(twins.mark(remote)) : undefined;
    return (same ?? []).filter((other) => id(other) !== id(remote) && !recorded(id(other)));
  }

  #twinText(remote: Remote, twins: Remote[]): string {
    const definition = this.#definition;
    const names = twins.map((twin) => definition.describe(twin)).join(", ");
    return (
      `${definition.describe(remote)} is this resource's own, and ${names} stands beside it and is the same. Nylas does not tell whose ` +
      `that is: most likely a create of it was made twice, by a run that was killed or whose answer was lost. No entry of the state that this ` +
      `run has seen refers to it. If pulumi stack --show-ids does not show its id either, delete it at Nylas, or give it another name where somebody else uses it.`
    );
  }

  async #find({ session }: Context<Session>, inputs: Inputs): Promise<Remote | undefined> {
    const passOver = (id: string) => this.#host.memory.leftBy(this.#object(id)) !== undefined;
    return this.#definition.find?.(session, inputs, passOver);
  }

  /**
   * Whether what stands in the way has got out of it. Deletes come last, and renames in any order: what another resource of this
   * program gives up in this very run, this one can have. The engine names resources one after the other, so one that is named
   * later is waited for, for a moment.
   */
  async #makesRoom(context: Context<Session>, found: Remote, inputs: Inputs): Promise<boolean> {
    const definition = this.#definition;
    const { memory, pause } = this.#host;
    const object = this.#object(definition.id(found));
    const mayTake = async () =>
      inputs.adopt === true ||
      (this.#differing(found, inputs).length === 0 && (await this.#isOwn(context, found, inputs)));
    const left = () => memory.leftBy(object) !== undefined;
    // What is protected is named as if it were replaced, and then is not: only the create of its successor tells.
    const mayVacate = () => left() && memory.begun(memory.leftBy(object)!);
    const known = () =>
      (memory.held(object) !== undefined || left()) && (!left() || !definition.vacate || mayVacate());
    if (!known() && (await mayTake())) return false;
    for (let waited = 0; !known() && waited < LATER_NAMED; waited += LATER_NAMED / 10)
      if (!(await pause(LATER_NAMED / 10))) return false;
    if (memory.leftBy(object) === undefined || inputs.adopt === true) return false;
    // Where two may have it for a moment, it is passed over from now on.
    const still = await this.#find(context, inputs);
    if (still === undefined || definition.id(still) !== definition.id(found)) return true;
    if (!definition.vacate || !mayVacate()) return false;
    const reason = await definition.vacate(context, found);
    if (reason === undefined) return true;
    throw await this.#conflict(context, found, inputs, this.#differing(found, inputs), reason);
  }

  /** The resource has its object: an entry under its former name that has the same one is only let go. */
  #holdMade(id: string, inputs: Inputs): void {
    const { memory } = this.#host;
    memory.hold(this.#object(id), "made", inputs);
    memory.note(this.#object(id));
    this.#noteRecorded(id, inputs);
    const key = this.#key(inputs);
    if (key !== undefined) memory.fulfil(key);
  }

  async #adoptById(context: Context<Session>, inputs: Inputs, id: string): Promise<Remote> {
    const definition = this.#definition;
    const remote = await definition.get(context.session, id, inputs as Bag);
    if (remote === undefined) {
      throw new UserError(
        `adopt: there is no ${definition.noun} with the id ${text(id)} for this key. Nothing was changed.`,
      );
    }
    this.#refuseForeign(remote);
    this.#refuseHeldUnderOtherName(context, remote);
    this.#refuseHeld(remote);
    const immutable = this.#differing(remote, inputs).filter((key) => definition.replaceOn?.includes(key));
    if (immutable.length > 0) throw await this.#conflict(context, remote, inputs, immutable);
    await context.say("info", `${definition.describe(remote)} is taken over as it is.`);
    return remote;
  }

  /** An object with our natural key exists already. `lost`: the answer to a create of it was lost in this very run. */
  async #takeOrRefuse(
    context: Context<Session>,
    found: Remote,
    inputs: Inputs,
    lost = false,
  ): Promise<Remote> {
    const definition = this.#definition;
    const differing = this.#differing(found, inputs);
    this.#refuseHeldUnderOtherName(context, found);
    if (inputs.adopt === true) {
      this.#refuseForeign(found);
      this.#refuseHeld(found);
      const immutable = differing.filter((key) => definition.replaceOn?.includes(key));
      if (immutable.length > 0) throw await this.#conflict(context, found, inputs, immutable);
      await context.say("info", `${definition.describe(found)} is taken over as it is.`);
      return found;
    }
    const begun = this.#begun(found, inputs, differing);
    if ((differing.length === 0 || begun) && (lost || (await this.#isOwn(context, found, inputs)))) {
      this.#refuseHeld(found);
      await definition.sayTaken?.(context, found);
      if (begun) {
        await context.say(
          "info",
          `${definition.describe(found)} was begun by an earlier run of this program; it is taken, and finished (${differing.join(", ")}).`,
        );
        return definition.finish!(context, found, inputs);
      }
      await context.say(
        "info",
        `${definition.describe(found)} was made by an earlier run of this program; it is taken as it is.`,
      );
      return found;
    }
    throw await this.#conflict(context, found, inputs, differing);
  }

  #refuseForeign(remote: Remote): void {
    const reason = this.#definition.foreign?.(remote);
    if (reason !== undefined)
      throw new UserError(`${this.#definition.describe(remote)} ${reason} Nothing was changed.`);
  }

  /** A take-over would end as two entries of one object, and the delete of the old one as the end of what depends on it. */
  #refuseHeldUnderOtherName(context: Context<Session>, remote: Remote): void {
    const reason = this.#definition.heldUnderOtherName?.(context, remote);
    if (reason !== undefined) throw new UserError(reason);
  }

  #begun(remote: Remote, inputs: Inputs, differing: readonly string[]): boolean {
    return differing.length > 0 && (this.#definition.begun?.(remote, inputs, differing) ?? false);
  }

  #refuseHeld(remote: Remote): void {
    if (this.#host.memory.held(this.#object(this.#definition.id(remote))) === undefined) return;
    throw new UserError(
      `${this.#definition.describe(remote)} belongs to another resource of this program already. Nothing was changed; give ` +
        `this one a name of its own, or remove one of the two.`,
    );
  }

  async #conflict(
    context: Context<Session>,
    found: Remote,
    inputs: Inputs,
    differing: string[],
    reason?: string,
  ): Promise<UserError> {
    const definition = this.#definition;
    const observed = definition.observed(found, inputs);
    const hidden = secretNames(inputs as Bag);
    const differences = differing.map((key) =>
      this.#inputFields()[key]?.secret || hidden.has(key)
        ? `${key} (not shown: it is a secret)`
        : `${key}: there ${text(observed[key as keyof Inputs])}, declared ${text(inputs[key as keyof Inputs])}`,
    );
    const id = definition.id(found);
    const leaving = this.#host.memory.leftBy(this.#object(id));
    const whose = await Promise.resolve(definition.whose?.(context, found)).catch(() => undefined);
    return new UserError(
      [
        `${definition.describe(found)} exists already and is not provably this resource's own. Nothing was changed.`,
        ...(whose === undefined ? [] : [whose]),
        ...(reason === undefined ? [] : [reason]),
        ...(differences.length > 0 ? [`It differs in ${differences.join("; ")}.`] : []),
        `If the resource was renamed or moved in the program, give it the alias that leads to its entry:\n${aliasChoices(context.label, observed["name" as keyof Inputs])}`,
        `If ${leaving ?? "another resource of this program"} ${leaving ? "gives" : "goes away or gives"} it up in the same change: deletes come last, so do that in a pulumi up of its own, and this in the next one.`,
        `If ${definition.adoptCondition?.(found) ?? "it should be managed from here on"}, take it over: adopt: true (or adopt: "${id}"). ` +
          (definition.handOver
            ? `Otherwise declare it in one program alone.`
            : `Otherwise choose another name or address.`),
      ].join("\n"),
    );
  }

  // ---------------------------------------------------------------- read

  read(id: string, props: Bag): Promise<{ id: string; props: Bag; inputs: Bag }> {
    return this.#operation(async () => {
      const definition = this.#definition;
      const outputs = withoutProvider(props ?? {});
      this.#learn(outputs);
      const context = await this.#context(outputs as CommonInputs);
      this.#host.memory.note(this.#object(id));
      const lookedUp = isLookUp(outputs);
      if (!lookedUp) this.#noteRecorded(id, outputs as Inputs);
      const key = lookedUp ? undefined : this.#key(outputs as Inputs);
      if (key !== undefined) this.#host.memory.markRead(key);
      const remote = await this.#get(context.session, id, outputs, definition.getAmongMany);
      const recorded = this.#declaredIn(outputs);
      if (remote === undefined) {
        const successor = lookedUp ? undefined : await this.#successor(context.session, id, outputs);
        if (successor !== undefined) return this.#readSucceeded(context, id, { outputs, successor });
        const stays = lookedUp ? undefined : definition.staysWhenGone?.(outputs);
        if (stays !== undefined) {
          await context.say("warning", `${this.#nameOf(id, recorded as Inputs)}: ${stays}`);
          return { id, props: outputs, inputs: recorded };
        }
        if (lookedUp || definition.lostWhenGone === undefined) return { id: "", props: {}, inputs: {} };
        await context.say("warning", this.#lostText(id, recorded as Inputs));
        return { id, props: { ...outputs, status: LOST }, inputs: { ...recorded, [LOST_ID]: id } };
      }
      if (!lookedUp) await this.#warnOfTwin(context, remote, outputs.connection);
      const inputs = lookedUp
        ? { ...recorded, ...present(definition.observed(remote) as Bag) }
        : this.#reconcile(remote, recorded);
      return {
        id: definition.id(remote),
        props: this.#withOutputs(remote, inputs as Inputs, outputs),
        inputs: { ...inputs },
      };
    });
  }

  /** What a refresh makes of an entry whose object has a successor. */
  async #readSucceeded(
    context: Context<Session>,
    id: string,
    { outputs, successor }: { outputs: Bag; successor: string },
  ): Promise<{ id: string; props: Bag; inputs: Bag }> {
    const recorded = this.#declaredIn(outputs);
    await context.say("warning", this.#succeededText(id, recorded as Inputs, successor));
    if (this.#definition.adoptsSuccessor !== true) return { id, props: outputs, inputs: recorded };
    const props = { ...outputs, status: LOST, [SUCCESSOR]: successor };
    return { id, props, inputs: { ...recorded, [LOST_ID]: id, [SUCCESSOR]: successor } };
  }

  // ---------------------------------------------------------------- import

  /**
   * What the state would hold of an object if this resource had made it, declared so: for an import file. Asks nobody. `differing` are
   * the inputs that the next preview would show as changed; in a state that is not `settled`, it would show an update without any.
   */
  async taken(
    remote: Remote,
    declared: Bag,
  ): Promise<{ inputs: Bag; outputs: Bag; failures: Failure[]; differing: string[]; settled: boolean }> {
    const { inputs, failures } = await this.check({}, declared);
    const outputs = this.#outs(remote, inputs as Inputs, {});
    return {
      inputs,
      outputs,
      failures,
      differing: [...this.#changed(outputs as Inputs, inputs as Inputs)],
      settled: !(this.#definition.unsettled?.(outputs, inputs as Inputs) ?? false),
    };
  }

  // ---------------------------------------------------------------- update

  update(id: string, olds: Bag, news: Bag): Promise<{ outs: Bag }> {
    return this.#operation(async () => {
      const definition = this.#definition;
      const before = withoutProvider(olds) as Inputs;
      const after = withoutProvider(news) as Inputs;
      this.#host.memory.arrived(this.#resource(after, id));
      const changed = this.#changed(before, after);
      this.#learn(before as Bag, after as Bag);
      await this.#assertNotRefused(id, before, after);
      this.#refuseReplacingUpdate(before, after);
      const context = await this.#context(after);
      await definition.confirm(context.session, definition.realm(before as Bag));
      if (!definition.update || this.#onlyBookkeeping(changed, before as Bag, after)) {
        return { outs: strip({ ...this.#computedIn(before as Bag), ...after }) as Bag };
      }
      const change: Change<Inputs> = { id, olds: before as Inputs & Bag, news: after, changed };
      const remote = await this.#recordPartial(news, before as Bag, () =>
        definition.update!(context, change)
          .catch(async (error: unknown) => {
            throw await this.#orLost(error, context.session, change, news.__provider);
          })
          .then((written) => this.#seen(context, written, after, before)),
      );
      return { outs: this.#outs(remote, after, before as Bag) };
    });
  }

  /** Refuses what diff has announced, in the words of the preview. A lost object may have turned up again since it was looked for. */
  async #assertNotRefused(id: string, before: Inputs, after: Inputs): Promise<void> {
    if (this.#isLost(before as Bag)) {
      const { session } = await this.#context(after);
      const isGone = after.adopt === id || (await this.#get(session, id, before as Bag)) === undefined;
      const refusal = isGone ? this.#refusalToMakeAnew(after, before, id) : this.#refusal(before, after);
      if (refusal !== undefined) throw new UserError(refusal);
      return;
    }
    const label = this.#labelOf(after);
    const noted = label === undefined ? undefined : this.#host.memory.refusal(label);
    // What would replace it, and was not known before, has a text of its own.
    const judged = this.#replaced(before, after).length > 0 ? undefined : this.#refusal(before, after);
    const refusal = noted ?? judged;
    if (refusal !== undefined) throw new UserError(refusal);
  }

  /** An update that finds its object gone records that, as a refresh does; every other error stays what it is. */
  async #orLost(
    error: unknown,
    session: Session,
    { id, olds }: Change<Inputs>,
    provider: unknown,
  ): Promise<unknown> {
    if (!isGone(error)) return error;
    if (this.#definition.lostWhenGone === undefined) return this.#orGone(error as Error, session, id, olds);
    if ((await this.#get(session, id, olds)) !== undefined) return error;
    return new PartialFailure(id, { ...(olds as Bag), status: LOST }, provider, this.#lostText(id, olds));
  }

  /** A 404 may be of something else that the update names: only where the object itself is not there, a refresh helps. */
  async #orGone(error: Error, session: Session, id: string, olds: Inputs & Bag): Promise<Error> {
    const there = await this.#get(session, id, olds).catch(() => true);
    if (there !== undefined || error instanceof UserError) return error;
    return new UserError(
      `${this.#nameOf(id, olds)} is gone; run pulumi refresh, then pulumi up. ${error.message}`,
    );
  }

  /** forceDestroy is the state's own business: recording it is no remote change. */
  #onlyBookkeeping(changed: ReadonlySet<string>, before: Bag, after: Inputs): boolean {
    const unsettled = this.#definition.unsettled?.(before, after) ?? false;
    return !unsettled && [...changed].every((key) => key === "forceDestroy");
  }

  /** A value that was unknown in diff can turn out to be one that cannot be changed in place. */
  #refuseReplacingUpdate(before: Inputs, after: Inputs): void {
    const replaced = this.#replaced(before, after);
    if (replaced.length === 0) return;
    throw new UserError(
      `${replaced.join(", ")} turned out to be different only during this run (it depended on something that was being ` +
        `changed), and cannot be changed in place. Nothing was changed here; run pulumi up again to see it in a preview first.`,
    );
  }

  // ---------------------------------------------------------------- delete

  delete(id: string, props: Bag): Promise<void> {
    return this.#operation(async () => {
      const definition = this.#definition;
      const outputs = withoutProvider(props);
      this.#learn(outputs);
      const context = await this.#context(outputs as CommonInputs);
      const declared = definition.keepWhileDeclared?.(context, id, outputs);
      if (declared !== undefined) throw new UserError(declared);
      if (await this.#handedOver(context, id, outputs)) return;
      const lost = this.#isLost(outputs);
      if (!lost) this.#refuseWithoutSuccessor(id, outputs);
      this.#refuseUnderSkipped(id, outputs);
      const realm = definition.realm(outputs);
      if (!definition.delete) {
        // Nothing is done at the other side, but a wrong key must not empty a state.
        if (realm) await definition.confirm(context.session, realm);
        return;
      }
      const remote = await this.#get(context.session, id, outputs);
      if (remote === undefined) {
        await this.#refuseSucceeded(context, id, outputs);
        return;
      }
      if (lost) this.#refuseWithoutSuccessor(id, outputs);
      await definition.confirm(context.session, realm);
      const forced =
        this.#recordedWord(id, outputs) || (definition.forced?.(context.session, outputs, id) ?? false);
      if (!forced) {
        const reason = await definition.keep?.(context, remote, outputs);
        if (reason !== undefined) throw new UserError(reason);
      }
      try {
        await definition.delete(context, id, outputs);
      } catch (error) {
        // It may be done all the same: an entry that stayed for what is gone would be "the same" to the next up that declares it.
        const left = isUnclear(error)
          ? await this.#get(context.session, id, outputs).catch(() => remote)
          : remote;
        if (left !== undefined) throw error;
      }
    });
  }

  /**
   * A rename or a move in the program is a create and then a delete to the engine. The delete is a hand-over, without any
   * remote call for most kinds, only when another resource of the program holds this very object.
   */
  async #handedOver(context: Context<Session>, id: string, outputs: Bag): Promise<boolean> {
    const { handOver, realm, confirm } = this.#definition;
    const declared = this.#host.memory.held(this.#object(id)) as Bag | undefined;
    if (declared === undefined) return false;
    if (handOver) {
      await confirm(context.session, realm(outputs));
      const left = Object.entries(this.#declaredIn(outputs)).filter(([key]) => declared[key] === undefined);
      await handOver(context, id, Object.fromEntries(left));
    }
    await context.say(
      "info",
      `${this.#definition.noun} ${id} is kept: another resource of this program holds it now.`,
    );
    return true;
  }

  /** What stands before the delete of others goes on to do so, where its object goes on under another id. */
  async #refuseSucceeded(context: Context<Session>, id: string, outputs: Bag): Promise<void> {
    const { adoptsSuccessor, forced } = this.#definition;
    if (adoptsSuccessor === true || context.isReplaced(id) || this.#recordedWord(id, outputs)) return;
    if (forced?.(context.session, outputs, id) === true) return;
    const successor = await this.#successor(context.session, id, outputs);
    if (successor === undefined) return;
    throw new UserError(`${this.#succeededText(id, outputs as Inputs, successor)} Nothing was deleted.`);
  }

  /** What is deleted because its replacement was made is told its old outputs alone. The change may have taken the word back. */
  #recordedWord(id: string, outputs: Bag): boolean {
    return outputs.forceDestroy === true && !this.#host.memory.isTakenBack(this.#object(id));
  }

  /** What is skipped keeps its old entry, and a state in which that depends on what is gone could not be read by any command. */
  #refuseUnderSkipped(id: string, outputs: Bag): void {
    const skipped = this.#host.memory.skippedWith(id);
    if (skipped === undefined) return;
    throw new UserError(
      `${this.#nameOf(id, outputs as Inputs)} is kept: ${skipped} could not be updated in this run, because something that it depends on failed, and ` +
        `it still has this one. Correct the first error and run pulumi up again; that run deletes it.`,
    );
  }

  #refuseWithoutSuccessor(id: string, outputs: Bag): void {
    const key = this.#key(outputs as Inputs);
    const isMeant = (wanted: string) => key !== undefined && bare(wanted) === bare(key);
    const successor = this.#host.memory.wantedBy(isMeant);
    if (successor === undefined) return;
    throw new UserError(
      `${bare(key!)} (id ${id}) is kept: its successor ${successor} was not made in this run, and deleting it ` +
        `now would lose what the program still declares. Take it over under the new name with adopt: true; or, if it was renamed or moved in the ` +
        `program, give the resource the alias that leads to this entry:\n${aliasChoices(successor, (outputs as Bag).name)}`,
    );
  }

  // ---------------------------------------------------------------- shared

  /** The object behind an id; undefined once it is certain that it is not there. */
  async #get(
    session: Session,
    id: string,
    outputs: Bag,
    get = this.#definition.get,
  ): Promise<Remote | undefined> {
    const definition = this.#definition;
    const remote = await get.call(definition, session, id, outputs);
    if (remote === undefined) await this.#believeGone(session, id, outputs);
    else if (!isLookUp(outputs)) this.#refuseAnother(remote, id, outputs);
    return remote;
  }

  /** "Not there" is believed only from the side that the state was made against: a wrong key must not empty a state. */
  async #believeGone(session: Session, id: string, outputs: Bag): Promise<void> {
    const definition = this.#definition;
    const realm = definition.realm(outputs);
    if (realm) await definition.confirm(session, realm);
    else if (!isLookUp(outputs)) {
      throw new UserError(
        `Nylas says that there is no ${this.#nameOf(id, outputs as Inputs)}, but the state does not tell where it was made, so it cannot be told whether ` +
          `this is the right key. Nothing was changed. If it really is gone, take it out of the state: pulumi state delete URN.`,
      );
    }
    if (await definition.listed?.(session, id)) {
      throw new UserError(
        `Nylas says that there is no ${this.#nameOf(id, outputs as Inputs)}, and lists it all the same. Nothing was changed; try again in a minute.`,
      );
    }
  }

  /** What an id names never becomes something else at Nylas: an answer with another object is a mistake, of whomever. */
  #refuseAnother(remote: Remote, id: string, outputs: Bag): void {
    const definition = this.#definition;
    const observed = definition.observed(remote) as Inputs;
    const recorded = outputs as Inputs;
    const immutable = definition.lostByReplacement ? (definition.replaceOn ?? []) : [];
    const same =
      definition.id(remote).toLowerCase() === id.toLowerCase() &&
      immutable.every((key) => recorded[key] === undefined || this.#equal(key, observed[key], recorded[key]));
    if (same) return;
    throw new UserError(
      `Asked for ${this.#nameOf(id, recorded)}, Nylas answered with ${definition.describe(remote)}. Nothing was changed; ` +
        `check what stands between here and Nylas (nylas:apiUrl, a proxy), and try again.`,
    );
  }

  async #context(inputs: CommonInputs): Promise<Context<Session>> {
    const config = await this.#configured;
    const session = this.#host.session(config, inputs.connection);
    return {
      session,
      label: this.#labelOf(inputs as Inputs),
      recorded: (id) => this.#host.memory.noted(this.#object(id)),
      made: (id) => this.#host.memory.note(this.#object(id)),
      claimOf: (noun, each) =>
        this.#host.memory.claimOf(naturalKey(noun, each, this.#side(inputs.connection))),
      isDeclaredAs: (label) => this.#host.memory.declares(this.#definition.noun, label),
      holderOf: (id) => {
        const declared = this.#host.memory.held(this.#object(id)) as Inputs | undefined;
        return declared && (this.#labelOf(declared) ?? "another resource of this program");
      },
      isReplaced: (id) => this.#host.memory.isReplaced(this.#object(id)),
      say: (severity, message) => this.#host.engine.say(severity, message),
    };
  }

  #labelOf(inputs: Inputs): string | undefined {
    const key = this.#key(inputs);
    return key === undefined ? undefined : this.#host.memory.label(key);
  }

  /** Errors leave as text for a person, once; partial failures as they are. */
  async #operation<T>(run: () => Promise<T>): Promise<T> {
    this.#host.running++;
    try {
      return await run();
    } catch (error) {
      if (error instanceof PartialFailure)
        error.reasons.forEach((reason, i, all) => (all[i] = shown(reason)));
      if (error instanceof UserError) {
        error.message = shown(error.message);
        throw error;
      }
      throw new UserError(shown(error instanceof Error ? error.message : String(error)), { cause: error });
    } finally {
      this.#host.running--;
    }
  }

  /** The provider's text has to stand in what a partial failure records; only here both are known. */
  async #recordPartial<T>(inputs: Bag, recorded: Bag, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof NotSettled) {
        const declared = withoutProvider(inputs) as Inputs;
        const remote = error.remote as Remote;
        const id = this.#definition.id(remote);
        this.#holdMade(id, declared);
        throw new PartialFailure(
          id,
          { ...this.#outs(remote, declared, recorded), ...error.recorded },
          inputs.__provider,
          error.message,
        );
      }
      throw error;
    }
  }

  #changed(before: Inputs, after: Inputs): Set<keyof Inputs & string> {
    const ignored = new Set<string>([...COMMON_DIRECTIVES, ...(this.#definition.directives ?? [])]);
    const keys = Object.keys(this.#inputFields()).filter((key) => !ignored.has(key)) as (keyof Inputs &
      string)[];
    return new Set(keys.filter((key) => !this.#equal(key, before[key], after[key])));
  }

  /** Inputs whose known old and known new value differ and which the API cannot change in place. An unknown never replaces. */
  #replaced(before: Inputs, after: Inputs): (keyof Inputs & string)[] {
    return (this.#definition.replaceOn ?? []).filter(
      (key) =>
        !holdsUnknown(before[key]) && !holdsUnknown(after[key]) && !this.#equal(key, before[key], after[key]),
    );
  }

  #equal(key: keyof Inputs & string, a: unknown, b: unknown): boolean {
    if (holdsUnknown(a) || holdsUnknown(b)) return false;
    return same(this.#normalise(key, a), this.#normalise(key, b));
  }

  #normalise(key: keyof Inputs & string, value: unknown): unknown {
    if (value === undefined || value === null) return undefined;
    const normal = this.#definition.normal?.[key] as ((value: unknown) => unknown) | undefined;
    return normal ? normal(value) : value;
  }

  /** The declared inputs in which an existing object differs; what the server does not tell cannot differ. */
  #differing(remote: Remote, inputs: Inputs): (keyof Inputs & string)[] {
    const observed = this.#definition.observed(remote, inputs);
    return (Object.keys(this.#declaredIn(inputs as Bag)) as (keyof Inputs & string)[]).filter(
      (key) => key in observed && !this.#equal(key, observed[key], inputs[key]),
    );
  }

  /** What is declared, in the program's spelling where the server says the same, in the server's where it says something else. */
  #reconcile(remote: Remote, recorded: Bag): Bag {
    const observed = this.#definition.observed(remote, recorded as Partial<Inputs>) as Bag;
    const inputs: Bag = {};
    for (const [key, value] of Object.entries(recorded)) {
      const there = observed[key];
      const kept = !(key in observed) || this.#equal(key as keyof Inputs & string, there, value);
      if (kept) inputs[key] = value;
      else if (there !== undefined && there !== null) inputs[key] = there;
    }
    return inputs;
  }

  #outs(remote: Remote, inputs: Inputs, recorded: Bag): Bag {
    return this.#withOutputs(remote, this.#reconcile(remote, inputs as Bag) as Inputs, recorded);
  }

  #withOutputs(remote: Remote, inputs: Inputs, recorded: Bag): Bag {
    return strip({ ...this.#definition.outputs(remote, inputs, recorded), ...inputs }) as Bag;
  }

  #declaredIn(bag: Bag): Bag {
    const fields = this.#inputFields();
    return Object.fromEntries(
      Object.entries(present(bag)).filter(([key]) => key in fields || HIDDEN.includes(key)),
    );
  }

  #computedIn(bag: Bag): Bag {
    const fields = this.#inputFields();
    return Object.fromEntries(
      Object.entries(present(bag)).filter(([key]) => !(key in fields) && !HIDDEN.includes(key)),
    );
  }

  /** From here on, no message of this process shows what is secret in these. */
  #learn(...sides: Bag[]): void {
    const fields = this.#inputFields();
    const always = Object.keys(fields).filter((name) => fields[name]!.secret);
    learnSecrets(always, ...sides);
  }

  #inputFields(): Fields {
    let fields = fieldsOf.get(this.#definition);
    if (!fields) {
      const z = loadZod();
      fields = { ...this.#definition.fields(z), ...commonFields(z) };
      fieldsOf.set(this.#definition, fields);
    }
    return fields;
  }

  #key(inputs: Inputs): string | undefined {
    return this.#keyBy(inputs, this.#side(inputs.connection));
  }

  /** As the journal of creates has it: the same in every run, whichever connection a run comes to first. */
  #journalKey(inputs: Inputs): string | undefined {
    return this.#keyBy(inputs, inputs.connection);
  }

  #keyBy(inputs: Inputs, connection: string | undefined): string | undefined {
    const key = this.#definition.key?.(withPlainUnknowns(inputs));
    return key === undefined || holdsUnknown(key)
      ? undefined
      : naturalKey(this.#definition.noun, key, connection);
  }

  #side(connection: string | undefined): string | undefined {
    if (!this.#host.side || !this.#config || (connection !== undefined && typeof connection !== "string"))
      return connection;
    if (holdsUnknown(connection)) return connection;
    try {
      return this.#host.side(this.#host.session(this.#config, connection), this.#definition.type);
    } catch {
      // Settings that cannot be used are said where they are.
      return connection;
    }
  }

  /** Two connections can lead to one application, so which of them an object is reached by tells nothing. Ids are unique. */
  #object(id: string): string {
    return `${this.#definition.type} ${id.toLowerCase()}`;
  }
}

function isLabelWithMore(told: unknown): told is LabelWithMore {
  return typeof told === "object" && told !== null && typeof (told as LabelWithMore).label === "string";
}

/** Made with the first check: zod is slow to load, and so are its schemas to build. */
const fieldsOf = new WeakMap<object, Fields>();

function commonFields(z: Zod): Fields {
  return {
    adopt: {
      schema: z.union([
        z.boolean(),
        z
          .string()
          .check(z.regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,252}(\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,127})?$/)),
      ]),
      allowed: "true (the existing object with the same name or address), or its id",
      example: "true",
    },
    connection: {
      schema: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,62}$/)),
      allowed: "the name of a set of credentials, of a-z, 0-9 and -; its settings are read from nylas-NAME:…",
      example: '"eu"',
    },
  };
}

/** Only the id is known of an object that is looked up (`.get`); a resource that declares nothing has outputs all the same. */
function isLookUp(outputs: Bag): boolean {
  return Object.keys(outputs).every((key) => key === "connection");
}

function isGone(error: unknown): boolean {
  return error instanceof Gone || (error as { kind?: unknown } | undefined)?.kind === "notFound";
}

/** What holds the marker somewhere inside is not known as a whole, and need not have the form that a known value has. */
function withPlainUnknowns<Inputs extends object>(inputs: Inputs): Inputs {
  const entries = Object.entries(inputs as Bag).map(([key, value]) => [
    key,
    !Array.isArray(value) && holdsUnknown(value) ? UNKNOWN : value,
  ]);
  return Object.fromEntries(entries) as Inputs;
}

function present(bag: Bag): Bag {
  return Object.fromEntries(Object.entries(bag).filter(([, value]) => value !== undefined && value !== null));
}

function withoutProvider(bag: Bag): Bag {
  const { __provider: _provider, ...rest } = present(bag);
  return rest;
}

function naturalKey(noun: string, key: string, connection: string | undefined): string {
  return `${noun} ${key}@${connection ?? ""}`;
}

/** `policy outreach@` → `policy outreach`. */
function bare(key: string): string {
  return key.replace(/@[^@]*$/, "");
}

function text(value: unknown): string {
  return value === undefined ? "nothing" : shown(JSON.stringify(value) ?? String(value));
}

function hasSecret<Remote>(remote: Remote): remote is Remote & { secret: unknown } {
  return typeof remote === "object" && remote !== null && "secret" in remote && remote.secret !== undefined;
}
