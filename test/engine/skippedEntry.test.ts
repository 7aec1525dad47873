import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import { closeScenes, openScene, refused, succeeded } from "./scene";

const tenant = (accounts: string, days: number) => `
  new nylas.Tenant("t", {
    trial: "acme.nylas.email", accounts: { ${accounts} }, smokeTest: true, policy: { limits: { inboxRetentionDays: ${days} } },
  });`;
const replaced = (domain: string, rule: string, days: number) => `
  const p = new nylas.NylasPolicy("p", { limits: { inboxRetentionDays: ${days} } });
  const r = new nylas.NylasRule("${rule}", { conditions: [{ field: "from.domain", is: "spam.example" }], actions: ["block"] });
  new nylas.NylasWorkspace("w", { policyId: p.id, ruleIds: [r.id], domainName: "${domain}", autoGroup: true });`;

/**
 * F14: the engine skips an update where something that it needs has failed, and with --continue-on-error goes on to the deletes. The entry
 * that it kept then depended on a rule that was gone, and no command could read the state any more.
 */
describe("F14: an entry whose update was skipped", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  it("keeps what it depends on: one tenant's refused change stops no other, and the next up finishes", async () => {
    const program = (rule: string, days: number, name: string) => `
      new nylas.Tenant("a", {
        trial: "acme.nylas.email", accounts: { sched: { displayName: "S" } },
        policy: { limits: { inboxRetentionDays: ${days} } },
        rules: { ${rule}: { conditions: [{ field: "from.domain", is: "spam.example" }], actions: ["block"] } },
      });
      new nylas.Tenant("b", { trial: "acme.nylas.email", accounts: { sched: { displayName: "${name}" } } });`;
    const { sim, stack, declare } = await openScene({});
    const names = () => sim.state().rules.map(({ name }) => name);
    declare(program("spam", 300, "B"));
    succeeded(await stack.up());
    const [old] = names();
    declare(program("junk", 30, "Bert"));
    refused(
      await stack.up("--continue-on-error"),
      "is kept: workspace project/test/a could not be updated in this run",
    );
    assert.ok(names().includes(old!), "the rule that the workspace still names");
    assert.ok(
      sim.state().grants.some(({ name }) => name === "Bert"),
      "the other tenant",
    );
    declare(program("junk", 300, "Bertha"));
    succeeded(await stack.up());
    assert.equal(names().length, 1);
    assert.ok(!names().includes(old!));
    assert.deepEqual(
      sim.state().workspaces.find(({ name }) => name === "project/test/a")?.rule_ids.length,
      1,
    );
  });

  /** A3: siblings, in which the skipped resource is no update of a workspace. */
  const siblings: [how: string, before: string, after: string][] = [
    ["a tenant's smoke test, whose account is taken out", tenant("a: {}, b: {}", 300), tenant("a: {}", 30)],
    [
      "a workspace that was to be replaced",
      replaced("acme.nylas.email", "one", 300),
      replaced("other.nylas.email", "two", 30),
    ],
  ];
  for (const [how, before, after] of siblings)
    itInLongRun(`A3: ${how}`, async () => {
      const { stack, declare } = await openScene({ program: before });
      succeeded(await stack.up());
      declare(after);
      refused(await stack.up("--continue-on-error"), "could not be updated in this run");
      succeeded(await stack.refresh());
      declare(before);
      succeeded(await stack.up());
    });
});
