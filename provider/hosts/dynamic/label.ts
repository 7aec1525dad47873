import * as pulumi from "@pulumi/pulumi";
import { freeLabel } from "../../core/label";
import { perOwner } from "../../core/perOwner";

/**
 * The name of a resource for people: `project/stack/name`. It becomes the name at Nylas where the program gives none.
 * It also tells an object of this program from all others, so no two resources of a type may have the same.
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
  const free = freeLabel(label, parent, (label) => taken.has(`${type} ${label}`));
  taken.add(`${type} ${free}`);
  return free;
}

const takenLabels = perOwner((_run: object) => new Set<string>());
