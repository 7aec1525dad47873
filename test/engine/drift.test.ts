import { strict as assert } from "node:assert";
import { changes, closeScenes, mailbox, openScene, refused, says, succeeded, writesOf } from "./scene";

describe("what was changed behind Pulumi's back", function () {
  this.timeout(600_000);
  afterEach(closeScenes);

  const program = (edit: { allowMailLoss?: boolean; another?: boolean } = {}) => `
    const outreach = new nylas.NylasPolicy("outreach", {
      limits: { dailySends: 50, inboxRetentionDays: 30 },
      allowMailLoss: ${edit.allowMailLoss ?? false},
    });
    const a = new nylas.NylasWorkspace("customer-a", { policyId: outreach.id });
    const b = new nylas.NylasWorkspace("customer-b", { name: "Customer B" });
    new nylas.NylasDefaultWorkspace("rest", { policyId: outreach.id });
    new nylas.AgentAccount("bot", { email: "bot@acme.nylas.email", displayName: "Acme bot", workspaceId: a.id${edit.another ? ", allowMailLoss: true" : ""} });
    export const policyId = outreach.id;
  `;

  it("is found by a refresh and put right by the next up, as far as that costs no mail", async () => {
    const { sim, stack, declare } = await openScene({ program: program() });
    succeeded(await stack.up());
    const id = (name: string) => stack.resource(name)!.id!;
    const [policy, a, b, rest, bot] = ["outreach", "customer-a", "customer-b", "rest", "bot"].map(id) as [
      string,
      string,
      string,
      string,
      string,
    ];
    sim.clearRequests();

    // What the program does not declare is nobody's drift.
    sim.edit("policy", policy, {
      limits: { limit_count_daily_email_sent: 7, limit_count_daily_message_received: 9 },
    });
    sim.edit("workspace", a, { policy_id: null });
    sim.edit("workspace", b, { name: "Renamed by hand", auto_group: false });
    sim.edit("workspace", rest, { policy_id: null });
    sim.edit("grant", bot, { name: "Renamed by hand", workspace_id: b });

    const refresh = succeeded(await stack.refresh());
    assert.equal(refresh.summary.update, 5, refresh.text);
    assert.deepEqual(writesOf(sim), []);
    const repaired = succeeded(await stack.up());
    assert.deepEqual(repaired.summary, { update: 5 }, repaired.text);
    assert.deepEqual(writesOf(sim), [
      "PATCH /v3/grants/:id",
      "PATCH /v3/workspaces/:id",
      "PATCH /v3/workspaces/:id",
      "PATCH /v3/workspaces/:id",
      "PUT /v3/policies/:id",
    ]);
    const { policies, workspaces, grants } = sim.state();
    assert.deepEqual(policies[0]!.limits, {
      limit_count_daily_email_sent: 50,
      limit_count_daily_message_received: 9,
      limit_inbox_retention_period: 30,
    });
    const workspace = (of: string) => workspaces.find((each) => each.id === of)!;
    assert.equal(workspace(a).policy_id, policy);
    assert.equal(workspace(b).name, "Customer B");
    assert.equal(workspace(rest).policy_id, policy);
    assert.deepEqual([grants[0]!.name, grants[0]!.workspace_id], ["Acme bot", a]);
    assert.deepEqual(["outreach", "customer-a", "customer-b", "rest", "bot"].map(id), [
      policy,
      a,
      b,
      rest,
      bot,
    ]);

    // Retention that was raised by hand holds mail by now; lowering it again is refused without the word.
    sim.edit("policy", policy, { limits: { limit_inbox_retention_period: 300 } });
    sim.addMessage({ grant: bot, subject: "from long ago", ageSeconds: 100 * 86_400 });
    refused(
      await stack.up("--refresh"),
      "limits.inboxRetentionDays: going from 300 to 30 deletes mail",
      "allowMailLoss: true",
    );
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(mailbox(sim, "bot@acme.nylas.email")!.subjects, ["from long ago"]);
    declare(program({ allowMailLoss: true }));
    succeeded(await stack.up());
    assert.deepEqual(writesOf(sim), ["PUT /v3/policies/:id"]);
    assert.equal(sim.state().lostMail.length, 1, "now it was wanted");

    // Whatever disappears is dropped by the refresh and made anew; what named it follows in place.
    sim.remove("policy", policy);
    sim.remove("workspace", a);
    sim.remove("workspace", b);
    const dropped = succeeded(await stack.refresh());
    assert.deepEqual(
      dropped.steps
        .filter(({ op }) => op === "delete")
        .map(({ name }) => name)
        .sort(),
      ["customer-a", "customer-b", "outreach"],
      dropped.text,
    );
    assert.equal(stack.resource("outreach"), undefined);
    const anew = succeeded(await stack.up());
    assert.deepEqual(changes(anew), [
      "bot update",
      "customer-a create",
      "customer-b create",
      "outreach create",
      "rest update",
    ]);
    assert.equal(id("bot"), bot, "the account moved into the new workspace");
    const now = sim.state();
    assert.equal(now.grants[0]!.workspace_id, id("customer-a"));
    assert.deepEqual(
      now.workspaces
        .filter((each) => each.policy_id === id("outreach"))
        .map(({ name }) => name)
        .sort(),
      ["Default", "project/test/customer-a"],
    );

    // An account that was deleted outside is not made anew in silence, in one go with the refresh as little as after it.
    sim.remove("grant", bot);
    sim.clearRequests();
    const lost = [
      `account bot@acme.nylas.email (id ${bot}) was deleted outside Pulumi`,
      "its mail is lost",
      "allowMailLoss: true on the account",
    ];
    refused(await stack.up("--refresh"), ...lost);
    says(succeeded(await stack.refresh()), ...lost);
    assert.equal(stack.resource("bot")!.outputs!["status"], "lost");
    assert.equal(id("bot"), bot, "the entry stays");
    refused(await stack.preview(), ...lost);
    assert.deepEqual([sim.state().grants, writesOf(sim)], [[], []]);

    declare(program({ allowMailLoss: true, another: true }));
    const replaced = succeeded(await stack.up());
    assert.ok(changes(replaced).includes("bot replace"), replaced.text);
    assert.notEqual(id("bot"), bot);
    assert.deepEqual(mailbox(sim, "bot@acme.nylas.email"), { id: id("bot"), subjects: [] });
    succeeded(await stack.refresh("--expect-no-changes"));

    // A destroy of what is lost just works.
    sim.remove("grant", id("bot"));
    succeeded(await stack.refresh());
    succeeded(await stack.destroy());
  });
});
