import { strict as assert } from "node:assert";
import { type FaultRule } from "nylas-simulator";
import { itInLongRun } from "./longRun";
import { closeScenes, leftBehind, mailbox, openScene, recorded, refused, succeeded, writesOf } from "./scene";

const EMAIL = "bot@acme.nylas.email";
const STRANGER = "stranger@agents.example.com";

describe("two looks before a delete", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  it("M3: 500 messages outlive a list of messages that comes empty: removal, rename, destroy, take-over", async () => {
    const bot = (name: string, args = "") =>
      `new nylas.AgentAccount("${name}", { email: "${EMAIL}", workspaceId: w.id, ${args} });`;
    const base = `const w = new nylas.NylasWorkspace("customer");`;
    const { sim, stack, declare } = await openScene({ program: `${base}${bot("bot")}` });
    succeeded(await stack.up());
    const { id } = mailbox(sim, EMAIL)!;
    for (let n = 0; n < 500; n++) sim.addMessage({ grant: id, subject: `order ${n}` });
    writesOf(sim);
    const stands = () => {
      assert.deepEqual([mailbox(sim, EMAIL)?.id, mailbox(sim, EMAIL)?.subjects.length], [id, 500]);
      assert.deepEqual(sim.state().lostMail, []);
      assert.deepEqual(writesOf(sim), []);
    };
    const empty = (times: FaultRule["times"], kind: FaultRule["kind"] = "empty") => {
      sim.clearFaults();
      sim.addFault({ method: "GET", path: "/messages$", kind, times: times ?? 1 });
    };

    declare(base);
    for (const [times, kind] of [
      [1, "empty"],
      [1, "cursor"],
      ["always", "empty"],
    ] as const) {
      empty(times, kind);
      refused(await stack.up(), "its mailbox holds mail");
      stands();
    }
    // Without the state's entry the mailbox looks like one that an interrupted run has made.
    declare(`${base}${bot("bot")}`);
    const { urn } = stack.resource("bot")!;
    succeeded(await stack.run("state", "delete", urn, "--yes"));
    refused(await stack.up(), "exists already");
    stands();
    sim.clearFaults();
    declare(`${base}${bot("bot", "adopt: true,")}`);
    succeeded(await stack.up());
    declare(`${base}${bot("bot")}`);
    succeeded(await stack.up());
    empty("always");
    refused(await stack.up("--replace", urn));
    refused(await stack.destroy("--continue-on-error"), "its mailbox holds mail");
    stands();
    assert.ok(recorded(stack).includes(`bot ${id}`));
  });

  itInLongRun(
    "M9: a domain and a workspace outlive lists that come stale or empty, once, twice and for the whole run",
    async () => {
      const program = `
      new nylas.NylasDomain("own", { domainName: "agents.example.com" });
      new nylas.NylasWorkspace("customer");
    `;
      const bot = `new nylas.AgentAccount("bot", { email: "${EMAIL}" });`;
      const { sim, stack, declare } = await openScene({
        program: `${program}${bot}`,
        simulator: { grantListLagMs: 0 },
      });
      succeeded(await stack.up());
      const unfiltered = { path: "^/v3/grants$", query: "^(?!.*provider=)" };
      const faults: FaultRule[] = [
        { ...unfiltered, kind: "stale", times: 1 },
        { ...unfiltered, kind: "stale", times: 2 },
        { ...unfiltered, kind: "stale", times: "always" },
        { ...unfiltered, kind: "empty", times: 2 },
        { path: "^/v3/grants$", kind: "empty", times: "always" },
      ];
      // "Stale" lists know nothing of what was made after them.
      for (const fault of faults.slice(0, 3)) sim.addFault(fault);
      const stranger = sim.seed({
        kind: "grant",
        email: STRANGER,
        workspaceId: stack.resource("customer")!.id!,
      });
      sim.addMessage({ grant: stranger, subject: "an order" });
      writesOf(sim);
      const stands = () => {
        const left = leftBehind(sim);
        for (const each of ["domain agents.example.com", `account ${STRANGER}`])
          assert.ok(left.includes(each), `${each} is gone`);
        assert.ok(
          left.some((each) => /^workspace .*customer$/.test(each)),
          left.join(),
        );
        assert.deepEqual(sim.state().lostMail, []);
      };

      declare(bot);
      refused(await stack.up("--continue-on-error"), "is kept");
      stands();
      for (const fault of faults.slice(3)) {
        sim.clearFaults();
        sim.addFault(fault);
        refused(await stack.up("--continue-on-error"));
        stands();
      }
      // The account of the state goes first, and was there when the list showed nothing.
      refused(await stack.destroy("--continue-on-error"), "the list did not show it");
      stands();
    },
  );
});
