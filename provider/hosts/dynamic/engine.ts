import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import type * as grpcTypes from "@grpc/grpc-js";
import { shown } from "../../shown";
import { UNKNOWN } from "../../core/unknown";
import { type Severity } from "../../core/engine";

/**
 * The engine as its plugin sees it. Its address is the plugin's first argument; without one (a test, another host)
 * there is no voice and nothing to lose.
 */
export class Engine {
  #client: EngineClient | undefined;
  #lost: ((reason: string) => void)[] = [];

  constructor(address: string | undefined) {
    if (!address || !/^[\w.:[\]-]+:\d+$/.test(address)) return;
    // The process that serves dynamic providers has loaded both modules already. Pulumi's own is meant, wherever it is installed.
    const grpc = createRequire(require.resolve("@pulumi/pulumi"))("@grpc/grpc-js") as typeof grpcTypes;
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const services = require("@pulumi/pulumi/proto/engine_grpc_pb") as {
      EngineClient: new (...args: unknown[]) => EngineClient;
    };
    this.#client = new services.EngineClient(address, grpc.credentials.createInsecure());
    this.#watch(this.#client.getChannel(), grpc.connectivityState);
  }

  /** Shows a line: a warning stands in the preview, among the diagnostics and in the events. Never fails. */
  async log(severity: Severity, message: string): Promise<void> {
    const client = this.#client;
    if (!client) return;
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const messages = require("@pulumi/pulumi/proto/engine_pb") as EngineMessages;
    const request = new messages.LogRequest();
    request.setSeverity({ debug: 0, progress: 1, info: 1, warning: 2 }[severity]);
    request.setEphemeral(severity === "progress");
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

  /**
   * Calls back when the engine asks its plugins to come to an end: at the first Ctrl-C, and when an operation is over. The host of
   * dynamic providers answers that request itself and tells nobody, so it is seen where it arrives: at the process's own server.
   */
  onInterrupted(callback: () => void): void {
    const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles?: () => unknown[] };
    for (const server of handles?.call(process) ?? []) {
      if (!(server instanceof EventEmitter) || server.listenerCount("stream") === 0) continue;
      server.on("stream", (_stream: unknown, headers: Record<string, unknown> | undefined) => {
        if (headers?.[":path"] === "/pulumirpc.ResourceProvider/Cancel") callback();
      });
    }
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
  };
}
