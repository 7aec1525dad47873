import { createHash } from "node:crypto";
import { type LookupFunction } from "node:net";
import type * as Undici from "undici";
import { RemoteClock } from "./remoteClock";
import { type Clock } from "./clock";
import { isLoopback, type Settings } from "./credentials";
import { type ServiceAccount } from "./signing";
import { type ErrorBody, isRecord, NylasError, parseErrorBody, printable } from "./errors";
import { type Explanation, explainMissingKey, explainRefusal, isQuota, type KeyName } from "./explain";
import { RateLimiter } from "./rateLimiter";
import { type Attempt, AuditLog, traceLine, traceTo } from "./journal";
import { type Lifetime } from "./lifetime";
import { isPastProxy } from "./proxy";
import { shown } from "../shown";
import { redact } from "./secret";
import type * as Signing from "./signing";
import { underWay } from "./inFlightWrites";
import type * as Wire from "./wire";

/** One request to Nylas, whatever number of attempts it takes. */
export interface Call<T> {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Made with `path`, which encodes what is put in. */
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: Record<string, unknown>;
  key: KeyName;
  /** As in "create". */
  verb: string;
  /** As in `workspace "Customer A"`. */
  object: string;
  /** For a POST that does no harm when it is sent twice. */
  repeatable?: boolean;
  /** For the routes that know by it a request that they have carried out already. */
  idempotencyKey?: string;
  /** For a POST that only asks: it is not on the audit log. */
  asks?: boolean;
  /** What in the body must never be shown. */
  secrets?: string[];
  /** Turns the answer into what was asked for; throws `Wire.Missing` where something that matters is not there. */
  decode(wire: typeof Wire, answer: unknown): T;
  /** What a refusal means for this very call, where that is more than it means in general. */
  explain?(status: number, body: ErrorBody): Partial<Explanation> | undefined;
  /** Something to add to what any refusal of this call means; empty where there is nothing. */
  hint?(status: number): string;
}

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
  readonly #audit: AuditLog;
  readonly #trace: (attempt: Attempt) => void;

  constructor(
    private readonly settings: Settings,
    private readonly around: Surroundings,
  ) {
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
    throw this.#explain(call, outcome, attempts);
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
      throw this.#error(call, "credential", explainMissingKey(call.key, this.settings));
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
        this.#audit.open(shown(redact(operationOf(call), this.#secrets(call))));
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

  /** Redirects are not followed, bodies are taken as they come (nothing is unpacked), certificates are always looked at. */
  #connect(undici: typeof Undici): Undici.Dispatcher {
    // Said outright, or NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would send the keys to anybody.
    const tls = { rejectUnauthorized: true };
    // The limit of a whole attempt is its signal's.
    const limits = { connections: 16, headersTimeout: 0, bodyTimeout: 0, maxHeaderSize: 16 << 10 };
    if (isLoopback(new URL(this.settings.apiUrl).hostname)) {
      return new undici.Agent({ ...limits, connect: { ...tls, lookup: lookupLoopback } });
    }
    if (isPastProxy(new URL(this.settings.apiUrl), process.env))
      return new undici.Agent({ ...limits, connect: tls });
    try {
      // All requests go to one host, which NO_PROXY does not cover: the client's own reading of it differs from that of other tools.
      return new undici.EnvHttpProxyAgent({
        ...limits,
        noProxy: "",
        connect: tls,
        requestTls: tls,
        proxyTls: tls,
      });
    } catch {
      throw new NylasError({
        kind: "setting",
        operation: "use the proxy",
        // The address is not repeated, and neither is the error, which holds it: there may be a password in it.
        message:
          "The address of the proxy in HTTPS_PROXY (or HTTP_PROXY) cannot be used: what it takes is an address such as http://proxy.example.com:3128, " +
          "with characters such as @ and : in a user or password percent-encoded.",
      });
    }
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
    const secrets = this.#secrets(call);
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
    this.#dispatcher ??= this.#connect(undici);
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
    const clean = (text: string): string => shown(redact(text, [...this.#secrets(call), signature]));
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
      throw this.#error(call, "ambiguous", `${seen} ${lookAgain}`, answer);
    }
    const next = changes(call) ? "The change may have been made: run again, and compare." : doubt;
    throw this.#error(call, "malformed", `${seen} ${next}`, answer);
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

  /** The error for an outcome after which nothing more is tried. */
  #explain(call: Call<unknown>, outcome: Outcome, attempts: number): NylasError {
    const tried = attempts === 1 ? "" : ` after ${attempts} attempts`;
    const open = call.method === "POST" && !call.repeatable;
    if ("failure" in outcome) {
      const { failure } = outcome;
      const seen = `${failure.text} at ${this.settings.apiUrl}${tried}.`;
      if (open && failure.sent) return this.#error(call, "ambiguous", `${seen} ${lookAgain}`);
      return this.#error(call, "unavailable", `${seen} ${failure.next}`);
    }
    const { status, body } = outcome;
    const facts = { ...outcome, type: body?.type };
    if (status >= 300 && status < 400) {
      const target = outcome.location === undefined ? "" : ` to ${outcome.location}`;
      const seen = `the answer was a redirect${target}, and keys are not sent on.`;
      return this.#error(call, "malformed", `${seen} ${wrongHost(this.settings)}`, facts);
    }
    if (status >= 500 || status === 408) {
      const seen = describe(outcome, body, tried);
      if (open) return this.#error(call, "ambiguous", `${seen} ${lookAgain}`, facts);
      return this.#error(call, "unavailable", `${seen} Try again later: that is safe.`, facts);
    }
    // A proxy's 404 must not pass for one of Nylas: it would empty a state.
    if (!body && status !== 429) {
      return this.#error(
        call,
        "malformed",
        `${describe(outcome, body, tried)} ${wrongHost(this.settings)}`,
        facts,
      );
    }
    const known: ErrorBody = body ?? { type: undefined, message: "", requestId: undefined };
    const general = explainRefusal(status, known, call.key, this.settings, call);
    const special = general.kind === "credential" ? undefined : call.explain?.(status, known);
    const seen = describe(outcome, body && { ...body, message: special?.message ?? body.message }, tried);
    const next = (special?.next ?? general.next) + (call.hint?.(status) ?? "");
    return this.#error(call, special?.kind ?? general.kind, `${seen} ${next}`, facts);
  }

  #error(
    call: Call<unknown>,
    kind: NylasError["kind"],
    why: string,
    facts: { status?: number; type?: string | undefined; requestId?: string | undefined } = {},
  ): NylasError {
    const secrets = this.#secrets(call);
    const operation = shown(redact(operationOf(call), secrets));
    return new NylasError({
      kind,
      operation,
      message: `Could not ${operation}: ${shown(redact(why, secrets))}`,
      status: facts.status,
      type: facts.type,
      requestId: facts.requestId,
      // No cause: the connection's own errors hold what was received, byte for byte.
    });
  }

  #secrets(call: Call<unknown>): string[] {
    const keys = [this.settings.apiKey, this.settings.organizationKey].map((key) => key?.reveal() ?? "");
    return [...keys, ...(call.secrets ?? [])];
  }
}

/** A path whose inserted parts are encoded: path`/v3/domains/${address}`. */
export function path(fixed: TemplateStringsArray, ...parts: string[]): string {
  return fixed.reduce((whole, text, index) => {
    const part = parts[index - 1] ?? "";
    if (!staysItself(part)) {
      throw new NylasError({
        kind: "refused",
        operation: "make a request",
        message:
          `Could not make a request to Nylas: ${printable(JSON.stringify(part), 120)} is no id. An id is not empty, and has no slash, ` +
          "question mark, number sign or control character in it.",
      });
    }
    return whole + encodeURIComponent(part) + text;
  });
}

/**
 * Whether a part of a path names one object and nothing else. An empty or dotted part would request another route: a
 * list, or a delete of something else. So would an encoded separator at a proxy that decodes it once too often.
 */
function staysItself(part: string): boolean {
  let text = part;
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(/%(25|2e|2f|5c|3f|23|0[0-9a-f]|1[0-9a-f]|7f)/gi, (code) => decodeURIComponent(code));
  }
  return !["", ".", ".."].includes(text) && !/[/\\?#\x00-\x1f\x7f]|\p{Surrogate}/u.test(text);
}

/** What a request proves itself with, and a name under which its rate is limited. */
type Credential = { identity: string } & ({ key: string } | { account: ServiceAccount });

/** The body exactly as it is sent: a signature is over these bytes. */
function bodyText(call: Call<unknown>, credential: Credential): string | undefined {
  if (call.method === "GET") return undefined;
  // A body that a signature does not cover is sent by none of the vendor's own clients.
  if (call.method === "DELETE" && "account" in credential && call.body === undefined) return undefined;
  const body = call.body ?? {};
  return "account" in credential ? loadSigning().canonicalJson(body) : JSON.stringify(body);
}

/** A new one for every attempt: a signature holds for one request and a few minutes. */
function authentication(
  { method, path }: Call<unknown>,
  credential: Credential,
  body: string | undefined,
): Record<string, string> {
  if ("key" in credential) return { authorization: `Bearer ${credential.key}` };
  return loadSigning().signedHeaders(credential.account, { method, path, body });
}

/** Everything in it but `json` is clean: free of secrets, on one line, of bounded length. */
interface Answer {
  status: number;
  json: unknown;
  /** What Nylas explains, if it is an error of Nylas. */
  body: ErrorBody | undefined;
  /** The body in words, for one that is no JSON. */
  shown: string;
  requestId: string | undefined;
  /** Milliseconds. */
  retryAfter: number | undefined;
  location: string | undefined;
}

interface Failure {
  code: string;
  text: string;
  next: string;
  /** Whether anything of the request can have reached the other side. */
  sent: boolean;
  timeout: boolean;
  permanent: boolean;
}

type Outcome = Answer | { failure: Failure };

function isSuccess(outcome: Outcome): boolean {
  return !("failure" in outcome) && outcome.status >= 200 && outcome.status < 300;
}

const maxAttempts = 5;
const maxTimeouts = 2;
const maxBodyBytes = 16 << 20;
const maxRetryAfter = 30_000;
const lookAgain =
  "It is not known whether it was done: look for it at Nylas before doing it again (the next run does so by itself).";

function describe(answer: Answer, body: ErrorBody | undefined, tried: string): string {
  if (!body) {
    const shown = answer.json === undefined ? answer.shown : "JSON of another form";
    return `the answer${tried} was ${answer.status} with a body that is not of Nylas (${shown}).`;
  }
  const code = body.type === undefined ? "" : ` (${body.type})`;
  const end = /[.!?]$/.test(body.message) ? "" : ".";
  return `Nylas answered ${answer.status}${code}${tried}: ${body.message}${end}`;
}

function operationOf(call: Call<unknown>): string {
  return `${call.verb} ${call.object}`;
}

function changes(call: Call<unknown>): boolean {
  return call.method !== "GET" && !call.asks;
}

/** Whether a second attempt can do no harm and may do good. */
function mayRepeat(call: Call<unknown>, outcome: Outcome): boolean {
  const harmless = call.method !== "POST" || call.repeatable === true;
  if ("failure" in outcome) {
    return !outcome.failure.permanent && (harmless || !outcome.failure.sent);
  }
  if (outcome.status === 429) return !(outcome.body && isQuota(outcome.body));
  return harmless && [408, 500, 502, 503, 504].includes(outcome.status);
}

/** Half a second, doubled each time, up to eight; half of it by chance, so that clients do not come back together. */
function backOff(outcome: Outcome, attempt: number, random: number): number {
  const asked = "failure" in outcome ? undefined : outcome.retryAfter;
  if (asked !== undefined) return Math.min(asked, maxRetryAfter) + random * 250;
  return Math.min(500 * 2 ** (attempt - 1), 8_000) * (0.5 + random / 2);
}

function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (value.trim() !== "" && Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Failures of making the connection: nothing of the request was sent. */
const beforeSending = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function classify(error: unknown): Failure {
  const { code, syscall, name, message } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError") {
    return fail("TIMEOUT", "no complete answer came in time", true, { timeout: true });
  }
  if (isCertificateProblem(code)) {
    const next =
      "The certificate of the other side is not trusted: behind a proxy that opens TLS, point NODE_EXTRA_CA_CERTS at its certificate.";
    return fail(code as string, `no trusted connection (${code})`, false, { permanent: true, next });
  }
  if (/HTTP Tunneling/.test(message ?? "")) {
    const next = "The proxy of HTTPS_PROXY refuses to connect: check it, or add the host to NO_PROXY.";
    return fail("PROXY", `no connection through the proxy (${printable(message, 120)})`, false, { next });
  }
  if ((code !== undefined && beforeSending.has(code)) || syscall === "connect" || syscall === "getaddrinfo") {
    return fail(code ?? "CONNECT", `no connection (${code ?? printable(message, 120)})`, false);
  }
  return fail(code ?? name, `the connection broke (${code ?? name})`, true);

  function fail(code: string, text: string, sent: boolean, more: Partial<Failure> = {}): Failure {
    const next = "Check the network, the proxy settings and nylas:apiUrl, then try again: that is safe.";
    return { code, text, sent, next, timeout: false, permanent: false, ...more };
  }
}

function isCertificateProblem(code: string | undefined): boolean {
  return code !== undefined && /^ERR_TLS_CERT|^CERT_|SELF_SIGNED|^UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code);
}

function wrongHost(settings: Settings): string {
  const source = settings.sources.apiUrl;
  return (
    `Expected is the Nylas API at ${settings.apiUrl}${source === undefined ? "" : ` (from ${source})`}: something else ` +
    "answers there, such as a proxy or another host. Correct nylas:apiUrl or the proxy settings."
  );
}

async function readBody(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBodyBytes) {
      body.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * A body that is no JSON, in words. A page is shown, since it says who answered. A text that began as JSON is not
 * shown: it may be an answer that was cut in the middle of a new key.
 */
function showBody(text: string | undefined, clean: (text: string) => string): string {
  if (text === undefined) return `a body of more than ${maxBodyBytes >> 20} MiB`;
  if (text === "") return "an empty body";
  if (/^\s*["{[]/.test(text)) return `${Buffer.byteLength(text)} bytes that begin as JSON and are none`;
  if (text.includes("\ufffd")) return `${Buffer.byteLength(text)} bytes that are no text`;
  return `"${printable(clean(text.slice(0, 1 << 16)), 120)}", which is no JSON`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Headers = Record<string, string | string[] | undefined>;

function header(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function queryText(query: Call<unknown>["query"]): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) given.set(name, String(value));
  }
  return given.size === 0 ? "" : `?${given.toString()}`;
}

/** One limit per key and host in the process, whichever connections use the key. */
const rateLimiters = new WeakMap<Clock, Map<string, RateLimiter>>();

function rateLimiterFor(apiUrl: string, identity: string, clock: Clock): RateLimiter {
  let ofClock = rateLimiters.get(clock);
  if (!ofClock) rateLimiters.set(clock, (ofClock = new Map()));
  const name = `${apiUrl} ${createHash("sha256").update(identity).digest("hex")}`;
  let rateLimiter = ofClock.get(name);
  if (!rateLimiter) ofClock.set(name, (rateLimiter = new RateLimiter(clock)));
  return rateLimiter;
}

/** "localhost" is this machine, whatever a resolver says: keys go there in plain text. */
const lookupLoopback: LookupFunction = (_hostname, { all }, done) => {
  if (all)
    done(null, [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ]);
  else done(null, "127.0.0.1", 4);
};

// undici takes 60 to 150 ms to load and zod not much less: no preview, which sends nothing, has to pay for them.
function loadUndici(): typeof Undici {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() cannot load a neighbour under ts-node
  return require("undici") as typeof Undici;
}

function loadWire(): typeof Wire {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  return require("./wire") as typeof Wire;
}

function loadSigning(): typeof Signing {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- few have a service account
  return require("./signing") as typeof Signing;
}

let agent: string | undefined;

function userAgent(): string {
  if (agent === undefined) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- found in the package, and taken into the plugin's bundle
    const { version } = require("pulumi-nylas/package.json") as { version: string };
    agent = `pulumi-nylas/${version} node/${process.versions.node}`;
  }
  return agent;
}
