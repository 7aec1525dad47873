import { strict as assert } from "node:assert";
import { domainWord } from "../words";
import { assertLive, DOMAIN, openLiveDomain, zoneOf } from "./liveDomain";
import { itInLongRun } from "./longRun";
import { closeScenes, leftBehind, refused, succeeded } from "./scene";

describe("M2, M8: protection", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  const agents = (options = "") => `
    const agents = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns, forceDestroy: true }, ${options || "{}"});
    new nylas.AgentAccount("bot", { email: agents.mailbox("bot") });`;
  const own = (args = "") => `
    import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
    const ownDns: nylas.DnsAdapter = {
      kind: "own",
      waitByDefault: true,
      publish: ({ component, records, options }) =>
        records.map(({ slot, type, name, value, priority }) =>
          new DnsRecord(component + "-" + slot, {
            zoneId: process.env.ZONE_ID!, type, name, ttl: 1, proxied: false, ...(priority && { priority }),
            content: type === "TXT" ? pulumi.output(value).apply((text) => JSON.stringify(text)) : value,
          }, options)),
    };
    new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: ownDns, dkimKeyLength: 1024, forceDestroy: true, ${args} });`;
  const PARTS = ["Domain", "DomainRecords", "DomainVerification", "DnsRecord"];
  const protectedParts = (stack: Awaited<ReturnType<typeof openLiveDomain>>["stack"]) =>
    stack
      .state()
      .filter(({ type, protect }) => protect === true && PARTS.includes(type.split(":").at(-1)!))
      .map(({ type }) => type.split(":").at(-1)!)
      .sort();
  const ALL = [
    "DnsRecord",
    "DnsRecord",
    "DnsRecord",
    "DnsRecord",
    "DnsRecord",
    "Domain",
    "DomainRecords",
    "DomainVerification",
  ];

  it("by nylas:protect holds for every part of the chain under every flag; taken away, it is gone for good", async () => {
    const { sim, stack, declare } = await openLiveDomain(agents(), { config: { "nylas:protect": "true" } });
    succeeded(await stack.up());
    assert.deepEqual(protectedParts(stack), ALL);
    for (const flags of [[], ["--continue-on-error"]]) {
      const result = refused(await stack.destroy(...flags), "cannot be deleted", "protected");
      await assertLive(sim, result.text);
      assert.ok(sim.state().grants.length === 1);
    }
    const excluded = await stack.destroy("--exclude-protected");
    await assertLive(sim, excluded.text);
    declare("");
    for (const flags of [[], ["--continue-on-error"]])
      await assertLive(sim, refused(await stack.up(...flags)).text);

    declare(agents());
    stack.setConfig({});
    succeeded(await stack.up());
    assert.deepEqual(protectedParts(stack), []);
    succeeded(await stack.up("--expect-no-changes"));
    succeeded(await stack.destroy());
    assert.deepEqual([zoneOf(sim), leftBehind(sim)], [[], []]);
  });

  itInLongRun(
    "reaches an adapter of the program's own by its options, and the environment sets it as well",
    async () => {
      const { sim, stack } = await openLiveDomain(own(), { env: { NYLAS_PROTECT: "true" } });
      succeeded(await stack.up());
      assert.deepEqual(protectedParts(stack), ALL);
      const result = refused(await stack.destroy("--continue-on-error"), "protected");
      await assertLive(sim, result.text);
    },
  );

  itInLongRun("given to an AgentDomain or a Tenant alone reaches the vendor's records", async () => {
    const { sim, stack, declare } = await openLiveDomain(agents("{ protect: true }"));
    succeeded(await stack.up());
    assert.deepEqual(protectedParts(stack), ALL);
    await assertLive(sim, refused(await stack.destroy("--continue-on-error"), "protected").text);
    declare(agents());
    succeeded(await stack.up());
    succeeded(await stack.destroy());

    declare(`new nylas.Tenant("acme", { domainName: "${DOMAIN}", dns, accounts: {} }, { protect: true });`);
    succeeded(await stack.up());
    assert.deepEqual(protectedParts(stack), ALL);
    stack.env["NYLAS_FORCE_DESTROY"] = domainWord(DOMAIN);
    await assertLive(sim, refused(await stack.destroy("--continue-on-error"), "protected").text);
  });
});
