import { strict as assert } from "node:assert";
import { itInLongRun } from "./longRun";
import { closeScenes, leftBehind, mailbox, openScene, recorded, refused, succeeded, writesOf } from "./scene";

describe("bad input", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  /** Per resource: a program that has everything wrong, and what the preview says, property by property. */
  const wrong: Record<string, { program: string; said: (string | RegExp)[] }> = {
    policy: {
      program: `new nylas.NylasPolicy("wrong", {
        name: "",
        limits: { dailySends: -1, dailySend: 5, storageBytes: 1.5, messageBytes: "unlimited", attachmentTypes: ["image/*", "pictures"] },
        spamDetection: { sensitivity: 9, dnsBlockLists: "yes" },
        allowMailLoss: "please",
        adopt: 5,
        connection: "E U",
      } as any);`,
      said: [
        'name: given ""; allowed: 1 to 256 characters without line breaks',
        'limits.dailySends: given -1; allowed: a whole number from 0, or "unlimited"; for example dailySends: 50',
        "limits.dailySend is not a property of this resource; did you mean dailySends?",
        "limits.storageBytes: given 1.5",
        'limits.messageBytes: given "unlimited"; allowed: a whole number from 0',
        'limits.attachmentTypes[1]: given "pictures"',
        "spamDetection.sensitivity: given 9; allowed: a number from 0.1 to 5.0",
        'spamDetection.dnsBlockLists: given "yes"; allowed: true or false',
        'allowMailLoss: given "please"',
        "adopt: given 5",
        'connection: given "E U"',
      ],
    },
    "policy whose spam stays longer than its mail": {
      program: `new nylas.NylasPolicy("wrong", { limits: { inboxRetentionDays: 3, spamRetentionDays: 3 } });`,
      said: [
        "limits.spamRetentionDays: given 3 with limits.inboxRetentionDays 3; allowed: less than inboxRetentionDays",
      ],
    },
    workspace: {
      program: `new nylas.NylasWorkspace("wrong", {
        name: 7, domainName: "nodots", autoGroup: "yes", policyId: "a b", ruleIds: ["good", ""], forceDestroy: 1,
      } as any);`,
      said: [
        "name: given 7",
        'domainName: given "nodots"; allowed: a domain name of at least two labels',
        'autoGroup: given "yes"',
        'policyId: given "a b"; allowed: the id of a policy; for example policyId: policy.id',
        'ruleIds[1]: given ""',
        "forceDestroy: given 1",
      ],
    },
    "workspace that groups without a domain": {
      program: `new nylas.NylasWorkspace("wrong", { autoGroup: true });`,
      said: ["autoGroup: given true without domainName"],
    },
    "default workspace": {
      program: `new nylas.NylasDefaultWorkspace("wrong", { policyId: 1, ruleIds: "all", name: "Mine" } as any);`,
      said: ["policyId: given 1", 'ruleIds: given "all"', "name is not a property of this resource"],
    },
    account: {
      program: `new nylas.AgentAccount("wrong", {
        email: "nobody", displayName: "two\\nlines", workspaceId: 7, appPassword: "short-Secret-1", appPasword: "typed-Wrong-2",
      } as any);`,
      said: [
        'email: given "nobody"; allowed: an address on a registered domain',
        'displayName: given "two',
        "workspaceId: given 7; allowed: the id of a workspace",
        "appPassword: given a value that does not fit (not shown: it is a secret); allowed: 18 to 40 printable ASCII characters",
        "appPasword is not a property of this resource; did you mean appPassword?",
      ],
    },
    "account without an address": {
      program: `new nylas.AgentAccount("wrong", {} as any);`,
      said: ["email is missing; allowed: an address on a registered domain"],
    },
    domain: {
      program: `new nylas.NylasDomain("wrong", { domainName: "-agents.example.com", name: "", forceDestroy: "yes" } as any);`,
      said: ['domainName: given "-agents.example.com"', 'name: given ""', 'forceDestroy: given "yes"'],
    },
    "records and verification of a domain": {
      program: `
        new nylas.NylasDomainRecords("wrong", { domainName: "nodots", dkimKeyLength: 512, hosts: 5 } as any);
      `,
      said: [
        "domainId is missing",
        'domainName: given "nodots"',
        "dkimKeyLength: given 512; allowed: 1024 or 2048",
        "hosts: given 5",
      ],
    },
    verification: {
      program: `new nylas.NylasDomainVerification("wrong", { domainName: 5, purposes: ["postage"], wait: "no" } as any);`,
      said: ["domainName: given 5", "records is missing", 'purposes[0]: given "postage"', 'wait: given "no"'],
    },
    "two accounts with one address": {
      program: `
        new nylas.AgentAccount("one", { email: "same@acme.nylas.email" });
        new nylas.AgentAccount("two", { email: "Same@acme.nylas.email" });
      `,
      said: [
        /account same@acme\.nylas\.email is declared twice in this program: by project\/test\/(one|two) and by project\/test\/(one|two)/,
      ],
    },
  };

  it("of every kind is refused in the preview, by the property's path, before anything is asked", async () => {
    const { sim, stack, declare } = await openScene({ program: "", withoutKeys: true });
    for (const [name, { program, said }] of Object.entries(wrong)) {
      declare(program);
      const preview = refused(await stack.preview(), ...said);
      assert.doesNotMatch(preview.text, /at .*\(.*:\d+:\d+\)/, `${name}: a person needs no stack trace`);
      for (const secret of ["short-Secret-1", "typed-Wrong-2"]) {
        assert.ok(!preview.text.includes(secret), `the engine prints what a failure names:\n${preview.text}`);
      }
    }
    assert.deepEqual(sim.requests, []);
    assert.deepEqual(leftBehind(sim), []);
  });

  itInLongRun(
    "in an edit is refused in the preview: what cannot be taken away, and what would delete mail",
    async () => {
      const program = (policy: string, account: string) => `
      new nylas.NylasPolicy("policy", ${policy});
      new nylas.AgentAccount("bot", ${account});
    `;
      const limits =
        "{ limits: { dailySends: 50, inboxRetentionDays: 30, storageBytes: 1000 }, spamDetection: { sensitivity: 2 } }";
      const bot = `{ email: "bot@acme.nylas.email", displayName: "Acme bot", appPassword: "first-Password-0001" }`;
      const { sim, stack, declare } = await openScene({ program: program(limits, bot) });
      succeeded(await stack.up());
      sim.clearRequests();

      declare(program("{ limits: { inboxRetentionDays: 20, storageBytes: 999 } }", bot));
      refused(
        await stack.preview(),
        "limits.dailySends: it was 50 and cannot be un-set: the API would keep the old value",
        "spamDetection.sensitivity: it was 2 and cannot be un-set",
        "limits.inboxRetentionDays: going from 30 to 20 deletes mail beyond it",
        "limits.storageBytes: going from 1000 to 999",
        "allowMailLoss: true on the policy",
      );
      declare(program(limits, `{ email: "bot@acme.nylas.email" }`));
      refused(
        await stack.preview(),
        'displayName: it was "Acme bot" and cannot be taken away again, only changed',
        "appPassword: once set it cannot be taken away: the API has no way to close IMAP and SMTP",
      );
      assert.deepEqual(sim.requests, []);
    },
  );
});

describe("a delete", function () {
  this.timeout(300_000);
  afterEach(closeScenes);

  const EMAIL = "bot@acme.nylas.email";
  const program = (forceDestroy = "") => `
    new nylas.NylasDomain("domain", { domainName: "agents.example.com", ${forceDestroy} });
    new nylas.NylasWorkspace("workspace", { name: "Customer A", ${forceDestroy} });
    new nylas.NylasPolicy("policy", {});
    new nylas.AgentAccount("bot", { email: "${EMAIL}", ${forceDestroy} });
  `;

  it("of what holds mail, accounts or is in use is refused; what is gone already is no error", async () => {
    const { sim, stack, declare } = await openScene({ program: program() });
    succeeded(await stack.up());
    const id = (name: string) => stack.resource(name)!.id!;
    sim.addMessage({ grant: EMAIL, subject: "keep me" });
    sim.seed({ kind: "grant", email: "neighbour@agents.example.com", workspaceId: id("workspace") });
    const user = sim.seed({ kind: "workspace", name: "By hand", policyId: id("policy") });
    const before = recorded(stack);
    sim.clearRequests();

    const all = refused(
      await stack.destroy("--continue-on-error"),
      "domain agents.example.com (id",
      "an account lives on it (neighbour@agents.example.com)",
      'workspace "Customer A" (id',
      "1 account(s) are in it (neighbour@agents.example.com)",
      'policy "project/test/policy" (id',
      `workspace "By hand" (id ${user}) still names it`,
      `account ${EMAIL} (id ${id("bot")}) is kept: its mailbox holds mail`,
      "forceDestroy: true",
    );
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(recorded(stack), before, all.text);

    // The way out: the word in the program, a run, and then the end; the policy once nobody names it.
    declare(program("forceDestroy: true,"));
    const word = succeeded(await stack.up());
    assert.equal(word.summary.update, 3);
    assert.deepEqual(writesOf(sim), [], "forceDestroy is the state's own business");
    sim.edit("workspace", user, { policy_id: null });

    // One is gone already, another one goes between the look and the delete.
    sim.remove("policy", id("policy"));
    sim.addFault({
      method: "DELETE",
      path: "/v3/workspaces/",
      when: "after",
      kind: "status",
      status: 404,
      type: "not_found_error",
    });
    succeeded(await stack.destroy());
    assert.deepEqual(leftBehind(sim), ["account neighbour@agents.example.com", "workspace By hand"]);
    assert.deepEqual(recorded(stack), []);
    assert.deepEqual(
      sim.state().lostMail.map(({ subject }) => subject),
      ["keep me"],
    );
  });

  itInLongRun(
    "of accounts that are no longer in the program is forced by their addresses, in the configuration or the environment",
    async () => {
      const bot = (name: string) =>
        `new nylas.AgentAccount("${name}", { email: "${name}@acme.nylas.email" });`;
      const { sim, stack, declare } = await openScene({ program: bot("one") + bot("two") + bot("three") });
      succeeded(await stack.up());
      for (const name of ["one", "two"])
        sim.addMessage({ grant: `${name}@acme.nylas.email`, subject: "no longer wanted" });

      declare(bot("three"));
      refused(
        await stack.up("--continue-on-error"),
        "run with NYLAS_FORCE_DESTROY=account:one@acme.nylas.email in the environment",
        "pulumi config set --path 'nylas:forceDestroy[0]' account:one@acme.nylas.email",
      );
      succeeded(
        await stack.run("config", "set", "--path", "nylas:forceDestroy[0]", "account:One@acme.nylas.email"),
      );
      refused(await stack.up("--continue-on-error"), "account two@acme.nylas.email");
      assert.equal(mailbox(sim, "one@acme.nylas.email"), undefined, "it was named");
      assert.ok(mailbox(sim, "two@acme.nylas.email"), "it was not");

      // A program with nothing of ours in it, and a destroy, see only the configuration that the state remembers.
      stack.env["NYLAS_FORCE_DESTROY"] = "account:two@acme.nylas.email";
      succeeded(await stack.destroy());
      assert.deepEqual(leftBehind(sim), []);
      assert.equal(sim.state().lostMail.length, 2);
    },
  );
});
