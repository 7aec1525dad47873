import assert from "node:assert/strict";
import { Resolver } from "node:dns/promises";
import Cloudflare from "cloudflare";
import { startSimulator, type Simulator } from "nylas-simulator";

describe("the official Cloudflare SDK against the simulator", () => {
  let simulator: Simulator;
  let cloudflare: Cloudflare;
  let zone_id: string;

  beforeEach(async () => {
    simulator = await startSimulator({ zones: ["example.com", "example.org"] });
    cloudflare = new Cloudflare({
      apiToken: simulator.keys.cloudflareToken,
      baseURL: simulator.cloudflareUrl,
      maxRetries: 0,
    });
    zone_id = simulator.zones[0]!.id;
  });
  afterEach(() => simulator.close());

  const createTxt = (name: string, content: string) =>
    cloudflare.dns.records.create({ zone_id, type: "TXT", name, content, ttl: 1 });

  it("checks its token", async () => {
    assert.equal((await cloudflare.user.tokens.verify()).status, "active");
  });

  it("finds a zone by its name", async () => {
    const zones = [];
    for await (const zone of cloudflare.zones.list({ name: "example.org" })) zones.push(zone.id);
    assert.deepEqual(zones, [simulator.zones[1]!.id]);
    assert.equal((await cloudflare.zones.get({ zone_id })).name, "example.com");
  });

  it("creates records that the DNS then serves", async () => {
    const mx = {
      zone_id,
      type: "MX",
      name: "agents",
      content: "mail.example.net",
      priority: 10,
      ttl: 1,
    } as const;
    const made = await cloudflare.dns.records.create(mx);
    assert.equal(made.name, "agents.example.com");
    const resolver = new Resolver();
    resolver.setServers([simulator.dnsServer]);
    assert.deepEqual(await resolver.resolveMx("agents.example.com"), [
      { exchange: "mail.example.net", priority: 10 },
    ]);
    await createTxt("agents", '"v=spf1 -all"');
    assert.deepEqual(await resolver.resolveTxt("agents.example.com"), [["v=spf1 -all"]]);
  });

  it("edits, updates and deletes a record", async () => {
    const made = await createTxt("t", '"one"');
    const edited = await cloudflare.dns.records.edit(made.id, {
      zone_id,
      type: "TXT",
      name: "t",
      content: '"two"',
      ttl: 1,
    });
    assert.deepEqual([edited.id, edited.content], [made.id, '"two"']);
    const whole = { zone_id, type: "TXT", name: "t.example.com", content: '"three"', ttl: 300 } as const;
    assert.equal((await cloudflare.dns.records.update(made.id, whole)).ttl, 300);
    assert.equal((await cloudflare.dns.records.get(made.id, { zone_id })).content, '"three"');
    await cloudflare.dns.records.delete(made.id, { zone_id });
    await assert.rejects(cloudflare.dns.records.get(made.id, { zone_id }), Cloudflare.NotFoundError);
    assert.deepEqual(simulator.state().zones[0]!.records, []);
  });

  it("walks over all pages and filters by exact name, type and content", async () => {
    for (let i = 0; i < 12; i++) await createTxt(`t${i}`, `"${i}"`);
    const names = new Set<string>();
    for await (const record of cloudflare.dns.records.list({ zone_id, per_page: 5 })) names.add(record.name);
    assert.equal(names.size, 12);
    const found = [];
    const filter = {
      zone_id,
      name: { exact: "t7.example.com" },
      type: "TXT",
      content: { exact: '"7"' },
    } as const;
    for await (const record of cloudflare.dns.records.list(filter)) found.push(record.content);
    assert.deepEqual(found, ['"7"']);
  });

  it("turns our refusals into its own errors, with their codes", async () => {
    await createTxt("t", '"one"');
    const again = await createTxt("t", '"one"').catch((e: unknown) => e);
    assert.ok(again instanceof Cloudflare.BadRequestError);
    assert.equal(again.errors[0]?.code, 81058);
    const stranger = new Cloudflare({ apiToken: "wrong", baseURL: simulator.cloudflareUrl, maxRetries: 0 });
    await assert.rejects(stranger.zones.get({ zone_id }), Cloudflare.PermissionDeniedError);
  });

  it("retries by itself after a 429", async () => {
    simulator.addFault({ kind: "status", status: 429, retryAfter: 0, path: "/zones" });
    const patient = new Cloudflare({
      apiToken: simulator.keys.cloudflareToken,
      baseURL: simulator.cloudflareUrl,
    });
    assert.equal((await patient.zones.get({ zone_id })).id, zone_id);
    assert.deepEqual(
      simulator.requests.map((r) => r.status),
      [429, 200],
    );
  });
});
