import { type Answer, type Json } from "../model/exchange.js";
import { type Store } from "../model/store.js";

interface Asked {
  /** "METHOD /path". */
  call: string;
  query: Json;
}

/** The answer of a route in the form that the settings ask for, where sources disagree about it for every route. */
export function byReading(answer: Answer, asked: Asked, store: Store): Answer {
  const { newerObjects, timestamps } = store.settings;
  let shown = withForeign(answer, asked, store);
  if (newerObjects) shown = { ...shown, body: withNewerMembers(shown.body) as Json };
  return timestamps === "text" ? { ...shown, body: withTexts(shown.body) as Json } : shown;
}

/** Objects of kinds that the contract does not know, as the API may add them at any time. */
const NEWER: [list: RegExp, object: Json][] = [
  [
    /^\/v3\/rules$/,
    {
      id: "newer-rule",
      name: "Meetings",
      trigger: "calendar",
      match: { operator: "none", conditions: null },
      actions: [{ type: "file", value: { folder: "Meetings" } }],
    },
  ],
  [/^\/v3\/lists$/, { id: "newer-list", name: "Networks", type: "cidr", items_count: "many" }],
  [
    /^\/v3\/policies$/,
    { id: "newer-policy", name: "Tiers", limits: [{ tier: "gold" }], spam_detection: "strict" },
  ],
  [
    /^\/v3\/workspaces$/,
    { workspace_id: "newer-workspace", name: null, domain: null, rule_ids: null, policy_id: null },
  ],
  [/^\/v3\/webhooks$/, { id: "newer-webhook", webhook_url: null, trigger_types: "all", status: "waiting" }],
  [
    /^\/v3\/grants$/,
    {
      id: "newer-grant",
      provider: "fax",
      grant_status: "suspended",
      email: null,
      scope: null,
      settings: null,
      workspace_id: { id: "newer-workspace" },
    },
  ],
  [/^\/v3\/connectors$/, { provider: "fax", name: null, scope: "all" }],
  [
    /^\/v3\/(admin\/)?domains$/,
    {
      id: "newer-domain",
      name: null,
      branded: "partly",
      domain_address: "newer.example",
      region: "ap",
      verified_ownership: "in_progress",
      verified_bimi: true,
    },
  ],
  [
    /^\/v3\/iam\/principals$/,
    {
      id: "-newer-principal",
      name: null,
      status: "suspended",
      roles: null,
      direct_permissions: [{ permission: "all" }],
      resource_binding: { type: "team", ids: ["a", "b"] },
    },
  ],
  [
    /^\/v3\/iam\/principals\/[^/]+\/credentials$/,
    { id: "-newer-credential", type: "oauth_client", name: null, status: "suspended", expires_at: "never" },
  ],
];

/** Filters by which an object of an unknown shape is not found. */
const FILTERS = ["email", "provider", "workspace_id", "domain", "resource_binding_id"];

/** A list with the foreign objects at its end: those that were seeded, and under `newerObjects` one of each kind. */
function withForeign(answer: Answer, { call, query }: Asked, store: Store): Answer {
  const path = call.startsWith("GET ") ? call.slice(4) : "";
  const newer = store.settings.newerObjects ? NEWER.find(([list]) => list.test(path))?.[1] : undefined;
  const foreign = [...(store.foreign.get(path) ?? []).map(({ object }) => object), ...(newer ? [newer] : [])];
  const body = answer.body as
    | { data?: unknown; next_cursor?: string; limit?: number; offset?: number }
    | undefined;
  if (foreign.length === 0 || body === undefined || FILTERS.some((filter) => query[filter] !== undefined))
    return answer;
  const inner = body.data as { items?: Json[] | null; next_cursor?: string } | null;
  const items = Array.isArray(body.data) ? (body.data as Json[]) : (inner?.items ?? []);
  const { limit = Infinity } = body;
  // They stand on the last page alone, so that no page has them twice.
  if (body.next_cursor !== undefined || inner?.next_cursor !== undefined || items.length >= limit)
    return answer;
  const all = [...items, ...foreign];
  return { ...answer, body: { ...body, data: Array.isArray(body.data) ? all : { ...inner, items: all } } };
}

/** An object of an unknown shape by its id, where one was seeded. */
export function foreignObject(call: string, store: Store): Answer | undefined {
  const [, list, id] = /^GET (.+)\/([^/]+)$/.exec(call) ?? [];
  const found = store.foreign.get(list ?? "")?.find((each) => each.id === id);
  return found && { body: { data: found.object } };
}

function withNewerMembers(body: unknown): unknown {
  const { data } = (body ?? {}) as { data?: unknown };
  if (typeof data !== "object" || data === null) return body;
  const more = (each: unknown): unknown =>
    typeof each === "object" && each !== null ? { ...each, newer_member: { since: ["2027"] } } : each;
  return { ...(body as Json), data: Array.isArray(data) ? data.map(more) : more(data) };
}

/** Members that are moments. */
const MOMENT = /_at$/;

function withTexts(value: unknown, name = ""): unknown {
  if (typeof value === "number" && MOMENT.test(name) && value > 0)
    return new Date(value * 1000).toISOString();
  if (Array.isArray(value)) return value.map((each) => withTexts(each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withTexts(inner, key)]));
}

/** What is left of a write's body, where some members are ignored. */
export function withoutIgnored(body: unknown, method: string, { settings }: Store): unknown {
  const { ignoredFields } = settings;
  if (ignoredFields.length === 0 || !["PATCH", "PUT"].includes(method)) return body;
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !ignoredFields.includes(name)));
}

interface Request {
  method: string;
  url: string;
  headers: { authorization?: string | undefined };
}

/** Reads that lag behind writes: for a while after one, a read answers as it did before it. */
export class Lag {
  /** The last answers; from the first write after one on, until when it is still given. */
  readonly #answers = new Map<string, { answer: Answer; until?: number }>();

  #store: Store | undefined;
  #ahead = 0;

  before(asked: Request, store: Store): Answer | undefined {
    const { settings, clock } = store;
    // After a reset nothing has been asked or written. Where the clock was moved on, every read has caught up meanwhile.
    if (store !== this.#store || clock.ahead !== this.#ahead) {
      this.#store = store;
      this.#ahead = clock.ahead;
      this.#answers.clear();
    }
    if (asked.method !== "GET" || settings.readLagMs === 0) return undefined;
    const earlier = this.#answers.get(keyOf(asked));
    return earlier?.until !== undefined && Date.now() < earlier.until
      ? structuredClone(earlier.answer)
      : undefined;
  }

  after(asked: Request, { settings }: Store, answer: Answer, writes: boolean): void {
    if (settings.readLagMs === 0) return;
    if (asked.method === "GET") this.#answers.set(keyOf(asked), { answer: structuredClone(answer) });
    else if (writes)
      for (const earlier of this.#answers.values()) earlier.until ??= Date.now() + settings.readLagMs;
  }
}

function keyOf({ url, headers }: Request): string {
  return `${headers.authorization ?? ""} ${url}`;
}
