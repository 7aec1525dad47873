/**
 * What the rest of the package sees of the Nylas API: plain objects in the users' words. The wire names
 * (`limit_count_daily_email_sent`, `workspace_id`, …) exist only in this folder.
 */

/** A limit: a whole number, or "unlimited" (−1 on the wire). */
export type Limit = number | "unlimited";

export interface Application {
  id: string;
  organizationId: string;
  region: "us" | "eu";
  environment: string | undefined;
  /** Absent on applications made before workspaces existed. */
  defaultWorkspaceId: string | undefined;
}

/** The types of check Nylas makes of a domain, see contract of `POST /v3/domains/{id}/info`. */
export type RecordPurpose = "ownership" | "mx" | "spf" | "dkim" | "feedback" | "dmarc" | "arc";

export interface Domain {
  id: string;
  name: string;
  address: string;
  organizationId: string;
  region: string;
  /** A trial domain (`*.nylas.email`). */
  branded: boolean;
  /** A flag that the answer leaves out counts as false. */
  verified: Record<RecordPurpose, boolean>;
  createdAt: number;
}

/** The answer of `info` and `verify`, as Nylas gave it: normalised by `dns/`, not here. */
export interface DomainAttempt {
  domainId: string;
  purpose: RecordPurpose;
  status: "pending" | "done" | "failed";
  /** The record asked for; undefined where Nylas gave none. */
  record: { host: string | undefined; type: string | undefined; value: string | undefined } | undefined;
  /** Unix seconds; undefined where absent or 0. */
  expiresAt: number | undefined;
  message: string | undefined;
}

export interface Workspace {
  id: string;
  applicationId: string;
  name: string;
  domain: string | undefined;
  autoGroup: boolean;
  isDefault: boolean;
  policyId: string | undefined;
  ruleIds: string[];
  createdAt: number;
}

export interface PolicyLimits {
  dailySends?: Limit;
  dailyReceives?: Limit;
  storageBytes?: Limit;
  messageBytes?: number;
  attachmentBytes?: number;
  attachmentCount?: number;
  attachmentTypes?: string[];
  inboxRetentionDays?: Limit;
  spamRetentionDays?: Limit;
}

export interface SpamDetection {
  dnsBlockLists?: boolean;
  headerAnomalies?: boolean;
  sensitivity?: number;
}

export interface Policy {
  id: string;
  applicationId: string;
  name: string;
  /** The effective limits: Nylas answers plan maxima for what was never set. */
  limits: PolicyLimits;
  spamDetection: SpamDetection;
  createdAt: number;
}

/** A grant of any provider; Agent Accounts have `provider` "nylas". */
export interface Grant {
  id: string;
  provider: string;
  email: string;
  name: string | undefined;
  status: "valid" | "invalid";
  workspaceId: string | undefined;
  /** Undefined where Nylas does not say. */
  hasAppPassword: boolean | undefined;
  createdAt: number;
}

/**
 * Every `get` and `find` answers undefined for "not there" (a real 404 or an empty look-up) and throws for everything
 * else; every `delete` takes "not there" for success and answers false then.
 */
export interface NylasApi {
  /** `GET /v3/applications`; asked once per process and connection. Throws a NylasError of kind "credential" when the key is refused. */
  application(): Promise<Application>;

  domains: {
    list(): Promise<Domain[]>;
    get(idOrAddress: string): Promise<Domain | undefined>;
    findByAddress(address: string): Promise<Domain | undefined>;
    create(domain: { name: string; address: string }): Promise<Domain>;
    /** The answer of the API is sparse: this reads the domain again. */
    rename(id: string, name: string): Promise<Domain>;
    delete(id: string): Promise<boolean>;
    info(
      id: string,
      purpose: RecordPurpose,
      options?: { dkimKeyLength?: 1024 | 2048 },
    ): Promise<DomainAttempt>;
    verify(
      id: string,
      purpose: RecordPurpose,
      options?: { dkimKeyLength?: 1024 | 2048 },
    ): Promise<DomainAttempt>;
  };

  connectors: {
    /** Makes the `nylas` connector where there is none; "already exists" is success. Never deleted. */
    ensureNylas(): Promise<void>;
  };

  grants: {
    /** Unfiltered (the provider filter lags), every page. */
    list(): Promise<Grant[]>;
    /** Strongly consistent. */
    get(id: string): Promise<Grant | undefined>;
    findByEmail(email: string): Promise<Grant | undefined>;
    create(account: {
      email: string;
      name?: string;
      workspaceId?: string;
      appPassword?: string;
    }): Promise<Grant>;
    /** Reads the grant first: the API clears a name that is not sent along and replaces `settings` as a whole. */
    update(id: string, change: { name?: string; workspaceId?: string; appPassword?: string }): Promise<Grant>;
    /** Takes grants out of a workspace (a `PATCH` with null is ignored by the API): manual-assign, then a fresh read. */
    removeFromWorkspace(id: string, workspaceId: string): Promise<Grant>;
    delete(id: string): Promise<boolean>;
    /** Whether the mailbox holds any message. */
    holdsMail(id: string): Promise<boolean>;
  };

  workspaces: {
    list(): Promise<Workspace[]>;
    get(id: string): Promise<Workspace | undefined>;
    create(workspace: {
      name: string;
      domain?: string;
      autoGroup: boolean;
      policyId?: string;
      ruleIds?: string[];
    }): Promise<Workspace>;
    /** Only what is given is sent; `policyId: null` detaches. */
    update(
      id: string,
      change: { name?: string; autoGroup?: boolean; policyId?: string | null; ruleIds?: string[] },
    ): Promise<Workspace>;
    delete(id: string): Promise<boolean>;
  };

  policies: {
    list(): Promise<Policy[]>;
    get(id: string): Promise<Policy | undefined>;
    create(policy: { name: string; limits?: PolicyLimits; spamDetection?: SpamDetection }): Promise<Policy>;
    /** Merged field by field by the API; only what is given is sent; reads the policy again. */
    update(
      id: string,
      change: { name?: string; limits?: PolicyLimits; spamDetection?: SpamDetection },
    ): Promise<Policy>;
    delete(id: string): Promise<boolean>;
  };
}
