import assert from "node:assert/strict";
import { makeAccount, send as request, startBench, type Bench, type Wire } from "./client";

describe("simulator: sending and receiving", () => {
  let bench: Bench;
  let a: { id: string; email: string };
  let b: { id: string; email: string };
  beforeEach(async () => {
    bench = await startBench();
    [a, b] = [await makeAccount(bench, "a", { name: "Anna" }), await makeAccount(bench, "b")];
  });
  afterEach(() => bench.simulator.close());

  const send = (body: object, key?: string, from = a.id): Promise<Wire> =>
    request(
      `${bench.simulator.url}/v3/grants/${from}/messages/send`,
      "POST",
      bench.simulator.keys.apiKey,
      body,
      key === undefined ? {} : { "idempotency-key": key },
    );
  const to = (...emails: string[]) => emails.map((email) => ({ email }));
  const box = async (grant: string, folder: string) =>
    (await bench.app("GET", `/v3/grants/${grant}/messages?in=${folder}`)).body.data;
  const subjects = async (grant: string, folder = "inbox"): Promise<string[]> =>
    (await box(grant, folder)).map((m: { subject: string }) => m.subject);
  const carry = async (
    trigger: string,
    condition: object,
    actions: object[],
    grant = a.id,
  ): Promise<string> => {
    const match = { conditions: [condition] };
    const id = (await bench.app("POST", "/v3/rules", { name: "r", trigger, match, actions })).body.data.id;
    const workspace = bench.simulator.state().grants.find((g) => g.id === grant)!.workspace_id!;
    assert.equal((await bench.app("PATCH", `/v3/workspaces/${workspace}`, { rule_ids: [id] })).status, 200);
    return id;
  };

  it("delivers between its own accounts, from the account's own name and address", async () => {
    const sent = await send({ to: to(b.email.toUpperCase()), subject: "hello", body: "text" });
    assert.deepEqual([sent.status, sent.body.grant_id], [200, a.id]);
    const [arrived] = await box(b.id, "inbox");
    assert.deepEqual(
      [arrived.subject, arrived.body, arrived.from, arrived.unread],
      ["hello", "text", [{ email: a.email, name: "Anna" }], true],
    );
    const [kept] = await box(a.id, "sent");
    assert.deepEqual([kept.id, kept.folders], [sent.body.data.id, ["sent"]]);
  });

  it("refuses a message without recipients, with more than fifty, or with an address that is none", async () => {
    assert.equal((await send({ subject: "x" })).status, 400);
    assert.equal((await send({ to: [] })).status, 400);
    assert.equal((await send({ to: to("nobody") })).status, 400);
    const many = Array.from({ length: 51 }, (_, i) => `x${i}@elsewhere.example`);
    assert.equal((await send({ to: to(...many) })).status, 400);
    assert.equal((await send({ to: to(...many.slice(1)) })).status, 200);
  });

  it("answers a repeated key from its memory, for an hour and for that account only", async () => {
    const body = { to: to(b.email), subject: "once" };
    const first = await send(body, "key-1");
    const again = await send(body, "key-1");
    assert.equal(again.headers.get("idempotent-response"), "true");
    assert.equal(first.headers.get("idempotent-response"), null);
    assert.equal(again.body.data.id, first.body.data.id);
    assert.deepEqual(await subjects(b.id), ["once"]);
    const other = await send({ ...body, subject: "other" }, "key-1");
    assert.deepEqual([other.status, other.body.error.type], [409, "api.invalid_idempotent_request"]);
    await send(body, "key-1", b.id);
    assert.deepEqual(await subjects(b.id), ["once", "once"]);
    bench.simulator.advanceClock(3600);
    assert.equal((await send(body, "key-1")).headers.get("idempotent-response"), null);
    const long = await send(body, "k".repeat(257));
    assert.deepEqual([long.status, long.body.error.type], [400, "api.invalid_idempotency_key"]);
  });

  it("refuses a key whose first request is still under way", async () => {
    bench.simulator.configure({ sendMs: 200 });
    const body = { to: to(b.email), subject: "once" };
    const answers = await Promise.all([send(body, "key"), send(body, "key")]);
    const refused = answers.find((w) => w.status !== 200)!;
    assert.deepEqual([refused.status, refused.body.error.type], [409, "api.concurrent_idempotent_request"]);
    assert.deepEqual(await subjects(b.id), ["once"]);
  });

  it("forgets a key whose request was refused", async () => {
    bench.simulator.configure({ sending: "full" });
    const body = { to: to(b.email), subject: "later" };
    const full = await send(body, "key");
    assert.deepEqual([full.status, full.headers.get("retry-after")], [429, "5"]);
    bench.simulator.configure({ sending: "direct" });
    assert.equal((await send(body, "key")).status, 200);
  });

  it("queues with 202 and delivers later, and so for a time that is asked for", async () => {
    bench.simulator.configure({ sending: "queued", sendQueueMs: 30_000 });
    const queued = await send({ to: to(b.email), subject: "queued" });
    assert.equal(queued.status, 202);
    assert.deepEqual(await subjects(b.id), []);
    bench.simulator.advanceClock(31);
    assert.deepEqual(await subjects(b.id), ["queued"]);
    bench.simulator.configure({ sending: "direct" });
    const send_at = bench.simulator.state().messages[0]!.date + 3600;
    const scheduled = await send({ to: to(b.email), subject: "scheduled", send_at });
    assert.equal(scheduled.status, 202);
    assert.ok(scheduled.body.data.schedule_id);
    bench.simulator.advanceClock(3700);
    assert.deepEqual(await subjects(b.id), ["queued", "scheduled"]);
  });

  it("holds an account to the sends a day of its workspace's policy, until midnight UTC", async () => {
    const policy_id = bench.simulator.seed({
      kind: "policy",
      name: "p",
      limits: { limit_count_daily_email_sent: 2 },
    });
    const { workspace_id } = (await bench.app("POST", "/v3/workspaces", { name: "w", policy_id })).body.data;
    await bench.app("PATCH", `/v3/grants/${a.id}`, { name: "Anna", workspace_id });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await send({ to: to(b.email) })).status);
    assert.deepEqual(statuses, [200, 200, 429]);
    assert.equal(
      (await send({ to: to(a.email) }, undefined, b.id)).status,
      200,
      "the other is in no such workspace",
    );
    bench.simulator.advanceClock(86_400);
    assert.equal((await send({ to: to(b.email) })).status, 200);
  });

  it("refuses with 403 what an outbound rule blocks, and records it", async () => {
    const list = bench.simulator.seed({ kind: "list", name: "no", items: ["blocked.example"] });
    const condition = { field: "recipient.domain", operator: "in_list", value: [list] };
    const rule = await carry("outbound", condition, [{ type: "block" }]);
    const blocked = await send({ to: to(b.email), bcc: to("x@Blocked.example"), subject: "no" });
    assert.deepEqual([blocked.status, blocked.body.error.type], [403, "forbidden_access"]);
    assert.deepEqual(await subjects(b.id), []);
    assert.equal((await send({ to: to(b.email), subject: "yes" })).status, 200);
    const { data } = (await bench.app("GET", `/v3/grants/${a.id}/rule-evaluations`)).body;
    assert.deepEqual(
      data.map(
        (e: {
          applied_actions: { blocked: boolean };
          matched_rule_ids: string[];
          evaluation_stage: string;
        }) => [e.applied_actions.blocked, e.matched_rule_ids, e.evaluation_stage],
      ),
      [
        [false, [], "outbound_send"],
        [true, [rule], "outbound_send"],
      ],
      "newest first",
    );
    await bench.app("DELETE", `/v3/lists/${list}`);
    assert.equal(
      (await send({ to: to("x@blocked.example") })).status,
      200,
      "a list that is gone matches nothing",
    );
  });

  it("evaluates is_not over recipients as none of them, and compose apart from reply", async () => {
    await carry("outbound", { field: "recipient.tld", operator: "is_not", value: "EMAIL" }, [
      { type: "block" },
    ]);
    assert.equal((await send({ to: to(b.email, "x@elsewhere.example") })).status, 200);
    assert.equal((await send({ to: to("x@elsewhere.example") })).status, 403);
    await carry("outbound", { field: "outbound.type", operator: "is", value: "compose" }, [
      { type: "block" },
    ]);
    assert.equal((await send({ to: to(b.email) })).status, 403);
    assert.equal((await send({ to: to(b.email), reply_to_message_id: "m" })).status, 200);
  });

  it("takes an application's other outbound rules, too, when told to", async () => {
    const match = { conditions: [{ field: "from.tld", operator: "is", value: "email" }] };
    bench.simulator.seed({
      kind: "rule",
      name: "r",
      trigger: "outbound",
      match,
      actions: [{ type: "block" }],
    });
    assert.equal((await send({ to: to(b.email) })).status, 200);
    bench.simulator.configure({ outboundRules: "application" });
    assert.equal((await send({ to: to(b.email) })).status, 403);
  });

  it("applies inbound rules by priority: folders that exist, marks, and a block that ends it", async () => {
    const { data } = (await bench.app("POST", `/v3/grants/${b.id}/folders`, { name: "Clients/Acme" })).body;
    const rule = (name: string, priority: number, value: string, actions: object[]): string => {
      const match = { conditions: [{ field: "from.domain", operator: "contains", value }] };
      return bench.simulator.seed({ kind: "rule", name, priority, match, actions: actions as [] });
    };
    const file = { type: "assign_to_folder", value: "Clients/Acme" };
    const rule_ids = [
      rule("file", 20, "ACME", [file, { type: "mark_as_read" }, { type: "mark_as_starred" }]),
      rule("missing", 30, "acme", [{ type: "assign_to_folder", value: "Nowhere" }]),
      rule("block", 10, "evil", [{ type: "block" }]),
      rule("off", 0, "acme", [{ type: "trash" }]),
    ];
    bench.simulator.edit("rule", rule_ids[3]!, { enabled: false });
    const home = bench.simulator.state().workspaces.find((w) => w.default)!.id;
    await bench.app("PATCH", `/v3/workspaces/${home}`, { rule_ids });
    assert.equal(bench.simulator.receive({ grant: b.email, from: "x@evil.acme.example" }), null);
    const id = bench.simulator.receive({ grant: b.email, from: "x@acme.example", subject: "filed" });
    const [filed] = await box(b.id, data.id);
    assert.deepEqual([filed.id, filed.folders, filed.unread, filed.starred], [id, [data.id], false, true]);
    assert.deepEqual(await subjects(b.id), []);
    const stages = bench.simulator
      .state()
      .ruleEvaluations.map((e) => [e.evaluation_stage, e.message_id ?? null]);
    assert.deepEqual(stages, [
      ["smtp_rcpt", null],
      ["inbox_processing", id],
    ]);
  });

  it("turns mail away beyond the messages a day that the policy lets in", async () => {
    const policy_id = bench.simulator.seed({
      kind: "policy",
      name: "p",
      limits: { limit_count_daily_message_received: 1 },
    });
    const home = bench.simulator.state().workspaces.find((w) => w.default)!.id;
    await bench.app("PATCH", `/v3/workspaces/${home}`, { policy_id });
    const arrived = [1, 2].map(() => bench.simulator.receive({ grant: b.id }) !== null);
    assert.deepEqual(arrived, [true, false]);
  });

  it("makes, renames and deletes folders by their path, but not the system's", async () => {
    const path = `/v3/grants/${a.id}/folders`;
    const made = (await bench.app("POST", path, { name: "Clients/Acme" })).body.data;
    assert.deepEqual([made.name, made.system_folder, made.total_count], ["Clients/Acme", false, 0]);
    assert.equal((await bench.app("POST", path, { name: "Clients/Acme" })).status, 400);
    assert.equal((await bench.app("POST", path, { name: "INBOX" })).status, 400);
    assert.equal((await bench.app("POST", path, {})).status, 400);
    const names = (await bench.app("GET", path)).body.data.map((f: { name: string }) => f.name);
    assert.deepEqual(names, ["inbox", "sent", "drafts", "trash", "junk", "archive", "Clients/Acme"]);
    await bench.app("PUT", `${path}/${made.id}`, { name: "Clients/Other" });
    assert.equal((await bench.app("GET", `${path}/${made.id}`)).body.data.name, "Clients/Other");
    bench.simulator.addMessage({ grant: a.id, subject: "in it", folder: "Clients/Other" });
    assert.equal((await bench.app("DELETE", `${path}/inbox`)).status, 400);
    assert.equal((await bench.app("DELETE", `${path}/${made.id}`)).status, 200);
    assert.deepEqual(
      bench.simulator.state().lostMail.map((l) => [l.subject, l.reason]),
      [["in it", "folder deleted"]],
    );
    assert.equal((await bench.app("GET", `${path}/${made.id}`)).status, 404);
  });
});
