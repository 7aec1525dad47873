import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import { startSimulator, type Simulator } from "nylas-simulator";
import { onboardTenant } from "pulumi-nylas/onboarding";
import { findEngine } from "../../scripts/engine";
import { withStandIns } from "../plugins";
import { itInLongRun } from "./longRun";
import { connection, keys, mailbox } from "./scene";

/** D4. The program of a call runs in the service, whose environment is not that of the call. */
describe("D4: the environment that an onboarding call is given", function () {
  this.timeout(300_000);

  let sim: Simulator;
  let workDir: string;
  const environment = { ...process.env };
  before(async () => {
    sim = await startSimulator({});
    const work = path.join(__dirname, ".work");
    fs.mkdirSync(work, { recursive: true });
    workDir = fs.mkdtempSync(path.join(work, "onboarding-environment-"));
    fs.mkdirSync(path.join(workDir, "state"));
    const engine = findEngine()!;
    Object.assign(process.env, engine.env, { PATH: withStandIns(engine.path) });
  });
  after(async () => {
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
    fs.rmSync(workDir, { recursive: true, force: true });
    await sim.close();
  });

  itInLongRun("protects what NYLAS_PROTECT in it names, and nothing of a call beside it", async () => {
    const settings = {
      ...connection(sim),
      ...keys(sim),
      PULUMI_BACKEND_URL: `file://${workDir}/state`,
      PULUMI_CONFIG_PASSPHRASE: "correct horse battery",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
    const onboard = (name: string, more: Record<string, string>) =>
      onboardTenant("acme.nylas.email", "bot", { name, workDir, env: { ...settings, ...more } });
    await Promise.all([onboard("guarded", { NYLAS_PROTECT: "true" }), onboard("free", {})]);

    const destroyed = async (stackName: string) => {
      const stack = await automation.LocalWorkspace.selectStack(
        { stackName, workDir },
        { envVars: settings },
      );
      return stack.destroy().then(
        () => true,
        () => false,
      );
    };
    assert.equal(await destroyed("guarded"), false);
    assert.ok(mailbox(sim, "guarded-bot@acme.nylas.email"), "a protected mailbox is not deleted");
    assert.equal(await destroyed("free"), true);
    assert.equal(mailbox(sim, "free-bot@acme.nylas.email"), undefined);
  });
});
