import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { parse } from "yaml";
import { comment, literal } from "../../provider/cli/import/code";
import { Names, slug, variable } from "../../provider/cli/import/names";
import { run } from "../../provider/cli/program";
import { api, makeFleet, publishAt, Random, registerDomain } from "./fleets";
import {
  environmentOf,
  type Imported,
  importInto,
  importWith,
  programFolder,
  type Registered,
  runProgram,
  takeInto,
  typeErrors,
} from "./imported";
import { done, openWorld, succeeded } from "./world";

describe("a fleet that is brought under management", function () {
  this.timeout(120_000);
  const world = openWorld({ simulator: { zones: ["example.com", "example.net"] } });
  const folders: string[] = [];
  let folder: string;
  const another = () => {
    const made = programFolder();
    folders.push(made);
    return made;
  };
  beforeEach(() => (folder = another()));
  afterEach(() => folders.splice(0).forEach((each) => fs.rmSync(each, { recursive: true })));

  /** Reads the fleet, takes the file into a state, and runs the program: nothing is to change, and nothing was. */
  const broughtIn = async (...args: string[]): Promise<Imported & { registered: Registered[] }> => {
    const { sim, stack } = world;
    const before = sim.state();
    sim.clearRequests();
    const imported = await importInto(folder, sim, ...args);
    assert.equal(imported.code, 0, imported.stderr);
    const registered = await runProgram(folder, imported);
    const program = takeInto(stack, imported, registered);
    const preview = succeeded(await stack.preview(program));
    assert.deepEqual(done(preview), [], imported.program);
    const refreshed = succeeded(await stack.refresh());
    assert.deepEqual(done(refreshed), [], imported.program);
    assert.deepEqual(sim.writes(), []);
    assert.deepEqual(sim.state(), before);
    return { ...imported, registered };
  };

  /** What is brought in, as `Kind name`. */
  const kinds = ({ entries }: Imported) =>
    entries
      .filter(({ component }) => component !== true)
      .map(({ type, name, logicalName = name }) => `${type.split(":").at(-1)} ${logicalName}`)
      .sort();

  it("V-C2: what bears another stack's default name is left out and named, and with --include-foreign is marked", async () => {
    const { sim } = world;
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    const theirs = sim.seed({ kind: "policy", name: "shop/prod/policy" });
    sim.seed({ kind: "policy", name: "Chosen" });
    const place = sim.seed({ kind: "workspace", name: "crm/prod/customer" });
    sim.seed({ kind: "grant", email: "bot@acme.nylas.email", workspaceId: place });
    const home = sim.state().workspaces.find((each) => each.default)!;
    sim.edit("workspace", home.id, { policy_id: theirs });
    const whose = [
      `policy "shop/prod/policy" (id ${theirs})`,
      `workspace "crm/prod/customer" (id ${place})`,
      "account bot@acme.nylas.email",
      `the default workspace (id ${home.id})`,
    ];
    const said = (text: string, line: string) => text.split("\n").some((each) => each.includes(line));

    const plain = await broughtIn("--as", "flat");
    assert.deepEqual(kinds(plain), ["Policy chosen"]);
    for (const each of whose) {
      const line = plain.stdout.split("\n").find((one) => one.includes(`- ${each}`));
      assert.match(
        line ?? plain.stdout,
        /bears the default name of stack prod of project (shop|crm), which may hold it/,
      );
      assert.match(line ?? "", /--include-foreign brings it in/);
      assert.ok(said(plain.program, each), "at the end of the program too");
    }

    folder = another();
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    world.stack.state = [];
    const all = await broughtIn("--include-foreign");
    assert.equal(kinds(all).length, 5);
    for (const each of whose) assert.ok(said(all.stdout, `- ${each}`), all.stdout);
    assert.equal(all.program.split("// It bears the default name of stack prod of project").length, 4);
    assert.equal(all.program.split("// It is in a workspace that bears the default name").length, 2);
  });

  for (const as of ["flat", "tenants"]) {
    for (let seed = 1; seed <= Number(process.env["FLEETS"] ?? (process.env["LONG_RUN"] ? 40 : 3)); seed++) {
      it(`shows no change in the preview and no drift, and nothing was written: ${as}, fleet ${seed}`, async () => {
        const { sim } = world;
        const random = new Random(`fleet ${seed}`);
        await makeFleet(sim, random, {
          accounts: random.below(25),
          workspaces: random.below(8),
          policies: random.below(6),
          lists: random.below(5),
          rules: random.below(8),
          webhooks: random.below(3),
          connected: random.below(4),
          domains: ["agents.example.com", "bots.example.net"].slice(0, random.below(3)),
        });
        const dns = random.pick([["--with-dns", "cloudflare"], ["--with-dns", "route53"], []]);
        const imported = await broughtIn("--as", as, ...dns);
        // Nothing is passed over in silence.
        const { grants, workspaces, policies, rules, lists, webhooks, domains } = sim.state();
        const ofApplication = [...grants, ...workspaces, ...policies, ...rules, ...lists, ...webhooks].filter(
          (each) => each.application_id === sim.ids.application,
        );
        const ofOrganization = domains.filter((each) => each.organization_id === sim.ids.organization);
        for (const { id } of [...ofApplication, ...ofOrganization]) {
          const there =
            imported.entries.some((entry) => entry.id === id) || imported.program.includes(`id ${id}`);
          assert.ok(there, `${id} is neither brought in nor named:\n${imported.stdout}`);
        }
      });
    }
  }

  it("is written so that the compiler takes it, whatever the names are: flat, as tenants, with each vendor", async () => {
    const { sim } = world;
    const size = { accounts: 14, workspaces: 8, policies: 6, lists: 5, rules: 8, webhooks: 3, connected: 2 };
    await makeFleet(sim, new Random("types"), {
      ...size,
      domains: ["agents.example.com", "bots.example.net"],
    });
    const forms = [
      ["--as", "flat", "--with-dns", "cloudflare"],
      ["--as", "tenants", "--with-dns", "route53"],
      ["--host", "native", "--with-dns", "cloudflare"],
    ];
    const written: string[] = [];
    for (const form of forms) {
      const into = another();
      written.push(into);
      assert.equal((await importInto(into, sim, ...form)).code, 0);
    }
    assert.deepEqual(typeErrors(...written), []);
  });

  it("writes every value as code that means that value, and every comment as one line", () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        fc.string({ unit: "binary" }),
        fc.integer(),
        fc.boolean(),
        fc.array(tie("any"), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.string({ unit: "binary" }), fc.constant("__proto__")), tie("any"), {
          maxKeys: 4,
        }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (each) => {
        const code = literal(each);
        const read = new Function(`return (${code});`)() as unknown;
        assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(each)));
        assert.doesNotMatch(code.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.match(comment(text), /^\/\/ [^\n\r\u2028\u2029]*$/);
      }),
    );
  });

  it("makes of any name one that stands in a program, and of two names two", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 6 }), (texts) => {
        const [resources, variables] = [new Names(), new Names()];
        const made = texts.map((text) => {
          const resource = resources.unique(slug(text, "list"));
          assert.match(resource, /^[a-z0-9][a-z0-9._-]{0,70}$/);
          return variables.unique(variable(resource, "list"), "");
        });
        new Function(`"use strict"; ${made.map((name) => `const ${name} = 1;`).join(" ")}`);
      }),
    );
    for (const word of ["class", "await", "NylasList", "undefined", "2027", "list"])
      new Function(`"use strict"; const ${variable(slug(word, "list"), "list")} = 1;`);
  });

  it("reads a thousand accounts in pages, not one by one", async () => {
    const { sim } = world;
    sim.configure({ maxAccounts: 2000 });
    for (let at = 0; at < 1000; at++) sim.seed({ kind: "grant", email: `agent-${at}@acme.nylas.email` });
    sim.clearRequests();
    const began = performance.now();
    const imported = await importInto(folder, sim);
    const seconds = (performance.now() - began) / 1000;
    assert.equal(imported.entries.filter(({ type }) => type.endsWith(":AgentAccount")).length, 1000);
    const calls = sim.requests.map(({ path }) => path.replace(/\?.*/, ""));
    const count = (route: string) => calls.filter((each) => each === route).length;
    assert.ok(count("/v3/grants") <= 6, `${count("/v3/grants")} pages of accounts`);
    assert.ok(calls.length <= 16, calls.join(", "));
    assert.ok(seconds < 180, `${seconds.toFixed(1)} s`);
    if (process.env["LONG_RUN"])
      console.log(`      1,000 accounts in ${seconds.toFixed(2)} s, ${calls.length} calls`);
  });

  describe("of which", () => {
    /** Two customers, each with a workspace of its own, and what they share. */
    const twoCustomers = async () => {
      const { sim } = world;
      const call = api(sim);
      await registerDomain(sim, "agents.example.com");
      await registerDomain(sim, "bots.example.net");
      const shared = await call("POST", "/v3/policies", { name: "Shared" });
      const strict = await call("POST", "/v3/policies", { name: "Strict" });
      const blocked = await call("POST", "/v3/lists", { name: "Blocked", type: "domain" });
      await call("POST", `/v3/lists/${blocked.id}/items`, { items: ["spam.example"] });
      const rule = await call("POST", "/v3/rules", {
        name: "Spam",
        match: { conditions: [{ field: "from.domain", operator: "in_list", value: [blocked.id] }] },
        actions: [{ type: "block" }],
      });
      const workspace = async (name: string, policy_id: string | undefined, rule_ids: string[] = []) =>
        (await call("POST", "/v3/workspaces", { name, policy_id, rule_ids, auto_group: false }))
          .workspace_id!;
      const a = await workspace("Customer A", strict.id, [rule.id!]);
      const b = await workspace("Customer B", shared.id);
      const c = await workspace("Customer C", shared.id);
      await call("POST", "/v3/connectors", { provider: "nylas" });
      for (const [email, workspace_id, name] of [
        ["scheduling@agents.example.com", a, "Scheduling"],
        ["billing@agents.example.com", a, undefined],
        ["desk@bots.example.net", b, undefined],
        ["customer-c-desk@acme.nylas.email", c, undefined],
      ] as const)
        await call("POST", "/v3/connect/custom", {
          provider: "nylas",
          settings: { email },
          workspace_id,
          name,
        });
      return { a, b, c, shared: shared.id!, strict: strict.id! };
    };

    it("each customer becomes a Tenant: own domain or trial, own or shared policy, own rules and lists", async () => {
      await twoCustomers();
      const { program, registered, entries } = await broughtIn("--as", "tenants", "--with-dns", "cloudflare");
      const names = (kind: string) =>
        registered
          .filter(({ type }) => type.endsWith(`:${kind}`))
          .map(({ name }) => name)
          .sort();
      assert.deepEqual(names("Tenant"), ["customer-a", "customer-b", "customer-c"]);
      assert.deepEqual(names("AgentAccount"), [
        "customer-a/billing",
        "customer-a/scheduling",
        "customer-b/desk",
        "customer-c/desk@trial",
      ]);
      assert.deepEqual(names("Rule"), ["customer-a/spam"]);
      assert.deepEqual(names("List"), ["customer-a/blocked"]);
      assert.deepEqual(names("Policy"), ["customer-a", "shared"]);
      assert.deepEqual(names("AgentDomain"), ["customer-a", "customer-b"]);
      assert.match(program, /const sharedPolicy = new NylasPolicy\("shared"/);
      assert.match(program, /new Tenant\("customer-c", \{\n {2}trial: "acme\.nylas\.email",/);
      // Where a tenant's part stands in the state is said by its parent.
      const mx = entries.find(({ logicalName, name }) => (logicalName ?? name) === "customer-a-mx")!;
      const domain = entries.find(({ name }) => name === mx.parent)!;
      const tenant = entries.find(({ name }) => name === domain.parent)!;
      assert.deepEqual(
        [domain.type, tenant.type],
        ["pulumi-nylas:index:AgentDomain", "pulumi-nylas:index:Tenant"],
      );
    });

    it("a policy that bears a customer's name is not taken for that customer's own", async () => {
      const call = api(world.sim);
      await twoCustomers();
      await call("POST", "/v3/policies", { name: "Customer A" });
      const { registered } = await broughtIn("--as", "tenants", "--with-dns", "cloudflare");
      const policies = registered.filter(({ type }) => type.endsWith(":Policy")).map(({ name }) => name);
      assert.deepEqual(policies.sort(), ["customer-a", "customer-a-2", "shared"]);
    });

    it("only what is asked for is brought in, with what it needs, and the rest is referred to by its id", async () => {
      const { a, b, shared } = await twoCustomers();
      const { sim } = world;
      const only = async (...args: string[]) => kinds(await importInto(another(), sim, ...args));
      assert.deepEqual(await only("--workspace", "Customer A"), [
        "AgentAccount billing@agents.example.com",
        "AgentAccount scheduling@agents.example.com",
        "Domain agents.example.com",
        "List blocked",
        "Policy strict",
        "Rule spam",
        "Workspace customer-a",
      ]);
      assert.deepEqual(await only("--domain", "bots.example.net"), [
        "AgentAccount desk@bots.example.net",
        "Domain bots.example.net",
        "Policy shared",
        "Workspace customer-b",
      ]);
      assert.deepEqual(await only("--domain", "bots.example.net", "--kind", "accounts, workspaces"), [
        "AgentAccount desk@bots.example.net",
        "Workspace customer-b",
      ]);
      // The default workspace is everybody's: only who names it means it.
      world.sim.seed({ kind: "grant", email: "rest@acme.nylas.email" });
      assert.deepEqual(await only("--workspace", "Default"), [
        "AgentAccount rest@acme.nylas.email",
        "DefaultWorkspace default",
      ]);
      assert.deepEqual(await only("--domain", "acme.nylas.email", "--kind", "workspaces"), [
        "Workspace customer-c",
      ]);
      const accounts = await broughtIn("--kind", "accounts");
      assert.match(accounts.program, new RegExp(`workspaceId: "${a}"`));
      const part = await importInto(another(), sim, "--workspace", b);
      assert.match(
        part.stdout,
        new RegExp(`policy "Shared" \\(id ${shared}\\) also holds for workspace "Customer C"`),
      );
    });

    it("what a program cannot say as it stands is named, and never altered", async () => {
      const { sim } = world;
      const call = api(sim);
      sim.configure({ publicWebhooks: "assume" });
      const one = await call("POST", "/v3/policies", { name: "Outreach" });
      const other = await call("POST", "/v3/policies", { name: "Outreach" });
      const hook = (url: string, description?: string) =>
        call("POST", "/v3/webhooks", { webhook_url: url, trigger_types: ["message.created"], description });
      const nameless = await hook("https://one.example.com/");
      const failed = await hook("https://two.example.com/", "Two");
      sim.edit("webhook", failed.id!, { status: "failed" });
      const several = await call("POST", "/v3/rules", {
        name: "Several",
        match: { conditions: [{ field: "from.domain", operator: "is", value: "spam.example" }] },
        actions: [{ type: "block" }],
      });
      sim.edit("rule", several.id!, {
        match: {
          operator: "all",
          conditions: [{ field: "from.domain", operator: "is", value: ["spam.example", "bulk.example"] }],
        },
      });
      sim.seed({ kind: "grant", email: "ada@gmail.example", provider: "google" });
      const imported = await broughtIn();
      assert.deepEqual(kinds(imported), ["DefaultWorkspace default", "Policy outreach"]);
      const left = (said: RegExp) => {
        assert.match(imported.stdout, said);
        assert.match(imported.program, said);
      };
      left(
        new RegExp(`- policy "Outreach" \\(id (${one.id}|${other.id})\\): policy "Outreach" exists twice`),
      );
      left(new RegExp(`\\(id ${nameless.id}\\): it has no name, and a program gives every webhook one`));
      left(new RegExp(`\\(id ${failed.id}\\): it is failed, and the first pulumi up would do something`));
      left(new RegExp(`rule "Several" \\(id ${several.id}\\): `));
      left(
        /mailbox ada@gmail\.example \(google, id .*\): its owner has connected it.*in workspace "Default"/,
      );
    });

    it("a domain keeps what others have put into its DNS: a shared SPF, DMARC, other values at Route 53", async () => {
      const { sim } = world;
      await registerDomain(sim, "agents.example.com", 300, 1024);
      const zone = sim.state().zones.find(({ name }) => name === "example.com")!;
      const spf = zone.records.find(({ content }) => content.includes("v=spf1"))!;
      sim.removeRecord("example.com", spf.id);
      const both = spf.content.replace("~all", "include:other.example ~all");
      for (const content of [both, '"google-site-verification=x"'])
        await publishAt(sim, { type: "TXT", name: "agents.example.com", content, ttl: 300 });
      await publishAt(sim, {
        type: "TXT",
        name: "_dmarc.agents.example.com",
        content: '"v=DMARC1; p=reject"',
        ttl: 300,
      });
      sim.seed({ kind: "grant", email: "bot@agents.example.com" });

      for (const vendor of ["cloudflare", "route53"]) {
        fs.rmSync(path.join(folder, "index.ts"), { force: true });
        fs.rmSync(path.join(folder, "import.json"), { force: true });
        const { program, registered } = await broughtIn("--with-dns", vendor);
        assert.match(program, /new AgentDomain\("agents\.example\.com", \{/);
        assert.match(program, /include:other\.example ~all/);
        assert.match(program, /dmarc: "v=DMARC1; p=reject"/);
        assert.match(program, /dkimKeyLength: 1024/);
        assert.match(program, /email: agentsExampleComDomain\.mailbox\("bot"\)/);
        if (vendor === "cloudflare") continue;
        assert.match(program, /existing: \["google-site-verification=x"\]/);
        const set = registered.find(({ name }) => name === "agents.example.com-txt")!;
        const { ttl, records } = set.inputs as { ttl: number; records: string[] };
        assert.equal(ttl, 300);
        assert.deepEqual(
          records.map((value) => value.replace(/=.*/, "")),
          ["nylas-ownership-verify", "v", "google-site-verification"],
        );
      }
    });

    it("a domain that is not verified yet is brought in with its records, and nothing begins to verify it", async () => {
      const { sim } = world;
      await registerDomain(sim, "agents.example.com");
      const { id } = sim
        .state()
        .domains.find(({ domain_address }) => domain_address === "agents.example.com")!;
      sim.edit("domain", id, { verified: { spf: false } });
      const imported = await broughtIn("--with-dns", "cloudflare", "--domain", "agents.example.com");
      assert.match(imported.stdout, /not as an AgentDomain: Nylas has not verified it yet \(spf\)/);
      assert.equal(kinds(imported).filter((each) => each.startsWith("DnsRecord")).length, 5);
    });

    it("a long list goes into a file, and the program reads it from there", async () => {
      const { sim } = world;
      const items = Array.from({ length: 1500 }, (_, at) => `host${at}.spam.example`);
      sim.seed({ kind: "list", name: "Long", items });
      const { files, program } = await broughtIn();
      assert.match(program, /itemsFile: "lists\/long\.txt"/);
      assert.deepEqual(files["lists/long.txt"]!.trimEnd().split("\n"), [...items].sort());
    });
  });

  it("shows no secret, neither in its files nor in what it says", async () => {
    const { sim } = world;
    const call = api(sim);
    sim.configure({ publicWebhooks: "assume" });
    const app_password = "Correct-Horse-Battery-1";
    await call("POST", "/v3/connectors", { provider: "nylas" });
    await call("POST", "/v3/connect/custom", {
      provider: "nylas",
      settings: { email: "bot@acme.nylas.email", app_password },
    });
    const hook = await call("POST", "/v3/webhooks", {
      webhook_url: "https://hooks.example.com/",
      trigger_types: ["message.created"],
      description: "Events",
    });
    sim.seed({ kind: "principal", name: "Customer A's agent", binding: { type: "workspace", id: "w" } });
    const { files, stdout, stderr } = await importInto(folder, sim, "--with-dns", "cloudflare");
    const others = await Promise.all(
      ["python", "go", "yaml"].map((language) =>
        importInto(another(), sim, "--language", language, "--with-dns", "cloudflare"),
      ),
    );
    const all = [files, ...others.map((each) => each.files)]
      .flatMap((each) => Object.values(each))
      .concat(stdout, stderr, ...others.map((each) => each.stdout))
      .join("\n");
    const secrets = [
      app_password,
      hook.webhook_secret,
      sim.keys.apiKey,
      sim.keys.organizationKey,
      sim.keys.cloudflareToken,
    ];
    for (const secret of secrets) assert.ok(secret !== undefined && !all.includes(secret));
    assert.match(stdout, /Cannot be read back:\n- the app password of bot@acme\.nylas\.email/);
    assert.match(stdout, /- the secret of webhook https:\/\/hooks\.example\.com\//);
    const keys = /- principal "Customer A's agent" \(id .*\): its API keys cannot be read back/;
    assert.match(stdout, keys);
    assert.match(files["index.ts"]!, keys);
    assert.match(files["index.ts"]!, /appPassword here would set another one/);
  });

  it("keeps the names it has given when more comes along", async () => {
    const { sim } = world;
    const call = api(sim);
    const resources = async () =>
      Object.fromEntries(
        (await importInto(another(), sim, "--kind", "policies")).entries.map(({ id, name }) => [id, name]),
      );
    await call("POST", "/v3/policies", { name: "Send 50!" });
    const first = await resources();
    for (const name of ["Send (50)", "send-50", "A"]) {
      sim.advanceClock(10);
      await call("POST", "/v3/policies", { name });
    }
    const later = await resources();
    assert.deepEqual(Object.values(first), ["send-50"]);
    assert.deepEqual({ ...later, ...first }, later);
    assert.deepEqual(Object.values(later).sort(), ["a", "send-50", "send-50-2", "send-50-3"]);
  });

  const HELD = ["pulumi-nodejs:dynamic/nylas:Policy", "nylas:index:Policy"];
  for (const type of HELD)
    it(`leaves out what the stack holds already as ${type}, and gives out none of its names again`, async () => {
      const { sim } = world;
      const held = sim.seed({ kind: "policy", name: "Outreach" });
      const fresh = sim.seed({ kind: "policy", name: "outreach!" });
      const workspace = sim.seed({ kind: "workspace", name: "Customer A", policyId: held });
      const urn = `urn:pulumi:stack::project::${type}::outreach`;
      const state = {
        deployment: { resources: [{ urn, type, id: held, custom: true, inputs: {}, outputs: {} }] },
      };
      // Pulumi, as far as it is asked.
      const answer = `#!/bin/sh\nif [ "$1" = stack ]; then echo '${JSON.stringify(state)}'; else echo '{}'; fi\n`;
      fs.writeFileSync(path.join(folder, "pulumi"), answer, { mode: 0o755 });
      const environment = { ...environmentOf(sim), PATH: `${folder}:/usr/bin:/bin` };
      const { entries, stdout, program } = await importWith(environment, folder);
      assert.match(stdout, /The stack holds 1 of its objects already\./);
      assert.deepEqual(
        entries.map(({ id, name }) => [id, name]).filter(([id]) => id === fresh || id === held),
        [[fresh, "outreach-2"]],
      );
      assert.ok(entries.some(({ id }) => id === workspace));
      assert.match(program, new RegExp(`policyId: "${held}"`));
    });

  it("writes the same when it is run again, and overwrites nothing else without --force", async () => {
    const { sim } = world;
    await makeFleet(sim, new Random("again"), {
      accounts: 5,
      workspaces: 3,
      policies: 2,
      lists: 1,
      rules: 2,
      webhooks: 1,
      connected: 1,
      domains: [],
    });
    const first = await importInto(folder, sim);
    const again = await importInto(folder, sim);
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(again.files, first.files);

    const own = "// my own program\n";
    fs.writeFileSync(path.join(folder, "index.ts"), own);
    fs.rmSync(path.join(folder, "import.json"));
    const refused = await importInto(folder, sim);
    assert.deepEqual([refused.code, refused.stdout], [1, ""]);
    assert.match(refused.stderr, /^pulumi-nylas: index\.ts is there already.*Nothing was written\..*--force/);
    assert.deepEqual(Object.keys(refused.files), ["index.ts"]);
    assert.equal(refused.program, own);
    const forced = await importInto(folder, sim, "--force");
    assert.deepEqual(forced.files, first.files);
  });

  it("says what is wrong in a sentence, and writes no file then", async () => {
    const { sim } = world;
    const wrong = async (
      code: number,
      said: RegExp,
      args: string[],
      more: NodeJS.ProcessEnv = {},
      files: string[] = [],
    ) => {
      const err: string[] = [];
      const result = await run(["import", "--cwd", folder, ...args], {
        stdin: Object.assign(Readable.from([]), { isTTY: true }),
        stdout: () => undefined,
        stderr: (text) => err.push(text),
        environment: { ...environmentOf(sim), ...more },
      });
      assert.equal(result, code, err.join(""));
      assert.match(err.join(""), said);
      assert.deepEqual(fs.readdirSync(folder), files);
    };
    await wrong(1, /^pulumi-nylas: The application's API key is needed to read it: set NYLAS_API_KEY/, [], {
      NYLAS_API_KEY: "",
    });
    await wrong(1, /no workspace with the name or id "Nobody"/, ["--workspace", "Nobody"]);
    await wrong(1, /"elsewhere\.example" is no domain of this organization/, [
      "--domain",
      "elsewhere.example",
    ]);
    await wrong(2, /--zone says which zones --with-dns reads/, ["--zone", "example.com"]);
    await wrong(2, /"people" is none of domains, policies/, ["--kind", "people"]);
    for (const [language, name] of [
      ["python", "Python"],
      ["go", "Go"],
      ["yaml", "YAML"],
    ] as const) {
      const native = ["--language", language];
      const why = `dynamic resources are made by Node, and a program in ${name} cannot declare them. Leave --host out`;
      await wrong(2, new RegExp(why), [...native, "--host", "dynamic"]);
      await wrong(2, /names no connection\. Leave it out, and set NYLAS_API_KEY/, [
        ...native,
        "--connection",
        "eu",
      ]);
    }
    const project = path.join(folder, "Pulumi.yaml");
    fs.writeFileSync(project, "name: mail\nruntime: yaml\nresources:\n  a: { type: nylas:Policy }\n");
    const beside = /Pulumi\.yaml has a program of its own.*Nothing was written\. Write into another file/;
    await wrong(1, beside, ["--language", "yaml", "--force"], {}, ["Pulumi.yaml"]);
    const other = await importInto(folder, sim, "--language", "yaml", "--program", "fleet.yaml");
    assert.equal(other.code, 0, other.stderr);
    for (const file of Object.keys(other.files)) fs.rmSync(path.join(folder, file));
    await wrong(2, /Allowed choices are typescript, python, go, yaml/, ["--language", "perl"]);
    await wrong(2, /Allowed choices are cloudflare, route53/, ["--with-dns", "gandi"]);
    await wrong(1, /set CLOUDFLARE_API_TOKEN/, ["--with-dns", "cloudflare"], { CLOUDFLARE_API_TOKEN: "" });
    await registerDomain(sim, "agents.example.com");
    const dns = ["--with-dns", "cloudflare", "--domain", "agents.example.com"];
    await wrong(1, /Cloudflare cannot be read: .*Nothing was written/s, dns, {
      CLOUDFLARE_API_TOKEN: "not-the-token",
    });
    await wrong(1, /there is no zone "example\.org"/, [...dns, "--zone", "example.org"]);
    await wrong(1, /401|key/i, [], { NYLAS_API_KEY: "not-the-key-of-anybody" });
  });

  it("writes the same resources for the native plugin in each language, each in its own file, and names the next steps", async () => {
    const { sim } = world;
    await makeFleet(sim, new Random("languages"), {
      accounts: 8,
      workspaces: 4,
      policies: 3,
      lists: 3,
      rules: 4,
      webhooks: 1,
      connected: 1,
      domains: ["agents.example.com"],
    });
    const dynamic = await importInto(another(), sim, "--with-dns", "cloudflare");
    const expected = dynamic.entries.map(({ type, logicalName, id, parent, inputs, outputs, ...rest }) => ({
      ...rest,
      logicalName,
      id,
      parent,
      type: type.replace(/^(pulumi-nodejs:dynamic\/nylas|pulumi-nylas:index):/, "nylas:index:"),
      inputs: inputs && { ...inputs, __provider: undefined },
      outputs: outputs && { ...outputs, __provider: undefined },
    }));
    for (const [language, file, next] of [
      ["python", "__main__.py", "pulumi package add node_modules/pulumi-nylas/plugin/pulumi-resource-nylas"],
      ["go", "main.go", "pulumi package add node_modules/pulumi-nylas/plugin/pulumi-resource-nylas"],
      ["yaml", "Main.yaml", "path: node_modules/pulumi-nylas/plugin"],
    ] as const) {
      const into = another();
      const written = await importInto(into, sim, "--language", language, "--with-dns", "cloudflare");
      assert.equal(written.code, 0, written.stderr);
      assert.deepEqual(Object.keys(written.files).sort(), [file, "import.json"].sort());
      assert.ok(
        written.stdout.includes(`The program is ${file}, its import file import.json.`),
        written.stdout,
      );
      assert.ok(written.stdout.includes(next), written.stdout);
      assert.deepEqual(
        JSON.parse(JSON.stringify(written.entries)),
        JSON.parse(JSON.stringify(expected.map(withoutNone))),
      );
      // What was left out is named in it too.
      const left = dynamic.program.split("// Not brought in:\n")[1]!.trim().split("\n");
      for (const line of left) assert.ok(written.files[file]!.includes(line.replace("// - ", "")), line);
      assert.doesNotMatch(written.files[file]!, /__provider/);
    }
  });

  for (let seed = 1; seed <= Number(process.env["FLEETS"] ?? (process.env["LONG_RUN"] ? 40 : 3)); seed++)
    it(`says in YAML of each resource what it says in TypeScript: fleet ${seed}`, async () => {
      const { sim } = world;
      const random = new Random(`yaml ${seed}`);
      await makeFleet(sim, random, {
        accounts: 5 + random.below(20),
        workspaces: random.below(8),
        policies: random.below(6),
        lists: random.below(5),
        rules: random.below(8),
        webhooks: random.below(3),
        connected: 0,
        domains: ["agents.example.com"],
      });
      const typescript = await importInto(folder, sim);
      const expected = (await runProgram(folder, typescript)).map(({ type, name, inputs }) => {
        const { __provider: _text, label: _label, itemsDigest: _digest, ...declared } = inputs;
        return [`${type.replace("pulumi-nodejs:dynamic/nylas:", "nylas:")} ${name}`, declared];
      });
      const yaml = await importInto(another(), sim, "--language", "yaml");
      const { resources } = parse(yaml.files["Main.yaml"]!) as { resources: Record<string, Declaration> };
      const ids = new Map(
        yaml.entries.map(({ type, logicalName, name, id }) => [
          `${type.replace("nylas:index:", "nylas:")} ${logicalName ?? name}`,
          id,
        ]),
      );
      const said = Object.entries(resources).map(([key, { type, name = key, properties = {} }]) => {
        const resolved = JSON.stringify(properties, (_key, value: unknown) => {
          if (typeof value !== "string") return value;
          const [, target] = /^\$\{(\w+)\.id\}$/.exec(value) ?? [];
          if (target === undefined) return value.replaceAll("$$", "$");
          const { type, name = target } = resources[target]!;
          return ids.get(`${type} ${name}`);
        });
        return [`${type} ${name}`, JSON.parse(resolved) as unknown];
      });
      assert.ok(said.length > 5);
      assert.deepEqual(
        Object.fromEntries(said),
        JSON.parse(JSON.stringify(Object.fromEntries(expected) as object)),
      );
    });

  it("says what it does while it takes longer than two seconds", async () => {
    const { sim } = world;
    sim.seed({ kind: "list", name: "Slow", items: ["spam.example"] });
    sim.configure({ latencyMs: 800 });
    const { stderr, code } = await importInto(folder, sim);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^… reading .* \(\d s\)\n/);
  });
});

/** A resource of a program in YAML. */
interface Declaration {
  type: string;
  name?: string;
  properties?: object;
}

/** An entry without what it lacks. */
function withoutNone<T extends object>(entry: T): Partial<T> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as Partial<T>;
}
