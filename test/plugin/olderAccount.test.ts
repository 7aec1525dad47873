import assert from "node:assert/strict";
import * as path from "node:path";
import { account, done, openWorld, refused, succeeded, workspace } from "./world";

const EMAIL = "bot@acme.nylas.email";

/** The list lacks the account, and so do the looks beside it. */
const HIDDEN = [
  { method: "GET", path: "^/v3/grants$", kind: "empty", times: "always" },
  { method: "GET", path: "/folders$", kind: "status", status: 404, times: "always" },
] as const;

describe("R10: a create that answers with an older account is no create", () => {
  const world = openWorld();

  for (const age of [30, 70, 250]) {
    it(`is refused with the id of an account that is ${age} s old and that no list shows`, async () => {
      const { sim, stack } = world;
      const other = sim.seed({ kind: "grant", email: EMAIL });
      sim.advanceClock(age);
      for (const fault of HIDDEN) sim.addFault(fault);
      const program = [account("bot", { email: EMAIL, displayName: "Scheduling" })];
      refused(
        await stack.apply(program),
        new RegExp(
          `${EMAIL} \\(id ${other}\\) was not made here: .*Nylas has set its displayName.*adopt: true`,
        ),
      );
      assert.deepEqual(stack.state, [], "it is not in the state");
      sim.clearFaults();
      // The refused create explains nothing to a later run, although nothing differs any more.
      refused(await stack.apply(program), /adopt: true/);
      assert.deepEqual(
        sim.state().grants.map(({ id }) => id),
        [other],
        "there is one account, and it is the first",
      );
      succeeded(
        await stack.apply([account("bot", { email: EMAIL, displayName: "Scheduling", adopt: true })]),
      );
      assert.equal(stack.find("bot").id, other);
    });
  }

  it("what this state made in a run that was killed is taken all the same", async () => {
    const { sim, stack } = world;
    const program = [account("bot", { email: EMAIL })];
    for (const fault of HIDDEN) sim.addFault(fault);
    sim.addFault({
      method: "POST",
      path: "^/v3/connect/custom$",
      kind: "reset",
      when: "after",
      times: "always",
    });
    refused(await stack.apply(program), /./);
    const [made] = sim.state().grants;
    sim.clearFaults();
    for (const fault of HIDDEN) sim.addFault(fault);
    sim.advanceClock(60);
    succeeded(await stack.apply(program));
    assert.equal(stack.find("bot").id, made!.id);
    assert.equal(sim.state().grants.length, 1);
  });

  it("an account that is made is none, whatever the clock of this machine shows", async () => {
    const { sim, stack } = world;
    for (const ahead of [0, 100, 200, 3_000]) {
      sim.advanceClock(ahead);
      const email = `bot-${ahead}@acme.nylas.email`;
      succeeded(await stack.apply([workspace("w", { name: "W" }), account("bot", { email })]));
      assert.ok(sim.state().grants.some((grant) => grant.email === email));
      assert.deepEqual(done(succeeded(await stack.destroy())), ["delete bot", "delete w"]);
    }
  });
});

describe("G2: a create that answers with an older account is no create, on a machine whose clock is wrong", () => {
  const preload = `--require ${JSON.stringify(path.resolve(__dirname, "../wallClock.cjs"))}`;
  for (const [wrong, milliseconds] of [
    ["10 minutes ahead", 600_000],
    ["4 minutes ahead", 240_000],
    ["a day ahead", 86_400_000],
    ["2 hours behind", -7_200_000],
    ["30 seconds behind", -30_000],
  ] as const) {
    describe(`that is ${wrong}`, () => {
      const world = openWorld({ env: { NODE_OPTIONS: preload, WALL_CLOCK_AHEAD: String(milliseconds) } });

      it("the mailbox of another stack is not taken, and a new one is", async () => {
        const { sim, stack } = world;
        const other = sim.seed({ kind: "grant", email: EMAIL });
        sim.addMessage({ grant: other, subject: "kept" });
        sim.advanceClock(30);
        for (const fault of HIDDEN) sim.addFault(fault);
        refused(
          await stack.apply([account("bot", { email: EMAIL })]),
          new RegExp(`${EMAIL} \\(id ${other}\\) was not made here`),
        );
        assert.deepEqual(stack.state, []);
        sim.clearFaults();

        const email = "new@acme.nylas.email";
        succeeded(await stack.apply([account("new", { email })]));
        assert.equal(stack.find("new").id, sim.state().grants.find((grant) => grant.email === email)!.id);
      });
    });
  }
});
