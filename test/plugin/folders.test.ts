import assert from "node:assert/strict";
import { type Inputs } from "./conformance";
import { account, declare, done, openWorld, refused, succeeded, writesOf } from "./world";

const EMAIL = "bot@acme.nylas.email";

describe("the folders of an AgentAccount", () => {
  const world = openWorld();
  const bot = (inputs: Inputs = {}) => account("bot", { email: EMAIL, ...inputs });
  const there = () =>
    world.sim
      .state()
      .folders.map(({ name }) => name)
      .sort();

  it("are made with the account, added one by one, and taken away again", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([bot({ folders: ["Clients/Acme", "Receipts"] })]));
    assert.deepEqual(there(), ["Clients/Acme", "Receipts"]);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    writesOf(sim);
    assert.deepEqual(
      done(succeeded(await stack.apply([bot({ folders: ["Receipts", "Clients/Acme"] })]))),
      [],
    );
    succeeded(await stack.apply([bot({ folders: ["Receipts", "Clients/Beta"] })]));
    assert.deepEqual(there(), ["Clients/Beta", "Receipts"]);
    assert.deepEqual(writesOf(sim), [
      'POST /v3/grants/:id/folders {"name":"Clients/Beta"}',
      "DELETE /v3/grants/:id/folders/:id",
    ]);
    succeeded(await stack.apply([bot()]));
    assert.deepEqual(there(), []);
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
  });

  it("that hold mail stay when they are taken out of the list, with a warning, and no mail is lost", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([bot({ folders: ["Receipts"] })]));
    sim.addMessage({ grant: EMAIL, subject: "invoice", folder: "Receipts" });
    const report = succeeded(await stack.apply([bot()]));
    assert.match(report.warnings.join(), /folder "Receipts" of .* stays: there is mail in it/);
    assert.deepEqual(there(), ["Receipts"]);
    assert.deepEqual(sim.state().lostMail, []);
    assert.deepEqual(done(succeeded(await stack.apply([bot()]))), []);
  });

  it("that somebody deleted are found missing by a refresh and made again; those of others are left alone", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([bot({ folders: ["Receipts"] })]));
    sim.seed({ kind: "folder", grant: EMAIL, name: "Theirs" });
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    const mine = sim.state().folders.find(({ name }) => name === "Receipts")!;
    sim.remove("folder", mine.id);
    assert.deepEqual(done(succeeded(await stack.refresh())), ["drift bot"]);
    assert.deepEqual(done(succeeded(await stack.apply([bot({ folders: ["Receipts"] })]))), ["update bot"]);
    assert.deepEqual(there(), ["Receipts", "Theirs"]);
  });

  it("that could not be made leave the account in the state, and the next run goes on", async () => {
    const { stack, sim } = world;
    sim.addFault({ path: "/folders$", method: "POST", kind: "status", status: 400 });
    refused(
      await stack.apply([bot({ folders: ["Receipts"] })]),
      "exists, but its folders are not all in place",
    );
    const { id } = stack.find("bot");
    succeeded(await stack.apply([bot({ folders: ["Receipts"] })]));
    assert.equal(stack.find("bot").id, id);
    assert.deepEqual(there(), ["Receipts"]);
  });

  it("whose answer was lost are not made twice", async () => {
    const { stack, sim } = world;
    sim.addFault({ path: "/folders$", method: "POST", kind: "reset", when: "after" });
    succeeded(await stack.apply([bot({ folders: ["Receipts"] })]));
    assert.deepEqual(there(), ["Receipts"]);
  });

  it("that no program names cost no request beside the look for a mailbox that no list shows", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([bot()]));
    succeeded(await stack.refresh());
    const asked = sim.requests.filter(({ path }) => path.endsWith("/folders"));
    assert.deepEqual(
      asked.map(({ path }) => decodeURIComponent(path)),
      [`/v3/grants/${EMAIL}/folders`],
    );
  });

  it("take the mail that a rule assigns to them", async () => {
    const { stack, sim } = world;
    succeeded(
      await stack.apply([
        declare("Rule", "sort", {
          conditions: [{ field: "from.domain", is: "shop.example" }],
          actions: ["markAsRead", { assignToFolder: "Receipts" }],
        }),
        declare("Workspace", "shop", { ruleIds: [(of) => of("sort").id] }),
        bot({ folders: ["Receipts"], workspaceId: (of) => of("shop").id }),
      ]),
    );
    sim.receive({ grant: EMAIL, from: "orders@shop.example", subject: "invoice" });
    assert.deepEqual(
      sim.state().messages.map(({ subject, folder }) => [subject, folder]),
      [["invoice", "Receipts"]],
    );
  });

  for (const [what, folders, property] of [
    ["a folder every mailbox has", ["Receipts", "inbox"], "folders[1]"],
    ["an empty name", [""], "folders[0]"],
    ["a slash at an end", ["/Clients"], "folders[0]"],
    ["two slashes", ["Clients//Acme"], "folders[0]"],
    ["a line break", ["Clients\nAcme"], "folders[0]"],
    ["no list", "Receipts", "folders"],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      const plugin = await world.plugin();
      const { failures } = await plugin.check("AgentAccount", {}, { email: EMAIL, folders });
      assert.deepEqual(
        failures.map((failure) => failure.property),
        [property],
      );
      assert.match(failures[0]!.reason, /allowed: .*for example/);
    });
  }
});
