import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { ListHostedZonesByNameCommand, Route53Client } from "@aws-sdk/client-route-53";
import { type Simulator, startSimulator } from "nylas-simulator";
import { closeScenes, leftBehind, refused, type Scene, succeeded } from "../engine/scene";
import { openYaml, yamlProject } from "./stack";

const SLOTS = ["dkim", "dmarc", "feedback", "mx", "ownership", "spf"];

describe("components in a program in YAML", function () {
  this.timeout(300_000);
  let beside: Simulator;

  beforeEach(async () => {
    beside = await startSimulator();
  });
  afterEach(async () => {
    await closeScenes();
    await beside.close();
  });

  const open = (program: string, env: Record<string, string> = {}): Promise<Scene> =>
    openYaml(program, {
      beside,
      env: {
        CLOUDFLARE_BASE_URL: beside.cloudflareUrl,
        CLOUDFLARE_API_TOKEN: beside.keys.cloudflareToken,
        AWS_ENDPOINT_URL_ROUTE_53: beside.url,
        AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "any",
        AWS_REGION: "us-east-1",
        ...env,
      },
      config: {
        "aws:skipCredentialsValidation": "true",
        "aws:skipRequestingAccountId": "true",
        "aws:skipMetadataApiCheck": "true",
      },
    });

  const cloudflare = () => `{ cloudflare: { zoneId: ${beside.zones[0]!.id}, zoneName: example.com } }`;
  const agents = (dns: string, more = "", options = "") => `
resources:
  agents:
    type: nylas:AgentDomain
    properties:
      domainName: agents.example.com
      dns: ${dns}
      addressesFor: [scheduling]
      forceDestroy: true
      ${more}
    ${options}
  scheduling:
    type: nylas:AgentAccount
    properties: { email: "\${agents.addresses.scheduling}" }
outputs: { status: "\${agents.status}" }
`;

  const published = () =>
    beside.state().zones[0]!.records.filter(({ type }) => type === "MX" || type === "TXT");

  it("an AgentDomain shows its records in the preview, is verified, is unchanged, and is destroyed", async () => {
    const { sim, stack } = await open(agents(cloudflare(), "dmarc: v=DMARC1; p=reject"));
    const preview = succeeded(await stack.preview());
    const records = preview.steps.filter(({ type }) => type === "cloudflare:index/dnsRecord:DnsRecord");
    assert.deepEqual(
      records.map(({ name }) => name).sort(),
      SLOTS.map((slot) => `agents-${slot}`),
    );
    const account = preview.steps.find(({ name }) => name === "scheduling");
    assert.equal(account?.inputs["email"], "scheduling@agents.example.com");
    succeeded(await stack.up());
    assert.deepEqual(await stack.outputs(), { status: "verified" });
    assert.equal(published().length, SLOTS.length);
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 11 });
    succeeded(await stack.destroy());
    assert.deepEqual(published(), []);
    assert.deepEqual(leftBehind(sim), []);
  });

  it("a vendor's provider reaches the records, and no second process of this plugin is started", async () => {
    const program = agents(cloudflare(), "", 'options: { providers: ["${vendor}"] }').replace(
      "resources:\n",
      `resources:
  vendor:
    type: pulumi:providers:cloudflare
    properties: { apiToken: ${beside.keys.cloudflareToken}, baseUrl: "${beside.cloudflareUrl}" }
`,
    );
    const { stack } = await open(program, { CLOUDFLARE_API_TOKEN: "no-such-token" });
    // Each process writes a line before it serves.
    const started = path.join(stack.folder, "started");
    const hook = path.join(stack.folder, "hook.cjs");
    fs.writeFileSync(
      hook,
      `if (/pulumi-resource-nylas$/.test(process.argv[1] ?? "")) require("fs").appendFileSync(${JSON.stringify(started)}, process.pid + "\\n");`,
    );
    stack.env["NODE_OPTIONS"] = `--require ${hook}`;
    succeeded(await stack.up("--skip-preview"));
    assert.deepEqual(await stack.outputs(), { status: "verified" });
    assert.equal(published().length, 5);
    const providers = new Set(
      stack
        .state()
        .filter(({ type }) => type === "pulumi:providers:nylas")
        .map(({ urn }) => urn),
    );
    assert.equal(providers.size, 1);
    // The schema is asked of one process, and the operation is served by one.
    const processes = fs.readFileSync(started, "utf8").trim().split("\n").length;
    assert.ok(processes <= 2, `${processes} processes`);
  });

  it("an AgentDomain at Route 53, as data", async () => {
    const id = await route53Id(beside, "example.com");
    const { sim, stack } = await open(
      agents(`{ route53: { zoneId: ${id}, zoneName: example.com, ttl: 60 } }`),
    );
    const preview = succeeded(await stack.preview());
    const sets = preview.steps.filter(({ type }) => type === "aws:route53/record:Record");
    assert.deepEqual(sets.map(({ name }) => name).sort(), [
      "agents-dkim",
      "agents-feedback",
      "agents-mx",
      "agents-txt",
    ]);
    succeeded(await stack.up());
    assert.deepEqual(await stack.outputs(), { status: "verified" });
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
  });

  it("a Tenant on the trial domain shows its addresses in the first preview", async () => {
    const { sim, stack } = await open(`
resources:
  customer-a:
    type: nylas:Tenant
    properties:
      trial: { domainName: acme.nylas.email }
      policy: { limits: { dailySends: 50 } }
      accounts:
        scheduling: { displayName: Scheduling, appPassword: Plain-in-the-program-1 }
        billing: {}
      smokeTest: {}
outputs:
  addresses: \${customer-a.addresses}
`);
    const preview = succeeded(await stack.preview());
    const emails = preview.steps.flatMap(({ type, inputs }) =>
      type === "nylas:index:AgentAccount" ? [inputs["email"]] : [],
    );
    const expected = ["customer-a-billing@acme.nylas.email", "customer-a-scheduling@acme.nylas.email"];
    assert.deepEqual(emails.sort(), expected);
    succeeded(await stack.up());
    const { addresses } = (await stack.outputs()) as { addresses: Record<string, string> };
    assert.deepEqual(Object.values(addresses).sort(), expected);
    assert.deepEqual(
      sim
        .state()
        .grants.map(({ email }) => email)
        .sort(),
      expected,
    );
    assert.doesNotMatch(JSON.stringify(stack.state()), /Plain-in-the-program-1/);
    assert.equal(succeeded(await stack.up("--expect-no-changes")).code, 0);
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
  });

  it("two Tenants, on a domain of their own and on one that the program declares", async () => {
    const { sim, stack } = await open(`
resources:
  shared:
    type: nylas:AgentDomain
    properties: { domainName: shared.example.com, dns: ${cloudflare()}, forceDestroy: true }
  customer-a:
    type: nylas:Tenant
    properties:
      domainName: a.example.com
      dns: ${cloudflare()}
      domainArgs: { forceDestroy: true }
      accounts: { scheduling: {} }
  customer-b:
    type: nylas:Tenant
    properties: { domain: "\${shared}", accounts: { billing: {} } }
outputs: { a: "\${customer-a.status}", b: "\${customer-b.status}" }
`);
    succeeded(await stack.preview());
    succeeded(await stack.up());
    assert.deepEqual(await stack.outputs(), { a: "verified", b: "verified" });
    assert.deepEqual(
      sim
        .state()
        .grants.map(({ email }) => email)
        .sort(),
      ["billing@shared.example.com", "scheduling@a.example.com"],
    );
    assert.equal(succeeded(await stack.up("--expect-no-changes")).code, 0);
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
  });

  it("an argument that cannot be used is refused with its property and the reason", async () => {
    const { sim, stack } = await open(agents(cloudflare(), "dmarc: v=DMARC1"));
    refused(await stack.preview(), "dmarc", "for example");
    stack.write("Pulumi.yaml", yamlProject(agents("{ cloudflare: { zoneId: nothing } }")));
    refused(await stack.preview(), "dns.cloudflare.zoneId", 'given "nothing"');
    stack.write("Pulumi.yaml", yamlProject(agents("{}")));
    refused(await stack.preview(), "exactly one of cloudflare, route53, zoneFile");
    const later = agents(cloudflare(), "dmarc: ${outreach.id}").replace(
      "resources:\n",
      "resources:\n  outreach: { type: nylas:Policy }\n",
    );
    stack.write("Pulumi.yaml", yamlProject(later));
    refused(await stack.preview(), "dmarc", "is not known yet");
    assert.deepEqual(leftBehind(sim), []);
  });
});

/** The id of a zone at Route 53, as Amazon's own SDK shows it. */
async function route53Id(sim: Simulator, name: string): Promise<string> {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "any" };
  const client = new Route53Client({ endpoint: sim.url, region: "us-east-1", credentials });
  const { HostedZones } = await client.send(new ListHostedZonesByNameCommand({ DNSName: name }));
  return HostedZones![0]!.Id!.replace("/hostedzone/", "");
}
