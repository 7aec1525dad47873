import { strict as assert } from "node:assert";
import { type Receiver, startReceiver } from "../receiver";
import { itInLongRun } from "./longRun";
import {
  changes,
  closeScenes,
  openScene,
  recorded,
  refused,
  says,
  type Scene,
  succeeded,
  writesOf,
} from "./scene";

describe("rules, lists, webhooks and keys that exist already", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  let receiver: Receiver;
  before(async () => {
    receiver = await startReceiver();
  });
  after(() => receiver.close());

  /** Everything that an application of somebody else's making holds already, each a little different from the program. */
  const seed = ({ sim }: Pick<Scene, "sim">) => {
    const blocked = sim.seed({ kind: "list", name: "Blocked", type: "domain", items: ["spam.example"] });
    const spam = sim.seed({ kind: "rule", name: "Spam", actions: [{ type: "mark_as_spam" }] });
    const events = sim.seed({
      kind: "webhook",
      url: receiver.url,
      triggers: ["message.created"],
      description: "Made by hand",
    });
    const workspace = sim.seed({ kind: "workspace", name: "Customer A" });
    const tenant = sim.seed({
      kind: "principal",
      name: "Tenant",
      binding: { type: "workspace", id: workspace },
      roles: ["role_system_messages_reader"],
    });
    const expiresAt = Date.parse("2030-06-30T00:00:00Z") / 1000;
    const key = sim.seed({ kind: "credential", principalId: tenant, name: "By hand", expiresAt });
    return { blocked, spam, events, workspace, tenant, key: `${tenant}/${key}` };
  };
  const program = (ids: ReturnType<typeof seed>, adopt = (_name: keyof ReturnType<typeof seed>) => "") => `
    import * as experimental from "pulumi-nylas/experimental";
    const blocked = new nylas.NylasList("blocked", {
      name: "Blocked", type: "domain", items: ["spam.example", "bulk.example"], ${adopt("blocked")}
    });
    const spam = new nylas.NylasRule("spam", {
      name: "Spam", conditions: [{ field: "from.domain", is: "spam.example" }], actions: ["block"], ${adopt("spam")}
    });
    new nylas.NylasDefaultWorkspace("rest", { ruleIds: [spam.id] });
    const events = new nylas.NylasWebhook("events", {
      url: ${JSON.stringify(receiver.url)}, triggers: ["message.created"], name: "Mail events", ${adopt("events")}
    });
    const tenant = new experimental.NylasPrincipal("tenant", {
      name: "Tenant", boundTo: { workspace: "${ids.workspace}" }, roles: ["role_system_messages_reader"],
      permissions: ["messages.send"], ${adopt("tenant")}
    });
    const key = new experimental.NylasApiKey("key", {
      principalId: tenant.id, expiresAt: "2030-06-30T00:00:00Z", name: "Customer A's agent", ${adopt("key")}
    });
    export const secrets = [events.secret, key.secret];
  `;

  itInLongRun(
    "are refused with the ways forward, taken over without a write, put right, looked up by others, and gone in the end",
    async () => {
      const scene = await openScene({});
      const { sim, stack, declare } = scene;
      const ids = seed(scene);
      const rest = sim.state().workspaces.find((each) => each.default)!.id;

      declare(program(ids));
      const conflicts = refused(
        await stack.up("--continue-on-error"),
        `list "Blocked" (id ${ids.blocked}) exists already and is not provably this resource's own. Nothing was changed.`,
        'items: there ["spam.example"], declared ["spam.example","bulk.example"]',
        `rule "Spam" (id ${ids.spam}) exists already`,
        'actions: there ["markAsSpam"], declared ["block"]',
        `webhook ${receiver.url} (id ${ids.events}) exists already`,
        'name: there "Made by hand", declared "Mail events"',
        `principal "Tenant" (id ${ids.tenant}) exists already`,
        `permissions: there [], declared ["messages.send"]`,
        ...[ids.blocked, ids.spam, ids.events, ids.tenant].map((id) => `adopt: true (or adopt: "${id}")`),
      );
      // What depends on a failed resource is skipped; it was once refused for "missing" what the engine does not know.
      assert.doesNotMatch(conflicts.text, /has a problem|is missing/);
      assert.deepEqual(writesOf(sim), []);
      assert.deepEqual(recorded(stack), [], conflicts.text);

      // By name and type, by name, by id.
      declare(
        program(
          ids,
          (name) => `adopt: ${["blocked", "spam"].includes(name) ? "true" : JSON.stringify(ids[name])}`,
        ),
      );
      const taken = succeeded(await stack.up());
      says(taken, "is taken over as it is");
      assert.deepEqual(
        recorded(stack),
        [
          `blocked ${ids.blocked}`,
          `events ${ids.events}`,
          `key ${ids.key}`,
          `rest ${rest}`,
          `spam ${ids.spam}`,
          `tenant ${ids.tenant}`,
        ],
        taken.text,
      );
      assert.deepEqual(
        writesOf(sim),
        ["PATCH /v3/workspaces/:id"],
        "what is taken over is not written to; the default workspace, which is always there, is set",
      );
      assert.deepEqual((await stack.outputs())["secrets"], [null, null], "nobody can know them any more");

      // What differed is shown by the next preview and put right by the next run; adopt may stay or go.
      declare(program(ids));
      const shown = succeeded(await stack.preview());
      assert.deepEqual(changes(shown), [
        "blocked update",
        "events update",
        "key update",
        "spam update",
        "tenant update",
      ]);
      assert.deepEqual(writesOf(sim), []);
      succeeded(await stack.up());
      assert.deepEqual(writesOf(sim), [
        "PATCH /v3/iam/principals/:id",
        "PATCH /v3/iam/principals/:id/credentials/:id",
        "POST /v3/lists/:id/items",
        "PUT /v3/rules/:id",
        "PUT /v3/webhooks/:id",
      ]);
      const { rules, webhooks, principals, workspaces } = sim.state();
      assert.deepEqual(rules[0]!.actions, [{ type: "block" }]);
      assert.equal(webhooks[0]!.description, "Mail events");
      assert.deepEqual(principals.find(({ id }) => id === ids.tenant)!.direct_permissions, ["messages.send"]);
      assert.deepEqual(workspaces.find(({ id }) => id === rest)!.rule_ids, [ids.spam]);
      succeeded(await stack.up("--expect-no-changes"));
      succeeded(await stack.refresh("--expect-no-changes"));
      assert.deepEqual(writesOf(sim), []);

      // Another stack looks at all of it, by resource and by look-up, and takes nothing away with it.
      const policy = sim.seed({
        kind: "policy",
        name: "Careful",
        limits: { limit_count_daily_email_sent: 50 },
      });
      const bot = sim.seed({ kind: "grant", email: "bot@acme.nylas.email", workspaceId: ids.workspace });
      const other = await openScene({
        beside: sim,
        stack: "other",
        program: `
        import * as experimental from "pulumi-nylas/experimental";
        const list = nylas.NylasList.get("list", "${ids.blocked}");
        const rule = nylas.NylasRule.get("rule", "${ids.spam}");
        const webhook = nylas.NylasWebhook.get("webhook", "${ids.events}");
        const principal = experimental.NylasPrincipal.get("principal", "${ids.tenant}");
        const key = experimental.NylasApiKey.get("key", "${ids.key}");
        export const seen = pulumi.all([list.type, rule.actions, webhook.triggers, principal.permissions, key.name]);
        export const found = pulumi.all([
          nylas.getApplicationOutput().defaultWorkspaceId,
          nylas.getDomainOutput({ domainName: "acme.nylas.email" }).trial,
          nylas.getWorkspaceOutput({ name: "Customer A" }).id,
          nylas.getWorkspaceOutput({ isDefault: true }).ruleIds,
          nylas.getPolicyOutput({ name: "Careful" }).id,
          nylas.getAgentAccountOutput({ email: "bot@acme.nylas.email" }).id,
          nylas.getAgentAccountsOutput({ workspaceId: "${ids.workspace}" }).apply((all) => all.map(({ email }) => email)),
        ]);
      `,
      });
      succeeded(await other.stack.up());
      const outputs = await other.stack.outputs();
      assert.deepEqual(outputs["seen"], [
        "domain",
        ["block"],
        ["message.created"],
        ["messages.send"],
        "Customer A's agent",
      ]);
      assert.deepEqual(outputs["found"], [
        rest,
        true,
        ids.workspace,
        [ids.spam],
        policy,
        bot,
        ["bot@acme.nylas.email"],
      ]);
      succeeded(await other.stack.destroy());
      assert.deepEqual(writesOf(sim), []);

      // The default workspace stays, without the rule; the others are this stack's by now, and end with it.
      succeeded(await stack.destroy());
      const left = sim.state();
      assert.deepEqual([left.rules, left.lists, left.webhooks], [[], [], []]);
      assert.ok(!left.principals.some(({ id }) => id === ids.tenant));
      assert.deepEqual(left.workspaces.find(({ id }) => id === rest)!.rule_ids, []);
      assert.deepEqual(
        writesOf(sim).filter((write) => write.includes("→")),
        [],
        "no write was refused",
      );
    },
  );
});
