import * as pulumi from "@pulumi/pulumi";
import { perOwner } from "../../core/perOwner";

/**
 * The name of a resource for people: `project/stack/name`. It becomes the name at Nylas where the program gives none.
 * It also tells an object of this program from all others, so no two resources of a type may have the same. Pulumi
 * lets two have one name under parents of different types: the second one's label says the parent's type as well.
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

const takenLabels = perOwner((_run: object) => new Set<string>());
