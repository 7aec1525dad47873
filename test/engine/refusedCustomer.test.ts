import { strict as assert } from "node:assert";
import { type Simulator } from "nylas-simulator";
import { itInLongRun, itOrdinarilyIf } from "./longRun";
import { changes, closeScenes, mailbox, openScene, refused, says, succeeded } from "./scene";

const CUSTOMERS = ["first", "second", "third"];
const domainOf = (customer: string) => `${customer}.example.com`;

/** Three customers, each with a domain and a mailbox of their own, and one with no domain of its own. */
const program = (adapter: string, more = "") => `
  import { cloudflareDns } from "pulumi-nylas/cloudflare";
  import { route53Dns } from "pulumi-nylas/route53";
  for (const customer of ${JSON.stringify(CUSTOMERS)}) {
    const domain = new nylas.AgentDomain(customer, { domainName: customer + ".example.com", dns: ${adapter}, ${more} });
    new nylas.Tenant(customer, { domain, accounts: { bot: { displayName: "Bot" } } });
  }
`;

const standing = (sim: Simulator) =>
  sim
    .state()
    .zones.flatMap(({ records }) => records)
    .filter(({ type }) => type === "MX" || type === "TXT");
const boxes = (sim: Simulator) =>
  CUSTOMERS.filter((customer) => mailbox(sim, `bot@${domainOf(customer)}`) !== undefined);

/** That no placeholder has come to the vendor, in a record or in a request. */
function assertNoPlaceholder(sim: Simulator): void {
  assert.deepEqual(
    standing(sim).filter((record) => JSON.stringify(record).includes(".invalid")),
    [],
  );
  assert.deepEqual(
    sim.writes().filter(({ body }) => JSON.stringify(body ?? "").includes(".invalid")),
    [],
  );
}

describe("M15: one refused customer", function () {
  this.timeout(500_000);
  afterEach(closeScenes);

  const vendors: Record<string, (sim: Simulator) => string> = {
    Cloudflare: (sim) => `cloudflareDns({ zoneId: "${sim.zones[0]!.id}", ttl: pulumi.output(300) })`,
    "Route 53": (sim) =>
      `route53Dns({ zoneId: "${sim.hostedZones[0]!.id}", existing: customer === "first" ? [pulumi.output("x=y")] : [] })`,
  };
  const open = async () => {
    const scene = await openScene({ program: "" });
    Object.assign(scene.stack.env, {
      CLOUDFLARE_BASE_URL: scene.sim.cloudflareUrl,
      CLOUDFLARE_API_TOKEN: scene.sim.keys.cloudflareToken,
      AWS_ENDPOINT_URL_ROUTE_53: scene.sim.url,
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "any",
      AWS_REGION: "us-east-1",
    });
    scene.stack.setConfig({
      "aws:skipCredentialsValidation": "true",
      "aws:skipRequestingAccountId": "true",
      "aws:skipMetadataApiCheck": "true",
    });
    return scene;
  };

  for (const [vendor, adapter] of Object.entries(vendors)) {
    itOrdinarilyIf(
      vendor === "Cloudflare",
      `with records at ${vendor} keeps nobody from a mailbox, and no placeholder is ever published`,
      async () => {
        const { sim, stack, declare } = await open();
        const foreign = sim.putRecord("example.com", {
          type: "MX",
          name: domainOf("first"),
          content: "mail.other.example",
          priority: 10,
        });
        declare(program(adapter(sim)));
        const up = refused(await stack.up("--continue-on-error"), "already receives mail elsewhere");
        assert.doesNotMatch(up.text, /Missing required argument/);
        assert.deepEqual(boxes(sim), ["second", "third"], up.text);
        assert.deepEqual(
          standing(sim).filter(({ name }) => name.endsWith(domainOf("first"))).length,
          1,
          "nothing of ours beside the foreign MX",
        );
        assertNoPlaceholder(sim);

        sim.removeRecord("example.com", foreign);
        succeeded(await stack.up());
        assert.deepEqual(boxes(sim), CUSTOMERS);
        assertNoPlaceholder(sim);
        assert.deepEqual(changes(succeeded(await stack.up())), []);
      },
    );

    itInLongRun(
      `whose records at ${vendor} exist and whose NylasDomainRecords fails an update changes no record`,
      async () => {
        const { sim, stack, declare } = await open();
        sim.setDelegation("example.com", ["ns1.elsewhere.test"]);
        const waitless = program(adapter(sim), "wait: false,").replace(/new nylas\.Tenant.*$/m, "");
        declare(waitless);
        succeeded(await stack.up());
        const published = standing(sim).map(({ name, type, content }) => `${type} ${name} ${content}`);
        const { id } = sim
          .state()
          .domains.find(({ domain_address }) => domain_address === domainOf("first"))!;
        sim.edit("domain", id, { ownership: { token: "Rotated1" } });
        succeeded(await stack.refresh());
        sim.addFault({ kind: "status", status: 400, method: "POST", path: `${id}/info`, times: "always" });
        declare(waitless.replace('"second","third"', '"second","third","fourth"'));
        const up = refused(await stack.up("--continue-on-error"));
        assert.doesNotMatch(up.text, /Missing required argument/);
        const after = standing(sim).map(({ name, type, content }) => `${type} ${name} ${content}`);
        assert.deepEqual(
          after.filter((record) => !record.includes("fourth.example.com")),
          published,
        );
        assert.equal(after.length > published.length, true, "the new customer's records are published");
        assertNoPlaceholder(sim);

        sim.clearFaults();
        says(succeeded(await stack.up()), "first");
        assert.ok(standing(sim).some(({ content }) => content.includes("Rotated1")));
        assertNoPlaceholder(sim);
      },
    );
  }
});
