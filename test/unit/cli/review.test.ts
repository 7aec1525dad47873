import { strict as assert } from "node:assert";
import { readPreview, report } from "./hosts";
import { type Declared, fixture, gatesOf, LOSS, part, reviewOf } from "./previews";

describe("the review of what the real engine wrote", () => {
  const reviewed = (name: string) => report(readPreview(fixture(name)));
  const at = "agents.staging.example.com";

  it("says first what can lose mail or hand it to others, then whom the rest reaches", () => {
    const { markdown, gates } = reviewed("edits.json");
    assert.deepEqual(part(markdown, LOSS), [
      `The mailbox \`scheduling@${at}\` is deleted with all its mail. \`up\` refuses it as long as there is mail in it.`,
      `\`agent-13@${at}\` moves from workspace \`customer-a\` to workspace \`customer-b\`; whoever has a key for workspace \`customer-b\` can read the mailbox from then on. From then on: 50 → 500 sends a day and 30 → 90 days of inbox.`,
      `Renamed or moved in the program without an alias: account \`desk@${at}\` (until now \`desk\`). To Pulumi that is a create and a delete of the same object; write \`aliases: [{ name: "desk" }]\` into the options of \`helpdesk\`, and nothing happens to it.`,
    ]);
    assert.deepEqual(part(markdown, "Accounts"), [
      `New account \`agent-14@${at}\`, in workspace \`customer-a\` (policy \`outreach\`: 200 sends a day and 30 days of inbox).`,
    ]);
    assert.deepEqual(part(markdown, "Workspaces, policies, rules and lists"), [
      "Policy `outreach`: 50 → 200 sends a day for 13 accounts in `customer-a`.",
      "List `blocked`: 1 added (`junk.example`), through rule `no-spam` for 13 accounts in `customer-a`. Some incoming mail is turned away, or some mail is kept for a shorter time as spam or trash.",
    ]);
    assert.deepEqual(part(markdown, "Domains and DNS records"), [
      `The verification of \`${at}\` runs again, and is waited for.`,
      `DMARC (TXT) \`_dmarc.${at}\`: \`v=DMARC1; p=reject\` displaces \`v=DMARC1; p=none\`.`,
    ]);
    assert.deepEqual(
      gates.map(({ gate, count }) => `${gate} ${count}`),
      ["mail-loss 1", "hand-over 1", "drains 1", "delete 1", "rename 1", "limits 3", "dns 1", "change 8"],
    );
    assert.match(markdown, /<details><summary>Unchanged: 24<\/summary>\n\n- 13 accounts\n- 2 workspaces\n/);
  });

  it("reads the same from the events that newer settings stream, a line each", () => {
    const [whole, streamed] = [reviewed("edits.json").markdown, reviewed("streamed.jsonl").markdown];
    assert.equal(streamed, whole);
  });

  it("finds the object among what a log has around it", () => {
    const noisy = `> acme@1.0.0 preview\n> pulumi preview --json\n\n${fixture("edits.json")}\nnpm notice: {new} version\n`;
    assert.equal(report(readPreview(noisy)).markdown, reviewed("edits.json").markdown);
  });

  it("shows a refusal of the provider as it is, and does not say that all is well", () => {
    const { markdown, gates } = reviewed("refused.json");
    assert.match(markdown, /\*\*What changes is not known\.\*\*\n\n> \[!CAUTION\]/);
    assert.match(markdown, /#### Errors\n\n```text\n.*going from 30 to 7 deletes mail beyond it/);
    assert.deepEqual(gatesOf({ gates }), ["incomplete"]);
  });

  it("shows an address that changes as a mailbox deleted and another made", () => {
    const { markdown, gates } = reviewed("replace.json");
    assert.deepEqual(part(markdown, LOSS), [
      `The address \`scheduling@${at}\` becomes \`planning@${at}\`: the mailbox is deleted with all its mail, and a new, empty one is made.`,
    ]);
    assert.deepEqual(gatesOf({ gates }), ["mail-loss", "replace", "delete", "change"]);
  });

  it("shows a stack that does not exist yet, with records whose values Nylas has yet to be asked for", () => {
    const { markdown, gates } = reviewed("new.json");
    assert.match(markdown, /\*\*No mail is lost or handed to others by this\.\*\*/);
    assert.match(
      part(markdown, "Accounts")[0]!,
      /^14 new accounts: .* in workspace `customer-a` \(policy `outreach`: 50 sends a day and 30 days of inbox\)\.$/,
    );
    assert.ok(
      part(markdown, "Domains and DNS records").includes(
        `MX \`${at}\` appears: a value that is known at the \`up\`. Mail for that name goes there from then on.`,
      ),
    );
    assert.deepEqual(gatesOf({ gates }), ["change"]);
  });

  it("takes a preview with --refresh that finds nothing for no change", () => {
    const { markdown, gates } = reviewed("refresh.json");
    assert.match(markdown, /\*\*Nothing changes\.\*\*/);
    assert.deepEqual(gates, []);
  });

  it("says what is wrong with what is no preview", () => {
    assert.throws(() => readPreview(""), /wrote nothing/);
    assert.throws(
      () => readPreview("error: no stack selected"),
      /This is not what pulumi preview --json writes/,
    );
    assert.throws(
      () => readPreview(`{"version":3,"deployment":{}}`),
      /This is not what pulumi preview --json writes/,
    );
  });
});

describe("the review of a change", () => {
  const policy = (name: string, limits: object, more: object = {}): Declared => ({
    type: "Policy",
    name,
    inputs: { name: `acme/staging/${name}`, limits, ...more },
  });
  const workspace = (name: string, policyName?: string, more: object = {}): Declared => ({
    type: "Workspace",
    name,
    inputs: {
      name: `acme/staging/${name}`,
      autoGroup: false,
      ...(policyName && { policyId: { ref: policyName } }),
      ...more,
    },
  });
  const account = (name: string, workspaceName?: string, more: object = {}): Declared => ({
    type: "AgentAccount",
    name,
    inputs: {
      email: `${name}@agents.example.com`,
      ...(workspaceName && { workspaceId: { ref: workspaceName } }),
      ...more,
    },
  });
  const mx = (content: string, name = "mx"): Declared => ({
    type: "cloudflare:index/dnsRecord:DnsRecord",
    name,
    inputs: { zoneId: "z", name: "agents.example.com", type: "MX", content, priority: 10, ttl: 1 },
  });
  const strict = policy("strict", { dailySends: 20, inboxRetentionDays: 7 });
  const wide = policy("wide", { dailySends: 50, inboxRetentionDays: 30 });
  const loss = (before: Declared[], after: Declared[], options = {}) =>
    part(reviewOf(before, after, options).markdown, LOSS);

  it("says nothing of the policy of a workspace that the stack does not manage, but that it is not known", () => {
    const made = reviewOf([], [account("one"), account("two", undefined, { workspaceId: "elsewhere" })]);
    assert.deepEqual(part(made.markdown, "Accounts"), [
      "New account `one@agents.example.com`, in the default workspace.",
      "New account `two@agents.example.com`, in a workspace outside of this stack (`elsewhere`).",
    ]);
    const fleet = [wide, workspace("a", "wide")];
    const moved = reviewOf([...fleet, account("one", "a")], [...fleet, account("one")]);
    assert.deepEqual(part(moved.markdown, LOSS), [
      "`one@agents.example.com` moves from workspace `a` to the default workspace. Whether less mail is kept there cannot be told from this stack.",
    ]);
    assert.deepEqual(gatesOf(moved), ["mail-loss", "hand-over", "limits", "change"]);
  });

  it("counts the accounts of every workspace under an edited policy, in the default one too", () => {
    const fleet = (sends: number) => [
      policy("wide", { dailySends: sends }),
      workspace("a", "wide"),
      workspace("b", "wide"),
      { type: "DefaultWorkspace", name: "rest", inputs: { policyId: { ref: "wide" } } },
      account("one", "a"),
      account("two", "a"),
      account("three", "b"),
      account("four"),
    ];
    const { markdown, gates } = reviewOf(fleet(50), fleet(0));
    assert.deepEqual(part(markdown, "Workspaces, policies, rules and lists"), [
      "Policy `wide`: 50 → 0 sends a day for 4 accounts: 2 in `a`, 1 in `b` and 1 in the default workspace.",
    ]);
    assert.deepEqual(gatesOf({ gates }), ["limits", "change"]);
  });

  it("tells what keeps less mail from what only limits it, in one policy", () => {
    const before = [
      policy("p", { storageBytes: 2e9, dailySends: 1 }),
      workspace("a", "p"),
      account("one", "a"),
    ];
    const after = [
      policy("p", { storageBytes: 1e9, dailySends: 2, spamRetentionDays: 7 }, { allowMailLoss: true }),
      workspace("a", "p"),
      account("one", "a"),
    ];
    const { markdown, gates } = reviewOf(before, after);
    assert.deepEqual(part(markdown, LOSS), [
      "Policy `p` keeps less mail, and what is beyond it is deleted: the plan's maximum → 7 days of spam and 2 GB → 1 GB of storage for 1 account in `a`. `allowMailLoss` lets it through.",
    ]);
    assert.deepEqual(part(markdown, "Workspaces, policies, rules and lists"), [
      "Policy `p`: 1 → 2 sends a day for 1 account in `a`.",
    ]);
    assert.deepEqual(gatesOf({ gates }), ["mail-loss", "limits", "change"]);
  });

  describe("B13: the plan may keep less than a policy that was made under a larger one", () => {
    const text = "Whether less mail is kept under these cannot be seen from here.";
    const long = policy("long", { inboxRetentionDays: 300 });
    const base = [long, account("one", "a")];
    const gated = (before: Declared[], after: Declared[]) =>
      gatesOf(reviewOf(before, after)).includes("mail-loss");

    it("gates a policy that is detached, with the word or without", () => {
      for (const options of [{}, { allowMailLoss: true }]) {
        const after = [...base, workspace("a", undefined, options)];
        assert.ok(gated([...base, workspace("a", "long")], after));
        assert.match(loss([...base, workspace("a", "long")], after)[0]!, new RegExp(text));
      }
    });

    it("gates each limit that the smallest plan does not keep, and none that it does", () => {
      for (const [limits, isGated] of [
        [{ inboxRetentionDays: 31 }, true],
        [{ inboxRetentionDays: 30 }, false],
        [{ inboxRetentionDays: "unlimited" }, true],
        [{ spamRetentionDays: 8 }, true],
        [{ spamRetentionDays: 7 }, false],
        [{ storageBytes: 3.1e9 }, true],
        [{ storageBytes: 3e9 }, false],
        [{ dailySends: 50 }, false],
        [{}, false],
      ] as const) {
        const own = [policy("own", limits), account("one", "a")];
        assert.equal(
          gated([...own, workspace("a", "own")], [...own, workspace("a")]),
          isGated,
          JSON.stringify(limits),
        );
      }
    });

    it("gates a policy in its place that leaves the limit out, and a limit that is taken out of it", () => {
      const open = policy("open", { dailySends: 50 });
      assert.ok(gated([...base, open, workspace("a", "long")], [...base, open, workspace("a", "open")]));
      const less = [policy("long", {}), account("one", "a"), workspace("a", "long")];
      assert.ok(gated([...base, workspace("a", "long")], less));
    });

    it("gates a policy that is not known", () => {
      const other = workspace("a", undefined, { policyId: "other" });
      assert.ok(gated([...base, other], [...base, workspace("a")]));
    });
  });

  it("shows a workspace whose policy is swapped for one that keeps less, and one that loses it", () => {
    const base = [strict, wide, account("one", "a")];
    assert.deepEqual(loss([...base, workspace("a", "wide")], [...base, workspace("a", "strict")]), [
      "Workspace `a`: policy `wide` → policy `strict`: 50 → 20 sends a day and 30 → 7 days of inbox for 1 account. Less mail is kept, and what is beyond it is deleted.",
    ]);
    assert.deepEqual(loss([...base, workspace("a", "wide")], [...base, workspace("a")]), [
      "Workspace `a` loses its policy (policy `wide`): the plan's maxima hold for 1 account.",
    ]);
    assert.deepEqual(loss([...base, workspace("a", "strict")], [...base, workspace("a", "wide")]), []);
    assert.deepEqual(
      loss([...base, workspace("a", "wide")], [...base, workspace("a", undefined, { policyId: "other" })]),
      [
        "Workspace `a`: policy `wide` → a policy outside of this stack (`other`) for 1 account. Whether less mail is kept under it cannot be told from this stack.",
      ],
    );
  });

  it("says who can read a mailbox that moves, even when its new workspace does not exist yet", () => {
    const key: Declared = {
      type: "Principal",
      name: "tenant-b-agent",
      inputs: { name: "Tenant B", boundTo: { workspace: { ref: "b" } }, permissions: ["messages.read"] },
    };
    const before = [wide, workspace("a", "wide"), account("one", "a")];
    const after = [strict, wide, workspace("a", "wide"), workspace("b", "strict"), account("one", "b"), key];
    const { markdown, gates } = reviewOf(before, after);
    assert.deepEqual(part(markdown, LOSS), [
      "`one@agents.example.com` moves from workspace `a` to workspace `b`; whoever has a key for workspace `b` can read the mailbox from then on (`Tenant B`). Less mail is kept there, and what is beyond it is deleted: 50 → 20 sends a day and 30 → 7 days of inbox. Which one it is, is known at the `up` alone.",
      "Keys of `Tenant B` reach workspace `b` (1 account), as far as the preview shows, with `messages.read`.",
    ]);
    assert.deepEqual(gatesOf({ gates }), ["mail-loss", "hand-over", "limits", "change"]);
  });

  it("does not take a workspace that is made anew for another tenant's", () => {
    const domain = (name: string, replaced = false): Declared => ({
      ...workspace("a", "wide", { domainName: name }),
      replaced,
    });
    const { markdown, gates } = reviewOf(
      [wide, domain("old.example.com"), account("one", "a")],
      [wide, domain("new.example.com", true), account("one", "a")],
    );
    assert.deepEqual(part(markdown, LOSS), [
      "Workspace `a` is made anew, for `new.example.com` instead of `old.example.com`: 1 account moves over to the new one, and a key bound to the old one reads nothing any more. Its id is known at the `up` alone.",
    ]);
    assert.deepEqual(gatesOf({ gates }), ["mail-loss", "hand-over", "replace", "delete", "change"]);
  });

  it("says of each delete what keeps it from losing mail, and what does not", () => {
    const gone = (more: Partial<Declared>, inputs = {}) =>
      loss([{ ...account("one", undefined, inputs), ...more }], []);
    const deleted = "The mailbox `one@agents.example.com` is deleted with all its mail.";
    assert.deepEqual(gone({}), [`${deleted} \`up\` refuses it as long as there is mail in it.`]);
    assert.deepEqual(gone({}, { forceDestroy: true }), [
      `${deleted} \`forceDestroy\` is recorded: it goes even with mail in it.`,
    ]);
    assert.deepEqual(gone({ protect: true }), [
      `${deleted} It is protected: the engine refuses it until \`protect\` is taken off.`,
    ]);
    assert.deepEqual(gone({ retainOnDelete: true }), []);
    assert.deepEqual(
      loss([account("one")], [], { config: { "nylas:forceDestroy": '["account:one@agents.example.com"]' } }),
      [`${deleted} \`forceDestroy\` is recorded: it goes even with mail in it.`],
    );
  });

  it("deletes of a domain and of a workspace name the accounts that are left behind", () => {
    const domain: Declared = { type: "Domain", name: "agents", inputs: { domainName: "agents.example.com" } };
    const { markdown, gates } = reviewOf(
      [domain, workspace("a"), account("one", "a"), account("two", "a")],
      [account("one", undefined, { workspaceId: "id-a" }), account("two")],
    );
    assert.deepEqual(part(markdown, LOSS), [
      "`two@agents.example.com` moves from workspace `a` to the default workspace. Whether less mail is kept there cannot be told from this stack.",
      "Workspace `a` is deleted. 1 account would be left to the default workspace, its policy and its keys: `one@agents.example.com`. `up` refuses it as long as there are accounts in it.",
      "The domain `agents.example.com` is deleted. It ends the mail of every account on it (2 accounts in this stack: `one@agents.example.com` and `two@agents.example.com`). `up` refuses it as long as accounts live on it.",
    ]);
    assert.ok(gatesOf({ gates }).includes("mail-loss"));
  });

  it("takes a rename for one by the object's own key, wherever it went, and names the shortest alias", () => {
    const group = (name: string): Declared => ({ type: "acme:index:Tenant", name, component: true });
    const renamed = (before: Declared[], after: Declared[]) => {
      const { markdown, gates } = reviewOf(before, after);
      assert.deepEqual(gatesOf({ gates }), ["rename", "change"], markdown);
      return /write (`.*?`) into the options of (`.*?`)/.exec(part(markdown, LOSS).join("\n"))!.slice(1);
    };
    const as = (name: string, parent?: string): Declared => ({
      ...account("bot"),
      name,
      ...(parent && { parent }),
    });
    assert.deepEqual(renamed([as("bot")], [as("robot")]), ['`aliases: [{ name: "bot" }]`', "`robot`"]);
    assert.deepEqual(renamed([as("bot")], [group("t"), as("bot", "t")]), [
      "`aliases: [{ parent: pulumi.rootStackResource }]`",
      "`bot`",
    ]);
    assert.deepEqual(renamed([as("bot")], [group("t"), as("robot", "t")]), [
      '`aliases: [{ name: "bot", parent: pulumi.rootStackResource }]`',
      "`robot`",
    ]);
    assert.deepEqual(renamed([group("t"), as("bot", "t")], [group("u"), as("robot", "u")]), [
      '`aliases: [{ name: "bot" }]`',
      "`robot`",
    ]);
    assert.deepEqual(renamed([group("t"), as("bot", "t")], [as("robot")]), [
      '`aliases: ["urn:pulumi:staging::acme::acme:index:Tenant$pulumi-nodejs:dynamic/nylas:AgentAccount::bot"]`',
      "`robot`",
    ]);
    assert.deepEqual(renamed([group("t"), as("t-bot", "t")], [group("u"), as("u-bot", "u")]), [
      '`aliases: [{ name: "t" }]`',
      "`u`",
    ]);
  });

  it("does not take one customer for another that is alike in all but the name", () => {
    const { markdown, gates } = reviewOf(
      [wide, workspace("customer-a", "wide"), account("one", "customer-a")],
      [wide, workspace("customer-b", "wide"), account("one", "customer-b")],
    );
    assert.ok(gatesOf({ gates }).includes("hand-over"), markdown);
    assert.match(
      part(markdown, LOSS).join("\n"),
      /moves from workspace `customer-a` to workspace `customer-b`/,
    );
    assert.match(part(markdown, "The rest").join("\n"), /if they are two customers', do not/);
  });

  it("takes a default name for one after an earlier rename too, and a name of the program's own for none", () => {
    const gone = (name: string) => ({ ...workspace("second", "wide", { name }), name: "second" });
    const rest = (before: Declared) => {
      const now = workspace("third", "wide", { name: "acme/staging/third" });
      return part(reviewOf([wide, before], [wide, now]).markdown, "The rest").join("\n");
    };
    const alias = /write `aliases: \[\{ name: "second" \}\]` into its options/;
    assert.match(rest(gone("acme/staging/second")), alias);
    assert.match(rest(gone("acme/staging/first")), alias);
    assert.doesNotMatch(rest(gone("Support")), alias);
  });

  it("says when an MX goes or names another server while accounts live on its name, and what it displaces", () => {
    const one = account("one");
    const inbound = mx("inbound.nylas.example");
    assert.deepEqual(loss([inbound, one], [one]), [
      "The MX of `agents.example.com` goes: mail to 1 account is no longer delivered (`one@agents.example.com`).",
    ]);
    const moved = reviewOf([inbound, one], [mx("mail.example.org"), one]);
    assert.deepEqual(part(moved.markdown, LOSS), [
      "Mail to 1 account on `agents.example.com` goes to another server from then on: `10 mail.example.org` (`one@agents.example.com`).",
    ]);
    assert.deepEqual(part(moved.markdown, "Domains and DNS records"), [
      "MX `agents.example.com`: `10 mail.example.org` displaces `10 inbound.nylas.example`.",
    ]);
    const twin = reviewOf([inbound], [mx("mail.example.org", "other")]);
    assert.deepEqual(part(twin.markdown, "Domains and DNS records"), [
      "MX `agents.example.com`: `10 mail.example.org` displaces `10 inbound.nylas.example`.",
    ]);
    assert.deepEqual(gatesOf(twin), ["mail-loss", "hand-over", "dns", "change"]);
  });

  it("shows a record set of Route 53 by the values that come and go, and that it writes over others'", () => {
    const set = (records: unknown[], more: object = {}): Declared => ({
      type: "aws:route53/record:Record",
      name: "agents-txt",
      inputs: { zoneId: "Z1", name: "agents.example.com", type: "TXT", ttl: 300, records, ...more },
    });
    const dns = (before: Declared[], after: Declared[]) =>
      part(reviewOf(before, after).markdown, "Domains and DNS records");
    assert.deepEqual(
      dns(
        [set(["v=spf1 -all", "google-site-verification=x"])],
        [set(["v=spf1 -all", "nylas-ownership-verify=y"])],
      ),
      [
        "TXT `agents.example.com`: `nylas-ownership-verify=y` is added and `google-site-verification=x` is taken out; 1 stays.",
      ],
    );
    assert.deepEqual(dns([], [set(["v=spf1 -all"], { allowOverwrite: true })]), [
      "SPF (TXT) `agents.example.com` appears: `v=spf1 -all`. It writes over whatever stands there (`allowOverwrite`).",
    ]);
    assert.deepEqual(dns([set(["v=spf1 -all"])], [set(["v=spf1 -all"], { ttl: 60 })]), [
      "SPF (TXT) `agents.example.com` keeps its value; it is kept by resolvers for 60 seconds (until now 300 seconds).",
    ]);
  });

  it("follows a list through its rules to the accounts, and a rule in words", () => {
    const list = (items: string[]): Declared => ({
      type: "List",
      name: "vip",
      inputs: { type: "address", name: "VIP", items },
    });
    const rule = (more: object = {}): Declared => ({
      type: "Rule",
      name: "to-folder",
      inputs: {
        name: "To folder",
        trigger: "inbound",
        match: "any",
        conditions: [
          { field: "from.address", inList: [{ ref: "vip" }] },
          { field: "from.domain", is: "acme.example" },
        ],
        actions: [{ assignToFolder: "VIP" }, "markAsStarred"],
        ...more,
      },
    });
    const fleet = (items: string[], more?: object) => [
      list(items),
      rule(more),
      workspace("a", undefined, { ruleIds: [{ ref: "to-folder" }] }),
      account("one", "a"),
    ];
    const words = (
      before: Declared[],
      after: Declared[],
      title = "Workspaces, policies, rules and lists",
    ): string[] => part(reviewOf(before, after).markdown, title);
    assert.deepEqual(
      words(fleet(["a@x.example"]), fleet(["b@x.example"]), "What can lose mail or hand it to others"),
      [
        "List `VIP`: 1 added (`b@x.example`); 1 removed (`a@x.example`), through rule `To folder` for 1 account in `a`. Whether rules of other stacks refuse mail or rescue it, or keep accounts from sending by it is not known.",
      ],
    );
    assert.deepEqual(words(fleet([]), fleet([], { actions: ["block"] })), [
      "Rule `To folder`: incoming mail is refused when the sender is in list `VIP` or the sender's domain is `acme.example` (until now: incoming mail goes into the folder `VIP` and is starred when the sender is in list `VIP` or the sender's domain is `acme.example`) for 1 account in `a`. Some incoming mail is turned away, or some mail is kept for a shorter time as spam or trash.",
    ]);
  });

  it("shows a webhook's server and never the rest of its address, which may be a secret of its own", () => {
    const hook = (url: string): Declared => ({
      type: "Webhook",
      name: "events",
      inputs: { name: "events", url, triggers: ["message.created"] },
    });
    const { markdown, gates } = reviewOf(
      [hook("https://old.example.com/x?token=hunter2")],
      [hook("https://user:hunter2@new.example.com/services/T0/hunter2")],
    );
    assert.deepEqual(part(markdown, LOSS), [
      "Events of all accounts of the application are sent to `new.example.com` instead of `old.example.com` (webhook `events`).",
    ]);
    assert.doesNotMatch(markdown, /hunter2/);
    assert.deepEqual(gatesOf({ gates }), ["hand-over", "change"]);
  });

  it("says when a guard is taken off before anything is deleted", () => {
    const { markdown, gates } = reviewOf(
      [account("one")],
      [account("one", undefined, { forceDestroy: true })],
    );
    assert.deepEqual(part(markdown, LOSS), [
      "From the next change on, account `one@agents.example.com` may be deleted with all mail and accounts in it: `forceDestroy` is recorded.",
    ]);
    assert.deepEqual(gatesOf({ gates }), ["unguard", "change"]);
  });

  it("never shows a password, also where the state holds it in plain text, nor a key of the environment", () => {
    const { markdown } = reviewOf(
      [account("one", undefined, { appPassword: "Hunter2Hunter2Hunter2" })],
      [account("one", undefined, { appPassword: "[secret]" })],
      {
        diagnostics: [
          { severity: "warning", message: "calling with nyk_v0_abcdefghijklmnop and key-of-this-job" },
        ],
        secrets: ["key-of-this-job"],
      },
    );
    assert.match(markdown, /another password for IMAP and SMTP/);
    assert.match(markdown, /calling with \[secret\] and \[secret\]/);
    assert.doesNotMatch(markdown, /Hunter2|nyk_v0|key-of-this-job/);
  });

  it("says that accounts may be missing where the preview was made without --show-sames", () => {
    const whole = JSON.stringify({
      steps: [],
      changeSummary: { same: 30 },
    });
    const { markdown, gates } = report(readPreview(whole));
    assert.match(markdown, /without `--show-sames`/);
    assert.deepEqual(gatesOf({ gates }), ["incomplete"]);
  });

  it("leaves nothing unsaid: what no part knows stands in the rest", () => {
    const { markdown } = reviewOf(
      [
        { type: "aws:s3/bucket:Bucket", name: "old" },
        { type: "Rule", name: "r", inputs: { description: "a" } },
      ],
      [
        { type: "aws:s3/bucket:Bucket", name: "new" },
        { type: "Rule", name: "r", inputs: { description: "b" } },
      ],
    );
    assert.deepEqual(part(markdown, "The rest").sort(), [
      "1 `aws:s3/bucket:Bucket` deleted: `old`.",
      "1 `aws:s3/bucket:Bucket` made: `new`.",
      "1 rule changed (`description`): `r`.",
    ]);
  });

  it("calls a smoke test by its name, and its end no delete", () => {
    const smoke = (sender?: string): Declared => ({
      type: "SmokeTest",
      name: "customer-a",
      inputs: { accounts: ["g-1"], ...(sender ? { sender } : {}) },
    });
    const changed = reviewOf([smoke()], [smoke("g-1")]);
    assert.deepEqual(part(changed.markdown, "The rest"), ["1 smoke test changed: `customer-a`."]);
    const ended = reviewOf([smoke()], []);
    assert.deepEqual(part(ended.markdown, "The rest"), ["1 smoke test deleted: `customer-a`."]);
    assert.deepEqual(gatesOf(ended), ["change"]);
  });
});
