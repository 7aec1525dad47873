import assert from "node:assert/strict";
import { startBench, type Bench } from "./client";

describe("simulator: policies", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  const create = (body: object) => bench.app("POST", "/v3/policies", body);
  const limits = (values: object) => create({ name: "p", limits: values });

  it("creates with 200 and shows effective limits where none were asked for", async () => {
    const { status, body } = await limits({ limit_count_daily_email_sent: 50 });
    assert.equal(status, 200);
    assert.equal(body.data.limits.limit_count_daily_email_sent, 50);
    assert.equal(body.data.limits.limit_storage_total, 10 * 1024 ** 3);
    assert.equal(body.data.limits.limit_inbox_retention_period, 365);
    assert.deepEqual(body.data.spam_detection, {
      use_list_dnsbl: false,
      use_header_anomaly_detection: false,
      spam_sensitivity: 1,
    });
    assert.deepEqual(bench.simulator.state().policies[0]!.limits, { limit_count_daily_email_sent: 50 });
  });

  it("merges limits and spam detection field by field on PUT", async () => {
    const { id } = (await limits({ limit_count_daily_email_sent: 50, limit_inbox_retention_period: 90 })).body
      .data;
    const spam_detection = { use_list_dnsbl: true };
    await bench.app("PUT", `/v3/policies/${id}`, { spam_detection });
    const change = { limits: { limit_count_daily_email_sent: 60 }, spam_detection: { spam_sensitivity: 2 } };
    const { body } = await bench.app("PUT", `/v3/policies/${id}`, change);
    assert.equal(body.data.name, "p");
    assert.equal(body.data.limits.limit_count_daily_email_sent, 60);
    assert.equal(body.data.limits.limit_inbox_retention_period, 90);
    assert.equal(body.data.spam_detection.use_list_dnsbl, true);
    assert.equal(body.data.spam_detection.spam_sensitivity, 2);
  });

  it("cannot un-set a limit: null and absence leave it", async () => {
    const { id } = (await limits({ limit_storage_total: 1000 })).body.data;
    const { body } = await bench.app("PUT", `/v3/policies/${id}`, { limits: { limit_storage_total: null } });
    assert.equal(body.data.limits.limit_storage_total, 1000);
  });

  it("takes -1 where the plan has no ceiling, and refuses it elsewhere, and anything below", async () => {
    assert.equal((await limits({ limit_count_daily_email_sent: -1 })).status, 200);
    assert.equal((await limits({ limit_count_daily_email_sent: -2 })).status, 400);
    assert.equal((await limits({ limit_storage_total: -1 })).status, 400);
    assert.equal((await limits({ limit_attachment_count_limit: -1 })).status, 400);
    bench.simulator.configure({ plan: "free" });
    assert.equal((await limits({ limit_count_daily_email_sent: -1 })).status, 400);
    assert.equal((await limits({ limit_count_daily_message_received: -1 })).status, 200);
  });

  it("refuses what is above the plan, exactly at its ceiling", async () => {
    assert.equal((await limits({ limit_attachment_count_limit: 20 })).status, 200);
    const above = await limits({ limit_attachment_count_limit: 21 });
    assert.equal(above.status, 400);
    assert.match(
      above.body.error.message,
      /limit_attachment_count_limit exceeds the maximum of the plan \(20\)/,
    );
    bench.simulator.configure({ plan: "free" });
    assert.equal((await limits({ limit_inbox_retention_period: 31 })).status, 400);
    assert.equal((await limits({ limit_inbox_retention_period: 30 })).status, 200);
  });

  it("wants inbox retention above spam retention when both are set, over a PUT as well", async () => {
    const both = (inbox: number, spam: number) =>
      limits({ limit_inbox_retention_period: inbox, limit_spam_retention_period: spam });
    assert.equal((await both(7, 7)).status, 400);
    const { body } = await both(8, 7);
    assert.equal(body.data.limits.limit_spam_retention_period, 7);
    const put = (values: object) => bench.app("PUT", `/v3/policies/${body.data.id}`, { limits: values });
    assert.equal((await put({ limit_inbox_retention_period: 6 })).status, 400);
    assert.equal(
      (await put({ limit_inbox_retention_period: 6, limit_spam_retention_period: 5 })).status,
      200,
    );
    assert.equal(
      (await limits({ limit_inbox_retention_period: 3 })).status,
      200,
      "one of them alone is free",
    );
  });

  it("refuses fractions, wrong types, sensitivities out of range and names of the wrong length", async () => {
    assert.equal((await limits({ limit_count_daily_email_sent: 1.5 })).status, 400);
    assert.equal((await limits({ limit_count_daily_email_sent: "50" })).status, 400);
    assert.equal((await limits({ limit_attachment_allowed_types: ["pdf"] })).status, 400);
    assert.equal(
      (await limits({ limit_attachment_allowed_types: ["image/*", "application/pdf"] })).status,
      200,
    );
    assert.equal((await create({ name: "p", spam_detection: { spam_sensitivity: 5.1 } })).status, 400);
    assert.equal((await create({ name: "p", spam_detection: { use_list_dnsbl: "yes" } })).status, 400);
    assert.equal((await create({ name: "" })).status, 400);
    assert.equal((await create({})).status, 400);
    assert.equal((await create({ name: "é".repeat(257) })).status, 400);
    assert.equal((await create({ name: "é".repeat(256) })).status, 200);
  });

  it("pages by 10, with a cursor on every page that has objects, the last included", async () => {
    for (let i = 0; i < 20; i++) bench.simulator.seed({ kind: "policy", name: `p${i}` });
    const first = (await bench.app("GET", "/v3/policies")).body;
    assert.equal(first.data.length, 10);
    const second = (await bench.app("GET", `/v3/policies?page_token=${first.next_cursor}`)).body;
    assert.equal(second.data.length, 10);
    assert.ok(second.next_cursor, "no has-more flag");
    const third = (await bench.app("GET", `/v3/policies?page_token=${second.next_cursor}`)).body;
    assert.deepEqual([third.data, "next_cursor" in third], [[], false]);
    assert.equal((await bench.app("GET", "/v3/policies?limit=1000")).body.data.length, 20);
  });

  it("neither repeats nor skips when a policy is deleted between two pages", async () => {
    const ids = Array.from({ length: 12 }, (_, i) => bench.simulator.seed({ kind: "policy", name: `p${i}` }));
    const first = (await bench.app("GET", "/v3/policies")).body;
    await bench.app("DELETE", `/v3/policies/${ids[9]}`);
    const second = (await bench.app("GET", `/v3/policies?page_token=${first.next_cursor}`)).body;
    assert.deepEqual(
      second.data.map((p: { id: string }) => p.id),
      ids.slice(10),
    );
  });

  it("may answer a PUT without the id", async () => {
    const { id } = (await create({ name: "p" })).body.data;
    bench.simulator.configure({ policyPutWithoutId: true });
    const { body } = await bench.app("PUT", `/v3/policies/${id}`, { name: "q" });
    assert.ok(!("id" in body.data));
    assert.equal(body.data.name, "q");
  });

  it("is deleted while workspaces refer to it, and leaves them dangling", async () => {
    const policy = (await create({ name: "p" })).body.data.id;
    const { workspace_id } = (await bench.app("POST", "/v3/workspaces", { name: "w", policy_id: policy }))
      .body.data;
    assert.equal((await bench.app("DELETE", `/v3/policies/${policy}`)).status, 200);
    assert.equal((await bench.app("GET", `/v3/policies/${policy}`)).status, 404);
    assert.equal((await bench.app("GET", `/v3/workspaces/${workspace_id}`)).body.data.policy_id, policy);
  });

  it("is of one application", async () => {
    const { id } = (await create({ name: "p" })).body.data;
    assert.equal((await bench.second("GET", `/v3/policies/${id}`)).status, 404);
    assert.equal((await bench.second("PUT", `/v3/policies/${id}`, { name: "q" })).status, 404);
    assert.equal((await bench.app("GET", `/v3/policies/${id}`)).body.data.name, "p");
  });
});
