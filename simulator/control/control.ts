import { type Fault, type FaultRule } from "../http/faults.js";
import { type Json, type LoggedRequest } from "../model/exchange.js";
import { type ObjectKind } from "../model/lookup.js";
import { type SimulatorKeys } from "../model/objects.js";
import { type SimulatorState } from "../model/state.js";
import { type SeedObject } from "../seeding/objects.js";
import { type Settings } from "../settings/settings.js";

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
   * Delegates a zone's name to these name servers, as its registrar does. Those of another zone of that name: that
   * zone answers from now on. Others: the world sees none of its records. An empty list stands for servers that do
   * not answer for it, which resolvers say with SERVFAIL. Null sets it right, to the first zone of the name.
   */
  setDelegation(zone: string, nameServers: string[] | null): void;
  /** Adds a fault. */
  addFault(rule: FaultRule): Fault;
  faults(): Fault[];
  clearFaults(): void;
  /** Everything as at the start: objects, keys, clock, settings, faults, log. */
  reset(): void;
}
