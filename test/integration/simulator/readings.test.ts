import assert from "node:assert/strict";
import { DEFAULT_SETTINGS, READINGS } from "nylas-simulator";
import { makeAccount, send, startBench, type Bench } from "./client";

/** What the simulator does under the other readings of the API; `test/readings` runs the provider under them. */
describe("simulator: readings of the API", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  it("has a reading for each of the fifteen points, and each differs from the default", () => {
    const points = new Set(Object.values(READINGS).map(({ point }) => point));
    assert.deepEqual(
      [...points].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))),
      Array.from({ length: 15 }, (_, n) => `R${n + 1}`),
    );
    for (const [name, { settings }] of Object.entries(READINGS))
      for (const [key, value] of Object.entries(settings))
        assert.notDeepEqual(DEFAULT_SETTINGS[key as keyof typeof DEFAULT_SETTINGS], value, name);
  });

  it("R4: a foreign object of any shape stands in its list, and at its own route as it is", async () => {
    const object = { id: "odd", trigger: "calendar", match: null, actions: 5 };
    bench.simulator.seed({ kind: "foreign", list: "/v3/rules", object });
    assert.deepEqual((await bench.app("GET", "/v3/rules")).body.data.items, [object]);
    assert.deepEqual((await bench.app("GET", "/v3/rules/odd")).body.data, object);
    const grant = { id: "fax", provider: "fax", grant_status: "asleep" };
    bench.simulator.seed({ kind: "foreign", list: "/v3/grants", object: grant });
    await makeAccount(bench, "a");
    const paged = await bench.app("GET", "/v3/grants?limit=1");
    assert.deepEqual(
      paged.body.data.map(({ email }: { email?: string }) => email),
      ["a@acme.nylas.email"],
    );
    const all = await bench.app("GET", "/v3/grants?limit=50");
    assert.deepEqual(all.body.data[1], grant);
    const found = await bench.app("GET", "/v3/grants?email=a@acme.nylas.email");
    assert.equal(found.body.data.length, 1, "a filter does not find it");
  });

  it("R4: newer objects are in every list, and newer members in every object", async () => {
    bench.simulator.configure({ newerObjects: true });
    for (const path of ["rules", "lists", "policies", "workspaces", "webhooks", "grants", "connectors"]) {
      const { data } = (await bench.app("GET", `/v3/${path}`)).body;
      const items = (data.items ?? data) as object[];
      assert.ok(
        items.some((each) => JSON.stringify(each).includes("newer") || "provider" in each),
        path,
      );
      assert.ok(items.every((each) => path === "rules" || "newer_member" in each));
    }
    for (const path of ["domains", "iam/principals"]) {
      const { data } = (await bench.org("GET", `/v3/${path}`)).body;
      assert.ok(
        data.some(({ id }: { id: string }) => /newer/.test(id)),
        path,
      );
    }
  });

  it("R6: a connector shows its name, and has a route of its own", async () => {
    await bench.app("POST", "/v3/connectors", { provider: "nylas", name: "nylas" });
    const connector = { provider: "nylas", name: "nylas", scope: [] };
    assert.deepEqual((await bench.app("GET", "/v3/connectors/nylas")).body.data, connector);
    assert.deepEqual((await bench.app("GET", "/v3/connectors")).body.data, [connector]);
    assert.equal((await bench.app("GET", "/v3/connectors/google")).status, 404);
  });

  it("R8: a domain by its address may be a 400", async () => {
    bench.simulator.configure({ domainByAddress: false });
    assert.equal((await bench.org("GET", "/v3/domains/acme.nylas.email")).status, 404);
    bench.simulator.configure({ domainAddressStatus: 400 });
    assert.equal((await bench.org("GET", "/v3/domains/acme.nylas.email")).status, 400);
    assert.equal((await bench.org("GET", "/v3/domains/00000000-0000-4000-8000-000000000000")).status, 404);
  });

  it("R9: a check may ask for two keys by CNAME, and finds them in the DNS", async () => {
    const { simulator } = bench;
    simulator.configure({ attemptShape: "many", dkimRecords: "CNAME" });
    const domain = { domain_address: "a.example.com", name: "a" };
    const { id } = (await bench.org("POST", "/v3/domains", domain)).body.data;
    const ask = async (route: string) =>
      (await bench.org("POST", `/v3/domains/${id}/${route}`, { type: "dkim" })).body.data;
    const { status, attempt } = await ask("info");
    assert.equal(status, "in_progress");
    const records = attempt.options as { host: string; type: string; value: string }[];
    assert.deepEqual(
      records.map(({ type }) => type),
      ["CNAME", "CNAME"],
    );
    for (const [index, { host, value }] of records.entries()) {
      assert.equal((await ask("verify")).status, "pending", `without key ${index + 1}`);
      simulator.putRecord("example.com", { type: "CNAME", name: `${host}.a.example.com`, content: value });
    }
    assert.equal((await ask("verify")).status, "done");
  });

  it("R10: a new account is in no list for a while, and opens by its id; the same address again is the older account", async () => {
    const { simulator } = bench;
    simulator.configure({ newGrantListLagMs: 70_000, grantListLagMs: 0 });
    const { id } = await makeAccount(bench, "a");
    const listed = async (query: string) =>
      (await bench.app("GET", `/v3/grants${query}`)).body.data.length as number;
    const filters = ["", "?provider=nylas", "?email=a@acme.nylas.email"];
    for (const query of filters) assert.equal(await listed(query), 0, query);
    const before = (await bench.app("GET", `/v3/grants/${id}`)).body.data;
    simulator.advanceClock(71);
    for (const query of filters) assert.equal(await listed(query), 1, query);
    const again = await bench.app("POST", "/v3/connect/custom", {
      provider: "nylas",
      settings: { email: "a@acme.nylas.email" },
    });
    assert.equal(again.body.data.id, id);
    assert.equal(again.body.data.created_at, before.created_at);
    assert.ok(again.body.data.updated_at > before.updated_at);
  });

  it("an account that is edited has a new updated_at", async () => {
    const { id } = await makeAccount(bench, "a");
    const before = (await bench.app("GET", `/v3/grants/${id}`)).body.data;
    bench.simulator.advanceClock(5);
    const after = (await bench.app("PATCH", `/v3/grants/${id}`, { name: "B" })).body.data;
    assert.equal(after.updated_at, before.updated_at + 5);
  });

  it("R11: a read answers as before a write for no longer than the lag", async () => {
    const { simulator } = bench;
    simulator.configure({ readLagMs: 60 });
    const names = async () =>
      (await bench.app("GET", "/v3/policies")).body.data.map(({ name }: { name: string }) => name);
    assert.deepEqual(await names(), []);
    await bench.app("POST", "/v3/policies", { name: "A" });
    assert.deepEqual(await names(), []);
    // Another write does not make the old answer any younger.
    await new Promise((done) => setTimeout(done, 40));
    await bench.app("POST", "/v3/policies", { name: "B" });
    await new Promise((done) => setTimeout(done, 40));
    assert.deepEqual(await names(), ["A", "B"]);
  });

  it("R11: where the clock was moved on, reads have caught up, also beside a later write", async () => {
    const { simulator } = bench;
    simulator.configure({ readLagMs: 20_000 });
    const names = async () =>
      (await bench.app("GET", "/v3/policies")).body.data.map(({ name }: { name: string }) => name);
    assert.deepEqual(await names(), []);
    await bench.app("POST", "/v3/policies", { name: "A" });
    assert.deepEqual(await names(), []);
    simulator.advanceClock(120);
    await bench.app("POST", "/v3/rules", { name: "another object" });
    assert.deepEqual(await names(), ["A"]);
  });

  it("R12: ids of 21 characters, keys without expiry, permissions of any spelling, and a secret under another name", async () => {
    const { simulator } = bench;
    simulator.configure({
      iamIds: "opaque",
      credentialExpiry: "optional",
      permissionNames: "open",
      credentialSecretField: "token",
    });
    const ids: string[] = [];
    for (let n = 0; n < 12; n++) {
      const made = await bench.org("POST", "/v3/iam/principals", {
        name: `p${n}`,
        resource_binding: { type: "application", id: simulator.ids.application },
        direct_permissions: ["Grants:v2.read", "grants.read"],
      });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      const { id } = made.body.data;
      ids.push(id);
      assert.match(id, /^[A-Za-z0-9_-]{21}$/);
      assert.equal((await bench.org("GET", `/v3/iam/principals/${id}`)).status, 200);
    }
    assert.ok(ids.some((id) => /^[_-]/.test(id)));
    const path = `/v3/iam/principals/${ids[0]!}/credentials`;
    const key = (await bench.org("POST", path, { name: "k" })).body.data;
    assert.equal(key.expires_at, null);
    assert.equal(key.secret, undefined);
    assert.equal((await send(`${simulator.url}/v3/grants`, "GET", key.token)).status, 200);
    simulator.advanceClock(20 * 365 * 86_400);
    assert.equal((await send(`${simulator.url}/v3/grants`, "GET", key.token)).status, 200);
  });

  it("R13: a webhook that is gone is told by a text, by a number, or by words that say nothing", async () => {
    const told = async (webhookGone: "text" | "number" | "words") => {
      bench.simulator.configure({ webhookGone });
      const { status, body } = await bench.app("GET", "/v3/webhooks/nowhere");
      return `${status} ${body.error.type} ${body.error.message}`;
    };
    assert.match(await told("text"), /^400 70000 destination\.id\.not\.found/);
    assert.match(await told("number"), /^400 70000 .*not found/);
    assert.equal(await told("words"), "400 70000 no such destination");
  });

  it("R14: the key may not read applications or connectors, and the objects open", async () => {
    bench.simulator.configure({ applicationReads: "forbidden", connectorReads: "forbidden" });
    const applications = await bench.app("GET", "/v3/applications");
    assert.equal(applications.status, 403);
    assert.match(applications.body.error.message, /applications\.read/);
    assert.equal((await bench.app("GET", "/v3/connectors")).status, 403);
    assert.equal((await bench.app("GET", "/v3/connectors/nylas")).status, 403);
    for (const path of ["grants", "workspaces", "policies"])
      assert.equal((await bench.app("GET", `/v3/${path}`)).status, 200, path);
    assert.equal((await bench.app("POST", "/v3/connectors", { provider: "nylas" })).status, 201);
  });

  it("R15: another plan, a retention that keeps mail, and deletes that are blocked", async () => {
    const { simulator } = bench;
    simulator.configure({ plan: "later", retention: "keeps", deletesBlocked: true });
    const policy = (await bench.app("POST", "/v3/policies", { name: "P" })).body.data;
    assert.equal(policy.limits.limit_inbox_retention_period, 730);
    const short = { name: "S", limits: { limit_inbox_retention_period: 1 } };
    const { id } = (await bench.app("POST", "/v3/policies", short)).body.data;
    const made = await bench.app("POST", "/v3/workspaces", { name: "W", policy_id: id });
    const workspace = made.body.data.workspace_id as string;
    const { id: grant } = await makeAccount(bench, "a", { workspace_id: workspace });
    simulator.addMessage({ grant, ageSeconds: 9 * 86_400 });
    simulator.advanceClock(86_400);
    assert.deepEqual(simulator.state().lostMail, []);
    for (const path of [`policies/${id}`, `workspaces/${workspace}`]) {
      assert.equal((await bench.app("DELETE", `/v3/${path}`)).status, 409, path);
    }
    assert.equal((await bench.app("DELETE", `/v3/grants/${grant}`)).status, 200);
    assert.equal((await bench.app("DELETE", `/v3/workspaces/${workspace}`)).status, 200);
    assert.equal((await bench.app("DELETE", `/v3/policies/${id}`)).status, 200);
  });

  it("rotates a secret without a body and without a content type", async () => {
    const { simulator } = bench;
    const id = simulator.seed({ kind: "webhook", url: "https://hooks.example.org/a" });
    const answer = await fetch(`${simulator.url}/v3/webhooks/rotate-secret/${id}`, {
      method: "POST",
      headers: { authorization: `Bearer ${simulator.keys.apiKey}` },
    });
    assert.equal(answer.status, 200);
    const { data } = (await answer.json()) as { data: { webhook_secret: string } };
    assert.ok(simulator.checkWebhookSecret(id, data.webhook_secret));
    const shown = (await bench.app("GET", `/v3/webhooks/${id}`)).body.data;
    assert.ok(!("compressed_delivery" in shown), "one webhook does not show how it is compressed");
  });
});
