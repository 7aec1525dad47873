import { type Severity } from "./engine";
import { type Failure, type Fields, type Zod } from "./fields";

/** What the far side is: a state made against one application must never be judged by another's answers. */
export type Realm = Record<string, string>;

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

/** A resource, described once: `dynamicProvider` makes the engine's operations out of it. */
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
  /** Rules over more than one input, or over old and new; `olds` is undefined for a resource that does not exist. */
  rules?(news: Inputs, olds: Inputs | undefined): Failure[];
  /** Set for what a replacement would lose: completes "replacing it …"; check refuses without a recorded forceDestroy. */
  lostByReplacement?(olds: Inputs): string;
  /**
   * Set for what holds something that cannot be made anew: completes "… was deleted outside Pulumi, …". Its entry stays in the
   * state as lost when it is found gone, and nothing takes its place without a word.
   */
  lostWhenGone?: string;
  /** What a change would lose or hand over, said in the preview. */
  warnings?(olds: Inputs, news: Inputs): string[];
  /** Whether the recorded outputs say that the object is not yet (or no more) what was wanted. */
  unsettled?(outputs: Record<string, unknown>): boolean;

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
  /** Whether an object found in the way of a create is provably this resource's own, made by an earlier, interrupted run. */
  ours?(context: Context<Session>, remote: Remote, inputs: Inputs): Promise<boolean> | boolean;
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
  /** Whether the configuration names this object as one to delete in any case. */
  forced?(session: Session, outputs: Record<string, unknown>): boolean;

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

/** The other side says that there is such an object already. */
export function isConflict(error: unknown): boolean {
  return (error as { kind?: unknown } | undefined)?.kind === "conflict";
}
