import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import type * as Nylas from "pulumi-nylas";
import type * as Experimental from "pulumi-nylas/experimental";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

describe("registering a resource", () => {
  const registered: Registered[] = [];
  let nylas: typeof Nylas;
  let experimental: typeof Experimental;

  before(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          registered.push({ type, name, inputs: inputs as Record<string, unknown> });
          return { id: `${name}-id`, state: inputs as Record<string, unknown> };
        },
        call: () => ({}),
      },
      "project",
      "stack",
    );
    nylas = await import("pulumi-nylas");
    experimental = await import("pulumi-nylas/experimental");
  });

  async function register(make: () => pulumi.Resource): Promise<Registered> {
    const resource = make();
    await new Promise((resolve) => resource.urn.apply(resolve));
    return registered.at(-1)!;
  }

  describe("protects what mail depends on by a setting", () => {
    const SETTINGS = ["nylas:protect", "nylas-eu:protect"];
    const VARIABLES = ["NYLAS_PROTECT", "NYLAS_EU_PROTECT"];
    const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
    let count = 0;
    const clear = () => {
      for (const name of SETTINGS) pulumi.runtime.setConfig(name, "");
      for (const name of VARIABLES) delete process.env[name];
    };
    beforeEach(clear);
    after(() => {
      clear();
      for (const [name, value] of Object.entries(before)) if (value !== undefined) process.env[name] = value;
    });
    const give = (settings: Record<string, string>) => {
      for (const [name, value] of Object.entries(settings))
        if (name.startsWith("NYLAS")) process.env[name] = value;
        else pulumi.runtime.setConfig(name, value);
    };
    const protectedBy = (settings: Record<string, string>, args: { connection?: string } = {}) => {
      give(settings);
      const name = `guarded-${++count}`;
      const account = new nylas.AgentAccount(name, { email: `${name}@acme.nylas.email`, ...args });
      const domain = new nylas.AgentDomain(name, {
        domainName: `${name}.example.com`,
        dns: nylas.zoneFile(),
        ...args,
      });
      const isProtected = (resource: pulumi.Resource) =>
        (resource as unknown as { __protect?: boolean }).__protect === true;
      assert.equal(isProtected(domain), false, "its parts are, not the component");
      return isProtected(account);
    };

    for (const [settings, connection, expected] of [
      [{ NYLAS_PROTECT: "true" }, undefined, true],
      // In cmd.exe, `set NYLAS_PROTECT=true && pulumi up` gives a blank at the end.
      [{ NYLAS_PROTECT: "true " }, undefined, true],
      [{ NYLAS_PROTECT: " 1" }, undefined, true],
      [{ NYLAS_PROTECT: " ", "nylas:protect": "true" }, undefined, true],
      [{ NYLAS_PROTECT: "", "nylas:protect": "true" }, undefined, true],
      [{ NYLAS_PROTECT: "false", "nylas:protect": "true" }, undefined, false],
      [{ NYLAS_PROTECT: "true" }, "eu", true],
      [{ NYLAS_EU_PROTECT: "true" }, "eu", true],
      [{ "nylas-eu:protect": "true" }, "eu", true],
      [{ "nylas-eu:protect": "true" }, undefined, false],
      [{ "nylas-eu:protect": "false", "nylas:protect": "true" }, "eu", false],
      [{}, undefined, false],
    ] as const)
      it(`${JSON.stringify(settings)} of ${connection ?? "no connection"}: ${expected ? "yes" : "no"}`, () =>
        assert.equal(protectedBy(settings, connection === undefined ? {} : { connection }), expected));

    it("and takes no word for no that is neither yes nor no", () => {
      assert.throws(() => protectedBy({ NYLAS_PROTECT: "yes" }), /NYLAS_PROTECT.*true or false/);
      clear();
      assert.throws(() => protectedBy({ "nylas:protect": "on" }), /nylas:protect.*true or false/);
    });
  });

  it("happens under the same kind of type, with the same key, as Pulumi's own dynamic resources", async () => {
    class Own extends pulumi.dynamic.Resource {
      constructor() {
        super({ create: () => Promise.resolve({ id: "x" }) }, "own", {}, undefined, "nylas", "Policy");
      }
    }
    const own = await register(() => new Own());
    const ours = await register(() => new nylas.NylasPolicy("ours", {}));
    assert.equal(ours.type, own.type);
    assert.equal(typeof own.inputs.__provider, "string");
    assert.equal(typeof ours.inputs.__provider, "string");
    assert.match(own.inputs.__provider as string, /exports\.handler =/);
    assert.match(ours.inputs.__provider as string, /^exports\.handler=/);
  });

  it("tells in an up which arguments are unknown, as after a failure under --continue-on-error: the engine drops those", async () => {
    const policyId = pulumi.output(pulumi.unknown as unknown as string);
    const { inputs } = await register(
      () => new nylas.NylasWorkspace("after-failure", { policyId, ruleIds: [policyId] }),
    );
    assert.deepEqual(inputs.label, {
      label: "project/stack/after-failure",
      unknown: ["policyId", "ruleIds"],
    });
    const label = "project/stack/known";
    for (const policyId of ["p-1", pulumi.output("p-1"), Promise.resolve("p-1")]) {
      const known = await register(() => new nylas.NylasWorkspace("known", { policyId }, { aliases: [] }));
      assert.equal(known.inputs.label, label);
    }
  });

  it("uses provider texts that are frozen: a change would leave old states with the old text for ever", async () => {
    const texts = new Map<string, unknown>();
    for (const make of [
      () => new nylas.NylasDomain("a", { domainName: "a.example.com" }),
      () => new nylas.NylasDomainRecords("a", { domainId: "a", domainName: "a.example.com" }),
      () => new nylas.NylasDomainVerification("a", { domainName: "a.example.com", records: {} }),
      () => new nylas.NylasWorkspace("a"),
      () => new nylas.NylasDefaultWorkspace("a"),
      () => new nylas.NylasPolicy("a"),
      () => new nylas.AgentAccount("a", { email: "a@a.example.com" }),
      () => new nylas.NylasRule("a", { conditions: [{ field: "from.tld", is: "zip" }], actions: ["block"] }),
      () => new nylas.NylasList("a", { type: "domain" }),
      () => new nylas.NylasWebhook("a", { url: "https://a.example.com", triggers: ["message.created"] }),
      () => new experimental.NylasPrincipal("a", { boundTo: { workspace: "ws-1" } }),
      () => new nylas.NylasSmokeTest("a", { accounts: ["g-1"] }),
      () => new experimental.NylasApiKey("a", { principalId: "p-1", expiresAt: "2030-01-01T00:00:00Z" }),
    ]) {
      const { type, inputs } = await register(make);
      texts.set(type, inputs.__provider);
    }
    assert.deepEqual(Object.fromEntries(texts), {
      "pulumi-nodejs:dynamic/nylas:Domain": "exports.handler=()=>require('pulumi-nylas/dynamic').Domain",
      "pulumi-nodejs:dynamic/nylas:DomainRecords":
        "exports.handler=()=>require('pulumi-nylas/dynamic').DomainRecords",
      "pulumi-nodejs:dynamic/nylas:DomainVerification":
        "exports.handler=()=>require('pulumi-nylas/dynamic').DomainVerification",
      "pulumi-nodejs:dynamic/nylas:Workspace":
        "exports.handler=()=>require('pulumi-nylas/dynamic').Workspace",
      "pulumi-nodejs:dynamic/nylas:DefaultWorkspace":
        "exports.handler=()=>require('pulumi-nylas/dynamic').DefaultWorkspace",
      "pulumi-nodejs:dynamic/nylas:Policy": "exports.handler=()=>require('pulumi-nylas/dynamic').Policy",
      "pulumi-nodejs:dynamic/nylas:AgentAccount":
        "exports.handler=()=>require('pulumi-nylas/dynamic').AgentAccount",
      "pulumi-nodejs:dynamic/nylas:Rule": "exports.handler=()=>require('pulumi-nylas/dynamic').Rule",
      "pulumi-nodejs:dynamic/nylas:List": "exports.handler=()=>require('pulumi-nylas/dynamic').List",
      "pulumi-nodejs:dynamic/nylas:Webhook": "exports.handler=()=>require('pulumi-nylas/dynamic').Webhook",
      "pulumi-nodejs:dynamic/nylas:Principal":
        "exports.handler=()=>require('pulumi-nylas/dynamic').Principal",
      "pulumi-nodejs:dynamic/nylas:ApiKey": "exports.handler=()=>require('pulumi-nylas/dynamic').ApiKey",
      "pulumi-nodejs:dynamic/nylas:SmokeTest":
        "exports.handler=()=>require('pulumi-nylas/dynamic').SmokeTest",
    });
    for (const text of texts.values()) assert.ok((text as string).length <= 80);
  });

  it("names every export that a text asks the plugin for", async () => {
    const dynamic = (await import("pulumi-nylas/dynamic")) as Record<string, unknown>;
    for (const type of [
      "Domain",
      "DomainRecords",
      "DomainVerification",
      "Workspace",
      "DefaultWorkspace",
      "Policy",
      "AgentAccount",
      "Rule",
      "List",
      "Webhook",
      "Principal",
      "ApiKey",
      "SmokeTest",
    ]) {
      assert.equal(typeof (dynamic[type] as { create?: unknown }).create, "function", type);
    }
  });

  it("tells the plugin who the resource is: project, stack and name", async () => {
    const { inputs } = await register(() => new nylas.NylasWorkspace("tenant"));
    assert.equal(inputs.label, "project/stack/tenant");
  });

  it("keeps every output of the class after super() has set it", () => {
    const workspace = new nylas.NylasWorkspace("with-outputs", { name: "A" });
    for (const key of ["name", "domainName", "autoGroup", "policyId", "ruleIds", "applicationId"] as const) {
      assert.ok(pulumi.Output.isInstance(workspace[key]), key);
    }
  });

  it("marks a password given as a plain string as a secret", async () => {
    const account = new nylas.AgentAccount("secret", {
      email: "s@a.example.com",
      appPassword: "Abcdefghijklmnop1!",
    });
    assert.equal(await pulumi.isSecret(account.appPassword), true);
  });

  it("turns the engine's import, which cannot work for dynamic resources, into a take-over", async () => {
    const { inputs } = await register(() => new nylas.NylasPolicy("imported", {}, { import: "pol-1" }));
    assert.equal(inputs.adopt, "pol-1");
  });

  for (const [option, value] of [
    ["replaceOnChanges", ["name"]],
    ["deleteBeforeReplace", true],
  ] as const) {
    it(`refuses ${option}, which would be ignored in silence or lose something`, () => {
      assert.throws(
        () => new nylas.NylasPolicy("refused", {}, { [option]: value }),
        new RegExp(`${option} on a Nylas Policy`),
      );
    });
  }
});
