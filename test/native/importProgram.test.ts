import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Simulator, startSimulator } from "nylas-simulator";
import { changes, closeScenes, openScene, refused, type Scene, succeeded, writesOf } from "../engine/scene";
import { api, registerDomain } from "../plugin/fleets";
import { projectFile } from "./stack";

const CLI = path.join(path.dirname(require.resolve("pulumi-nylas/package.json")), "dist", "cli", "main.js");

const NODE = projectFile("{ name: nodejs, options: { typescript: false } }");

/** What is brought in as programs of the native plugin. */
describe("a fleet that pulumi-nylas import brings to the native plugin", function () {
  this.timeout(300_000);
  let sim: Simulator;
  let scene: Scene;

  beforeEach(async () => {
    sim = await startSimulator({ zones: ["example.com", "example.net"], publicWebhooks: "assume" });
    scene = await openScene({
      beside: sim,
      env: {
        CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
        CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
        AWS_ENDPOINT_URL_ROUTE_53: sim.url,
        AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "any",
        AWS_REGION: "us-east-1",
      },
      config: {
        "aws:skipCredentialsValidation": "true",
        "aws:skipRequestingAccountId": "true",
        "aws:skipMetadataApiCheck": "true",
      },
      files: { "Pulumi.yaml": NODE },
    });
    await scene.stack.export();
  });
  afterEach(async () => {
    await closeScenes();
    await sim.close();
  });

  const ODD = "Agent \"0\" of ${x} $${y} 'z' \\ ü";

  /** An object of each kind that the command knows, with names that are none in any language. */
  const makeFleet = async () => {
    const call = api(sim);
    await registerDomain(sim, "agents.example.com", 300, 1024);
    await registerDomain(sim, "own.example.net", 300, 1024);
    await registerDomain(sim, "odd.example.net", "various");
    const shared = await call("POST", "/v3/policies", {
      name: "Shared",
      limits: { limit_count_daily_email_sent: 50 },
    });
    const list = await call("POST", "/v3/lists", { name: "Blocked", type: "domain" });
    await call("POST", `/v3/lists/${list.id}/items`, { items: ["spam.example"] });
    sim.seed({ kind: "list", name: "Long", items: Array.from({ length: 300 }, (_, at) => `h${at}.example`) });
    const rule = await call("POST", "/v3/rules", {
      name: "class",
      match: { conditions: [{ field: "from.domain", operator: "in_list", value: [list.id] }] },
      actions: [{ type: "block" }],
    });
    await call("POST", "/v3/connectors", { provider: "nylas" });
    for (const [customer, domain] of [
      "own.example.net",
      "agents.example.com",
      "acme.nylas.email",
    ].entries()) {
      const { workspace_id } = await call("POST", "/v3/workspaces", {
        name: customer === 1 ? "$${import}" : `Customer ${customer}`,
        policy_id: shared.id,
        rule_ids: customer === 0 ? [rule.id] : [],
        auto_group: false,
      });
      await call("POST", "/v3/connect/custom", {
        provider: "nylas",
        name: ODD,
        workspace_id,
        settings: { email: `agent-${customer}@${domain}` },
      });
    }
    await call("POST", "/v3/connect/custom", {
      provider: "nylas",
      settings: { email: "desk@odd.example.net" },
    });
    await call("POST", "/v3/webhooks", {
      webhook_url: "https://hooks.example.com/nylas",
      trigger_types: ["message.created"],
      description: "Events",
    });
    sim.clearRequests();
    return sim.state();
  };

  const command = (...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
      const { folder, env } = scene.stack;
      const child = spawn(process.execPath, [CLI, "import", ...args], { cwd: folder, env });
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      child.on("close", (code) => done({ code, stdout, stderr }));
    });
  const written = (file: string) => fs.readFileSync(path.join(scene.stack.folder, file), "utf8");
  const count = (type: string) => scene.stack.state().filter((entry) => entry.type === type).length;

  /** The program of the folder, as it was written or with an edit. */
  const declare = (language: string, edit: (program: string) => string = (program) => program) => {
    if (language === "yaml") {
      scene.stack.write("Pulumi.yaml", projectFile("yaml"));
      scene.stack.write("Main.yaml", edit(written("Main.yaml")));
    } else {
      scene.stack.setProgram(edit(written("index.ts")));
    }
  };

  /** Another limit of the policy. */
  const raised = (program: string) => {
    const edited = program.replace(/dailySends: 50\b/, "dailySends: 60");
    assert.notEqual(edited, program);
    return edited;
  };

  const CASES: [name: string, language: string, args: string[], types: Record<string, number>][] = [
    [
      "YAML, flat, with records at Cloudflare",
      "yaml",
      ["--with-dns", "cloudflare"],
      {
        "nylas:index:AgentDomain": 2,
        "nylas:index:AgentAccount": 4,
        "nylas:index:Workspace": 3,
        "nylas:index:Rule": 1,
        "nylas:index:List": 2,
        "nylas:index:Webhook": 1,
        "nylas:index:Domain": 3,
        "cloudflare:index/dnsRecord:DnsRecord": 15,
      },
    ],
    [
      "YAML, tenants, with records at Route 53",
      "yaml",
      ["--as", "tenants", "--with-dns", "route53"],
      { "nylas:index:Tenant": 3, "nylas:index:AgentDomain": 2, "nylas:index:AgentAccount": 4 },
    ],
    [
      "TypeScript, flat",
      "typescript",
      ["--host", "native"],
      { "nylas:index:AgentAccount": 4, "nylas:index:Domain": 3, "nylas:index:Policy": 1 },
    ],
    [
      "TypeScript, tenants of dynamic resources, with records at Cloudflare",
      "typescript",
      ["--host", "native", "--as", "tenants", "--with-dns", "cloudflare"],
      { "pulumi-nylas:index:Tenant": 3, "nylas:index:AgentAccount": 1, "nylas:index:Policy": 1 },
    ],
  ];
  for (const [name, language, args, types] of CASES)
    it(`${name}: no write at Nylas or in DNS, an empty preview, and an edit is one update`, async () => {
      const { stack } = scene;
      const before = await makeFleet();
      const brought = await command("--language", language, ...args);
      assert.equal(brought.code, 0, brought.stderr);
      declare(language);
      const file = JSON.parse(written("import.json")) as { resources: { version?: string }[] };
      // The folder of a program in YAML has no package of the vendor, whose version would be named.
      if (language === "yaml") for (const entry of file.resources) delete entry.version;
      const imported = succeeded(await stack.import(file));
      assert.doesNotMatch(imported.text, /failed to validate/);
      const found = Object.fromEntries(Object.keys(types).map((type) => [type, count(type)]));
      assert.deepEqual(found, types, brought.stdout);
      refused(await stack.destroy(), "protected");

      const preview = succeeded(await stack.preview("--expect-no-changes"));
      assert.deepEqual(changes(preview), [], preview.text);
      assert.doesNotMatch(preview.text, /internal error|not assignable/);
      succeeded(await stack.run("up", "--yes"));
      const refreshed = succeeded(await stack.refresh());
      assert.deepEqual(Object.keys(refreshed.summary), ["same"], refreshed.text);
      assert.deepEqual(sim.writes(), []);
      assert.deepEqual(sim.state(), before);

      declare(language, raised);
      const edited = succeeded(await stack.up());
      assert.equal(edited.summary.update, 1, edited.text);
      assert.deepEqual(writesOf(sim), ["PUT /v3/policies/:id"]);
      // The domains and their records keep their protection: the program has it.
      if (args.includes("--with-dns")) refused(await stack.destroy(), "protected");
      assert.deepEqual(sim.state().zones, before.zones);
    });
});
