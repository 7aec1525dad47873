import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import { changes, closeScenes, refused, type Scene, succeeded } from "./scene";
import { assertLive, DOMAIN, mailArrives, openLiveDomain, zoneOf } from "./liveDomain";

const TARGET = "inbound.us.mail.nylas-simulator.test";

const program = (adapter = "dns") => `
  const domain = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: ${adapter} });
  domain.mailbox("scheduling");
`;
const adopting = (ids: Record<string, string>) =>
  program(
    `cloudflareDns({ zoneId: process.env.ZONE_ID!, zoneName: "example.com", adopt: ${JSON.stringify(ids)} })`,
  );
const AGAIN = "this stack has made or adopted the record already";

describe("A15: a record that this stack holds is not adopted a second time", function () {
  this.timeout(600_000);
  afterEach(closeScenes);

  const idOf = ({ stack }: Scene, slot: string): string => stack.resource(`agents-${slot}`)!.id!;
  const standing = ({ sim }: Scene): string =>
    sim.putRecord("example.com", { type: "MX", name: DOMAIN, content: TARGET, priority: 10 });

  it("one that it has made: refused in the preview and in every up, and the way out costs nothing", async () => {
    const scene = await openLiveDomain(program());
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    declare(adopting({ mx: idOf(scene, "mx") }));
    refused(await stack.preview(), AGAIN, "Take the line away");
    refused(await stack.up("--continue-on-error"), AGAIN);
    await assertLive(sim, "up --continue-on-error");
    refused(await stack.up("--refresh"), AGAIN);
    await assertLive(sim, "up --refresh");
    for (const flags of [
      ["--target", "**agents-mx"],
      ["--exclude", "**DomainRecords**"],
    ]) {
      assert.equal(succeeded(await stack.up(...flags)).summary.import, undefined);
      await assertLive(sim, flags.join(" "));
    }
    refused(await stack.up(), AGAIN);
    await assertLive(sim, "up");
    declare(program());
    assert.deepEqual(changes(succeeded(await stack.up())), []);
    await assertLive(sim, "the line is taken away");
  });

  itInLongRun(
    "one that it has adopted: the line stays, goes, and is refused when it comes back",
    async () => {
      const scene = await openLiveDomain(program());
      const { sim, stack, declare } = scene;
      const mx = standing(scene);
      declare(adopting({ mx }));
      assert.equal(succeeded(await stack.up()).summary.import, 1);
      assert.deepEqual(changes(succeeded(await stack.up())), [], "the line stays");
      declare(program());
      assert.deepEqual(changes(succeeded(await stack.up())), [], "the line goes");
      succeeded(await stack.refresh());
      declare(adopting({ mx }));
      refused(await stack.up(), AGAIN);
      await assertLive(sim, "the line comes back");
      declare(program());
      assert.deepEqual(changes(succeeded(await stack.up())), []);
    },
  );

  itInLongRun(
    "one that stood before is adopted after the first run has failed, also with a mistyped id and a refresh",
    async () => {
      const scene = await openLiveDomain(program());
      const { sim, stack, declare } = scene;
      const mx = standing(scene);
      refused(await stack.up(), "An identical record already exists");
      succeeded(await stack.refresh());
      declare(adopting({ mx: "0".repeat(32) }));
      refused(await stack.up());
      declare(adopting({ mx }));
      assert.equal(succeeded(await stack.up()).summary.import, 1);
      await assertLive(sim, "adopted");
      assert.deepEqual(changes(succeeded(await stack.up())), []);
      assert.equal(idOf(scene, "mx"), mx);
      declare(program());
      succeeded(await stack.up());
      declare(adopting({ mx }));
      refused(await stack.up(), AGAIN);
      await assertLive(sim, "adopted again");
    },
  );

  itInLongRun(
    "what a customer has published is adopted when the stack takes over from a zone file, and not again",
    async () => {
      const scene = await openLiveDomain(program("nylas.zoneFile()"));
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      const mx = standing(scene);
      declare(adopting({ mx }));
      assert.equal(succeeded(await stack.up()).summary.import, 1);
      await assertLive(sim, "adopted");
      declare(program());
      succeeded(await stack.up());
      succeeded(await stack.refresh());
      declare(adopting({ mx }));
      refused(await stack.up(), AGAIN);
      await assertLive(sim, "adopted again");
    },
  );

  itInLongRun(
    "what was made after a zone file is this stack's own as well, whatever a refresh finds",
    async () => {
      const scene = await openLiveDomain(program("nylas.zoneFile()"));
      const { sim, stack, declare } = scene;
      succeeded(await stack.up());
      declare(program());
      succeeded(await stack.up());
      succeeded(await stack.refresh());
      declare(adopting({ mx: idOf(scene, "mx") }));
      refused(await stack.up(), AGAIN);
      await assertLive(sim, "adopted");
    },
  );

  itInLongRun("A12: a move with --exclude, and the old records adopted on the way back", async () => {
    const scene = await openLiveDomain(program());
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    const ids = Object.fromEntries(
      ["ownership", "spf", "mx", "dkim", "feedback"].map((slot) => [slot, idOf(scene, slot)]),
    );
    const second = sim.seed({ kind: "zone", name: "example.com", vendor: "cloudflare" });
    declare(program(`cloudflareDns({ zoneId: "${second}", zoneName: "example.com" })`));
    refused(await stack.up("--exclude", "**DomainRecords**", "--exclude", "**DomainVerification**"));
    declare(adopting(ids));
    refused(await stack.up(), "this stack has made or adopted the records already");
    assert.ok(await mailArrives(sim), zoneOf(sim).join(", "));
    declare(program());
    succeeded(await stack.up());
    await assertLive(sim, "the way back");
  });
});
