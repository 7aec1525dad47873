import { type Api } from "../http/api.js";
import { isUuid, objectBody, runes } from "../http/bodies.js";
import { type Call } from "../http/call.js";
import { ApiError, invalid, notFound } from "../http/errors.js";
import { cursorPage } from "../http/paging.js";
import { refuseIfNamed } from "../http/references.js";
import { type Json } from "../model/exchange.js";
import { type List, type Rule, type RuleEvaluation } from "../model/objects.js";
import { type Store } from "../model/store.js";

/** `/v3/rules`, and what they did to an account's mail. */
export function rules(api: Api): void {
  const options = { key: "application", resource: "rules" } as const;

  // Other than everywhere else the array stands one level deeper, and is null when there is none.
  api.route("GET", "/v3/rules", options, (call) => {
    const mine = (rule: Rule): boolean => rule.application_id === call.application.id;
    const { page, nextCursor } = cursorPage(call, call.store.rules, mine, { limit: 50, max: 200 });
    if (call.store.settings.ruleList === "flat") return { body: { data: page, ...nextCursor } };
    return { body: { data: { items: page.length > 0 ? page : null, ...nextCursor } } };
  });

  api.route("POST", "/v3/rules", options, (call) => {
    const { store, application } = call;
    const body = objectBody(call.body);
    if (body.name === undefined) throw invalid("name is required");
    if (body.match === undefined) throw invalid("match is required");
    if (body.actions === undefined) throw invalid("actions is required");
    const values = ruleFields(store, application.id, body);
    const cap = store.plan.rules;
    const owned = store.rules.where((r) => r.organization_id === application.organization_id).length;
    if (owned >= cap) {
      throw new ApiError(403, "forbidden_access", `Maximum number of rules (${cap}) reached for this plan`);
    }
    return { status: 201, body: { data: newRule(store, application.id, values) } };
  });

  api.route("GET", "/v3/rules/:rule", options, (call) => ({ body: { data: ruleById(call) } }));

  api.route("PUT", "/v3/rules/:rule", options, (call) => {
    const { store, application } = call;
    const rule = ruleById(call);
    Object.assign(rule, ruleFields(store, application.id, objectBody(call.body), rule), {
      updated_at: store.clock.seconds(),
    });
    return { body: { data: rule } };
  });

  // Workspaces keep the id, and can then not be given their own list of rules back.
  api.route("DELETE", "/v3/rules/:rule", options, (call) => {
    const { id } = ruleById(call);
    refuseIfNamed(call.store, "rule", id);
    call.store.rules.remove(id);
    return {};
  });

  api.route("GET", "/v3/grants/:grant/rule-evaluations", { ...options, ofGrants: true }, (call) => {
    const grant = call.store.grantNamed(call.application.id, call.params.grant!);
    if (!grant) throw notFound("grant not found", "grant.not_found");
    const mine = (e: RuleEvaluation): boolean => e.grant_id === grant.id;
    const { page, nextCursor } = cursorPage(call, call.store.ruleEvaluations, mine, {
      limit: 50,
      max: 200,
      newestFirst: true,
    });
    return { body: { data: page, ...nextCursor } };
  });
}

/** The writable part of a rule. */
export type RuleFields = Pick<
  Rule,
  "name" | "description" | "priority" | "enabled" | "trigger" | "match" | "actions"
>;

/** Makes a rule; the caller has checked the values. */
export function newRule(store: Store, applicationId: string, values: RuleFields): Rule {
  const now = store.clock.seconds();
  return store.rules.add({
    id: store.seeded.uuid("rule", `${applicationId}|${values.name}`),
    application_id: applicationId,
    organization_id: store.applications.get(applicationId)!.organization_id,
    ...values,
    created_at: now,
    updated_at: now,
  });
}

/** A rule's fields after a write: `match` and `actions` are replaced as a whole, the rest is kept where it is left out. */
export function ruleFields(store: Store, applicationId: string, body: Json, old?: Rule): RuleFields {
  const given = <T>(field: string, usual: T, read: (value: unknown) => T): T =>
    body[field] === undefined || body[field] === null ? usual : read(body[field]);
  const fields: RuleFields = {
    name: old?.name ?? "",
    description: given("description", old?.description ?? "", textOf("description")),
    priority: given("priority", old?.priority ?? 10, priorityOf),
    enabled: given("enabled", old?.enabled ?? true, enabledOf),
    trigger: given("trigger", old?.trigger ?? "inbound", triggerOf),
    match: old?.match ?? { operator: "all", conditions: [] },
    actions: old?.actions ?? [],
  };
  if (body.name !== undefined) fields.name = nameOf(body.name);
  if (body.match !== undefined) fields.match = matchOf(store, applicationId, body.match);
  if (body.actions !== undefined) fields.actions = actionsOf(body.actions);
  for (const { field } of fields.match.conditions) {
    if (fields.trigger === "inbound" && !FIELDS[field]!.inbound) {
      throw invalid(`match.conditions: ${field} is only for the trigger outbound`);
    }
  }
  return fields;
}

interface Field {
  operators: string[];
  /** Outbound is possible for all of them. */
  inbound: boolean;
  list?: List["type"];
}

const TEXT = ["is", "is_not", "contains", "in_list"];
const FIELDS: Record<string, Field> = {
  "from.address": { operators: TEXT, inbound: true, list: "address" },
  "from.domain": { operators: TEXT, inbound: true, list: "domain" },
  "from.tld": { operators: TEXT, inbound: true, list: "tld" },
  "recipient.address": { operators: TEXT, inbound: false, list: "address" },
  "recipient.domain": { operators: TEXT, inbound: false, list: "domain" },
  "recipient.tld": { operators: TEXT, inbound: false, list: "tld" },
  "outbound.type": { operators: ["is", "is_not"], inbound: false },
};

const ACTIONS = [
  "block",
  "mark_as_spam",
  "mark_as_read",
  "mark_as_starred",
  "archive",
  "trash",
  "assign_to_folder",
];

function ruleById(call: Call): Rule {
  const rule = call.store.rules.get(call.params.rule!.toLowerCase());
  if (!rule || rule.application_id !== call.application.id) throw notFound();
  return rule;
}

function matchOf(store: Store, applicationId: string, given: unknown): Rule["match"] {
  const { operator = "all", conditions } = objectBody(given, "match");
  if (operator !== "all" && operator !== "any") throw invalid("match.operator must be all or any");
  if (!Array.isArray(conditions) || conditions.length === 0) {
    throw invalid("match.conditions must hold at least one condition");
  }
  return { operator, conditions: conditions.map((c) => conditionOf(store, applicationId, c)) };
}

function conditionOf(
  store: Store,
  applicationId: string,
  given: unknown,
): Rule["match"]["conditions"][number] {
  const { field, operator, value } = objectBody(given, "match.conditions[]");
  const known = typeof field === "string" && Object.hasOwn(FIELDS, field) ? FIELDS[field]! : undefined;
  if (!known) throw invalid(`match.conditions: field must be one of ${Object.keys(FIELDS).join(", ")}`);
  if (typeof operator !== "string" || !known.operators.includes(operator)) {
    throw invalid(`match.conditions: ${String(field)} takes the operators ${known.operators.join(", ")}`);
  }
  if (operator === "in_list") {
    if (!Array.isArray(value) || value.length === 0) {
      throw invalid("match.conditions: in_list takes an array of list ids");
    }
    const ids = value.map((id) => {
      const list = isUuid(id) ? store.lists.get(id.toLowerCase()) : undefined;
      if (!list || list.application_id !== applicationId || list.type !== known.list) {
        throw invalid(`invalid list ID: ${String(id)}`, "invalid_field");
      }
      return list.id;
    });
    return { field: field as string, operator, value: ids };
  }
  if (typeof value !== "string" || value === "") {
    throw invalid(`match.conditions: ${operator} takes a string that is not empty`);
  }
  if (field !== "outbound.type") return { field: field as string, operator, value };
  const type = value.toLowerCase();
  if (type !== "compose" && type !== "reply") throw invalid("outbound.type must be compose or reply");
  return { field, operator, value: type };
}

function actionsOf(given: unknown): Rule["actions"] {
  if (!Array.isArray(given) || given.length === 0) throw invalid("actions must hold at least one action");
  const actions = given.map((action) => {
    const { type, value } = objectBody(action, "actions[]");
    if (typeof type !== "string" || !ACTIONS.includes(type)) {
      throw invalid(`actions: type must be one of ${ACTIONS.join(", ")}`);
    }
    if (type !== "assign_to_folder") return { type };
    if (typeof value !== "string" || value === "") throw invalid("actions: assign_to_folder needs a folder");
    return { type, value };
  });
  if (actions.length > 1 && actions.some((a) => a.type === "block")) {
    throw invalid("actions: block must be the only action");
  }
  return actions;
}

function nameOf(value: unknown): string {
  if (typeof value !== "string" || runes(value) < 1 || runes(value) > 256) {
    throw invalid("name must have 1 to 256 characters");
  }
  return value;
}

function textOf(field: string): (value: unknown) => string {
  return (value) => {
    if (typeof value !== "string") throw invalid(`${field} must be a string`);
    return value;
  };
}

function priorityOf(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 1000) {
    throw invalid("priority must be an integer from 0 to 1000");
  }
  return value as number;
}

function enabledOf(value: unknown): boolean {
  if (typeof value !== "boolean") throw invalid("enabled must be a boolean");
  return value;
}

function triggerOf(value: unknown): Rule["trigger"] {
  if (value !== "inbound" && value !== "outbound") throw invalid("trigger must be inbound or outbound");
  return value;
}
