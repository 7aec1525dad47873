import { strict as assert } from "node:assert";
import * as automation from "@pulumi/pulumi/automation";
import { type Simulator } from "nylas-simulator";
import { onboardTenant } from "pulumi-nylas/onboarding";
import { itInLongRun } from "./longRun";
import { type OnboardingService, openOnboardingService } from "./onboardingService";
import { mailbox } from "./scene";

/** D4. The program of a call runs in the service, whose environment is not that of the call. */
describe("D4: the environment that an onboarding call is given", function () {
  this.timeout(300_000);

  let service: OnboardingService;
  let sim: Simulator;
  let workDir: string;
  before(async () => {
    service = await openOnboardingService();
    ({ sim, workDir } = service);
  });
  after(() => service.close());

  itInLongRun("protects what NYLAS_PROTECT in it names, and nothing of a call beside it", async () => {
    const settings = service.settings;
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
