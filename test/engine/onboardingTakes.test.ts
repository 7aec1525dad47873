import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { startSimulator, type Simulator } from "nylas-simulator";
import { type TenantArgs } from "pulumi-nylas";
import { onboardTenant } from "pulumi-nylas/onboarding";
import { findEngine } from "../../scripts/engine";
import { itInLongRun } from "./longRun";
import { connection, keys, mailbox } from "./scene";

const TRIAL = "acme.nylas.email";

/**
 * A4: the first call for a tenant takes over (`account.adopt`) a mailbox that lives in another tenant's workspace, and answers with its grant. On
 * a trial domain two tenants have one address by accident: "a" with "b-c", and "a-b" with "c". No word was given in `allow`.
 */
describe("A4: a first onboarding call that takes another tenant's mailbox", function () {
  this.timeout(300_000);

  let sim: Simulator;
  let workDir: string;
  const environment = { ...process.env };
  beforeEach(async () => {
    sim = await startSimulator({});
    const work = path.join(__dirname, ".work");
    fs.mkdirSync(work, { recursive: true });
    workDir = fs.mkdtempSync(path.join(work, "onboarding-takes-"));
    fs.mkdirSync(path.join(workDir, "state"));
    const engine = findEngine()!;
    Object.assign(process.env, engine.env, { PATH: engine.path });
  });
  afterEach(async () => {
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
    fs.rmSync(workDir, { recursive: true, force: true });
    await sim.close();
  });

  itInLongRun(
    "is refused like the same adopt on a tenant that stands: its grant is handed to nobody",
    async () => {
      const env = {
        ...connection(sim),
        ...keys(sim),
        PULUMI_BACKEND_URL: `file://${workDir}/state`,
        PULUMI_CONFIG_PASSPHRASE: "correct horse battery",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      };
      const onboard = (name: string, alias: string, account: TenantArgs["accounts"][string]) =>
        onboardTenant(TRIAL, alias, { workDir, name, account, env });
      await onboard("a", "b-c", {});
      const theirs = mailbox(sim, `a-b-c@${TRIAL}`)!.id;
      const result = await onboard("a-b", "c", { adopt: true }).catch(() => undefined);
      assert.notEqual(result?.grantId, theirs, `handed to a-b: ${JSON.stringify(result)}`);
    },
  );
});
