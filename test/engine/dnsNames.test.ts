import { strict as assert } from "node:assert";
import { Resolver } from "node:dns/promises";
import { type Simulator } from "nylas-simulator";
import { assertLive, DOMAIN, mailArrives, openLiveDomain, zoneOf } from "./liveDomain";
import { itInLongRun } from "./longRun";
import { changes, closeScenes, openScene, refused, says, succeeded } from "./scene";

const put = (sim: Simulator, type: "MX" | "TXT" | "CNAME", name: string, content: string, priority = 10) =>
  sim.putRecord("example.com", { type, name, content, ...(type === "MX" ? { priority } : {}) });

/** The texts that a receiver finds at a name. */
async function texts(sim: Simulator, name: string): Promise<string[]> {
  const resolver = new Resolver();
  resolver.setServers([sim.dnsServer]);
  return resolver.resolveTxt(name).then(
    (found) => found.map((parts) => parts.join("")).sort(),
    () => [],
  );
}

describe("findings 5 to 9: what stands at a domain, and where its records land", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  const program = (more = "") =>
    `const agents = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns, ${more} });
    export const status = agents.status;`;

  it("finding 5: a second DMARC, a CNAME and another priority leave the zone as it was, all named; then the records go out", async () => {
    const { sim, stack } = await openLiveDomain(program(`dmarc: "v=DMARC1; p=reject",`));
    const dmarc = put(sim, "TXT", `_dmarc.${DOMAIN}`, "v=DMARC1; p=none");
    const mx = put(sim, "MX", DOMAIN, "inbound.us.mail.nylas-simulator.test", 20);
    const before = zoneOf(sim);
    succeeded(await stack.preview());
    assert.deepEqual(sim.dnsQueries, [], "a preview asks nobody");
    refused(
      await stack.up(),
      `_dmarc.${DOMAIN} already has a DMARC record: "v=DMARC1; p=none"`,
      "MX 20 inbound.us.mail.nylas-simulator.test; Nylas asks for 10",
      "adopt: { dmarc: ",
      "adopt: { mx: ",
      "none was written",
    );
    assert.deepEqual(zoneOf(sim), before);
    for (const id of [dmarc, mx]) sim.removeRecord("example.com", id);
    const alias = put(sim, "CNAME", DOMAIN, "app.vercel.example");
    refused(await stack.up(), `${DOMAIN} is an alias (CNAME) for app.vercel.example`);
    assert.deepEqual(zoneOf(sim), []);
    sim.removeRecord("example.com", alias);
    succeeded(await stack.up());
    assert.deepEqual(await texts(sim, `_dmarc.${DOMAIN}`), ["v=DMARC1; p=reject"]);
    assert.equal(zoneOf(sim).length, 6);
    assert.ok(await mailArrives(sim));
  });

  itInLongRun(
    "finding 5: a DMARC record that comes into the program later, beside an old one, is named",
    async () => {
      const { sim, stack, declare } = await openLiveDomain(program());
      succeeded(await stack.up());
      put(sim, "TXT", `_dmarc.${DOMAIN}`, "v=DMARC1; p=none");
      declare(program(`dmarc: "v=DMARC1; p=reject",`));
      says(await stack.up(), `_dmarc.${DOMAIN} already has a DMARC record: "v=DMARC1; p=none"`);
    },
  );

  itInLongRun(
    "finding 6: a wildcard locks nothing: the records are published over it, and it is said what stops applying",
    async () => {
      const { sim, stack } = await openLiveDomain(program());
      put(sim, "TXT", "*.example.com", "v=spf1 -all");
      put(sim, "MX", "*.example.com", "mx.corp.example");
      says(
        succeeded(await stack.up()),
        `${DOMAIN} is answered by a wildcard of its zone today`,
        'TXT "v=spf1 -all"',
        "MX 10 mx.corp.example",
      );
      await assertLive(sim, "own records displace a wildcard");
      const own = await texts(sim, DOMAIN);
      assert.equal(own.length, 2);
      assert.ok(
        own.every((text) => text !== "v=spf1 -all"),
        own.join("\n"),
      );
      assert.deepEqual(await texts(sim, "other.example.com"), ["v=spf1 -all"]);
    },
  );

  itInLongRun(
    "finding 8: a zone that is not the domain's is named at once, and the right id moves the records",
    async () => {
      const other = "agents.other.org";
      const { sim, stack, declare, zoneId } = await openLiveDomain("", {
        simulator: { zones: ["example.com", "other.org"] },
      });
      const declared = (zone: string) =>
        declare(
          `new nylas.AgentDomain("agents", { domainName: "${other}", dns: cloudflareDns({ zoneId: ${zone} }) });`,
        );
      declared(JSON.stringify("YOUR_CLOUDFLARE_ZONE_ID"));
      refused(
        await stack.preview(),
        'cloudflareDns: zoneId: given "YOUR_CLOUDFLARE_ZONE_ID"',
        "32 hexadecimal digits",
      );
      declared(`pulumi.output("YOUR_CLOUDFLARE_ZONE_ID")`);
      refused(
        await stack.preview(),
        'cloudflareDns: zoneId: given "YOUR_CLOUDFLARE_ZONE_ID"',
        "32 hexadecimal digits",
      );
      assert.deepEqual(sim.writes(), []);

      declared(JSON.stringify(zoneId));
      const up = refused(
        await stack.up(),
        `The DNS records of ${other} are in the wrong zone: they stand as ${other}.example.com`,
        "zoneId is the id of the zone example.com",
      );
      assert.doesNotMatch(up.text, /waiting for|publish it/);
      declared(JSON.stringify(sim.zones.find(({ name }) => name === "other.org")!.id));
      succeeded(await stack.up());
      await assertLive(sim, "moved to the right zone", other);
      assert.deepEqual(
        zoneOf(sim).filter((record) => record.endsWith("example.com")),
        [],
      );
      assert.deepEqual(changes(succeeded(await stack.up())), []);
    },
  );

  itInLongRun(
    "finding 9: a comment beyond Cloudflare's limit is refused in the preview, and one beyond a free plan's is warned of",
    async () => {
      const { sim, stack, declare } = await openLiveDomain("");
      const declared = (comment: string) =>
        declare(`new nylas.AgentDomain("agents", { domainName: "${DOMAIN}",
        dns: cloudflareDns({ zoneId: process.env.ZONE_ID!, zoneName: "example.com", comment: ${comment} }) });`);
      declared(`"x".repeat(501)`);
      refused(await stack.preview(), "comment", "at most 500 characters (100 on a free plan)");
      declared(`pulumi.output("x".repeat(501))`);
      refused(await stack.preview(), "comment has 501 characters; Cloudflare allows 500");
      assert.deepEqual(sim.writes(), []);
      declared(`"é".repeat(101)`);
      says(
        succeeded(await stack.preview()),
        "comment has 101 characters; in a zone on a free plan Cloudflare allows 100",
      );
    },
  );

  itInLongRun(
    "finding 9: a domain that somebody else has to publish is pending, and no drift; every up looks again",
    async () => {
      const { sim, stack } = await openScene({
        program: `const agents = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: nylas.zoneFile() });
        export const { records, status } = agents;`,
      });
      succeeded(await stack.up());
      const pending = `${DOMAIN}: verification pending. The next pulumi up looks again.`;
      says(succeeded(await stack.refresh("--expect-no-changes")), pending);
      succeeded(await stack.refresh("--run-program", "--expect-no-changes"));
      says(succeeded(await stack.preview("--refresh", "--run-program", "--expect-no-changes")), pending);
      says(succeeded(await stack.preview("--expect-no-changes")), pending);

      const records = stack.resource("agents", "pulumi-nodejs:dynamic/nylas:DomainRecords")!.outputs![
        "records"
      ] as Record<string, { type: "MX" | "TXT"; name: string; value: string; priority?: number }>;
      for (const { value, ...record } of Object.values(records))
        sim.putRecord("example.com", { ...record, content: value });
      assert.deepEqual(changes(succeeded(await stack.up())), ["agents update"]);
      await assertLive(sim, "verified by the next up");
      assert.doesNotMatch(succeeded(await stack.preview("--expect-no-changes")).text, /verification pending/);
    },
  );
});
