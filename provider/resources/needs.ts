// Made by `npm run generate` from provider/properties/. Edit a file there.
import { type Need } from "./need";

/** By type, as in the state. The table in docs/settings.md is made of it. */
export const NEEDS: Record<string, Need> = {
  Domain: {
    resource: "NylasDomain",
    key: "organization",
    signed: true,
    permissions: ["domains.read", "domains.create", "domains.update", "domains.delete"],
    also: "the application key for a delete: accounts on the domain are looked for (not with `forceDestroy`)",
  },
  DomainRecords: {
    resource: "NylasDomainRecords",
    key: "organization",
    signed: true,
    permissions: ["domains.read", "domains.create", "domains.update", "domains.delete"],
  },
  DomainVerification: {
    resource: "NylasDomainVerification",
    key: "organization",
    signed: true,
    permissions: ["domains.read", "domains.create", "domains.update", "domains.delete"],
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
  SmokeTest: { resource: "NylasSmokeTest", key: "application", permissions: [] },
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
