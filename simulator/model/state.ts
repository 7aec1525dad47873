import {
  type Application,
  type CloudflareRecord,
  type Connector,
  type Credential,
  type Domain,
  type Folder,
  type Grant,
  type List,
  type LostMail,
  type Message,
  type Organization,
  type Policy,
  type Principal,
  type Rule,
  type RuleEvaluation,
  type Webhook,
  type WebhookDelivery,
  type Workspace,
} from "./objects.js";
import { type Store } from "./store.js";

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

/** All objects as plain data, without a secret among them. */
export function stateOf(store: Store): SimulatorState {
  return structuredClone({
    organizations: store.organizations.all(),
    applications: store.applications.all(),
    connectors: store.connectors.all(),
    domains: store.domains.all(),
    grants: store.liveGrants().map(({ password, deletedAtMs: _gone, ...rest }) => ({
      ...rest,
      has_app_password: password !== null,
    })),
    workspaces: store.workspaces.all(),
    policies: store.policies.all(),
    rules: store.rules.all(),
    ruleEvaluations: store.ruleEvaluations.all(),
    lists: store.lists.all().map((list) => ({
      ...list,
      items: store.listItems.where((item) => item.list_id === list.id).map((item) => item.value),
    })),
    messages: store.messages.all(),
    folders: store.folders.all(),
    webhooks: store.webhooks.all().map(({ secret: _secret, ...rest }) => rest),
    webhookDeliveries: store.webhookDeliveries,
    principals: store.principals.all(),
    credentials: store.credentials.all().map(({ digest: _secret, ...rest }) => rest),
    lostMail: store.lostMail,
    zones: store.zones.list().map((zone) => ({ ...zone, records: store.zoneRecords.get(zone.id)!.all() })),
  });
}
