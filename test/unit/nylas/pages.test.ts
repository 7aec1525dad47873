import assert from "node:assert/strict";
import { eachByCursor, eachByOffset } from "../../../provider/nylas/pages";
import { data, json, Remote, wireGrant, wirePolicy } from "./remote";

const policies = (from: number, count: number) =>
  [...Array(count).keys()].map((n) => ({ ...wirePolicy, id: `pol-${from + n}` }));
const grants = (from: number, count: number) =>
  [...Array(count).keys()].map((n) => ({
    ...wireGrant,
    id: `grant-${from + n}`,
    email: `a${from + n}@x.example`,
  }));

describe("a list", () => {
  let remote: Remote;
  beforeEach(async () => {
    remote = await Remote.start();
  });
  afterEach(() => remote.stop());

  it("by cursor ends with an empty page, although every page before it has a cursor", async () => {
    remote.will(
      data(policies(0, 2), { next_cursor: "c1" }),
      data(policies(2, 1), { next_cursor: "c 2" }),
      data([], { next_cursor: "c3" }),
    );
    assert.equal((await remote.client().policies.list()).length, 3);
    assert.deepEqual(remote.asked, [
      "GET /v3/policies?limit=200",
      "GET /v3/policies?limit=200&page_token=c1",
      "GET /v3/policies?limit=200&page_token=c+2",
    ]);
  });

  it("by cursor ends where there is none", async () => {
    remote.will(data(policies(0, 2)));
    assert.equal((await remote.client().policies.list()).length, 2);
    assert.equal(remote.seen.length, 1);
  });

  it("by cursor ends where the cursor repeats, and holds nothing twice", async () => {
    remote.always(data(policies(0, 2), { next_cursor: "same" }));
    assert.equal((await remote.client().policies.list()).length, 2);
    assert.equal(remote.seen.length, 2);
  });

  it("that never ends is no list, although every page brings something new", async () => {
    let pages = 0;
    const next = () => {
      const id = String(++pages);
      return Promise.resolve({ items: [{ id, item: id }], cursor: id, limit: 1 });
    };
    await assert.rejects(eachByCursor(next), /not come to an end after 20000 pages/);
    await assert.rejects(eachByOffset(next), /not come to an end after 20000 pages/);
    assert.equal(pages, 40_000);
  });

  it("by offset ends with a page shorter than the limit the answer states", async () => {
    remote.will(
      data(grants(0, 200), { limit: 200, offset: 0 }),
      data(grants(200, 3), { limit: 200, offset: 200 }),
    );
    assert.equal((await remote.client().grants.list()).length, 203);
    assert.deepEqual(remote.asked, [
      "GET /v3/grants?limit=200&offset=0",
      "GET /v3/grants?limit=200&offset=200",
    ]);
  });

  it("by offset overlooks nothing where the API hands out less than was asked for", async () => {
    remote.will(
      data(grants(0, 10), { limit: 10 }),
      data(grants(10, 10), { limit: 10 }),
      data(grants(20, 1), { limit: 10 }),
    );
    const found = await remote.client().grants.findByEmail("A20@x.example");
    assert.equal(found?.id, "grant-20");
    assert.equal(remote.seen[2]?.path, "/v3/grants?limit=200&offset=20");
  });

  it("by offset ends where the API ignores the offset", async () => {
    remote.always(data(grants(0, 10)));
    assert.equal((await remote.client().grants.list()).length, 10);
    assert.equal(remote.seen.length, 2);
  });

  it("comes nested, empty as null, or bare, all the same", async () => {
    const client = remote.client();
    remote.will(data({ items: policies(0, 1), next_cursor: null }));
    assert.equal((await client.policies.list()).length, 1);
    remote.will(data({ items: null }));
    assert.deepEqual(await client.policies.list(), []);
    remote.will(data(null));
    assert.deepEqual(await client.policies.list(), []);
    remote.will(json(200, policies(0, 2)));
    assert.equal((await client.policies.list()).length, 2);
  });

  it("without any data is an error, never an empty list", async () => {
    remote.will(json(200, { request_id: "r-1" }));
    await assert.rejects(remote.client().grants.list(), {
      kind: "malformed",
      message: /no "data".*request id r-1/,
    });
  });
});
