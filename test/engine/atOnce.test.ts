import { strict as assert } from "node:assert";
import { closeScenes, mailbox, openScene, refused, type Scene, succeeded } from "./scene";

/**
 * G3: Nylas takes the second create of an address for a sign-in to the first account. No list shows what was made in
 * the same moment.
 */
describe("G3: two stacks that make one mailbox at the same moment", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const EMAIL = "bot@acme.nylas.email";
  const program = (name: string) => `
    const workspace = new nylas.NylasWorkspace("${name}");
    new nylas.AgentAccount("bot", { email: "${EMAIL}", workspaceId: workspace.id });`;

  it("never both hold it, and what is refused goes on when the other one has ended without it", async () => {
    const first = await openScene({ program: program("first"), stack: "first" });
    const second = await openScene({ program: program("second"), stack: "second", beside: first.sim });
    const { sim } = first;
    // The folders and files that a first command makes.
    for (const { stack } of [first, second]) succeeded(await stack.preview());
    sim.configure({ latencyMs: 400 });
    const results = await Promise.all([first.stack.up(), second.stack.up()]);
    sim.configure({ latencyMs: 0 });

    const holds = ({ stack }: Scene) => stack.resource("bot") !== undefined;
    const holders = () => [first, second].filter(holds);
    assert.ok(holders().length <= 1, "both states hold one mailbox");
    for (const [i, { stack }] of [first, second].entries())
      if (!holds({ stack } as Scene)) refused(results[i]!, EMAIL);

    // Where both were refused, the next one to run makes it.
    const owner = holders()[0] ?? first;
    const other = owner === first ? second : first;
    succeeded(await owner.stack.up());
    refused(await other.stack.up(), `${EMAIL} (id `, "exists already");
    assert.equal(sim.state().grants.length, 1);
    assert.equal(owner.stack.resource("bot")!.id, mailbox(sim, EMAIL)!.id);

    succeeded(await owner.stack.destroy());
    succeeded(await other.stack.up());
    assert.equal(other.stack.resource("bot")!.id, mailbox(sim, EMAIL)!.id);
  });
});
