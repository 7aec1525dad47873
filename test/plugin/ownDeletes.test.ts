import assert from "node:assert/strict";
import { type Declared } from "./stack";
import { account, declare, openWorld, succeeded, workspace } from "./world";

const EMAIL = "bot@acme.nylas.email";

/** Milliseconds of the wall, most of a minute at the speed of these tests: as long may a read show what is gone. */
const LAG = 100;

/** R11: what this process has deleted stands before no other delete, however long a list or a read by id goes on to show it. */
describe("R11: a run knows what it has deleted itself, while every read still shows it", () => {
  const world = openWorld();
  const inbound = (name: string): Declared =>
    declare("Rule", name, {
      name,
      conditions: [{ field: "from.domain", is: `${name}.example` }],
      actions: ["markAsSpam"],
    });
  const brake = declare("Rule", "brake", {
    trigger: "outbound",
    match: "any",
    actions: ["block"],
    conditions: (of) => [{ field: "recipient.domain", inList: [of("senders").id] }],
  });
  const senders = declare("List", "senders", { type: "domain", items: ["spam.example"] });
  const left = () => {
    const { grants, rules, lists, workspaces } = world.sim.state();
    return [grants, rules, lists, workspaces.filter((each) => !each.default)].flatMap((each) =>
      each.map(({ id }) => id),
    );
  };

  for (const [what, program] of Object.entries<Declared[]>({
    "an account, and its workspace": [
      workspace("w"),
      account("bot", { email: EMAIL, workspaceId: (of) => of("w").id }),
    ],
    "a workspace, and a rule that it names": [
      inbound("spam"),
      workspace("w", { ruleIds: (of) => [of("spam").id] }),
    ],
    "a workspace, the rule that stops its sending, and the list that the rule looks into": [
      senders,
      brake,
      workspace("w", { ruleIds: (of) => [of("brake").id] }),
    ],
  }))
    it(`${what} go in one run`, async () => {
      const { sim, stack } = world;
      sim.configure({ readLagMs: LAG });
      succeeded(await stack.apply(program));
      // The lag of the creates is over, and a refresh has seen everything as it stands.
      await new Promise((done) => setTimeout(done, LAG));
      succeeded(await stack.refresh());
      await fetchAll();
      succeeded(await stack.destroy());
      assert.deepEqual(left(), []);
      assert.deepEqual(stack.state, []);
    });

  it("two rules of the default workspace that another hand has put there: the second one is taken out without the first one", async () => {
    const { sim, stack } = world;
    const own = [inbound("a"), inbound("b")];
    succeeded(await stack.apply(own));
    const { id: home } = sim
      .state()
      .workspaces.find((each) => each.default && each.application_id === sim.ids.application)!;
    sim.edit("workspace", home, { rule_ids: ["a", "b"].map((name) => stack.find(name).id) });
    sim.configure({ readLagMs: LAG });
    await fetchAll();
    succeeded(await stack.apply([]));
    assert.deepEqual(sim.state().rules, []);
    assert.deepEqual(sim.state().workspaces.find(({ id }) => id === home)?.rule_ids, []);
  });

  /** What every read shows from here on, as long as the lag lasts. */
  async function fetchAll(): Promise<void> {
    const { sim } = world;
    const { workspaces, grants, rules } = sim.state();
    const lists = [
      "grants?limit=200&offset=0",
      "grants?provider=nylas&limit=200&offset=0",
      "workspaces",
      "rules?limit=200",
      "lists?limit=200",
    ];
    const ids = Object.entries({ workspaces, grants, rules }).flatMap(([kind, all]) =>
      all.map(({ id }) => `${kind}/${id}`),
    );
    for (const path of [...lists, ...ids])
      await fetch(`${sim.url}/v3/${path}`, { headers: { authorization: `Bearer ${sim.keys.apiKey}` } });
  }
});
