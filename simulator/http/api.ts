import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { setTimeout as sleep } from "node:timers/promises";
import { keyOf } from "../keys/keyRing.js";
import { applicationOf } from "../keys/principals.js";
import { type SignedRequest } from "../keys/signing.js";
import { depart } from "../mail/outbox.js";
import { enforceLimits } from "../mail/retention.js";
import { type Answer, type Json, type LoggedRequest } from "../model/exchange.js";
import { type Key } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { type Exchange } from "../settings/options.js";
import { authorise } from "./access.js";
import { type Call, type Codec, type RouteOptions } from "./call.js";
import { ApiError, errorBody, invalid, type Dialect } from "./errors.js";
import { OF_LISTS, type Fault, type Faults } from "./faults.js";
import { FROM_THE_START } from "./paging.js";
import { byReading, foreignObject, Lag, withoutIgnored } from "./readings.js";

/** The HTTP side: keys, envelopes, faults, the request log. Routes come from `routes/`. */
export class Api {
  readonly fastify: FastifyInstance;
  readonly log: LoggedRequest[] = [];
  private readonly lag = new Lag();
  private readonly buckets = new Map<string, { tokens: number; at: number }>();
  /** Ends the requests that a "timeout" fault keeps waiting. */
  private readonly hanging = new Set<() => void>();
  /** Listens again after a "refuse". */
  private readonly outage = new Outage(() => this.fastify.server);
  private requests = 0;

  constructor(
    private readonly current: () => Store,
    private readonly faults: () => Faults,
    private readonly onExchange?: (exchange: Exchange) => void,
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
      this.outage.cancel();
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
    const { resource, action = ACTIONS[method] } = options;
    const permissions = options.permissions ?? (resource ? [`${resource}.${action}`] : []);
    const route: Registered = { options: { ...options, permissions }, handler };
    this.fastify.route({ method, url, handler: (request, reply) => this.serve(request, reply, route) });
  }

  /** Ends what a "refuse" fault began. */
  listenAgain(): void {
    this.outage.end();
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
    reply.raw.setHeader("date", new Date(store.clock.ms()).toUTCString());
    const cloudflare = path.startsWith("/client/v4");
    const dialect = route?.options.dialect ?? (cloudflare ? "cloudflare" : "standard");
    const codec = route?.options.codec;
    const key = keyOf(store, request.headers);
    const entry: LoggedRequest = {
      method: request.method,
      path,
      query,
      status: 0,
      time: store.clock.ms(),
      key: key?.name ?? null,
      applicationId: applicationOf(store, key)?.id ?? null,
      effect:
        route?.options.effect ?? (request.method === "GET" || request.method === "HEAD" ? "read" : "write"),
      body: redacted(parsed(request.body) ?? null),
      fault: null,
      faultId: null,
      requestId,
    };
    this.log.push(entry);
    if (store.settings.latencyMs > 0) await sleep(store.settings.latencyMs);

    let actingKey = key;
    const before = this.faults().strike("before", request.method, path, query);
    if (before) {
      entry.fault = before.kind;
      entry.faultId = before.id;
      if (before.kind === "delay") await sleep(before.delayMs ?? 1000);
      else if (before.kind === "otherApplication") actingKey = otherKey(store, key);
      else if (!isOfLists(before))
        return this.spoil(
          reply,
          entry,
          before,
          dialect,
          `{"request_id":"${requestId}","data":{"id":"`,
          codec,
        );
    }

    depart(store);
    let status: number;
    let payload: string;
    let headers: Record<string, string> = codec ? { "content-type": codec.contentType } : {};
    try {
      const answer = await this.handle(
        request,
        store,
        actingKey,
        route,
        cloudflare,
        `${request.method} ${path}`,
        before?.kind === "repeat",
      );
      if (before && isOfLists(before)) this.withhold(before, answer);
      status = answer.status ?? 200;
      headers = { ...headers, ...answer.headers };
      payload = codec
        ? codec.write(answer.body ?? {}, requestId)
        : JSON.stringify(cloudflare ? (answer.body ?? {}) : { request_id: requestId, ...answer.body });
    } catch (error) {
      const known =
        error instanceof ApiError
          ? error
          : new ApiError(500, cloudflare ? "1000" : "api.internal_error", String(error), dialect);
      if (!(error instanceof ApiError)) console.error(error);
      status = known.status;
      headers = { ...headers, ...known.headers };
      payload = errorText(known, requestId, codec);
    }

    const after = this.faults().strike("after", request.method, path, query);
    if (after) {
      entry.fault = after.kind;
      entry.faultId = after.id;
      if (after.kind === "delay") await sleep(after.delayMs ?? 1000);
      else if (after.kind !== "refuse") return this.spoil(reply, entry, after, dialect, payload, codec);
    }
    entry.status = status;
    // What a fault has spoilt is not what Nylas answers, so that only whole answers are told.
    this.onExchange?.({
      method: request.method,
      path,
      query,
      requestType: request.headers["content-type"] ?? null,
      requestBody: parsed(request.body),
      status,
      answerType: headers["content-type"] ?? JSON_TYPE,
      answerBody: parsed(Buffer.from(payload, "utf8")),
    });
    write(reply, status, requestId, payload, headers);
    if (after?.kind === "refuse") reply.raw.on("finish", () => this.outage.begin(after.delayMs ?? 1000));
  }

  /** Takes out of a list what a fault holds back. */
  private withhold(fault: Fault, answer: Answer): void {
    const body = answer.body as { data?: unknown } | undefined;
    const inner = body?.data as { items?: unknown } | undefined;
    const items = Array.isArray(body?.data) ? body.data : inner?.items;
    if (!Array.isArray(items)) return;
    const left = this.left(fault, items as Json[]);
    answer.body = {
      ...body,
      data: Array.isArray(body?.data) ? left : { ...inner, items: left },
      ...(fault.kind === "cursor" ? { next_cursor: FROM_THE_START } : {}),
    };
    if (fault.kind === "empty") delete (answer.body as Json).next_cursor;
  }

  private left(fault: Fault, items: Json[]): Json[] {
    switch (fault.kind) {
      case "stale":
        return items.filter((item) => this.faults().knows(fault, String(item.id ?? item.workspace_id)));
      case "short":
        return items.slice(0, Math.floor(items.length / 2));
      case "repeat":
        return items;
      default:
        return [];
    }
  }

  private async handle(
    request: FastifyRequest,
    store: Store,
    key: Key | undefined,
    route: Registered | undefined,
    cloudflare: boolean,
    cause: string,
    firstPage: boolean,
  ): Promise<Answer> {
    const unknownRoute = cloudflare
      ? new ApiError(404, "7000", "No route for that URI", "cloudflare")
      : new ApiError(404, "not_found_error", `no route ${cause}`);
    if (!route || route.options.there?.(store.settings) === false) throw unknownRoute;
    const { application, organization, reaches } = authorise(
      store,
      signedRequest(request),
      key,
      route.options,
    );
    if (["application", "organization", "serviceAccount"].includes(route.options.key) && key) {
      this.limitRate(store, application?.id ?? key.organizationId);
    }
    const params = request.params as Record<string, string>;
    const named = params.grant && application ? store.grantNamed(application.id, params.grant) : undefined;
    if (named && !reaches(named)) {
      throw new ApiError(403, "forbidden_access", "the grant is outside the binding of this API key");
    }
    const sent = route.options.codec
      ? route.options.codec.read(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0))
      : readBody(request, store, cloudflare, route.options.bodyOptional === true);
    const body = cloudflare || route.options.codec ? sent : withoutIgnored(sent, request.method, store);
    const lagging = cloudflare ? undefined : this.lag.before(request, store);
    if (lagging) return lagging;
    const foreign = foreignObject(cause, store);
    if (foreign) return byReading(foreign, { call: cause, query: {} }, store);
    const answer = await route.handler({
      store,
      // Routes that take another key never look at these; `authorise` has seen to it for the rest.
      application: application!,
      organization: organization!,
      params,
      query: Object.fromEntries(
        Object.entries(request.query as Json)
          .filter(([k]) => !firstPage || !PLACES.includes(k))
          .map(([k, v]) => [k, String(Array.isArray(v) ? v.at(-1) : v)]),
      ),
      headers: request.headers,
      reaches,
      body,
      cause,
    });
    if (request.method !== "GET") enforceLimits(store, cause);
    if (cloudflare || route.options.codec) return answer;
    const shown = byReading(answer, { call: cause, query: request.query as Json }, store);
    this.lag.after(request, store, shown, route.options.effect !== "query");
    return shown;
  }

  /** A bucket per application, as large as one second's worth. */
  private limitRate(store: Store, owner: string): void {
    const rate = store.settings.requestsPerSecond;
    if (rate === 0) return;
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

/** A while in which nothing listens on the server's port. */
class Outage {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly server: () => FastifyInstance["server"]) {}

  begin(milliseconds: number): void {
    const server = this.server();
    const address = server.address();
    if (address === null || typeof address === "string") return;
    this.port = address.port;
    server.close();
    server.closeAllConnections();
    this.timer = setTimeout(() => this.end(), milliseconds);
  }

  end(): void {
    if (this.timer === undefined) return;
    this.cancel();
    const server = this.server();
    // Somebody else may have the port for a moment: an outgoing connection is given any free one.
    const again = (): void => {
      this.timer = setTimeout(() => this.end(), 20);
    };
    server.once("error", again);
    server.listen(this.port, "127.0.0.1", () => server.off("error", again));
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private port = 0;
}

function isOfLists(fault: Fault): boolean {
  return (OF_LISTS as readonly string[]).includes(fault.kind);
}

/** What says which page of a list is asked for. */
const PLACES = ["offset", "page_token"];

const JSON_TYPE = "application/json";

const ACTIONS = { GET: "read", POST: "create", PUT: "update", PATCH: "update", DELETE: "delete" };

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
    "content-type": JSON_TYPE,
    "x-request-id": requestId,
    "content-length": body.length,
    ...headers,
  });
  reply.raw.end(body);
}

function errorText(error: ApiError, requestId: string, codec: Codec | undefined): string {
  return codec ? codec.error(error, requestId) : JSON.stringify(errorBody(error, requestId));
}

/** The JSON body under the API's rules: exactly `application/json`, and a body on every POST, PUT and PATCH. */
function readBody(
  request: FastifyRequest,
  store: Store,
  cloudflare: boolean,
  bodyOptional: boolean,
): unknown {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const type = request.headers["content-type"];
  const needed =
    (["POST", "PUT", "PATCH"].includes(request.method) && !bodyOptional) ||
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

function signedRequest(request: FastifyRequest): SignedRequest {
  return {
    method: request.method,
    path: request.url.split("?")[0]!,
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

function parsed(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return undefined;
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
  const others: Partial<Record<Key["kind"], string>> = {
    iam: "otherOrganizationKey",
    serviceAccount: "otherServiceAccount",
  };
  const name = (key && others[key.kind]) ?? "secondApiKey";
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
