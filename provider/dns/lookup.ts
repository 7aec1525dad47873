import type * as Dns from "node:dns";
import { slots, type RecordSlots, type Slot } from "./layout";
import { parseServer, type Question, type Reply } from "./query";
import { normaliseName, sameRecord, sameRecords, type DnsRecord, type RecordType } from "./records";
import { isFromWildcard } from "./wildcard";
import {
  type NameServer,
  nameServer,
  askOne,
  firstAnswer,
  nameServersOf,
  referredTo,
  isFailure,
  isLame,
} from "./servers";
import { askAll, outcomeOf, asCached, addressesAt } from "./answers";
import { type LookupOutcome, type AddressOutcome, type Delegation, type Served } from "./outcomes";
import { type Zone, maxNameServers, findZone, findPlace, addressesOf, isPrivate } from "./zone";

export interface DnsLookup {
  /** The records of one type at a name, from the zone's own name servers. Never throws. */
  ask(name: string, type: RecordType): Promise<LookupOutcome>;
  /**
   * Whether the zone's own name servers all say that no such record of this type stands at a name. False where one of them cannot be
   * reached, or where only a cache can be asked. Never throws.
   */
  isAbsent(name: string, type: RecordType, isMeant?: (record: DnsRecord) => boolean): Promise<boolean>;
  /** Whether the name has addresses of its own, or through an alias: mail goes to those where there is no MX (RFC 5321, 5.1). Never throws. */
  addresses(name: string): Promise<AddressOutcome>;
  /** Which zone the domain lies in and who serves it; of configured servers, as far as they alone can tell. Never throws. */
  delegation(domain: string): Promise<Delegation>;
  /**
   * Who the delegation leads to. Unseen where that cannot be told for certain: a server of `nylas:dnsServers` that serves the zone
   * itself says nothing of who serves it for others. Never throws.
   */
  servedBy(domain: string): Promise<Served>;
}

export interface LookupOptions {
  /** Ask these (host:port) instead of finding the zone's own name servers: the values of `nylas:dnsServers`. */
  servers?: readonly string[] | undefined;
  /** Milliseconds one call of `ask` or `delegation` may take; 5000 by default. */
  timeoutMs?: number | undefined;
  /** The resolvers that help to find the zone's name servers; by default those of the system. */
  resolvers?: readonly string[] | undefined;
  /** The port name servers listen on; 53 by default. */
  port?: number | undefined;
}

/**
 * Look-ups from this process. They ask the zone's own name servers, to avoid caches: a resolver would say "missing"
 * for a while after the record is there. Where the name servers cannot be reached, the resolver's answer is taken,
 * and marked `cached`.
 */
export function createLookup(options: LookupOptions = {}): DnsLookup {
  const timeoutMs = options.timeoutMs ?? 5000;
  const configured = (options.servers ?? []).map((text) => nameServer(parseServer(text)));
  const resolvers = lazy(() =>
    (options.resolvers ?? systemResolvers()).slice(0, 3).map((text) => parseServer(text)),
  );
  const port = options.port ?? 53;
  const zones = new Map<string, { until: number; zone: Zone }>();

  async function zoneOf(name: string, deadline: number): Promise<Zone> {
    const known = zones.get(name);
    if (known && known.until > performance.now()) return known.zone;
    const zone = await findZone(name, resolvers(), port, deadline);
    if (zone.kind === "zone") zones.set(name, { until: performance.now() + zoneLifetimeMs, zone });
    return zone;
  }

  /** The name servers that the zone above names; undefined where that cannot be asked. */
  async function namedAbove(zone: string, deadline: number): Promise<string[] | undefined> {
    const above = await findPlace(zone.split(".").slice(1).join("."), resolvers(), deadline);
    if (above.kind !== "zone") return undefined;
    const names = above.nameServers.slice(0, maxNameServers);
    const parents = await Promise.all(names.map((name) => addressesOf(name, resolvers(), port, deadline)));
    const reply = await firstAnswer(parents, { name: zone, type: "NS" }, deadline);
    const referred = reply === undefined ? [] : nameServersOf(reply, zone);
    return referred.length > 0 ? referred : undefined;
  }

  const lookup: DnsLookup = {
    async ask(name, type) {
      const question: Question = { name: normaliseName(name), type };
      const deadline = performance.now() + timeoutMs;
      if (configured.length > 0) return askAll(configured, question, type, deadline);
      // What is spent on the zone must leave time for the resolver's own word.
      const zone = await zoneOf(question.name, performance.now() + timeoutMs / 2);
      if (zone.kind === "unreachable") return { kind: "unreachable", reason: zone.reason };
      if (zone.kind === "none") return { kind: "none", nameExists: false, servers: [] };
      if (zone.kind === "broken") {
        const reason = `the name servers of ${zone.name} do not answer for it`;
        return { kind: "failed", reason, servers: zone.servers.map((server) => server.label) };
      }
      const asked = await askAll(
        zone.servers,
        question,
        type,
        performance.now() + (deadline - performance.now()) * 0.6,
      );
      if (asked.kind !== "unreachable") return asked;
      return asCached(await askAll(resolvers().map(nameServer), question, type, deadline));
    },

    async isAbsent(name, type, isMeant = () => true) {
      const question: Question = { name: normaliseName(name), type };
      const deadline = performance.now() + timeoutMs;
      const zone = configured.length > 0 ? undefined : await zoneOf(question.name, deadline - timeoutMs / 2);
      const servers = zone === undefined ? configured : zone.kind === "zone" ? zone.servers : [];
      const replies = await Promise.all(servers.map((server) => askOne(server, question, deadline)));
      const saysNone = (reply: Reply): boolean => {
        if (reply.kind !== "answer" || !reply.authoritative) return false;
        const outcome = outcomeOf(reply, question, type);
        return outcome.kind === "none" || (outcome.kind === "found" && !outcome.records.some(isMeant));
      };
      return replies.length > 0 && replies.every(saysNone);
    },

    async addresses(name) {
      const question = normaliseName(name);
      const deadline = performance.now() + timeoutMs;
      let servers = configured;
      if (servers.length === 0) {
        const zone = await zoneOf(question, performance.now() + timeoutMs / 2);
        if (zone.kind === "unreachable") return { kind: "unseen", reason: zone.reason };
        if (zone.kind === "none") return { kind: "none" };
        if (zone.kind === "broken")
          return { kind: "unseen", reason: `the name servers of ${zone.name} do not answer for it` };
        servers = zone.servers;
      }
      const found = await addressesAt(servers, question, deadline);
      if (found.kind !== "found") return found;
      const wildcard = await isFromWildcard(
        question,
        (probe) => addressesAt(servers, probe, performance.now() + timeoutMs / 2),
        (probe) =>
          probe.kind === "found" &&
          probe.alias === found.alias &&
          String(probe.addresses) === String(found.addresses),
      );
      return wildcard ? { ...found, wildcard: true } : found;
    },

    async delegation(domain) {
      const deadline = performance.now() + timeoutMs;
      const name = normaliseName(domain);
      if (configured.length > 0) return delegationSeenBy(configured, name, deadline);
      const zone = await zoneOf(name, performance.now() + timeoutMs / 2);
      if (zone.kind === "unreachable") return { kind: "unreachable", reason: zone.reason };
      if (zone.kind === "none") return { kind: "not-delegated", domain: zone.name };
      const nameServers = zone.servers.map((server) => server.label);
      if (zone.kind === "broken") {
        return { kind: "broken", zone: zone.name, nameServers, serversAnswer: zone.serversAnswer };
      }
      const unasked = zone.nameServers.slice(nameServers.length);
      const replies = await Promise.all(
        zone.servers.map((server) => askOne(server, { name: zone.name, type: "SOA" }, deadline)),
      );
      const lame = nameServers.filter((_, at) => isLame(replies[at]!));
      const allLame = lame.length === nameServers.length && nameServers.length > 0;
      if (allLame) return { kind: "broken", zone: zone.name, nameServers, serversAnswer: false };
      return { kind: "delegated", zone: zone.name, nameServers: [...nameServers, ...unasked], lame };
    },

    async servedBy(domain) {
      const found = await lookup.delegation(domain);
      if (found.kind !== "delegated") return { kind: "unseen", reason: whyUnseen(found) };
      const { zone, nameServers, lame } = found;
      // Servers that are configured are asked alone, and they resolve: whom they follow is whom the zone above names.
      const above =
        found.seenBy || !zone.includes(".") ? [] : await namedAbove(zone, performance.now() + timeoutMs);
      if (above === undefined)
        return { kind: "unseen", reason: `the zone above ${zone} does not say who serves it` };
      return { kind: "served", zone, nameServers: [...new Set([...nameServers, ...above])].sort(), lame };
    },
  };
  return lookup;
}

function whyUnseen(found: Exclude<Delegation, { kind: "delegated" }>): string {
  switch (found.kind) {
    case "broken":
      return `the name servers that ${found.zone} is delegated to do not answer for it`;
    case "not-delegated":
      return `${found.domain} is not delegated to any name server`;
    case "referred":
      return `${found.servers.join(", ")} (of nylas:dnsServers) does not resolve`;
    case "configured":
      return `${found.servers.join(", ")} (of nylas:dnsServers) serves the zone itself or answers from a private one, or knows nothing of it`;
    case "unreachable":
      return found.reason;
  }
}

/**
 * What stands at the place of each record. Where something else than the record is found, it is also looked up whether that comes from a
 * wildcard.
 */
export async function observe(
  lookup: DnsLookup,
  records: Partial<RecordSlots>,
): Promise<Partial<Record<Slot, LookupOutcome>>> {
  const places = new Map<string, Promise<LookupOutcome>>();
  const ask = (name: string, type: RecordType): Promise<LookupOutcome> => {
    const place = `${type} ${name}`;
    const asked = places.get(place) ?? lookup.ask(name, type);
    places.set(place, asked);
    return asked;
  };
  const observed = await Promise.all(
    slots.map(async (slot): Promise<[Slot, LookupOutcome] | undefined> => {
      const record = records[slot];
      if (!record) return undefined;
      const { name, type } = record;
      const outcome = await ask(name, type);
      const isDeclared = (found: DnsRecord) => sameRecord(found, record);
      if (outcome.kind !== "alias" && (outcome.kind !== "found" || outcome.records.some(isDeclared)))
        return [slot, outcome];
      const wildcard = await isFromWildcard(
        name,
        (probe) => ask(probe, type),
        (probe) => sameAnswer(outcome, probe, name),
      );
      return [slot, wildcard ? { ...outcome, wildcard: true } : outcome];
    }),
  );
  return Object.fromEntries(observed.filter((entry) => entry !== undefined));
}

/** Whether another name is answered as `name` is. */
function sameAnswer(outcome: LookupOutcome, probe: LookupOutcome, name: string): boolean {
  if (outcome.kind === "alias") return probe.kind === "alias" && probe.target === outcome.target;
  if (outcome.kind !== "found" || probe.kind !== "found" || outcome.alias !== probe.alias) return false;
  return sameRecords(
    probe.records.map((found) => ({ ...found, name })),
    outcome.records,
  );
}

const zoneLifetimeMs = 30_000;
/**
 * The delegation as configured servers know it. A server that answers with authority serves the zone itself (the
 * inner side of a split horizon), and nothing can be said against it. A resolver tells the delegated name servers.
 * Those are not asked: they may be unreachable from here, which is why servers were configured. The resolver's
 * answers show whether they serve the zone.
 */
async function delegationSeenBy(
  configured: NameServer[],
  name: string,
  deadline: number,
): Promise<Delegation> {
  const seenBy = configured.map((server) => server.label);
  const addresses = configured.flatMap((server) => server.addresses);
  const half = performance.now() + (deadline - performance.now()) / 2;
  const place = await findPlace(name, addresses, half);
  if (place.kind === "unreachable") {
    return place.silent
      ? { kind: "unreachable", reason: place.reason }
      : { kind: "configured", servers: seenBy };
  }
  if (place.kind === "none")
    return place.unregistered
      ? { kind: "not-delegated", domain: place.name, seenBy }
      : { kind: "configured", servers: seenBy };
  if (place.kind === "failing")
    return { kind: "broken", zone: place.name, nameServers: [], serversAnswer: false, seenBy };

  const { name: zone, nameServers } = place;
  if (isPrivate(nameServers)) return { kind: "configured", servers: seenBy };
  const replies = await Promise.all(
    configured.map((server) => askOne(server, { name: zone, type: "SOA" }, deadline)),
  );
  const answers = replies.filter((reply) => reply.kind === "answer");
  const served = answers.filter((reply) => !isFailure(reply) && reply.answers.length > 0);
  if (served.some((reply) => reply.authoritative)) return { kind: "configured", servers: seenBy };
  if (served.length > 0) return { kind: "delegated", zone, nameServers, lame: [], seenBy };
  if (answers.some((reply) => referredTo(reply, zone).length > 0))
    return { kind: "referred", zone, nameServers, servers: seenBy };
  if (answers.some(isFailure)) return { kind: "broken", zone, nameServers, serversAnswer: false, seenBy };
  return { kind: "configured", servers: seenBy };
}

function systemResolvers(): string[] {
  // oxlint-disable-next-line typescript/no-require-imports
  const { getServers } = require("node:dns") as typeof Dns;
  return getServers();
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
