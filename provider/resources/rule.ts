import * as pulumi from "@pulumi/pulumi";
import { type CommonInputs, type Definition } from "../core/definition";
import { type Failure, show } from "../core/fields";
import { optionsFor, registered, typeToken } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { holdsUnknown } from "../core/unknown";
import {
  type Rule,
  type RuleAction,
  type RuleCondition,
  type RuleField,
  type RuleTrigger,
} from "../nylas/api";
import { shortLived } from "../nylas/systemFolders";
import { descriptionField, flag, ID, isLine, nameField } from "./fields";
import { isFolderPath } from "./folders";
import { isAscii, itemProblem, normalItem } from "./listItems";
import {
  conditionsWithMembers,
  forgetRulesOfWorkspaces,
  goneFrom,
  isMarked,
  knowRule,
  markedDescription,
  membersSeen,
  type SeenMembers,
  withoutMark,
  withoutMembers,
} from "./memberRules";
import { brakeText, stopsSending, workspacesNaming } from "./othersBrakes";
import { detachRule, withRulesLock } from "./ruleAttachments";
import { applicationOwner, applicationScope, assertApplication, type Session, stillListed } from "./session";
import { identityByName } from "./workspace";

/** What a condition compares to: exactly one of these. Texts are compared without case. */
export type NylasRuleTest =
  | {
      /** The field is this text. */ is: pulumi.Input<string>;
      isNot?: never;
      contains?: never;
      inList?: never;
    }
  | {
      /** The field is not this text. */ isNot: pulumi.Input<string>;
      is?: never;
      contains?: never;
      inList?: never;
    }
  | {
      /** This text is somewhere in the field. */ contains: pulumi.Input<string>;
      is?: never;
      isNot?: never;
      inList?: never;
    }
  | {
      /** The field is in one of these {@link NylasList}s, by id; each of the field's own type (`*.address`, `*.domain`, `*.tld`). */
      inList: pulumi.Input<pulumi.Input<string>[]>;
      is?: never;
      isNot?: never;
      contains?: never;
    };

/** A condition on who a message is from: for incoming and for outgoing mail. */
export type NylasSenderCondition = { field: "from.address" | "from.domain" | "from.tld" } & NylasRuleTest;

/**
 * A condition on who a message goes to: for outgoing mail alone. Any of To, Cc, Bcc and the envelope counts; `isNot` means that
 * none of them is.
 */
export type NylasRecipientCondition = {
  field: "recipient.address" | "recipient.domain" | "recipient.tld";
} & NylasRuleTest;

/** Whether an outgoing message is a new one (`compose`) or an answer (`reply`). */
export type NylasOutboundTypeCondition = { field: "outbound.type" } & (
  | { is: pulumi.Input<"compose" | "reply">; isNot?: never }
  | { isNot: pulumi.Input<"compose" | "reply">; is?: never }
);

export type NylasInboundCondition = NylasSenderCondition;
export type NylasOutboundCondition =
  NylasSenderCondition | NylasRecipientCondition | NylasOutboundTypeCondition;

/** What happens to a message, beside refusing it. `assignToFolder` names one of the six folders of every mailbox or one of the account's `folders`. */
export type NylasRuleStep =
  | "markAsSpam"
  | "markAsRead"
  | "markAsStarred"
  | "archive"
  | "trash"
  | { assignToFolder: pulumi.Input<string> };

/** Refuse the message, which goes with nothing else; or one or more steps. Incoming: refused by SMTP; outgoing: the send ends with 403. */
export type NylasRuleActions = readonly ["block"] | readonly [NylasRuleStep, ...NylasRuleStep[]];

interface RuleArgs {
  /** A name for people, 1 to 256 characters. Default: `project/stack/name`. Changed in place. API: `name`. */
  name?: pulumi.Input<string>;
  /** Free text. Changed in place; taking the line away empties it. API: `description`. */
  description?: pulumi.Input<string>;
  /** Whether all conditions must hold or any of them. Default: `all`. Changed in place. API: `match.operator`. */
  match?: pulumi.Input<"all" | "any">;
  /** 0 to 1000, the lower one first. Default: 10. Changed in place. API: `priority`. */
  priority?: pulumi.Input<number>;
  /** Default: true. Changed in place. API: `enabled`. */
  enabled?: pulumi.Input<boolean>;
  /** What is done when the conditions hold. Changed in place. API: `actions`. */
  actions: NylasRuleActions;
  /**
   * Whether the rule also holds for every account in the workspaces that name it. Default: false. For outgoing mail that is blocked:
   * `trigger: "outbound"`, `match: "any"` and `actions: ["block"]`; anything else is refused.
   *
   * The members stand in the rule at Nylas as conditions of their own, beside the declared ones. They are read at each write of the rule
   * and at each refresh. An account that this provider makes or moves is added before it enters the workspace. Changed in place.
   */
  includeMembers?: pulumi.Input<boolean>;
  /** Take over a rule that exists already (by name): true, or its id. Nothing is written then. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/** Arguments of {@link NylasRule} for incoming mail. */
export interface NylasInboundRuleArgs extends RuleArgs {
  /** Which mail it looks at. Default: `inbound`. Changed in place, as far as the conditions allow. API: `trigger`. */
  trigger?: "inbound";
  /** One or more; their order does not count. Changed in place, all at once. API: `match.conditions`. */
  conditions: NylasInboundCondition[];
}

/** Arguments of {@link NylasRule} for outgoing mail. */
export interface NylasOutboundRuleArgs extends RuleArgs {
  /** Which mail it looks at. Default: `inbound`. Changed in place, as far as the conditions allow. API: `trigger`. */
  trigger: "outbound";
  /** One or more; their order does not count. Changed in place, all at once. API: `match.conditions`. */
  conditions: NylasOutboundCondition[];
}

/** Arguments of {@link NylasRule}. */
export type NylasRuleArgs = NylasInboundRuleArgs | NylasOutboundRuleArgs;

/**
 * A rule: what happens to messages of which some conditions hold. It runs for the accounts of every workspace that names it in
 * its `ruleIds`. Nothing in it ever replaces it.
 *
 * Deleting it takes it out of the workspaces that still name it, first: Nylas itself would leave its id there, and refuse every
 * later write of their rules. One that blocks outgoing mail is not deleted while a workspace names it: its accounts would send. API: [Rules](https://developer.nylas.com/docs/v3/agent-accounts/policies-rules-lists/).
 *
 *     const blocked = new NylasList("blocked", { type: "domain", items: ["spam.example"] });
 *     const rule = new NylasRule("spam", {
 *       conditions: [{ field: "from.domain", inList: [blocked.id] }],
 *       actions: ["block"],
 *     });
 *     new NylasWorkspace("customer-a", { ruleIds: [rule.id] });
 */
export class NylasRule extends pulumi.CustomResource {
  readonly name!: pulumi.Output<string>;
  readonly description!: pulumi.Output<string | undefined>;
  readonly trigger!: pulumi.Output<RuleTrigger>;
  readonly match!: pulumi.Output<"all" | "any">;
  readonly priority!: pulumi.Output<number>;
  readonly enabled!: pulumi.Output<boolean>;
  readonly conditions!: pulumi.Output<RuleCondition[]>;
  readonly actions!: pulumi.Output<RuleAction[]>;
  readonly includeMembers!: pulumi.Output<boolean | undefined>;
  /** The application it belongs to. */
  readonly applicationId!: pulumi.Output<string>;

  constructor(name: string, args: NylasRuleArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("Rule"),
      name,
      registered("Rule", name, args, options, {
        outputs: [
          "name",
          "description",
          "trigger",
          "match",
          "priority",
          "enabled",
          "conditions",
          "actions",
          "includeMembers",
          "applicationId",
        ],
      }),
      optionsFor("Rule", options, {}),
    );
    restoreStackDepth();
  }

  /** A rule that is managed elsewhere, by its id. Asks Nylas, in a preview too. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): NylasRule {
    return new NylasRule(name, undefined as never, { ...options, id });
  }
}

export interface RuleInputs extends CommonInputs {
  name?: string;
  description?: string;
  trigger?: RuleTrigger;
  match?: "all" | "any";
  priority?: number;
  enabled?: boolean;
  conditions: RuleCondition[];
  actions: RuleAction[];
  includeMembers?: boolean;
}

/** A rule as a refresh has seen it: whether it misses somebody that it should hold for. */
type SeenRule = Rule & SeenMembers;

export const rule: Definition<RuleInputs, SeenRule, Session> = {
  type: "Rule",
  noun: "rule",
  fields: (z) => ({
    name: nameField(z, "Block spammers"),
    description: descriptionField(z),
    trigger: {
      schema: z.enum(["inbound", "outbound"]),
      allowed: '"inbound" or "outbound"',
      example: '"inbound"',
    },
    match: { schema: z.enum(["all", "any"]), allowed: '"all" or "any"', example: '"any"' },
    priority: {
      schema: z.number().check(z.int(), z.gte(0), z.lte(1000)),
      allowed: "a whole number from 0 to 1000, the lower one first",
      example: "10",
    },
    enabled: flag(z),
    // What is in them is held to the matrix by the rules below, which know the trigger and can name the very member.
    conditions: {
      schema: z.array(z.looseObject({})),
      allowed: "a list of conditions",
      example: '[{ field: "from.domain", is: "spam.example" }]',
      required: true,
    },
    actions: {
      schema: z.array(z.union([z.string(), z.looseObject({})])),
      allowed: "a list of actions",
      example: '["block"], or ["markAsRead", { assignToFolder: "Clients/Acme" }]',
      required: true,
    },
    includeMembers: flag(z),
  }),
  inputs: {
    defaults: { trigger: "inbound", match: "all", priority: 10, enabled: true },
    isNamedByDefault: true,
    normalForms: {
      includeMembers: (value) => value || undefined,
      description: (text) => (text === "" ? undefined : text),
      conditions: (conditions) => conditions.map(normalCondition).sort(byText),
    },
  },
  identity: identityByName("rule", ({ api }) => api.rules.list(), applicationScope),
  validation: {
    failures: (news) => [...validateConditions(news), ...validateActions(news), ...validateMembers(news)],
    warnings: warnOfMail,
  },
  settling: {
    needsUpdate: ({ membersDiffer: differ }) => differ === true,
  },
  duplicates: { all: ({ api }) => api.rules.listAmongMany(), duplicateKey: ({ name }) => name },
  onRecorded: (session, id, { includeMembers }) => {
    knowRule(session, id, includeMembers === true);
  },
  get: ({ api }, id) => api.rules.get(id),
  async getBatched(session, id, { includeMembers, conditions, elsewhere }) {
    const found = await session.api.rules.getAmongMany(id);
    if (!found || includeMembers !== true || !Array.isArray(conditions)) return found;
    const seen = await membersSeen(session, found, conditions as RuleCondition[], elsewhere);
    return seen.membersDiffer ? { ...found, ...seen } : found;
  },
  gone: {
    isListed: (session, id) => stillListed(session, () => session.api.rules.list(), id),
  },
  async create({ session }, { name, trigger, match, priority, enabled, conditions, actions, ...more }) {
    const description = more.includeMembers ? markedDescription(more.description) : more.description;
    const made = await session.api.rules.create({
      name: name!,
      conditions: conditions.map(sentCondition),
      actions,
      ...omitUndefined({ description, trigger, match, priority, enabled }),
    });
    knowRule(session, made.id, more.includeMembers === true);
    return made;
  },
  update: ({ session }, { id, olds, news, changed }) => {
    const described = changed.has("description") || changed.has("includeMembers");
    const write = (conditions: RuleCondition[], matches: boolean) =>
      session.api.rules.update(id, {
        ...(changed.has("name") ? { name: news.name! } : {}),
        ...(described
          ? {
              description: news.includeMembers
                ? markedDescription(news.description)
                : (news.description ?? ""),
            }
          : {}),
        ...(changed.has("priority") ? omitUndefined({ priority: news.priority }) : {}),
        ...(changed.has("enabled") ? omitUndefined({ enabled: news.enabled }) : {}),
        // The API holds the two against each other.
        ...(changed.has("trigger") || matches ? omitUndefined({ trigger: news.trigger }) : {}),
        ...(matches
          ? { ...omitUndefined({ match: news.match }), conditions: conditions.map(sentCondition) }
          : {}),
        ...(changed.has("actions") ? { actions: news.actions } : {}),
      });
    if (changed.has("includeMembers")) forgetRulesOfWorkspaces(session);
    knowRule(session, id, news.includeMembers === true);
    if (!news.includeMembers) {
      const differ = ["conditions", "match", "includeMembers"].some((key) => changed.has(key));
      return write(news.conditions, differ);
    }
    const gone = goneFrom(session, id, olds.elsewhere);
    return gone.then((emails) =>
      withRulesLock(session, async () => {
        // The answer to a write shows the rule as it stands; a read may be a minute old.
        const now = await session.api.rules.update(id, { name: news.name! });
        return write(await conditionsWithMembers(session, now, news.conditions, emails), true);
      }),
    );
  },
  deletionGuard: {
    // What another stack has paused is not to send because the rule of this one goes.
    async blocker({ session }, remote) {
      if (!stopsSending(remote)) return undefined;
      const naming = await workspacesNaming(session, remote.id);
      return naming.length > 0 ? brakeText(rule.describe(remote), naming) : undefined;
    },
  },
  async delete({ session, log }, id) {
    forgetRulesOfWorkspaces(session);
    const workspaces = await detachRule(session, id);
    if (workspaces.length > 0)
      await log("info", `rule ${id} was taken out of ${workspaces.join(", ")} before its deletion.`);
    return session.api.rules.delete(id);
  },

  id: (remote) => remote.id,
  describe: (remote) => `rule "${remote.name}" (id ${remote.id})`,
  observed: (remote, declared) => {
    const { name, description, trigger, match, priority, enabled, conditions, actions } = remote;
    const shown = declared?.includeMembers && declared.conditions;
    return {
      name,
      description: withoutMark(description),
      trigger,
      match,
      priority,
      enabled,
      conditions: shown ? withoutMembers(conditions, shown) : conditions,
      actions,
      includeMembers: isMarked(remote) ? true : undefined,
    };
  },
  outputs: (remote) => ({
    applicationId: remote.applicationId,
    ...(remote.membersDiffer ? { membersDiffer: true } : {}),
    ...(remote.elsewhere ? { elsewhere: remote.elsewhere } : {}),
  }),
  owner: {
    of: applicationOwner,
    assert: assertApplication,
  },
};

const CONSEQUENCES: Record<string, string> = {
  block: "is refused and never arrives (outgoing: is not sent)",
  markAsSpam: "goes to junk, where it is kept for spamRetentionDays alone",
  trash: "goes to trash, and what is there may be deleted",
  archive: "goes to the archive, past the inbox",
};

/** What becomes of mail from then on: another action, other conditions for one that was there, or a rule that is switched on. */
function warnOfMail(olds: RuleInputs, news: RuleInputs): string[] {
  if (news.enabled === false || !Array.isArray(news.actions)) return [];
  const textOf = (value: unknown) => JSON.stringify(value) ?? "";
  const wider =
    olds.enabled === false ||
    ["conditions", "match", "trigger"].some(
      (key) => textOf(olds[key as keyof RuleInputs]) !== textOf(news[key as keyof RuleInputs]),
    );
  return news.actions.flatMap((action) => {
    const consequence = typeof action === "string" ? CONSEQUENCES[action] : consequenceOfFolder(action);
    const stood = olds.actions?.some((each) => textOf(each) === textOf(action));
    if (consequence === undefined || (!wider && stood)) return [];
    return [`rule "${news.name}": mail that its conditions hold for ${consequence}.`];
  });
}

function consequenceOfFolder({ assignToFolder: folder }: { assignToFolder: string }): string | undefined {
  const kind = typeof folder === "string" ? shortLived(folder) : undefined;
  return kind && CONSEQUENCES[kind === "junk" ? "markAsSpam" : "trash"];
}

const TESTS = ["is", "isNot", "contains", "inList"] as const;

/** Which field takes which tests, and for which mail. */
const FIELDS: Record<RuleField, { tests: readonly string[]; inbound: boolean }> = {
  "from.address": { tests: TESTS, inbound: true },
  "from.domain": { tests: TESTS, inbound: true },
  "from.tld": { tests: TESTS, inbound: true },
  "recipient.address": { tests: TESTS, inbound: false },
  "recipient.domain": { tests: TESTS, inbound: false },
  "recipient.tld": { tests: TESTS, inbound: false },
  "outbound.type": { tests: ["is", "isNot"], inbound: false },
};

const STEPS = ["block", "markAsSpam", "markAsRead", "markAsStarred", "archive", "trash"];

function validateConditions({ conditions, trigger }: RuleInputs): Failure[] {
  if (!Array.isArray(conditions)) return [];
  if (conditions.length === 0) {
    return [
      failure(
        "conditions",
        "an empty list",
        "at least one condition",
        '[{ field: "from.domain", is: "spam.example" }]',
      ),
    ];
  }
  return conditions.flatMap((condition, i) =>
    typeof condition === "string" ? [] : validateCondition(condition, `conditions[${i}]`, trigger),
  );
}

function validateCondition(
  condition: RuleCondition,
  at: string,
  trigger: RuleTrigger | undefined,
): Failure[] {
  const { field, ...tests } = condition as { field?: unknown } & Record<string, unknown>;
  if (typeof field !== "string" || (!holdsUnknown(field) && !Object.hasOwn(FIELDS, field))) {
    return [
      failure(
        `${at}.field`,
        field === undefined ? "nothing" : show(field),
        Object.keys(FIELDS).join(", "),
        '"from.domain"',
      ),
    ];
  }
  const given = Object.keys(tests).filter((name) => tests[name] !== undefined);
  const strange = given.filter((name) => !(TESTS as readonly string[]).includes(name));
  if (strange.length > 0) {
    return strange.map((name) => ({
      property: /^\w{1,60}$/.test(name) ? `${at}.${name}` : at,
      reason: `${/^\w{1,60}$/.test(name) ? `${at}.${name}` : `${at}: ${show(name)}`} is not a part of a condition; allowed: field, and one of ${TESTS.join(", ")}; for example { field: "from.domain", is: "spam.example" }`,
    }));
  }
  if (given.length !== 1) {
    return [
      failure(
        at,
        given.length === 0 ? "a field with nothing to compare it to" : given.join(" and "),
        `exactly one of ${TESTS.join(", ")} (further ones as conditions of their own)`,
        '{ field: "from.domain", is: "spam.example" }',
      ),
    ];
  }
  if (holdsUnknown(field)) return [];
  const name = field as RuleField;
  const test = given[0]!;
  if (!FIELDS[name].inbound && !holdsUnknown(trigger) && (trigger ?? "inbound") === "inbound") {
    return [
      failure(
        `${at}.field`,
        `"${name}" with trigger "inbound"`,
        'from.address, from.domain and from.tld; the others with trigger: "outbound"',
        '"from.domain"',
      ),
    ];
  }
  if (!FIELDS[name].tests.includes(test)) {
    return [
      failure(
        `${at}.${test}`,
        `${test} on ${name}`,
        FIELDS[name].tests.join(" or "),
        '{ field: "outbound.type", is: "reply" }',
      ),
    ];
  }
  return validateValue(name, test, tests[test], `${at}.${test}`);
}

function validateValue(field: RuleField, test: string, value: unknown, at: string): Failure[] {
  if (test === "inList") {
    if (typeof value === "string" && holdsUnknown(value)) return [];
    if (!Array.isArray(value) || value.length === 0) {
      return [failure(at, show(value), "a list of at least one list's id", "[blocked.id]")];
    }
    return value.flatMap((id: unknown, i) =>
      holdsUnknown(id) || (typeof id === "string" && ID.test(id))
        ? []
        : [failure(`${at}[${i}]`, show(id), "the id of a list (for a text use is)", "[blocked.id]")],
    );
  }
  if (holdsUnknown(value)) return [];
  if (typeof value !== "string" || value.trim() === "" || !isLine(value, 500)) {
    return [
      failure(
        at,
        show(value),
        "a text of 1 to 500 characters without control characters (for lists use inList)",
        '"spam.example"',
      ),
    ];
  }
  if (field === "outbound.type") {
    if (["compose", "reply"].includes(value.toLowerCase())) return [];
    return [failure(at, show(value), '"compose" or "reply"', '"reply"')];
  }
  // A part of an address can look like anything, but not like a part of a name in another alphabet: mail has its punycode.
  if (test === "contains") {
    if (field.endsWith(".address") || isAscii(value)) return [];
    return [
      failure(
        at,
        show(value),
        "ASCII: a domain in another alphabet stands in a message in its xn-- form",
        '"xn--"',
      ),
    ];
  }
  const type = field.split(".")[1] as "address" | "domain" | "tld";
  const problem = itemProblem(type, value);
  return problem === undefined ? [] : [failure(at, show(value), problem.allowed, problem.example)];
}

function validateActions({ actions }: RuleInputs): Failure[] {
  if (!Array.isArray(actions)) return [];
  if (actions.length === 0) return [failure("actions", "an empty list", "at least one action", '["block"]')];
  const failures = actions.flatMap((action, i) => validateAction(action, `actions[${i}]`));
  const block = actions.indexOf("block");
  if (block >= 0 && actions.length > 1) {
    failures.push(
      failure(
        `actions[${block}]`,
        '"block" beside other actions',
        '"block" alone, or the others without it',
        '["block"]',
      ),
    );
  }
  return failures;
}

function validateAction(action: unknown, at: string): Failure[] {
  if (holdsUnknown(action)) return [];
  const allowed = `${STEPS.join(", ")}, or { assignToFolder: "…" }`;
  const example = '"markAsRead"';
  if (typeof action === "string")
    return STEPS.includes(action) ? [] : [failure(at, show(action), allowed, example)];
  const { assignToFolder, ...others } = action as Record<string, unknown>;
  if (Object.keys(others).length > 0 || assignToFolder === undefined)
    return [failure(at, show(action), allowed, example)];
  if (typeof assignToFolder === "string" && isFolderPath(assignToFolder)) return [];
  return [
    failure(
      `${at}.assignToFolder`,
      show(assignToFolder),
      "the name or the path of a folder, 1 to 255 characters, without a slash or a blank at its ends",
      '"Clients/Acme"',
    ),
  ];
}

/** Each member is a condition of its own, of which one has to be enough; and only a brake is meant for whoever comes. */
function validateMembers({ includeMembers, trigger, match, actions }: RuleInputs): Failure[] {
  if (includeMembers !== true) return [];
  const fits =
    (holdsUnknown(trigger) || trigger === "outbound") &&
    (holdsUnknown(match) || match === "any") &&
    (holdsUnknown(actions) || (Array.isArray(actions) && actions.length === 1 && actions[0] === "block"));
  if (fits) return [];
  return [
    failure(
      "includeMembers",
      "true for another rule than one that blocks outgoing mail",
      'true only together with trigger: "outbound", match: "any" and actions: ["block"]',
      "includeMembers: false",
    ),
  ];
}

function failure(property: string, given: string, allowed: string, example: string): Failure {
  return { property, reason: `${property}: given ${given}; allowed: ${allowed}; for example ${example}` };
}

function normalCondition(condition: RuleCondition): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(condition).map(([name, value]) => [
      name,
      Array.isArray(value) ? [...new Set(value)].sort() : normalItem(String(value)),
    ]),
  );
}

/** A condition as it is sent: domains in punycode, because that is how they stand in a message. Everything else as it was written. */
function sentCondition<T extends RuleCondition>(condition: T): T {
  const whole = (["is", "isNot"] as const).find((test) => !isAscii((condition as Tests)[test] ?? ""));
  return whole === undefined
    ? condition
    : { ...condition, [whole]: normalItem((condition as Tests)[whole]!) };
}

type Tests = { is?: string; isNot?: string };

function byText(a: unknown, b: unknown): number {
  const [left, right] = [textOf(a), textOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function textOf(condition: unknown): string {
  return JSON.stringify(Object.entries(condition as object).sort());
}

function omitUndefined<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
