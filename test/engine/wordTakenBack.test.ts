import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import { cloudflare, held, open, program, route53, secondZone } from "./moving";
import { closeScenes, openScene, succeeded } from "./scene";

/** M4 once more: the word was of another day, and the change that would use it does not say it. */
describe("F3: forceDestroy that the very change takes back", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  it("does not let a mailbox be replaced", async () => {
    const { sim, stack, declare } = await openScene({});
    const text = (email: string, more: string) =>
      `new nylas.AgentAccount("bot", { email: "${email}@acme.nylas.email", displayName: "Bot"${more} });`;
    declare(text("bot", ", forceDestroy: true"));
    succeeded(await stack.up());
    sim.addMessage({ grant: "bot@acme.nylas.email", subject: "hello" });
    declare(text("bot2", ""));
    const { code, text: said } = await stack.up();
    assert.deepEqual(sim.state().lostMail, [], `up ended with ${code}:\n${said.slice(-1500)}`);
  });

  itInLongRun("does not let the records of a live domain go to a zone that nobody delegates to", async () => {
    const { sim, stack, declare, first } = await open();
    const other = secondZone(sim, "route53");
    declare(program(cloudflare(first), "forceDestroy: true"));
    succeeded(await stack.up());
    declare(program(route53(other.at)));
    const { code, text: said } = await stack.up();
    assert.equal(held(sim, first), 5, `up ended with ${code}:\n${said.slice(-1500)}`);
  });
});
