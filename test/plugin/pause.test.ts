import { strict as assert } from "node:assert";
import { sendFrom } from "../sending";
import { type Input } from "./stack";
import {
  account,
  declare,
  defaultWorkspace,
  openWorld,
  policy,
  refused,
  succeeded,
  workspace,
} from "./world";

const DOMAIN = "acme.nylas.email";
const at = (local: string) => `${local}@${DOMAIN}`;

const rule = (name: string, inputs: Record<string, Input>) => declare("Rule", name, inputs);
const brake = (...names: string[]) =>
  rule("brake", {
    trigger: "outbound",
    match: "any",
    actions: ["block"],
    includeMembers: true,
    conditions: names.map((name) => ({ field: "from.address", is: at(name) })),
  });
const blockSpam = (name: string) =>
  rule(name, { conditions: [{ field: "from.domain", is: "spam.example" }], actions: ["block"] });
const named = workspace("w", { ruleIds: (of) => [of("brake").id] });
const inW = (name: string) => account(name, { email: at(name), workspaceId: (of) => of("w").id });

describe("a paused account does not send, and a policy stays, by one answer that is wrong", () => {
  const world = openWorld();

  /** A call with the application's key. */
  async function call(method: string, path: string, body?: object): Promise<number> {
    const { url, keys } = world.sim;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${keys.apiKey}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return answer.status;
  }
  const send = (name: string) => sendFrom(world.sim, at(name));
  const sends = (...names: string[]) => Promise.all(names.map(send));
  const seed = (name: string, workspaceId: string) =>
    world.sim.seed({ kind: "grant", email: at(name), workspaceId });
  /** Another stack runs; the first one's state comes back after it. */
  async function beside<T>(run: () => Promise<T>): Promise<T> {
    const { stack } = world;
    const mine = stack.state;
    stack.state = [];
    try {
      return await run();
    } finally {
      stack.state = mine;
    }
  }

  for (const kind of ["empty", "short", "stale"] as const) {
    it(`C10: one list of workspaces that comes ${kind}, while the rule is edited`, async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply([brake("a"), named, inW("a")]));
      const { id } = stack.find("w");
      seed("left", id);
      await stack.refresh();
      succeeded(await stack.apply([brake("a"), named, inW("a")]));
      assert.deepEqual(await sends("a", "left"), [403, 403]);
      if (kind === "stale") sim.seed({ kind: "workspace", name: "other" });
      sim.addFault({ kind, method: "GET", path: "^/v3/workspaces$", times: 1 });
      succeeded(await stack.apply([brake("a", "b"), named, inW("a"), inW("b")]));
      assert.deepEqual(await sends("a", "b", "left"), [403, 403, 403]);
      assert.ok(sim.faults()[0]!.hits > 0);
    });

    it(`C10: a rule that comes to hold for all members, with one list of workspaces that comes ${kind}`, async () => {
      const { sim, stack } = world;
      const plain = { ...brake("a"), inputs: { ...brake("a").inputs, includeMembers: false } };
      if (kind === "stale") sim.addFault({ kind, method: "GET", path: "^/v3/workspaces$", times: 1 });
      succeeded(await stack.apply([plain, named, inW("a")]));
      seed("left", stack.find("w").id);
      assert.deepEqual(await sends("a", "left"), [403, 200]);
      if (kind !== "stale") sim.addFault({ kind, method: "GET", path: "^/v3/workspaces$", times: 1 });
      succeeded(await stack.apply([brake("a"), named, inW("a")]));
      assert.deepEqual(await sends("a", "left"), [403, 403]);
    });

    it(`C11: one list of accounts that comes ${kind}, when the pause begins`, async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply([workspace("w"), inW("a")]));
      const { id } = stack.find("w");
      if (kind === "stale") sim.addFault({ kind, method: "GET", path: "^/v3/grants$", times: 1 });
      for (const name of ["l1", "l2", "l3"]) seed(name, id);
      if (kind !== "stale") sim.addFault({ kind, method: "GET", path: "^/v3/grants$", times: 1 });
      succeeded(await stack.apply([brake("a"), named, inW("a")]));
      assert.deepEqual(await sends("a", "l1", "l2", "l3"), [403, 403, 403, 403]);
      assert.ok(sim.faults()[0]!.hits > 0);
    });

    it(`C12: one list of workspaces that comes ${kind} deletes no policy that another stack's workspace names`, async () => {
      const { sim, stack } = world;
      const a = account("a", { email: at("a") });
      succeeded(await stack.apply([policy("p", { limits: { dailySends: 0 } }), a]));
      const { id } = stack.find("p");
      if (kind === "stale") sim.addFault({ kind, method: "GET", path: "^/v3/workspaces$", times: 1 });
      sim.seed({ kind: "workspace", name: "other stack's", policyId: id });
      if (kind !== "stale") sim.addFault({ kind, method: "GET", path: "^/v3/workspaces$", times: 1 });
      refused(await stack.apply([a]), 'is kept: workspace "other stack\'s"');
      assert.ok(sim.state().policies.some((each) => each.id === id));
      assert.ok(sim.faults()[0]!.hits > 0);
    });
  }

  it("C11: where every list of accounts lacks one that is there, the up says that it cannot tell who sends", async () => {
    const { sim, stack } = world;
    const apart = account("apart", { email: at("apart") });
    succeeded(await stack.apply([apart, workspace("w"), inW("a")]));
    seed("left", stack.find("w").id);
    sim.addFault({ kind: "empty", method: "GET", path: "^/v3/grants$", times: "always" });
    refused(await stack.apply([apart, brake("a"), named, inW("a")]), "Whether more are in it cannot be told");
    assert.equal(await send("a"), 403);
    sim.clearFaults();
    succeeded(await stack.apply([apart, brake("a"), named, inW("a")]));
    assert.deepEqual(await sends("a", "left"), [403, 403]);
  });

  for (const lag of [2_000, 20_000])
    it(`C10: no fault, and reads that lag ${lag} ms behind writes`, async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply([workspace("w"), inW("a")]));
      seed("left", stack.find("w").id);
      sim.configure({ readLagMs: lag });
      succeeded(await stack.apply([brake("a"), named, inW("a")]));
      assert.deepEqual(await sends("a", "left"), [403, 403]);
      await stack.apply([brake("a", "b"), named, inW("a"), inW("b")]);
      assert.deepEqual(await sends("a", "left"), [403, 403]);
      await stack.refresh();
      await stack.apply([brake("a", "b"), named, inW("a"), inW("b")]);
      assert.deepEqual(await sends("a", "b", "left"), [403, 403, 403]);
    });

  it("C10: reads lag, and another stack's account stands in the rule since a moment", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([brake("a"), named, inW("a")]));
    const { id } = stack.find("w");
    sim.configure({ readLagMs: 20_000 });
    // What every read shows from here on.
    succeeded(await stack.refresh());
    await beside(async () =>
      succeeded(await stack.apply([account("n", { email: at("n"), workspaceId: id })])),
    );
    assert.equal(await send("n"), 403);
    await stack.apply([brake("a", "b"), named, inW("a"), inW("b")]);
    await stack.refresh();
    await stack.apply([brake("a"), named, inW("a"), inW("b")]);
    assert.deepEqual(await sends("a", "b", "n"), [403, 403, 403]);
  });

  it("C10: several accounts enter a paused workspace in one run, while reads lag", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([brake("a"), named, inW("a")]));
    const { id } = stack.find("w");
    sim.configure({ readLagMs: 20_000 });
    const others = ["n1", "n2", "n3"];
    await beside(async () =>
      succeeded(await stack.apply(others.map((name) => account(name, { email: at(name), workspaceId: id })))),
    );
    assert.deepEqual(await sends(...others), [403, 403, 403]);
  });

  it("C10: an account that moves on to another workspace under the same rule goes on being stopped", async () => {
    const { stack } = world;
    const v = workspace("v", { ruleIds: (of) => [of("brake").id] });
    const n = (where: string) => account("n", { email: at("n"), workspaceId: (of) => of(where).id });
    succeeded(await stack.apply([brake("a"), named, v, inW("a"), n("w")]));
    succeeded(await stack.apply([brake("a", "b"), named, v, inW("a"), n("v")]));
    assert.deepEqual(await sends("a", "n"), [403, 403]);
  });

  it("C10: one that is seen elsewhere leaves the rule, by a refresh and the up after it", async () => {
    const { sim, stack } = world;
    const home = workspace("home");
    succeeded(await stack.apply([brake("a"), named, home, inW("a")]));
    seed("n", stack.find("w").id);
    const program = [brake("a"), named, home, inW("a")];
    await stack.refresh();
    succeeded(await stack.apply(program));
    assert.equal(await send("n"), 403);
    const { id } = sim.state().grants.find(({ email }) => email === at("n"))!;
    const there = { workspace_id: stack.find("home").id };
    assert.equal(await call("PATCH", `/v3/grants/${id}`, there), 200);
    await stack.refresh();
    succeeded(await stack.apply(program));
    assert.equal(JSON.stringify(sim.state().rules).includes(at("n")), false);
    assert.deepEqual(await sends("a", "n"), [403, 200]);
    assert.deepEqual(
      (await stack.refresh()).steps.filter(({ op }) => op !== "same"),
      [],
    );
    assert.deepEqual(
      (await stack.apply(program)).steps.filter(({ op }) => op !== "same"),
      [],
    );
  });

  it("C11b: an account out of the program, kept for its mail, and one list of accounts that comes empty", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([workspace("w"), inW("a"), inW("left")]));
    sim.addMessage({ grant: at("left"), subject: "keep me" });
    refused(await stack.apply([workspace("w"), inW("a")]), "is kept: its mailbox holds mail");
    sim.addFault({ kind: "empty", method: "GET", path: "^/v3/grants$", times: 1 });
    refused(await stack.apply([brake("a"), named, inW("a")]), "is kept: its mailbox holds mail");
    assert.deepEqual(await sends("a", "left"), [403, 403]);
  });

  it("C11: the rule of another stack holds for those who are in the workspace that comes to name it", async () => {
    const { stack } = world;
    succeeded(await stack.apply([brake("a")]));
    const { id } = stack.find("brake");
    await beside(async () => {
      const n = account("n", { email: at("n"), workspaceId: (of) => of("w").id });
      succeeded(await stack.apply([workspace("w"), n]));
      succeeded(await stack.apply([workspace("w", { ruleIds: [id] }), n]));
    });
    assert.equal(await send("n"), 403);
  });

  it("C12: the list lags, and another stack's workspace names the policy since a moment", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([policy("p", { limits: { dailySends: 0 } })]));
    const { id } = stack.find("p");
    const theirs = sim.seed({ kind: "workspace", name: "theirs" });
    sim.configure({ readLagMs: 20_000 });
    await call("GET", "/v3/workspaces");
    await call("PATCH", `/v3/workspaces/${theirs}`, { policy_id: id });
    refused(await stack.apply([]), "still names it");
    assert.ok(sim.state().policies.some((each) => each.id === id));
  });

  for (const how of ["taken over first", "taken over with ruleIds", "refreshed"] as const)
    it(`C13: rules declared over another stack's pause are refused: ${how}`, async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply([brake("a"), named, inW("a")]));
      const { id } = stack.find("w");
      const name = "project/stack/w";
      await beside(async () => {
        const own = blockSpam("own");
        const v = (more: Record<string, Input>) => workspace("v", { name, adopt: id, ...more });
        const ruled = v({ ruleIds: (of) => [of("own").id] });
        // Its default name would be one of this stack.
        const rules = sim.state().rules as { id: string; name: string }[];
        await call("PUT", `/v3/rules/${rules[0]!.id}`, { name: "other/stack/brake" });
        if (how === "taken over with ruleIds") await stack.apply([own, ruled]);
        else succeeded(await stack.apply([v({})]));
        if (how === "refreshed") await stack.refresh();
        refused(await stack.apply([own, ruled]), 'names rule "other/stack/brake"', "would send again");
        assert.equal(await send("a"), 403);
        // The way out that it prints.
        const both = v({ ruleIds: (of) => [of("own").id, rules[0]!.id] });
        succeeded(await stack.apply([own, both]));
        assert.equal(await send("a"), 403);
      });
    });

  it("C13: a pause that another stack has put on a workspace of this one is not ended by a refresh and an up", async () => {
    const { sim, stack } = world;
    const own = blockSpam("own");
    const w = workspace("w", { ruleIds: (of) => [of("own").id] });
    succeeded(await stack.apply([own, w, inW("a")]));
    const { id } = stack.find("w");
    const ids = [stack.find("own").id];
    await beside(async () => {
      const stop = rule("stop", {
        name: "other/stack/stop",
        trigger: "outbound",
        actions: ["block"],
        conditions: [{ field: "from.address", is: at("a") }],
      });
      succeeded(
        await stack.apply([stop, workspace("v", { name: "project/stack/w", adopt: id, ruleIds: ids })]),
      );
      succeeded(
        await stack.apply([
          stop,
          workspace("v", {
            name: "project/stack/w",
            adopt: id,
            ruleIds: (of) => [...ids, of("stop").id] as string[],
          }),
        ]),
      );
    });
    assert.equal(await send("a"), 403);
    await stack.refresh();
    refused(await stack.apply([own, w, inW("a")]), 'names rule "other/stack/stop"');
    assert.equal(await send("a"), 403);
    assert.equal(sim.state().workspaces.find((each) => each.id === id)!.rule_ids.length, 2);
  });

  it("C13: a pause of the stack's own ends, also of a rule with a name of its own", async () => {
    const { stack } = world;
    const stop = { ...brake("a"), inputs: { ...brake("a").inputs, name: "stop" } };
    succeeded(await stack.apply([stop, named, inW("a")]));
    assert.equal(await send("a"), 403);
    await stack.refresh();
    succeeded(await stack.apply([workspace("w"), inW("a")]));
    assert.equal(await send("a"), 200);
  });

  it("C13: on the default workspace, taken over together with other rules", async () => {
    const { sim, stack } = world;
    const stop = { ...brake("a"), inputs: { ...brake("a").inputs, name: "other/stack/stop" } };
    const home = (ruleName: string, adopt?: boolean) =>
      defaultWorkspace("d", {
        ...(adopt ? { adopt } : {}),
        ruleIds: (of) => [of(ruleName).id],
      });
    succeeded(await stack.apply([stop, home("brake"), account("a", { email: at("a") })]));
    assert.equal(await send("a"), 403);
    await beside(async () => {
      const program = [blockSpam("own"), home("own", true)];
      await stack.apply(program);
      refused(await stack.apply(program), 'names rule "other/stack/stop"');
      assert.equal(await send("a"), 403);
      sim.addFault({ kind: "status", status: 404, method: "GET", path: "^/v3/rules/[^/]+$", times: 1 });
      refused(await stack.apply(program), 'names rule "other/stack/stop"');
    });
    assert.equal(await send("a"), 403);
  });

  for (const [what, path] of [
    ["rule", "^/v3/rules/[^/]+$"],
    ["workspace", "^/v3/workspaces/[^/]+$"],
  ] as const)
    for (const times of [1, 2])
      for (const how of ["made", "moved"] as const)
        it(`C25: ${times} answer(s) 404 for the ${what}, when another stack's account is ${how}`, async () => {
          const { sim, stack } = world;
          succeeded(await stack.apply([brake("a"), named, inW("a")]));
          const { id } = stack.find("w");
          await beside(async () => {
            if (how === "moved") succeeded(await stack.apply([account("n", { email: at("n") })]));
            sim.addFault({ kind: "status", status: 404, method: "GET", path, times });
            await stack.apply([account("n", { email: at("n"), workspaceId: id })]);
          });
          const there = sim.state().grants.find(({ email }) => email === at("n"))!;
          if (there.workspace_id === id) assert.equal(await send("n"), 403);
          else assert.equal(how, "moved");
          assert.ok(sim.faults()[0]!.hits > 0);
        });

  for (const lag of [0, 20_000])
    it(`C31: another stack that deletes a rule of its own leaves a pause on, reads lag ${lag} ms`, async () => {
      const { sim, stack } = world;
      const program = [blockSpam("shared"), blockSpam("other")];
      const b = await (async () => {
        succeeded(await stack.apply(program));
        return stack.state;
      })();
      const shared = stack.find("shared").id;
      stack.state = [];
      succeeded(await stack.apply([workspace("w", { ruleIds: [shared] }), inW("a")]));
      sim.configure({ readLagMs: lag });
      const mine = stack.state;
      stack.state = b;
      succeeded(await stack.apply([blockSpam("shared")]));
      const theirs = stack.state;
      stack.state = mine;
      const w = workspace("w", { ruleIds: (of) => [shared, of("brake").id] as string[] });
      succeeded(await stack.apply([brake("a"), w, inW("a")]));
      assert.equal(await send("a"), 403);
      stack.state = theirs;
      await stack.apply([]);
      assert.equal(await send("a"), 403);
    });

  it("D1: a line in the preview for each edit that turns mail away", async () => {
    const { stack } = world;
    const LIMITS = { attachmentBytes: 10_000_000, attachmentCount: 10, attachmentTypes: ["image/*"] };
    const SPAM = { dnsBlockLists: false, headerAnomalies: false };
    const program = (
      items: string[],
      limits: Partial<typeof LIMITS> = {},
      spam: Partial<typeof SPAM> = {},
    ) => [
      declare("List", "l", { type: "domain", items }),
      rule("r", { conditions: (of) => [{ field: "from.domain", inList: [of("l").id] }], actions: ["block"] }),
      policy("p", { limits: { ...LIMITS, ...limits }, spamDetection: { ...SPAM, ...spam } }),
      workspace("w", { ruleIds: (of) => [of("r").id], policyId: (of) => of("p").id }),
    ];
    succeeded(await stack.apply(program(["spam.example", "b.example"])));
    const said = async (...edit: Parameters<typeof program>) =>
      (await stack.preview(program(...edit))).warnings.join("\n");
    const items = ["spam.example", "b.example"];
    assert.match(await said([...items, "customer.example"]), /list ".*l": 1 item\(s\) more/);
    assert.match(await said(items, { attachmentBytes: 1 }), /bytes of an attachment go down to 1;/);
    assert.match(await said(items, { attachmentCount: 0 }), /attachments of a message go down to 0;/);
    assert.match(await said(items, { attachmentTypes: ["image/png"] }), /other types than image\/png/);
    assert.match(await said(items, {}, { dnsBlockLists: true }), /spam is told by DNS block lists too/);
    assert.match(await said(items, {}, { headerAnomalies: true }), /spam is told by anomalies/);
    // What turns nothing away is not warned of.
    assert.equal(await said(["spam.example"]), "");
    const more = {
      attachmentBytes: 20_000_000,
      attachmentCount: 20,
      attachmentTypes: ["image/*", "text/plain"],
    };
    assert.equal(await said(items, more), "");
    assert.equal(await said(items, { attachmentTypes: [] }), "");
  });
});
