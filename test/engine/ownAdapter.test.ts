import { assertMailArrives, DOMAIN, EMAIL, held, type Moving, open, secondZone } from "./moving";
import { itInLongRun, itOrdinarilyIf } from "./longRun";
import { closeScenes, mailbox, refused, succeeded } from "./scene";
import { strict as assert } from "node:assert";

/** A DnsAdapter of the program's own, which names its resources as its documentation says, and may take the package's place. */
describe("records of an adapter of the program's own", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const program = (dns: string) => `
    import { cloudflareDns } from "pulumi-nylas/cloudflare";
    import { DnsRecord } from "@pulumi/cloudflare";
    const own = (zone, more = {}) => ({
      kind: "mine",
      waitByDefault: true,
      publish: ({ component, records, options }) => records.map((record) => new DnsRecord(component + "-" + record.slot + (more.suffix ?? ""), {
        zoneId: zone, ttl: 300, type: record.type, name: record.name,
        content: record.type === "TXT" ? pulumi.output(record.value).apply((value: string) => JSON.stringify(value)) : record.value,
        ...(record.type === "MX" ? { priority: record.priority } : {}),
      }, options)),
      ...more,
    });
    const domain = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: ${dns} });
    new nylas.AgentAccount("scheduling", { email: domain.mailbox("scheduling"), displayName: "Scheduling" });
  `;
  const opened = async (dns: (first: string) => string): Promise<Moving & { second: string }> => {
    const moving = await open();
    const second = secondZone(moving.sim, "cloudflare").at;
    moving.declare(program(dns(moving.first)));
    succeeded(await moving.stack.up());
    moving.sim.addMessage({ grant: EMAIL, subject: "hello" });
    return { ...moving, second };
  };
  const assertStands = async ({ sim, first }: Moving, text: string) => {
    assert.equal(held(sim, first), 5, text);
    await assertMailArrives(sim);
    assert.deepEqual(mailbox(sim, EMAIL)?.subjects, ["hello"], text);
  };
  const spread = (zone: string) =>
    `{ ...nylas.zoneFile(), waitByDefault: true, publish: own("${zone}").publish }`;

  const moves: [what: string, from: (zone: string) => string, to: (zone: string) => string][] = [
    [
      "another zone of its own",
      (zone) => `own("${zone}", { place: "mine:${zone}" })`,
      (zone) => `own("${zone}", { place: "mine:${zone}" })`,
    ],
    ["the package's adapter", (zone) => `own("${zone}")`, (zone) => `cloudflareDns({ zoneId: "${zone}" })`],
    [
      "one that takes the package's place",
      (zone) => `cloudflareDns({ zoneId: "${zone}" })`,
      (zone) => `own("${zone}")`,
    ],
    [
      "the package's adapter, from one made of zoneFile()",
      spread,
      (zone) => `cloudflareDns({ zoneId: "${zone}" })`,
    ],
  ];
  for (const [index, [what, from, to]] of moves.entries())
    itOrdinarilyIf(
      index % 3 === 0,
      `stand while they would become those of ${what}, under the names that they have`,
      async () => {
        const moving = await opened(from);
        const { stack, declare, second } = moving;
        declare(program(to(second)));
        for (const flags of [[], ["--continue-on-error"], ["--target", "**DnsRecord**"]]) {
          const { text } = refused(await stack.up(...flags), "under the names that they have as resources");
          await assertStands(moving, text);
        }
        declare(program(from(moving.first)));
        succeeded(await stack.up());
        await assertStands(moving, "taken back");
      },
    );

  itInLongRun("move under other names as ever", async () => {
    const moving = await opened((zone) => `own("${zone}", { place: "mine:${zone}" })`);
    const { sim, stack, declare, second } = moving;
    declare(program(`own("${second}", { place: "mine:${second}", suffix: "-new" })`));
    for (let i = 0; i < 2; i++) await assertStands(moving, refused(await stack.up(), "still served by").text);
    sim.setDelegation("example.com", sim.state().zones.find(({ id }) => id === second)!.nameServers);
    succeeded(await stack.up());
    await assertMailArrives(sim);
    assert.equal(held(sim, moving.first), 0);
  });

  it("of an adapter made of zoneFile() are guarded: they outlive a destroy, and a foreign MX is not published beside", async () => {
    const moving = await opened(spread);
    await assertStands(moving, (await moving.stack.destroy("--continue-on-error")).text);
    const other = await open();
    const { sim, stack, declare, first } = other;
    sim.putRecord("example.com", {
      type: "MX",
      name: DOMAIN,
      content: "mail.elsewhere.example",
      priority: 5,
    });
    declare(program(spread(first)));
    refused(await stack.up(), "mail.elsewhere.example");
    assert.equal(held(sim, first), 1);
  });
});
