import { type Api } from "../http/api.js";
import { type Json, type LoggedRequest } from "../model/exchange.js";
import { objectBody } from "../http/bodies.js";
import { type DnsServer } from "../dns/server.js";
import { ApiError } from "../http/errors.js";
import { Faults, type Fault, type FaultRule } from "../http/faults.js";
import { putMessage, receive, type Mail } from "../mail/mailroom.js";
import { mergedLimits } from "../routes/policies.js";
import { dropRecord, putRecord } from "../routes/cloudflare.js";
import { dropPrincipal, newCredential, newPrincipal } from "../routes/iam.js";
import { addItems, dropList, isListType, newList, normalItem } from "../routes/lists.js";
import { newRule, ruleFields } from "../routes/rules.js";
import { newWebhook } from "../routes/webhooks.js";
import { newWorkspace } from "../routes/workspaces.js";
import { BadOption, readSettings, type Settings, type SimulatorOptions } from "../settings/settings.js";
import {
  DAY,
  Store,
  type Application,
  type Grant,
  type List,
  type NewZone,
  type ResourceBinding,
  type Webhook,
  type SimulatorKeys,
  type SimulatorState,
} from "../model/store.js";
import { PLANS } from "../model/plans.js";

/** Mail that comes in from outside. */
export interface NewMail {
  /** Id or address of the account. */
  grant: string;
  subject?: string;
  from?: string;
  body?: string;
}

/** A message to put into a mailbox. */
export interface NewMessage extends NewMail {
  /** Default "inbox"; "junk" is under the spam retention. */
  folder?: string;
  /** Bytes it takes of the account's storage; default the length of the body. */
  size?: number;
  /** How long ago it came. Default 0. */
  ageSeconds?: number;
}

/** An object that is there without anybody having asked for it over the API. */
export type SeedObject =
  | { kind: "connector"; provider?: string; application?: ApplicationName }
  | {
      kind: "domain";
      address: string;
      name?: string;
      verified?: boolean;
      branded?: boolean;
      organization?: "first" | "second";
    }
  | {
      kind: "grant";
      email: string;
      provider?: string;
      name?: string;
      workspaceId?: string | null;
      ageSeconds?: number;
      application?: ApplicationName;
    }
  | {
      kind: "workspace";
      name: string;
      domain?: string | null;
      autoGroup?: boolean;
      policyId?: string | null;
      application?: ApplicationName;
    }
  | { kind: "policy"; name: string; limits?: Json; application?: ApplicationName }
  | {
      kind: "rule";
      name: string;
      description?: string;
      priority?: number;
      enabled?: boolean;
      trigger?: "inbound" | "outbound";
      match?: Json;
      actions?: Json[];
      application?: ApplicationName;
    }
  | {
      kind: "list";
      name: string;
      type?: List["type"];
      description?: string;
      items?: string[];
      application?: ApplicationName;
    }
  | { kind: "webhook"; url: string; triggers?: string[]; description?: string; application?: ApplicationName }
  | {
      kind: "principal";
      name: string;
      /** Default: the first application. */
      binding?: ResourceBinding;
      roles?: string[];
      permissions?: string[];
      organization?: "first" | "second";
    }
  | { kind: "credential"; principalId: string; name: string; expiresAt?: number | null }
  | { kind: "role"; id: string; permissions: string[] }
  /** An object of a shape that nobody knows: its list and its own route show it as it is. `list` is the path, such as "/v3/rules". */
  | { kind: "foreign"; list: string; object: Json }
  | { kind: "folder"; grant: string; name: string }
  | ({ kind: "zone"; name: string } & NewZone);

/** Which of the simulator's applications; default the first. */
export type ApplicationName = "first" | "second" | "otherOrganization";

/** The kinds of objects that can be edited and removed behind the API's back. */
export type ObjectKind =
  | "connector"
  | "domain"
  | "grant"
  | "workspace"
  | "policy"
  | "rule"
  | "list"
  | "webhook"
  | "principal"
  | "credential"
  | "folder"
  | "message";

/** A DNS record to place. */
export interface NewRecord {
  type: string;
  /** Full name, or relative to the zone. */
  name: string;
  content: string;
  priority?: number;
  ttl?: number;
}

/** A zone as far as clients need it. */
export interface ZoneAddress {
  id: string;
  name: string;
}

/** What can be done to a running simulator, by method or by control route. */
export interface Control {
  /** All objects as plain data; no secret is among them. */
  state(): SimulatorState;
  /** Every request to the simulated APIs, oldest first. */
  readonly requests: LoggedRequest[];
  /** The requests among them that could have changed something: no reads, no info, no verify. */
  writes(): LoggedRequest[];
  /** Forgets the requests so far. */
  clearRequests(): void;
  /** Puts mail into an account's mailbox; returns the message's id. */
  addMessage(message: NewMessage): string;
  /** Mail arrives from outside, under the account's rules and limits; null where it is turned away. */
  receive(mail: NewMail): string | null;
  /** Makes an object; returns its id. */
  seed(object: SeedObject): string;
  /** Changes an object behind the API's back: fields as in `state()`, objects merged. */
  edit(kind: ObjectKind, id: string, change: Json): void;
  /** Removes an object behind the API's back; an account's mail is ledgered as lost. */
  remove(kind: ObjectKind, id: string): void;
  /** Whether this is the account's app_password. */
  checkAppPassword(grant: string, password: string): boolean;
  /** Whether this is the webhook's secret. */
  checkWebhookSecret(webhook: string, secret: string): boolean;
  /** Waits until all notifications that are under way have been delivered or given up. */
  settled(): Promise<void>;
  /** Gives a key a new value and returns it; the old one answers 401 from then on. */
  rotateKey(name: keyof SimulatorKeys): string;
  /** Restricts or ends a key. */
  limitKey(name: keyof SimulatorKeys, limits: { permissions?: string[]; expiresAt?: number }): void;
  /** Moves the simulator's clock forward. */
  advanceClock(seconds: number): void;
  /** Sets how long DNS records written from now on take to be served. */
  setPropagationDelay(milliseconds: number): void;
  /** Changes any of the settings. */
  configure(settings: Partial<Settings>): void;
  /** Adds a DNS record to a zone (by name or id), visible at once; returns its id. */
  putRecord(zone: string, record: NewRecord): string;
  /** Removes a zone's record, gone at once. */
  removeRecord(zone: string, recordId: string): void;
  /**
   * Delegates a zone's name to these name servers, as its registrar does. Those of another zone of that name: that zone answers from now
   * on. Others: the world sees none of its records. An empty list stands for servers that do not answer for it, which resolvers say with
   * SERVFAIL; null sets it right: the first zone of the name.
   */
  setDelegation(zone: string, nameServers: string[] | null): void;
  /** Adds a fault. */
  addFault(rule: FaultRule): Fault;
  faults(): Fault[];
  clearFaults(): void;
  /** Everything as at the start: objects, keys, clock, settings, faults, log. */
  reset(): void;
}

/** Holds the current store and does to it what `Control` offers. */
export class Controller implements Control {
  store: Store;
  faultRules: Faults;
  api!: Api;
  dns!: DnsServer;
  private readonly onStore: (store: Store) => void;

  constructor(
    private readonly options: SimulatorOptions,
    onStore: (store: Store) => void,
  ) {
    this.onStore = onStore;
    this.store = new Store(options);
    this.faultRules = new Faults(this.store.seeded, () => this.store.ids());
    onStore(this.store);
  }

  get requests(): LoggedRequest[] {
    return this.api.log;
  }

  state(): SimulatorState {
    return this.store.dump();
  }

  writes(): LoggedRequest[] {
    return this.requests.filter((r) => r.effect === "write");
  }

  clearRequests(): void {
    this.api.log.length = 0;
    this.dns.log.length = 0;
  }

  addMessage(message: NewMessage): string {
    const { store } = this;
    const grant = this.grant(message.grant);
    return putMessage(store, grant, mailOf(grant, message), {
      ...(message.folder === undefined ? {} : { folder: message.folder }),
      ...(message.size === undefined ? {} : { size: message.size }),
      date: store.clock.seconds() - (message.ageSeconds ?? 0),
    }).id;
  }

  receive(message: NewMail): string | null {
    const grant = this.grant(message.grant);
    return receive(this.store, grant, mailOf(grant, message))?.id ?? null;
  }

  seed(object: SeedObject): string {
    const { store } = this;
    const now = store.clock.seconds();
    switch (object.kind) {
      case "zone":
        return store.addZone(text(object.name, "name"), object).id;
      case "domain": {
        const organization = store.organizations.all()[object.organization === "second" ? 1 : 0]!;
        const address = text(object.address, "address").toLowerCase();
        const domain = store.newDomain(address, {
          organization_id: organization.id,
          branded: object.branded ?? false,
        });
        if (object.name !== undefined) domain.name = object.name;
        if (object.verified || object.branded) {
          for (const type of ["ownership", "mx", "spf", "dkim", "feedback"] as const)
            domain.verified[type] = true;
        }
        return domain.id;
      }
      case "connector": {
        const application = this.application(object.application);
        const provider = object.provider ?? "nylas";
        const id = store.seeded.uuid("connector", `${application.id}|${provider}`);
        return store.connectors.add({ id, application_id: application.id, provider, settings: {}, scope: [] })
          .id;
      }
      case "grant": {
        const application = this.application(object.application);
        const provider = object.provider ?? "nylas";
        const email = text(object.email, "email").toLowerCase();
        const age = object.ageSeconds ?? 0;
        // As in the real thing, a grant of another provider in the default workspace may show no workspace at all.
        const home = provider === "nylas" ? (store.defaultWorkspace(application.id)?.id ?? null) : null;
        return store.grants.add({
          id: store.seeded.uuid("grant", `${application.id}|${email}`),
          application_id: application.id,
          provider,
          email,
          name: object.name ?? "",
          grant_status: "valid",
          scope: [],
          workspace_id: object.workspaceId === undefined ? home : object.workspaceId,
          password: null,
          blocked: false,
          madeAtMs: store.clock.ms() - age * 1000,
          deletedAtMs: null,
          created_at: now - age,
          updated_at: now - age,
        }).id;
      }
      case "workspace": {
        const application = this.application(object.application);
        return newWorkspace(store, application.id, {
          name: text(object.name, "name"),
          domain: object.domain ?? null,
          autoGroup: object.autoGroup ?? false,
          policyId: object.policyId ?? null,
          ruleIds: [],
        }).id;
      }
      case "policy": {
        const application = this.application(object.application);
        const name = text(object.name, "name");
        return store.policies.add({
          id: store.seeded.uuid("policy", `${application.id}|${name}`),
          application_id: application.id,
          organization_id: application.organization_id,
          name,
          limits: mergedLimits({}, object.limits, PLANS[store.settings.plan]),
          spam_detection: {},
          rules: [],
          created_at: now,
          updated_at: now,
        }).id;
      }
      case "rule": {
        const { id } = this.application(object.application);
        const { match = ANY_MATCH, actions = [{ type: "mark_as_read" }], ...rest } = object;
        return newRule(store, id, ruleFields(store, id, { ...rest, match, actions })).id;
      }
      case "principal": {
        const organization = store.organizations.all()[object.organization === "second" ? 1 : 0]!;
        return newPrincipal(store, organization.id, {
          name: text(object.name, "name"),
          description: "",
          status: "active",
          roles: object.roles ?? [],
          direct_permissions: object.permissions ?? [],
          resource_binding: object.binding ?? { type: "application", id: store.firstApplication.id },
        }).id;
      }
      case "credential": {
        const { id } = this.object("principal", object.principalId);
        const name = text(object.name, "name");
        const expires_at = object.expiresAt === undefined ? now + 30 * DAY : object.expiresAt;
        return newCredential(store, id, { name, expires_at, status: "active" }).credential.id;
      }
      case "role": {
        const id = text(object.id, "id");
        store.roles.set(id, { id, permissions: object.permissions });
        return id;
      }
      case "foreign": {
        const path = text(object.list, "list");
        const id = text(object.object.id ?? object.object.workspace_id, "object.id");
        store.foreign.set(path, [...(store.foreign.get(path) ?? []), { id, object: object.object }]);
        return id;
      }
      case "folder": {
        const { id: grant_id } = this.grant(object.grant);
        const name = text(object.name, "name");
        return store.folders.add({ id: store.seeded.uuid("folder", `${grant_id}|${name}`), grant_id, name })
          .id;
      }
      case "webhook": {
        // No challenge: it was made when its address still answered.
        return newWebhook(store, this.application(object.application).id, {
          webhook_url: text(object.url, "url"),
          trigger_types: object.triggers ?? ["message.created"],
          description: object.description ?? "",
          notification_email_addresses: [],
          compressed_delivery: false,
        }).id;
      }
      case "list": {
        const application = this.application(object.application);
        const type = object.type ?? "domain";
        if (!isListType(type)) throw new BadOption("type: expected domain, tld or address");
        const name = text(object.name, "name");
        const list = newList(store, application.id, { name, type, description: object.description ?? "" });
        addItems(store, list, (object.items ?? []).map(normalItem));
        return list.id;
      }
      default:
        throw new BadOption(`kind: cannot seed ${JSON.stringify((object as { kind?: unknown }).kind)}`);
    }
  }

  edit(kind: ObjectKind, id: string, change: Json): void {
    const target = this.object(kind, id) as unknown as Json;
    if (kind === "list" && change.items !== undefined) {
      const { items, ...rest } = change;
      this.setItems(id, items);
      return this.edit(kind, id, rest);
    }
    if ("id" in change) throw new BadOption("id: an object's id cannot be edited");
    const unknown = Object.keys(change).filter((k) => !Object.hasOwn(target, k));
    if (unknown.length > 0) throw new BadOption(`${kind}: has no ${unknown.join(", ")}`);
    for (const [field, value] of Object.entries(change)) {
      const old = target[field];
      target[field] = isPlain(old) && isPlain(value) ? { ...old, ...value } : value;
    }
    this.store.enforceLimits(`edit of ${kind} ${id}`);
  }

  remove(kind: ObjectKind, id: string): void {
    const { store } = this;
    const target = this.object(kind, id);
    if (kind === "grant") store.deleteGrant(target as Grant, "removed by hand", "control");
    else if (kind === "message") {
      const message = store.messages.get(id)!;
      store.lose(message, store.grants.get(message.grant_id)!, "removed by hand", "control");
    } else if (kind === "list") dropList(store, id);
    else if (kind === "principal") dropPrincipal(store, id);
    else this.collection(kind).remove(id);
    store.enforceLimits(`removal of ${kind} ${id}`);
  }

  checkAppPassword(grant: string, password: string): boolean {
    return this.grant(grant).password === this.store.digest(password);
  }

  checkWebhookSecret(webhook: string, secret: string): boolean {
    return (this.object("webhook", webhook) as unknown as Webhook).secret === secret;
  }

  settled(): Promise<void> {
    return this.store.outgoing.settled();
  }

  rotateKey(name: keyof SimulatorKeys): string {
    return this.store.rotateKey(name);
  }

  limitKey(name: keyof SimulatorKeys, limits: { permissions?: string[]; expiresAt?: number }): void {
    const key = [...this.store.keys.values()].find((k) => k.name === name);
    if (!key) throw new BadOption(`key: there is no key named ${JSON.stringify(name)}`);
    const credential = this.store.credentials.get(key.credentialId ?? "");
    const principal = credential && this.store.principals.get(credential.principal_id);
    if (limits.permissions !== undefined) {
      if (!principal) throw new BadOption(`permissions: ${name} is no IAM key`);
      Object.assign(principal, { roles: [], direct_permissions: limits.permissions });
    }
    if (limits.expiresAt !== undefined) {
      if (credential) credential.expires_at = limits.expiresAt;
      else key.expiresAt = limits.expiresAt;
    }
  }

  advanceClock(seconds: number): void {
    if (!(typeof seconds === "number" && seconds >= 0))
      throw new BadOption("seconds: expected a number from 0 upwards");
    this.store.clock.advance(seconds);
    this.store.depart();
    this.store.enforceLimits("clock");
  }

  setPropagationDelay(milliseconds: number): void {
    this.configure({ propagationDelayMs: milliseconds });
  }

  configure(settings: Partial<Settings>): void {
    const unknown = Object.keys(settings).filter((name) => !Object.hasOwn(this.store.settings, name));
    if (unknown.length > 0) throw new BadOption(`settings: there is no ${unknown.join(", ")}`);
    this.store.settings = readSettings(settings, this.store.settings);
    this.store.enforceLimits("settings");
  }

  putRecord(zone: string, record: NewRecord): string {
    return this.atOnce(() => putRecord(this.store, this.zone(zone), { ...record }).id);
  }

  removeRecord(zone: string, recordId: string): void {
    const found = this.zone(zone);
    if (!this.store.zoneRecords.get(found.id)!.get(recordId))
      throw new BadOption(`record: there is no ${recordId}`);
    this.atOnce(() => dropRecord(this.store, found, recordId));
  }

  setDelegation(zone: string, nameServers: string[] | null): void {
    this.store.zones.delegate(this.zone(zone).name, nameServers);
  }

  addFault(rule: FaultRule): Fault {
    return { ...this.faultRules.add(rule) };
  }

  faults(): Fault[] {
    return this.faultRules.list();
  }

  clearFaults(): void {
    this.faultRules.clear();
    this.api.listenAgain();
  }

  reset(): void {
    void this.store.outgoing.close();
    this.store = new Store(this.options);
    this.faultRules = new Faults(this.store.seeded, () => this.store.ids());
    this.api.listenAgain();
    this.onStore(this.store);
    this.clearRequests();
  }

  private atOnce<T>(write: () => T): T {
    const { settings } = this.store;
    const delay = settings.propagationDelayMs;
    settings.propagationDelayMs = 0;
    try {
      return write();
    } finally {
      settings.propagationDelayMs = delay;
    }
  }

  private setItems(listId: string, items: unknown): void {
    const { store } = this;
    if (!Array.isArray(items)) throw new BadOption("items: expected a list of values");
    for (const item of store.listItems.where((i) => i.list_id === listId)) store.listItems.remove(item.id);
    addItems(store, store.lists.get(listId)!, items.map(String).map(normalItem));
  }

  private application(name: ApplicationName = "first"): Application {
    const index = ["first", "second", "otherOrganization"].indexOf(name);
    if (index === -1)
      throw new BadOption(`application: expected first, second or otherOrganization, got ${name}`);
    return this.store.applications.all()[index]!;
  }

  private grant(idOrEmail: string): Grant {
    const wanted = String(idOrEmail).toLowerCase();
    const found = this.store.liveGrants().find((g) => g.id === wanted || g.email === wanted);
    if (!found) throw new BadOption(`grant: there is no ${idOrEmail}`);
    return found;
  }

  private zone(nameOrId: string): ReturnType<Store["zones"]["list"]>[number] {
    const found = this.store.zones.get(nameOrId) ?? this.store.zones.byName(String(nameOrId).toLowerCase());
    if (!found) throw new BadOption(`zone: there is no ${nameOrId}`);
    return found;
  }

  private collection(kind: ObjectKind): {
    get(id: string): { id: string } | undefined;
    remove(id: string): boolean;
  } {
    const { store } = this;
    const collections = {
      connector: store.connectors,
      domain: store.domains,
      grant: store.grants,
      workspace: store.workspaces,
      policy: store.policies,
      rule: store.rules,
      list: store.lists,
      webhook: store.webhooks,
      principal: store.principals,
      credential: store.credentials,
      folder: store.folders,
      message: store.messages,
    };
    if (!Object.hasOwn(collections, kind)) {
      throw new BadOption(
        `kind: expected one of ${Object.keys(collections).join(", ")}, got ${String(kind)}`,
      );
    }
    return collections[kind];
  }

  private object(kind: ObjectKind, id: string): { id: string } {
    const found = this.collection(kind).get(id);
    if (!found) throw new BadOption(`${kind}: there is no ${id}`);
    return found;
  }
}

/** A condition for a rule that is only needed as a rule. */
const ANY_MATCH = { conditions: [{ field: "from.domain", operator: "is", value: "elsewhere.example" }] };

/** The control routes under `/_control`: no key, never spoilt, never logged. */
export function controlRoutes(api: Api, control: Controller, addresses: () => object): void {
  const { fastify } = api;
  const add = (method: "GET" | "POST" | "DELETE", path: string, act: (body: Json) => unknown): void => {
    fastify.route({
      method,
      url: `/_control${path}`,
      handler: async (request, reply) => {
        try {
          const bytes = request.body;
          const body =
            Buffer.isBuffer(bytes) && bytes.length > 0 ? (JSON.parse(bytes.toString("utf8")) as unknown) : {};
          return reply.send((await act(objectBody(body))) ?? {});
        } catch (error) {
          const known =
            error instanceof BadOption || error instanceof ApiError || error instanceof SyntaxError;
          return reply.code(known ? 400 : 500).send({ error: String((error as Error).message) });
        }
      },
    });
  };
  add("GET", "/state", () => control.state());
  add("GET", "/addresses", addresses);
  add("GET", "/requests", () => ({ requests: control.requests, dns: control.dns.log }));
  add("GET", "/writes", () => ({ requests: control.writes() }));
  add("DELETE", "/requests", () => control.clearRequests());
  add("POST", "/messages", (body) => ({ id: control.addMessage(body as unknown as NewMessage) }));
  add("POST", "/mail", (body) => ({ id: control.receive(body as unknown as NewMail) }));
  add("POST", "/seed", (body) => ({ id: control.seed(body as SeedObject) }));
  add("POST", "/edit", (body) =>
    control.edit(body.kind as ObjectKind, String(body.id), objectBody(body.change, "change")),
  );
  add("POST", "/remove", (body) => control.remove(body.kind as ObjectKind, String(body.id)));
  add("POST", "/check-app-password", (body) => ({
    matches: control.checkAppPassword(String(body.grant), String(body.password)),
  }));
  add("POST", "/check-webhook-secret", (body) => ({
    matches: control.checkWebhookSecret(String(body.webhook), String(body.secret)),
  }));
  add("POST", "/settled", () => control.settled());
  add("POST", "/rotate-key", (body) => ({ value: control.rotateKey(body.name as keyof SimulatorKeys) }));
  add("POST", "/limit-key", (body) => control.limitKey(body.name as keyof SimulatorKeys, body));
  add("POST", "/clock", (body) => {
    control.advanceClock(body.advanceSeconds as number);
    return { seconds: control.store.clock.seconds() };
  });
  add("POST", "/propagation", (body) => control.setPropagationDelay(body.delayMs as number));
  add("GET", "/settings", () => control.store.settings);
  add("POST", "/settings", (body) => control.configure(body));
  add("POST", "/records", (body) => {
    const { zone, ...record } = body;
    return { id: control.putRecord(String(zone), record as unknown as NewRecord) };
  });
  add("POST", "/records/remove", (body) => control.removeRecord(String(body.zone), String(body.id)));
  add("POST", "/delegation", (body) =>
    control.setDelegation(String(body.zone), (body.nameServers ?? null) as string[] | null),
  );
  add("GET", "/faults", () => ({ faults: control.faults() }));
  add("POST", "/faults", (body) => control.addFault(body as unknown as FaultRule));
  add("DELETE", "/faults", () => control.clearFaults());
  add("POST", "/reset", () => control.reset());
}

function mailOf(grant: Grant, message: NewMail): Mail {
  return {
    from: { email: message.from ?? "someone@elsewhere.example", name: "" },
    to: [{ email: grant.email, name: grant.name }],
    cc: [],
    subject: message.subject ?? "Hello",
    body: message.body ?? "A message put here by hand.",
  };
}

function text(value: unknown, what: string): string {
  if (typeof value !== "string" || value === "")
    throw new BadOption(`${what}: expected a text that is not empty`);
  return value;
}

function isPlain(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
