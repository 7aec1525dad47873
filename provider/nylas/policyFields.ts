import { type Limit, type PolicyChange, type PolicyLimits, type SpamDetection } from "./api";

/** The names of a policy's fields, ours and the wire's. */
export const limitNames = [
  ["dailySends", "limit_count_daily_email_sent"],
  ["dailyReceives", "limit_count_daily_message_received"],
  ["storageBytes", "limit_storage_total"],
  ["messageBytes", "limit_size_total_mime"],
  ["attachmentBytes", "limit_attachment_size_limit"],
  ["attachmentCount", "limit_attachment_count_limit"],
  ["attachmentTypes", "limit_attachment_allowed_types"],
  ["inboxRetentionDays", "limit_inbox_retention_period"],
  ["spamRetentionDays", "limit_spam_retention_period"],
] as const satisfies [keyof PolicyLimits, string][];

export const detectionNames = [
  ["dnsBlockLists", "use_list_dnsbl"],
  ["headerAnomalies", "use_header_anomaly_detection"],
  ["sensitivity", "spam_sensitivity"],
] as const satisfies [keyof SpamDetection, string][];

/** The limits for which −1 on the wire means that there is none. */
const mayBeUnlimited = new Set<keyof PolicyLimits>([
  "dailySends",
  "dailyReceives",
  "storageBytes",
  "inboxRetentionDays",
  "spamRetentionDays",
]);

/** The body of a policy write: only what is given. */
export function policyBody(change: PolicyChange): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  if (change.name !== undefined) body.name = change.name;
  const limits = renamed(change.limits ?? {}, limitNames);
  const detection = renamed(change.spamDetection ?? {}, detectionNames);
  if (Object.keys(limits).length > 0) body.limits = limits;
  if (Object.keys(detection).length > 0) body.spam_detection = detection;
  return { ...body, ...change.members };
}

/** A limit as the API states it. */
export function limitFromWire(name: keyof PolicyLimits, value: number): Limit {
  return value === -1 && mayBeUnlimited.has(name) ? "unlimited" : value;
}

/** A text of the API about a policy, with the names its reader knows beside the wire's. */
export function withOurNames(message: string): string {
  let text = message;
  for (const [name, wireName] of [...limitNames, ...detectionNames]) {
    text = text.replace(new RegExp(`\\b${wireName}\\b`, "g"), `${wireName} (${name})`);
  }
  return text;
}

function renamed(
  values: PolicyLimits | SpamDetection,
  names: readonly (readonly [string, string])[],
): Record<string, unknown> {
  const wire: Record<string, unknown> = {};
  for (const [name, wireName] of names) {
    const value = (values as Record<string, unknown>)[name];
    if (value !== undefined) wire[wireName] = value === "unlimited" ? -1 : value;
  }
  return wire;
}
