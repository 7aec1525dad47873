import { setTimeout as sleep } from "node:timers/promises";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { keyOf, otherKey } from "../keys/keyRing.js";
import { type SignedRequest } from "../keys/signing.js";
import { depart } from "../mail/outbox.js";
import { enforceLimits } from "../mail/retention.js";
import { type Answer, type Json, type LoggedRequest } from "../model/exchange.js";
import { type Key } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { type Exchange } from "../settings/options.js";
import { authorise } from "./access.js";
import { bytesOf, parsed, readBody } from "./bodies.js";
import { type Call, type RouteOptions } from "./call.js";
import { ApiError, errorBody } from "./errors.js";
import { type Fault, type Faults } from "./faults.js";
import { isOfLists, withhold } from "./listFaults.js";
import { Outage } from "./outage.js";
import { RateLimit } from "./rateLimit.js";
import { byReading, foreignObject, Lag, withoutIgnored } from "./readings.js";
import { errorText, JSON_TYPE, write } from "./replies.js";
import { logged, pathAndQuery } from "./requestLog.js";
import { Spoiler } from "./spoiler.js";

/** The HTTP side: keys, envelopes, faults, the request log. Routes come from `routes/`. */
export class Api {
  readonly fastify: FastifyInstance;
  readonly log: LoggedRequest[] = [];
  private readonly lag = new Lag();
  private readonly rate = new RateLimit();
  /** Listens again after a "refuse". */
  private readonly outage = new Outage(() => this.fastify.server);
  private readonly spoiler = new Spoiler(this.outage);
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
      this.spoiler.release();
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
    const { method } = request;
    const [path, query] = pathAndQuery(request);
    const requestId = this.nextRequestId();
    reply.raw.setHeader("date", new Date(store.clock.ms()).toUTCString());
    const cloudflare = path.startsWith("/client/v4");
    const dialect = route?.options.dialect ?? (cloudflare ? "cloudflare" : "standard");
    const codec = route?.options.codec;
    const key = keyOf(store, request.headers);
    const entry = logged(request, { store, key, options: route?.options, requestId });
    this.log.push(entry);
    if (store.settings.latencyMs > 0) await sleep(store.settings.latencyMs);

    let actingKey = key;
    const before = this.strike("before", entry);
    if (before) {
      if (before.kind === "delay") await sleep(before.delayMs ?? 1000);
      else if (before.kind === "otherApplication") actingKey = otherKey(store, key);
      else if (!isOfLists(before)) {
        const whole = `{"request_id":"${requestId}","data":{"id":"`;
        return this.spoiler.spoil(reply, entry, before, dialect, whole, codec);
      }
    }

    depart(store);
    const asked: Asked = {
      request,
      store,
      key: actingKey,
      route,
      cloudflare,
      cause: `${method} ${path}`,
      firstPage: before?.kind === "repeat",
    };
    const { status, payload, headers } = await this.answer(asked, before, requestId);

    const after = this.strike("after", entry);
    if (after) {
      if (after.kind === "delay") await sleep(after.delayMs ?? 1000);
      else if (after.kind !== "refuse")
        return this.spoiler.spoil(reply, entry, after, dialect, payload, codec);
    }
    entry.status = status;
    // What a fault has spoilt is not what Nylas answers, so that only whole answers are told.
    this.onExchange?.({
      method,
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

  /** The fault that spoils a request at this point, if any; the log names it. */
  private strike(when: "before" | "after", entry: LoggedRequest): Fault | undefined {
    const fault = this.faults().strike(when, entry.method, entry.path, entry.query);
    if (fault) {
      entry.fault = fault.kind;
      entry.faultId = fault.id;
    }
    return fault;
  }

  /** What goes out for a request: its answer, or its error. */
  private async answer(asked: Asked, before: Fault | undefined, requestId: string): Promise<WireAnswer> {
    const { route, cloudflare } = asked;
    const codec = route?.options.codec;
    const headers: Record<string, string> = codec ? { "content-type": codec.contentType } : {};
    try {
      const answer = await this.handle(asked);
      if (before && isOfLists(before)) withhold(this.faults(), before, answer);
      return {
        status: answer.status ?? 200,
        headers: { ...headers, ...answer.headers },
        payload: codec
          ? codec.write(answer.body ?? {}, requestId)
          : JSON.stringify(cloudflare ? (answer.body ?? {}) : { request_id: requestId, ...answer.body }),
      };
    } catch (error) {
      if (!(error instanceof ApiError)) console.error(error);
      const dialect = route?.options.dialect ?? (cloudflare ? "cloudflare" : "standard");
      const known =
        error instanceof ApiError
          ? error
          : new ApiError(500, cloudflare ? "1000" : "api.internal_error", String(error), dialect);
      const payload = errorText(known, requestId, codec);
      return { status: known.status, headers: { ...headers, ...known.headers }, payload };
    }
  }

  private async handle({ request, store, key, route, cloudflare, cause, firstPage }: Asked): Promise<Answer> {
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
      this.rate.spend(store, application?.id ?? key.organizationId);
    }
    const params = request.params as Record<string, string>;
    const named = params.grant && application ? store.grantNamed(application.id, params.grant) : undefined;
    if (named && !reaches(named)) {
      throw new ApiError(403, "forbidden_access", "the grant is outside the binding of this API key");
    }
    const sent = route.options.codec
      ? route.options.codec.read(bytesOf(request))
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

/** What says which page of a list is asked for. */
const PLACES = ["offset", "page_token"];

const ACTIONS = { GET: "read", POST: "create", PUT: "update", PATCH: "update", DELETE: "delete" };

type Handler = (call: Call) => Answer | Promise<Answer>;

interface Registered {
  options: RouteOptions;
  handler: Handler;
}

/** A request on its way to its handler. */
interface Asked {
  request: FastifyRequest;
  store: Store;
  key: Key | undefined;
  route: Registered | undefined;
  cloudflare: boolean;
  /** "METHOD /path". */
  cause: string;
  /** Whether a fault shows the first page, whichever was asked for. */
  firstPage: boolean;
}

/** An answer on its way out. */
interface WireAnswer {
  status: number;
  payload: string;
  headers: Record<string, string>;
}

function signedRequest(request: FastifyRequest): SignedRequest {
  return {
    method: request.method,
    path: pathAndQuery(request)[0],
    headers: request.headers,
    body: bytesOf(request),
  };
}
