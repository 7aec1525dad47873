import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { closeScenes, mailbox, refused, type Scene, succeeded } from "../engine/scene";
import { openNative, projectFile } from "./stack";

const ADDRESS = "agent@acme.nylas.email";

/** One process serves each instance and each version of the provider: what one has made, another must not delete. */
describe("trap 1: several processes serve one operation", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const account = (host: string, name: string, options = "{}", more = "") =>
    `new ${host}.AgentAccount("${name}", { email: "${ADDRESS}", ${more} }, ${options});`;

  /** The mailbox with its mail stands, and no ledger is left. */
  function assertKept({ sim, stack }: Scene, id: string, text: string): void {
    assert.deepEqual(mailbox(sim, ADDRESS), { id, subjects: ["first"] }, text);
    const runs = path.join(stack.env["PULUMI_HOME"]!, "pulumi-nylas-runs");
    assert.deepEqual(fs.existsSync(runs) ? fs.readdirSync(runs) : [], [], "a ledger is left behind");
  }

  async function begun(scene: Scene): Promise<string> {
    succeeded(await scene.stack.up());
    const { id } = mailbox(scene.sim, ADDRESS)!;
    scene.sim.receive({ grant: ADDRESS, from: "person@elsewhere.example", subject: "first" });
    return id;
  }

  it("dynamic → native and renamed: the mailbox that the new name takes over is not deleted under the old one", async () => {
    const scene = await openNative({ program: account("nylas", "agent", "{}", "forceDestroy: true") });
    const id = await begun(scene);
    scene.declare(account("native", "renamed", "{}", "adopt: true, forceDestroy: true"));
    const up = await scene.stack.up();
    assertKept(scene, id, up.text);
    succeeded(up);
    assert.equal(scene.stack.resource("renamed")!.id, id);
    assert.equal(scene.stack.resource("agent"), undefined);
  });

  it("dynamic → native and renamed without a word: nothing is made, and nothing is deleted", async () => {
    const scene = await openNative({ program: account("nylas", "agent", "{}", "forceDestroy: true") });
    const id = await begun(scene);
    scene.declare(account("native", "renamed", "{}", "forceDestroy: true"));
    const up = refused(await scene.stack.up("--continue-on-error"), "exists already");
    assertKept(scene, id, up.text);
    assert.equal(scene.stack.resource("agent")!.id, id);
  });

  /** What the ledger would be written to takes nothing: as on a full disk, or in a home folder that is read-only. */
  async function withoutLedger(scene: Scene, elsewhere: boolean): Promise<string> {
    const id = await begun(scene);
    const runs = path.join(scene.stack.env["PULUMI_HOME"]!, "pulumi-nylas-runs");
    fs.rmSync(runs, { recursive: true, force: true });
    fs.writeFileSync(runs, "");
    const temporary = path.join(scene.stack.folder, "temporary");
    fs.mkdirSync(temporary);
    scene.stack.env["TMPDIR"] = temporary;
    if (!elsewhere) fs.writeFileSync(path.join(temporary, `pulumi-nylas-runs-${process.getuid!()}`), "");
    return id;
  }
  const ownHome = () => fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-home-"));

  for (const elsewhere of [true, false])
    it(`a ledger that cannot be written ${elsewhere ? "in the home folder" : "anywhere"} deletes no mailbox that another process has taken over`, async () => {
      const home = ownHome();
      const scene = await openNative({
        program: account("nylas", "agent", "{}", "forceDestroy: true"),
        env: { PULUMI_HOME: home },
      });
      const { sim, stack } = scene;
      const id = await withoutLedger(scene, elsewhere);
      scene.declare(account("native", "renamed", "{}", "adopt: true, forceDestroy: true"));
      const up = await stack.up();
      assert.deepEqual(mailbox(sim, ADDRESS), { id, subjects: ["first"] }, up.text);
      assert.deepEqual(sim.state().lostMail, []);
      if (elsewhere) succeeded(up);
      else {
        refused(up, "whether another process of this run holds it cannot be told");
        // As the message says: the next run, where there is room, goes on.
        fs.rmSync(path.join(home, "pulumi-nylas-runs"));
        succeeded(await stack.up());
        assert.deepEqual(mailbox(sim, ADDRESS), { id, subjects: ["first"] });
      }
      assert.equal(stack.resource("renamed")!.id, id);
      assert.equal(stack.resource("agent"), undefined);
      fs.rmSync(home, { recursive: true, force: true });
    });

  it("upgraded and renamed in one change", async () => {
    const versions = ["0.1.0", "0.1.1"];
    const runtime = "{ name: nodejs, options: { typescript: false } }";
    const scene = await openNative({
      program: account("native", "agent", `{ version: "0.1.0" }`, "forceDestroy: true"),
      files: { "Pulumi.yaml": projectFile(runtime, versions) },
    });
    const id = await begun(scene);
    scene.declare(account("native", "renamed", `{ version: "0.1.1" }`, "adopt: true, forceDestroy: true"));
    const up = await scene.stack.up();
    assertKept(scene, id, up.text);
    succeeded(up);
    assert.equal(scene.stack.resource("renamed")!.id, id);
  });

  it("two instances of one application: the same mailbox in both is refused, and taking one out deletes nothing", async () => {
    const scene = await openNative({ program: "" });
    const { sim, stack, declare } = scene;
    const instances = ["one", "two"]
      .map(
        (name) =>
          `const ${name} = new native.Provider("${name}", { apiKey: "${sim.keys.apiKey}", apiUrl: "${sim.url}" });`,
      )
      .join("\n");
    declare(instances + account("native", "agent", "{ provider: one }", "forceDestroy: true"));
    const id = await begun(scene);
    const both =
      instances +
      account("native", "agent", "{ provider: one }", "forceDestroy: true") +
      account("native", "second", "{ provider: two }", "adopt: true, forceDestroy: true");
    declare(both);
    refused(await stack.up(), "is declared twice in this program");
    assertKept(scene, id, "declared twice");
    // Moved by name from one instance to the other: the first one's process deletes the old entry.
    declare(instances + account("native", "second", "{ provider: two }", "adopt: true, forceDestroy: true"));
    const moved = await stack.up();
    assertKept(scene, id, moved.text);
    succeeded(moved);
    assert.equal(stack.resource("second")!.id, id);
  });
});
