/**
 * Runs a program of the checkout under test in this process, with the SDK it has installed. It hands each
 * registration to the model of the engine. Nothing is mocked away on the program's side: components, options and
 * outputs are the SDK's own.
 */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import * as resources from "@pulumi/pulumi/proto/resource_pb";
import { PROJECT, type Properties } from "./state";

/** What a program asks the engine for. */
export interface Registration {
  type: string;
  name: string;
  parent: string | undefined;
  custom: boolean;
  /** As the program gives them; secrets wrapped. */
  inputs: Properties;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean | undefined;
  retainOnDelete: boolean;
  deletedWith: string | undefined;
  ignoreChanges: string[];
  importId: string | undefined;
  aliases: AliasSpec[];
}

export type AliasSpec =
  | { urn: string }
  | { name?: string; type?: string; stack?: string; project?: string; parent?: string; noParent?: boolean };

/** What the program is told of a registration. */
export interface Answer {
  urn: string;
  id: string | undefined;
  outputs: Properties;
  /** It failed, or was left out, and the program goes on. */
  failed?: boolean;
}

export interface ProgramRun {
  stack: string;
  preview: boolean;
  config: Record<string, string>;
  /** Loads a module as the program would. */
  load: (name: string) => any; // oxlint-disable-line typescript/no-explicit-any
  program: () => void;
  /** Answers a registration; never resolves once the engine has given up. */
  register: (registration: Registration) => Promise<Answer>;
  /** Resolves when the engine has given up on the program. */
  stopped: Promise<void>;
}

/** Resolves with what the program itself said went wrong, once it is at its end or has been given up. */
export async function runProgram(run: ProgramRun): Promise<string[]> {
  const local = run.load("@pulumi/pulumi/runtime/state");
  const settings = run.load("@pulumi/pulumi/runtime/settings");
  const config = run.load("@pulumi/pulumi/runtime/config");
  const { runInPulumiStack } = run.load("@pulumi/pulumi/runtime/stack");

  return local.withLocalStorage(async (): Promise<string[]> => {
    const errors = new Set<string>();
    const store = local.getStore();
    settings.resetOptions(PROJECT, run.stack, -1, "", "mock", run.preview, "organization");
    const calls = new Calls();
    store.settings.monitor = monitor(run, calls);
    store.settings.engine = engine(errors);
    await settings.awaitFeatureSupport();
    config.setAllConfig(run.config, []);
    const thrown = (error: unknown): void =>
      void errors.add((error as Error | undefined)?.message ?? String(error));
    let died!: () => void;
    const dead = new Promise<void>((done) => (died = done));
    const unhandled = (error: unknown): void => {
      thrown(error);
      void calls.quiet().then(died);
    };
    process.on("unhandledRejection", unhandled);
    withoutStacks();
    withoutLeakDetection(run.load);
    try {
      const ended = (async () => {
        await runInPulumiStack(run.program);
        await settings.disconnect(false);
      })().catch(thrown);
      await Promise.race([ended, run.stopped, dead]);
      // Rejections that nobody waits for come a moment after the last answer.
      await new Promise((done) => setImmediate(done));
    } finally {
      process.off("unhandledRejection", unhandled);
    }
    return [...errors];
  });
}

/** Milliseconds without a call after which a program that has thrown is taken to be at its end. */
const QUIET = 250;

/**
 * The program's calls of the engine. A program of its own process ends once nothing is under way, also where an output that has failed leaves others
 * waiting for ever. Here many programs share a process, so its end has to be seen.
 */
class Calls {
  #underWay = 0;
  #changed = Date.now();

  begin(): void {
    this.#underWay++;
    this.#changed = Date.now();
  }

  end(): void {
    this.#underWay--;
    this.#changed = Date.now();
  }

  /** Resolves when nothing has been asked or answered for a while. */
  async quiet(): Promise<void> {
    while (this.#underWay > 0 || Date.now() - this.#changed < QUIET)
      await new Promise((done) => setTimeout(done, QUIET / 5));
  }
}

/** The SDK asks for a stack with every promise it makes, and source maps make each of them cost more than the resource. */
function withoutStacks(): void {
  Error.stackTraceLimit = 0;
  delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
}

/** It gives every promise a stack and a line in a list that is read when the process ends. */
function withoutLeakDetection(load: ProgramRun["load"]): void {
  load("@pulumi/pulumi/runtime/debuggable").debuggablePromise = <T>(promise: T): T => promise;
}

const SUPPORTED = ["secrets", "deletedWith", "aliasSpecs"];

function engine(errors: Set<string>): object {
  return {
    log: (request: LogRequest, done: (error: null, answer: object) => void) => {
      if (request.getSeverity() === 3) errors.add(request.getMessage());
      done(null, {});
    },
    getRootResource: (_request: unknown, done: (error: null, answer: object) => void) =>
      done(null, { getUrn: () => "" }),
    setRootResource: (_request: unknown, done: (error: null, answer: object) => void) => done(null, {}),
    close: () => undefined,
  };
}

type Done<T> = (error: Error | null, answer?: T) => void;

function monitor(run: ProgramRun, calls: Calls): object {
  return {
    // It runs no transforms, so the package does not use any: what those keep from being imported is tried on the engine
    // (`--engine`, test/engine/adoptHeld.test.ts, test/engine/adoptForeign.test.ts).
    mocks: {},
    supportsFeature: (request: resources.SupportsFeatureRequest, done: Done<object>) =>
      done(null, { getHassupport: () => SUPPORTED.includes(request.getId()) }),
    registerResource: (
      request: resources.RegisterResourceRequest,
      done: Done<resources.RegisterResourceResponse>,
    ) => {
      calls.begin();
      run.register(registration(request)).then(
        ({ urn, id, outputs, failed }) => {
          calls.end();
          const answer = new resources.RegisterResourceResponse();
          answer.setUrn(urn);
          answer.setId(id ?? "");
          answer.setObject(Struct.fromJavaScript(outputs as Parameters<typeof Struct.fromJavaScript>[0]));
          if (failed) answer.setResult(1 as 0);
          done(null, answer);
        },
        (error: Error) => {
          calls.end();
          done(error);
        },
      );
    },
    registerResourceOutputs: (_request: unknown, done: Done<object>) => done(null, {}),
    registerPackage: (_request: unknown, done: Done<object>) => done(null, { getRef: () => "" }),
    invoke: (_request: unknown, done: Done<object>) => done(new Error("this engine has no functions")),
    close: () => undefined,
  };
}

function registration(request: resources.RegisterResourceRequest): Registration {
  const propertyDependencies: Record<string, string[]> = {};
  for (const [key, dependencies] of request.getPropertydependenciesMap().entries() as Iterable<
    [string, resources.RegisterResourceRequest.PropertyDependencies]
  >)
    propertyDependencies[key] = dependencies.getUrnsList();
  const withProtect = request as unknown as { hasProtect?: () => boolean };
  return {
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent() || undefined,
    custom: request.getCustom(),
    inputs: (request.getObject()?.toJavaScript() ?? {}) as Properties,
    dependencies: request.getDependenciesList(),
    propertyDependencies,
    protect: withProtect.hasProtect?.() === false ? undefined : request.getProtect(),
    retainOnDelete: request.getRetainondelete() ?? false,
    deletedWith: request.getDeletedwith() || undefined,
    ignoreChanges: request.getIgnorechangesList(),
    importId: request.getImportid() || undefined,
    aliases: [
      ...request.getAliasurnsList().map((urn) => ({ urn })),
      ...request.getAliasesList().map((alias): AliasSpec => {
        const spec = alias.getSpec();
        if (!spec) return { urn: alias.getUrn() };
        return {
          ...(spec.getName() ? { name: spec.getName() } : {}),
          ...(spec.getType() ? { type: spec.getType() } : {}),
          ...(spec.getStack() ? { stack: spec.getStack() } : {}),
          ...(spec.getParenturn() ? { parent: spec.getParenturn() } : {}),
          ...(spec.getNoparent() ? { noParent: true } : {}),
        };
      }),
    ],
  };
}
