import { strict as assert } from "node:assert";
import { argumentsIn, programs } from "../remedies/pasted";
import { typeErrorsOf } from "../remedies/compiled";
import {
  assertLive,
  DOMAIN,
  mailArrives,
  openLiveDomain,
  pastedRecords,
  withRoute53,
  zoneOf,
} from "./liveDomain";
import { itInLongRun } from "./longRun";
import { closeScenes, openScene, refused, succeeded } from "./scene";

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

  itInLongRun(
    "serves another sender in a set of Route 53: out of existing, declared, merged in the zone, and taken over",
    async () => {
      const scene = withRoute53(await openLiveDomain(""));
      const { sim, stack, declare, hostedZone } = scene;
      const others = "v=spf1 ip4:192.0.2.1 -all";
      sim.seed({ kind: "zone", name: "nylas-simulator.test" });
      sim.putRecord("nylas-simulator.test", {
        type: "TXT",
        name: "spf.us.mail.nylas-simulator.test",
        content: "v=spf1 ip4:192.0.2.0/24 -all",
      });
      const old = sim.putRecord("example.com", { type: "TXT", name: DOMAIN, content: others });
      const agents = (adapter: string, args = "") => `
      const agents = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}",
        dns: route53Dns({ zoneId: "${hostedZone}", ${adapter} }), ${args} });
      export const status = agents.status;`;
      const plain = (text: string) => text.replace(/\s*\n\s+/g, " ");

      declare(agents(`existing: [${JSON.stringify(others)}]`));
      const first = refused(await stack.preview(), "is an SPF record, and a name may have only one");
      const { known } = argumentsIn(
        plain(first.text),
        /both senders: (known: \{ spf: \{ value: "[^"]*" \} \})/,
        inAgentDomain,
      ) as { known: { spf: { value: string } } };
      declare(agents(""));
      const { text } = refused(await stack.up(), `${DOMAIN} already has an SPF record`);
      const merged = /One record has to serve both:\s+(v=spf1 .*all)\s/.exec(text)?.[1] ?? "";
      assert.ok(merged.includes("ip4:192.0.2.1"), text);
      sim.removeRecord("example.com", old);
      sim.putRecord("example.com", { type: "TXT", name: DOMAIN, content: merged });
      known.spf.value = merged;
      const declared = `known: ${JSON.stringify(known)}`;
      assert.match(plain(text), /taken over \(adopt: \{ spf: "…" \} of the DNS adapter\)/);
      declare(agents("adopt: { spf: true }", declared));
      succeeded(await stack.up());
      declare(agents("", declared));
      succeeded(await stack.up());
      const texts = sim
        .state()
        .zones.flatMap(({ records }) => records)
        .filter(({ type, name }) => type === "TXT" && name === DOMAIN)
        .map(({ content }) => content.replaceAll('"', ""));
      assert.deepEqual(
        texts.filter((each) => each.startsWith("v=spf1")),
        [merged],
      );
      assert.equal(texts.length, 2, texts.join("\n"));
      assert.equal((await stack.outputs())["status"], "verified");
      assert.ok(await mailArrives(sim));
    },
  );

  itInLongRun(
    "keeps what stands beside each record: declared as printed, and taken over by its id",
    async () => {
      const agents = (dns: string, args = "") => `
      const agents = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: ${dns}, adopt: true,
        dmarc: "v=DMARC1; p=reject", purposes: ["ownership", "mx", "spf", "feedback"], ${args} });
      export const status = agents.status;`;
      const { sim, stack, declare, zoneId } = await openLiveDomain("");
      const pasted = await pastedRecords(sim);
      const hostOf = (slot: string) => new RegExp(`${slot}: \{ host: "([^"]+)"`).exec(pasted)![1]!;
      declare(agents("dns"));
      const inbound = "inbound.us.mail.nylas-simulator.test";
      const put = (type: "MX" | "TXT", name: string, content: string, priority?: number) =>
        sim.putRecord("example.com", {
          type,
          name,
          content,
          ...(priority === undefined ? {} : { priority }),
        });
      const ids = {
        mx: put("MX", DOMAIN, inbound, 20),
        feedback: put("MX", `${hostOf("feedback")}.${DOMAIN}`, "feedback.us.mail.nylas-simulator.test", 30),
        spf: put("TXT", DOMAIN, "v=spf1  include:spf.us.mail.nylas-simulator.test  ~all"),
        dkim: put("TXT", `${hostOf("dkim")}.${DOMAIN}`, "v=DKIM1; k=rsa; p=T0xE"),
        dmarc: put("TXT", `_dmarc.${DOMAIN}`, "v=DMARC1; p=reject"),
      };
      const { text } = refused(await stack.up(), "none was written");
      const plain = text.replace(/\s*\n\s+/g, " ");
      const known = Object.assign(
        {},
        ...["mx", "feedback", "spf", "dkim"].map((slot) => {
          const printed = new RegExp(`declare it \\((known: \\{ ${slot}: \\{ [^}]*\\} \\}) of AgentDomain`);
          const adopted = new RegExp(`taken over \\((adopt: \\{ ${slot}: "…" \\}) of`);
          assert.deepEqual(Object.keys(argumentsIn(plain, adopted, inAdapter)), ["adopt"]);
          return argumentsIn(plain, printed, inAgentDomain)["known"];
        }),
      ) as Record<string, { host?: string; value: string }>;
      known["dkim"]!.value = "v=DKIM1; k=rsa; p=T0xE";
      const adopting = `cloudflareDns({ zoneId: "${zoneId}", zoneName: "example.com", adopt: ${JSON.stringify(ids)} })`;
      declare(agents(adopting, `known: ${JSON.stringify(known)}`));
      const up = succeeded(await stack.up());
      assert.equal(up.summary.import, 5);
      declare(agents("dns", `known: ${JSON.stringify(known)}`));
      succeeded(await stack.up("--expect-no-changes"));
      const standing = sim.state().zones.flatMap(({ records }) => records);
      for (const [slot, id] of Object.entries(ids))
        assert.ok(
          standing.some((each) => each.id === id),
          slot,
        );
      assert.equal(zoneOf(sim).length, 6, "ownership is all that was made");
      assert.ok(await mailArrives(sim));
      assert.equal((await stack.outputs())["status"], "verified");
    },
  );

  itInLongRun(
    "publishes at the hosts that Nylas names elsewhere, declared as printed, and is verified there",
    async () => {
      const agents = (args = "") => `
      const agents = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns, adopt: true, ${args} });
      export const status = agents.status;`;
      const { sim, stack, declare } = await openLiveDomain(agents());
      const id = sim.seed({ kind: "domain", address: DOMAIN, name: "Agents" });
      const value = "v=spf1 include:spf.us.mail.nylas-simulator.test ~all";
      const key = "v=DKIM1; k=rsa; p=MIIB";
      sim.edit("domain", id, { attempts: { spf: { host: "mail", type: "TXT", value } } });
      const elsewhere = refused(await stack.up(), "no record was written");
      const { hosts: first } = argumentsIn(
        elsewhere.text.replace(/\s*\n\s+/g, " "),
        /declare (hosts: \{ spf: "[^"]*" \})/,
        inAgentDomain,
      );
      // Of the two ways to read the other one, the second is what this Nylas means.
      const attempts = {
        spf: { host: "mail", type: "TXT", value },
        dkim: { host: "k1._domainkey.agents", type: "TXT", value: key },
      };
      sim.edit("domain", id, { attempts });
      declare(agents(`hosts: ${JSON.stringify(first)}`));
      const doubled = refused(await stack.up(), "can be read in two ways");
      const { dkim } = (
        argumentsIn(
          `hosts: ${/or (\{ dkim: "[^"]*" \}) for/.exec(doubled.text.replace(/\s*\n\s+/g, " "))?.[1]}`,
          /(hosts: \{ dkim: "[^"]*" \})/,
          inAgentDomain,
        ) as { hosts: { dkim: string } }
      ).hosts;
      assert.deepEqual(zoneOf(sim), []);
      declare(agents(`hosts: ${JSON.stringify({ ...(first as object), dkim })}`));
      succeeded(await stack.up());
      assert.equal((await stack.outputs())["status"], "verified");
      const names = zoneOf(sim);
      assert.ok(names.includes(`TXT mail.${DOMAIN}`), names.join());
      assert.ok(names.includes(`TXT k1._domainkey.agents.${DOMAIN}`), names.join());
      const { verified } = sim.state().domains[0]!;
      assert.deepEqual([verified.spf, verified.dkim], [true, true]);
    },
  );

  itInLongRun("reaches a second region by the connection that is printed in place of provider", async () => {
    const program = (args: string, options = "") =>
      `new nylas.NylasPolicy("p", { name: "P", ${args} }${options && `, ${options}`});`;
    const { sim, stack, declare } = await openScene({
      program: program("", "{ provider: {} as pulumi.ProviderResource }"),
    });
    const eu = await openScene({ program: "", simulator: { region: "eu" } });
    const { text } = refused(await stack.preview(), "provider on a Nylas Policy is not used");
    const connection = argumentsIn(
      text.replace(/\s*\n\s+/g, " "),
      /set (connection: "eu") on the resource/,
      (snippet) => `new nylas.NylasPolicy("x", { ${snippet} });`,
    );
    const [, key] = /and (nylas-eu:apiKey) in the configuration/.exec(text.replace(/\s+/g, " ")) ?? [];
    assert.ok(key, text);
    stack.setConfig(
      { "nylas-eu:region": "eu", "nylas-eu:apiUrl": eu.sim.url },
      { [key]: eu.sim.keys.apiKey },
    );
    declare(program(`connection: ${JSON.stringify(connection["connection"])}`));
    succeeded(await stack.up());
    assert.deepEqual(
      [sim.state().policies.length, eu.sim.state().policies.map(({ name }) => name)],
      [0, ["P"]],
    );
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
