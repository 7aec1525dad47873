/**
 * What the stand-ins have in common: the plugin protocol of the engine, without a word on any vendor. A stand-in says what
 * it does with one type of resource, and hands that to `serve`.
 */
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import { type IResourceProviderServer, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

export type Properties = Record<string, unknown>;

/** What a stand-in does itself; each is given the request and answers, or throws. */
export interface Handlers {
  configure(request: proto.ConfigureRequest): Answer<proto.ConfigureResponse>;
  check(request: proto.CheckRequest): Answer<proto.CheckResponse>;
  diff(request: proto.DiffRequest): Answer<proto.DiffResponse>;
  create(request: proto.CreateRequest): Answer<proto.CreateResponse>;
  read(request: proto.ReadRequest): Answer<proto.ReadResponse>;
  update(request: proto.UpdateRequest): Answer<proto.UpdateResponse>;
  delete(request: proto.DeleteRequest): Answer<Empty>;
  /** For programs in YAML, which ask for the types of an explicit provider's arguments. */
  getSchema?(request: proto.GetSchemaRequest): Answer<proto.GetSchemaResponse>;
  invoke?(request: proto.InvokeRequest): Answer<proto.InvokeResponse>;
}

type Answer<Response> = Response | Promise<Response>;

/** Starts the plugin. Its version is that of the vendor's SDK: the real plugin has the same, and programs ask for it. */
export function serve(handlers: Handlers, version: string): void {
  const service = {
    checkConfig: unary((request: proto.CheckRequest) =>
      new proto.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary((request: proto.DiffRequest) => {
      const changed = !same(opened(properties(request.getOlds())), opened(properties(request.getNews())));
      return new proto.DiffResponse().setChanges(changed ? Changes.DIFF_SOME : Changes.DIFF_NONE);
    }),
    ...Object.fromEntries(
      Object.entries(handlers).map(([name, handle]) => [
        name,
        unary(handle as (request: unknown) => unknown),
      ]),
    ),
    getPluginInfo: unary((_request: Empty) => new pluginProto.PluginInfo().setVersion(version)),
    cancel: unary((_request: Empty) => new Empty()),
  };
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(ResourceProviderService, service as unknown as IResourceProviderServer);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(String(port));
    endWithEngine(process.argv[2]);
  });
}

/** What the engine puts in place of a value that is not known yet, and around one that is secret. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What configuration or the environment says, without values that are not known yet. */
export function settings(
  args: Properties,
  variables: Record<string, string>,
): Record<string, string | undefined> {
  const entries = Object.entries(variables).map(([name, variable]) => {
    const given = args[name] === unknown ? undefined : args[name];
    return [name, (given as string | undefined) ?? (process.env[variable] || undefined)];
  });
  return Object.fromEntries(entries) as Record<string, string | undefined>;
}

/** Adds a property that differs to the answer of a diff. */
export function addDifference(
  response: proto.DiffResponse,
  name: string,
  { before, after, replaces }: { before: unknown; after: unknown; replaces: boolean },
): void {
  response.addDiffs(name);
  if (replaces) response.addReplaces(name);
  const kind = before === undefined ? "ADD" : after === undefined ? "DELETE" : "UPDATE";
  const difference = new proto.PropertyDiff().setKind(Kind[replaces ? (`${kind}_REPLACE` as const) : kind]);
  response.getDetaileddiffMap().set(name, difference);
}

/** The answer of a diff that has all its differences. */
export function concluded(response: proto.DiffResponse): proto.DiffResponse {
  const changed = response.getDiffsList().length > 0;
  return response.setHasdetaileddiff(true).setChanges(changed ? Changes.DIFF_SOME : Changes.DIFF_NONE);
}

export function failure(property: string, reason: string): proto.CheckFailure {
  return new proto.CheckFailure().setProperty(property).setReason(reason);
}

export function properties(message: Struct | undefined): Properties {
  return message?.toJavaScript() ?? {};
}

export function struct(values: Properties): Struct {
  return Struct.fromJavaScript(values as Record<string, JavaScriptValue>);
}

function isSecret(value: unknown): value is { value: unknown } {
  return (value as Properties | null)?.[signature] === secretSignature;
}

export function hasSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isSecret(value) || Object.values(value).some(hasSecret);
}

export function secret(value: unknown): Properties {
  return { [signature]: secretSignature, value };
}

/** The value without the wrappers that say which parts of it are secret. */
export function opened(value: unknown): unknown {
  if (isSecret(value)) return opened(value.value);
  return mapped(value, opened, (name) => name);
}

export function mapped(
  value: unknown,
  change: (part: unknown) => unknown,
  rename: (name: string) => string,
): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [rename(name), change(part)]));
}

/** Equal, whatever the order of keys. */
export function same(one: unknown, other: unknown): boolean {
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

const Changes = proto.DiffResponse.DiffChanges;
const Kind = proto.PropertyDiff.Kind;

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
