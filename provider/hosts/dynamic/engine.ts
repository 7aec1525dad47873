import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { ConnectedEngine, type EngineModules } from "../engine";

/** The engine as its plugin for dynamic providers sees it. Its address is the plugin's first argument. */
export class Engine extends ConnectedEngine {
  constructor(address: string | undefined) {
    super(address, modulesOfPulumi);
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
}

/** The process that serves dynamic providers has loaded them already. Pulumi's own are meant, wherever it is installed. */
function modulesOfPulumi(): EngineModules {
  const require = createRequire(__filename);
  return {
    grpc: createRequire(require.resolve("@pulumi/pulumi"))("@grpc/grpc-js") as EngineModules["grpc"],
    services: require("@pulumi/pulumi/proto/engine_grpc_pb") as EngineModules["services"],
    messages: require("@pulumi/pulumi/proto/engine_pb") as EngineModules["messages"],
  };
}
