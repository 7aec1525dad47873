import { type DnsAnswer } from "../dns/client.js";
import { Zones } from "../dns/zones.js";
import { Clock } from "../runtime/clock.js";
import { Outgoing } from "../runtime/outgoing.js";
import { Seeded } from "../runtime/seeded.js";
import { type Settings } from "../settings/settings.js";
import { Collection } from "./collection.js";
import { type Answer } from "./exchange.js";
import {
  type Application,
  type CloudflareRecord,
  type Connector,
  type Credential,
  type Domain,
  type Folder,
  type Grant,
  type Key,
  type List,
  type ListItem,
  type LostMail,
  type Message,
  type Organization,
  type Policy,
  type Principal,
  type Role,
  type Rule,
  type RuleEvaluation,
  type Webhook,
  type WebhookDelivery,
  type Workspace,
} from "./objects.js";
import { PLANS, type Plan } from "./plans.js";

/** Everything the simulator knows: data, and the questions about it that many ask. */
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
  readonly spent = new Map<string, number>();
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

  constructor(start: { settings: Settings; region: "us" | "eu"; seed: string; clockOffsetMs: number }) {
    this.settings = start.settings;
    this.region = start.region;
    this.seeded = new Seeded(start.seed);
    this.clock = new Clock(start.clockOffsetMs);
    this.zones = new Zones(this.clock, () => this.settings.propagationDelayMs);
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

  /** An application's grant by what data routes take: its id or its address, bare or with a prefix. */
  grantNamed(applicationId: string, text: string): Grant | undefined {
    const named = text.replace(/^(grant|email):/, "").toLowerCase();
    return this.liveGrants(applicationId).find((g) => g.id === named || g.email === named);
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
}
