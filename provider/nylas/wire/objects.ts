import * as z from "zod/mini";
import {
  type Application,
  type Domain,
  type DomainAttempt,
  type Folder,
  type Grant,
  type MessageSeen,
  type MessageSent,
  type Policy,
  type PolicyLimits,
  type RecordPurpose,
  type SpamDetection,
  type Workspace,
} from "../api";
import { ANSWER } from "../answer";
import { isRecord, printable } from "../errors";
import { detectionNames, limitFromWire, limitNames } from "../policyFields";
import {
  given,
  hasKeys,
  id,
  Missing,
  moment,
  optionalFlag,
  optionalNumber,
  optionalText,
  parse,
  single,
} from "./parts";

export function application(answer: unknown): Application {
  const wire = parse(applicationSchema, single(answer), "an application");
  return {
    id: wire.application_id,
    organizationId: wire.organization_id,
    region: wire.region,
    environment: given(wire.environment),
    defaultWorkspaceId: given(wire.default_workspace_id),
  };
}

export function domain(answer: unknown): Domain {
  const wire = parse(domainSchema, single(answer), "a domain");
  return {
    [ANSWER]: wire,
    id: wire.id,
    name: given(wire.name) ?? wire.domain_address,
    address: wire.domain_address.toLowerCase(),
    organizationId: wire.organization_id,
    region: given(wire.region) ?? "",
    branded: wire.branded ?? false,
    verified: {
      ownership: wire.verified_ownership ?? false,
      mx: wire.verified_mx ?? false,
      spf: wire.verified_spf ?? false,
      dkim: wire.verified_dkim ?? false,
      feedback: wire.verified_feedback ?? false,
      dmarc: wire.verified_dmarc ?? false,
      arc: wire.verified_arc ?? false,
    },
    createdAt: wire.created_at ?? 0,
  };
}

export function domainAttempt(answer: unknown, domainId: string, purpose: RecordPurpose): DomainAttempt {
  const wire = parse(attemptSchema, theOne(single(answer)), "the record of a domain");
  const options = theOnlyRecord(wire.attempt);
  const record = options && {
    host: options.host ?? undefined,
    type: given(options.type),
    value: given(options.value),
  };
  return {
    domainId: given(wire.domain_id) ?? domainId,
    purpose,
    status: wire.status === "done" || wire.status === "failed" ? wire.status : "pending",
    record: record ?? undefined,
    expiresAt: wire.expires_at || undefined,
    message: given(wire.message),
  };
}

/** The provider of a connector. */
export function connector(item: unknown): string | undefined {
  return isRecord(item) && typeof item.provider === "string" ? item.provider : undefined;
}

export function grant(answer: unknown): Grant {
  const wire = parse(grantSchema, single(answer), "a grant");
  const settings = wire.settings ?? {};
  return {
    [ANSWER]: wire,
    id: wire.id,
    provider: wire.provider,
    email: given(wire.email) ?? (typeof settings.email === "string" ? settings.email : ""),
    name: given(wire.name),
    status: wire.grant_status === "invalid" ? "invalid" : "valid",
    workspaceId: given(wire.workspace_id),
    hasAppPassword: typeof settings.has_app_password === "boolean" ? settings.has_app_password : undefined,
    createdAt: wire.created_at ?? 0,
  };
}

/** Whether the answer of a `PATCH` shows the whole grant, or only what was changed. */
export function isWholeGrant(answer: unknown): boolean {
  return hasKeys(single(answer), ["id", "provider", "email", "name", "workspace_id", "grant_status"]);
}

export function message(item: unknown): MessageSeen {
  const wire = parse(messageSchema, item, "a message");
  const from: unknown = Array.isArray(wire.from) ? wire.from[0] : undefined;
  const address = isRecord(from) && typeof from.email === "string" ? from.email : undefined;
  return { id: wire.id, subject: wire.subject ?? "", from: given(address) };
}

export function messageSent(answer: unknown): MessageSent {
  const data = single(answer);
  return { id: isRecord(data) && typeof data.id === "string" && data.id !== "" ? data.id : undefined };
}

export function folder(answer: unknown): Folder {
  const wire = parse(folderSchema, single(answer), "a folder");
  return {
    id: wire.id,
    name: wire.name,
    parentId: given(wire.parent_id),
    grantId: given(wire.grant_id),
    totalCount: wire.total_count ?? undefined,
  };
}

export function workspace(
  answer: unknown,
): Omit<Workspace, "applicationId"> & { applicationId: string | undefined } {
  const wire = parse(workspaceSchema, single(answer), "a workspace");
  return {
    [ANSWER]: wire,
    id: wire.workspace_id,
    applicationId: given(wire.application_id),
    name: wire.name ?? "",
    domain: given(wire.domain)?.toLowerCase(),
    autoGroup: wire.auto_group ?? false,
    isDefault: wire.default ?? false,
    policyId: given(wire.policy_id),
    ruleIds: wire.rule_ids ?? [],
    createdAt: wire.created_at ?? 0,
  };
}

/** Whether the answer of a `PATCH` shows the whole workspace, or only what was changed. */
export function isWholeWorkspace(answer: unknown): boolean {
  return hasKeys(single(answer), ["workspace_id", "name", "auto_group", "policy_id", "rule_ids"]);
}

export function policy(
  answer: unknown,
): Omit<Policy, "applicationId"> & { applicationId: string | undefined } {
  const wire = parse(policySchema, single(answer), "a policy");
  const limits: Record<string, unknown> = {};
  for (const [name, wireName] of limitNames) {
    const value = wire.limits?.[wireName] ?? undefined;
    if (value !== undefined) limits[name] = typeof value === "number" ? limitFromWire(name, value) : value;
  }
  const spamDetection: Record<string, unknown> = {};
  for (const [name, wireName] of detectionNames) {
    const value = wire.spam_detection?.[wireName] ?? undefined;
    if (value !== undefined) spamDetection[name] = value;
  }
  return {
    [ANSWER]: wire,
    id: wire.id,
    applicationId: given(wire.application_id),
    name: wire.name,
    // Each field was held to its type by the schema.
    limits: limits as PolicyLimits,
    spamDetection: spamDetection as SpamDetection,
    createdAt: wire.created_at ?? 0,
  };
}

/** The ids in `grants_removed` of a manual-assign; null stands for none. */
export function grantsRemoved(answer: unknown): string[] {
  return parse(assignSchema, single(answer), "the answer of an assignment").grants_removed ?? [];
}

const applicationSchema = z.looseObject({
  application_id: id,
  organization_id: id,
  region: id,
  environment: optionalText,
  default_workspace_id: optionalText,
});

const domainSchema = z.looseObject({
  id,
  domain_address: id,
  organization_id: id,
  name: optionalText,
  region: optionalText,
  branded: optionalFlag,
  verified_ownership: optionalFlag,
  verified_mx: optionalFlag,
  verified_spf: optionalFlag,
  verified_dkim: optionalFlag,
  verified_feedback: optionalFlag,
  verified_dmarc: optionalFlag,
  verified_arc: optionalFlag,
  created_at: moment,
});

/** An object, or a list of them. */
function oneOrMore<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.nullish(z.union([z.looseObject(shape), z.array(z.looseObject(shape))]));
}

/** Where a list came in place of one object, its first item. */
function theOne<T>(value: T | T[]): T | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Every check of Nylas asks for one record. Of more than one none would be published, so they are named for whoever publishes them by hand. */
function theOnlyRecord(attempt: z.infer<typeof attemptSchema>["attempt"]) {
  const records = [attempt ?? []].flat().flatMap(({ options }) => [options ?? []].flat());
  if (records.length > 1) {
    const each = records.map(({ host, type, value }) =>
      printable(`${type ?? "?"} ${host ?? "?"} "${value ?? "?"}"`),
    );
    throw new Missing(`${records.length} records where one was expected: ${each.join(", ")}`, "attempt");
  }
  return records[0];
}

const attemptSchema = z.looseObject({
  domain_id: optionalText,
  status: id,
  attempt: oneOrMore({
    options: oneOrMore({ host: optionalText, type: optionalText, value: optionalText }),
  }),
  expires_at: moment,
  message: optionalText,
});

const grantSchema = z.looseObject({
  id,
  provider: id,
  email: optionalText,
  name: optionalText,
  grant_status: optionalText,
  workspace_id: optionalText,
  settings: z.nullish(z.looseObject({})),
  created_at: moment,
});

// Who it is from is told, and nothing hangs on it: any form of it will do.
const messageSchema = z.object({ id: z.string(), subject: optionalText, from: z.optional(z.unknown()) });

const folderSchema = z.looseObject({
  id,
  name: z.string(),
  parent_id: optionalText,
  grant_id: optionalText,
  total_count: optionalNumber,
});

const workspaceSchema = z.looseObject({
  workspace_id: id,
  application_id: optionalText,
  // Null is none. An answer without it shows too little of a workspace.
  name: z.nullable(z.string()),
  domain: optionalText,
  auto_group: optionalFlag,
  default: optionalFlag,
  policy_id: optionalText,
  rule_ids: z.nullish(z.array(z.string())),
  created_at: moment,
});

const policySchema = z.looseObject({
  id,
  application_id: optionalText,
  name: z.string(),
  limits: z.nullish(
    z.looseObject({
      limit_attachment_size_limit: optionalNumber,
      limit_attachment_count_limit: optionalNumber,
      limit_attachment_allowed_types: z.nullish(z.array(z.string())),
      limit_size_total_mime: optionalNumber,
      limit_storage_total: optionalNumber,
      limit_count_daily_message_received: optionalNumber,
      limit_count_daily_email_sent: optionalNumber,
      limit_inbox_retention_period: optionalNumber,
      limit_spam_retention_period: optionalNumber,
    }),
  ),
  spam_detection: z.nullish(
    z.looseObject({
      use_list_dnsbl: optionalFlag,
      use_header_anomaly_detection: optionalFlag,
      spam_sensitivity: optionalNumber,
    }),
  ),
  created_at: moment,
});

const assignSchema = z.looseObject({ grants_removed: z.nullish(z.array(z.string())) });
