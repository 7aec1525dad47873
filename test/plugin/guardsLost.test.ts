import assert from "node:assert/strict";
import { isNative } from "./host";
import { type Input } from "./stack";
import { account, done, lostMail, openWorld, policy, refused, succeeded, workspace, writesOf } from "./world";

const EMAIL = "bot@acme.nylas.email";
const LOST = `account ${EMAIL} (id `;

/** A new, empty mailbox under an old address looks like the old one: it is made with the user's word, and not before. */
describe("a mailbox that was deleted outside Pulumi", () => {
  const world = openWorld();

  const program = (edit: Record<string, Input> = {}) => [
    workspace("customer"),
    account("bot", { email: EMAIL, workspaceId: (of) => of("customer").id, ...edit }),
  ];
  const bot = () => world.stack.find("bot");
  const mailboxes = () => world.sim.state().grants.map(({ id }) => id);

  let id: string;
  beforeEach(async () => {
    succeeded(await world.stack.apply(program()));
    id = bot().id;
    world.sim.addMessage({ grant: id, subject: "an order" });
    world.sim.clearRequests();
  });
  /** Somebody deletes it, and a refresh sees that. */
  const lose = async () => {
    world.sim.remove("grant", id);
    succeeded(await world.stack.refresh());
    assert.equal(bot().outputs.status, "lost");
  };
  /** Nothing was made in its place and nothing forgotten. */
  const stillLost = () => {
    assert.deepEqual(mailboxes(), []);
    assert.equal(bot().id, id);
    assert.equal(bot().outputs.status, "lost");
    assert.deepEqual(writesOf(world.sim), []);
  };

  it("is refused with its id and every way on, in the preview too", async () => {
    await lose();
    const ways = [
      `${LOST}${id}) was deleted outside Pulumi`,
      "its mail is lost",
      "a new, empty mailbox",
      "allowMailLoss: true on the account",
      'adopt: "ID"',
      "out of the program",
      "pulumi refresh takes the mark away",
    ];
    refused(await world.stack.preview(program()), ...ways);
    refused(await world.stack.apply(program()), ...ways);
    stillLost();
  });

  it("finding 3: stops itself alone: what does not depend on it is done in the same up", async () => {
    await lose();
    const more = [...program(), policy("later")];
    refused(await world.stack.preview(more), LOST);
    const up = refused(await world.stack.apply(more, { continueOnError: true }), LOST);
    assert.deepEqual(done(up), ["create later"]);
    assert.deepEqual(writesOf(world.sim), ['POST /v3/policies {"name":"project/stack/later"}']);
    stillLost();
    assert.deepEqual(done(refused(await world.stack.apply(more, { continueOnError: true }), LOST)), []);
    stillLost();
  });

  it("that turns up again loses its mark at the next refresh, and everything is as it was", async () => {
    const { sim, stack } = world;
    const before = structuredClone(stack.state);
    sim.addFault({ method: "GET", path: `/v3/grants/${id}$`, kind: "status", status: 404, times: "always" });
    sim.addFault({ method: "GET", path: "/v3/grants$", kind: "status", status: 404, times: 1 });
    const first = await stack.refresh();
    assert.equal(first.errors.length, 1, "a list that is not there tells nothing");
    assert.deepEqual(stack.state, before);
    const listed = await stack.refresh();
    refused(listed, "and lists it all the same");
    assert.deepEqual(stack.state, before);

    sim.clearFaults();
    sim.addFault({ method: "GET", path: "^/v3/grants", kind: "otherApplication", times: "always" });
    succeeded(await stack.refresh());
    assert.equal(bot().outputs.status, "lost", "as far as anybody can tell");
    refused(await stack.apply(program()), LOST);

    sim.clearFaults();
    assert.deepEqual(done(succeeded(await stack.refresh())), ["drift bot"]);
    assert.deepEqual(stack.state, before);
    assert.deepEqual(done(succeeded(await stack.apply(program()))), []);
    assert.deepEqual(lostMail(sim), []);
  });

  it("that is there after all is not replaced by the word either", async () => {
    const { sim, stack } = world;
    sim.addFault({ method: "GET", path: "^/v3/grants", kind: "otherApplication", times: "always" });
    succeeded(await stack.refresh());
    sim.clearFaults();
    refused(await stack.apply(program({ allowMailLoss: true })), id, "exists already");
    assert.deepEqual(mailboxes(), [id]);
    // Nor does taking the line away, or a destroy, end it.
    refused(await stack.apply([workspace("customer")]), "its mailbox holds mail");
    refused(await stack.destroy(), "its mailbox holds mail");
    assert.deepEqual(mailboxes(), [id]);
    assert.deepEqual(lostMail(sim), []);
    succeeded(await stack.refresh());
    succeeded(await stack.apply(program()));
    assert.equal(bot().outputs.status, "valid");
  });

  it("that an update found gone goes on when it is there again", async () => {
    const { sim, stack } = world;
    sim.addFault({ method: "GET", path: "^/v3/grants", kind: "otherApplication", times: "always" });
    refused(await stack.apply(program({ displayName: "Bot" })), LOST);
    assert.equal(bot().outputs.status, "lost");
    sim.clearFaults();
    assert.deepEqual(done(succeeded(await stack.apply(program({ displayName: "Bot" })))), ["update bot"]);
    assert.equal(bot().outputs.status, "valid");
    assert.deepEqual(mailboxes(), [id]);
    assert.deepEqual(lostMail(sim), []);
  });

  it("is forgotten when the program no longer names it, and a destroy just works", async () => {
    const { stack } = world;
    await lose();
    const state = structuredClone(stack.state);
    succeeded(await stack.apply([workspace("customer")]));
    assert.deepEqual(
      stack.state.map(({ name }) => name),
      ["customer"],
    );
    stack.state = state;
    world.sim.reset();
    stack.state = [];
    succeeded(await stack.apply(program()));
    id = bot().id;
    await lose();
    succeeded(await stack.destroy());
    assert.deepEqual(stack.state, []);
  });

  it("that was made anew elsewhere is taken over by its id alone", async () => {
    const { sim, stack } = world;
    await lose();
    const other = sim.seed({ kind: "grant", email: EMAIL, workspaceId: stack.find("customer").id });
    sim.addMessage({ grant: other, subject: "a later order" });
    refused(await stack.apply(program({ adopt: true })), LOST);
    refused(await stack.apply(program({ adopt: id })), "is the very account that was deleted");
    refused(await stack.apply(program({ allowMailLoss: true })), other, "exists already");
    assert.deepEqual(done(succeeded(await stack.apply(program({ adopt: other })))), [
      "replace bot",
      "delete bot",
    ]);
    assert.equal(bot().id, other);
    assert.deepEqual(mailboxes(), [other]);
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(done(succeeded(await stack.apply(program()))), []);
    assert.deepEqual(
      lostMail(sim).filter((line) => line.startsWith("a later")),
      [],
    );
  });

  it("is asked for under another name (with its alias), another address and another workspace as well", async () => {
    const { sim, stack } = world;
    await lose();
    const edits = {
      alias: [workspace("customer"), account("robot", { email: EMAIL }, { aliases: ["bot"] })],
      address: program({ email: "other@acme.nylas.email" }),
      forced: program({ email: "other@acme.nylas.email", forceDestroy: true }),
      workspace: program({ workspaceId: undefined, displayName: "Bot" }),
    };
    for (const edit of Object.values(edits)) {
      refused(await stack.preview(edit), LOST);
      refused(await stack.apply(edit), LOST);
      stillLost();
    }
    const said = account(
      "robot",
      { email: "other@acme.nylas.email", allowMailLoss: true },
      { aliases: ["bot"] },
    );
    succeeded(await stack.apply([workspace("customer"), said]));
    assert.deepEqual(
      sim.state().grants.map(({ email }) => email),
      ["other@acme.nylas.email"],
    );
  });

  it("is asked for as long as the successor could not be made", async () => {
    const { sim, stack } = world;
    await lose();
    sim.addFault({ method: "POST", path: "/v3/connect/custom", kind: "status", status: 403 });
    refused(await stack.apply(program({ allowMailLoss: true })));
    assert.equal(bot().outputs.status, "lost");
    assert.deepEqual(mailboxes(), []);
    refused(await stack.apply(program()), LOST);
    succeeded(await stack.apply(program({ allowMailLoss: true })));
    assert.equal(mailboxes().length, 1);
    assert.equal(stack.state.length, 2);
  });

  it("is not taken for deleted by the key of another application, nor forgotten with it", async () => {
    const { sim, stack } = world;
    const before = structuredClone(stack.state);
    const right = world.config;
    const wrong = { ...right, "nylas:apiKey": sim.keys.secondApiKey };
    stack.config = wrong;
    assert.equal((await stack.refresh()).errors.length, 2);
    assert.deepEqual(stack.state, before);
    stack.config = right;
    await lose();
    const lost = structuredClone(stack.state);
    stack.config = wrong;
    assert.equal((await stack.refresh()).errors.length, 2);
    refused(await stack.destroy(), "application");
    refused(await stack.apply([workspace("customer")]), "application");
    assert.deepEqual(stack.state, lost);
  });

  it("costs the state nothing as long as there is none", async () => {
    const text = JSON.stringify(bot());
    assert.ok(!text.includes("lost"));
    await lose();
    assert.equal(bot().inputs.__lost, id);
  });

  it("that is only looked up is no entry to keep", async () => {
    const { sim } = world;
    sim.remove("grant", id);
    const plugin = await world.plugin();
    for (const known of [{}, { connection: undefined }]) {
      const found = plugin.read("AgentAccount", id, known);
      // The native plugin answers an import in the same way, with the next step.
      if (isNative) await assert.rejects(found, /does not exist/);
      else assert.equal((await found).id, "");
    }
  });
});
