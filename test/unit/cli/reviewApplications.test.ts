import { strict as assert } from "node:assert";
import { type Report } from "../../../provider/review/report";
import { readFleet, readPreview, report, scopeOf } from "./hosts";
import { type Declared, object, previewOf, stops } from "./previews";

/** By the user's word, what is handed in is all that uses the application. */
function reviewed(before: Declared[], after: Declared[], others: string[] = []): Report {
  const preview = readPreview(previewOf(before, after), { showsPending: true });
  return report(preview, { scope: scopeOf(preview, others.map(readFleet), true) });
}

describe("a review of more than one application", () => {
  const of = (application: string, connection?: string) => ({
    inputs: connection === undefined ? {} : { connection },
    outputs: { applicationId: application },
  });
  const at = (type: string, name: string, inputs: object, side = of("one")): Declared =>
    object(type, name, { ...inputs, ...side.inputs }, { outputs: side.outputs });
  const policy = (name: string, inboxRetentionDays: number, more = {}) =>
    at("Policy", name, { limits: { inboxRetentionDays }, ...more });
  const account = (inputs = {}) => at("AgentAccount", "a", { email: "a@acme.nylas.email", ...inputs });
  const block = object("Rule", "block", {
    trigger: "inbound",
    conditions: [{ field: "from.domain", is: "shop.example" }],
    actions: ["block"],
  });
  const runs = { ruleIds: [{ ref: "block" }] };
  /** Its name comes before that of the other one. */
  const eu = (type: string, inputs = {}) => at(type, "eu", inputs, of("two", "eu"));

  describe("counts an account without a workspace in the default workspace of its own", () => {
    const us = (inputs = {}) => at("DefaultWorkspace", "us", inputs);
    const other = eu("DefaultWorkspace");

    it("where that gets a rule that refuses mail", () => {
      stops(reviewed([other, us(), account()], [other, us(runs), account(), block]), "drains");
    });

    it("where that gets a policy that keeps less", () => {
      const rest = [other, policy("long", 300), policy("short", 6), account()];
      const word = { allowMailLoss: true };
      const under = (ref: string, more = {}) => us({ policyId: { ref }, ...more });
      stops(reviewed([...rest, under("long")], [...rest, under("short", word)]), "mail-loss");
      const lower = policy("long", 6, word);
      const others = rest.filter(({ name }) => name !== "long");
      stops(reviewed([...rest, under("long")], [...others, lower, under("long")]), "mail-loss");
    });

    it("where the account comes into it", () => {
      const rest = [
        eu("DefaultWorkspace", { policyId: { ref: "long" } }),
        us({ policyId: { ref: "short" } }),
        policy("long", 300),
        policy("short", 6),
        at("Workspace", "t", { name: "T", policyId: { ref: "long" } }),
      ];
      const moved = reviewed(
        [...rest, account({ workspaceId: { ref: "t" } })],
        [...rest, account({ allowMailLoss: true })],
      );
      stops(moved, "mail-loss", "hand-over");
    });

    it("where a file of another application has one too", () => {
      const staging = previewOf([eu("DefaultWorkspace")], [eu("DefaultWorkspace")], { stack: "a-staging" });
      stops(reviewed([us(), account()], [us(runs), account(), block], [staging]), "drains");
    });

    it("and in no other: a rule on that reaches nobody here", () => {
      const { gates } = reviewed(
        [other, us(), account()],
        [at("DefaultWorkspace", "eu", runs, of("two", "eu")), us(), account(), block],
      );
      assert.deepEqual(
        gates.map(({ gate }) => gate),
        ["change"],
      );
    });
  });

  it("does not take a workspace of another one for the one that groups the domain", () => {
    const gathers = { name: "G", domainName: "acme.nylas.email", autoGroup: true };
    const other = eu("Workspace", gathers);
    const us = (inputs = {}) => at("Workspace", "us", { ...gathers, ...inputs });
    stops(reviewed([other, us(), account()], [other, us(runs), account(), block]), "drains");
  });
});
