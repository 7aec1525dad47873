import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { type Inputs, describeConformance } from "./conformance";
import { type Declared } from "./stack";
import { account, declare, done, eventually, openWorld, refused, succeeded, writesOf } from "./world";

const webhook = (name: string, inputs: Inputs, more?: Partial<Declared>) =>
  declare("Webhook", name, inputs, more);

/** An endpoint that answers Nylas' challenge, unless it is told to do something else. */
class Receiver {
  challenges = 0;
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  readonly #server: Server = createServer((request, response) => {
    const challenge = new URL(request.url ?? "", "http://localhost").searchParams.get("challenge");
    if (challenge !== null) this.challenges++;
    if (this.answer) return this.answer(request, response);
    response.writeHead(200, { "content-length": Buffer.byteLength(challenge ?? "") }).end(challenge ?? "");
  });

  constructor(readonly port: number) {}

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/nylas`;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.port, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

// The addresses stand in tables, which are made before any test runs.
const PORT = 20_000 + (process.pid % 20_000);
const receiver = new Receiver(PORT);
const URL_ = `http://127.0.0.1:${PORT}/nylas`;
const OTHER = `http://127.0.0.1:${PORT}/other`;
before(() => receiver.start());
after(() => receiver.stop());
beforeEach(() => {
  receiver.answer = undefined;
  receiver.challenges = 0;
});

const put = (text: string) => [`PUT /v3/webhooks/:id {${text}}`];

describeConformance({
  type: "Webhook",
  declare: webhook,
  least: { url: URL_, triggers: ["message.created"], name: "Subject" },
  whole: {
    url: URL_,
    triggers: ["message.created", "message.bounced"],
    name: "Subject",
    notificationEmails: ["ops@example.com"],
    compressed: true,
    paused: false,
    rotateWhenChanged: { quarter: "1" },
  },
  created: [
    `POST /v3/webhooks {"webhook_url":"${URL_}","trigger_types":["message.created","message.bounced"],"description":"Subject",` +
      '"notification_email_addresses":["ops@example.com"],"compressed_delivery":true}',
  ],
  edits: [
    [{ url: OTHER }, put(`"webhook_url":"${OTHER}"`)],
    [{ triggers: ["message.created"] }, put('"trigger_types":["message.created"]')],
    [{ triggers: ["message.bounced", "message.created", "message.created"] }, []],
    [{ name: "Renamed" }, put('"description":"Renamed"')],
    [
      { notificationEmails: ["a@example.com", "b@example.com"] },
      put('"notification_email_addresses":["a@example.com","b@example.com"]'),
    ],
    [{ compressed: false }, put('"compressed_delivery":false')],
    [{ compressed: undefined }, put('"compressed_delivery":false')],
    [{ paused: true }, put('"status":"pause"')],
    [{ rotateWhenChanged: { quarter: "2" } }, ["POST /v3/webhooks/rotate-secret/:id {}"]],
    [{ rotateWhenChanged: undefined }, []],
  ],
  drift: {
    by: ({ sim }, id) => sim.edit("webhook", id, { status: "pause", trigger_types: ["grant.created"] }),
    writes: put('"trigger_types":["message.created","message.bounced"],"status":"active"'),
  },
  remove: ({ sim }, id) => sim.remove("webhook", id),
  seed: ({ sim }, differs) =>
    sim.seed({
      kind: "webhook",
      url: URL_,
      triggers: ["message.created"],
      description: differs ? "Other" : "Subject",
    }),
  differing: { inputs: { name: "Subject" }, said: 'name: there "Other", declared "Subject"' },
  bad: [
    [{ url: undefined }, "url"],
    [{ url: "agents.example.com/nylas" }, "url"],
    [{ url: "http://agents.example.com/nylas" }, "url"],
    // The engine would print the whole value of a property that is named.
    [{ url: "https://user:secret@agents.example.com" }, ""],
    [{ url: "https://abc.ngrok.io/hook" }, "url"],
    [{ url: "https://abc.ngrok-free.app/hook" }, "url"],
    [{ triggers: undefined }, "triggers"],
    [{ triggers: [] }, "triggers"],
    [{ triggers: "message.created" }, "triggers"],
    [{ triggers: ["message.created", "message.create"] }, "triggers[1]"],
    [{ triggers: ["message.created.truncated"] }, "triggers[0]"],
    [{ name: "" }, "name"],
    [{ notificationEmails: [] }, "notificationEmails"],
    [{ notificationEmails: ["ops"] }, "notificationEmails[0]"],
    [{ compressed: "gzip" }, "compressed"],
    [{ paused: 1 }, "paused"],
    [{ rotateWhenChanged: "q1" }, "rotateWhenChanged"],
    [{ timeoutSeconds: 0 }, "timeoutSeconds"],
    [{ secret: "mine" }, ""],
  ],
});

describe("a Webhook", () => {
  const world = openWorld({ env: { NYLAS_TEST_TIME_SCALE: "0.01" } });
  const DECLARED = { url: URL_, triggers: ["message.created"] };

  it("keeps its secret, which a refresh, an update and a second run leave as it is", async () => {
    const { stack } = world;
    succeeded(await stack.apply([webhook("hook", DECLARED)]));
    const { secret } = stack.find("hook").outputs;
    assert.match(String(secret), /\S{16,}/);
    succeeded(await stack.refresh());
    succeeded(await stack.apply([webhook("hook", { ...DECLARED, compressed: true })]));
    assert.equal(stack.find("hook").outputs.secret, secret);
  });

  it("gets another secret when rotateWhenChanged changes, said beforehand, and only then", async () => {
    const { stack } = world;
    succeeded(await stack.apply([webhook("hook", { ...DECLARED, rotateWhenChanged: { quarter: "1" } })]));
    const { secret } = stack.find("hook").outputs;
    const program = [webhook("hook", { ...DECLARED, rotateWhenChanged: { quarter: "2" } })];
    assert.match((await stack.preview(program)).warnings.join(), /secret of webhook .* is rotated/);
    succeeded(await stack.apply(program));
    const { secret: rotated } = stack.find("hook").outputs;
    assert.notEqual(rotated, secret);
    assert.deepEqual(done(succeeded(await stack.apply(program))), []);
    assert.equal(stack.find("hook").outputs.secret, rotated);
  });

  it("signs what it sends with the very secret that the state holds, after a rotation too", async () => {
    const { stack } = world;
    const signed: { body: Buffer; signature: string }[] = [];
    const listening = () => {
      receiver.answer = (request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          signed.push({
            body: Buffer.concat(chunks),
            signature: String(request.headers["x-nylas-signature"]),
          });
          response.end();
        });
      };
    };
    for (const quarter of ["1", "2"]) {
      receiver.answer = undefined;
      const hook = webhook("hook", {
        url: URL_,
        triggers: ["grant.created"],
        rotateWhenChanged: { quarter },
      });
      succeeded(await stack.apply([hook]));
      listening();
      succeeded(
        await stack.apply([
          hook,
          account("bot", { email: `q${quarter}@acme.nylas.email`, forceDestroy: true }),
        ]),
      );
      await eventually(() => signed.length > 0);
      const { body, signature } = signed.pop()!;
      const { secret } = stack.find("hook").outputs;
      assert.equal(signature, createHmac("sha256", String(secret)).update(body).digest("hex"));
      succeeded(await stack.apply([hook]));
    }
  });

  it("waits for an endpoint that comes up while it is made", async () => {
    const { stack, sim } = world;
    receiver.answer = (_request, response) => {
      if (receiver.challenges >= 3) receiver.answer = undefined;
      response.writeHead(503).end();
    };
    succeeded(await stack.apply([webhook("hook", DECLARED)]));
    assert.equal(receiver.challenges, 4);
    assert.equal(sim.state().webhooks.length, 1);
  });

  it("whose endpoint does not come up ends in the time it was given, and says what is expected of it", async () => {
    const { stack, sim } = world;
    receiver.answer = (_request, response) => response.writeHead(404).end();
    const report = await stack.apply([webhook("hook", { ...DECLARED, timeoutSeconds: 20 })]);
    refused(
      report,
      "status is not ok, got 404",
      "tried for 20 seconds",
      "the token alone as its whole body",
      "customTimeouts",
    );
    assert.ok(receiver.challenges >= 3 && receiver.challenges <= 6, String(receiver.challenges));
    assert.deepEqual(sim.state().webhooks, []);
    assert.deepEqual(stack.state, []);
  });

  it("that starts paused is made and paused; going on asks the endpoint again", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([webhook("hook", { ...DECLARED, paused: true })]));
    assert.equal(sim.state().webhooks[0]?.status, "pause");
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    receiver.challenges = 0;
    succeeded(await stack.apply([webhook("hook", DECLARED)]));
    assert.equal(sim.state().webhooks[0]?.status, "active");
    assert.equal(receiver.challenges, 1);
  });

  it("that Nylas gave up on is set going again by the next run, and one that fails now and then is left alone", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([webhook("hook", DECLARED)]));
    const { id } = stack.find("hook");
    sim.edit("webhook", id, { status: "failing" });
    succeeded(await stack.refresh());
    assert.deepEqual(done(succeeded(await stack.apply([webhook("hook", DECLARED)]))), []);
    sim.edit("webhook", id, { status: "failed" });
    succeeded(await stack.refresh());
    writesOf(sim);
    assert.deepEqual(done(succeeded(await stack.apply([webhook("hook", DECLARED)]))), ["update hook"]);
    assert.deepEqual(writesOf(sim), put('"status":"active"'));
    assert.equal(stack.find("hook").outputs.status, "active");
  });

  it("whose answer was lost after the create is found, and gets a secret that somebody knows", async () => {
    const { stack, sim } = world;
    sim.addFault({ path: "^/v3/webhooks$", method: "POST", kind: "reset", when: "after" });
    succeeded(await stack.apply([webhook("hook", DECLARED)]));
    assert.equal(sim.state().webhooks.length, 1);
    assert.match(String(stack.find("hook").outputs.secret), /\S{16,}/);
    assert.ok(writesOf(sim).includes("POST /v3/webhooks/rotate-secret/:id {}"));
  });

  it("whose answer was lost is found by a list that lags, and is the only one", async () => {
    const { stack, sim } = world;
    // The look of the life cycle, the one before the create, and two after it.
    sim.addFault({ path: "^/v3/webhooks$", method: "GET", kind: "stale", times: 4 });
    sim.addFault({ path: "^/v3/webhooks$", method: "POST", kind: "reset", when: "after" });
    succeeded(await stack.apply([webhook("hook", DECLARED)]));
    assert.deepEqual(
      sim.state().webhooks.map(({ id }) => id),
      [stack.find("hook").id],
    );
    assert.match(String(stack.find("hook").outputs.secret), /\S{16,}/);
    assert.ok(writesOf(sim).includes("POST /v3/webhooks/rotate-secret/:id {}"));
  });

  it("whose answer was lost, and whose secret is not to be had then, is recorded all the same and gone on with", async () => {
    const { stack, sim } = world;
    const paused = { ...DECLARED, paused: true };
    sim.addFault({ path: "^/v3/webhooks$", method: "POST", kind: "reset", when: "after" });
    sim.addFault({ path: "rotate-secret", kind: "html", status: 404 });
    refused(
      await stack.apply([webhook("hook", paused)]),
      "exists, but its secret was lost",
      "Change rotateWhenChanged to get one",
    );
    assert.equal(sim.state().webhooks[0]!.id, stack.find("hook").id);
    const going = [webhook("hook", { ...paused, rotateWhenChanged: { first: "time" } })];
    succeeded(await stack.apply(going));
    assert.deepEqual(
      sim.state().webhooks.map(({ status }) => status),
      ["pause"],
    );
    assert.match(String(stack.find("hook").outputs.secret), /\S{16,}/);
    assert.deepEqual(done(succeeded(await stack.apply(going))), []);
  });

  it("that was taken over has no secret until it is rotated", async () => {
    const { stack, sim } = world;
    sim.seed({ kind: "webhook", url: URL_, triggers: ["message.created"], description: "Events" });
    const adopted = { ...DECLARED, name: "Events", adopt: true };
    succeeded(await stack.apply([webhook("hook", adopted)]));
    assert.equal(stack.find("hook").outputs.secret, undefined);
    assert.deepEqual(writesOf(sim), []);
    succeeded(await stack.apply([webhook("hook", { ...adopted, rotateWhenChanged: { first: "time" } })]));
    assert.match(String(stack.find("hook").outputs.secret), /\S{16,}/);
  });

  it("cannot lose its notification addresses: the API ignores an empty list", async () => {
    const { stack } = world;
    succeeded(await stack.apply([webhook("hook", { ...DECLARED, notificationEmails: ["a@example.com"] })]));
    refused(
      await stack.preview([webhook("hook", DECLARED)]),
      "notificationEmails",
      "cannot be emptied again",
    );
  });

  it("with another application's key is not taken for gone", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([webhook("hook", DECLARED)]));
    stack.config = { ...world.config, "nylas:apiKey": sim.keys.secondApiKey };
    const report = await stack.refresh();
    assert.match(report.errors[0]?.message ?? "", /this state is of application/);
    assert.equal(stack.state.length, 1);
  });
});
