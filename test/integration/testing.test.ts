import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type * as Nylas from "pulumi-nylas";
import type * as Experimental from "pulumi-nylas/experimental";
import { mockNylas, type Kind, type MockNylasOptions, type NylasMocks } from "pulumi-nylas/testing";

const root = path.join(__dirname, "..", "..");

describe("pulumi-nylas/testing", () => {
  let nylas: typeof Nylas;
  let experimental: typeof Experimental;
  before(async () => {
    nylas = await import("pulumi-nylas");
    experimental = await import("pulumi-nylas/experimental");
  });

  const start = async (options: MockNylasOptions = {}, isPreview = false): Promise<NylasMocks> => {
    const mocks = mockNylas(options);
    await pulumi.runtime.setMocks(mocks, "project", "stack", isPreview);
    return mocks;
  };
  const valueOf = <T>(output: pulumi.Output<T>): Promise<T> =>
    (output as unknown as { promise(): Promise<T> }).promise();

  const domain = (name: string, more: Partial<Nylas.AgentDomainArgs> = {}) =>
    new nylas.AgentDomain(name, { domainName: `${name}.example.com`, dns: nylas.zoneFile(), ...more });

  it("answers with the outputs of the provider: ids, addresses, records and statuses, the same in each run", async () => {
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const mocks = await start();
      const agents = domain("agents", { wait: true, hosts: { dkim: "own._domainkey" } });
      const bot = new nylas.AgentAccount("bot", { email: agents.mailbox("bot") });
      const [records, status, email, id, state, handover] = await Promise.all([
        valueOf(agents.records),
        valueOf(agents.status),
        valueOf(bot.email),
        valueOf(bot.id),
        valueOf(bot.status),
        valueOf(agents.dnsInstructions),
      ]);
      assert.equal(status, "verified");
      assert.equal(email, "bot@agents.example.com");
      assert.equal(state, "valid");
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.deepEqual(Object.keys(records).sort(), ["dkim", "feedback", "mx", "ownership", "spf"]);
      assert.equal(records.dkim.name, "own._domainkey.agents.example.com");
      assert.deepEqual(
        [records.mx.type, records.mx.name, records.mx.priority],
        ["MX", "agents.example.com", 10],
      );
      assert.match(handover!.zone, /agents\.example\.com\.\s+3600 IN MX +10 /);
      await mocks.settled();
      runs.push(mocks.resources.map(({ kind, name, inputs }) => ({ kind, name, inputs })));
    }
    assert.deepEqual(runs[0], runs[1]);
  });

  it("leaves a domain pending that the program does not wait for, and every one where verified is false", async () => {
    await start();
    assert.equal(await valueOf(domain("waited", { wait: true }).status), "verified");
    assert.equal(await valueOf(domain("handed-over").status), "pending");
    await start({ verified: false });
    assert.equal(await valueOf(domain("waited", { wait: true }).status), "pending");
  });

  it("lets a test set outputs of one resource, ids, other packages' resources, and look-ups", async () => {
    const mocks = await start({
      outputs: ({ kind, name }) =>
        kind === "AgentAccount" && name === "bot" ? { id: "grant-1", status: "lost" } : undefined,
      lookups: { getDomain: ({ domainName }) => Promise.reject(new Error(`no ${domainName}`)) },
    });
    const bot = new nylas.AgentAccount("bot", { email: "bot@agents.example.com" });
    const other = new nylas.AgentAccount("other", { email: "other@agents.example.com" });
    assert.deepEqual([await valueOf(bot.id), await valueOf(bot.status)], ["grant-1", "lost"]);
    assert.equal(await valueOf(other.status), "valid");
    await assert.rejects(nylas.getDomain({ domainName: "agents.example.com" }), /no agents\.example\.com/);
    assert.equal((await nylas.getPolicy({ name: "Outreach" })).name, "Outreach");
    assert.deepEqual(await nylas.getAgentAccounts(), []);
    const looked = nylas.AgentAccount.get("looked", "grant-2");
    assert.equal(await valueOf(looked.id), "grant-2");
    assert.equal(mocks.find("AgentAccount", "looked").id, "grant-2");
    assert.throws(
      () => mocks.find("AgentAccount", "bott"),
      /no AgentAccount named "bott"; it has "bot", "other", "looked"/,
    );
  });

  it("keeps secrets secret, and gives defaults as the provider does", async () => {
    const mocks = await start();
    const hook = new nylas.NylasWebhook("hook", {
      url: "https://a.example.com",
      triggers: ["message.created"],
    });
    assert.equal(await pulumi.isSecret(hook.secret), true);
    const workspace = new nylas.NylasWorkspace("customer");
    assert.equal(await valueOf(workspace.name), "project/stack/customer");
    const principal = new experimental.NylasPrincipal("agent", { boundTo: { workspace: workspace.id } });
    const key = new experimental.NylasApiKey("key", {
      principalId: principal.id,
      expiresAt: "2031-01-01T00:00:00Z",
    });
    assert.match(await valueOf(key.id), /^[0-9a-f-]{36}\/[0-9a-f-]{36}$/);
    assert.equal(await pulumi.isSecret(key.secret), true);
    await mocks.settled();
    assert.equal(mocks.find("Workspace", "customer").inputs.autoGroup, false);
  });

  it("refuses wrong arguments in the provider's words, wherever a test looks", async () => {
    const mocks = await start();
    new nylas.NylasPolicy("p", { limits: { dailySends: -1 } });
    const said = /Nylas Policy "p": limits\.dailySends: given -1; allowed: a whole number/;
    await assert.rejects(mocks.settled(), said);
    assert.throws(() => mocks.all("Policy"), said);
    assert.throws(() => mocks.find("Policy", "p"), said);

    const again = await start();
    new nylas.NylasPolicy("p", { name: "Outreach" });
    await again.settled();
    new nylas.NylasPolicy("q", { name: "Outreach" });
    await assert.rejects(
      again.settled(),
      /declared twice in this program: by project\/stack\/q and by project\/stack\/p/,
    );
  });

  it("knows the classes of pulumi-nylas/native, and refuses what these are given wrong", async () => {
    const native = await import("pulumi-nylas/native");
    const mocks = await start();
    const bot = new native.AgentAccount("bot", { email: "Bot@acme.nylas.email" });
    assert.equal(await valueOf(bot.status), "valid");
    assert.match(await valueOf(bot.id), /^[0-9a-f]{8}-/);
    assert.equal(mocks.find("AgentAccount", "bot").type, "nylas:index:AgentAccount");
    new native.AgentAccount("wrong", { email: "no address" });
    await assert.rejects(mocks.settled(), /Nylas AgentAccount "wrong": .*email/);
  });

  it("runs a program as a preview does: what is not known there is left out", async () => {
    const mocks = await start({}, true);
    const later = pulumi.output(pulumi.unknown as unknown as string);
    new nylas.NylasWorkspace("customer", { policyId: later });
    await mocks.settled();
    assert.equal(mocks.find("Workspace", "customer").inputs.policyId, undefined);
  });

  it("knows every kind of resource that the plugin serves", async () => {
    const kinds = Object.keys(await import("pulumi-nylas/dynamic")).filter((name) => /^[A-Z]/.test(name));
    assert.ok(kinds.length > 10);
    const mocks = mockNylas();
    for (const kind of kinds) {
      const type = `pulumi-nodejs:dynamic/nylas:${kind}`;
      await mocks.newResource({ type, name: kind, id: "x", custom: true, inputs: {} });
      assert.equal(mocks.find(kind as Kind, kind).id, "x");
    }
  });

  /** As a user's project, in a folder of its own, with its own mocha. */
  const runMocha = (folder: string) =>
    spawnSync(
      process.execPath,
      [
        path.join(root, "node_modules", "mocha", "bin", "mocha.js"),
        "--no-config",
        "--require",
        "ts-node/register/transpile-only",
        "--timeout",
        "60000",
        "index.test.ts",
      ],
      {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, NYLAS_API_KEY: "", NYLAS_API_URL: "http://127.0.0.1:9" },
      },
    );

  it("tests a user's program under mocha: the one of docs/testing-programs.md, and the example", function () {
    this.timeout(180_000);
    const page = fs.readFileSync(path.join(root, "docs", "testing-programs.md"), "utf8");
    const files = [...page.matchAll(/^```ts\n\/\/ (\S+)\n([^]*?)^```$/gm)];
    assert.deepEqual(
      files.map(([, name]) => name),
      ["index.ts", "index.test.ts"],
    );
    const work = path.join(root, "test", "engine", ".work");
    fs.mkdirSync(work, { recursive: true });
    const folder = fs.mkdtempSync(path.join(work, "testing-"));
    try {
      for (const [, name, text] of files) fs.writeFileSync(path.join(folder, name!), text!);
      const options = { target: "es2022", module: "commonjs", moduleResolution: "node10", strict: true };
      fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
      const passed = runMocha(folder);
      assert.equal(passed.status, 0, passed.stdout + passed.stderr);
      assert.match(passed.stdout, /3 passing/);
      // It can fail: another program, and a wrong argument.
      const program = fs.readFileSync(path.join(folder, "index.ts"), "utf8");
      fs.writeFileSync(path.join(folder, "index.ts"), program.replace("dailySends: 50", "dailySends: 500"));
      assert.match(runMocha(folder).stdout, /1 failing/);
      fs.writeFileSync(path.join(folder, "index.ts"), program.replace("dailySends: 50", "dailySends: -5"));
      const wrong = runMocha(folder);
      assert.notEqual(wrong.status, 0);
      assert.match(wrong.stdout + wrong.stderr, /limits\.dailySends: given -5/);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
    const example = runMocha(path.join(root, "examples", "environments"));
    assert.equal(example.status, 0, example.stdout + example.stderr);
  });
});
