import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import { changes, closeScenes, mailbox, refused, type Scene, succeeded } from "./scene";
import { assertLive, DOMAIN, openLiveDomain } from "./liveDomain";

const EMAIL = `scheduling@${DOMAIN}`;
const program = (more = "", adapter = "dns") => `
  const domain = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: ${adapter}, ${more} });
  new nylas.AgentAccount("scheduling", { email: domain.mailbox("scheduling"), displayName: "Scheduling" });
`;

describe("C5: a domain that was deleted and registered again in the Dashboard keeps its served records", function () {
  this.timeout(600_000);
  let scene: Scene;
  let again: string;
  before(async () => {
    scene = await openLiveDomain(program());
    const { sim, stack } = scene;
    succeeded(await stack.up());
    sim.addMessage({ grant: EMAIL, subject: "an order" });
    sim.remove("domain", sim.state().domains.find((each) => each.domain_address === DOMAIN)!.id);
    again = sim.seed({ kind: "domain", address: DOMAIN, verified: true });
  });
  after(closeScenes);

  const assertWhole = async (why: string): Promise<void> => {
    await assertLive(scene.sim, why);
    assert.deepEqual(mailbox(scene.sim, EMAIL)?.subjects, ["an order"], why);
  };

  it("through a refresh, a destroy, and an up without the lines", async () => {
    const { stack, declare } = scene;
    const refresh = succeeded(await stack.refresh());
    assert.ok(refresh.text.includes(again), refresh.text);
    for (const destroy of [await stack.destroy(), await stack.destroy("--continue-on-error")])
      refused(destroy);
    await assertWhole("destroy");
    declare(`new nylas.AgentAccount("scheduling", { email: "${EMAIL}", displayName: "Scheduling" });`);
    for (const up of [await stack.up(), await stack.up("--continue-on-error")]) refused(up, again);
    await assertWhole("up without the lines");
  });

  itInLongRun(
    "C5b: the error names the way on, an adopt line for a record does no harm, and the way on ends well",
    async () => {
      const { stack, declare } = scene;
      declare(program());
      refused(await stack.up(), `adopt: "${again}"`);
      declare(program("adopt: true"));
      refused(await stack.up(), `adopt: "${again}"`);
      await assertWhole("up");
      const mx = stack.resource("agents-mx")!.id!;
      const adopting = `cloudflareDns({ zoneId: process.env.ZONE_ID!, zoneName: "example.com", adopt: { mx: "${mx}" } })`;
      declare(program("adopt: true", adopting));
      await stack.up();
      await stack.up("--continue-on-error");
      await assertWhole("an adopt line");
      declare(program(`adopt: "${again}"`));
      succeeded(await stack.preview());
      succeeded(await stack.up());
      await assertWhole("adopted");
      assert.equal(stack.resource("agents-mx")!.id, mx);
      declare(program());
      // The domain gets the name that the program gives it.
      assert.deepEqual(changes(succeeded(await stack.up())), ["agents update"]);
      assert.deepEqual(changes(succeeded(await stack.up())), []);
      succeeded(await stack.refresh());
      succeeded(await stack.up());
      await assertWhole("the line is taken away");
      refused(await stack.destroy());
      await assertLive(scene.sim, "destroy asks as ever");
    },
  );
});
