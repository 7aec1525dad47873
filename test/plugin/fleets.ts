import { type Simulator } from "nylas-simulator";
import { Random } from "../faults/random";

/** Fleets that somebody made by hand: over the API alone, with whatever names people give. */
export interface FleetSize {
  accounts: number;
  workspaces: number;
  policies: number;
  lists: number;
  rules: number;
  webhooks: number;
  /** Mailboxes that their owners have connected. */
  connected: number;
  domains: string[];
}

/** Makes a random fleet in a simulator that holds nothing yet. */
export async function makeFleet(sim: Simulator, random: Random, size: FleetSize): Promise<void> {
  sim.configure({ maxAccounts: size.accounts + 10, publicWebhooks: "assume" });
  const call = api(sim);
  await call("POST", "/v3/connectors", { provider: "nylas" });
  for (const address of size.domains) await registerDomain(sim, address, random.pick([1, 1, "various"]));
  const many = async <T>(count: number, make: (at: number) => Promise<T>): Promise<T[]> => {
    const made: T[] = [];
    for (let at = 0; at < count; at++) made.push(await make(at));
    return made;
  };
  const maybe = (values: object) => (random.chance(0.5) ? values : {});

  const policies = await many(size.policies, async (at) => {
    const { id } = await call("POST", "/v3/policies", {
      name: name(random, `Policy ${at}`),
      limits: {
        ...maybe({ limit_count_daily_email_sent: random.below(200) }),
        ...maybe({ limit_inbox_retention_period: 20 + random.below(10), limit_spam_retention_period: 7 }),
        ...maybe({ limit_attachment_allowed_types: ["image/*", "application/pdf"] }),
        ...maybe({ limit_storage_total: 1_000_000 * (1 + random.below(100)) }),
      },
      ...maybe({ spam_detection: { use_list_dnsbl: random.chance(0.5), spam_sensitivity: 1.5 } }),
    });
    return id!;
  });
  const lists = await many(size.lists, async (at) => {
    const type = random.pick(["domain", "address", "tld"] as const);
    const { id } = await call("POST", "/v3/lists", {
      name: name(random, `List ${at}`),
      type,
      ...maybe({ description: text(random) }),
    });
    const item = { domain: "spam.example", address: "person@spam.example", tld: "example" }[type];
    const items = Array.from({ length: random.below(5) }, (_, n) =>
      type === "tld" ? `${item}${n}` : `x${n}${item}`,
    );
    if (items.length > 0) await call("POST", `/v3/lists/${id}/items`, { items });
    return { id: id!, type };
  });
  const rules = await many(size.rules, async (at) => {
    const trigger = random.pick(["inbound", "outbound"]);
    const list = random.chance(0.5) && lists.length > 0 ? random.pick(lists) : undefined;
    const conditions = [
      list
        ? { field: `from.${list.type}`, operator: "in_list", value: [list.id] }
        : {
            field: "from.domain",
            operator: random.pick(["is", "is_not", "contains"]),
            value: "spam.example",
          },
      ...(trigger === "outbound" && random.chance(0.3)
        ? [{ field: "outbound.type", operator: "is", value: "reply" }]
        : []),
    ];
    const { id } = await call("POST", "/v3/rules", {
      name: name(random, `Rule ${at}`),
      ...maybe({ description: text(random) }),
      ...maybe({ priority: random.below(100) }),
      ...maybe({ enabled: false }),
      trigger,
      match: { operator: random.pick(["all", "any"]), conditions },
      actions: random.pick([
        [{ type: "block" }],
        [{ type: "mark_as_spam" }],
        [{ type: "mark_as_read" }, { type: "assign_to_folder", value: "Clients/Acme" }],
      ]),
    });
    return id!;
  });
  const keeping = () => ({
    ...(random.chance(0.6) && policies.length > 0 ? { policy_id: random.pick(policies) } : {}),
    ...(random.chance(0.6) && rules.length > 0
      ? { rule_ids: [...new Set([random.pick(rules), random.pick(rules)])] }
      : {}),
  });
  const domains = [...size.domains, "acme.nylas.email"];
  const workspaces = await many(size.workspaces, async (at) => {
    const domain = at < domains.length && random.chance(0.5) ? { domain: domains[at]! } : {};
    const { workspace_id: id } = await call("POST", "/v3/workspaces", {
      name: name(random, `Workspace ${at}`),
      ...domain,
      auto_group: "domain" in domain && random.chance(0.5),
      ...keeping(),
    });
    return { id: id!, domain: random.pick(domains) };
  });
  await many(size.accounts, (at) => {
    const workspace = workspaces.length > 0 && random.chance(0.8) ? random.pick(workspaces) : undefined;
    const domain = workspace && random.chance(0.8) ? workspace.domain : random.pick(domains);
    return call("POST", "/v3/connect/custom", {
      provider: "nylas",
      ...maybe({ name: name(random, `Agent ${at}`) }),
      ...(workspace ? { workspace_id: workspace.id } : {}),
      settings: {
        email: `${random.pick(LOCAL_PARTS)}${at}@${domain}`,
        ...(random.chance(0.2) ? { app_password: "Correct-Horse-Battery-1" } : {}),
      },
    });
  });
  for (let at = 0; at < size.connected; at++)
    sim.seed({
      kind: "grant",
      email: `person${at}@gmail.example`,
      provider: random.pick(["google", "microsoft"]),
      ...(workspaces.length > 0 ? { workspaceId: random.pick(workspaces).id } : {}),
    });
  await many(size.webhooks, (at) =>
    call("POST", "/v3/webhooks", {
      webhook_url: `https://hooks.example.com/${at}?x='"\`$%7B1%7D`,
      trigger_types: random.pick([["message.created"], ["message.created", "grant.deleted"]]),
      ...(random.chance(0.8) ? { description: name(random, `Webhook ${at}`) } : {}),
      ...maybe({ notification_email_addresses: ["Ops@example.com"] }),
      ...maybe({ compressed_delivery: true }),
    }),
  );
  if (random.chance(0.5)) {
    const home = sim.state().workspaces.find((each) => each.default)!.id;
    await call("PATCH", `/v3/workspaces/${home}`, keeping());
  }
  // What people leave behind: ids of what is gone.
  if (rules.length > 0 && random.chance(0.3)) await call("DELETE", `/v3/rules/${random.pick(rules)}`);
  if (policies.length > 0 && random.chance(0.3))
    await call("DELETE", `/v3/policies/${random.pick(policies)}`);
}

/** A verified domain with its records at Cloudflare: all with one TTL, or each with another. */
export async function registerDomain(
  sim: Simulator,
  address: string,
  ttl: number | "various" = 1,
  keyLength: 1024 | 2048 = 2048,
): Promise<void> {
  const call = api(sim, sim.keys.organizationKey);
  const { id } = await call("POST", "/v3/domains", { name: `Agents of ${address}`, domain_address: address });
  const purposes = ["ownership", "mx", "spf", "dkim", "feedback"];
  for (const [at, type] of purposes.entries()) {
    const options = type === "dkim" ? { options: { key_length: keyLength } } : {};
    const answer = await call("POST", `/v3/domains/${id}/info`, { type, ...options });
    const { host, value, type: recordType } = answer.attempt!.options;
    const name = host === "@" ? address : host.endsWith(address) ? host : `${host}.${address}`;
    const [, priority, target] = /^(\d+) (\S+)$/.exec(value) ?? [];
    await publishAt(sim, {
      type: recordType,
      name,
      ...(recordType === "MX"
        ? { content: target ?? value, priority: Number(priority ?? 10) }
        : { content: quoted(value) }),
      ttl: ttl === "various" ? 60 + at : ttl,
    });
  }
  for (const type of purposes) {
    const options = type === "dkim" ? { options: { key_length: keyLength } } : {};
    await call("POST", `/v3/domains/${id}/verify`, { type, ...options });
  }
}

/** As Cloudflare's dashboard stores a text: in strings of at most 255 bytes, each in quotes. */
function quoted(value: string): string {
  return value
    .match(/.{1,255}/gs)!
    .map((part) => `"${part}"`)
    .join(" ");
}

/** Makes a record at Cloudflare. */
export async function publishAt(
  sim: Simulator,
  record: { type: string; name: string; content: string; ttl: number; priority?: number },
): Promise<void> {
  const zone = sim.zones.find(({ name }) => record.name.endsWith(name))!;
  const answer = await fetch(`${sim.cloudflareUrl}/zones/${zone.id}/dns_records`, {
    method: "POST",
    headers: { authorization: `Bearer ${sim.keys.cloudflareToken}`, "content-type": "application/json" },
    body: JSON.stringify(record),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

interface Answer {
  id?: string;
  webhook_secret?: string;
  workspace_id?: string;
  attempt?: { options: { host: string; value: string; type: string } };
}

/** Calls of nobody's SDK. */
export function api(sim: Simulator, key = sim.keys.apiKey) {
  return async (method: string, path: string, body: object = {}): Promise<Answer> => {
    const answer = await fetch(sim.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { data?: Answer }).data ?? {};
  };
}

const LOCAL_PARTS = ["scheduling", "o'brien", "a/b", "x+y", "{bot}", "`tick`", "constructor"];

const STRANGE = [
  "Customer \"A\" & 'B'",
  "`${process.exit(1)}`",
  "*/ end // of comment",
  "Söhne & Ünal 株式会社",
  "__proto__",
  "line\u2028separator",
  "new\nline",
  "bell\u0007",
  "👩‍👩‍👧 family",
  "\\u0041\\",
  "  blanks  ",
];

/** Names that people give: mostly plain, sometimes one that is in use already. */
function name(random: Random, plain: string): string {
  return random.chance(0.3) ? random.pick(STRANGE) : random.chance(0.1) ? "The same" : plain;
}

function text(random: Random): string {
  return random.pick(["A note", "Two\nlines", 'with "quotes" and `ticks`', "*/ ${x}"]);
}

export { Random };
