import { NAME_SERVERS } from "../dns/server.js";
import { type Vendor } from "../dns/zones.js";
import { Collection } from "../model/collection.js";
import { type Store } from "../model/store.js";
import { BadOption } from "../settings/settings.js";

/** What a zone may be given beside its name. */
export interface NewZone {
  /** The vendor whose API shows it. Default: both. Needed for a second zone of the same name. */
  vendor?: Vendor;
  /** Its name servers. Default: those of all zones, or a pair of its own where it has a vendor or is not delegated. */
  nameServers?: string[];
  /** False: nobody delegates to it until the parent zone has its NS records, or `setDelegation` says so. Default: true. */
  delegated?: boolean;
}

/** A zone; a second one of a name needs a vendor, and has name servers of its own. */
export function addZone(store: Store, name: string, more: NewZone = {}): { id: string; name: string } {
  const { vendor, nameServers, delegated } = more;
  const lower = name.toLowerCase().replace(/\.$/, "");
  if (vendor !== undefined && vendor !== "cloudflare" && vendor !== "route53")
    throw new BadOption(`vendor: expected cloudflare or route53, got ${JSON.stringify(vendor)}`);
  if (store.zones.byName(lower) && vendor === undefined) throw new BadOption(`zone: ${lower} exists already`);
  const count = store.zones.list().length;
  const own = serversOf(vendor, count + 1);
  const zone = store.zones.add({
    id: store.seeded.hex("zone", store.zones.byName(lower) ? `${lower} ${count}` : lower),
    name: lower,
    nameServers: nameServers ?? (vendor === undefined && delegated !== false ? NAME_SERVERS : own),
    ...(vendor === undefined ? {} : { vendor }),
    ...(delegated === undefined ? {} : { delegated }),
  });
  store.zoneRecords.set(zone.id, new Collection());
  return { id: zone.id, name: zone.name };
}

/** As each vendor names the servers of a zone. */
function serversOf(vendor: string | undefined, n: number): string[] {
  if (vendor === "cloudflare") return [`eve${n}.ns.cloudflare.com`, `tom${n}.ns.cloudflare.com`];
  if (vendor === "route53") return [`ns-15${n}.awsdns-0${n % 10}.co.uk`, `ns-${n}.awsdns-0${n % 10}.com`];
  return NAME_SERVERS.map((host) => host.replace(".ns.", `.ns${n}.`));
}
