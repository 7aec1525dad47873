/** Every route that the provider reads by: asked once or twice, and never written to. */
import { randomUUID } from "node:crypto";
import { isRecord } from "../../nylas/errors";
import { ROUTE_TABLE } from "../../nylas/routes";
import { NEEDS } from "../../resources/needs";
import { counted } from "../doctor/findings";
import { type Answer, canRead, cursorOf, type Eyes, itemsOf } from "./eyes";
import { type Sighting } from "./points";

/** What is known of the application before anything is tried. */
export interface Ground {
  applicationId: string | undefined;
  environment: string | undefined;
  region: string | undefined;
  /** Undefined where it may not be seen. */
  hasConnector: boolean | undefined;
  /** Domains of the organization; undefined where they may not be listed. */
  domains: { address: string; branded: boolean; usable: boolean }[] | undefined;
  /** Addresses of accounts, for a trial domain that is in use. */
  trialDomain: string | undefined;
  hasIam: boolean;
}

type Say = (sighting: Sighting) => void;

export async function look(eyes: Eyes, say: Say, doing: (text: string) => void): Promise<Ground> {
  const ground: Ground = {
    applicationId: undefined,
    environment: undefined,
    region: undefined,
    hasConnector: undefined,
    domains: undefined,
    trialDomain: undefined,
    hasIam: false,
  };
  if (eyes.has("application")) await application(eyes, say, doing, ground);
  doing("looking at domains");
  await domains(eyes, say, ground);
  doing("looking at principals and keys");
  if (eyes.has("organization")) ground.hasIam = await iam(eyes, say);
  return ground;
}

async function application(
  eyes: Eyes,
  say: Say,
  doing: (text: string) => void,
  ground: Ground,
): Promise<void> {
  doing("looking at the application");
  const own = await eyes.ask("GET /v3/applications");
  if (own.ok && isRecord(own.data)) {
    const { application_id: id, environment, region } = own.data;
    ground.applicationId = text(id);
    ground.environment = text(environment);
    ground.region = text(region);
  } else if (own.status === 403) say(harmless("R14", "applications: 403", { applicationReads: "forbidden" }));
  await connectors(eyes, say, ground);

  doing("looking at accounts");
  const { items: grants } = await list(eyes, say, "GET /v3/grants", { limit: 200, offset: 0 });
  const account = grants.find((grant) => grant.provider === "nylas");
  const addresses = grants.map(({ email }) => text(email) ?? "");
  ground.trialDomain = /@([a-z0-9-]+\.nylas\.email)$/.exec(
    addresses.find((address) => address.endsWith(".nylas.email")) ?? "",
  )?.[1];
  const id = text(account?.id);
  if (id !== undefined) {
    await oneAccount(eyes, say, id);
    await folders(eyes, say, text(account?.email) ?? id);
    await mailRoutes(eyes, say, id);
  }

  doing("looking at workspaces, policies, rules, lists and webhooks");
  for (const family of ["workspaces", "policies", "rules", "lists"] as const) {
    const route = `GET /v3/${family}`;
    const pages = family === "workspaces" ? {} : { limit: 200 };
    const { items, answer } = await list(eyes, say, route, pages);
    if (family === "rules" && answer.ok) ruleEnvelope(answer, say);
    const { object } = ROUTE_TABLE.find((each) => each.route === route)!;
    const readable = items.find((item) => canRead(eyes.wire, object!, item));
    const first = text(readable?.id) ?? text(readable?.workspace_id);
    if (first !== undefined) await eyes.ask(`${route}/:id`, { ids: [first] });
    if (family === "lists" && first !== undefined)
      await list(eyes, say, "GET /v3/lists/:id/items", { limit: 200 }, [first]);
  }
  await webhooks(eyes, say);
}

async function connectors(eyes: Eyes, say: Say, ground: Ground): Promise<void> {
  // As the provider asks.
  const { answer, items } = await list(eyes, say, "GET /v3/connectors", {});
  if (answer.status === 403) return say(harmless("R14", "connectors: 403", { connectorReads: "forbidden" }));
  if (answer.ok) ground.hasConnector = items.some(({ provider }) => provider === "nylas");
  const limited = await eyes.ask("GET /v3/connectors", { query: { limit: 200, offset: 0 }, aside: true });
  if (limited.ok) say(known("R6", "limit=200 is taken"));
  else if ([400, 422].includes(limited.status))
    say(harmless("R6", `limit=200 is refused (${limited.status})`, { connectorRules: "strict" }));
}

/** One account by its id: whether it comes in `data`. */
export async function oneAccount(eyes: Eyes, say: Say, id: string): Promise<void> {
  const answer = await eyes.ask("GET /v3/grants/:id", { ids: [id] });
  if (!answer.ok) return;
  const wrapped = isRecord(answer.json) && "data" in answer.json;
  say(
    wrapped ? known("bareGrants", "data") : harmless("bareGrants", "no data around it", { bareGrants: true }),
  );
}

/** Folders of an account, which may be named by its address. */
export async function folders(eyes: Eyes, say: Say, account: string): Promise<void> {
  const { answer, items } = await list(eyes, say, "GET /v3/grants/:id/folders", { limit: 200 }, [account]);
  if (!answer.ok || items.length === 0) return;
  const counted = items.every(({ total_count: count }) => typeof count === "number");
  say(
    counted
      ? known("folderCounts", "shown")
      : harmless("folderCounts", "not shown", { folderCounts: "absent" }),
  );
}

export async function mailRoutes(eyes: Eyes, say: Say, id: string): Promise<void> {
  // Of a mailbox that is not the probe's own, one message is enough to see its form.
  await eyes.ask("GET /v3/grants/:id/messages", { ids: [id], query: { limit: 1 } });
  const threads = await eyes.ask("GET /v3/grants/:id/threads", { ids: [id], query: { limit: 1 } });
  if (threads.ok) say(known("threadRoutes", "there"));
  else if (threads.status === 404) say(harmless("threadRoutes", "404", { threadRoutes: "gone" }));
}

function ruleEnvelope({ data }: Answer, say: Say): void {
  say(
    Array.isArray(data)
      ? harmless("ruleList", "in data", { ruleList: "flat" })
      : known("ruleList", "in data.items"),
  );
}

async function webhooks(eyes: Eyes, say: Say): Promise<void> {
  const { items } = await list(eyes, say, "GET /v3/webhooks", {});
  // One that can be read in the list.
  const id = items.filter(({ webhook_url: url }) => typeof url === "string").map((item) => text(item.id))[0];
  if (id !== undefined) await oneWebhook(eyes, say, id);
  await goneWebhook(eyes, say, randomUUID());
}

/** One webhook by its id. */
export async function oneWebhook(eyes: Eyes, say: Say, id: string): Promise<void> {
  const { ok, data } = await eyes.ask("GET /v3/webhooks/:id", { ids: [id] });
  if (!ok || !isRecord(data)) return;
  say(
    "compressed_delivery" in data
      ? harmless("R5", "shown", { webhookCompression: "shown" })
      : known("R5", "absent"),
  );
}

/** How Nylas says that there is no such webhook. */
export async function goneWebhook(eyes: Eyes, say: Say, id: string): Promise<void> {
  const { status, type, message } = await eyes.ask("GET /v3/webhooks/:id", { ids: [id] });
  if (status === 403) return;
  if (status === 400 && /destination\.id\.not\.found/.test(message))
    return say(known("R13", "400, destination.id.not.found"));
  if (status === 404) return say(harmless("R13", "404"));
  if (status === 400 && type === "70000" && /not[ ._]?found/i.test(message))
    return say(harmless("R13", "400, 70000, other words", { webhookGone: "number" }));
  // The provider asks the list then.
  if (status === 400 && type === "70000")
    return say(harmless("R13", "400, 70000, words that do not say it", { webhookGone: "words" }));
  say({ ...harmless("R13", `${status}, another type`), verdict: "affected", kinds: classes(["Webhook"]) });
}

async function domains(eyes: Eyes, say: Say, ground: Ground): Promise<void> {
  await prefixes(eyes, say);
  if (!eyes.has("domains")) return;
  const { answer, items } = await list(eyes, say, "GET /v3/domains", { limit: 200 });
  if (!answer.ok) return;
  ground.domains = items.map((item) => ({
    address: (text(item.domain_address) ?? "").toLowerCase(),
    branded: item.branded === true,
    usable: item.branded === true || (item.verified_ownership === true && item.verified_mx === true),
  }));
  const first = items.find((item) => canRead(eyes.wire, "a domain", item));
  const address = text(first?.domain_address);
  if (!first || address === undefined) return;
  const byId = await eyes.ask("GET /v3/domains/:id", { ids: [text(first.id) ?? address] });
  flags(isRecord(byId.data) ? byId.data : first, say);
  await domainByAddress(eyes, say, address);
}

/** Of a domain that is not verified in full: whether it shows what is false. */
export function flags(domain: Record<string, unknown>, say: Say): void {
  const all = ["ownership", "mx", "spf", "dkim", "feedback", "dmarc", "arc"].map(
    (type) => domain[`verified_${type}`],
  );
  const left = all.filter((flag) => flag === undefined);
  if (left.length === 0 && !all.includes(false)) return;
  say(
    left.length === 0
      ? known("omitFalseFlags", "shown")
      : harmless("omitFalseFlags", `${left.length} of 7 left out`, { omitFalseFlags: true }),
  );
}

export async function domainByAddress(eyes: Eyes, say: Say, address: string): Promise<void> {
  const { ok, status } = await eyes.ask("GET /v3/domains/:id", { ids: [address], aside: true });
  if (ok) return say(known("R8", "found"));
  if (![400, 404].includes(status)) return;
  say(harmless("R8", `${status}: by its id alone`, { domainByAddress: false, domainAddressStatus: status }));
}

/** Which of the two prefixes are there at all: a 404 without an id says that one is not. */
async function prefixes(eyes: Eyes, say: Say): Promise<void> {
  const key = (["organizationKey", "apiKey", "serviceAccount"] as const).find(
    (name) => eyes.settings[name] !== undefined,
  );
  if (key === undefined) return;
  const there = async (prefix: string, with_: typeof key) => {
    const { status } = await eyes.ask("GET /v3/domains", {
      key: with_,
      prefix,
      query: { limit: 1 },
      aside: true,
    });
    return status === 0 || status >= 500 ? undefined : status !== 404;
  };
  const newer = await there("/v3/domains", key);
  const older = await there("/v3/admin/domains", eyes.settings.serviceAccount ? "serviceAccount" : key);
  if (newer !== undefined && older !== undefined) {
    const seen = newer && older ? "both" : newer ? "new" : older ? "legacy" : "none";
    const used = eyes.settings.domainCredential === "serviceAccount" ? older : newer;
    if (seen === "both") say(known("domainPrefixes", "both"));
    else
      say({
        point: "domainPrefixes",
        verdict: used ? "harmless" : "affected",
        seen:
          seen === "new" ? "/v3/domains alone" : seen === "legacy" ? "/v3/admin/domains alone" : "neither",
        ...(seen === "none" ? {} : { settings: { domainPrefixes: seen } }),
        ...(used ? {} : { kinds: classes(["Domain", "DomainRecords", "DomainVerification"]) }),
      });
  }
  if (newer !== true || eyes.settings.apiKey === undefined) return;
  const { status } = await eyes.ask("GET /v3/domains", { key: "apiKey", query: { limit: 1 }, aside: true });
  if (status === 200) say(harmless("applicationKeyOnDomains", "taken", { applicationKeyOnDomains: true }));
  else if ([401, 403].includes(status)) say(known("applicationKeyOnDomains", String(status)));
}

async function iam(eyes: Eyes, say: Say): Promise<boolean> {
  const { answer, items } = await list(eyes, say, "GET /v3/iam/principals", { limit: 200 });
  if (answer.status === 404) {
    say({
      point: "iamRoutes",
      verdict: "affected",
      seen: "404",
      kinds: classes(["Principal", "ApiKey"]),
      settings: { iamRoutes: "gone" },
    });
    return false;
  }
  if (!answer.ok) return false;
  say(known("iamRoutes", "there"));
  const readable = items.filter((item) => canRead(eyes.wire, "a principal", item));
  const ids = readable.map(({ id }) => text(id)).filter((id) => id !== undefined);
  for (const id of ids) idForm(id, say);
  const names = readable
    .flatMap(({ direct_permissions: names }) => (Array.isArray(names) ? names : []))
    .map(String);
  if (names.some((name) => !LOWER_PERMISSION.test(name)))
    say(harmless("R12", "permissions of another spelling", { permissionNames: "open" }));
  const [first] = ids;
  if (first !== undefined) await eyes.ask("GET /v3/iam/principals/:id", { ids: [first] });
  // A few tell all that there is to tell.
  for (const id of ids.slice(0, 3)) {
    const keys = await list(eyes, say, "GET /v3/iam/principals/:id/credentials", { limit: 200 }, [id]);
    const own = keys.items.filter((item) => canRead(eyes.wire, "an API key", item));
    for (const key of own) {
      const keyId = text(key.id);
      if (keyId !== undefined) idForm(keyId, say);
      const expires = key.expires_at !== undefined && key.expires_at !== null;
      if (!expires) say(harmless("R12", "keys without expiry", { credentialExpiry: "optional" }));
    }
    const keyId = text(own[0]?.id);
    if (keyId !== undefined)
      await eyes.ask("GET /v3/iam/principals/:id/credentials/:id", { ids: [id, keyId] });
  }
  return true;
}

export const LOWER_PERMISSION = /^[a-z_]+(\.[a-z_]+)+$/;

export function idForm(id: string, say: Say): void {
  say(
    isUuidLike(id) ? known("R12", "UUIDs") : harmless("R12", "ids that are no UUIDs", { iamIds: "opaque" }),
  );
}

/** A list as the provider asks for it, with what it tells of its end and of permissions. */
async function list(
  eyes: Eyes,
  say: Say,
  route: string,
  query: Record<string, number>,
  ids: string[] = [],
): Promise<{ answer: Answer; items: Record<string, unknown>[] }> {
  const answer = await eyes.ask(route, { query, ids });
  const items = itemsOf(answer);
  const cursor = cursorOf(answer);
  if (answer.ok && query.limit !== undefined && query.offset === undefined && items.length > 0) {
    if (cursor === undefined) {
      if (route !== "GET /v3/policies" && items.length < query.limit)
        say(known("alwaysCursor", "policies alone"));
    } else if (route !== "GET /v3/policies") {
      const next = await eyes.ask(route, { query: { ...query, page_token: cursor }, ids });
      if (next.ok && itemsOf(next).length === 0)
        say(harmless("alwaysCursor", "other lists too", { alwaysCursor: true }));
    }
  }
  return { answer, items };
}

/** What all answers together tell: moments, what is new, what the keys may not do. */
export function sumUp(eyes: Eyes, say: Say): void {
  const seen = [...eyes.routes.values()];
  const moments = new Set(seen.flatMap((route) => route.moments));
  if (moments.has("text"))
    say(harmless("R7", moments.size > 1 ? "numbers and text" : "text", { timestamps: "text" }));
  else if (moments.has("number")) say(known("R7", "Unix seconds"));

  const unknown = seen.flatMap((route) => route.unknown);
  const count = (what: string) =>
    new Set(unknown.filter((each) => each.what === what).map(({ at, seen }) => `${at} ${seen}`)).size;
  const unreadable = seen.reduce((sum, route) => sum + route.unreadable, 0);
  const news = [
    [count("member"), "new member"],
    [count("value"), "new value"],
    [count("form"), "new form"],
    [unreadable, "unreadable object"],
  ] as const;
  const told = news.filter(([number]) => number > 0).map(([number, words]) => counted(number, words));
  if (told.length > 0) say(harmless("R4", told.join(", "), { newerObjects: true }));
  else if (seen.some((route) => Object.keys(route.members).length > 0)) say(known("R4", "as documented"));

  for (const { route } of seen.filter(({ unreadableAlone }) => unreadableAlone)) {
    const { types } = ROUTE_TABLE.find((each) => each.route === route)!;
    say({ point: "R4", verdict: "affected", seen: `${route} cannot be read`, kinds: classes(types) });
  }

  const refused = seen.filter(
    ({ statuses }) => statuses.includes(403) && !statuses.some((each) => each < 300),
  );
  for (const { route } of refused) {
    // Whose the key is, and whether there is a connector, the provider can do without.
    if (["GET /v3/applications", "GET /v3/connectors"].includes(route)) continue;
    const { types } = ROUTE_TABLE.find((each) => each.route === route)!;
    say({ point: "R14", verdict: "affected", seen: `${route}: 403`, kinds: classes(types) });
  }
  if (seen.length > 0 && !seen.some(({ statuses }) => statuses.includes(403)))
    say(known("R14", "everything that was asked for"));
}

/** The classes of some types, as programs name them. */
export function classes(types: readonly string[]): string[] {
  return types.map((type) => NEEDS[type]?.resource ?? type);
}

export function known(point: string, seen: string, settings: Sighting["settings"] = {}): Sighting {
  return { point, verdict: "known", seen, settings };
}

export function harmless(point: string, seen: string, settings: Sighting["settings"] = {}): Sighting {
  return { point, verdict: "harmless", seen, settings };
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isUuidLike(id: string | undefined): id is string {
  return id !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}
