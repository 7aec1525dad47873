import { type KeyObject } from "node:crypto";
import { type DnsRecord } from "../dns/zones.js";
import { type VerificationType } from "../settings/settings.js";
import { type Limits } from "./plans.js";

export interface Organization {
  id: string;
  region: "us" | "eu";
}

export interface Application {
  id: string;
  organization_id: string;
  environment: string;
  region: "us" | "eu";
}

export interface Connector {
  id: string;
  application_id: string;
  /** Only where it was given. */
  name?: string;
  provider: string;
  settings: Record<string, unknown>;
  scope: string[];
}

export interface Domain {
  id: string;
  name: string;
  branded: boolean;
  domain_address: string;
  organization_id: string;
  region: "us" | "eu";
  verified: Record<VerificationType, boolean>;
  /** The current ownership token and when it ends. */
  ownership: { token: string; created_at: number; expires_at: number };
  /** What info answers instead of the usual record, set from outside; null stands for no attempt. */
  attempts: Partial<Record<VerificationType, Attempt | null>>;
  created_at: number;
  updated_at: number;
}

export interface Attempt {
  host?: string;
  type?: string;
  value?: string;
}

export interface Grant {
  id: string;
  application_id: string;
  provider: string;
  email: string;
  name: string;
  grant_status: "valid" | "invalid";
  scope: string[];
  workspace_id: string | null;
  /** A digest; the password itself is not kept. */
  password: string | null;
  blocked: boolean;
  /** Milliseconds of the simulator's clock, for the lag of the provider filter. */
  madeAtMs: number;
  deletedAtMs: number | null;
  created_at: number;
  updated_at: number;
}

export interface Workspace {
  id: string;
  application_id: string;
  name: string;
  domain: string | null;
  auto_group: boolean;
  default: boolean;
  policy_id: string | null;
  rule_ids: string[];
  created_at: number;
  updated_at: number;
}

export interface SpamDetection {
  use_list_dnsbl: boolean;
  use_header_anomaly_detection: boolean;
  spam_sensitivity: number;
}

export interface Policy {
  id: string;
  application_id: string;
  organization_id: string;
  name: string;
  /** Only what was asked for; answers show the effective limits. */
  limits: Partial<Limits>;
  spam_detection: Partial<SpamDetection>;
  rules: string[];
  created_at: number;
  updated_at: number;
}

export interface Rule {
  id: string;
  application_id: string;
  organization_id: string;
  name: string;
  description: string;
  /** 0 to 1000, lower first. */
  priority: number;
  enabled: boolean;
  trigger: "inbound" | "outbound";
  match: {
    operator: "all" | "any";
    conditions: { field: string; operator: string; value: string | string[] }[];
  };
  actions: { type: string; value?: string }[];
  created_at: number;
  updated_at: number;
}

/** That rules looked at a message, and what came of it. */
export interface RuleEvaluation {
  id: string;
  grant_id: string;
  application_id: string;
  organization_id: string;
  message_id?: string;
  evaluated_at: number;
  evaluation_stage: "smtp_rcpt" | "inbox_processing" | "outbound_send";
  evaluation_input: Record<string, unknown>;
  applied_actions: Record<string, boolean>;
  matched_rule_ids: string[];
  created_at: number;
  updated_at: number;
}

export interface List {
  id: string;
  application_id: string;
  organization_id: string;
  name: string;
  description: string;
  type: "domain" | "tld" | "address";
  created_at: number;
  updated_at: number;
}

export interface ListItem {
  id: string;
  list_id: string;
  value: string;
  created_at: number;
}

export interface Participant {
  email: string;
  name: string;
}

/** A folder that somebody made in an account. */
export interface Folder {
  id: string;
  grant_id: string;
  /** Its whole path. */
  name: string;
}

export interface Message {
  id: string;
  grant_id: string;
  folder: string;
  subject: string;
  from: string;
  fromName: string;
  to: Participant[];
  cc: Participant[];
  body: string;
  /** Bytes it takes of the account's storage. */
  size: number;
  date: number;
  unread: boolean;
  starred: boolean;
}

export interface Webhook {
  id: string;
  application_id: string;
  webhook_url: string;
  trigger_types: string[];
  description: string;
  notification_email_addresses: string[];
  compressed_delivery: boolean;
  status: "active" | "pause" | "failing" | "failed";
  status_updated_at: number;
  secret: string;
  created_at: number;
  updated_at: number;
}

/** One notification to one webhook. */
export interface WebhookDelivery {
  eventId: string;
  webhookId: string;
  url: string;
  type: string;
  /** HTTP status of each attempt, 0 where none came; empty for addresses that are not called. */
  attempts: number[];
  delivered: boolean;
}

/** A message that was in a mailbox and is gone for ever. */
export interface LostMail {
  messageId: string;
  grantId: string;
  email: string;
  subject: string;
  folder: string;
  /** Date of the message, Unix seconds. */
  date: number;
  reason: "grant deleted" | "folder deleted" | "retention" | "storage" | "removed by hand";
  /** What brought it about: a request ("PATCH /v3/workspaces/…"), or the clock. */
  cause: string;
  lostAt: number;
}

/** What a principal may act on. */
export interface ResourceBinding {
  type: "organization" | "application" | "workspace" | "grant";
  id: string;
}

/** A caller of the API under IAM. */
export interface Principal {
  id: string;
  organization_id: string;
  name: string;
  description: string;
  status: "active" | "disabled";
  roles: string[];
  direct_permissions: string[];
  resource_binding: ResourceBinding;
  created_at: number;
  updated_at: number;
}

/** A key of a principal. */
export interface Credential {
  id: string;
  principal_id: string;
  type: "api_key";
  name: string;
  status: "active" | "disabled";
  /** Unix seconds; null: it does not expire. */
  expires_at: number | null;
  /** Of the secret, which is not kept. */
  digest: string;
  created_at: number;
  updated_at: number;
}

/** A named set of permissions; those that are not the system's own are made in the Dashboard. */
export interface Role {
  id: string;
  permissions: string[];
}

/** A key and what it opens. */
export interface Key {
  name: string;
  /** The bearer token; for a service account its credentials file. */
  value: string;
  kind: "application" | "iam" | "serviceAccount" | "cloudflare";
  organizationId: string;
  /** Only application keys. */
  applicationId?: string;
  /** Only IAM keys: who it is and what it may stands there. */
  credentialId?: string;
  /** Only service accounts: what `X-Nylas-Kid` says. */
  keyId?: string;
  /** Only service accounts. */
  publicKey?: KeyObject;
  /** A key of another region is refused by this host. */
  region: "us" | "eu";
  /** Unix seconds; only application keys. */
  expiresAt?: number;
}

/** The keys of a simulator by what they are for. */
export interface SimulatorKeys {
  /** Application key of the first application. */
  apiKey: string;
  /** IAM key bound to the first organization, for domains. */
  organizationKey: string;
  /** API token of the Cloudflare account that holds the zones. */
  cloudflareToken: string;
  /** Application key of the second application in the first organization. */
  secondApiKey: string;
  /** Application key of the second organization's application. */
  otherOrganizationApiKey: string;
  /** IAM key bound to the second organization. */
  otherOrganizationKey: string;
  /** A good application key of the other region, which this host refuses. */
  otherRegionApiKey: string;
  /** Credentials file (JSON) of the first organization's service account, which signs `/v3/admin/domains`. */
  serviceAccount: string;
  /** The same for the second organization. */
  otherServiceAccount: string;
}

/** A record as the Cloudflare API shows it. */
export interface CloudflareRecord extends DnsRecord {
  proxied: boolean;
  proxiable: boolean;
  comment: string | null;
  tags: string[];
  settings: Record<string, unknown>;
  created_on: string;
  modified_on: string;
}
