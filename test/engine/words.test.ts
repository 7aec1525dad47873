import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import { closeScenes, mailbox, openScene, refused, type Scene, says, succeeded } from "./scene";

/** Tries to lose other mail than the named mailbox's with the lines of docs/runbook.md. */
describe("M4: the runbook's lines for a mailbox that may go", function () {
  this.timeout(300_000);
  after(closeScenes);

  const X = "x@acme.nylas.email";
  const Y = "y@acme.nylas.email";
  const Z = "z@acme.nylas.email";
  const bots = (...emails: string[]) =>
    emails.map((email) => `new nylas.AgentAccount("${email[0]}", { email: "${email}" });`).join("\n");
  let scene: Scene;
  const kept = () => [X, Y, Z].filter((email) => mailbox(scene.sim, email)?.subjects.includes("keep me"));
  const word = (email: string, place = 0) =>
    scene.stack.run("config", "set", "--path", `nylas:forceDestroy[${place}]`, `account:${email}`);
  const takeBack = () => scene.stack.run("config", "rm", "--path", "nylas:forceDestroy[0]");

  beforeEach(async () => {
    scene = await openScene({ program: bots(X, Y, Z) });
    succeeded(await scene.stack.up());
    for (const email of [X, Y, Z]) scene.sim.addMessage({ grant: email, subject: "keep me" });
  });

  it("cost nothing once the word is taken back, in a destroy of any kind", async () => {
    const { stack } = scene;
    succeeded(await word(X));
    succeeded(await word(Y, 1));
    says(succeeded(await stack.up()), "names account:x@acme.nylas.email, and the program still declares it");
    succeeded(await takeBack());
    succeeded(await takeBack());
    refused(
      await stack.destroy("--continue-on-error"),
      "The configuration that the state remembers names account:x@acme.nylas.email",
      "has to be in the environment: NYLAS_FORCE_DESTROY=account:x@acme.nylas.email",
    );
    refused(await stack.destroy("--run-program"), "is kept");
    assert.deepEqual(kept(), [X, Y, Z]);

    // The state that remembers the word is refreshed and gone on with.
    succeeded(await stack.refresh());
    scene.declare(bots(Y, Z));
    refused(await stack.up("--refresh"), `account ${X}`);
    scene.declare("");
    refused(await stack.up("--continue-on-error"), `account ${X}`, "is kept");
    assert.deepEqual(kept(), [X, Y, Z]);
  });

  itInLongRun("cost the named mailbox alone, where a word was left behind for another one", async () => {
    const { stack } = scene;
    succeeded(await word(Y));
    succeeded(await stack.up());
    stack.env["NYLAS_FORCE_DESTROY"] = `account:${X}`;
    refused(await stack.destroy("--continue-on-error"), `account ${Y}`, `account ${Z}`);
    delete stack.env["NYLAS_FORCE_DESTROY"];
    assert.deepEqual(kept(), [Y, Z]);

    scene.declare(bots(Y));
    refused(await stack.up("--continue-on-error"), `account ${Z}`);
    assert.deepEqual(kept(), [Y, Z]);
  });

  itInLongRun(
    "are refused in their old form before anything is changed, with the new one to type",
    async () => {
      const { stack } = scene;
      succeeded(await stack.run("config", "set", "--path", "nylas:forceDestroy[0]", X));
      scene.declare(bots(Y, Z));
      refused(await stack.up(), `pulumi config set --path 'nylas:forceDestroy[0]' account:${X}`);
      stack.env["NYLAS_FORCE_DESTROY"] = `${X}, ${Y}`;
      refused(await stack.destroy(), `NYLAS_FORCE_DESTROY='["account:${X}","account:${Y}"]'`);
      assert.deepEqual(kept(), [X, Y, Z]);

      delete stack.env["NYLAS_FORCE_DESTROY"];
      succeeded(await word(X));
      succeeded(await stack.up());
      assert.deepEqual(kept(), [Y, Z]);
    },
  );
});
