import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { makeAccount, startBench, type Bench, type Wire } from "./client";
import { startReceiver, type Received, type Receiver } from "../../receiver";

describe("simulator: webhooks", () => {
  let bench: Bench;
  let receiver: Receiver;
  beforeEach(async () => {
    [bench, receiver] = await Promise.all([startBench(), startReceiver()]);
  });
  afterEach(() => Promise.all([bench.simulator.close(), receiver.close()]));

  const create = (more: object = {}): Promise<Wire> =>
    bench.app("POST", "/v3/webhooks", {
      webhook_url: receiver.url,
      trigger_types: ["message.created"],
      ...more,
    });
  const make = async (more: object = {}): Promise<{ id: string; webhook_secret: string }> => {
    const { status, body } = await create(more);
    assert.equal(status, 200, JSON.stringify(body));
    return body.data;
  };
  const put = (id: string, body: object) => bench.app("PUT", `/v3/webhooks/${id}`, body);
  const deliveries = (): Received[] => receiver.received.filter((r) => r.method === "POST");
  const refusal = ({ status, body }: Wire): [number, string, string] => [
    status,
    body.error.type,
    body.error.message,
  ];

  it("asks the endpoint for its challenge before it creates, and states the secret in that answer only", async () => {
    const made = await make({ description: "mail" });
    const [challenge] = receiver.received;
    assert.deepEqual([receiver.received.length, challenge!.method], [1, "GET"]);
    assert.ok(challenge!.url.searchParams.get("challenge")!.length > 10);
    assert.ok(bench.simulator.checkWebhookSecret(made.id, made.webhook_secret));
    const found = (await bench.app("GET", `/v3/webhooks/${made.id}`)).body.data;
    assert.deepEqual([found.status, found.description], ["active", "mail"]);
    assert.ok(!("compressed_delivery" in found), "one webhook does not show it, and the list does");
    assert.ok(found.created_at > 0 && found.updated_at > 0 && found.status_updated_at > 0);
    const [listed] = (await bench.app("GET", "/v3/webhooks")).body.data;
    assert.equal(listed.compressed_delivery, false);
    assert.ok(!("webhook_secret" in found) && !("webhook_secret" in listed) && !("created_at" in listed));
    assert.ok(!JSON.stringify(bench.simulator.state()).includes(made.webhook_secret));
  });

  it("shows no times in the answers of create and rotation, and in the rotation's no compression either", async () => {
    const made = await make();
    const shown = [
      "description",
      "id",
      "notification_email_addresses",
      "status",
      "trigger_types",
      "webhook_secret",
    ];
    assert.deepEqual(Object.keys(made).sort(), [...shown, "compressed_delivery", "webhook_url"].sort());
    const { body } = await bench.app("POST", `/v3/webhooks/rotate-secret/${made.id}`);
    assert.deepEqual(Object.keys(body.data as object).sort(), [...shown, "webhook_url"].sort());
    const { data } = (await put(made.id, { description: "x" })).body;
    assert.ok(data.updated_at > 0 && data.compressed_delivery === false, "an update shows both");
  });

  it("refuses with 400/70005 an endpoint that does not give the challenge back as it is", async () => {
    const answers: [RegExp, Receiver["answer"]][] = [
      [/status is not ok, got 404/, (_r, response) => response.writeHead(404).end()],
      [/status is not ok, got 302/, (_r, response) => response.writeHead(302, { location: "/" }).end()],
      [/not the challenge/, (_r, response) => response.writeHead(200, { "content-length": 2 }).end("ok")],
      [
        /not the challenge/,
        (r, response) => {
          const text = JSON.stringify(r.url.searchParams.get("challenge"));
          response.writeHead(200, { "content-length": text.length }).end(text);
        },
      ],
      [
        /chunked/,
        (r, response) => {
          response.write(r.url.searchParams.get("challenge"));
          response.end();
        },
      ],
      [/no answer within 100 ms/, () => undefined],
    ];
    bench.simulator.configure({ webhookTimeoutMs: 100 });
    for (const [why, answer] of answers) {
      receiver.answer = answer;
      const [status, type, message] = refusal(await create());
      assert.deepEqual([status, type], [400, "70005"]);
      assert.match(message, /^unable\.verify\.webhook_url : /);
      assert.match(message, why);
    }
    assert.deepEqual(bench.simulator.state().webhooks, []);
  });

  it("refuses addresses it cannot take, and never calls beyond this machine", async () => {
    const urls = [
      "",
      "nonsense",
      "http://hooks.example.com/",
      "https://abc.ngrok-free.app/",
      "https://hooks.example.com/",
    ];
    for (const webhook_url of urls) assert.equal((await create({ webhook_url })).body.error.type, "70005");
    bench.simulator.configure({ publicWebhooks: "assume" });
    assert.equal((await create({ webhook_url: "https://hooks.example.com/" })).status, 200);
    bench.simulator.configure({ httpWebhooks: false });
    assert.match((await create()).body.error.message, /url must be https/);
    assert.deepEqual(receiver.received, []);
  });

  it("refuses triggers it does not know", async () => {
    for (const trigger_types of [[], ["message.created.truncated"], ["mail"], "message.created", undefined]) {
      assert.equal((await create({ trigger_types })).status, 400);
    }
  });

  it("answers 400/70000, not 404, for a webhook that is not there", async () => {
    const { id } = await make();
    assert.deepEqual((await bench.app("DELETE", `/v3/webhooks/${id}`)).body.data, { status: "success" });
    for (const answer of [
      await bench.app("GET", `/v3/webhooks/${id}`),
      await put(id, { description: "x" }),
      await bench.app("DELETE", `/v3/webhooks/${id}`),
      await bench.app("POST", `/v3/webhooks/rotate-secret/${id}`),
    ]) {
      assert.deepEqual(refusal(answer), [400, "70000", "destination.id.not.found : record not found"]);
    }
  });

  it("clears what a PUT leaves empty under webhookEmptyValues", async () => {
    const { id } = await make({ description: "d" });
    bench.simulator.configure({ webhookEmptyValues: "cleared" });
    assert.equal((await put(id, { description: "" })).body.data.description, "");
  });

  it("ignores what a PUT leaves empty, and replaces the rest", async () => {
    const notification_email_addresses = ["ops@example.com"];
    const { id } = await make({ description: "d", notification_email_addresses });
    const kept = (
      await put(id, { description: "", notification_email_addresses: [], trigger_types: [], webhook_url: "" })
    ).body.data;
    assert.deepEqual(
      [kept.description, kept.notification_email_addresses, kept.trigger_types, kept.webhook_url],
      ["d", notification_email_addresses, ["message.created"], receiver.url],
    );
    const changed = (await put(id, { trigger_types: ["grant.created"], compressed_delivery: true })).body
      .data;
    assert.deepEqual([changed.trigger_types, changed.compressed_delivery], [["grant.created"], true]);
    assert.equal((await put(id, { status: "inactive" })).status, 400);
  });

  it("delivers nothing while paused, and wants a new challenge to become active again", async () => {
    const { id } = await make();
    const account = await makeAccount(bench, "a");
    assert.equal((await put(id, { status: "pause" })).body.data.status, "pause");
    bench.simulator.addMessage({ grant: account.id });
    const good = receiver.answer;
    receiver.answer = (_r, response) => response.writeHead(500).end();
    assert.equal((await put(id, { status: "active" })).body.error.type, "70005");
    receiver.answer = good;
    assert.equal((await put(id, { status: "active" })).body.data.status, "active");
    await bench.simulator.settled();
    assert.deepEqual(deliveries(), []);
    bench.simulator.edit("webhook", id, { status: "failed" });
    assert.equal((await put(id, { status: "active" })).body.data.status, "active");
  });

  it("delivers a message signed over its raw body, to the webhooks of its application that asked for it", async () => {
    const { id, webhook_secret } = await make();
    await make({ trigger_types: ["grant.deleted"] });
    const account = await makeAccount(bench, "a");
    const message = bench.simulator.addMessage({ grant: account.id, subject: "Grüße" });
    await bench.simulator.settled();
    const [delivery, ...more] = deliveries();
    assert.deepEqual(more, []);
    const signature = createHmac("sha256", webhook_secret).update(delivery!.body).digest("hex");
    assert.equal(delivery!.headers["x-nylas-signature"], signature);
    const event = JSON.parse(delivery!.body.toString("utf8"));
    assert.deepEqual(
      [event.specversion, event.type, event.webhook_delivery_attempt, event.data.application_id],
      ["1.0", "message.created", 1, bench.simulator.ids.application],
    );
    assert.deepEqual(
      [event.data.object.id, event.data.object.grant_id, event.data.object.subject],
      [message, account.id, "Grüße"],
    );
    const [record] = bench.simulator.state().webhookDeliveries;
    assert.deepEqual([record!.webhookId, record!.attempts, record!.delivered], [id, [200], true]);
  });

  it("signs the compressed bytes where delivery is compressed", async () => {
    const { webhook_secret } = await make({ compressed_delivery: true });
    bench.simulator.addMessage({ grant: (await makeAccount(bench, "a")).id, subject: "small" });
    await bench.simulator.settled();
    const [{ headers, body } = assert.fail("no delivery")] = deliveries();
    assert.equal(headers["content-encoding"], "gzip");
    assert.equal(
      headers["x-nylas-signature"],
      createHmac("sha256", webhook_secret).update(body).digest("hex"),
    );
    assert.equal(JSON.parse(gunzipSync(body).toString("utf8")).data.object.subject, "small");
  });

  it("tries three times on 503, and once on 500", async () => {
    await make();
    const { id: grant } = await makeAccount(bench, "a");
    for (const status of [503, 500]) {
      receiver.answer = (_r, response) => response.writeHead(status).end();
      bench.simulator.addMessage({ grant });
      await bench.simulator.settled();
    }
    const attempts = deliveries().map((d) => JSON.parse(d.body.toString("utf8")).webhook_delivery_attempt);
    assert.deepEqual(attempts, [1, 2, 3, 1]);
    assert.deepEqual(
      bench.simulator.state().webhookDeliveries.map((d) => [d.attempts, d.delivered]),
      [
        [[503, 503, 503], false],
        [[500], false],
      ],
    );
  });

  it("kills the old secret when it makes a new one", async () => {
    const { id, webhook_secret: old } = await make();
    const { body } = await bench.app("POST", `/v3/webhooks/rotate-secret/${id}`);
    const fresh = body.data.webhook_secret;
    assert.notEqual(fresh, old);
    assert.deepEqual(
      [old, fresh].map((s) => bench.simulator.checkWebhookSecret(id, s)),
      [false, true],
    );
  });

  it("hears of accounts that come, change and go, with their provider", async () => {
    await make({ trigger_types: ["grant.created", "grant.updated", "grant.deleted"] });
    const { id } = await makeAccount(bench, "a");
    await bench.app("PATCH", `/v3/grants/${id}`, { name: "A" });
    await bench.app("DELETE", `/v3/grants/${id}`);
    await bench.simulator.settled();
    const events = deliveries().map((d) => JSON.parse(d.body.toString("utf8")));
    assert.deepEqual(events.map((e) => e.type).sort(), ["grant.created", "grant.deleted", "grant.updated"]);
    assert.deepEqual(
      events.map((e) => [e.data.object.grant_id, e.data.object.provider]),
      [id, id, id].map((grant) => [grant, "nylas"]),
    );
  });

  it("sends a test event signed with the mock secret, and shows a mock payload", async () => {
    const body = { trigger_type: "message.created", webhook_url: receiver.url };
    assert.equal((await bench.app("POST", "/v3/webhooks/send-test-event", body)).status, 200);
    const [test] = deliveries();
    const signature = createHmac("sha256", "mock-webhook-secret").update(test!.body).digest("hex");
    assert.equal(test!.headers["x-nylas-signature"], signature);
    const mock = await bench.app("POST", "/v3/webhooks/mock-payload", { trigger_type: "grant.created" });
    assert.equal(mock.body.data.type, "grant.created");
    assert.deepEqual((await bench.app("GET", "/v3/webhooks/ip-addresses")).body.data.ip_addresses, [
      "127.0.0.1",
    ]);
  });
});
