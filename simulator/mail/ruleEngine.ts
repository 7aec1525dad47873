import { type Grant, type Rule, type RuleEvaluation } from "../model/objects.js";
import { type Store } from "../model/store.js";

/** A message as rules look at it. */
export interface RuledMessage {
  from: string;
  /** To, Cc and Bcc. */
  recipients: string[];
  /** Only outbound. */
  type?: "compose" | "reply";
}

/** What the rules of an account say to a message. */
export interface Verdict {
  blocked: boolean;
  actions: Rule["actions"];
}

/**
 * Applies an account's rules, lowest priority number first, and keeps a record of it. The record of a message that was
 * blocked names none: there never was one.
 */
export function applyRules(
  store: Store,
  grant: Grant,
  trigger: Rule["trigger"],
  message: RuledMessage,
  messageId: string,
): Verdict {
  const candidates = rulesOf(store, grant, trigger);
  if (candidates.length === 0) return { blocked: false, actions: [] };
  const matched = candidates.filter((rule) => matches(store, rule, message));
  const stop = matched.findIndex((rule) => rule.actions.some((a) => a.type === "block"));
  const applied = stop === -1 ? matched : matched.slice(0, stop + 1);
  const blocked = stop !== -1;
  const actions = blocked ? [{ type: "block" }] : applied.flatMap((rule) => rule.actions);
  record(store, grant, trigger, message, blocked ? null : messageId, applied, actions);
  return { blocked, actions };
}

/** The enabled rules of a trigger that the account's workspace carries; outbound, by a setting, the application's. */
function rulesOf(store: Store, grant: Grant, trigger: Rule["trigger"]): Rule[] {
  const attached = grant.workspace_id ? (store.workspaces.get(grant.workspace_id)?.rule_ids ?? []) : [];
  const everywhere = trigger === "outbound" && store.settings.outboundRules === "application";
  return store.rules
    .where(
      (rule) =>
        rule.enabled &&
        rule.trigger === trigger &&
        (everywhere ? rule.application_id === grant.application_id : attached.includes(rule.id)),
    )
    .sort((a, b) => a.priority - b.priority);
}

function matches(store: Store, rule: Rule, message: RuledMessage): boolean {
  const test = (c: Rule["match"]["conditions"][number]): boolean => {
    const found = valuesOf(c.field, message);
    const wanted = typeof c.value === "string" ? c.value.toLowerCase() : "";
    switch (c.operator) {
      case "is":
        return found.includes(wanted);
      case "is_not":
        return !found.includes(wanted);
      case "contains":
        return found.some((value) => value.includes(wanted));
      default:
        return (
          store.listItems.find((i) => c.value.includes(i.list_id) && found.includes(i.value)) !== undefined
        );
    }
  };
  const { operator, conditions } = rule.match;
  return operator === "any" ? conditions.some(test) : conditions.every(test);
}

function valuesOf(field: string, message: RuledMessage): string[] {
  if (field === "outbound.type") return message.type ? [message.type] : [];
  const [who, part] = field.split(".");
  const addresses = who === "from" ? [message.from] : message.recipients;
  return addresses.map((address) => partOf(address.toLowerCase(), part!));
}

function partOf(address: string, part: string): string {
  const domain = address.slice(address.lastIndexOf("@") + 1);
  if (part === "address") return address;
  return part === "domain" ? domain : domain.slice(domain.lastIndexOf(".") + 1);
}

function record(
  store: Store,
  grant: Grant,
  trigger: Rule["trigger"],
  message: RuledMessage,
  messageId: string | null,
  applied: Rule[],
  actions: Rule["actions"],
): void {
  const now = store.clock.seconds();
  const has = (type: string): boolean => actions.some((a) => a.type === type);
  const blocked = has("block");
  const input: RuleEvaluation["evaluation_input"] = {
    from_address: message.from.toLowerCase(),
    from_domain: partOf(message.from.toLowerCase(), "domain"),
    from_tld: partOf(message.from.toLowerCase(), "tld"),
  };
  if (trigger === "outbound") {
    const parts = (part: string): string[] => message.recipients.map((r) => partOf(r.toLowerCase(), part));
    Object.assign(input, {
      recipient_addresses: parts("address"),
      recipient_domains: parts("domain"),
      recipient_tlds: parts("tld"),
      outbound_type: message.type,
    });
  }
  store.ruleEvaluations.add({
    id: store.seeded.uuid("rule evaluation", grant.id),
    grant_id: grant.id,
    application_id: grant.application_id,
    organization_id: store.applications.get(grant.application_id)!.organization_id,
    ...(messageId ? { message_id: messageId } : {}),
    evaluated_at: now,
    evaluation_stage: trigger === "outbound" ? "outbound_send" : blocked ? "smtp_rcpt" : "inbox_processing",
    evaluation_input: input,
    applied_actions: {
      blocked,
      marked_as_spam: has("mark_as_spam"),
      marked_as_read: has("mark_as_read"),
      marked_starred: has("mark_as_starred"),
      archived: has("archive"),
      trashed: has("trash"),
    },
    matched_rule_ids: applied.map((rule) => rule.id),
    created_at: now,
    updated_at: now,
  });
}
