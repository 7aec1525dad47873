import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { itInLongRun } from "./longRun";
import { killOne } from "./processes";
import { closeScenes, openScene, recorded, refused, says, type Scene, succeeded, writesOf } from "./scene";
import { slowNylas } from "./slowNylas";

/** One of each kind that bears a default name, an empty mailbox, and a rule that pauses the tenant. */
const PROGRAM = `
  const domain = new nylas.NylasDomain("domain", { domainName: "agents.example.com" });
  const list = new nylas.NylasList("list", { type: "domain", items: ["blocked.example"] });
  const pause = new nylas.NylasRule("pause", {
    trigger: "outbound",
    conditions: [{ field: "recipient.tld", isNot: "invalid" }],
    actions: ["block"],
  });
  const policy = new nylas.NylasPolicy("policy", { limits: { dailySends: 50 } });
  const workspace = new nylas.NylasWorkspace("workspace", { policyId: policy.id, ruleIds: [pause.id] });
  const named = new nylas.NylasPolicy("named", { name: "project/test/given", limits: { dailySends: 7 } });
  new nylas.AgentAccount("bot", { email: "bot@acme.nylas.email", workspaceId: workspace.id });
`;
const NOT_OWN = "exists already and is not provably this resource's own. Nothing was changed.";

describe("what is this state's own (M11)", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const standing = ({ sim }: Scene) => {
    const { requests: _requests, ...state } = sim.state() as unknown as Record<string, unknown>;
    return JSON.stringify(state);
  };
  /** The stack and the backend that the next commands are about. */
  const turnTo = ({ stack }: Scene, name: string, backend = "state") =>
    Object.assign(stack.env, {
      PULUMI_STACK: name,
      PULUMI_BACKEND_URL: `file://${stack.folder}/${backend}`,
    });
  const init = async (scene: Scene, name: string, backend?: string) => {
    if (backend !== undefined) fs.mkdirSync(`${scene.stack.folder}/${backend}`);
    turnTo(scene, name, backend);
    succeeded(await scene.stack.run("stack", "init", name, "--no-select"));
  };

  itInLongRun(
    "A5: a killed create that never arrived takes no mailbox that another stack makes",
    async () => {
      const program = `new nylas.AgentAccount("bot", { email: "bot@acme.nylas.email" });`;
      const home = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-home-"));
      const killed = await openScene({ program, stack: "a", env: { PULUMI_HOME: home } });
      const slow = await slowNylas(killed.sim, "/v3/connect/custom");
      killed.stack.env["NYLAS_API_URL"] = slow.url;
      const up = await killed.stack.start("up");
      await slow.asked;
      await killOne(up, "plugin");
      await up.finished;
      assert.equal(killed.sim.state().grants.length, 0);

      const other = await openScene({ program, stack: "b", beside: killed.sim, env: { PULUMI_HOME: home } });
      succeeded(await other.stack.up());
      refused(await killed.stack.up(), NOT_OWN);
      assert.deepEqual(recorded(killed.stack), []);
      succeeded(await killed.stack.destroy());
      assert.equal(killed.sim.state().grants.length, 1);
      slow.close();
      fs.rmSync(home, { recursive: true, force: true });
    },
  );

  it("M11: a new stack of an old name takes nothing, and its destroy deletes nothing; the renamed one goes on", async () => {
    const scene = await openScene({ program: PROGRAM });
    const { sim, stack } = scene;
    succeeded(await stack.up());
    assert.equal(recorded(stack).length, 7);
    succeeded(await stack.run("stack", "rename", "prod"));
    await init(scene, "test");
    const was = standing(scene);
    sim.clearRequests();

    const up = refused(
      await stack.up("--continue-on-error"),
      `rule "project/test/pause"`,
      NOT_OWN,
      "It bears the default name of this stack (project/test)",
      "Another stack may have had this name",
      "adopt: true",
    );
    assert.deepEqual(writesOf(sim), [], up.text);
    assert.deepEqual(recorded(stack), []);
    succeeded(await stack.destroy());
    assert.equal(standing(scene), was);

    // The stack that has them goes on. Its resources are named as before, whatever it is called.
    turnTo(scene, "prod");
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 7 });
    assert.equal(standing(scene), was);
  });

  itInLongRun(
    "M11: a killed run is taken up by the next one on this machine, and by no other backend and no new stack of the name",
    async () => {
      const scene = await openScene({ program: PROGRAM });
      const { sim, stack } = scene;
      sim.addFault({ method: "POST", path: "^/v3/connect/custom$", kind: "delay", delayMs: 3000 });
      const running = await stack.start("up");
      while (!sim.faults().some(({ hits }) => hits > 0)) await sleep(20);
      await killOne(running, "engine");
      await running.finished;
      const end = Date.now() + 30_000;
      while (sim.state().grants.length === 0 && Date.now() < end) await sleep(100);
      sim.clearFaults();
      const was = standing(scene);
      sim.clearRequests();

      // Another backend with this project and this stack, in the same folder.
      await init(scene, "test", "elsewhere");
      const other = refused(await stack.up("--continue-on-error"), NOT_OWN, "adopt: true");
      assert.deepEqual(writesOf(sim), [], other.text);
      succeeded(await stack.destroy());
      assert.equal(standing(scene), was);

      // What the runbook says, in the backend of the killed run.
      turnTo(scene, "test");
      succeeded(await stack.unlock());
      succeeded(await stack.refresh("--clear-pending-creates"));
      const next = succeeded(await stack.up());
      says(
        next,
        "account bot@acme.nylas.email",
        "was made by an earlier run of this program; it is taken as it is",
      );
      assert.deepEqual(writesOf(sim), []);
      assert.equal(recorded(stack).length, 7);
      const old = succeeded(await stack.run("stack", "export")).stdout;

      // Now that all of it is recorded, the journal explains nothing more: not to a stack that was thrown away and made anew,
      succeeded(await stack.run("stack", "rm", "test", "--force", "--yes", "--preserve-config"));
      await init(scene, "test");
      refused(await stack.up("--continue-on-error"), NOT_OWN, "adopt: true");
      assert.deepEqual(writesOf(sim), []);
      assert.deepEqual(recorded(stack), []);

      // nor to a state from an older export, for what that one does not have.
      const older = JSON.parse(old) as { deployment: { resources: { urn: string }[] } };
      older.deployment.resources = older.deployment.resources.filter(({ urn }) => !urn.endsWith("::bot"));
      succeeded(await stack.run("stack", "import", "--file", stack.write("old.json", JSON.stringify(older))));
      refused(await stack.up(), "account bot@acme.nylas.email", NOT_OWN, "adopt: true");
      assert.deepEqual(writesOf(sim), []);
      assert.equal(standing(scene), was);

      // The word does it, in a run on any machine.
      scene.declare(PROGRAM.replace('bot@acme.nylas.email"', 'bot@acme.nylas.email", adopt: true'));
      succeeded(await stack.up());
      assert.deepEqual(writesOf(sim), []);
      assert.equal(recorded(stack).length, 7);
    },
  );
});
