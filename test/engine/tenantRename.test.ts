import { strict as assert } from "node:assert";
import { assertLive, DOMAIN, openLiveDomain } from "./liveDomain";
import { itInLongRun } from "./longRun";
import { changes, closeScenes, mailbox, refused, succeeded, writesOf } from "./scene";

const tenant = (name: string, options = "") => `
  new nylas.Tenant("${name}", {
    domainName: "${DOMAIN}",
    dns,
    policy: { limits: { dailySends: 50 } },
    lists: { blocked: { type: "domain", items: ["spam.example"] } },
    rules: { spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } },
    apiKey: { expiresAt: "2035-01-01T00:00:00Z", permissions: ["messages.read"] },
    accounts: { scheduling: {}, billing: {} },
  }${options});`;

describe("a tenant that gets another name", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  const emails = ["scheduling", "billing"].map((alias) => `${alias}@${DOMAIN}`);
  const renamed = tenant("globex", `, { aliases: [{ name: "acme" }] }`);

  it("keeps every part by its aliases: nothing is made or deleted", async () => {
    const { sim, stack, declare } = await openLiveDomain(tenant("acme"));
    succeeded(await stack.up());
    for (const grant of emails) sim.addMessage({ grant, subject: "keep me" });
    const ids = () => {
      const { grants, workspaces, policies, rules, lists, principals } = sim.state();
      return [grants, workspaces, policies, rules, lists, principals].map((all) =>
        all.map(({ id }) => id).sort(),
      );
    };
    const before = ids();
    declare(renamed);
    sim.clearRequests();
    const result = succeeded(await stack.up());
    assert.deepEqual(
      changes(result).filter((change) => !change.endsWith(" update")),
      [],
    );
    assert.deepEqual(
      writesOf(sim).filter((write) => /^(POST|DELETE)/.test(write)),
      [],
    );
    assert.deepEqual(ids(), before);
    await assertLive(sim, "renamed");
    succeeded(await stack.up("--expect-no-changes"));
  });

  itInLongRun(
    "keeps its mailboxes and its records by its aliases, also after an up without them was refused",
    async () => {
      const { sim, stack, declare } = await openLiveDomain(tenant("acme"));
      succeeded(await stack.up());
      for (const grant of emails) sim.addMessage({ grant, subject: "keep me" });
      const before = emails.map((email) => mailbox(sim, email));
      declare(tenant("globex"));
      refused(await stack.up(), "was registered by this stack as");
      await assertLive(sim, "a rename without an alias");
      declare(renamed);
      succeeded(await stack.up());
      assert.deepEqual(
        emails.map((email) => mailbox(sim, email)),
        before,
      );
      await assertLive(sim, "renamed");
      succeeded(await stack.up("--expect-no-changes"));
    },
  );
});
