import type * as Undici from "undici";
import { RemoteClock } from "./remoteClock";
import { type Clock } from "./clock";
import { type Settings } from "./credentials";
import { isRecord, parseErrorBody, printable } from "./errors";
import { explainMissingKey, type KeyName } from "./explain";
import { rateLimiterFor } from "./rateLimiter";
import { AuditLog } from "./auditLog";
import { type Attempt, traceLine, traceTo } from "./trace";
import { type Lifetime } from "./lifetime";
import { shown } from "../shown";
import { redact } from "./secret";
import { underWay } from "./inFlightWrites";
import type * as Wire from "./wire";
import { type Call, operationOf, changes } from "./call";
import { CallErrors, lookAgain } from "./callErrors";
import {
  type Answer,
  type Outcome,
  isSuccess,
  readBody,
  showBody,
  parseJson,
  header,
  retryAfter,
} from "./outcome";
import { maxAttempts, maxTimeouts, mayRepeat, backOff } from "./retries";
import { classify, connect, loadUndici } from "./connection";
import { type Credential, bodyText, authentication } from "./authentication";

export { path } from "./path";

export { type Call } from "./call";

/** An answer as it came; texts in it but `json` are clean, as in an error. Or why there was none. */
export type Exchange =
  | {
      status: number;
      json: unknown;
      type: string | undefined;
      message: string | undefined;
      requestId: string | undefined;
      /** Whether the body of an error is one of Nylas. */
      isNylas: boolean;
    }
  | {
      failure: string;
      /** Whether anything of the request can have reached the other side. */ sent: boolean;
    };

export interface Surroundings {
  clock: Clock;
  lifetime: Lifetime;
  random(): number;
}

/** Sends calls: one connection pool, one rate limit per key, bounded retries, no blind second write. */
export class Http {
  /** How many changes were begun: what was read before one may not hold after it. */
  writes = 0;
  /** The clock of the other side. */
  readonly clock = new RemoteClock();
  /** By the id of an object, the request id of the last write to it. */
  readonly lastWrites = new Map<string, string>();
  #dispatcher: Undici.Dispatcher | undefined;
  readonly #errors: CallErrors;
  readonly #audit: AuditLog;
  readonly #trace: (attempt: Attempt) => void;

  constructor(
    private readonly settings: Settings,
    private readonly around: Surroundings,
  ) {
    this.#errors = new CallErrors(settings);
    this.#audit = new AuditLog(settings.auditLog);
    this.#trace = traceTo(settings.trace);
  }

  /** The wire's own names and shapes, loaded with the first call. */
  get wire(): typeof Wire {
    return loadWire();
  }

  async send<T>(call: Call<T>): Promise<T> {
    const { outcome, attempts } = await this.#carryOut(call);
    if (!("failure" in outcome) && isSuccess(outcome)) return this.#accept(call, outcome);
    throw this.#errors.afterOutcome(call, outcome, attempts);
  }

  /**
   * As `send`, with the same key, rate and repeats, but with the last answer as it came. It is for a look at the API
   * itself. Throws where a setting is missing.
   */
  async exchange(call: Omit<Call<unknown>, "decode">): Promise<Exchange> {
    const { outcome } = await this.#carryOut({ ...call, decode: () => undefined });
    if ("failure" in outcome)
      return { failure: `${outcome.failure.text} at ${this.settings.apiUrl}`, sent: outcome.failure.sent };
    const { status, json, body, requestId } = outcome;
    return { status, json, type: body?.type, message: body?.message, requestId, isNylas: body !== undefined };
  }

  /** Sends the call until there is an answer to go on with, or nothing more is tried. */
  async #carryOut(call: Call<unknown>): Promise<{ outcome: Outcome; attempts: number }> {
    const credential = this.#credential(call.key);
    if (credential === undefined) {
      throw this.#errors.of(call, "credential", explainMissingKey(call.key, this.settings));
    }
    const rateLimiter = rateLimiterFor(this.settings.apiUrl, credential.identity, this.around.clock);
    const { signal } = this.around.lifetime;
    await underWay.landed(this.settings.apiUrl, this.around.clock, signal);
    let timeouts = 0;
    for (let attempt = 1; ; attempt++) {
      await rateLimiter.acquire(signal);
      if (changes(call)) {
        this.around.lifetime.assertWritable();
        this.writes++;
        this.#audit.open(shown(redact(operationOf(call), this.#errors.secretsOf(call))));
      }
      const send = () => this.#attempt(call, credential, attempt);
      const outcome = await (changes(call) ? underWay.during(this.settings.apiUrl, send) : send());
      if (!("failure" in outcome) && isSuccess(outcome)) {
        if (changes(call)) this.#noteWrite(call, outcome);
        return { outcome, attempts: attempt };
      }
      if ("failure" in outcome && outcome.failure.timeout) timeouts++;
      if (attempt >= maxAttempts || timeouts >= maxTimeouts || !mayRepeat(call, outcome)) {
        return { outcome, attempts: attempt };
      }
      const wait = backOff(outcome, attempt, this.around.random());
      if (!("failure" in outcome) && outcome.status === 429) rateLimiter.pauseFor(wait);
      await this.around.clock.sleep(wait, signal);
    }
  }

  /** Ends the connections: for tests; a process simply exits. */
  async close(): Promise<void> {
    this.#audit.close();
    await this.#dispatcher?.destroy();
    this.#dispatcher = undefined;
  }

  #credential(name: KeyName): Credential | undefined {
    if (name === "serviceAccount") {
      const account = this.settings.serviceAccount;
      return account && { identity: account.keyId, account };
    }
    const key = this.settings[name]?.reveal();
    return key === undefined ? undefined : { identity: key, key };
  }

  async #attempt(call: Call<unknown>, credential: Credential, attempt: number): Promise<Outcome> {
    const began = performance.now();
    const path = call.path + queryText(call.query);
    const outcome = await this.#request(call, path, credential);
    const secrets = this.#errors.secretsOf(call);
    const told: Attempt = {
      method: call.method,
      path: shown(redact(path, secrets)),
      object: shown(redact(call.object, secrets)),
      status: "failure" in outcome ? outcome.failure.code : outcome.status,
      requestId: "failure" in outcome ? undefined : outcome.requestId,
      attempt,
      milliseconds: performance.now() - began,
    };
    this.#trace(told);
    if (changes(call)) this.#audit.record(told);
    return outcome;
  }

  async #request(call: Call<unknown>, path: string, credential: Credential): Promise<Outcome> {
    const undici = loadUndici();
    // What reads the answer is loaded while the first one is on its way.
    if (!this.#dispatcher) setTimeout(loadWire, 5);
    this.#dispatcher ??= connect(this.settings.apiUrl);
    const body = bodyText(call, credential);
    const headers: Record<string, string> = {
      accept: "application/json",
      "user-agent": userAgent(),
      ...authentication(call, credential, body),
    };
    // The API refuses bodyless writes, and a charset after the content type.
    if (body !== undefined) headers["content-type"] = "application/json";
    if (call.idempotencyKey !== undefined) headers["idempotency-key"] = call.idempotencyKey;
    // What the other side repeats of the request: cleaned before anything of it is cut, kept or shown.
    const signature = headers["x-nylas-signature"] ?? "";
    const clean = (text: string): string => shown(redact(text, [...this.#errors.secretsOf(call), signature]));
    try {
      const answer = await undici.request(this.settings.apiUrl + path, {
        dispatcher: this.#dispatcher,
        method: call.method,
        headers,
        body: body ?? null,
        signal: AbortSignal.timeout(this.settings.requestTimeout),
      });
      this.clock.hear(header(answer.headers, "date"));
      const text = await readBody(answer.body);
      const json = text === undefined ? undefined : parseJson(text);
      const explained = parseErrorBody(json, clean);
      const requestId =
        explained?.requestId ??
        header(answer.headers, "x-request-id") ??
        header(answer.headers, "request-id");
      const location = header(answer.headers, "location");
      return {
        status: answer.statusCode,
        json,
        body: explained,
        shown: showBody(text, clean),
        requestId: requestId === undefined ? undefined : printable(clean(requestId), 120),
        retryAfter: retryAfter(header(answer.headers, "retry-after")),
        location: location === undefined ? undefined : printable(clean(location), 200),
      };
    } catch (error) {
      return { failure: classify(error) };
    }
  }

  #accept<T>(call: Call<T>, answer: Answer): T {
    let problem: string;
    let doubt = `Check that ${this.settings.apiUrl} is Nylas.`;
    try {
      // The one answer without a body that says all there is to say.
      if (answer.status === 204 && call.method === "DELETE") return call.decode(loadWire(), {});
      if (isRecord(answer.json) || Array.isArray(answer.json)) return this.#decode(call, answer.json);
      problem = answer.json === undefined ? answer.shown : "JSON that is no object";
    } catch (error) {
      const { Missing, NEWER } = loadWire();
      if (error instanceof Missing) {
        problem = error.message;
        // Somebody answered with the object's other members.
        if (error.field !== undefined) doubt = `${NEWER} Else check that ${this.settings.apiUrl} is Nylas.`;
      } else if (error instanceof RangeError) problem = "JSON that is nested too deep";
      else throw error;
    }
    const seen = `Nylas answered ${answer.status}, but with ${problem}.`;
    if (changes(call) && !call.repeatable && call.method === "POST") {
      throw this.#errors.of(call, "ambiguous", `${seen} ${lookAgain}`, answer);
    }
    const next = changes(call) ? "The change may have been made: run again, and compare." : doubt;
    throw this.#errors.of(call, "malformed", `${seen} ${next}`, answer);
  }

  /** Whoever watches is told as well what in the answer is new, once per process. */
  #decode<T>(call: Call<T>, json: unknown): T {
    const wire = loadWire();
    if (this.settings.trace === undefined) return call.decode(wire, json);
    const { trace } = this.settings;
    return wire.noticing(
      () => call.decode(wire, json),
      (notice) => traceLine(trace, notice),
    );
  }

  #noteWrite(call: Call<unknown>, { requestId, json }: Answer): void {
    if (requestId === undefined) return;
    const data = isRecord(json) ? (isRecord(json.data) ? json.data : json) : {};
    const made = [data.id, data.workspace_id].filter((id): id is string => typeof id === "string");
    const written = call.path.split("/").slice(3).map(decodeURIComponent);
    for (const id of [...written, ...made]) this.lastWrites.set(id, requestId);
  }
}

function queryText(query: Call<unknown>["query"]): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) given.set(name, String(value));
  }
  return given.size === 0 ? "" : `?${given.toString()}`;
}

function loadWire(): typeof Wire {
  // oxlint-disable-next-line typescript/no-require-imports -- import() cannot load a neighbour under ts-node
  return require("./wire") as typeof Wire;
}

let agent: string | undefined;

function userAgent(): string {
  if (agent === undefined) {
    // oxlint-disable-next-line typescript/no-require-imports -- found in the package, and taken into the plugin's bundle
    const { version } = require("pulumi-nylas/package.json") as { version: string };
    agent = `pulumi-nylas/${version} node/${process.versions.node}`;
  }
  return agent;
}
