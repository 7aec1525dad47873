import { type Realm } from "./realm";

/** Who declares a natural key in this run: a resource that had no entry in the state before, or one that had. */
export interface Claim {
  label: string;
  how: "new" | "recorded";
}

/**
 * What this plugin process has seen. One process serves one operation (preview, up, refresh, destroy) and all its
 * resources, so this is all that connects a create to the delete of the same object under its former name.
 */
export class Memory {
  readonly #labels = new Map<string, string>();
  readonly #wanted = new Map<string, string>();
  readonly #kept = new Set<string>();
  readonly #takenBack = new Set<string>();
  readonly #expected = new Map<string, object>();
  readonly #holders = new Map<string, { how: "recorded" | "made"; declared: object }>();
  readonly #leaving = new Map<string, string>();
  readonly #begun = new Set<string>();
  readonly #realms = new Map<string, Realm>();
  readonly #noted = new Set<string>();
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
  declare(key: string, label: string): string | undefined {
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
  refuse(label: string, reason: string | undefined): void {
    this.#refusals.set(label, reason);
  }

  /** Why the change of the resource with this label is refused. */
  refusal(label: string): string | undefined {
    return this.#refusals.get(label);
  }

  /** A resource that does not hold the object yet is going to ask for it. */
  want(key: string, label: string): void {
    this.#wanted.set(key, label);
  }

  /** By whichever connection: two may lead to one application, and nobody knows of a key that failed. */
  wantedBy(isMeant: (key: string) => boolean): string | undefined {
    return [...this.#wanted].find(([key]) => isMeant(key))?.[1];
  }

  /** Whoever asked for it has one now: what else stood under this natural key is nobody's successor any more. */
  fulfil(key: string): void {
    this.#wanted.delete(key);
  }

  /**
   * A resource of this run declares this natural key. Its first claim counts: a new one is diffed in a later refresh, and one that is
   * replaced is checked once more, as if nothing were there.
   */
  claim(key: string, claim: Claim): void {
    if (this.#claims.get(key)?.label !== claim.label) this.#claims.set(key, claim);
  }

  claimOf(key: string): Claim | undefined {
    return this.#claims.get(key);
  }

  /** The resource of this object goes on with another object under the same natural key. */
  replace(object: string): void {
    this.#replaced.add(object);
  }

  isReplaced(object: string): boolean {
    return this.#replaced.has(object);
  }

  /**
   * A diff has asked for a write, or a check has shown that something it needs has failed. The write comes before the first delete, unless the engine
   * skips it.
   */
  expect(resource: string, recorded: object): void {
    this.#expected.set(resource, recorded);
  }

  /** The update has come, or a create in its place. */
  arrived(resource: string): void {
    this.#expected.delete(resource);
  }

  /** A resource whose update has not come, and whose entry names this id. */
  skippedWith(id: string): string | undefined {
    return [...this.#expected].find(([, recorded]) => names(recorded, id))?.[0];
  }

  /** The change to this object takes back the word that is recorded of it. */
  takeBack(object: string): void {
    this.#takenBack.add(object);
  }

  isTakenBack(object: string): boolean {
    return this.#takenBack.has(object);
  }

  /** The program still declares the resource that the state has under this natural key. */
  keep(key: string): void {
    this.#kept.add(key);
  }

  kept(key: string): boolean {
    return this.#kept.has(key);
  }

  /** The state has an entry for this remote object, whatever becomes of it in this run. */
  note(object: string): void {
    this.#noted.add(object);
  }

  /** A refresh has read an entry of the state with this natural key. */
  markRead(key: string): void {
    this.#read.add(key);
  }

  isRead(key: string): boolean {
    return this.#read.has(key);
  }

  noted(object: string): boolean {
    return this.#noted.has(object);
  }

  /** A resource of the program, declared so, holds this remote object: by its recorded id, or since a create or adopt just now. */
  hold(object: string, how: "recorded" | "made", declared: object): void {
    if (this.#holders.get(object)?.how !== "made") this.#holders.set(object, { how, declared });
  }

  /** What the resource declares that holds this remote object. */
  held(object: string): object | undefined {
    return this.#holders.get(object)?.declared;
  }

  /** The resource that has this remote object gives its natural key up in this run: by another name, or by another object. */
  leave(object: string, label: string): void {
    this.#leaving.set(object, label);
  }

  /** The label of the resource that is about to leave its object, or to leave the object its former name. */
  leftBy(object: string): string | undefined {
    return this.#leaving.get(object);
  }

  /** The engine has asked for this resource to be made: whatever could have kept it from replacing the old one has not. */
  begin(label: string): void {
    this.#begun.add(label);
  }

  begun(label: string): boolean {
    return this.#begun.has(label);
  }

  /** The recorded objects of a connection live there: a create beside them has to end there too. */
  recordRealm(connection: string | undefined, realm: Realm): void {
    this.#realms.set(connection ?? "", { ...realm, ...this.#realms.get(connection ?? "") });
  }

  realm(connection: string | undefined): Realm | undefined {
    return this.#realms.get(connection ?? "");
  }
}

function names(value: unknown, id: string): boolean {
  if (typeof value === "string") return value === id;
  return typeof value === "object" && value !== null && Object.values(value).some((each) => names(each, id));
}
