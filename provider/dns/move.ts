import { findConflicts, standingAt } from "./conflicts";
import { requiredSlots, type RecordSlots, type Slot } from "./layout";
import { type Served, type LookupOutcome } from "./outcomes";
import { samePlace } from "./place";
import { normaliseName, sameRecord } from "./records";

/** The zone that a domain lies in and the name servers that it is delegated to, sorted. */
export interface ServedBy {
  zone: string;
  nameServers: string[];
}

/** What is recorded of who serves a domain, beside the place that its records are published at. */
export interface Servers {
  publishedAt?: string | undefined;
  /** The name servers of the place. */
  servedBy?: ServedBy | undefined;
  /** Name servers that served the domain when the records at the place were made, and are of another place. */
  servedBefore?: ServedBy | undefined;
}

/**
 * What is recorded from now on. The seen servers count as those of the place only when they differ from those before
 * the records came there. Nylas may have verified a domain with an unmoved delegation by the records at the old
 * place. `stoodBefore`: the records were served already when the first ones of this place were made beside them.
 */
export function serversOfPlace(
  seen: ServedBy | undefined,
  place: string | undefined,
  recorded: Servers,
  stoodBefore = false,
): Pick<Servers, "servedBy" | "servedBefore"> {
  if (recorded.publishedAt === undefined && stoodBefore) return { servedBefore: seen };
  const { publishedAt, servedBy, servedBefore } = recorded;
  const hasMoved = publishedAt !== undefined && !samePlace(publishedAt, place);
  // Without a record of the old servers, those that are seen now may be they.
  const before = hasMoved ? (servedBy ?? seen) : servedBefore;
  if (before === undefined) return { servedBy: seen ?? servedBy };
  return seen !== undefined && isAnother(seen, before) ? { servedBy: seen } : { servedBefore: before };
}

/** Whether none of the servers is one of the earlier ones. */
function isAnother(seen: ServedBy, earlier: ServedBy): boolean {
  return (
    seen.zone !== earlier.zone || !seen.nameServers.some((server) => earlier.nameServers.includes(server))
  );
}

/** Whether a domain is served by the very servers that served it before. */
export function isServedAsBefore(seen: ServedBy, before: ServedBy): boolean {
  const servers = ({ nameServers }: ServedBy) => [...nameServers].sort().join(" ");
  return seen.zone === before.zone && servers(seen) === servers(before);
}

/** Whether all servers have the names of another vendor than the one that the records are published with. */
export function isOfAnotherVendor({ nameServers }: ServedBy, vendor: string): boolean {
  if (VENDOR_SERVERS[vendor] === undefined || nameServers.length === 0) return false;
  return nameServers.every((server) => ![undefined, vendor].includes(vendorOfServer(server)));
}

/** What is known when records have moved from one zone to another. */
export interface Move {
  /** Who served the domain when it was last seen verified; undefined where nothing is recorded. */
  recorded: ServedBy | undefined;
  served: Served;
  /** The vendors of the old and the new place. Zones of one vendor may share a name server. */
  vendors: { from: string; to: string };
  records: Partial<RecordSlots>;
  published: Partial<Record<Slot, LookupOutcome>>;
}

/**
 * Why the records at the old place may not go yet; undefined when they may. `blind` tells that it cannot be seen from here.
 *
 * They may go once the domain is delegated to other name servers than the recorded ones. Each of those servers has to
 * serve every required record as it is declared. Where the new place's vendor has servers with names of their own
 * kind, the domain's servers need such names.
 */
export function moveBlocker(move: Move): { reason: string; blind: boolean } | undefined {
  const { recorded, served, vendors } = move;
  const sameVendor = vendors.from === vendors.to;
  if (served.kind === "unseen")
    return { blind: true, reason: `the delegation cannot be seen: ${served.reason}` };
  const { zone, nameServers, lame } = served;
  if (recorded !== undefined && zone === recorded.zone) {
    const kept = recorded.nameServers.filter((server) => nameServers.includes(server));
    const fresh = nameServers.filter((server) => !recorded.nameServers.includes(server));
    // A zone that has lost one of its servers has not moved. A zone with half of its servers changed at the registrar
    // is served from both places.
    if (kept.length > 0 || fresh.length === 0)
      return { blind: false, reason: stillServed(zone, kept, fresh, sameVendor) };
  }
  const ofOld = sameVendor ? [] : nameServers.filter((server) => vendorOfServer(server) === vendors.from);
  if (ofOld.length > 0)
    return { blind: false, reason: `${zone} is served by ${ofOld.join(", ")}, which is of ${vendors.from}` };
  // Servers with the names of another vendor do not serve what stands at the old place.
  if (recorded === undefined && !isOfAnotherVendor(served, vendors.from))
    return { blind: true, reason: `the name servers that served it before are not recorded` };
  const elsewhere = nameServers.filter((server) => {
    const vendor = vendorOfServer(server);
    return vendor !== undefined && vendor !== vendors.to && VENDOR_SERVERS[vendors.to] !== undefined;
  });
  if (elsewhere.length > 0)
    return {
      blind: false,
      reason: `${zone} is served by ${elsewhere.join(", ")}, which is not of ${vendors.to}`,
    };
  // The zone at the old place may have got names of its own since; it serves the same records.
  const untold =
    zone === recorded?.zone ? nameServers.filter((server) => !isNamedBy(vendors.to, server)) : [];
  if (untold.length > 0)
    return {
      blind: true,
      reason: `the names of ${untold.join(", ")}, which serve ${zone}, do not tell whether they are of ${vendors.to}`,
    };
  if (lame.length > 0)
    return {
      blind: false,
      reason: `${zone} is delegated to ${lame.join(", ")}, which does not answer for it`,
    };
  return recordsBlocker(move.records, move.published, nameServers);
}

function stillServed(zone: string, kept: string[], fresh: string[], sameVendor: boolean): string {
  const still = `${zone} is still served by ${kept.join(", ")}`;
  if (fresh.length === 0 || !sameVendor) return still;
  // Two zones of one vendor may have a server in common, and then nobody can tell the places apart by their names.
  return `${still}, and by ${fresh.join(", ")}: the delegation shows servers of the old place, or the two places share them`;
}

/** How vendors name the servers of their zones. A zone may have servers with names of its own beside or instead. */
const VENDOR_SERVERS: Readonly<Record<string, RegExp>> = {
  cloudflare: /\.ns\.cloudflare\.com$/,
  route53: /\.awsdns-\d+\.(com|net|org|co\.uk)$/,
};

/** Whether a server has a name of the vendor. Of a vendor whose names are not known, any server may be. */
function isNamedBy(vendor: string, server: string): boolean {
  return VENDOR_SERVERS[vendor]?.test(server) ?? true;
}

function vendorOfServer(server: string): string | undefined {
  return Object.keys(VENDOR_SERVERS).find((vendor) => VENDOR_SERVERS[vendor]!.test(server));
}

/** Why the records do not yet stand as declared for everybody who asks. */
export function recordsBlocker(
  records: Partial<RecordSlots>,
  published: Partial<Record<Slot, LookupOutcome>>,
  nameServers: readonly string[] = [],
  wanted: readonly Slot[] = requiredSlots,
): { reason: string; blind: boolean } | undefined {
  const by = nameServers.length > 0 ? ` (asked: ${nameServers.join(", ")})` : "";
  for (const slot of wanted) {
    const record = records[slot];
    if (!record) continue;
    const outcome = published[slot];
    const name = `${record.type} ${record.name} (${slot})`;
    if (outcome === undefined || outcome.kind === "unreachable" || outcome.kind === "failed") {
      return { blind: true, reason: `${name} cannot be seen: ${outcome?.reason ?? "it was not asked for"}` };
    }
    if (outcome.kind !== "found") return { blind: false, reason: `${name} is not served yet${by}` };
    // A resolver's memory may be of the zone that served it before.
    if (outcome.cached)
      return {
        blind: true,
        reason: `the name servers of ${name} cannot be reached, and a cache proves nothing`,
      };
    const lacking = outcome.servers.filter(
      ({ records: there }) => !there.some((each) => sameRecord(each, record)),
    );
    if (lacking.length > 0 || outcome.wildcard) {
      const where = outcome.wildcard ? [] : lacking.map(({ server }) => server);
      return {
        blind: false,
        reason: `${name} is not served as declared${where.length > 0 ? ` by ${where.join(", ")}` : by}`,
      };
    }
  }
  const conflicts = conflictsOf(records, published);
  return conflicts.length > 0 ? { blind: false, reason: conflicts.join("; ") } : undefined;
}

/** Mail that goes elsewhere, or a second SPF record, beside what stands as declared. */
function conflictsOf(
  records: Partial<RecordSlots>,
  published: Partial<Record<Slot, LookupOutcome>>,
): string[] {
  const { mx, spf } = records;
  if (!mx || !spf) return [];
  return findConflicts({ mx, spf }, { at: standingAt(published) })
    .filter(({ harm }) => harm === "mail")
    .map(({ text }) => text);
}

/** The required slots whose record stands at another name than before. Of what the engine skips, nothing is known. */
export function movedNames(
  before: Partial<RecordSlots> | undefined,
  after: Partial<RecordSlots> | undefined,
): Slot[] {
  if (before === undefined || after === undefined) return [];
  return requiredSlots.filter((slot) => {
    const [old, now] = [before[slot], after[slot]];
    // What is not known yet stands in the place of a record, or of its name.
    if (typeof old?.name !== "string" || typeof now?.name !== "string") return false;
    return normaliseName(old.name) !== normaliseName(now.name);
  });
}
