import assert from "node:assert/strict";
import { startBench, type Bench } from "./client";

describe("simulator: lists", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  const create = (body: object = {}) =>
    bench.app("POST", "/v3/lists", { name: "partners", type: "domain", ...body });
  const make = async (type = "domain"): Promise<string> => (await create({ type })).body.data.id;
  const add = (id: string, items: unknown) => bench.app("POST", `/v3/lists/${id}/items`, { items });
  const drop = (id: string, items: unknown) => bench.app("DELETE", `/v3/lists/${id}/items`, { items });
  const held = (): string[] => bench.simulator.state().lists[0]!.items;

  it("creates with 201, reads, renames, lists and deletes", async () => {
    const made = await create({ description: "who we work with" });
    assert.equal(made.status, 201);
    const { id, created_at, updated_at, ...rest } = made.body.data;
    assert.equal(created_at, updated_at);
    assert.deepEqual(rest, {
      application_id: bench.simulator.ids.application,
      organization_id: bench.simulator.ids.organization,
      name: "partners",
      description: "who we work with",
      type: "domain",
      items_count: 0,
    });
    const renamed = (await bench.app("PUT", `/v3/lists/${id}`, { name: "friends" })).body.data;
    assert.deepEqual([renamed.name, renamed.description], ["friends", "who we work with"]);
    assert.equal((await bench.app("GET", "/v3/lists")).body.data.length, 1);
    assert.deepEqual((await bench.second("GET", "/v3/lists")).body.data, []);
    await add(id, ["a.example"]);
    assert.equal((await bench.app("DELETE", `/v3/lists/${id}`)).status, 200);
    assert.equal((await bench.app("GET", `/v3/lists/${id}/items`)).status, 404);
  });

  it("never changes the type, and knows three of them", async () => {
    const id = await make();
    assert.equal((await bench.app("PUT", `/v3/lists/${id}`, { type: "tld" })).status, 400);
    assert.equal((await create({ type: "subject" })).status, 400);
    assert.equal((await create({ name: "" })).status, 400);
    assert.equal((await create({ name: "x".repeat(257) })).status, 400);
  });

  it("keeps items trimmed, in lower case and once, and answers with the list", async () => {
    const id = await make();
    const { status, body } = await add(id, [" A.Example ", "b.example", "a.example"]);
    assert.deepEqual([status, body.data.id, body.data.items_count], [200, id, 2]);
    assert.equal((await add(id, ["B.EXAMPLE", "c.example"])).body.data.items_count, 3);
    assert.deepEqual(held(), ["a.example", "b.example", "c.example"]);
    const { data } = (await bench.app("GET", `/v3/lists/${id}/items`)).body;
    assert.deepEqual(
      [data[0].value, data[0].list_id, typeof data[0].created_at],
      ["a.example", id, "number"],
    );
  });

  it("removes by a DELETE with a body, normalised alike, and passes over what is not there", async () => {
    const id = await make();
    await add(id, ["a.example", "b.example"]);
    const { status, body } = await drop(id, [" A.EXAMPLE", "never.example"]);
    assert.deepEqual([status, body.data.items_count], [200, 1]);
    assert.deepEqual(held(), ["b.example"]);
    assert.equal(
      (await bench.app("DELETE", `/v3/lists/${id}/items`)).status,
      400,
      "a client that drops the body",
    );
  });

  it("takes a thousand items a call, of 500 characters", async () => {
    const id = await make();
    const many = Array.from({ length: 1001 }, (_, i) => `d${i}.example`);
    assert.equal((await add(id, many)).status, 400);
    assert.equal((await drop(id, many)).status, 400);
    assert.equal((await add(id, many.slice(0, 1000))).body.data.items_count, 1000);
    assert.equal((await add(id, ["x".repeat(501)])).status, 400);
    const seen = new Set<string>();
    let pages = 0;
    let cursor: string | undefined;
    do {
      const token: string = cursor === undefined ? "" : `&page_token=${cursor}`;
      const { body } = await bench.app("GET", `/v3/lists/${id}/items?limit=200${token}`);
      for (const item of body.data) seen.add(item.value);
      cursor = body.next_cursor;
      pages++;
    } while (cursor !== undefined);
    assert.deepEqual([pages, seen.size], [5, 1000]);
  });

  it("holds items to the list's type, all or nothing", async () => {
    const cases: [string, string, string][] = [
      ["domain", "a.example", "a"],
      ["domain", "münchen.example", "x@a.example"],
      ["tld", "example", "a example"],
      ["address", "x@a.example", "a.example"],
    ];
    for (const [type, good, bad] of cases) {
      const id = await make(type);
      assert.equal((await add(id, [good, bad])).status, 400, `${type} ${bad}`);
      assert.equal((await add(id, [good])).body.data.items_count, 1, `${type} ${good}`);
    }
  });

  it("refuses a list beyond the plan with 403", async () => {
    bench.simulator.configure({ plan: "free" });
    for (let i = 0; i < 10; i++) assert.equal((await create()).status, 201);
    const { status, body } = await create();
    assert.deepEqual([status, body.error.type], [403, "forbidden_access"]);
    assert.equal(body.error.message, "Maximum number of lists (10) reached for this plan");
  });

  it("can be given other items behind the API's back", async () => {
    const id = bench.simulator.seed({ kind: "list", name: "l", items: ["A.example"] });
    assert.deepEqual(held(), ["a.example"]);
    bench.simulator.edit("list", id, { name: "m", items: ["b.example"] });
    assert.deepEqual([held(), bench.simulator.state().lists[0]!.name], [["b.example"], "m"]);
    bench.simulator.remove("list", id);
    assert.equal((await bench.app("GET", `/v3/lists/${id}`)).status, 404);
  });
});
