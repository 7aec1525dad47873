import { type Owner } from "./owner";

/** Who declares a natural key in this run: a resource that had no entry in the state before, or one that had. */
export interface Claim {
  label: string;
  how: "new" | "recorded";
}

/**
 * What this plugin process has seen. One process serves one operation (preview, up, refresh, destroy) and all its
 * resources. So only this connects a create to the delete of the same object under its former name.
 */
export class RunLedger {
  readonly #labels = new Map<string, string>();
  readonly #pendingCreates = new Map<string, string>();
  readonly #declared = new Set<string>();
  readonly #revokedWords = new Set<string>();
  readonly #pendingUpdates = new Map<string, object>();
  readonly #bound = new Map<string, { how: "recorded" | "made"; declared: object }>();
  readonly #releasing = new Map<string, string>();
  readonly #startedCreates = new Set<string>();
  readonly #owners = new Map<string, Owner>();
  readonly #inState = new Set<string>();
  readonly #read = new Set<string>();
  readonly #recordedWords = new Map<string, Record<string, unknown>>();
  readonly #refusals = new Map<string, string | undefined>();
  #programRuns = false;
  #isUp = false;
  readonly #said = new Set<string>();

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
  readonly #claims = new Map<string, Claim>();
  readonly #replaced = new Set<string>();

  /** Remembers who declares a natural key; answers the label of another resource that declares it too. */
  claimKey(key: string, label: string): string | undefined {
    const first = this.#labels.get(key);
    if (first === undefined) this.#labels.set(key, label);
    return first !== undefined && first !== label ? first : undefined;
  }

  /** The label of the resource that declares a natural key. */
  label(key: string): string | undefined {
    return this.#labels.get(key);
  }

  /** Whether a resource with this label declares a natural key of this kind. */
  declares(noun: string, label: string): boolean {
    return [...this.#labels].some(([key, each]) => each === label && key.startsWith(`${noun} `));
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
    this.#pendingCreates.set(key, label);
  }

  /** By whichever connection: two may lead to one application, and nobody knows of a key that failed. */
  pendingCreateOf(isMeant: (key: string) => boolean): string | undefined {
    return [...this.#pendingCreates].find(([key]) => isMeant(key))?.[1];
  }

  /** Whoever asked for it has one now: what else stood under this natural key is nobody's successor any more. */
  createSucceeded(key: string): void {
    this.#pendingCreates.delete(key);
  }

  /**
   * A resource of this run declares this natural key. Only its first claim counts. A new one is diffed in a later
   * refresh, and a replaced one is checked once more, as if nothing were there.
   */
  recordClaim(key: string, claim: Claim): void {
    if (this.#claims.get(key)?.label !== claim.label) this.#claims.set(key, claim);
  }

  claimOf(key: string): Claim | undefined {
    return this.#claims.get(key);
  }

  /** The resource of this object goes on with another object under the same natural key. */
  markReplaced(object: string): void {
    this.#replaced.add(object);
  }

  isReplaced(object: string): boolean {
    return this.#replaced.has(object);
  }

  /**
   * A diff has asked for a write, or a check has shown that something it needs has failed. The write comes before the first delete, unless the engine
   * skips it.
   */
  markPendingUpdate(resource: string, recorded: object): void {
    this.#pendingUpdates.set(resource, recorded);
  }

  /** The update has come, or a create in its place. */
  updateArrived(resource: string): void {
    this.#pendingUpdates.delete(resource);
  }

  /** A resource whose update has not come, and whose entry names this id. */
  skippedDependentOf(id: string): string | undefined {
    return [...this.#pendingUpdates].find(([, recorded]) => names(recorded, id))?.[0];
  }

  /** The change to this object takes back the word that is recorded of it. */
  markWordRevoked(object: string): void {
    this.#revokedWords.add(object);
  }

  isWordRevoked(object: string): boolean {
    return this.#revokedWords.has(object);
  }

  /** The program still declares the resource that the state has under this natural key. */
  markDeclared(key: string): void {
    this.#declared.add(key);
  }

  isDeclared(key: string): boolean {
    return this.#declared.has(key);
  }

  /** The state has an entry for this remote object, whatever becomes of it in this run. */
  markInState(object: string): void {
    this.#inState.add(object);
  }

  /** A refresh has read an entry of the state with this natural key. */
  markRead(key: string): void {
    this.#read.add(key);
  }

  isRead(key: string): boolean {
    return this.#read.has(key);
  }

  isInState(object: string): boolean {
    return this.#inState.has(object);
  }

  /** A resource of the program, declared so, holds this remote object: by its recorded id, or since a create or adopt just now. */
  bind(object: string, how: "recorded" | "made", declared: object): void {
    if (this.#bound.get(object)?.how !== "made") this.#bound.set(object, { how, declared });
  }

  /** What the resource declares that holds this remote object. */
  boundTo(object: string): object | undefined {
    return this.#bound.get(object)?.declared;
  }

  /** The resource that has this remote object gives its natural key up in this run: by another name, or by another object. */
  markReleasing(object: string, label: string): void {
    this.#releasing.set(object, label);
  }

  /** The label of the resource that is about to leave its object, or to leave the object its former name. */
  releasedBy(object: string): string | undefined {
    return this.#releasing.get(object);
  }

  /** The engine has asked for this resource to be made: whatever could have kept it from replacing the old one has not. */
  markCreateStarted(label: string): void {
    this.#startedCreates.add(label);
  }

  hasCreateStarted(label: string): boolean {
    return this.#startedCreates.has(label);
  }

  /** The recorded objects of a connection live there: a create beside them has to end there too. */
  recordOwner(connection: string | undefined, owner: Owner): void {
    this.#owners.set(connection ?? "", { ...owner, ...this.#owners.get(connection ?? "") });
  }

  owner(connection: string | undefined): Owner | undefined {
    return this.#owners.get(connection ?? "");
  }
}

function names(value: unknown, id: string): boolean {
  if (typeof value === "string") return value === id;
  return typeof value === "object" && value !== null && Object.values(value).some((each) => names(each, id));
}
