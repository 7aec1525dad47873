import { strict as assert } from "node:assert";
import { TABLES } from "../../provider/properties";
import { closeScenes, openScene, refused, type Scene, succeeded, writesOf } from "../engine/scene";
import { openYaml, yamlProject } from "./stack";

const ADDRESS = "agent@acme.nylas.email";
const NOBODY = "0b7c3f2e-5d1a-4c7e-9f60-2a8b1c3d4e5f";

/** What is no object at Nylas, and the next step that the refusal names. */
const REFUSED: Record<string, string> = {
  DomainRecords: "npx pulumi-nylas import --with-dns",
  DomainVerification: "npx pulumi-nylas import --with-dns",
  SmokeTest: "Declare it in the program",
};

/** One of each kind that a key of the application, or of the organization, sees. */
const EVERYTHING = `
  import { NylasApiKey, NylasPrincipal } from "pulumi-nylas/experimental";
  new nylas.NylasDomain("agents", { domainName: "agents.example.com", name: "Agents" });
  const list = new nylas.NylasList("blocked", { name: "Blocked", type: "domain", items: ["spam.example"] });
  const rule = new nylas.NylasRule("block", {
    name: "Block", conditions: [{ field: "from.domain", inList: [list.id] }], actions: ["block"],
  });
  const policy = new nylas.NylasPolicy("outreach", { name: "Outreach", limits: { dailySends: 50 } });
  const customer = new nylas.NylasWorkspace("customer", { name: "Customer", policyId: policy.id, ruleIds: [rule.id] });
  new nylas.NylasDefaultWorkspace("default", { policyId: policy.id, adopt: true });
  new nylas.NylasWebhook("hook", { url: "https://hooks.example.com/nylas", triggers: ["message.created"], name: "Hook" });
  new nylas.AgentAccount("agent", { email: "${ADDRESS}", displayName: "Agent", workspaceId: customer.id });
  const principal = new NylasPrincipal("key", {
    name: "Customer's", boundTo: { workspace: customer.id }, permissions: ["messages.read"],
  });
  new NylasApiKey("key", { principalId: principal.id, expiresAt: "2027-11-30T00:00:00Z", name: "Customer's" });
`;

describe("pulumi import", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  /** A stack without resources, beside an application in which another one has made an object of each kind. */
  async function opened() {
    const other = await openScene({ program: EVERYTHING, simulator: { publicWebhooks: "assume" } });
    succeeded(await other.stack.up());
    const made = new Map(
      other.stack.state().flatMap(({ type, id }) => {
        const kind = /^pulumi-nodejs:dynamic\/nylas:(\w+)$/.exec(type)?.[1];
        return kind === undefined ? [] : [[kind, id!] as const];
      }),
    );
    const scene = await openYaml("\nresources: {}\n", { beside: other.sim });
    scene.sim.clearRequests();
    const imported = (kind: string, id: string, name = kind.toLowerCase()) =>
      scene.stack.run(
        "import",
        `nylas:index:${kind}`,
        name,
        id,
        "--yes",
        "--skip-preview",
        "--protect=false",
      );
    return { ...scene, made, imported };
  }

  const entries = ({ stack }: Pick<Scene, "stack">) =>
    stack.state().filter(({ type }) => type.startsWith("nylas:"));

  /** The lines that the engine prints for a program. */
  const printed = (stdout: string): string => {
    const [, code] = /resources:\n((?:[ ]{2,}.*\n)+)/.exec(stdout) ?? [];
    assert.ok(code !== undefined, stdout);
    return code;
  };

  it("brings in an object of every kind by its id; the code that it prints is unchanged in the next preview", async () => {
    const { sim, stack, made, imported } = await opened();
    const kinds = Object.values(TABLES).map(({ type }) => type);
    assert.deepEqual([...made.keys(), ...Object.keys(REFUSED)].sort(), kinds.toSorted());
    const before = JSON.stringify(sim.state());
    const code: string[] = [];
    for (const [kind, id] of made) {
      const { text, stdout } = succeeded(await imported(kind, id));
      assert.doesNotMatch(text, /warning/, `${kind}: ${text}`);
      assert.equal(stack.resource(kind.toLowerCase())!.id, id);
      code.push(printed(stdout));
    }
    stack.write("Pulumi.yaml", yamlProject(`\nresources:\n${code.join("")}`));
    const preview = succeeded(await stack.preview("--diff"));
    assert.deepEqual(preview.summary, { same: made.size }, preview.text);
    assert.deepEqual(succeeded(await stack.up()).summary, { same: made.size });
    assert.deepEqual(succeeded(await stack.refresh()).summary, { same: made.size });
    assert.deepEqual(writesOf(sim), []);
    assert.equal(JSON.stringify(sim.state()), before);
  });

  it("brings in an account and a domain by their addresses, in any case", async () => {
    const { sim, stack, made, imported } = await opened();
    const account = succeeded(await imported("AgentAccount", "Agent@ACME.nylas.email"));
    const domain = succeeded(await imported("Domain", "Agents.Example.com"));
    assert.equal(stack.resource("agentaccount")!.id, made.get("AgentAccount"));
    assert.equal(stack.resource("domain")!.id, made.get("Domain"));
    const code = [account, domain].map(({ stdout }) => printed(stdout)).join("");
    stack.write("Pulumi.yaml", yamlProject(`\nresources:\n${code}`));
    assert.deepEqual(succeeded(await stack.preview()).summary, { same: 2 });
    assert.deepEqual(writesOf(sim), []);
  });

  it("trap 3: a wrong id of any kind and an unknown address bring nothing in, and the next step is named", async () => {
    const scene = await opened();
    const { made, imported } = scene;
    for (const kind of made.keys()) {
      const id = kind === "ApiKey" ? `${NOBODY}/${NOBODY}` : NOBODY;
      refused(await imported(kind, id), `"${id}" does not exist`, "Nothing was imported", "Check the id");
    }
    for (const [kind, next] of Object.entries(REFUSED))
      refused(await imported(kind, made.get("Domain")!), "it is no object", next);
    refused(await imported("AgentAccount", "nobody@acme.nylas.email"), "does not exist", "or the address");
    refused(await imported("Domain", "elsewhere.example"), "does not exist", "NYLAS_ORGANIZATION_KEY");
    assert.deepEqual(entries(scene), []);
  });

  it("an object of another application is not to be had, and its own state does not take that for a deletion", async () => {
    const scene = await opened();
    const { sim, stack, made, imported } = scene;
    stack.env["NYLAS_API_KEY"] = sim.keys.secondApiKey;
    const ofApplication = Object.values(TABLES).filter(({ key, type }) => key === "apiKey" && made.has(type));
    assert.equal(ofApplication.length, 7);
    for (const { type } of ofApplication)
      refused(
        await imported(type, made.get(type)!),
        "does not exist",
        "NYLAS_API_KEY for the default provider",
      );
    refused(await imported("AgentAccount", ADDRESS), "does not exist");
    assert.deepEqual(entries(scene), []);
    stack.env["NYLAS_API_KEY"] = sim.keys.apiKey;
    succeeded(await imported("AgentAccount", made.get("AgentAccount")!));
    stack.env["NYLAS_API_KEY"] = sim.keys.secondApiKey;
    refused(await stack.refresh(), "this state is of application");
    assert.equal(stack.resource("agentaccount")!.id, made.get("AgentAccount"));
  });

  it("a mailbox that its owner has connected, and a workspace as another kind, are refused with the reason", async () => {
    const scene = await opened();
    const { sim, made, imported } = scene;
    const connected = sim.seed({ kind: "grant", email: "person@gmail.example", provider: "google" });
    for (const id of [connected, "person@gmail.example"])
      refused(await imported("AgentAccount", id), "its owner has connected", "Nothing was imported");
    refused(await imported("Workspace", made.get("DefaultWorkspace")!), "as nylas:index:DefaultWorkspace");
    refused(await imported("DefaultWorkspace", made.get("Workspace")!), "as nylas:index:Workspace");
    assert.deepEqual(entries(scene), []);
  });
});
