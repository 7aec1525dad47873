/**
 * What is done with an object, decided from what was observed. Nothing here makes a call, reads a clock or keeps a note, so that each rule is
 * tested in a table. Operations observe, ask here, and act.
 */

/** A change of a resource that the state has. */
export interface ChangeFacts {
  /** The object was found gone, and its content cannot be made anew. */
  isLost: boolean;
  /** The program says that another object takes the place of a lost one. */
  mayTakeItsPlace: boolean;
  /** Why the change is not made to an object that stands. */
  refusal: string | undefined;
  /** The inputs that differ and that the API cannot change in place. */
  replaced: readonly string[];
  /** The first input that the API cannot change in place: named where a lost object is replaced. */
  firstImmutable: string | undefined;
  /** Whether an input differs. */
  isChanged: boolean;
  /** Whether something is to be recorded, although no input differs. */
  isToBeRecorded: boolean;
}

export interface ChangeDecision {
  /** To be shown as "update", and refused there: nothing is replaced for it. */
  isRefused: boolean;
  /** Whether the engine has to call update, or to replace. */
  changes: boolean;
  /** The properties that the engine names as the reasons of a replacement; empty for an update in place. */
  replaces: string[];
}

export function decideChange(facts: ChangeFacts): ChangeDecision {
  const { isLost, refusal, replaced, firstImmutable, isChanged, isToBeRecorded } = facts;
  if (isLost)
    return {
      isRefused: false,
      changes: true,
      replaces: facts.mayTakeItsPlace && firstImmutable !== undefined ? [firstImmutable] : [],
    };
  const isRefused = refusal !== undefined;
  return { isRefused, changes: isChanged || isToBeRecorded, replaces: isRefused ? [] : [...replaced] };
}

/** An object with the natural key of a resource that is to be created, or with the id that `adopt` names. */
export interface ExistingFacts {
  /** `adopt` stands in the program. */
  isAdopted: boolean;
  /** It can never be this resource. */
  isUnmanageable: boolean;
  /** Another resource of this run has it. */
  isBound: boolean;
  /** The declared inputs in which it differs. */
  differing: readonly string[];
  /** Those of them that the API cannot change in place. */
  immutable: readonly string[];
  /** It lacks only what a later step of its create brings. */
  isPartiallyCreated: boolean;
  /** An interrupted run of this state has made it, or this run, whose answer was lost. Undefined where nobody has looked. */
  isOwn: boolean | undefined;
}

export type ExistingDecision =
  /** Takes it, whatever it differs in: the first update brings that. */
  | "adopt"
  /** Takes it as it is. */
  | "take"
  /** Takes it, and makes the later steps of its create. */
  | "resume"
  /** It belongs to another resource of the program. */
  | "refuseBound"
  /** It can never be this resource. */
  | "refuseUnmanageable"
  /** It is not provably this resource's own, or cannot become what is declared. */
  | "conflict";

/** Whether an object could be taken without a word, so that it is worth the look whose it is. */
export function isWorthProof({
  isAdopted,
  differing,
  isPartiallyCreated,
}: Omit<ExistingFacts, "isOwn">): boolean {
  return !isAdopted && (differing.length === 0 || isPartiallyCreated);
}

export function decideExisting(facts: ExistingFacts): ExistingDecision {
  if (facts.isAdopted) {
    if (facts.isUnmanageable) return "refuseUnmanageable";
    if (facts.isBound) return "refuseBound";
    return facts.immutable.length > 0 ? "conflict" : "adopt";
  }
  if (!isWorthProof(facts) || facts.isOwn !== true) return "conflict";
  if (facts.isBound) return "refuseBound";
  return facts.differing.length > 0 ? "resume" : "take";
}

/** A create that ended in an error. */
export interface FailedCreateFacts {
  /** Refused because there is such an object; without a usable answer; or anything else. */
  error: "conflict" | "ambiguous" | "other";
  /** Whether objects of this kind can be found by their inputs. */
  isFindable: boolean;
  /** An object with the natural key is there now. */
  isFound: boolean;
  /** The declared inputs in which it differs. */
  differing: readonly string[];
  /** It lacks only what a later step of its create brings. */
  isPartiallyCreated: boolean;
  /** This create may be tried once more, and the run was not interrupted. */
  mayTryAgain: boolean;
}

export type FailedCreateDecision =
  /** Somebody was faster: judged as if the look before had seen it. */
  | "takeOrRefuse"
  /** It is what the lost answer was about. */
  | "take"
  /** The same, and its later steps are made. */
  | "resume"
  /** It is another one. */
  | "conflict"
  /** Nothing was made. */
  | "again"
  /** Nothing more can be known. */
  | "fail";

/** After a create that failed, and a look where one was needed. */
export function decideFailedCreate(facts: FailedCreateFacts): FailedCreateDecision {
  const { error, isFindable, isFound, differing, isPartiallyCreated, mayTryAgain } = facts;
  if (error === "conflict") return isFound ? "takeOrRefuse" : "fail";
  // Only a lost answer may have made something.
  if (error === "other" || !isFindable) return "fail";
  if (!isFound) return mayTryAgain ? "again" : "fail";
  if (differing.length === 0) return "take";
  return isPartiallyCreated ? "resume" : "conflict";
}

/** An update that the engine asks for. Reasons are texts for the user; undefined where there is none. */
export interface UpdateFacts {
  /** The object was found gone, and its content cannot be made anew. */
  isLost: boolean;
  /** Of a lost object: it is still gone, or the program takes it over again. Undefined where nobody has looked. */
  isStillGone: boolean | undefined;
  /** Why a lost object is not made anew. */
  lostRefusal: string | undefined;
  /** What diff has noted for this run. */
  noted: string | undefined;
  /** Why the change is not made to an object that stands. */
  refusal: string | undefined;
  /** Inputs that turned out to differ in this run, and that the API cannot change in place. */
  replaced: readonly string[];
}

export type UpdateDecision =
  | { act: "refuse"; reason: string }
  /** Values that were unknown in the preview turned out to ask for a replacement. */
  | { act: "refuseReplacing" }
  | { act: "update" };

/** Before anything is written. */
export function decideUpdate(facts: UpdateFacts): UpdateDecision {
  const { isLost, isStillGone, lostRefusal, noted, refusal, replaced } = facts;
  // What would replace it, and was not known before, has a text of its own.
  const standing = isLost ? refusal : (noted ?? (replaced.length > 0 ? undefined : refusal));
  const reason = isLost && isStillGone ? lostRefusal : standing;
  if (reason !== undefined) return { act: "refuse", reason };
  return replaced.length > 0 ? { act: "refuseReplacing" } : { act: "update" };
}

/** An entry of the state that is to go. Reasons are texts for the user; undefined where there is none. */
export interface DeletionFacts {
  /** Another resource of this run declares the same thing, and no word overrides that. */
  declaredElsewhere: string | undefined;
  /** Another resource of this run has the object. */
  isTransferred: boolean;
  /** The object was found gone, and its content cannot be made anew. */
  isLost: boolean;
  /** The resource that goes on with it under another name was not made. */
  withoutSuccessor: string | undefined;
  /** A resource that was skipped still has it. */
  underSkipped: string | undefined;
  /** Whether this kind ends anything at the other side. */
  isDeletable: boolean;
}

export type DeletionDecision =
  | { act: "refuse"; reason: string }
  /** The entry goes; the object is another resource's. */
  | { act: "transfer" }
  /** The entry goes; nothing is done at the other side. */
  | { act: "letGo" }
  /** What stands there decides. */
  | { act: "look" };

/** Before anything is asked of the other side. */
export function decideDeletion(facts: DeletionFacts): DeletionDecision {
  if (facts.declaredElsewhere !== undefined) return { act: "refuse", reason: facts.declaredElsewhere };
  if (facts.isTransferred) return { act: "transfer" };
  // A lost one may turn out to be gone, and then nobody needs a successor.
  const first = facts.isLost ? undefined : facts.withoutSuccessor;
  const reason = first ?? facts.underSkipped;
  if (reason !== undefined) return { act: "refuse", reason };
  return { act: facts.isDeletable ? "look" : "letGo" };
}

export interface SeenDeletionFacts {
  /** Whether the object is there. */
  isThere: boolean;
  /** The user has asked for exactly this delete: recorded on the resource, or by name for this run. */
  isForced: boolean;
  /** Why an entry may not go whose object goes on under another id. Undefined where nobody has looked. */
  succeeded: string | undefined;
  /** Of a lost object that is there again: see `DeletionFacts`. */
  withoutSuccessor: string | undefined;
  /** What the object holds. Undefined where it holds nothing, and where nobody has looked. */
  blocker: string | undefined;
}

/** After the look: refuses, deletes, or has nothing to do. */
export function decideSeenDeletion(
  facts: SeenDeletionFacts,
): { act: "refuse"; reason: string } | { act: "delete" | "nothing" } {
  const { isThere, isForced, succeeded, withoutSuccessor, blocker } = facts;
  if (!isThere)
    return succeeded !== undefined && !isForced ? { act: "refuse", reason: succeeded } : { act: "nothing" };
  if (withoutSuccessor !== undefined) return { act: "refuse", reason: withoutSuccessor };
  if (blocker !== undefined && !isForced) return { act: "refuse", reason: blocker };
  return { act: "delete" };
}
