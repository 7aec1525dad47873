import { secondKey } from "../secondKey";
import { assertMailArrives, cloudflare, DOMAIN, held, open, program, secondZone } from "./moving";
import { strict as assert } from "node:assert";
import { closeScenes, refused, succeeded } from "./scene";

/** Connections with equal keys are told to be one side without a call. Two keys of one organization are told by the object that both hold. */
describe("A9: another connection to the same organization, by another key", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  it("does not take a live domain past the guard of its records (F1)", async () => {
    const { sim, stack, declare, first } = await open();
    const second = secondZone(sim, "cloudflare");
    const key = await secondKey(sim, async (call) => {
      const list = await call("GET", "/v3/iam/principals");
      const [admin] = (list["items"] ?? list) as Record<string, unknown>[];
      const { resource_binding, direct_permissions, roles } = admin!;
      return {
        resource_binding,
        direct_permissions,
        ...((roles as unknown[]).length > 0 ? { roles } : {}),
      };
    });
    Object.assign(stack.env, {
      NYLAS_TWO_API_KEY: sim.keys.apiKey,
      NYLAS_TWO_ORGANIZATION_KEY: key,
      NYLAS_TWO_API_URL: sim.url,
      NYLAS_TWO_DNS_SERVERS: sim.dnsServer,
    });
    declare(program(cloudflare(first), `name: "Agents"`));
    succeeded(await stack.up());
    const { records } = sim.state().zones.find(({ id }) => id === first)!;
    const dkim = records.find(({ name }) => name.includes("_domainkey"))!.name;
    const feedback = records.find(({ type, name }) => type === "MX" && name !== DOMAIN)!.name;
    declare(`
      import { cloudflareDns } from "pulumi-nylas/cloudflare";
      const domain = new nylas.AgentDomain("mail", {
        domainName: "${DOMAIN}", name: "Agents", dns: cloudflareDns({ zoneId: "${second.at}" }),
        connection: "two", adopt: true, hosts: { dkim: "${dkim}.", feedback: "${feedback}." },
      });
      new nylas.AgentAccount("scheduling", { email: domain.mailbox("scheduling"), displayName: "Scheduling" });`);
    const run = refused(await stack.up(), "declares the domain in this run as well");
    assert.equal(held(sim, first), 5, run.text);
    await assertMailArrives(sim);
  });
});
