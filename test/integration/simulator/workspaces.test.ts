import assert from "node:assert/strict";
import { makeAccount, startBench, type Bench } from "./client";

const NOBODY = "00000000-0000-4000-8000-000000000000";

describe("simulator: workspaces", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  const create = (body: object) => bench.app("POST", "/v3/workspaces", body);
  const make = async (body: object): Promise<string> => (await create(body)).body.data.workspace_id;
  const patch = (id: string, body: object) => bench.app("PATCH", `/v3/workspaces/${id}`, body);
  const get = async (id: string) => (await bench.app("GET", `/v3/workspaces/${id}`)).body.data;
  const home = async (): Promise<string> =>
    (await bench.app("GET", "/v3/applications")).body.data.default_workspace_id;

  it("creates with 200 and auto_group false unless told otherwise", async () => {
    const { status, body } = await create({ name: "Tenant A" });
    assert.equal(status, 200);
    const { workspace_id, created_at, updated_at, ...rest } = body.data;
    assert.match(workspace_id, /^[0-9a-f-]{36}$/);
    assert.equal(created_at, updated_at);
    assert.deepEqual(rest, {
      application_id: bench.simulator.ids.application,
      name: "Tenant A",
      domain: null,
      auto_group: false,
      default: false,
      policy_id: null,
      rule_ids: [],
    });
  });

  it("lists all at once, without paging and without another application's", async () => {
    for (let i = 0; i < 60; i++) bench.simulator.seed({ kind: "workspace", name: `w${i}` });
    bench.simulator.seed({ kind: "workspace", name: "foreign", application: "second" });
    const { body } = await bench.app("GET", "/v3/workspaces?limit=5");
    assert.equal(body.data.length, 61);
    assert.ok(!("next_cursor" in body));
  });

  it("refuses auto_group without a domain, and a domain that another workspace has", async () => {
    assert.equal((await create({ name: "w", auto_group: true })).status, 400);
    assert.equal((await create({ name: "w", domain: "a.example.com", auto_group: true })).status, 200);
    const second = await create({ name: "v", domain: "A.example.com" });
    assert.deepEqual([second.status, second.body.error.type], [400, "bad_request"]);
    assert.match(second.body.error.message, /workspace already exists/);
    const elsewhere = { name: "v", domain: "a.example.com" };
    assert.equal(
      (await bench.second("POST", "/v3/workspaces", elsewhere)).status,
      200,
      "unique per application only",
    );
  });

  it("never changes the domain, not even to the same", async () => {
    const id = await make({ name: "w", domain: "a.example.com" });
    assert.equal((await patch(id, { domain: "b.example.com" })).status, 400);
    assert.equal((await patch(id, { domain: "a.example.com" })).status, 400);
  });

  it("is read and deleted by its domain, but updated by its id only", async () => {
    const id = await make({ name: "w", domain: "a.example.com" });
    assert.equal((await get("a.example.com")).workspace_id, id);
    assert.equal((await patch("a.example.com", { name: "x" })).status, 400);
    assert.equal((await bench.app("DELETE", "/v3/workspaces/a.example.com")).status, 200);
    assert.equal((await bench.app("GET", `/v3/workspaces/${id}`)).status, 404);
  });

  it("sets, keeps and detaches a policy: an id, nothing, null; and refuses the empty string", async () => {
    const policy = bench.simulator.seed({ kind: "policy", name: "p" });
    const id = await make({ name: "w", policy_id: policy });
    await patch(id, { name: "x" });
    assert.equal((await get(id)).policy_id, policy);
    const empty = await patch(id, { policy_id: "" });
    assert.equal(empty.status, 400);
    assert.equal(empty.body.error.message, "policy_id must be a valid UUID or null");
    assert.equal((await get(id)).policy_id, policy);
    await patch(id, { policy_id: null });
    assert.equal((await get(id)).policy_id, null);
  });

  it("refuses a policy of another application and one that is gone", async () => {
    const foreign = bench.simulator.seed({ kind: "policy", name: "p", application: "second" });
    const id = await make({ name: "w" });
    assert.equal((await patch(id, { policy_id: foreign })).status, 400);
    assert.equal((await patch(id, { policy_id: NOBODY })).status, 400);
    assert.equal((await create({ name: "v", policy_id: foreign })).status, 400);
    assert.equal((await get(id)).policy_id, null);
  });

  it("replaces rule_ids as a whole and refuses ids that became stale", async () => {
    const [one, two] = ["one", "two"].map((name) => bench.simulator.seed({ kind: "rule", name }));
    const id = await make({ name: "w", rule_ids: [one, two] });
    await patch(id, { name: "x" });
    assert.deepEqual((await get(id)).rule_ids, [one, two]);
    bench.simulator.remove("rule", one!);
    assert.deepEqual((await get(id)).rule_ids, [one, two], "the id dangles");
    const stale = await patch(id, { rule_ids: [one, two] });
    assert.equal(stale.status, 400);
    assert.match(stale.body.error.message, /entry not found or does not belong to this application/);
    bench.simulator.configure({ staleRules: "taken" });
    assert.equal((await patch(id, { rule_ids: [one] })).status, 200);
    assert.deepEqual((await get(id)).rule_ids, [one]);
    const theirs = bench.simulator.seed({ kind: "rule", name: "theirs", application: "second" });
    assert.equal(
      (await patch(id, { rule_ids: [theirs] })).status,
      400,
      "a rule of others is refused all the same",
    );
    await patch(id, { rule_ids: [two] });
    assert.deepEqual((await get(id)).rule_ids, [two]);
    await patch(id, { rule_ids: [] });
    assert.deepEqual((await get(id)).rule_ids, []);
  });

  it("changes nothing when one field of a PATCH is refused", async () => {
    const id = await make({ name: "w" });
    assert.equal((await patch(id, { name: "x", policy_id: NOBODY })).status, 400);
    assert.equal((await get(id)).name, "w");
  });

  it("protects the default workspace: only policy and rules change, and it stays", async () => {
    const id = await home();
    const policy = bench.simulator.seed({ kind: "policy", name: "p" });
    assert.equal((await patch(id, { policy_id: policy })).status, 200);
    assert.equal((await patch(id, { name: "mine" })).status, 400);
    assert.equal((await patch(id, { auto_group: false })).status, 400);
    assert.equal((await bench.app("DELETE", `/v3/workspaces/${id}`)).status, 400);
    const kept = await get(id);
    assert.deepEqual([kept.name, kept.policy_id, kept.default], ["Default", policy, true]);
  });

  it("moves its accounts to the default workspace when it is deleted, and loses no mail", async () => {
    const id = await make({ name: "w" });
    const account = await makeAccount(bench, "a", { workspace_id: id });
    bench.simulator.addMessage({ grant: account.id });
    assert.equal((await bench.app("DELETE", `/v3/workspaces/${id}`)).status, 200);
    assert.equal((await bench.app("GET", `/v3/grants/${account.id}`)).body.data.workspace_id, await home());
    assert.deepEqual(bench.simulator.state().lostMail, []);
  });

  it("leaves its accounts without a workspace where there is no default one", async () => {
    const old = await startBench({ defaultWorkspace: false });
    const made = await old.app("POST", "/v3/workspaces", { name: "w" });
    const account = await makeAccount(old, "a", { workspace_id: made.body.data.workspace_id });
    await old.app("DELETE", `/v3/workspaces/${made.body.data.workspace_id}`);
    assert.ok(!("workspace_id" in (await old.app("GET", `/v3/grants/${account.id}`)).body.data));
    await old.simulator.close();
  });

  describe("manual-assign", () => {
    const assign = (id: string, body: object) =>
      bench.app("POST", `/v3/workspaces/${id}/manual-assign`, body);

    it("steals from the current workspace, skips unknown ids without a word and answers null for nothing", async () => {
      const [one, two] = [await make({ name: "1" }), await make({ name: "2" })];
      const account = await makeAccount(bench, "a", { workspace_id: one });
      const { status, body } = await assign(two, { assign_grants: [account.id, NOBODY] });
      assert.equal(status, 200);
      assert.deepEqual(body.data.grants_assigned, [account.id]);
      assert.equal(body.data.grants_removed, null);
      assert.equal((await bench.app("GET", `/v3/grants/${account.id}`)).body.data.workspace_id, two);
      const nothing = await assign(one, { remove_grants: [account.id] });
      assert.deepEqual([nothing.body.data.grants_assigned, nothing.body.data.grants_removed], [null, null]);
    });

    it("leaves a removed account without workspace, or in the default one as set", async () => {
      const id = await make({ name: "w" });
      const account = await makeAccount(bench, "a", { workspace_id: id });
      const workspaceOf = async () =>
        (await bench.app("GET", `/v3/grants/${account.id}`)).body.data.workspace_id;
      assert.deepEqual((await assign(id, { remove_grants: [account.id] })).body.data.grants_removed, [
        account.id,
      ]);
      assert.equal(await workspaceOf(), undefined);
      bench.simulator.configure({ removedGrantsGoTo: "default" });
      await assign(id, { assign_grants: [account.id] });
      await assign(id, { remove_grants: [account.id] });
      assert.equal(await workspaceOf(), await home());
    });

    it("refuses no id at all and more than 500", async () => {
      const id = await make({ name: "w" });
      assert.equal((await assign(id, {})).status, 400);
      assert.equal((await assign(id, { assign_grants: [], remove_grants: [] })).status, 400);
      assert.equal((await assign(id, { assign_grants: Array(501).fill(NOBODY) })).status, 400);
      assert.equal((await assign(id, { assign_grants: Array(500).fill(NOBODY) })).status, 200);
    });
  });

  it("groups automatically at most once a minute, making workspaces for domains that have none", async () => {
    const account = await makeAccount(bench, "a");
    const group = () => bench.app("POST", "/v3/workspaces/auto-group", {});
    const first = await group();
    assert.equal(first.status, 200);
    assert.ok(first.body.data.job_id);
    const made = bench.simulator.state().workspaces.find((w) => w.domain === "acme.nylas.email");
    assert.equal((await bench.app("GET", `/v3/grants/${account.id}`)).body.data.workspace_id, made!.id);
    assert.equal((await group()).status, 429);
    bench.simulator.advanceClock(61);
    assert.equal((await group()).status, 200);
  });
});
