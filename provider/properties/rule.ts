import { kindTable, table, type InputsOf } from "../core/propertyTable";
import { choice, flag, integer, list, text, type Type } from "../core/types";
import { type RuleAction, type RuleCondition, type RuleField } from "../nylas/api";
import { applicationId, description, name } from "./shared";
import { ID, typed } from "./types";

/** What a condition compares by. */
export const TESTS = ["is", "isNot", "contains", "inList"] as const;

/** Which field takes which tests, and for which mail. */
export const FIELDS: Record<RuleField, { tests: readonly string[]; inbound: boolean }> = {
  "from.address": { tests: TESTS, inbound: true },
  "from.domain": { tests: TESTS, inbound: true },
  "from.tld": { tests: TESTS, inbound: true },
  "recipient.address": { tests: TESTS, inbound: false },
  "recipient.domain": { tests: TESTS, inbound: false },
  "recipient.tld": { tests: TESTS, inbound: false },
  "outbound.type": { tests: ["is", "isNot"], inbound: false },
};

const FIELD_NAMES = Object.keys(FIELDS) as RuleField[];

/** Actions that are one word. */
export const STEPS = ["block", "markAsSpam", "markAsRead", "markAsStarred", "archive", "trash"] as const;

// The rules of the life cycle check the contents against the matrix. They know the trigger and can name the member at
// fault.
const conditions: Type<object[]> = {
  shape: {
    kind: "list",
    of: {
      kind: "object",
      name: "NylasRuleCondition",
      output: { text: "RuleCondition", imports: { RuleCondition: "nylas/api" } },
      text: "A condition on a message: a field, and exactly one of `is`, `isNot`, `contains` and `inList`. Texts are compared without case.",
      members: table({
        field: {
          type: choice(FIELD_NAMES, FIELD_NAMES.join(", "), "RuleField"),
          example: '"from.domain"',
          text: "What is looked at. A rule for incoming mail has `from.address`, `from.domain` and `from.tld`; one for outgoing mail has all.",
          required: true,
        },
        is: {
          type: text("a text"),
          example: '"spam.example"',
          text: "The field is this text. For `outbound.type`: `compose` is a new message, `reply` an answer.",
        },
        isNot: {
          type: text("a text"),
          example: '"example.com"',
          text: "The field is not this text. For a recipient: none of them is.",
        },
        contains: {
          type: text("a text"),
          example: '"promo"',
          text: "This text is somewhere in the field.",
        },
        inList: {
          type: list(text("an id", ID), "a list of ids of lists"),
          example: "[blocked.id]",
          text: "The field is in one of these {@link NylasList}s, by id, each of the field's own type.",
        },
      }),
    },
  },
  schema: (z) => z.array(z.looseObject({})),
  allowed: "a list of conditions",
};
const actions: Type<unknown[]> = {
  shape: {
    kind: "list",
    of: {
      kind: "either",
      of: [
        choice(STEPS, STEPS.join(", ")).shape,
        {
          kind: "object",
          name: "NylasRuleFolderStep",
          output: { text: "RuleAction", imports: { RuleAction: "nylas/api" } },
          text: "Put the message into a folder.",
          members: table({
            assignToFolder: {
              type: text("a folder"),
              example: '"Clients/Acme"',
              text: "One of the six folders of every mailbox, or one of the account's own.",
              required: true,
            },
          }),
        },
      ],
    },
  },
  schema: (z) => z.array(z.union([z.string(), z.looseObject({})])),
  allowed: "a list of actions",
};

export const ruleProperties = table({
  name: name('"Block spammers"'),
  description,
  trigger: {
    type: choice(["inbound", "outbound"], '"inbound" or "outbound"', "RuleTrigger"),
    example: '"inbound"',
    text: "Which mail it looks at.",
    default: "`inbound`",
    defaultValue: "inbound",
    whenChanged: { inPlace: ", as far as the conditions allow." },
    wire: "trigger",
    output: true,
    isReviewed: true,
  },
  match: {
    type: choice(["all", "any"], '"all" or "any"', "RuleMatch"),
    example: '"any"',
    text: "Whether all conditions must hold or any of them.",
    default: "`all`",
    defaultValue: "all",
    whenChanged: { inPlace: true },
    api: "`match.operator`",
    output: true,
    isReviewed: true,
  },
  priority: {
    type: integer("a whole number from 0 to 1000, the lower one first", 0, 1000),
    example: "10",
    text: "0 to 1000, the lower one first.",
    default: "10",
    defaultValue: 10,
    whenChanged: { inPlace: true },
    wire: "priority",
    output: true,
    isReviewed: true,
  },
  enabled: {
    type: flag,
    example: "true",
    text: "Whether it runs.",
    default: "true",
    defaultValue: true,
    whenChanged: { inPlace: true },
    wire: "enabled",
    output: true,
    isReviewed: true,
  },
  conditions: {
    type: typed<RuleCondition[]>(
      conditions,
      { text: "NylasInboundCondition[]", imports: { NylasInboundCondition: "classes/types" }, isPlain: true },
      { text: "RuleCondition[]", imports: { RuleCondition: "nylas/api" } },
    ),
    example: '[{ field: "from.domain", is: "spam.example" }]',
    text: "One or more; their order does not count.",
    required: true,
    whenChanged: { inPlace: ", all at once." },
    api: "`match.conditions`",
    output: true,
    isReviewed: true,
  },
  actions: {
    type: typed<RuleAction[]>(
      actions,
      { text: "NylasRuleActions", imports: { NylasRuleActions: "classes/types" }, isPlain: true },
      { text: "RuleAction[]", imports: { RuleAction: "nylas/api" } },
    ),
    example: '["block"], or ["markAsRead", { assignToFolder: "Clients/Acme" }]',
    text: "What is done when the conditions hold.",
    elsewhere: `What is done when the conditions hold: \`block\` alone, or one or more of ${STEPS.slice(1)
      .map((step) => `\`${step}\``)
      .join(", ")} and {@link RuleFolderStep}. Changed in place. API: \`actions\`.`,
    required: true,
    whenChanged: { inPlace: true },
    api: "`actions`",
    output: true,
    isReviewed: true,
  },
  includeMembers: {
    type: flag,
    example: "true",
    text: `Whether the rule also holds for every account in the workspaces that name it. Default: false. For outgoing mail that is blocked: \`trigger: "outbound"\`, \`match: "any"\` and \`actions: ["block"]\`; anything else is refused.

The members stand in the rule at Nylas as conditions of their own, beside the declared ones. They are read at each write of the rule and at each refresh. An account that this provider makes or moves is added before it enters the workspace.`,
    whenChanged: { inPlace: true },
    output: true,
    isReviewed: true,
  },
});

export type RuleProperties = InputsOf<typeof ruleProperties>;

export const ruleKind = kindTable({
  type: "Rule",
  className: "NylasRule",
  listedAfter: "AgentAccount",
  text: `A rule: what happens to messages that meet its conditions. It runs for the accounts of every workspace that names it in its \`ruleIds\`. Nothing in it ever replaces it.

Deleting it first takes it out of the workspaces that still name it. Nylas itself would leave its id there, and refuse every later write of their rules. A rule that blocks outgoing mail is not deleted while a workspace names it: the workspace's accounts would send.`,
  example: `const blocked = new NylasList("blocked", { type: "domain", items: ["spam.example"] });
const rule = new NylasRule("spam", {
  conditions: [{ field: "from.domain", inList: [blocked.id] }],
  actions: ["block"],
});
new NylasWorkspace("customer-a", { ruleIds: [rule.id] });`,
  api: {
    title: "Rules",
    address: "https://developer.nylas.com/docs/v3/agent-accounts/policies-rules-lists/",
  },
  properties: ruleProperties,
  outputs: { applicationId },
  get: { what: "A rule", by: "its id" },
  adopt: {
    text: "Take over a rule that exists already (by name): true, or its id. Nothing is written then.",
  },
  key: "apiKey",
  review: { section: "policies", noun: "rule", sameBy: ["name"], isFoundByLikeness: true },
  program: {
    variants: [
      {
        name: "NylasInboundRuleArgs",
        text: "for incoming mail",
        types: {
          trigger: { text: '"inbound"' },
          conditions: {
            text: "NylasInboundCondition[]",
            imports: { NylasInboundCondition: "classes/types" },
          },
        },
      },
      {
        name: "NylasOutboundRuleArgs",
        text: "for outgoing mail",
        types: {
          trigger: { text: '"outbound"', isRequired: true },
          conditions: {
            text: "NylasOutboundCondition[]",
            imports: { NylasOutboundCondition: "classes/types" },
          },
        },
      },
    ],
  },
});
