import type * as Dns from "node:dns";
import type * as DnsPacket from "dns-packet";
import type * as Tldts from "tldts";
import { slots, type RecordSlots, type Slot } from "./layout";
import { parseServer, query, serverText, type Answer, type Question, type Reply, type Server } from "./query";
import {
  decodeTxt,
  isWithin,
  normaliseName,
  recordKey,
  sameRecord,
  sameRecords,
  type DnsRecord,
  type RecordType,
} from "./records";
import { isFromWildcard } from "./wildcard";

/** What the DNS says of one name and type. Not reaching the DNS is an outcome like any other, never "missing". */
export type LookupOutcome =
  /**
   * Records of the type stand there. `servers` says which server gave which; they differ while a change spreads. `alias`: the name is an
   * alias (CNAME), and the records stand behind it.
   */
  | {
      kind: "found";
      records: DnsRecord[];
      servers: ServerRecords[];
      alias?: string;
      wildcard?: boolean;
      cached?: boolean;
    }
  /** No record of the type; `nameExists` tells an empty answer from a name that is not there at all. */
  | { kind: "none"; nameExists: boolean; servers: string[]; cached?: boolean }
  /** The name is an alias (CNAME), which can have no records of its own. */
  | { kind: "alias"; target: string; servers: string[]; wildcard?: boolean }
  /** The servers answer, but not this: SERVFAIL, REFUSED. */
  | { kind: "failed"; reason: string; servers: string[] }
  /** No server could be reached from here. */
  | { kind: "unreachable"; reason: string };

export interface ServerRecords {
  server: string;
  records: DnsRecord[];
}

/**
 * Who answers for a domain. With `seenBy` the resolvers that `nylas:dnsServers` names have answered. The zone's own
 * name servers are not asked then, and in a split horizon others may see another side.
 */
export type Delegation =
  /** The zone and its name servers; those in `lame` do not answer for it. */
  | { kind: "delegated"; zone: string; nameServers: string[]; lame: string[]; seenBy?: string[] }
  /**
   * The parent names these servers for the zone, and resolvers get no answer from them. With `serversAnswer` they do
   * answer, and what is wrong is DNSSEC: the parent's DS record is of other keys. (With `seenBy` which of the two is not known.)
   */
  | { kind: "broken"; zone: string; nameServers: string[]; serversAnswer: boolean; seenBy?: string[] }
  /** Nobody registered the domain, or it has no name servers yet. */
  | { kind: "not-delegated"; domain: string; seenBy?: string[] }
  /** The servers of `nylas:dnsServers` do not serve the zone and do not resolve: they know who serves it, and leave it at that. */
  | { kind: "referred"; zone: string; nameServers: string[]; servers: string[] }
  /** The servers of `nylas:dnsServers` serve the zone themselves, answer from a private one, or cannot tell who does. */
  | { kind: "configured"; servers: string[] }
  | { kind: "unreachable"; reason: string };

/** The addresses that a name leads to. */
export type AddressOutcome =
  /** `alias` is what a CNAME leads to. `wildcard`: a name beside it, which nobody can have made, leads to the same. */
  | { kind: "found"; addresses: string[]; alias?: string; wildcard?: boolean }
  | { kind: "none" }
  | { kind: "unseen"; reason: string };

/** The name servers that the world is sent to for a domain. */
export type Served =
  /** Those that the zone above names and those that the zone states itself, sorted; `lame` do not answer for it. */
  | { kind: "served"; zone: string; nameServers: string[]; lame: string[] }
  | { kind: "unseen"; reason: string };

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
const maxNameServers = 4;

interface NameServer {
  /** What people call it: its name, or the address where it has none. */
  label: string;
  addresses: Server[];
}

type Zone =
  /** `servers` are those that are asked, the first few of `nameServers`. */
  | { kind: "zone"; name: string; servers: NameServer[]; nameServers: string[] }
  | { kind: "broken"; name: string; servers: NameServer[]; serversAnswer: boolean }
  | { kind: "none"; name: string }
  | { kind: "unreachable"; reason: string };

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

/** Where a name lies, in the words of a resolver: the zone with the names of its servers, or why there is none. */
type Place =
  | { kind: "zone"; name: string; nameServers: string[] }
  /** No answer for this zone, while the one above it is answered for. */
  | { kind: "failing"; name: string; above: { name: string; nameServers: string[] } }
  | { kind: "none"; name: string; unregistered: boolean }
  | { kind: "unreachable"; reason: string; silent: boolean };

/** The names that vendors give the servers of private zones. Resolvers inside of a network alone answer from such a zone. */
const PRIVATE_SERVERS = [
  /^ns-(0\.awsdns-00\.com|512\.awsdns-00\.net|1024\.awsdns-00\.org|1536\.awsdns-00\.co\.uk)$/,
  /^ns-gcp-private\.googledomains\.com$/,
  /(^|\.)azureprivatedns\.net$/,
];

/** Whether it is a private zone: what stands in it says nothing of what the world sees. */
function isPrivate(nameServers: readonly string[]): boolean {
  const isOfPrivate = (server: string) => PRIVATE_SERVERS.some((form) => form.test(normaliseName(server)));
  return nameServers.length > 0 && nameServers.every(isOfPrivate);
}

function privateText({ name, nameServers }: { name: string; nameServers: string[] }): string {
  return `the resolver answers for ${name} from a private zone (${nameServers.join(", ")}), which the world does not see`;
}

async function findZone(name: string, resolvers: Server[], port: number, deadline: number): Promise<Zone> {
  const place = await findPlace(name, resolvers, deadline);
  const withAddresses = (names: string[]): Promise<NameServer[]> =>
    Promise.all(
      names.slice(0, maxNameServers).map((server) => addressesOf(server, resolvers, port, deadline)),
    );
  switch (place.kind) {
    case "unreachable":
      return { kind: "unreachable", reason: place.reason };
    case "none":
      return { kind: "none", name: place.name };
    case "zone":
      if (isPrivate(place.nameServers)) return { kind: "unreachable", reason: privateText(place) };
      return {
        kind: "zone",
        name: place.name,
        servers: await withAddresses(place.nameServers),
        nameServers: place.nameServers,
      };
    case "failing": {
      // A zone above answers and this one does not: what does the zone above say who should?
      const { name: failing, above } = place;
      const parents = await withAddresses(above.nameServers);
      const referral = await firstAnswer(parents, { name: failing, type: "NS" }, deadline);
      const servers = await withAddresses(referral ? referredTo(referral, failing) : []);
      const soa = await firstAnswer(servers, { name: failing, type: "SOA" }, deadline);
      const serversAnswer = soa !== undefined && soa.authoritative && !isFailure(soa);
      return { kind: "broken", name: failing, servers, serversAnswer };
    }
  }
}

/** Asks a resolver for the name servers of the name and of each name above it; the lowest that has some is the zone. */
async function findPlace(name: string, resolvers: Server[], deadline: number): Promise<Place> {
  if (resolvers.length === 0) {
    const reason = "no DNS resolver is configured on this machine";
    return { kind: "unreachable", reason, silent: true };
  }
  const labels = name.split(".");
  const candidates = labels.map((_, depth) => labels.slice(depth).join("."));
  const replies = await Promise.all(
    candidates.map((candidate) => askAny(resolvers, { name: candidate, type: "NS" }, deadline)),
  );
  const silence = replies.find((reply) => reply.kind === "silence");
  if (silence && replies.every((reply) => reply.kind === "silence")) {
    const reason = `${resolvers.map(serverText).join(", ")}: ${silence.reason}`;
    return { kind: "unreachable", reason, silent: true };
  }
  const at = replies.findIndex((reply, depth) => nameServersOf(reply, candidates[depth]!).length > 0);
  const found = candidates[at];
  const failing = candidates
    .slice(0, at < 0 ? undefined : at)
    .findLast((_, depth) => isFailure(replies[depth]!));

  if (found === undefined) {
    const failure = replies.find(isFailure) ?? silence;
    const who = resolvers.map(serverText).join(", ");
    if (failure) {
      const reason = failure.kind === "answer" ? `answers ${failure.rcode}` : failure.reason;
      return { kind: "unreachable", reason: `${who}: ${reason}`, silent: false };
    }
    // A resolver of a closed network says "no such name" to everything; of a public suffix that cannot be true.
    const suffix = publicSuffixOf(name)?.suffix;
    if (suffix === undefined) return { kind: "none", name: candidates.at(-1)!, unregistered: false };
    return {
      kind: "unreachable",
      reason: `${who} does not even know ${suffix}: it has no way to the public DNS`,
      silent: false,
    };
  }
  const nameServers = nameServersOf(replies[at]!, found);
  if (failing !== undefined) return { kind: "failing", name: failing, above: { name: found, nameServers } };
  const unregistered = unregisteredIn(name, found);
  if (unregistered !== undefined) return { kind: "none", name: unregistered, unregistered: true };
  return { kind: "zone", name: found, nameServers };
}

/** The domain somebody would have to register (or delegate), where the zone that answers is a public suffix. */
function unregisteredIn(name: string, zone: string): string | undefined {
  const known = publicSuffixOf(name);
  return known && isWithin(known.suffix, zone) ? known.domain : undefined;
}

/** The suffix of a name by the public list, and the domain below it; undefined for names of nobody's registry. */
function publicSuffixOf(name: string): { suffix: string; domain: string } | undefined {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse } = require("tldts") as typeof Tldts;
  const { isIcann, publicSuffix, domain } = parse(name, { validateHostname: false });
  return isIcann && publicSuffix !== null && domain !== null ? { suffix: publicSuffix, domain } : undefined;
}

async function addressesOf(
  name: string,
  resolvers: Server[],
  port: number,
  deadline: number,
): Promise<NameServer> {
  const [v4, v6] = await Promise.all([
    askAny(resolvers, { name, type: "A" }, deadline),
    askAny(resolvers, { name, type: "AAAA" }, deadline),
  ]);
  const hosts = [v4, v6].flatMap((reply) =>
    reply.kind === "answer"
      ? reply.answers.flatMap((answer) =>
          answer.type === "A" || answer.type === "AAAA" ? [answer.data] : [],
        )
      : [],
  );
  return { label: name, addresses: hosts.slice(0, 3).map((host) => ({ host, port })) };
}

/** One server with an address is enough to say that there is one; that there is none, no server may leave open. */
async function addressesAt(servers: NameServer[], name: string, deadline: number): Promise<AddressOutcome> {
  const questions = servers.flatMap((server) =>
    (["A", "AAAA"] as const).map(async (type) => ({
      server,
      reply: await askOne(server, { name, type }, deadline),
    })),
  );
  const asked = await Promise.all(questions);
  const answers = asked.flatMap(({ reply }) =>
    reply.kind === "answer" && !isFailure(reply) ? reply.answers : [],
  );
  const addresses = answers.flatMap((answer) =>
    answer.type === "A" || answer.type === "AAAA" ? [answer.data] : [],
  );
  const alias = answers.findLast((answer) => answer.type === "CNAME");
  const target = alias?.type === "CNAME" ? normaliseName(alias.data) : undefined;
  if (addresses.length > 0 || target !== undefined)
    return {
      kind: "found",
      addresses: [...new Set(addresses)].sort(),
      ...(target !== undefined && { alias: target }),
    };
  const open = asked.find(({ reply }) => {
    if (reply.kind === "silence" || isFailure(reply)) return true;
    return !reply.authoritative && referredTo(reply, name).length > 0;
  });
  if (open === undefined)
    return servers.length > 0 ? { kind: "none" } : { kind: "unseen", reason: "no name server" };
  const { server, reply } = open;
  const reason =
    reply.kind === "silence" ? reply.reason : isFailure(reply) ? reply.rcode : "it refers to other servers";
  return { kind: "unseen", reason: `${server.label}: ${reason}` };
}

/** Every server is asked: a record that one of them lacks is not yet published. */
async function askAll(
  servers: NameServer[],
  question: Question,
  type: RecordType,
  deadline: number,
): Promise<LookupOutcome> {
  const replies = await Promise.all(servers.map((server) => askOne(server, question, deadline)));
  const outcomes = servers.map(({ label }, at) => ({
    label,
    outcome: outcomeOf(replies[at]!, question, type),
  }));
  const labelsOf = (kind: ServerOutcome["kind"]): string[] =>
    outcomes.flatMap(({ label, outcome }) => (outcome.kind === kind ? [label] : []));

  const answered = outcomes.flatMap(({ label, outcome }) => {
    if (outcome.kind === "found") return [{ server: label, records: outcome.records }];
    return outcome.kind === "none" ? [{ server: label, records: [] }] : [];
  });
  if (answered.some(({ records }) => records.length > 0)) {
    const all = new Map(
      answered.flatMap(({ records }) => records.map((record) => [recordKey(record), record])),
    );
    const alias = outcomes.flatMap(({ outcome }) => (outcome.kind === "found" && outcome.alias) || [])[0];
    return {
      kind: "found",
      records: [...all.values()],
      servers: answered,
      ...(alias !== undefined && { alias }),
    };
  }
  for (const { outcome } of outcomes) {
    if (outcome.kind === "alias")
      return { kind: "alias", target: outcome.target, servers: labelsOf("alias") };
  }
  if (answered.length > 0) {
    const nameExists = outcomes.some(({ outcome }) => outcome.kind === "none" && outcome.nameExists);
    return { kind: "none", nameExists, servers: labelsOf("none") };
  }
  for (const { outcome } of outcomes) {
    if (outcome.kind === "failed")
      return { kind: "failed", reason: outcome.reason, servers: labelsOf("failed") };
  }
  const silent = outcomes.map(({ label, outcome }) =>
    outcome.kind === "silence" ? `${label}: ${outcome.reason}` : label,
  );
  return { kind: "unreachable", reason: silent.join("; ") || "the zone's name servers have no address" };
}

type ServerOutcome =
  | { kind: "found"; records: DnsRecord[]; alias?: string }
  | { kind: "none"; nameExists: boolean }
  | { kind: "alias"; target: string }
  | { kind: "failed"; reason: string }
  | { kind: "silence"; reason: string };

function outcomeOf(reply: Reply, question: Question, type: RecordType): ServerOutcome {
  if (reply.kind === "silence") return reply;
  if (reply.rcode !== "NOERROR" && reply.rcode !== "NXDOMAIN") return { kind: "failed", reason: reply.rcode };
  const records = reply.answers.flatMap((answer) => recordIn(answer, question.name, type));
  const alias = reply.answers.find((answer) => answer.type === "CNAME");
  const target = alias?.type === "CNAME" ? normaliseName(alias.data) : undefined;
  if (records.length > 0) return { kind: "found", records, ...(target !== undefined && { alias: target }) };
  if (target !== undefined) return { kind: "alias", target };
  if (reply.rcode === "NXDOMAIN") return { kind: "none", nameExists: false };
  const refersOn = !reply.authoritative && referredTo(reply, question.name).length > 0;
  return refersOn
    ? { kind: "failed", reason: "it refers to other servers" }
    : { kind: "none", nameExists: true };
}

/** Records behind an alias count for the name that was asked: that is how every mail server reads them. */
function recordIn(answer: DnsPacket.Answer, name: string, type: RecordType): DnsRecord[] {
  if (answer.type === "MX" && type === "MX") {
    const { preference, exchange } = answer.data;
    return [{ type, name, value: normaliseName(exchange), priority: preference ?? 0 }];
  }
  if (answer.type === "TXT" && type === "TXT") {
    const strings = [answer.data].flat().map((part) => (typeof part === "string" ? Buffer.from(part) : part));
    return [{ type, name, value: decodeTxt(Buffer.concat(strings)) }];
  }
  return [];
}

/** One name server: its addresses one after the other, until one answers. */
async function askOne(server: NameServer, question: Question, deadline: number): Promise<Reply> {
  let reply: Reply = { kind: "silence", reason: "its address is unknown" };
  for (const [at, address] of server.addresses.entries()) {
    const share = (deadline - performance.now()) / (server.addresses.length - at);
    reply = await query(address, question, performance.now() + share);
    if (reply.kind === "answer") return reply;
  }
  return reply;
}

/** Several resolvers at once: the first that can tell; else the first that answers at all. */
async function askAny(resolvers: Server[], question: Question, deadline: number): Promise<Reply> {
  const asked = resolvers.map((resolver) => query(resolver, question, deadline));
  const useful = asked.map(async (pending) => {
    const reply = await pending;
    if (reply.kind === "silence" || isFailure(reply)) throw new Error("no use");
    return reply;
  });
  return Promise.any(useful).catch(async () => {
    const replies = await Promise.all(asked);
    return replies.find((reply) => reply.kind === "answer") ?? replies[0]!;
  });
}

async function firstAnswer(
  servers: NameServer[],
  question: Question,
  deadline: number,
): Promise<Answer | undefined> {
  const replies = await Promise.all(servers.map((server) => askOne(server, question, deadline)));
  return replies.find((reply) => reply.kind === "answer");
}

/** The name servers of exactly this zone; a server that does not resolve names those of a zone below its own in a referral. */
function nameServersOf(reply: Reply, zone: string): string[] {
  if (reply.kind === "silence") return [];
  const referral = reply.answers.length === 0 && !reply.authoritative ? reply.authorities : [];
  return [...reply.answers, ...referral].flatMap((answer) =>
    answer.type === "NS" && normaliseName(answer.name) === zone ? [normaliseName(answer.data)] : [],
  );
}

/** The name servers a parent names for a zone: in a referral, or as an answer where it serves both. */
function referredTo(reply: Answer, name: string): string[] {
  return [...reply.answers, ...reply.authorities].flatMap((answer) =>
    answer.type === "NS" && isWithin(name, normaliseName(answer.name)) ? [normaliseName(answer.data)] : [],
  );
}

function isFailure(reply: Reply): boolean {
  return reply.kind === "answer" && reply.rcode !== "NOERROR" && reply.rcode !== "NXDOMAIN";
}

/** A server that is named for a zone and does not serve it. One that is not reached from here may well do. */
function isLame(reply: Reply): boolean {
  if (reply.kind === "silence") return false;
  return isFailure(reply) || (!reply.authoritative && reply.answers.length === 0);
}

function asCached(outcome: LookupOutcome): LookupOutcome {
  return outcome.kind === "found" || outcome.kind === "none" ? { ...outcome, cached: true } : outcome;
}

function nameServer(server: Server): NameServer {
  return { label: serverText(server), addresses: [server] };
}

function systemResolvers(): string[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { getServers } = require("node:dns") as typeof Dns;
  return getServers();
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
