import assert from "node:assert/strict";
import { makeAccount, startBench, send, type Bench } from "./client";

describe("simulator: faults", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  const policy = (name: string) => bench.app("POST", "/v3/policies", { name });
  const policies = () => bench.simulator.state().policies.map((p) => p.name);

  it("answers a status before the write, with Retry-After, once, and logs it", async () => {
    bench.simulator.addFault({
      kind: "status",
      status: 429,
      retryAfter: 7,
      method: "POST",
      path: "^/v3/policies$",
    });
    const refused = await policy("a");
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get("retry-after"), "7");
    assert.equal(refused.body.error.type, "nylas_rate_limit_exceeded");
    assert.deepEqual(policies(), []);
    assert.deepEqual(
      [bench.simulator.requests[0]!.fault, bench.simulator.requests[0]!.status],
      ["status", 429],
    );
    assert.equal((await policy("a")).status, 200);
  });

  it("answers an error after the write was done", async () => {
    bench.simulator.addFault({ kind: "status", status: 503, when: "after", method: "POST" });
    assert.equal((await policy("a")).status, 503);
    assert.deepEqual(policies(), ["a"]);
  });

  it("speaks the dialect that is asked for, or else the route's", async () => {
    const dialects = ["standard", "flat", "oauth", "token", "webhook", "iam", "cloudflare"] as const;
    for (const dialect of dialects)
      bench.simulator.addFault({ kind: "status", status: 400, dialect, type: "1" });
    const bodies = [];
    for (const _ of dialects) bodies.push((await bench.app("GET", "/v3/grants")).body);
    const [standard, flat, oauth, token, webhook, iam, cloudflare] = bodies;
    assert.equal(standard.error.type, "1");
    assert.deepEqual([flat.type, flat.error], ["1", undefined]);
    assert.deepEqual([oauth.error, typeof oauth.error_description], ["1", "string"]);
    assert.equal(token.error.code, "1");
    assert.equal(webhook.error.type, "1");
    assert.ok(iam.error.details);
    assert.equal(cloudflare.errors[0].code, 1);
    bench.simulator.addFault({ kind: "status", status: 500 });
    assert.equal((await bench.cf("GET", "/zones")).body.success, false);
  });

  it("resets the connection before or after the write", async () => {
    bench.simulator.addFault({ kind: "reset", method: "POST" });
    await assert.rejects(policy("before"));
    assert.deepEqual(policies(), []);
    bench.simulator.addFault({ kind: "reset", when: "after", method: "POST" });
    await assert.rejects(policy("after"));
    assert.deepEqual(policies(), ["after"]);
    assert.deepEqual(
      bench.simulator.requests.map((r) => r.status),
      [0, 0],
    );
  });

  it("lets nobody in for a while, before a request or after its answer", async () => {
    bench.simulator.addFault({ kind: "refuse", method: "POST", delayMs: 60_000 });
    await assert.rejects(policy("before"));
    await assert.rejects(policy("during"), ({ cause }) => cause.code === "ECONNREFUSED");
    bench.simulator.clearFaults();
    assert.equal((await policy("after")).status, 200);
    assert.deepEqual(policies(), ["after"]);
    bench.simulator.addFault({ kind: "refuse", when: "after", method: "POST", delayMs: 50 });
    assert.equal((await policy("last")).status, 200);
    await assert.rejects(policy("refused"));
    await new Promise((done) => setTimeout(done, 200));
    assert.equal((await policy("again")).status, 200);
    assert.deepEqual(policies(), ["after", "last", "again"]);
  });

  it("closes while nobody is let in", async () => {
    bench.simulator.addFault({ kind: "refuse" });
    await assert.rejects(policy("a"));
    await bench.simulator.close();
    bench = await startBench();
  });

  it("shows a list as it was when the fault was added, in either envelope", async () => {
    await policy("old");
    bench.simulator.seed({ kind: "rule", name: "old" });
    bench.simulator.addFault({
      kind: "stale",
      method: "GET",
      path: "^/v3/(policies|rules|workspaces)$",
      times: 3,
    });
    const { body } = await policy("new");
    bench.simulator.seed({ kind: "rule", name: "new" });
    await bench.app("POST", "/v3/workspaces", { name: "new", auto_group: false });
    const names = (items: { name: string }[]) => items.map(({ name }) => name);
    assert.deepEqual(names((await bench.app("GET", "/v3/policies")).body.data), ["old"]);
    assert.deepEqual(names((await bench.app("GET", "/v3/rules")).body.data.items), ["old"]);
    assert.ok(!names((await bench.app("GET", "/v3/workspaces")).body.data).includes("new"));
    assert.equal((await bench.app("GET", `/v3/policies/${body.data.id}`)).status, 200);
    assert.deepEqual(names((await bench.app("GET", "/v3/policies")).body.data), ["old", "new"]);
  });

  it("leaves a request without an answer, and closes nevertheless", async () => {
    bench.simulator.addFault({ kind: "timeout", method: "POST" });
    const { url, keys } = bench.simulator;
    const request = fetch(`${url}/v3/policies`, {
      method: "POST",
      headers: { authorization: `Bearer ${keys.apiKey}`, "content-type": "application/json" },
      body: '{"name":"a"}',
      signal: AbortSignal.timeout(100),
    });
    await assert.rejects(request, { name: "TimeoutError" });
    bench.simulator.addFault({ kind: "timeout", method: "GET" });
    const hanging = assert.rejects(bench.app("GET", "/v3/grants"));
    while (bench.simulator.requests.length < 2) await new Promise((done) => setTimeout(done, 5));
    await bench.simulator.close();
    await hanging;
    bench = await startBench();
  });

  it("sends a proxy's page, and JSON that ends in the middle", async () => {
    const { url, keys } = bench.simulator;
    const headers = { authorization: `Bearer ${keys.apiKey}` };
    bench.simulator.addFault({ kind: "html" });
    const page = await fetch(`${url}/v3/grants`, { headers });
    assert.deepEqual([page.status, page.headers.get("content-type")], [502, "text/html"]);
    assert.match(await page.text(), /^<html>/);
    bench.simulator.addFault({ kind: "cut", when: "after" });
    const cut = await fetch(`${url}/v3/applications`, { headers });
    const text = await cut.text();
    assert.equal(cut.status, 200);
    assert.match(text, /^\{"request_id"/);
    assert.throws(() => JSON.parse(text));
  });

  it("delays the right answer", async () => {
    bench.simulator.addFault({ kind: "delay", delayMs: 80 });
    const start = Date.now();
    assert.equal((await bench.app("GET", "/v3/grants")).status, 200);
    assert.ok(Date.now() - start >= 75);
  });

  it("answers as if the key were another application's", async () => {
    const { id } = await makeAccount(bench, "a");
    bench.simulator.addFault({ kind: "otherApplication", path: "/v3/grants/", times: "always" });
    assert.equal((await bench.app("GET", `/v3/grants/${id}`)).status, 404);
    bench.simulator.clearFaults();
    bench.simulator.addFault({ kind: "otherApplication" });
    const { body } = await bench.app("GET", "/v3/applications");
    assert.equal(body.data.application_id, bench.simulator.ids.secondApplication);
    assert.equal((await bench.app("GET", `/v3/grants/${id}`)).status, 200);
  });

  it("lets some requests pass first, then spoils as many as it is told to", async () => {
    bench.simulator.addFault({ kind: "status", status: 500, skip: 2, times: 2 });
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await bench.app("GET", "/v3/grants")).status);
    assert.deepEqual(statuses, [200, 200, 500, 500, 200, 200]);
  });

  it("draws the same faults from the same seed", async () => {
    const drawn = async (seed: string): Promise<number[]> => {
      const other = await startBench({ seed });
      other.simulator.addFault({ kind: "status", status: 500, probability: 0.5, times: "always" });
      const statuses: number[] = [];
      for (let i = 0; i < 20; i++) statuses.push((await other.app("GET", "/v3/grants")).status);
      await other.simulator.close();
      return statuses;
    };
    const first = await drawn("s");
    assert.ok(first.includes(200) && first.includes(500));
    assert.deepEqual(await drawn("s"), first);
    assert.notDeepEqual(await drawn("t"), first);
  });

  it("refuses rules that mean nothing", () => {
    const { simulator } = bench;
    assert.throws(() => simulator.addFault({ kind: "explode" as "reset" }), /kind must be one of/);
    assert.throws(() => simulator.addFault({ kind: "reset", path: "(" }), /regular expression/);
    assert.throws(() => simulator.addFault({ kind: "reset", times: 0 }), /times/);
    assert.throws(
      () => simulator.addFault({ kind: "reset", paht: "x" } as { kind: "reset" }),
      /unknown field paht/,
    );
    assert.throws(() => simulator.addFault({ kind: "otherApplication", when: "after" }), /only come before/);
    assert.deepEqual(simulator.faults(), []);
  });
});

describe("simulator: control routes", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  const control = (method: "GET" | "POST" | "DELETE", path: string, body?: object) =>
    send(`${bench.simulator.url}/_control${path}`, method, undefined, body);

  it("seed, fill, edit, list and remove without a key, and stay out of the log", async () => {
    await control("POST", "/seed", { kind: "connector" });
    const { id } = (await control("POST", "/seed", { kind: "grant", email: "a@acme.nylas.email" })).body;
    await control("POST", "/messages", { grant: "a@acme.nylas.email", subject: "one" });
    await control("POST", "/edit", { kind: "grant", id, change: { name: "Edited" } });
    assert.deepEqual(bench.simulator.requests, []);
    assert.equal((await bench.app("GET", `/v3/grants/${id}`)).body.data.name, "Edited");
    const state = (await control("GET", "/state")).body;
    assert.equal(state.messages[0].subject, "one");
    await control("POST", "/remove", { kind: "grant", id });
    assert.equal((await bench.app("GET", `/v3/grants/${id}`)).status, 404);
    assert.equal((await control("GET", "/state")).body.lostMail[0].reason, "removed by hand");
    const { requests } = (await control("GET", "/requests")).body;
    assert.deepEqual(
      requests.map((r: { status: number }) => r.status),
      [200, 404],
    );
  });

  it("add and clear faults, and are not hit by them", async () => {
    const fault = await control("POST", "/faults", { kind: "status", status: 500, times: "always" });
    assert.equal(fault.body.id, "fault-1");
    assert.equal((await bench.app("GET", "/v3/grants")).status, 500);
    assert.equal((await control("GET", "/faults")).body.faults[0].hits, 1);
    await control("DELETE", "/faults");
    assert.equal((await bench.app("GET", "/v3/grants")).status, 200);
  });

  it("rotate keys, move the clock, change settings, place records", async () => {
    const { value } = (await control("POST", "/rotate-key", { name: "apiKey" })).body;
    assert.equal(value, bench.simulator.keys.apiKey);
    const before = (await control("POST", "/clock", { advanceSeconds: 0 })).body.seconds;
    const after = (await control("POST", "/clock", { advanceSeconds: 3600 })).body.seconds;
    assert.ok(after - before >= 3600 && after - before < 3660);
    await control("POST", "/propagation", { delayMs: 123 });
    assert.equal((await control("GET", "/settings")).body.propagationDelayMs, 123);
    const record = {
      zone: "example.com",
      type: "MX",
      name: "example.com",
      content: "old.example.net",
      priority: 1,
    };
    assert.equal((await control("POST", "/records", record)).status, 200);
    assert.equal((await control("GET", "/state")).body.zones[0].records[0].content, "old.example.net");
  });

  it("say what is wrong with 400", async () => {
    const wrong: [string, object, RegExp][] = [
      ["/seed", { kind: "planet" }, /cannot seed "planet"/],
      ["/edit", { kind: "policy", id: "none", change: {} }, /policy: there is no none/],
      ["/settings", { hostStyle: "upside-down" }, /hostStyle: expected "@" or "bare" or "fqdn"/],
      ["/settings", { colour: "red" }, /there is no colour/],
      ["/rotate-key", { name: "frontDoor" }, /no key named "frontDoor"/],
      ["/messages", { grant: "nobody@acme.nylas.email" }, /grant: there is no nobody/],
      ["/clock", { advanceSeconds: -1 }, /from 0 upwards/],
    ];
    for (const [path, body, message] of wrong) {
      const answer = await control("POST", path, body);
      assert.equal(answer.status, 400, path);
      assert.match(answer.body.error, message);
    }
  });

  it("reset everything to the start: objects, ids, keys, clock, faults, log", async () => {
    const keys = bench.simulator.keys;
    const first = await makeAccount(bench, "a");
    bench.simulator.rotateKey("apiKey");
    bench.simulator.advanceClock(1000);
    bench.simulator.addFault({ kind: "reset", times: "always" });
    bench.simulator.configure({ plan: "free" });
    await control("POST", "/reset", {});
    assert.deepEqual(bench.simulator.state().grants, []);
    assert.deepEqual(bench.simulator.requests, []);
    assert.deepEqual(bench.simulator.keys, keys);
    assert.deepEqual(bench.simulator.faults(), []);
    assert.equal((await makeAccount(bench, "a")).id, first.id);
    bench.simulator.putRecord("example.com", { type: "TXT", name: "t", content: "x" });
    assert.equal(bench.simulator.state().zones[0]!.records.length, 1);
  });

  it("empties, halves and repeats pages of a list, and leaves a cursor beside an empty one", async () => {
    const { id } = await makeAccount(bench, "a");
    const messages = ["1", "2", "3"].map((subject) => bench.simulator.addMessage({ grant: id, subject }));
    const list = async (query = "") => {
      const { body } = await bench.app("GET", `/v3/grants/${id}/messages${query}`);
      return { ids: body.data.map((message: { id: string }) => message.id), cursor: body.next_cursor };
    };
    const path = "/messages$";
    bench.simulator.addFault({ kind: "empty", path });
    assert.deepEqual(await list("?limit=2"), { ids: [], cursor: undefined });
    bench.simulator.addFault({ kind: "cursor", path });
    const { ids, cursor } = await list();
    assert.deepEqual(ids, []);
    assert.deepEqual(await list(`?page_token=${cursor}`), { ids: messages, cursor: undefined });
    bench.simulator.addFault({ kind: "short", path });
    assert.deepEqual((await list()).ids, messages.slice(0, 1));
    const next = (await list("?limit=2")).cursor;
    bench.simulator.addFault({ kind: "repeat", path });
    assert.deepEqual((await list(`?limit=2&page_token=${next}`)).ids, messages.slice(0, 2));
  });

  it("strikes by the query as well", async () => {
    await makeAccount(bench, "a");
    bench.simulator.configure({ grantListLagMs: 0 });
    bench.simulator.addFault({
      kind: "empty",
      path: "^/v3/grants$",
      query: "provider=nylas",
      times: "always",
    });
    const count = async (query: string) => (await bench.app("GET", `/v3/grants${query}`)).body.data.length;
    assert.deepEqual([await count(""), await count("?provider=nylas"), await count("?limit=5")], [1, 0, 1]);
    assert.throws(() => bench.simulator.addFault({ kind: "empty", query: "(" }), /query must be a regular/);
  });
});
