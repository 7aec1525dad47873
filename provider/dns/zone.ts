import { type Server, serverText } from "./query";
import { isWithin, normaliseName } from "./records";
import { askAny, firstAnswer, isFailure, type NameServer, nameServersOf, referredTo } from "./servers";
import type * as Tldts from "tldts";

export type Zone =
  /** `servers` are those that are asked, the first few of `nameServers`. */
  | { kind: "zone"; name: string; servers: NameServer[]; nameServers: string[] }
  | { kind: "broken"; name: string; servers: NameServer[]; serversAnswer: boolean }
  | { kind: "none"; name: string }
  | { kind: "unreachable"; reason: string };

/** Where a name lies, in the words of a resolver: the zone with the names of its servers, or why there is none. */
type Place =
  | { kind: "zone"; name: string; nameServers: string[] }
  /** No answer for this zone, while the one above it is answered for. */
  | { kind: "failing"; name: string; above: { name: string; nameServers: string[] } }
  | { kind: "none"; name: string; unregistered: boolean }
  | { kind: "unreachable"; reason: string; silent: boolean };

export const maxNameServers = 4;

/** The names that vendors give the servers of private zones. Resolvers inside of a network alone answer from such a zone. */
const PRIVATE_SERVERS = [
  /^ns-(0\.awsdns-00\.com|512\.awsdns-00\.net|1024\.awsdns-00\.org|1536\.awsdns-00\.co\.uk)$/,
  /^ns-gcp-private\.googledomains\.com$/,
  /(^|\.)azureprivatedns\.net$/,
];

/** Whether it is a private zone: what stands in it says nothing of what the world sees. */
export function isPrivate(nameServers: readonly string[]): boolean {
  const isOfPrivate = (server: string) => PRIVATE_SERVERS.some((form) => form.test(normaliseName(server)));
  return nameServers.length > 0 && nameServers.every(isOfPrivate);
}

function privateText({ name, nameServers }: { name: string; nameServers: string[] }): string {
  return `the resolver answers for ${name} from a private zone (${nameServers.join(", ")}), which the world does not see`;
}

export async function findZone(
  name: string,
  resolvers: Server[],
  port: number,
  deadline: number,
): Promise<Zone> {
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
export async function findPlace(name: string, resolvers: Server[], deadline: number): Promise<Place> {
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
  // oxlint-disable-next-line typescript/no-require-imports
  const { parse } = require("tldts") as typeof Tldts;
  const { isIcann, publicSuffix, domain } = parse(name, { validateHostname: false });
  return isIcann && publicSuffix !== null && domain !== null ? { suffix: publicSuffix, domain } : undefined;
}

export async function addressesOf(
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
