import * as pulumi from "@pulumi/pulumi";
import { perOwner } from "./perOwner";

/**
 * Who a resource is, for people: `project/stack/name`. It becomes the name at Nylas where the program gives none, and tells an
 * object of this program from everybody else's, so no two resources of a type may have the same. Pulumi lets two have one name
 * under parents of different types: the second one's label says the parent's type as well.
 */
export function labelOf(
  type: string,
  name: string,
  options: pulumi.CustomResourceOptions | undefined,
): string {
  const label = `${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
  // One process can run several programs, and one program several times.
  const run = pulumi.runtime.getStackResource();
  if (run === undefined) return label;
  const taken = takenLabels(run);
  const parent = (options?.parent as { __pulumiType?: string } | undefined)?.__pulumiType;
  let free = label;
  for (let i = 2; taken.has(`${type} ${free}`); i++)
    free = parent !== undefined && i === 2 ? `${label} (${parent})` : `${label} (${i})`;
  taken.add(`${type} ${free}`);
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
  failedBefore?: boolean;
  /** The program runs in an up, not in a preview. */
  up?: boolean;
}

const takenLabels = perOwner((_run: object) => new Set<string>());
