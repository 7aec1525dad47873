import { RECORD_TYPES, type Zone } from "../dns/zones.js";
import { type Api } from "../http/api.js";
import { type Call } from "../http/call.js";
import { type Store } from "../model/store.js";
import { refusal, type XmlNode, xml, answer, element, text, children, child, textOf } from "./route53/xml.js";
import { dnsName, shownName } from "./route53/values.js";
import { type RecordSet, type Change, change, setsOf } from "./route53/recordSets.js";

/**
 * The part of Route 53's REST API that a DNS client needs: hosted zones, their record sets, and how far a change has
 * come. A zone without a vendor of its own is the same one that Cloudflare's API shows, so whichever vendor's client writes, one DNS serves it.
 */
export function route53(api: Api): void {
  const options = { key: "aws", codec: xml } as const;
  const base = "/2013-04-01";

  api.route("GET", `${base}/hostedzone`, options, (call) =>
    answer("ListHostedZonesResponse", [
      element("HostedZones", ...call.store.zones.at("route53").map((zone) => zoneShown(call.store, zone))),
      element("Marker", ""),
      element("IsTruncated", "false"),
      element("MaxItems", "100"),
    ]),
  );

  api.route("GET", `${base}/hostedzonesbyname`, options, (call) => {
    const max = maxItems(call, 100);
    const from = sortKey(dnsName(call.query.dnsname ?? "."));
    const sorted = call.store.zones.at("route53").sort((a, b) => compare(sortKey(a.name), sortKey(b.name)));
    const found = sorted.filter((zone) => sortKey(zone.name) >= from);
    const rest = found[max];
    return answer("ListHostedZonesByNameResponse", [
      element("HostedZones", ...found.slice(0, max).map((zone) => zoneShown(call.store, zone))),
      ...(call.query.dnsname === undefined ? [] : [element("DNSName", text(call.query.dnsname))]),
      element("IsTruncated", String(rest !== undefined)),
      ...(rest === undefined
        ? []
        : [element("NextDNSName", shownName(rest.name)), element("NextHostedZoneId", hostedZoneId(rest))]),
      element("MaxItems", String(max)),
    ]);
  });

  api.route("GET", `${base}/hostedzone/:zone`, options, (call) => {
    const zone = zoneOf(call);
    const servers = zone.nameServers.map((host) => element("NameServer", text(host)));
    return answer("GetHostedZoneResponse", [
      zoneShown(call.store, zone),
      element("DelegationSet", element("NameServers", ...servers)),
    ]);
  });

  api.route("GET", `${base}/hostedzone/:zone/rrset`, options, (call) => {
    const max = maxItems(call, 300);
    const { name, type } = call.query;
    if (type !== undefined && name === undefined)
      throw refusal("InvalidInput", "type needs a name to start at");
    const start = name === undefined ? undefined : `${sortKey(dnsName(name))} ${type ?? ""}`;
    const all = [...setsOf(call.store, zoneOf(call)).values()].sort((a, b) => compare(place(a), place(b)));
    const found = all.filter((set) => start === undefined || place(set) >= start);
    const rest = found[max];
    return answer("ListResourceRecordSetsResponse", [
      element("ResourceRecordSets", ...found.slice(0, max).map(setShown)),
      element("IsTruncated", String(rest !== undefined)),
      ...(rest === undefined
        ? []
        : [element("NextRecordName", shownName(rest.name)), element("NextRecordType", rest.type)]),
      element("MaxItems", String(max)),
    ]);
  });

  for (const path of [`${base}/hostedzone/:zone/rrset`, `${base}/hostedzone/:zone/rrset/`]) {
    api.route("POST", path, options, (call) => {
      const zone = zoneOf(call);
      change(call.store, zone, requestedChanges(call.body as XmlNode));
      return answer("ChangeResourceRecordSetsResponse", [changeShown(recorded(call.store))]);
    });
  }

  api.route("GET", `${base}/change/:change`, options, (call) => {
    const id = call.params.change!;
    const found = changesOf(call.store).find((each) => each.id === id);
    if (!found) throw refusal("NoSuchChange", `Could not find resource with ID: ${id}`, 404);
    return answer("GetChangeResponse", [changeShown(found, call.store.clock.ms())]);
  });
}

/** The id under which Route 53 knows a zone. */
export function hostedZoneId(zone: { id: string }): string {
  return `Z${zone.id.slice(0, 20).toUpperCase()}`;
}

function requestedChanges(request: XmlNode): Change[] {
  const batch = child(child(request, "ChangeBatch"), "Changes");
  const changes = children(batch, "Change").map((node): Change => {
    const action = textOf(node, "Action");
    if (!["CREATE", "UPSERT", "DELETE"].includes(action ?? "")) {
      throw refusal("InvalidInput", `Invalid XML ; Value '${action}' is not facet-valid for ChangeAction`);
    }
    const set = child(node, "ResourceRecordSet");
    for (const unknown of ["AliasTarget", "SetIdentifier", "Weight", "Failover", "GeoLocation"]) {
      if (children(set, unknown).length > 0) throw refusal("InvalidInput", `${unknown} is not simulated`);
    }
    const type = textOf(set, "Type") as RecordSet["type"];
    if (type !== "SOA" && !RECORD_TYPES.includes(type)) {
      throw refusal("InvalidInput", `Invalid XML ; Value '${type}' is not facet-valid for RRType`);
    }
    const values = children(child(set, "ResourceRecords"), "ResourceRecord").map(
      (record) => textOf(record, "Value") ?? "",
    );
    const ttl = Number(textOf(set, "TTL") ?? NaN);
    const sound = Number.isInteger(ttl) && ttl >= 0 && ttl <= 2_147_483_647;
    if (!sound) throw refusal("InvalidInput", "Invalid request: Missing field 'TTL' in ResourceRecordSet");
    if (values.length === 0) {
      throw refusal(
        "InvalidInput",
        "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]]",
      );
    }
    return { action: action!, set: { name: dnsName(textOf(set, "Name") ?? ""), type, ttl, values } };
  });
  if (changes.length === 0) throw refusal("InvalidInput", "Invalid XML ; the change batch is empty");
  return changes;
}

interface RecordedChange {
  id: string;
  submittedAt: number;
  /** When all name servers have it, in the simulator's milliseconds. */
  insyncAt: number;
}

const changesByStore = new WeakMap<Store, RecordedChange[]>();

function changesOf(store: Store): RecordedChange[] {
  const changes = changesByStore.get(store) ?? [];
  changesByStore.set(store, changes);
  return changes;
}

function recorded(store: Store): RecordedChange {
  const id = `C${store.seeded.hex("change", "route53", 20).toUpperCase()}`;
  const submittedAt = store.clock.ms();
  const made = { id, submittedAt, insyncAt: submittedAt + store.settings.propagationDelayMs };
  changesOf(store).push(made);
  return made;
}

/** What a new change says is always PENDING. */
function changeShown({ id, submittedAt, insyncAt }: RecordedChange, now = -Infinity): string {
  return element(
    "ChangeInfo",
    element("Id", `/change/${id}`),
    element("Status", now >= insyncAt ? "INSYNC" : "PENDING"),
    element("SubmittedAt", new Date(submittedAt).toISOString()),
  );
}

function zoneShown(store: Store, zone: Zone): string {
  return element(
    "HostedZone",
    element("Id", `/hostedzone/${hostedZoneId(zone)}`),
    element("Name", shownName(zone.name)),
    element("CallerReference", zone.id),
    element("Config", element("PrivateZone", "false")),
    element("ResourceRecordSetCount", String(setsOf(store, zone).size)),
  );
}

function setShown({ name, type, ttl, values }: RecordSet): string {
  const records = values.map((each) => element("ResourceRecord", element("Value", text(each))));
  return element(
    "ResourceRecordSet",
    element("Name", shownName(name)),
    element("Type", type),
    element("TTL", String(ttl)),
    element("ResourceRecords", ...records),
  );
}

function zoneOf(call: Call): Zone {
  const id = call.params.zone!;
  const zone = call.store.zones.at("route53").find((each) => hostedZoneId(each) === id);
  if (!zone) throw refusal("NoSuchHostedZone", `No hosted zone found with ID: ${id}`, 404);
  return zone;
}

function maxItems(call: Call, most: number): number {
  const given = Number(call.query.maxitems ?? most);
  if (!Number.isInteger(given) || given < 1) throw refusal("InvalidInput", "maxitems is not valid");
  return Math.min(given, most);
}

/** Route 53 sorts by the labels from the last to the first, then by type. */
function place({ name, type }: RecordSet): string {
  return `${sortKey(name)} ${type}`;
}

function sortKey(name: string): string {
  return `${name.split(".").reverse().join(".")}.`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
