import * as z from "zod/mini";
import {
  type Rule,
  type RuleAction,
  type RuleChange,
  type RuleCondition,
  type RuleField,
  type RuleTrigger,
} from "../api";
import { ANSWER } from "../answer";
import { OWNED, type Members } from "./members";
import { given, id, moment, optionalFlag, optionalNumber, optionalText, parse, single } from "./parts";

export function rule(answer: unknown): Omit<Rule, "applicationId"> & { applicationId: string | undefined } {
  const wire = parse(ruleSchema, single(answer), "a rule");
  return {
    [ANSWER]: wire,
    id: wire.id,
    applicationId: given(wire.application_id),
    name: wire.name,
    description: given(wire.description),
    priority: wire.priority ?? 10,
    enabled: wire.enabled ?? true,
    trigger: (given(wire.trigger) ?? "inbound") as RuleTrigger,
    match: (given(wire.match.operator) ?? "all") as Rule["match"],
    conditions: wire.match.conditions.map(conditionFromWire),
    actions: wire.actions.map(actionFromWire),
    createdAt: wire.created_at ?? 0,
  };
}

/** The body of a rule's write: only what is given. */
export function ruleBody(change: RuleChange): Record<string, unknown> {
  const { match, conditions, actions, members, ...rest } = change;
  return {
    ...rest,
    ...members,
    ...(conditions
      ? { match: { operator: match ?? "all", conditions: conditions.map(conditionToWire) } }
      : {}),
    ...(actions ? { actions: actions.map(actionToWire) } : {}),
  };
}

const operators = [
  ["is", "is"],
  ["isNot", "is_not"],
  ["contains", "contains"],
  ["inList", "in_list"],
] as const;

const actions = [
  ["block", "block"],
  ["markAsSpam", "mark_as_spam"],
  ["markAsRead", "mark_as_read"],
  ["markAsStarred", "mark_as_starred"],
  ["archive", "archive"],
  ["trash", "trash"],
] as const satisfies [RuleAction, string][];

function conditionToWire(condition: RuleCondition): Record<string, unknown> {
  for (const [name, operator] of operators) {
    const value = condition[name];
    if (value !== undefined) return { field: condition.field, operator, value };
  }
  return { field: condition.field };
}

/** What this release does not know passes as it is: it differs from what is declared, and an update puts it right. */
function conditionFromWire(wire: z.output<typeof conditionSchema>): RuleCondition {
  const name = operators.find(([, operator]) => operator === wire.operator)?.[0] ?? wire.operator;
  // The value of any operator may be a text or a list of them.
  const texts = [wire.value].flat().map(String);
  // Several texts where a program has one are no form of ours: they differ from whatever is declared, and are not cut to the first.
  const value = name === "inList" || texts.length > 1 ? texts : (texts[0] ?? "");
  return { field: wire.field as RuleField, [name]: value };
}

function actionToWire(action: RuleAction): Record<string, unknown> {
  if (typeof action === "object") return { type: "assign_to_folder", value: action.assignToFolder };
  return { type: actions.find(([name]) => name === action)?.[1] ?? action };
}

function actionFromWire(wire: z.output<typeof actionSchema>): RuleAction {
  if (wire.type === "assign_to_folder") return { assignToFolder: wire.value ?? "" };
  return actions.find(([, type]) => type === wire.type)?.[0] ?? (wire.type as RuleAction);
}

const conditionSchema = z.looseObject({
  field: id,
  operator: id,
  value: z.unknown(),
});

const actionSchema = z.looseObject({ type: id, value: optionalText });

const ruleSchema = z.looseObject({
  id,
  application_id: optionalText,
  name: z.string(),
  description: optionalText,
  priority: optionalNumber,
  enabled: optionalFlag,
  trigger: optionalText,
  match: z.looseObject({ operator: optionalText, conditions: z.array(conditionSchema) }),
  actions: z.array(actionSchema),
  created_at: moment,
});

const RULE_FIELDS = [
  "from.address",
  "from.domain",
  "from.tld",
  "recipient.address",
  "recipient.domain",
  "recipient.tld",
  "outbound.type",
] as const;
const RULE_ACTIONS = [
  "block",
  "mark_as_spam",
  "mark_as_read",
  "mark_as_starred",
  "archive",
  "trash",
  "assign_to_folder",
] as const;

/** The members that this release knows, those that it makes no use of included. */
export const ruleMembers = {
  "a rule": {
    id: "text",
    name: "text",
    description: "text",
    priority: "number",
    enabled: "flag",
    trigger: ["inbound", "outbound"],
    match: {
      operator: ["all", "any"],
      conditions: [{ field: RULE_FIELDS, operator: ["is", "is_not", "contains", "in_list"], value: "any" }],
    },
    actions: [{ type: RULE_ACTIONS, value: "text" }],
    ...OWNED,
  },
} as const satisfies Record<string, Members>;
