import assert from "node:assert/strict";
import { type FaultRule } from "nylas-simulator";
import { type Declared, type Input } from "./stack";
import {
  account,
  defaultWorkspace,
  lostMail,
  openWorld,
  policy,
  refused,
  succeeded,
  workspace,
  type World,
} from "./world";

const DAY = 86_400;
const BOT = "bot@acme.nylas.email";
const FOREIGN = "foreign@acme.nylas.email";
/** Milliseconds of the wall, most of a minute at the speed of these tests: as long may a read show what was there before. */
const LAG = 100;

const id =
  (name: string): Input =>
  (of) =>
    of(name).id;
const limits = (inboxRetentionDays: number, spamRetentionDays: number) => ({
  limits: { inboxRetentionDays, spamRetentionDays },
});
const long = policy("long", limits(300, 20));
const short = policy("short", limits(5, 1));
const a = workspace("a", { policyId: id("long") });
const bot = (workspaceId?: Input, more: Partial<Declared> = {}) =>
  account("bot", { email: BOT, ...(workspaceId === undefined ? {} : { workspaceId }) }, more);
const notThere = (path: string, more: Partial<FaultRule> = {}): FaultRule => ({
  method: "GET",
  path,
  kind: "status",
  status: 404,
  ...more,
});

/** Gives every account mail of these ages, in days. */
function fill({ sim }: World, ...ages: number[]): void {
  for (const { email } of sim.state().grants)
    for (const age of ages)
      sim.addMessage({ grant: email, subject: `${age} days old`, ageSeconds: age * DAY });
}

/** The change is not made, and no mail is lost. Without the fault, it is refused as well, or costs nothing. */
async function loses(world: World, after: Declared[]): Promise<void> {
  const { sim, stack } = world;
  const before = sim.state().messages.length;
  await stack.apply(after);
  assert.deepEqual(lostMail(sim), []);
  sim.clearFaults();
  await stack.apply(after);
  assert.deepEqual(lostMail(sim), []);
  assert.equal(sim.state().messages.length, before);
}

describe("what a policy keeps, where an answer is wrong or late", () => {
  const world = openWorld();

  describe("E1: one 404 is no answer about the limits in force", () => {
    const declared = (dailySends: number, sensitivity: number): Declared[] => [
      policy("long", {
        limits: { dailySends, inboxRetentionDays: 300, spamRetentionDays: 20 },
        spamDetection: { sensitivity, dnsBlockLists: false },
      }),
      a,
      bot(id("a")),
    ];
    for (const [what, edit] of Object.entries({
      "another limit": declared(60, 1),
      "another limit and the spam detection": declared(60, 1.5),
    }))
      it(`E1: a retention that somebody raised by hand does not go down with an edit of ${what}`, async () => {
        const { sim, stack } = world;
        succeeded(await stack.apply(declared(50, 1)));
        sim.edit("policy", stack.find("long").id, { limits: { limit_inbox_retention_period: 360 } });
        fill(world, 1, 340);
        sim.addFault(notThere("^/v3/policies/[^/]+$"));
        await loses(world, edit);
        const [{ limits: now } = { limits: {} }] = sim.state().policies;
        assert.equal((now as Record<string, unknown>).limit_inbox_retention_period, 360);
        assert.equal((now as Record<string, unknown>).limit_count_daily_email_sent, 60, "the edit was made");
      });

    it("E1: a policy that is gone for good is an error that says so", async () => {
      const { sim, stack } = world;
      const lone = (dailySends: number) => [
        policy("lone", { limits: { dailySends, inboxRetentionDays: 300 } }),
      ];
      succeeded(await stack.apply(lone(50)));
      sim.remove("policy", stack.find("lone").id);
      refused(await stack.apply(lone(60)), "is gone; run pulumi refresh, then pulumi up");
      succeeded(await stack.refresh());
      succeeded(await stack.apply(lone(60)));
      assert.equal(sim.state().policies.length, 1);
    });
  });

  describe("E2: a run knows which policy it has given a workspace, while reads still show the one before", () => {
    const rest = (name: string) => defaultWorkspace("rest", { policyId: id(name) });
    const after = { dependsOn: ["rest"] };
    for (const [what, [first, then, seeded]] of Object.entries<[Declared[], Declared[], string?]>({
      "a mailbox moves into it": [
        [long, short, a, workspace("c", { policyId: id("long") }), bot(id("a"))],
        [long, short, a, workspace("c", { policyId: id("short") }), bot(id("c"))],
      ],
      "a mailbox goes back to the default workspace": [
        [long, short, a, rest("long"), bot(id("a"), after)],
        [long, short, a, rest("short"), bot(undefined, after)],
      ],
      "a workspace is deleted by its word, and somebody's mailbox falls to the default one": [
        [long, short, workspace("a", { policyId: id("long"), forceDestroy: true }), rest("long")],
        [long, short, rest("short")],
        FOREIGN,
      ],
    }))
      it(`E2: ${what}`, async () => {
        const { sim, stack } = world;
        succeeded(await stack.apply(first));
        if (seeded) sim.seed({ kind: "grant", email: seeded, workspaceId: stack.find("a").id });
        fill(world, 1, 90);
        sim.configure({ readLagMs: LAG });
        refused(await stack.apply(then), "would delete mail");
        await loses(world, then);
      });

    it("E2: a policy that was made in this run, and that no read shows yet, is not taken for none", async () => {
      const { sim, stack } = world;
      const month = policy("month", limits(20, 5));
      const program = (policyId: Input) => [month, workspace("a", { policyId }), bot(id("a"))];
      succeeded(await stack.apply(program(id("month"))));
      fill(world, 1, 10);
      sim.addFault(notThere(`^/v3/policies/(?!${stack.find("month").id})[^/]+$`, { times: "always" }));
      sim.addFault({ method: "GET", path: "^/v3/policies$", kind: "stale", times: "always" });
      await loses(world, [short, ...program(id("short"))]);
    });
  });

  describe("E6: a list without any account does not say that nobody is in a workspace", () => {
    const fromList = (kind: FaultRule["kind"]): FaultRule => ({
      method: "GET",
      path: "^/v3/grants$",
      kind,
      times: "always",
    });
    const edits: Record<string, [Declared[], Declared[]]> = {
      "a workspace": [
        [long, short, a, bot(id("a"))],
        [long, short, workspace("a", { policyId: id("short") }), bot(id("a"))],
      ],
      "the default workspace": [
        [
          long,
          short,
          defaultWorkspace("rest", { policyId: id("long") }),
          bot(undefined, { dependsOn: ["rest"] }),
        ],
        [
          long,
          short,
          defaultWorkspace("rest", { policyId: id("short") }),
          bot(undefined, { dependsOn: ["rest"] }),
        ],
      ],
    };
    for (const [what, [first, then]] of Object.entries(edits))
      for (const kind of ["empty", "otherApplication"] as const)
        it(`E6: ${what} does not get a policy that keeps less while the list is ${kind}`, async () => {
          const { sim, stack } = world;
          succeeded(await stack.apply(first));
          fill(world, 1, 90);
          sim.addFault(fromList(kind));
          refused(await stack.apply(then), "lists no account at all", "If there is no account any more, say");
          await loses(world, then);
        });

    it("E6: new accounts that no list shows yet are not taken for none", async () => {
      const { sim, stack } = world;
      const [first, then] = edits["a workspace"]!;
      sim.configure({ newGrantListLagMs: 70_000 });
      succeeded(await stack.apply(first));
      fill(world, 1, 90);
      await loses(world, then);
    });

    it("E6: where no account was ever made, or all are gone, the policy is swapped; the latter with the word", async () => {
      const { sim, stack } = world;
      const alone = (name: string, more: Record<string, Input> = {}) => [
        long,
        short,
        workspace("a", { policyId: id(name), ...more }),
      ];
      succeeded(await stack.apply(alone("long")));
      succeeded(await stack.apply(alone("short")));
      succeeded(await stack.apply([...alone("long"), bot(id("a"))]));
      succeeded(await stack.apply(alone("long")));
      refused(await stack.apply(alone("short")), "say allowMailLoss: true on the workspace");
      succeeded(await stack.apply(alone("short", { allowMailLoss: true })));
      const now = sim.state().workspaces.find((each) => each.id === stack.find("a").id)!;
      assert.equal(now.policy_id, stack.find("short").id);
    });
  });

  describe("E4: one 404 does not say that a workspace is gone, and with it its policy", () => {
    /** As after a larger plan: no policy is less than what this one keeps. */
    const beyondThePlan = () =>
      world.sim.edit("policy", world.stack.find("long").id, {
        limits: { limit_inbox_retention_period: 900, limit_spam_retention_period: 600 },
      });
    const at = "^/v3/workspaces/[^/]+$";

    it("E4: a mailbox does not move to a workspace without policy", async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply([long, a, workspace("c"), bot(id("a"))]));
      beyondThePlan();
      fill(world, 1, 800);
      sim.addFault(notThere(at));
      await loses(world, [long, a, workspace("c"), bot(id("c"))]);
    });

    for (const skip of [0, 1, 2])
      it(`E4: a workspace with somebody's mailbox in it is not deleted by its word alone (answer ${skip + 1})`, async () => {
        const { sim, stack } = world;
        succeeded(await stack.apply([long, workspace("a", { policyId: id("long"), forceDestroy: true })]));
        sim.seed({ kind: "grant", email: FOREIGN, workspaceId: stack.find("a").id });
        beyondThePlan();
        fill(world, 1, 800);
        sim.addFault(notThere(at, { skip }));
        await loses(world, [long]);
      });
  });
});
