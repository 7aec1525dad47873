import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { startSimulator, type Simulator } from "nylas-simulator";
import { freePort } from "../freePort";
import { wordsFor } from "../words";
import { Stack } from "./harness";
import { itOrdinarilyIf } from "./longRun";
import { connection, keys, refused, succeeded } from "./scene";

const examples = path.join(__dirname, "..", "..", "examples");

/** What a person would set before the first `pulumi up`. */
const configuration: Record<string, (simulator: Simulator) => Record<string, string>> = {
  quickstart: ({ zones }) => ({ domain: "agents.example.com", ...zoneOf(zones) }),
  environments: ({ zones }) => ({
    domain: "agents.staging.example.com",
    ...zoneOf(zones),
    dailySends: "50",
  }),
  "customer-domains": ({ zones }) => ({ zoneId: zones[0]!.id, zone: "example.com" }),
  "sharded-senders": ({ zones }) => ({ ...zoneOf(zones), domain: "sales.example.com" }),
  "environments-shared": () => ({}),
  "trial-first": ({ zones }) => ({ ...zoneOf(zones), ownDomain: "agents.example.com" }),
  "auto-grouping": ({ zones }) => ({ ...zoneOf(zones), domain: "support.example.com" }),
  tenants: ({ zones }) => ({ zoneId: zones[0]!.id }),
};

function zoneOf([zone]: Simulator["zones"]): { zoneId: string; zoneName: string } {
  return { zoneId: zone!.id, zoneName: zone!.name };
}

/** What has to stand after the first `up`, where that is the point of the example. */
const standing: Record<string, (simulator: Simulator, outputs: Record<string, unknown>) => void> = {
  "auto-grouping": (simulator, outputs) => {
    const { grants, workspaces } = simulator.state();
    const nameOf = (id: string | null) => workspaces.find((each) => each.id === id)?.name;
    assert.deepEqual(Object.fromEntries(grants.map((grant) => [grant.email, nameOf(grant.workspace_id)])), {
      "billing@support.example.com": "nylas-auto-grouping/test/support",
      "returns@support.example.com": "nylas-auto-grouping/test/support",
      "visitor@acme.nylas.email": "Default",
    });
    assert.deepEqual(
      outputs["currentWorkspaces"],
      Object.fromEntries(grants.map((grant) => [grant.email, grant.workspace_id])),
    );
  },
  tenants: (simulator, outputs) => {
    const { grants, workspaces } = simulator.state();
    const nameOf = (id: string | null) => workspaces.find((each) => each.id === id)?.name;
    assert.deepEqual(Object.fromEntries(grants.map((grant) => [grant.email, nameOf(grant.workspace_id)])), {
      "scheduling@customer-a.agents.example.com": "nylas-tenants/test/customer-a",
      "billing@customer-a.agents.example.com": "nylas-tenants/test/customer-a",
      "customer-b-scheduling@acme.nylas.email": "nylas-tenants/test/customer-b",
      "customer-c-scheduling@acme.nylas.email": "nylas-tenants/test/customer-c",
      "customer-d-scheduling@acme.nylas.email": "nylas-tenants/test/customer-d",
      "customer-d-support@acme.nylas.email": "nylas-tenants/test/customer-d",
    });
    assert.deepEqual(outputs["status"], {
      "customer-a": "verified",
      "customer-b": "verified",
      "customer-c": "trial",
      "customer-d": "trial",
    });
  },
};

/** The main job, a domain per customer, and tenants from data; the others are of the long run. */
const ORDINARY = new Set(["quickstart", "customer-domains", "tenants"]);

describe("the examples", () => {
  for (const [example, config] of Object.entries(configuration)) {
    itOrdinarilyIf(
      ORDINARY.has(example),
      `${example}: the first up makes it, a second one and a refresh change nothing, destroy leaves nothing`,
      async () => {
        const simulator = await startSimulator({});
        const stack = new Stack({
          program: fs.readFileSync(path.join(examples, example, "index.ts"), "utf8"),
          files: dataOf(example),
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
          const first = succeeded(await stack.up());
          assert.doesNotMatch(first.text, /Undefined value/, "finding 23");
          assert.ok(simulator.writes().length > 0, "nothing was made");
          if (standing[example]) standing[example](simulator, await stack.outputs());

          const writes = simulator.writes().length;
          succeeded(await stack.up("--expect-no-changes"));
          succeeded(await stack.refresh("--expect-no-changes"));
          assert.equal(simulator.writes().length, writes, "the second up or the refresh wrote something");

          stack.env["NYLAS_FORCE_DESTROY"] = wordsFor(
            ...simulator
              .state()
              .domains.filter(({ branded }) => !branded)
              .map(({ domain_address: address }): ["domain", string] => ["domain", address]),
          );
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
      },
    );
  }

  it("environments-shared: its receiver passes the challenge, believes signed events alone, and knows an agent's mailbox", async () => {
    const simulator = await startSimulator({});
    const folder = path.join(examples, "environments-shared");
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/hook`;
    simulator.seed({ kind: "connector" });
    simulator.seed({ kind: "grant", email: "bot@acme.nylas.email" });
    const stack = new Stack({
      program: fs.readFileSync(path.join(folder, "index.ts"), "utf8"),
      project: "nylas-environments-shared",
      config: { webhookUrl: url },
      env: { ...connection(simulator), ...keys(simulator) },
    });
    let receiver = await startExampleReceiver(folder, port, simulator, "not known yet");
    try {
      succeeded(await stack.up());
      const { webhookSecret } = await stack.outputs();
      receiver.process.kill();
      receiver = await startExampleReceiver(folder, port, simulator, String(webhookSecret));

      const forged = await fetch(url, { method: "POST", body: "{}", headers: { "x-nylas-signature": "00" } });
      assert.equal(forged.status, 401);

      simulator.addMessage({ grant: "bot@acme.nylas.email", subject: "Can we meet on Friday?" });
      await receiver.says(/agent mailbox: message\.created Can we meet on Friday\?/);
      // B13: nothing tells a destroy that the plan keeps as much as the policy shows, and a mailbox holds mail. The word goes first.
      refused(await stack.destroy(), "allowMailLoss: true on the default workspace");
      const { length } = simulator.state().messages;
      const text = fs.readFileSync(path.join(folder, "index.ts"), "utf8");
      stack.setProgram(text.replace("policyId: fallback.id", "policyId: fallback.id, allowMailLoss: true"));
      succeeded(await stack.up());
      succeeded(await stack.destroy());
      assert.equal(simulator.state().messages.length, length);
    } finally {
      receiver.process.kill();
      stack.dispose();
      await simulator.close();
    }
  });
});

/** What a program reads beside itself. */
function dataOf(example: string): Record<string, string> {
  const files = fs
    .readdirSync(path.join(examples, example))
    .filter((name) => /^(?!Pulumi).*\.yaml$/.test(name));
  return Object.fromEntries(
    files.map((name) => [name, fs.readFileSync(path.join(examples, example, name), "utf8")]),
  );
}

async function startExampleReceiver(folder: string, port: number, simulator: Simulator, secret: string) {
  const child = spawn(
    process.execPath,
    ["-r", "ts-node/register/transpile-only", path.join(folder, "receiver.ts")],
    {
      env: {
        ...process.env,
        PORT: String(port),
        WEBHOOK_SECRET: secret,
        NYLAS_API_URL: simulator.url,
        NYLAS_API_KEY: simulator.keys.apiKey,
      },
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const says = async (what: RegExp) => {
    const end = Date.now() + 30_000;
    while (!what.test(said)) {
      assert.ok(
        Date.now() < end && child.exitCode === null,
        `the receiver has not said ${String(what)}, but:\n${said}`,
      );
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  await says(/waiting for webhooks/);
  return { process: child, says };
}
