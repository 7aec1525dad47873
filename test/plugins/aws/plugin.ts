/**
 * A stand-in for the resource plugin of @pulumi/aws: Route 53 records, on the plugin protocol itself, against Route
 * 53's API through Amazon's own SDK. What the engine and a program see of a record is meant to be what the real
 * plugin shows.
 * - It puts quotes around a TXT value as a whole.
 * - It appends the zone's name to a name that does not end in it.
 * - A create never overwrites a record set that stands.
 * - Values are compared as a set.
 * - Another name or zone replaces the record (a name that is not known yet counts as another).
 * - Import is by `ZONE_name_TYPE`.
 */
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type * as route53 from "@aws-sdk/client-route-53";
import { type ResourceRecordSet, type RRType } from "@aws-sdk/client-route-53";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import {
  addDifference,
  concluded,
  failure,
  type Handlers,
  hasSecret,
  opened,
  type Properties,
  properties,
  same,
  secret,
  serve,
  settings,
  struct,
  unknown,
} from "../protocol";

const recordType = "aws:route53/record:Record";
const required = ["name", "type", "zoneId"];
const replacing = new Set(["zoneId", "name"]);
/** What a program may declare of a simple record; routing policies and aliases are the real plugin's alone. */
const declarable = ["allowOverwrite", "name", "records", "ttl", "type", "zoneId"];
const types = [
  "A",
  "AAAA",
  "CAA",
  "CNAME",
  "DS",
  "HTTPS",
  "MX",
  "NAPTR",
  "NS",
  "PTR",
  "SOA",
  "SPF",
  "SRV",
  "SSHFP",
  "SVCB",
  "TLSA",
  "TXT",
];

let configured: { region?: string; accessKey?: string; secretKey?: string; endpoint?: string } = {};

// oxlint-disable-next-line typescript/no-require-imports
const { version } = require("@pulumi/aws/package.json") as { version: string };

const handlers: Handlers = {
  getSchema() {
    const text = { type: "string" };
    const inputProperties = {
      allowOverwrite: { type: "boolean" },
      name: text,
      records: { type: "array", items: text },
      ttl: { type: "integer" },
      type: text,
      zoneId: text,
    };
    const schema = {
      name: "aws",
      version,
      meta: { moduleFormat: "(.*)(?:/[^/]*)" },
      resources: { [recordType]: { inputProperties, properties: inputProperties, requiredInputs: required } },
    };
    return new proto.GetSchemaResponse().setSchema(JSON.stringify(schema));
  },

  configure(request) {
    const args = opened(properties(request.getArgs())) as Properties;
    const found = settings(args, {
      region: "AWS_REGION",
      accessKey: "AWS_ACCESS_KEY_ID",
      secretKey: "AWS_SECRET_ACCESS_KEY",
    });
    const endpoints =
      typeof args["endpoints"] === "string" ? JSON.parse(args["endpoints"]) : (args["endpoints"] ?? []);
    const endpoint = (endpoints as { route53?: string }[]).find((each) => each.route53)?.route53;
    configured = Object.fromEntries(
      Object.entries({ ...found, endpoint }).filter(([, value]) => value !== undefined),
    );
    return new proto.ConfigureResponse()
      .setAcceptsecrets(true)
      .setAcceptresources(true)
      .setSupportspreview(true);
  },

  check(request) {
    const inputs = properties(request.getNews());
    const missing = required.filter((name) => inputs[name] === undefined || inputs[name] === null);
    const failures = missing.map((name) => failure("", `Missing required argument: "${name}" is required`));
    const undeclarable = Object.keys(inputs).filter((name) => !declarable.includes(name));
    failures.push(
      ...undeclarable.map((name) => failure(name, `An argument named "${name}" is not expected here`)),
    );
    const type = opened(inputs["type"]);
    if (typeof type === "string" && type !== unknown && !types.includes(type)) {
      failures.push(failure("type", `expected type to be one of ${types.join(", ")}, got ${type}`));
    }
    if (inputs["records"] === undefined) {
      failures.push(
        failure("", "Invalid combination of arguments: one of `alias,records` must be specified"),
      );
    } else if (inputs["ttl"] === undefined) {
      failures.push(failure("", "Missing required argument: all of `records,ttl` must be specified"));
    }
    if (request.getType() !== recordType) {
      failures.push(failure("", `This stand-in knows ${recordType} alone, not ${request.getType()}`));
    }
    return new proto.CheckResponse().setInputs(struct(inputs)).setFailuresList(failures);
  },

  diff(request) {
    const response = new proto.DiffResponse();
    const olds = opened(properties(request.getOlds())) as Properties;
    const news = opened(properties(request.getNews())) as Properties;
    const ignored = request.getIgnorechangesList();
    for (const name of declarable.filter((each) => !ignored.includes(each))) {
      const [before, after] = [olds[name], news[name]];
      // What a program never said of it is the server's to choose.
      if (after === undefined && name === "allowOverwrite") continue;
      if (same(comparable(name, before), comparable(name, after))) continue;
      addDifference(response, name, { before, after, replaces: replacing.has(name) });
    }
    return concluded(response);
  },

  async create(request) {
    const response = new proto.CreateResponse();
    const inputs = properties(request.getProperties());
    if (request.getPreview()) return response.setProperties(struct({ ...inputs, fqdn: unknown }));
    const declared = opened(inputs) as Declared;
    const zone = await zoneOf(declared.zoneId);
    const Action = declared.allowOverwrite ? "UPSERT" : "CREATE";
    await change(zone, "creating Route53 Record", [{ Action, ResourceRecordSet: recordSet(declared, zone) }]);
    return response.setId(idOf(declared)).setProperties(struct(await outputs(declared, inputs)));
  },

  async read(request) {
    const state = properties(request.getProperties());
    const imported = parsedId(request.getId());
    const place = { ...imported, ...(opened(state) as Partial<Declared>) } as Declared;
    if (place.zoneId === undefined || place.type === undefined) {
      throw new Error(
        `unexpected format of ID (${JSON.stringify(request.getId())}), expected ZONEID_RECORDNAME_TYPE_SET-IDENTIFIER ` +
          `(e.g. Z4KAPRWWNC7JR_dev.example.com_NS_dev), where SET-IDENTIFIER is optional`,
      );
    }
    const zone = await zoneOf(place.zoneId).catch(unlessGone);
    if (!zone || !(await find(zone, place))) return new proto.ReadResponse();
    const seen = await outputs(place, state);
    const { fqdn: _computed, ...inputs } = seen;
    return new proto.ReadResponse()
      .setId(request.getId())
      .setProperties(struct(seen))
      .setInputs(struct(inputs));
  },

  async update(request) {
    const response = new proto.UpdateResponse();
    const inputs = properties(request.getNews());
    const olds = properties(request.getOlds());
    if (request.getPreview())
      return response.setProperties(struct({ ...inputs, fqdn: olds["fqdn"] ?? unknown }));
    const [before, declared] = [opened(olds) as Declared, opened(inputs) as Declared];
    const zone = await zoneOf(declared.zoneId);
    const ResourceRecordSet = recordSet(declared, zone);
    await change(
      zone,
      `updating Route53 Record (${request.getId()})`,
      before.type === declared.type
        ? [{ Action: "UPSERT", ResourceRecordSet }]
        : [
            { Action: "DELETE", ResourceRecordSet: recordSet(before, zone) },
            { Action: "CREATE", ResourceRecordSet },
          ],
    );
    return response.setProperties(struct(await outputs(declared, inputs)));
  },

  async delete(request) {
    const place = opened(properties(request.getProperties())) as Declared;
    const zone = await zoneOf(place.zoneId).catch(unlessGone);
    const there = zone && (await find(zone, place));
    if (there) {
      await change(zone, `deleting Route53 Record (${request.getId()})`, [
        { Action: "DELETE", ResourceRecordSet: there },
      ]);
    }
    return new Empty();
  },
};

serve(handlers, version);

interface Declared {
  zoneId: string;
  name: string;
  type: RRType;
  ttl: number;
  records: string[];
  allowOverwrite?: boolean;
}

interface Zone {
  id: string;
  name: string;
}

let sdk: typeof route53 | undefined;
let connected: route53.Route53Client | undefined;

/** Loading the SDK takes a third of a second, which a preview need not wait for. */
function route53Sdk(): typeof route53 {
  // oxlint-disable-next-line typescript/no-require-imports
  return (sdk ??= require("@aws-sdk/client-route-53") as typeof route53);
}

function client(): route53.Route53Client {
  if (connected) return connected;
  const { region, accessKey, secretKey, endpoint } = configured;
  if (!region) throw new Error("Invalid AWS Region: set aws:region or AWS_REGION");
  if (!accessKey || !secretKey) {
    throw new Error("No valid credential sources found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  }
  // Without an endpoint of its own, the SDK takes AWS_ENDPOINT_URL_ROUTE_53 as the real plugin does.
  connected = new (route53Sdk().Route53Client)({
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    ...(endpoint !== undefined && { endpoint }),
  });
  return connected;
}

async function zoneOf(zoneId: string): Promise<Zone> {
  const id = zoneId.replace(/^\/?hostedzone\//, "");
  try {
    const { HostedZone } = await client().send(new (route53Sdk().GetHostedZoneCommand)({ Id: id }));
    return { id, name: HostedZone!.Name!.replace(/\.$/, "") };
  } catch (error) {
    const wrapped = new Error(`reading Route 53 Hosted Zone (${id}): ${described(error)}`, { cause: error });
    throw wrapped;
  }
}

function unlessGone(error: Error): undefined {
  if (error.cause instanceof route53Sdk().NoSuchHostedZone) return undefined;
  throw error;
}

async function find(zone: Zone, { name, type }: Declared): Promise<ResourceRecordSet | undefined> {
  const wanted = `${fullName(name, zone)}.`;
  const { ResourceRecordSets } = await client().send(
    new (route53Sdk().ListResourceRecordSetsCommand)({
      HostedZoneId: zone.id,
      StartRecordName: wanted,
      StartRecordType: type,
      MaxItems: 1,
    }),
  );
  return ResourceRecordSets?.find((set) => set.Name!.toLowerCase() === wanted && set.Type === type);
}

/** Sends a batch and waits until all name servers have it. */
async function change(zone: Zone, doing: string, changes: route53.Change[]): Promise<void> {
  try {
    const { ChangeInfo } = await client().send(
      new (route53Sdk().ChangeResourceRecordSetsCommand)({
        HostedZoneId: zone.id,
        ChangeBatch: { Comment: "Managed by Pulumi", Changes: changes },
      }),
    );
    for (let status = ChangeInfo!.Status; status !== "INSYNC";) {
      const seen = await client().send(new (route53Sdk().GetChangeCommand)({ Id: ChangeInfo!.Id! }));
      status = seen.ChangeInfo!.Status;
      if (status !== "INSYNC") await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } catch (error) {
    throw new Error(`${doing}: ${described(error)}`, { cause: error });
  }
}

function recordSet({ name, type, ttl, records }: Declared, zone: Zone): ResourceRecordSet {
  const ResourceRecords = records.map((value) => ({ Value: isText(type) ? `"${value}"` : value }));
  return { Name: fullName(name, zone), Type: type, TTL: ttl, ResourceRecords };
}

/** The properties of the record as it stands; what went in as a secret comes out as one. */
async function outputs(place: Declared, inputs: Properties): Promise<Properties> {
  const zone = await zoneOf(place.zoneId);
  const set = await find(zone, place);
  if (!set) throw new Error(`reading Route 53 Record (${idOf(place)}): couldn't find resource`);
  const values = set.ResourceRecords!.map(({ Value }) => Value!);
  const seen: Properties = {
    zoneId: place.zoneId,
    name: normal(place.name),
    type: set.Type,
    ttl: set.TTL,
    records: (isText(place.type) ? values.map(withoutQuotes) : values).sort(),
    fqdn: fullName(place.name, zone),
  };
  return Object.fromEntries(
    Object.entries(seen).map(([name, value]) => [name, hasSecret(inputs[name]) ? secret(value) : value]),
  );
}

/** The official resource takes one pair of quotes off the whole, whatever stands between them. */
function withoutQuotes(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

/** By plain suffix, as the official resource does it: "myexample.com" passes for a name in "example.com". */
function fullName(name: string, zone: Zone): string {
  const bare = normal(name);
  if (bare === "") return zone.name;
  return bare.endsWith(zone.name) ? bare : `${bare}.${zone.name}`;
}

function normal(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function comparable(property: string, value: unknown): unknown {
  if (property === "name" && typeof value === "string" && value !== unknown) return normal(value);
  if (property === "records" && Array.isArray(value)) return [...new Set(value as string[])].sort();
  return value;
}

function isText(type: string): boolean {
  return type === "TXT" || type === "SPF";
}

function idOf({ zoneId, name, type }: Declared): string {
  return `${zoneId}_${normal(name)}_${type}`;
}

/** Names hold underscores too, so the type is the first part that is one. */
function parsedId(id: string): Partial<Declared> {
  const [zoneId, ...rest] = id.split("_");
  const at = rest.findIndex((part) => types.includes(part));
  if (at < 1) return {};
  return { zoneId: zoneId!, name: normal(rest.slice(0, at).join("_")), type: rest[at] as RRType };
}

function described(error: unknown): string {
  const { name, message } = error as Error;
  return `${name}: ${message}`;
}
