import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type Simulator, startSimulator } from "nylas-simulator";
import {
  getAgentAccount,
  getAgentAccountOutput,
  getAgentAccounts,
  getApplication,
  getDomain,
  getPolicy,
  getPolicyOutput,
  getWorkspace,
} from "../../provider/lookups";

describe("look-ups", () => {
  let sim: Simulator;
  const before_ = { ...process.env };

  before(async () => {
    sim = await startSimulator();
  });
  after(async () => {
    process.env = before_;
    pulumi.runtime.setAllConfig({});
    await sim.close();
  });
  beforeEach(() => {
    sim.reset();
    for (const name of Object.keys(process.env)) if (name.startsWith("NYLAS_")) delete process.env[name];
    pulumi.runtime.setAllConfig({
      "nylas:apiUrl": sim.url,
      "nylas:apiKey": sim.keys.apiKey,
      "nylas:organizationKey": sim.keys.organizationKey,
    });
  });

  const value = <T>(output: pulumi.Output<T>) => new Promise<T>((done) => output.apply(done));

  it("find what others own, by name, address or id, and write nothing", async () => {
    const policyId = sim.seed({
      kind: "policy",
      name: "Outreach",
      limits: { limit_count_daily_email_sent: 50 },
    });
    const workspaceId = sim.seed({
      kind: "workspace",
      name: "Customer A",
      domain: "a.example.com",
      policyId,
    });
    const grantId = sim.seed({ kind: "grant", email: "bot@acme.nylas.email", name: "Bot", workspaceId });
    sim.seed({ kind: "grant", email: "other@acme.nylas.email" });
    sim.seed({ kind: "domain", address: "agents.example.com", verified: true });

    assert.equal((await getApplication()).id, sim.ids.application);
    const domain = await getDomain({ domainName: "Agents.example.com." });
    assert.equal(domain.domainName, "agents.example.com");
    assert.equal(domain.verified.mx, true);
    sim.seed({ kind: "domain", address: "xn--mnchen-3ya.example.com" });
    assert.equal(
      (await getDomain({ domainName: "München.example.com" })).domainName,
      "xn--mnchen-3ya.example.com",
    );
    for (const by of [{ id: workspaceId }, { name: "Customer A" }, { domainName: "A.example.com" }]) {
      assert.deepEqual(await getWorkspace(by as { name: string }), {
        id: workspaceId,
        name: "Customer A",
        domainName: "a.example.com",
        autoGroup: false,
        isDefault: false,
        policyId,
        ruleIds: [],
        applicationId: sim.ids.application,
      });
    }
    assert.equal((await getWorkspace({ isDefault: true })).id, (await getApplication()).defaultWorkspaceId);
    assert.equal((await getPolicy({ name: "Outreach" })).limits.dailySends, 50);
    assert.equal((await getPolicy({ id: policyId })).name, "Outreach");
    const account = {
      id: grantId,
      email: "bot@acme.nylas.email",
      displayName: "Bot",
      workspaceId,
      status: "valid",
    };
    assert.deepEqual(await getAgentAccount({ email: "BOT@acme.nylas.email" }), account);
    assert.deepEqual(await getAgentAccount({ id: grantId }), account);
    assert.deepEqual(await getAgentAccounts({ workspaceId }), [account]);
    assert.deepEqual(
      (await getAgentAccounts({ domainName: "acme.nylas.email" })).map(({ email }) => email),
      ["bot@acme.nylas.email", "other@acme.nylas.email"],
    );
    assert.deepEqual(sim.writes(), []);
  });

  it("take outputs as arguments, and answer with one", async () => {
    const policyId = sim.seed({ kind: "policy", name: "Outreach" });
    assert.equal((await value(getPolicyOutput({ id: pulumi.output(policyId) }))).name, "Outreach");
    sim.seed({ kind: "grant", email: "bot@acme.nylas.email", name: "Bot" });
    const email = pulumi.output("bot").apply((local) => `${local}@acme.nylas.email`);
    assert.equal((await value(getAgentAccountOutput({ email }))).displayName, "Bot");
  });

  it("read the environment before the stack's configuration, and another connection where it is named", async () => {
    process.env.NYLAS_API_KEY = sim.keys.secondApiKey;
    assert.equal((await getApplication()).id, sim.ids.secondApplication);
    pulumi.runtime.setConfig("nylas-eu:apiUrl", sim.url);
    pulumi.runtime.setConfig("nylas-eu:apiKey", sim.keys.otherOrganizationApiKey);
    assert.equal((await getApplication({ connection: "eu" })).id, sim.ids.otherOrganizationApplication);
  });

  it("that find nothing, or more than one, say so without a stack", async () => {
    sim.seed({ kind: "workspace", name: "Twin" });
    sim.seed({ kind: "workspace", name: "Twin" });
    for (const [asked, said] of [
      [() => getWorkspace({ name: "nobody" }), /There is no workspace "nobody" for this key/],
      [
        () => getWorkspace({ name: "Twin" }),
        /more than one workspace "Twin" \(ids .*, .*\): look it up by its id/,
      ],
      [() => getWorkspace({} as { name: string }), /takes one of id, name, domainName and isDefault/],
      [() => getPolicy({ id: "11111111-1111-4111-8111-111111111111" }), /There is no policy 1111/],
      [() => getDomain({ domainName: "nobody.example.com" }), /There is no domain nobody\.example\.com/],
      [() => getAgentAccount({ email: "nobody@acme.nylas.email" }), /There is no account nobody@/],
    ] as const) {
      await assert.rejects(asked(), (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.match(error.message, said);
        return true;
      });
    }
  });

  it("without a key say which one is missing and where to set it", async () => {
    pulumi.runtime.setAllConfig({ "nylas:apiUrl": sim.url });
    await assert.rejects(getApplication(), /nylas:apiKey is not set.*NYLAS_API_KEY/);
  });

  it("load no HTTP client and no schema library until the first of them is called", () => {
    const program = `
      const nylas = require("pulumi-nylas");
      const heavy = () => Object.keys(require.cache).filter((file) => /node_modules.(undici|zod).|provider.dist.nylas.client/.test(file));
      if (typeof nylas.getWorkspaceOutput !== "function") throw new Error("no look-ups");
      process.stdout.write(JSON.stringify(heavy()));`;
    const loaded = execFileSync(process.execPath, ["-e", program], { cwd: resolve(__dirname, "../..") });
    assert.deepEqual(JSON.parse(loaded.toString()), []);
  });
});
