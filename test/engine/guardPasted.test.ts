import { strict as assert } from "node:assert";
import { DOMAIN, mailArrives, openLiveDomain, pastedRecords, verifyInDashboard, zoneOf } from "./liveDomain";
import { closeScenes, refused, succeeded } from "./scene";

/**
 * Nylas is not asked for a domain whose records were pasted, so "pending" is only what this runner has seen. The delete of the verification
 * looks whether the MX is served.
 */
describe("F2: pasted records of a domain that this runner has never seen verified", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  it("stay while the domain is verified and another application's accounts live on it", async () => {
    const { sim, stack, declare } = await openLiveDomain("");
    const records = await pastedRecords(sim);
    declare(`new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns, wait: false, ${records} });`);
    // A runner without a way to port 53.
    const servers = stack.env["NYLAS_DNS_SERVERS"];
    stack.env["NYLAS_DNS_SERVERS"] = "127.0.0.1:1";
    succeeded(await stack.up());
    await verifyInDashboard(sim);
    sim.seed({ kind: "grant", email: `other@${DOMAIN}`, application: "second" });
    sim.addMessage({ grant: `other@${DOMAIN}`, subject: "hello" });
    succeeded(await stack.up());
    succeeded(await stack.refresh());
    assert.ok(await mailArrives(sim));

    for (const reach of [stack.env["NYLAS_DNS_SERVERS"], servers]) {
      stack.env["NYLAS_DNS_SERVERS"] = reach;
      const { code, text } = refused(await stack.destroy(), "is kept");
      assert.equal(
        zoneOf(sim).length,
        5,
        `the zone is emptied; destroy ended with ${code}:\n${text.slice(-1500)}`,
      );
    }
  });
});
