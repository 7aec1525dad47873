import { setTimeout as sleep } from "node:timers/promises";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { ApiError, errorBody, invalid, type Dialect } from "./errors.js";
import { type Fault, type Faults } from "./faults.js";
import { type Application, type Key, type Organization, type Store } from "./store.js";

export type Json = Record<string, unknown>;

/** What a route's handler gets. */
export interface Call {
  store: Store;
  /** The application of the key; only on routes that take an application key. */
  application: Application;
  /** The organization of the key. */
  organization: Organization;
  params: Record<string, string>;
  query: Record<string, string | undefined>;
  /** The parsed JSON body, `{}` where none was sent. */
  body: unknown;
  /** "METHOD /path", for the ledger of lost mail. */
  cause: string;
}

/** What a handler answers; `request_id` is added to the body. */
export interface Answer {
  status?: number;
  body?: object;
}

export interface RouteOptions {
  /** Which key opens the route. */
  key: "application" | "organization" | "cloudflare" | "none";
  /** "query" is a POST that changes nothing the caller declared (info, verify). Default: by the method. */
  effect?: "read" | "write" | "query";
  /** Shape of unspecific errors. Default "standard". */
  dialect?: Dialect;
  /** What a wrong key gets, where it differs from the usual. */
  wrongKey?: ApiError;
}

/** One request as the log keeps it. No secret stands in it. */
export interface LoggedRequest {
  method: string;
  path: string;
  query: string;
  /** HTTP status; 0 where the connection was dropped or left without an answer. */
  status: number;
  /** Milliseconds of the simulator's clock. */
  time: number;
  /** Name of the key that was sent ("apiKey", "organizationKey" …), or null for none or an unknown one. */
  key: string | null;
  /** Id of the key's application, if it has one. */
  applicationId: string | null;
  effect: "read" | "write" | "query";
  body: unknown;
  /** Kind of the fault that spoilt it. */
  fault: string | null;
  requestId: string;
}

/** The HTTP side: keys, envelopes, faults, the request log. Routes come from `routes/`. */
export class Api {
  readonly fastify: FastifyInstance;
  readonly log: LoggedRequest[] = [];
  private readonly buckets = new Map<string, { tokens: number; at: number }>();
  /** Ends the requests that a "timeout" fault keeps waiting. */
  private readonly hanging = new Set<() => void>();
  private requests = 0;

  constructor(
    private readonly current: () => Store,
    private readonly faults: () => Faults,
  ) {
    this.fastify = fastify({
      forceCloseConnections: true,
      routerOptions: { maxParamLength: 1000 },
      bodyLimit: 64 * 1024 * 1024,
      // A path that cannot be decoded reaches no route and no hook.
      frameworkErrors: (error, _request, reply) => this.refuse(reply, 400, error.message),
    });
    // The body's bytes come as they are: which content types are good differs from route to route.
    this.fastify.removeAllContentTypeParsers();
    this.fastify.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    this.fastify.addHook("onClose", () => {
      for (const release of this.hanging) release();
    });
    this.fastify.setNotFoundHandler((request, reply) => this.serve(request, reply, undefined));
    // What fails before a handler runs: a body that is too large or was broken off.
    this.fastify.setErrorHandler((error, _request, reply) => {
      const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
      this.refuse(reply, status, String(error));
    });
  }

  /** Adds a route. Its handler's errors are put in the route's dialect. */
  route(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    url: string,
    options: RouteOptions,
    handler: Handler,
  ): void {
    const route: Registered = { options, handler };
    this.fastify.route({ method, url, handler: (request, reply) => this.serve(request, reply, route) });
  }

  private async serve(
    request: FastifyRequest,
    reply: FastifyReply,
    route: Registered | undefined,
  ): Promise<void> {
    reply.hijack();
    const store = this.current();
    const [path = "", query = ""] = request.url.split(/\?(.*)/s);
    const requestId = this.nextRequestId();
    const cloudflare = path.startsWith("/client/v4");
    const dialect = route?.options.dialect ?? (cloudflare ? "cloudflare" : "standard");
    const key = this.keyOf(request);
    const entry: LoggedRequest = {
      method: request.method,
      path,
      query,
      status: 0,
      time: store.clock.ms(),
      key: key?.name ?? null,
      applicationId: key?.applicationId ?? null,
      effect:
        route?.options.effect ?? (request.method === "GET" || request.method === "HEAD" ? "read" : "write"),
      body: redacted(jsonOrNothing(request.body)),
      fault: null,
      requestId,
    };
    this.log.push(entry);
    if (store.settings.latencyMs > 0) await sleep(store.settings.latencyMs);

    let actingKey = key;
    const before = this.faults().strike("before", request.method, path);
    if (before) {
      entry.fault = before.kind;
      if (before.kind === "delay") await sleep(before.delayMs ?? 1000);
      else if (before.kind === "otherApplication") actingKey = otherKey(store, key);
      else return this.spoil(reply, entry, before, dialect, `{"request_id":"${requestId}","data":{"id":"`);
    }

    let status: number;
    let body: object;
    try {
      const answer = await this.handle(
        request,
        store,
        actingKey,
        route,
        cloudflare,
        `${request.method} ${path}`,
      );
      status = answer.status ?? 200;
      body = cloudflare ? (answer.body ?? {}) : { request_id: requestId, ...answer.body };
    } catch (error) {
      const known =
        error instanceof ApiError
          ? error
          : new ApiError(500, cloudflare ? "1000" : "api.internal_error", String(error), dialect);
      if (!(error instanceof ApiError)) console.error(error);
      status = known.status;
      body = errorBody(known, requestId);
    }

    const after = this.faults().strike("after", request.method, path);
    if (after) {
      entry.fault = after.kind;
      if (after.kind === "delay") await sleep(after.delayMs ?? 1000);
      else return this.spoil(reply, entry, after, dialect, JSON.stringify(body));
    }
    entry.status = status;
    write(reply, status, requestId, JSON.stringify(body));
  }

  private async handle(
    request: FastifyRequest,
    store: Store,
    key: Key | undefined,
    route: Registered | undefined,
    cloudflare: boolean,
    cause: string,
  ): Promise<Answer> {
    const unknownRoute = cloudflare
      ? new ApiError(404, "7000", "No route for that URI", "cloudflare")
      : new ApiError(404, "not_found_error", `no route ${cause}`);
    if (!route) throw unknownRoute;
    this.authorise(request, store, key, route.options);
    const body = readBody(request, store, cloudflare);
    const application = key?.applicationId ? store.applications.get(key.applicationId) : undefined;
    const organization = key ? store.organizations.get(key.organizationId) : undefined;
    const answer = await route.handler({
      store,
      // Routes that take another key never look at these; `authorise` has seen to it for the rest.
      application: application!,
      organization: organization!,
      params: request.params as Record<string, string>,
      query: Object.fromEntries(
        Object.entries(request.query as Json).map(([k, v]) => [k, String(Array.isArray(v) ? v.at(-1) : v)]),
      ),
      body,
      cause,
    });
    if (request.method !== "GET") store.enforceLimits(cause);
    return answer;
  }

  private keyOf(request: FastifyRequest): Key | undefined {
    const match = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "");
    return match ? this.current().keys.get(match[1]!) : undefined;
  }

  private authorise(request: FastifyRequest, store: Store, key: Key | undefined, route: RouteOptions): void {
    const wanted = route.key;
    if (wanted === "none") return;
    const header = request.headers.authorization;
    if (wanted === "cloudflare") {
      if (!header) {
        const message = "Missing X-Auth-Key, X-Auth-Email or Authorization headers";
        throw new ApiError(400, "9106", message, "cloudflare");
      }
      if (!/^Bearer\s+\S+$/i.test(header)) {
        const chain = [{ code: 6111, message: "Invalid format for Authorization header" }];
        throw new ApiError(400, "6003", "Invalid request headers", "cloudflare", chain);
      }
      if (key?.kind !== "cloudflare") {
        throw route.wrongKey ?? new ApiError(403, "10000", "Authentication error", "cloudflare");
      }
      return;
    }
    if (!header) throw new ApiError(401, "unauthorized", "Unauthorized: no Authorization header");
    if (!key || key.kind === "cloudflare") {
      throw new ApiError(401, "token.unauthorized_access", "Unauthorized", "token");
    }
    if (key.region !== store.region)
      throw new ApiError(401, "unauthorized", "Unauthorized: API key not found in this region");
    if (key.expiresAt !== undefined && key.expiresAt <= store.clock.seconds()) {
      throw new ApiError(401, "api.authentication_error", "Unauthorized: API key has expired");
    }
    if (key.kind !== wanted) {
      throw wanted === "organization"
        ? new ApiError(
            403,
            "insufficient_scopes",
            "this route needs an API key whose principal is bound to the organization",
          )
        : new ApiError(403, "forbidden_access", "this API key is not bound to an application");
    }
    if (wanted === "organization" && key.permissions) {
      const needed = ["domains.read", "domains.create", "domains.update", "domains.delete"];
      const missing = needed.filter((p) => !key.permissions!.includes(p));
      if (missing.length > 0)
        throw new ApiError(403, "insufficient_scopes", `missing permissions: ${missing.join(", ")}`);
    }
    this.limitRate(store, key);
  }

  /** A bucket per application, as large as one second's worth. */
  private limitRate(store: Store, key: Key): void {
    const rate = store.settings.requestsPerSecond;
    if (rate === 0) return;
    const owner = key.applicationId ?? key.organizationId;
    const now = Date.now();
    const bucket = this.buckets.get(owner) ?? { tokens: rate, at: now };
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    this.buckets.set(owner, bucket);
    if (bucket.tokens < 1) throw new ApiError(429, "nylas_rate_limit_exceeded", "Too many requests");
    bucket.tokens -= 1;
  }

  private async spoil(
    reply: FastifyReply,
    entry: LoggedRequest,
    fault: Fault,
    dialect: Dialect,
    whole: string,
  ): Promise<void> {
    switch (fault.kind) {
      case "status": {
        const status = fault.status ?? 500;
        entry.status = status;
        const shape = fault.dialect ?? dialect;
        const type = fault.type ?? usualType(status, shape);
        const error = new ApiError(status, type, fault.message ?? `simulated ${status}`, shape);
        const headers = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
        write(reply, status, entry.requestId, JSON.stringify(errorBody(error, entry.requestId)), headers);
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
      default:
    }
    reply.raw.socket?.resetAndDestroy();
  }

  private refuse(reply: FastifyReply, status: number, message: string): void {
    const requestId = this.nextRequestId();
    const refusal = new ApiError(status, "api.invalid_request_error", message);
    reply.hijack();
    write(reply, status, requestId, JSON.stringify(errorBody(refusal, requestId)));
  }

  private nextRequestId(): string {
    return this.current().seeded.uuid("request", String(++this.requests));
  }
}

type Handler = (call: Call) => Answer | Promise<Answer>;

interface Registered {
  options: RouteOptions;
  handler: Handler;
}

function write(
  reply: FastifyReply,
  status: number,
  requestId: string,
  payload: string,
  headers: Record<string, string> = {},
): void {
  const body = Buffer.from(payload, "utf8");
  reply.raw.writeHead(status, {
    "content-type": "application/json",
    "x-request-id": requestId,
    "content-length": body.length,
    ...headers,
  });
  reply.raw.end(body);
}

/** The JSON body under the API's rules: exactly `application/json`, and a body on every POST, PUT and PATCH. */
function readBody(request: FastifyRequest, store: Store, cloudflare: boolean): unknown {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const type = request.headers["content-type"];
  const needed =
    ["POST", "PUT", "PATCH"].includes(request.method) ||
    (request.method === "DELETE" && store.settings.deleteNeedsBody && !cloudflare);
  if (request.method === "GET" || (bytes.length === 0 && !needed)) return {};
  const refuse = (message: string): ApiError =>
    cloudflare ? new ApiError(400, "6007", "Malformed JSON in request body", "cloudflare") : invalid(message);
  const good = cloudflare ? type?.split(";")[0]!.trim() === "application/json" : type === "application/json";
  if (!good) {
    throw refuse(
      `request body must be JSON: Content-Type must be application/json, got ${type ? JSON.stringify(type) : "none"}`,
    );
  }
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    throw refuse("request body is not valid JSON");
  }
}

function jsonOrNothing(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return null;
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return null;
  }
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

function otherKey(store: Store, key: Key | undefined): Key | undefined {
  const name = key?.kind === "organization" ? "otherOrganizationKey" : "secondApiKey";
  return [...store.keys.values()].find((k) => k.name === name);
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
