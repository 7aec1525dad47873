import assert from "node:assert/strict";
import { makeAccount, startBench, type Bench } from "./client";

const DAY = 86_400;

describe("simulator: mail and its loss", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.simulator.close());

  const subjects = async (grant: string): Promise<string[]> =>
    (await bench.app("GET", `/v3/grants/${grant}/messages`)).body.data.map(
      (m: { subject: string }) => m.subject,
    );
  const lost = () => bench.simulator.state().lostMail;
  const policy = (days: number, name = `retain ${days}`) =>
    bench.simulator.seed({ kind: "policy", name, limits: { limit_inbox_retention_period: days } });

  it("lists messages by grant id and by address, with a limit and a cursor", async () => {
    const { id, email } = await makeAccount(bench, "a");
    assert.deepEqual((await bench.app("GET", `/v3/grants/${id}/messages?limit=1`)).body.data, []);
    for (const subject of ["one", "two", "three"]) bench.simulator.addMessage({ grant: email, subject });
    const first = (await bench.app("GET", `/v3/grants/${encodeURIComponent(email)}/messages?limit=2`)).body;
    assert.deepEqual(
      first.data.map((m: { subject: string }) => m.subject),
      ["one", "two"],
    );
    const rest = (await bench.app("GET", `/v3/grants/${id}/messages?limit=2&page_token=${first.next_cursor}`))
      .body;
    assert.deepEqual(
      rest.data.map((m: { subject: string }) => m.subject),
      ["three"],
    );
    assert.ok(!("next_cursor" in rest));
    assert.equal((await bench.app("GET", `/v3/grants/${id}/messages?limit=201`)).status, 400);
    const foreign = await bench.second("GET", `/v3/grants/${id}/messages`);
    assert.deepEqual([foreign.status, foreign.body.error.type], [404, "grant.not_found"]);
  });

  it("provisions six folders", async () => {
    const { id } = await makeAccount(bench, "a");
    const { body } = await bench.app("GET", `/v3/grants/${id}/folders`);
    const names = body.data.map((f: { name: string }) => f.name);
    assert.deepEqual(names, ["inbox", "sent", "drafts", "trash", "junk", "archive"]);
  });

  it("counts the messages of each folder, or says nothing, or always none", async () => {
    const { id } = await makeAccount(bench, "a");
    bench.simulator.addMessage({ grant: id, subject: "one" });
    bench.simulator.addMessage({ grant: id, subject: "two", folder: "Clients" });
    const counts = async () =>
      (await bench.app("GET", `/v3/grants/${id}/folders`)).body.data.map(
        (folder: { total_count?: number }) => folder.total_count,
      );
    assert.deepEqual(await counts(), [1, 0, 0, 0, 0, 0, 1]);
    bench.simulator.configure({ folderCounts: "zero" });
    assert.deepEqual(await counts(), [0, 0, 0, 0, 0, 0, 0]);
    bench.simulator.configure({ folderCounts: "absent" });
    assert.deepEqual(new Set(await counts()), new Set([undefined]));
  });

  it("groups messages into threads by their subject, in a list and one by one", async () => {
    const { id, email } = await makeAccount(bench, "a");
    const path = `/v3/grants/${encodeURIComponent(email)}/threads`;
    assert.deepEqual((await bench.app("GET", `${path}?limit=1`)).body.data, []);
    const first = bench.simulator.addMessage({ grant: id, subject: "An order" });
    const reply = bench.simulator.addMessage({ grant: id, subject: "Re: an order", folder: "archive" });
    const other = bench.simulator.addMessage({ grant: id, subject: "Another", folder: "junk" });
    const { body } = await bench.app("GET", `${path}?limit=1`);
    assert.deepEqual(body.data[0].message_ids, [first, reply]);
    assert.deepEqual(body.data[0].folders, ["inbox", "archive"]);
    const rest = (await bench.app("GET", `${path}?limit=1&page_token=${body.next_cursor}`)).body;
    assert.deepEqual([rest.data[0].message_ids, rest.next_cursor], [[other], undefined]);
    const ids = async (folder: string) =>
      (await bench.app("GET", `${path}?in=${folder}`)).body.data.map((thread: { id: string }) => thread.id);
    assert.deepEqual([await ids("archive"), await ids("junk"), await ids("sent")], [[first], [other], []]);
    assert.equal((await bench.app("GET", `${path}/${first}`)).body.data.subject, "An order");
    assert.equal((await bench.app("GET", `${path}/${reply}`)).status, 404);
    bench.simulator.configure({ threadRoutes: "gone" });
    assert.equal((await bench.app("GET", path)).status, 404);
  });

  it("ledgers the mail of a deleted mailbox, with the request that did it", async () => {
    const { id, email } = await makeAccount(bench, "a");
    const messageId = bench.simulator.addMessage({ grant: id, subject: "contract" });
    await bench.app("DELETE", `/v3/grants/${id}`);
    const [entry, ...more] = lost();
    assert.deepEqual(more, []);
    assert.deepEqual(
      [entry!.messageId, entry!.email, entry!.subject, entry!.reason, entry!.cause],
      [messageId, email, "contract", "grant deleted", `DELETE /v3/grants/${id}`],
    );
  });

  it("ledgers mail beyond a retention that a policy edit shortened", async () => {
    const id = policy(90);
    const { workspace_id } = (await bench.app("POST", "/v3/workspaces", { name: "w", policy_id: id })).body
      .data;
    const account = await makeAccount(bench, "a", { workspace_id });
    bench.simulator.addMessage({ grant: account.id, subject: "old", ageSeconds: 60 * DAY });
    bench.simulator.addMessage({ grant: account.id, subject: "new", ageSeconds: DAY });
    await bench.app("PUT", `/v3/policies/${id}`, { limits: { limit_inbox_retention_period: 61 } });
    assert.deepEqual(lost(), []);
    await bench.app("PUT", `/v3/policies/${id}`, { limits: { limit_inbox_retention_period: 30 } });
    assert.deepEqual(await subjects(account.id), ["new"]);
    assert.deepEqual(
      lost().map((l) => [l.subject, l.reason, l.cause]),
      [["old", "retention", `PUT /v3/policies/${id}`]],
    );
  });

  it("ledgers it as well when a policy is swapped or an account moved, and not when the policy is detached", async () => {
    const [long, short] = [policy(90), policy(10)];
    const workspace = async (name: string, policy_id: string): Promise<string> =>
      (await bench.app("POST", "/v3/workspaces", { name, policy_id })).body.data.workspace_id;
    const [roomy, tight] = [await workspace("roomy", long), await workspace("tight", short)];
    const swapped = await makeAccount(bench, "swapped", { workspace_id: roomy });
    const moved = await makeAccount(bench, "moved", { workspace_id: roomy });
    for (const { id } of [swapped, moved]) bench.simulator.addMessage({ grant: id, ageSeconds: 60 * DAY });
    await bench.app("PATCH", `/v3/workspaces/${roomy}`, { policy_id: null });
    assert.deepEqual(lost(), []);
    await bench.app("PATCH", `/v3/grants/${moved.id}`, { workspace_id: tight });
    assert.deepEqual(
      lost().map((l) => l.email),
      [moved.email],
    );
    await bench.app("PATCH", `/v3/workspaces/${roomy}`, { policy_id: short });
    assert.deepEqual(
      lost().map((l) => l.email),
      [moved.email, swapped.email],
    );
  });

  it("keeps junk for the spam retention only", async () => {
    const { id } = await makeAccount(bench, "a");
    bench.simulator.addMessage({ grant: id, subject: "spam", folder: "junk", ageSeconds: 25 * DAY });
    bench.simulator.addMessage({ grant: id, subject: "mail", ageSeconds: 25 * DAY });
    bench.simulator.advanceClock(6 * DAY);
    assert.deepEqual(await subjects(id), ["mail"]);
    assert.deepEqual(
      lost().map((l) => [l.subject, l.cause]),
      [["spam", "clock"]],
    );
  });

  it("drops the oldest mail first when storage shrinks below what is used", async () => {
    const id = bench.simulator.seed({ kind: "policy", name: "p", limits: { limit_storage_total: 1000 } });
    const { workspace_id } = (await bench.app("POST", "/v3/workspaces", { name: "w", policy_id: id })).body
      .data;
    const account = await makeAccount(bench, "a", { workspace_id });
    for (const [subject, age] of [
      ["old", 30],
      ["older", 40],
      ["new", 10],
    ] as const) {
      bench.simulator.addMessage({ grant: account.id, subject, ageSeconds: age, size: 300 });
    }
    await bench.app("PUT", `/v3/policies/${id}`, { limits: { limit_storage_total: 700 } });
    assert.deepEqual(
      lost().map((l) => [l.subject, l.reason]),
      [["older", "storage"]],
    );
    assert.deepEqual((await subjects(account.id)).sort(), ["new", "old"]);
  });

  it("ledgers mail that went because a limit was edited behind the API's back", async () => {
    const id = policy(90);
    const { workspace_id } = (await bench.app("POST", "/v3/workspaces", { name: "w", policy_id: id })).body
      .data;
    const account = await makeAccount(bench, "a", { workspace_id });
    bench.simulator.addMessage({ grant: account.id, ageSeconds: 60 * DAY });
    bench.simulator.edit("policy", id, { limits: { limit_inbox_retention_period: 30 } });
    assert.equal(lost().length, 1);
  });
});
