import assert from "node:assert/strict";
import { closeScenes, keys, openScene, refused, says, succeeded } from "./scene";

describe("the settings of a stack", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const program = `new nylas.NylasPolicy("p", { limits: { dailySends: 5 } });`;

  it("a mistyped name is refused with the right one, and nothing is made", async () => {
    for (const [name, said] of [
      ["nylas:protct", "Did you mean nylas:protect?"],
      ["nylas:regoin", "Did you mean nylas:region?"],
      ["nylas:zoneId", "The settings are nylas:apiKey"],
    ] as const) {
      const { sim, stack } = await openScene({ program, config: { [name]: "true" } });
      refused(await stack.up(), said, `pulumi config rm ${name}`);
      assert.deepEqual(sim.writes(), []);
      succeeded(await stack.run("config", "rm", name));
      succeeded(await stack.up());
      assert.equal(sim.state().policies.length, 1);
    }
  });

  it("a mistyped name of a connection is refused, and a project's own namespace is left alone", async () => {
    const { stack } = await openScene({
      program: `new nylas.NylasPolicy("p", { connection: "eu" });`,
      config: { "nylas-eu:apiKy": "x" },
    });
    refused(await stack.preview(), "Did you mean nylas-eu:apiKey?");
    const own = await openScene({ project: "nylas", program, config: { "nylas:zoneId": "abc" } });
    succeeded(await own.stack.preview());
  });

  it("a key in plain text is warned of, and one that is a secret is not", async () => {
    const { sim, stack } = await openScene({ program, withoutKeys: true });
    succeeded(await stack.run("config", "set", "--plaintext", "nylas:apiKey", keys(sim)["NYLAS_API_KEY"]!));
    const plain = succeeded(await stack.preview());
    says(plain, "Run: pulumi config set --secret nylas:apiKey");
    succeeded(await stack.run("config", "set", "--secret", "nylas:apiKey", keys(sim)["NYLAS_API_KEY"]!));
    const secret = succeeded(await stack.up());
    assert.doesNotMatch(secret.text, /config set --secret/);
    assert.equal(sim.state().policies.length, 1);
  });

  it("a bad setting is blamed on the setting, not on a property", async () => {
    const { stack } = await openScene({ program, config: { "nylas:region": "mars" } });
    const result = refused(await stack.preview(), "nylas:region");
    assert.doesNotMatch(result.text, /property connection|<nil>/);
  });
});
