import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type Declared, type Report } from "./stack";
import { account, defaultWorkspace, done, openWorld, policy, succeeded, workspace } from "./world";

const DAY = 86_400;
const RUNS = Number(process.env.WALK_RUNS ?? 50);

/** A program as the walk edits it: what each resource says, by its name. */
interface Program {
  policies: Record<string, { days: number; word: boolean }>;
  workspaces: Record<
    string,
    { policy: string | undefined; domain: string | undefined; force: boolean; word: boolean }
  >;
  rest: { policy: string | undefined; word: boolean } | undefined;
  accounts: Record<
    string,
    { email: string; workspace: string | undefined; force: boolean; word: boolean; aliases: string[] }
  >;
}

type Edit =
  | { do: "mail"; to: number; days: number; junk: boolean }
  | { do: "limit"; policy: number; days: number; word: boolean }
  | { do: "removePolicy"; policy: number }
  | { do: "policyOf"; workspace: number; policy: number; word: boolean }
  | { do: "restPolicy"; policy: number; word: boolean }
  | { do: "domainOf"; workspace: number; domain: number }
  | { do: "removeWorkspace"; workspace: number }
  | { do: "addWorkspace"; workspace: number; policy: number }
  | { do: "forceWorkspace"; workspace: number; on: boolean }
  | { do: "move"; account: number; workspace: number; word: boolean }
  | { do: "address"; account: number; address: number }
  | { do: "rename"; account: number; to: number; alias: boolean }
  | { do: "removeAccount"; account: number }
  | { do: "addAccount"; account: number; address: number; workspace: number }
  | { do: "force"; account: number; on: boolean }
  | { do: "words"; on: boolean }
  | { do: "byHand"; policy: number; days: number }
  | { do: "refresh" }
  | { do: "rush" };

const small = fc.nat({ max: 3 });
const days = fc.constantFrom(3, 30, 90, 300);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    do: fc.constant("mail" as const),
    to: small,
    days: fc.constantFrom(0, 10, 60, 200),
    junk: fc.boolean(),
  }),
  fc.record({
    do: fc.constant("mail" as const),
    to: small,
    days: fc.constantFrom(0, 10, 60, 200),
    junk: fc.boolean(),
  }),
  fc.record({ do: fc.constant("limit" as const), policy: small, days, word: fc.boolean() }),
  fc.record({ do: fc.constant("removePolicy" as const), policy: small }),
  fc.record({ do: fc.constant("policyOf" as const), workspace: small, policy: small, word: fc.boolean() }),
  fc.record({ do: fc.constant("restPolicy" as const), policy: small, word: fc.boolean() }),
  fc.record({ do: fc.constant("domainOf" as const), workspace: small, domain: small }),
  fc.record({ do: fc.constant("removeWorkspace" as const), workspace: small }),
  fc.record({ do: fc.constant("addWorkspace" as const), workspace: small, policy: small }),
  fc.record({ do: fc.constant("forceWorkspace" as const), workspace: small, on: fc.boolean() }),
  fc.record({ do: fc.constant("move" as const), account: small, workspace: small, word: fc.boolean() }),
  fc.record({ do: fc.constant("address" as const), account: small, address: small }),
  fc.record({ do: fc.constant("rename" as const), account: small, to: small, alias: fc.boolean() }),
  fc.record({ do: fc.constant("removeAccount" as const), account: small }),
  fc.record({ do: fc.constant("addAccount" as const), account: small, address: small, workspace: small }),
  fc.record({ do: fc.constant("force" as const), account: small, on: fc.boolean() }),
  fc.record({ do: fc.constant("words" as const), on: fc.boolean() }),
  fc.record({ do: fc.constant("byHand" as const), policy: small, days }),
  fc.record({ do: fc.constant("refresh" as const) }),
  fc.record({ do: fc.constant("rush" as const) }),
);

describe("a walk through random programs and edits", () => {
  const world = openWorld();

  it(`loses no mail whose mailbox did not say so, and ends in a state that is what stands there`, async function () {
    this.timeout(300_000);
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 4, maxLength: 9 }), async (edits) => {
        const { sim, stack } = world;
        sim.reset();
        stack.state = [];
        stack.config = world.config;
        const program = start();
        const said = new Words();
        await run(program, said);
        // Something to lose from the start.
        for (const to of [0, 1]) putMail({ to, days: 60, junk: false });
        for (const each of edits) {
          if (each.do === "mail") putMail(each);
          else if (each.do === "byHand") editByHand(each);
          else if (each.do === "refresh") await stack.refresh();
          else {
            apply(program, each);
            // Two edits in one change, too.
            if (each.do !== "rush") await run(program, said);
          }
          judge(said);
        }
        await repair(program, said);
        judge(said);
      }),
      { numRuns: RUNS, endOnFailure: process.env.WALK_SHRINK === undefined },
    );
  });

  /** What was said, and recorded, about what may be lost. */
  class Words {
    /** Grants whose recorded inputs have said forceDestroy at some time. */
    readonly forced = new Set<string>();
    /** Whether some change came with allowMailLoss: then retention may take what is beyond it. */
    loss = false;
  }

  async function run(program: Program, said: Words): Promise<Report> {
    const { stack } = world;
    for (const { type, id, outputs } of stack.state)
      if (type === "AgentAccount" && outputs.forceDestroy === true) said.forced.add(id);
    const words = [
      ...Object.values(program.policies),
      ...Object.values(program.workspaces),
      ...Object.values(program.accounts),
      program.rest,
    ];
    if (words.some((each) => each?.word)) said.loss = true;
    const report = await stack.apply(declaredIn(program), { continueOnError: true });
    // The word is said in one change; the next one is without it again.
    for (const each of words) if (each) each.word = false;
    for (const each of Object.values(program.accounts)) each.aliases = [];
    return report;
  }

  function judge(said: Words): void {
    for (const lost of world.sim.state().lostMail) {
      const why = `${JSON.stringify(lost)}, and nobody had said so`;
      if (lost.reason === "grant deleted") assert.ok(said.forced.has(lost.grantId), why);
      else if (lost.cause !== "by hand") assert.ok(said.loss || byHand(lost.cause), why);
    }
  }

  /** Whatever the walk has left: every refused change is taken back, or said with its word, until all is as declared. */
  async function repair(program: Program, said: Words): Promise<void> {
    const { sim, stack } = world;
    const mailboxes = stack.state.filter(({ type, replaced }) => type === "AgentAccount" && !replaced);
    const addresses = new Set<unknown>();
    for (const [name, each] of Object.entries(program.accounts)) {
      // A refused change of address is taken back.
      const own = mailboxes.find((entry) => entry.name === `account-${name}`);
      if (own) each.email = String(own.outputs.email);
      if (addresses.has(each.email)) delete program.accounts[name];
      addresses.add(each.email);
      each.force = true;
      const there = mailboxes.find(({ outputs }) => outputs.email === each.email);
      each.aliases = own || !there ? [] : [there.name];
    }
    const everything = sim.state().grants.map(({ email }) => email);
    const names = sim.state().workspaces.map(({ name }) => name);
    stack.config = { ...world.config, "nylas:forceDestroy": JSON.stringify([...everything, ...names]) };
    for (const { id } of sim.state().grants) said.forced.add(id);
    said.loss = true;
    let report: Report | undefined;
    await stack.refresh();
    for (let round = 0; round < 4; round++) {
      for (const each of [
        ...Object.values(program.policies),
        ...Object.values(program.workspaces),
        ...Object.values(program.accounts),
        program.rest,
      ])
        if (each) each.word = true;
      report = await stack.apply(declaredIn(program, true), { continueOnError: true });
      // What was adopted with a difference is put right by the run after it.
      if (report.errors.length === 0 && done(await stack.refresh()).length === 0) break;
    }
    succeeded(report!);
    assert.deepEqual(done(succeeded(await stack.refresh())), [], "a refresh after it is empty");
    assert.deepEqual(done(succeeded(await stack.apply(declaredIn(program, true)))), []);
    const { grants, workspaces, policies } = sim.state();
    const counted = {
      AgentAccount: grants.length,
      Workspace: workspaces.filter((each) => !each.default).length,
      Policy: policies.length,
    };
    for (const [type, count] of Object.entries(counted)) {
      const recorded = stack.state.filter((entry) => entry.type === type);
      assert.equal(recorded.length, count, `${type}: no orphan and no phantom`);
      assert.equal(new Set(recorded.map(({ id }) => id)).size, count);
    }
  }

  function putMail({ to, days, junk }: { to: number; days: number; junk: boolean }): void {
    const { grants } = world.sim.state();
    const grant = grants[to % Math.max(1, grants.length)];
    if (!grant) return;
    world.sim.addMessage({
      grant: grant.id,
      subject: `${days} days old`,
      ageSeconds: days * DAY,
      folder: junk ? "junk" : "inbox",
    });
    // What is older than what is kept there goes at once, and is no deed of the program.
    world.sim.advanceClock(0);
  }

  function editByHand({ policy, days }: { policy: number; days: number }): void {
    const { policies } = world.sim.state();
    const target = policies[policy % Math.max(1, policies.length)];
    if (target) world.sim.edit("policy", target.id, { limits: { limit_inbox_retention_period: days } });
  }

  /** What the simulator does by itself, or somebody by hand, is no deed of the provider. */
  function byHand(cause: string): boolean {
    return !/^(POST|PUT|PATCH|DELETE) /.test(cause) || cause.includes("/_control");
  }
});

function start(): Program {
  return {
    policies: { long: { days: 300, word: false }, short: { days: 3, word: false } },
    workspaces: {
      a: { policy: "long", domain: undefined, force: false, word: false },
      b: { policy: "short", domain: undefined, force: false, word: false },
    },
    rest: undefined,
    accounts: {
      one: { email: "one@acme.nylas.email", workspace: "a", force: false, word: false, aliases: [] },
      two: { email: "two@acme.nylas.email", workspace: undefined, force: false, word: false, aliases: [] },
    },
  };
}

const NAMES = {
  policies: ["long", "short", "third"],
  workspaces: ["a", "b", "c"],
  accounts: ["one", "two", "three", "four"],
  emails: ["one", "two", "three", "four"].map((name) => `${name}@acme.nylas.email`),
  domains: [undefined, "x.example.com", "y.example.com", undefined],
};

function apply(program: Program, edit: Edit): void {
  const name = (kind: "policies" | "workspaces" | "accounts", n: number) =>
    NAMES[kind][n % NAMES[kind].length]!;
  const existing = (kind: "policies" | "workspaces" | "accounts", n: number) => {
    const names = Object.keys(program[kind]);
    return names[n % Math.max(1, names.length)];
  };
  const policyOrNone = (n: number) => (n === 3 ? undefined : existing("policies", n));
  switch (edit.do) {
    case "limit":
      program.policies[name("policies", edit.policy)] = { days: edit.days, word: edit.word };
      return;
    case "removePolicy": {
      const gone = existing("policies", edit.policy);
      if (gone === undefined) return;
      delete program.policies[gone];
      for (const each of Object.values(program.workspaces)) if (each.policy === gone) each.policy = undefined;
      if (program.rest?.policy === gone) program.rest.policy = undefined;
      return;
    }
    case "policyOf": {
      const target = program.workspaces[existing("workspaces", edit.workspace) ?? ""];
      if (target) Object.assign(target, { policy: policyOrNone(edit.policy), word: edit.word });
      return;
    }
    case "restPolicy":
      program.rest = { policy: policyOrNone(edit.policy), word: edit.word };
      return;
    case "domainOf": {
      const target = program.workspaces[existing("workspaces", edit.workspace) ?? ""];
      if (target) target.domain = NAMES.domains[edit.domain];
      // A domain has one workspace.
      for (const other of Object.values(program.workspaces))
        if (other !== target && other.domain === target?.domain) other.domain = undefined;
      return;
    }
    case "removeWorkspace": {
      const gone = existing("workspaces", edit.workspace);
      if (gone === undefined) return;
      delete program.workspaces[gone];
      for (const each of Object.values(program.accounts))
        if (each.workspace === gone) each.workspace = undefined;
      return;
    }
    case "addWorkspace":
      program.workspaces[name("workspaces", edit.workspace)] ??= {
        policy: policyOrNone(edit.policy),
        domain: undefined,
        force: false,
        word: false,
      };
      return;
    case "forceWorkspace": {
      const target = program.workspaces[existing("workspaces", edit.workspace) ?? ""];
      if (target) target.force = edit.on;
      return;
    }
    case "move": {
      const target = program.accounts[existing("accounts", edit.account) ?? ""];
      const workspace = edit.workspace === 3 ? undefined : existing("workspaces", edit.workspace);
      if (target) Object.assign(target, { workspace, word: edit.word });
      return;
    }
    case "address": {
      const target = program.accounts[existing("accounts", edit.account) ?? ""];
      const email = NAMES.emails[edit.address]!;
      if (target && !Object.values(program.accounts).some((other) => other.email === email))
        target.email = email;
      return;
    }
    case "rename": {
      const from = existing("accounts", edit.account);
      const to = name("accounts", edit.to);
      if (from === undefined || program.accounts[to]) return;
      program.accounts[to] = { ...program.accounts[from]!, aliases: edit.alias ? [from] : [] };
      delete program.accounts[from];
      return;
    }
    case "removeAccount": {
      const gone = existing("accounts", edit.account);
      if (gone !== undefined) delete program.accounts[gone];
      return;
    }
    case "addAccount": {
      const email = NAMES.emails[edit.address]!;
      if (Object.values(program.accounts).some((other) => other.email === email)) return;
      program.accounts[name("accounts", edit.account)] ??= {
        email,
        workspace: existing("workspaces", edit.workspace),
        force: false,
        word: false,
        aliases: [],
      };
      return;
    }
    case "force": {
      const target = program.accounts[existing("accounts", edit.account) ?? ""];
      if (target) target.force = edit.on;
      return;
    }
    case "words":
      for (const each of [...Object.values(program.workspaces), ...Object.values(program.accounts)])
        each.word = edit.on;
  }
}

function declaredIn(program: Program, adopt = false): Declared[] {
  const taking = adopt ? { adopt: true } : {};
  const word = (on: boolean) => (on ? { allowMailLoss: true } : {});
  const force = (on: boolean) => (on ? { forceDestroy: true } : {});
  const idOf = (name: string | undefined) =>
    name === undefined ? undefined : (of: (name: string) => { id?: unknown }) => of(name).id;
  return [
    ...Object.entries(program.policies).map(([name, each]) =>
      policy(`policy-${name}`, {
        limits: { inboxRetentionDays: each.days, spamRetentionDays: 2 },
        ...word(each.word),
        ...taking,
      }),
    ),
    ...Object.entries(program.workspaces).map(([name, each]) =>
      workspace(`workspace-${name}`, {
        domainName: each.domain,
        policyId: idOf(each.policy && `policy-${each.policy}`),
        ...force(each.force),
        ...word(each.word),
        ...taking,
      }),
    ),
    ...(program.rest
      ? [
          defaultWorkspace("rest", {
            policyId: idOf(program.rest.policy && `policy-${program.rest.policy}`),
            ...word(program.rest.word),
          }),
        ]
      : []),
    ...Object.entries(program.accounts).map(([name, each]) =>
      account(
        `account-${name}`,
        {
          email: each.email,
          workspaceId: idOf(each.workspace && `workspace-${each.workspace}`),
          ...force(each.force),
          ...word(each.word),
          ...taking,
        },
        { aliases: each.aliases.map((alias) => (alias.startsWith("account-") ? alias : `account-${alias}`)) },
      ),
    ),
  ];
}
