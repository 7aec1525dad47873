import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { createMembers, observedMembers, updateMembers } from "../core/wireMembers";
import { answerOf } from "../nylas/answer";
import { FIELDS, ruleProperties, type RuleProperties, STEPS, TESTS } from "../properties/rule";
import { type CommonInputs, type Definition } from "../core/definition";
import { type Failure, show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { type Rule, type RuleCondition, type RuleField, type RuleTrigger } from "../nylas/api";
import { shortLived } from "../nylas/systemFolders";
import { ID, isLine } from "../properties/types";
import { isFolderPath } from "./folders";
import { isAscii, itemProblem, normalItem } from "../properties/listItems";
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

export type RuleInputs = CommonInputs & RuleProperties;

/** A rule as a refresh has seen it: whether it misses somebody that it should hold for. */
type SeenRule = Rule & SeenMembers;

export const rule: Definition<RuleInputs, SeenRule, Session> = {
  type: "Rule",
  noun: "rule",
  fields: (z) => fieldsOf(ruleProperties, z),
  inputs: inputHandlingOf<RuleInputs>(ruleProperties, {
    includeMembers: (value) => value || undefined,
    conditions: (conditions) => conditions.map(normalCondition).sort(byText),
  }),
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
  async create({ session }, inputs) {
    const { name, match, conditions, actions, includeMembers } = inputs;
    const made = await session.api.rules.create({
      name: name!,
      conditions: conditions.map(sentCondition),
      actions,
      ...omitUndefined({ match }),
      members: createMembers(ruleProperties, described(inputs)),
    });
    knowRule(session, made.id, includeMembers === true);
    return made;
  },
  update: ({ session }, { id, olds, news, changed }) => {
    const write = (conditions: RuleCondition[], matches: boolean) =>
      session.api.rules.update(id, {
        ...(changed.has("name") ? { name: news.name! } : {}),
        members: updateMembers(
          ruleProperties,
          described(news),
          new Set([
            ...changed,
            ...(changed.has("includeMembers") ? ["description"] : []),
            // The API holds it against the conditions.
            ...(matches ? ["trigger"] : []),
          ]),
        ),
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
    const { name, description, match, conditions, actions } = remote;
    const shown = declared?.includeMembers && declared.conditions;
    return {
      ...observedMembers(ruleProperties, answerOf(remote)),
      name,
      description: withoutMark(description),
      match,
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

/** A rule for members says so in its description. */
function described(inputs: RuleInputs): RuleInputs {
  return inputs.includeMembers ? { ...inputs, description: markedDescription(inputs.description) } : inputs;
}

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
    return (STEPS as readonly string[]).includes(action) ? [] : [failure(at, show(action), allowed, example)];
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
