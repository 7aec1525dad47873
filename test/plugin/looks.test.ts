import assert from "node:assert/strict";
import fc from "fast-check";
import { type FaultRule } from "nylas-simulator";
import {
  account,
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
const STRANGER = "stranger@agents.example.com";
const KEPT = "is kept: its mailbox holds mail";

type Kind = FaultRule["kind"];

describe("M3: a mailbox is empty only when two routes agree", () => {
  const world = openWorld();
  const program = (inputs: Parameters<typeof account>[1] = {}) => [
    account("bot", { email: EMAIL, ...inputs }),
  ];
  const messages = (kind: Kind, more: Partial<FaultRule> = {}): FaultRule => ({
    method: "GET",
    path: "/messages$",
    kind,
    ...more,
  });
  /** The fault is added before the mail is there, so that "stale" knows nothing of it. */
  const fill = (fault?: FaultRule, count = 500) => {
    if (fault) world.sim.addFault(fault);
    for (let n = 0; n < count; n++) world.sim.addMessage({ grant: EMAIL, subject: `order ${n}` });
  };
  const stands = (count = 500) => {
    assert.deepEqual(lostMail(world.sim), []);
    assert.equal(world.sim.state().messages.length, count);
    assert.deepEqual(writesOf(world.sim), []);
  };
  beforeEach(async () => {
    succeeded(await world.stack.apply(program()));
    world.sim.clearRequests();
  });

  for (const kind of ["empty", "stale", "cursor", "short", "otherApplication"] as const) {
    for (const times of [1, "always"] as const) {
      // Another application's key gets 404, which is an error and no empty list.
      const said = kind === "otherApplication" ? "bot" : KEPT;
      it(`M3: is kept while its messages answer ${kind} (${times}): removal and destroy`, async () => {
        fill(messages(kind, { times }), kind === "short" ? 1 : 500);
        refused(await world.stack.apply([]), said);
        refused(await world.stack.destroy(), said);
        stands(kind === "short" ? 1 : 500);
      });
    }
  }

  it("M3: is kept by its threads where the folders say no counts, are not listed, or are listed in part", async () => {
    const { sim, stack } = world;
    fill(messages("empty", { times: "always" }));
    for (const fault of ["empty", "short", "cursor"] as const) {
      sim.addFault({ path: "/folders$", kind: fault, times: "always" });
      // The half with the inbox would tell by its count.
      sim.configure({ folderCounts: fault === "short" ? "zero" : "exact" });
      refused(await stack.apply([]), KEPT);
      sim.clearFaults();
      fill(messages("empty", { times: "always" }), 0);
    }
    sim.configure({ folderCounts: "absent" });
    refused(await stack.apply([]), KEPT);
    stands();
  });

  it("M3: an error of the second route is an error, and not an empty mailbox", async () => {
    const { sim, stack } = world;
    fill(messages("empty", { times: "always" }));
    sim.configure({ folderCounts: "absent", threadRoutes: "gone" });
    refused(await stack.apply([]), "threads");
    sim.configure({ folderCounts: "exact", threadRoutes: "there" });
    sim.addFault({ path: "/folders$", kind: "status", status: 403 });
    refused(await stack.apply([]), "folders");
    stands();
  });

  it("M3: a draft alone is mail, whichever route shows it", async () => {
    const { sim, stack } = world;
    fill(messages("empty", { times: "always" }), 0);
    sim.addMessage({ grant: EMAIL, subject: "draft", folder: "drafts" });
    refused(await stack.apply([]), KEPT);
    stands(1);
  });

  it("an empty mailbox goes after one look by each route, and one more where a page left a cursor", async () => {
    const { sim, stack } = world;
    const looks = () =>
      sim.requests
        .filter(({ path }) => /\/(messages|folders|threads)$/.test(path))
        .map(({ path }) => path.split("/").at(-1));
    succeeded(await stack.apply([]));
    assert.deepEqual(looks(), ["messages", "folders"]);
    for (const [fault, asked] of [
      [undefined, ["messages", "folders", "threads"]],
      [messages("cursor"), ["messages", "messages", "folders", "threads"]],
    ] as const) {
      succeeded(await stack.apply(program()));
      sim.configure({ folderCounts: "absent" });
      sim.clearRequests();
      if (fault) sim.addFault(fault);
      succeeded(await stack.apply([]));
      assert.deepEqual(looks(), asked);
      assert.deepEqual(standing(sim), []);
    }
  });

  it("M3: a full mailbox that answers empty is not taken over as one of an earlier run", async () => {
    const { sim, stack } = world;
    const customer = workspace("customer");
    succeeded(await stack.apply([customer]));
    const other = "other@acme.nylas.email";
    const id = sim.seed({ kind: "grant", email: other, workspaceId: stack.find("customer").id });
    const taking = [customer, account("other", { email: other, workspaceId: (of) => of("customer").id })];
    sim.clearRequests();
    sim.addFault(messages("stale", { times: "always" }));
    sim.addMessage({ grant: id, subject: "an order" });
    refused(await stack.apply(taking), id, "exists already");
    assert.deepEqual(writesOf(sim), []);
    assert.deepEqual(
      stack.state.map(({ name }) => name),
      ["customer"],
    );
  });

  it("M3: a replacement by --replace and a change of address leave a mailbox that answers empty", async () => {
    const { sim, stack } = world;
    fill(messages("empty", { times: "always" }));
    refused(await stack.apply(program({ email: "new@acme.nylas.email" })), "would replace the account");
    stands();
    // The state forgot the word, and the program has another address and another resource: the old one is deleted last.
    refused(
      await stack.apply([account("new", { email: "new@acme.nylas.email" })], { continueOnError: true }),
      KEPT,
    );
    assert.deepEqual(lostMail(sim), []);
    assert.ok(standing(sim).includes(`account ${EMAIL}`));
  });

  it("M3: a move and another policy that keep less are refused while the mailbox answers empty", async () => {
    const { sim, stack } = world;
    sim.configure({ grantListLagMs: 0 });
    const fleet = (edit: { bot?: string; a?: string } = {}) => [
      policy("long", { limits: { inboxRetentionDays: 300 } }),
      policy("short", { limits: { inboxRetentionDays: 5, spamRetentionDays: 1 } }),
      workspace("a", { policyId: (of) => of(edit.a ?? "long").id }),
      workspace("b", { policyId: (of) => of("short").id }),
      account("bot", { email: EMAIL, workspaceId: (of) => of(edit.bot ?? "a").id }),
    ];
    succeeded(await stack.apply(fleet()));
    sim.addMessage({ grant: EMAIL, subject: "old", ageSeconds: 90 * 86_400 });
    sim.addFault(messages("empty", { times: "always" }));
    refused(await stack.apply(fleet({ bot: "b" })), "would delete mail");
    refused(await stack.apply(fleet({ a: "short" })), "would delete mail");
    assert.deepEqual(lostMail(sim), []);
    // A list that shows nobody in the workspace is one negative, too.
    sim.addFault({ path: "^/v3/grants$", query: "^(?!.*provider=)", kind: "empty", times: "always" });
    refused(await stack.apply(fleet({ a: "short" })), "bot@acme.nylas.email");
    sim.clearFaults();
    // And so is a workspace that does not show.
    sim.addFault({
      path: `/v3/workspaces/${stack.find("b").id}$`,
      kind: "status",
      status: 404,
      times: "always",
    });
    refused(await stack.apply(fleet({ bot: "b" })), "no workspace");
    assert.deepEqual(lostMail(sim), []);
  });

  it("M3: a folder is removed only when the messages in it and its own count say none", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply(program({ folders: ["Receipts"] })));
    sim.addMessage({ grant: EMAIL, subject: "invoice", folder: "Receipts" });
    for (const folderCounts of ["exact", "absent"] as const) {
      sim.configure({ folderCounts });
      sim.clearFaults();
      sim.addFault(messages("empty", { times: "always" }));
      await stack.apply(program());
      assert.equal(sim.state().folders.length, 1);
      sim.clearFaults();
      succeeded(await stack.apply(program({ folders: ["Receipts"] })));
    }
    assert.deepEqual(lostMail(sim), []);
  });
});

describe("an address is free only when the list and the mailbox itself say so", () => {
  const world = openWorld();

  for (const kind of ["empty", "stale", "repeat", "short"] as const) {
    it(`M3: a create does not take over a mailbox while the list answers ${kind}, always`, async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply([workspace("strict")]));
      sim.addFault({ path: "^/v3/grants$", kind, times: "always" });
      const id = sim.seed({ kind: "grant", email: EMAIL });
      sim.addMessage({ grant: id, subject: "an order" });
      sim.clearRequests();
      const taking = [
        workspace("strict"),
        account("bot", { email: EMAIL, displayName: "Mine", workspaceId: (of) => of("strict").id }),
      ];
      refused(await stack.apply(taking), id, "exists already");
      assert.deepEqual(writesOf(sim), []);
    });
  }
});

describe("M9: nobody lives there only when several looks agree", () => {
  const world = openWorld({ simulator: { grantListLagMs: 0 } });
  const own = () => [domain("own", { domainName: "agents.example.com" }), workspace("customer")];
  /** Made by another tool after the fault was added, so that "stale" knows nothing of it. */
  const settle = () => {
    const { sim, stack } = world;
    const id = sim.seed({ kind: "grant", email: STRANGER, workspaceId: stack.find("customer").id });
    sim.addMessage({ grant: id, subject: "an order" });
    sim.clearRequests();
  };
  const stands = () => {
    const there = standing(world.sim);
    for (const each of [
      "domain agents.example.com",
      "workspace project/stack/customer",
      `account ${STRANGER}`,
    ])
      assert.ok(there.includes(each), there.join());
    assert.deepEqual(lostMail(world.sim), []);
  };
  const kinds = ["empty", "stale", "cursor", "short", "repeat"] as const;

  for (const kind of kinds) {
    for (const times of [1, 2, 3] as const) {
      it(`M9: a destroy keeps domain and workspace while the list answers ${kind} (${times})`, async () => {
        const { sim, stack } = world;
        succeeded(await stack.apply(own()));
        // Each delete on its own: the one would use up the fault of the other.
        for (const name of ["own", "customer"]) {
          const state = structuredClone(stack.state);
          // Of the three looks of a process, one tells the truth.
          sim.addFault(
            times === 3
              ? { path: "^/v3/grants$", kind, query: "provider=", times: "always" }
              : { path: "^/v3/grants$", kind, query: "^(?!.*provider=)", times },
          );
          if (sim.state().grants.length === 0) settle();
          stack.state = state.filter((entry) => entry.name === name);
          // A page with nothing in it and a cursor is no list at all.
          if (kind === "cursor" && times === 3) refused(await stack.destroy(), "do not fit together");
          else refused(await stack.destroy(), "is kept", STRANGER);
          stack.state = state;
          sim.clearFaults();
          stands();
        }
      });
    }

    it(`M9: a destroy keeps both while the unfiltered list answers ${kind}, always`, async () => {
      const { sim, stack } = world;
      succeeded(await stack.apply(own()));
      sim.addFault({ path: "^/v3/grants$", query: "^(?!.*provider=)", kind, times: "always" });
      settle();
      assert.equal((await stack.destroy({ continueOnError: true })).errors.length, 2);
      stands();
    });
  }

  for (const kind of ["empty", "cursor"] as const) {
    it(`M9: where every list answers ${kind} for the whole run, the state's own accounts tell`, async () => {
      const { sim, stack } = world;
      const bot = account("bot", { email: EMAIL });
      succeeded(await stack.apply([...own(), bot]));
      sim.addFault({ path: "^/v3/grants$", kind, times: "always" });
      settle();
      // The account stays in the program, and shows that the list lies.
      assert.equal((await stack.apply([bot], { continueOnError: true })).errors.length, 2);
      stands();
      // It goes first, and was there when the list showed nothing.
      assert.equal((await stack.destroy({ continueOnError: true })).errors.length, 2);
      stands();
      assert.ok(!standing(sim).includes(`account ${EMAIL}`));
    });
  }

  it("M9: a workspace does not go on to another tenant under an account that the list leaves out", async () => {
    const { sim, stack } = world;
    const ofDomain = (name: string, domainName?: string) => workspace(name, { domainName, autoGroup: false });
    succeeded(await stack.apply([ofDomain("customer", "agents.example.com")]));
    sim.addFault({ path: "^/v3/grants$", query: "^(?!.*provider=)", kind: "empty", times: "always" });
    settle();
    const id = stack.find("customer").id;
    const report = await stack.apply([
      ofDomain("customer", "other.example.com"),
      ofDomain("next", "agents.example.com"),
    ]);
    assert.notEqual(report.errors.length, 0);
    assert.ok(sim.state().workspaces.some((each) => each.id === id));
    assert.deepEqual(lostMail(sim), []);
  });

  it("an account that moved or went away is no obstacle, and looks are shared by all deletes of a run", async () => {
    const { sim, stack } = world;
    const many = Array.from({ length: 30 }, (_, n) => workspace(`w${n}`));
    succeeded(
      await stack.apply([...many, account("bot", { email: EMAIL, workspaceId: (of) => of("w1").id })]),
    );
    sim.clearRequests();
    assert.equal(done(succeeded(await stack.apply([], { together: { draw: () => 0 } }))).length, 31);
    assert.deepEqual(standing(sim), []);
    const lists = sim.requests.filter(({ method, path }) => method === "GET" && path === "/v3/grants").length;
    // Two requests a look. How many looks there are depends on how long the deletes take: time is fast here.
    assert.ok(lists <= 4 * (2 + 31), `${lists} lists`);
  });

  it("M9: an account is gone only when two reads by its id and the list agree", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([account("bot", { email: EMAIL })]));
    const { id } = stack.find("bot");
    sim.addFault({ method: "GET", path: `/v3/grants/${id}$`, kind: "status", status: 404 });
    sim.addFault({ path: "^/v3/grants$", kind: "empty", times: "always" });
    refused(await stack.destroy(), id);
    assert.equal(stack.find("bot").id, id);
    assert.ok(standing(sim).includes(`account ${EMAIL}`));
  });
});

describe("M3, M9: whatever one route of a question answers", () => {
  const world = openWorld({ simulator: { grantListLagMs: 0 } });
  const kinds = fc.constantFrom("empty", "stale", "cursor", "short", "repeat");
  const times = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant("always" as const));
  const lie = fc.record({ kind: kinds, times }, { requiredKeys: ["kind", "times"] });
  const plan = fc.record({
    counts: fc.constantFrom("exact", "absent"),
    /** The one route of a mailbox that tells the truth: the messages, or what stands beside them. */
    mailbox: fc.constantFrom("messages", "beside"),
    inMailbox: lie,
    /** The list that tells the truth; `none`: every list is empty, and the state's accounts tell. */
    list: fc.constantFrom("unfiltered", "filtered", "none"),
    inLists: lie,
    destroy: fc.boolean(),
  });
  const runs = Number(process.env.LOOKS_RUNS ?? 20);

  it(`M3, M9: no mailbox with mail, inhabited domain or workspace goes (${runs} plans)`, async function () {
    this.timeout(30_000 + runs * 15_000);
    await fc.assert(
      fc.asyncProperty(plan, async ({ counts, mailbox, inMailbox, list, inLists, destroy }) => {
        const { sim, stack } = world;
        sim.reset();
        sim.configure({ grantListLagMs: 0, folderCounts: counts });
        stack.state = [];
        const bot = account("bot", { email: EMAIL });
        const spare = account("spare", { email: "spare@acme.nylas.email" });
        const rest = [domain("own", { domainName: "agents.example.com" }), workspace("customer")];
        succeeded(await stack.apply([...rest, bot, spare]));

        if (mailbox === "messages") sim.addFault({ path: "/(folders|threads)$", ...inMailbox });
        else sim.addFault({ path: "/messages$", ...inMailbox });
        const path = "^/v3/grants$";
        if (list === "none") sim.addFault({ path, kind: "empty", times: "always" });
        else
          sim.addFault({
            path,
            query: list === "filtered" ? "^(?!.*provider=)" : "provider=",
            ...(list === "filtered" ? inLists : { ...inLists, times: "always" }),
          });
        const stranger = sim.seed({ kind: "grant", email: STRANGER, workspaceId: stack.find("customer").id });
        sim.addMessage({ grant: stranger, subject: "theirs" });
        sim.addMessage({ grant: EMAIL, subject: "ours" });

        if (destroy) await stack.destroy({ continueOnError: true });
        else await stack.apply([spare], { continueOnError: true });
        assert.deepEqual(lostMail(sim), []);
        const there = standing(sim);
        for (const each of [
          "domain agents.example.com",
          "workspace project/stack/customer",
          `account ${STRANGER}`,
          `account ${EMAIL}`,
        ])
          assert.ok(there.includes(each), `${each} is gone`);
      }),
      { numRuns: runs, ...(process.env.LOOKS_SEED ? { seed: Number(process.env.LOOKS_SEED) } : {}) },
    );
  });
});
