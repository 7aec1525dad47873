import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type Declared, type Recorded, type Report } from "./stack";
import {
  account,
  declare,
  defaultWorkspace,
  domain,
  done,
  openWorld,
  policy,
  succeeded,
  workspace,
} from "./world";

const DAY = 86_400;
const RUNS = Number(process.env.WALK_RUNS ?? 20);
/** Replays a walk: what a failing one prints. */
const SEED = process.env.WALK_SEED === undefined ? undefined : Number(process.env.WALK_SEED);

/** A program as the walk edits it: what each resource says, by its name. `word` is allowMailLoss, `force` forceDestroy. */
interface Program {
  policies: Record<string, { days: number; storage: number | undefined; word: boolean }>;
  lists: Record<string, { items: number }>;
  rules: Record<string, { action: string; list: string | undefined }>;
  workspaces: Record<
    string,
    { policy: string | undefined; rules: string[]; domain: string | undefined; force: boolean; word: boolean }
  >;
  rest: { policy: string | undefined; rules: string[]; word: boolean } | undefined;
  own: { force: boolean } | undefined;
  accounts: Record<
    string,
    {
      email: string;
      workspace: string | undefined;
      folders: string[] | undefined;
      force: boolean;
      word: boolean;
      aliases: string[];
    }
  >;
  principals: Record<string, { workspace: string }>;
}

type Edit =
  | { do: "mail"; to: number; days: number; place: "inbox" | "junk" | "Clients" | "Clients/Acme" }
  | { do: "limit"; policy: number; days: number; storage: number | undefined; word: boolean }
  | { do: "removePolicy"; policy: number }
  | { do: "policyOf"; workspace: number; policy: number; word: boolean }
  | { do: "restPolicy"; policy: number; word: boolean }
  | { do: "dropRest" }
  | { do: "rule"; rule: number; action: string; list: boolean }
  | { do: "removeRule"; rule: number }
  | { do: "list"; items: number }
  | { do: "attach"; workspace: number; rule: number }
  | { do: "domainOf"; workspace: number; domain: number }
  | { do: "removeWorkspace"; workspace: number }
  | { do: "addWorkspace"; workspace: number; policy: number }
  | { do: "forceWorkspace"; workspace: number; on: boolean }
  | { do: "own"; declared: boolean; force: boolean }
  | { do: "move"; account: number; workspace: number; word: boolean }
  | { do: "address"; account: number; address: number }
  | { do: "folders"; account: number; folders: string[] | undefined }
  | { do: "rename"; account: number; to: number; alias: boolean }
  | { do: "removeAccount"; account: number }
  | { do: "addAccount"; account: number; address: number; workspace: number }
  | { do: "force"; account: number; on: boolean }
  | { do: "words"; on: boolean }
  | { do: "principal"; workspace: number; on: boolean }
  | { do: "limitByHand"; policy: number; days: number }
  | { do: "removeByHand"; kind: "grant" | "policy" | "workspace" | "rule"; which: number }
  | { do: "moveByHand"; account: number; workspace: number }
  | { do: "time"; days: number }
  | { do: "hiccup" }
  | { do: "wrongKey" }
  | { do: "refresh" }
  | { do: "rush" };

const small = fc.nat({ max: 3 });
const days = fc.constantFrom(3, 30, 90, 300);
const word = fc.boolean();
const mail = fc.record({
  do: fc.constant("mail" as const),
  to: small,
  days: fc.constantFrom(0, 10, 60, 200),
  place: fc.constantFrom("inbox", "inbox", "junk", "Clients", "Clients/Acme"),
});
const edit = fc.oneof(
  { arbitrary: mail, weight: 4 },
  fc.record({
    do: fc.constant("limit" as const),
    policy: small,
    days,
    storage: fc.constantFrom(undefined, undefined, 5_000, 1_500),
    word,
  }),
  fc.record({ do: fc.constant("removePolicy" as const), policy: small }),
  fc.record({ do: fc.constant("policyOf" as const), workspace: small, policy: small, word }),
  fc.record({ do: fc.constant("restPolicy" as const), policy: small, word }),
  fc.record({ do: fc.constant("dropRest" as const) }),
  fc.record({
    do: fc.constant("rule" as const),
    rule: small,
    action: fc.constantFrom("trash", "markAsSpam", "block", "archive"),
    list: fc.boolean(),
  }),
  fc.record({ do: fc.constant("removeRule" as const), rule: small }),
  fc.record({ do: fc.constant("list" as const), items: small }),
  fc.record({ do: fc.constant("attach" as const), workspace: small, rule: small }),
  fc.record({ do: fc.constant("domainOf" as const), workspace: small, domain: small }),
  fc.record({ do: fc.constant("removeWorkspace" as const), workspace: small }),
  fc.record({ do: fc.constant("addWorkspace" as const), workspace: small, policy: small }),
  fc.record({ do: fc.constant("forceWorkspace" as const), workspace: small, on: fc.boolean() }),
  fc.record({ do: fc.constant("own" as const), declared: fc.boolean(), force: fc.boolean() }),
  {
    arbitrary: fc.record({ do: fc.constant("move" as const), account: small, workspace: small, word }),
    weight: 2,
  },
  fc.record({ do: fc.constant("address" as const), account: small, address: small }),
  fc.record({
    do: fc.constant("folders" as const),
    account: small,
    folders: fc.constantFrom(undefined, [], ["Clients"], ["Clients", "Clients/Acme"]),
  }),
  fc.record({ do: fc.constant("rename" as const), account: small, to: small, alias: fc.boolean() }),
  fc.record({ do: fc.constant("removeAccount" as const), account: small }),
  fc.record({ do: fc.constant("addAccount" as const), account: small, address: small, workspace: small }),
  fc.record({ do: fc.constant("force" as const), account: small, on: fc.boolean() }),
  fc.record({ do: fc.constant("words" as const), on: fc.boolean() }),
  fc.record({ do: fc.constant("principal" as const), workspace: small, on: fc.boolean() }),
  fc.record({ do: fc.constant("limitByHand" as const), policy: small, days }),
  fc.record({
    do: fc.constant("removeByHand" as const),
    kind: fc.constantFrom("grant", "grant", "policy", "workspace", "rule"),
    which: small,
  }),
  fc.record({ do: fc.constant("moveByHand" as const), account: small, workspace: small }),
  fc.record({ do: fc.constant("time" as const), days: fc.constantFrom(1, 25) }),
  fc.record({ do: fc.constant("hiccup" as const) }),
  fc.record({ do: fc.constant("wrongKey" as const) }),
  { arbitrary: fc.record({ do: fc.constant("refresh" as const) }), weight: 2 },
  { arbitrary: fc.record({ do: fc.constant("rush" as const) }), weight: 2 },
) as fc.Arbitrary<Edit>;

describe("a walk through random programs and edits", () => {
  const world = openWorld();

  it(`loses no mail whose mailbox did not say so, and ends in a state that is what stands there`, async function () {
    this.timeout(600_000);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(edit, { minLength: 5, maxLength: 12 }), async (order, edits) => {
        const { sim, stack } = world;
        sim.reset();
        stack.state = [];
        stack.config = world.config;
        const walk = new Walk(order);
        connected = ["owner@gmail.example", "owner@outlook.example"].map((email, i) =>
          sim.seed({ kind: "grant", provider: ["google", "microsoft"][i]!, email }),
        );
        const program = start();
        await walk.run(program);
        // Something to lose from the start, and people who have connected their own mailboxes.
        for (const to of [0, 1]) putMail({ to, days: 60, place: "inbox" });
        const [home] = sim.state().workspaces.filter((each) => !each.default);
        sim.edit("grant", connected[0]!, { workspace_id: home!.id });
        for (const each of edits) {
          if (!(await byHand(each, walk))) {
            apply(program, each);
            // Several edits in one change, too.
            if (each.do !== "rush") await walk.run(program);
          }
          walk.judge();
        }
        await repair(program, walk);
      }),
      {
        numRuns: RUNS,
        endOnFailure: process.env.WALK_SHRINK === undefined,
        ...(SEED === undefined ? {} : { seed: SEED, path: process.env.WALK_PATH ?? "0" }),
      },
    );
  });

  /** Grants of other providers. */
  let connected: string[] = [];

  /** One walk: what it runs, and what was said before each of its runs about what may be lost. */
  class Walk {
    /** Lost mail that has been judged already. */
    #judged = 0;
    /** Grants, workspaces and domains whose recorded inputs said forceDestroy when the last run began. */
    #forced = new Set<string>();
    /** Ids of what the last run's program said allowMailLoss of. */
    #allowed = new Set<string>();
    #everything = false;
    #drawn: number;

    constructor(order: number) {
      this.#drawn = order;
    }

    async run(program: Program, adopt = false): Promise<Report> {
      const { sim, stack } = world;
      const before = structuredClone(stack.state);
      const domains = sim.state().domains.filter(({ branded }) => !branded);
      const words: [name: string, said: { word: boolean }][] = [
        ...named("policy", program.policies),
        ...named("workspace", program.workspaces),
        ...named("account", program.accounts),
        ...(program.rest ? [["rest", program.rest] as [string, { word: boolean }]] : []),
      ];
      this.#forced = new Set(
        before.filter(({ outputs }) => outputs.forceDestroy === true).map(({ id }) => id),
      );
      const idsOf = () =>
        words.filter(([, { word }]) => word).flatMap(([name]) => entries(name).map(({ id }) => id));
      const entries = (name: string) =>
        [...before, ...stack.state].filter(
          (entry) => entry.name === name || aliasesOf(program, name).includes(entry.name),
        );
      const wasLost = before.filter(({ inputs, replaced }) => inputs.__lost !== undefined && !replaced);
      const declaredNow = declaredIn(program, adopt);
      const report = await stack.apply(declaredNow, {
        continueOnError: true,
        together: { draw: (limit) => this.#draw(limit) },
      });
      this.#allowed = new Set(idsOf());
      // What is lost is neither made anew nor forgotten while the program names it without the word.
      for (const lost of wasLost) {
        const still = declaredNow.find(
          ({ name, aliases = [], type }) => type === lost.type && [name, ...aliases].includes(lost.name),
        );
        if (!still || still.inputs.allowMailLoss === true) continue;
        const now = stack.state.find(({ id, replaced }) => id === lost.id && !replaced);
        // One that an update finds again is the same mailbox, with its mail.
        if (now && sim.state().grants.some(({ id }) => id === lost.id)) continue;
        assert.equal(now?.outputs.status, "lost", `${lost.name} was lost, and nobody had asked for another`);
      }
      if (!this.#everything) {
        const left = new Set(sim.state().domains.map(({ id }) => id));
        const grants = sim.state().grants;
        for (const { id, domain_address: address } of domains)
          if (!left.has(id) && grants.some(({ email }) => email.endsWith(`@${address}`)))
            assert.ok(this.#forced.has(id), `${address} was deleted under its accounts`);
      }
      this.judge();
      verifyOwn();
      // The word is said in one change; the next one is without it again.
      for (const [, each] of words) each.word = false;
      for (const each of Object.values(program.accounts)) each.aliases = [];
      return report;
    }

    /** From here on everything may go. */
    allowEverything(): void {
      this.#everything = true;
    }

    judge(): void {
      const { lostMail, grants } = world.sim.state();
      for (const lost of lostMail.slice(this.#judged)) {
        const [, method, family, id] = /^(POST|PUT|PATCH|DELETE) \/v3\/(\w+)\/([^/]+)/.exec(lost.cause) ?? [];
        // What somebody does by hand, and what time does, is no deed of the provider.
        if (method === undefined || this.#everything) continue;
        const said =
          lost.reason === "grant deleted"
            ? this.#forced.has(lost.grantId)
            : family !== "grants" || method !== "DELETE";
        const allowed = lost.reason === "grant deleted" || this.#allowed.has(id!);
        assert.ok(said && allowed, `${JSON.stringify(lost)}, and nobody had said so`);
      }
      this.#judged = lostMail.length;
      for (const id of connected)
        assert.ok(
          grants.some((grant) => grant.id === id),
          "somebody's own connected mailbox is gone",
        );
    }

    /** Which of several things happens first: drawn, and the same for the same walk. */
    #draw(limit: number): number {
      this.#drawn = (Math.imul(this.#drawn ^ (this.#drawn >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
      return this.#drawn % limit;
    }
  }

  /** Edits of the other side, and operations without the program; false for an edit of the program. */
  async function byHand(edit: Edit, walk: Walk): Promise<boolean> {
    const { sim, stack } = world;
    const state = sim.state();
    const pick = <T>(all: T[], n: number): T | undefined => all[n % Math.max(1, all.length)];
    const mailboxes = state.grants.filter(({ provider }) => provider === "nylas");
    switch (edit.do) {
      case "mail":
        putMail(edit);
        return true;
      case "limitByHand": {
        const target = pick(state.policies, edit.policy);
        if (target) sim.edit("policy", target.id, { limits: { limit_inbox_retention_period: edit.days } });
        return true;
      }
      case "removeByHand": {
        const all = {
          grant: mailboxes,
          policy: state.policies,
          workspace: state.workspaces.filter((each) => !each.default),
          rule: state.rules,
        }[edit.kind];
        const target = pick<{ id: string }>(all, edit.which);
        if (!target) return true;
        sim.remove(edit.kind, target.id);
        // As Nylas does: the accounts of a workspace that is deleted go on in the default one.
        const home = state.workspaces.find((each) => each.default)!.id;
        for (const grant of state.grants)
          if (edit.kind === "workspace" && grant.workspace_id === target.id)
            sim.edit("grant", grant.id, { workspace_id: home });
        return true;
      }
      case "moveByHand": {
        const target = pick(mailboxes, edit.account);
        const to = pick(state.workspaces, edit.workspace);
        if (target && to) sim.edit("grant", target.id, { workspace_id: to.id });
        return true;
      }
      case "time":
        sim.advanceClock(edit.days * DAY);
        return true;
      case "hiccup": {
        // For the time of a refresh the accounts seem to be gone, by every sign there is.
        sim.addFault({ path: "^/v3/grants", kind: "otherApplication", times: "always" });
        await stack.refresh();
        sim.clearFaults();
        return true;
      }
      case "wrongKey": {
        const before = structuredClone(stack.state);
        stack.config = { ...world.config, "nylas:apiKey": sim.keys.secondApiKey };
        await stack.refresh();
        await stack.destroy({ continueOnError: true });
        stack.config = world.config;
        const kept = (all: Recorded[]) => all.filter(({ type }) => !OF_ORGANIZATION.includes(type));
        assert.deepEqual(kept(stack.state), kept(before), "a wrong key changes no state");
        walk.judge();
        return true;
      }
      case "refresh":
        await stack.refresh();
        return true;
      default:
        return false;
    }
  }

  /** Whatever the walk has left: every refused change is taken back, or said with its word, until all is as declared. */
  async function repair(program: Program, walk: Walk): Promise<void> {
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
      if (each.email.endsWith("@own.example.com")) program.own ??= { force: false };
    }
    const { grants, workspaces, domains } = sim.state();
    const everything = [
      ...grants.map(({ email }) => `account:${email}`),
      ...workspaces.map(({ id }) => `workspace:${id}`),
      ...domains.map(({ domain_address: address }) => `domain:${address}`),
    ];
    stack.config = { ...world.config, "nylas:forceDestroy": JSON.stringify(everything) };
    walk.allowEverything();
    let report: Report | undefined;
    await stack.refresh();
    for (let round = 0; round < 5; round++) {
      for (const each of [
        ...Object.values(program.policies),
        ...Object.values(program.workspaces),
        ...Object.values(program.accounts),
        program.rest,
      ])
        if (each) each.word = true;
      const aliases = Object.fromEntries(
        Object.entries(program.accounts).map(([name, each]) => [name, each.aliases]),
      );
      report = await walk.run(program, true);
      for (const [name, each] of Object.entries(program.accounts)) each.aliases = aliases[name] ?? [];
      // What was adopted with a difference is put right by the run after it.
      if (report.errors.length === 0 && done(await stack.refresh()).length === 0) break;
    }
    succeeded(report!);
    assert.deepEqual(done(succeeded(await stack.refresh())), [], "a refresh after it is empty");
    // The words are taken back. The state records that, and nothing is written at Nylas.
    sim.clearRequests();
    succeeded(await stack.apply(declaredIn(program, true)));
    assert.deepEqual(sim.writes(), []);
    assert.deepEqual(done(succeeded(await stack.apply(declaredIn(program, true)))), []);
    const now = sim.state();
    const counted = {
      AgentAccount: now.grants.filter(({ provider }) => provider === "nylas").length,
      Workspace: now.workspaces.filter((each) => !each.default).length,
      Policy: now.policies.length,
      Rule: now.rules.length,
      List: now.lists.length,
      Domain: now.domains.filter(({ branded }) => !branded).length,
    };
    for (const [type, count] of Object.entries(counted)) {
      const recorded = stack.state.filter((entry) => entry.type === type);
      assert.equal(recorded.length, count, `${type}: no orphan and no phantom`);
      assert.equal(new Set(recorded.map(({ id }) => id)).size, count);
    }
  }

  function putMail({ to, days, place }: { to: number; days: number; place: string }): void {
    const { sim } = world;
    const grants = sim.state().grants.filter(({ provider }) => provider === "nylas");
    const grant = grants[to % Math.max(1, grants.length)];
    if (!grant) return;
    sim.addMessage({
      grant: grant.id,
      subject: `${days} days old`,
      ageSeconds: days * DAY,
      folder: place,
      size: 1_000,
    });
    // What is older than what is kept there goes at once, and is no deed of the program.
    sim.advanceClock(0);
  }

  /** Somebody has published the records. */
  function verifyOwn(): void {
    for (const { id, branded, verified } of world.sim.state().domains)
      if (!branded && !verified.mx) world.sim.edit("domain", id, { verified: { ownership: true, mx: true } });
  }
});

const OF_ORGANIZATION = ["Domain", "Principal"];

function start(): Program {
  return {
    policies: {
      long: { days: 300, storage: undefined, word: false },
      short: { days: 3, storage: undefined, word: false },
    },
    lists: {},
    rules: {},
    workspaces: {
      a: { policy: "long", rules: [], domain: undefined, force: false, word: false },
      b: { policy: "short", rules: [], domain: undefined, force: false, word: false },
    },
    rest: undefined,
    own: { force: false },
    accounts: {
      one: mailbox("one@acme.nylas.email", "a"),
      two: mailbox("two@acme.nylas.email", undefined),
    },
    principals: {},
  };
}

function mailbox(email: string, workspace: string | undefined): Program["accounts"][string] {
  return { email, workspace, folders: undefined, force: false, word: false, aliases: [] };
}

const NAMES = {
  policies: ["long", "short", "third"],
  rules: ["first", "second"],
  workspaces: ["a", "b", "c"],
  accounts: ["one", "two", "three", "four"],
  emails: ["one@acme.nylas.email", "two@acme.nylas.email", "three@own.example.com", "four@own.example.com"],
  domains: [undefined, "x.example.com", "y.example.com", undefined],
};

function apply(program: Program, edit: Edit): void {
  type Kind = "policies" | "workspaces" | "accounts" | "rules";
  const name = (kind: Kind, n: number) => NAMES[kind][n % NAMES[kind].length]!;
  const existing = (kind: Kind, n: number) => {
    const names = Object.keys(program[kind]);
    return names[n % Math.max(1, names.length)];
  };
  const workspaceAt = (n: number) => program.workspaces[existing("workspaces", n) ?? ""];
  const accountAt = (n: number) => program.accounts[existing("accounts", n) ?? ""];
  const policyOrNone = (n: number) => (n === 3 ? undefined : existing("policies", n));
  const isFree = (email: string) => !Object.values(program.accounts).some((other) => other.email === email);
  const attached = [...Object.values(program.workspaces), ...(program.rest ? [program.rest] : [])];
  switch (edit.do) {
    case "limit": {
      const target = name("policies", edit.policy);
      // A limit that was set once cannot be taken away again.
      const storage = edit.storage ?? program.policies[target]?.storage;
      program.policies[target] = { days: edit.days, storage, word: edit.word };
      return;
    }
    case "removePolicy": {
      const gone = existing("policies", edit.policy);
      if (gone === undefined) return;
      delete program.policies[gone];
      for (const each of attached) if (each.policy === gone) each.policy = undefined;
      return;
    }
    case "policyOf":
      Object.assign(workspaceAt(edit.workspace) ?? {}, {
        policy: policyOrNone(edit.policy),
        word: edit.word,
      });
      return;
    case "restPolicy":
      program.rest = { rules: [], ...program.rest, policy: policyOrNone(edit.policy), word: edit.word };
      return;
    case "dropRest":
      program.rest = undefined;
      return;
    case "rule":
      if (edit.list) program.lists.blocked ??= { items: 1 };
      program.rules[name("rules", edit.rule)] = {
        action: edit.action,
        list: edit.list ? "blocked" : undefined,
      };
      return;
    case "removeRule": {
      const gone = existing("rules", edit.rule);
      if (gone === undefined) return;
      delete program.rules[gone];
      for (const each of attached) each.rules = each.rules.filter((rule) => rule !== gone);
      return;
    }
    case "list":
      if (edit.items > 0) program.lists.blocked = { items: edit.items };
      else if (!Object.values(program.rules).some(({ list }) => list)) program.lists = {};
      return;
    case "attach": {
      const target = edit.workspace === 3 ? program.rest : workspaceAt(edit.workspace);
      const rule = existing("rules", edit.rule);
      if (target)
        target.rules = rule === undefined || target.rules.includes(rule) ? [] : [...target.rules, rule];
      return;
    }
    case "domainOf": {
      const target = workspaceAt(edit.workspace);
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
      for (const [of, { workspace }] of Object.entries(program.principals))
        if (workspace === gone) delete program.principals[of];
      return;
    }
    case "addWorkspace":
      program.workspaces[name("workspaces", edit.workspace)] ??= {
        policy: policyOrNone(edit.policy),
        rules: [],
        domain: undefined,
        force: false,
        word: false,
      };
      return;
    case "forceWorkspace":
      Object.assign(workspaceAt(edit.workspace) ?? {}, { force: edit.on });
      return;
    case "own":
      program.own = edit.declared ? { force: edit.force } : undefined;
      return;
    case "move": {
      const workspace = edit.workspace === 3 ? undefined : existing("workspaces", edit.workspace);
      Object.assign(accountAt(edit.account) ?? {}, { workspace, word: edit.word });
      return;
    }
    case "address": {
      const target = accountAt(edit.account);
      const email = NAMES.emails[edit.address]!;
      if (target && isFree(email)) target.email = email;
      return;
    }
    case "folders":
      Object.assign(accountAt(edit.account) ?? {}, { folders: edit.folders });
      return;
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
      if (!isFree(email)) return;
      program.accounts[name("accounts", edit.account)] ??= mailbox(
        email,
        existing("workspaces", edit.workspace),
      );
      return;
    }
    case "force":
      Object.assign(accountAt(edit.account) ?? {}, { force: edit.on });
      return;
    case "principal": {
      const workspace = existing("workspaces", edit.workspace);
      program.principals = edit.on && workspace !== undefined ? { tenant: { workspace } } : {};
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
  const rulesOf = (rules: string[]) =>
    rules.length === 0 ? {} : { ruleIds: rules.map((rule) => idOf(`rule-${rule}`)) };
  return [
    ...Object.entries(program.policies).map(([name, each]) =>
      policy(`policy-${name}`, {
        limits: {
          inboxRetentionDays: each.days,
          spamRetentionDays: 2,
          ...(each.storage === undefined ? {} : { storageBytes: each.storage }),
        },
        ...word(each.word),
        ...taking,
      }),
    ),
    ...Object.entries(program.lists).map(([name, { items }]) =>
      declare("List", `list-${name}`, {
        type: "domain",
        items: ["a", "b", "c"].slice(0, items).map((label) => `${label}.example`),
        ...taking,
      }),
    ),
    ...Object.entries(program.rules).map(([name, { action, list }]) =>
      declare("Rule", `rule-${name}`, {
        conditions: [
          list === undefined
            ? { field: "from.domain", is: "spam.example" }
            : { field: "from.domain", inList: [idOf(`list-${list}`)] },
        ],
        actions: [action],
        ...taking,
      }),
    ),
    ...Object.entries(program.workspaces).map(([name, each]) =>
      workspace(`workspace-${name}`, {
        domainName: each.domain,
        policyId: idOf(each.policy && `policy-${each.policy}`),
        ...rulesOf(each.rules),
        ...force(each.force),
        ...word(each.word),
        ...taking,
      }),
    ),
    ...(program.rest
      ? [
          defaultWorkspace("rest", {
            policyId: idOf(program.rest.policy && `policy-${program.rest.policy}`),
            ...rulesOf(program.rest.rules),
            ...word(program.rest.word),
          }),
        ]
      : []),
    ...(program.own
      ? [domain("own", { domainName: "own.example.com", ...force(program.own.force), ...taking })]
      : []),
    ...Object.entries(program.accounts).map(([name, each]) =>
      account(
        `account-${name}`,
        {
          email: each.email,
          workspaceId: idOf(each.workspace && `workspace-${each.workspace}`),
          ...(each.folders === undefined ? {} : { folders: each.folders }),
          ...force(each.force),
          ...word(each.word),
          ...taking,
        },
        {
          aliases: aliasesOf(program, `account-${name}`),
          ...(program.own && each.email.endsWith("@own.example.com") ? { dependsOn: ["own"] } : {}),
        },
      ),
    ),
    ...Object.entries(program.principals).map(([name, each]) =>
      declare("Principal", `principal-${name}`, {
        boundTo: { workspace: idOf(`workspace-${each.workspace}`) },
        permissions: ["messages.read"],
        ...taking,
      }),
    ),
  ];
}

/** The names that an account had before, as the state has them. */
function aliasesOf(program: Program, name: string): string[] {
  const aliases = program.accounts[name.replace(/^account-/, "")]?.aliases ?? [];
  return aliases.map((alias) => (alias.startsWith("account-") ? alias : `account-${alias}`));
}

function named<T>(kind: string, all: Record<string, T>): [string, T][] {
  return Object.entries(all).map(([name, each]) => [`${kind}-${name}`, each]);
}
