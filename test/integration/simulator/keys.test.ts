import assert from "node:assert/strict";
import { startBench, send, type Bench } from "./client";

describe("simulator: keys and transport", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  it("names the application, its organization and its default workspace to its key", async () => {
    const { simulator } = bench;
    const { body } = await bench.app("GET", "/v3/applications");
    assert.equal(body.data.application_id, simulator.ids.application);
    assert.equal(body.data.organization_id, simulator.ids.organization);
    assert.equal(body.data.region, "us");
    const home = simulator.state().workspaces.find((w) => w.id === body.data.default_workspace_id);
    assert.equal(home?.default, true);
  });

  it("leaves default_workspace_id out for an application that has none", async () => {
    const old = await startBench({ defaultWorkspace: false });
    const { body } = await old.app("GET", "/v3/applications");
    assert.ok(!("default_workspace_id" in body.data));
    await old.simulator.close();
  });

  it("refuses an application key on /v3/domains with 403 and an organization key on application routes with 403", async () => {
    const domains = await bench.app("GET", "/v3/domains");
    assert.deepEqual([domains.status, domains.body.error.type], [403, "insufficient_scopes"]);
    for (const path of [
      "/v3/grants",
      "/v3/workspaces",
      "/v3/policies",
      "/v3/applications",
      "/v3/connectors",
    ]) {
      assert.equal((await bench.org("GET", path)).status, 403, path);
    }
  });

  it("refuses a missing, an unknown, an expired and a foreign region's key with 401", async () => {
    const { simulator } = bench;
    const url = `${simulator.url}/v3/grants`;
    assert.equal((await send(url, "GET", undefined)).status, 401);
    const unknown = await send(url, "GET", "nope");
    assert.equal(unknown.status, 401);
    assert.equal(unknown.body.error.code, "token.unauthorized_access");
    assert.equal((await send(url, "GET", simulator.keys.otherRegionApiKey)).status, 401);
    simulator.limitKey("apiKey", { expiresAt: 1 });
    assert.equal((await bench.app("GET", "/v3/grants")).status, 401);
  });

  it("refuses an organization key that lacks one of the four domain permissions", async () => {
    bench.simulator.limitKey("organizationKey", {
      permissions: ["domains.read", "domains.create", "domains.update"],
    });
    const { status, body } = await bench.org("GET", "/v3/domains");
    assert.equal(status, 403);
    assert.match(body.error.message, /domains\.delete/);
  });

  it("refuses the old value of a rotated key and takes the new one", async () => {
    const { simulator } = bench;
    const old = simulator.keys.apiKey;
    const fresh = simulator.rotateKey("apiKey");
    assert.equal((await send(`${simulator.url}/v3/grants`, "GET", old)).status, 401);
    assert.equal((await send(`${simulator.url}/v3/grants`, "GET", fresh)).status, 200);
    assert.equal(simulator.keys.apiKey, fresh);
  });

  it("states the request id in every body and in the X-Request-Id header", async () => {
    for (const wire of [
      await bench.app("GET", "/v3/policies"),
      await bench.app("GET", "/v3/policies/none"),
      await bench.app("POST", "/v3/connect/custom", { surprise: 1 }),
      await bench.app("GET", "/v3/no-such-route"),
      await bench.app("GET", "/v3/%zz"),
    ]) {
      assert.match(wire.body.request_id, /^[0-9a-f-]{36}$/);
      assert.equal(wire.headers.get("x-request-id"), wire.body.request_id);
    }
  });

  it("takes a body only under exactly application/json", async () => {
    const { simulator } = bench;
    const body = { name: "p" };
    const put = (type: string) =>
      send(`${simulator.url}/v3/policies`, "POST", simulator.keys.apiKey, body, { "content-type": type });
    assert.equal((await put("application/json; charset=utf-8")).status, 400);
    assert.equal((await put("text/plain")).status, 400);
    assert.equal((await put("application/json")).status, 200);
    assert.equal(simulator.state().policies.length, 1);
  });

  it("refuses a POST without any body, and a DELETE without one only when told to", async () => {
    const { simulator } = bench;
    const headers = { authorization: `Bearer ${simulator.keys.apiKey}` };
    const bare = await fetch(`${simulator.url}/v3/policies`, { method: "POST", headers });
    assert.equal(bare.status, 400);
    const id = simulator.seed({ kind: "policy", name: "a" });
    simulator.configure({ deleteNeedsBody: true });
    assert.equal((await bench.app("DELETE", `/v3/policies/${id}`)).status, 400);
    assert.equal((await bench.app("DELETE", `/v3/policies/${id}`, {})).status, 200);
  });

  it("answers 429 beyond the rate that is set, per application", async () => {
    bench.simulator.configure({ requestsPerSecond: 3 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => bench.app("GET", "/v3/grants")));
    const refused = answers.filter((a) => a.status === 429);
    assert.ok(refused.length >= 5);
    assert.equal(refused[0]!.body.error.type, "nylas_rate_limit_exceeded");
    assert.equal((await bench.second("GET", "/v3/grants")).status, 200);
  });

  it("keeps passwords and the keys out of its log and its state", async () => {
    const { simulator } = bench;
    simulator.seed({ kind: "connector" });
    const app_password = "Correct-horse-battery-9";
    const settings = { email: "a@acme.nylas.email", app_password };
    assert.equal(
      (await bench.app("POST", "/v3/connect/custom", { provider: "nylas", settings })).status,
      201,
    );
    const everything = JSON.stringify([simulator.requests, simulator.state()]);
    assert.ok(!everything.includes(app_password));
    for (const key of Object.values(simulator.keys)) assert.ok(!everything.includes(key));
    assert.equal(simulator.requests.at(-1)!.applicationId, simulator.ids.application);
  });

  it("counts info and verify as neither reads nor writes", async () => {
    await bench.org("POST", "/v3/domains", { name: "a", domain_address: "a.example.com" });
    bench.simulator.clearRequests();
    await bench.org("POST", "/v3/domains/a.example.com/info", { type: "mx" });
    await bench.org("POST", "/v3/domains/a.example.com/verify", { type: "mx" });
    await bench.org("GET", "/v3/domains");
    assert.equal(bench.simulator.requests.length, 3);
    assert.deepEqual(bench.simulator.writes(), []);
  });

  it("is of one region: an EU host refuses a US key and states eu in its objects", async () => {
    const eu = await startBench({ region: "eu" });
    assert.equal((await eu.app("GET", "/v3/applications")).body.data.region, "eu");
    assert.equal((await eu.org("GET", "/v3/domains")).body.data[0].region, "eu");
    assert.equal(
      (await send(`${eu.simulator.url}/v3/grants`, "GET", eu.simulator.keys.otherRegionApiKey)).status,
      401,
    );
    await eu.simulator.close();
  });
});
