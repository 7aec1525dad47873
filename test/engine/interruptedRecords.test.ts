import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import { changes, closeScenes, refused, succeeded } from "./scene";
import { cloudflare, DOMAIN, held, open, program } from "./moving";

/** The vendor made a record, and the answer never came: the state does not have it, and the vendor makes no second one. */
describe("S1: records that an interrupted run has made and nobody recorded", function () {
  this.timeout(600_000);
  afterEach(closeScenes);

  /** The ids of the five records by their slots. The vendor lists them in the order in which they were made. */
  const idsIn = (records: readonly { id: string; type: string; name: string; content: string }[]) => {
    const idOf = (is: (record: (typeof records)[number]) => boolean) => records.find(is)!.id;
    return {
      mx: idOf(({ type, name }) => type === "MX" && name === DOMAIN),
      feedback: idOf(({ type, name }) => type === "MX" && name !== DOMAIN),
      spf: idOf(({ content }) => content.includes("v=spf1")),
      ownership: idOf(({ content }) => content.includes("nylas-ownership-verify")),
      dkim: idOf(({ content }) => content.includes("v=DKIM1")),
    };
  };

  it("at Cloudflare are adopted by their ids, with the line of the runbook", async () => {
    const { sim, stack, declare, first } = await open();
    declare(program(cloudflare(first)));
    sim.addFault({
      method: "POST",
      path: "dns_records",
      kind: "status",
      status: 400,
      when: "after",
      times: 2,
    });
    refused(await stack.up());
    sim.clearFaults();
    const before = held(sim, first);
    refused(await stack.up(), "An identical record already exists");

    const { records } = sim.state().zones.find(({ id }) => id === first)!;
    const missing = Object.entries(idsIn(records)).filter(
      ([slot]) => stack.resource(`agents-${slot}`) === undefined,
    );
    assert.equal(missing.length, 2, `two of the ${before} records stand and are not recorded`);
    const adopt = JSON.stringify(Object.fromEntries(missing));
    declare(program(cloudflare(first, `, adopt: ${adopt}`)));
    succeeded(await stack.preview());
    assert.equal(succeeded(await stack.up()).summary.import, 2);
    assert.equal(held(sim, first), 5);
    assert.deepEqual(await stack.outputs(), { status: "verified" });

    // The line may stay, and go, and costs no record when it comes back.
    assert.deepEqual(changes(succeeded(await stack.up())), []);
    succeeded(await stack.refresh());
    declare(program(cloudflare(first)));
    assert.deepEqual(changes(succeeded(await stack.up())), []);
    declare(program(cloudflare(first, `, adopt: ${adopt}`)));
    refused(await stack.up("--continue-on-error"), "this stack has made or adopted the records already");
    assert.equal(held(sim, first), 5);
    // Nor one that the state holds from the beginning.
    const other = ["mx", "spf", "ownership", "dkim"].find(
      (slot) => !missing.some(([each]) => each === slot),
    )!;
    declare(program(cloudflare(first, `, adopt: { ${other}: "${stack.resource(`agents-${other}`)!.id}" }`)));
    refused(await stack.up("--continue-on-error"), "this stack has made or adopted the record already");
    assert.equal(held(sim, first), 5);
  });

  itInLongRun("at Route 53 are adopted by their slots", async () => {
    const { sim, stack, declare } = await open();
    const id = sim.seed({ kind: "zone", name: "example.com", vendor: "route53" });
    const zone = sim.hostedZones.at(-1)!.id;
    sim.setDelegation("example.com", sim.state().zones.find((each) => each.id === id)!.nameServers);
    const dns = (more = "") => `route53Dns({ zoneId: "${zone}"${more} })`;
    declare(program(dns()));
    sim.addFault({ method: "POST", path: "rrset", kind: "status", status: 400, when: "after", times: 2 });
    refused(await stack.up());
    sim.clearFaults();
    refused(await stack.up(), "already exists");
    const missing = { mx: "agents-mx", spf: "agents-txt", dkim: "agents-dkim", feedback: "agents-feedback" };
    const slots = Object.entries(missing).filter(([, name]) => stack.resource(name) === undefined);
    assert.equal(slots.length, 2);
    const line = (slot: string) => {
      const { name, type } = sim
        .state()
        .zones.find((each) => each.id === id)!
        .records.find(({ content, type: of, name: at }) =>
          slot === "dkim"
            ? content.includes("DKIM1")
            : slot === "feedback"
              ? at !== DOMAIN && !content.includes("DKIM1")
              : at === DOMAIN && of === (slot === "mx" ? "MX" : "TXT"),
        )!;
      return `${slot}: "${zone}_${name}_${type}"`;
    };
    declare(program(dns(`, adopt: { ${slots.map(([slot]) => line(slot)).join(", ")} }`)));
    const adopted = await stack.up();
    assert.equal(succeeded(adopted).summary.import, 2);
    declare(program(dns()));
    succeeded(await stack.up());
    assert.deepEqual(changes(succeeded(await stack.up())), []);
    assert.equal(held(sim, id), 5);
    assert.deepEqual(await stack.outputs(), { status: "verified" });
  });
});
