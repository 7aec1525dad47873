import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { type Receiver, startReceiver } from "../receiver";
import { isSecret } from "./harness";
import {
  changes,
  closeScenes,
  keys,
  leftBehind,
  openScene,
  refused,
  says,
  succeeded,
  writesOf,
} from "./scene";

describe("rules, lists, webhooks, folders, keys and look-ups", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  let receiver: Receiver;
  before(async () => {
    receiver = await startReceiver();
  });
  after(() => receiver.close());

  /** What the test edits, one word at a time. */
  const declared = {
    blocked: ["spam.example", "bulk.example"],
    action: '"block"',
    trigger: "message.created",
    quarter: "1",
    folders: ["Receipts"],
    role: "role_system_messages_reader",
  };
  const program = (edit: Partial<typeof declared> = {}) => {
    const now = { ...declared, ...edit };
    return `
      import * as experimental from "pulumi-nylas/experimental";
      const blocked = new nylas.NylasList("blocked", { type: "domain", items: ${JSON.stringify(now.blocked)} });
      const people = new nylas.NylasList("people", { type: "address", itemsFile: "people.txt" });
      const spam = new nylas.NylasRule("spam", {
        conditions: [{ field: "from.domain", inList: [blocked.id] }],
        actions: [${now.action}],
      });
      const receipts = new nylas.NylasRule("receipts", {
        match: "any",
        conditions: [{ field: "from.address", inList: [people.id] }, { field: "from.tld", is: "shop" }],
        actions: ["markAsRead", { assignToFolder: "Receipts" }],
      });
      const only = new nylas.NylasRule("only-customers", {
        trigger: "outbound",
        conditions: [{ field: "recipient.domain", isNot: "customer.example" }],
        actions: ["block"],
      });
      const customer = new nylas.NylasWorkspace("customer", { ruleIds: [spam.id, receipts.id, only.id] });
      const bot = new nylas.AgentAccount("bot", {
        email: "bot@acme.nylas.email",
        workspaceId: customer.id,
        folders: ${JSON.stringify(now.folders)},
        forceDestroy: true,
      });
      const events = new nylas.NylasWebhook("events", {
        url: ${JSON.stringify(receiver.url)},
        triggers: ["${now.trigger}"],
        rotateWhenChanged: { quarter: "${now.quarter}" },
      });
      const tenant = new experimental.NylasPrincipal("tenant", {
        boundTo: { workspace: customer.id },
        roles: ["${now.role}"],
      });
      const key = new experimental.NylasApiKey("key", {
        principalId: tenant.id,
        expiresAt: "2030-06-30T00:00:00Z",
        rotateWhenChanged: { quarter: "${now.quarter}" },
      });
      const domain = new nylas.NylasDomain("domain", { domainName: "agents.example.com" });
      export const tenantKey = key.secret;
    `;
  };
  const lookingUp = (text: string) => `${text}
      export const found = nylas.getAgentAccountOutput({ id: bot.id }).email;
      export const defaultWorkspace = nylas.getWorkspace({ isDefault: true }).then(({ id }) => id);`;
  const MANY = Array.from({ length: 1500 }, (_, i) => `person${i}@shop.example`);

  it("are shown without a key, made, left alone, edited in place, found as drifted, and gone in the end", async () => {
    const { sim, stack, declare } = await openScene({ program: program(), withoutKeys: true });
    stack.write("people.txt", `# who writes receipts\n${MANY.join("\n")}\n`);

    const preview = succeeded(await stack.preview());
    assert.equal(preview.summary.create, 11, preview.text);
    says(preview, "blocked", "people", "spam", "receipts", "events", "tenant", "key");
    assert.deepEqual(sim.requests, [], "a preview asks nobody");

    // Domains by signature, principals and keys by the organization key: which one domains go with has to be said.
    Object.assign(stack.env, keys(sim), { NYLAS_SERVICE_ACCOUNT: sim.keys.serviceAccount });
    refused(await stack.up(), "are both set", "pulumi config set nylas:domainCredential");
    assert.deepEqual(sim.requests, []);
    stack.env.NYLAS_DOMAIN_CREDENTIAL = "serviceAccount";
    const up = succeeded(await stack.up());
    assert.equal(up.summary.create, 11, up.text);
    assert.deepEqual(writesOf(sim), [
      "POST /v3/admin/domains",
      "POST /v3/connect/custom",
      "POST /v3/connectors",
      "POST /v3/grants/:id/folders",
      "POST /v3/iam/principals",
      "POST /v3/iam/principals/:id/credentials",
      "POST /v3/lists",
      "POST /v3/lists",
      "POST /v3/lists/:id/items",
      "POST /v3/lists/:id/items",
      "POST /v3/lists/:id/items",
      "POST /v3/rules",
      "POST /v3/rules",
      "POST /v3/rules",
      "POST /v3/webhooks",
      "POST /v3/workspaces",
    ]);

    // What was declared is what works: mail is sorted and refused, and the tenant's key reads the tenant's mail alone.
    const id = (name: string) => stack.resource(name)!.id!;
    sim.receive({ grant: id("bot"), from: "person7@shop.example", subject: "receipt" });
    sim.receive({ grant: id("bot"), from: "a@spam.example", subject: "spam" });
    sim.receive({ grant: id("bot"), from: "a@else.example", subject: "hello" });
    assert.deepEqual(
      sim.state().messages.map(({ subject, folder }) => `${subject}: ${folder}`),
      ["receipt: Receipts", "hello: inbox"],
    );
    const { tenantKey } = await stack.outputs();
    const asTenant = (path: string) =>
      fetch(`${sim.url}${path}`, { headers: { authorization: `Bearer ${String(tenantKey)}` } });
    assert.equal((await asTenant(`/v3/grants/${id("bot")}/messages`)).status, 200);
    const elsewhere = sim.seed({ kind: "grant", email: "other@acme.nylas.email" });
    assert.equal((await asTenant(`/v3/grants/${elsewhere}/messages`)).status, 403);
    sim.remove("grant", elsewhere);
    sim.clearRequests();

    // The large list is a digest, and secrets are secrets.
    const state = fs.readFileSync(stack.stateFile, "utf8");
    assert.ok(!state.includes("person7@shop.example"));
    assert.ok(isSecret(stack.resource("key")!.outputs!["secret"]));
    assert.ok(isSecret(stack.resource("events")!.outputs!["secret"]));
    assert.ok(!state.includes(String(tenantKey)));

    assert.deepEqual(succeeded(await stack.up()).summary, { same: 11 });
    assert.deepEqual(sim.requests, [], "an up that changes nothing asks nobody");
    const refresh = succeeded(await stack.refresh());
    assert.deepEqual(refresh.summary, { same: 11 }, refresh.text);
    assert.deepEqual(writesOf(sim), []);

    // Each is one edit, in place, but for the key, which is made anew before the old one goes.
    stack.write("people.txt", [...MANY.slice(0, 1499), "late@shop.example"].reverse().join("\n"));
    declare(
      program({
        blocked: ["bulk.example", "more.example"],
        action: '"archive"',
        trigger: "message.bounced",
        quarter: "2",
        folders: ["Receipts", "Clients/Acme"],
      }),
    );
    const edited = succeeded(await stack.up());
    assert.deepEqual(
      changes(edited).filter((change) => !change.startsWith("key ")),
      ["blocked update", "bot update", "events update", "people update", "spam update"],
    );
    assert.deepEqual(writesOf(sim), [
      "DELETE /v3/iam/principals/:id/credentials/:id",
      "DELETE /v3/lists/:id/items",
      "DELETE /v3/lists/:id/items",
      "POST /v3/grants/:id/folders",
      "POST /v3/iam/principals/:id/credentials",
      "POST /v3/lists/:id/items",
      "POST /v3/lists/:id/items",
      "POST /v3/webhooks/rotate-secret/:id",
      "PUT /v3/rules/:id",
      "PUT /v3/webhooks/:id",
    ]);
    assert.notEqual((await stack.outputs())["tenantKey"], tenantKey);
    assert.equal((await asTenant(`/v3/grants/${id("bot")}/messages`)).status, 401);

    // Somebody changes things by hand.
    sim.edit("list", id("blocked"), { items: ["bulk.example"] });
    sim.edit("rule", id("only-customers"), { enabled: false });
    sim.edit("webhook", id("events"), { status: "failed" });
    sim.edit("principal", id("tenant"), { status: "disabled" });
    const drifted = succeeded(await stack.refresh());
    assert.deepEqual(
      changes(drifted).filter((change) => !change.endsWith(" refresh")),
      ["blocked update", "events update", "only-customers update", "tenant update"],
    );
    sim.clearRequests();
    const put = succeeded(await stack.up());
    assert.deepEqual(put.summary, { same: 7, update: 4 }, put.text);
    assert.equal(sim.state().webhooks[0]?.status, "active");
    assert.deepEqual(succeeded(await stack.refresh()).summary, { same: 11 });

    // A rule leaves the program together with its place in the workspace.
    const kept = sim
      .state()
      .rules.filter(({ name }) => !name.endsWith("/receipts"))
      .map((rule) => rule.id);
    const less = program({
      blocked: ["bulk.example", "more.example"],
      action: '"archive"',
      trigger: "message.bounced",
      quarter: "2",
      folders: ["Receipts", "Clients/Acme"],
    });
    declare(
      lookingUp(
        less
          .replace(/const receipts = [\s\S]*?\}\);\n/, "")
          .replace("receipts.id, ", "")
          .replace(/const people = .*\n/, ""),
      ),
    );
    const without = succeeded(await stack.up());
    assert.deepEqual(changes(without), ["customer update", "people delete", "receipts delete"]);
    const workspace = sim.state().workspaces.find((each) => each.id === id("customer"));
    assert.deepEqual(workspace?.rule_ids.sort(), kept.sort());
    assert.deepEqual(
      sim.requests.filter(({ status, effect }) => effect === "write" && status >= 400),
      [],
    );
    const outputs = await stack.outputs();
    assert.equal(outputs["found"], "bot@acme.nylas.email");
    assert.equal(
      outputs["defaultWorkspace"],
      sim.state().workspaces.find((each) => each.default && each.application_id === sim.ids.application)?.id,
    );

    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
    const { rules, lists, webhooks, principals } = sim.state();
    assert.deepEqual([rules, lists, webhooks], [[], [], []]);
    assert.deepEqual(
      principals.filter(({ name }) => name.startsWith("project/")),
      [],
    );
  });
});
