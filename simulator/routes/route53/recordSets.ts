import { type RecordType, txtStrings, type Zone } from "../../dns/zones.js";
import { type CloudflareRecord } from "../../model/objects.js";
import { type Store } from "../../model/store.js";
import { content, octal, shownName, type SetType, valueProblem } from "./values.js";
import { refusal } from "./xml.js";

/** All values of one type at one name; Route 53 knows no smaller thing. */
export interface RecordSet {
  /** Lower case, without the final dot, escapes resolved. */
  name: string;
  type: SetType;
  ttl: number;
  /** As they were written. */
  values: string[];
}

export interface Change {
  action: string;
  set: RecordSet;
}

/** A whole batch or nothing of it: every change is tried on a copy first. */
export function change(store: Store, zone: Zone, changes: Change[]): void {
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

/** The record sets of a zone; its own NS and SOA are among them. */
export function setsOf(store: Store, zone: Zone): Map<string, RecordSet> {
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

function keyOf({ name, type }: { name: string; type: string }): string {
  return `${type} ${name}`;
}
