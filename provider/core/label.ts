/**
 * A label that no other resource of the type has. Pulumi lets two have one name under parents of different types: the
 * second one's label says the parent's type as well.
 */
export function freeLabel(
  label: string,
  parentType: string | undefined,
  isTaken: (label: string) => boolean,
): string {
  let free = label;
  for (let i = 2; isTaken(free); i++)
    free = parentType !== undefined && i === 2 ? `${label} (${parentType})` : `${label} (${i})`;
  return free;
}

/** What check is told of a resource beside its arguments, where there is more to tell than its label. */
export interface LabelWithMore {
  label: string;
  /** The arguments that are not known, because what they depend on has failed. */
  unknown?: string[];
  /** The paths of what was given as a secret, such as `url` or `conditions[].is`: check and diff see plain values. */
  secret?: string[];
  /** A resource of `dependsOn` has failed, or was skipped for another one that has. */
  failedBefore?: FailedBefore;
  /** The program runs in an up, not in a preview. */
  up?: boolean;
}

/**
 * Whether something that a resource depends on has failed. `unseen`: the run goes on after errors, and nobody tells what has failed. `untold`:
 * nobody tells whether it goes on.
 */
export type FailedBefore = boolean | "unseen" | "untold";
