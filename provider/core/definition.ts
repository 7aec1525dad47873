import { type Severity } from "./engine";
import { NotSettled, UserError } from "./failure";
import { type Claim } from "./memory";
import { type Failure, type Fields, type Zod } from "./fields";
import { type Word } from "./standing";
import { type Realm } from "./realm";

/** Inputs every resource has beside its own. */
export interface CommonInputs {
  /** Take over an object that already exists: true for "the one with my natural key", or its id. Read at create alone. */
  adopt?: boolean | string;
  /** Another set of credentials, read from `nylas-NAME:…` in the stack's configuration. */
  connection?: string;
  /** Delete even what still holds mail or accounts. Counts from the state: it has to be applied before the delete. */
  forceDestroy?: boolean;
  /** Let a change go through that may delete mail by shortening what is kept. Read at that change alone. */
  allowMailLoss?: boolean;
}

/** What an operation is handed. */
export interface Context<Session> {
  session: Session;
  /** `project/stack/name` of the resource, where this process has checked it. */
  label: string | undefined;
  /** Whether the state holds the object with this id, as far as the engine has named its entries in this process. */
  recorded(id: string): boolean;
  /** This process has made the object with this id: the state will hold it. */
  made(id: string): void;
  /** Who declares the object with this natural key in this run, as a resource of the kind that `noun` names. */
  claimOf(noun: string, key: string): Claim | undefined;
  /** Whether a resource of this label declares an object of this kind in this run. */
  isDeclaredAs(label: string): boolean;
  /** Whether the resource of the object with this id goes on with another object under the same natural key. */
  isReplaced(id: string): boolean;
  /** The label of the resource of this program that holds an object of this kind, by whichever connection it came to it. */
  holderOf(id: string): string | undefined;
  /** Of a create that is under way; undefined in every other operation. */
  creation?: {
    /** When the first attempt of it began: Unix milliseconds by this machine's clock. */
    began: number;
    /** Whether an interrupted run of this very state has made the object that an answer shows. */
    isOwn(remote: unknown): Promise<boolean>;
  };
  /** A line for the person at the terminal: in preview, diagnostics and events. */
  say(severity: Severity, message: string): Promise<void>;
}

/** Server values under the inputs' names; a key with undefined says "there is none", a missing key "it does not tell". */
export type Observed<Inputs> = { [K in keyof Inputs]?: Inputs[K] | undefined };

/** A change to an object that stays. */
export interface Change<Inputs> {
  id: string;
  /** The outputs as recorded. */
  olds: Inputs & Record<string, unknown>;
  news: Inputs;
  /** The declared inputs that differ, in normal form. */
  changed: ReadonlySet<string>;
}

/** A kind of resource, described once: `operations/` makes the engine's six operations out of it. */
export interface Definition<Inputs extends CommonInputs, Remote, Session> {
  /** The name under `pulumi-nodejs:dynamic/nylas:`, and of the handler's export: frozen for ever. */
  type: string;
  /** What a person calls it, for errors: `workspace`. */
  noun: string;
  fields(z: Zod): Fields;
  /** Inputs the API cannot change in place. */
  replaceOn?: (keyof Inputs & string)[];
  /** Inputs that steer one operation and are never compared. */
  directives?: (keyof Inputs & string)[];
  /** Values that hold when the program says nothing; made explicit in the state, so that they stay when ours change. */
  defaults?: Partial<Inputs>;
  /** Whether a missing `name` becomes `project/stack/name`. */
  namedByDefault?: boolean;
  /** The normal form of an input for comparisons; the identity where it is not given. */
  normal?: { [K in keyof Inputs & string]?: (value: NonNullable<Inputs[K]>) => unknown };
  /** What two objects of this kind cannot share; undefined while not known or where there is none. */
  key?(inputs: Inputs): string | undefined;
  /**
   * What is wrong with the inputs, beyond their form. A failure ends the whole program, so it is for mistakes of the program alone; see
   * `refusals`. `olds` is undefined for a resource that does not exist. `failedBefore`: in an up with --continue-on-error, something that
   * this resource depends on has failed, and the engine will skip it.
   */
  rules?(news: Inputs, olds: Inputs | undefined, failedBefore: boolean): Failure[];
  /**
   * Why a change in place cannot be made to an object that stands, as `property: reason`. The update is refused then, and nothing else.
   * `olds` are the inputs as recorded, or the outputs of the same names.
   */
  refusals?(news: Inputs, olds: Inputs): string[];
  /** Inputs that follow from old and new ones; recorded with them. */
  computed?(news: Inputs, olds: Inputs | undefined): Partial<Inputs>;
  /** Where even a recorded word does not let a replacement through: the way on, a sentence or two. Asked where `lostByReplacement` is given. */
  neverReplaced?(olds: Inputs): string | undefined;
  /** Set for what a replacement would lose: completes "replacing it …"; the update is refused without a recorded forceDestroy. */
  lostByReplacement?(olds: Inputs): string;
  /**
   * Why the program must not go on: the engine would lose what is not a resource of this provider, once this one is registered. It ends a
   * preview and an `up` as a failed check does, and is asked by diff, which sees the recorded outputs. For everything else see `refusals`.
   */
  endsProgram?(outputs: Record<string, unknown>, news: Inputs): string | undefined;
  /**
   * Set for what holds something that cannot be made anew: completes "… was deleted outside Pulumi, …". Its entry stays in the
   * state as lost when it is found gone, and nothing takes its place without a word.
   */
  lostWhenGone?: string;
  /**
   * For what stands before the delete of others: why a refresh keeps its entry although the object is gone; undefined where it need not stay. It
   * may come back under another id, and the delete asks for that.
   */
  staysWhenGone?(outputs: Record<string, unknown>): string | undefined;
  /**
   * The id of another object that has taken the place of one that is gone, such as a domain that was registered again. The entry stays in the
   * state then, so that what depends on it is guarded: as lost where `adoptsSuccessor` is set, as it is otherwise.
   */
  successor?(session: Session, id: string, outputs: Record<string, unknown>): Promise<string | undefined>;
  /** What has happened then, and what to do: completes a line that begins with the object. */
  successorText?(successor: string): string;
  /** Whether `adopt` with the id of the successor takes the place of the entry. */
  adoptsSuccessor?: boolean;
  /**
   * What a change would lose or hand over, said in the preview. Where a word lets it through, `stands` completes it: a sentence that
   * says since when the word stands.
   */
  warnings?(olds: Inputs, news: Inputs, stands: (word: Word) => string): string[];
  /** Whether the recorded outputs say that the object is not yet (or no more) what was wanted. */
  unsettled?(outputs: Record<string, unknown>, news: Partial<Inputs>): boolean;
  /**
   * What an object that is not yet what was wanted waits for, where somebody else has to do it: completes a line. Only an up looks again
   * then; for a preview or a refresh it is no difference. Undefined where every run is to show it.
   */
  waitsFor?(outputs: Record<string, unknown>): string | undefined;

  /**
   * The existing object with the same natural key. `passOver` tells ids of objects whose resource gives that key up in this very run:
   * where the other side takes two objects with one key for a moment, they are in nobody's way.
   */
  find?(session: Session, inputs: Inputs, passOver: (id: string) => boolean): Promise<Remote | undefined>;
  /**
   * Makes room where the other side takes a natural key but once, and a resource of this program gives it up in this very run: ends
   * that object before the engine would. Answers why that cannot be, or undefined when it is done.
   */
  vacate?(context: Context<Session>, remote: Remote): Promise<string | undefined>;
  /**
   * Why an object that was found may not be taken over, even with `adopt`, although it could be: most likely this very state holds it
   * under another name. The reason names the way out.
   */
  heldUnderOtherName?(context: Context<Session>, remote: Remote): string | undefined;
  /** When `adopt` is the right advice for an object in the way; completes "If …, take it over: adopt". Default: "it should be managed from here on". */
  adoptCondition?(remote: Remote): string;
  /**
   * Where objects of this kind live: the application or the organization. Given together with `find`, for the journal of
   * creates, which tells an object that an interrupted run of this state has made from everybody else's.
   */
  scope?(session: Session): Promise<string> | string;
  /** When the object was created, in seconds since 1970; 0 or undefined where Nylas does not say. */
  createdAt?(remote: Remote): number | undefined;
  /** Completes a refusal to take the object over: whose default name it bears, or what stands on it. */
  whose?(context: Context<Session>, remote: Remote): Promise<string | undefined> | string | undefined;
  /** Says what is to be known of an object that an interrupted run has made, and that is taken now. */
  sayTaken?(context: Context<Session>, remote: Remote): Promise<void>;
  /** Why an object that exists can never be this resource, whatever the program says; undefined where it can. */
  foreign?(remote: Remote): string | undefined;
  /**
   * Whether an object that differs in these inputs is one whose create was interrupted between its steps: it lacks what a later
   * step brings, and has nothing that is not declared.
   */
  begun?(remote: Remote, inputs: Inputs, differing: readonly string[]): boolean;
  /** The later steps of a create. */
  finish?(context: Context<Session>, remote: Remote, inputs: Inputs): Promise<Remote>;
  /** Given where Nylas lets two objects be the same: how one is told that a lost answer left beside another. */
  twins?: Twins<Remote, Session>;
  /** Told of the entries of the state that the engine compares: what exists may be asked for later. No network. */
  recorded?(session: Session, id: string, outputs: Record<string, unknown>): void;
  get(session: Session, id: string, outputs: Record<string, unknown>): Promise<Remote | undefined>;
  /** As `get`, for a refresh, which asks for all there are: a list may answer for many. */
  getAmongMany?(session: Session, id: string, outputs: Record<string, unknown>): Promise<Remote | undefined>;
  /**
   * Given where an object is there whoever declares it: takes off what a resource had set that is let go, and that the one which
   * declares the object from now on says nothing of (`left`).
   */
  handOver?(context: Context<Session>, id: string, left: Record<string, unknown>): Promise<unknown>;
  /** Whether a list still shows the object of which `get` says that it is not there: one of the two is wrong then. */
  listed?(session: Session, id: string): Promise<boolean>;
  create(context: Context<Session>, inputs: Inputs): Promise<Remote>;
  update?(context: Context<Session>, change: Change<Inputs>): Promise<Remote>;
  /** Ends the object; false when it was gone already. Not given: the resource is only let go. */
  delete?(context: Context<Session>, id: string, outputs: Record<string, unknown>): Promise<boolean>;
  /** Why the object may not be deleted now; undefined when it may. Asked only without forceDestroy. */
  keep?(
    context: Context<Session>,
    remote: Remote,
    outputs: Record<string, unknown>,
  ): Promise<string | undefined>;
  /**
   * Why the entry may not go while another resource of this run declares the same thing. Asked before the entry is handed over to that
   * resource; no word overrides it.
   */
  keepWhileDeclared?(
    context: Context<Session>,
    id: string,
    outputs: Record<string, unknown>,
  ): string | undefined;
  /** Whether this run was told by name to delete this object in any case. */
  forced?(session: Session, outputs: Record<string, unknown>, id: string): boolean;
  /** What to say of a run that names this object as one to delete, although the program still declares it. */
  namedInVain?(session: Session, inputs: Inputs, id: string): string | undefined;

  id(remote: Remote): string;
  /** A short name for errors: `workspace "Customer A" (id abf6…)`. */
  describe(remote: Remote): string;
  /** The object's values under the inputs' names; where `declared` is given, only in the parts that it declares. */
  observed(remote: Remote, declared?: Partial<Inputs>): Observed<Inputs>;
  /** Outputs that are not inputs; `recorded` holds the state's, for what the server is not asked for again. */
  outputs(
    remote: Remote,
    inputs: Partial<Inputs>,
    recorded: Record<string, unknown>,
  ): Record<string, unknown>;
  /** Where the object lives, as recorded in its outputs. */
  realm(outputs: Record<string, unknown>): Realm | undefined;
  /** Throws unless the other side is the realm (any realm, for a first write without one). */
  confirm(session: Session, realm: Realm | undefined): Promise<void>;
}

/**
 * Creates are not idempotent at Nylas, and names are not unique: a create that lands after somebody looked for it, and made
 * another, leaves two of the same.
 */
export interface Twins<Remote, Session> {
  /** All objects that could be one. */
  all(session: Session, remote: Remote): Promise<Remote[]>;
  /** What two objects have in common that one create made twice. */
  mark(remote: Remote): string;
  /** Under which object `all` looks, where that is not the whole application or organization. */
  under?(remote: Remote): string;
}

/** How a failed remote call left the other side; errors without it left it unchanged. */
export function isAmbiguous(error: unknown): boolean {
  return (error as { kind?: unknown } | undefined)?.kind === "ambiguous";
}

/** No usable answer to a write that can be repeated: it may be done. */
export function isUnclear(error: unknown): boolean {
  const kind = (error as { kind?: unknown } | undefined)?.kind;
  return kind === "unavailable" || kind === "malformed";
}

/** The create was refused, here or there: nothing was made. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof NotSettled) return false;
  const kind = (error as { kind?: unknown } | undefined)?.kind;
  return error instanceof UserError || (typeof kind === "string" && REFUSALS.has(kind));
}

const REFUSALS = new Set(["refused", "credential", "forbidden", "notFound", "conflict", "quota", "setting"]);

/** The other side says that there is such an object already. */
export function isConflict(error: unknown): boolean {
  return (error as { kind?: unknown } | undefined)?.kind === "conflict";
}
