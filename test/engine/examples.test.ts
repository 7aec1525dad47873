import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { startSimulator, type Simulator } from "nylas-simulator";
import { Stack } from "./harness";
import { connection, keys, succeeded } from "./scene";

const examples = path.join(__dirname, "..", "..", "examples");

/** What a person would set before the first `pulumi up`. */
const configuration: Record<string, (simulator: Simulator) => Record<string, string>> = {
  quickstart: ({ zones }) => ({ domain: "agents.example.com", zoneId: zones[0]!.id }),
  environments: ({ zones }) => ({
    domain: "agents.staging.example.com",
    zoneId: zones[0]!.id,
    dailySends: "50",
  }),
  "customer-domains": ({ zones }) => ({ zoneId: zones[0]!.id, zone: "example.com" }),
  "sharded-senders": ({ zones }) => ({ zoneId: zones[0]!.id, domain: "sales.example.com" }),
  "trial-first": ({ zones }) => ({ zoneId: zones[0]!.id, ownDomain: "agents.example.com" }),
};

describe("the examples", () => {
  for (const [example, config] of Object.entries(configuration)) {
    it(`${example}: the first up makes it, a second one and a refresh change nothing, destroy leaves nothing`, async () => {
      const simulator = await startSimulator({});
      const stack = new Stack({
        program: fs.readFileSync(path.join(examples, example, "index.ts"), "utf8"),
        project: `nylas-${example}`,
        config: config(simulator),
        env: {
          ...connection(simulator),
          ...keys(simulator),
          CLOUDFLARE_API_TOKEN: simulator.keys.cloudflareToken,
          CLOUDFLARE_BASE_URL: simulator.cloudflareUrl,
        },
      });
      try {
        succeeded(await stack.up());
        assert.ok(simulator.state().grants.length > 0, "no account was made");

        const writes = simulator.writes().length;
        succeeded(await stack.up("--expect-no-changes"));
        succeeded(await stack.refresh("--expect-no-changes"));
        assert.equal(simulator.writes().length, writes, "the second up or the refresh wrote something");

        succeeded(await stack.destroy());
        const { domains, grants, workspaces, policies, zones } = simulator.state();
        assert.deepEqual(
          {
            domains: domains.filter(({ branded }) => !branded).length,
            grants: grants.length,
            workspaces: workspaces.filter((workspace) => !workspace.default).length,
            policies: policies.filter(({ name }) => name.startsWith("nylas-")).length,
            records: zones
              .flatMap(({ records }) => records)
              .filter(({ type }) => type === "MX" || type === "TXT").length,
          },
          { domains: 0, grants: 0, workspaces: 0, policies: 0, records: 0 },
        );
      } finally {
        stack.dispose();
        await simulator.close();
      }
    });
  }
});
