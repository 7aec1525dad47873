import {
  contentProblem,
  isHostName,
  RECORD_TYPES,
  txtStrings,
  type RecordType,
  type Zone,
} from "../dns/zones.js";
import { type Api } from "../http/api.js";
import { type Call, type Codec } from "../http/call.js";
import { ApiError } from "../http/errors.js";
import { type CloudflareRecord } from "../model/objects.js";
import { type Store } from "../model/store.js";

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

/** All values of one type at one name; Route 53 knows no smaller thing. */
interface RecordSet {
  /** Lower case, without the final dot, escapes resolved. */
  name: string;
  type: RecordType | "SOA";
  ttl: number;
  /** As they were written. */
  values: string[];
}

interface Change {
  action: string;
  set: RecordSet;
}

/** A whole batch or nothing of it: every change is tried on a copy first. */
function change(store: Store, zone: Zone, changes: Change[]): void {
  const sets = setsOf(store, zone);
  const problems = changes.flatMap((each) => {
    const problem = setProblem(each.set, zone) ?? attempt(sets, each, zone);
    return problem === undefined ? [] : [problem];
  });
  if (problems.length > 0) throw refusal("InvalidChangeBatch", `[${problems.join(", ")}]`);
  commit(store, zone, sets);
}

/** Applies one change to the copy; returns why it cannot be done. */
function attempt(sets: Map<string, RecordSet>, { action, set }: Change, zone: Zone): string | undefined {
  const key = keyOf(set);
  const old = sets.get(key);
  const what = `resource record set [name='${shownName(set.name)}', type='${set.type}']`;
  if (action === "CREATE" && old) return `Tried to create ${what} but it already exists`;
  if (action === "DELETE") {
    if (set.name === zone.name && (set.type === "NS" || set.type === "SOA")) {
      return `A HostedZone must contain ${set.type === "NS" ? "at least one NS record" : "exactly one SOA record"} for the zone itself.`;
    }
    if (!old) return `Tried to delete ${what} but it was not found`;
    const same = old.ttl === set.ttl && String([...old.values].sort()) === String([...set.values].sort());
    if (!same) return `Tried to delete ${what} but the values provided do not match the current values`;
    sets.delete(key);
    return undefined;
  }
  const others = [...sets.values()].filter((each) => each.name === set.name && each.type !== set.type);
  if (set.type === "CNAME" && set.name === zone.name) {
    return `RRSet of type CNAME with DNS name ${shownName(set.name)} is not permitted at apex in zone ${zone.name}.`;
  }
  if (set.type === "CNAME" && others.length > 0) {
    return `RRSet of type CNAME with DNS name ${shownName(set.name)} is not permitted as it conflicts with other records with the same DNS name in zone ${zone.name}.`;
  }
  if (others.some(({ type }) => type === "CNAME")) {
    return `RRSet of type ${set.type} with DNS name ${shownName(set.name)} is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone ${zone.name}.`;
  }
  sets.set(key, set);
  return undefined;
}

function setProblem({ name, type, values }: RecordSet, zone: Zone): string | undefined {
  if (name !== zone.name && !name.endsWith(`.${zone.name}`)) {
    return `RRSet with DNS name ${shownName(name)} is not permitted in zone ${zone.name}.`;
  }
  const twice = values.find((value, at) => values.indexOf(value) !== at);
  if (twice !== undefined) return `Duplicate Resource Record: '${twice}'`;
  if (type === "CNAME" && values.length > 1) return "CNAME record sets have exactly one value";
  for (const value of values) {
    const problem = valueProblem(type, value);
    if (problem) return `Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value}''`;
  }
  return undefined;
}

/** Why a value is not what Route 53 takes for the type: its own form, which is no zone file's. */
function valueProblem(type: RecordSet["type"], value: string): string | undefined {
  if (type === "TXT") return textProblem(value);
  const fields = value.trim().split(/\s+/);
  if (type === "MX") {
    if (fields.length !== 2) return "MXRRDATANotTwoFields (MX record doesn't have 2 fields)";
    if (!isUint16(fields[0]!)) return "MXRRDATAPriorityNotInteger (MX record priority is not an integer)";
    return isHostName(fields[1]!) ? undefined : "DomainLabelInvalid (Value is not a valid domain name)";
  }
  if (type === "SRV") {
    const good = fields.length === 4 && fields.slice(0, 3).every(isUint16) && isHostName(fields[3]!);
    return good ? undefined : "SRVRRDATANotFourFields (SRV record doesn't have 4 fields)";
  }
  if (type === "CAA") {
    return /^\d+\s+[a-z0-9]+\s+"[^"]*"$/i.test(value)
      ? undefined
      : "CAARRDATAInvalid (CAA record is not valid)";
  }
  if (type === "SOA") return undefined;
  return contentProblem(type, value) === undefined
    ? undefined
    : `${type}RRDATAInvalid (Value is not valid for this type)`;
}

function textProblem(value: string): string | undefined {
  if (value.length > 4000) return "ValueTooLong (Value is longer than 4000 characters)";
  if (!QUOTED_STRINGS.test(value)) {
    return "InvalidCharacterString (Value should be enclosed in quotation marks)";
  }
  if (/[^\x20-\x7e]/.test(value)) return "UnsupportedCharacter (Value contains unsupported characters)";
  if (textStrings(value).some((bytes) => bytes.length > 255)) {
    return "CharacterStringTooLong (Value is too long)";
  }
  return undefined;
}

const QUOTED_STRINGS = /^\s*"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*\s*$/s;

/** The strings of a TXT value: escapes are three octal digits, or a backslash before the character meant. */
function textStrings(value: string): Buffer[] {
  const strings = value.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  return strings.map((quoted) => unescaped(quoted.slice(1, -1)));
}

function unescaped(value: string): Buffer {
  const parts = [...value.matchAll(/\\([0-3][0-7]{2})|\\(.)|([^\\]+)/gs)];
  return Buffer.concat(
    parts.map(([, octal, character, plain]) =>
      octal === undefined ? Buffer.from((character ?? plain)!, "utf8") : Buffer.from([parseInt(octal, 8)]),
    ),
  );
}

/** A value in the form the zones hold. */
function content(type: RecordSet["type"], value: string): { content: string; priority?: number } {
  if (type === "TXT") return { content: textStrings(value).map(zoneFileString).join(" ") };
  const fields = value.trim().split(/\s+/);
  const host = (name: string): string => name.replace(/\.$/, "").toLowerCase();
  if (type === "MX") return { priority: Number(fields[0]), content: host(fields[1]!) };
  if (type === "SRV") {
    return { priority: Number(fields[0]), content: `${fields[1]} ${fields[2]} ${host(fields[3]!)}` };
  }
  return { content: ["CNAME", "NS", "PTR"].includes(type) ? host(value.trim()) : value.trim() };
}

/** A record that another client wrote, as Route 53 would show it. */
function value(record: CloudflareRecord): string {
  const own = written.get(record);
  if (own?.content === record.content && own.priority === record.priority) return own.value;
  if (record.type === "TXT") {
    return txtStrings(record.content)
      .map((bytes) => `"${octal(bytes)}"`)
      .join(" ");
  }
  if (record.type === "MX" || record.type === "SRV") return `${record.priority ?? 0} ${record.content}`;
  return record.content;
}

/** Route 53 gives values back as they came; the zones hold what they mean. */
const written = new WeakMap<
  CloudflareRecord,
  { content: string; priority: number | undefined; value: string }
>();

function octal(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => {
      if (byte === 0x22) return '\\"';
      const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x5c;
      return plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
    })
    .join("");
}

function zoneFileString(bytes: Uint8Array): string {
  const escaped = [...bytes].map((byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    const plain = byte >= 0x20 && byte < 0x7f;
    return plain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, "0")}`;
  });
  return `"${escaped.join("")}"`;
}

/** The record sets of a zone; its own NS and SOA are among them. */
function setsOf(store: Store, zone: Zone): Map<string, RecordSet> {
  const soa = `${zone.nameServers[0]}. awsdns-hostmaster.amazon.com. ${zone.serial} 7200 900 1209600 86400`;
  const own: RecordSet[] = [
    { name: zone.name, type: "NS", ttl: 172_800, values: zone.nameServers.map((host) => `${host}.`) },
    { name: zone.name, type: "SOA", ttl: 900, values: [soa] },
  ];
  const sets = new Map(own.map((set) => [keyOf(set), set]));
  for (const record of store.zoneRecords.get(zone.id)!.all()) {
    const { name, type } = record;
    const set: RecordSet = { name, type, ttl: record.ttl === 1 ? 300 : record.ttl, values: [] };
    const there = sets.get(keyOf(set));
    sets.set(keyOf(set), { ...(there ?? set), values: [...(there?.values ?? []), value(record)] });
  }
  return sets;
}

/** Makes the zone's records what the sets say; a value that stays keeps its record. */
function commit(store: Store, zone: Zone, sets: Map<string, RecordSet>): void {
  const records = store.zoneRecords.get(zone.id)!;
  const wanted = new Map<string, { set: RecordSet; value: string }>();
  for (const set of sets.values()) {
    if (set.name === zone.name && (set.type === "NS" || set.type === "SOA")) continue;
    for (const each of set.values) wanted.set(JSON.stringify([keyOf(set), each]), { set, value: each });
  }
  for (const record of records.all()) {
    const key = JSON.stringify([keyOf(record), value(record)]);
    const stays = wanted.get(key);
    if (!stays) {
      records.remove(record.id);
      store.zones.withdraw(zone.id, record.id);
      continue;
    }
    wanted.delete(key);
    if (record.ttl === stays.set.ttl || (record.ttl === 1 && stays.set.ttl === 300)) continue;
    record.ttl = stays.set.ttl;
    store.zones.publish(zone.id, { ...record });
  }
  const now = new Date(store.clock.ms()).toISOString();
  for (const { set, value } of wanted.values()) {
    const { name, ttl } = set;
    const type = set.type as RecordType;
    const meant = content(type, value);
    const record: CloudflareRecord = {
      id: store.seeded.hex("record", `${zone.id}|${type}|${name}|${meant.content}`),
      name,
      type,
      ...meant,
      ttl,
      proxied: false,
      proxiable: false,
      comment: null,
      tags: [],
      settings: {},
      created_on: now,
      modified_on: now,
    };
    written.set(records.add(record), { content: meant.content, priority: meant.priority, value });
    store.zones.publish(zone.id, { ...record });
  }
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

/** A name as it was asked for: case and final dot do not count, `\ooo` stands for a character. */
function dnsName(name: string): string {
  return unescaped(name).toString("latin1").toLowerCase().replace(/\.$/, "");
}

/** A name as Route 53 shows it: anything but letters, digits, hyphens and underscores as an octal escape. */
function shownName(name: string): string {
  const escaped = [...Buffer.from(name, "latin1")].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[a-z0-9_.-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `${escaped.join("")}.`;
}

function keyOf({ name, type }: { name: string; type: string }): string {
  return `${type} ${name}`;
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

function isUint16(field: string): boolean {
  return /^\d{1,5}$/.test(field) && Number(field) <= 65_535;
}

function refusal(code: string, message: string, status = 400): ApiError {
  return new ApiError(status, code, message);
}

/** An element of an XML document; text where there are no elements in it. */
interface XmlNode {
  name: string;
  text: string;
  nodes: XmlNode[];
}

const NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/";

const xml: Codec = {
  contentType: "text/xml",
  read: (bytes) => parseXml(bytes.toString("utf8")),
  write: (body) => (body as { xml: string }).xml,
  error: ({ status, type, message }, requestId) => {
    const side = status < 500 ? "Sender" : "Receiver";
    const error = element(
      "Error",
      element("Type", side),
      element("Code", text(type)),
      element("Message", text(message)),
    );
    return document("ErrorResponse", [error, element("RequestId", requestId)]);
  },
};

function answer(root: string, parts: string[]): { body: { xml: string } } {
  return { body: { xml: document(root, parts) } };
}

function document(root: string, parts: string[]): string {
  return `<?xml version="1.0"?>\n<${root} xmlns="${NAMESPACE}">${parts.join("")}</${root}>`;
}

function element(name: string, ...parts: string[]): string {
  return `<${name}>${parts.join("")}</${name}>`;
}

function text(value: string): string {
  return value.replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Elements, their text and the predefined entities: what a request of this API is made of. */
function parseXml(source: string): XmlNode {
  const root: XmlNode = { name: "", text: "", nodes: [] };
  const open = [root];
  const tokens = /<\?[^>]*\?>|<!--.*?-->|<(\/?)([\w:.-]+)((?:\s[^<>]*?)?)(\/?)>|([^<]+)|</gs;
  for (const [token, closing, name, , empty, plain] of source.matchAll(tokens)) {
    const parent = open.at(-1)!;
    if (plain !== undefined) parent.text += plain.replace(/&(#x?[\da-f]+|\w+);/gi, entity);
    else if (token === "<") throw malformed();
    else if (name === undefined) continue;
    else if (closing) {
      if (open.pop()!.name !== name || open.length === 0) throw malformed();
    } else {
      const node: XmlNode = { name, text: "", nodes: [] };
      parent.nodes.push(node);
      if (!empty) open.push(node);
    }
  }
  if (open.length !== 1) throw malformed();
  return root.nodes[0] ?? root;
}

function entity(whole: string, name: string): string {
  const known: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  if (!name.startsWith("#")) return known[name] ?? whole;
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

function malformed(): ApiError {
  return refusal("MalformedInput", "Unexpected end of document or mismatched element");
}

function children(node: XmlNode | undefined, name: string): XmlNode[] {
  return node?.nodes.filter((each) => each.name === name) ?? [];
}

function child(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return children(node, name)[0];
}

function textOf(node: XmlNode | undefined, name: string): string | undefined {
  return child(node, name)?.text;
}
