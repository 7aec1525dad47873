import assert from "node:assert/strict";
import { type Gate, RECOMMENDED } from "../../provider/review/gates";
import { readPreview } from "../../provider/review/preview";
import { report } from "../../provider/review/report";
import { scopeOf } from "../../provider/review/scope";
import { sendFrom } from "../sending";
import { previewJson } from "./previewJson";
import { type Declared } from "./stack";
import { account, declare, lostMail, openWorld, policy, refused, succeeded, workspace } from "./world";

const EMAIL = "bot@acme.nylas.email";
const DAY = 86_400;

/** What stands on an object and no program has declared: a take-over leaves it, and so does a property that is left out. */
describe("G: what stands undeclared", () => {
  const world = openWorld();
  const api = async (method: string, path: string, body?: object) => {
    const answer = await fetch(world.sim.url + path, {
      method,
      headers: {
        authorization: `Bearer ${world.sim.keys.apiKey}`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.ok(answer.ok, await answer.clone().text());
    return ((await answer.json()) as { data: Record<string, string> }).data;
  };
  /** Whoever says that no other stack uses the application hides nothing by that. */
  const gated = async (next: Declared[], ...gates: Gate[]) => {
    const preview = readPreview(previewJson(succeeded(await world.stack.preview(next))), {
      showsPending: true,
    });
    const found = report(preview, { scope: scopeOf(preview, [], true) });
    for (const gate of gates)
      assert.ok(
        found.gates.some((each) => each.gate === gate),
        found.markdown,
      );
    assert.doesNotMatch(found.markdown, /No mail is lost or handed to others by this\./);
  };
  const calm = async (next: Declared[]) => {
    const preview = readPreview(previewJson(succeeded(await world.stack.preview(next))), {
      showsPending: true,
    });
    const { gates, markdown } = report(preview, { scope: scopeOf(preview, [], true) });
    assert.deepEqual(
      gates.filter(({ gate }) => RECOMMENDED.includes(gate)),
      [],
      markdown,
    );
  };

  it("G1: a limit of a policy that was taken over, and is shorter than the plan's", async () => {
    const { sim, stack } = world;
    const { id } = await api("POST", "/v3/policies", {
      name: "short",
      limits: { limit_inbox_retention_period: 5, limit_spam_retention_period: 1 },
    });
    const program = (under: string, adopt?: string): Declared[] => [
      policy("long", { limits: { inboxRetentionDays: 30, spamRetentionDays: 5, dailySends: 50 } }),
      policy("short", { name: "short", adopt, limits: { dailySends: 50 } }),
      workspace("a", { policyId: (of) => of(under).id, allowMailLoss: true }),
      account("bot", { email: EMAIL, workspaceId: (of) => of("a").id }),
    ];
    succeeded(await stack.apply(program("long", id)));
    succeeded(await stack.apply(program("long")));
    succeeded(await stack.refresh());
    sim.addMessage({ grant: EMAIL, subject: "old", ageSeconds: 10 * DAY });
    await gated(program("short"), "mail-loss", "drains");
    succeeded(await stack.apply(program("short")));
    assert.deepEqual(lostMail(sim), ["old: retention"]);
  });

  it("G1: a limit of no sends a day, on a policy that was taken over", async () => {
    const { stack } = world;
    const { id } = await api("POST", "/v3/policies", {
      name: "stopped",
      limits: { limit_count_daily_email_sent: 0 },
    });
    const program = (under: string): Declared[] => [
      policy("open", { limits: { dailySends: 50 } }),
      policy("stopped", { name: "stopped", adopt: id, limits: { inboxRetentionDays: 365 } }),
      workspace("a", { policyId: (of) => of(under).id }),
      account("bot", { email: EMAIL, workspaceId: (of) => of("a").id }),
    ];
    succeeded(await stack.apply(program("stopped")));
    assert.equal(await sendFrom(world.sim, EMAIL), 429);
    await gated(program("open"), "doors");
    succeeded(await stack.apply(program("open")));
    assert.equal(await sendFrom(world.sim, EMAIL), 200);
  });

  it("G2: the policy of a workspace that was taken over without it", async () => {
    const { stack } = world;
    const stopped = await api("POST", "/v3/policies", {
      name: "stopped",
      limits: { limit_count_daily_email_sent: 0 },
    });
    const taken = await api("POST", "/v3/workspaces", { name: "a", policy_id: stopped.id });
    const program = (more: Declared["inputs"] = {}, adopt?: string): Declared[] => [
      policy("open", { limits: { dailySends: 50 } }),
      workspace("a", { name: "a", adopt, ...more }),
      account("bot", { email: EMAIL, workspaceId: (of) => of("a").id }),
    ];
    succeeded(await stack.apply(program({}, taken.workspace_id)));
    succeeded(await stack.apply(program()));
    await calm(program());
    // An update of something else leaves it, and it is known after that as well.
    succeeded(await stack.apply(program({ name: "b" })));
    assert.equal(await sendFrom(world.sim, EMAIL), 429);
    const next = program({ name: "b", policyId: (of) => of("open").id });
    await gated(next, "doors", "mail-loss");
    succeeded(await stack.apply(next));
    assert.equal(await sendFrom(world.sim, EMAIL), 200);
    // It is the program's from now on.
    assert.equal(stack.find("a").outputs.foundPolicy, undefined);
    await calm(program({ name: "c", policyId: (of) => of("open").id }));
  });

  it("G2: a policy that somebody has put on a workspace since, once a refresh has seen it", async () => {
    const { sim, stack } = world;
    const program = (more: Declared["inputs"] = {}): Declared[] => [
      policy("open", { limits: { dailySends: 50 } }),
      workspace("a", more),
      account("bot", { email: EMAIL, workspaceId: (of) => of("a").id }),
    ];
    succeeded(await stack.apply(program()));
    const stopped = await api("POST", "/v3/policies", {
      name: "stopped",
      limits: { limit_count_daily_email_sent: 0 },
    });
    await api("PATCH", `/v3/workspaces/${stack.find("a").id}`, { policy_id: stopped.id });
    succeeded(await stack.refresh());
    await gated(program({ policyId: (of) => of("open").id }), "doors");
    assert.equal(await sendFrom(sim, EMAIL), 429);
  });

  it("G2: a rule that rescues mail, on a workspace that was taken over without it", async () => {
    const { sim, stack } = world;
    const from = (field: string, value: string) => ({
      operator: "any",
      conditions: [{ field, operator: "is", value }],
    });
    const keep = await api("POST", "/v3/rules", {
      name: "keep",
      trigger: "inbound",
      priority: 50,
      match: from("from.address", "boss@partner.example"),
      actions: [{ type: "archive" }],
    });
    const taken = await api("POST", "/v3/workspaces", { name: "a", rule_ids: [keep.id] });
    const program = (more: Declared["inputs"] = {}): Declared[] => [
      declare("Rule", "star", {
        conditions: [{ field: "from.domain", is: "partner.example" }],
        actions: ["markAsStarred"],
      }),
      workspace("a", { name: "a", adopt: taken.workspace_id!, ...more }),
      account("bot", { email: EMAIL, workspaceId: (of) => of("a").id }),
    ];
    succeeded(await stack.apply(program()));
    const next = program({ ruleIds: [(of) => of("star").id] });
    await gated(next, "drains");
    succeeded(await stack.apply(next));
    assert.deepEqual(sim.state().workspaces.find(({ name }) => name === "a")?.rule_ids, [
      stack.find("star").id,
    ]);
  });

  describe("G3: the items of a list that the program has not kept until now", () => {
    const program = (list: Declared["inputs"], paused = true): Declared[] => [
      declare("List", "senders", { name: "senders", type: "address", ...list }),
      declare("Rule", "brake", {
        name: "brake",
        trigger: "outbound",
        conditions: [{ field: "from.address", inList: [(of) => of("senders").id] }],
        actions: ["block"],
      }),
      workspace("a", paused ? { ruleIds: [(of) => of("brake").id] } : {}),
      account("bot", { email: EMAIL, workspaceId: (of) => of("a").id }),
    ];
    const items = () => world.sim.state().lists.map((list) => list.items);
    beforeEach(async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(program({})));
      await api("POST", `/v3/lists/${stack.find("senders").id}/items`, { items: [EMAIL] });
      assert.equal(await sendFrom(sim, EMAIL), 403);
    });

    it("are gated, and do not go while a rule keeps accounts from sending by them", async () => {
      const { sim, stack } = world;
      const next = program({ items: ["other@acme.nylas.email"] });
      await gated(next, "doors");
      refused(
        await stack.apply(next),
        `holds 1 item(s) that this resource has not set (${EMAIL})`,
        "Nothing was changed. Add them to items",
      );
      assert.equal(await sendFrom(sim, EMAIL), 403);
      assert.deepEqual(items(), [[EMAIL]]);
    });

    it("stay where the program names them, and are its own from then on", async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(program({ items: [EMAIL, "other@acme.nylas.email"] })));
      assert.equal(await sendFrom(sim, EMAIL), 403);
      succeeded(await stack.apply(program({ items: ["other@acme.nylas.email"] })));
      assert.equal(await sendFrom(sim, EMAIL), 200);
    });

    it("go where no workspace names that rule, and the preview says so", async () => {
      const { stack } = world;
      succeeded(await stack.apply(program({}, false)));
      const next = program({ items: ["other@acme.nylas.email"] }, false);
      const { warnings } = succeeded(await stack.preview(next));
      assert.match(warnings.join("\n"), /What others have put into it until now is taken out\./);
      succeeded(await stack.apply(next));
      assert.deepEqual(items(), [["other@acme.nylas.email"]]);
    });
  });

  it("G4: a rule for outgoing mail that puts the copies of it where they are deleted sooner", async () => {
    const { sim, stack } = world;
    const program = (...actions: string[]): Declared[] => [
      policy("month", { limits: { inboxRetentionDays: 30, spamRetentionDays: 1 } }),
      declare("Rule", "copies", {
        trigger: "outbound",
        conditions: [{ field: "from.domain", is: "acme.nylas.email" }],
        actions,
      }),
      workspace("a", { policyId: (of) => of("month").id, ruleIds: [(of) => of("copies").id] }),
      account("bot", { email: EMAIL, workspaceId: (of) => of("a").id }),
    ];
    succeeded(await stack.apply(program("markAsStarred")));
    await calm(program("markAsRead"));
    await gated(program("markAsSpam"), "drains");
    succeeded(await stack.apply(program("markAsSpam")));
    assert.equal(await sendFrom(sim, EMAIL), 200);
    sim.advanceClock(2 * DAY);
    assert.deepEqual(lostMail(sim), ["Hello: retention"]);
  });

  it("G4: such a rule that no workspace names, because it may hold for the whole application", async () => {
    const { sim, stack } = world;
    sim.configure({ outboundRules: "application" });
    const program = (...rules: Declared[]): Declared[] => [
      policy("month", { limits: { inboxRetentionDays: 30, spamRetentionDays: 1 } }),
      ...rules,
      workspace("a", { policyId: (of) => of("month").id }),
      account("bot", { email: EMAIL, workspaceId: (of) => of("a").id }),
    ];
    const rule = (action: string) =>
      declare("Rule", "r", {
        trigger: "outbound",
        conditions: [{ field: "from.domain", is: "acme.nylas.email" }],
        actions: [action],
      });
    succeeded(await stack.apply(program()));
    await gated(program(rule("trash")), "drains");
    succeeded(await stack.apply(program(rule("block"))));
    assert.equal(await sendFrom(sim, EMAIL), 403);
    await gated(program(), "doors");
    succeeded(await stack.apply(program()));
    assert.equal(await sendFrom(sim, EMAIL), 200);
  });

  it("G5: a limit on incoming mail that goes beyond the smallest plan gives way to none", async () => {
    const { stack } = world;
    const program = (limits: object, under?: string): Declared[] => [
      policy("large", { limits: limits as Declared["inputs"] }),
      policy("plain", { limits: { dailySends: 5 } }),
      workspace("a", under === undefined ? {} : { policyId: (of) => of(under).id }),
      account("bot", { email: EMAIL, workspaceId: (of) => of("a").id }),
    ];
    for (const limits of [{ messageBytes: 100 * 1024 ** 2 }, { attachmentCount: 20 }]) {
      succeeded(await stack.apply(program(limits, "large")));
      await gated(program(limits, "plain"), "drains");
      await gated(program(limits), "drains");
      succeeded(await stack.destroy());
    }
    const small = { messageBytes: 1024 ** 2 };
    succeeded(await stack.apply(program(small, "large")));
    await calm(program(small, "plain"));
  });
});
