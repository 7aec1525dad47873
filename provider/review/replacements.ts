/** Which of the engine's steps are parts of a replacement, and which delete what an earlier replacement has left over. */
import { type State, type Step } from "./steps";

/** Steps that a preview in JSON leaves out unless it is made with `--show-replacement-steps`. */
const PARTS = [
  "create-replacement",
  "import-replacement",
  "read-replacement",
  "delete-replaced",
  "discard-replaced",
];

/** Whether one of the single steps of replacements is listed: then all of them are. */
export function listsParts(steps: readonly Step[]): boolean {
  return steps.some(({ op }) => PARTS.includes(op));
}

/**
 * The steps without the single steps of the replacements, which stand beside the one that names it. A delete that belongs to no
 * replacement of this change stays: that object waits for its delete since an earlier `up`.
 */
export function withoutParts(steps: readonly Step[]): Step[] {
  const replaced = new Map<string, number>();
  const key = ({ urn, old }: Step) => `${urn}\n${old?.id ?? ""}`;
  for (const step of steps)
    if (step.op === "replace") replaced.set(key(step), (replaced.get(key(step)) ?? 0) + 1);
  const named = new Set(steps.filter(({ op }) => op === "replace").map(({ urn }) => urn));
  return steps.flatMap((step): Step[] => {
    if (!PARTS.includes(step.op)) return [step];
    // The engine forgets the entry, and touches no object.
    if (step.op === "discard-replaced") return [];
    if (step.op !== "delete-replaced") return named.has(step.urn) ? [] : [step];
    const left = replaced.get(key(step)) ?? 0;
    if (left > 0) {
      replaced.set(key(step), left - 1);
      return [];
    }
    return step.old?.retainOnDelete ? [] : [{ ...step, op: "delete", new: undefined }];
  });
}

/** What an entry that waits for its delete does in the next `up`, as a step. */
export function pendingDelete(old: State): Step {
  return { op: "delete", urn: old.urn, old, new: undefined, diffs: [], replaces: [] };
}
