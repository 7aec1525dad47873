import { strict as assert } from "node:assert";
import { DOMAIN, mailArrives, openLiveDomain, zoneOf } from "./liveDomain";
import { itInLongRun, itOrdinarilyIf } from "./longRun";
import { closeScenes, refused, succeeded } from "./scene";

/**
 * F1: the refresh comes between the delete of a domain in the Dashboard and its second registration. It forgot the verification, and then nothing
 * stood before the deletes of the records.
 */
describe("F1: a domain that was deleted outside, refreshed, and then registered again", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const program = `new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns });`;
  const gone = async () => {
    const scene = await openLiveDomain(program);
    const { sim, stack } = scene;
    succeeded(await stack.up());
    sim.remove("domain", sim.state().domains.find(({ domain_address: name }) => name === DOMAIN)!.id);
    succeeded(await stack.refresh());
    return scene;
  };

  for (const how of ["destroy", "up"] as const)
    itOrdinarilyIf(how === "destroy", `keeps its records: ${how}`, async () => {
      const { sim, stack, declare } = await gone();
      sim.seed({ kind: "domain", address: DOMAIN, name: "by hand", verified: true });
      sim.seed({ kind: "grant", email: `other@${DOMAIN}` });
      sim.addMessage({ grant: `other@${DOMAIN}`, subject: "hello" });
      assert.ok(await mailArrives(sim));
      if (how === "up") declare("export const nothing = 1;");
      for (const flags of [[], ["--continue-on-error"]]) {
        refused(await stack[how](...flags), "deleted outside Pulumi and registered again");
        assert.ok(await mailArrives(sim));
      }
    });

  itInLongRun(
    "one that is gone for good is registered by the next up, and a destroy leaves nothing",
    async () => {
      const { sim, stack } = await gone();
      succeeded(await stack.up());
      assert.ok(await mailArrives(sim));
      stack.env["NYLAS_FORCE_DESTROY"] = `domain:${DOMAIN}`;
      succeeded(await stack.destroy());
      assert.deepEqual(zoneOf(sim), []);

      const other = await gone();
      succeeded(await other.stack.destroy());
      assert.deepEqual(zoneOf(other.sim), []);
    },
  );
});
