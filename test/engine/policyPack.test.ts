import { strict as assert } from "node:assert";
import * as path from "node:path";
import { closeScenes, openScene, type SceneOptions, succeeded } from "./scene";

const PACK = path.join(__dirname, "..", "..", "examples", "policy-pack");

describe("examples/policy-pack", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const violations = async (program: string, options: Partial<SceneOptions> = {}) => {
    const { stack, sim } = await openScene({ program, stack: "prod", ...options });
    const result = await stack.preview("--policy-pack", PACK);
    assert.deepEqual(sim.requests, []);
    const names = [
      "no-trial-domain-in-production",
      "dedicated-subdomain",
      "workspace-has-policy",
      "send-limit",
      "protected-in-production",
      "no-replacement-in-production",
    ];
    return { result, broken: names.filter((name) => result.text.includes(name)) };
  };

  it("names each thing in production that an organization does not want, in the preview", async () => {
    const { result, broken } = await violations(`
      new nylas.NylasWorkspace("customer", { allowMailLoss: true });
      new nylas.NylasPolicy("outreach", { limits: { dailySends: 501 } });
      const domain = new nylas.NylasDomain("company", { domainName: "example.com" });
      new nylas.NylasDomainRecords("records", { domainId: domain.id, domainName: "example.com", allowApex: true });
      new nylas.AgentAccount("bot", { email: "bot@acme.nylas.email" });`);
    assert.notEqual(result.code, 0);
    assert.deepEqual(broken, [
      "no-trial-domain-in-production",
      "dedicated-subdomain",
      "workspace-has-policy",
      "send-limit",
      "protected-in-production",
      "no-replacement-in-production",
    ]);
    for (const text of [
      "bot@acme.nylas.email is on the trial domain",
      "example.com would move all its mail to Nylas (allowApex); use agents.example.com",
      "limits.dailySends is 501; at most 500 is allowed",
      "allowMailLoss is set",
    ])
      assert.ok(result.text.includes(text), `${text} in\n${result.text}`);
  });

  it("lets through what is as it should be, and a trial where it is no production", async () => {
    const program = (email: string) => `
      const policy = new nylas.NylasPolicy("outreach", { limits: { dailySends: 500 } });
      const customer = new nylas.NylasWorkspace("customer", { policyId: policy.id });
      new nylas.AgentAccount("bot", { email: "${email}", workspaceId: customer.id });`;
    const prod = await violations(program("bot@agents.example.com"), { config: { "nylas:protect": true } });
    succeeded(prod.result);
    assert.deepEqual(prod.broken, []);
    const { stack, sim } = await openScene({ program: program("bot@acme.nylas.email"), stack: "staging" });
    succeeded(await stack.up("--policy-pack", PACK));
    assert.equal(sim.state().grants.length, 1);
  });
});
