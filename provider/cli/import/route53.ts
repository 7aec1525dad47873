/** Hosted zones and record sets at Route 53, by Amazon's own client `@aws-sdk/client-route-53`. */
import { isSpf } from "../../dns/guards";
import {
  normaliseName,
  parseMx,
  route53Txt as txtValue,
  sameRecord,
  unquoteTxt,
  type DnsRecord,
} from "../../dns/records";
import { CliError } from "../io";
import { type Adapted, filled, loadClient, type StandingRecord, type Vendor, type Zone } from "./vendors";

/** The part of the client that is used. */
interface Sdk {
  Route53Client: new (options: object) => object;
  paginateListHostedZones: Paginator<{
    HostedZones?: { Id?: string; Name?: string; Config?: { PrivateZone?: boolean } }[];
  }>;
  ListResourceRecordSetsCommand: new (input: object) => object;
}
type Paginator<Page> = (config: { client: object }, input: object) => AsyncIterable<Page>;

interface RecordSet {
  Name?: string;
  Type?: string;
  TTL?: number;
  ResourceRecords?: { Value?: string }[];
  AliasTarget?: object;
  SetIdentifier?: string;
}

interface RecordSetPage {
  ResourceRecordSets?: RecordSet[];
  IsTruncated?: boolean;
  NextRecordName?: string;
  NextRecordType?: string;
  NextRecordIdentifier?: string;
}

export function route53(environment: NodeJS.ProcessEnv, folder: string): Vendor {
  const { sdk, client } = connect(environment, folder);
  return {
    name: "route53",
    folder,
    title: "Route 53",
    resource: {
      type: "aws:route53/record:Record",
      module: "@pulumi/aws/route53/record",
      className: "Record",
      python: { module: "pulumi_aws", name: "route53.Record" },
      go: { module: "github.com/pulumi/pulumi-aws/sdk/v7/go/aws/route53", name: "Record" },
      numbers: "integer",
    },
    adapter: { module: "pulumi-nylas/route53", functionName: "route53Dns" },
    zones: () =>
      reading(async () => {
        const zones: Zone[] = [];
        for await (const page of sdk.paginateListHostedZones({ client }, {})) {
          for (const { Id = "", Name = "", Config } of page.HostedZones ?? [])
            if (Config?.PrivateZone !== true)
              zones.push({ id: Id.replace(/^\/?hostedzone\//, ""), name: normaliseName(Name) });
        }
        return zones;
      }),
    records: (zone) =>
      reading(async () => {
        const { send } = client as { send(command: object): Promise<RecordSetPage> };
        const sets: RecordSet[] = [];
        for (let from: object = {}; ;) {
          const page = await send.call(
            client,
            new sdk.ListResourceRecordSetsCommand({ HostedZoneId: zone.id, ...from }),
          );
          sets.push(...(page.ResourceRecordSets ?? []));
          if (page.IsTruncated !== true) break;
          from = {
            StartRecordName: page.NextRecordName,
            StartRecordType: page.NextRecordType,
            ...(page.NextRecordIdentifier === undefined
              ? {}
              : { StartRecordIdentifier: page.NextRecordIdentifier }),
          };
        }
        return sets.map((set) => standing(zone, set));
      }),
    adapt,
  };
}

/** Credentials as every tool of Amazon's finds them; the service is the same in all regions. */
function connect(environment: NodeJS.ProcessEnv, folder: string): { sdk: Sdk; client: object } {
  const sdk = loadClient<Sdk>("@aws-sdk/client-route-53", "route53", folder);
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_ENDPOINT_URL_ROUTE_53: endpoint,
    AWS_REGION: region = "us-east-1",
  } = environment;
  const client = new sdk.Route53Client({
    region,
    ...(accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
      : {}),
    ...(endpoint ? { endpoint } : {}),
  });
  return { sdk, client };
}

async function reading<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(
      `Route 53 cannot be read: ${(error as Error).name}: ${(error as Error).message}. It takes route53:ListHostedZones and ` +
        `route53:ListResourceRecordSets. Nothing was written.`,
    );
  }
}

function standing(zone: Zone, set: RecordSet): StandingRecord {
  const { Type: type = "", TTL: ttl, ResourceRecords = [] } = set;
  const name = normaliseName(set.Name ?? "");
  const raw = ResourceRecords.map(({ Value = "" }) => Value);
  return {
    importId: `${zone.id}_${name}_${type}`,
    name,
    type,
    records: raw.flatMap((value): DnsRecord[] => {
      if (type === "TXT") return [{ type, name, value: unquoteTxt(octal(value)) }];
      if (type !== "MX") return [];
      const { priority, target } = parseMx(value);
      return [{ type, name, value: target, priority }];
    }),
    args: { zoneId: zone.id, name, type, ttl, records: type === "TXT" ? raw.map(withoutQuotes) : raw },
    ...(set.SetIdentifier !== undefined || set.AliasTarget !== undefined
      ? { problem: "it has a routing policy or is an alias" }
      : {}),
  };
}

/** Route 53 writes a byte as a backslash and three octal digits; everybody else has three decimal ones. */
function octal(value: string): string {
  return value.replace(
    /\\([0-3][0-7]{2})/g,
    (_, digits: string) => `\\${String(parseInt(digits, 8)).padStart(3, "0")}`,
  );
}

/** As the official resource has it: one pair of quotes off the whole, whatever stands between. */
function withoutQuotes(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

/** The adapter has one record set for each name and type, with all values in it, and one TTL for all. */
function adapt(
  zone: Zone,
  domainName: string,
  slots: Parameters<Vendor["adapt"]>[2],
  all: StandingRecord[],
): Adapted | string {
  const sets = new Map<string, { resource: string; standing: StandingRecord; values: string[] }>();
  for (const [slot, wanted] of filled(slots)) {
    const place = `${wanted.type} ${wanted.name}`;
    const set = all.find((each) => each.name === wanted.name && each.type === wanted.type);
    if (!set?.records.some((one) => sameRecord(one, wanted)))
      return `the ${slot} ${wanted.type} at ${wanted.name} does not stand in the zone as Nylas asks for it`;
    if (set.problem) return `the record set with the ${slot} record cannot be declared: ${set.problem}`;
    const home = wanted.name === domainName && wanted.type === "TXT";
    const known = sets.get(place) ?? { resource: home ? "txt" : slot, standing: set, values: [] };
    known.values.push(
      wanted.type === "TXT" ? txtValue(wanted.value) : `${wanted.priority} ${normaliseName(wanted.value)}`,
    );
    sets.set(place, known);
  }
  let existing: string[] = [];
  for (const [place, { standing, values }] of sets) {
    const there = standing.args.records as string[];
    const others = standing.records.filter(({ value }) => !values.includes(txtValue(value)));
    if (place === `TXT ${domainName}`) {
      existing = others.map(({ value }) => value);
      if (existing.some((text) => isSpf(text) || text.startsWith("nylas-ownership-verify=")))
        return `the TXT set at ${domainName} holds a second SPF or ownership value`;
    }
    const written = [...values, ...(place === `TXT ${domainName}` ? existing.map(txtValue) : [])];
    const strange = there.find((value) => !written.includes(value));
    if (strange !== undefined || written.length !== there.length)
      return `the record set ${place} holds more than AgentDomain declares, or in another spelling than route53Dns would write`;
  }
  const used = [...sets.values()];
  const ttls = new Set(used.map(({ standing }) => standing.args.ttl));
  if (ttls.size > 1)
    return `the record sets differ in their TTL (${[...ttls].join(", ")}), and route53Dns gives all of them the same`;
  const [ttl] = ttls;
  return {
    args: {
      zoneId: zone.id,
      zoneName: zone.name,
      ...(ttl === 300 ? {} : { ttl }),
      ...(existing.length > 0 ? { existing } : {}),
    },
    records: new Map(used.map(({ resource, standing }) => [resource, standing])),
  };
}
