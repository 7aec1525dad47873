import { createHash, type KeyObject } from "node:crypto";
import { type Answer } from "./exchange.js";
import { Clock } from "../runtime/clock.js";
import { type DnsAnswer } from "../dns/client.js";
import { Zones, type DnsRecord, type Vendor } from "../dns/zones.js";
import { NAME_SERVERS } from "../dns/server.js";
import { Outgoing } from "../runtime/outgoing.js";
import { PLANS, type Limits, type Plan } from "./plans.js";
import { settingsOf } from "../settings/profiles.js";
import { Seeded } from "../runtime/seeded.js";
import { throwawayKey, type Signer } from "../keys/signing.js";
import {
  BadOption,
  readSettings,
  type Settings,
  type SimulatorOptions,
  type VerificationType,
} from "../settings/settings.js";

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

/** Objects of one kind in the order they were made. */
export class Collection<T extends { id: string }> {
  private readonly entries = new Map<string, { seq: number; value: T }>();
  private seq = 0;

  add(value: T): T {
    this.entries.set(value.id, { seq: ++this.seq, value });
    return value;
  }

  get(id: string): T | undefined {
    return this.entries.get(id)?.value;
  }

  remove(id: string): boolean {
    return this.entries.delete(id);
  }

  all(): T[] {
    return [...this.entries.values()].map((e) => e.value);
  }

  where(test: (value: T) => boolean): T[] {
    return this.all().filter(test);
  }

  find(test: (value: T) => boolean): T | undefined {
    for (const { value } of this.entries.values()) if (test(value)) return value;
    return undefined;
  }

  /** Position in the order of making, for cursors. */
  position(value: T): number {
    return this.entries.get(value.id)!.seq;
  }
}

/** Everything the simulator knows. */
export class Store {
  readonly clock: Clock;
  readonly seeded: Seeded;
  readonly region: "us" | "eu";
  settings: Settings;
  readonly organizations = new Collection<Organization>();
  readonly applications = new Collection<Application>();
  readonly connectors = new Collection<Connector>();
  readonly domains = new Collection<Domain>();
  readonly grants = new Collection<Grant>();
  readonly workspaces = new Collection<Workspace>();
  readonly policies = new Collection<Policy>();
  readonly rules = new Collection<Rule>();
  readonly ruleEvaluations = new Collection<RuleEvaluation>();
  readonly lists = new Collection<List>();
  readonly listItems = new Collection<ListItem>();
  readonly messages = new Collection<Message>();
  readonly folders = new Collection<Folder>();
  /** Mail that was accepted and goes out later. */
  readonly outbox: { dueMs: number; depart: () => void }[] = [];
  /** What sends with an Idempotency-Key have come to, by grant and key. */
  readonly idempotent = new Map<string, { digest: string; atMs: number; answer?: Answer }>();
  /** Messages per account and day (UTC), sent and received. */
  private readonly spent = new Map<string, number>();
  /** Objects that somebody has seeded as the API shows them, by the path of their list. */
  readonly foreign = new Map<string, { id: string; object: Record<string, unknown> }[]>();
  readonly webhooks = new Collection<Webhook>();
  readonly webhookDeliveries: WebhookDelivery[] = [];
  readonly outgoing = new Outgoing();
  readonly principals = new Collection<Principal>();
  readonly credentials = new Collection<Credential>();
  readonly roles = new Map<string, Role>();
  /** Append-only: nothing ever leaves it. */
  readonly lostMail: LostMail[] = [];
  readonly zones: Zones;
  /** Records as the Cloudflare account holds them, by zone id. */
  readonly zoneRecords = new Map<string, Collection<CloudflareRecord>>();
  readonly keys = new Map<string, Key>();
  /** The DNS query that verification makes; set once the DNS server listens. */
  ask: (name: string, type: "TXT" | "MX" | "CNAME") => Promise<DnsAnswer> = () =>
    Promise.reject(new Error("no DNS server yet"));
  /** Nonces of signed requests; each may come once. */
  readonly nonces = new Set<string>();
  /** Last auto-group call by application id, in clock milliseconds. */
  readonly autoGroupedAt = new Map<string, number>();

  constructor(readonly options: SimulatorOptions) {
    this.settings = readSettings(options, settingsOf(options.profile));
    this.region = options.region ?? "us";
    if (this.region !== "us" && this.region !== "eu") throw new BadOption(`region: expected "us" or "eu"`);
    this.seeded = new Seeded(String(options.seed ?? "1"));
    this.clock = new Clock((options.clockOffsetSeconds ?? 0) * 1000);
    this.zones = new Zones(this.clock, () => this.settings.propagationDelayMs);
    for (const name of options.zones ?? ["example.com"]) this.addZone(name);
    this.populate();
  }

  /** Ids of all objects there are. */
  ids(): Set<string> {
    const collections: { all(): { id: string }[] }[] = [
      this.connectors,
      this.domains,
      this.grants,
      this.workspaces,
      this.policies,
      this.rules,
      this.lists,
      this.listItems,
      this.messages,
      this.folders,
      this.webhooks,
      this.principals,
      this.credentials,
    ];
    return new Set(collections.flatMap((collection) => collection.all().map(({ id }) => id)));
  }

  get plan(): Plan {
    return PLANS[this.settings.plan];
  }

  get firstOrganization(): Organization {
    return this.organizations.all()[0]!;
  }

  get firstApplication(): Application {
    return this.applications.all()[0]!;
  }

  /** An id for a principal or credential. */
  iamId(kind: "principal" | "credential", key: string): string {
    return this.settings.iamIds === "opaque" ? this.seeded.opaque(kind, key) : this.seeded.uuid(kind, key);
  }

  /** The keys in force, by name; a rotated key shows its new value. */
  keyNames(): SimulatorKeys {
    const byName = Object.fromEntries([...this.keys.values()].map((key) => [key.name, key.value]));
    return byName as unknown as SimulatorKeys;
  }

  /** Replaces a key's value; the old one is refused from now on. */
  rotateKey(name: keyof SimulatorKeys): string {
    const key = [...this.keys.values()].find((k) => k.name === name);
    if (!key) throw new BadOption(`key: there is no key named ${JSON.stringify(name)}`);
    this.keys.delete(key.value);
    if (key.kind === "serviceAccount") return this.issueServiceAccount(key.name, key.organizationId).value;
    return this.issue({ ...key }).value;
  }

  /** The key behind a bearer token: one of those that are there from the start, or one made over the API. */
  keyOf(bearer: string): Key | undefined {
    const known = this.keys.get(bearer);
    if (known) return known.kind === "serviceAccount" ? undefined : known;
    const digest = this.digest(bearer);
    const credential = this.credentials.find((c) => c.digest === digest);
    const principal = credential && this.principals.get(credential.principal_id);
    if (!principal) return undefined;
    return {
      name: `credential ${credential.id}`,
      value: bearer,
      kind: "iam",
      organizationId: principal.organization_id,
      credentialId: credential.id,
      region: this.region,
    };
  }

  /** Those whose signature is good on this host. */
  signers(): Signer[] {
    return [...this.keys.values()].flatMap((k) =>
      k.kind === "serviceAccount" ? [{ kid: k.keyId!, publicKey: k.publicKey! }] : [],
    );
  }

  /** An application's grant by what data routes take: its id or its address, bare or with a prefix. */
  grantNamed(applicationId: string, text: string): Grant | undefined {
    const named = text.replace(/^(grant|email):/, "").toLowerCase();
    return this.liveGrants(applicationId).find((g) => g.id === named || g.email === named);
  }

  /** A zone; a second one of a name needs a vendor, and has name servers of its own. */
  addZone(name: string, more: NewZone = {}): { id: string; name: string } {
    const { vendor, nameServers, delegated } = more;
    const lower = name.toLowerCase().replace(/\.$/, "");
    if (vendor !== undefined && vendor !== "cloudflare" && vendor !== "route53")
      throw new BadOption(`vendor: expected cloudflare or route53, got ${JSON.stringify(vendor)}`);
    if (this.zones.byName(lower) && vendor === undefined)
      throw new BadOption(`zone: ${lower} exists already`);
    const count = this.zones.list().length;
    const own = serversOf(vendor, count + 1);
    const zone = this.zones.add({
      id: this.seeded.hex("zone", this.zones.byName(lower) ? `${lower} ${count}` : lower),
      name: lower,
      nameServers: nameServers ?? (vendor === undefined && delegated !== false ? NAME_SERVERS : own),
      ...(vendor === undefined ? {} : { vendor }),
      ...(delegated === undefined ? {} : { delegated }),
    });
    this.zoneRecords.set(zone.id, new Collection());
    return { id: zone.id, name: zone.name };
  }

  newDomain(address: string, values: Partial<Domain> & { organization_id: string }): Domain {
    const now = this.clock.seconds();
    const verified = Object.fromEntries(
      (["ownership", "mx", "spf", "dkim", "feedback", "dmarc", "arc"] as const).map((t) => [t, false]),
    ) as Domain["verified"];
    return this.domains.add({
      id: this.seeded.uuid("domain", `${values.organization_id}|${address}`),
      name: address,
      branded: false,
      domain_address: address,
      region: this.region,
      verified,
      ownership: {
        token: this.seeded.token(`ownership|${address}`),
        created_at: now,
        expires_at: now + 2 * DAY,
      },
      attempts: {},
      created_at: now,
      updated_at: now,
      ...values,
    });
  }

  /** The domain of the application's organization and region that an address belongs to. */
  domainOf(email: string, organizationId: string): Domain | undefined {
    const address = email.slice(email.lastIndexOf("@") + 1);
    return this.domains.find((d) => d.domain_address === address && d.organization_id === organizationId);
  }

  defaultWorkspace(applicationId: string): Workspace | undefined {
    return this.workspaces.find((w) => w.application_id === applicationId && w.default);
  }

  /** Grants that exist, deleted ones excluded. */
  liveGrants(applicationId?: string): Grant[] {
    return this.grants.where(
      (g) => g.deletedAtMs === null && (applicationId === undefined || g.application_id === applicationId),
    );
  }

  /** The limits a policy comes to under the plan; no policy means the plan's own. */
  effectiveLimits(policy: Policy | undefined): Limits {
    return { ...this.plan.limits, ...policy?.limits };
  }

  /** The limits an account lives under right now, through its workspace. */
  limitsOf(grant: Grant): Limits {
    const workspace = grant.workspace_id ? this.workspaces.get(grant.workspace_id) : undefined;
    const policy = workspace?.policy_id ? this.policies.get(workspace.policy_id) : undefined;
    return this.effectiveLimits(policy);
  }

  /** Ends a mailbox: its mail goes into the ledger, the grant stays readable by id for the configured moment. */
  deleteGrant(grant: Grant, reason: LostMail["reason"], cause: string): void {
    for (const message of this.messages.where((m) => m.grant_id === grant.id))
      this.lose(message, grant, reason, cause);
    for (const folder of this.folders.where((f) => f.grant_id === grant.id)) this.folders.remove(folder.id);
    grant.deletedAtMs = this.clock.ms();
  }

  /**
   * Drops what retention and storage no longer allow. It runs after every write and every step of the clock, because
   * that is when mail is lost that nobody named: by a policy, a workspace, a move.
   */
  enforceLimits(cause: string): void {
    const now = this.clock.seconds();
    for (const [grantId, messages] of groupBy(this.messages.all(), (m) => m.grant_id)) {
      const grant = this.grants.get(grantId);
      if (!grant || grant.provider !== "nylas") continue;
      const limits = this.limitsOf(grant);
      const kept = messages.filter((message) => {
        const days =
          message.folder === "junk"
            ? limits.limit_spam_retention_period
            : limits.limit_inbox_retention_period;
        if (days === -1 || this.settings.retention === "keeps" || now - message.date <= days * DAY)
          return true;
        this.lose(message, grant, "retention", cause);
        return false;
      });
      let used = kept.reduce((sum, m) => sum + m.size, 0);
      for (const message of kept.sort((a, b) => a.date - b.date)) {
        if (limits.limit_storage_total === -1 || used <= limits.limit_storage_total) break;
        used -= message.size;
        this.lose(message, grant, "storage", cause);
      }
    }
  }

  /** Counts a message of the day; false once the limit (-1: none) is reached. */
  spend(what: "sent" | "received", grant: Grant, limit: number): boolean {
    const day = `${what}|${grant.id}|${Math.floor(this.clock.seconds() / DAY)}`;
    const count = this.spent.get(day) ?? 0;
    if (limit !== -1 && count >= limit) return false;
    this.spent.set(day, count + 1);
    return true;
  }

  /** Sends what has waited long enough. */
  depart(): void {
    const now = this.clock.ms();
    const due = this.outbox.filter((mail) => mail.dueMs <= now);
    this.outbox.splice(0, Infinity, ...this.outbox.filter((mail) => mail.dueMs > now));
    for (const mail of due) mail.depart();
  }

  /** A digest by which a password can be recognised but not read. */
  digest(password: string): string {
    return createHash("sha256").update(`${this.seeded.seed}|password|${password}`).digest("hex");
  }

  /** Takes a message out of its mailbox and writes it into the ledger. */
  lose(message: Message, grant: Grant, reason: LostMail["reason"], cause: string): void {
    this.messages.remove(message.id);
    this.lostMail.push({
      messageId: message.id,
      grantId: grant.id,
      email: grant.email,
      subject: message.subject,
      folder: message.folder,
      date: message.date,
      reason,
      cause,
      lostAt: this.clock.seconds(),
    });
  }

  /** All objects as plain data, without a secret among them. */
  dump(): SimulatorState {
    return structuredClone({
      organizations: this.organizations.all(),
      applications: this.applications.all(),
      connectors: this.connectors.all(),
      domains: this.domains.all(),
      grants: this.liveGrants().map(({ password, deletedAtMs: _gone, ...rest }) => ({
        ...rest,
        has_app_password: password !== null,
      })),
      workspaces: this.workspaces.all(),
      policies: this.policies.all(),
      rules: this.rules.all(),
      ruleEvaluations: this.ruleEvaluations.all(),
      lists: this.lists.all().map((list) => ({
        ...list,
        items: this.listItems.where((item) => item.list_id === list.id).map((item) => item.value),
      })),
      messages: this.messages.all(),
      folders: this.folders.all(),
      webhooks: this.webhooks.all().map(({ secret: _secret, ...rest }) => rest),
      webhookDeliveries: this.webhookDeliveries,
      principals: this.principals.all(),
      credentials: this.credentials.all().map(({ digest: _secret, ...rest }) => rest),
      lostMail: this.lostMail,
      zones: this.zones.list().map((zone) => ({ ...zone, records: this.zoneRecords.get(zone.id)!.all() })),
    });
  }

  private issue(key: Omit<Key, "value">): Key {
    const prefix = { application: "nyk_app_", iam: "nyk_iam_", cloudflare: "cf_", serviceAccount: "" }[
      key.kind
    ];
    const whole = { ...key, value: prefix + this.seeded.token(`key|${key.name}`, 40) };
    this.keys.set(whole.value, whole);
    return whole;
  }

  /** A service account with its credentials file; a second one of the same name has another key id. */
  private issueServiceAccount(name: string, organizationId: string): Key {
    const { pem, publicKey } = throwawayKey(organizationId === this.firstOrganization.id ? 0 : 1);
    const keyId = this.seeded.uuid("service account", name);
    const value = JSON.stringify({
      name: "Simulated service account",
      type: "service_account",
      private_key_id: keyId,
      private_key: pem,
      organization_id: organizationId,
      region: this.region,
    });
    const key: Key = {
      name,
      value,
      kind: "serviceAccount",
      organizationId,
      keyId,
      publicKey,
      region: this.region,
    };
    this.keys.set(value, key);
    return key;
  }

  /** The management key that somebody has made in the Dashboard: everything an organization's key can have. */
  private issueOrganizationKey(
    name: "organizationKey" | "otherOrganizationKey",
    organizationId: string,
  ): void {
    const now = this.clock.seconds();
    const principal = this.principals.add({
      id: this.iamId("principal", `${organizationId}|dashboard`),
      organization_id: organizationId,
      name: "Made in the Dashboard",
      description: "",
      status: "active",
      roles: [IAM_ADMIN],
      direct_permissions: [...DOMAIN_PERMISSIONS],
      resource_binding: { type: "organization", id: organizationId },
      created_at: now,
      updated_at: now,
    });
    const credential = this.credentials.add({
      id: this.iamId("credential", `${principal.id}|dashboard`),
      principal_id: principal.id,
      type: "api_key",
      name: "Made in the Dashboard",
      status: "active",
      expires_at: now + 365 * DAY,
      digest: "",
      created_at: now,
      updated_at: now,
    });
    const { region } = this;
    this.issue({ name, kind: "iam", organizationId, credentialId: credential.id, region });
  }

  /** Two applications in a first organization, one in a second, and a stranger from the other region. */
  private populate(): void {
    for (const role of SYSTEM_ROLES) this.roles.set(role.id, role);
    const { region } = this;
    const other = region === "us" ? "eu" : "us";
    const organization = (name: string, where: "us" | "eu"): Organization =>
      this.organizations.add({ id: this.seeded.uuid("organization", name), region: where });
    const application = (name: string, owner: Organization): Application => {
      const made = this.applications.add({
        id: this.seeded.uuid("application", name),
        organization_id: owner.id,
        environment: this.options.environment ?? "production",
        region: owner.region,
      });
      if (this.options.defaultWorkspace !== false) {
        const now = this.clock.seconds();
        this.workspaces.add({
          id: this.seeded.uuid("workspace", `${made.id}|default`),
          application_id: made.id,
          name: "Default",
          domain: null,
          auto_group: false,
          default: true,
          policy_id: null,
          rule_ids: [],
          created_at: now,
          updated_at: now,
        });
      }
      return made;
    };
    const first = organization("first", region);
    const second = organization("second", region);
    const keyOf = (name: keyof SimulatorKeys, app: Application): Key =>
      this.issue({
        name,
        kind: "application",
        organizationId: app.organization_id,
        applicationId: app.id,
        region: app.region,
      });
    keyOf("apiKey", application("first", first));
    this.issueOrganizationKey("organizationKey", first.id);
    this.issue({ name: "cloudflareToken", kind: "cloudflare", organizationId: first.id, region });
    keyOf("secondApiKey", application("second", first));
    keyOf("otherOrganizationApiKey", application("other organization", second));
    this.issueOrganizationKey("otherOrganizationKey", second.id);
    keyOf("otherRegionApiKey", application("other region", organization("other region", other)));
    this.issueServiceAccount("serviceAccount", first.id);
    this.issueServiceAccount("otherServiceAccount", second.id);

    for (const address of this.options.trialDomains ?? ["acme.nylas.email"]) {
      const domain = this.newDomain(address.toLowerCase(), { organization_id: first.id, branded: true });
      for (const type of Object.keys(domain.verified) as VerificationType[]) domain.verified[type] = true;
    }
  }
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

/** What `state()` and `GET /_control/state` show. */
export interface SimulatorState {
  organizations: Organization[];
  applications: Application[];
  connectors: Connector[];
  domains: Domain[];
  grants: (Omit<Grant, "password" | "deletedAtMs"> & { has_app_password: boolean })[];
  workspaces: Workspace[];
  policies: Policy[];
  rules: Rule[];
  ruleEvaluations: RuleEvaluation[];
  lists: (List & { items: string[] })[];
  messages: Message[];
  folders: Folder[];
  webhooks: Omit<Webhook, "secret">[];
  webhookDeliveries: WebhookDelivery[];
  principals: Principal[];
  credentials: Omit<Credential, "digest">[];
  lostMail: LostMail[];
  zones: {
    id: string;
    name: string;
    nameServers: string[];
    delegatedTo: string[] | null;
    records: CloudflareRecord[];
  }[];
}

/** What a zone may be given beside its name. */
export interface NewZone {
  /** The vendor whose API shows it. Default: both. Needed for a second zone of the same name. */
  vendor?: Vendor;
  /** Its name servers. Default: those of all zones, or a pair of its own where it has a vendor or is not delegated. */
  nameServers?: string[];
  /** False: nobody delegates to it until the parent zone has its NS records, or `setDelegation` says so. Default: true. */
  delegated?: boolean;
}

export const DAY = 86_400;

/** What a key needs for `/v3/domains`, all of them. */
export const DOMAIN_PERMISSIONS = ["domains.read", "domains.create", "domains.update", "domains.delete"];

/** The role without which an organization has nobody left to manage its keys. */
export const IAM_ADMIN = "role_system_iam_admin";

const ACTIONS = ["read", "create", "update", "delete"];
const SYSTEM_ROLES: Role[] = [
  {
    id: IAM_ADMIN,
    permissions: ["iam.principals", "iam.credentials"].flatMap((r) => ACTIONS.map((a) => `${r}.${a}`)),
  },
  { id: "role_system_messages_reader", permissions: ["messages.read"] },
];

function groupBy<T>(values: T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}

/** As each vendor names the servers of a zone. */
function serversOf(vendor: string | undefined, n: number): string[] {
  if (vendor === "cloudflare") return [`eve${n}.ns.cloudflare.com`, `tom${n}.ns.cloudflare.com`];
  if (vendor === "route53") return [`ns-15${n}.awsdns-0${n % 10}.co.uk`, `ns-${n}.awsdns-0${n % 10}.com`];
  return NAME_SERVERS.map((host) => host.replace(".ns.", `.ns${n}.`));
}
