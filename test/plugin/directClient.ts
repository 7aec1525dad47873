/** The plugin's client without gRPC: for campaigns, in which a call's way costs more than what it does. */
import { type ChildProcess } from "node:child_process";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";

/** To be loaded by the process that is called. */
export const DIRECT_CALLS = path.join(__dirname, "directCalls.cjs");

type Client = services.ResourceProviderClient;
type Done = (error: grpc.ServiceError | null, response?: unknown) => void;

interface Answer {
  n: number;
  response?: Uint8Array;
  error?: { code: grpc.status; details: string; packed?: Uint8Array };
}

/** Calls of a process with an open channel; the same methods, messages and errors as over gRPC. */
export function directClient(child: ChildProcess): Client {
  const methods = services.ResourceProviderService as unknown as Record<
    string,
    grpc.MethodDefinition<unknown, unknown>
  >;
  const waiting = new Map<number, (answer: Answer) => void>();
  let calls = 0;
  child.on("message", (answer: Answer) => waiting.get(answer.n)?.(answer));
  child.on("exit", () => {
    const error = { code: grpc.status.UNAVAILABLE, details: "the plugin process has ended" };
    for (const [n, settle] of waiting) settle({ n, error });
  });

  const call =
    (method: string) =>
    (message: unknown, _metadata: grpc.Metadata, { deadline }: { deadline: number }, done: Done): void => {
      const n = ++calls;
      const late = { code: grpc.status.DEADLINE_EXCEEDED, details: "Deadline exceeded" };
      const timer = setTimeout(() => waiting.get(n)?.({ n, error: late }), deadline - Date.now());
      waiting.set(n, ({ response, error }) => {
        clearTimeout(timer);
        waiting.delete(n);
        if (error) done(serviceError(error));
        else done(null, methods[method]!.responseDeserialize(Buffer.from(response!)));
      });
      child.send({ n, method, request: methods[method]!.requestSerialize(message) });
    };
  const client = Object.fromEntries(Object.keys(methods).map((method) => [method, call(method)]));
  // The channel ends with the process: a parent that closes it first is never told of the end.
  return { ...client, close: () => undefined } as unknown as Client;
}

function serviceError({ code, details, packed }: NonNullable<Answer["error"]>): grpc.ServiceError {
  const metadata = new grpc.Metadata();
  if (packed) metadata.set("grpc-status-details-bin", Buffer.from(packed));
  return Object.assign(new Error(details), { code, details, metadata });
}
