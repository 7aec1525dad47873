/**
 * A stand-in for the resource plugin of @pulumi/cloudflare: DNS records, on the plugin protocol itself, against the
 * Cloudflare API through Cloudflare's own SDK. What the engine and a program see of a record is meant to be what the
 * real plugin shows: previews with the known inputs and the server's values unknown, secrets kept secret, replacement
 * for another zone or type only, import by `zone/record`.
 */
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import { type IResourceProviderServer, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type * as cloudflare from "cloudflare";
import { type RecordCreateParams, type RecordResponse, type Records } from "cloudflare/resources/dns/records";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

type Properties = Record<string, unknown>;

const recordType = "cloudflare:index/dnsRecord:DnsRecord";
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

const service = {
  checkConfig: unary((request: proto.CheckRequest, response = new proto.CheckResponse()) =>
    response.setInputs(request.getNews()),
  ),

  diffConfig: unary((request: proto.DiffRequest, response = new proto.DiffResponse()) => {
    const changed = !same(opened(properties(request.getOlds())), opened(properties(request.getNews())));
    return response.setChanges(changed ? Changes.DIFF_SOME : Changes.DIFF_NONE);
  }),

  configure: unary((request: proto.ConfigureRequest, response = new proto.ConfigureResponse()) => {
    const args = opened(properties(request.getArgs())) as Properties;
    const setting = (name: string, variable: string) => {
      const value = args[name] === unknown ? undefined : args[name];
      return (value as string | undefined) ?? (process.env[variable] || undefined);
    };
    const found = {
      apiToken: setting("apiToken", "CLOUDFLARE_API_TOKEN"),
      apiKey: setting("apiKey", "CLOUDFLARE_API_KEY"),
      apiEmail: setting("email", "CLOUDFLARE_EMAIL"),
      baseURL: setting("baseUrl", "CLOUDFLARE_BASE_URL"),
    };
    credentials = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
    return response.setAcceptsecrets(true).setAcceptresources(true).setSupportspreview(true);
  }),

  check: unary((request: proto.CheckRequest, response = new proto.CheckResponse()) => {
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
  }),

  diff: unary((request: proto.DiffRequest, response = new proto.DiffResponse()) => {
    const olds = opened(properties(request.getOlds())) as Properties;
    const oldInputs = opened(properties(request.getOldInputs())) as Properties;
    const news = opened(properties(request.getNews())) as Properties;
    const ignored = new Set(request.getIgnorechangesList());
    const names = [...new Set([...Object.keys(oldInputs), ...Object.keys(news)])].filter(isDeclarable);
    for (const name of names.filter((candidate) => !ignored.has(candidate))) {
      const before = olds[name] ?? defaults[name] ?? null;
      const after = news[name] ?? defaults[name] ?? null;
      if (same(before, after)) continue;
      const replaces = replacing.has(name);
      response.addDiffs(name);
      if (replaces) response.addReplaces(name);
      const kind = olds[name] === undefined ? "ADD" : news[name] === undefined ? "DELETE" : "UPDATE";
      const difference = new proto.PropertyDiff().setKind(
        Kind[replaces ? (`${kind}_REPLACE` as const) : kind],
      );
      response.getDetaileddiffMap().set(name, difference);
    }
    const changed = response.getDiffsList().length > 0;
    return response.setHasdetaileddiff(true).setChanges(changed ? Changes.DIFF_SOME : Changes.DIFF_NONE);
  }),

  create: unary(async (request: proto.CreateRequest, response = new proto.CreateResponse()) => {
    const inputs = properties(request.getProperties());
    if (request.getPreview()) return response.setProperties(struct(planned(inputs)));
    const record = await records().create(wire(inputs) as unknown as RecordCreateParams);
    return response.setId(record.id).setProperties(struct(outputs(record, inputs)));
  }),

  read: unary(async (request: proto.ReadRequest, response = new proto.ReadResponse()) => {
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
  }),

  update: unary(async (request: proto.UpdateRequest, response = new proto.UpdateResponse()) => {
    const inputs = properties(request.getNews());
    if (request.getPreview()) return response.setProperties(struct(planned(inputs)));
    const params = wire(inputs) as unknown as RecordCreateParams;
    const record = await records().update(request.getId(), params);
    return response.setProperties(struct(outputs(record, inputs)));
  }),

  delete: unary(async (request: proto.DeleteRequest, response = new Empty()) => {
    const zoneId = opened(properties(request.getProperties())["zoneId"]) as string;
    await unlessGone(() => records().delete(request.getId(), { zone_id: zoneId }));
    return response;
  }),

  getPluginInfo: unary((_request: Empty, response = new pluginProto.PluginInfo()) =>
    // The real plugin has the number of its SDK, and a program's resources ask for that one.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    response.setVersion((require("@pulumi/cloudflare/package.json") as { version: string }).version),
  ),

  cancel: unary((_request: Empty, response = new Empty()) => response),
};

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(ResourceProviderService, service as unknown as IResourceProviderServer);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(String(port));
  endWithEngine(process.argv[2]);
});

const Changes = proto.DiffResponse.DiffChanges;
const Kind = proto.PropertyDiff.Kind;

/** What the engine puts in place of a value that is not known yet, and around one that is secret. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Loading the SDK takes half a second, which a preview need not wait for. */
function records(): Records {
  if (!credentials.apiToken && !(credentials.apiKey && credentials.apiEmail)) {
    throw new Error("Cloudflare has no credentials: set cloudflare:apiToken or CLOUDFLARE_API_TOKEN");
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { Cloudflare } = require("cloudflare") as typeof cloudflare;
  return new Cloudflare(credentials).dns.records;
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
  const known = [...declarable, ...computed, "zoneId"].filter(
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

function failure(property: string, reason: string): proto.CheckFailure {
  return new proto.CheckFailure().setProperty(property).setReason(reason);
}

function properties(message: Struct | undefined): Properties {
  return message?.toJavaScript() ?? {};
}

function struct(values: Properties): Struct {
  return Struct.fromJavaScript(values as Record<string, JavaScriptValue>);
}

function isSecret(value: unknown): value is { value: unknown } {
  return (value as Properties | null)?.[signature] === secretSignature;
}

function hasSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isSecret(value) || Object.values(value).some(hasSecret);
}

function secret(value: unknown): Properties {
  return { [signature]: secretSignature, value };
}

/** The value without the wrappers that say which parts of it are secret. */
function opened(value: unknown): unknown {
  if (isSecret(value)) return opened(value.value);
  return mapped(value, opened, (name) => name);
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  return mapped(value, (part) => renamed(part, rename), rename);
}

function mapped(
  value: unknown,
  change: (part: unknown) => unknown,
  rename: (name: string) => string,
): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [rename(name), change(part)]));
}

/** Equal, whatever the order of keys. */
function same(one: unknown, other: unknown): boolean {
  const ordered = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, part]) => [name, ordered(part)]),
        )
      : value;
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

/** A handler that is given the request and a fresh response, and may throw. */
function unary<Request, Response>(handle: (request: Request) => Response | Promise<Response>) {
  return (call: grpc.ServerUnaryCall<Request, Response>, done: grpc.sendUnaryData<Response>): void => {
    void (async () => handle(call.request))().then(
      (response) => done(null, response),
      (error: Error) => done({ code: grpc.status.UNKNOWN, details: error.message }),
    );
  };
}

/** A plugin whose engine was killed would stay for ever. */
function endWithEngine(address: string | undefined): void {
  if (address === undefined) return;
  const channel = new EngineClient(address, grpc.credentials.createInsecure()).getChannel();
  const watch = () => {
    const state = channel.getConnectivityState(true);
    if (state === grpc.connectivityState.TRANSIENT_FAILURE) process.exit(1);
    channel.watchConnectivityState(state, Infinity, watch);
  };
  watch();
}
