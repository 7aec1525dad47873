import assert from "node:assert/strict";
import NylasClient, { NylasApiError } from "nylas";
// The package types its CommonJS entry as a value only; the class's type stands at the other entry.
import type { default as Nylas } from "nylas" with { "resolution-mode": "import" };
import { startSimulator, type Simulator } from "nylas-simulator";
import { startReceiver, type Receiver } from "../receiver";

describe("the official Nylas SDK: rules, lists, webhooks and mail", () => {
  let simulator: Simulator;
  let nylas: Nylas;

  beforeEach(async () => {
    simulator = await startSimulator();
    nylas = new NylasClient({ apiKey: simulator.keys.apiKey, apiUri: simulator.url });
    simulator.seed({ kind: "connector" });
  });
  afterEach(() => simulator.close());

  const account = async (alias: string): Promise<{ id: string; email: string }> => {
    const requestBody = { provider: "nylas", settings: { email: `${alias}@acme.nylas.email` } };
    const { data } = await nylas.auth.customAuthentication({ requestBody } as never);
    return { id: data.id, email: data.email! };
  };
  const ruleBody = (more: object = {}) => ({
    name: "only partners",
    trigger: "outbound" as const,
    match: {
      conditions: [{ field: "recipient.domain" as const, operator: "is" as const, value: "a.example" }],
    },
    actions: [{ type: "block" as const }],
    ...more,
  });

  it("creates, finds, updates, walks over and destroys rules", async () => {
    const { data: made } = await nylas.rules.create({ requestBody: ruleBody() });
    assert.deepEqual([made.priority, made.enabled, made.match.operator], [10, true, "all"]);
    const change = { ruleId: made.id, requestBody: { enabled: false, priority: 0 } };
    const { data: changed } = await nylas.rules.update(change);
    assert.deepEqual([changed.enabled, changed.priority, changed.name], [false, 0, "only partners"]);
    for (let i = 0; i < 4; i++) await nylas.rules.create({ requestBody: ruleBody({ name: `r${i}` }) });
    const names: string[] = [];
    const list = nylas.rules.list({ queryParams: { limit: 2 } });
    for await (const page of list) names.push(...page.data.map((r) => r.name));
    assert.deepEqual(names, ["only partners", "r0", "r1", "r2", "r3"]);
    await nylas.rules.destroy({ ruleId: made.id });
    await assert.rejects(
      nylas.rules.find({ ruleId: made.id }),
      (error) => error instanceof NylasApiError && error.statusCode === 404,
    );
  });

  it("keeps a list with its items, and looks into it from a rule", async () => {
    const { data: list } = await nylas.lists.create({ requestBody: { name: "partners", type: "domain" } });
    const add = { listId: list.id, requestBody: { items: ["A.example", "b.example", "a.example"] } };
    assert.equal((await nylas.lists.addItems(add)).data.itemsCount, 2);
    const remove = { listId: list.id, requestBody: { items: ["B.EXAMPLE", "c.example"] } };
    assert.equal((await nylas.lists.removeItems(remove)).data.itemsCount, 1, "the DELETE carries its body");
    const { data: items } = await nylas.lists.listItems({ listId: list.id });
    assert.deepEqual(
      items.map((i) => [i.listId, i.value]),
      [[list.id, "a.example"]],
    );
    const { data: renamed } = await nylas.lists.update({ listId: list.id, requestBody: { name: "friends" } });
    assert.deepEqual([renamed.name, renamed.type], ["friends", "domain"]);
    const condition = { field: "recipient.domain", operator: "in_list", value: [list.id] };
    const { data: rule } = await nylas.rules.create({
      requestBody: ruleBody({ match: { conditions: [condition] } }),
    });
    const { data: home } = await nylas.workspaces.create({
      requestBody: { name: "w", ruleIds: [rule.id] },
    });
    const { id } = await account("a");
    await nylas.workspaces.manualAssign({
      workspaceId: home.workspaceId,
      requestBody: { assignGrants: [id] },
    });
    const requestBody = { to: [{ email: "x@a.example" }], subject: "s" };
    await assert.rejects(
      nylas.messages.send({ identifier: id, requestBody }),
      (error) => error instanceof NylasApiError && error.statusCode === 403,
    );
    const { data: evaluations } = await nylas.rules.listEvaluations({ identifier: id });
    assert.deepEqual(
      evaluations.map((e) => [e.grantId, e.matchedRuleIds, e.appliedActions?.blocked, e.evaluationStage]),
      [[id, [rule.id], true, "outbound_send"]],
    );
    await nylas.lists.destroy({ listId: list.id });
    assert.equal((await nylas.messages.send({ identifier: id, requestBody })).data.subject, "s");
  });

  it("sends from one account to another, and finds it there", async () => {
    const [a, b] = [await account("a"), await account("b")];
    const requestBody = { to: [{ email: b.email, name: "B" }], subject: "hello", body: "text" };
    const overrides = { headers: { "Idempotency-Key": "smoke-1" } };
    const first = await nylas.messages.send({ identifier: a.id, requestBody, overrides });
    const again = await nylas.messages.send({ identifier: a.id, requestBody, overrides });
    assert.equal(again.data.id, first.data.id);
    const { data: arrived } = await nylas.messages.list({ identifier: b.id, queryParams: { in: ["inbox"] } });
    assert.deepEqual(
      arrived.map((m) => [m.subject, m.from?.[0]?.email]),
      [["hello", a.email]],
    );
  });

  it("makes and destroys a folder", async () => {
    const { id } = await account("a");
    const { data: made } = await nylas.folders.create({
      identifier: id,
      requestBody: { name: "Clients/Acme" },
    });
    const { data: all } = await nylas.folders.list({ identifier: id });
    assert.ok(all.some((f) => f.id === made.id && f.name === "Clients/Acme"));
    await nylas.folders.destroy({ identifier: id, folderId: made.id });
    assert.equal(simulator.state().folders.length, 0);
  });

  describe("webhooks", () => {
    let receiver: Receiver;
    beforeEach(async () => {
      receiver = await startReceiver();
    });
    afterEach(() => receiver.close());

    it("creates one that proves itself, updates, rotates, lists and destroys it", async () => {
      // The challenge as the SDK itself reads it out of the URL.
      receiver.answer = ({ url }, response) => {
        const token = nylas.webhooks.extractChallengeParameter(url.href);
        response.writeHead(200, { "content-length": token.length }).end(token);
      };
      const requestBody = { webhookUrl: receiver.url, triggerTypes: ["message.created" as never] };
      const { data: made } = await nylas.webhooks.create({ requestBody });
      assert.ok(simulator.checkWebhookSecret(made.id, made.webhookSecret));
      const change = { webhookId: made.id, requestBody: { description: "mail" } };
      assert.equal((await nylas.webhooks.update(change)).data.description, "mail");
      const { data: rotated } = await nylas.webhooks.rotateSecret({ webhookId: made.id });
      assert.notEqual(rotated.webhookSecret, made.webhookSecret);
      const { data: all } = await nylas.webhooks.list();
      assert.deepEqual(
        all.map((w) => [w.id, w.webhookUrl, "webhookSecret" in w]),
        [[made.id, receiver.url, false]],
      );
      const { data: gone } = await nylas.webhooks.destroy({ webhookId: made.id });
      assert.deepEqual(gone, { status: "success" });
      await assert.rejects(
        nylas.webhooks.find({ webhookId: made.id }),
        (error) => error instanceof NylasApiError && error.statusCode === 400 && error.type === "70000",
      );
    });
  });
});
