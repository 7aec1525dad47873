import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { itInLongRun } from "./longRun";
import { closeScenes, leftBehind, openScene, recorded, refused, succeeded, writesOf } from "./scene";

describe("credentials", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const program = (sends = 50) => `
    const policy = new nylas.NylasPolicy("policy", { limits: { dailySends: ${sends} } });
    const workspace = new nylas.NylasWorkspace("workspace", { policyId: policy.id });
    new nylas.AgentAccount("bot", { email: "bot@acme.nylas.email", workspaceId: workspace.id });
    new nylas.NylasDomain("domain", { domainName: "agents.example.com" });
  `;

  itInLongRun(
    "that are missing or wrong end each operation with what to do, leave nothing behind, and put right go on",
    async () => {
      const { sim, stack } = await openScene({ program: program(), withoutKeys: true });
      const attempts: [Record<string, string>, (string | RegExp)[]][] = [
        [
          {},
          [
            "nylas:apiKey is not set. It holds the API key of the Nylas application",
            'Set it with "pulumi config set --secret nylas:apiKey"',
            "NYLAS_API_KEY",
            "nylas:organizationKey is not set. It holds an IAM API key whose principal is bound to the organization",
            "NYLAS_ORGANIZATION_KEY",
          ],
        ],
        [
          { NYLAS_API_KEY: "nyk_app_nobodys", NYLAS_ORGANIZATION_KEY: "nyk_org_nobodys" },
          [
            "The key from NYLAS_API_KEY is not accepted",
            "The key from NYLAS_ORGANIZATION_KEY is not accepted",
            "not expired, of this very region",
          ],
        ],
        [
          { NYLAS_API_KEY: sim.keys.otherRegionApiKey, NYLAS_ORGANIZATION_KEY: "nyk_org_nobodys" },
          [
            "The key from NYLAS_API_KEY is not accepted",
            "(region us)",
            "keys work only on their own region's host (nylas:region)",
          ],
        ],
        [
          { NYLAS_API_KEY: sim.keys.organizationKey, NYLAS_ORGANIZATION_KEY: sim.keys.apiKey },
          [
            "Domains need an IAM API key whose principal is bound to the organization",
            "the API key of an application is refused here",
          ],
        ],
      ];
      for (const [env, said] of attempts) {
        Object.assign(stack.env, { NYLAS_API_KEY: "", NYLAS_ORGANIZATION_KEY: "", ...env });
        const failed = refused(await stack.up("--continue-on-error"), ...said);
        for (const key of Object.values(env).filter((value) => value.startsWith("nyk_"))) {
          assert.ok(!failed.text.includes(key), "a key stands in an error");
        }
        assert.deepEqual(recorded(stack), [], failed.text);
      }
      assert.deepEqual(
        writesOf(sim).filter((write) => !write.includes("→")),
        [],
      );

      Object.assign(stack.env, {
        NYLAS_API_KEY: sim.keys.apiKey,
        NYLAS_ORGANIZATION_KEY: sim.keys.organizationKey,
      });
      const up = succeeded(await stack.up());
      assert.equal(up.summary.create, 4);
      succeeded(await stack.destroy());
      assert.deepEqual(leftBehind(sim), []);
    },
  );

  itInLongRun(
    "that were rotated reach refresh and destroy from the environment, before those that the state remembers",
    async () => {
      const { sim, stack } = await openScene({ program: program(), withoutKeys: true });
      stack.setConfig(
        {},
        { "nylas:apiKey": sim.keys.apiKey, "nylas:organizationKey": sim.keys.organizationKey },
      );
      succeeded(await stack.up());
      const before = fs.readFileSync(stack.stateFile, "utf8");
      for (const key of [sim.keys.apiKey, sim.keys.organizationKey]) assert.ok(!before.includes(key));
      const rotated = { apiKey: sim.rotateKey("apiKey"), organizationKey: sim.rotateKey("organizationKey") };

      // The state remembers the old key: the error names the two ways to a new one.
      const standing = recorded(stack);
      refused(
        await stack.refresh(),
        "The key from nylas:apiKey of the stack configuration is not accepted",
        "set NYLAS_API_KEY, which comes first, or run",
        "pulumi refresh --run-program",
      );
      assert.deepEqual(recorded(stack), standing);
      Object.assign(stack.env, {
        NYLAS_API_KEY: rotated.apiKey,
        NYLAS_ORGANIZATION_KEY: rotated.organizationKey,
      });
      succeeded(await stack.refresh());
      assert.deepEqual(recorded(stack), standing);

      // In the configuration it reaches an up and what runs the program.
      Object.assign(stack.env, { NYLAS_API_KEY: "", NYLAS_ORGANIZATION_KEY: "" });
      stack.setConfig(
        {},
        { "nylas:apiKey": rotated.apiKey, "nylas:organizationKey": rotated.organizationKey },
      );
      succeeded(await stack.refresh("--run-program"));
      const up = succeeded(await stack.up());
      assert.equal(up.summary.same, 4);
      succeeded(await stack.destroy("--run-program"));
      assert.deepEqual(leftBehind(sim), []);
    },
  );

  it("of another application or organization are found out, and no operation touches state or objects", async () => {
    const { sim, stack, declare } = await openScene({ program: program() });
    succeeded(await stack.up());
    const own = { NYLAS_API_KEY: sim.keys.apiKey, NYLAS_ORGANIZATION_KEY: sim.keys.organizationKey };
    const other = {
      NYLAS_API_KEY: sim.keys.secondApiKey,
      NYLAS_ORGANIZATION_KEY: sim.keys.otherOrganizationKey,
    };
    const standing = recorded(stack);
    const objects = JSON.stringify([
      sim.state().policies,
      sim.state().workspaces,
      sim.state().grants,
      sim.state().domains,
    ]);
    sim.seed({ kind: "domain", address: "theirs.example.com", organization: "second" });
    sim.clearRequests();
    const objectsNow = JSON.stringify([
      sim.state().policies,
      sim.state().workspaces,
      sim.state().grants,
      sim.state().domains,
    ]);
    assert.notEqual(objects, objectsNow);
    const said = [
      `is of application ${sim.ids.secondApplication}`,
      `but this state is of application ${sim.ids.application}`,
      `is of organization ${sim.ids.otherOrganization}`,
      `but this state is of organization ${sim.ids.organization}`,
    ];

    Object.assign(stack.env, other);
    refused(await stack.refresh(), /is of (application|organization)/);
    assert.deepEqual(recorded(stack), standing);
    refused(await stack.destroy("--continue-on-error"), ...said);
    assert.deepEqual(recorded(stack), standing);
    const beside = `
      new nylas.NylasPolicy("another", {}, { dependsOn: workspace });
      new nylas.AgentAccount("second", { email: "second@acme.nylas.email" }, { dependsOn: workspace });
    `;
    declare(program(70) + beside);
    refused(await stack.up("--continue-on-error"), /is of application/);
    assert.deepEqual(recorded(stack), standing);
    declare("");
    refused(await stack.up("--continue-on-error"), ...said);
    assert.deepEqual(recorded(stack), standing);
    assert.deepEqual(writesOf(sim), []);
    assert.equal(
      JSON.stringify([sim.state().policies, sim.state().workspaces, sim.state().grants, sim.state().domains]),
      objectsNow,
    );

    Object.assign(stack.env, own);
    declare(program(70));
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 3, update: 1 });
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), ["domain theirs.example.com"]);
  });
});
