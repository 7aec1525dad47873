/** Zones and records at Cloudflare, by the official client `cloudflare`. */
import { normaliseName, parseMx, quoteTxt, recordKey, unquoteTxt, type DnsRecord } from "../../dns/records";
import { CliError } from "../io";
import { type Adapted, filled, loadClient, type StandingRecord, type Vendor, type Zone } from "./vendors";

/** The part of the client that is used: `zones.list` and `dns.records.list`, whose pages it turns itself. */
interface Client {
  zones: { list(query: { per_page: number }): AsyncIterable<{ id: string; name: string }> };
  dns: { records: { list(query: { zone_id: string; per_page: number }): AsyncIterable<CloudflareRecord> } };
}

interface CloudflareRecord {
  id: string;
  type: string;
  name: string;
  content?: string;
  priority?: number;
  ttl: number;
  proxied?: boolean;
  comment?: string | null;
  tags?: string[];
  settings?: Record<string, unknown>;
}

export function cloudflare(environment: NodeJS.ProcessEnv, folder: string): Vendor {
  const client = connect(environment, folder);
  return {
    name: "cloudflare",
    folder,
    title: "Cloudflare",
    resource: {
      type: "cloudflare:index/dnsRecord:DnsRecord",
      module: "@pulumi/cloudflare/dnsRecord",
      className: "DnsRecord",
      python: { module: "pulumi_cloudflare", name: "DnsRecord" },
      go: { module: "github.com/pulumi/pulumi-cloudflare/sdk/v6/go/cloudflare", name: "DnsRecord" },
      numbers: "number",
    },
    adapter: { module: "pulumi-nylas/cloudflare", functionName: "cloudflareDns" },
    zones: () =>
      all(client.zones.list({ per_page: 50 }), ({ id, name }) => ({ id, name: normaliseName(name) })),
    records: (zone) =>
      all(client.dns.records.list({ zone_id: zone.id, per_page: 1000 }), (record) => standing(zone, record)),
    adapt,
  };
}

function connect(environment: NodeJS.ProcessEnv, folder: string): Client {
  const { CLOUDFLARE_API_TOKEN, CLOUDFLARE_API_KEY, CLOUDFLARE_EMAIL, CLOUDFLARE_BASE_URL } = environment;
  if (!CLOUDFLARE_API_TOKEN && !(CLOUDFLARE_API_KEY && CLOUDFLARE_EMAIL)) {
    throw new CliError(
      "--with-dns cloudflare needs a token that may read zones and their DNS: set CLOUDFLARE_API_TOKEN.",
    );
  }
  const { default: Cloudflare } = loadClient<{ default: new (options: object) => Client }>(
    "cloudflare",
    "cloudflare",
    folder,
  );
  return new Cloudflare({
    ...(CLOUDFLARE_API_TOKEN
      ? { apiToken: CLOUDFLARE_API_TOKEN }
      : { apiKey: CLOUDFLARE_API_KEY, apiEmail: CLOUDFLARE_EMAIL }),
    ...(CLOUDFLARE_BASE_URL ? { baseURL: CLOUDFLARE_BASE_URL } : {}),
  });
}

async function all<T, U>(items: AsyncIterable<T>, as: (item: T) => U): Promise<U[]> {
  const found: U[] = [];
  try {
    for await (const item of items) found.push(as(item));
  } catch (error) {
    throw new CliError(`Cloudflare cannot be read: ${(error as Error).message}. Nothing was written.`);
  }
  return found;
}

function standing(zone: Zone, record: CloudflareRecord): StandingRecord {
  const { id, type, content = "", priority, ttl, comment, tags } = record;
  const name = normaliseName(record.name);
  const value: DnsRecord[] =
    type === "TXT"
      ? [{ type, name, value: unquoteTxt(content) }]
      : type === "MX"
        ? [{ type, name, value: parseMx(content).target, priority: priority ?? 0 }]
        : [];
  return {
    importId: `${zone.id}/${id}`,
    name,
    type,
    records: value,
    args: {
      zoneId: zone.id,
      type,
      name: record.name,
      content,
      ...(priority === undefined ? {} : { priority }),
      ttl,
      proxied: record.proxied ?? false,
      ...(comment ? { comment } : {}),
      ...(tags && tags.length > 0 ? { tags } : {}),
    },
    ...(record.settings && Object.keys(record.settings).length > 0
      ? { problem: "it has settings of its own at Cloudflare" }
      : {}),
  };
}

/** The adapter writes all records alike: one TTL, one comment, texts in quotes. */
function adapt(
  zone: Zone,
  _domainName: string,
  slots: Parameters<Vendor["adapt"]>[2],
  all: StandingRecord[],
): Adapted | string {
  const records = new Map<string, StandingRecord>();
  for (const [slot, wanted] of filled(slots)) {
    const found = all.find((each) => each.records.some((one) => recordKey(one) === recordKey(wanted)));
    if (!found)
      return `the ${slot} ${wanted.type} at ${wanted.name} does not stand in the zone as Nylas asks for it`;
    if (found.problem) return `the ${slot} record cannot be declared: ${found.problem}`;
    const content = wanted.type === "TXT" ? quoteTxt(wanted.value) : normaliseName(wanted.value);
    if (found.args.content !== content)
      return `the ${slot} ${wanted.type} stands there in another spelling than cloudflareDns would write (${content})`;
    if (found.args.tags) return `the ${slot} record has tags, which cloudflareDns does not know`;
    records.set(slot, found);
  }
  for (const property of ["ttl", "comment"] as const) {
    const values = new Set([...records.values()].map(({ args }) => args[property]));
    if (values.size > 1)
      return `the records differ in their ${property} (${[...values].map((value) => JSON.stringify(value) ?? "none").join(", ")}), and cloudflareDns gives all of them the same`;
  }
  const { ttl, comment } = [...records.values()][0]!.args;
  return {
    args: { zoneId: zone.id, zoneName: zone.name, ...(ttl === 1 ? {} : { ttl }), comment },
    records,
  };
}
