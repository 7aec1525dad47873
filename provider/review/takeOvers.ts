/**
 * What a take-over (`adopt`) declares. Nothing is written by the `up` that takes an object over; the next one writes what differs, and no review
 * shows that by itself. What stands is not known here, so each property is held to change.
 */
import { KEEPING } from "../resources/mailKeeping";
import { groupsOf } from "./accounts";
import { isDeclared } from "./standing";
import { mayBeMade, type Resource } from "./fleet";
import { type Kind } from "./kinds";
import { type Gate, GATES } from "./gates";
import { TURNING_AWAY } from "./limits";
import { asObject } from "./json";
import { type Finding, type Review } from "./review";
import { code, enumerated, say, some } from "./text";

const RULE: readonly Gate[] = ["doors", "drains"];

/** What may happen when a property is written over one that is not known. */
const WISHES: Partial<Record<Kind, Record<string, readonly Gate[]>>> = {
  AgentAccount: { workspaceId: ["hand-over", "mail-loss"], appPassword: ["hand-over", "doors"] },
  Workspace: { policyId: ["mail-loss", "drains", "doors"], ruleIds: ["drains", "doors"] },
  Policy: { limits: ["mail-loss", "drains", "doors"], spamDetection: ["drains"] },
  Rule: {
    enabled: RULE,
    trigger: RULE,
    match: RULE,
    priority: ["drains"],
    conditions: RULE,
    actions: RULE,
    includeMembers: RULE,
  },
  List: { items: RULE, itemsFile: RULE, itemsDigest: RULE },
};

export function takeOverFindings(review: Review): Finding[] {
  const wished = review.resources.flatMap((each) => {
    if (each.change !== "adopt" || !mayBeMade(each) || review.isRenamed(each)) return [];
    const wishes = Object.entries(each.after?.inputs ?? {}).flatMap(([name, value]) => {
      const gates = isDeclared(name) ? gatesOf(each, name, value) : [];
      return gates.length > 0 ? [{ name, gates }] : [];
    });
    return wishes.length > 0 ? [{ each, wishes }] : [];
  });
  return groupsOf(wished, ({ each, wishes }) =>
    [each.kind, ...wishes.map(({ name }) => name)].join("\n"),
  ).map((group): Finding => {
    const found = new Set(group.flatMap(({ wishes }) => wishes.flatMap(({ gates }) => gates)));
    const names = group[0]!.wishes.map(({ name }) => code(name));
    return {
      section: "loss",
      gates: [...(Object.keys(GATES) as Gate[]).filter((gate) => found.has(gate)), "change"],
      text: say`The next \`up\` after the take-over writes ${enumerated(names)} of ${some(
        group.map(({ each }) => review.name(each)),
        8,
      )}, where Nylas has something else. What stands there cannot be seen from here.`,
    };
  });
}

function gatesOf({ kind }: Resource, property: string, value: unknown): readonly Gate[] {
  const gates = (kind && WISHES[kind]?.[property]) ?? [];
  const limits = property === "limits" ? asObject(value) : undefined;
  if (!limits) return gates;
  const sets = (names: readonly string[]) => names.some((name) => limits[name] !== undefined);
  return gates.filter((gate) => {
    if (gate === "doors") return sets(["dailySends"]) && limits["dailySends"] !== 0;
    return sets(
      gate === "mail-loss"
        ? Object.keys(KEEPING)
        : [...TURNING_AWAY, "attachmentTypes", ...Object.keys(KEEPING)],
    );
  });
}
