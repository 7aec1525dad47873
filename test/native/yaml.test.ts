import { strict as assert } from "node:assert";
import { closeScenes, leftBehind, mailbox, refused, succeeded, writesOf } from "../engine/scene";
import { openYaml, yamlProject } from "./stack";

describe("a program in YAML", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const program = (limit: number) => `
resources:
  outreach:
    type: nylas:Policy
    properties: { limits: { dailySends: ${limit} } }
  customer:
    type: nylas:Workspace
    properties:
      policyId: \${outreach.id}
  agent:
    type: nylas:AgentAccount
    properties:
      email: agent@acme.nylas.email
      workspaceId: \${customer.id}
      appPassword: Plain-in-the-program-1
variables:
  application:
    fn::invoke: { function: nylas:getApplication }
  found:
    fn::invoke:
      function: nylas:getAgentAccounts
      arguments:
        workspaceId: \${agent.workspaceId}
outputs:
  application: \${application.id}
  found: \${found.accounts}
  grantId: \${agent.id}
`;

  it("is made under the names of the stack, looks up, is changed with legible previews, and is destroyed", async () => {
    const { sim, stack } = await openYaml(program(100));
    succeeded(await stack.preview());
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(succeeded(await stack.up()).summary, { create: 3 });
    const { policies, grants } = sim.state();
    assert.ok(policies.some(({ name }) => name === "project/test/outreach"));
    const outputs = await stack.outputs();
    assert.equal(outputs["application"], sim.ids.application);
    assert.equal(outputs["grantId"], grants[0]!.id);
    assert.deepEqual(
      (outputs["found"] as { email: string }[]).map(({ email }) => email),
      ["agent@acme.nylas.email"],
    );
    assert.doesNotMatch(JSON.stringify(stack.state()), /Plain-in-the-program-1/);
    writesOf(sim);
    stack.write("Pulumi.yaml", yamlProject(program(200)));
    const preview = succeeded(await stack.preview());
    assert.deepEqual(preview.summary, { update: 1, same: 2 });
    assert.deepEqual(succeeded(await stack.up()).summary, { update: 1, same: 2 });
    assert.deepEqual(writesOf(sim), ["PUT /v3/policies/:id"]);
    assert.deepEqual(succeeded(await stack.refresh()).summary, { same: 3 });
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
  });

  it("is refused in the preview for a change that would lose mail, and loses none in the up", async () => {
    const { sim, stack } = await openYaml(program(100));
    succeeded(await stack.up());
    sim.receive({ grant: "agent@acme.nylas.email", from: "person@elsewhere.example", subject: "first" });
    writesOf(sim);
    stack.write("Pulumi.yaml", yamlProject(program(100).replace("agent@acme", "other@acme")));
    refused(await stack.preview(), "would replace the account", "Nothing was changed");
    refused(await stack.up(), "would replace the account");
    assert.deepEqual(mailbox(sim, "agent@acme.nylas.email")?.subjects, ["first"]);
  });

  it("knows a resource that declares nothing again", async () => {
    const { sim, stack } = await openYaml("resources:\n  ours: { type: nylas:DefaultWorkspace }\n");
    succeeded(await stack.up());
    writesOf(sim);
    const again = succeeded(await stack.up("--refresh"));
    assert.deepEqual(again.summary, { same: 1 });
    assert.doesNotMatch(again.text, /is a new resource to the engine/);
    assert.deepEqual(writesOf(sim), []);
  });

  it("may not hide from the guards what takes back a word", async () => {
    const { sim, stack } = await openYaml(program(100));
    succeeded(await stack.up());
    const hidden = program(100).replace(
      "    type: nylas:AgentAccount\n",
      "    type: nylas:AgentAccount\n    options: { ignoreChanges: [forceDestroy] }\n",
    );
    stack.write("Pulumi.yaml", yamlProject(hidden));
    refused(await stack.up(), "ignoreChanges of forceDestroy is refused");
    assert.equal(sim.state().grants.length, 1);
  });
});
