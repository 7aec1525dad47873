import { strict as assert } from "node:assert";
import { closeScenes, mailbox, openScene, refused, succeeded, writesOf } from "../engine/scene";
import { openYaml, yamlProject } from "./stack";

const PROGRAM = `
resources:
  outreach: { type: nylas:Policy, properties: { limits: { dailySends: 50 } } }
  customer: { type: nylas:Workspace, properties: { policyId: "\${outreach.id}" } }
  bot: { type: nylas:AgentAccount, properties: { email: bot@acme.nylas.email, workspaceId: "\${customer.id}" } }
`;

describe("what is this state's own, in the native plugin (M11)", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  it("M11: a new stack of an old name takes nothing, and its destroy deletes nothing; the renamed one goes on", async () => {
    const { sim, stack } = await openYaml(PROGRAM);
    succeeded(await stack.up());
    succeeded(await stack.run("stack", "rename", "prod"));
    stack.env["PULUMI_STACK"] = "test";
    succeeded(await stack.run("stack", "init", "test", "--no-select"));
    writesOf(sim);
    refused(await stack.up("--continue-on-error"), "is not provably this resource's own", "adopt: true");
    assert.deepEqual(writesOf(sim), []);
    succeeded(await stack.destroy());
    assert.deepEqual(writesOf(sim), []);
    stack.env["PULUMI_STACK"] = "prod";
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 3 });
  });

  it("M11: another stack of the same name in another folder takes no mailbox", async () => {
    const first = await openYaml(PROGRAM);
    succeeded(await first.stack.up());
    writesOf(first.sim);
    const second = await openScene({ beside: first.sim, files: { "Pulumi.yaml": yamlProject(PROGRAM) } });
    refused(await second.stack.up("--continue-on-error"), "is not provably this resource's own");
    succeeded(await second.stack.destroy());
    assert.deepEqual(writesOf(first.sim), []);
    assert.notEqual(mailbox(first.sim, "bot@acme.nylas.email"), undefined);
  });
});
