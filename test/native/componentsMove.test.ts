import { strict as assert } from "node:assert";
import { type Simulator, startSimulator } from "nylas-simulator";
import {
  closeScenes,
  leftBehind,
  openScene,
  refused,
  type Scene,
  succeeded,
  writesOf,
} from "../engine/scene";
import { projectFile, yamlProject } from "./stack";

const NODE = projectFile("{ name: nodejs, options: { typescript: false } }");

describe("components that go from the dynamic host to the native one", function () {
  this.timeout(300_000);
  let beside: Simulator;

  beforeEach(async () => {
    beside = await startSimulator();
  });
  afterEach(async () => {
    await closeScenes();
    await beside.close();
  });

  const place = () => `{ zoneId: "${beside.zones[0]!.id}", zoneName: "example.com" }`;

  /** A domain with an account, and tenants on a domain of their own, on that domain and on the trial domain. */
  const inNode = (options = "") => `
    import { cloudflareDns } from "pulumi-nylas/cloudflare";
    const options = (type: string) => (${options || "undefined"});
    const dns = cloudflareDns(${place()});
    const domain = new nylas.AgentDomain("agents",
      { domainName: "agents.example.com", dns, dmarc: "v=DMARC1; p=reject", forceDestroy: true }, options("AgentDomain"));
    new nylas.AgentAccount("scheduling", { email: domain.mailbox("scheduling") }, options("AgentAccount"));
    new nylas.Tenant("customer-a", {
      domainName: "a.example.com", dns, domainArgs: { forceDestroy: true },
      accounts: { billing: { displayName: "Billing" } },
      policy: { limits: { dailySends: 50 } },
      lists: { blocked: { type: "domain", items: ["spam.example"] } },
      rules: { spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } },
    }, options("Tenant"));
    new nylas.Tenant("customer-b", { domain, accounts: { desk: {} } }, options("Tenant"));
    new nylas.Tenant("customer-c", { trial: "acme.nylas.email", accounts: { desk: {} }, smokeTest: true }, options("Tenant"));
  `;

  /** The same program. `limit` of the first tenant may be another. */
  const inYaml = (limit = 50) => `
resources:
  agents:
    type: nylas:AgentDomain
    properties:
      domainName: agents.example.com
      dns: { cloudflare: ${place()} }
      dmarc: v=DMARC1; p=reject
      addressesFor: [scheduling]
      forceDestroy: true
  scheduling:
    type: nylas:AgentAccount
    properties: { email: "\${agents.addresses.scheduling}" }
  customer-a:
    type: nylas:Tenant
    properties:
      domainName: a.example.com
      dns: { cloudflare: ${place()} }
      domainArgs: { forceDestroy: true }
      accounts: { billing: { displayName: Billing } }
      policy: { limits: { dailySends: ${limit} } }
      lists: { blocked: { type: domain, items: [spam.example] } }
      rules: { spam: { conditions: [{ field: from.domain, inList: [blocked] }], actions: [block] } }
  customer-b:
    type: nylas:Tenant
    properties: { domain: "\${agents}", accounts: { desk: {} } }
  customer-c:
    type: nylas:Tenant
    properties: { trial: { domainName: acme.nylas.email }, accounts: { desk: {} }, smokeTest: {} }
`;

  /** All that stands, but for the clock. */
  const standing = () => JSON.stringify({ ...beside.state(), now: undefined });

  const open = async (): Promise<Scene> => {
    const scene = await openScene({
      beside,
      env: { CLOUDFLARE_BASE_URL: beside.cloudflareUrl, CLOUDFLARE_API_TOKEN: beside.keys.cloudflareToken },
      files: { "Pulumi.yaml": NODE },
      program: inNode(),
    });
    succeeded(await scene.stack.up());
    assert.equal(beside.state().zones[0]!.records.filter(({ type }) => type === "TXT").length, 7);
    assert.equal(beside.state().grants.length, 4);
    writesOf(beside);
    return scene;
  };
  const entries = ({ stack }: Scene) => stack.state().filter(({ custom, id }) => custom && id !== undefined);
  const ids = (scene: Scene) =>
    entries(scene)
      .filter(({ type }) => !type.startsWith("pulumi:"))
      .map(({ id }) => id)
      .sort();

  it("are unchanged in YAML: no write at Nylas, no DNS record touched, and the ids are the same", async () => {
    const scene = await open();
    const { stack } = scene;
    const [before, known] = [standing(), ids(scene)];
    stack.write("Pulumi.yaml", yamlProject(inYaml()));
    assert.deepEqual(succeeded(await stack.preview()).summary, { same: 33 });
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 33 });
    assert.deepEqual(succeeded(await stack.refresh()).summary, { same: 33 });
    assert.deepEqual(succeeded(await stack.up("--expect-no-changes")).summary, { same: 33 });
    assert.deepEqual(writesOf(beside), []);
    assert.equal(standing(), before);
    assert.deepEqual(ids(scene), known);
    assert.deepEqual(
      stack.state().filter(({ urn }) => urn.includes("pulumi-nylas:") || urn.includes("pulumi-nodejs:")),
      [],
    );
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(beside), []);
  });

  it("are found again after an up that failed in the middle", async () => {
    const scene = await open();
    const { stack } = scene;
    const known = ids(scene);
    const records = () => JSON.stringify(beside.state().zones);
    const before = records();
    stack.write("Pulumi.yaml", yamlProject(inYaml(60)));
    beside.addFault({ kind: "status", status: 400, method: "PUT", path: "policies", times: "always" });
    refused(await stack.up(), "400");
    beside.clearFaults();
    writesOf(beside);
    const preview = succeeded(await stack.preview());
    assert.deepEqual(preview.summary, { update: 1, same: 32 }, preview.text);
    assert.deepEqual(succeeded(await stack.up()).summary, { update: 1, same: 32 });
    assert.deepEqual(writesOf(beside), ["PUT /v3/policies/:id"]);
    assert.equal(records(), before);
    assert.deepEqual(ids(scene), known);
  });

  it("come back by an alias on each component, with updates that write nothing", async () => {
    const scene = await open();
    const { stack } = scene;
    const [before, known] = [standing(), ids(scene)];
    stack.write("Pulumi.yaml", yamlProject(inYaml()));
    succeeded(await stack.up());
    stack.write("Pulumi.yaml", NODE);
    scene.declare(inNode("{ aliases: [{ type: `nylas:index:${type}` }] }"));
    const { summary, text } = succeeded(await stack.preview());
    assert.deepEqual(
      [summary.create, summary.delete, summary.replace],
      [undefined, undefined, undefined],
      text,
    );
    succeeded(await stack.up());
    succeeded(await stack.refresh());
    assert.deepEqual(succeeded(await stack.up("--expect-no-changes")).summary, { same: 33 });
    assert.deepEqual(writesOf(beside), []);
    assert.equal(standing(), before);
    assert.deepEqual(ids(scene), known);
  });
});
