import assert from "node:assert/strict";
import { sendFrom } from "../sending";
import { argumentsIn } from "../remedies/pasted";
import { type Declared, type Input, type Report } from "./stack";
import {
  account,
  declare,
  domain,
  domainRecords,
  domainVerification,
  done,
  lostMail,
  openWorld,
  policy,
  publish,
  refused,
  standing,
  succeeded,
  workspace,
} from "./world";

const A = "a@acme.nylas.email";
const DOMAIN = "agents.example.com";
const textOf = ({ errors }: Report) => errors.map(({ message }) => message).join("\n");

/** What somebody else has deleted or set, and the way on that the message prints: applied to its end. See also remedies.test.ts. */
describe("the remedy that a message prints for what was changed elsewhere", function () {
  this.timeout(120_000);
  const world = openWorld();
  const refreshed = async (program: Declared[]) => {
    succeeded(await world.stack.refresh());
    succeeded(await world.stack.apply(program));
    assert.deepEqual(done(succeeded(await world.stack.apply(program))), []);
  };

  describe("pulumi refresh, then pulumi up:", () => {
    const chain = (edit: Record<string, Record<string, Input>> = {}): Declared[] => [
      domain("domain", { domainName: DOMAIN, ...edit["domain"] }),
      domainRecords("records", {
        domainId: (of) => of("domain").id,
        domainName: DOMAIN,
        publishedAt: "zone file",
        ...edit["records"],
      }),
      domainVerification("verified", {
        domainId: (of) => of("domain").id,
        domainName: DOMAIN,
        records: (of) => of("records").records,
        wait: false,
        ...edit["verified"],
      }),
    ];
    const edits: [string, string, Record<string, Record<string, Input>>][] = [
      ["is edited", "is gone; run pulumi refresh", { domain: { name: "Other" } }],
      ["is published elsewhere", "is gone; run pulumi refresh", { records: { publishedAt: "own" } }],
      ["is verified again", "any more; run pulumi refresh", { verified: { purposes: ["mx", "spf"] } }],
    ];
    for (const [how, said, edit] of edits)
      it(`a domain that is gone and ${how} is registered anew and verified`, async () => {
        const { sim, stack } = world;
        succeeded(await stack.apply(chain()));
        const { id } = stack.find("domain");
        sim.remove("domain", id);
        refused(await stack.apply(chain(edit)), said);
        succeeded(await stack.refresh());
        succeeded(await stack.apply(chain(edit)));
        publish(sim, stack.find("records").outputs.records);
        succeeded(await stack.apply(chain(edit)));
        assert.notEqual(stack.find("domain").id, id);
        assert.equal(stack.find("verified").outputs.status, "verified");
        assert.deepEqual(standing(sim), [`domain ${DOMAIN}`]);
      });

    const kinds: [string, string, string, (edited: boolean) => Declared][] = [
      [
        "Policy",
        "policy",
        "policies",
        (edited) => policy("x", { name: "X", limits: { dailySends: edited ? 6 : 5 } }),
      ],
      ["Workspace", "workspace", "workspaces", (edited) => workspace("x", { name: edited ? "Y" : "X" })],
      [
        "List",
        "list",
        "lists",
        (edited) =>
          declare("List", "x", { name: "X", type: "tld", items: edited ? ["zip", "mov"] : ["zip"] }),
      ],
      [
        "Rule",
        "rule",
        "rules",
        (edited) =>
          declare("Rule", "x", {
            name: "X",
            conditions: [{ field: "from.domain", is: "spam.example" }],
            actions: [edited ? "trash" : "block"],
          }),
      ],
      [
        "Webhook",
        "webhook",
        "webhooks",
        (edited) =>
          declare("Webhook", "x", {
            url: "https://hooks.example.com/nylas",
            triggers: ["message.created"],
            name: edited ? "Y" : "X",
          }),
      ],
    ];
    for (const [kind, object, many, declared] of kinds)
      it(`a ${kind} that is gone when it is edited is made anew, as it is declared now`, async () => {
        const { sim, stack } = world;
        sim.configure({ publicWebhooks: "assume" });
        succeeded(await stack.apply([declared(false)]));
        const { id } = stack.find("x");
        sim.remove(object as "policy", id);
        refused(await stack.apply([declared(true)]), "is gone; run pulumi refresh, then pulumi up");
        await refreshed([declared(true)]);
        assert.notEqual(stack.find("x").id, id);
        const there = sim.state()[many as "policies"].filter((each) => each.id === stack.find("x").id);
        assert.equal(there.length, 1);
      });

    const moving = (to?: string): Declared[] => [
      policy("p", { name: "P", limits: { inboxRetentionDays: 300 } }),
      workspace("home", { name: "Home", policyId: (of) => of("p").id }),
      workspace("away", { name: "Away", policyId: (of) => of("p").id }),
      account("a", { email: A, workspaceId: (of) => of(to ?? "home").id }),
    ];
    it("a workspace that is gone is made anew, and the account moves into it with its mail", async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(moving()));
      sim.addMessage({ grant: A, subject: "keep me" });
      sim.remove("workspace", stack.find("away").id);
      refused(await stack.apply(moving("away")), "there is no workspace", "pulumi refresh, then pulumi up");
      await refreshed(moving("away"));
      const [grant] = sim.state().grants;
      assert.equal(grant!.workspace_id, stack.find("away").id);
      assert.deepEqual(lostMail(sim), []);
    });

    it("a policy that is gone is made anew, and its workspace names the new one", async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(moving()));
      sim.remove("policy", stack.find("p").id);
      await refreshed(moving());
      const [made] = sim.state().policies;
      const home = sim.state().workspaces.find(({ name }) => name === "Home")!;
      assert.deepEqual([made!.id, home.policy_id], [stack.find("p").id, stack.find("p").id]);
    });

    const blocking = (more: Record<string, Input> = {}): Declared[] => [
      ...["one", "two"].map((name) =>
        declare("Rule", name, {
          name,
          conditions: [{ field: "from.domain", is: `${name}.example` }],
          actions: ["block"],
        }),
      ),
      workspace("w", { name: "W", ruleIds: [(of) => of("one").id], ...more }),
      account("a", { email: A, workspaceId: (of) => of("w").id }),
    ];
    const both: Record<string, Input> = { ruleIds: [(of) => of("one").id, (of) => of("two").id] };
    it("a rule that is gone is made anew, and blocks again", async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(blocking()));
      sim.remove("rule", stack.find("one").id);
      refused(
        await stack.apply(blocking(both)),
        "A rule that ruleIds names was deleted",
        "pulumi refresh, then pulumi up",
      );
      await refreshed(blocking(both));
      sim.receive({ grant: A, from: "x@one.example", subject: "unwanted" });
      assert.deepEqual(sim.state().messages, []);
    });

    it("a smoke test whose account is gone passes once the account is made anew, with the word that the next message prints", async () => {
      const { sim, stack } = world;
      const program = (round: string, word: Record<string, Input> = {}): Declared[] => [
        account("a", { email: A, ...word }),
        account("b", { email: "b@acme.nylas.email" }),
        declare("SmokeTest", "smoke", {
          accounts: [(of) => of("b").id],
          sender: (of) => of("a").id,
          rerunWhenChanged: { round },
        }),
      ];
      succeeded(await stack.apply(program("1")));
      sim.remove("grant", stack.find("a").id);
      refused(
        await stack.apply(program("2")),
        "smoke test: there is no account",
        "pulumi refresh, then pulumi up",
      );
      succeeded(await stack.refresh());
      const said = textOf(refused(await stack.apply(program("2")), "was deleted outside Pulumi"));
      const word = argumentsIn(
        said,
        /until that is said: (allowMailLoss: true) on the account/,
        (snippet) => `new nylas.AgentAccount("x", { email: "x@acme.nylas.email", ${snippet} });`,
      );
      succeeded(await stack.apply(program("2", word)));
      assert.equal(sim.state().messages.filter(({ folder }) => folder === "inbox").length, 1);
    });

    it("an account of which it was not known whether its workspace is paused does not send", async () => {
      const { sim, stack } = world;
      const program = (...names: string[]): Declared[] => [
        declare("Rule", "brake", {
          trigger: "outbound",
          match: "any",
          actions: ["block"],
          includeMembers: true,
          conditions: [{ field: "from.address", is: A }],
        }),
        workspace("w", {
          domainName: "acme.nylas.email",
          autoGroup: true,
          ruleIds: [(of) => of("brake").id],
        }),
        ...names.map((name) => account(name, { email: `${name}@acme.nylas.email` })),
      ];
      succeeded(await stack.apply(program("a")));
      // The look before the create sees no workspace that groups, and the one after it is refused.
      sim.addFault({ method: "GET", path: "^/v3/workspaces$", kind: "empty", times: "always" });
      const path = `/v3/workspaces/${stack.find("w").id}$`;
      sim.addFault({ method: "GET", path, kind: "status", status: 403, times: "always" });
      const report = succeeded(await stack.apply(program("a", "b")));
      assert.match(report.warnings.join("\n"), /It is not known whether its workspace has paused sending/);
      sim.clearFaults();
      await refreshed(program("a", "b"));
      for (const { email } of sim.state().grants) assert.equal(await sendFrom(sim, email), 403);
    });
  });

  it("another stack's pause stays, with its rule among ruleIds", async () => {
    const { sim, stack } = world;
    const program = (ruleIds: Input[]): Declared[] => [
      declare("Rule", "spam", {
        name: "spam",
        conditions: [{ field: "from.domain", is: "spam.example" }],
        actions: ["block"],
      }),
      workspace("w", { name: "W", ruleIds }),
    ];
    const spam: Input = (of) => of("spam").id;
    succeeded(await stack.apply(program([])));
    const pause = sim.seed({
      kind: "rule",
      name: "theirs",
      trigger: "outbound",
      match: {
        operator: "all",
        conditions: [{ field: "from.domain", operator: "is", value: "acme.nylas.email" }],
      },
      actions: [{ type: "block" }],
    } as Parameters<typeof sim.seed>[0]);
    sim.edit("workspace", stack.find("w").id, { rule_ids: [pause] });
    const said = textOf(refused(await stack.apply(program([spam])), "which this resource has not set"));
    const id = /Add ("[^"]+") to ruleIds/.exec(said)?.[1];
    assert.ok(id, said);
    succeeded(await stack.apply(program([spam, JSON.parse(id) as string])));
    const { rule_ids: ruleIds } = sim.state().workspaces.find(({ name }) => name === "W")!;
    assert.deepEqual([...ruleIds!].sort(), [pause, stack.find("spam").id].sort());
  });

  it("two keys in each other's place work when they are swapped", async () => {
    const { stack, sim } = world;
    const { "nylas:apiKey": apiKey, "nylas:organizationKey": organizationKey } = world.config;
    const program = [policy("p", { name: "P" }), domain("d", { domainName: DOMAIN, name: "D" })];
    stack.config = { ...world.config, "nylas:apiKey": organizationKey!, "nylas:organizationKey": apiKey! };
    const said = textOf(refused(await stack.apply(program, { continueOnError: true })));
    const [, first, second] =
      /swap them: (nylas:\w+) of the stack configuration takes the application's key, (nylas:\w+) of the stack configuration the organization's/.exec(
        said,
      ) ?? [];
    stack.config = { ...world.config, [first!]: apiKey!, [second!]: organizationKey! };
    succeeded(await stack.apply(program));
    assert.deepEqual(standing(sim), [`domain ${DOMAIN}`, "policy P"]);
  });
});
