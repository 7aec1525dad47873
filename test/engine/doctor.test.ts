import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as path from "node:path";
import { closeScenes, mailbox, openScene, type Scene, succeeded, writesOf } from "./scene";

const MAIN = path.join(path.dirname(require.resolve("pulumi-nylas/package.json")), "dist", "cli", "main.js");
const BOT = "customer-a-scheduling@acme.nylas.email";

describe("doctor and smoke, in the folder of a project whose keys are secrets of the stack", function () {
  this.timeout(120_000);
  let scene: Scene;

  after(closeScenes);

  /** As a person types it there: what it says, and the code it ends with. */
  const typed = async (args: string[], without: string[] = []) => {
    const env = Object.fromEntries(
      Object.entries(scene.stack.env).filter(([name]) => !without.includes(name)),
    );
    // A loader of the tests, which users do not have.
    delete env["NODE_OPTIONS"];
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: scene.stack.folder, env });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    for (const key of [scene.sim.keys.apiKey, scene.sim.keys.organizationKey])
      assert.ok(!text.includes(key), "a key was shown");
    return { code, text };
  };

  it("tell what stands after an up, what is wrong then, and that mail arrives, by pulumi's own word of the stack", async () => {
    scene = await openScene({ withoutKeys: true });
    const { sim, stack } = scene;
    scene.declare(`
      import { cloudflareDns } from "pulumi-nylas/cloudflare";
      new nylas.Tenant("customer-a", {
        domainName: "agents.example.com",
        dns: cloudflareDns({ zoneId: "${sim.zones[0]!.id}", zoneName: "example.com" }),
        trial: "acme.nylas.email",
        accountsOn: "trial",
        policy: { limits: { dailySends: 50 } },
        accounts: { scheduling: { appPassword: "Aa1-only-for-this-test-0000" } },
      });`);
    stack.env["CLOUDFLARE_API_TOKEN"] = sim.keys.cloudflareToken;
    stack.env["CLOUDFLARE_BASE_URL"] = sim.cloudflareUrl;
    stack.setConfig(
      {},
      { "nylas:apiKey": sim.keys.apiKey, "nylas:organizationKey": sim.keys.organizationKey },
    );
    succeeded(await stack.up());
    sim.clearRequests();

    const well = await typed(["doctor", "--account", BOT]);
    assert.equal(well.code, 0, well.text);
    assert.match(well.text, /Nylas as seen from stack test:/);
    assert.match(well.text, /✓ application key .* from nylas:apiKey of the stack configuration/);
    assert.match(well.text, /✓ agents\.example\.com +verified; the records stand/);
    assert.match(
      well.text,
      /· tenant "customer-a" +on the trial domain; agents\.example\.com is verified: the switch is possible/,
    );
    assert.match(well.text, /policy +"project\/test\/customer-a".*\n +dailySends 50/);
    assert.doesNotMatch(well.text, /only-for-this-test/);

    const mx = sim
      .state()
      .zones[0]!.records.find(({ type, name }) => type === "MX" && name === "agents.example.com")!;
    sim.removeRecord("example.com", mx.id);
    const ill = await typed(["doctor"]);
    assert.equal(ill.code, 14, ill.text);
    assert.match(
      ill.text,
      /✗ agents\.example\.com +mx MX at agents\.example\.com: it was verified once and is gone: publish it/,
    );

    // Without the passphrase the state can be read, and the keys cannot.
    const closed = await typed(["doctor"], ["PULUMI_CONFIG_PASSPHRASE"]);
    assert.equal(closed.code, 10, closed.text);
    assert.match(
      closed.text,
      /nylas:apiKey stands in the stack's configuration, encrypted, .*PULUMI_CONFIG_PASSPHRASE/s,
    );
    assert.match(closed.text, /agents\.example\.com/);
    assert.deepEqual(writesOf(sim), []);

    const arrived = await typed(["smoke", BOT, "--send", "--timeout", "60"]);
    assert.equal(arrived.code, 0, arrived.text);
    assert.deepEqual(
      mailbox(sim, BOT)!.subjects.map((subject) => subject.replace(/[0-9a-f]{12}$/, "…")),
      ["Smoke test …", "Smoke test …"],
    );
  });
});
