import { type DnsRecord } from "./records";

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

/** The addresses that a name leads to. */
export type AddressOutcome =
  /** `alias` is what a CNAME leads to. `wildcard`: a name beside it, which nobody can have made, leads to the same. */
  | { kind: "found"; addresses: string[]; alias?: string; wildcard?: boolean }
  | { kind: "none" }
  | { kind: "unseen"; reason: string };

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

/** The name servers that the world is sent to for a domain. */
export type Served =
  /** Those that the zone above names and those that the zone states itself, sorted; `lame` do not answer for it. */
  | { kind: "served"; zone: string; nameServers: string[]; lame: string[] }
  | { kind: "unseen"; reason: string };
