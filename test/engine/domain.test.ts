import { strict as assert } from "node:assert";
import { Resolver } from "node:dns/promises";
import { type Simulator } from "nylas-simulator";
import { domainWord } from "../words";
import { itInLongRun } from "./longRun";
import {
  changes,
  closeScenes,
  keys,
  leftBehind,
  mailbox,
  openScene,
  refused,
  type Scene,
  says,
  succeeded,
  writesOf,
} from "./scene";

describe("a domain with its DNS at Cloudflare", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  const DOMAIN = "agents.staging.example.com";
  const EMAIL = `scheduling@${DOMAIN}`;

  const open = (
    program: (zoneId: string) => string,
    withoutKeys = false,
  ): Promise<Scene & { zoneId: string }> =>
    openScene({ program: "", withoutKeys }).then((scene) => {
      const { sim, stack } = scene;
      Object.assign(stack.env, {
        CLOUDFLARE_BASE_URL: sim.cloudflareUrl,
        CLOUDFLARE_API_TOKEN: sim.keys.cloudflareToken,
      });
      const zoneId = sim.zones[0]!.id;
      scene.declare(program(zoneId));
      return { ...scene, zoneId };
    });

  const program =
    (edit: { label?: string; timeout?: string; dmarc?: string } = {}) =>
    (zoneId: string) =>
      `
    import { cloudflareDns } from "pulumi-nylas/cloudflare";
    const policy = new nylas.NylasPolicy("outreach", { limits: { dailySends: 50, inboxRetentionDays: 30 } });
    const customerA = new nylas.NylasWorkspace("customer-a", { policyId: policy.id });
    const domain = new nylas.AgentDomain("agents", {
      domainName: "${DOMAIN}",
      dns: cloudflareDns({ zoneId: "${zoneId}", zoneName: "example.com" }),
      ${edit.label === undefined ? "" : `name: "${edit.label}",`}
      ${edit.dmarc === undefined ? "" : `dmarc: "${edit.dmarc}",`}
    }, { customTimeouts: { create: "${edit.timeout ?? "30m"}", update: "${edit.timeout ?? "30m"}" } });
    const account = new nylas.AgentAccount("scheduling", {
      email: domain.mailbox("scheduling"),
      displayName: "Scheduling",
      workspaceId: customerA.id,
    });
    export const grantId = account.id;
    export const status = domain.status;
  `;
  const records = (sim: Simulator) =>
    sim
      .state()
      .zones.flatMap((zone) => zone.records)
      .filter(({ type }) => type === "MX" || type === "TXT");
  const dns = (sim: Simulator) => {
    const resolver = new Resolver();
    resolver.setServers([sim.dnsServer]);
    return resolver;
  };
  const texts = async (sim: Simulator, name: string) =>
    (await dns(sim).resolveTxt(name)).map((parts) => parts.join(""));

  it("is shown record by record, registered, published, verified and then lived on; destroy leaves an empty zone", async () => {
    const { sim, stack, declare, zoneId } = await open(program(), true);

    const preview = succeeded(await stack.preview());
    assert.equal(sim.requests.length, 0, "a preview asks neither Nylas nor Cloudflare");
    assert.deepEqual(sim.dnsQueries, [], "nor the DNS");
    const shown = preview.steps.filter(({ type }) => type.startsWith("cloudflare:"));
    assert.deepEqual(shown.map(({ name, inputs }) => `${name} ${String(inputs["type"])}`).sort(), [
      "agents-dkim TXT",
      "agents-feedback MX",
      "agents-mx MX",
      "agents-ownership TXT",
      "agents-spf TXT",
    ]);
    assert.equal(shown.find(({ name }) => name === "agents-mx")!.inputs["name"], DOMAIN);
    assert.equal(preview.steps.find(({ name }) => name === "scheduling")!.inputs["email"], EMAIL);

    Object.assign(stack.env, keys(sim));
    sim.setPropagationDelay(1500);
    const up = succeeded(await stack.up());
    const [domain] = sim.state().domains.filter(({ branded }) => !branded);
    assert.equal(domain!.domain_address, DOMAIN);
    assert.ok(
      ["ownership", "mx", "spf", "dkim", "feedback"].every((type) => domain!.verified[type as "mx"]),
      up.text,
    );
    assert.equal(records(sim).length, 5);
    assert.equal((await dns(sim).resolveMx(DOMAIN)).length, 1);
    assert.equal((await texts(sim, DOMAIN)).filter((text) => text.startsWith("v=spf1")).length, 1);
    const box = mailbox(sim, EMAIL)!;
    assert.deepEqual(await stack.outputs(), { grantId: box.id, status: "verified" });
    const made = sim.requests.find(
      ({ path, effect }) => path === "/v3/connect/custom" && effect === "write",
    )!;
    const verified = sim.requests.filter(({ path, time }) => path.endsWith("/verify") && time > made.time);
    assert.deepEqual(verified, [], "the account waited for the verification");
    sim.setPropagationDelay(0);

    sim.clearRequests();
    assert.deepEqual(changes(succeeded(await stack.up())), []);
    assert.deepEqual(
      changes(succeeded(await stack.refresh())).filter((change) => !change.endsWith("refresh")),
      [],
    );
    assert.deepEqual(writesOf(sim), []);

    // A label for people: one write, and no record or account is blurred by it.
    declare(program({ label: "Agents of Acme" })(zoneId));
    const labelled = succeeded(await stack.preview());
    assert.deepEqual(changes(labelled), ["agents update"]);
    // A DMARC record of its own, in the same run.
    declare(program({ label: "Agents of Acme", dmarc: "v=DMARC1; p=reject" })(zoneId));
    succeeded(await stack.up());
    assert.equal(sim.state().domains.find(({ id }) => id === domain!.id)!.name, "Agents of Acme");
    assert.deepEqual(await texts(sim, `_dmarc.${DOMAIN}`), ["v=DMARC1; p=reject"]);
    assert.deepEqual(
      writesOf(sim).filter((write) => write.includes("/v3/")),
      ["PUT /v3/domains/:id"],
    );

    // A record that somebody removed, and a verification that Nylas took back.
    const mx = records(sim).find(({ type, name }) => type === "MX" && name === DOMAIN)!;
    sim.removeRecord(zoneId, mx.id);
    sim.edit("domain", domain!.id, { verified: { mx: false } });
    succeeded(await stack.refresh());
    assert.equal(
      stack.resource("agents", "pulumi-nodejs:dynamic/nylas:DomainVerification")!.outputs!["status"],
      "lost",
    );
    succeeded(await stack.up());
    assert.equal((await dns(sim).resolveMx(DOMAIN)).length, 1);
    assert.ok(sim.state().domains.find(({ id }) => id === domain!.id)!.verified.mx);
    assert.equal(mailbox(sim, EMAIL)!.id, box.id);

    // M10: accounts of other applications cannot be seen, so a verified domain needs the word.
    refused(await stack.destroy(), "accounts of other applications of this organization cannot be seen");
    assert.equal(records(sim).length, 6);
    stack.env["NYLAS_FORCE_DESTROY"] = domainWord(DOMAIN);
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), []);
    assert.deepEqual(records(sim), []);
  });

  itInLongRun(
    "is stopped by other people's mail, by records nobody can see and by an ownership value that ran out; each up goes on",
    async () => {
      const { sim, stack, declare, zoneId } = await open(program({ timeout: "2m" }));

      // Mail for the name goes elsewhere, and somebody else sends for it: nothing is published.
      const foreign = sim.putRecord("example.com", {
        type: "MX",
        name: DOMAIN,
        content: "mail.other.example",
        priority: 10,
      });
      const spf = sim.putRecord("example.com", {
        type: "TXT",
        name: DOMAIN,
        content: '"v=spf1 include:other.example -all"',
      });
      refused(
        await stack.up(),
        `${DOMAIN} already receives mail elsewhere: MX 10 mail.other.example`,
        `${DOMAIN} already has an SPF record`,
        "include:other.example",
      );
      assert.equal(records(sim).length, 2, "no record of ours beside theirs");
      assert.equal(mailbox(sim, EMAIL), undefined);
      sim.removeRecord("example.com", foreign);
      sim.removeRecord("example.com", spf);

      // Published, but served only in an hour: the limit passes, each record is named, and no account is made.
      sim.setPropagationDelay(3_600_000);
      const waited = refused(
        await stack.up(),
        `${DOMAIN} is not verified after`,
        "(limit 120 s; customTimeouts sets it)",
        "The next pulumi up goes on",
      );
      assert.equal(records(sim).length, 5);
      assert.equal(mailbox(sim, EMAIL), undefined, waited.text);

      // Days later the ownership value is another one.
      sim.setPropagationDelay(0);
      sim.advanceClock(3 * 86_400);
      refused(await stack.up(), `The ownership value of ${DOMAIN} has expired`, "Run pulumi up --refresh");
      succeeded(await stack.up("--refresh"));
      assert.deepEqual(
        sim
          .state()
          .domains.filter(({ branded }) => !branded)
          .map(({ verified }) => verified.ownership && verified.mx),
        [true],
      );
      assert.ok(mailbox(sim, EMAIL));
      assert.equal(records(sim).length, 5, "the ownership record was changed, not added to");

      // With mail on it, neither the account nor its domain goes.
      sim.addMessage({ grant: EMAIL, subject: "keep me" });
      refused(await stack.destroy("--continue-on-error"), "its mailbox holds mail");
      assert.equal(records(sim).length, 5, "the records that bring its mail stay as well");
      assert.equal(sim.state().lostMail.length, 0);
      declare(program()(zoneId));
      for (const { id } of sim.state().messages) sim.remove("message", id);
      stack.env["NYLAS_FORCE_DESTROY"] = domainWord(DOMAIN);
      succeeded(await stack.destroy());
      assert.deepEqual(leftBehind(sim), []);
      assert.deepEqual(records(sim), []);
    },
  );

  it("is refused in the preview where it could only go wrong, and an account on an unknown one says so", async () => {
    const { sim, stack, declare } = await open(
      (zoneId) => `
        import { cloudflareDns } from "pulumi-nylas/cloudflare";
        const attempts: Record<string, object> = {
          apex: { domainName: "example.com" },
          elsewhere: { domainName: "agents.notexample.com" },
          single: { domainName: "agents" },
          dmarc: { domainName: "agents.example.com", dmarc: "p=reject" },
          host: { domainName: "agents.example.com", hosts: { ownership: "a b" } },
          pasted: { domainName: "agents.example.com", records: { mx: { value: "10 inbound.example.net" } } },
        };
        for (const [name, args] of Object.entries(attempts)) {
          let refusal = "nothing";
          try {
            new nylas.AgentDomain(name, { dns: cloudflareDns({ zoneId: "${zoneId}", zoneName: "example.com" }), ...args } as any);
          } catch (error) { refusal = (error as Error).message; }
          console.log(name + " says: " + refusal);
        }
      `,
    );
    const preview = succeeded(await stack.preview());
    says(
      preview,
      "apex says: AgentDomain apex: domainName: example.com is a domain as it is registered",
      "allowApex: true",
      "elsewhere says: AgentDomain elsewhere: dns: the domain agents.notexample.com does not lie in the zone example.com",
      "single says: AgentDomain single: domainName:",
      "dmarc says: AgentDomain dmarc: dmarc: given",
      "host says: AgentDomain host: hosts.ownership:",
      "pasted says: AgentDomain pasted: records: ownership, spf, dkim, feedback missing",
    );
    assert.equal(sim.requests.length, 0);

    declare(`new nylas.AgentAccount("lost", { email: "bot@unregistered.example.com" });`);
    refused(
      await stack.up(),
      "The domain unregistered.example.com is not registered (or not yet verified)",
      "register it first",
    );
    sim.seed({ kind: "domain", address: "unregistered.example.com" });
    refused(
      await stack.up(),
      "domain pending: unregistered.example.com is registered but not verified (ownership and mx missing)",
    );
    assert.deepEqual(sim.state().grants, []);
    sim.edit("domain", sim.state().domains.at(-1)!.id, { verified: { ownership: true, mx: true } });
    succeeded(await stack.up());
    assert.ok(mailbox(sim, "bot@unregistered.example.com"));
  });
});
