import { type Severity } from "./engine";
import { NotSettled, UserError } from "./failure";
import { type Claim } from "./runLedger";
import { type Failure, type Fields, type Zod } from "./fields";
import { type Word } from "./standing";
import { type FailedBefore } from "./label";
import { type Owner } from "./owner";

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
  isInState(id: string): boolean;
  /** This process has made the object with this id: the state will hold it. */
  markCreated(id: string): void;
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
    /** When the first attempt of it began, in Unix milliseconds by this machine's clock. */
    began: number;
    /** The same by the clock of the other side; undefined where nothing tells it. */
    beganThere: number | undefined;
    /** Whether an interrupted run of this very state has made the object that an answer shows. */
    isOwn(remote: unknown): Promise<boolean>;
  };
  /** A line for the person at the terminal: in preview, diagnostics and events. */
  log(severity: Severity, message: string): Promise<void>;
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

/**
 * A kind of resource, described once: `operations/` makes the engine's six operations out of it. What is required stands first. Each group
 * after it is a capability of its own, for the kinds that need it.
 */
export interface Definition<Inputs extends CommonInputs, Remote, Session> {
  /** The name under `pulumi-nodejs:dynamic/nylas:`, and of the handler's export: frozen for ever. */
  type: string;
  /** The kind's name in messages: `workspace`. */
  noun: string;
  fields(z: Zod): Fields;
  id(remote: Remote): string;
  /** A short name for errors: `workspace "Customer A" (id abf6…)`. */
  describe(remote: Remote): string;
  /** The object's values under the inputs' names. With `declared`, only the parts that it declares. */
  observed(remote: Remote, declared?: Partial<Inputs>): Observed<Inputs>;
  /** Outputs that are not inputs. `recorded` holds the state's, for values that the server is not asked for again. */
  outputs(
    remote: Remote,
    inputs: Partial<Inputs>,
    recorded: Record<string, unknown>,
  ): Record<string, unknown>;
  get(session: Session, id: string, outputs: Record<string, unknown>): Promise<Remote | undefined>;
  create(context: Context<Session>, inputs: Inputs): Promise<Remote>;
  owner: Ownership<Session>;

  update?(context: Context<Session>, change: Change<Inputs>): Promise<Remote>;
  /** Ends the object; false when it was gone already. Without it the resource is only let go. */
  delete?(context: Context<Session>, id: string, outputs: Record<string, unknown>): Promise<boolean>;

  inputs?: InputHandling<Inputs>;
  validation?: Validation<Inputs>;
  identity?: Identity<Inputs, Remote, Session>;
  partialCreation?: PartialCreation<Inputs, Remote, Session>;
  duplicates?: DuplicateSearch<Remote, Session>;
  replacement?: Replacement<Inputs>;
  gone?: WhenGone<Session>;
  settling?: Settling<Inputs>;
  deletionGuard?: DeletionGuard<Inputs, Remote, Session>;

  /** As `get`, for a refresh, which asks for all objects: one list answers for many. */
  getBatched?(session: Session, id: string, outputs: Record<string, unknown>): Promise<Remote | undefined>;
  /**
   * Ends an object whose natural key a resource of this program gives up in this run, where the other side takes a key only once. Returns
   * the reason if that is impossible.
   */
  releaseKey?(context: Context<Session>, remote: Remote): Promise<string | undefined>;
  /** Learns of the entries of the state that the engine compares: what exists may be asked for later. No network. */
  onRecorded?(session: Session, id: string, outputs: Record<string, unknown>): void;
  /**
   * For an object that exists whoever declares it. Another resource of the program declares it from now on: takes off the settings that
   * only the old resource declared (`left`).
   */
  onTransfer?(context: Context<Session>, id: string, left: Record<string, unknown>): Promise<unknown>;
}

/** Where an object lives. */
export interface Ownership<Session> {
  /** The owner that an object's outputs record. */
  of(outputs: Record<string, unknown>): Owner | undefined;
  /** Throws unless the other side is this owner. Before a first write there is none, and any will do. */
  assert(session: Session, owner: Owner | undefined): Promise<void>;
}

/** How the inputs of a kind are completed and compared. */
export interface InputHandling<Inputs> {
  /** Inputs that the API cannot change in place. */
  replaceOn?: (keyof Inputs & string)[];
  /** Inputs that steer one operation and are never compared. */
  directives?: (keyof Inputs & string)[];
  /** Values for inputs that the program leaves out. The state records them, so that they stay if our defaults change. */
  defaults?: Partial<Inputs>;
  /** Whether a missing `name` becomes `project/stack/name`. */
  isNamedByDefault?: boolean;
  /** The normal form of an input for comparisons; the identity where it is not given. */
  normalForms?: { [K in keyof Inputs & string]?: (value: NonNullable<Inputs[K]>) => unknown };
  /** Inputs that follow from old and new ones; recorded with them. */
  computed?(news: Inputs, olds: Inputs | undefined): Partial<Inputs>;
}

/** Judgements of a change before it is made. No network. */
export interface Validation<Inputs> {
  /**
   * Mistakes in the inputs, beyond their form. A failure ends the whole program, so it is for mistakes of the program alone; see `refusals`.
   * `olds` is undefined for a resource that does not exist. `failedBefore`: in an up with --continue-on-error, a dependency of this resource
   * has failed, and the engine will skip it. A host may not see that.
   */
  failures?(news: Inputs, olds: Inputs | undefined, failedBefore: FailedBefore): Failure[];
  /**
   * Why an existing object cannot be changed in place, as `property: reason`. Only this update is refused. `olds` are the inputs as
   * recorded, or the outputs of the same names.
   */
  refusals?(news: Inputs, olds: Inputs): string[];
  /**
   * The preview's warnings: what a change would lose or hand over. Where a word lets it through, `stands` completes the warning: a sentence
   * that says since when the word stands.
   */
  warnings?(olds: Inputs, news: Inputs, stands: (word: Word) => string): string[];
  /**
   * Why the program must not go on: once this resource is registered, the engine would lose a resource of another provider. It ends a
   * preview and an `up` as a failed check does. Diff asks, because it sees the recorded outputs. For everything else see `refusals`.
   */
  endsProgram?(outputs: Record<string, unknown>, news: Inputs): string | undefined;
}

/** How an object is found by its inputs, and whose it is. */
export interface Identity<Inputs, Remote, Session> {
  /** The natural key: two objects of this kind cannot share it. Undefined while it is unknown, or if there is none. */
  key?(inputs: Inputs): string | undefined;
  /**
   * The existing object with the same natural key. `isReleasing` tells ids of objects whose resource gives that key up in this run. Where
   * the other side takes two objects with one key for a moment, they do not block.
   */
  find?(session: Session, inputs: Inputs, isReleasing: (id: string) => boolean): Promise<Remote | undefined>;
  /**
   * The application or the organization in which objects of this kind live. Given together with `find`, for the journal of creates. The
   * journal tells objects that an interrupted run of this state has made from all others.
   */
  scope?(session: Session): Promise<string> | string;
  /** When the object was created, in seconds since 1970; 0 or undefined where Nylas does not say. */
  createdAt?(remote: Remote): number | undefined;
  /** What the clock of the other side shows now, in Unix milliseconds. Given where an answer to a create may show an older object. */
  now?(session: Session): number | undefined;
  /** Completes a refusal to take the object over: whose default name it bears, or what stands on it. */
  whose?(context: Context<Session>, remote: Remote): Promise<string | undefined> | string | undefined;
  /**
   * Why an existing object may not be taken over, even with `adopt`, although it could be: most likely this state holds it under another
   * name. The reason names the way out.
   */
  heldUnderOtherName?(context: Context<Session>, remote: Remote): string | undefined;
  /** When `adopt` is the right advice: completes "If …, take it over: adopt". Default: "it should be managed from here on". */
  adoptCondition?(remote: Remote): string;
  /** Why an existing object can never be this resource; undefined where it can. */
  cannotManageReason?(remote: Remote): string | undefined;
  /** Why `pulumi import` may not take an object for this kind, where that has to be asked; undefined where it may. */
  cannotImportReason?(session: Session, remote: Remote): Promise<string | undefined>;
  /** Logs what the user has to know about an object that an interrupted run has made, and that is taken now. */
  logTaken?(context: Context<Session>, remote: Remote): Promise<void>;
}

/** For creates of several steps, which can be interrupted between two of them. */
export interface PartialCreation<Inputs, Remote, Session> {
  /** Whether an object that differs in these inputs lacks only what a later step brings, and has nothing undeclared. */
  isPartiallyCreated(remote: Remote, inputs: Inputs, differing: readonly string[]): boolean;
  /** The later steps. */
  resumeCreate(context: Context<Session>, remote: Remote, inputs: Inputs): Promise<Remote>;
}

/** For replacements that lose something: refused without a recorded forceDestroy. */
export interface Replacement<Inputs> {
  /** Completes "replacing it …". */
  loses(olds: Inputs): string;
  /** Where even a recorded word does not let a replacement through: the way on, a sentence or two. */
  neverReason?(olds: Inputs): string | undefined;
}

/** For objects that are found gone. */
export interface WhenGone<Session> {
  /** Whether a list still shows the object that `get` reports missing: one of the two is wrong then. */
  isListed?(session: Session, id: string): Promise<boolean>;
  /**
   * For objects whose content cannot be made anew: completes "… was deleted outside Pulumi, …". The entry stays in the state as lost,
   * and nothing takes its place without a word.
   */
  loses?: string;
  /**
   * For what guards the deletes of others: why a refresh keeps the entry although the object is gone; undefined if it may go. The object may
   * come back under another id, and the delete asks for that.
   */
  staysReason?(outputs: Record<string, unknown>): string | undefined;
  /**
   * The id of an object that has taken the place of a missing one, such as a domain that was registered again. The entry stays in the
   * state, so that its dependents stay guarded: as lost with `isSuccessorAdopted`, otherwise as it is.
   */
  successor?(session: Session, id: string, outputs: Record<string, unknown>): Promise<string | undefined>;
  /** What has happened then, and what to do: completes a line that begins with the object. */
  successorText?(successor: string): string;
  /** Whether `adopt` with the id of the successor replaces the entry. */
  isSuccessorAdopted?: boolean;
}

/** For objects that reach the wanted state only later. */
export interface Settling<Inputs> {
  /** Whether the recorded outputs say that the object is not yet (or no longer) as wanted. */
  needsUpdate(outputs: Record<string, unknown>, news: Partial<Inputs>): boolean;
  /**
   * What the object waits for, where somebody else has to act: completes a line. Only an up looks again then; to a preview or a refresh it
   * is no difference. Undefined where every run is to show it.
   */
  waitsFor?(outputs: Record<string, unknown>): string | undefined;
}

/** What stands between a delete and an object with content. */
export interface DeletionGuard<Inputs, Remote, Session> {
  /** Why the object may not be deleted now; undefined when it may. Not asked under forceDestroy. */
  blocker(
    context: Context<Session>,
    remote: Remote,
    outputs: Record<string, unknown>,
  ): Promise<string | undefined>;
  /**
   * Why the entry may not go while another resource of this run declares the same object. Asked before the entry goes over to that
   * resource; no word overrides it.
   */
  blockerWhileDeclared?(
    context: Context<Session>,
    id: string,
    outputs: Record<string, unknown>,
  ): string | undefined;
  /** Whether this run was told by name to delete this object in any case. */
  isForced?(session: Session, outputs: Record<string, unknown>, id: string): boolean;
  /** The warning for a run that names this object as one to delete, although the program still declares it. */
  namedInVain?(session: Session, inputs: Inputs, id: string): string | undefined;
}

/**
 * How duplicates are found. Creates are not idempotent at Nylas, and names are not unique. Another run may look and
 * create between this create's look and its write: then there are two of the same.
 */
export interface DuplicateSearch<Remote, Session> {
  /** All objects that could be one. */
  all(session: Session, remote: Remote): Promise<Remote[]>;
  /** Equal for two objects that one create made twice. */
  duplicateKey(remote: Remote): string;
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
