/**
 * What the resource plugins of the DNS vendors do with a record, in a few lines and against the simulator's zones themselves. The
 * real engine's runs use the stand-ins of `test/plugins` instead.
 */
import { type Simulator } from "nylas-simulator";
import { type Properties, UNKNOWN } from "./state";

/** What the model asks of a resource's provider. */
export interface Provider {
  check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: string[] }>;
  diff(id: string, olds: Properties, news: Properties): Promise<{ changes: boolean; replaces: string[] }>;
  create(inputs: Properties): Promise<{ id: string; outputs: Properties }>;
  /** Undefined where it is gone. */
  read(id: string, outputs: Properties, inputs: Properties): Promise<Read | undefined>;
  update(id: string, olds: Properties, news: Properties): Promise<Properties>;
  delete(id: string, outputs: Properties): Promise<void>;
}

export interface Read {
  id: string;
  outputs: Properties;
  inputs: Properties | undefined;
}

export const CLOUDFLARE = "cloudflare:index/dnsRecord:DnsRecord";
export const ROUTE53 = "aws:route53/record:Record";

type ZoneRecord = ReturnType<Simulator["state"]>["zones"][number]["records"][number];

export function cloudflare(sim: Simulator): Provider {
  const zone = (id: unknown) => {
    const found = zonesOf(sim).find((each) => each.id === id);
    if (!found) throw new Error(`404 Could not route to /client/v4/zones/${String(id)}/dns_records`);
    return found;
  };
  const write = ({ zoneId, name, type, content, priority }: Properties): string => {
    const { id, name: zoneName, records } = zone(zoneId);
    const full = within(String(name), zoneName);
    const same = records.filter((each) => each.name === full);
    if (same.some((each) => each.type === type && bare(each) === unquoted(String(content))))
      throw new Error("400 An identical record already exists. (81058)");
    if (same.some((each) => each.type === "CNAME"))
      throw new Error("400 A CNAME record stands there. (81053)");
    return put(sim, id, { type, name: full, content, priority });
  };
  const keys = ["zoneId", "name", "type", "content", "priority", "ttl", "comment"];
  return {
    check: async (_olds, news) => ({
      inputs: news,
      failures: missing(news, ["name", "ttl", "type", "zoneId"]),
    }),
    diff: async (_id, olds, news) => compare(keys, olds, news, ["zoneId", "type"]),
    create: async (inputs) => ({ id: write(inputs), outputs: inputs }),
    read: async (id, outputs) => {
      const [recordId, from] = id.split("/").reverse() as [string, string?];
      const zoneId = from ?? outputs.zoneId;
      const record = zone(zoneId).records.find((each) => each.id === recordId);
      if (!record) return undefined;
      const { name, type, content, priority, ttl } = record;
      const seen = {
        ...outputs,
        ...{ zoneId, name, type, content, ttl, proxied: false },
        ...(priority === undefined || priority === null ? {} : { priority }),
      };
      return { id: recordId, outputs: seen, inputs: seen };
    },
    update: async (id, olds, news) => {
      const { name, type, content, priority, ttl } = news;
      const answer = await fetch(`${sim.cloudflareUrl}/zones/${String(olds.zoneId)}/dns_records/${id}`, {
        method: "PUT",
        headers: { authorization: `Bearer ${sim.keys.cloudflareToken}`, "content-type": "application/json" },
        body: JSON.stringify({ name, type, content, priority, ttl }),
      });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      return news;
    },
    delete: async (id, outputs) => {
      if (zone(outputs.zoneId).records.some((each) => each.id === id))
        sim.removeRecord(String(outputs.zoneId), id);
    },
  };
}

export function route53(sim: Simulator): Provider {
  const zone = (id: unknown) => {
    const found = sim.hostedZones.findIndex((each) => each.id === id);
    if (found < 0) throw new Error(`reading Route 53 Hosted Zone (${String(id)}): NoSuchHostedZone`);
    return zonesOf(sim)[found]!;
  };
  const setOf = ({ zoneId, name, type }: Properties): ZoneRecord[] => {
    const { name: zoneName, records } = zone(zoneId);
    const full = within(String(name), zoneName);
    return records.filter((each) => each.name === full && each.type === type);
  };
  const write = (inputs: Properties): void => {
    const { id, name: zoneName } = zone(inputs.zoneId);
    for (const value of inputs.records as string[]) {
      const [priority, host] = inputs.type === "MX" ? value.split(" ") : [undefined, undefined];
      put(sim, id, {
        type: inputs.type,
        name: within(String(inputs.name), zoneName),
        content: host ?? `"${value}"`,
        ...(priority === undefined ? {} : { priority: Number(priority) }),
      });
    }
  };
  const drop = (outputs: Properties): void => {
    const { id } = zone(outputs.zoneId);
    for (const record of setOf(outputs)) sim.removeRecord(id, record.id);
  };
  const values = (set: ZoneRecord[]) =>
    set.map((each) => (each.type === "MX" ? `${each.priority} ${each.content}` : bare(each))).sort();
  const keys = ["zoneId", "name", "type", "records", "ttl"];
  return {
    check: async (_olds, news) => ({
      inputs: news,
      failures: missing(news, ["name", "records", "type", "zoneId"]),
    }),
    diff: async (_id, olds, news) => compare(keys, olds, news, ["zoneId", "name"]),
    create: async (inputs) => {
      if (setOf(inputs).length > 0)
        throw new Error(
          `creating Route53 Record: InvalidChangeBatch: it exists already: ${String(inputs.name)}`,
        );
      write(inputs);
      return {
        id: `${String(inputs.zoneId)}_${String(inputs.name)}_${String(inputs.type)}`,
        outputs: inputs,
      };
    },
    read: async (id, outputs) => {
      const [, zoneId, name, type] = /^([^_]+)_(.+)_(MX|TXT)$/.exec(id) ?? [];
      const place = { zoneId, name, type, ...outputs };
      const set = setOf(place);
      if (set.length === 0) return undefined;
      const seen = { ...place, records: values(set), ttl: set[0]!.ttl === 1 ? 300 : set[0]!.ttl };
      return { id, outputs: seen, inputs: seen };
    },
    update: async (_id, olds, news) => {
      drop(olds);
      write(news);
      return news;
    },
    delete: async (_id, outputs) => drop(outputs),
  };
}

function zonesOf(sim: Simulator) {
  return sim.state().zones;
}

function put(sim: Simulator, zone: string, record: Properties): string {
  const { type, name, content, priority } = record;
  return sim.putRecord(zone, {
    type: type as "MX",
    name: String(name),
    content: String(content),
    ...(typeof priority === "number" ? { priority } : {}),
  });
}

/** As the vendors' resources say it of an argument that is left out, or that came out of nothing. */
function missing(inputs: Properties, required: string[]): string[] {
  return required
    .filter((name) => inputs[name] === undefined || inputs[name] === null)
    .map(
      (name) => `Missing required argument: The argument "${name}" is required, but no definition was found.`,
    );
}

function compare(keys: string[], olds: Properties, news: Properties, replacing: string[]) {
  const differ = keys.filter((key) => !alike(key, olds[key], news[key]));
  return { changes: differ.length > 0, replaces: differ.filter((key) => replacing.includes(key)) };
}

function alike(key: string, before: unknown, after: unknown): boolean {
  if (after === UNKNOWN) return false;
  const plain = (value: unknown): unknown => (Array.isArray(value) ? [...value].sort() : value);
  const text = (value: unknown) => JSON.stringify(plain(value) ?? null);
  return key === "content"
    ? unquoted(String(before)) === unquoted(String(after))
    : text(before) === text(after);
}

function within(name: string, zone: string): string {
  const plain = name.toLowerCase().replace(/\.$/, "");
  return plain === zone || plain.endsWith(`.${zone}`) ? plain : `${plain}.${zone}`;
}

function bare(record: ZoneRecord): string {
  return unquoted(record.content);
}

/** The text of a TXT record without its quotes and seams. */
function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/"\s+"/g, "") : text;
}
