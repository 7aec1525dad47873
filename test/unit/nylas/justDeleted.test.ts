import assert from "node:assert/strict";
import { connectApart } from "../../../provider/nylas/client";
import { Lifetime } from "../../../provider/nylas/lifetime";
import { data, json, Remote, wireApplication } from "./remote";

/** R11: a read that lags shows what this process has deleted. */
describe("R11: what a client has deleted", () => {
  let remote: Remote;
  let now = 0;
  beforeEach(async () => {
    remote = await Remote.start();
    now = 0;
  });
  afterEach(() => remote.stop());

  const client = () => {
    const api = connectApart(remote.settings(), {
      clock: { now: () => now, today: () => "2026-11-28", sleep: () => Promise.resolve() },
      lifetime: new Lifetime(),
      random: () => 1,
    });
    remote.clients.push(api);
    return api;
  };
  const grant = (id: string) => ({
    id,
    provider: "nylas",
    grant_status: "valid",
    email: `${id}@agents.example.com`,
    created_at: 1,
    updated_at: 1,
    settings: {},
  });
  const done = json(200, { request_id: "r" });
  const paged = (items: object[], limit = 200) =>
    json(200, { request_id: "r", data: items, limit, offset: 0 });

  it("is shown by no list and no read for a minute, and is asked for again after it", async () => {
    const { grants } = client();
    remote.will(done);
    assert.equal(await grants.delete("a"), true);
    const asked = remote.asked.length;
    assert.equal(await grants.get("a"), undefined);
    assert.equal(await grants.getAmongMany("a"), undefined);
    assert.equal(remote.asked.length, asked, "no call is made for it");
    remote.will(paged([grant("a"), grant("b")]));
    assert.deepEqual(
      (await grants.list()).map(({ id }) => id),
      ["b"],
    );
    remote.will(paged([grant("a"), grant("b")]), paged([grant("b")]));
    assert.deepEqual(
      (await grants.listWhole()).map(({ id }) => id),
      ["b"],
    );
    remote.will(paged([grant("a")]));
    assert.equal((await grants.isFree("a@agents.example.com")).free, true);
    now = 61_000;
    remote.will(data(grant("a")));
    assert.equal((await grants.get("a"))?.id, "a");
  });

  it("leaves no page short: what comes after it is read", async () => {
    const { grants } = client();
    remote.will(done);
    await grants.delete("a");
    remote.will(paged([grant("a"), grant("b")], 2), paged([grant("c")], 2));
    assert.deepEqual(
      (await grants.list()).map(({ id }) => id),
      ["b", "c"],
    );
  });

  it("is there again where a create answers with its id", async () => {
    const { grants } = client();
    remote.will(done);
    await grants.delete("a");
    remote.will(data(grant("a")));
    await grants.create({ email: "a@agents.example.com" });
    remote.will(data(grant("a")));
    assert.equal((await grants.get("a"))?.id, "a");
  });

  it("stays believed to be there where Nylas has refused the delete, or knows no such object", async () => {
    const { grants } = client();
    for (const status of [403, 404]) {
      remote.will(json(status, { request_id: "r", error: { type: "not_found_error", message: "no" } }));
      await grants.delete("a").catch(() => undefined);
      remote.will(data(grant("a")));
      assert.equal((await grants.get("a"))?.id, "a", String(status));
    }
  });

  it("of the other kinds that a delete asks about is not shown either", async () => {
    const { workspaces, rules, policies, lists } = client();
    remote.always(data(wireApplication));
    for (const kind of [workspaces, rules, policies, lists]) {
      remote.will(done);
      await kind.delete("x");
      const asked = remote.asked.length;
      assert.equal(await kind.get("x"), undefined);
      assert.equal(remote.asked.length, asked);
    }
    remote.will(
      data([
        { workspace_id: "x", name: "X", application_id: "app-1" },
        { workspace_id: "y", name: "Y", application_id: "app-1" },
      ]),
    );
    assert.deepEqual(
      (await workspaces.list()).map(({ id }) => id),
      ["y"],
    );
    remote.will(
      data([
        { id: "x", name: "X", type: "domain", application_id: "app-1" },
        { id: "y", name: "Y", type: "domain", application_id: "app-1" },
      ]),
    );
    assert.deepEqual(
      (await lists.list()).map(({ id }) => id),
      ["y"],
    );
  });
});
