import { strict as assert } from "node:assert";
import { type Simulator } from "nylas-simulator";
import { type Result } from "./harness";
import { itInLongRun, itOrdinarilyIf } from "./longRun";
import { changes, closeScenes, mailbox, openScene, refused, type Scene, succeeded } from "./scene";

const ADAPTERS: Record<string, (sim: Simulator) => string> = {
  Cloudflare: (sim) => `cloudflareDns({ zoneId: "${sim.zones[0]!.id}" })`,
  "Route 53": (sim) => `route53Dns({ zoneId: "${sim.hostedZones[0]!.id}" })`,
  "a zone file": () => `zoneFile()`,
};

/** A policy, and beside it everything that is not there yet. */
const program = (dns: string) => `
  import { cloudflareDns } from "pulumi-nylas/cloudflare";
  import { route53Dns } from "pulumi-nylas/route53";
  const { zoneFile } = nylas;
  new nylas.NylasPolicy("beside", {});
  const domain = new nylas.AgentDomain("d", { domainName: "d.example.com", dns: ${dns}, dmarc: "v=DMARC1; p=none" });
  new nylas.Tenant("t", { domain, accounts: { bot: { displayName: "Bot" } }, sending: "paused", smokeTest: true });
  new nylas.Tenant("u", {
    domainName: "u.example.com", dns: ${dns}, accounts: { bot: {} },
    lists: { blocked: { type: "domain", items: ["spam.example"] } },
    rules: { spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } },
  });
  new nylas.AgentAccount("own", { email: domain.mailbox(pulumi.output("own")) });
  export const dnsInstructions = domain.dnsInstructions;
  export const records = domain.records;
  export const status = domain.status;
`;

const BESIDE = "**::beside";

describe("finding 4: what the engine skips is unknown, never a TypeError", function () {
  this.timeout(500_000);
  afterEach(closeScenes);

  const open = async (adapter: string): Promise<Scene> => {
    const scene = await openScene({ program: "" });
    Object.assign(scene.stack.env, {
      CLOUDFLARE_BASE_URL: scene.sim.cloudflareUrl,
      CLOUDFLARE_API_TOKEN: scene.sim.keys.cloudflareToken,
      AWS_ENDPOINT_URL_ROUTE_53: scene.sim.url,
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "any",
      AWS_REGION: "us-east-1",
    });
    scene.stack.setConfig({
      "aws:skipCredentialsValidation": "true",
      "aws:skipRequestingAccountId": "true",
      "aws:skipMetadataApiCheck": "true",
    });
    scene.declare(program(ADAPTERS[adapter]!(scene.sim)));
    return scene;
  };
  /** No exception, and no long wait for something that never comes. */
  const calm = (result: Result): Result => {
    assert.doesNotMatch(result.text, /TypeError|unhandled|\bat .*\.js:\d+/i, result.text);
    assert.ok(result.seconds < 120, `it took ${result.seconds} s:\n${result.text}`);
    return result;
  };

  for (const adapter of Object.keys(ADAPTERS)) {
    itOrdinarilyIf(
      adapter === "Route 53",
      `with ${adapter}: --target beside it, --exclude, and a run of the program in a refresh or destroy`,
      async () => {
        const { sim, stack } = await open(adapter);
        const target = ["--target", BESIDE];
        assert.deepEqual(changes(calm(succeeded(await stack.preview(...target)))), ["beside create"]);
        assert.deepEqual(changes(calm(succeeded(await stack.up(...target)))), ["beside create"]);
        const { domains, policies } = sim.state();
        assert.equal(policies.length, 1);
        assert.equal(domains.filter(({ branded }) => !branded).length, 0);
        calm(succeeded(await stack.refresh("--run-program")));
        calm(succeeded(await stack.preview("--refresh", "--run-program", ...target)));

        // Everything but the domain: what needs it is left out, the rest is made.
        const exclude = ["--exclude", "**::d", "--exclude", "**::u", "--exclude-dependents"];
        calm(await stack.preview(...exclude));
        calm(await stack.up(...exclude));
        assert.equal(sim.state().domains.filter(({ branded }) => !branded).length, 0);

        calm(succeeded(await stack.destroy("--run-program")));
        assert.deepEqual(sim.state().policies, []);
      },
    );
  }

  itInLongRun(
    "destroy --run-program after a first up that failed, as the message about a bad key advises",
    async () => {
      for (const adapter of ["Cloudflare", "a zone file"]) {
        const { sim, stack } = await open(adapter);
        const key = stack.env["NYLAS_ORGANIZATION_KEY"];
        stack.env["NYLAS_ORGANIZATION_KEY"] = "nyk_v0_this_is_no_key";
        calm(refused(await stack.up("--continue-on-error")));
        stack.env["NYLAS_ORGANIZATION_KEY"] = key;
        calm(succeeded(await stack.destroy("--run-program")));
        assert.deepEqual(sim.state().policies, []);

        // And the next up makes all of it, where somebody publishes the records.
        const up = calm(await stack.up());
        if (adapter !== "Cloudflare") continue;
        assert.equal(up.code, 0, up.text);
        assert.ok(mailbox(sim, "bot@u.example.com"));
      }
    },
  );
});
