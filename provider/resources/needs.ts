/** What a resource needs to be let in: which key, and which permissions that key's principal has to have. */
export interface Need {
  /** The resource's class. */
  resource: string;
  /** `application`: `nylas:apiKey`. `organization`: `nylas:organizationKey`, or `nylas:serviceAccount` for domains. */
  key: "application" | "organization" | "none";
  /** Permissions of an IAM key; an application key has no finer ones. */
  permissions: readonly string[];
  /** Whether `nylas:serviceAccount` does in place of the organization key. */
  signed?: true;
  /** What else is asked for, and when. */
  also?: string;
}

const DOMAINS = ["domains.read", "domains.create", "domains.update", "domains.delete"] as const;

/** By type, as in the state. The README's table is made of it, and a test holds both it and the table. */
export const NEEDS: Record<string, Need> = {
  Domain: {
    resource: "NylasDomain",
    key: "organization",
    signed: true,
    permissions: DOMAINS,
    also: "the application key for a delete: accounts on the domain are looked for (not with `forceDestroy`)",
  },
  DomainRecords: { resource: "NylasDomainRecords", key: "organization", signed: true, permissions: DOMAINS },
  DomainVerification: {
    resource: "NylasDomainVerification",
    key: "organization",
    signed: true,
    permissions: DOMAINS,
    also: "the application key for a delete: accounts on the domain are looked for (not with `forceDestroy`). No other key without `domainId`: then only DNS is looked at",
  },
  Workspace: { resource: "NylasWorkspace", key: "application", permissions: [] },
  DefaultWorkspace: { resource: "NylasDefaultWorkspace", key: "application", permissions: [] },
  Policy: { resource: "NylasPolicy", key: "application", permissions: [] },
  AgentAccount: {
    resource: "AgentAccount",
    key: "application",
    permissions: [],
    also: "where there is an organization key, a pending domain is noticed before the account is made",
  },
  Rule: { resource: "NylasRule", key: "application", permissions: [] },
  List: { resource: "NylasList", key: "application", permissions: [] },
  Webhook: { resource: "NylasWebhook", key: "application", permissions: [] },
  SmokeTest: {
    resource: "NylasSmokeTest",
    key: "application",
    permissions: [],
  },
  Principal: {
    resource: "NylasPrincipal",
    key: "organization",
    permissions: [
      "iam.principals.read",
      "iam.principals.create",
      "iam.principals.update",
      "iam.principals.delete",
    ],
  },
  ApiKey: {
    resource: "NylasApiKey",
    key: "organization",
    permissions: [
      "iam.principals.read",
      "iam.credentials.read",
      "iam.credentials.create",
      "iam.credentials.update",
      "iam.credentials.delete",
    ],
  },
};
