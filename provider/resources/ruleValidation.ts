import { type Failure, show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { type RuleCondition, type RuleField, type RuleTrigger } from "../nylas/api";
import { isAscii, itemProblem } from "../properties/listItems";
import { ID, isLine } from "../properties/types";
import { isFolderPath } from "./folders";
import { FIELDS, type RuleProperties, STEPS, TESTS } from "../properties/rule";

export function validateConditions({ conditions, trigger }: RuleProperties): Failure[] {
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

export function validateActions({ actions }: RuleProperties): Failure[] {
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
export function validateMembers({ includeMembers, trigger, match, actions }: RuleProperties): Failure[] {
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
