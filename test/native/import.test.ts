import { strict as assert } from "node:assert";
import { closeScenes, openScene, refused, succeeded, writesOf } from "../engine/scene";
import { openYaml, yamlProject } from "./stack";

const ADDRESS = "agent@acme.nylas.email";

describe("pulumi import", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  /** A stack without resources, beside an application in which another one has made an account and a policy. */
  async function opened() {
    const other = await openScene({
      program: `
        new nylas.NylasPolicy("outreach", { name: "Outreach", limits: { dailySends: 50 } });
        new nylas.AgentAccount("agent", { email: "${ADDRESS}", displayName: "Agent" });`,
    });
    succeeded(await other.stack.up());
    const made = {
      policy: other.stack.resource("outreach")!.id!,
      account: other.stack.resource("agent")!.id!,
    };
    const scene = await openYaml("\nresources: {}\n", { beside: other.sim });
    scene.sim.clearRequests();
    const imported = (kind: string, name: string, id: string) =>
      scene.stack.run(
        "import",
        `nylas:index:${kind}`,
        name,
        id,
        "--yes",
        "--skip-preview",
        "--protect=false",
      );
    return { ...scene, made, imported };
  }

  it("brings objects in by id and by address; the code that it prints is unchanged in the next preview", async () => {
    const { sim, stack, made, imported } = await opened();
    const policy = succeeded(await imported("Policy", "outreach", made.policy));
    const account = succeeded(await imported("AgentAccount", "agent", ADDRESS));
    assert.equal(stack.resource("outreach")!.id, made.policy);
    assert.equal(stack.resource("agent")!.id, made.account);
    const printed = [policy, account].map(({ stdout }) => {
      const [, code] = /resources:\n((?:[ ]{2,}.*\n)+)/.exec(stdout) ?? [];
      assert.ok(code !== undefined, stdout);
      return code;
    });
    stack.write("Pulumi.yaml", yamlProject(`\nresources:\n${printed.join("")}`));
    assert.deepEqual(succeeded(await stack.preview()).summary, { same: 2 });
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 2 });
    assert.deepEqual(writesOf(sim), []);
  });

  it("trap 3: a wrong id and an unknown address bring nothing in", async () => {
    const { stack, imported } = await opened();
    refused(await imported("Policy", "outreach", "0b7c3f2e-5d1a-4c7e-9f60-2a8b1c3d4e5f"), "does not exist");
    refused(await imported("AgentAccount", "agent", "nobody@acme.nylas.email"), "does not exist");
    assert.deepEqual(
      stack.state().filter(({ type }) => type.startsWith("nylas:")),
      [],
    );
  });

  it("an object of another application is not to be had, and its own state does not take that for a deletion", async () => {
    const { sim, stack, made, imported } = await opened();
    stack.env["NYLAS_API_KEY"] = sim.keys.secondApiKey;
    refused(await imported("AgentAccount", "agent", made.account), "does not exist");
    stack.env["NYLAS_API_KEY"] = sim.keys.apiKey;
    succeeded(await imported("AgentAccount", "agent", made.account));
    stack.env["NYLAS_API_KEY"] = sim.keys.secondApiKey;
    refused(await stack.refresh(), "this state is of application");
    assert.equal(stack.resource("agent")!.id, made.account);
  });
});
