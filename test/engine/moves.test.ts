import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import {
  DOMAIN,
  assertMailArrives,
  cloudflare,
  delegateTo,
  held,
  open,
  program,
  route53,
  secondZone,
} from "./moving";
import { changes, closeScenes, refused, says, succeeded } from "./scene";

describe("M6: records that move to another adapter or zone", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  it("stay at the old place until the delegation leads to the new one, with --continue-on-error too; going back costs nothing", async () => {
    const { sim, stack, declare, first } = await open();
    const second = secondZone(sim, "route53");
    declare(program(cloudflare(first)));
    succeeded(await stack.up());
    assert.deepEqual(
      [held(sim, first), held(sim, second.id), await stack.outputs()],
      [5, 0, { status: "verified" }],
    );

    declare(program(route53(second.at)));
    says(
      succeeded(await stack.preview()),
      `The DNS records of ${DOMAIN} move from cloudflare:${first} to route53:${second.at}`,
      "The old ones go only when",
    );
    for (const flags of [[], ["--continue-on-error"]]) {
      refused(
        await stack.up(...flags),
        `move from cloudflare:${first} to route53:${second.at}, and example.com is still served by ada.ns.`,
        "Nothing was taken away",
      );
      assert.equal(held(sim, first), 5, `the old records stand (${flags.join()})`);
      assert.ok(held(sim, second.id) >= 4, "the new ones stand beside them");
      await assertMailArrives(sim);
    }

    declare(program(cloudflare(first)));
    succeeded(await stack.up());
    assert.deepEqual([held(sim, first), held(sim, second.id)], [5, 0]);
    await assertMailArrives(sim);
    assert.deepEqual(changes(succeeded(await stack.up())), []);

    declare(program(route53(second.at)));
    refused(await stack.up(), "is still served by");
    delegateTo(sim, second.id);
    await assertMailArrives(sim);
    succeeded(await stack.up());
    assert.equal(held(sim, first), 0);
    assert.equal(held(sim, second.id), 5);
    await assertMailArrives(sim);
    assert.deepEqual(await stack.outputs(), { status: "verified" });
    assert.deepEqual(changes(succeeded(await stack.up())), []);
  });

  itInLongRun("stay when a new record cannot be made and --continue-on-error goes on", async () => {
    const { sim, stack, declare, first } = await open();
    const second = secondZone(sim, "route53");
    declare(program(cloudflare(first)));
    succeeded(await stack.up());
    sim.putRecord(second.id, { type: "MX", name: DOMAIN, content: "mail.other.example", priority: 10 });

    declare(program(route53(second.at)));
    refused(
      await stack.up("--continue-on-error"),
      "already exists",
      "something that they depend on failed in this run",
    );
    assert.equal(held(sim, first), 5);
    await assertMailArrives(sim);
  });

  itInLongRun(
    "between two zones of one vendor, under the same names, is refused before anything is made; a domain that is not in use moves",
    async () => {
      const { sim, stack, declare, first } = await open();
      const second = secondZone(sim, "cloudflare");
      declare(program(cloudflare(first)));
      succeeded(await stack.up());
      declare(program(cloudflare(second.at)));
      says(succeeded(await stack.preview()), "Give the new adapter a nameSuffix");
      for (const flags of [["--continue-on-error"], [], ["--continue-on-error"]]) {
        refused(
          await stack.up(...flags),
          `would move from cloudflare:${first} to cloudflare:${second.at} under the names that they have`,
        );
        assert.deepEqual([held(sim, first), held(sim, second.id)], [5, 0], flags.join());
        await assertMailArrives(sim);
      }
      declare(program(cloudflare(first)));
      assert.deepEqual(changes(succeeded(await stack.up("--continue-on-error"))), []);

      // A zone id that was mistyped, of a domain that has never worked.
      const fresh = (zone: string) =>
        `import { cloudflareDns } from "pulumi-nylas/cloudflare";
       new nylas.AgentDomain("fresh", { domainName: "fresh.example.com", wait: false, dns: cloudflareDns({ zoneId: "${zone}" }) });`;
      declare(`${program(cloudflare(first))}\n${fresh(second.at).replace(/^import.*$/m, "")}`);
      succeeded(await stack.up());
      assert.equal(held(sim, second.id), 5);
      declare(`${program(cloudflare(first))}\n${fresh(first).replace(/^import.*$/m, "")}`);
      succeeded(await stack.up());
      assert.deepEqual([held(sim, first), held(sim, second.id)], [10, 0]);
      succeeded(await stack.up());
      assert.deepEqual(changes(succeeded(await stack.up())), []);
    },
  );

  itInLongRun("between two zones of one vendor with a nameSuffix, forth and back", async () => {
    const { sim, stack, declare, first } = await open();
    const second = secondZone(sim, "cloudflare");
    declare(program(cloudflare(first)));
    succeeded(await stack.up());
    declare(program(cloudflare(second.at)));
    const { text } = refused(await stack.up(), "under the names that they have");
    const printed = /such as (nameSuffix: "\w+");/.exec(text.replace(/\s+/g, " "))?.[1];
    assert.ok(printed, text);
    declare(program(cloudflare(second.at, `, ${printed}`)));
    refused(await stack.up(), "example.com is still served by");
    assert.deepEqual([held(sim, first), held(sim, second.id)], [5, 5]);
    declare(program(cloudflare(first)));
    succeeded(await stack.up("--continue-on-error"));
    assert.deepEqual([held(sim, first), held(sim, second.id)], [5, 0]);
    await assertMailArrives(sim);

    declare(program(cloudflare(second.at, ', nameSuffix: "new"')));
    refused(await stack.up(), "example.com is still served by");
    delegateTo(sim, second.id);
    succeeded(await stack.up("--continue-on-error"));
    assert.deepEqual([held(sim, first), held(sim, second.id)], [0, 5]);
    await assertMailArrives(sim);
  });

  itInLongRun("N2: a zone id that becomes a secret, and is none again, moves nothing", async () => {
    const { sim, stack, declare, first } = await open();
    const adapter = (zoneId: string) => `cloudflareDns({ zoneId: ${zoneId}, zoneName: "example.com" })`;
    declare(program(adapter(`"${first}"`)));
    succeeded(await stack.up());
    for (const zoneId of [`pulumi.secret("${first}")`, `"${first}"`]) {
      declare(program(adapter(zoneId)));
      succeeded(await stack.up());
      assert.equal(held(sim, first), 5);
      await assertMailArrives(sim);
      succeeded(await stack.up("--expect-no-changes"));
    }
  });
});
