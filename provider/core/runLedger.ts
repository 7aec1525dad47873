import { type Owner } from "./owner";
import { bare } from "./properties";

/** Who declares a natural key in this run: a resource that had no entry in the state before, or one that had. */
export interface Claim {
  label: string;
  how: "new" | "recorded";
}

/** What holds a remote object: the label of its resource, and the names of what that declares. */
export interface Holder {
  how: "recorded" | "made";
  label: string | undefined;
  declared: readonly string[];
}

/** Something that was seen, as it is told to other processes: what it is, and about what. */
export type Fact = [kind: string, ...about: (string | string[] | null)[]];

/** What the processes of one operation tell each other. */
export interface Facts {
  /** How a key or an id is written: no name leaves a process. */
  digest(text: string): string;
  add(fact: Fact): void;
  /** What others have added since the last time. */
  news(): Fact[];
  /** Whether what is added reaches the others. */
  isWhole(): boolean;
  /** Nothing is added any more. */
  end(): void;
}

/**
 * What the processes of one operation (preview, up, refresh, destroy) have seen, for all their resources. Only this connects a create to the
 * delete of the same object under its former name. The dynamic host serves an operation by one process. The native plugin has one for each
 * instance and each version of the provider, so they tell each other by `facts`. What concerns one resource alone stays in its process.
 */
export class RunLedger {
  readonly #facts: Facts | undefined;
  readonly #labels = new Map<string, { label: string; noun: string }>();
  /** Labels under which other processes declare a natural key that is declared here too. */
  readonly #rivals = new Map<string, string>();
  readonly #pendingCreates = new Map<string, { label: string; bare: string }>();
  readonly #declared = new Set<string>();
  readonly #revokedWords = new Set<string>();
  readonly #pendingUpdates = new Map<string, ReadonlySet<string>>();
  readonly #bound = new Map<string, Holder>();
  readonly #releasing = new Map<string, string>();
  readonly #startedCreates = new Set<string>();
  readonly #owners = new Map<string, Owner>();
  readonly #inState = new Set<string>();
  readonly #read = new Set<string>();
  readonly #claims = new Map<string, Claim>();
  readonly #replaced = new Set<string>();
  readonly #recordedWords = new Map<string, Record<string, unknown>>();
  readonly #refusals = new Map<string, string | undefined>();
  #programRuns = false;
  #isUp = false;
  readonly #said = new Set<string>();

  /** Without `facts`, this process is the only one. */
  constructor(facts?: Facts) {
    this.#facts = facts;
  }

  /** The operation is over, as far as this process can tell. */
  end(): void {
    this.#facts?.end();
  }

  /** Whether the processes of this operation can tell each other what they hold. */
  get isWhole(): boolean {
    return this.#facts?.isWhole() ?? true;
  }

  /** A check was asked for: the engine runs the program in this process, with the configuration as it is now. */
  markProgramRuns(): void {
    this.#programRuns = true;
  }

  get programRuns(): boolean {
    return this.#programRuns;
  }

  /** The program runs in an up: what waits for somebody else is looked at again. In a preview or a refresh, it is as it was. */
  markUp(): void {
    this.#isUp = true;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** True the first time that a text is given in this process. */
  saysFirst(text: string): boolean {
    const first = !this.#said.has(text);
    this.#said.add(text);
    return first;
  }

  /**
   * The recorded inputs of a resource, for its words. A resource that is replaced is checked a second time as if nothing were there, and
   * its words stand all the same. Answers what an earlier check was shown.
   */
  recordedInputs(
    label: string,
    before: Record<string, unknown> | undefined,
  ): Record<string, unknown> | undefined {
    if (before) this.#recordedWords.set(label, before);
    return before ?? this.#recordedWords.get(label);
  }

  /** Remembers who declares a natural key; answers the label of another resource that declares it too. */
  claimKey(key: string, label: string): string | undefined {
    const of = this.#of(key);
    const first = this.#heard().#labels.get(of)?.label;
    if (first !== undefined && first !== label) return first;
    if (first === undefined) this.#note(["label", of, label, nounOf(key)]);
    // Two processes may claim it at the same moment: each has written before it reads, so one of them sees the other.
    return this.#heard().#rivals.get(of);
  }

  /** The label of the resource that declares a natural key. */
  label(key: string): string | undefined {
    return this.#heard().#labels.get(this.#of(key))?.label;
  }

  /** Whether a resource with this label declares a natural key of this kind. */
  declares(noun: string, label: string): boolean {
    return [...this.#heard().#labels.values()].some((each) => each.label === label && each.noun === noun);
  }

  /** The change of the resource with this label is refused, or is not: nothing is made for it in this run then. */
  recordRefusal(label: string, reason: string | undefined): void {
    this.#refusals.set(label, reason);
  }

  /** Why the change of the resource with this label is refused. */
  refusal(label: string): string | undefined {
    return this.#refusals.get(label);
  }

  /** A resource that does not hold the object yet is going to ask for it. */
  markPendingCreate(key: string, label: string): void {
    this.#note(["pending", this.#of(key), label, this.#of(bare(key))]);
  }

  /** By whichever connection: two may lead to one application, and nobody knows of a key that failed. */
  pendingCreateOf(key: string): string | undefined {
    const of = this.#of(bare(key));
    return [...this.#heard().#pendingCreates.values()].find((each) => each.bare === of)?.label;
  }

  /** Whoever asked for it has one now: what else stood under this natural key is nobody's successor any more. */
  createSucceeded(key: string): void {
    this.#heard().#note(["succeeded", this.#of(key)]);
  }

  /**
   * A resource of this run declares this natural key. Only its first claim counts. A new one is diffed in a later
   * refresh, and a replaced one is checked once more, as if nothing were there.
   */
  recordClaim(key: string, claim: Claim): void {
    const of = this.#of(key);
    if (this.#heard().#claims.get(of)?.label !== claim.label)
      this.#note(["claim", of, claim.label, claim.how]);
  }

  claimOf(key: string): Claim | undefined {
    return this.#heard().#claims.get(this.#of(key));
  }

  /** The resource of this object goes on with another object under the same natural key. */
  markReplaced(object: string): void {
    this.#note(["replaced", this.#of(object)]);
  }

  isReplaced(object: string): boolean {
    return this.#heard().#replaced.has(this.#of(object));
  }

  /**
   * A diff has asked for a write, or a check has shown that something it needs has failed. The write comes before the first delete, unless the engine
   * skips it.
   */
  markPendingUpdate(resource: string, recorded: object): void {
    this.#note(["update", resource, [...new Set(textsIn(recorded))].map((text) => this.#of(text))]);
  }

  /** The update has come, or a create in its place. */
  updateArrived(resource: string): void {
    this.#heard().#note(["arrived", resource]);
  }

  /** A resource whose update has not come, and whose entry names this id. */
  skippedDependentOf(id: string): string | undefined {
    const of = this.#of(id);
    return [...this.#heard().#pendingUpdates].find(([, recorded]) => recorded.has(of))?.[0];
  }

  /** The change to this object takes back the word that is recorded of it. */
  markWordRevoked(object: string): void {
    this.#note(["revoked", this.#of(object)]);
  }

  isWordRevoked(object: string): boolean {
    return this.#heard().#revokedWords.has(this.#of(object));
  }

  /** The program still declares the resource that the state has under this natural key. */
  markDeclared(key: string): void {
    this.#note(["declared", this.#of(key)]);
  }

  isDeclared(key: string): boolean {
    return this.#heard().#declared.has(this.#of(key));
  }

  /** The state has an entry for this remote object, whatever becomes of it in this run. */
  markInState(object: string): void {
    this.#note(["inState", this.#of(object)]);
  }

  /** A refresh has read an entry of the state with this natural key. */
  markRead(key: string): void {
    this.#note(["read", this.#of(key)]);
  }

  isRead(key: string): boolean {
    return this.#heard().#read.has(this.#of(key));
  }

  isInState(object: string): boolean {
    return this.#heard().#inState.has(this.#of(object));
  }

  /** A resource of the program, declared so, holds this remote object: by its recorded id, or since a create or adopt just now. */
  bind(object: string, { how, label, declared }: Holder): void {
    this.#note(["bound", this.#of(object), how, label ?? null, [...declared]]);
  }

  /** What holds this remote object. */
  boundTo(object: string): Holder | undefined {
    return this.#heard().#bound.get(this.#of(object));
  }

  /** The resource that has this remote object gives its natural key up in this run: by another name, or by another object. */
  markReleasing(object: string, label: string): void {
    this.#note(["releasing", this.#of(object), label]);
  }

  /** The label of the resource that is about to leave its object, or to leave the object its former name. */
  releasedBy(object: string): string | undefined {
    return this.#heard().#releasing.get(this.#of(object));
  }

  /** The engine has asked for this resource to be made: whatever could have kept it from replacing the old one has not. */
  markCreateStarted(label: string): void {
    this.#note(["started", label]);
  }

  hasCreateStarted(label: string): boolean {
    return this.#heard().#startedCreates.has(label);
  }

  /** The recorded objects of a connection live there: a create beside them has to end there too. */
  recordOwner(connection: string | undefined, owner: Owner): void {
    this.#owners.set(connection ?? "", { ...owner, ...this.#owners.get(connection ?? "") });
  }

  owner(connection: string | undefined): Owner | undefined {
    return this.#owners.get(connection ?? "");
  }

  #of(key: string): string {
    return this.#facts === undefined ? key : this.#facts.digest(key);
  }

  #note(fact: Fact): void {
    if (this.#apply(fact)) this.#facts?.add(fact);
  }

  /** This ledger, with what the others have told by now. */
  #heard(): this {
    for (const fact of this.#facts?.news() ?? []) this.#apply(fact, true);
    return this;
  }

  /** False where it was known already. */
  #apply([kind, ...about]: Fact, isOfOther = false): boolean {
    const [of, a, b, c] = about as [string, string, string, string[]];
    switch (kind) {
      case "label": {
        const known = this.#labels.get(of);
        if (known === undefined) this.#labels.set(of, { label: a, noun: b });
        else if (isOfOther && known.label !== a) this.#rivals.set(of, a);
        return known === undefined;
      }
      case "pending":
        this.#pendingCreates.set(of, { label: a, bare: b });
        return true;
      case "succeeded":
        return this.#pendingCreates.delete(of);
      case "claim":
        this.#claims.set(of, { label: a, how: b as Claim["how"] });
        return true;
      case "update":
        this.#pendingUpdates.set(of, new Set(a as unknown as string[]));
        return true;
      case "arrived":
        return this.#pendingUpdates.delete(of);
      case "bound": {
        const known = this.#bound.get(of)?.how;
        if (known !== "made")
          this.#bound.set(of, { how: a as Holder["how"], label: b ?? undefined, declared: c });
        return known !== "made";
      }
      case "releasing":
        this.#releasing.set(of, a);
        return true;
      default: {
        const set = this.#sets[kind];
        if (set === undefined || set.has(of)) return false;
        set.add(of);
        return true;
      }
    }
  }

  /** What is there or not, by the kinds of facts. */
  readonly #sets: Readonly<Record<string, Set<string>>> = {
    replaced: this.#replaced,
    revoked: this.#revokedWords,
    declared: this.#declared,
    inState: this.#inState,
    read: this.#read,
    started: this.#startedCreates,
  };
}

/** `policy outreach@` → `policy`. */
function nounOf(key: string): string {
  return key.slice(0, key.indexOf(" "));
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null)
    for (const each of Object.values(value)) yield* textsIn(each);
}
