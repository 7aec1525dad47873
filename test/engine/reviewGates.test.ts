/**
 * What a review once let pass with "No mail is lost or handed to others by this", each on the real engine. Each test
 * shows the gate, and then what the `up` does, seen at the simulator.
 */
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Simulator } from "nylas-simulator";
import { type Gate, RECOMMENDED } from "../../provider/review/gates";
import { itInLongRun } from "./longRun";
import { closeScenes, openScene, type Scene, succeeded } from "./scene";

const CLI = path.join(path.dirname(require.resolve("pulumi-nylas/package.json")), "dist", "cli", "main.js");
const CALM = "No mail is lost or handed to others by this.";
const DAY = 86_400;

describe("the gates of a review", function () {
  this.timeout(600_000);
  afterEach(closeScenes);

  /** What the pipeline runs, with all gates that are recommended. */
  const review = async ({ stack }: Scene, ...args: string[]) => {
    const preview = succeeded(await stack.run("preview", "--json", "--show-sames", "--non-interactive"));
    succeeded(await stack.run("stack", "export", "--file", "own.json"));
    const keep = process.env["REVIEW_KEEP"];
    if (keep !== undefined) fs.appendFileSync(keep, `${JSON.stringify(preview.stdout)}\n`);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [CLI, "review", "--fail-on", RECOMMENDED.join(), "--no-picture", "--fleet", "own.json", ...args],
      { input: preview.stdout, encoding: "utf8", cwd: stack.folder },
    );
    const gates = [...stderr.matchAll(/--fail-on ([\w-]+):/g)].map(([, gate]) => gate as Gate);
    return { code: status, gates, markdown: stdout };
  };
  /** Asserts that the change stops at these gates, and that the review does not say that all is well. */
  const stops = async (scene: Scene, ...wanted: Gate[]) => {
    const { code, gates, markdown } = await review(scene);
    assert.ok(code !== null && code >= 10, `it passes, with ${code}:\n${markdown}`);
    for (const gate of wanted)
      assert.ok(gates.includes(gate), `no ${gate}, but ${gates.join()}:\n${markdown}`);
    assert.ok(!markdown.includes(CALM), markdown);
    return markdown;
  };
  const grantOf = (sim: Simulator, email: string) => sim.state().grants.find((each) => each.email === email)!;
  const workspaceOf = (sim: Simulator, email: string) => {
    const { workspaces } = sim.state();
    return workspaces.find(({ id }) => id === grantOf(sim, email).workspace_id)!.name;
  };
  const giveMail = (sim: Simulator, grant: string, days = 100) =>
    sim.addMessage({ grant, subject: "old", ageSeconds: days * DAY });

  it("V1: after a take-over, what stands is compared, and not what was declared then", async () => {
    const scene = await openScene({});
    const { sim, stack, declare } = scene;
    const policyId = sim.seed({ kind: "policy", name: "Old", limits: { limit_inbox_retention_period: 300 } });
    const a = sim.seed({ kind: "workspace", name: "Tenant A", policyId });
    for (const name of ["one", "two"])
      giveMail(sim, sim.seed({ kind: "grant", email: `${name}@acme.nylas.email`, workspaceId: a }));
    declare(`
      new nylas.NylasPolicy("old", { name: "Old", limits: { inboxRetentionDays: 6 }, allowMailLoss: true, adopt: true });
      const b = new nylas.NylasWorkspace("b", { name: "Tenant B" });
      new nylas.AgentAccount("one", { email: "one@acme.nylas.email", workspaceId: b.id, adopt: true });`);
    succeeded(await stack.up());
    assert.equal(sim.state().lostMail.length, 0, "a take-over writes nothing");

    const markdown = await stops(scene, "mail-loss", "hand-over");
    assert.match(markdown, /Policy `Old` keeps less mail, .*: 300 → 6 days of inbox/);
    assert.match(markdown, /`one@acme\.nylas\.email` moves from .* to workspace `Tenant B`/);
    succeeded(await stack.up());
    const lost = sim.state().lostMail.map(({ email }) => email);
    assert.ok(lost.includes("two@acme.nylas.email"), "the mail of the account that nobody declares is gone");
    assert.equal(workspaceOf(sim, "one@acme.nylas.email"), "Tenant B");
  });

  itInLongRun("V1: two tenants that swap accounts under names with a stale adopt", async () => {
    const program = (one: string, two: string) => `
      const a = new nylas.NylasWorkspace("a", { name: "Tenant A" });
      const b = new nylas.NylasWorkspace("b", { name: "Tenant B" });
      new nylas.AgentAccount("a-${one}", { email: "${one}@acme.nylas.email", workspaceId: a.id, adopt: true });
      new nylas.AgentAccount("b-${two}", { email: "${two}@acme.nylas.email", workspaceId: b.id, adopt: true });`;
    const scene = await openScene({ program: program("sales", "support") });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    for (const { id } of sim.state().grants) giveMail(sim, id);
    declare(program("support", "sales"));
    succeeded(await stack.up());
    assert.equal(workspaceOf(sim, "support@acme.nylas.email"), "Tenant B", "taken over as it is");

    await stops(scene, "hand-over");
    succeeded(await stack.up());
    assert.equal(workspaceOf(sim, "support@acme.nylas.email"), "Tenant A");
  });

  it("V2: an id that is not known yet is no id, whatever it is made from", async () => {
    const program = (more: string, workspaceId: string, policyId: string) => `
      const long = new nylas.NylasPolicy("long", { limits: { inboxRetentionDays: 300 } });
      const short = new nylas.NylasPolicy("short", { limits: { inboxRetentionDays: 6 } });
      const a = new nylas.NylasWorkspace("a", { policyId: long.id });
      const b = new nylas.NylasWorkspace("b", { policyId: long.id });
      ${more}
      const c = new nylas.NylasWorkspace("c", { policyId: ${policyId}, allowMailLoss: true });
      new nylas.AgentAccount("one", { email: "one@acme.nylas.email", workspaceId: ${workspaceId} });
      new nylas.AgentAccount("two", { email: "two@acme.nylas.email", workspaceId: c.id });`;
    const scene = await openScene({ program: program("", "a.id", "long.id") });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    for (const { id } of sim.state().grants) giveMail(sim, id);
    declare(
      program(
        `const anew = new nylas.NylasWorkspace("anew", { policyId: long.id });
         const wide = new nylas.NylasPolicy("wide", { limits: { inboxRetentionDays: 300 } });
         const workspaces = pulumi.output({ a: a.id, b: b.id, anew: anew.id });
         const policies = pulumi.output({ long: long.id, short: short.id, wide: wide.id });`,
        `workspaces.apply((ids) => ids["b"])`,
        `policies.apply((ids) => ids["short"])`,
      ),
    );
    const markdown = await stops(scene, "hand-over", "mail-loss");
    assert.match(
      markdown,
      /`one@acme\.nylas\.email` moves from workspace `a` to a workspace that is known at the up/,
    );
    assert.match(markdown, /Workspace `c`: policy `long` → a policy that is known at the up/);
    succeeded(await stack.up());
    assert.equal(workspaceOf(sim, "one@acme.nylas.email"), "project/test/b");
    assert.equal(sim.state().lostMail.length, 1);
  });

  itInLongRun(
    "V3: a policy that no account of this stack is under is one that other stacks may use; a fleet names them",
    async () => {
      const policy = (days: number) =>
        `export const id = new nylas.NylasPolicy("shared", { limits: { inboxRetentionDays: ${days} }, allowMailLoss: true }).id;`;
      const scene = await openScene({ program: policy(300), project: "platform", stack: "prod" });
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      const customers = await openScene({
        beside: sim,
        project: "customers",
        stack: "prod",
        program: `
        const a = new nylas.NylasWorkspace("a", { policyId: "${String((await stack.outputs())["id"])}" });
        new nylas.AgentAccount("one", { email: "one@acme.nylas.email", workspaceId: a.id });`,
      });
      succeeded(await customers.stack.up());
      giveMail(sim, grantOf(sim, "one@acme.nylas.email").id);
      declare(policy(6));

      const markdown = await stops(scene, "mail-loss");
      assert.match(
        markdown,
        /This review has seen the preview of `prod` with 1 resource of Nylas\. It has not seen other stacks/,
      );
      assert.match(markdown, /no workspace of it names it\. Whether other stacks use it is not known/);

      const file = path.join(stack.folder, "customers.json");
      fs.writeFileSync(file, succeeded(await customers.stack.run("stack", "export")).stdout);
      const known = await review(scene, "--fleet", file);
      assert.equal(known.code, 10, known.markdown);
      assert.match(known.markdown, /300 → 6 days of inbox for 1 account in `a` \(stack `customers\/prod`\)/);
      assert.match(known.markdown, /It has not seen other stacks than these 2/);
      succeeded(await stack.up());
      assert.equal(sim.state().lostMail.length, 1);

      // A policy that nobody uses, by the user's word: nothing of it is lost.
      declare(`${policy(6)} new nylas.NylasPolicy("unused", { limits: { inboxRetentionDays: 300 } });`);
      succeeded(await stack.up());
      declare(
        `${policy(6)} new nylas.NylasPolicy("unused", { limits: { inboxRetentionDays: 20 }, allowMailLoss: true });`,
      );
      assert.equal((await review(scene, "--fleet", file)).code, 10);
      const complete = await review(scene, "--fleet", file, "--fleet-complete");
      assert.equal(complete.code, 0, complete.markdown);
      assert.match(complete.markdown, /By your word these 2 stacks are all that use the application/);
    },
  );

  /** A zone of the vendor's own resources, with the MX of a domain on which another stack has its accounts. */
  const openZone = async () => {
    const scene = await openScene({});
    const { sim, stack } = scene;
    Object.assign(stack.env, {
      CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
      CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
    });
    const domain = "agents.example.com";
    const other = sim.seed({ kind: "zone", name: "example.org" });
    sim.seed({ kind: "domain", address: domain, verified: true });
    sim.seed({ kind: "grant", email: `one@${domain}` });
    const zone = sim.zones.find(({ name }) => name === "example.com")!.id;
    const mx = (name: string, content: string, priority = 10, zoneId = zone) =>
      `new DnsRecord("${name}", { zoneId: "${zoneId}", name: "${domain}", type: "MX", content: "${content}", priority: ${priority}, ttl: 1 });`;
    const declare = (...records: string[]) =>
      scene.declare(`import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";\n${records.join("\n")}`);
    const records = () =>
      sim
        .state()
        .zones.find(({ id }) => id === zone)!
        .records.filter(({ type, name }) => type === "MX" && name === domain)
        .map(({ priority, content }) => `${priority} ${content}`);
    const inbound = "inbound.us.mail.nylas-simulator.test";
    declare(mx("mx", inbound));
    succeeded(await stack.up());
    assert.deepEqual(records(), [`10 ${inbound}`]);
    return { scene, declare, mx, records, other, inbound };
  };

  it("V4: an MX that goes from a domain whose accounts are in another stack", async () => {
    const { scene, declare, records } = await openZone();
    declare();
    const markdown = await stops(scene, "mail-loss");
    assert.match(
      markdown,
      /The MX of `agents\.example\.com` goes: mail for that name is no longer delivered/,
    );
    succeeded(await scene.stack.up());
    assert.deepEqual(records(), []);
  });

  itInLongRun("V5: another zone", async () => {
    const { scene, declare, mx, records, other, inbound } = await openZone();
    declare(mx("mx", inbound, 10, other));
    await stops(scene, "mail-loss");
    succeeded(await scene.stack.up());
    assert.deepEqual(records(), []);
  });

  itInLongRun("V6: a second MX before the one at a live name", async () => {
    const { scene, declare, mx, records, inbound } = await openZone();
    declare(mx("mx", inbound), mx("mine", "mx.elsewhere.example", 1));
    const markdown = await stops(scene, "mail-loss", "hand-over");
    assert.match(markdown, /MX `agents\.example\.com` appears beside what stands there, or in its place/);
    succeeded(await scene.stack.up());
    assert.deepEqual(records().sort(), ["1 mx.elsewhere.example", `10 ${inbound}`]);
  });

  it("V7: a key that becomes one of another tenant's principal", async () => {
    const program = (holder: string) => `
      import * as experimental from "pulumi-nylas/experimental";
      const tenant = (name: string) => {
        const workspace = new nylas.NylasWorkspace(name);
        new nylas.AgentAccount(name, { email: name + "@acme.nylas.email", workspaceId: workspace.id });
        return new experimental.NylasPrincipal(name, { boundTo: { workspace: workspace.id }, permissions: ["messages.read"] });
      };
      const tenants = { a: tenant("a"), b: tenant("b") };
      new experimental.NylasApiKey("agent", { principalId: tenants.${holder}.id, expiresAt: "2030-01-01T00:00:00Z" });`;
    const scene = await openScene({ program: program("a") });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    declare(program("b"));
    const markdown = await stops(scene, "hand-over");
    assert.match(markdown, /Key `agent` becomes a key of `b`.* no longer one of `a`/);
    succeeded(await stack.up());
    const { credentials, principals } = sim.state();
    const key = credentials.find(({ name }) => name === "project/test/agent")!;
    assert.equal(principals.find(({ id }) => id === key.principal_id)!.name, "project/test/b");
  });

  itInLongRun(
    "a workspace that is a secret before and after: the mailbox is handed over, and its mail is deleted",
    async () => {
      const program = (to: string) => `
      const strict = new nylas.NylasPolicy("strict", { limits: { inboxRetentionDays: 6 } });
      const a = new nylas.NylasWorkspace("a", {});
      const b = new nylas.NylasWorkspace("b", { policyId: strict.id });
      new nylas.AgentAccount("one", { email: "one@acme.nylas.email", workspaceId: pulumi.secret(${to}.id), allowMailLoss: true });`;
      const scene = await openScene({ program: program("a") });
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      giveMail(sim, "one@acme.nylas.email");
      declare(program("b"));
      await stops(scene, "hand-over", "mail-loss");
      succeeded(await stack.up());
      assert.equal(workspaceOf(sim, "one@acme.nylas.email"), "project/test/b");
      assert.equal(sim.state().messages.length, 0);
    },
  );

  itInLongRun("a default workspace that the stack comes to manage, by its policy and its rules", async () => {
    const scene = await openScene({
      program: `new nylas.AgentAccount("one", { email: "one@acme.nylas.email" });`,
    });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    giveMail(sim, "one@acme.nylas.email");
    declare(`
      const strict = new nylas.NylasPolicy("strict", { limits: { inboxRetentionDays: 6 } });
      const all = new nylas.NylasRule("all", { conditions: [{ field: "from.domain", isNot: "x.example" }], actions: ["block"] });
      new nylas.NylasDefaultWorkspace("rest", { policyId: strict.id, ruleIds: [all.id], allowMailLoss: true });
      new nylas.AgentAccount("one", { email: "one@acme.nylas.email" });`);
    const { code, gates, markdown } = await review(scene, "--fleet-complete");
    assert.ok(code !== null && code >= 10, markdown);
    assert.ok(gates.includes("mail-loss"), markdown);
    succeeded(await stack.up());
    assert.equal(sim.state().messages.length, 0);
    assert.equal(sim.receive({ grant: "one@acme.nylas.email" }), null);
  });

  itInLongRun(
    "drift that no refresh has seen: the review says that it has not seen it, and with --refresh it has",
    async () => {
      const program = (days: number) =>
        `new nylas.NylasPolicy("p", { limits: { inboxRetentionDays: ${days} }, allowMailLoss: true });
       new nylas.AgentAccount("one", { email: "one@acme.nylas.email" });`;
      const scene = await openScene({ program: program(30) });
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      sim.edit("policy", sim.state().policies[0]!.id, { limits: { limit_inbox_retention_period: 300 } });
      declare(program(60));
      const words = /What others have changed since the last refresh it has not seen either/;
      assert.match((await review(scene)).markdown, words);
      const refreshed = succeeded(
        await stack.run(
          "preview",
          "--refresh",
          "--run-program",
          "--json",
          "--show-sames",
          "--non-interactive",
        ),
      );
      const { stdout } = spawnSync(process.execPath, [CLI, "review", "--no-picture"], {
        input: refreshed.stdout,
        encoding: "utf8",
      });
      assert.doesNotMatch(stdout, words);
      assert.match(stdout, /300 → 60 days of inbox/);
    },
  );

  itInLongRun("C22, C23: a mailbox that waits for its delete, in each form of a preview", async () => {
    const mailbox = (email: string, more = "") =>
      `new nylas.AgentAccount("a", { email: "${email}@acme.nylas.email"${more} });`;
    const scene = await openScene({ program: mailbox("a", ", forceDestroy: true") });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    giveMail(sim, grantOf(sim, "a@acme.nylas.email").id);
    sim.addFault({ kind: "status", status: 500, method: "DELETE", path: "^/v3/grants/", times: "always" });
    declare(mailbox("b", ", forceDestroy: true"));
    assert.notEqual((await stack.up()).code, 0);
    sim.clearFaults();
    declare(`${mailbox("b", ", forceDestroy: true")} new nylas.NylasPolicy("p");`);

    const deleted =
      /The mailbox `a@acme\.nylas\.email` is deleted with all its mail\. That waits since an earlier replacement/;
    assert.match(await stops(scene, "mail-loss"), deleted, "with the stack's own export beside it");
    const plain = ["preview", "--json", "--show-sames", "--non-interactive"];
    const reviewed = async (args: string[]) => {
      const { stdout: input } = succeeded(await stack.run(...args));
      const asked = [CLI, "review", "--fail-on", RECOMMENDED.join(), "--no-picture"];
      return spawnSync(process.execPath, asked, { input, encoding: "utf8" });
    };
    const alone = await reviewed(plain);
    assert.equal(alone.status, 18, alone.stdout);
    assert.match(alone.stdout, /It has not seen what waits for its delete/);
    assert.doesNotMatch(alone.stdout, /`a@acme\.nylas\.email`/, "the engine leaves it out");
    const asked = await reviewed([...plain, "--show-replacement-steps"]);
    assert.equal(asked.status, 10, asked.stdout);
    assert.match(asked.stdout, deleted);
    stack.env["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"] = "true";
    const streamed = await reviewed(plain);
    delete stack.env["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"];
    assert.equal(streamed.status, 10, streamed.stdout);
    assert.match(streamed.stdout, deleted);

    succeeded(await stack.up());
    assert.equal(sim.state().lostMail.length, 1);
    // Nothing waits any more, and the same kind of change passes.
    declare(`${mailbox("b")} new nylas.NylasPolicy("p"); new nylas.NylasPolicy("q");`);
    const calm = await review(scene);
    assert.equal(calm.code, 0, calm.markdown);
    assert.ok(calm.markdown.includes(CALM));
  });

  it("V8: doors that open, and drains", async () => {
    const program = (now: boolean) => `
      import * as experimental from "pulumi-nylas/experimental";
      const policy = new nylas.NylasPolicy("limits", { limits: { dailyReceives: ${now ? 0 : 500} } });
      const all = new nylas.NylasRule("all", { conditions: [{ field: "from.domain", isNot: "nobody.example" }], actions: ["block"] });
      const bin = new nylas.NylasRule("bin", {
        conditions: [{ field: "from.domain", is: "partner.example" }], actions: [{ assignToFolder: "${now ? "Trash" : "Archive"}" }],
      });
      const brake = new nylas.NylasRule("brake", {
        trigger: "outbound", enabled: ${!now}, conditions: [{ field: "from.address", contains: "@" }], actions: ["block"],
      });
      const a = new nylas.NylasWorkspace("a", { policyId: policy.id, ruleIds: [brake.id] });
      const b = new nylas.NylasWorkspace("b", { ruleIds: [bin.id, ${now ? "all.id" : ""}] });
      new nylas.AgentAccount("one", {
        email: "one@acme.nylas.email", workspaceId: a.id, ${now ? 'appPassword: "Abcdefgh1234567890x",' : ""}
      });
      new nylas.AgentAccount("two", { email: "two@acme.nylas.email", workspaceId: b.id });
      new nylas.NylasWebhook("events", {
        url: "https://hooks.example/in", paused: ${!now},
        triggers: ["message.bounced"${now ? ', "message.created"' : ""}],
      });
      const tenant = new experimental.NylasPrincipal("tenant", {
        boundTo: { workspace: a.id }, permissions: ["messages.read"], enabled: true,
      });
      const other = new experimental.NylasPrincipal("other", {
        boundTo: { workspace: b.id }, permissions: ["messages.read"], enabled: ${now},
      });
      new experimental.NylasApiKey("agent", { principalId: tenant.id, expiresAt: "2030-01-01T00:00:00Z", enabled: ${now} });`;
    const scene = await openScene({ program: program(false), simulator: { publicWebhooks: "assume" } });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    const receives = (name: string) => sim.receive({ grant: `${name}@acme.nylas.email` }) !== null;
    assert.deepEqual([receives("one"), receives("two")], [true, true]);
    declare(program(true));
    const markdown = await stops(scene, "doors", "drains", "hand-over", "mail-loss");
    for (const line of [
      /Webhook `events` \(`hooks\.example`, .*\) is also told of `message\.created` and is no longer paused/,
      /Keys of `other` work again, for workspace `b`/,
      /Key `agent` works again/,
      /IMAP and SMTP are opened for `one@acme\.nylas\.email`/,
      /Workspace `b` now runs `all` .*All or nearly all incoming mail is turned away/,
      /Rule `bin`: .*kept for a shorter time as spam or trash/,
      /Policy `limits`: 500 → 0 received messages a day .*All or nearly all incoming mail is turned away/,
      /Rule `brake`: switched off.*Accounts that could not send may send from then on/,
    ])
      assert.match(markdown, line);
    succeeded(await stack.up());
    const { webhooks, principals, credentials, rules } = sim.state();
    assert.deepEqual(
      webhooks.map(({ status, trigger_types }) => [status, trigger_types.length]),
      [["active", 2]],
    );
    assert.ok(
      principals.filter(({ name }) => name.startsWith("project/")).every(({ status }) => status === "active"),
    );
    assert.ok(
      credentials
        .filter(({ name }) => name.startsWith("project/"))
        .every(({ status }) => status === "active"),
    );
    assert.equal(grantOf(sim, "one@acme.nylas.email").has_app_password, true);
    assert.equal(rules.find(({ name }) => name === "project/test/brake")!.enabled, false);
    assert.deepEqual([receives("one"), receives("two")], [false, false]);
  });

  describe("what a review believed", () => {
    const domain = "agents.example.com";
    const zoneOf = (sim: Simulator) => sim.zones.find(({ name }) => name === "example.com")!.id;
    const openWithZone = async () => {
      const scene = await openScene({ program: "" });
      const { sim, stack } = scene;
      Object.assign(stack.env, {
        CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
        CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
      });
      const declare = (text: string) =>
        scene.declare(`import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
          import { cloudflareDns } from "pulumi-nylas/cloudflare";
          const zoneId = "${zoneOf(sim)}";
          const dns = cloudflareDns({ zoneId, zoneName: "example.com" });
          ${text}`);
      return { ...scene, declare };
    };
    const recordsOf = (sim: Simulator, type: string) =>
      sim
        .state()
        .zones.flatMap(({ records }) => records)
        .filter((each) => each.type === type)
        .map(({ name, content }) => `${name} ${content}`);
    const isCalm = async (scene: Scene) => {
      const { code, gates, markdown } = await review(scene);
      assert.deepEqual([code, gates], [0, []], markdown);
    };

    itInLongRun(
      "B1: an unknown or secret id that is made from the account's own workspace is no id of it",
      async () => {
        for (const [was, is] of [
          ["a.id", "pulumi.all([a.id, anew.id]).apply(([id]) => process.env.OTHER ?? id)"],
          ["pulumi.secret(a.id)", "pulumi.secret(a.id.apply((id) => process.env.OTHER ?? id))"],
        ]) {
          const program = (workspace: string, more = "") => `
          const a = new nylas.NylasWorkspace("a", { name: "Tenant A" });
          ${more}
          new nylas.AgentAccount("one", { email: "one@acme.nylas.email", workspaceId: ${workspace} });`;
          const scene = await openScene({ program: program(was!) });
          const { sim, stack, declare } = scene;
          const other = sim.seed({ kind: "workspace", name: "Tenant B" });
          succeeded(await stack.up());
          stack.env["OTHER"] = other;
          declare(program(is!, is!.includes("anew") ? `const anew = new nylas.NylasPolicy("anew");` : ""));
          assert.match(
            await stops(scene, "hand-over", "mail-loss"),
            /moves from workspace `Tenant A` to a workspace that is known/,
          );
          succeeded(await stack.up());
          assert.equal(workspaceOf(sim, "one@acme.nylas.email"), "Tenant B");
          await closeScenes();
        }
      },
    );

    itInLongRun("B2: a key that is off is switched on by its rotation", async () => {
      const program = (key: string) => `
        import * as experimental from "pulumi-nylas/experimental";
        const w = new nylas.NylasWorkspace("w");
        new nylas.AgentAccount("one", { email: "one@acme.nylas.email", workspaceId: w.id });
        const p = new experimental.NylasPrincipal("p", { boundTo: { workspace: w.id }, permissions: ["messages.read"] });
        new experimental.NylasApiKey("agent", { principalId: p.id, ${key} });`;
      const scene = await openScene({ program: program(`expiresAt: "2030-01-01T00:00:00Z"`) });
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      declare(program(`expiresAt: "2031-01-01T00:00:00Z"`));
      await isCalm(scene);
      declare(program(`expiresAt: "2030-01-01T00:00:00Z", enabled: false`));
      succeeded(await stack.up());
      declare(program(`expiresAt: "2031-01-01T00:00:00Z"`));
      await stops(scene, "doors", "hand-over");
      succeeded(await stack.up());
      const own = sim.state().credentials.filter(({ name }) => name.endsWith("/agent"));
      assert.deepEqual(
        own.map(({ status }) => status),
        ["active"],
      );
    });

    itInLongRun("B3: a domain that Nylas has already speaks for none of the records beside it", async () => {
      const scene = await openWithZone();
      const { sim, stack, declare } = scene;
      sim.seed({ kind: "domain", address: domain, verified: true });
      sim.seed({ kind: "grant", email: `one@${domain}` });
      declare(`new nylas.NylasDomain("d", { domainName: "${domain}" });
        new nylas.NylasWorkspace("w", { domainName: "${domain}", autoGroup: true });
        new DnsRecord("mx", { zoneId, name: "${domain}", type: "MX", content: "mx.elsewhere.example", priority: 1, ttl: 1 });`);
      const markdown = await stops(scene, "mail-loss", "hand-over");
      assert.match(markdown, /takes in new accounts of `agents\.example\.com` by itself/);
      assert.notEqual((await stack.up()).code, 0, "the domain is refused");
      assert.deepEqual(
        recordsOf(sim, "MX"),
        [`${domain} mx.elsewhere.example`],
        "and its MX is made all the same",
      );
    });

    itInLongRun("B3: a first up of everything passes", async () => {
      const scene = await openWithZone();
      scene.declare(`
        const d = new nylas.AgentDomain("agents", { domainName: "${domain}", dns, dmarc: "v=DMARC1; p=none" });
        const p = new nylas.NylasPolicy("p", { limits: { dailySends: 50 } });
        const w = new nylas.NylasWorkspace("w", { domainName: d.domainName, autoGroup: true, policyId: p.id });
        new nylas.AgentAccount("one", { email: d.mailbox("one"), workspaceId: w.id });`);
      await isCalm(scene);
    });

    itInLongRun(
      "B4: a delegation of a name whose accounts are in another stack changes, or goes",
      async () => {
        const scene = await openWithZone();
        const { sim, stack, declare } = scene;
        const ns = (content: string) =>
          declare(
            `new DnsRecord("ns", { zoneId, name: "${domain}", type: "NS", content: "${content}", ttl: 1 });`,
          );
        ns("ada.ns.cloudflare.com");
        succeeded(await stack.up());
        ns("ns1.elsewhere.example");
        await stops(scene, "mail-loss", "hand-over");
        declare("");
        await stops(scene, "mail-loss");
        succeeded(await stack.up());
        assert.deepEqual(recordsOf(sim, "NS"), []);
      },
    );

    itInLongRun("B7: a limit of no sends a day is lifted", async () => {
      const program = (dailySends: number) => `
        const p = new nylas.NylasPolicy("p", { limits: { dailySends: ${dailySends} } });
        const w = new nylas.NylasWorkspace("w", { policyId: p.id });
        new nylas.AgentAccount("one", { email: "one@acme.nylas.email", workspaceId: w.id });`;
      const scene = await openScene({ program: program(0) });
      succeeded(await scene.stack.up());
      scene.declare(program(50));
      assert.match(await stops(scene, "doors"), /Accounts that could not send may send from then on/);
      succeeded(await scene.stack.up());
      scene.declare(program(500));
      await isCalm(scene);
    });

    itInLongRun("B11: a text becomes the MX of a live name", async () => {
      const scene = await openWithZone();
      const { sim, stack, declare } = scene;
      const program = (record: string) =>
        declare(`const d = new nylas.AgentDomain("agents", { domainName: "${domain}", dns });
          new nylas.AgentAccount("one", { email: d.mailbox("one") });
          new DnsRecord("www", { zoneId, ttl: 1, ${record} });`);
      program(`name: "www.example.com", type: "TXT", content: '"hello"'`);
      succeeded(await stack.up());
      program(`name: "${domain}", type: "MX", content: "mx.elsewhere.example", priority: 1`);
      await stops(scene, "mail-loss", "hand-over");
      succeeded(await stack.up());
      assert.ok(recordsOf(sim, "MX").includes(`${domain} mx.elsewhere.example`));
    });

    itInLongRun(
      "B12: a policy that another stack looks up is still the one that accounts are under",
      async () => {
        const program = (days: number) => `
        const p = new nylas.NylasPolicy("p", { limits: { inboxRetentionDays: ${days} }, allowMailLoss: true });
        const w = new nylas.NylasWorkspace("w", { policyId: p.id });
        new nylas.AgentAccount("one", { email: "one@acme.nylas.email", workspaceId: w.id });
        export const policy = p.id;`;
        const scene = await openScene({ program: program(300), project: "platform", stack: "prod" });
        const { sim, stack, declare } = scene;
        succeeded(await stack.up());
        const looks = await openScene({
          beside: sim,
          project: "customers",
          stack: "prod",
          program: `nylas.NylasPolicy.get("looked-up", "${String((await stack.outputs())["policy"])}");`,
        });
        succeeded(await looks.stack.up());
        giveMail(sim, grantOf(sim, "one@acme.nylas.email").id);
        const exported = path.join(stack.folder, "other.json");
        fs.writeFileSync(exported, succeeded(await looks.stack.run("stack", "export")).stdout);
        declare(program(6));
        const { gates, markdown } = await review(scene, "--fleet", exported, "--fleet-complete");
        assert.ok(gates.includes("mail-loss"), markdown);
        assert.match(markdown, /for 1 account in `w`/);
        succeeded(await stack.up());
        assert.equal(sim.state().lostMail.length, 1);
      },
    );
  });
});
