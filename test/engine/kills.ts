/**
 * Seeded runs on the real engine in which something dies: the plugin, the program, the engine or the network. It dies
 * at a random moment of a random operation on a random program. Then the test does what docs/runbook.md says. After
 * that exactly what is declared has to stand at Nylas, once, with its mail, and the state has to know it.
 *
 * `ENGINE_SEEDS` says how many (4; `npm run test:kills` takes 20), `ENGINE_FIRST_SEED` where they begin (1). They are divided among two files, so that
 * `--parallel --jobs 2` runs them side by side.
 */
import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { type FaultRule, type Simulator } from "nylas-simulator";
import { type Operation, type Result } from "./harness";
import { killOne, type Victim } from "./processes";
import { closeScenes, openScene, recorded, type Scene, succeeded } from "./scene";

const SEEDS = Number(process.env["ENGINE_SEEDS"] ?? 4);
const FIRST = Number(process.env["ENGINE_FIRST_SEED"] ?? 1);

/** Declares the tests of one of the two files. */
export function describeKills(part: 1 | 2): void {
  describe(`what dies at a random moment, part ${part} of 2`, function () {
    this.timeout(300_000);
    afterEach(closeScenes);

    if (part === 1 && SEEDS >= 20) {
      it("is each of them in each operation", () => {
        const plans = Array.from({ length: SEEDS }, (_, i) => planOf(FIRST + i));
        const pairs = new Set(plans.map(({ victim, operation }) => `${victim} ${operation}`));
        assert.equal(pairs.size, 4 * 4, [...pairs].join(", "));
      });
    }

    const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST + i).filter((_, i) => i % 2 === part - 1);
    for (const [index, seed] of seeds.entries()) {
      const plan = planOf(seed);
      it(`leaves what is declared: seed ${seed}, ${inWords(plan)}`, async () => {
        const began = Date.now();
        try {
          await run(plan);
        } catch (error) {
          const replay = `ENGINE_SEEDS=1 ENGINE_FIRST_SEED=${seed} npx mocha test/engine/kills-1.test.ts`;
          (error as Error).message = `${(error as Error).message}\nTo replay: ${replay}`;
          throw error;
        }
        if (SEEDS <= 20) return;
        const seconds = ((Date.now() - began) / 1000).toFixed(1);
        console.error(
          `      part ${part}: ${index + 1} of ${seeds.length} seeds, the last (${seed}) took ${seconds} s`,
        );
      });
    }
  });
}

/** A program: what each resource says, by its name. Everything bears its default name, so that it is provably ours. */
interface Program {
  policies: Record<string, { sends: number }>;
  lists: Record<string, { items: string[] }>;
  /** Each asks one list. */
  rules: Record<string, { list: string }>;
  workspaces: Record<string, { policy: string | undefined; rules: string[] }>;
  accounts: Record<string, { workspace: string; displayName: string }>;
  domains: Record<string, object>;
}

interface Plan {
  seed: number;
  before: Program;
  /** What is declared by the operation in which something dies, and afterwards. */
  after: Program;
  operation: "create" | "edit" | "destroy" | "refresh";
  victim: Victim | "network";
  /** For a network that fails: how. */
  faults: FaultRule[];
  /** Which request is held, as what is killed is killed at that moment; undefined: after some time, whatever is under way. */
  held: FaultRule[] | undefined;
  milliseconds: number;
  /** What is done in the end; a destroy that was interrupted may be gone on with, or taken back. */
  end: "up" | "destroy";
  /** The accounts that get mail before anything dies. */
  mail: string[];
}

async function run(plan: Plan): Promise<void> {
  const { operation, victim, before, after, end } = plan;
  const scene = await openScene({ program: textOf(before) });
  const { sim, stack, declare } = scene;
  if (operation !== "create") succeeded(await stack.up());
  for (const account of plan.mail) sim.addMessage({ grant: emailOf(account), subject: `mail of ${account}` });
  sim.clearRequests();

  declare(textOf(after));
  for (const rule of [...plan.faults, ...(plan.held ?? [])]) sim.addFault(rule);
  const running = await stack.start(operation === "create" || operation === "edit" ? "up" : operation);
  if (victim !== "network") await killAtTheMoment(running, victim, plan, scene);
  const first = await running.finished;
  sim.clearFaults();

  // What the runbook says.
  const told: string[] = [first.text];
  const doing = async (result: Promise<Result>) => {
    const done = await result;
    told.push(`$ pulumi ${done.command.join(" ")}`, done.text);
    return done;
  };
  const explain = () => told.join("\n");
  if (victim === "engine") succeeded(await doing(stack.unlock()));
  if (victim !== "network") succeeded(await doing(stack.refresh("--clear-pending-creates")));
  const again = () => doing(end === "up" ? stack.up() : stack.destroy());
  const result = await again();
  if (result.code !== 0) succeeded(await again());

  const declared = end === "up" ? linesOf(after, plan.mail) : [];
  assert.deepEqual(linesAt(sim), declared, explain());
  assert.deepEqual(sim.state().lostMail, [], explain());
  assert.deepEqual(recorded(stack), idsAt(sim), explain());
  sim.clearRequests();
  if (end === "destroy") return;
  const preview = succeeded(await doing(stack.preview("--refresh", "--expect-no-changes")));
  assert.deepEqual(driftIn(preview), [], explain());
  assert.deepEqual(sim.writes(), []);
}

/** Kills when one of the held requests has come, or when the time is over. The request is then still under way. */
async function killAtTheMoment(
  running: Operation,
  victim: Victim,
  plan: Plan,
  { sim }: Scene,
): Promise<void> {
  let ended = false;
  void running.finished.then(() => (ended = true));
  const struck = () => sim.faults().some(({ hits }) => hits > 0);
  if (plan.held) while (!ended && !struck()) await sleep(10);
  else await Promise.race([sleep(plan.milliseconds), running.finished]);
  if (!ended) await killOne(running, victim);
}

// ---------------------------------------------------------------- drawing

function planOf(seed: number): Plan {
  const { draw, pick, chance } = randomOf(seed);
  const victim = (["engine", "plugin", "program", "engine", "network"] as const)[seed % 5]!;
  const operation = (["create", "edit", "destroy", "refresh"] as const)[Math.floor(seed / 5) % 4]!;
  const before = drawProgram();
  const after = operation === "edit" ? edited(before) : before;
  const end = operation === "destroy" && chance(0.5) ? "destroy" : "up";
  // A mailbox with mail is neither deleted nor emptied, so whoever wants all gone has none.
  const keeping = Object.keys(after.accounts).filter((name) => name in before.accounts);
  const mail = operation === "create" || end === "destroy" ? [] : keeping.filter(() => chance(0.6));
  return {
    seed,
    before,
    after,
    operation,
    victim,
    faults: victim === "network" ? Array.from({ length: 1 + draw(4) }, drawFault) : [],
    held: victim === "network" || chance(0.25) ? undefined : drawHeld(),
    milliseconds: 300 + draw(2500),
    end,
    mail,
  };

  function drawProgram(): Program {
    const names = (letter: string, least: number, most: number) =>
      Array.from({ length: least + draw(most - least + 1) }, (_, i) => `${letter}${i + 1}`);
    const policies = names("p", 1, 2);
    const lists = names("l", 0, 1);
    const workspaces = names("w", 1, 2);
    const program: Program = {
      policies: {},
      lists: {},
      rules: {},
      workspaces: {},
      accounts: {},
      domains: {},
    };
    for (const name of policies) program.policies[name] = { sends: 1 + draw(100) };
    for (const name of lists) program.lists[name] = { items: ["spam.example", "bulk.example"] };
    for (const name of lists) program.rules[name.replace("l", "r")] = { list: name };
    for (const name of workspaces) {
      const rules = Object.keys(program.rules).filter(() => chance(0.7));
      program.workspaces[name] = { policy: chance(0.7) ? pick(policies) : undefined, rules };
    }
    for (const name of names("a", 1, 3)) {
      program.accounts[name] = { workspace: pick(workspaces), displayName: `Bot ${draw(100)}` };
    }
    for (const name of names("d", 0, 1)) program.domains[name] = {};
    return program;
  }

  /** Two to four changes: values, references, a resource more, one less. */
  function edited(program: Program): Program {
    const now = structuredClone(program);
    const workspaces = () => Object.keys(now.workspaces);
    const changes: (() => void)[] = [
      () => (now.policies["p1"]!.sends += 1),
      () => (now.policies["p3"] = { sends: 7 }),
      () => (now.workspaces["w1"]!.policy = pick(Object.keys(now.policies))),
      () => (now.workspaces["w3"] = { policy: undefined, rules: [] }),
      () => (now.accounts["a1"]!.workspace = pick(workspaces())),
      () => (now.accounts["a1"]!.displayName += " II"),
      () => {
        if ("l1" in now.lists) now.lists["l1"]!.items = ["bulk.example", "more.example"];
        else now.lists["l1"] = { items: ["new.example"] };
      },
      () => (now.domains["d2"] = {}),
      () => (now.domains = {}),
      () => {
        const last = Object.keys(now.accounts).at(-1)!;
        if (last !== "a1") delete now.accounts[last];
      },
      () => {
        now.rules = {};
        for (const workspace of Object.values(now.workspaces)) workspace.rules = [];
      },
    ];
    for (let i = 2 + draw(3); i > 0; i--) changes.splice(draw(changes.length), 1)[0]!();
    return now;
  }

  /** One of the writes, or any request. Long enough that whoever goes on at once meets the rest of it. */
  function drawHeld(): FaultRule[] {
    const rule = {
      kind: "delay",
      when: chance(0.5) ? "before" : "after",
      delayMs: 1000 + draw(700),
    } as const;
    if (operation === "refresh" || chance(0.25)) return [{ ...rule, path: "^/v3/", skip: draw(8) }];
    const skip = () => draw(operation === "edit" ? 2 : 4);
    const methods = { create: ["POST"], edit: ["POST", "PUT", "PATCH", "DELETE"], destroy: ["DELETE"] }[
      operation
    ];
    return methods.map((method) => ({ ...rule, method, path: "^/v3/", skip: skip() }));
  }

  function drawFault(): FaultRule {
    const times = chance(0.7) ? 1 + draw(2) : ("always" as const);
    const kind = pick(["status", "status", "status", "reset", "reset", "html", "cut", "timeout"] as const);
    const method = chance(0.6) ? pick(["POST", "PUT", "PATCH", "DELETE"]) : undefined;
    return {
      kind,
      when: chance(0.5) ? "before" : "after",
      path: "^/v3/",
      skip: draw(8),
      times,
      ...(method === undefined ? {} : { method }),
      ...(kind === "status" ? { status: pick([429, 500, 502, 503, 504]) } : {}),
      // The connection is dropped after a while: what the client waits at most is not what is looked at here.
      ...(kind === "timeout" ? { delayMs: 700 } : {}),
    };
  }
}

function inWords({ operation, victim, held, end, milliseconds, before }: Plan): string {
  const resources = Object.values(before).reduce((sum, kind) => sum + Object.keys(kind).length, 0);
  const during = `${{ create: "an up that makes all", edit: "an up that edits", destroy: "a destroy", refresh: "a refresh" }[operation]} of ${resources} resources`;
  const when = held ? "while a request is under way" : `after ${milliseconds} ms`;
  const what = victim === "network" ? "the network fails" : `the ${victim} is killed ${when}`;
  return `${what} in ${during}, then ${end}`;
}

interface Random {
  /** A whole number from 0 to below the limit. */
  draw(limit: number): number;
  pick<T>(from: readonly T[]): T;
  chance(probability: number): boolean;
}

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): Random {
  let state = seed * 0x9e3779b9;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const draw = (limit: number) => Math.floor(next() * limit);
  return { draw, pick: (from) => from[draw(from.length)]!, chance: (probability) => next() < probability };
}

// ---------------------------------------------------------------- the program, and what stands

const emailOf = (account: string) => `${account}@acme.nylas.email`;
const addressOf = (domain: string) => `${domain}.agents.example.com`;
const labelOf = (name: string) => `project/test/${name}`;

function textOf(program: Program): string {
  const each = <T>(kind: Record<string, T>, write: (name: string, value: T) => string) =>
    Object.entries(kind).map(([name, value]) => write(name, value));
  const ids = (names: string[]) => names.map((name) => `${name}.id`).join(", ");
  return [
    ...each(
      program.policies,
      (name, { sends }) =>
        `const ${name} = new nylas.NylasPolicy("${name}", { limits: { dailySends: ${sends} } });`,
    ),
    ...each(
      program.lists,
      (name, { items }) =>
        `const ${name} = new nylas.NylasList("${name}", { type: "domain", items: ${JSON.stringify(items)} });`,
    ),
    ...each(
      program.rules,
      (name, { list }) =>
        `const ${name} = new nylas.NylasRule("${name}", { conditions: [{ field: "from.domain", inList: [${list}.id] }], actions: ["block"] });`,
    ),
    ...each(program.workspaces, (name, { policy, rules }) => {
      const policyId = policy === undefined ? "" : `policyId: ${policy}.id,`;
      const ruleIds = rules.length === 0 ? "" : `ruleIds: [${ids(rules)}],`;
      return `const ${name} = new nylas.NylasWorkspace("${name}", { ${policyId} ${ruleIds} });`;
    }),
    ...each(
      program.accounts,
      (name, { workspace, displayName }) =>
        `new nylas.AgentAccount("${name}", { email: "${emailOf(name)}", displayName: "${displayName}", workspaceId: ${workspace}.id });`,
    ),
    ...each(
      program.domains,
      (name) => `new nylas.NylasDomain("${name}", { domainName: "${addressOf(name)}" });`,
    ),
  ].join("\n");
}

/** What a program declares, as a line for each object. */
function linesOf(program: Program, mail: string[]): string[] {
  const lines: string[] = [];
  for (const [name, { sends }] of Object.entries(program.policies))
    lines.push(`policy ${labelOf(name)}: ${sends} sends`);
  for (const [name, { items }] of Object.entries(program.lists))
    lines.push(`list ${labelOf(name)}: ${[...items].sort().join(", ")}`);
  for (const [name, { list }] of Object.entries(program.rules))
    lines.push(`rule ${labelOf(name)}: ${labelOf(list)}`);
  for (const [name, { policy, rules }] of Object.entries(program.workspaces)) {
    lines.push(
      `workspace ${labelOf(name)}: ${[policy, ...[...rules].sort()].map((each) => each && labelOf(each)).join(", ")}`,
    );
  }
  for (const [name, { workspace, displayName }] of Object.entries(program.accounts)) {
    const messages = mail.includes(name) ? `mail of ${name}` : "";
    lines.push(`account ${emailOf(name)}: ${displayName}, ${labelOf(workspace)}, ${messages}`);
  }
  for (const name of Object.keys(program.domains)) lines.push(`domain ${addressOf(name)}`);
  return lines.sort();
}

/** What stands at Nylas, in the same form, with names where the objects have ids. */
function linesAt(sim: Simulator): string[] {
  const state = sim.state();
  const { policies, lists, rules, workspaces, grants, messages, domains } = state;
  const names = new Map([...policies, ...lists, ...rules, ...workspaces].map(({ id, name }) => [id, name]));
  const nameOf = (id: string | null) => (id === null ? undefined : (names.get(id) ?? `missing ${id}`));
  return [
    ...policies.map(({ name, limits }) => `policy ${name}: ${limits.limit_count_daily_email_sent} sends`),
    ...lists.map(({ name, items }) => `list ${name}: ${[...items].sort().join(", ")}`),
    ...rules.map(
      ({ name, match }) =>
        `rule ${name}: ${match.conditions
          .flatMap(({ value }) => value)
          .map(nameOf)
          .join(", ")}`,
    ),
    ...workspaces
      .filter((workspace) => !workspace.default)
      .map(
        ({ name, policy_id, rule_ids }) =>
          `workspace ${name}: ${[nameOf(policy_id), ...rule_ids.map(nameOf).sort()].join(", ")}`,
      ),
    ...grants.map(({ id, email, name, workspace_id }) => {
      const own = messages.filter((message) => message.grant_id === id).map(({ subject }) => subject);
      return `account ${email}: ${name}, ${nameOf(workspace_id)}, ${own.join(", ")}`;
    }),
    ...domains.filter(({ branded }) => !branded).map(({ domain_address }) => `domain ${domain_address}`),
  ].sort();
}

/** The objects that the state has to know, as `recorded` shows them. */
function idsAt(sim: Simulator): string[] {
  const { policies, lists, rules, workspaces, grants, domains } = sim.state();
  const named = [...policies, ...lists, ...rules, ...workspaces.filter((workspace) => !workspace.default)];
  return [
    ...named.map(({ id, name }) => `${name.split("/").at(-1)} ${id}`),
    ...grants.map(({ id, email }) => `${email.split("@")[0]} ${id}`),
    ...domains
      .filter(({ branded }) => !branded)
      .map(({ id, domain_address }) => `${domain_address.split(".")[0]} ${id}`),
  ].sort();
}

/** The resources in which a refresh finds something else than the state has. */
function driftIn(result: Result): string[] {
  return result.steps
    .filter(({ op, diffs }) => op !== "same" && (op !== "refresh" || diffs.length > 0))
    .map(({ op, name }) => `${name} ${op}`);
}
