import type * as grpcTypes from "@grpc/grpc-js";
import { shown } from "../shown";
import { UNKNOWN } from "../core/unknown";
import { type Severity } from "../core/engine";

/** What speaks to an engine. A host has loaded it already, from where it has it. */
export interface EngineModules {
  grpc: typeof grpcTypes;
  services: { EngineClient: new (...args: unknown[]) => EngineClient };
  messages: EngineMessages;
}

/** The engine as a process that serves it sees it. Without an address (a test) there is no voice and nothing to lose. */
export class ConnectedEngine {
  readonly #modules: (() => EngineModules) | undefined;
  readonly #resource: () => string | undefined;
  #client: EngineClient | undefined;
  #lost: ((reason: string) => void)[] = [];

  /** `resource` tells whose row the lines of the moment belong on, where the host knows it. */
  constructor(
    address: string | undefined,
    modules: () => EngineModules,
    resource: () => string | undefined = () => undefined,
  ) {
    this.#resource = resource;
    if (!address || !/^[\w.:[\]-]+:\d+$/.test(address)) return;
    this.#modules = modules;
    const { grpc, services } = modules();
    this.#client = new services.EngineClient(address, grpc.credentials.createInsecure());
    this.#watch(this.#client.getChannel(), grpc.connectivityState);
  }

  /** Shows a line: a warning stands in the preview, among the diagnostics and in the events. Never fails. */
  async log(severity: Severity, message: string): Promise<void> {
    const client = this.#client;
    if (!client) return;
    const { messages } = this.#modules!();
    const request = new messages.LogRequest();
    request.setSeverity({ debug: 0, progress: 1, info: 1, warning: 2 }[severity]);
    request.setEphemeral(severity === "progress");
    const urn = this.#resource();
    if (urn !== undefined) request.setUrn(urn);
    // What a preview does not know yet has a sign that means nothing to a person.
    request.setMessage(shown(message).replaceAll(UNKNOWN, "(not known yet)"));
    await new Promise<void>((resolve) =>
      client.log(request, { deadline: Date.now() + 5_000 }, () => resolve()),
    );
  }

  /** Calls back once when the engine has gone away: a killed engine leaves its plugin alive. */
  onLost(callback: (reason: string) => void): void {
    this.#lost.push(callback);
  }

  #watch(channel: grpcTypes.Channel, state: typeof grpcTypes.connectivityState): void {
    let connected = false;
    const look = () => {
      const now = channel.getConnectivityState(true);
      if (now === state.READY) connected = true;
      // After READY the channel falls to IDLE when the peer closes, and to TRANSIENT_FAILURE when it refuses to be reached again.
      if (connected && now === state.TRANSIENT_FAILURE) return this.#report();
      if (now === state.SHUTDOWN) return;
      channel.watchConnectivityState(now, Infinity, (error) => {
        if (!error) look();
      });
    };
    look();
  }

  #report(): void {
    for (const callback of this.#lost.splice(0))
      callback("the Pulumi engine that started this operation has gone away");
  }
}

interface EngineClient {
  log(request: unknown, options: { deadline: number }, done: (error: unknown) => void): void;
  getChannel(): grpcTypes.Channel;
}

interface EngineMessages {
  LogRequest: new () => {
    setSeverity(severity: number): void;
    setEphemeral(ephemeral: boolean): void;
    setMessage(message: string): void;
    setUrn(urn: string): void;
  };
}
