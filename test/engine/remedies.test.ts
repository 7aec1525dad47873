import { strict as assert } from "node:assert";
import { argumentsIn, programs } from "../remedies/pasted";
import { typeErrorsOf } from "../remedies/compiled";
import { assertLive, DOMAIN, openLiveDomain } from "./liveDomain";
import { itInLongRun } from "./longRun";
import { closeScenes, refused, succeeded } from "./scene";

/** Remedies of the components, which need the engine and a vendor's records. The others: test/plugin/remedies.test.ts. */
describe("the remedy that a message prints, on an AgentDomain", function () {
  this.timeout(300_000);
  afterEach(closeScenes);
  after(() => assert.deepEqual(typeErrorsOf(programs), []));

  const inAgentDomain = (snippet: string) =>
    `new nylas.AgentDomain("x", { domainName: "x.example.com", dns: nylas.zoneFile(), ${snippet} });`;
  const inAdapter = (snippet: string) =>
    `cloudflareDns({ zoneId: "z", zoneName: "example.com", ${snippet} });`;

  it("serves two senders by one SPF record: merged in the zone, declared, and taken over by its id", async () => {
    const agents = (args: string, dns = "dns") => `
      const agents = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: ${dns}, ${args} });
      export const status = agents.status;`;
    const { sim, stack, declare, zoneId } = await openLiveDomain(agents(""));
    const others = "v=spf1 include:other.example -all";
    // What the two texts include has to be there, or no merge would work.
    for (const [zone, name] of [
      ["nylas-simulator.test", "spf.us.mail.nylas-simulator.test"],
      ["other.example", "other.example"],
    ] as const) {
      sim.seed({ kind: "zone", name: zone });
      sim.putRecord(zone, { type: "TXT", name, content: '"v=spf1 ip4:192.0.2.0/24 -all"' });
    }
    const spf = sim.putRecord("example.com", { type: "TXT", name: DOMAIN, content: `"${others}"` });
    const { text } = refused(await stack.up(), `${DOMAIN} already has an SPF record`);
    const merged = /One record has to serve both:\s+(v=spf1 .* -all|v=spf1 .*[~?]all)\s/.exec(text)?.[1];
    assert.ok(merged?.includes("include:other.example"), text);
    const { known } = argumentsIn(
      text.replace(/\s*\n\s+/g, " "),
      /declare it \((known: \{ spf: \{ [^}]*\} \}) of/,
      inAgentDomain,
    );
    const { adopt } = argumentsIn(
      text.replace(/\s*\n\s+/g, " "),
      /taken over \((adopt: \{ spf: "[^"]*" \}) of/,
      inAdapter,
    );
    assert.deepEqual([Object.keys(known as object), Object.keys(adopt as object)], [["spf"], ["spf"]]);

    // As the message says: the text in the zone, then known, then adopt.
    sim.removeRecord("example.com", spf);
    const id = sim.putRecord("example.com", { type: "TXT", name: DOMAIN, content: `"${merged}"` });
    const shape = `known: { spf: { ...${JSON.stringify((known as { spf: object }).spf)}, value: ${JSON.stringify(merged)} } }`;
    const adopting = `cloudflareDns({ zoneId: "${zoneId}", zoneName: "example.com", adopt: { spf: "${id}" } })`;
    declare(agents(shape, adopting));
    succeeded(await stack.up());
    const spfs = () =>
      sim
        .state()
        .zones.flatMap(({ records }) => records)
        .filter(({ name, content }) => name === DOMAIN && content.includes("v=spf1"));
    assert.deepEqual(
      spfs().map((each) => [each.id, each.content.replaceAll('"', "")]),
      [[id, merged]],
    );
    assert.equal((await stack.outputs())["status"], "verified");
    declare(agents(shape));
    succeeded(await stack.up());
    assert.equal(spfs().length, 1);
    await assertLive(sim, "after the remedy");
  });

  itInLongRun("takes a domain as it is registered with the word", async () => {
    const apex = (args = "") => `new nylas.AgentDomain("apex", { domainName: "example.com", dns, ${args} });`;
    const { sim, stack, declare } = await openLiveDomain(apex());
    const { text } = refused(await stack.preview(), "is a domain as it is registered");
    argumentsIn(text.replace(/\s*\n\s+/g, " "), /say (allowApex: true)/, inAgentDomain);
    declare(apex("allowApex: true"));
    succeeded(await stack.up());
    const mx = sim
      .state()
      .zones.flatMap(({ records }) => records)
      .filter(({ type, name }) => type === "MX" && name === "example.com");
    assert.equal(mx.length, 1);
  });
});
