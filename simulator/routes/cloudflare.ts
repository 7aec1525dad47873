import {
  contentProblem,
  isHostName,
  RECORD_TYPES,
  txtStrings,
  type RecordType,
  type Zone,
} from "../dns/zones.js";
import { type Api } from "../http/api.js";
import { type Call } from "../http/call.js";
import { ApiError } from "../http/errors.js";
import { type Collection } from "../model/collection.js";
import { type Json } from "../model/exchange.js";
import { type CloudflareRecord } from "../model/objects.js";
import { type Store } from "../model/store.js";

/** The part of Cloudflare's `/client/v4` that a DNS client needs: zones, their records, the token check. */
export function cloudflare(api: Api): void {
  const options = { key: "cloudflare", dialect: "cloudflare" } as const;
  const base = "/client/v4";

  const wrongKey = new ApiError(401, "1000", "Invalid API Token", "cloudflare");
  api.route("GET", `${base}/user/tokens/verify`, { ...options, wrongKey }, ({ store }) =>
    envelope({ id: store.seeded.bytes("cloudflare token", 16).toString("hex"), status: "active" }, [
      { code: 10000, message: "This API Token is valid and active" },
    ]),
  );

  api.route("GET", `${base}/zones`, options, (call) => {
    const name = call.query.name?.toLowerCase();
    const zones = call.store.zones.at("cloudflare").filter((z) => name === undefined || z.name === name);
    return page(
      call,
      zones.map((z) => zoneShown(call.store, z)),
      { perPage: 20, max: 50 },
    );
  });

  api.route("GET", `${base}/zones/:zone`, options, (call) => envelope(zoneShown(call.store, zoneOf(call))));

  api.route("GET", `${base}/zones/:zone/dns_records`, options, (call) => {
    const zone = zoneOf(call);
    const found = recordsOf(call.store, zone).where((r) => matches(call, r));
    return page(call, found.map(recordShown), { perPage: 100, max: 5_000_000 });
  });

  api.route("POST", `${base}/zones/:zone/dns_records`, options, (call) => {
    const zone = zoneOf(call);
    return envelope(recordShown(putRecord(call.store, zone, recordBody(call))));
  });

  api.route("GET", `${base}/zones/:zone/dns_records/:record`, options, (call) =>
    envelope(recordShown(recordOf(call, zoneOf(call)))),
  );

  for (const method of ["PUT", "PATCH"] as const) {
    api.route(method, `${base}/zones/:zone/dns_records/:record`, options, (call) => {
      const zone = zoneOf(call);
      const old = recordOf(call, zone);
      const given = recordBody(call);
      const kept = { type: old.type, name: old.name, content: old.content };
      const optional = {
        priority: old.priority,
        ttl: old.ttl,
        proxied: old.proxied,
        comment: old.comment,
        tags: old.tags,
      };
      const whole = method === "PATCH" ? { ...kept, ...optional, ...given } : given;
      return envelope(recordShown(putRecord(call.store, zone, whole, old)));
    });
  }

  api.route("DELETE", `${base}/zones/:zone/dns_records/:record`, options, (call) => {
    const zone = zoneOf(call);
    const record = recordOf(call, zone);
    dropRecord(call.store, zone, record.id);
    return envelope({ id: record.id });
  });
}

/** Validates and stores a record, in place of an old one where given, and publishes it. */
export function putRecord(store: Store, zone: Zone, body: Json, old?: CloudflareRecord): CloudflareRecord {
  const { type } = body;
  if (typeof type !== "string" || !RECORD_TYPES.includes(type.toUpperCase() as RecordType)) {
    throw validation(9020, `Invalid DNS record type: ${JSON.stringify(type)}`);
  }
  const recordType = type.toUpperCase() as RecordType;
  const name = fullName(body.name, zone);
  const content = contentOf(recordType, body.content, body.data);
  const problem = contentProblem(recordType, content);
  if (problem) throw refusal(recordType === "A" ? 9005 : recordType === "AAAA" ? 9006 : 9007, problem);
  const ttl = body.ttl ?? 1;
  if (typeof ttl !== "number" || !Number.isInteger(ttl) || (ttl !== 1 && (ttl < 60 || ttl > 86_400))) {
    throw validation(9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.");
  }
  const priority = priorityOf(recordType, body.priority);
  const proxiable = recordType === "A" || recordType === "AAAA" || recordType === "CNAME";
  if (body.proxied === true && !proxiable) throw refusal(9004, "This record type cannot be proxied.");
  if (typeof body.comment === "string" && [...body.comment].length > MAX_COMMENT)
    throw validation(9207, `DNS record comment must be at most ${MAX_COMMENT} characters.`);
  const now = new Date(store.clock.ms()).toISOString();
  const all = recordsOf(store, zone);
  const record: CloudflareRecord = {
    id: old?.id ?? store.seeded.hex("record", `${zone.id}|${recordType}|${name}|${content}`),
    name,
    type: recordType,
    content,
    ...(priority === undefined ? {} : { priority }),
    ttl,
    proxied: body.proxied === true,
    proxiable,
    comment: typeof body.comment === "string" && body.comment !== "" ? body.comment : null,
    tags: Array.isArray(body.tags) ? (body.tags as string[]) : [],
    settings: typeof body.settings === "object" && body.settings !== null ? (body.settings as Json) : {},
    created_on: old?.created_on ?? now,
    modified_on: now,
  };
  refuseConflicts(all, record, old);
  if (old) Object.assign(all.get(old.id)!, { priority: undefined }, record);
  else all.add(record);
  if (old && priority === undefined) delete all.get(old.id)!.priority;
  store.zones.publish(zone.id, { ...record });
  return record;
}

/** Takes a record out of the account and, after the delay, out of the DNS. */
export function dropRecord(store: Store, zone: Zone, id: string): void {
  recordsOf(store, zone).remove(id);
  store.zones.withdraw(zone.id, id);
}

function envelope(result: unknown, messages: object[] = []): { body: object } {
  return { body: { success: true, errors: [], messages, result } };
}

function page(call: Call, all: object[], sizes: { perPage: number; max: number }): { body: object } {
  const number = positive(call.query.page, 1, Number.MAX_SAFE_INTEGER, "page");
  const perPage = positive(call.query.per_page, sizes.perPage, sizes.max, "per_page");
  const result = all.slice((number - 1) * perPage, number * perPage);
  const info = {
    page: number,
    per_page: perPage,
    count: result.length,
    total_count: all.length,
    total_pages: Math.ceil(all.length / perPage),
  };
  return { body: { success: true, errors: [], messages: [], result, result_info: info } };
}

function positive(text: string | undefined, usual: number, max: number, what: string): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) throw validation(9010, `${what} is not valid`);
  return value;
}

function recordBody(call: Call): Json {
  const { body } = call;
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Json;
  throw validation(9207, "Request body is invalid.");
}

/** A refusal by Cloudflare's validation, which hides the reason one level down. */
function validation(code: number, message: string): ApiError {
  return new ApiError(400, "1004", "DNS Validation Error", "cloudflare", [{ code, message }]);
}

function refusal(code: number, message: string): ApiError {
  return new ApiError(400, String(code), message, "cloudflare");
}

function zoneOf(call: Call): Zone {
  const id = call.params.zone!;
  if (!/^[0-9a-f]{32}$/.test(id)) {
    const message = `Could not route to /client/v4/zones/${id}, perhaps your object identifier is invalid?`;
    throw new ApiError(404, "7003", message, "cloudflare");
  }
  const zone = call.store.zones.at("cloudflare").find((each) => each.id === id);
  if (!zone) throw new ApiError(403, "9109", "Unauthorized to access requested resource", "cloudflare");
  return zone;
}

function recordsOf(store: Store, zone: Zone): Collection<CloudflareRecord> {
  return store.zoneRecords.get(zone.id)!;
}

function recordOf(call: Call, zone: Zone): CloudflareRecord {
  const record = recordsOf(call.store, zone).get(call.params.record!);
  if (!record) throw new ApiError(404, "81044", "Record does not exist.", "cloudflare");
  return record;
}

/** A name that does not end in the zone's gets the zone appended, as typed into the vendor's form. */
function fullName(value: unknown, zone: Zone): string {
  if (typeof value !== "string" || value.trim() === "") throw validation(9000, "DNS name is invalid.");
  const name = value.trim().toLowerCase().replace(/\.$/, "");
  const full =
    name === "@" || name === zone.name
      ? zone.name
      : name.endsWith(`.${zone.name}`)
        ? name
        : `${name}.${zone.name}`;
  if (!isHostName(full.replace(/^\*\./, ""))) throw validation(9000, "DNS name is invalid.");
  return full;
}

/** TXT stays as it was written; names lose their final dot. */
function contentOf(type: RecordType, content: unknown, data: unknown): string {
  if (content === undefined && typeof data === "object" && data !== null) {
    const d = data as Json;
    if (type === "CAA") return `${String(d.flags)} ${String(d.tag)} "${String(d.value)}"`;
    if (type === "SRV") return `${String(d.weight)} ${String(d.port)} ${String(d.target)}`;
  }
  if (typeof content !== "string") throw validation(9101, "content is a required data field.");
  return ["MX", "CNAME", "NS", "PTR"].includes(type)
    ? content.trim().replace(/\.$/, "").toLowerCase()
    : content;
}

function priorityOf(type: RecordType, value: unknown): number | undefined {
  if (type !== "MX" && type !== "SRV") return undefined;
  if (value === undefined || value === null) {
    if (type === "SRV") return 0;
    throw validation(9101, "priority is a required data field.");
  }
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 65_535) {
    throw validation(9102, "priority must be an integer from 0 to 65535.");
  }
  return value;
}

const DETAILS =
  "For more details, refer to <https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/>.";
/** More than this, and Cloudflare refuses the comment of a record (100 on a free plan, 500 on others). */
const MAX_COMMENT = 500;

function refuseConflicts(
  all: Collection<CloudflareRecord>,
  record: CloudflareRecord,
  old?: CloudflareRecord,
): void {
  const others = all.where((r) => r.name === record.name && r.id !== old?.id);
  const same = others.find((r) => r.type === record.type && sameContent(r, record));
  if (same) {
    const identical =
      same.priority === record.priority && same.ttl === record.ttl && same.proxied === record.proxied;
    throw identical
      ? refusal(81058, "An identical record already exists.")
      : refusal(81057, "The record already exists.");
  }
  const addressTypes = ["A", "AAAA", "CNAME"];
  if (record.type === "CNAME" && others.some((r) => addressTypes.includes(r.type))) {
    throw refusal(81053, `An A, AAAA, or CNAME record with that host already exists. ${DETAILS}`);
  }
  if (record.type === "CNAME" ? others.length > 0 : others.some((r) => r.type === "CNAME")) {
    throw refusal(81054, `A CNAME record with that host already exists. ${DETAILS}`);
  }
}

function sameContent(a: CloudflareRecord, b: CloudflareRecord): boolean {
  if (a.type !== "TXT") return a.content === b.content;
  return Buffer.concat(txtStrings(a.content)).equals(Buffer.concat(txtStrings(b.content)));
}

/** The list's filters: `name`, `content` and `comment` plain or with `.exact`, `.contains`, `.startswith`, `.endswith`. */
function matches(call: Call, record: CloudflareRecord): boolean {
  const tests: boolean[] = [];
  for (const [key, wanted] of Object.entries(call.query)) {
    if (wanted === undefined) continue;
    const [field, how = "exact"] = key.split(".");
    if (field === "type") tests.push(record.type === wanted.toUpperCase());
    if (field === "search")
      tests.push(record.name.includes(wanted.toLowerCase()) || record.content.includes(wanted));
    if (field !== "name" && field !== "content" && field !== "comment") continue;
    const lower = field === "name" || record.type !== "TXT";
    const value = lower ? (record[field] ?? "").toLowerCase() : (record[field] ?? "");
    const sought = lower ? wanted.toLowerCase() : wanted;
    if (how === "exact") tests.push(value === sought);
    if (how === "contains") tests.push(value.includes(sought));
    if (how === "startswith") tests.push(value.startsWith(sought));
    if (how === "endswith") tests.push(value.endsWith(sought));
  }
  return call.query.match === "any" && tests.length > 0 ? tests.includes(true) : !tests.includes(false);
}

function recordShown(record: CloudflareRecord): object {
  return { ...record, meta: {} };
}

function zoneShown(store: Store, zone: Zone): object {
  return {
    id: zone.id,
    name: zone.name,
    status: "active",
    paused: false,
    type: "full",
    development_mode: 0,
    name_servers: zone.nameServers,
    original_name_servers: null,
    original_registrar: null,
    account: { id: store.seeded.bytes("cloudflare account", 16).toString("hex"), name: "Simulated account" },
    owner: { id: null, type: "user", email: null },
    permissions: ["#dns_records:edit", "#dns_records:read", "#zone:read"],
    meta: { step: 4, custom_certificate_quota: 0, page_rule_quota: 3, phishing_detected: false },
    created_on: new Date(zone.createdAt * 1000).toISOString(),
    modified_on: new Date(zone.createdAt * 1000).toISOString(),
    activated_on: new Date(zone.createdAt * 1000).toISOString(),
  };
}
