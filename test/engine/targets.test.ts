import { strict as assert } from "node:assert";
import { itInLongRun, itOrdinarilyIf } from "./longRun";
import { closeScenes, mailbox, refused, type Scene, succeeded } from "./scene";
import { assertLive, DOMAIN, mailArrives, openLiveDomain, zoneOf } from "./liveDomain";

interface Edit {
  domainName?: string;
  dns?: string;
  hosts?: string;
}

const program = ({ domainName = DOMAIN, dns = "dns", hosts = "" }: Edit = {}) => `
  const domain = new nylas.AgentDomain("agents", { domainName: "${domainName}", dns: ${dns}, ${hosts} });
  new nylas.AgentAccount("scheduling", { email: "scheduling@${DOMAIN}" }, { dependsOn: [domain] });
`;

/** Every way to name the records and nothing of ours. */
const RECORDS_ALONE = ["--target", "**DnsRecord**"];
const DEPENDENTS_TOO = [...RECORDS_ALONE, "--target-dependents"];
const WITHOUT_OURS = [
  "--exclude",
  "**DomainRecords**",
  "--exclude",
  "**DomainVerification**",
  "--exclude",
  "**Domain::**",
];

describe("a live domain keeps its records when --target names the records alone", function () {
  this.timeout(400_000);
  let scene: Scene & { zoneId: string };
  let second: string;
  before(async () => {
    scene = await openLiveDomain(program());
    const { sim, stack } = scene;
    succeeded(await stack.up());
    sim.addMessage({ grant: `scheduling@${DOMAIN}`, subject: "an order" });
    second = sim.seed({ kind: "zone", name: "example.com", vendor: "cloudflare" });
  });
  after(closeScenes);

  const edits = {
    "another zone": () => ({ dns: `cloudflareDns({ zoneId: "${second}", zoneName: "example.com" })` }),
    "another domain": () => ({ domainName: "agents2.example.com" }),
    "another zone under new names": () => ({
      dns: `cloudflareDns({ zoneId: "${second}", nameSuffix: "new" })`,
    }),
    "no vendor": () => ({ dns: "nylas.zoneFile()" }),
  };
  for (const [name, edit] of Object.entries(edits)) {
    const flagsOf = name === "another zone" ? [RECORDS_ALONE, DEPENDENTS_TOO, WITHOUT_OURS] : [RECORDS_ALONE];
    for (const flags of flagsOf) {
      itOrdinarilyIf(name === "another zone", `${name} (${flags.join(" ")})`, async () => {
        const { sim, stack, declare } = scene;
        declare(program(edit()));
        await stack.up(...flags);
        const before = zoneOf(sim).filter((record) => record.endsWith(DOMAIN));
        assert.ok(await mailArrives(sim), "the MX answers");
        assert.ok(before.length >= 5, before.join(", "));
        assert.deepEqual(mailbox(sim, `scheduling@${DOMAIN}`)?.subjects, ["an order"]);
        declare(program());
        succeeded(await stack.up());
        await assertLive(sim, "after going back");
      });
    }
  }

  itInLongRun("a removed domain", async () => {
    const { sim, stack, declare } = scene;
    declare(`new nylas.AgentAccount("scheduling", { email: "scheduling@${DOMAIN}" });`);
    for (const flags of [RECORDS_ALONE, DEPENDENTS_TOO]) {
      await stack.up(...flags);
      await assertLive(sim, flags.join(" "));
    }
  });

  it("a destroy", async () => {
    const { sim, stack } = scene;
    for (const flags of [RECORDS_ALONE, DEPENDENTS_TOO]) {
      refused(await stack.destroy(...flags));
      await assertLive(sim, flags.join(" "));
    }
  });

  itInLongRun("the error says what to do, and the whole run is refused as well", async () => {
    const { sim, stack, declare } = scene;
    for (const [name, edit] of Object.entries(edits).slice(0, 2)) {
      declare(program(edit()));
      for (const operation of [stack.preview(...RECORDS_ALONE), stack.up(...RECORDS_ALONE)])
        refused(await operation, "Run pulumi up without --target and --exclude");
      refused(await stack.up());
      await assertLive(sim, name);
    }
  });
});
