/**
 * What the rest of the package sees of the Nylas API: plain objects in the users' words. The wire names
 * (`limit_count_daily_email_sent`, `workspace_id`, …) exist only in this folder, and as `wire` in the tables of
 * `properties/`. What only a table names goes over as `members`, and comes back by `answerOf`.
 */
import { type Answered } from "./answer";

/** Members of an object in Nylas' own names, sent as they are. */
export interface WithMembers {
  members?: Record<string, unknown>;
}

/** A limit: a whole number, or "unlimited" (−1 on the wire). */
export type Limit = number | "unlimited";

export interface Application {
  id: string;
  /** Undefined where the key may not read the application itself. */
  organizationId: string | undefined;
  /** `us`, `eu`, or one that this release does not know. */
  region: string;
  environment: string | undefined;
  /** Absent on applications made before workspaces existed. */
  defaultWorkspaceId: string | undefined;
}

/** The types of check Nylas makes of a domain, see contract of `POST /v3/domains/{id}/info`. */
export type RecordPurpose = "ownership" | "mx" | "spf" | "dkim" | "feedback" | "dmarc" | "arc";

export interface Domain extends Answered {
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

export interface Workspace extends Answered {
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

export interface Policy extends Answered {
  id: string;
  applicationId: string;
  name: string;
  /** The effective limits: Nylas answers plan maxima for what was never set. */
  limits: PolicyLimits;
  spamDetection: SpamDetection;
  createdAt: number;
}

/** A grant of any provider; Agent Accounts have `provider` "nylas". */
export interface Grant extends Answered {
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

/** A message in a mailbox, as far as it is looked at. */
export interface MessageSeen {
  id: string;
  subject: string;
  /** The address it is from; undefined where Nylas does not say. */
  from: string | undefined;
}

/** A message that Nylas has taken. */
export interface MessageSent {
  /** Of the copy that the sender keeps; undefined where Nylas does not say. */
  id: string | undefined;
}

/** A folder of an account's mailbox. */
export interface Folder {
  id: string;
  name: string;
  parentId: string | undefined;
  /** The account whose folder it is; undefined where Nylas does not say. */
  grantId: string | undefined;
  /** How many messages are in it; undefined where Nylas does not say. */
  totalCount: number | undefined;
}

export type RuleTrigger = "inbound" | "outbound";

export type RuleField =
  | "from.address"
  | "from.domain"
  | "from.tld"
  | "recipient.address"
  | "recipient.domain"
  | "recipient.tld"
  | "outbound.type";

/** A field, and one of the four operators with what it compares to. */
export interface RuleCondition {
  field: RuleField;
  is?: string;
  isNot?: string;
  contains?: string;
  /** Ids of lists. */
  inList?: string[];
}

export type RuleAction =
  | "block"
  | "markAsSpam"
  | "markAsRead"
  | "markAsStarred"
  | "archive"
  | "trash"
  | { assignToFolder: string };

export interface Rule extends Answered {
  id: string;
  applicationId: string;
  name: string;
  description: string | undefined;
  priority: number;
  enabled: boolean;
  trigger: RuleTrigger;
  match: "all" | "any";
  conditions: RuleCondition[];
  actions: RuleAction[];
  createdAt: number;
}

export type ListType = "domain" | "tld" | "address";

export interface List extends Answered {
  id: string;
  applicationId: string;
  name: string;
  type: ListType;
  /** Undefined where Nylas does not say. */
  itemsCount: number | undefined;
  createdAt: number;
}

export interface Webhook extends Answered {
  id: string;
  url: string;
  triggers: string[];
  description: string | undefined;
  notificationEmails: string[];
  /** Undefined where Nylas does not say. */
  compressed: boolean | undefined;
  /** `active`, `pause`, `failing` or `failed`. */
  status: string;
  /** Unix seconds; 0 where Nylas does not say, as in a list. */
  createdAt: number;
}

/** What a principal may act on. */
export interface Binding {
  type: "organization" | "application" | "workspace" | "account";
  id: string;
}

/** A caller with keys of its own. */
export interface Principal extends Answered {
  id: string;
  name: string;
  enabled: boolean;
  roles: string[];
  permissions: string[];
  binding: Binding;
  /** Undefined where Nylas does not say. */
  organizationId: string | undefined;
  createdAt: number;
}

/** A key of a principal: a credential, in the API's word. */
export interface ApiKey extends Answered {
  id: string;
  principalId: string;
  name: string;
  enabled: boolean;
  /** Unix seconds; undefined for a key that does not expire. */
  expiresAt: number | undefined;
  createdAt: number;
}

/**
 * Every `get` and `find` answers undefined for "not there" (a real 404 or an empty look-up), and throws for
 * everything else. Every `delete` takes "not there" for success and answers false then.
 */
export interface NylasApi {
  /**
   * `GET /v3/applications`; asked once per process and connection. For a key that may not read that, the application that its workspaces name.
   * Throws a NylasError of kind "credential" when the key is refused, and of kind "forbidden"
   * when nothing tells whose it is.
   */
  application(): Promise<Application>;

  /** What the clock of Nylas shows now (Unix milliseconds), to within some seconds. Undefined where no answer has told. */
  remoteNow(): number | undefined;

  /** The id of the last request that wrote an object with this id; of a key, its part after the slash. */
  requestOf(id: string): string | undefined;

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
    /** Whether there is the `nylas` connector. Makes nothing. */
    hasNylas(): Promise<boolean>;
    /** Whether it was there before this process: what it has made itself does not count. */
    hadNylas(): Promise<boolean>;
  };

  grants: {
    /** Unfiltered (the provider filter lags), every page. */
    list(): Promise<Grant[]>;
    /**
     * As `list`, for a caller that acts on what is not in it: throws if the list is not known to be complete. The list that is filtered by
     * provider comes from another index, which lags.
     */
    listWhole(filter?: { provider?: string }): Promise<Grant[]>;
    /** Strongly consistent. */
    get(id: string): Promise<Grant | undefined>;
    /** As `get`, for a refresh: when many are asked for, a page of the list may answer. */
    getAmongMany(id: string): Promise<Grant | undefined>;
    /** Whether nobody has an address, for many creates at once; "no" is to be looked at anew. And whether no account at all was listed. */
    isFree(email: string): Promise<{ free: boolean; listedNone: boolean }>;
    findByEmail(email: string): Promise<Grant | undefined>;
    create(account: {
      email: string;
      name?: string;
      workspaceId?: string;
      appPassword?: string;
    }): Promise<Grant>;
    /**
     * Reads the grant first: the API clears a name that is not sent along and replaces `settings` as a whole. `assertMeant` may throw at what
     * was read, before anything is written.
     */
    update(
      id: string,
      change: { name?: string; workspaceId?: string; appPassword?: string },
      assertMeant?: (now: Grant) => void,
    ): Promise<Grant>;
    /** Takes grants out of a workspace (a `PATCH` with null is ignored by the API): manual-assign, then a fresh read. */
    removeFromWorkspace(id: string, workspaceId: string): Promise<Grant>;
    delete(id: string): Promise<boolean>;
    /** Whether the list of messages shows any. Only one of two routes: see `holdsMail` in resources/mailbox.ts. */
    holdsMail(id: string): Promise<boolean>;
    /** Whether the list of threads shows any, in the whole mailbox or in a folder. */
    hasThreads(id: string, folder?: string): Promise<boolean>;
  };

  workspaces: {
    list(): Promise<Workspace[]>;
    get(id: string): Promise<Workspace | undefined>;
    /** As \`get\` and \`list\`, for a refresh: what a list has shown is not asked for twice before something is written. */
    getAmongMany(id: string): Promise<Workspace | undefined>;
    listAmongMany(): Promise<Workspace[]>;
    create(
      workspace: {
        name: string;
        domain?: string;
        autoGroup: boolean;
        policyId?: string;
        ruleIds?: string[];
      } & WithMembers,
    ): Promise<Workspace>;
    /** Only what is given is sent; `policyId: null` detaches. */
    update(
      id: string,
      change: {
        name?: string;
        autoGroup?: boolean;
        policyId?: string | null;
        ruleIds?: string[];
      } & WithMembers,
    ): Promise<Workspace>;
    delete(id: string): Promise<boolean>;
    /**
     * The rules that this process put into a workspace within the last minute; undefined for no write. A read may
     * show the older value for as long.
     */
    rulesJustWritten(id: string): string[] | undefined;
    /** The same for its policy: null for none, and where the workspace was deleted; undefined where nothing was written. */
    policyJustWritten(id: string): string | null | undefined;
  };

  policies: {
    list(): Promise<Policy[]>;
    get(id: string): Promise<Policy | undefined>;
    /** As \`get\` and \`list\`, for a refresh: what a list has shown is not asked for twice before something is written. */
    getAmongMany(id: string): Promise<Policy | undefined>;
    listAmongMany(): Promise<Policy[]>;
    create(policy: PolicyChange & { name: string }): Promise<Policy>;
    /** Merged field by field by the API; only what is given is sent; reads the policy again. */
    update(id: string, change: PolicyChange): Promise<Policy>;
    delete(id: string): Promise<boolean>;
  };

  messages: {
    /** The latest fifty. */
    recent(grantId: string): Promise<MessageSeen[]>;
    /** Repeated safely: the key tells Nylas a message that it has sent already, for an hour. */
    send(
      grantId: string,
      message: { to: string; subject: string; body: string; idempotencyKey: string },
    ): Promise<MessageSent>;
  };

  folders: {
    /** The account may be named by its address. */
    list(grantId: string): Promise<Folder[]>;
    /** A path such as `Clients/Acme` is the name as a whole. */
    create(grantId: string, name: string): Promise<Folder>;
    /** Deletes the mail in it as well: ask `folderHoldsMail` in resources/mailbox.ts first. */
    delete(grantId: string, id: string): Promise<boolean>;
    /** Whether the list of messages shows any in it. */
    holdsMail(grantId: string, id: string): Promise<boolean>;
  };

  rules: {
    list(): Promise<Rule[]>;
    get(id: string): Promise<Rule | undefined>;
    /** As \`get\` and \`list\`, for a refresh: what a list has shown is not asked for twice before something is written. */
    getAmongMany(id: string): Promise<Rule | undefined>;
    listAmongMany(): Promise<Rule[]>;
    create(rule: RuleChange & Pick<Rule, "name" | "conditions" | "actions">): Promise<Rule>;
    /** Conditions and actions are replaced as a whole; `match` goes with the conditions. */
    update(id: string, change: RuleChange): Promise<Rule>;
    /** Workspaces keep the id: take it out of them first. */
    delete(id: string): Promise<boolean>;
  };

  lists: {
    list(): Promise<List[]>;
    get(id: string): Promise<List | undefined>;
    create(list: { name: string; type: ListType } & WithMembers): Promise<List>;
    update(id: string, change: { name?: string } & WithMembers): Promise<List>;
    delete(id: string): Promise<boolean>;
    /** The values as Nylas keeps them: trimmed and in lower case. */
    items(id: string): Promise<string[]>;
    /** In chunks of 1,000; what is in it already is passed over. */
    addItems(id: string, values: string[]): Promise<void>;
    /** In chunks of 1,000; what is not in it is passed over. */
    removeItems(id: string, values: string[]): Promise<void>;
  };

  webhooks: {
    list(): Promise<Webhook[]>;
    get(id: string): Promise<Webhook | undefined>;
    /** The address has to answer a challenge at once; where it does not, the error has the type `70005`. */
    create(webhook: WebhookChange & Pick<Webhook, "url" | "triggers">): Promise<Webhook & { secret: string }>;
    /** Empty values are ignored by the API. */
    update(id: string, change: WebhookChange & { status?: "active" | "pause" }): Promise<Webhook>;
    delete(id: string): Promise<boolean>;
    /** The old secret is dead at once. */
    rotateSecret(id: string): Promise<string>;
  };

  principals: {
    list(): Promise<Principal[]>;
    get(id: string): Promise<Principal | undefined>;
    create(principal: PrincipalChange & Pick<Principal, "name" | "binding">): Promise<Principal>;
    update(id: string, change: PrincipalChange): Promise<Principal>;
    /** Its keys go with it. */
    delete(id: string): Promise<boolean>;
  };

  apiKeys: {
    list(principalId: string): Promise<ApiKey[]>;
    get(principalId: string, id: string): Promise<ApiKey | undefined>;
    create(
      principalId: string,
      key: { name: string; expiresAt: number } & WithMembers,
    ): Promise<ApiKey & { secret: string }>;
    update(principalId: string, id: string, change: { name?: string } & WithMembers): Promise<ApiKey>;
    delete(principalId: string, id: string): Promise<boolean>;
  };
}

export type PolicyChange = Partial<Pick<Policy, "name" | "limits" | "spamDetection">> & WithMembers;

export type RuleChange = Partial<Omit<Rule, "id" | "applicationId" | "createdAt" | keyof Answered>> &
  WithMembers;

export type WebhookChange = Partial<
  Pick<Webhook, "url" | "triggers" | "description" | "notificationEmails"> & { compressed: boolean }
> &
  WithMembers;

export type PrincipalChange = Partial<Pick<Principal, "name" | "binding">> & WithMembers;
