import assert from "node:assert/strict";
import { type Declared, type Input } from "./stack";
import {
  account,
  declare,
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

describe("mailboxes that their owners have connected", () => {
  const world = openWorld();
  let gmail: string;
  let outlook: string;
  beforeEach(() => {
    gmail = world.sim.seed({ kind: "grant", provider: "google", email: "owner@customer.example" });
    outlook = world.sim.seed({ kind: "grant", provider: "microsoft", email: "boss@agents.example.com" });
    world.sim.addMessage({ grant: gmail, subject: "private" });
  });
  const connected = () =>
    world.sim
      .state()
      .grants.filter(({ provider }) => provider !== "nylas")
      .map(({ id }) => id);

  it("keep the workspace that they are in, and the domain that they are on", async () => {
    const { sim, stack } = world;
    succeeded(
      await stack.apply([workspace("customer"), domain("own", { domainName: "agents.example.com" })]),
    );
    sim.edit("grant", gmail, { workspace_id: stack.find("customer").id });
    refused(
      await stack.apply([], { continueOnError: true }),
      /workspace "project\/stack\/customer".* is kept: 1 account\(s\) are in it \(owner@customer\.example\)/,
      "an account lives on it (boss@agents.example.com)",
    );
    assert.deepEqual(
      standing(sim).filter((what) => !what.startsWith("account")),
      ["domain agents.example.com", "workspace project/stack/customer"],
    );
    assert.deepEqual(connected(), [gmail, outlook]);
  });

  it("are never taken over as an AgentAccount, by address or by id", async () => {
    const { sim, stack } = world;
    for (const adopt of [true, gmail]) {
      refused(
        await stack.apply([account("bot", { email: "owner@customer.example", adopt })]),
        "is a mailbox that its owner has connected (provider google)",
        "Nothing was changed",
      );
    }
    assert.deepEqual(stack.state, []);
    assert.deepEqual(writesOf(sim), []);
  });

  it("are not ended by an entry that an earlier release has made of them, forceDestroy or not", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([account("bot", { email: EMAIL })]));
    const entry = stack.find("bot");
    Object.assign(entry, {
      id: outlook,
      outputs: { ...entry.outputs, email: "boss@agents.example.com" },
    });
    refused(
      await stack.destroy(),
      "is kept: it is a mailbox that its owner has connected (provider microsoft)",
    );
    assert.deepEqual(connected(), [gmail, outlook]);
    assert.ok(sim.state().messages.some(({ subject }) => subject === "private"));
  });
});

describe("a mailbox that a list does not show", () => {
  const world = openWorld();

  it("is not moved by the create of its own address: Nylas would take it for a second sign-in", async () => {
    const { sim, stack } = world;
    const strict = [
      policy("short", { limits: { inboxRetentionDays: 5, spamRetentionDays: 1 } }),
      workspace("strict", { policyId: (of) => of("short").id }),
    ];
    succeeded(await stack.apply(strict));
    const there = sim.seed({ kind: "grant", email: EMAIL });
    sim.addMessage({ grant: there, subject: "three months old", ageSeconds: 90 * DAY });
    sim.clearRequests();
    // The list of the accounts comes empty, by whatever mistake.
    sim.addFault({ method: "GET", path: "^/v3/grants$", kind: "otherApplication", times: "always" });
    refused(
      await stack.apply([...strict, account("bot", { email: EMAIL, workspaceId: (of) => of("strict").id })]),
      `account ${EMAIL} (id ${there}) exists already and is not provably this resource's own`,
    );
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(lostMail(sim), []);
  });

  it("is deleted with its domain no more than with any other list: the key has to be of its application", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([domain("own", { domainName: "agents.example.com" })]));
    sim.seed({ kind: "grant", email: "x@agents.example.com" });
    for (const apiKey of [sim.keys.secondApiKey, sim.keys.otherOrganizationApiKey]) {
      stack.config = { ...world.config, "nylas:apiKey": apiKey };
      refused(
        await stack.apply([]),
        "Whether accounts live on agents.example.com cannot be seen",
        "Nothing was changed",
      );
      refused(await stack.destroy(), "cannot be seen");
    }
    assert.ok(standing(sim).includes("domain agents.example.com"));
  });
});

describe("what is decided from a list", () => {
  const world = openWorld();

  it("a policy is not deleted on the word of a list of workspaces in which the default one is missing", async () => {
    const { sim, stack } = world;
    const program = [
      policy("limits", { limits: { dailySends: 5 } }),
      workspace("customer", { policyId: (of) => of("limits").id }),
    ];
    succeeded(await stack.apply(program));
    stack.find("customer").dependencies = [];
    sim.addFault({ method: "GET", path: "^/v3/workspaces$", kind: "otherApplication", times: "always" });
    stack.state = [stack.find("limits")];
    refused(await stack.destroy(), "the default one", "is not among them");
    assert.ok(standing(sim).includes("policy project/stack/limits"));
  });

  it("a rule that is deleted does not take the rules of others along that a list does not show", async () => {
    const { sim, stack } = world;
    const mine = declare("Rule", "mine", {
      conditions: [{ field: "from.domain", is: "spam.example" }],
      actions: ["block"],
    });
    succeeded(await stack.apply([mine]));
    const theirs = sim.seed({ kind: "rule", name: "theirs" });
    const shared = sim.seed({ kind: "workspace", name: "shared" });
    sim.edit("workspace", shared, { rule_ids: [stack.find("mine").id, theirs] });
    sim.addFault({ method: "GET", path: "^/v3/rules$", kind: "otherApplication", times: "always" });
    succeeded(await stack.destroy());
    assert.deepEqual(sim.state().workspaces.find(({ id }) => id === shared)!.rule_ids, [theirs]);
    assert.deepEqual(
      sim.state().rules.map(({ name }) => name),
      ["theirs"],
    );
  });
});

describe("a list that rules of others name", () => {
  const world = openWorld();

  it("is deleted with a word about what comes through from then on", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([declare("List", "blocked", { type: "domain", items: ["spam.example"] })]));
    const { id } = stack.find("blocked");
    sim.seed({
      kind: "rule",
      name: "theirs",
      match: { operator: "all", conditions: [{ field: "from.domain", operator: "in_list", value: [id] }] },
      actions: [{ type: "block" }],
    });
    const { warnings } = succeeded(await stack.apply([]));
    assert.deepEqual(warnings, [
      `list ${id} is deleted, and rule "theirs" still names it: what it held back or sorted comes through from then on.`,
    ]);
    assert.deepEqual(sim.state().lists, []);
  });
});

describe("two changes that only together would cost mail", () => {
  const world = openWorld();

  it("an account that enters a workspace beside the change of its policy: one of the two is refused", async () => {
    const { sim, stack } = world;
    const program: Declared[] = [
      policy("long", { limits: { inboxRetentionDays: 300, spamRetentionDays: 20 } }),
      policy("short", { limits: { inboxRetentionDays: 5, spamRetentionDays: 1 } }),
      workspace("old", { policyId: (of) => of("long").id }),
      workspace("new", { policyId: (of) => of("long").id }),
      account("bot", { email: EMAIL, workspaceId: (of) => of("old").id }),
    ];
    succeeded(await stack.apply(program));
    sim.addMessage({ grant: EMAIL, subject: "three months old", ageSeconds: 90 * DAY });
    const [bot, into] = [stack.find("bot"), stack.find("new")];
    const short = stack.find("short").id;
    // The workspace has looked who is in it, and its change is still on the way when the account sets out.
    sim.addFault({ method: "PATCH", path: into.id, kind: "delay", delayMs: 300 });
    const plugin = await world.plugin();
    const outcomes = await Promise.allSettled([
      plugin.update("Workspace", into.id, into.outputs, { ...into.inputs, policyId: short }),
      plugin.update("AgentAccount", bot.id, bot.outputs, { ...bot.inputs, workspaceId: into.id }),
    ]);
    const refusals = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [String(outcome.reason)] : [],
    );
    assert.equal(refusals.length, 1);
    assert.match(refusals[0]!, /would delete mail/);
    assert.deepEqual(lostMail(sim), []);
    assert.equal(sim.state().messages.length, 1);
  });
});

describe("folders that go out of the list", () => {
  const world = openWorld();

  it("stay while there is mail in a folder beneath them, or a folder that is somebody's", async () => {
    const { sim, stack } = world;
    const program = (folders: string[]) => [account("bot", { email: EMAIL, folders })];
    succeeded(await stack.apply(program(["Clients", "Clients/Acme"])));
    sim.addMessage({ grant: EMAIL, subject: "an order", folder: "Clients/Acme" });
    const report = succeeded(await stack.apply(program([])));
    assert.ok(report.warnings.some((line) => line.includes('"Clients" of') && line.includes("mail in it")));
    sim.seed({ kind: "folder", grant: EMAIL, name: "Theirs/Own" });
    succeeded(await stack.apply(program(["Theirs"])));
    const theirs = succeeded(await stack.apply(program([])));
    assert.ok(theirs.warnings.some((line) => line.includes('"Theirs"') && line.includes("other folders")));
    assert.deepEqual(
      sim
        .state()
        .folders.map(({ name }) => name)
        .sort(),
      ["Clients", "Clients/Acme", "Theirs", "Theirs/Own"],
    );
    assert.deepEqual(lostMail(sim), []);
  });
});

describe("a preview says plainly what a change may cost", () => {
  const world = openWorld();

  interface Edit {
    limits?: Record<string, Input>;
    spamDetection?: Record<string, Input>;
    rule?: Record<string, Input>;
    customer?: Record<string, Input>;
    rest?: Record<string, Input>;
    bot?: Record<string, Input>;
  }
  const program = (edit: Edit = {}): Declared[] => [
    policy("limits", {
      limits: { inboxRetentionDays: 30, dailyReceives: 100, ...edit.limits },
      spamDetection: { sensitivity: 1, ...edit.spamDetection },
      allowMailLoss: true,
    }),
    policy("other", { limits: { inboxRetentionDays: 20 } }),
    declare("Rule", "rule", {
      conditions: [{ field: "from.domain", is: "spam.example" }],
      actions: ["markAsRead"],
      ...edit.rule,
    }),
    declare("Rule", "idle", {
      conditions: [{ field: "from.domain", is: "else.example" }],
      actions: ["trash"],
      enabled: false,
    }),
    workspace("customer", {
      domainName: "acme.nylas.email",
      policyId: (of) => of("limits").id,
      ruleIds: [(of) => of("rule").id],
      ...edit.customer,
    }),
    defaultWorkspace("rest", { policyId: (of) => of("limits").id, ...edit.rest }),
    account("bot", { email: EMAIL, workspaceId: (of) => of("customer").id, forceDestroy: true, ...edit.bot }),
  ];
  const edits: [what: string, edit: Edit, said: RegExp][] = [
    [
      "retention",
      { limits: { inboxRetentionDays: 10 } },
      /days of inbox go down to 10; mail beyond that is deleted/,
    ],
    [
      "what is received",
      { limits: { dailyReceives: 10 } },
      /messages a day go down to 10; what comes beyond that is turned away/,
    ],
    [
      "spam",
      { spamDetection: { sensitivity: 3 } },
      /sensitivity goes up from 1 to 3; more mail is taken for spam/,
    ],
    [
      "a rule that blocks",
      { rule: { actions: ["block"] } },
      /rule .*: mail that its conditions hold for is refused and never arrives/,
    ],
    [
      "a rule that trashes",
      { rule: { actions: ["markAsRead", "trash"] } },
      /goes to trash, and what is there may be deleted/,
    ],
    [
      "a rule that marks as spam",
      { rule: { actions: ["markAsSpam"] } },
      /goes to junk, where it is kept for spamRetentionDays alone/,
    ],
    [
      "a rule that trashes by the folder's name",
      { rule: { actions: [{ assignToFolder: "Trash" }] } },
      /goes to trash, and what is there may be deleted/,
    ],
    [
      "a rule that marks as spam by the folder's name",
      { rule: { actions: ["markAsRead", { assignToFolder: "spam" }] } },
      /goes to junk, where it is kept for spamRetentionDays alone/,
    ],
    ["a rule that archives", { rule: { actions: ["archive"] } }, /goes to the archive/],
    [
      "rules of a workspace",
      { customer: { ruleIds: [(of) => of("rule").id, (of) => of("idle").id] } },
      /1 more rule\(s\) look at the mail of every account in it/,
    ],
    [
      "a workspace's policy",
      { customer: { policyId: (of) => of("other").id } },
      /workspace .* gets policy .*: mail beyond what that one keeps is deleted in every mailbox in it; where it keeps less/,
    ],
    [
      "a workspace's policy, with the word",
      { customer: { policyId: (of) => of("other").id, allowMailLoss: true } },
      /allowMailLoss on workspace .* is set in this change/,
    ],
    [
      "automatic grouping",
      { customer: { autoGroup: true } },
      /new accounts on acme\.nylas\.email that name no workspace land in it from then on/,
    ],
    [
      "the default workspace",
      { rest: { policyId: (of) => of("other").id } },
      /the default workspace, where every account is that names no other, gets policy/,
    ],
    [
      "a move",
      { bot: { workspaceId: undefined } },
      /moves to the default workspace: that workspace's policy and rules hold for it/,
    ],
    [
      "a replacement",
      { bot: { email: "new@acme.nylas.email" } },
      /replacing account bot@acme\.nylas\.email .* deletes the mailbox bot@acme\.nylas\.email with all its mail/,
    ],
  ];

  it("of each change that can", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program()));
    assert.deepEqual(succeeded(await stack.preview(program())).warnings, []);
    sim.clearRequests();
    for (const [what, edit, said] of edits) {
      const { warnings } = succeeded(await stack.preview(program(edit)));
      assert.equal(warnings.length, 1, `${what}: ${warnings.join("\n")}`);
      assert.match(warnings[0]!, said, what);
    }
    assert.deepEqual(sim.requests, []);
    assert.deepEqual(done(await stack.refresh()), []);
  });
});
