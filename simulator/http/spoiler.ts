import { type FastifyReply } from "fastify";
import { type LoggedRequest } from "../model/exchange.js";
import { type Codec } from "./call.js";
import { ApiError, type Dialect } from "./errors.js";
import { type Fault } from "./faults.js";
import { type Outage } from "./outage.js";
import { errorText, write } from "./replies.js";

/** Puts a fault in place of an answer. */
export class Spoiler {
  /** Ends the requests that a "timeout" fault keeps waiting. */
  private readonly hanging = new Set<() => void>();

  constructor(private readonly outage: Outage) {}

  /** Lets go of the requests that wait. */
  release(): void {
    for (const release of this.hanging) release();
  }

  /** Answers as the fault says; `whole` is the answer that a "cut" ends in the middle. */
  async spoil(
    reply: FastifyReply,
    entry: LoggedRequest,
    fault: Fault,
    dialect: Dialect,
    whole: string,
    codec?: Codec,
  ): Promise<void> {
    switch (fault.kind) {
      case "status": {
        const status = fault.status ?? 500;
        entry.status = status;
        const shape = fault.dialect ?? dialect;
        const type = fault.type ?? usualType(status, shape);
        const error = new ApiError(status, type, fault.message ?? `simulated ${status}`, shape);
        const headers = {
          ...(codec && { "content-type": codec.contentType }),
          ...(fault.retryAfter !== undefined && { "retry-after": String(fault.retryAfter) }),
        };
        write(reply, status, entry.requestId, errorText(error, entry.requestId, codec), headers);
        return;
      }
      case "html": {
        entry.status = fault.status ?? 502;
        const page = `<html><head><title>${entry.status}</title></head><body><h1>The server has a problem</h1></body></html>`;
        write(reply, entry.status, entry.requestId, page, { "content-type": "text/html" });
        return;
      }
      case "cut":
        entry.status = fault.status ?? 200;
        write(
          reply,
          entry.status,
          entry.requestId,
          whole.slice(0, Math.max(1, Math.floor(whole.length / 2))),
        );
        return;
      case "timeout":
        await new Promise<void>((done) => {
          this.hanging.add(done);
          reply.raw.on("close", done);
          if (fault.delayMs !== undefined) setTimeout(done, fault.delayMs);
        });
        break;
      case "refuse":
        this.outage.begin(fault.delayMs ?? 1000);
        break;
      default:
    }
    reply.raw.socket?.resetAndDestroy();
  }
}

function usualType(status: number, dialect: Dialect): string {
  if (dialect === "cloudflare") return String({ 401: 10000, 403: 10000, 429: 971 }[status] ?? 1000);
  const usual: Record<number, string> = {
    400: "invalid_request_error",
    401: "unauthorized",
    403: "forbidden_access",
    404: "not_found_error",
    409: "conflict",
    429: "nylas_rate_limit_exceeded",
    504: "provider_error",
  };
  return usual[status] ?? "api.internal_error";
}
