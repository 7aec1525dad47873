import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { type Simulator } from "nylas-simulator";
import { describeInLongRun } from "./longRun";
import { closeScenes, leftBehind, openScene, recorded, refused, says, succeeded, writesOf } from "./scene";

describeInLongRun("a network and an engine that fail", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const program = (edit: { sends?: number; workspace?: string } = {}) => `
    const policy = new nylas.NylasPolicy("policy", { limits: { dailySends: ${edit.sends ?? 50} } });
    const a = new nylas.NylasWorkspace("a", { policyId: policy.id });
    const b = new nylas.NylasWorkspace("b", { name: "Customer B" });
    new nylas.NylasDomain("domain", { domainName: "agents.example.com" });
    new nylas.AgentAccount("bot", { email: "bot@acme.nylas.email", workspaceId: ${edit.workspace ?? "a"}.id });
  `;
  const declared = [
    "account bot@acme.nylas.email",
    "workspace project/test/a",
    "workspace Customer B",
    "policy project/test/policy",
    "domain agents.example.com",
  ].sort();
  const standing = (sim: Simulator) => leftBehind(sim).sort();

  it("leave exactly one object per declared one: answers lost after the write, 500, 429, connections cut before it", async () => {
    const { sim, stack, declare } = await openScene({ program: program() });
    const creates = [
      "/v3/connectors$",
      "/v3/policies$",
      "/v3/workspaces$",
      "/v3/domains$",
      "/v3/connect/custom$",
    ];

    // The write happened and its answer was lost, once for each create.
    for (const path of creates) sim.addFault({ method: "POST", path, when: "after", kind: "reset" });
    const up = succeeded(await stack.up());
    assert.deepEqual(standing(sim), declared, up.text);
    assert.equal(sim.state().connectors.length, 1);
    assert.ok(
      sim.faults().every(({ hits }) => hits === 1),
      "every fault struck",
    );
    const posts = sim.writes().filter(({ method }) => method === "POST");
    assert.equal(posts.length, 6, "one request for each object: nothing is written twice on a guess");
    assert.deepEqual(succeeded(await stack.up("--refresh")).summary, { same: 5 });

    // Edits meet a full rate limit and a server that is down for a moment.
    sim.clearFaults();
    sim.clearRequests();
    sim.addFault({
      method: "PUT",
      path: "/v3/policies/",
      kind: "status",
      status: 429,
      retryAfter: 1,
      times: 2,
    });
    sim.addFault({ method: "PATCH", path: "/v3/grants/", kind: "status", status: 503, times: 2 });
    sim.addFault({ method: "GET", kind: "status", status: 500, times: 3 });
    declare(program({ sends: 70, workspace: "b" }));
    succeeded(await stack.up());
    assert.deepEqual(
      writesOf(sim).filter((write) => !write.includes("→")),
      ["PATCH /v3/grants/:id", "PUT /v3/policies/:id"],
    );
    assert.equal(sim.state().policies[0]!.limits.limit_count_daily_email_sent, 70);
    assert.equal(sim.state().grants[0]!.workspace_id, stack.resource("b")!.id);

    // Deletes whose answer is lost are found done.
    sim.clearFaults();
    for (const path of ["policies", "workspaces", "domains", "grants"]) {
      sim.addFault({ method: "DELETE", path: `/v3/${path}/`, when: "after", kind: "reset" });
    }
    succeeded(await stack.destroy());
    assert.deepEqual(standing(sim), []);

    // Creates that fail before they do anything, each in its own way.
    sim.clearFaults();
    declare(program());
    const failures = [
      { kind: "reset" },
      { kind: "status", status: 500 },
      { kind: "html", status: 502 },
      { kind: "status", status: 429 },
      { kind: "status", status: 503 },
    ] as const;
    creates.slice(1).forEach((path, i) => sim.addFault({ method: "POST", path, times: 1, ...failures[i]! }));
    succeeded(await stack.up());
    assert.deepEqual(standing(sim), declared);

    // A server that stays down: an error that says so, and the next up goes on.
    sim.addFault({ method: "PUT", kind: "status", status: 500, times: "always" });
    declare(program({ sends: 80 }));
    refused(
      await stack.up(),
      `Could not update policy ${stack.resource("policy")!.id}: Nylas answered 500`,
      "Try again later",
    );
    sim.clearFaults();
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 4, update: 1 });
  });

  it("leave exactly one object per declared one when the engine is killed in the middle of an up", async () => {
    const { sim, stack } = await openScene({ program: program() + `new nylas.NylasPolicy("slow", {});` });
    sim.addFault({ method: "POST", path: "/v3/connect/custom$", kind: "delay", delayMs: 3000 });
    sim.addFault({ method: "POST", path: "/v3/policies$", skip: 1, kind: "delay", delayMs: 6000 });
    const operation = await stack.start("up");
    await operation.said(/AgentAccount bot creating/);
    await sleep(500);
    operation.kill();
    await operation.finished;
    const before = recorded(stack).map((entry) => entry.split(" ")[0]);
    assert.ok(!before.includes("bot"), "the account was not recorded any more");

    // The plugin outlives its engine, and finishes what was under way.
    const deadline = Date.now() + 20_000;
    const everything = [...declared, "policy project/test/slow"].sort();
    while (Date.now() < deadline && standing(sim).length < everything.length) await sleep(200);
    assert.deepEqual(standing(sim), everything);

    const locked = refused(await stack.up(), "locked");
    assert.ok(locked.seconds < 60);
    succeeded(await stack.unlock());
    sim.clearFaults();
    sim.clearRequests();
    succeeded(await stack.refresh("--clear-pending-creates"));
    const next = succeeded(await stack.up());
    says(
      next,
      "account bot@acme.nylas.email",
      "was made by an earlier run of this program; it is taken as it is",
    );
    assert.deepEqual(writesOf(sim), [], "what is there is taken, nothing is made twice");
    assert.deepEqual(standing(sim), everything);
    assert.equal(recorded(stack).length, 6);
    assert.deepEqual(succeeded(await stack.up()).summary, { same: 6 });
    succeeded(await stack.destroy());
    assert.deepEqual(standing(sim), []);
  });
});
