import { strict as assert } from "node:assert";
import { assertLive, DOMAIN, openLiveDomain, zoneOf } from "./liveDomain";
import { itInLongRun } from "./longRun";
import { closeScenes, refused, succeeded, writesOf } from "./scene";

describe("M1: a domain that lost its records", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  const agents = (args = "") => `
    const agents = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns, ${args} });
    export const status = agents.status;`;
  const open = async () => {
    const scene = await openLiveDomain(agents());
    const { sim, stack } = scene;
    succeeded(await stack.up());
    const records = sim
      .state()
      .zones.flatMap((zone) => zone.records)
      .filter(({ type }) => type === "MX" || type === "TXT");
    // As an earlier release left it: the records deleted, then the domain kept.
    const state = await stack.export();
    const ofDomain = /:DnsRecord$|:DomainRecords$|:DomainVerification$/;
    state.deployment.resources = state.deployment.resources!.filter(({ type }) => !ofDomain.test(type));
    const file = stack.write("emptied.json", JSON.stringify(state));
    succeeded(await stack.run("stack", "import", "--file", file));
    return { ...scene, records };
  };

  it("is repaired by up: all five are published, its MX answers, and it is verified", async () => {
    const { sim, stack, records, zoneId } = await open();
    for (const { id } of records) sim.removeRecord(zoneId, id);
    assert.deepEqual(zoneOf(sim), []);
    sim.clearRequests();
    const repaired = succeeded(await stack.up());
    await assertLive(sim, repaired.text);
    assert.equal((await stack.outputs())["status"], "verified");
    assert.deepEqual(
      writesOf(sim).filter((write) => write.includes("/v3/")),
      [],
      "nothing was written at Nylas",
    );
    succeeded(await stack.up("--expect-no-changes"));
  });

  itInLongRun(
    "but whose records stand is asked for nothing; the printed shape of known compiles on AgentDomain",
    async () => {
      const { sim, stack, declare, records } = await open();
      const before = zoneOf(sim);
      const said = refused(
        await stack.up(),
        "is verified already",
        "on AgentDomain: known: { dkim: {",
        "on NylasDomainRecords: known:",
      );
      assert.deepEqual(zoneOf(sim), before);
      const shape = /on AgentDomain: known: (\{.*\} \})/.exec(said.text.replace(/\s+/g, " "))![1]!;
      const dkim = records.find(({ name }) => name.includes("_domainkey"))!;
      const known = shape
        .replace(/host: "[^"]*"/, `host: ${JSON.stringify(dkim.name)}`)
        .replace(/value: "[^"]*"/, `value: ${JSON.stringify(dkim.content)}`);
      // What stands is taken over by its id, as the message says, and nothing is written.
      assert.match(said.text.replace(/\s+/g, " "), /each by its id: adopt: \{ mx: "…", dkim: "…" \}/);
      const idOf = (test: (record: (typeof records)[number]) => boolean) => records.find(test)!.id;
      const adopt = {
        ownership: idOf(({ content }) => content.includes("nylas-ownership-verify")),
        spf: idOf(({ content }) => content.includes("v=spf1")),
        mx: idOf(({ type, name }) => type === "MX" && name === DOMAIN),
        dkim: dkim.id,
        feedback: idOf(({ type, name }) => type === "MX" && name !== DOMAIN),
      };
      const adopting = `cloudflareDns({ zoneId: process.env.ZONE_ID!, zoneName: "example.com", adopt: ${JSON.stringify(adopt)} })`;
      const printed = known.replace(/\} - on.*$/, "}");
      declare(agents(`known: ${printed},`).replace(", dns,", `, dns: ${adopting},`));
      sim.clearRequests();
      succeeded(await stack.up());
      assert.deepEqual(zoneOf(sim), before);
      const standing = sim.state().zones.flatMap((zone) => zone.records);
      for (const { id, content } of records)
        assert.equal(standing.find((each) => each.id === id)?.content, content, "the very records go on");
      assert.equal((await stack.outputs())["status"], "verified");
      declare(agents(`known: ${printed},`));
      succeeded(await stack.up());
      assert.deepEqual(zoneOf(sim), before);
      await assertLive(sim, "after the remedy");
    },
  );

  itInLongRun(
    "is not repaired blindly: with the DNS out of reach it is refused, and Nylas is asked for nothing",
    async () => {
      const { sim, stack, records, zoneId } = await open();
      for (const { id } of records) sim.removeRecord(zoneId, id);
      stack.env["NYLAS_DNS_SERVERS"] = "127.0.0.1:1";
      sim.clearRequests();
      refused(await stack.up(), "is verified already", "could not be asked");
      assert.ok(!sim.requests.some(({ path }) => path.endsWith("/info")));
      assert.deepEqual(zoneOf(sim), []);
    },
  );
});
