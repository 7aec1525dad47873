import { type Api } from "../http/api.js";
import { objectBody, runes } from "../http/bodies.js";
import { type Call } from "../http/call.js";
import { invalid, notFound } from "../http/errors.js";
import { cursorPage } from "../http/paging.js";
import { refuseIfNamed } from "../http/references.js";
import { effectiveLimits } from "../mail/limits.js";
import { type Json } from "../model/exchange.js";
import { type Policy, type SpamDetection } from "../model/objects.js";
import { UNLIMITABLE, type Limits, type Plan } from "../model/plans.js";
import { type Store } from "../model/store.js";

/** `/v3/policies`. What answers show are effective limits, not what was sent. */
export function policies(api: Api): void {
  const options = { key: "application", resource: "policies" } as const;

  // The real server's default page is 10, and the cursor stands on the last page as well.
  api.route("GET", "/v3/policies", options, (call) => {
    const mine = (p: Policy): boolean => p.application_id === call.application.id;
    const page = cursorPage(call, call.store.policies, mine, { limit: 10, cursorOnLastPage: true });
    return { body: { data: page.page.map((p) => shown(call.store, p)), ...page.nextCursor } };
  });

  api.route("POST", "/v3/policies", options, (call) => {
    const { store, application } = call;
    const body = objectBody(call.body);
    if (body.name === undefined) throw invalid("name is required");
    const name = nameOf(body.name);
    const limits = mergedLimits({}, body.limits, store.plan);
    const spam = mergedSpam({}, body.spam_detection);
    const now = store.clock.seconds();
    const made = store.policies.add({
      id: store.seeded.uuid("policy", `${application.id}|${name}`),
      application_id: application.id,
      organization_id: application.organization_id,
      name,
      limits,
      spam_detection: spam,
      rules: [],
      created_at: now,
      updated_at: now,
    });
    return { body: { data: shown(store, made) } };
  });

  api.route("GET", "/v3/policies/:policy", options, (call) => ({
    body: { data: shown(call.store, policyById(call)) },
  }));

  api.route("PUT", "/v3/policies/:policy", options, (call) => {
    const { store } = call;
    const policy = policyById(call);
    const body = objectBody(call.body);
    const change: Partial<Policy> = {
      name: body.name === undefined ? policy.name : nameOf(body.name),
      limits: mergedLimits(kept(store, policy.limits, body.limits), body.limits, store.plan),
      spam_detection: mergedSpam(
        kept(store, policy.spam_detection, body.spam_detection),
        body.spam_detection,
      ),
      updated_at: store.clock.seconds(),
    };
    Object.assign(policy, change);
    const { id, ...rest } = shown(store, policy);
    return { body: { data: store.settings.policyPutWithoutId ? rest : { id, ...rest } } };
  });

  // Workspaces that point at the policy go on pointing at it.
  api.route("DELETE", "/v3/policies/:policy", options, (call) => {
    const { id } = policyById(call);
    refuseIfNamed(call.store, "policy", id);
    call.store.policies.remove(id);
    return {};
  });
}

/** What a write starts from: the group as it is, or nothing where a group that is sent replaces it. */
function kept<T extends object>(store: Store, group: T, given: unknown): Partial<T> {
  return store.settings.policyGroups === "replace" && given !== undefined && given !== null ? {} : group;
}

/** The limits after a write: merged field by field, held to the plan and to each other. */
export function mergedLimits(old: Partial<Limits>, given: unknown, plan: Plan): Partial<Limits> {
  if (given === undefined || given === null) return old;
  const merged: Partial<Limits> = { ...old };
  for (const [field, value] of Object.entries(objectBody(given, "limits"))) {
    if (!Object.hasOwn(plan.limits, field) || value === null) continue;
    if (field === "limit_attachment_allowed_types") {
      if (
        !Array.isArray(value) ||
        value.some((v) => typeof v !== "string" || !/^[\w.+-]+\/([\w.+-]+|\*)$/.test(v))
      ) {
        throw invalid(`limits.${field} must be a list of MIME types`);
      }
      merged.limit_attachment_allowed_types = value as string[];
      continue;
    }
    const name = field as Exclude<keyof Limits, "limit_attachment_allowed_types">;
    const ceiling = plan.limits[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value))
      throw invalid(`limits.${field} must be an integer`);
    const least = UNLIMITABLE.has(name) ? -1 : 0;
    if (value < least) throw invalid(`limits.${field} must be at least ${least}`);
    if (ceiling !== -1 && (value > ceiling || value === -1)) {
      throw invalid(`limits.${field} exceeds the maximum of the plan (${ceiling})`);
    }
    merged[name] = value;
  }
  const inbox = merged.limit_inbox_retention_period;
  const spam = merged.limit_spam_retention_period;
  if (inbox !== undefined && spam !== undefined && inbox !== -1 && (spam === -1 || inbox <= spam)) {
    throw invalid(
      "limits.limit_inbox_retention_period must be greater than limits.limit_spam_retention_period",
    );
  }
  return merged;
}

function policyById(call: Call): Policy {
  const policy = call.store.policies.get(call.params.policy!.toLowerCase());
  if (!policy || policy.application_id !== call.application.id) throw notFound();
  return policy;
}

function nameOf(value: unknown): string {
  if (typeof value !== "string" || runes(value) < 1 || runes(value) > 256) {
    throw invalid("name must have 1 to 256 characters");
  }
  return value;
}

function mergedSpam(old: Partial<SpamDetection>, given: unknown): Partial<SpamDetection> {
  if (given === undefined || given === null) return old;
  const body: Json = objectBody(given, "spam_detection");
  const merged = { ...old };
  for (const field of ["use_list_dnsbl", "use_header_anomaly_detection"] as const) {
    const value = body[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== "boolean") throw invalid(`spam_detection.${field} must be a boolean`);
    merged[field] = value;
  }
  const sensitivity = body.spam_sensitivity;
  if (sensitivity !== undefined && sensitivity !== null) {
    if (typeof sensitivity !== "number" || sensitivity < 0.1 || sensitivity > 5) {
      throw invalid("spam_detection.spam_sensitivity must be between 0.1 and 5.0");
    }
    merged.spam_sensitivity = sensitivity;
  }
  return merged;
}

function shown(store: Store, policy: Policy): { id: string } & Json {
  return {
    id: policy.id,
    name: policy.name,
    application_id: policy.application_id,
    organization_id: policy.organization_id,
    limits: effectiveLimits(store, policy),
    spam_detection: {
      use_list_dnsbl: false,
      use_header_anomaly_detection: false,
      spam_sensitivity: 1,
      ...policy.spam_detection,
    },
    rules: policy.rules,
    created_at: policy.created_at,
    updated_at: policy.updated_at,
  };
}
