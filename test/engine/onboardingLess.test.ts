import { strict as assert } from "node:assert";
import { sendFrom } from "../sending";
import * as automation from "@pulumi/pulumi/automation";
import { type Simulator } from "nylas-simulator";
import { type TenantArgs, zoneFile } from "pulumi-nylas";
import { cloudflareDns } from "pulumi-nylas/cloudflare";
import {
  onboardTenant,
  OnboardingError,
  onboardTenantPlan,
  type OnboardingEvent,
  type OnboardingOptions,
} from "pulumi-nylas/onboarding";
import { itInLongRun } from "./longRun";
import { type OnboardingService, openOnboardingService } from "./onboardingService";
import { mailbox, writesOf } from "./scene";

const DOMAIN = "agents.example.com";

/**
 * M16. A service calls `onboardTenant` a second time and gives less than before. There is no preview that anybody
 * reads, so nothing may go without a word for exactly that. Every assertion is on Nylas' and the DNS vendor's side.
 */
describe("M16: an onboarding call that gives less than the one before", function () {
  this.timeout(300_000);

  let service: OnboardingService;
  let sim: Simulator;
  let workDir: string;
  let full: Partial<TenantArgs>;
  const events: OnboardingEvent[] = [];
  let settings: Record<string, string>;

  before(async () => {
    service = await openOnboardingService();
    ({ sim, workDir } = service);
    settings = {
      ...service.settings,
      CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
      CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
    };
    full = {
      dns: cloudflareDns({ zoneId: sim.zones[0]!.id }),
      accounts: { billing: { folders: ["Receipts"] } },
      policy: { limits: { dailySends: 50, inboxRetentionDays: 90 } },
      lists: { blocked: { type: "domain", items: ["spam.example", "bulk.example"] } },
      rules: { spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } },
      workspace: { name: "Customer A", domainName: DOMAIN, autoGroup: true },
      apiKey: { expiresAt: "2030-06-30T00:00:00Z", permissions: ["messages.read"] },
      sending: "paused",
    };
  });
  after(() => service.close());

  const options = (tenant: Partial<TenantArgs>, more: Partial<OnboardingOptions> = {}): OnboardingOptions => {
    events.length = 0;
    return {
      workDir,
      name: "customer-a",
      tenant,
      account: { displayName: "Scheduling" },
      env: settings,
      onProgress: (event) => void events.push(event),
      ...more,
    };
  };
  const onboard = (tenant: Partial<TenantArgs>, more?: Partial<OnboardingOptions>) =>
    onboardTenant(DOMAIN, "scheduling", options(tenant, more));
  const steps = () => events.flatMap((event) => (event.kind === "step" ? [event.step] : []));

  /** Everything on the other side that a call could take away. */
  const standing = () => {
    const { grants, workspaces, policies, rules, lists, zones } = sim.state();
    return {
      mailboxes: grants.map(({ email, workspace_id }) => `${email} in ${workspace_id}`).sort(),
      workspaces: workspaces
        .filter(({ default: isDefault }) => !isDefault)
        .map((each) => ({ ...each, updated_at: 0 })),
      policies,
      rules,
      lists,
      principals: sim.state().principals,
      keys: sim.state().credentials,
      dns: zones[0]!.records.map(({ type, name, content }) => `${type} ${name} ${content}`).sort(),
    };
  };
  const send = () => sendFrom(sim, `scheduling@${DOMAIN}`);

  /** The call, which must be refused before anything was touched; what it would take away, as `object: what`. */
  async function refused(call: Promise<unknown>): Promise<OnboardingError> {
    const before = standing();
    sim.clearRequests();
    let error: unknown;
    await call.catch((caught: unknown) => (error = caught));
    assert.ok(error instanceof OnboardingError, `it was not refused: ${String(error)}`);
    assert.equal(error.step, "plan", error.message);
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(standing(), before);
    assert.ok(!steps().includes("apply"));
    return error;
  }
  const listed = ({ takesAway }: OnboardingError) =>
    takesAway.map(({ word, what }) => `${word.replace(/@[0-9a-f]{8}$/, "")}: ${what}`).sort();

  it("is made whole first: paused, with its rule, key, policy and records", async () => {
    const plan = await onboardTenantPlan(DOMAIN, "scheduling", options(full));
    // It gathers new accounts of the domain, also those of others (B10).
    assert.deepEqual(
      plan.takesAway.map(({ object }) => object),
      ["workspace customer-a"],
    );
    assert.deepEqual([plan.changes, plan.unchanged], [[], false]);
    assert.ok(plan.creates.includes("account scheduling@agents.example.com"), plan.creates.join());
    assert.deepEqual(writesOf(sim), []);

    const result = await onboard(full, { allow: plan.takesAway.map(({ word }) => word) });
    assert.equal(result.status, "ready");
    assert.equal(await send(), 403);
    assert.ok(standing().dns.some((record) => record.startsWith("MX agents.example.com")));
  });

  it("an equal call changes nothing, and is over with the plan alone", async () => {
    sim.clearRequests();
    const result = await onboard(full);
    assert.deepEqual([result.status, result.changed], ["ready", false]);
    assert.equal(result.grantId, mailbox(sim, `scheduling@${DOMAIN}`)!.id);
    assert.equal(typeof result.apiKey, "string");
    assert.deepEqual(steps(), ["check", "open", "plan", "done"]);
    assert.deepEqual(writesOf(sim), []);
  });

  it("without sending and rules, it is refused: the tenant stays paused, and its block rule stands", async () => {
    const { sending: _sending, rules: _rules, ...less } = full;
    const error = await refused(onboard(less));
    assert.deepEqual(listed(error), [
      "rule:customer-a/sending-paused: is deleted: the pause is lifted, and the tenant's accounts send again",
      "rule:customer-a/spam: is deleted: what it blocks or sorts gets through",
    ]);
    assert.match(error.message, /this call gives the tenant customer-a less than it has/);
    for (const { word } of error.takesAway) assert.ok(error.message.includes(word));
    assert.equal(await send(), 403);
  });

  it("with zoneFile the second time, it is refused: the MX stands", async () => {
    const error = await refused(onboard({ ...full, dns: zoneFile() }));
    const records = listed(error);
    assert.ok(records.length >= 4, records.join("\n"));
    for (const each of records)
      assert.match(each, /is deleted: mail for the domain may go elsewhere or nowhere/);
    assert.ok(
      error.takesAway.some(({ object }) => /^DNS record MX agents\.example\.com /.test(object)),
      JSON.stringify(error.takesAway),
    );
  });

  itInLongRun("with everything else less, it is refused, and each thing is listed", async () => {
    const error = await refused(
      onboard(
        {
          dns: full.dns!,
          sending: "paused",
          accounts: { billing: {} },
          // (A name in From cannot be taken away: that is refused before there is a plan.)
          rules: full.rules!,
          lists: { blocked: { type: "domain", items: ["spam.example"] } },
          workspace: { name: "Customer A", domainName: DOMAIN },
        },
        {},
      ),
    );
    assert.deepEqual(
      listed(error).map((each) => each.replace(/: .*/s, "")),
      [
        "account:customer-a/billing.folders[Receipts]",
        "key:customer-a",
        "list:customer-a/blocked.items[bulk.example]",
        "policy:customer-a",
        "principal:customer-a",
        "workspace:customer-a.autoGroup",
        "workspace:customer-a.policyId",
      ],
    );
  });

  itInLongRun("with smaller limits and another key's reach, it is refused", async () => {
    const error = await refused(
      onboard({
        ...full,
        policy: { limits: { dailySends: 40, inboxRetentionDays: 90 } },
        apiKey: { ...full.apiKey!, permissions: ["messages.read", "messages.send"] },
      }),
    );
    assert.deepEqual(
      listed(error).map((each) => each.replace(/: .*/s, "")),
      ["policy:customer-a.limits.dailySends", "principal:customer-a.permissions"],
    );
    assert.ok(listed(error).some((each) => each.endsWith("limits.dailySends goes from 50 to 40")));
  });

  itInLongRun(
    "without one of its mailboxes, it is refused, and remove or a word lets exactly that one go",
    async () => {
      const { accounts: _accounts, ...less } = full;
      let error: unknown;
      sim.clearRequests();
      await onboard(less).catch((caught: unknown) => (error = caught));
      assert.match(String(error), /accounts that this call leaves out: billing/);
      assert.deepEqual(writesOf(sim), []);
      const plan = await onboardTenantPlan(DOMAIN, "scheduling", options(less));
      assert.deepEqual(
        plan.takesAway.map(({ object }) => object),
        ["account billing@agents.example.com"],
      );
      // A word of another object, or of another day, lets nothing go.
      await refused(onboard(less, { allow: ["account:customer-a/billing@00000000"] }));
      const result = await onboard(less, { remove: ["billing"] });
      assert.equal(result.changed, true);
      assert.equal(mailbox(sim, `billing@${DOMAIN}`), undefined);
      assert.equal(await send(), 403);
    },
  );

  itInLongRun("adding needs no word: an account while it is paused, a higher limit", async () => {
    full = {
      ...full,
      accounts: { support: {} },
      policy: { limits: { dailySends: 60, inboxRetentionDays: 90 } },
    };
    const result = await onboard(full);
    assert.deepEqual([result.status, result.changed], ["ready", true]);
    assert.ok(mailbox(sim, `support@${DOMAIN}`));
    assert.equal(await send(), 403);
  });

  itInLongRun(
    "A14: what turns more mail away needs a word: an item of a block list, another block rule",
    async () => {
      full = {
        ...full,
        lists: { blocked: { type: "domain", items: ["spam.example", "bulk.example", "more.example"] } },
        rules: {
          ...full.rules!,
          tld: { conditions: [{ field: "from.tld", is: "zip" }], actions: ["block"] },
        },
      };
      const error = await refused(onboard(full));
      assert.deepEqual(
        listed(error).map((each) => each.replace(/: .*/s, "")),
        ["list:customer-a/blocked.items", "workspace:customer-a.ruleIds"],
      );
      const arrives = () =>
        sim.receive({ grant: `scheduling@${DOMAIN}`, from: "a@more.example", subject: "Hello" }) !== null;
      assert.ok(arrives());
      await onboard(full, { allow: error.takesAway.map(({ word }) => word) });
      assert.ok(!arrives());
    },
  );

  itInLongRun("a word counts once, for what it names: the next pause is not lifted by it", async () => {
    const { sending: _sending, ...less } = full;
    const { takesAway } = await refused(onboard(less));
    const allow = takesAway.map(({ word }) => word);
    const result = await onboard(less, { allow });
    assert.equal(result.changed, true);
    assert.equal(await send(), 200);
    // The call is repeated as it is: nothing to do, and the word is said to be of no use.
    assert.equal((await onboard(less, { allow })).changed, false);
    assert.ok(
      events.some(
        (event) => event.kind === "message" && /names nothing that this call takes away/.test(event.message),
      ),
    );
    await onboard(full);
    assert.equal(await send(), 403);
    await refused(onboard(less, { allow }));
    assert.equal(await send(), 403);
  });

  itInLongRun(
    "the same when another run changes the tenant after the plan: nothing of it is undone",
    async () => {
      // Between the plan and the update of the first call, another one adds a mailbox and ends.
      const more = { ...full, accounts: { ...full.accounts, late: {} } };
      const added = { ...full, policy: { limits: { dailySends: 70, inboxRetentionDays: 90 } } };
      let other: Promise<unknown> | undefined;
      const original = automation.Stack.prototype.up;
      automation.Stack.prototype.up = async function (...given) {
        if (other === undefined) await (other = onboard(more));
        return original.apply(this, given);
      };
      let error: unknown;
      try {
        await onboard(added).catch((caught: unknown) => (error = caught));
      } finally {
        automation.Stack.prototype.up = original;
      }
      await other;
      assert.ok(error instanceof OnboardingError, String(error));
      assert.match(error.message, /was changed by another run after this call had looked at it/);
      assert.ok(mailbox(sim, `late@${DOMAIN}`), "the mailbox of the other run is gone");
      assert.equal(
        sim.state().policies.find(({ name }) => name.endsWith("/customer-a"))?.limits?.[
          "limit_count_daily_email_sent"
        ],
        60,
      );
    },
  );
});
