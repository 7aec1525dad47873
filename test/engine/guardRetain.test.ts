import { strict as assert } from "node:assert";
import { assertLive, DOMAIN, openLiveDomain, zoneOf } from "./liveDomain";
import { itInLongRun } from "./longRun";
import { closeScenes, refused, succeeded } from "./scene";

const agents = `const agents = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns }`;

/** The parts of a domain one by one, each with options of its own. */
function byHand({ records = "{}", verification = "{}", more = "" }): string {
  return `
    import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
    ${more}
    const domain = new nylas.NylasDomain("d", { domainName: "${DOMAIN}" });
    const wanted = new nylas.NylasDomainRecords("d", { domainId: domain.id, domainName: "${DOMAIN}" });
    const made = (["ownership", "spf", "mx", "dkim", "feedback"] as const).map((slot) => new DnsRecord("d-" + slot, {
      zoneId: process.env.ZONE_ID!,
      type: wanted.records.apply((all) => all[slot]!.type),
      name: wanted.records.apply((all) => all[slot]!.name),
      content: wanted.records.apply((all) => all[slot]!.value),
      priority: wanted.records.apply((all) => all[slot]!.priority!),
      ttl: 60,
    }, ${records}));
    new nylas.NylasDomainVerification("d", { domainId: domain.id, domainName: "${DOMAIN}", records: wanted.records },
      { dependsOn: made, ...${verification} });`;
}

const OURS = `type.startsWith("pulumi-nodejs:dynamic/nylas:")`;

describe("S3: retainOnDelete on the verification alone", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  it("is refused before anything is registered, wherever it comes from; and the domain stays", async () => {
    const { sim, stack, declare } = await openLiveDomain(`${agents});`);
    succeeded(await stack.up());
    const ways = {
      "a transformation of the stack": `pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
        ${OURS} ? { props, opts: { ...opts, retainOnDelete: true } } : undefined);
        ${agents});`,
      "a transform that the engine runs": `pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
        ${OURS} ? { props, opts: pulumi.mergeOptions(opts, { retainOnDelete: true }) } : undefined);
        ${agents});`,
      "a transformation of the component": `${agents}, { transformations: [({ type, props, opts }) =>
        ${OURS} ? { props, opts: { ...opts, retainOnDelete: true } } : undefined] });`,
      "the component, and a transformation that takes it from the records": `
        pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
          type.startsWith("cloudflare:") ? { props, opts: { ...opts, retainOnDelete: false } } : undefined);
        ${agents}, { retainOnDelete: true });`,
      deletedWith: `pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
        type.endsWith(":DomainVerification") ? { props, opts: { ...opts, deletedWith: opts.parent } } : undefined);
        ${agents});`,
    };
    for (const [way, program] of Object.entries(ways)) {
      declare(program);
      const kind = way === "deletedWith" ? "deletedWith is refused" : "retainOnDelete is refused";
      const up = await stack.up();
      assert.notEqual(up.code, 0, way);
      const result = refused(up, 'NylasDomainVerification "agents"', kind);
      // What would have followed: nothing was recorded, so the guard is asked.
      refused(await stack.destroy(), "is kept");
      await assertLive(sim, `${way}: ${result.text}`);
    }
  });

  itInLongRun(
    "is refused in a program of single resources: by the option, by a parent, by a class of defaults",
    async () => {
      const { sim, stack, declare } = await openLiveDomain("");
      const keep = "{ retainOnDelete: true }";
      const parent = `class Kept extends pulumi.ComponentResource {
      constructor() { super("my:index:Kept", "kept", {}, ${keep}); }
    }
    const parent = new Kept();`;
      for (const program of [
        byHand({ verification: keep }),
        byHand({ more: parent, verification: "{ parent }" }),
        byHand({ records: "{ retainOnDelete: false }", verification: keep }),
      ]) {
        declare(program);
        const result = await stack.run("preview");
        refused(result, 'NylasDomainVerification "d"', "retainOnDelete is refused", "d-ownership");
      }
      assert.deepEqual(zoneOf(sim), []);
    },
  );

  itInLongRun("works where the records have it too: nothing of them is deleted", async () => {
    const keep = "{ retainOnDelete: true }";
    const all = `pulumi.runtime.registerResourceTransform(({ props, opts }) =>
      ({ props, opts: pulumi.mergeOptions(opts, ${keep}) }));`;
    for (const program of [
      `${agents}, ${keep});`,
      `${all} ${agents});`,
      byHand({ records: keep, verification: keep }),
    ]) {
      const { sim, stack, declare } = await openLiveDomain(program);
      succeeded(await stack.up());
      declare("");
      const result = await stack.up();
      await assertLive(sim, `${program} ${result.text}`);
      const left = stack.state().filter(({ type }) => /DnsRecord|DomainVerification/.test(type));
      assert.deepEqual(left, []);
    }
  });
});
