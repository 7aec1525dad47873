import assert from "node:assert/strict";
import { RECOMMENDED } from "../../provider/review/gates";
import { readPreview } from "../../provider/review/preview";
import { report } from "../../provider/review/report";
import { previewJson } from "./previewJson";
import { type Declared } from "./stack";
import { account, declare, lostMail, openWorld, policy, succeeded, workspace } from "./world";

const EMAIL = "bot@acme.nylas.email";
const BOSS = "boss@partner.example";

describe("E3: a rule that takes mail out of junk", () => {
  const world = openWorld();
  const rule = (name: string, priority: number, condition: object, action: string | object) =>
    declare("Rule", name, {
      name,
      priority,
      conditions: [condition as never],
      actions: [action as never],
    });
  const junk = rule("junk", 5, { field: "from.domain", is: "partner.example" }, "markAsSpam");
  const keep = rule("keep", 20, { field: "from.address", is: BOSS }, { assignToFolder: "Keep" });
  const program = (folders: string[], ...rules: Declared[]): Declared[] => [
    policy("month", { limits: { inboxRetentionDays: 30, spamRetentionDays: 1 } }),
    ...rules,
    workspace("a", {
      policyId: (of) => of("month").id,
      ruleIds: rules.map(
        ({ name }) =>
          (of) =>
            of(name).id,
      ),
    }),
    account("bot", { email: EMAIL, workspaceId: (of) => of("a").id, folders }),
  ];
  const landed = () => {
    const { sim } = world;
    const found = sim.receive({ grant: EMAIL, subject: "the contract", from: BOSS });
    return sim.state().messages.find(({ id }) => id === found)!.folder;
  };

  for (const [what, next] of Object.entries({
    "the rule": program(["Keep"], junk),
    "the folder that it puts mail into": program([], junk, keep),
  }))
    it(`E3: ${what} goes, mail is lost as spam, and the review of it is gated`, async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(program(["Keep"], junk, keep)));
      const preview = succeeded(await stack.preview(next));
      const { gates, markdown } = report(readPreview(previewJson(preview), { showsPending: true }));
      assert.ok(
        gates.some(({ gate }) => gate === "drains" && RECOMMENDED.includes(gate)),
        markdown,
      );
      succeeded(await stack.apply(next));
      assert.equal(landed(), "junk");
      sim.advanceClock(2 * 86_400);
      assert.deepEqual(lostMail(sim), ["the contract: retention"]);
    });

  it("E3: and while both stand, that mail is kept", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program(["Keep"], junk, keep)));
    assert.equal(landed(), "Keep");
    sim.advanceClock(2 * 86_400);
    assert.deepEqual(lostMail(sim), []);
  });
});
