import { strict as assert } from "node:assert";
import { domainWord } from "../words";
import { itInLongRun } from "./longRun";
import { assertMailArrives, DOMAIN, EMAIL, held, open } from "./moving";
import { changes, closeScenes, mailbox, refused, says, succeeded } from "./scene";

/** G1: a `DnsAdapter` of one's own that publishes less than before, at the same place. */
describe("G1: DNS records that an adapter publishes no more", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  const program = (dns: string, more = "") => `
    import { cloudflareDns } from "pulumi-nylas/cloudflare";
    import { route53Dns } from "pulumi-nylas/route53";
    const without = (dns: nylas.DnsAdapter, ...slots: string[]): nylas.DnsAdapter => ({
      ...dns,
      publish: (request) => dns.publish({ ...request, records: request.records.filter(({ slot }) => !slots.includes(slot)) }),
    });
    const domain = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: ${dns}, ${more} });
    new nylas.AgentAccount("scheduling", { email: domain.mailbox("scheduling"), displayName: "Scheduling" });
  `;

  it("stay while the domain is in use, with each flag, until a recorded word lets them go", async () => {
    const { sim, stack, declare, first } = await open();
    const whole = `cloudflareDns({ zoneId: "${first}" })`;
    declare(program(whole));
    succeeded(await stack.up());

    declare(program(`without(${whole}, "mx")`));
    says(succeeded(await stack.preview()), `1 of the DNS records of ${DOMAIN}`);
    for (const flags of [[], ["--continue-on-error"], ["--refresh"]]) {
      refused(await stack.up(...flags), `1 of the DNS records of ${DOMAIN}`, "Nothing was taken away");
      assert.equal(held(sim, first), 5, flags.join());
      await assertMailArrives(sim);
    }
    const none = `{ kind: "cloudflare", place: "cloudflare:${first}", waitByDefault: true, publish: () => [] }`;
    declare(program(none));
    refused(await stack.up("--continue-on-error"), `5 of the DNS records of ${DOMAIN}`);
    assert.equal(held(sim, first), 5);

    declare(program(whole));
    assert.deepEqual(changes(succeeded(await stack.up())), []);

    // The word has to be recorded before the change that it is for.
    declare(program(`without(${whole}, "mx")`, "forceDestroy: true"));
    refused(await stack.up(), "Nothing was taken away");
    declare(program(whole, "forceDestroy: true"));
    succeeded(await stack.up());
    declare(program(`without(${whole}, "mx")`, "forceDestroy: true"));
    succeeded(await stack.up());
    assert.equal(held(sim, first), 4);
    assert.ok(mailbox(sim, EMAIL));
  });

  it("go by the word that is printed, in the run that it is given for", async () => {
    const { sim, stack, declare, first } = await open();
    const whole = `cloudflareDns({ zoneId: "${first}" })`;
    declare(program(whole));
    succeeded(await stack.up());
    declare(program(`without(${whole}, "dkim", "spf")`));
    refused(await stack.up(), `NYLAS_FORCE_DESTROY=${domainWord(DOMAIN)}`);
    assert.equal(held(sim, first), 5);
    stack.env["NYLAS_FORCE_DESTROY"] = domainWord(DOMAIN);
    succeeded(await stack.up());
    assert.equal(held(sim, first), 3);
    delete stack.env["NYLAS_FORCE_DESTROY"];
    declare(program(`without(${whole}, "dkim", "spf", "mx")`));
    refused(await stack.up("--continue-on-error"), `1 of the DNS records of ${DOMAIN}`);
    await assertMailArrives(sim);
  });

  it("stay where as many others come", async () => {
    const { sim, stack, declare, first } = await open();
    const whole = `cloudflareDns({ zoneId: "${first}" })`;
    declare(program(whole));
    succeeded(await stack.up());

    const other = `
      new (require("@pulumi/cloudflare").DnsRecord)("other", { zoneId: "${first}", name: "note.${DOMAIN}", type: "TXT", content: '"note"', ttl: 300 }, request.options)`;
    const swapped = `{ ...${whole}, publish: (request) => [...without(${whole}, "mx").publish(request), ${other}] }`;
    declare(program(swapped));
    for (const flags of [[], ["--continue-on-error"]]) {
      refused(await stack.up(...flags), `1 of the DNS records of ${DOMAIN}`, "give each an alias");
      await assertMailArrives(sim);
    }
    declare(program(whole));
    succeeded(await stack.up());
    assert.equal(held(sim, first), 5);
  });

  itInLongRun("stay at Route 53, and where the run leaves the verification out", async () => {
    const { sim, stack, declare, first } = await open();
    const whole = `route53Dns({ zoneId: "${sim.hostedZones[0]!.id}" })`;
    declare(program(whole));
    succeeded(await stack.up());
    declare(program(`without(${whole}, "mx")`));
    for (const flags of [
      ["--continue-on-error"],
      ["--exclude", "**DomainVerification**"],
      ["--exclude", "**nylas:**"],
      ["--target", "**Record::agents-mx**", "--target-dependents"],
    ]) {
      await stack.up(...flags);
      assert.equal(held(sim, first), 5, flags.join());
      await assertMailArrives(sim);
    }
  });

  itInLongRun("a DMARC record comes and goes as it is declared, also beside a record that goes", async () => {
    const { sim, stack, declare, first } = await open();
    const whole = `cloudflareDns({ zoneId: "${first}" })`;
    const dmarc = `dmarc: "v=DMARC1; p=reject"`;
    declare(program(whole));
    succeeded(await stack.up());
    declare(program(`without(${whole}, "mx")`, dmarc));
    refused(await stack.up("--continue-on-error"), `1 of the DNS records of ${DOMAIN}`);
    await assertMailArrives(sim);
    declare(program(whole, dmarc));
    succeeded(await stack.up());
    assert.equal(held(sim, first), 6);
    declare(program(`without(${whole}, "mx")`));
    refused(await stack.up("--continue-on-error"), `1 of the DNS records of ${DOMAIN}`);
    await assertMailArrives(sim);
    declare(program(whole));
    succeeded(await stack.up());
    assert.equal(held(sim, first), 5);
    assert.deepEqual(changes(succeeded(await stack.up())), []);
  });
});
