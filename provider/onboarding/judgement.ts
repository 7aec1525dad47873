/**
 * What the review of a pull request would gate in a call, resource by resource. The judgement is the review's own: here its input is prepared.
 */
import { findingsOf } from "../review/findings";
import { type Gate } from "../review/gates";
import { previewOfSteps } from "../review/preview";
import { Review } from "../review/review";
import { isDeclared } from "../review/standing";
import { Redactor } from "../review/redactor";
import { same } from "../core/equality";
import { holdsUnknown } from "../core/unknown";
import { kindOf } from "./objects";
import { type Step, type StepState } from "./steps";

/** What a call may do only with a word, beside what it takes away. */
const GATED: readonly Gate[] = ["mail-loss", "hand-over", "doors", "drains"];

/** What the review gates of one step, in its words; undefined where it gates nothing. */
export function gatedByReview(steps: readonly Step[], step: Step): string | undefined {
  const review = new Review(
    previewOfSteps(withIds(steps).map(readable)),
    new Redactor(),
    undefined,
    step.urn,
  );
  const found = findingsOf(review).filter(({ gates }) => gates.some((gate) => GATED.includes(gate)));
  return found.length === 0 ? undefined : found.map(({ text }) => text.replace(/\*\*|`/g, "")).join(" ");
}

/** Whether an earlier run was interrupted while it made the object: nothing but what was asked for is recorded. */
export function isBegun({ old }: Step): boolean {
  return old !== undefined && !Object.keys(old.outputs ?? {}).some(isDeclared);
}

/** A step in which the properties that are listed already stay as they are, so that nothing is listed twice. */
export function withoutListed(step: Step, listed: ReadonlySet<string>): Step {
  const { old, new: made } = step;
  if (!old || !made) return step;
  const [before, after] = [copyOf(old), copyOf(made)];
  const sides = [before.inputs, before.outputs];
  for (const path of listed) {
    const [property, member] = path.split(".") as [string, string?];
    const now = after.inputs[property];
    if (member === undefined) {
      for (const side of sides) setOrDelete(side, property, now);
      // A secret is the same word on both sides, and would still be one that may differ.
      if (holds(now, "[secret]")) for (const side of [...sides, after.inputs]) setOrDelete(side, property);
      continue;
    }
    for (const side of sides) {
      const group = { ...(side[property] as Record<string, unknown> | undefined) };
      setOrDelete(group, member, (now as Record<string, unknown> | undefined)?.[member]);
      side[property] = group;
    }
  }
  // Items that are taken out are listed one by one: what is left to judge is what is added.
  for (const property of [
    "ruleIds",
    "items",
    "folders",
    "purposes",
    ...(anyOf(step) ? ["conditions"] : []),
  ]) {
    const now = after.inputs[property];
    for (const side of sides) {
      const was = side[property];
      if (!Array.isArray(was)) continue;
      const left = was.filter((item) => Array.isArray(now) && now.some((each) => same(each, item)));
      setOrDelete(side, property, left.length === 0 && now === undefined ? undefined : left);
    }
  }
  return { ...step, old: before, new: after };
}

function anyOf({ old, new: made }: Step): boolean {
  return [old, made].every((side) => side?.inputs?.["match"] === "any");
}

function copyOf(state: StepState) {
  return { ...state, inputs: { ...state.inputs }, outputs: { ...state.outputs } };
}

function setOrDelete(group: Record<string, unknown>, name: string, value?: unknown): void {
  if (value === undefined) delete group[name];
  else group[name] = value;
}

function holds(value: unknown, text: string): boolean {
  if (typeof value !== "object" || value === null) return value === text;
  return Object.values(value).some((each) => holds(each, text));
}

/** The engine's events carry the names of a resource in both of its states. */
function readable(step: Step): object {
  const { urn, type, old, new: made } = step;
  const full = (state: StepState | undefined) => state && { ...state, urn, type };
  return { ...step, old: full(old), new: full(made) };
}

/**
 * The steps with an id for each object that the call makes. The engine's events do not tell which of them an unknown id is of.
 * The program of a call makes one tenant alone, so an unknown id is that of what it makes of the kind.
 */
function withIds(steps: readonly Step[]): Step[] {
  const made = (kind: string) =>
    steps.filter(({ type, op }) => kindOf(type) === kind && MAKES.has(op)).map(({ urn }) => `new ${urn}`);
  const one = (ids: string[]) => (ids.length === 1 ? ids[0] : undefined);
  const [policies, workspaces, principals] = ["Policy", "Workspace", "Principal"].map(made) as [
    string[],
    string[],
    string[],
  ];
  const [rules, lists] = [made("Rule"), made("List")];
  return steps.map((step) => {
    const inputs = step.new?.inputs;
    if (!step.new || !inputs) return step;
    const filled = { ...inputs };
    const fill = (property: string, id: string | undefined) => {
      if (id !== undefined && holdsUnknown(filled[property])) filled[property] = id;
    };
    fill("policyId", one(policies));
    fill("workspaceId", one(workspaces));
    fill("principalId", one(principals));
    const bound = filled["boundTo"] as Record<string, unknown> | undefined;
    if (holdsUnknown(bound?.["workspace"]) && workspaces.length === 1)
      filled["boundTo"] = { ...bound, workspace: workspaces[0] };
    const ids: unknown = filled["ruleIds"];
    if (Array.isArray(ids) && ids.filter(holdsUnknown).length === rules.length)
      filled["ruleIds"] = [...ids.filter((id) => !holdsUnknown(id)), ...rules];
    // Which list it is cannot be told, so it is held to be all of them.
    if (Array.isArray(filled["conditions"]) && lists.length > 0)
      filled["conditions"] = filled["conditions"].map((condition: { inList?: unknown } | null): unknown =>
        Array.isArray(condition?.inList) && condition.inList.some(holdsUnknown)
          ? { ...condition, inList: [...condition.inList.filter((id) => !holdsUnknown(id)), ...lists] }
          : condition,
      );
    const id = MAKES.has(step.op) ? `new ${step.urn}` : step.new.id;
    return { ...step, new: { ...step.new, inputs: filled, ...(id === undefined ? {} : { id }) } };
  });
}

const MAKES = new Set(["create", "replace"]);
