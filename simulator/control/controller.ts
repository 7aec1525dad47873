import { type DnsServer } from "../dns/server.js";
import { type Api } from "../http/api.js";
import { Faults, type Fault, type FaultRule } from "../http/faults.js";
import { limitKey, rotateKey } from "../keys/keyRing.js";
import { putMessage, receive, type Mail } from "../mail/mailroom.js";
import { depart } from "../mail/outbox.js";
import { enforceLimits } from "../mail/retention.js";
import { type Json, type LoggedRequest } from "../model/exchange.js";
import { accountNamed, objectOf, zoneNamed, type ObjectKind } from "../model/lookup.js";
import { type Grant, type SimulatorKeys, type Webhook } from "../model/objects.js";
import { stateOf, type SimulatorState } from "../model/state.js";
import { type Store } from "../model/store.js";
import { dropRecord, putRecord } from "../routes/cloudflare.js";
import { type SeedObject } from "../seeding/objects.js";
import { seed } from "../seeding/seed.js";
import { newStore } from "../seeding/start.js";
import { type SimulatorOptions } from "../settings/options.js";
import { BadOption, readSettings, type Settings } from "../settings/settings.js";
import { type Control, type NewMail, type NewMessage, type NewRecord } from "./control.js";
import { edit, remove } from "./edits.js";

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
    this.store = newStore(options);
    this.faultRules = new Faults(this.store.seeded, () => this.store.ids());
    onStore(this.store);
  }

  get requests(): LoggedRequest[] {
    return this.api.log;
  }

  state(): SimulatorState {
    return stateOf(this.store);
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
    const grant = accountNamed(store, message.grant);
    return putMessage(store, grant, mailOf(grant, message), {
      ...(message.folder === undefined ? {} : { folder: message.folder }),
      ...(message.size === undefined ? {} : { size: message.size }),
      date: store.clock.seconds() - (message.ageSeconds ?? 0),
    }).id;
  }

  receive(message: NewMail): string | null {
    const grant = accountNamed(this.store, message.grant);
    return receive(this.store, grant, mailOf(grant, message))?.id ?? null;
  }

  seed(object: SeedObject): string {
    return seed(this.store, object);
  }

  edit(kind: ObjectKind, id: string, change: Json): void {
    edit(this.store, kind, id, change);
  }

  remove(kind: ObjectKind, id: string): void {
    remove(this.store, kind, id);
  }

  checkAppPassword(grant: string, password: string): boolean {
    return accountNamed(this.store, grant).password === this.store.seeded.digest(password);
  }

  checkWebhookSecret(webhook: string, secret: string): boolean {
    return (objectOf(this.store, "webhook", webhook) as unknown as Webhook).secret === secret;
  }

  settled(): Promise<void> {
    return this.store.outgoing.settled();
  }

  rotateKey(name: keyof SimulatorKeys): string {
    return rotateKey(this.store, name);
  }

  limitKey(name: keyof SimulatorKeys, limits: { permissions?: string[]; expiresAt?: number }): void {
    limitKey(this.store, name, limits);
  }

  advanceClock(seconds: number): void {
    if (!(typeof seconds === "number" && seconds >= 0))
      throw new BadOption("seconds: expected a number from 0 upwards");
    this.store.clock.advance(seconds);
    depart(this.store);
    enforceLimits(this.store, "clock");
  }

  setPropagationDelay(milliseconds: number): void {
    this.configure({ propagationDelayMs: milliseconds });
  }

  configure(settings: Partial<Settings>): void {
    const unknown = Object.keys(settings).filter((name) => !Object.hasOwn(this.store.settings, name));
    if (unknown.length > 0) throw new BadOption(`settings: there is no ${unknown.join(", ")}`);
    this.store.settings = readSettings(settings, this.store.settings);
    enforceLimits(this.store, "settings");
  }

  putRecord(zone: string, record: NewRecord): string {
    return this.atOnce(() => putRecord(this.store, zoneNamed(this.store, zone), { ...record }).id);
  }

  removeRecord(zone: string, recordId: string): void {
    const found = zoneNamed(this.store, zone);
    if (!this.store.zoneRecords.get(found.id)!.get(recordId))
      throw new BadOption(`record: there is no ${recordId}`);
    this.atOnce(() => dropRecord(this.store, found, recordId));
  }

  setDelegation(zone: string, nameServers: string[] | null): void {
    this.store.zones.delegate(zoneNamed(this.store, zone).name, nameServers);
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
    this.store = newStore(this.options);
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
