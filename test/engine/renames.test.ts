import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { readPreview } from "../../provider/review/preview";
import { report } from "../../provider/review/report";
import { itInLongRun } from "./longRun";
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

  itInLongRun(
    "with an alias goes on as the same object, wherever it is moved, with mail and without",
    async () => {
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
    },
  );

  itInLongRun(
    "without an alias is refused, whatever it is named; with the word it is taken over, and the old entry is only let go",
    async () => {
      const scene = await openScene({ program: program() });
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      const before = ids(scene);
      sim.clearRequests();

      // Into a component, under the same names: a default name and an empty mailbox are no proof.
      declare(program({ parent: "group" }));
      const moved = refused(
        await stack.up("--continue-on-error"),
        'policy "Outreach"',
        "exists already and is not provably this resource's own",
        `aliases: [{ name: "its-old-name" }]`,
        `adopt: "${before["policy"]}"`,
      );
      assert.deepEqual(writesOf(sim), []);
      assert.deepEqual(ids(scene), before, moved.text);

      declare(program({ parent: "group" }).replace(/(new nylas\.\w+\("[^"]+", \{)/g, "$1 adopt: true,"));
      const taken = succeeded(await stack.up());
      says(taken, "is taken over as it is", "another resource of this program holds it now");
      assert.deepEqual(writesOf(sim), [], "a take-over writes nothing");
      assert.deepEqual(ids(scene), before);
      assert.equal(recorded(stack).length, 4, "one entry each");

      const after = succeeded(await stack.up("--refresh"));
      assert.equal(after.summary.same, 5, after.text);
      assert.deepEqual(writesOf(sim), []);
      assert.equal(mailbox(sim, "bot@acme.nylas.email")!.id, before["bot"]);
      succeeded(await stack.destroy());
      assert.deepEqual(leftBehind(sim), []);
    },
  );

  it("21: the aliases that the refusal prints are the ones that work, for a rename and for moves in and out", async () => {
    const scene = await openScene({ program: program() });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    const before = ids(scene);
    sim.addMessage({ grant: "bot@acme.nylas.email", subject: "keep me" });
    sim.clearRequests();
    /** The alias of a line of the message, as it is printed. */
    const printed = (text: string, way: string) => {
      const line = text.split("\n").find((each) => each.includes(`- ${way}: `));
      const alias = /\{ (aliases: \[.*\]) \}/.exec(line ?? "")?.[1];
      assert.ok(alias, text);
      return alias;
    };
    const applied = async (edit: Parameters<typeof program>[0]) => {
      declare(program(edit));
      const { summary, text } = succeeded(await stack.up());
      assert.ok(summary.same! >= 4, text);
      assert.deepEqual(writesOf(sim), []);
      assert.deepEqual(Object.values(ids(scene)).sort(), Object.values(before).sort());
      assert.deepEqual(mailbox(sim, "bot@acme.nylas.email"), { id: before["bot"], subjects: ["keep me"] });
      assert.deepEqual(succeeded(await stack.preview()).summary, { same: edit?.parent ? 5 : 4 });
    };
    const account = (text: string) => text.slice(text.indexOf("account bot@acme.nylas.email (id"));

    // Into a component. The default name of the workspace is the resource's own, so nothing was renamed.
    declare(program({ parent: "group" }));
    const moved = refused(await stack.up("--continue-on-error"), "exists already and is not provably");
    const ofWorkspace = moved.text.slice(moved.text.indexOf('workspace "project/test/ws"'));
    assert.doesNotMatch(ofWorkspace.slice(0, ofWorkspace.indexOf("take it over")), /- renamed:/);
    const inside = printed(account(moved.text), "moved into a component");
    await applied({ parent: "group", options: () => inside });

    // Out of it again: the URN is the only thing to fill in.
    declare(program());
    const out = refused(await stack.up("--continue-on-error"), "exists already and is not provably");
    const outside = printed(account(out.text), "moved out of a component");
    const urn = "urn:pulumi:test::project::test:index:Group::group";
    await applied({ options: () => outside.replace("URN of the component", urn) });

    // Renamed, in a preview that looks at the state.
    declare(program({ prefix: "new-" }));
    const warned = await stack.preview("--refresh");
    says(
      warned,
      "account bot@acme.nylas.email: the state has an entry for it",
      'policy "Outreach": the state has an entry for it',
    );
    const renamed = printed(
      warned.text.slice(warned.text.indexOf("account bot@acme.nylas.email: the state")),
      "renamed",
    );
    await applied({ prefix: "new-", options: (name) => renamed.replace("its-old-name", name) });
  });

  itInLongRun("21: the URN that a review prints is an alias that works, out of a component too", async () => {
    const scene = await openScene({ program: program({ parent: "group" }) });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    const before = ids(scene);
    sim.clearRequests();
    declare(program());
    const { stdout } = succeeded(await stack.run("preview", "--json", "--show-sames"));
    const { markdown, gates } = report(readPreview(stdout));
    assert.ok(gates.some(({ gate }) => gate === "rename"));
    const alias = (name: string) => {
      const found = [...markdown.matchAll(/`(aliases: \["urn:[^`]*::([\w-]+)"\])`/g)].find(
        (each) => each[2] === name,
      );
      assert.ok(found, markdown);
      return found[1]!;
    };
    declare(program({ options: (name) => alias(name) }));
    succeeded(await stack.up());
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(ids(scene), before);
  });

  itInLongRun(
    "21: the name, and the parent, that a review prints are aliases that work, for a rename and a move in one",
    async () => {
      const scene = await openScene({ program: program() });
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      const before = Object.values(ids(scene)).sort();
      sim.addMessage({ grant: "bot@acme.nylas.email", subject: "keep me" });
      sim.clearRequests();
      const edits = [
        [{ prefix: "new-" }, /`(aliases: \[\{ name: "(?:new-)?([\w-]+)" \}\])`/g],
        [
          { prefix: "in-", parent: "group" },
          /`(aliases: \[\{ name: "(?:new-)?([\w-]+)", parent: [\w.]+ \}\])`/g,
        ],
      ] as const;
      for (const [edit, pattern] of edits) {
        declare(program(edit));
        const { stdout } = succeeded(await stack.run("preview", "--json", "--show-sames"));
        const { markdown } = report(readPreview(stdout));
        const printed = new Map([...markdown.matchAll(pattern)].map(([, alias, name]) => [name!, alias!]));
        assert.deepEqual([...printed.keys()].sort(), ["bot", "policy", "rest", "ws"], markdown);
        declare(program({ ...edit, options: (name) => printed.get(name)! }));
        succeeded(await stack.up());
        assert.deepEqual(writesOf(sim), []);
        assert.deepEqual(Object.values(ids(scene)).sort(), before);
      }
      assert.deepEqual(mailbox(sim, "bot@acme.nylas.email")!.subjects, ["keep me"]);
    },
  );

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

    declare(onlyTheAccount.replace('AgentAccount("robot", {', 'AgentAccount("robot", { adopt: true,'));
    succeeded(await stack.up());
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(ids(scene)["robot"], before["bot"]);
    assert.equal(mailbox(sim, "bot@acme.nylas.email")!.id, before["bot"]);
    assert.equal(sim.state().lostMail.length, lost);
  });

  itInLongRun(
    "in an up that is killed between the take-over and the delete costs nothing in the next up",
    async () => {
      const scene = await openScene({ program: program() });
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      const before = ids(scene);

      // A slow neighbour holds the run open after the take-over; deletes come last.
      const slow = `\nnew nylas.NylasPolicy("slow", { limits: { dailySends: 1 } });`;
      const robot = program().replace('AgentAccount("bot", {', 'AgentAccount("robot", { adopt: true,');
      declare(robot + slow);
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
    },
  );
});
