import { strict as assert } from "node:assert";
import { closeScenes, leftBehind, refused, succeeded } from "../engine/scene";
import { openNative, openYaml, yamlProject } from "./stack";

describe("trap 2: the settings of a provider", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const policy = `new native.Policy("outreach", {}, { provider: own });`;

  it("an explicit provider writes where its arguments say, whatever NYLAS_API_KEY is, and no key is in the state", async () => {
    // The environment has the key of the first application.
    const { sim, stack, declare } = await openNative({ program: "" });
    const own = (name: string, key: string) =>
      `const own = new native.Provider("${name}", { apiKey: "${key}", apiUrl: "${sim.url}" });`;
    declare(own("second", sim.keys.secondApiKey) + policy);
    succeeded(await stack.preview());
    succeeded(await stack.up());
    assert.equal(stack.resource("outreach")!.outputs!["applicationId"], sim.ids.secondApplication);
    for (const key of [sim.keys.secondApiKey, sim.keys.apiKey])
      assert.equal(JSON.stringify(stack.state()).includes(key), false);
    assert.deepEqual(succeeded(await stack.refresh()).summary, { same: 1 });
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
  });

  it("an explicit provider whose name begins with default writes where its arguments say", async () => {
    const { sim, stack, declare } = await openNative({ program: "" });
    const own = (name: string) =>
      `const own = new native.Provider("${name}", { apiKey: "${sim.keys.secondApiKey}", apiUrl: "${sim.url}" });`;
    for (const name of ["default-eu", "defaultEu", "default_eu"]) {
      declare(own(name) + policy);
      succeeded(await stack.up());
      assert.deepEqual(
        sim.state().policies.map(({ application_id: application }) => application),
        [sim.ids.secondApplication],
        name,
      );
      succeeded(await stack.destroy());
    }
  });

  it("a rotated key reaches a refresh by the variable of the provider's name, and a foreign one is refused", async () => {
    const { sim, stack, declare } = await openNative({ program: "" });
    declare(
      `const own = new native.Provider("eu", { apiKey: "${sim.keys.apiKey}", apiUrl: "${sim.url}" });${policy}`,
    );
    succeeded(await stack.up());
    stack.env["NYLAS_EU_API_KEY"] = sim.keys.secondApiKey;
    refused(await stack.refresh(), "NYLAS_EU_API_KEY", "this state is of application");
    stack.env["NYLAS_EU_API_KEY"] = "no-such-key-of-nylas-00";
    refused(await stack.refresh(), "NYLAS_EU_API_KEY", "is not accepted");
    delete stack.env["NYLAS_EU_API_KEY"];
    assert.deepEqual(succeeded(await stack.refresh()).summary, { same: 1 });
  });

  it("an explicit provider without a key says how to give it one, and does not take the one of the environment", async () => {
    const { sim, stack, declare } = await openNative({ program: "" });
    declare(`const own = new native.Provider("eu", { apiUrl: "${sim.url}" });${policy}`);
    refused(await stack.up(), "apiKey of the provider eu is not set", "NYLAS_EU_API_KEY");
    assert.deepEqual(leftBehind(sim), []);
  });

  it("trap 10: a name that is no setting is refused, in an explicit provider and in the configuration", async () => {
    const program = "\nresources: { outreach: { type: nylas:Policy } }\n";
    const { stack } = await openYaml(program, { config: { "nylas:protct": "true" } });
    refused(await stack.preview(), "protct is not a setting", "Did you mean protect?");
    stack.setConfig({});
    stack.write("Pulumi.yaml", yamlProject(program));
    succeeded(await stack.preview());
  });

  it("the default provider takes the environment before the configuration, as the dynamic host does", async () => {
    const { sim, stack } = await openYaml("\nresources: { outreach: { type: nylas:Policy } }\n");
    stack.setConfig({}, { "nylas:apiKey": sim.keys.secondApiKey });
    succeeded(await stack.up());
    assert.equal(stack.resource("outreach")!.outputs!["applicationId"], sim.ids.application);
    assert.equal(JSON.stringify(stack.state()).includes(sim.keys.secondApiKey), false);
  });

  it("DiffConfig never asks for a replacement: a renewed key and another address update the provider alone", async () => {
    const { sim, stack, declare } = await openNative({ program: "" });
    const own = (more: string) =>
      `const own = new native.Provider("own", { apiKey: "${sim.keys.apiKey}", apiUrl: "${sim.url}", ${more} });${policy}`;
    declare(own(""));
    succeeded(await stack.up());
    declare(own("requestTimeout: 60"));
    const up = succeeded(await stack.up());
    assert.deepEqual(up.summary, { same: 1 });
  });
});
