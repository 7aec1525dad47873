import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { resolve } from "node:path";
import { type Readable } from "node:stream";
import * as grpc from "@grpc/grpc-js";
import * as engineServices from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { DIRECT_CALLS, directClient } from "./directClient";
import { checkedNatively, isNative, nativeEntry, opened, providerArguments } from "./host";
import { temporaryHome } from "./journals";

/** Properties of a resource, as they cross the border between engine and plugin. */
export type Properties = Record<string, unknown>;

export interface PluginOptions {
  /** Added to the environment of the plugin; undefined takes a variable out. */
  env?: Record<string, string | undefined>;
  /** The stack's configuration by full keys, secrets opened, as the engine hands it over. */
  config?: Record<string, string>;
  /** Where the engine would run: the program's folder. */
  cwd?: string;
  /** The provider's text for a type; the one that is recorded in states by default. */
  provider?: (type: string) => string;
  /** Hears of every operation on a resource before it is sent. */
  onCall?: (operation: "create" | "read" | "update" | "delete", type: string, name: string) => void;
  /** Which of the package's modules `renew` loads anew, by their paths under `dist`; all by default. */
  forget?: RegExp;
  /** Calls go over a channel between the processes, at a fraction of the cost of gRPC; the provider in it is the same. */
  isDirect?: boolean;
}

export interface LogLine {
  severity: "debug" | "info" | "warning" | "error";
  message: string;
  urn: string;
}

/** An operation that the plugin refused or did not finish. */
export class OperationError extends Error {
  constructor(
    message: string,
    readonly code: grpc.status,
    /** What the engine records all the same: the object exists, but is not what was wanted. */
    readonly partial: { id: string; properties: Properties; reasons: string[] } | undefined,
  ) {
    super(message);
  }
}

/**
 * The process that serves dynamic providers, driven as the engine drives it. It is started with the engine's address,
 * found by the port it prints, and spoken to over gRPC. The provider's text is among the properties.
 */
export class Plugin {
  /** What reached the engine's log. */
  readonly log: LogLine[] = [];
  stdout = "";
  stderr = "";
  #child: ChildProcess | undefined;
  #client: services.ResourceProviderClient | undefined;
  #engine: grpc.Server | undefined;
  #ended: Promise<string> = Promise.resolve("");
  /** Counts the times that the package was loaded anew in this process. */
  #generation = 0;
  /** Ends the calls under way, as seen from here. */
  readonly #waiting = new Set<(error: Error) => void>();

  private constructor(private readonly options: PluginOptions) {}

  /** Starts a plugin beside a small engine, and configures it. */
  static async start(options: PluginOptions = {}): Promise<Plugin> {
    const plugin = new Plugin(options);
    try {
      await plugin.#start();
    } catch (error) {
      await plugin.stop();
      throw error;
    }
    return plugin;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** Resolves with what the process ended by: an exit code or the name of a signal. */
  get ended(): Promise<string> {
    return this.#ended;
  }

  get warnings(): string[] {
    return this.log.filter(({ severity }) => severity === "warning").map(({ message }) => message);
  }

  async configure(config: Record<string, string>): Promise<void> {
    const request = new messages.ConfigureRequest();
    request.setArgs(struct(isNative ? providerArguments(config) : config));
    request.setAcceptsecrets(true);
    if (isNative) request.setUrn("urn:pulumi:stack::project::pulumi:providers:nylas::default");
    await this.#call((client, options, done) =>
      client.configure(request, new grpc.Metadata(), options, done),
    );
  }

  async check(type: string, olds: Properties, news: Properties, name = "resource") {
    const request = new messages.CheckRequest();
    const checked = isNative ? checkedNatively(news, name) : { news, name };
    request.setUrn(urnOf(type, checked.name));
    request.setOlds(struct(olds));
    request.setNews(this.#with(type, checked.news));
    const answer = await this.#call<messages.CheckResponse>((client, options, done) =>
      client.check(request, new grpc.Metadata(), options, done),
    );
    return {
      inputs: plain(answer.getInputs()),
      failures: answer
        .getFailuresList()
        .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
    };
  }

  async diff(type: string, id: string, olds: Properties, news: Properties, name = "resource") {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setUrn(urnOf(type, name));
    request.setOlds(this.#with(type, olds));
    request.setNews(this.#with(type, news));
    const answer = await this.#call<messages.DiffResponse>((client, options, done) =>
      client.diff(request, new grpc.Metadata(), options, done),
    );
    const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
    return {
      /** Undefined where the plugin left it open. */
      changes:
        answer.getChanges() === DIFF_SOME ? true : answer.getChanges() === DIFF_NONE ? false : undefined,
      replaces: answer.getReplacesList(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
    };
  }

  async create(type: string, inputs: Properties, name = "resource") {
    this.options.onCall?.("create", type, name);
    const request = new messages.CreateRequest();
    request.setUrn(urnOf(type, name));
    request.setProperties(this.#with(type, inputs));
    const answer = await this.#call<messages.CreateResponse>((client, options, done) =>
      client.create(request, new grpc.Metadata(), options, done),
    );
    return { id: answer.getId(), outputs: plain(answer.getProperties()) };
  }

  async read(type: string, id: string, outputs: Properties, inputs: Properties = {}, name = "resource") {
    this.options.onCall?.("read", type, name);
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setUrn(urnOf(type, name));
    request.setProperties(this.#with(type, outputs));
    request.setInputs(struct(inputs));
    const answer = await this.#call<messages.ReadResponse>((client, options, done) =>
      client.read(request, new grpc.Metadata(), options, done),
    );
    return {
      id: answer.getId(),
      outputs: plain(answer.getProperties()),
      inputs: answer.hasInputs() ? plain(answer.getInputs()) : undefined,
    };
  }

  async update(type: string, id: string, olds: Properties, news: Properties, name = "resource") {
    this.options.onCall?.("update", type, name);
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setUrn(urnOf(type, name));
    request.setOlds(this.#with(type, olds));
    request.setNews(this.#with(type, news));
    const answer = await this.#call<messages.UpdateResponse>((client, options, done) =>
      client.update(request, new grpc.Metadata(), options, done),
    );
    return { outputs: plain(answer.getProperties()) };
  }

  async delete(type: string, id: string, outputs: Properties, name = "resource"): Promise<void> {
    this.options.onCall?.("delete", type, name);
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setUrn(urnOf(type, name));
    request.setProperties(this.#with(type, outputs));
    await this.#call((client, options, done) => client.delete(request, new grpc.Metadata(), options, done));
  }

  /** As the engine does at the first Ctrl-C, and when an operation is over. A process that is gone hears nothing. */
  async cancel(): Promise<void> {
    if (!this.#engine || this.#child?.exitCode !== null || this.#child.signalCode !== null) return;
    await this.#call((client, options, done) =>
      client.cancel(new Empty(), new grpc.Metadata(), options, done),
    ).catch(() => undefined);
  }

  /** The home folder of the engine that this plugin sees. */
  get home(): string {
    return homeOf(this.options);
  }

  /** Kills the plugin in the middle of whatever it does. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<string> {
    this.#child?.kill(signal);
    return this.#ended;
  }

  /**
   * What a new process begins with, without the second that starting one takes: nothing remembered, and the package's
   * modules loaded anew. What came before in the log is forgotten.
   */
  async renew(config: Record<string, string> = this.options.config ?? {}): Promise<void> {
    this.log.length = 0;
    // The native plugin is one file, and starts in a fraction of a second.
    if (isNative) return this.restart(config);
    this.#generation++;
    await this.configure(config);
  }

  /** As an engine that is killed: it hears no answer any more, and the plugin goes on without it. */
  abandon(): void {
    this.closeEngine();
    for (const end of this.#waiting)
      end(new OperationError("the engine was killed", grpc.status.CANCELLED, undefined));
  }

  /** Takes the engine away and leaves the plugin alive, as a killed engine does. */
  closeEngine(): void {
    this.#engine?.forceShutdown();
    this.#engine = undefined;
  }

  /** A new process with the same settings, as the next operation has it. */
  async restart(config = this.options.config ?? {}): Promise<void> {
    await this.kill();
    this.closeEngine();
    await this.#start(config);
  }

  async stop(): Promise<void> {
    this.#client?.close();
    this.#client = undefined;
    await this.kill();
    this.closeEngine();
  }

  async #start(config = this.options.config ?? {}): Promise<void> {
    const { server, address } = await startEngine(this.log);
    this.#engine = server;
    // Node reads the certificates at its start, whether it needs them or not.
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      NODE_EXTRA_CA_CERTS: undefined,
      ...this.options.env,
      PULUMI_HOME: this.home,
    };
    for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
    const isDirect = this.options.isDirect === true && !isNative;
    const preloaded = [LAZY_MODULES, ...(isDirect ? [DIRECT_CALLS] : [])].flatMap((file) => [
      "--require",
      file,
    ]);
    const entry = isNative ? nativeEntry : dynamicProvider;
    const child = spawn(process.execPath, [...preloaded, entry, address], {
      cwd: this.options.cwd ?? root,
      env,
      stdio: ["ignore", "pipe", "pipe", ...(isDirect ? ["ipc" as const] : [])],
      serialization: "advanced",
    }) as ChildProcessByStdio<null, Readable, Readable>;
    this.#child = child;
    this.#ended = new Promise((done) => child.on("close", (code, signal) => done(signal ?? String(code))));
    child.stderr.on("data", (chunk: Buffer) => (this.stderr += chunk.toString("utf8")));
    const before = this.stdout.length;
    const port = await new Promise<string>((found, failed) => {
      child.stdout.on("data", (chunk: Buffer) => {
        this.stdout += chunk.toString("utf8");
        const line = /^(\d+)\r?\n/.exec(this.stdout.slice(before));
        if (line?.[1]) found(line[1]);
      });
      child.on("close", (code) =>
        failed(new Error(`the plugin ended with ${code} before it had a port: ${this.stderr}`)),
      );
    });
    this.#client = isDirect
      ? directClient(child)
      : new services.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    await this.configure(config);
  }

  /** Properties with the provider's text, which stands among a resource's inputs and outputs alike. */
  #with(type: string, properties: Properties): Struct {
    if (isNative) return struct(properties);
    const whole = { __provider: (this.options.provider ?? providerText)(type), ...properties };
    if (this.#generation > 0)
      whole.__provider = textOfGeneration(whole.__provider, this.#generation, this.options.forget);
    return struct(whole);
  }

  async #call<T>(
    send: (client: Client, options: { deadline: number }, done: Done<T>) => unknown,
  ): Promise<T> {
    const client = this.#client;
    if (!client) throw new Error("the plugin is stopped");
    return new Promise<T>((done, failed) => {
      this.#waiting.add(failed);
      // A call that is never answered is a failure of its own: the engine would hang for ever.
      send(client, { deadline: Date.now() + 60_000 }, (error, answer) => {
        this.#waiting.delete(failed);
        if (error) failed(new OperationError(error.details, error.code, partialFailure(error)));
        else done(answer as T);
      });
    });
  }
}

/** Whoever runs the tests has a home folder too, with the journals of real runs in it. */
export function homeOf({ env }: PluginOptions): string {
  return env?.PULUMI_HOME ?? (commonHome ??= temporaryHome());
}

let commonHome: string | undefined;

/** What stands for a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The URN of a resource of the test stack; the type as in "Workspace". */
export function urnOf(type: string, name: string): string {
  return `urn:pulumi:stack::project::${isNative ? "nylas:index" : "pulumi-nodejs:dynamic/nylas"}:${type}::${name}`;
}

type Client = services.ResourceProviderClient;
type Done<T> = (error: grpc.ServiceError | null, answer?: T) => void;

const root = resolve(__dirname, "../..");
const LAZY_MODULES = resolve(root, "test/lazyModules.cjs");
const dynamicProvider = resolve(root, "node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js");

/** The process keeps a provider by its text: another text is another provider, and the first of them forgets the package. */
function textOfGeneration(text: string, generation: number, modules = /./): string {
  const forget =
    `if(globalThis.generation!==${generation}){globalThis.generation=${generation};` +
    `for(const file of Object.keys(require.cache)){const name=file.split(/[\\\\/]provider[\\\\/]dist[\\\\/]/)[1];` +
    `if(name!==undefined&&${modules}.test(name))delete require.cache[file];}}`;
  return `/*${generation}*/${forget}/**/${text}`;
}

// Written out once more on purpose: states of every release hold this very text.
function providerText(type: string): string {
  return `exports.handler=()=>require('pulumi-nylas/dynamic').${type}`;
}

async function startEngine(log: LogLine[]): Promise<{ server: grpc.Server; address: string }> {
  const severities = ["debug", "info", "warning", "error"] as const;
  const server = new grpc.Server();
  server.addService(engineServices.EngineService as unknown as grpc.ServiceDefinition, {
    log: (call: grpc.ServerUnaryCall<LogRequest, Empty>, done: grpc.sendUnaryData<Empty>) => {
      log.push({
        severity: severities[call.request.getSeverity()] ?? "error",
        message: call.request.getMessage(),
        urn: call.request.getUrn(),
      });
      done(null, new Empty());
    },
  });
  const port = await new Promise<number>((bound, failed) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? failed(error) : bound(port),
    );
  });
  return { server, address: `127.0.0.1:${port}` };
}

function partialFailure(error: grpc.ServiceError): OperationError["partial"] {
  const [packed] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!(packed instanceof Buffer)) return undefined;
  for (const detail of Status.deserializeBinary(packed).getDetailsList()) {
    if (!detail.getTypeUrl().endsWith("ErrorResourceInitFailed")) continue;
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
    return {
      id: failed.getId(),
      properties: plain(failed.getProperties()),
      reasons: failed.getReasonsList(),
    };
  }
  return undefined;
}

/** As the SDK does on its way to the engine: what is undefined is not there. */
function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(
    JSON.parse(JSON.stringify(properties)) as Parameters<typeof Struct.fromJavaScript>[0],
  );
}

function plain(properties: Struct | undefined): Properties {
  const found = opened(properties?.toJavaScript() ?? {}) as Properties;
  const { __provider: text } = found;
  if (typeof text === "string" && text.startsWith("/*")) found.__provider = text.replace(/^.*\/\*\*\//s, "");
  return found;
}
