import { type FastifyReply } from "fastify";
import { type Codec } from "./call.js";
import { errorBody, type ApiError } from "./errors.js";

export const JSON_TYPE = "application/json";

/** Sends an answer as bytes. */
export function write(
  reply: FastifyReply,
  status: number,
  requestId: string,
  payload: string,
  headers: Record<string, string> = {},
): void {
  const body = Buffer.from(payload, "utf8");
  reply.raw.writeHead(status, {
    "content-type": JSON_TYPE,
    "x-request-id": requestId,
    "content-length": body.length,
    ...headers,
  });
  reply.raw.end(body);
}

/** The body of an error as it goes out. */
export function errorText(error: ApiError, requestId: string, codec: Codec | undefined): string {
  return codec ? codec.error(error, requestId) : JSON.stringify(errorBody(error, requestId));
}
