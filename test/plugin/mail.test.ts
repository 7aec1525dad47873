import assert from "node:assert/strict";
import { type Declared, type Input } from "./stack";
import {
  account,
  defaultWorkspace,
  domain,
  done,
  lostMail,
  openWorld,
  policy,
  refused,
  standing,
  succeeded,
  workspace,
  writesOf,
} from "./world";

const EMAIL = "bot@acme.nylas.email";
const DAY = 86_400;

/** What the simulator's ledger of lost mail says is the judge: whatever a program does, it stays empty without the word. */
describe("mail that a mailbox holds", () => {
  const world = openWorld();

  interface Edit {
    long?: Record<string, Input>;
    longOptions?: Record<string, Input>;
    short?: Record<string, Input>;
    a?: Record<string, Input>;
    b?: Record<string, Input>;
    rest?: Record<string, Input>;
    bot?: Record<string, Input>;
    without?: string[];
  }
  const program = (edit: Edit = {}): Declared[] =>
    [
      policy("long", {
        limits: { inboxRetentionDays: 300, spamRetentionDays: 20, storageBytes: 5_000_000_000, ...edit.long },
        ...edit.longOptions,
      }),
      policy("short", { limits: { inboxRetentionDays: 5, spamRetentionDays: 1, ...edit.short } }),
      workspace("a", { policyId: (of) => of("long").id, ...edit.a }),
      workspace("b", { policyId: (of) => of("short").id, ...edit.b }),
      ...(edit.rest ? [defaultWorkspace("rest", edit.rest)] : []),
      account("bot", { email: EMAIL, workspaceId: (of) => of("a").id, ...edit.bot }),
    ].filter(({ name }) => !edit.without?.includes(name));

  beforeEach(async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program()));
    sim.addMessage({ grant: EMAIL, subject: "fresh", size: 1000 });
    sim.addMessage({ grant: EMAIL, subject: "three months old", ageSeconds: 90 * DAY, size: 1000 });
    sim.addMessage({ grant: EMAIL, subject: "ten days of spam", folder: "junk", ageSeconds: 10 * DAY });
    sim.clearRequests();
  });
  const nothingLost = () => {
    assert.deepEqual(lostMail(world.sim), []);
    assert.equal(world.sim.state().messages.length, 3);
  };
  const refusedUp = async (edit: Edit, ...said: string[]) => {
    refused(await world.stack.apply(program(edit)), ...said);
    nothingLost();
    assert.deepEqual(writesOf(world.sim), []);
  };

  it("a policy's retention or storage is not shortened without allowMailLoss, and then it is", async () => {
    const { sim, stack } = world;
    for (const long of [
      { inboxRetentionDays: 30 },
      { spamRetentionDays: 5 },
      { storageBytes: 1500 },
    ] as const) {
      const [limit] = Object.keys(long);
      refused(await stack.preview(program({ long })), `limits.${limit}`, "allowMailLoss: true on the policy");
      await refusedUp({ long }, `limits.${limit}`, "deletes mail beyond it");
    }
    const preview = succeeded(
      await stack.preview(
        program({ long: { inboxRetentionDays: 30 }, longOptions: { allowMailLoss: true } }),
      ),
    );
    assert.equal(preview.warnings.length, 1, "said once more in the preview");
    succeeded(
      await stack.apply(program({ long: { inboxRetentionDays: 30 }, longOptions: { allowMailLoss: true } })),
    );
    assert.deepEqual(lostMail(sim), ["three months old: retention"]);
  });

  it("a limit that was never set counts as the plan's maximum", async () => {
    const { stack } = world;
    const none = program({ without: ["bot", "a", "b"] });
    succeeded(
      await stack
        .apply([policy("open"), ...none], { continueOnError: true })
        .then(() => stack.apply([...program(), policy("open")])),
    );
    refused(
      await stack.apply([...program(), policy("open", { limits: { inboxRetentionDays: 30 } })]),
      "going from the plan's maximum to 30",
    );
    nothingLost();
  });

  it("longer retention and more storage need no word", async () => {
    succeeded(
      await world.stack.apply(program({ long: { inboxRetentionDays: 365, storageBytes: 10 * 1024 ** 3 } })),
    );
    nothingLost();
  });

  it("a limit raised by hand is not put back without the word", async () => {
    const { sim, stack } = world;
    const { id } = stack.find("long");
    sim.edit("policy", id, { limits: { limit_inbox_retention_period: 360 } });
    sim.addMessage({ grant: EMAIL, subject: "from last year", ageSeconds: 340 * DAY });
    // Without a refresh nobody has seen it: an edit of the same limit upwards would still lower it.
    refused(
      await stack.apply(program({ long: { inboxRetentionDays: 310 } })),
      "in force is 360",
      "310",
      "allowMailLoss",
    );
    // With a refresh the preview refuses.
    assert.deepEqual(done(succeeded(await stack.refresh())), ["drift long"]);
    refused(await stack.preview(program()), "limits.inboxRetentionDays: going from 360 to 300");
    refused(await stack.apply(program()), "allowMailLoss");
    assert.deepEqual(lostMail(sim), []);
    succeeded(await stack.apply(program({ longOptions: { allowMailLoss: true } })));
    assert.deepEqual(lostMail(sim), ["from last year: retention"]);
  });

  it("a limit lowered by hand is put back without a word: that loses nothing more", async () => {
    const { sim, stack } = world;
    sim.edit("policy", stack.find("long").id, { limits: { limit_inbox_retention_period: 100 } });
    succeeded(await stack.refresh());
    assert.deepEqual(done(succeeded(await stack.apply(program()))), ["update long"]);
    nothingLost();
  });

  it("a workspace is not given a policy that keeps less without allowMailLoss on the workspace", async () => {
    const { sim, stack } = world;
    await refusedUp(
      { a: { policyId: (of) => of("short").id } },
      "would delete mail",
      EMAIL,
      "days of inbox: 300 → 5",
      "allowMailLoss: true on the workspace",
    );
    succeeded(await stack.apply(program({ a: { policyId: (of) => of("short").id, allowMailLoss: true } })));
    assert.deepEqual(lostMail(sim).sort(), ["ten days of spam: retention", "three months old: retention"]);
  });

  it("a workspace whose mailboxes are empty may change its policy as it likes", async () => {
    const { sim, stack } = world;
    for (const { id } of sim.state().messages) sim.remove("message", id);
    const lost = lostMail(sim).length;
    succeeded(await stack.apply(program({ a: { policyId: (of) => of("short").id } })));
    assert.equal(lostMail(sim).length, lost);
  });

  describe("B13: no policy is no more than the plan keeps, which may be less than a policy of a larger plan", () => {
    const WORD = { allowMailLoss: true };
    const smaller = () => world.sim.configure({ plan: "free" });
    const none = "no policy would hold for it any more";
    const kept = (edit: Edit, property: string) =>
      refusedUp(edit, none, "days of inbox: 300 → the plan's maximum, at least 30", `say ${property}`);
    const lost = ["ten days of spam: retention", "three months old: retention"];

    it("a policy is not detached from a workspace", async () => {
      smaller();
      await kept({ a: { policyId: undefined } }, "allowMailLoss: true on the workspace");
      await kept({ a: { policyId: undefined }, without: ["long"] }, "allowMailLoss: true on the workspace");
      succeeded(await world.stack.apply(program({ a: { policyId: undefined, ...WORD } })));
      assert.deepEqual(lostMail(world.sim).sort(), lost);
    });

    it("an account does not leave it for the default workspace", async () => {
      smaller();
      await kept({ bot: { workspaceId: undefined } }, "allowMailLoss: true on the account");
      succeeded(await world.stack.apply(program({ bot: { workspaceId: undefined, ...WORD } })));
      assert.deepEqual(lostMail(world.sim).sort(), lost);
    });

    it("nor does one that shows no workspace, although it is in the default one", async () => {
      const { sim, stack } = world;
      const rest = { policyId: ((of) => of("long").id) as Input };
      const bot = { workspaceId: undefined };
      succeeded(await stack.apply(program({ rest, b: { policyId: undefined } })));
      succeeded(await stack.apply(program({ rest, b: { policyId: undefined }, bot })));
      smaller();
      sim.configure({ grantsInDefault: "absent" });
      sim.clearRequests();
      const moved = { workspaceId: ((of) => of("b").id) as Input };
      await kept({ rest, b: { policyId: undefined }, bot: moved }, "allowMailLoss: true on the account");
      succeeded(await stack.apply(program({ rest, b: { policyId: undefined }, bot: { ...moved, ...WORD } })));
      assert.deepEqual(lostMail(sim).sort(), lost);
    });

    it("nor for a workspace without a policy, or with one that is gone", async () => {
      const { sim, stack } = world;
      const b = { workspaceId: ((of) => of("b").id) as Input };
      succeeded(await stack.apply(program({ b: { policyId: undefined } })));
      smaller();
      sim.clearRequests();
      await kept({ b: { policyId: undefined }, bot: b }, "allowMailLoss: true on the account");
      const gone = sim.seed({ kind: "policy", name: "gone" });
      sim.edit("workspace", stack.find("b").id, { policy_id: gone });
      sim.remove("policy", gone);
      await kept({ b: { policyId: undefined }, bot: b }, "allowMailLoss: true on the account");
    });

    it("a workspace is not deleted with accounts in it", async () => {
      const { sim, stack } = world;
      const home = { workspaceId: stack.find("a").id };
      succeeded(await stack.apply(program({ a: { forceDestroy: true }, bot: home })));
      smaller();
      sim.clearRequests();
      await refusedUp({ without: ["a"], bot: home }, none, "account:ADDRESS");
    });

    it("the default workspace does not lose its policy: not by an edit, a removal or a rename", async () => {
      const { sim, stack } = world;
      const rest = { policyId: ((of) => of("long").id) as Input };
      const bot = { workspaceId: undefined };
      succeeded(await stack.apply(program({ rest })));
      succeeded(await stack.apply(program({ rest, bot })));
      smaller();
      sim.clearRequests();
      await kept({ rest: { policyId: undefined }, bot }, "allowMailLoss: true on the workspace");
      await kept(
        { bot },
        "allowMailLoss: true on the default workspace, run pulumi up, and then take it out",
      );
      refused(
        await stack.apply([...program({ bot }), defaultWorkspace("other", { adopt: true })]),
        "say policyId in the new resource too",
      );
      nothingLost();
      succeeded(await stack.apply(program({ rest: { ...rest, ...WORD }, bot })));
      succeeded(await stack.apply(program({ bot })));
      assert.deepEqual(lostMail(sim).sort(), lost);
    });

    it("a default workspace that is renamed gives up its policy afterwards", async () => {
      const { sim, stack } = world;
      const rest = { policyId: ((of) => of("long").id) as Input };
      const bot = { workspaceId: undefined };
      const renamed = (inputs: Record<string, Input>) => [
        ...program({ bot }),
        defaultWorkspace("other", { adopt: true, ...inputs }),
      ];
      succeeded(await stack.apply(program({ rest })));
      succeeded(await stack.apply(program({ rest, bot })));
      smaller();
      succeeded(await stack.apply(renamed(rest)));
      nothingLost();
      succeeded(await stack.apply(renamed({ policyId: undefined, ...WORD })));
      assert.deepEqual(lostMail(sim).sort(), lost);
    });

    it("what keeps no more than the smallest plan goes without a word, mail or not", async () => {
      const { stack } = world;
      const small = { inboxRetentionDays: 30, spamRetentionDays: 7, storageBytes: 3_000_000_000 };
      succeeded(await stack.apply(program({ long: small, longOptions: WORD })));
      const lostByThat = lostMail(world.sim).length;
      succeeded(await stack.apply(program({ long: small, a: { policyId: undefined } })));
      smaller();
      assert.equal(lostMail(world.sim).length, lostByThat);
    });

    it("what a policy leaves out is the plan's maximum before and after", async () => {
      const { stack } = world;
      const paced = (a: Record<string, Input>) => [
        policy("paced", { limits: { dailySends: 50 } }),
        ...program({ a }),
      ];
      succeeded(await stack.apply(paced({})));
      succeeded(await stack.apply(paced({ policyId: (of) => of("paced").id })));
      succeeded(await stack.apply(paced({ policyId: undefined })));
      nothingLost();
    });

    it("and it tells what the plan keeps: as much needs no word, less does", async () => {
      const { stack } = world;
      const open = (edit: Edit) => [policy("open"), ...program(edit)];
      succeeded(await stack.apply(open({})));
      smaller();
      refused(
        await stack.apply(open({ a: { policyId: undefined } })),
        none,
        "days of inbox: 300 → 30, the plan's maximum",
      );
      nothingLost();
      world.sim.configure({ plan: "full" });
      succeeded(await stack.apply(open({ a: { policyId: undefined } })));
      nothingLost();
    });

    it("a policy that was taken over tells nothing: it may have been given limits before", async () => {
      const { sim, stack } = world;
      const id = sim.seed({ kind: "policy", name: "theirs", limits: { limit_inbox_retention_period: 300 } });
      const theirs = (edit: Edit) => [policy("theirs", { name: "theirs", adopt: id }), ...program(edit)];
      succeeded(await stack.apply(theirs({})));
      smaller();
      refused(await stack.apply(theirs({ a: { policyId: undefined } })), "at least 30");
      nothingLost();
    });

    it("E8: nor does it when the line that took it over is gone, nor after a refresh", async () => {
      const { sim, stack } = world;
      const id = sim.seed({ kind: "policy", name: "theirs", limits: { limit_inbox_retention_period: 300 } });
      const theirs = (more: Record<string, Input>, edit: Edit = {}) => [
        policy("theirs", { name: "theirs", limits: { dailySends: 50 }, ...more }),
        ...program(edit),
      ];
      succeeded(await stack.apply(theirs({ adopt: id })));
      succeeded(await stack.apply(theirs({})));
      succeeded(await stack.apply(theirs({ limits: { dailySends: 60 } })));
      smaller();
      for (const look of [() => stack.preview(theirs({})), () => stack.refresh()]) {
        succeeded(await look());
        refused(
          await stack.apply(theirs({ limits: { dailySends: 60 } }, { a: { policyId: undefined } })),
          "at least 30",
        );
        nothingLost();
      }
    });

    it("an empty mailbox needs no word", async () => {
      const { sim, stack } = world;
      for (const { id } of sim.state().messages) sim.remove("message", id);
      const before = lostMail(sim).length;
      smaller();
      succeeded(await stack.apply(program({ a: { policyId: undefined } })));
      assert.equal(lostMail(sim).length, before);
    });
  });

  it("a policy that sets no retention can be given to a workspace that has none, mail or not", async () => {
    const { stack } = world;
    succeeded(await stack.apply(program({ a: { policyId: undefined, allowMailLoss: true } })));
    const paced = (a: Record<string, Input>) => [
      policy("paced", { limits: { dailySends: 50 } }),
      ...program({ a }),
    ];
    succeeded(await stack.apply(paced({ policyId: (of) => of("paced").id })));
    nothingLost();
  });

  it("and where a plan keeps more than any we know of, every limit counts as less", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program({ a: { policyId: undefined, allowMailLoss: true } })));
    const paced = (a: Record<string, Input>) => [
      policy("paced", { limits: { dailySends: 50 } }),
      ...program({ a }),
    ];
    succeeded(await stack.apply(paced({ policyId: undefined })));
    sim.edit("policy", stack.find("short").id, { limits: { limit_storage_total: -1 } });
    refused(await stack.apply(paced({ policyId: (of) => of("paced").id })), "would delete mail", "→ 365");
    nothingLost();
  });

  it("an account is not moved to a workspace that keeps less without allowMailLoss on the account", async () => {
    const { sim, stack } = world;
    await refusedUp(
      { bot: { workspaceId: (of) => of("b").id } },
      "would delete mail",
      `the workspace of ${EMAIL}`,
      "allowMailLoss: true on the account",
    );
    assert.equal(sim.state().grants[0]!.workspace_id, stack.find("a").id);
    succeeded(await stack.apply(program({ bot: { workspaceId: (of) => of("b").id, allowMailLoss: true } })));
    assert.deepEqual(lostMail(sim).sort(), ["ten days of spam: retention", "three months old: retention"]);
  });

  it("an account that leaves its workspace for the default one is held to the same", async () => {
    const { sim, stack } = world;
    const rest = { policyId: ((of) => of("short").id) as Input };
    succeeded(await stack.apply(program({ rest })));
    refused(
      await stack.apply(program({ rest, bot: { workspaceId: undefined } })),
      "would delete mail",
      "allowMailLoss: true on the account",
    );
    nothingLost();
    // A default workspace that keeps as much: nothing to say.
    succeeded(await stack.apply(program({ rest: { policyId: (of) => of("long").id } })));
    succeeded(
      await stack.apply(
        program({ rest: { policyId: (of) => of("long").id }, bot: { workspaceId: undefined } }),
      ),
    );
    assert.notEqual(sim.state().grants[0]!.workspace_id, stack.find("a").id);
    nothingLost();
    // And now its policy is the one that must not be shortened.
    refused(await stack.apply(program({ rest, bot: { workspaceId: undefined } })), "would delete mail");
    nothingLost();
  });

  it("an account that was moved by hand is not moved back to where less is kept", async () => {
    const { sim, stack } = world;
    succeeded(
      await stack.apply(
        program({ a: { policyId: undefined, allowMailLoss: true }, b: { policyId: (of) => of("long").id } }),
      ),
    );
    const elsewhere = sim.seed({ kind: "workspace", name: "Elsewhere" });
    sim.edit("grant", stack.find("bot").id, { workspace_id: elsewhere });
    sim.edit("workspace", stack.find("a").id, { policy_id: stack.find("short").id });
    succeeded(await stack.refresh());
    const report = refused(
      await stack.apply(program({ a: { policyId: (of) => of("short").id } })),
      "would delete mail",
    );
    assert.ok(!done(report).includes("update bot"));
    nothingLost();
  });

  it("a workspace that is force-destroyed does not hand its mailboxes to a default workspace that keeps less", async () => {
    const { sim, stack } = world;
    const rest = { policyId: ((of) => of("short").id) as Input };
    const home = { workspaceId: stack.find("a").id };
    succeeded(await stack.apply(program({ rest, a: { forceDestroy: true }, bot: home })));
    refused(await stack.apply(program({ rest, without: ["a"], bot: home })), "would delete mail");
    nothingLost();
    assert.equal(sim.state().grants[0]!.workspace_id, home.workspaceId);
    // A word for the workspace is none for the mail of an account in it.
    const named = (...words: string[]) => {
      stack.config = { ...world.config, "nylas:forceDestroy": JSON.stringify(words) };
      return stack.apply(program({ rest, without: ["a"], bot: home }));
    };
    const word = `workspace:${stack.find("a").id}`;
    refused(await named(word), "would delete mail", "account:ADDRESS");
    nothingLost();
    succeeded(await named(word, "account:bot@acme.nylas.email"));
    assert.equal(lostMail(sim).length, 2);
  });

  it("an address is not changed, a mailbox not deleted, an account not renamed away", async () => {
    await refusedUp({ bot: { email: "new@acme.nylas.email" } }, "would replace the account", "forceDestroy");
    await refusedUp(
      { bot: { email: "new@acme.nylas.email", forceDestroy: true } },
      "would replace the account",
    );
    await refusedUp({ without: ["bot"] }, "its mailbox holds mail");
    const renamed = program({ without: ["bot"] }).concat(
      account("robot", { email: EMAIL, workspaceId: (of) => of("a").id }),
    );
    refused(await world.stack.apply(renamed, { continueOnError: true }), "aliases");
    nothingLost();
    assert.deepEqual(writesOf(world.sim), []);
    await refusedUp({ without: ["bot", "a", "long"] }, "its mailbox holds mail");
  });

  it("with everything removed at once only what nothing depends on goes, and the mailbox stays", async () => {
    const { sim, stack } = world;
    refused(await stack.apply([], { continueOnError: true }), "its mailbox holds mail");
    nothingLost();
    assert.deepEqual(standing(sim), [
      `account ${EMAIL}`,
      "policy project/stack/long",
      "workspace project/stack/a",
    ]);
    assert.deepEqual(
      stack.state.map(({ name }) => name),
      ["long", "a", "bot"],
    );
    refused(await stack.destroy(), "its mailbox holds mail");
    nothingLost();
    succeeded(await stack.apply(program()));
    nothingLost();
  });

  it("an account whose mailbox cannot be looked into is kept", async () => {
    const { sim, stack } = world;
    for (const { id } of sim.state().messages) sim.remove("message", id);
    for (const fault of [
      { kind: "status", status: 403 },
      { kind: "status", status: 500 },
      { kind: "cut" },
    ] as const) {
      sim.addFault({ method: "GET", path: "/messages$", ...fault, times: "always" });
      refused(await stack.apply(program({ without: ["bot"] })));
      assert.equal(sim.state().grants.length, 1);
      sim.clearFaults();
    }
    succeeded(await stack.apply(program({ without: ["bot"] })));
    assert.equal(sim.state().grants.length, 0);
  });

  it("forceDestroy that was taken back counts no more", async () => {
    const { stack } = world;
    succeeded(await stack.apply(program({ bot: { forceDestroy: true } })));
    succeeded(await stack.apply(program()));
    await refusedUp({ without: ["bot"] }, "its mailbox holds mail");
    succeeded(await stack.apply(program({ bot: { forceDestroy: true } })));
    succeeded(await stack.apply(program({ bot: { forceDestroy: false } })));
    await refusedUp({ without: ["bot"] }, "its mailbox holds mail");
  });

  it("a word that the configuration says for another address says nothing for this one", async () => {
    const { stack } = world;
    stack.config = {
      ...world.config,
      "nylas:forceDestroy": '["account:other@acme.nylas.email", "domain:acme.nylas.email"]',
    };
    await refusedUp({ without: ["bot"] }, "its mailbox holds mail");
  });

  it("a domain is not deleted under accounts, nor without a key that could see them", async () => {
    const { sim, stack } = world;
    const withDomain = [...program(), domain("own", { domainName: "agents.example.com" })];
    succeeded(await stack.apply(withDomain));
    const own = stack.find("own").id;
    sim.edit("domain", own, { verified: { ownership: true, mx: true } });
    sim.seed({ kind: "grant", email: "x@agents.example.com" });
    refused(await stack.apply(program()), "an account lives on it (x@agents.example.com)");
    stack.config = Object.fromEntries(Object.entries(world.config).filter(([key]) => key !== "nylas:apiKey"));
    const plugin = await world.plugin();
    await plugin.renew({ ...world.config, "nylas:apiKey": "" });
    await assert.rejects(
      plugin.delete("Domain", own, stack.find("own").outputs),
      /cannot be seen without an application key/,
    );
    assert.ok(standing(sim).includes("domain agents.example.com"));
  });
});
