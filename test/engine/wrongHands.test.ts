import { strict as assert } from "node:assert";
import { assertLive, DOMAIN, openLiveDomain } from "./liveDomain";
import { itInLongRun } from "./longRun";
import { closeScenes, mailbox, openScene, refused, succeeded } from "./scene";

const agents = (name = "agents", more = "", options = "") =>
  `const ${name} = new nylas.AgentDomain("${name}", { domainName: "${DOMAIN}", dns, ${more} }${options});`;
const account = (name: string, local: string, more = "", options = "") =>
  `new nylas.AgentAccount("${name}", { email: "${local}@acme.nylas.email", ${more} }${options});`;

describe("a domain or an account in the wrong hands", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  it("a domain that two AgentDomains declare, in one program and in two stacks, stays", async () => {
    const { sim, stack, declare } = await openLiveDomain(agents());
    succeeded(await stack.up());
    for (const second of [agents("second"), agents("second", "adopt: true")]) {
      declare(agents() + second);
      const result = refused(await stack.up("--continue-on-error"));
      await assertLive(sim, result.text);
      declare(agents());
      await stack.up();
      await assertLive(sim, "one of the two is taken out");
    }
    const other = await openScene({ beside: sim, project: "second", program: "" });
    const own = `import { zoneFile } from "pulumi-nylas";`;
    const theirs = `const theirs = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: zoneFile(), adopt: true, wait: false });`;
    other.declare(own + theirs);
    await other.stack.up();
    for (const flags of [[], ["--continue-on-error"]]) {
      await other.stack.destroy(...flags);
      refused(await stack.destroy(...flags), "is kept");
      await assertLive(sim, "a stack that declares the domain too is destroyed");
    }
  });

  itInLongRun("two accounts whose addresses are swapped, with a stale adopt, keep their mail", async () => {
    const said = (x: string, y: string) => account("x", x, "adopt: true") + account("y", y, "adopt: true");
    const scene = await openScene({ program: said("a", "b") });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    const emails = ["a", "b"].map((local) => `${local}@acme.nylas.email`);
    for (const grant of emails) sim.addMessage({ grant, subject: `of ${grant}` });
    const before = emails.map((email) => mailbox(sim, email));
    declare(said("b", "a"));
    for (const flags of [[], ["--continue-on-error"], ["--refresh"]]) {
      refused(await stack.up(...flags));
      assert.deepEqual(
        emails.map((email) => mailbox(sim, email)),
        before,
      );
    }
  });

  itInLongRun("an alias that points onto another account's entry loses no mail", async () => {
    const { sim, stack, declare } = await openScene({ program: account("x", "a") + account("y", "b") });
    succeeded(await stack.up());
    const emails = ["a", "b"].map((local) => `${local}@acme.nylas.email`);
    for (const grant of emails) sim.addMessage({ grant, subject: `of ${grant}` });
    const before = emails.map((email) => mailbox(sim, email));
    const onto = (name: string) => `, { aliases: [{ name: "${name}" }] }`;
    for (const program of [
      account("z", "b", "", onto("x")),
      account("z", "b", "adopt: true", onto("x")),
      account("y", "b", "", onto("x")),
      account("z", "c", "", onto("x")) + account("y", "b"),
      account("z", "b", "", onto("x")) + account("w", "a", "", onto("y")),
    ]) {
      declare(program);
      for (const flags of [[], ["--continue-on-error"]]) {
        refused(await stack.up(...flags));
        assert.deepEqual(
          emails.map((email) => mailbox(sim, email)),
          before,
          program,
        );
      }
    }
  });

  itInLongRun("a vendor's provider that changes leaves the records of a live domain", async () => {
    const { sim, stack, declare } = await openLiveDomain(agents());
    succeeded(await stack.up());
    const provider = `import { Provider } from "@pulumi/cloudflare/provider";
      const provider = new Provider("other", { apiToken: process.env.CLOUDFLARE_API_TOKEN! });`;
    const passed = `const theirs = cloudflareDns({ zoneId: process.env.ZONE_ID!, zoneName: "example.com" }, { provider });
      new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns: theirs });`;
    for (const program of [
      provider + passed,
      provider + agents("agents", "", ", { providers: { cloudflare: provider } }"),
      agents(),
    ]) {
      declare(program);
      const result = await stack.up();
      await assertLive(sim, result.text);
    }
    succeeded(await stack.up("--expect-no-changes"));
  });
});
