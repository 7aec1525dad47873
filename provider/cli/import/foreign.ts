/** Objects that bear the default name of another stack: that stack holds them, most likely, and two stacks must not hold one object. */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { stackOf } from "../../core/whose";
import { type StackSeen } from "../stack";

/** `project/stack` of the stack that the import is for; undefined where there is none yet. */
export function targetOf({ name, resources }: StackSeen, cwd: string): string | undefined {
  const [stack, project] = (resources?.[0]?.urn ?? "").replace(/^urn:pulumi:/, "").split("::");
  // As in `organization/project/stack`, which pulumi takes as well.
  const short = name?.split("/").at(-1) || stack;
  const owner = project || projectIn(cwd);
  return short && owner ? `${owner}/${short}` : undefined;
}

/** `project/stack` that a name is the default one of, where that is not the target. */
export function foreignStack(name: unknown, target: string | undefined): string | undefined {
  const stack = typeof name === "string" ? stackOf(name) : undefined;
  return stack === target ? undefined : stack;
}

/** Completes "it …" and "It …". */
export function bearsNameOf(stack: string): string {
  const [project, name] = stack.split("/");
  return `bears the default name of stack ${name} of project ${project}, which may hold it`;
}

function projectIn(folder: string): string | undefined {
  for (const file of ["Pulumi.yaml", "Pulumi.yml"]) {
    try {
      const text = readFileSync(path.join(folder, file), "utf8");
      return /^name:[ \t]*(["']?)([A-Za-z0-9_.-]+)\1[ \t]*(?:#.*)?$/m.exec(text)?.[2];
    } catch {
      // There may be no project yet.
    }
  }
  return undefined;
}
