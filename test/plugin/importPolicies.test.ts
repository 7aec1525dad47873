import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as fc from "fast-check";
import { importInto, programFolder, runProgram, takeInto, typeErrors } from "./imported";
import { type Input } from "./stack";
import { declare, done, openWorld, succeeded } from "./world";

const GB = 1024 ** 3;
const MB = 1024 ** 2;

/** What the two published plans allow. */
const FREE = {
  dailySends: 200,
  storageBytes: 3 * GB,
  messageBytes: 50 * MB,
  attachmentBytes: 50 * MB,
  attachmentCount: 10,
  inboxRetentionDays: 30,
  spamRetentionDays: 7,
};
const FULL = {
  dailySends: 9_000,
  storageBytes: 10 * GB,
  messageBytes: 100 * MB,
  attachmentBytes: 50 * MB,
  attachmentCount: 20,
  inboxRetentionDays: 365,
  spamRetentionDays: 30,
};

describe("17: a policy that `up` has made", function () {
  this.timeout(300_000);
  const world = openWorld();
  const folders: string[] = [];
  afterEach(() => folders.splice(0).forEach((each) => fs.rmSync(each, { recursive: true })));

  /** Makes the policies with `up`, forgets the state, and imports them: the program must show no change, and write nothing. */
  const broughtBack = async (
    plan: "free" | "full",
    policies: Record<string, Input>[],
    edit = (_id: string): void => undefined,
  ): Promise<{ program: string; folder: string }> => {
    const { sim, stack } = world;
    sim.reset();
    sim.configure({ plan });
    stack.state = [];
    stack.config = world.config;
    succeeded(await stack.apply(policies.map((inputs, i) => declare("Policy", `p${i}`, inputs))));
    for (const { id } of sim.state().policies) edit(id);
    const made = sim.state().policies;
    assert.equal(made.length, policies.length);

    const folder = programFolder();
    folders.push(folder);
    sim.clearRequests();
    const imported = await importInto(folder, sim, "--kind", "policies", "--include-foreign");
    assert.equal(imported.code, 0, imported.stderr);
    assert.deepEqual(
      imported.entries.map(({ id }) => id).sort(),
      made.map(({ id }) => id).sort(),
      imported.stdout,
    );
    const program = takeInto(stack, imported, await runProgram(folder, imported));
    assert.deepEqual(done(succeeded(await stack.preview(program))), [], imported.program);
    assert.deepEqual(done(succeeded(await stack.refresh())), [], imported.program);
    assert.deepEqual(done(succeeded(await stack.apply(program))), [], imported.program);
    assert.deepEqual(sim.writes(), []);
    assert.deepEqual(sim.state().policies, made);
    return { program: imported.program, folder };
  };

  it("is imported with inboxRetentionDays: 30 and no spamRetentionDays, and the program says what was left out", async () => {
    const { program, folder } = await broughtBack("full", [
      { name: "Careful", limits: { inboxRetentionDays: 30 } },
    ]);
    assert.match(program, /inboxRetentionDays: 30/);
    assert.doesNotMatch(program, /spamRetentionDays: /);
    assert.match(program, /\/\/ spamRetentionDays is left out: Nylas shows 30, which is the plan's maximum/);
    assert.deepEqual(typeErrors(folder), []);
  });

  it("is imported from a plan that limits nothing, where both times are unlimited", async () => {
    const unlimited = { limit_inbox_retention_period: -1, limit_spam_retention_period: -1 };
    const { program } = await broughtBack("full", [{ name: "Everything" }], (id) =>
      world.sim.edit("policy", id, { limits: unlimited }),
    );
    assert.match(program, /inboxRetentionDays: "unlimited"/);
    assert.doesNotMatch(program, /spamRetentionDays: /);
  });

  it("is imported whatever it declares", async () => {
    const limit = (most: number, unlimited: boolean) =>
      fc.oneof(
        { arbitrary: fc.integer({ min: 0, max: most }), weight: 3 },
        { arbitrary: fc.constantFrom(0, 1, most), weight: 1 },
        ...(unlimited ? [{ arbitrary: fc.constant("unlimited"), weight: 1 }] : []),
      );
    const policy = (plan: "free" | "full") => {
      const most = plan === "free" ? FREE : FULL;
      return fc.record(
        {
          limits: fc
            .record(
              {
                dailySends: limit(most.dailySends, plan === "full"),
                dailyReceives: limit(9_000, true),
                storageBytes: limit(most.storageBytes, false),
                messageBytes: limit(most.messageBytes, false),
                attachmentBytes: limit(most.attachmentBytes, false),
                attachmentCount: limit(most.attachmentCount, false),
                attachmentTypes: fc.array(
                  fc.constantFrom("image/*", "Application/PDF", "text/plain", "a.b/c-d"),
                  {
                    maxLength: 3,
                  },
                ),
                inboxRetentionDays: limit(most.inboxRetentionDays, false),
                spamRetentionDays: limit(most.spamRetentionDays, false),
              },
              { requiredKeys: [] },
            )
            .filter(isInOrder),
          spamDetection: fc.record(
            {
              dnsBlockLists: fc.boolean(),
              headerAnomalies: fc.boolean(),
              sensitivity: fc.double({ min: 0.1, max: 5, noNaN: true }),
            },
            { requiredKeys: [] },
          ),
          hasName: fc.boolean(),
        },
        { requiredKeys: ["hasName"] },
      );
    };
    const fleet = fc.constantFrom("free" as const, "full" as const).chain((plan) =>
      fc.record({
        plan: fc.constant(plan),
        policies: fc.array(policy(plan), { minLength: 1, maxLength: 6 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fleet, async ({ plan, policies }) => {
        const named = policies.map(({ hasName, ...inputs }, i) => ({
          ...inputs,
          ...(hasName ? { name: `Policy ${i}` } : {}),
        }));
        await broughtBack(plan, named as Record<string, Input>[]);
      }),
      { numRuns: process.env["LONG_RUN"] ? 300 : 12 },
    );
  });
});

/** What check and Nylas ask of the two times that mail is kept. */
function isInOrder({
  inboxRetentionDays: inbox,
  spamRetentionDays: spam,
}: {
  inboxRetentionDays?: unknown;
  spamRetentionDays?: unknown;
}): boolean {
  if (inbox === undefined || spam === undefined) return true;
  const amount = (days: unknown) => (days === "unlimited" ? Infinity : (days as number));
  return amount(inbox) > amount(spam);
}
