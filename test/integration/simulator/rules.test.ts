import assert from "node:assert/strict";
import { makeAccount, startBench, type Bench, type Wire } from "./client";

const is = (field: string, value: unknown, operator = "is") => ({ field, operator, value });

describe("simulator: rules", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  const create = (more: object = {}): Promise<Wire> =>
    bench.app("POST", "/v3/rules", {
      name: "r",
      match: { conditions: [is("from.domain", "a.example")] },
      actions: [{ type: "archive" }],
      ...more,
    });
  const put = (id: string, body: object) => bench.app("PUT", `/v3/rules/${id}`, body);

  it("creates with 201 and states the defaults", async () => {
    const { status, body } = await create();
    assert.equal(status, 201);
    const { id, created_at, updated_at, ...rest } = body.data;
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.equal(created_at, updated_at);
    assert.deepEqual(rest, {
      application_id: bench.simulator.ids.application,
      organization_id: bench.simulator.ids.organization,
      name: "r",
      description: "",
      priority: 10,
      enabled: true,
      trigger: "inbound",
      match: { operator: "all", conditions: [is("from.domain", "a.example")] },
      actions: [{ type: "archive" }],
    });
    assert.deepEqual((await bench.app("GET", `/v3/rules/${id}`)).body.data, body.data);
    assert.equal((await bench.second("GET", `/v3/rules/${id}`)).status, 404);
  });

  it("lists in data.items, null when there is none, with the cursor beside them", async () => {
    assert.deepEqual((await bench.app("GET", "/v3/rules")).body.data, { items: null });
    for (const name of ["a", "b", "c"]) await create({ name });
    const first = (await bench.app("GET", "/v3/rules?limit=2")).body.data;
    assert.deepEqual(
      first.items.map((r: { name: string }) => r.name),
      ["a", "b"],
    );
    const rest = (await bench.app("GET", `/v3/rules?limit=2&page_token=${first.next_cursor}`)).body.data;
    assert.deepEqual([rest.items.length, "next_cursor" in rest], [1, false]);
    bench.simulator.configure({ ruleList: "flat" });
    assert.equal((await bench.app("GET", "/v3/rules")).body.data.length, 3);
  });

  it("holds conditions to the matrix of trigger, field and operator", async () => {
    const status = async (trigger: string, condition: object): Promise<number> =>
      (await create({ trigger, match: { conditions: [condition] } })).status;
    for (const part of ["address", "domain", "tld"]) {
      for (const operator of ["is", "is_not", "contains"]) {
        assert.equal(await status("inbound", is(`from.${part}`, "x", operator)), 201);
        assert.equal(await status("outbound", is(`from.${part}`, "x", operator)), 201);
        assert.equal(await status("inbound", is(`recipient.${part}`, "x", operator)), 400);
        assert.equal(await status("outbound", is(`recipient.${part}`, "x", operator)), 201);
      }
    }
    assert.equal(await status("inbound", is("outbound.type", "reply")), 400);
    assert.equal(await status("outbound", is("outbound.type", "reply", "is_not")), 201);
    assert.equal(await status("outbound", is("outbound.type", "reply", "contains")), 400);
    assert.equal(await status("outbound", is("outbound.type", "forward")), 400);
    assert.equal(await status("inbound", is("subject", "x")), 400);
    assert.equal(await status("inbound", is("from.domain", "x", "matches")), 400);
    assert.equal(await status("inbound", is("from.domain", ["x"])), 400);
    assert.equal(await status("inbound", { field: "from.domain", operator: "is" }), 400);
  }).timeout(20_000);

  it("writes outbound.type in lower case", async () => {
    const match = { conditions: [is("outbound.type", "REPLY")] };
    const { body } = await create({ trigger: "outbound", match });
    assert.equal(body.data.match.conditions[0].value, "reply");
  });

  it("wants lists of the field's type for in_list", async () => {
    const domains = bench.simulator.seed({ kind: "list", name: "d", type: "domain" });
    const foreign = bench.simulator.seed({ kind: "list", name: "d", application: "second" });
    const inList = (field: string, value: unknown) =>
      create({ match: { conditions: [is(field, value, "in_list")] } });
    assert.equal((await inList("from.domain", [domains])).status, 201);
    for (const refused of [
      await inList("from.address", [domains]),
      await inList("from.domain", [foreign]),
      await inList("from.domain", ["nope"]),
    ]) {
      assert.deepEqual([refused.status, refused.body.error.type], [400, "invalid_field"]);
      assert.match(refused.body.error.message, /invalid list ID/);
    }
    assert.equal((await inList("from.domain", domains)).status, 400, "an array, not one id");
  });

  it("takes block alone only, and a folder for assign_to_folder", async () => {
    assert.equal((await create({ actions: [{ type: "block" }] })).status, 201);
    assert.equal((await create({ actions: [{ type: "block" }, { type: "trash" }] })).status, 400);
    assert.equal((await create({ actions: [{ type: "assign_to_folder" }] })).status, 400);
    assert.equal(
      (await create({ actions: [{ type: "assign_to_folder", value: "Clients/Acme" }] })).status,
      201,
    );
    assert.equal((await create({ actions: [{ type: "move_to_folder", value: "x" }] })).status, 400);
    assert.equal((await create({ actions: [] })).status, 400);
    assert.equal((await create({ match: { conditions: [] } })).status, 400);
    assert.equal((await create({ priority: 1001 })).status, 400);
  });

  it("keeps what a PUT leaves out, replaces match and actions, and holds a new trigger to the old conditions", async () => {
    const match = { operator: "any", conditions: [is("from.tld", "test"), is("recipient.tld", "x")] };
    const { id } = (await create({ trigger: "outbound", description: "why", match })).body.data;
    const renamed = (await put(id, { name: "new", enabled: false })).body.data;
    assert.deepEqual(
      [renamed.name, renamed.description, renamed.enabled, renamed.match],
      ["new", "why", false, match],
    );
    assert.equal((await put(id, { trigger: "inbound" })).status, 400);
    const narrow = { conditions: [is("from.tld", "test")] };
    const changed = (await put(id, { trigger: "inbound", match: narrow, description: "" })).body.data;
    assert.deepEqual(
      [changed.match.operator, changed.match.conditions.length, changed.description],
      ["all", 1, ""],
    );
  });

  it("refuses a rule beyond the plan with 403, counted over the organization", async () => {
    bench.simulator.configure({ plan: "free" });
    bench.simulator.seed({ kind: "rule", name: "elsewhere", application: "second" });
    for (let i = 0; i < 4; i++) assert.equal((await create()).status, 201);
    const { status, body } = await create();
    assert.deepEqual([status, body.error.type], [403, "forbidden_access"]);
    assert.equal(body.error.message, "Maximum number of rules (5) reached for this plan");
  });

  it("leaves a deleted rule's id in workspaces, whose next PATCH with that id is refused", async () => {
    const rule = (await create()).body.data.id;
    const other = (await create({ name: "o" })).body.data.id;
    const { workspace_id } = (
      await bench.app("POST", "/v3/workspaces", { name: "w", rule_ids: [rule, other] })
    ).body.data;
    assert.equal((await bench.app("DELETE", `/v3/rules/${rule}`)).status, 200);
    assert.equal((await bench.app("GET", `/v3/rules/${rule}`)).status, 404);
    const path = `/v3/workspaces/${workspace_id}`;
    assert.deepEqual((await bench.app("GET", path)).body.data.rule_ids, [rule, other]);
    const stale = await bench.app("PATCH", path, { rule_ids: [rule, other] });
    assert.equal(stale.status, 400);
    assert.match(stale.body.error.message, /entry not found or does not belong to this application/);
    assert.equal((await bench.app("PATCH", path, { name: "v" })).status, 200, "nothing resent");
    assert.equal((await bench.app("PATCH", path, { rule_ids: [other] })).status, 200);
  });

  it("has no evaluations for an account whose mail no rule looked at", async () => {
    const { id } = await makeAccount(bench, "a");
    assert.deepEqual((await bench.app("GET", `/v3/grants/${id}/rule-evaluations`)).body.data, []);
    assert.equal((await bench.app("GET", "/v3/grants/nobody@acme.nylas.email/rule-evaluations")).status, 404);
  });
});
