import { strict as assert } from "node:assert";
import {
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { type Simulator, startSimulator } from "nylas-simulator";
import { domainWord } from "../words";
import { isSecret, Stack } from "./harness";
import { describeInLongRun, itInLongRun } from "./longRun";
import {
  changes,
  closeScenes,
  keys,
  leftBehind,
  openScene,
  refused,
  says,
  succeeded,
  type Scene,
} from "./scene";

/** What points Amazon's plugin (and SDK) at the simulator; the real plugin would ask other services who it is. */
const awsEnvironment = (sim: Simulator) => ({
  AWS_ENDPOINT_URL_ROUTE_53: sim.url,
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "any",
  AWS_REGION: "us-east-1",
});
const awsConfig = {
  "aws:skipCredentialsValidation": "true",
  "aws:skipRequestingAccountId": "true",
  "aws:skipMetadataApiCheck": "true",
};

/** The zone as Amazon's own SDK shows it. */
class Zone {
  private constructor(
    private readonly client: Route53Client,
    readonly id: string,
  ) {}

  static async open(sim: Simulator): Promise<Zone> {
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "any" };
    const client = new Route53Client({ endpoint: sim.url, region: "us-east-1", credentials });
    const { HostedZones } = await client.send(new ListHostedZonesByNameCommand({ DNSName: "example.com" }));
    return new Zone(client, HostedZones![0]!.Id!.replace("/hostedzone/", ""));
  }

  /** Record sets but for the zone's own NS and SOA, as `TXT agents.example.com. 300`, with their values. */
  async sets(): Promise<Record<string, string[]>> {
    const { ResourceRecordSets } = await this.client.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: this.id }),
    );
    const entries = ResourceRecordSets!
      .filter(({ Type }) => Type !== "NS" && Type !== "SOA")
      .map(({ Name, Type, TTL, ResourceRecords }) => [
        `${Type} ${Name} ${TTL}`,
        ResourceRecords!.map(({ Value }) => Value!).sort(),
      ]);
    return Object.fromEntries(entries) as Record<string, string[]>;
  }
}

describeInLongRun("the Route 53 record of @pulumi/aws on this machine", function () {
  this.timeout(300_000);
  let sim: Simulator;
  let stack: Stack;
  let zone: Zone;

  const program = (txt: string, more = "") => `
    import { Record } from "@pulumi/aws/route53/record";
    import * as pulumi from "@pulumi/pulumi";
    const at = { zoneId: "${zone.id}", ttl: 300 };
    const txt = new Record("txt", { ...at, name: "Agents.example.com.", type: "TXT", records: ${txt} });
    new Record("mx", { ...at, name: "agents", type: "MX", records: [pulumi.secret("10 mail.example.net")] });
    ${more}
    export const fqdn = txt.fqdn;`;

  before(async () => {
    sim = await startSimulator();
    zone = await Zone.open(sim);
    sim.clearRequests();
    stack = new Stack({
      program: program(`["one", "two\\"\\"three"]`),
      config: awsConfig,
      env: awsEnvironment(sim),
    });
  });

  after(async () => {
    stack.dispose();
    await sim.close();
  });

  it("shows what is declared in a preview, and asks Route 53 nothing", async () => {
    const result = succeeded(await stack.preview());
    assert.deepEqual(result.summary, { create: 2 });
    assert.deepEqual(result.steps.find(({ name }) => name === "txt")?.inputs["records"], [
      "one",
      'two""three',
    ]);
    assert.deepEqual(sim.requests, []);
  });

  it("creates record sets with quotes around each text, and a second up or refresh changes nothing", async () => {
    const first = succeeded(await stack.up());
    assert.deepEqual(await zone.sets(), {
      "MX agents.example.com. 300": ["10 mail.example.net"],
      "TXT agents.example.com. 300": ['"one"', '"two""three"'],
    });
    assert.deepEqual(await stack.outputs(), { fqdn: "agents.example.com" });
    assert.ok(isSecret(stack.resource("mx")?.outputs?.["records"]), "a secret stays one in the state");
    const warnings = first.diagnostics
      .filter(({ severity }) => severity !== "debug")
      .map(({ message }) => message);
    assert.deepEqual(
      warnings.filter((message) => !message.includes("from $PATH")),
      [],
    );
    assert.deepEqual(succeeded(await stack.up("--expect-no-changes")).summary, { same: 2 });
    assert.deepEqual(succeeded(await stack.refresh("--expect-no-changes")).summary, { same: 2 });
  });

  it("updates values in place, and compares them as a set", async () => {
    stack.setProgram(program(`["two\\"\\"three", "one"]`));
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 2 });
    stack.setProgram(program(`["one"]`));
    const result = succeeded(await stack.up());
    assert.deepEqual(result.summary, { update: 1, same: 1 });
    assert.deepEqual(result.steps.find(({ op }) => op === "update")?.diffs, ["records"]);
    assert.deepEqual((await zone.sets())["TXT agents.example.com. 300"], ['"one"']);
  });

  it("does not overwrite a record set that stands, and takes it over by import", async () => {
    sim.putRecord("example.com", { type: "TXT", name: "old", content: '"x"', ttl: 300 });
    const existing = (options: string) =>
      program(
        `["one"]`,
        `new Record("old", { ...at, name: "old.example.com", type: "TXT", records: ["x"] }, ${options});`,
      );
    stack.setProgram(existing("{}"));
    refused(
      await stack.up(),
      "creating Route53 Record",
      "[name='old.example.com.', type='TXT'] but it already exists",
    );
    stack.setProgram(existing(`{ import: "${zone.id}_old.example.com_TXT" }`));
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 2, import: 1 });
    assert.equal(stack.resource("old")?.id, `${zone.id}_old.example.com_TXT`);
  });

  it("finds on refresh what disappeared, and makes it anew", async () => {
    const { records } = sim.state().zones[0]!;
    sim.removeRecord("example.com", records.find(({ type }) => type === "MX")!.id);
    assert.deepEqual(succeeded(await stack.refresh()).summary, { same: 2, delete: 1 });
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 2, create: 1 });
  });

  it("replaces a record set for another name, and destroy leaves the zone empty", async () => {
    stack.setProgram(program(`["one"]`).replace("Agents.example.com.", "other.example.com"));
    assert.equal(succeeded(await stack.preview()).summary.replace, 1);
    succeeded(await stack.destroy());
    assert.deepEqual(await zone.sets(), {});
  });
});

describe("an AgentDomain in Route 53", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const domain = "agents.example.com";
  const program = (dns: string, more = "") => `
    import { route53Dns } from "pulumi-nylas/route53";
    const domain = new nylas.AgentDomain("agents", {
      domainName: "${domain}",
      dns: route53Dns({ zoneName: "example.com", ${dns} }),
      ${more}
    });
    export const status = domain.status;`;
  const open = async (options: { withoutKeys?: boolean } = {}): Promise<Scene & { zone: Zone }> => {
    const sim = await startSimulator();
    const scene = await openScene({ beside: sim, env: awsEnvironment(sim), config: awsConfig, ...options });
    simulators.push(sim);
    const zone = await Zone.open(sim);
    sim.clearRequests();
    return { ...scene, zone };
  };
  const simulators: Simulator[] = [];
  afterEach(async () => {
    for (const sim of simulators.splice(0)) await sim.close();
  });

  it("is legible in the preview, verified by the up, left alone by the next ones, and gone in the end", async () => {
    const { sim, stack, zone, declare } = await open({ withoutKeys: true });
    declare(
      program(
        `zoneId: "${zone.id}", existing: ["google-site-verification=x"]`,
        `dmarc: "v=DMARC1; p=reject",`,
      ) + `\nnew nylas.AgentAccount("scheduling", { email: domain.mailbox("scheduling") });`,
    );

    const preview = succeeded(await stack.preview());
    const inputs = (name: string) => preview.steps.find((step) => step.name === name)?.inputs ?? {};
    assert.deepEqual([inputs("agents-txt")["name"], inputs("agents-txt")["type"]], [domain, "TXT"]);
    assert.equal((inputs("agents-txt")["records"] as unknown[])[2], "google-site-verification=x");
    assert.deepEqual([inputs("agents-mx")["name"], inputs("agents-mx")["type"]], [domain, "MX"]);
    assert.equal(inputs("agents-dmarc")["name"], `_dmarc.${domain}`);
    for (const name of ["agents-dkim", "agents-feedback"]) assert.ok(inputs(name)["records"], name);
    assert.equal(inputs("scheduling")["email"], `scheduling@${domain}`);
    assert.deepEqual(sim.requests, [], "a preview asks nobody");

    Object.assign(stack.env, keys(sim));
    const up = succeeded(await stack.up());
    assert.equal(up.summary.create, 10, up.text);
    assert.deepEqual(await stack.outputs(), { status: "verified" });
    const [registered] = sim.state().domains.filter(({ branded }) => !branded);
    const { ownership, mx, spf, dkim, feedback, dmarc } = registered!.verified;
    assert.deepEqual([ownership, mx, spf, dkim, feedback, dmarc], Array(6).fill(true));
    const sets = await zone.sets();
    const places = Object.keys(sets).map((set) =>
      set.replace(/ \S+\._domainkey\./, " KEY.").replace(/^MX \S+\.agents\./, "MX BOUNCE.agents."),
    );
    assert.deepEqual(
      places.sort(),
      [
        `MX ${domain}. 300`,
        `MX BOUNCE.${domain}. 300`,
        `TXT KEY.${domain}. 300`,
        `TXT _dmarc.${domain}. 300`,
        `TXT ${domain}. 300`,
      ].sort(),
    );
    const texts = sets[`TXT ${domain}. 300`]!;
    assert.deepEqual(
      texts.map((text) => text.slice(1, -1).replace(/=.*/, "")),
      ["google-site-verification", "nylas-ownership-verify", "v"],
    );
    const key = Object.entries(sets).find(([set]) => set.includes("._domainkey."))![1][0]!;
    assert.match(key, /^"[^"]{255}""[^"]+"$/, "a 2048-bit key stands in two strings");
    assert.equal(sim.state().grants.length, 1);
    sim.clearRequests();

    assert.deepEqual(succeeded(await stack.up("--expect-no-changes")).summary, { same: 10 });
    assert.deepEqual(succeeded(await stack.refresh("--expect-no-changes")).summary, { same: 10 });
    assert.deepEqual(sim.writes(), []);

    stack.env["NYLAS_FORCE_DESTROY"] = domainWord("agents.example.com");
    succeeded(await stack.destroy());
    assert.deepEqual(await zone.sets(), {});
    assert.deepEqual(leftBehind(sim), []);
  });

  itInLongRun(
    "never overwrites what stands at the domain: it is taken over first, and changed in a change of its own",
    async () => {
      const { sim, stack, zone, declare } = await open();
      sim.putRecord("example.com", {
        type: "TXT",
        name: domain,
        content: '"google-site-verification=x"',
        ttl: 3600,
      });
      const before = { [`TXT ${domain}. 3600`]: ['"google-site-verification=x"'] };

      const id = `zoneId: "${zone.id}"`;
      declare(program(id));
      refused(await stack.up(), "type='TXT'] but it already exists");
      assert.deepEqual((await zone.sets())[`TXT ${domain}. 3600`], before[`TXT ${domain}. 3600`]);

      const kept = `${id}, existing: ["google-site-verification=x"]`;
      declare(program(`${kept}, adopt: { spf: true }`));
      const adopted = succeeded(await stack.up());
      assert.equal(adopted.summary.import, 1, adopted.text);
      says(adopted, "verification pending");
      assert.deepEqual((await zone.sets())[`TXT ${domain}. 3600`], before[`TXT ${domain}. 3600`]);

      declare(program(kept));
      const preview = succeeded(await stack.preview());
      assert.deepEqual(preview.steps.find(({ name }) => name === "agents-txt")?.diffs.sort(), [
        "records",
        "ttl",
      ]);
      const up = succeeded(await stack.up());
      assert.deepEqual(changes(up), ["agents update", "agents-txt update"]);
      assert.deepEqual(await stack.outputs(), { status: "verified" });
      assert.equal((await zone.sets())[`TXT ${domain}. 300`]!.length, 3);
      succeeded(await stack.up("--expect-no-changes"));
    },
  );

  itInLongRun("publishes a rotated ownership value in place, beside the values that stay", async () => {
    const { sim, stack, zone, declare } = await open();
    declare(program(`zoneId: "${zone.id}", existing: ["keep me"]`, "wait: false,"));
    sim.setDelegation("example.com", ["ns1.elsewhere.test"]);
    says(succeeded(await stack.up()), "verification pending");
    const [first] = Object.entries(await zone.sets()).filter(([set]) => set.startsWith(`TXT ${domain}.`));
    sim.setDelegation("example.com", null);
    const { id } = sim.state().domains.find(({ domain_address }) => domain_address === domain)!;
    sim.edit("domain", id, { ownership: { token: "Rotated1" } });

    const up = succeeded(await stack.up("--refresh"));
    assert.ok(changes(up).includes("agents-txt update"), up.text);
    const texts = (await zone.sets())[`TXT ${domain}. 300`]!;
    assert.ok(
      texts.includes('"keep me"') && texts.includes('"nylas-ownership-verify=Rotated1"'),
      texts.join(),
    );
    assert.equal(texts.length, first![1].length);
  });

  itInLongRun("refuses a domain outside the zone before anything is asked", async () => {
    const { sim, stack, zone, declare } = await open();
    declare(program(`zoneId: "${zone.id}"`).replace(domain, "agents.myexample.com"));
    refused(await stack.preview(), "agents.myexample.com does not lie in the zone example.com");
    assert.deepEqual(sim.requests, []);
  });
});
