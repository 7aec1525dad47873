import assert from "node:assert/strict";
import { type Simulator } from "nylas-simulator";
import { Plugin } from "./harness";
import { type Declared, FakeStack } from "./stack";
import {
  account,
  domain,
  done,
  eventually,
  make,
  openWorld,
  policy,
  standing,
  succeeded,
  workspace,
  writesOf,
} from "./world";

const EMAIL = "bot@acme.nylas.email";

/** One of each kind that can be made; the account last, in a workspace that bears the stack's label. */
const program: Declared[] = [
  policy("policy"),
  workspace("workspace"),
  domain("domain", { domainName: "agents.example.com" }),
  account("account", { email: EMAIL, workspaceId: (of) => of("workspace").id }),
];
const stands = [
  `account ${EMAIL}`,
  "domain agents.example.com",
  "policy project/stack/policy",
  "workspace project/stack/workspace",
];

describe("a plugin that is killed in the middle", () => {
  const world = openWorld();
  let own: FakeStack;
  beforeEach(() => {
    // A process of its own for each operation: it is the process that dies.
    own = new FakeStack({
      config: { ...world.config, "nylas:requestTimeout": "30" },
      // The next run waits until what the killed one had sent has landed for sure: two minutes, here 1.2 seconds.
      env: { NYLAS_TEST_TIME_SCALE: "0.01" },
    });
  });
  afterEach(() => own.close());

  /** Applies, and kills the plugin as soon as the request has come whose answer is held back. */
  const killedAt = async (declared: Declared[], method: string, path: string) => {
    const { sim } = world;
    sim.addFault({ method, path, kind: "timeout", when: "after" });
    const report = await own.apply(declared, {
      during: (plugin) => void struck(sim).then(() => plugin.kill("SIGKILL")),
    });
    assert.ok(report.errors.length > 0, "the operation ended with it");
    sim.clearFaults();
  };

  for (const [what, path] of Object.entries({
    policy: "^/v3/policies$",
    workspace: "^/v3/workspaces$",
    domain: "^/v3/domains$",
    account: "^/v3/connect/custom$",
  })) {
    it(`after it made the ${what} and before that was recorded: the next run takes it, and makes no second one`, async () => {
      const { sim } = world;
      await killedAt(program, "POST", path);
      assert.ok(!own.state.some(({ name }) => name === what), "nothing is recorded of it");
      sim.clearRequests();
      succeeded(await own.apply(program));
      assert.deepEqual(standing(sim), stands);
      assert.ok(!writesOf(sim).some((line) => line.startsWith(`POST ${path.replace(/[\^$]/g, "")} `)));
      assert.deepEqual(done(succeeded(await own.apply(program))), []);
    });
  }

  it("after an update: the state has the old values, and the next run ends in the new ones", async () => {
    const { sim } = world;
    succeeded(await own.apply(program));
    const edited = [policy("policy", { limits: { dailySends: 9 } }), ...program.slice(1)];
    await killedAt(edited, "PUT", "^/v3/policies/");
    assert.equal(own.find("policy").outputs.limits, undefined);
    succeeded(await own.apply(edited));
    assert.equal(sim.state().policies[0]!.limits.limit_count_daily_email_sent, 9);
    assert.deepEqual(done(succeeded(await own.apply(edited))), []);
  });

  it("after a delete: the entry is still there, and the next run lets it go", async () => {
    const { sim } = world;
    succeeded(await own.apply(program));
    await killedAt(program.slice(0, 3), "DELETE", "^/v3/grants/");
    assert.ok(own.find("account"));
    succeeded(await own.apply(program.slice(0, 3)));
    assert.deepEqual(standing(sim), stands.slice(1));
    assert.equal(own.state.length, 3);
  });
});

describe("an engine that is gone", function () {
  // Another Nylas than that of the killed plugins, whose writes would be waited for in real time.
  const world = openWorld({ simulator: { seed: 2 } });
  let plugin: Plugin;
  /** In real time, so that there is a middle of a wait. */
  const start = async () =>
    void (plugin = await Plugin.start({
      config: { ...world.config, "nylas:requestTimeout": "30" },
      // Of the same machine as the stack.
      env: { PULUMI_HOME: world.home },
    }));
  beforeEach(start);
  afterEach(() => plugin.stop());

  it("in the middle of a wait: it ends, nothing new is asked, and so does the process", async () => {
    const { sim } = world;
    const { id } = await make(plugin, "Domain", "domain", { domainName: "agents.example.com" });
    const records = await make(plugin, "DomainRecords", "records", {
      domainName: "agents.example.com",
      domainId: id,
    });
    const waiting = plugin
      .create("DomainVerification", {
        domainName: "agents.example.com",
        domainId: id,
        records: records.outputs.records,
      })
      .then(
        () => "made",
        (error: Error) => error.message,
      );
    await eventually(() => plugin.log.some(({ message }) => message.includes("waiting for ownership")));
    plugin.closeEngine();
    sim.clearRequests();
    assert.equal(await within(plugin.ended, 10), "1");
    assert.notEqual(await waiting, "made");
    assert.deepEqual(sim.requests, []);
  });

  it("in the middle of a retry: no new write starts, and the process ends", async () => {
    const { sim } = world;
    sim.addFault({
      method: "POST",
      path: "^/v3/policies$",
      kind: "status",
      status: 429,
      retryAfter: 20,
      times: "always",
    });
    const creating = plugin.create("Policy", { name: "p" }).then(
      () => "made",
      (error: Error) => error.message,
    );
    await struck(sim);
    plugin.closeEngine();
    sim.clearFaults();
    sim.clearRequests();
    assert.equal(await within(plugin.ended, 10), "1");
    assert.notEqual(await creating, "made");
    assert.deepEqual(sim.writes(), []);
    assert.deepEqual(standing(sim), []);
  });

  it("in the middle of a write: that write is finished, no other starts, and the next run takes what it made", async () => {
    const { sim, stack } = world;
    sim.addFault({ method: "POST", path: "^/v3/policies$", kind: "delay", delayMs: 3000 });
    const checked = await plugin.check("Policy", {}, { label: "project/stack/one" }, "one");
    const first = plugin.create("Policy", checked.inputs, "one").catch(() => "lost");
    await struck(sim);
    plugin.closeEngine();
    // It hears of it within a moment, and cannot know before.
    await new Promise((heard) => setTimeout(heard, 700));
    const second = plugin
      .create("Workspace", { name: "late", autoGroup: false }, "late")
      .catch(() => "refused");
    assert.equal(await within(plugin.ended, 15), "1");
    await Promise.all([first, second]);
    await eventually(() => standing(sim).length > 0);
    assert.deepEqual(standing(sim), ["policy project/stack/one"]);
    writesOf(sim);
    succeeded(await stack.apply([policy("one")]));
    assert.deepEqual(writesOf(sim), []);
  });

  it("between two operations: the process ends by itself", async () => {
    await plugin.check("Policy", {}, { name: "p" });
    await plugin.diff(
      "Policy",
      "id",
      { name: "p", limits: { inboxRetentionDays: 9 }, allowMailLoss: true },
      { name: "p", limits: { inboxRetentionDays: 8 }, allowMailLoss: true },
    );
    assert.equal(plugin.warnings.length, 1, "it had been heard");
    plugin.closeEngine();
    assert.equal(await within(plugin.ended, 10), "1");
    assert.deepEqual(world.sim.requests, []);
  });
});

/** Resolves when a fault has struck. */
async function struck(sim: Simulator): Promise<void> {
  await eventually(() => sim.faults().some(({ hits }) => hits > 0));
}

async function within<T>(promise: Promise<T>, seconds: number): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`not within ${seconds} s`)), seconds * 1000).unref();
  });
  return Promise.race([promise, late]);
}
