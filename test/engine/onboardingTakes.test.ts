import { strict as assert } from "node:assert";
import { type Simulator } from "nylas-simulator";
import { type TenantArgs } from "pulumi-nylas";
import { onboardTenant } from "pulumi-nylas/onboarding";
import { itInLongRun } from "./longRun";
import { type OnboardingService, openOnboardingService } from "./onboardingService";
import { mailbox } from "./scene";

const TRIAL = "acme.nylas.email";

/**
 * A4: the first call for a tenant takes over (`account.adopt`) a mailbox that lives in another tenant's workspace, and answers with its grant. On
 * a trial domain two tenants have one address by accident: "a" with "b-c", and "a-b" with "c". No word was given in `allow`.
 */
describe("A4: a first onboarding call that takes another tenant's mailbox", function () {
  this.timeout(300_000);

  let service: OnboardingService;
  let sim: Simulator;
  let workDir: string;
  beforeEach(async () => {
    service = await openOnboardingService();
    ({ sim, workDir } = service);
  });
  afterEach(() => service.close());

  itInLongRun(
    "is refused like the same adopt on a tenant that stands: its grant is handed to nobody",
    async () => {
      const env = service.settings;
      const onboard = (name: string, alias: string, account: TenantArgs["accounts"][string]) =>
        onboardTenant(TRIAL, alias, { workDir, name, account, env });
      await onboard("a", "b-c", {});
      const theirs = mailbox(sim, `a-b-c@${TRIAL}`)!.id;
      const result = await onboard("a-b", "c", { adopt: true }).catch(() => undefined);
      assert.notEqual(result?.grantId, theirs, `handed to a-b: ${JSON.stringify(result)}`);
    },
  );
});
