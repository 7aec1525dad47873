import assert from "node:assert/strict";
import { account, done, openWorld, policy, succeeded, workspace } from "./world";

/** Tenants of ten accounts each, all under one policy. */
const tenants = (count: number) => [
  policy("limits", { limits: { dailySends: 50 } }),
  ...Array.from({ length: count }, (_, tenant) => [
    workspace(`tenant-${tenant}`, { policyId: (of) => of("limits").id }),
    ...Array.from({ length: 10 }, (_, n) =>
      account(`bot-${tenant}-${n}`, {
        email: `bot-${tenant}-${n}@acme.nylas.email`,
        workspaceId: (of) => of(`tenant-${tenant}`).id,
      }),
    ),
  ]).flat(),
];

const together = { draw: () => 0 };

describe("many accounts", function () {
  this.timeout(120_000);
  const world = openWorld({ env: { NYLAS_TEST_TIME_SCALE: "0.25" } });
  beforeEach(() => world.sim.configure({ maxAccounts: 10_000 }));
  const asked = (from: number) =>
    world.sim.requests.slice(from).map(({ method, path }) => `${method} ${path.replace(/\?.*/, "")}`);
  const count = (requests: string[], what: RegExp) => requests.filter((request) => what.test(request)).length;

  it("are made with one request each, and a few looks at the list for all of them", async () => {
    const { sim, stack } = world;
    for (let n = 0; n < 250; n++) sim.seed({ kind: "grant", email: `other-${n}@acme.nylas.email` });
    const from = sim.requests.length;
    succeeded(await stack.apply(tenants(20), { together }));
    assert.equal(sim.state().grants.length, 450);
    const requests = asked(from);
    assert.equal(count(requests, /^POST .*connect\/custom$/), 200);
    // Two pages, and one or two more for every eighth of a second, so more on a busy machine. Reads of each account
    // on its own would take 600.
    const looks = count(requests, /^GET \/v3\/grants$/);
    assert.ok(looks <= 300, `${looks} looks`);
  });

  it("are read by a refresh in less than twenty requests, and what has changed among them is found", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(tenants(30), { together }));
    sim.edit("grant", stack.find("bot-21-4").id, { workspace_id: stack.find("tenant-8").id });
    sim.edit("workspace", stack.find("tenant-7").id, { policy_id: null });
    const from = sim.requests.length;
    const report = succeeded(await stack.refresh({ together }));
    const requests = asked(from);
    // Fewer than 20 where nothing else runs; one by one it would be more than 300.
    assert.ok(requests.length < 60, requests.join("\n"));
    assert.deepEqual(done(report).sort(), ["drift bot-21-4", "drift tenant-7"]);
    const next = succeeded(await stack.preview(tenants(30)));
    assert.deepEqual(done(next).sort(), ["update bot-21-4", "update tenant-7"]);
  });
});
