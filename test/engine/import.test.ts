import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Simulator, startSimulator } from "nylas-simulator";
import { api, registerDomain } from "../plugin/fleets";
import { itInLongRun } from "./longRun";
import { changes, closeScenes, openScene, refused, says, type Scene, succeeded } from "./scene";

const CLI = path.join(path.dirname(require.resolve("pulumi-nylas/package.json")), "dist", "cli", "main.js");

describe("an existing fleet with its DNS", function () {
  this.timeout(300_000);
  let sim: Simulator;
  let scene: Scene;

  const open = async () => {
    sim = await startSimulator({ zones: ["example.com", "example.net"], maxAccounts: 300 });
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
    });
    // So that there is a stack for the command to look at.
    await scene.stack.export();
  };
  afterEach(async () => {
    await closeScenes();
    await sim.close();
  });

  /** Made by hand: customers on one domain, one on its own, one on one whose records were each made with another TTL. */
  const makeFleet = async (customers: number, accounts: number) => {
    const call = api(sim);
    await registerDomain(sim, "agents.example.com");
    await registerDomain(sim, "own.example.net");
    await registerDomain(sim, "odd.example.net", "various");
    const shared = await call("POST", "/v3/policies", {
      name: "Shared",
      limits: { limit_count_daily_email_sent: 50 },
    });
    const list = await call("POST", "/v3/lists", { name: "Blocked", type: "domain" });
    await call("POST", `/v3/lists/${list.id}/items`, { items: ["spam.example"] });
    const rule = await call("POST", "/v3/rules", {
      name: "No spam",
      match: { conditions: [{ field: "from.domain", operator: "in_list", value: [list.id] }] },
      actions: [{ type: "block" }],
    });
    await call("POST", "/v3/connectors", { provider: "nylas" });
    for (let customer = 0; customer < customers; customer++) {
      const { workspace_id } = await call("POST", "/v3/workspaces", {
        name: `Customer ${customer}`,
        policy_id: shared.id,
        rule_ids: customer === 0 ? [rule.id] : [],
        auto_group: false,
      });
      const domain = { 0: "own.example.net", 1: "odd.example.net" }[customer] ?? "agents.example.com";
      for (let at = 0; at < accounts; at++)
        await call("POST", "/v3/connect/custom", {
          provider: "nylas",
          name: `Agent ${at} of "${customer}"`,
          workspace_id,
          settings: { email: `agent-${customer}-${at}@${domain}` },
        });
    }
    sim.addMessage({ grant: "agent-0-0@own.example.net", subject: "An order" });
    sim.clearRequests();
    return sim.state();
  };

  const command = (...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
      const { folder, env } = scene.stack;
      // Beside this process, so that the simulator in it can answer.
      const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, env });
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      child.on("close", (code) => done({ code, stdout, stderr }));
    });
  const written = (file: string) => fs.readFileSync(path.join(scene.stack.folder, file), "utf8");
  const count = (type: string) =>
    scene.stack.state().filter((entry) => entry.type.endsWith(`:${type}`)).length;

  itInLongRun(
    "of 200 accounts is brought under management without a single remote write, and the stack forgotten without one",
    async () => {
      await open();
      const { stack } = scene;
      const before = await makeFleet(20, 10);

      const brought = await command("import", "--as", "tenants", "--with-dns", "cloudflare");
      assert.equal(brought.code, 0, brought.stderr);
      stack.setProgram(written("index.ts"));
      const imported = succeeded(await stack.import(written("import.json")));
      assert.doesNotMatch(imported.text, /failed to validate/);
      assert.deepEqual(
        ["AgentAccount", "Workspace", "Tenant", "AgentDomain", "Domain", "DnsRecord"].map(count),
        [200, 20, 19, 2, 3, 15],
      );
      assert.deepEqual(changes(succeeded(await stack.preview("--expect-no-changes"))), []);

      // No plugin runs that could do anything at all.
      succeeded(await stack.run("stack", "rm", "--force", "--yes", "--preserve-config"));
      assert.ok(!fs.existsSync(stack.stateFile), "the state is gone");
      assert.deepEqual(sim.writes(), []);
      assert.deepEqual(sim.state(), before);
    },
  );

  /** The program as it is written, and as it is once somebody has taken the protection of the domains away. */
  const unprotectedDomains = (program: string) =>
    program.replace(/(new AgentDomain\([^;]*), \{ protect: true \}\);/g, "$1);");

  it("M7: is not destroyed before its first up, which takes the protection off where the program has none", async () => {
    await open();
    const { stack } = scene;
    const before = await makeFleet(3, 1);
    const brought = await command("import", "--with-dns", "cloudflare");
    assert.equal(brought.code, 0, brought.stderr);
    assert.doesNotMatch(brought.stdout, /--protect=false/);
    stack.setProgram(written("index.ts"));
    succeeded(await stack.import(written("import.json")));
    const unprotected = () =>
      stack.state().filter(({ type, custom, protect }) => custom && !protect && !type.startsWith("pulumi:"));
    assert.deepEqual(unprotected(), []);
    for (const flags of [[], ["--continue-on-error"]]) {
      const undone = refused(await stack.destroy(...flags), "protected");
      assert.deepEqual(sim.writes(), [], undone.text);
    }
    assert.deepEqual(sim.writes(), [], (await stack.destroy("--exclude-protected")).text);

    assert.deepEqual(changes(succeeded(await stack.preview("--expect-no-changes"))), []);
    succeeded(await stack.run("up", "--yes"));
    refused(await stack.destroy("--continue-on-error"), "protected");
    stack.setProgram(unprotectedDomains(written("index.ts")));
    succeeded(await stack.up());
    const kept = stack.state().filter(({ protect }) => protect);
    assert.deepEqual([...new Set(kept.map(({ type }) => type.split(":").at(-1)))], ["DnsRecord"]);
    assert.equal(kept.length, 5, "what no verification guards, and nothing else");
    succeeded(await stack.up("--expect-no-changes"));
    // From here on the guards stand where the mail hangs.
    refused(await stack.destroy("--continue-on-error"), "is kept");
    const mx = (records: { type: string }[]) => records.filter(({ type }) => type === "MX").length;
    assert.equal(
      sim.state().zones.reduce((sum, { records }) => sum + mx(records), 0),
      before.zones.reduce((sum, { records }) => sum + mx(records), 0),
    );
  });

  it("D1: keeps its records at a destroy after a first up that failed before it came to the verification", async () => {
    await open();
    const { stack } = scene;
    await makeFleet(3, 1);
    const records = () =>
      sim
        .state()
        .zones.flatMap((zone) => zone.records.map(({ type, name, content }) => `${type} ${name} ${content}`))
        .sort();
    const before = records();
    for (const as of ["flat", "tenants"]) {
      const brought = await command("import", "--with-dns", "cloudflare", "--as", as, "--force");
      assert.equal(brought.code, 0, brought.stderr);
      const line = 'dmarc: "v=DMARC1; p=none",';
      const program = written("index.ts");
      const edited =
        as === "flat"
          ? program.replace('domainName: "agents.example.com",', (found) => `${found} ${line}`)
          : program.replace("domainArgs: {", (found) => `${found} ${line}`);
      assert.notEqual(edited, program);
      stack.setProgram(edited);
      succeeded(await stack.import(written("import.json")));
      sim.addFault({ kind: "status", status: 400, method: "POST", path: "dns_records", times: "always" });
      refused(await stack.up(), "400");
      sim.clearFaults();
      for (const flags of [[], ["--continue-on-error"], ["--exclude-protected"]]) {
        const { text } = await stack.destroy(...flags);
        assert.deepEqual(records(), before, `${as} ${flags.join()}: ${text}`);
      }
      succeeded(await stack.run("stack", "rm", "--force", "--yes", "--preserve-config"));
      succeeded(await stack.run("stack", "init", stack.name, "--no-select"));
    }
  });

  const handsBack = async (...withDns: string[]) => {
    await open();
    const { stack } = scene;
    const before = await makeFleet(3, 2);
    const brought = await command("import", ...withDns);
    assert.equal(brought.code, 0, brought.stderr);
    const program = written("index.ts");
    succeeded(await stack.import(written("import.json")));

    stack.setProgram(`
      import * as pulumi from "@pulumi/pulumi";
      pulumi.runtime.registerStackTransform(({ props, opts }) => ({
        props,
        opts: pulumi.mergeOptions(opts, { retainOnDelete: true, protect: false }),
      }));
      ${program}`);
    assert.deepEqual(changes(succeeded(await stack.up())), []);
    const again = await command("import", ...withDns);
    assert.match(
      again.stdout,
      /^There is nothing to bring in\.\nThe stack holds \d+ of its objects already\./,
    );

    const { urn } = stack.resource("agent-0-1@own.example.net")!;
    says(succeeded(await stack.run("state", "delete", urn, "--yes")), "Resource deleted");
    assert.equal(count("AgentAccount"), 5);
    succeeded(await stack.destroy());
    assert.deepEqual(stack.state(), []);
    assert.deepEqual(sim.writes(), []);
    assert.deepEqual(sim.state(), before);
  };

  itInLongRun(
    "is handed back without a delete: one account by its entry, the rest by a word that is recorded first",
    () => handsBack("--with-dns", "cloudflare"),
  );

  itInLongRun("is brought in and handed back with Route 53 as well", () =>
    handsBack("--with-dns", "route53"),
  );
});
