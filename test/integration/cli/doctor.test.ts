import { strict as assert } from "node:assert";
import { startSimulator } from "nylas-simulator";
import { doctor } from "../../../provider/cli/doctor/command";
import { declareAccount, declarePolicy, openStackWorld } from "./stackWorld";

const KEYS = 10;
const PERMISSIONS = 11;
const CONNECTOR = 12;
const LIMITS = 13;
const ACCOUNTS = 15;
const REACH = 16;

describe("doctor: keys, permissions, plan, accounts", function () {
  this.timeout(30_000);
  const world = openStackWorld();
  const { call } = world;

  /** An account in a workspace with a policy, on a trial domain, with its connector: all well. */
  const healthy = () => {
    world.sim.seed({ kind: "connector" });
    const policyId = declarePolicy(
      world,
      "outreach",
      { dailySends: 50 },
      { limit_count_daily_email_sent: 50 },
    );
    const workspaceId = world.sim.seed({ kind: "workspace", name: "customer-a", policyId });
    const accountId = declareAccount(world, "bot@acme.nylas.email", workspaceId);
    world.sim.clearRequests();
    return { policyId, workspaceId, accountId };
  };

  it("says that all is well of a stack whose keys stand in its configuration, and reads only", async () => {
    healthy();
    await world.domain("agents.example.com");
    const { code, stdout, errors } = await call("doctor");
    assert.deepEqual([code, errors], [0, ""], stdout);
    assert.match(stdout, /^Nylas as seen from stack staging:\n/);
    const { ids } = world.sim;
    assert.match(
      stdout,
      new RegExp(
        `✓ application key +of application ${ids.application} \\(organization ${ids.organization}, us, production\\), from nylas:apiKey`,
      ),
    );
    assert.match(stdout, new RegExp(`✓ organization key +of organization ${ids.organization}`));
    assert.match(stdout, /✓ permissions +domains\.read, domains\.create, domains\.update, domains\.delete/);
    assert.match(stdout, /✓ connector/);
    assert.match(stdout, /✓ plan +Full Platform, .*1 of 20 accounts/);
    assert.match(stdout, /✓ accounts +1 account of this stack, all there and valid/);
    assert.match(stdout, /✓ agents\.example\.com +verified; the records stand/);
    assert.match(stdout, /\nAll well\.\n$/);
    assert.ok(world.sim.requests.length > 5);
  });

  describe("keys", () => {
    it("takes the environment's key before the configuration's, whichever of them is right", async () => {
      healthy();
      world.pulumi.config["nylas:apiKey"] = { secret: "nyk_of_yesterday_000000" };
      world.environment["NYLAS_API_KEY"] = world.sim.keys.apiKey;
      const right = await call("doctor");
      assert.equal(right.code, 0, right.stdout);
      assert.match(right.stdout, /✓ application key .*, from NYLAS_API_KEY\n/);

      world.pulumi.config["nylas:apiKey"] = { secret: world.sim.keys.apiKey };
      world.environment["NYLAS_API_KEY"] = "nyk_of_yesterday_000000";
      const wrong = await call("doctor");
      assert.equal(wrong.code, KEYS);
      assert.match(wrong.stdout, /✗ application key .*NYLAS_API_KEY comes before nylas:apiKey/);
      assert.doesNotMatch(wrong.stdout, /nyk_of_yesterday/);
    });

    it("says which key is missing, and that nothing needs one that nothing needs", async () => {
      healthy();
      delete world.pulumi.config["nylas:organizationKey"];
      const unneeded = await call("doctor");
      assert.equal(unneeded.code, 0, unneeded.stdout);
      assert.match(unneeded.stdout, /· organization key +not set, and nothing in this stack needs it/);

      await world.domain("agents.example.com");
      const needed = await call("doctor");
      assert.equal(needed.code, KEYS);
      assert.match(needed.stdout, /✗ organization key +nylas:organizationKey is not set/);
      assert.match(needed.stdout, /\? agents\.example\.com +the records stand; Nylas was not asked/);

      delete world.pulumi.config["nylas:apiKey"];
      assert.match((await call("doctor")).stdout, /✗ application key +nylas:apiKey is not set/);
    });

    it("tells a good key of the other region from a bad one", async () => {
      const eu = await startSimulator({ region: "eu", seed: "another" });
      try {
        const ofRegion = async (key: string, organizationKey: string) => {
          world.pulumi.config["nylas:apiKey"] = { secret: key };
          world.pulumi.config["nylas:organizationKey"] = { secret: organizationKey };
          world.pulumi.save();
          const io = world.io();
          const code = await doctor({}, io, (region) => (region === "eu" ? eu.url : undefined));
          return { code, ...io.result() };
        };
        const european = await ofRegion(eu.keys.apiKey, eu.keys.organizationKey);
        assert.equal(european.code, KEYS);
        assert.match(
          european.stdout,
          /✗ application key +from nylas:apiKey .* is a good key of region eu, and the region here is us \(the default\)\n +→ pulumi config set nylas:region eu/,
        );
        assert.match(european.stdout, /✗ organization key +from .* is a good key of region eu/);
        assert.doesNotMatch(european.stdout, new RegExp(eu.keys.apiKey));
        assert.deepEqual(eu.writes(), []);

        // A key of the other region is good once the printed line is run.
        world.pulumi.config["nylas:region"] = "eu";
        world.pulumi.config["nylas:apiUrl"] = eu.url;
        world.pulumi.save();
        const io = world.io();
        await doctor({}, io, () => eu.url);
        assert.match(io.result().stdout, /✓ application key .*, eu, /);
        assert.doesNotMatch(io.result().stdout, /✗ (application|organization) key/);
        delete world.pulumi.config["nylas:region"];
        world.pulumi.config["nylas:apiUrl"] = world.sim.url;

        const bad = await ofRegion("nyk_nobody_knows_it_0000", eu.keys.otherRegionApiKey);
        assert.equal(bad.code, KEYS);
        assert.match(bad.stdout, /✗ application key +.*is not accepted by/);
        assert.doesNotMatch(bad.stdout, /good key/);
      } finally {
        await eu.close();
      }
    });

    it("sends a refused key nowhere else where another address than Nylas' own is set", async () => {
      world.pulumi.config["nylas:apiKey"] = { secret: world.sim.keys.otherRegionApiKey };
      const began = Date.now();
      const { code, stdout } = await call("doctor");
      assert.equal(code, KEYS);
      assert.match(stdout, /✗ application key +.*keys work only on their own region's host/);
      assert.ok(Date.now() - began < 40_000);
    });

    it("notices an address of the other region than nylas:region says", async () => {
      const eu = await startSimulator({ region: "eu" });
      try {
        world.pulumi.config["nylas:apiUrl"] = eu.url;
        world.pulumi.config["nylas:apiKey"] = { secret: eu.keys.apiKey };
        delete world.pulumi.config["nylas:organizationKey"];
        const wrong = await call("doctor");
        assert.equal(wrong.code, KEYS);
        assert.match(wrong.stdout, /is a good key of region eu, and the region here is us/);
        world.pulumi.config["nylas:region"] = "eu";
        assert.equal((await call("doctor")).code, 0);
      } finally {
        await eu.close();
      }
    });

    it("tells a key of another application, and of another organization, than the stack was made in", async () => {
      healthy();
      await world.domain("agents.example.com");
      world.pulumi.config["nylas:apiKey"] = { secret: world.sim.keys.secondApiKey };
      const application = await call("doctor");
      assert.equal(application.code, KEYS);
      const { ids } = world.sim;
      assert.match(
        application.stdout,
        new RegExp(
          `is of application ${ids.secondApplication}, and the stack was made in ${ids.application}`,
        ),
      );

      world.pulumi.config["nylas:apiKey"] = { secret: world.sim.keys.apiKey };
      world.pulumi.config["nylas:organizationKey"] = { secret: world.sim.keys.otherOrganizationKey };
      world.sim.seed({ kind: "domain", address: "theirs.example.org", organization: "second" });
      const organization = await call("doctor");
      assert.equal(organization.code, KEYS);
      assert.match(
        organization.stdout,
        new RegExp(`is of organization ${ids.otherOrganization}, and the stack is of ${ids.organization}`),
      );
    });

    it("names a key that has expired or cannot be one", async () => {
      world.sim.limitKey("organizationKey", { expiresAt: 1 });
      await world.pulumi.save();
      world.pulumi.resources.push({ type: "Domain", name: "d", inputs: { domainName: "d.example.com" } });
      const expired = await call("doctor");
      assert.equal(expired.code, KEYS);
      assert.match(expired.stdout, /✗ organization key .*not accepted/);

      world.environment["NYLAS_API_KEY"] = "nyk_first_half\nsecond_half";
      const malformed = await call("doctor");
      assert.equal(malformed.code, KEYS);
      assert.match(malformed.stdout, /✗ settings +The setting NYLAS_API_KEY cannot be used/);
      assert.doesNotMatch(malformed.stdout, /first_half|second_half/);
    });

    it("warns of an organization key that ends soon", async () => {
      await world.domain("agents.example.com");
      world.sim.limitKey("organizationKey", { expiresAt: Math.floor(Date.now() / 1000) + 5 * 86_400 + 60 });
      const { code, stdout } = await call("doctor");
      assert.equal(code, 0, stdout);
      assert.match(stdout, /· organization key +".*" expires in 5 days/);
    });
  });

  describe("permissions", () => {
    it("are named where the principal lacks what the stack's resources need", async () => {
      await world.domain("agents.example.com");
      world.pulumi.resources.push({ type: "Principal", name: "tenant", id: "p", inputs: {} });
      const domains = ["read", "create", "update", "delete"].map((action) => `domains.${action}`);
      world.sim.limitKey("organizationKey", { permissions: [...domains, "iam.principals.read"] });
      const { code, stdout } = await call("doctor");
      assert.equal(code, PERMISSIONS, stdout);
      assert.match(
        stdout,
        /✗ permissions +the organization key.* lacks iam\.principals\.create, iam\.principals\.update, iam\.principals\.delete, which/,
      );
    });

    it("that were revoked are the reason, not the key", async () => {
      await world.domain("agents.example.com");
      world.sim.limitKey("organizationKey", { permissions: ["messages.read"] });
      const { code, stdout } = await call("doctor");
      assert.equal(code, PERMISSIONS, stdout);
      assert.match(stdout, /✗ organization key .*may not do this/);
      assert.doesNotMatch(stdout, /✗ application key/);
    });

    it("that cannot be seen are called that, and are no problem", async () => {
      await world.domain("agents.example.com");
      const domains = ["read", "create", "update", "delete"].map((action) => `domains.${action}`);
      world.sim.limitKey("organizationKey", { permissions: domains });
      const { code, stdout } = await call("doctor");
      assert.equal(code, 0, stdout);
      assert.match(
        stdout,
        /\? permissions +domains\.create, .* cannot be seen \(for that it would need iam\.principals\.read\)/,
      );
      world.sim.configure({ iamRoutes: "gone" });
      assert.equal((await call("doctor")).code, 0);
    });

    it("are none of a service account's, whose signature is enough for domains", async () => {
      await world.domain("agents.example.com");
      delete world.pulumi.config["nylas:organizationKey"];
      world.pulumi.config["nylas:serviceAccount"] = { secret: world.sim.keys.serviceAccount };
      const { code, stdout } = await call("doctor");
      assert.equal(code, 0, stdout);
      assert.match(stdout, /✓ service account +of organization/);
      assert.doesNotMatch(stdout, /permissions/);

      // An organization key beside it is for principals and keys, and has to be good all the same.
      world.pulumi.config["nylas:domainCredential"] = "serviceAccount";
      world.pulumi.config["nylas:organizationKey"] = { secret: "nyk_of_yesterday_000000" };
      world.pulumi.resources.push({ type: "Principal", name: "tenant", id: "p", inputs: {} });
      const beside = await call("doctor");
      assert.equal(beside.code, KEYS, beside.stdout);
      assert.match(beside.stdout, /The key from nylas:organizationKey .* is not accepted/);
    });
  });

  it("misses the connector where there are accounts, and not before the first", async () => {
    const before = await call("doctor");
    assert.equal(before.code, 0, before.stdout);
    assert.match(
      before.stdout,
      /· connector +there is none for Agent Accounts yet; the first account makes it/,
    );
    declareAccount(world, "bot@acme.nylas.email");
    const after = await call("doctor");
    assert.equal(after.code, CONNECTOR);
    assert.match(after.stdout, /✗ connector/);
  });

  describe("plan limits", () => {
    it("are seen by what a policy leaves out: what another one declares beyond them is a problem", async () => {
      healthy();
      declarePolicy(world, "loud", { dailySends: 500 }, { limit_count_daily_email_sent: 500 });
      declarePolicy(world, "quiet", { inboxRetentionDays: 10 }, { limit_inbox_retention_period: 10 });
      assert.equal((await call("doctor")).code, 0);
      world.sim.configure({ plan: "free" });
      const { code, stdout } = await call("doctor");
      assert.equal(code, LIMITS);
      assert.match(
        stdout,
        /✗ policy "loud" +dailySends: declared 500, and the plan's maximum is 200, as of July 2026\n/,
      );
      assert.doesNotMatch(stdout, /policy "outreach"/);
    });

    it("18: an edit outside Pulumi is reported, and not taken for the plan's maximum", async () => {
      declarePolicy(world, "A", { inboxRetentionDays: 90 }, { limit_inbox_retention_period: 90 });
      const b = declarePolicy(world, "B", { dailySends: 50 }, { limit_count_daily_email_sent: 50 });
      assert.equal((await call("doctor")).code, 0);
      world.sim.edit("policy", b, { limits: { limit_inbox_retention_period: 14 } });
      const { code, stdout } = await call("doctor");
      assert.equal(code, LIMITS);
      assert.match(
        stdout,
        /✗ policy "B" +inboxRetentionDays: 14 in force, and not declared; it was set outside Pulumi \(policy "A" has 90\)\n/,
      );
      assert.match(stdout, /Declare limits\.inboxRetentionDays with the value that should hold/);
      assert.doesNotMatch(stdout, /policy "A" +inbox|plan's maximum is 14/);

      // Nothing but the published plan speaks against it: worth knowing, and no problem, for a contract may say so.
      world.sim.edit("policy", b, { limits: { limit_storage_total: 1024 ** 3 } });
      const alone = await call("doctor");
      assert.match(
        alone.stdout,
        /policy "B" +storageBytes: 1073741824 in force, and not declared; .*\(policy "A" has 10737418240\)/,
      );
      for (const each of world.sim.state().policies)
        world.sim.edit("policy", each.id, {
          limits: { limit_storage_total: 1024 ** 3, limit_inbox_retention_period: 90 },
        });
      const noted = await call("doctor");
      assert.equal(noted.code, 0, noted.stdout);
      assert.match(
        noted.stdout,
        /· policy "B" +storageBytes: 1073741824 in force, .*\(the plan Full Platform has 10737418240, as of July 2026\)/,
      );
    });

    it("18: what somebody lowered in the only policy contradicts no plan of its own", async () => {
      const { policyId } = healthy();
      // Every limit differs from the published plans: a contract of your own, which the doctor takes as it is.
      const own = {
        limit_inbox_retention_period: 500,
        limit_spam_retention_period: 90,
        limit_storage_total: 5 * 1024 ** 3,
      };
      const more = {
        limit_attachment_count_limit: 7,
        limit_attachment_size_limit: 1e6,
        limit_size_total_mime: 2e6,
      };
      world.sim.edit("policy", policyId, { limits: { ...own, ...more } });
      const { code, stdout } = await call("doctor");
      assert.equal(code, 0, stdout);
      assert.doesNotMatch(stdout, /set outside/);
    });

    it("that Nylas put down, or that somebody lowered by hand, are told from those that are declared", async () => {
      const { policyId } = healthy();
      world.sim.edit("policy", policyId, { limits: { limit_count_daily_email_sent: 20 } });
      const lowered = await call("doctor");
      assert.equal(lowered.code, LIMITS);
      assert.match(lowered.stdout, /✗ policy "outreach" +dailySends: declared 50, in force 20\n/);
      world.sim.remove("policy", policyId);
      assert.match(
        (await call("doctor")).stdout,
        /✗ policy "outreach" +it is in the stack, and gone at Nylas/,
      );
    });

    it("are full before the next account is refused", async () => {
      world.sim.configure({ plan: "free" });
      healthy();
      for (const name of ["two", "three"]) declareAccount(world, `${name}@acme.nylas.email`);
      const { code, stdout } = await call("doctor");
      assert.equal(code, 0, stdout);
      assert.match(stdout, /· plan +Free, .*3 of 3 accounts.*: no more accounts fit/);
    });
  });

  describe("accounts", () => {
    it("that are gone or invalid are named", async () => {
      const { accountId } = healthy();
      const other = declareAccount(world, "more@acme.nylas.email");
      world.sim.edit("grant", other, { grant_status: "invalid" });
      world.sim.remove("grant", accountId);
      const { code, stdout } = await call("doctor");
      assert.equal(code, ACCOUNTS);
      assert.match(stdout, /✗ accounts +in the stack, and gone at Nylas: bot@acme\.nylas\.email/);
      assert.match(stdout, /✗ accounts +invalid: more@acme\.nylas\.email/);
    });

    it("whose workspace names a policy or a rule that is gone run without it, which is told", async () => {
      const { policyId, workspaceId } = healthy();
      const rule = world.sim.seed({ kind: "rule", name: "old" });
      world.sim.edit("workspace", workspaceId, { rule_ids: [rule] });
      assert.equal((await call("doctor")).code, 0);
      world.sim.remove("rule", rule);
      const { code, stdout } = await call("doctor");
      assert.equal(code, ACCOUNTS);
      assert.match(stdout, new RegExp(`✗ workspace "customer-a" +names 1 rule that is gone \\(${rule}\\)`));
      world.sim.remove("policy", policyId);
      assert.match((await call("doctor")).stdout, /✗ workspace "customer-a" +names a policy that is gone/);
    });

    it("--account shows one account's policy, rules in their order, and who has keys to it", async () => {
      const { workspaceId, accountId } = healthy();
      const rules = [
        { kind: "rule", name: "late", priority: 20, trigger: "inbound", actions: [{ type: "mark_as_read" }] },
        {
          kind: "rule",
          name: "early",
          priority: 1,
          trigger: "outbound",
          enabled: false,
          actions: [{ type: "block" }],
        },
      ] as const;
      const match = {
        operator: "any",
        conditions: [{ field: "from.domain", operator: "is", value: "spam.example" }],
      };
      const ids = rules.map((rule) => world.sim.seed({ ...rule, actions: [...rule.actions], match }));
      world.sim.edit("workspace", workspaceId, { rule_ids: ids });
      const principal = world.sim.seed({
        kind: "principal",
        name: "customer A's key",
        binding: { type: "workspace", id: workspaceId },
        permissions: ["messages.read"],
      });
      world.sim.seed({ kind: "credential", principalId: principal, name: "2027" });
      world.sim.seed({
        kind: "principal",
        name: "of somebody else",
        binding: { type: "workspace", id: world.sim.seed({ kind: "workspace", name: "customer-b" }) },
      });
      const { code, stdout } = await call("doctor", "--account", "Bot@acme.nylas.email");
      assert.equal(code, 0, stdout);
      assert.match(stdout, new RegExp(`\nbot@acme\\.nylas\\.email \\(${accountId}\\), valid:\n`));
      assert.match(stdout, /workspace +"customer-a"/);
      assert.match(stdout, /policy +"outreach" .*\n +dailySends 50, .*inboxRetentionDays 365/);
      assert.match(stdout, /rules +"early", outbound, disabled: block\n +"late", inbound: markAsRead\n/);
      assert.match(stdout, /principal "customer A's key", bound to the workspace: 1 active key/);
      assert.doesNotMatch(stdout, /of somebody else/);

      world.sim.remove("policy", world.sim.state().policies[0]!.id);
      const dangling = await call("doctor", "--account", accountId);
      assert.equal(dangling.code, LIMITS);
      assert.match(
        dangling.stdout,
        /✗ bot@acme\.nylas\.email +its workspace "customer-a" names a policy that is gone/,
      );
      assert.match(dangling.stdout, /policy +none: the plan's maxima hold/);

      const nobody = await call("doctor", "--account", "nobody@acme.nylas.email");
      assert.match(nobody.stdout, /✗ nobody@acme\.nylas\.email +there is no such account/);
    });
  });

  describe("the stack", () => {
    it("is left out where there is no pulumi: then the environment counts alone, and the process ends at once", async () => {
      world.environment["PATH"] = "/nowhere";
      world.environment["NYLAS_API_KEY"] = world.sim.keys.apiKey;
      world.environment["NYLAS_API_URL"] = world.sim.url;
      const { code, stdout } = await call("doctor");
      assert.equal(code, 0, stdout);
      assert.match(
        stdout,
        /^Nylas as seen from the environment alone:\n +\? stack +pulumi is not on the PATH/,
      );
    });

    it("whose passphrase is missing gives what is no secret, and says what to set for the rest", async () => {
      healthy();
      world.pulumi.failure.secrets =
        "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables\n";
      const closed = await call("doctor");
      assert.equal(closed.code, KEYS);
      assert.match(
        closed.stdout,
        /✗ application key +nylas:apiKey stands in the stack's configuration, encrypted, and could not be opened\. .*PULUMI_CONFIG_PASSPHRASE/,
      );
      world.environment["NYLAS_API_KEY"] = world.sim.keys.apiKey;
      world.environment["NYLAS_ORGANIZATION_KEY"] = world.sim.keys.organizationKey;
      const helped = await call("doctor");
      assert.equal(helped.code, 0, helped.stdout);
      assert.match(helped.stdout, /✓ accounts +1 account of this stack/);
    });

    it("that was asked for by name and is not there ends it; so does a folder that is not there", async () => {
      const { code, stdout, stderr } = await call("doctor", "--stack", "nope");
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /The stack nope cannot be read: .*no stack named 'nope' found/);
      assert.equal((await call("doctor", "--cwd", "/nowhere")).code, 1);
    });

    it("with other connections says how they are looked at, and a connection has its own keys and resources", async () => {
      healthy();
      const id = world.sim.seed({ kind: "grant", email: "eu@acme.nylas.email", application: "second" });
      world.pulumi.resources.push({
        type: "AgentAccount",
        name: "eu",
        id,
        inputs: { email: "eu@acme.nylas.email", connection: "eu" },
      });
      const ordinary = await call("doctor");
      assert.equal(ordinary.code, 0, ordinary.stdout);
      assert.match(ordinary.stdout, /· stack .*connection "eu"\n +→ npx pulumi-nylas doctor --connection eu/);
      world.pulumi.config["nylas-eu:apiUrl"] = world.sim.url;
      world.pulumi.config["nylas-eu:apiKey"] = { secret: world.sim.keys.secondApiKey };
      world.sim.seed({ kind: "connector", application: "second" });
      const named = await call("doctor", "--connection", "eu");
      assert.equal(named.code, 0, named.stdout);
      assert.match(
        named.stdout,
        new RegExp(`application ${world.sim.ids.secondApplication} .*nylas-eu:apiKey`),
      );
      assert.match(named.stdout, /1 account of this stack/);
    });
  });

  it("--json has everything, as one object, with the exit code", async () => {
    const { policyId } = healthy();
    await world.domain("agents.example.com");
    world.sim.remove("policy", policyId);
    const { code, stdout } = await call("doctor", "--json", "--account", "bot@acme.nylas.email");
    const told = JSON.parse(stdout) as {
      version: number;
      stack: string;
      exitCode: number;
      findings: { area: string; state: string }[];
      domains: { address: string; status: string; diagnosis: { lines: object[] } }[];
      account: { email: string };
    };
    assert.deepEqual([told.version, told.stack, told.exitCode, code], [1, "staging", LIMITS, LIMITS]);
    const areas = told.findings.filter(({ state }) => state === "problem").map(({ area }) => area);
    assert.deepEqual([...new Set(areas)].sort(), ["accounts", "limits"]);
    assert.deepEqual(
      told.domains.map(({ address, status, diagnosis }) => [address, status, diagnosis.lines.length]),
      [["agents.example.com", "verified", 5]],
    );
    assert.equal(told.account.email, "bot@acme.nylas.email");
  });

  it("says that Nylas could not be asked where somebody else answers", async () => {
    world.sim.addFault({ kind: "html", status: 200, path: "^/v3/applications", times: "always" });
    const { code, stdout } = await call("doctor");
    assert.equal(code, REACH, stdout);
    assert.match(stdout, /✗ application key/);
    assert.match(stdout, /✓ organization key/);
  });

  it("R14: goes on with a key that may not read its application or the connectors, and names route and permission", async () => {
    healthy();
    world.sim.configure({ applicationReads: "forbidden", connectorReads: "forbidden" });
    const narrow = await call("doctor");
    assert.equal(narrow.code, 0, narrow.stdout);
    assert.match(narrow.stdout, /✓ application key .*it may not read GET \/v3\/applications/);
    assert.match(narrow.stdout, /✓ accounts/);
    assert.match(
      narrow.stdout,
      /\? connector .*for GET \/v3\/connectors an IAM key needs the permission connectors\.read/,
    );
  });

  it("goes on where the plan has no rules at all, and where one part cannot be asked", async () => {
    healthy();
    const message = "Rules are not allowed for this plan";
    world.sim.addFault({ kind: "status", status: 403, path: "^/v3/rules", message });
    const without = await call("doctor");
    assert.equal(without.code, 0, without.stdout);
    world.sim.clearFaults();
    await world.domain("agents.example.com");
    world.sim.addFault({ kind: "html", status: 200, path: "^/v3/iam/principals", times: "always" });
    const unseen = await call("doctor");
    assert.equal(unseen.code, REACH, unseen.stdout);
    assert.match(unseen.stdout, /✓ accounts/);
  });

  it("says on standard error what it is doing when it takes more than two seconds", async () => {
    world.sim.configure({ latencyMs: 700 });
    const { code, stdout, stderr } = await call("doctor");
    assert.equal(code, 0, stdout);
    assert.match(stderr, /^… (asking|reading) .* \(\d+ s\)\n/);
    assert.doesNotMatch(stdout, /…/);
  });
});
