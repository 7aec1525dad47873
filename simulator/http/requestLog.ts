import { type FastifyRequest } from "fastify";
import { applicationOf } from "../keys/principals.js";
import { type LoggedRequest } from "../model/exchange.js";
import { type Key } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { parsed } from "./bodies.js";
import { type RouteOptions } from "./call.js";

/** What the log keeps of a request; its status comes with the answer. */
export function logged(
  request: FastifyRequest,
  of: { store: Store; key: Key | undefined; options: RouteOptions | undefined; requestId: string },
): LoggedRequest {
  const { store, key, options, requestId } = of;
  const [path, query] = pathAndQuery(request);
  return {
    method: request.method,
    path,
    query,
    status: 0,
    time: store.clock.ms(),
    key: key?.name ?? null,
    applicationId: applicationOf(store, key)?.id ?? null,
    effect: options?.effect ?? (request.method === "GET" || request.method === "HEAD" ? "read" : "write"),
    body: redacted(parsed(request.body) ?? null),
    fault: null,
    faultId: null,
    requestId,
  };
}

/** The path as it was sent, and what stands behind its question mark. */
export function pathAndQuery({ url }: FastifyRequest): [path: string, query: string] {
  const [path = "", query = ""] = url.split(/\?(.*)/s);
  return [path, query];
}

const SECRET = /password|secret|token|private_key|api_?key|credential/i;

/** A copy in which the values of secret-looking members are replaced. */
function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [k, SECRET.test(k) && v !== null ? "[secret]" : redacted(v)]),
  );
}
