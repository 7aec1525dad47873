/**
 * A stand-in for the resource plugin of @pulumi/cloudflare: DNS records, on the plugin protocol itself, against the
 * Cloudflare API through Cloudflare's own SDK. What the engine and a program see of a record is meant to be what the
 * real plugin shows.
 * - Previews have the known inputs and the server's values unknown.
 * - Secrets are kept secret.
 * - Only another zone or type replaces the record.
 * - Import is by `zone/record`.
 */
import { STATUS_CODES } from "node:http";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type * as cloudflare from "cloudflare";
import { type RecordCreateParams, type RecordResponse, type Records } from "cloudflare/resources/dns/records";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import {
  addDifference,
  concluded,
  failure,
  type Handlers,
  hasSecret,
  mapped,
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

const recordType = "cloudflare:index/dnsRecord:DnsRecord";
const lookUp = "cloudflare:index/getDnsRecord:getDnsRecord";
const required = ["name", "ttl", "type", "zoneId"];
const replacing = new Set(["zoneId", "type"]);
/** What a program may declare, and what only the server says. */
const declarable = [
  "comment",
  "content",
  "data",
  "name",
  "priority",
  "privateRouting",
  "proxied",
  "settings",
  "tags",
  "ttl",
  "type",
];
const computed = ["commentModifiedOn", "createdOn", "meta", "modifiedOn", "proxiable", "tagsModifiedOn"];
/** The server's values for what a program leaves out; absent and default are the same to it. */
const defaults: Properties = { comment: null, proxied: false, privateRouting: false, settings: {}, tags: [] };

let credentials: { apiToken?: string; apiKey?: string; apiEmail?: string; baseURL?: string } = {};

// oxlint-disable-next-line typescript/no-require-imports
const { version } = require("@pulumi/cloudflare/package.json") as { version: string };

const handlers: Handlers = {
  getSchema() {
    const text = { type: "string" };
    const [number, flag, texts] = [{ type: "number" }, { type: "boolean" }, { type: "array", items: text }];
    const texted = Object.fromEntries(
      ["comment", "content", "name", "type", "zoneId"].map((name) => [name, text]),
    );
    const inputProperties = { ...texted, priority: number, ttl: number, proxied: flag, tags: texts };
    const schema = {
      name: "cloudflare",
      version,
      meta: { moduleFormat: "(.*)(?:/[^/]*)" },
      provider: { inputProperties: { apiToken: text, baseUrl: text } },
      resources: { [recordType]: { inputProperties, properties: inputProperties, requiredInputs: required } },
    };
    return new proto.GetSchemaResponse().setSchema(JSON.stringify(schema));
  },

  configure(request) {
    const response = new proto.ConfigureResponse();
    const args = opened(properties(request.getArgs())) as Properties;
    const {
      baseUrl: baseURL,
      email: apiEmail,
      ...keys
    } = settings(args, {
      apiToken: "CLOUDFLARE_API_TOKEN",
      apiKey: "CLOUDFLARE_API_KEY",
      email: "CLOUDFLARE_EMAIL",
      baseUrl: "CLOUDFLARE_BASE_URL",
    });
    const found = { ...keys, apiEmail, baseURL };
    credentials = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
    return response.setAcceptsecrets(true).setAcceptresources(true).setSupportspreview(true);
  },

  check(request) {
    const response = new proto.CheckResponse();
    const inputs = properties(request.getNews());
    const missing = required.filter((name) => inputs[name] === undefined || inputs[name] === null);
    const failures = missing.map((name) => failure("", `Missing required argument: "${name}" is required`));
    const undeclarable = Object.keys(inputs).filter((name) => !isDeclarable(name));
    failures.push(
      ...undeclarable.map((name) => failure(name, `An argument named "${name}" is not expected here`)),
    );
    if (request.getType() !== recordType) {
      failures.push(failure("", `This stand-in knows ${recordType} alone, not ${request.getType()}`));
    }
    return response.setInputs(struct(inputs)).setFailuresList(failures);
  },

  diff(request) {
    const response = new proto.DiffResponse();
    const olds = opened(properties(request.getOlds())) as Properties;
    const oldInputs = opened(properties(request.getOldInputs())) as Properties;
    const news = opened(properties(request.getNews())) as Properties;
    const ignored = new Set(request.getIgnorechangesList());
    const names = [...new Set([...Object.keys(oldInputs), ...Object.keys(news)])].filter(isDeclarable);
    for (const name of names.filter((candidate) => !ignored.has(candidate))) {
      const before = olds[name] ?? defaults[name] ?? null;
      const after = news[name] ?? defaults[name] ?? null;
      if (same(before, after)) continue;
      addDifference(response, name, {
        before: olds[name],
        after: news[name],
        replaces: replacing.has(name),
      });
    }
    // The server writes it anew with every change, so the plan of the real plugin has it as a difference as well.
    if (response.getDiffsList().length > 0 && !ignored.has("modifiedOn")) {
      addDifference(response, "modifiedOn", { before: olds["modifiedOn"], after: unknown, replaces: false });
    }
    return concluded(response);
  },

  async create(request) {
    const response = new proto.CreateResponse();
    const inputs = properties(request.getProperties());
    if (request.getPreview()) return response.setProperties(struct(planned(inputs)));
    const record = await sent("POST", () => records().create(wire(inputs) as unknown as RecordCreateParams));
    return response.setId(record.id).setProperties(struct(asDeclared(outputs(record, inputs), inputs)));
  },

  async read(request) {
    const response = new proto.ReadResponse();
    const state = properties(request.getProperties());
    const [id, importedFrom] = request.getId().split("/").reverse() as [string, string?];
    const zoneId = importedFrom ?? (opened(state["zoneId"]) as string | undefined);
    if (zoneId === undefined) {
      throw new Error(
        `To import a DNS record, name its zone too: "<zone id>/<record id>", not "${request.getId()}"`,
      );
    }
    const record = await unlessGone(() => records().get(id, { zone_id: zoneId }));
    if (!record) return response;
    const seen = outputs(record, { ...state, zoneId: state["zoneId"] ?? zoneId });
    const oldInputs = properties(request.getInputs());
    const declared = Object.keys(seen).filter(
      (name) =>
        isDeclarable(name) && (name in oldInputs || !same(opened(seen[name]), defaults[name] ?? null)),
    );
    const inputs = Object.fromEntries(declared.map((name) => [name, seen[name]]));
    return response.setId(id).setProperties(struct(seen)).setInputs(struct(inputs));
  },

  async update(request) {
    const response = new proto.UpdateResponse();
    const inputs = properties(request.getNews());
    if (request.getPreview()) return response.setProperties(struct(planned(inputs)));
    const params = wire(inputs) as unknown as RecordCreateParams;
    const record = await sent("PUT", () => records().update(request.getId(), params));
    return response.setProperties(struct(asDeclared(outputs(record, inputs), inputs)));
  },

  async delete(request) {
    const response = new Empty();
    const zoneId = opened(properties(request.getProperties())["zoneId"]) as string;
    await unlessGone(() => records().delete(request.getId(), { zone_id: zoneId }));
    return response;
  },
};

/** `getDnsRecord` of one id: the record as the server has it. */
async function invoked(request: proto.InvokeRequest): Promise<proto.InvokeResponse> {
  const { zoneId, dnsRecordId } = opened(properties(request.getArgs())) as Record<string, string>;
  if (request.getTok() !== lookUp || !zoneId || !dnsRecordId)
    throw new Error(`This stand-in knows ${lookUp} with a zone and an id alone, not ${request.getTok()}`);
  const record = await sent("GET", () => records().get(dnsRecordId, { zone_id: zoneId }));
  return new proto.InvokeResponse().setReturn(struct({ ...outputs(record, { zoneId }), dnsRecordId }));
}

serve({ ...handlers, invoke: invoked }, version);

/** Loading the SDK takes half a second, which a preview need not wait for. */
function records(): Records {
  if (!credentials.apiToken && !(credentials.apiKey && credentials.apiEmail)) {
    throw new Error("Cloudflare has no credentials: set cloudflare:apiToken or CLOUDFLARE_API_TOKEN");
  }
  // oxlint-disable-next-line typescript/no-require-imports
  const { Cloudflare } = require("cloudflare") as typeof cloudflare;
  return new Cloudflare(credentials).dns.records;
}

/** A refused request ends as it does in the real plugin: with the request, the status and the whole answer. */
async function sent<T>(method: string, request: () => PromiseLike<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const { status, error: body } = error as { status?: number; error?: unknown };
    if (status === undefined) throw error;
    const url = `${credentials.baseURL ?? "https://api.cloudflare.com/client/v4"}/zones/…/dns_records`;
    throw new Error(
      `failed to make http request: ${method} "${url}": ${status} ${STATUS_CODES[status] ?? ""} ${JSON.stringify(body)}`,
    );
  }
}

/**
 * After a write the real plugin keeps what was declared, whatever the server made of it. The server may have added
 * the zone to a name, for instance.
 */
function asDeclared(seen: Properties, inputs: Properties): Properties {
  return { ...seen, ...inputs };
}

async function unlessGone<T>(request: () => PromiseLike<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if ((error as cloudflare.APIError).status === 404) return undefined;
    throw error;
  }
}

/** The inputs as the API's parameters. */
function wire(inputs: Properties): Properties {
  return renamed(opened(inputs), (name) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  ) as Properties;
}

/** The API's answer as the resource's properties; what went in as a secret comes out as one. */
function outputs(record: RecordResponse, inputs: Properties): Properties {
  const camel = renamed(record, (name) =>
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  );
  const all: Properties = { ...(camel as Properties), zoneId: opened(inputs["zoneId"]) };
  if (all["meta"] !== undefined) all["meta"] = JSON.stringify(all["meta"]);
  const known = ["id", ...declarable, ...computed, "zoneId"].filter(
    (name) => all[name] !== undefined && all[name] !== null,
  );
  return Object.fromEntries(
    known.map((name) => [name, hasSecret(inputs[name]) ? secret(all[name]) : all[name]]),
  );
}

/** What a preview knows of a record: all that was declared, and nothing that the server adds. */
function planned(inputs: Properties): Properties {
  const left = declarable.filter((name) => inputs[name] === undefined);
  const served = [...computed, ...left.filter((name) => name === "settings" || name === "tags")];
  const values = left.filter((name) => name === "proxied" || name === "privateRouting");
  return {
    ...inputs,
    ...Object.fromEntries(values.map((name) => [name, defaults[name]])),
    ...Object.fromEntries(served.map((name) => [name, unknown])),
  };
}

function isDeclarable(name: string): boolean {
  return name === "zoneId" || declarable.includes(name);
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  return mapped(value, (part) => renamed(part, rename), rename);
}
