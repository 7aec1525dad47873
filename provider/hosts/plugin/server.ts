import { AsyncLocalStorage } from "node:async_hooks";
import * as grpc from "@grpc/grpc-js";
import * as engineServices from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineMessages from "@pulumi/pulumi/proto/engine_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { shown } from "../../shown";
import { same } from "../../core/equality";
import { nearest } from "../../core/fields";
import { type Properties } from "../../core/properties";
import { type Runtime } from "../../core/runtime";
import { UNKNOWN } from "../../core/unknown";
import { ignoredProblem } from "../ignoredChanges";
import { ConnectedEngine, type EngineModules } from "../engine";
import { pulumiArguments, saysItGoesOn, stopsAfterPreview } from "../dynamic/pulumiCommand";
import type * as Constructing from "./construct";
import { PartialOutcome } from "./partialOutcome";
import type * as Resources from "./pluginResource";
import { type PluginKind, type PluginResource } from "./pluginResource";
import { Provider } from "./provider";
import { StatusError } from "./statusError";
import { named, type Named } from "./urn";
import { received, sent } from "./values";

/** What a package serves: kinds, look-ups and settings. */
export interface PluginPackage<Session> {
  name: string;
  version: string;
  /** By the names in their tokens. */
  kinds: Readonly<Record<string, PluginKind<Session>>>;
  /** By the names in their tokens. */
  functions: Readonly<Record<string, (session: Session, args: Properties) => Promise<Properties>>>;
  /** The names in the tokens of its components. */
  components: readonly string[];
  /** What makes them: loaded with the first one. */
  construct(): Constructing.Construct;
  settings: readonly string[];
  secretSettings: readonly string[];
  schema(): string;
  /** Begins to serve an engine: called once, when the settings are known. */
  serve(
    engine: ConnectedEngine,
    address: string | undefined,
    provider: Provider,
  ): { runtime: Runtime<Session>; interrupt(): void };
}

/** The largest message that the engine sends, as the engine's own limit has it. */
const LARGEST_MESSAGE = 400 * 1024 * 1024;

/** Names among a provider's arguments that are the engine's own. */
const OF_THE_ENGINE = ["version", "pluginDownloadURL", "__internal"];

const rows = new AsyncLocalStorage<string>();

const modules = (): EngineModules => ({
  grpc,
  services: engineServices as unknown as EngineModules["services"],
  messages: engineMessages as unknown as EngineModules["messages"],
});

/** Serves a package to the engine that has started this process, and prints the port. */
export async function servePackage<Session>(
  load: () => PluginPackage<Session>,
  address: string | undefined,
): Promise<void> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": LARGEST_MESSAGE,
    "grpc.max_send_message_length": LARGEST_MESSAGE,
  });
  server.addService(
    services.ResourceProviderService as unknown as grpc.ServiceDefinition,
    new Handlers(load, address).implementation(),
  );
  const port = await new Promise<number>((bound, failed) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? failed(error) : bound(port),
    );
  });
  process.stdout.write(`${port}\n`);
}

interface Serving<Session> {
  runtime: Runtime<Session>;
  resources: Record<string, PluginResource<Session>>;
  config: (key: string) => string | undefined;
  interrupt(): void;
}

/** The engine's requests, by name. */
class Handlers<Session> {
  readonly #load: () => PluginPackage<Session>;
  #loaded: PluginPackage<Session> | undefined;
  #address: string | undefined;
  #serving: Promise<Serving<Session>> | undefined;
  /** As the engine names the provider that this process serves. */
  #reference = "";

  constructor(load: () => PluginPackage<Session>, address: string | undefined) {
    this.#load = load;
    this.#address = address;
  }

  /** Loaded with the first request that needs it. */
  get #served(): PluginPackage<Session> {
    return (this.#loaded ??= this.#load());
  }

  implementation(): grpc.UntypedServiceImplementation {
    const of = <Request, Answer>(handle: (request: Request) => Answer | Promise<Answer>) => {
      return (call: grpc.ServerUnaryCall<Request, Answer>, done: grpc.sendUnaryData<Answer>): void => {
        Promise.resolve()
          .then(() => handle(call.request))
          .then(
            (answer) => done(null, answer),
            (error: unknown) => done(statusOf(error)),
          );
      };
    };
    const onRow = <Request extends { getUrn(): string }, Answer>(
      handle: (request: Request, resource: Named) => Promise<Answer>,
    ) => of((request: Request) => rows.run(request.getUrn(), () => handle(request, named(request.getUrn()))));
    return {
      handshake: of((request: messages.ProviderHandshakeRequest) => this.#handshake(request)),
      attach: of((request: plugin.PluginAttach) => {
        this.#address = request.getAddress();
        return new Empty();
      }),
      getPluginInfo: of(() => new plugin.PluginInfo().setVersion(this.#served.version)),
      getSchema: of(() => new messages.GetSchemaResponse().setSchema(this.#served.schema())),
      checkConfig: of((request: messages.CheckRequest) => this.#checkConfig(request)),
      diffConfig: of((request: messages.DiffRequest) => this.#diffConfig(request)),
      configure: of((request: messages.ConfigureRequest) => this.#configure(request)),
      check: onRow((request: messages.CheckRequest, resource) => this.#check(request, resource)),
      diff: onRow((request: messages.DiffRequest, resource) => this.#diff(request, resource)),
      create: onRow((request: messages.CreateRequest, resource) => this.#create(request, resource)),
      read: onRow((request: messages.ReadRequest, resource) => this.#read(request, resource)),
      update: onRow((request: messages.UpdateRequest, resource) => this.#update(request, resource)),
      delete: onRow((request: messages.DeleteRequest, resource) => this.#delete(request, resource)),
      construct: of((request: messages.ConstructRequest) => this.#construct(request)),
      invoke: of((request: messages.InvokeRequest) => this.#invoke(request)),
      cancel: of(async () => {
        (await this.#serving)?.interrupt();
        return new Empty();
      }),
      getMapping: of(() => new messages.GetMappingResponse()),
      getMappings: of(() => new messages.GetMappingsResponse()),
    };
  }

  #handshake(request: messages.ProviderHandshakeRequest): messages.ProviderHandshakeResponse {
    this.#address ??= request.getEngineAddress() || undefined;
    return new messages.ProviderHandshakeResponse()
      .setAcceptSecrets(true)
      .setAcceptResources(true)
      .setAcceptOutputs(true)
      .setSupportsAutonamingConfiguration(false);
  }

  #checkConfig(request: messages.CheckRequest): messages.CheckResponse {
    const { settings, secretSettings, name } = this.#served;
    const { values } = received(request.getNews());
    const answer = new messages.CheckResponse().setInputs(sent(values, secretSettings));
    const strange = Object.keys(values).filter(
      (key) => !settings.includes(key) && !OF_THE_ENGINE.includes(key),
    );
    return answer.setFailuresList(
      strange.map((key) => {
        const near = nearest(key, settings);
        return new messages.CheckFailure().setReason(
          `${shown(key)} is not a setting of the provider ${name}, so it would have no effect. ` +
            (near === undefined ? `The settings are ${settings.join(", ")}.` : `Did you mean ${near}?`),
        );
      }),
    );
  }

  /** A key may be renewed, and the application be reached by another address: nothing that stands is replaced for that. */
  #diffConfig(request: messages.DiffRequest): messages.DiffResponse {
    const [olds, news] = [received(request.getOlds()).values, received(request.getNews()).values];
    const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
    return new messages.DiffResponse().setChanges(same(olds, news) ? DIFF_NONE : DIFF_SOME);
  }

  async #configure(request: messages.ConfigureRequest): Promise<messages.ConfigureResponse> {
    const { values } = received(request.getArgs());
    const provider = new Provider(request.getUrn() ?? "", this.#served.name, values);
    this.#reference = `${request.getUrn() ?? ""}::${request.getId() || UNKNOWN}`;
    this.#serving = this.#begin(provider);
    await this.#serving;
    return new messages.ConfigureResponse()
      .setAcceptsecrets(true)
      .setAcceptresources(true)
      .setAcceptoutputs(true)
      .setSupportspreview(true)
      .setSupportsAutonamingConfiguration(false);
  }

  async #begin(provider: Provider): Promise<Serving<Session>> {
    const engine = new ConnectedEngine(this.#address, modules, () => rows.getStore());
    const { runtime, interrupt } = this.#served.serve(engine, this.#address, provider);
    const config = (key: string) => provider.setting(key);
    // oxlint-disable-next-line typescript/no-require-imports -- after the port is known
    const { PluginResource } = require("./pluginResource") as typeof Resources;
    const resources = Object.entries(this.#served.kinds).map(
      ([name, kind]) => [name, new PluginResource(kind, runtime)] as const,
    );
    for (const [, resource] of resources) await resource.configure(config);
    return { runtime, interrupt, config, resources: Object.fromEntries(resources) };
  }

  async #configured(): Promise<Serving<Session>> {
    if (!this.#serving) throw new Error("the provider is not configured yet");
    return this.#serving;
  }

  async #resource({ type, kind }: Named): Promise<PluginResource<Session>> {
    const { resources } = await this.#configured();
    const { name } = this.#served;
    if (type === `${name}:index:${kind}` && Object.hasOwn(resources, kind)) return resources[kind]!;
    throw new Error(`${type} is not a resource of the provider ${name} ${this.#served.version}`);
  }

  async #check(request: messages.CheckRequest, resource: Named): Promise<messages.CheckResponse> {
    const handler = await this.#resource(resource);
    const [olds, news] = [received(request.getOlds()), received(request.getNews())];
    const { inputs, failures } = await handler.check(resource, olds, news, goesOnAfterErrors());
    return new messages.CheckResponse()
      .setInputs(sent(inputs, handler.facts.secretInputs, news.secrets))
      .setFailuresList(
        failures.map(({ property, reason }) =>
          new messages.CheckFailure().setProperty(property).setReason(reason),
        ),
      );
  }

  async #diff(request: messages.DiffRequest, resource: Named): Promise<messages.DiffResponse> {
    const handler = await this.#resource(resource);
    const hidden = ignoredProblem(resource.kind, request.getIgnorechangesList(), false);
    if (hidden !== undefined)
      throw new Error(`Nylas ${resource.kind} ${JSON.stringify(resource.name)}: ${hidden}`);
    const [olds, news] = [received(request.getOlds()), received(request.getNews())];
    const { changes, replaces, differences } = await handler.diff(request.getId(), olds.values, news.values);
    const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
    const answer = new messages.DiffResponse()
      .setChanges(changes ? DIFF_SOME : DIFF_NONE)
      .setReplacesList(replaces)
      .setHasdetaileddiff(true);
    const detailed = answer.getDetaileddiffMap();
    if (changes) {
      for (const { property, path, change } of differences) {
        const replacing = replaces.includes(property);
        detailed.set(
          path,
          new messages.PropertyDiff().setKind(KINDS[change][replacing ? 1 : 0]).setInputdiff(true),
        );
      }
      answer.setDiffsList([...new Set(differences.map(({ property }) => property))]);
    }
    return answer;
  }

  async #create(request: messages.CreateRequest, resource: Named): Promise<messages.CreateResponse> {
    const handler = await this.#resource(resource);
    const inputs = received(request.getProperties());
    const secrets = secretsOf(handler.facts, inputs.secrets);
    return withSecrets(secrets, async () => {
      const made = await handler.create(inputs.values, request.getTimeout(), request.getPreview());
      return new messages.CreateResponse().setId(made.id).setProperties(sent(made.outputs, secrets));
    });
  }

  async #read(request: messages.ReadRequest, resource: Named): Promise<messages.ReadResponse> {
    const handler = await this.#resource(resource);
    const [outputs, inputs] = [received(request.getProperties()), received(request.getInputs())];
    // A look-up and an import come without inputs, and what the state has of the resource would go. A refresh hands on what is recorded.
    if (handler.facts.isGuard && Object.keys(inputs.values).length === 0)
      throw new Error(
        `Nylas ${resource.kind} ${JSON.stringify(resource.name)} can be neither looked up (get) nor imported: ` +
          `${handler.facts.notImported} The engine would let go of the entry that guards published DNS records. Nothing was changed.`,
      );
    const found = await handler.read(request.getId(), outputs.values, inputs.values);
    // Properties and inputs that are there, and empty, would be an object.
    if (found === undefined) return new messages.ReadResponse();
    const secrets = secretsOf(handler.facts, [...outputs.secrets, ...inputs.secrets]);
    return new messages.ReadResponse()
      .setId(found.id)
      .setProperties(sent(found.outputs, secrets))
      .setInputs(sent(found.inputs, handler.facts.secretInputs, inputs.secrets));
  }

  async #update(request: messages.UpdateRequest, resource: Named): Promise<messages.UpdateResponse> {
    const handler = await this.#resource(resource);
    const [olds, news] = [received(request.getOlds()), received(request.getNews())];
    const secrets = secretsOf(handler.facts, news.secrets);
    const isPreview = request.getPreview();
    // An up that goes on after errors would not begin after a preview that has failed.
    if (isPreview && !stopsAfterPreview(pulumiArguments(), process.env)) {
      const refusal = handler.refusal(news.values);
      const { runtime } = await this.#configured();
      if (refusal !== undefined) {
        await runtime.engine.log("warning", refusal);
        return new messages.UpdateResponse().setProperties(sent(olds.values, secrets, olds.secrets));
      }
    }
    return withSecrets(secrets, async () =>
      new messages.UpdateResponse().setProperties(
        sent(
          await handler.update(request.getId(), olds.values, news.values, request.getTimeout(), isPreview),
          secrets,
        ),
      ),
    );
  }

  async #delete(request: messages.DeleteRequest, resource: Named): Promise<Empty> {
    const handler = await this.#resource(resource);
    await handler.delete(request.getId(), received(request.getProperties()).values);
    return new Empty();
  }

  async #construct(request: messages.ConstructRequest): Promise<messages.ConstructResponse> {
    const { name, version, components } = this.#served;
    const [scope, index, kind = ""] = request.getType().split(":");
    if (scope !== name || index !== "index" || !components.includes(kind))
      throw new Error(`${request.getType()} is not a component of the provider ${name} ${version}`);
    await this.#configured();
    // oxlint-disable-next-line typescript/no-require-imports -- few programs have a component
    const { constructed, failureOf } = require("./construct") as typeof Constructing;
    const place = { packageName: name, address: this.#address, self: this.#reference };
    try {
      return await constructed(request, place, this.#served.construct());
    } catch (error) {
      throw failureOf(error);
    }
  }

  async #invoke(request: messages.InvokeRequest): Promise<messages.InvokeResponse> {
    const { name, functions } = this.#served;
    const [scope, index, asked = ""] = request.getTok().split(":");
    if (scope !== name || index !== "index" || !Object.hasOwn(functions, asked))
      throw new Error(
        `${request.getTok()} is not a function of the provider ${name} ${this.#served.version}`,
      );
    const { runtime, config } = await this.#configured();
    const { values } = received(request.getArgs());
    const { connection } = values;
    try {
      const session = runtime.session(config, typeof connection === "string" ? connection : undefined);
      return new messages.InvokeResponse().setReturn(sent(await functions[asked]!(session, values)));
    } catch (error) {
      throw new Error(shown((error as Error).message), { cause: error });
    }
  }
}

const { Kind } = messages.PropertyDiff;

/** Without and with a replacement. */
const KINDS = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
} as const;

function secretsOf<Session>(facts: PluginKind<Session>, given: readonly string[]): string[] {
  return [...facts.secretInputs, ...facts.secretOutputs, ...given];
}

/**
 * Whether the engine goes on after errors: what depends on a failed resource then comes here without its values, to be skipped. Undefined
 * where nobody tells, as under Windows.
 */
function goesOnAfterErrors(): boolean | undefined {
  if (goesOn === undefined) {
    const args = pulumiArguments();
    const isTold = saysItGoesOn(args, process.env) !== undefined;
    goesOn = { asked: isTold ? !stopsAfterPreview(args, process.env) : undefined };
  }
  return goesOn.asked;
}

let goesOn: { asked: boolean | undefined } | undefined;

/** A partial failure is recorded by the engine, so its secrets are marked like those of a success. */
async function withSecrets<T>(secrets: readonly string[], run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof PartialOutcome ? partly(error, secrets) : error;
  }
}

function partly({ id, outputs, message }: PartialOutcome, secrets: readonly string[]): StatusError {
  const reason = shown(message);
  const detail = new messages.ErrorResourceInitFailed()
    .setId(id)
    .setProperties(sent(outputs, secrets))
    .setReasonsList([reason]);
  return new StatusError(reason, "pulumirpc.ErrorResourceInitFailed", detail);
}

function statusOf(error: unknown): Partial<grpc.StatusObject> & { message: string; name: string } {
  const message = shown(error instanceof Error ? error.message : String(error));
  const metadata = error instanceof StatusError ? error.metadata : new grpc.Metadata();
  return { name: "Error", code: grpc.status.UNKNOWN, details: message, message, metadata };
}
