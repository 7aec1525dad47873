/** How the members of an object are stated, and those of the objects that `objects.ts` decodes. */

/** What a member holds. A list of texts stands for the values that are known. */
export type Form =
  | "text"
  | "number"
  | "flag"
  | "moment"
  | "texts"
  | "any"
  | readonly string[]
  | Members
  | [Members];
export interface Members {
  readonly [member: string]: Form;
}

export const MADE = { created_at: "moment", updated_at: "moment" } as const;
export const OWNED = { application_id: "text", organization_id: "text", ...MADE } as const;

export const objectMembers = {
  "an application": {
    application_id: "text",
    organization_id: "text",
    region: ["us", "eu"],
    environment: ["production", "staging", "sandbox"],
    default_workspace_id: "text",
    callback_uris: "any",
    branding: "any",
    hosted_authentication: "any",
    idp_settings: "any",
    ...MADE,
  },
  "a connector": {
    provider: "text",
    name: "text",
    scope: "texts",
    settings: "any",
    active_credential_id: "text",
  },
  "a domain": {
    id: "text",
    name: "text",
    branded: "flag",
    domain_address: "text",
    organization_id: "text",
    region: ["us", "eu"],
    verified_ownership: "flag",
    verified_mx: "flag",
    verified_spf: "flag",
    verified_dkim: "flag",
    verified_feedback: "flag",
    verified_dmarc: "flag",
    verified_arc: "flag",
    ...MADE,
  },
  "the record of a domain": {
    domain_id: "text",
    status: ["pending", "done", "failed"],
    attempt: { type: "text", options: { host: "text", type: ["TXT", "MX"], value: "text" } },
    expires_at: "moment",
    message: "text",
    details: "any",
    ...MADE,
  },
  "a grant": {
    id: "text",
    provider: "text",
    grant_status: ["valid", "invalid"],
    email: "text",
    name: "text",
    scope: "texts",
    workspace_id: "text",
    settings: "any",
    blocked: "flag",
    user_agent: "text",
    ip: "text",
    state: "text",
    credential_id: "text",
    account_id: "text",
    ...MADE,
  },
  "a message": {
    id: "text",
    grant_id: "text",
    object: ["message"],
    thread_id: "text",
    subject: "text",
    from: "any",
    to: "any",
    cc: "any",
    bcc: "any",
    reply_to: "any",
    date: "moment",
    unread: "flag",
    starred: "flag",
    snippet: "text",
    body: "text",
    attachments: "any",
    folders: "texts",
    headers: "any",
    metadata: "any",
    in_reply_to: "text",
    references: "any",
    created_at: "moment",
  },
  "a folder": {
    id: "text",
    grant_id: "text",
    object: ["folder"],
    name: "text",
    parent_id: "text",
    system_folder: "flag",
    total_count: "number",
    unread_count: "number",
    child_count: "number",
    attributes: "texts",
    background_color: "text",
    text_color: "text",
  },
  "a workspace": {
    workspace_id: "text",
    application_id: "text",
    name: "text",
    domain: "text",
    auto_group: "flag",
    default: "flag",
    policy_id: "text",
    rule_ids: "texts",
    ...MADE,
  },
  "a policy": {
    id: "text",
    name: "text",
    limits: {
      limit_attachment_size_limit: "number",
      limit_attachment_count_limit: "number",
      limit_attachment_allowed_types: "texts",
      limit_size_total_mime: "number",
      limit_storage_total: "number",
      limit_count_daily_message_received: "number",
      limit_count_daily_email_sent: "number",
      limit_inbox_retention_period: "number",
      limit_spam_retention_period: "number",
    },
    spam_detection: {
      use_list_dnsbl: "flag",
      use_header_anomaly_detection: "flag",
      spam_sensitivity: "number",
    },
    rules: "texts",
    options: "any",
    ...OWNED,
  },
} as const satisfies Record<string, Members>;
