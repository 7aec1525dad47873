import assert from "node:assert/strict";
import { startBench, send, type Bench } from "./client";

describe("simulator: Cloudflare's API", () => {
  let bench: Bench;
  let zone: string;
  beforeEach(async () => {
    bench = await startBench({ zones: ["example.com", "example.org"] });
    zone = bench.simulator.zones[0]!.id;
  });
  afterEach(() => bench.simulator.close());

  const create = (record: object) => bench.cf("POST", `/zones/${zone}/dns_records`, record);
  const list = async (query = "") => (await bench.cf("GET", `/zones/${zone}/dns_records${query}`)).body;
  const errorOf = (body: { errors: { code: number }[] }) => body.errors[0]!.code;

  it("finds a zone by name, in the vendor's envelope", async () => {
    const { body } = await bench.cf("GET", "/zones?name=example.org");
    assert.deepEqual([body.success, body.errors, body.messages], [true, [], []]);
    assert.deepEqual(
      body.result.map((z: { name: string }) => z.name),
      ["example.org"],
    );
    assert.deepEqual(body.result_info, { page: 1, per_page: 20, count: 1, total_count: 1, total_pages: 1 });
    assert.equal((await bench.cf("GET", `/zones/${zone}`)).body.result.name, "example.com");
  });

  it("refuses requests without a token, with a malformed one and with a wrong one", async () => {
    const url = `${bench.simulator.cloudflareUrl}/zones`;
    const none = await send(url, "GET", undefined);
    assert.deepEqual([none.status, errorOf(none.body), none.body.success], [400, 9106, false]);
    const malformed = await send(url, "GET", undefined, undefined, { authorization: "Token x" });
    assert.deepEqual([malformed.status, errorOf(malformed.body)], [400, 6003]);
    const wrong = await send(url, "GET", bench.simulator.keys.apiKey);
    assert.deepEqual([wrong.status, errorOf(wrong.body)], [403, 10000]);
    const verify = `${bench.simulator.cloudflareUrl}/user/tokens/verify`;
    assert.deepEqual(errorOf((await send(verify, "GET", "nope")).body), 1000);
    assert.equal((await bench.cf("GET", "/user/tokens/verify")).body.result.status, "active");
  });

  it("tells an impossible zone id from one that is not the account's, and a missing record", async () => {
    const odd = await bench.cf("GET", "/zones/example.com/dns_records");
    assert.deepEqual([odd.status, errorOf(odd.body)], [404, 7003]);
    const foreign = await bench.cf("GET", `/zones/${"0".repeat(32)}/dns_records`);
    assert.deepEqual([foreign.status, errorOf(foreign.body)], [403, 9109]);
    const missing = await bench.cf("DELETE", `/zones/${zone}/dns_records/${"0".repeat(32)}`);
    assert.deepEqual([missing.status, errorOf(missing.body)], [404, 81044]);
  });

  it("appends the zone to a name that does not end in it, and drops final dots", async () => {
    const name = async (given: string) =>
      (await create({ type: "TXT", name: given, content: `"${given}"` })).body.result.name;
    assert.equal(await name("agents"), "agents.example.com");
    assert.equal(await name("@"), "example.com");
    assert.equal(await name("Agents.Example.com."), "agents.example.com");
    assert.equal(await name("agents.other.net"), "agents.other.net.example.com");
    assert.equal(await name("notexample.com"), "notexample.com.example.com");
    const mx = await create({ type: "MX", name: "m", content: "Mail.Example.net.", priority: 10 });
    assert.equal(mx.body.result.content, "mail.example.net");
  });

  it("keeps TXT content as it was written", async () => {
    for (const content of ['"quoted"', "bare", '"two" "strings"']) {
      const made = await create({ type: "TXT", name: "t", content, ttl: 300 });
      assert.equal(made.body.result.content, content);
    }
  });

  it("calls a record that is equal in everything identical (81058), in its content alone existing (81057)", async () => {
    const mx = { type: "MX", name: "a", content: "mail.example.net", priority: 10, ttl: 300 };
    assert.equal((await create(mx)).status, 200);
    const same = await create(mx);
    assert.deepEqual([same.status, errorOf(same.body)], [400, 81058]);
    assert.equal(errorOf((await create({ ...mx, priority: 20 })).body), 81057);
    const txt = { type: "TXT", name: "a", content: '"v"' };
    await create(txt);
    assert.equal(
      errorOf((await create({ ...txt, content: "v" })).body),
      81058,
      "quotes make no other record",
    );
    assert.equal((await list()).result.length, 2);
  });

  it("keeps CNAME alone at its name", async () => {
    await create({ type: "CNAME", name: "c", content: "www.example.net" });
    assert.equal(errorOf((await create({ type: "TXT", name: "c", content: '"x"' })).body), 81054);
    await create({ type: "A", name: "d", content: "192.0.2.1" });
    assert.equal(
      errorOf((await create({ type: "CNAME", name: "d", content: "www.example.net" })).body),
      81053,
    );
  });

  it("validates type, name, content, priority, ttl and proxying", async () => {
    const chain = (body: { errors: { code: number; error_chain: { code: number }[] }[] }) => [
      body.errors[0]!.code,
      body.errors[0]!.error_chain[0]!.code,
    ];
    const good = { type: "MX", name: "a", content: "mail.example.net", priority: 10 };
    assert.deepEqual(chain((await create({ ...good, type: "NONSENSE" })).body), [1004, 9020]);
    assert.deepEqual(chain((await create({ ...good, name: "" })).body), [1004, 9000]);
    assert.deepEqual(chain((await create({ ...good, ttl: 30 })).body), [1004, 9021]);
    assert.deepEqual(chain((await create({ ...good, priority: undefined })).body), [1004, 9101]);
    assert.equal(errorOf((await create({ type: "A", name: "a", content: "mail" })).body), 9005);
    assert.equal(errorOf((await create({ ...good, content: "not a host" })).body), 9007);
    assert.equal(errorOf((await create({ ...good, proxied: true })).body), 9004);
    assert.equal((await create({ ...good, type: "TXT", content: '"open' })).status, 400);
    assert.deepEqual((await list()).result, []);
  });

  it("replaces with PUT, changes with PATCH, removes with DELETE", async () => {
    const { id } = (
      await create({ type: "MX", name: "a", content: "one.example.net", priority: 10, ttl: 300 })
    ).body.result;
    const path = `/zones/${zone}/dns_records/${id}`;
    const patched = (await bench.cf("PATCH", path, { priority: 20 })).body.result;
    assert.deepEqual(
      [patched.id, patched.priority, patched.content, patched.ttl],
      [id, 20, "one.example.net", 300],
    );
    const put = { type: "MX", name: "a", content: "two.example.net", priority: 5 };
    const replaced = (await bench.cf("PUT", path, put)).body.result;
    assert.deepEqual([replaced.priority, replaced.content, replaced.ttl], [5, "two.example.net", 1]);
    assert.equal((await bench.cf("PUT", path, { content: "three.example.net" })).status, 400);
    assert.equal((await bench.cf("GET", path)).body.result.content, "two.example.net");
    assert.deepEqual((await bench.cf("DELETE", path)).body.result, { id });
    assert.equal((await bench.cf("GET", path)).status, 404);
  });

  it("filters by name, type and content and pages", async () => {
    for (let i = 0; i < 7; i++) await create({ type: "TXT", name: `t${i}`, content: `"${i}"` });
    await create({ type: "MX", name: "t1", content: "mail.example.net", priority: 10 });
    assert.equal((await list("?name=t1.example.com")).result.length, 2);
    assert.equal((await list("?name.exact=T1.example.com&type=MX")).result.length, 1);
    assert.equal((await list(`?content=${encodeURIComponent('"3"')}`)).result[0].name, "t3.example.com");
    assert.equal((await list("?name.startswith=t&type=TXT")).result.length, 7);
    const second = await list("?per_page=3&page=3");
    assert.deepEqual(second.result_info, { page: 3, per_page: 3, count: 2, total_count: 8, total_pages: 3 });
    assert.equal(second.result.length, 2);
  });
});
