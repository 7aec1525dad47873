import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import {
  changes,
  closeScenes,
  leftBehind,
  mailbox,
  openScene,
  recorded,
  refused,
  says,
  type Scene,
  succeeded,
  writesOf,
} from "./scene";

describe("a resource renamed or moved in the program", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  /** Names in the program, and options; what stands at Nylas never follows from them but for default names. */
  const program = (edit: { prefix?: string; parent?: string; options?: (name: string) => string } = {}) => {
    const { prefix = "", parent, options = () => "" } = edit;
    const named = (name: string) => {
      const given = [parent === undefined ? "" : "parent", options(name)].filter((each) => each !== "");
      return `{ ${given.join(", ")} }`;
    };
    return `
      class Group extends pulumi.ComponentResource {
        constructor(name: string) { super("test:index:Group", name); }
      }
      ${parent === undefined ? "" : `const parent = new Group(${JSON.stringify(parent)});`}
      const policy = new nylas.NylasPolicy("${prefix}policy", { name: "Outreach", limits: { dailySends: 50 } }, ${named("policy")});
      const a = new nylas.NylasWorkspace("${prefix}ws", { policyId: policy.id }, ${named("ws")});
      new nylas.NylasDefaultWorkspace("${prefix}rest", { policyId: policy.id }, ${named("rest")});
      new nylas.AgentAccount("${prefix}bot", { email: "bot@acme.nylas.email", displayName: "Acme bot", workspaceId: a.id }, ${named("bot")});
    `;
  };
  const ids = ({ stack }: Scene) =>
    Object.fromEntries(recorded(stack).map((entry) => entry.split(" ") as [string, string]));

  it("with an alias goes on as the same object, wherever it is moved, with mail and without", async () => {
    const scene = await openScene({ program: program() });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    const before = ids(scene);
    sim.addMessage({ grant: "bot@acme.nylas.email", subject: "keep me" });
    sim.clearRequests();

    declare(program({ prefix: "new-", options: (name) => `aliases: [{ name: "${name}" }]` }));
    const renamed = succeeded(await stack.up());
    assert.deepEqual(renamed.summary, { same: 4 });
    assert.equal(
      sim.state().workspaces.find(({ id }) => id === before["ws"])!.name,
      "project/test/ws",
      "a default name stays",
    );

    declare(
      program({
        prefix: "new-",
        parent: "group",
        options: () => `aliases: [{ parent: pulumi.rootStackResource }]`,
      }),
    );
    const moved = succeeded(await stack.up());
    assert.equal(moved.summary.same, 4, moved.text);

    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(
      ids(scene),
      Object.fromEntries(Object.entries(before).map(([name, id]) => [`new-${name}`, id])),
    );
    assert.deepEqual(mailbox(sim, "bot@acme.nylas.email"), { id: before["bot"], subjects: ["keep me"] });
    const again = succeeded(await stack.preview());
    assert.equal(again.summary.same, 5, again.text);
  });

  it("without an alias is taken over when it is provably its own, and the old entry is only let go", async () => {
    const scene = await openScene({ program: program() });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    const before = ids(scene);
    sim.clearRequests();

    // Into a component, under the same names: what has a default name or is empty is taken; a given name is not proof.
    declare(program({ parent: "group" }));
    const moved = refused(
      await stack.up("--continue-on-error"),
      'policy "Outreach"',
      "exists already and is not provably this resource's own",
      `aliases: [{ name: "its-old-name" }]`,
      `adopt: "${before["policy"]}"`,
    );
    assert.deepEqual(writesOf(sim), []);
    assert.ok(recorded(stack).includes(`policy ${before["policy"]}`), moved.text);

    declare(
      program({
        parent: "group",
        options: (name) => (name === "policy" ? "aliases: [{ parent: pulumi.rootStackResource }]" : ""),
      }),
    );
    const taken = succeeded(await stack.up());
    says(taken, "it is taken as it is", "another resource of this program holds it now");
    assert.deepEqual(writesOf(sim), [], "a take-over writes nothing");
    assert.deepEqual(ids(scene), before);
    assert.equal(recorded(stack).length, 4, "one entry each");

    const after = succeeded(await stack.up("--refresh"));
    assert.equal(after.summary.same, 5, after.text);
    assert.deepEqual(writesOf(sim), []);
    assert.equal(mailbox(sim, "bot@acme.nylas.email")!.id, before["bot"]);
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
  });

  it("without an alias and with mail in the mailbox fails, with the old entry and the mailbox kept", async () => {
    const scene = await openScene({ program: program() });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    const before = ids(scene);
    const mail = sim.addMessage({ grant: "bot@acme.nylas.email", subject: "keep me" });
    sim.clearRequests();
    const onlyTheAccount = program().replace('AgentAccount("bot"', 'AgentAccount("robot"');

    declare(onlyTheAccount);
    refused(
      await stack.up(),
      "account bot@acme.nylas.email",
      "is not provably this resource's own",
      `aliases: [{ name: "its-old-name" }]`,
    );
    assert.deepEqual(ids(scene), before, "the old entry is still in the state");

    const goneOn = refused(await stack.up("--continue-on-error"), "is not provably this resource's own");
    says(goneOn, /kept: its successor project\/test\/robot was not made in this run/);
    assert.ok(recorded(stack).includes(`bot ${before["bot"]}`), goneOn.text);
    assert.deepEqual(writesOf(sim), []);

    // Even with nothing in the mailbox the old entry stays when its successor could not be made.
    sim.remove("message", mail);
    const lost = sim.state().lostMail.length;
    sim.addFault({ method: "GET", path: "/messages$", kind: "status", status: 403, times: "always" });
    const kept = refused(await stack.up("--continue-on-error"));
    assert.ok(recorded(stack).includes(`bot ${before["bot"]}`), kept.text);
    assert.deepEqual(writesOf(sim), []);
    sim.clearFaults();

    succeeded(await stack.up());
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(ids(scene)["robot"], before["bot"]);
    assert.equal(mailbox(sim, "bot@acme.nylas.email")!.id, before["bot"]);
    assert.equal(sim.state().lostMail.length, lost);
  });

  it("in an up that is killed between the take-over and the delete costs nothing in the next up", async () => {
    const scene = await openScene({ program: program() });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    const before = ids(scene);

    // A slow neighbour holds the run open after the take-over; deletes come last.
    const slow = `\nnew nylas.NylasPolicy("slow", { limits: { dailySends: 1 } });`;
    declare(program().replace('AgentAccount("bot"', 'AgentAccount("robot"') + slow);
    sim.addFault({ method: "POST", path: "/v3/policies$", when: "after", kind: "delay", delayMs: 12_000 });
    const operation = await stack.start("up");
    // Not when it is said, but when it is written.
    const deadline = Date.now() + 10_000;
    while (!recorded(stack).includes(`robot ${before["bot"]}`) && Date.now() < deadline) await sleep(50);
    operation.kill();
    await operation.finished;
    assert.deepEqual(
      recorded(stack).filter((entry) => entry.endsWith(before["bot"]!)),
      [`bot ${before["bot"]}`, `robot ${before["bot"]}`],
      "both entries hold the mailbox",
    );

    succeeded(await stack.unlock());
    succeeded(await stack.refresh("--clear-pending-creates"));
    sim.clearRequests();
    const next = succeeded(await stack.up());
    says(next, "another resource of this program holds it now");
    assert.ok(!writesOf(sim).includes("DELETE /v3/grants/:id"));
    assert.equal(mailbox(sim, "bot@acme.nylas.email")?.id, before["bot"]);
    assert.equal(ids(scene)["robot"], before["bot"]);
    assert.equal(ids(scene)["bot"], undefined);
    assert.equal(sim.state().policies.filter(({ name }) => name === "project/test/slow").length, 1);
    assert.deepEqual(changes(succeeded(await stack.up())), []);
  });
});
