/** Requests whose answers are looked at as they come, and what is remembered of them: forms and names of members, nothing else. */
import { type Settings } from "../../nylas/credentials";
import { isRecord, NylasError } from "../../nylas/errors";
import { type KeyName } from "../../nylas/explain";
import { type Exchange, Http, path, type Surroundings } from "../../nylas/http";
import { ROUTE_TABLE } from "../../nylas/routes";
import { type Route } from "../../nylas/routes/table";
import type * as Wire from "../../nylas/wire";
import { KNOWN, type KnownObject } from "../../nylas/wire/known";
import { isMoment, type Unknown, tokenOf, typeOf, unknownIn } from "../../nylas/wire/unknown";

/** Ctrl-C: nothing new is begun, and what was made is removed. */
export class Stopped extends Error {}

/** An answer, unwrapped as far as the envelopes that are known. */
export interface Answer {
  /** 0 where there was none. */
  status: number;
  ok: boolean;
  /** What stands in `data`, or the whole where nothing does. */
  data: unknown;
  json: unknown;
  type: string | undefined;
  message: string;
  /** Whether a write may have happened all the same. */
  unsure: boolean;
}

export interface Ask {
  ids?: readonly string[];
  query?: Record<string, string | number | undefined>;
  body?: Record<string, unknown>;
  secrets?: string[];
  /** Another key than the route's own. */
  key?: KeyName;
  /** Under another prefix than the one that this key goes with. */
  prefix?: string;
  /** What is asked on purpose although it may be refused: it says nothing of permissions. */
  aside?: true;
  /** Its shape is a point of its own, and no news. */
  ownPoint?: true;
}

/** What was seen of a route. */
export interface RouteSeen {
  route: string;
  statuses: number[];
  envelopes: string[];
  /** Types by member. */
  members: Record<string, string[]>;
  unknown: Unknown[];
  /** `number`, `text`. */
  moments: string[];
  /** Objects of a list that the provider's decoder refused. */
  unreadable: number;
  /** Whether it refused one that was asked for by its id. */
  unreadableAlone: boolean;
}

export class Eyes {
  readonly routes = new Map<string, RouteSeen>();
  readonly #http: Http;
  #finishing = false;

  constructor(
    readonly settings: Settings,
    around: Surroundings,
    private readonly stop: AbortSignal,
  ) {
    this.#http = new Http(settings, around);
  }

  /** From here on Ctrl-C does not end requests any more: what was made is removed. */
  finish(): void {
    this.#finishing = true;
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  get wire(): typeof Wire {
    return this.#http.wire;
  }

  has(key: Route["key"]): boolean {
    return this.settings[this.keyOf(key)] !== undefined;
  }

  keyOf(key: Route["key"]): KeyName {
    if (key === "application") return "apiKey";
    return key === "organization" ? "organizationKey" : this.settings.domainCredential;
  }

  /** Sends one of the routes of the table. Throws where a key is not accepted, or Nylas cannot be reached. */
  async ask(name: string, { ids = [], ...options }: Ask = {}): Promise<Answer> {
    if (this.stop.aborted && !this.#finishing) throw new Stopped();
    const route = ROUTE_TABLE.find((each) => each.route === name);
    if (!route) throw new Error(`${name} is no route of the provider`);
    const [method, template] = name.split(" ") as [Method, string];
    const key = options.key ?? this.keyOf(route.key);
    const prefix =
      options.prefix ??
      (route.key === "domains" && key === "serviceAccount" ? "/v3/admin/domains" : "/v3/domains");
    const text = template.replace(/^\/v3\/domains/, prefix);
    const exchange = await this.#http.exchange({
      method,
      path: path(text.split(":id") as unknown as TemplateStringsArray, ...ids),
      key,
      verb: "probe",
      object: name,
      ...(options.query ? { query: options.query } : {}),
      ...(options.body ? { body: options.body } : {}),
      ...(options.secrets ? { secrets: options.secrets } : {}),
      ...(/\/(info|verify)$/.test(template) ? { asks: true, repeatable: true } : {}),
    });
    const answer = answerOf(exchange);
    if (!options.aside) {
      this.#remember(route, answer, options.ownPoint ?? false);
      throwIfUseless(answer, exchange, route, key, this.settings);
    }
    return answer;
  }

  #remember(route: Route, answer: Answer, ownPoint: boolean): void {
    const seen: RouteSeen = this.routes.get(route.route) ?? {
      route: route.route,
      statuses: [],
      envelopes: [],
      members: {},
      unknown: [],
      moments: [],
      unreadable: 0,
      unreadableAlone: false,
    };
    this.routes.set(route.route, seen);
    add(seen.statuses, answer.status);
    if (!answer.ok) return;
    add(seen.envelopes, envelopeOf(answer.json));
    const { object } = route;
    if (object === undefined) return;
    for (const item of route.list ? itemsOf(answer) : [answer.data].flat()) {
      if (!isRecord(item)) continue;
      for (const [name, value] of Object.entries(item))
        add((seen.members[tokenOf(name)] ??= []), typeOf(value));
      for (const moment of momentsOf(object, item)) add(seen.moments, moment);
      if (!ownPoint)
        for (const unknown of unknownIn(object, item))
          if (!seen.unknown.some((each) => sameUnknown(each, unknown))) seen.unknown.push(unknown);
      if (canRead(this.wire, object, item)) continue;
      if (route.list) seen.unreadable++;
      else if (route.route.startsWith("GET ")) seen.unreadableAlone = true;
    }
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

function answerOf(exchange: Exchange): Answer {
  if ("failure" in exchange)
    return {
      status: 0,
      ok: false,
      data: undefined,
      json: undefined,
      type: undefined,
      message: exchange.failure,
      unsure: exchange.sent,
    };
  const { status, json, type, message } = exchange;
  const ok = status >= 200 && status < 300;
  const data = isRecord(json) && "data" in json ? json.data : json;
  return { status, ok, data, json, type, message: message ?? "", unsure: status >= 500 || status === 408 };
}

/** A key that is not accepted, and a Nylas that is not there, tell nothing of the points. */
function throwIfUseless(
  { status, message, ok }: Answer,
  exchange: Exchange,
  { route }: Route,
  key: KeyName,
  settings: Settings,
): void {
  const operation = `probe ${route}`;
  const facts = { operation, status: status === 0 ? undefined : status };
  if (status === 401) {
    const source = settings.sources[key] ?? key;
    throw new NylasError({
      ...facts,
      kind: "credential",
      message: `The key from ${source} is not accepted by ${settings.apiUrl}: ${message}`,
    });
  }
  const foreign = !("failure" in exchange) && !ok && !exchange.isNylas;
  if (status === 0 || status >= 500 || status === 429 || foreign) {
    const what = status === 0 ? message : `the answer was ${status}${foreign ? " and not of Nylas" : ""}`;
    throw new NylasError({
      ...facts,
      kind: foreign ? "malformed" : "unavailable",
      message: `Could not ${operation}: ${what}. Nothing can be said; try again later.`,
    });
  }
}

/** The objects of a list, in whichever envelope. */
export function itemsOf({ data }: Pick<Answer, "data">): Record<string, unknown>[] {
  const items = isRecord(data) ? data.items : data;
  return Array.isArray(items) ? items.filter(isRecord) : [];
}

export function cursorOf({ json, data }: Answer): string | undefined {
  const cursor =
    (isRecord(data) ? data.next_cursor : undefined) ?? (isRecord(json) ? json.next_cursor : undefined);
  return typeof cursor === "string" && cursor !== "" ? cursor : undefined;
}

/** The form of an answer around its objects. */
function envelopeOf(json: unknown): string {
  if (!isRecord(json)) return typeOf(json);
  const others = ["next_cursor", "limit", "offset"].filter((name) => name in json);
  const beside = others.length === 0 ? "" : `, ${others.join(", ")}`;
  if (!("data" in json))
    return Object.keys(json).every((name) => name === "request_id") ? "empty" : `bare${beside}`;
  const { data } = json;
  if (Array.isArray(data)) return `data: list${beside}`;
  if (isRecord(data) && "items" in data) return `data.items${beside}`;
  return `data: ${typeOf(data)}${beside}`;
}

function momentsOf(object: KnownObject, item: Record<string, unknown>): string[] {
  return Object.entries(KNOWN[object])
    .filter(([, form]) => form === "moment")
    .map(([name]) => item[name])
    .filter(
      (value) => (typeof value === "number" && value !== 0) || (typeof value === "string" && isMoment(value)),
    )
    .map(typeOf);
}

/** Whether the provider makes sense of an object. */
export function canRead(wire: typeof Wire, object: KnownObject, item: unknown): boolean {
  const decoders: Partial<Record<KnownObject, (item: unknown) => unknown>> = {
    "an application": wire.application,
    "a connector": wire.connector,
    "a domain": wire.domain,
    "the record of a domain": (each) => wire.domainAttempt(each, "", "mx"),
    "a grant": wire.grant,
    "a message": wire.message,
    "a folder": wire.folder,
    "a workspace": wire.workspace,
    "a policy": wire.policy,
    "a rule": wire.rule,
    "a list": wire.list,
    "an item of a list": wire.listItem,
    "a webhook": wire.webhook,
    "a principal": wire.principal,
    "an API key": (each) => wire.apiKey(each, ""),
  };
  try {
    decoders[object]?.(item);
    return true;
  } catch (error) {
    if (error instanceof wire.Missing || error instanceof NylasError) return false;
    throw error;
  }
}

function sameUnknown(a: Unknown, b: Unknown): boolean {
  return a.what === b.what && a.at === b.at && a.seen === b.seen;
}

function add<T>(list: T[], value: T): void {
  if (!list.includes(value)) list.push(value);
}
