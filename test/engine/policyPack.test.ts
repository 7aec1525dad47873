import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { itInLongRun } from "./longRun";
import { closeScenes, openScene, type SceneOptions, succeeded } from "./scene";

const EXAMPLE = path.join(__dirname, "..", "..", "examples", "policy-pack");
/** The example compiled: the engine would check its types at every start, and `npm run typecheck` does that once. */
const PACK = path.join(__dirname, ".work", `policy-pack-${process.pid}`);

describe("examples/policy-pack", function () {
  this.timeout(300_000);
  before(() => {
    fs.mkdirSync(PACK, { recursive: true });
    const { outputText } = ts.transpileModule(fs.readFileSync(path.join(EXAMPLE, "index.ts"), "utf8"), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    fs.writeFileSync(path.join(PACK, "index.js"), outputText);
    const manifest = fs.readFileSync(path.join(EXAMPLE, "package.json"), "utf8");
    fs.writeFileSync(path.join(PACK, "package.json"), manifest.replace("index.ts", "index.js"));
    fs.copyFileSync(path.join(EXAMPLE, "PulumiPolicy.yaml"), path.join(PACK, "PulumiPolicy.yaml"));
  });
  after(() => fs.rmSync(PACK, { recursive: true }));
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

  itInLongRun("lets through what is as it should be, and a trial where it is no production", async () => {
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
