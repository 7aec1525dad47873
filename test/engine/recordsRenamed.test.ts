import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import { assertMailArrives, DOMAIN, held, open } from "./moving";
import { changes, closeScenes, refused, succeeded } from "./scene";

/** F11: a `DnsAdapter` of one's own that names its resources otherwise, at the same place. The vendor refuses the same records a second time. */
describe("F11: DNS records that get other names as resources", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const program = (zone: string, separator: string, more = "") => `
    import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
    const dns: nylas.DnsAdapter = {
      kind: "cloudflare", place: "cloudflare, our own adapter", waitByDefault: true,
      publish: ({ component, records, options }) => records.map((r) => new DnsRecord(component + "${separator}" + r.slot, {
        zoneId: "${zone}", type: r.type, ttl: 1,
        name: pulumi.output(r.name).apply((name) => name!),
        content: pulumi.output(r.value).apply((value) => (r.type === "TXT" ? '"' + value + '"' : value!)),
        ...(r.type === "MX" ? { priority: pulumi.output(r.priority).apply((priority) => priority!) } : {}),
      }, { ...options${more} })),
    };
    const domain = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns });
    new nylas.AgentAccount("scheduling", { email: domain.mailbox("scheduling"), displayName: "Scheduling" });`;

  it("stand under their old names with --continue-on-error too, and the alias that is named goes on with them", async () => {
    const { sim, stack, declare, first } = await open();
    declare(program(first, "-"));
    succeeded(await stack.up());
    declare(program(first, "/"));
    for (const flags of [["--continue-on-error"], []]) {
      refused(await stack.up(...flags));
      assert.equal(held(sim, first), 5);
      await assertMailArrives(sim);
    }
    refused(await stack.up("--continue-on-error"), "Give each resource an alias with its old name");
    declare(program(first, "/", ', aliases: [{ name: component + "-" + r.slot }]'));
    assert.deepEqual(changes(succeeded(await stack.up("--continue-on-error"))), []);
    assert.equal(held(sim, first), 5);
    await assertMailArrives(sim);
  });

  itInLongRun("a record that cannot be updated under its own name stops nobody else", async () => {
    const { sim, stack, declare, first } = await open();
    declare(program(first, "-"));
    succeeded(await stack.up());
    sim.addFault({ kind: "status", status: 400, method: "PATCH", path: "dns_records", times: "always" });
    sim.addFault({ kind: "status", status: 400, method: "PUT", path: "dns_records", times: "always" });
    declare(`${program(first, "-").replace("ttl: 1", "ttl: 300")}\nnew nylas.NylasPolicy("other");`);
    refused(await stack.up("--continue-on-error"));
    assert.equal(sim.state().policies.length, 1);
    assert.equal(held(sim, first), 5);
    await assertMailArrives(sim);
  });
});
