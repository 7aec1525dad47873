// Made by `npm run generate` from provider/properties/lookups.ts. Edit that file.
import { type PolicyLimits, type RecordPurpose, type SpamDetection } from "../nylas/api";

/** What every look-up takes. */
export interface LookupArgs {
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: string;
}

export interface GetDomainArgs extends LookupArgs {
  /** Such as `agents.example.com`. */
  domainName: string;
}

/** Exactly one of `id`, `name`, `domainName`, `isDefault`. */
export type GetWorkspaceArgs = LookupArgs &
  (
    | { id: string; name?: never; domainName?: never; isDefault?: never }
    | { name: string; id?: never; domainName?: never; isDefault?: never }
    | { domainName: string; id?: never; name?: never; isDefault?: never }
    | {
        /** The default workspace of the application. */
        isDefault: true;
        id?: never;
        name?: never;
        domainName?: never;
      }
  );

/** Exactly one of `id`, `name`. */
export type GetPolicyArgs = LookupArgs & ({ id: string; name?: never } | { name: string; id?: never });

/** Exactly one of `email`, `id`. */
export type GetAgentAccountArgs = LookupArgs &
  ({ email: string; id?: never } | { id: string; email?: never });

export interface GetAgentAccountsArgs extends LookupArgs {
  /** Only the accounts in this workspace. */
  workspaceId?: string;
  /** Only the accounts on this domain. */
  domainName?: string;
}

/** The application of the key. */
export interface ApplicationResult {
  id: string;
  organizationId: string;
  /** `us`, `eu`, or one that this release does not know. */
  region: string;
  /** `production`, `staging` or `sandbox`. */
  environment: string | undefined;
  defaultWorkspaceId: string | undefined;
}

/** A registered domain. */
export interface DomainResult {
  id: string;
  domainName: string;
  name: string;
  organizationId: string;
  region: string;
  /** Whether it is a trial domain (`*.nylas.email`). */
  trial: boolean;
  /** What Nylas found in DNS so far. */
  verified: Record<RecordPurpose, boolean>;
}

/** A workspace. */
export interface WorkspaceResult {
  id: string;
  name: string;
  domainName: string | undefined;
  autoGroup: boolean;
  isDefault: boolean;
  policyId: string | undefined;
  ruleIds: string[];
  applicationId: string;
}

/** A policy; its limits are those in force, the plan's maxima among them. */
export interface PolicyResult {
  id: string;
  name: string;
  limits: PolicyLimits;
  spamDetection: SpamDetection;
  applicationId: string;
}

/** An Agent Account. */
export interface AgentAccountResult {
  /** The grant id. */
  id: string;
  email: string;
  displayName: string | undefined;
  workspaceId: string | undefined;
  /** `valid` or `invalid`. */
  status: string;
}
