import { strict as assert } from "node:assert";
import { type DnsRecord } from "../../provider/dns/records";
import { itInLongRun } from "./longRun";
import {
  assertMailArrives,
  cloudflare,
  delegateTo,
  DOMAIN,
  EMAIL,
  held,
  open,
  program,
  route53,
  secondZone,
} from "./moving";
import { closeScenes, refused, type Scene, succeeded } from "./scene";

/**
 * The first `up` of a move has made the new records and was refused, and then the delegation has moved. The verification still guards the old
 * place alone; mail goes by the new one.
 */
describe("C48: a move that is under way, and whose new records are in use", function () {
  this.timeout(600_000);
  afterEach(closeScenes);

  const half = async (vendor: "route53" | "cloudflare" = "route53") => {
    const world = await open();
    const { sim, stack, declare, first } = world;
    const second = secondZone(sim, vendor);
    declare(program(cloudflare(first)));
    succeeded(await stack.up());
    sim.addMessage({ grant: EMAIL, subject: "keep me" });
    const to = vendor === "route53" ? route53(second.at) : cloudflare(second.at, ', nameSuffix: "new"');
    declare(program(to));
    refused(await stack.up(), "Nothing was taken away");
    assert.equal(held(sim, second.id), 5);
    const isReached = async () => {
      await assertMailArrives(sim);
      assert.equal(held(sim, second.id), 5);
      assert.deepEqual(sim.state().lostMail, []);
    };
    return { ...world, second, to, isReached };
  };

  it("taken back in the program: the run is refused, and goes on once the delegation is back", async () => {
    const { sim, stack, declare, first, second, isReached, to } = await half();
    delegateTo(sim, second.id);
    declare(program(cloudflare(first)));
    refused(await stack.up(), "because mail may go by them");
    await isReached();
    refused(await stack.up("--continue-on-error"), "because mail may go by them");
    await isReached();
    // Forward: the adapter that is in use is declared again.
    declare(program(to));
    succeeded(await stack.up());
    await isReached();
    assert.equal(held(sim, first), 0);
    assert.deepEqual(await stack.outputs(), { status: "verified" });
    succeeded(await stack.preview("--expect-no-changes"));
  });

  it("taken back before the delegation has moved: the new records go, and nothing is asked", async () => {
    const { sim, stack, declare, first, second } = await half();
    declare(program(cloudflare(first)));
    succeeded(await stack.up());
    assert.equal(held(sim, second.id), 0);
    assert.equal(held(sim, first), 5);
    succeeded(await stack.preview("--expect-no-changes"));
  });

  itInLongRun("taken back after the delegation was put back: the new records go", async () => {
    const { sim, stack, declare, first, second } = await half("cloudflare");
    delegateTo(sim, second.id);
    declare(program(cloudflare(first)));
    refused(await stack.up(), "because mail may go by them");
    delegateTo(sim, first);
    succeeded(await stack.up());
    assert.equal(held(sim, second.id), 0);
    assert.equal(held(sim, first), 5);
  });

  const attempts: Record<string, (scene: Pick<Scene, "stack" | "sim" | "declare">) => Promise<unknown>> = {
    "a destroy": async ({ stack }) => refused(await stack.destroy()),
    "a destroy that goes on": async ({ stack }) => refused(await stack.destroy("--continue-on-error")),
    "an up without the domain": async ({ stack, declare }) => {
      declare("export const a = 1;");
      refused(await stack.up());
    },
    "an up without the domain that goes on": async ({ stack, declare }) => {
      declare("export const a = 1;");
      refused(await stack.up("--continue-on-error"));
    },
    "an up that takes it back after a refresh": async ({ stack, sim, declare }) => {
      declare(program(cloudflare(sim.zones[0]!.id)));
      refused(await stack.up("--refresh"));
    },
    "a third place": async ({ stack, sim, declare }) => {
      const third = secondZone(sim, "cloudflare");
      declare(program(cloudflare(third.at, ', nameSuffix: "third"')));
      refused(await stack.up());
      refused(await stack.up("--continue-on-error"));
    },
  };
  for (const [what, attempt] of Object.entries(attempts))
    for (const vendor of ["route53", "cloudflare"] as const)
      itInLongRun(`${what} keeps the records at ${vendor}`, async () => {
        const { sim, stack, declare, second, isReached } = await half(vendor);
        delegateTo(sim, second.id);
        await attempt({ stack, sim, declare });
        await isReached();
      });

  for (const vendor of ["route53", "cloudflare"] as const)
    itInLongRun(`a zone file in the place of both keeps the records at ${vendor}`, async () => {
      const { sim, stack, declare, second, isReached } = await half(vendor);
      delegateTo(sim, second.id);
      declare(program('nylas.zoneFile({ path: "a.zone" })'));
      refused(await stack.up());
      await isReached();
    });

  itInLongRun("a destroy by the word removes both", async () => {
    const { sim, stack, first, second } = await half();
    delegateTo(sim, second.id);
    stack.env["NYLAS_FORCE_DESTROY"] = JSON.stringify([`account:${EMAIL}`, `domain:${DOMAIN}`]);
    succeeded(await stack.destroy());
    assert.equal(held(sim, second.id) + held(sim, first), 0);
  });
});

/** The state knows name servers of the domain that are older than its delegation to the place that is declared. */
describe("C49: a move from a place whose delegation came after its records", function () {
  this.timeout(600_000);
  afterEach(closeScenes);

  const file = 'nylas.zoneFile({ path: "a.zone" })';

  /** A customer's domain is verified by a zone file, and then goes to our Cloudflare zone. */
  const open49 = async () => {
    const world = await open();
    const { sim, stack, declare } = world;
    const hand = world.first;
    const ours = secondZone(sim, "cloudflare");
    declare(program(file, "wait: false"));
    refused(await stack.up(), "is registered but not verified");
    const { outputs } = stack.resource("agents", "pulumi-nodejs:dynamic/nylas:DomainRecords")!;
    for (const { value, ...record } of Object.values(outputs!["records"] as Record<string, DnsRecord>))
      sim.putRecord(hand, { ...record, content: value });
    succeeded(await stack.up());
    declare(program(cloudflare(ours.at)));
    succeeded(await stack.up());
    assert.equal(held(sim, ours.id), 5);
    delegateTo(sim, ours.id);
    succeeded(await stack.up());
    return { ...world, ours };
  };

  it("back to the zone file: the records in use stay", async () => {
    const { sim, stack, declare, ours } = await open49();
    declare(program(file));
    refused(await stack.up(), "Nothing was taken away");
    assert.equal(held(sim, ours.id), 5);
    await assertMailArrives(sim);
  });

  itInLongRun("on to a third zone: the records in use stay until the delegation has moved", async () => {
    const { sim, stack, declare, ours } = await open49();
    const third = secondZone(sim, "cloudflare");
    declare(program(cloudflare(third.at, ', nameSuffix: "new"')));
    refused(await stack.up(), "Nothing was taken away");
    assert.equal(held(sim, ours.id), 5);
    await assertMailArrives(sim);
    delegateTo(sim, third.id);
    stack.env["NYLAS_FORCE_DESTROY"] = `domain:${DOMAIN}`;
    succeeded(await stack.up());
    assert.equal(held(sim, ours.id), 0);
    await assertMailArrives(sim);
  });

  itInLongRun("after a move by the word for one run: the next move needs it again", async () => {
    const { sim, stack, declare, first } = await open();
    const second = secondZone(sim, "cloudflare");
    const third = secondZone(sim, "cloudflare");
    declare(program(cloudflare(first)));
    succeeded(await stack.up());
    declare(program(cloudflare(second.at, ', nameSuffix: "new"')));
    stack.env["NYLAS_FORCE_DESTROY"] = `domain:${DOMAIN}`;
    succeeded(await stack.up());
    delete stack.env["NYLAS_FORCE_DESTROY"];
    delegateTo(sim, second.id);
    succeeded(await stack.up());
    declare(program(cloudflare(third.at, ', nameSuffix: "newer"')));
    refused(await stack.up(), "Nothing was taken away");
    assert.equal(held(sim, second.id), 5);
    await assertMailArrives(sim);
  });
});
