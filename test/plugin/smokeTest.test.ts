import assert from "node:assert/strict";
import { type Declared, type Input } from "./stack";
import { account, declare, done, openWorld, refused, succeeded, writesOf } from "./world";

const EMAIL = "bot@acme.nylas.email";

describe("a smoke test", () => {
  const world = openWorld();

  const program = (inputs: Record<string, Input> = {}, second = false): Declared[] => [
    account("bot", { email: EMAIL }),
    ...(second ? [account("more", { email: "more@acme.nylas.email" })] : []),
    declare("SmokeTest", "smoke", {
      accounts: [(of) => of("bot").id, ...(second ? [((of) => of("more").id) as Input] : [])],
      ...inputs,
    }),
  ];
  const sender: Input = (of) => of("bot").id;
  const block = (enabled: boolean): Declared[] => [
    declare("Rule", "block", {
      trigger: "outbound",
      conditions: [{ field: "from.address", is: EMAIL }],
      actions: ["block"],
      enabled,
    }),
  ];
  const mail = () =>
    world.sim
      .state()
      .messages.map(({ folder, subject }) => `${folder} ${subject.replace(/[0-9a-f]{12}$/, "…")}`);
  const listed = () => {
    const own = `/v3/grants/${world.stack.find("bot").id}/messages`;
    return world.sim.requests.filter(({ method, path }) => method === "GET" && path.split("?")[0] === own)
      .length;
  };

  it("lists the mailboxes once, and again when there is another one; a second up and a refresh run nothing", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program()));
    assert.equal(listed(), 1);
    assert.deepEqual(mail(), []);
    const { passedAt } = stack.find("smoke").outputs;
    assert.ok(Math.abs(Date.parse(String(passedAt)) - Date.now()) < 60_000, String(passedAt));

    sim.clearRequests();
    assert.deepEqual(done(succeeded(await stack.apply(program()))), []);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    assert.deepEqual([listed(), writesOf(sim)], [0, []]);

    assert.deepEqual(done(succeeded(await stack.apply(program({}, true)))), ["create more", "update smoke"]);
    assert.deepEqual(writesOf(sim).length, 1);
    assert.notEqual(stack.find("smoke").outputs.passedAt, undefined);
    succeeded(await stack.destroy());
  });

  it("sends a message from an account to itself and sees it arrive, once", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program({ sender })));
    assert.deepEqual(mail().sort(), ["inbox Smoke test …", "sent Smoke test …"]);
    sim.clearRequests();
    assert.deepEqual(done(succeeded(await stack.apply(program({ sender })))), []);
    assert.deepEqual(writesOf(sim), []);
  });

  const faults: [string, object][] = [
    ["the connection is dropped before", { kind: "reset" }],
    ["the answer is lost", { kind: "reset", when: "after" }],
    ["no answer comes", { kind: "timeout", when: "after" }],
    ["the answer is cut", { kind: "cut", when: "after" }],
    ["a proxy's page comes", { kind: "html" }],
    ["Nylas is busy", { kind: "status", status: 429, retryAfter: 1 }],
    ["Nylas answers 503", { kind: "status", status: 503 }],
    ["Nylas answers 500, and has sent it", { kind: "status", status: 500, when: "after" }],
  ];
  for (const [what, fault] of faults) {
    it(`sends one message where ${what}`, async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(program()));
      sim.addFault({ method: "POST", path: "/messages/send$", ...fault } as Parameters<
        typeof sim.addFault
      >[0]);
      succeeded(await stack.apply(program({ sender })));
      assert.deepEqual(mail().sort(), ["inbox Smoke test …", "sent Smoke test …"]);
      assert.deepEqual(done(succeeded(await stack.apply(program({ sender })))), []);
    });
  }

  it("waits for a message that Nylas has queued", async () => {
    const { sim, stack } = world;
    sim.configure({ sending: "queued", sendQueueMs: 150 });
    succeeded(await stack.apply(program({ sender })));
    assert.deepEqual(mail().sort(), ["inbox Smoke test …", "sent Smoke test …"]);
  });

  it("fails where the message does not arrive, says where to look, and runs again in the next up", async () => {
    const { sim, stack } = world;
    const bounce: Declared[] = [
      declare("Rule", "inbound", { conditions: [{ field: "from.address", is: EMAIL }], actions: ["block"] }),
      declare("Workspace", "home", { ruleIds: [(of) => of("inbound").id] }),
      account("bot", { email: EMAIL, workspaceId: (of) => of("home").id }),
    ];
    refused(
      await stack.apply([...bounce, ...program({ sender }).slice(1)]),
      /smoke .*bot@acme\.nylas\.email sent a message to itself \("Smoke test [0-9a-f]{12}"\), which has not arrived after 1\d\d s \(limit 120 s/,
      "MX record",
    );
    assert.deepEqual(mail(), ["sent Smoke test …"]);
    assert.equal(
      stack.state.some(({ name }) => name === "smoke"),
      false,
    );

    const open = bounce.map((each) => (each.name === "home" ? { ...each, inputs: {} } : each));
    succeeded(await stack.apply([...open, ...program({ sender }).slice(1)]));
    assert.deepEqual(sim.state().messages.filter(({ folder }) => folder === "inbox").length, 1);
  });

  it("says that a rule blocks what is sent, and sends nothing while sending is paused", async () => {
    const { sim, stack } = world;
    sim.configure({ outboundRules: "application" });
    refused(
      await stack.apply([...block(true), ...program({ sender })]),
      /Nylas answered 403/,
      "A rule for outgoing mail blocks it",
    );
    succeeded(await stack.apply([...block(true), ...program({ sender, paused: true })]));
    assert.deepEqual(mail(), []);
    // The pause alone is no reason to run it.
    sim.clearRequests();
    assert.deepEqual(
      done(succeeded(await stack.apply([...block(true), ...program({ sender })]))).filter((each) =>
        each.includes("smoke"),
      ),
      [],
    );
    assert.deepEqual(writesOf(sim), []);
  });

  it("says which mailbox Nylas does not know", async () => {
    const { stack } = world;
    refused(
      await stack.apply([
        declare("SmokeTest", "smoke", { accounts: ["11111111-2222-3333-4444-555555555555"] }),
      ]),
      "the mailbox of account 11111111-2222-3333-4444-555555555555 cannot be listed: Nylas knows no such account",
    );
  });

  it("refuses a list without an account, and what is no id", async () => {
    const { stack } = world;
    refused(
      await stack.apply([declare("SmokeTest", "smoke", { accounts: [] })]),
      /accounts: given \[\]; allowed: a list of at least one grant id/,
    );
    refused(
      await stack.apply([declare("SmokeTest", "smoke", { accounts: ["../x"] })]),
      /accounts\[0\]: given "\.\.\/x"/,
    );
  });
});
