import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { type Simulator, startSimulator } from "nylas-simulator";
import { forgetRuns, temporaryHome } from "../plugin/journals";
import { type Choices, FakeStack, type Report } from "../plugin/stack";
import { KINDS_OF_FAULT, type KindOfFault } from "./faults";
import { type Plan, plan, type Scenario } from "./generate";
import { judge, standing } from "./judge";
import { declarations, type Kind, type Program } from "./program";
import { Random } from "./random";
import { type Cell, cellOf, fits, nameOfCell, type Operation, patternOf, routeOf, ROUTES } from "./routes";
import { BESIDE, COMPANIONS, isGone, isLikely, isNamedByHand, scenariosFor } from "./steer";

/** What came of a seed. */
export interface Outcome {
  index: number;
  /** What was done, in a line. */
  story: string;
  /** Undefined where everything held. */
  problem: string | undefined;
  milliseconds: number;
  /** Every `Kind operation METHOD /route` that was called. */
  calls: string[];
  /** The faults that struck: which, and what it struck. */
  struck: { fault: string; call: string }[];
  /** Whether what was aimed at struck. */
  hit: boolean;
  /** Where nobody could be sure, and the error said so. */
  uncertain: string[];
  /** Of everything that was asked and said: two runs of a seed have the same. */
  digest: string;
}

/** How often another program is planned where the call that a fault is meant for was not made. */
const ATTEMPTS = 8;

/** A simulator with a plugin beside it, in which one seed after the other is run. */
export class Lane {
  #sim!: Simulator;
  #stack!: FakeStack;
  #seeds = 0;
  readonly #home = temporaryHome();
  /** Set while a seed runs. */
  #seed!: Seed;

  static async open(port: number): Promise<Lane> {
    const lane = new Lane();
    lane.#sim = await listening(port);
    lane.#stack = lane.newStack();
    return lane;
  }

  async run(seed: string, index: number): Promise<Outcome> {
    // What each operation leaves behind in the process is little, but it is never given back.
    if (++this.#seeds % 400 === 0) await this.#stack.close();
    const began = performance.now();
    for (let left = ATTEMPTS - 1; ; left--) {
      this.#sim.reset();
      this.#sim.configure({ publicWebhooks: "assume" });
      this.#stack.state = [];
      this.#stack.config = this.config;
      forgetRuns(this.#home);
      this.#seed = new Seed(this, this.#sim, this.#stack, `${seed}/${index}/${left}`, index);
      const outcome = await this.#seed.run(left === 0);
      if (outcome) return { ...outcome, milliseconds: performance.now() - began };
    }
  }

  async close(): Promise<void> {
    await this.#stack.close();
    await this.#sim.close();
  }

  get config(): Record<string, string> {
    const { url, keys, dnsServer } = this.#sim;
    return {
      "nylas:apiUrl": url,
      "nylas:apiKey": keys.apiKey,
      "nylas:organizationKey": keys.organizationKey,
      "nylas:dnsServers": JSON.stringify([dnsServer]),
    };
  }

  /** The environment of the plugin: a home folder of its own, which holds what a killed run leaves. */
  environment(): Record<string, string> {
    return { ...ENVIRONMENT, PULUMI_HOME: this.#home };
  }

  /** A stack with a process of its own. */
  newStack(): FakeStack {
    return new FakeStack({
      oneProcess: true,
      env: this.environment(),
      config: this.config,
      // All that outlives an operation stands in these; the rest of the package would only be read once more.
      forget: /^(dynamic|nylas\/client)\.js$/,
      onCall: (operation, type, name) => this.#seed.onCall(operation, type as Kind, name),
    });
  }
}

/** One run of a seed. */
class Seed {
  readonly #random: Random;
  readonly #plan: Plan;
  readonly #scenario: Scenario;
  readonly #cell: Cell;
  readonly #calls = new Set<string>();
  readonly #struck: Outcome["struck"] = [];
  readonly #uncertain: string[] = [];
  readonly #names = new Map<string, string>();
  readonly #texts: string[] = [];
  /** Every request, and what struck it. */
  readonly #trace: string[] = [];
  readonly #published = new Set<string>();
  readonly #story: string[] = [];
  /** What the program says in the end, and the state before the operation that goes wrong. */
  #wanted: Program = [];
  #recorded: FakeStack["state"] = [];
  /** The operation that requests belong to, and the first request of it. */
  #call = "";
  #from = 0;
  /** The fault that waits for its operation. */
  #aimed: { fault: KindOfFault; cell: Cell; times: number | "always" } | undefined;
  #digest = createHash("sha256");

  constructor(
    private readonly lane: Lane,
    private readonly sim: Simulator,
    private stack: FakeStack,
    seed: string,
    private readonly index: number,
  ) {
    this.#cell = cellOf(index);
    // Planned anew until the call that the fault is meant for is likely to be made.
    for (let attempt = 0; ; attempt++) {
      this.#random = new Random(`${seed}/${attempt}`);
      this.#scenario = this.#random.pick(scenariosFor(this.#cell));
      this.#plan = plan(
        this.#random,
        { applicationId: sim.ids.application, canary: `s${index}` },
        this.#cell.kind,
        this.#scenario,
        BESIDE[`${this.#cell.kind} ${this.#cell.operation} ${this.#cell.route}`],
      );
      if (attempt === 200 || isLikely(this.#cell, this.#plan, this.#scenario)) break;
    }
  }

  /** Undefined where the fault has met no call, unless it is to be run whatever it meets. */
  async run(whatever: boolean): Promise<Omit<Outcome, "milliseconds"> | undefined> {
    let problem: string | undefined;
    try {
      await this.#spoil();
      if (!whatever && !this.#hit) return undefined;
      await this.#judge();
    } catch (error) {
      problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      problem += `\nits requests:\n  ${this.#trace.join("\n  ")}\nwhat was said:\n  ${this.#texts.join("\n  ")}`;
    }
    this.sim.clearFaults();
    return {
      index: this.index,
      story: this.#story.join("; "),
      problem,
      calls: [...this.#calls],
      struck: this.#struck,
      hit: this.#hit,
      uncertain: this.#uncertain,
      digest: this.#digest.digest("hex"),
    };
  }

  /** Notes whose requests the next ones are, and sets off what was aimed at it. */
  onCall(operation: Operation, kind: Kind, _name: string): void {
    this.#note();
    this.#call = `${kind} ${operation}`;
    const aimed = this.#aimed;
    if (aimed?.cell.kind === kind && aimed.cell.operation === operation) {
      this.#aimed = undefined;
      this.#arm(aimed.fault, aimed.cell.route, aimed.times, 0);
    }
    if (kind === "DomainVerification") this.#publish();
  }

  get #hit(): boolean {
    return this.#struck.some(({ fault, call }) => nameOfCell(this.#cell) === `${fault}|${call}`);
  }

  /** Up to and with the operation that goes wrong. */
  async #spoil(): Promise<void> {
    const { before, after } = this.#plan;
    this.#story.push(
      `${this.#scenario} of ${this.#cell.kind}: ${before.map(({ name }) => name).join(" ")}` +
        (before.length === after.length ? "" : ` → ${after.map(({ name }) => name).join(" ")}`),
    );
    if (this.#scenario !== "create") {
      // What was made and not recorded, a killed run has made.
      const report = await this.#up(before, { killed: this.#scenario === "forgotten" });
      assert.deepEqual(report.errors, [], "the first run, without any fault, succeeds");
      this.#putMail(before);
    }
    const wanted = this.#scenario === "create" ? before : after;
    const recorded = structuredClone(this.stack.state);
    if (this.#scenario === "forgotten") this.#forget();
    if (this.#scenario === "adopted") {
      const { name, id } = this.#forget();
      wanted.find((item) => item.name === name)!.inputs.adopt = id;
    }
    if (this.#scenario === "destroy" && isGone(this.#cell.kind, this.#cell.route)) this.#removeByHand();
    if (isNamedByHand(this.#cell)) this.#nameByHand();
    this.#wanted = wanted;
    this.#recorded = recorded;
    await this.#spoilt(wanted);
  }

  /** What has come of it, and what the runs after it make of that. */
  async #judge(): Promise<void> {
    const { before } = this.#plan;
    const wanted = this.#wanted;
    const recorded = this.#recorded;
    if (this.#scenario === "refresh") this.#sameEntries(recorded);
    if (this.#scenario === "create" && this.#random.chance(0.3)) this.#putMail(before);

    const { lostMail } = this.sim.state();
    assert.ok(
      lostMail.every(
        ({ grantId, reason }) =>
          reason === "removed by hand" ||
          recorded.some(({ id, outputs }) => id === grantId && outputs.forceDestroy),
      ),
      `mail was lost that nobody gave up: ${JSON.stringify(lostMail)}`,
    );
    if (this.#scenario !== "destroy") {
      await this.#healed(wanted);
      await this.#decided();
      await judge(this.sim, this.stack, wanted);
      await this.#quiet(wanted);
    }
    if (this.#scenario === "destroy" || this.#random.chance(0.25)) await this.#destroyed();
    this.#noSecrets();
  }

  /** The operation that goes wrong. */
  async #spoilt(program: Program): Promise<void> {
    this.#aim();
    // In real seconds, for the two minutes after which Nylas itself gives a request up: only where something waits for it.
    if (this.#mayTimeOut) this.stack.config = { ...this.lane.config, "nylas:requestTimeout": "0.3" };
    const choices: Choices = { continueOnError: this.#random.chance(0.5) };
    if (this.#scenario === "refresh") this.#hear(await this.stack.refresh());
    else if (this.#scenario === "destroy") this.#hear(await this.stack.destroy(choices));
    else await this.#up(program, choices);
    this.#note();
    this.#aimed = undefined;
    this.sim.clearFaults();
    this.stack.config = this.lane.config;
  }

  /** Chooses what goes wrong, and where. */
  #aim(): void {
    const random = this.#random;
    const { fault } = this.#cell;
    const lasting = random.chance(0.1) && fault.rule.kind !== "timeout" && fault.rule.kind !== "refuse";
    const times = lasting ? "always" : random.chance(0.8) ? 1 : 2 + random.below(2);
    this.#aimed = { fault, cell: this.#cell, times };
    this.#story.push(`${fault.name} ×${times} at ${this.#cell.operation} ${this.#cell.route}`);
    const companion = COMPANIONS[`${this.#cell.kind} ${this.#cell.route}`];
    if (companion && this.#cell.operation === "create")
      this.#arm(
        KINDS_OF_FAULT.find(({ name }) => name === companion.fault)!,
        companion.route,
        1,
        0,
      );
    while (random.chance(0.25)) {
      const kind = random.pick(this.#plan.after.length > 0 ? this.#plan.after : this.#plan.before).kind;
      const operations = Object.keys(ROUTES[kind]) as Operation[];
      const route = random.pick(ROUTES[kind][random.pick(operations)] ?? ["GET /v3/applications"]);
      const another = random.pick(KINDS_OF_FAULT.filter((each) => fits(each, route)));
      const skip = random.below(3);
      this.#arm(another, route, 1, skip);
      this.#story.push(`${another.name} at ${route}${skip > 0 ? ` after ${skip}` : ""}`);
    }
  }

  #arm(fault: KindOfFault, route: string, times: number | "always", skip: number): void {
    const [method, path] = route.split(" ") as [string, string];
    const { id } = this.sim.addFault({ ...fault.rule, method, path: patternOf(path), times, skip });
    this.#names.set(id, fault.name);
  }

  get #mayTimeOut(): boolean {
    return (
      this.#aimed?.fault.rule.kind === "timeout" || this.sim.faults().some(({ kind }) => kind === "timeout")
    );
  }

  /** As a run that was killed after it had made the object and before that was recorded. */
  #forget(): FakeStack["state"][number] {
    const forgotten = this.stack.find(this.#plan.subject);
    this.stack.state = this.stack.state.filter((entry) => entry !== forgotten);
    return forgotten;
  }

  /** Somebody deletes the object in the Dashboard. */
  #removeByHand(): void {
    this.sim.remove(BY_HAND[this.#cell.kind]!, bare(this.stack.find(this.#plan.subject).id));
  }

  /** Somebody has the default workspace name a rule in the Dashboard. */
  #nameByHand(): void {
    const { id } = this.stack.find(this.#plan.subject);
    const home = this.sim
      .state()
      .workspaces.find((each) => each.default && each.application_id === this.sim.ids.application)!;
    this.sim.edit("workspace", home.id, { rule_ids: [...home.rule_ids, id] });
  }

  /** What the runbook says: up again, at most twice; where nobody could be sure, what the error says. */
  async #healed(program: Program): Promise<void> {
    let adopted = false;
    for (let left = 2; ; left--) {
      const report = await this.#up(program);
      if (report.errors.length === 0) {
        if (!adopted) return;
        // A take-over writes nothing: in what the object differs is the next one's to change.
        adopted = false;
        continue;
      }
      const settled = report.errors.filter((error) => this.#settle(program, error)).length;
      adopted ||= settled > 0;
      if (settled > 0) left++;
      else if (left <= 1) assert.deepEqual(report.errors, [], "after the fault, up succeeds");
    }
  }

  /** Does what an error says that leaves the choice to a person; false for every other error. */
  #settle(program: Program, { name, message }: Report["errors"][number]): boolean {
    const item = program.find((each) => each.name === name);
    if (!item) return false;
    const taken = /\(id ([^)\s]+)[^)]*\) exists already and is not provably this resource's own/.exec(
      message,
    );
    if (taken && item.inputs.adopt === undefined) {
      const id = taken[1]!;
      assert.ok(message.includes(`adopt: "${id}"`) || message.includes("adopt: true"), message);
      // There is one default workspace, so the state may have it under another name of the program.
      const isOnlyOne = item.kind === "DefaultWorkspace";
      assert.ok(
        isOnlyOne || !this.stack.state.some((entry) => entry.id === id),
        "what is in the way is not recorded",
      );
      item.inputs.adopt = id;
      this.#uncertain.push(`${item.kind}: an object of the same key is there, and nothing tells whose`);
      return true;
    }
    const several = /There are \d+ objects of kind \S+ named .* \(ids ([^)]+)\)/.exec(message);
    if (several && item.inputs.adopt === undefined) {
      const [id, ...others] = several[1]!.split(", ") as [string, ...string[]];
      assert.ok(message.includes(`adopt: "${id}"`), message);
      item.inputs.adopt = id;
      for (const other of others) this.sim.remove(BY_HAND[item.kind]!, other);
      this.#uncertain.push(`${item.kind}: several of the same are there, and nothing tells whose`);
      return true;
    }
    const key =
      /is there already, with the same expiry and unknown to this state: id (\S+) of principal/.exec(message);
    if (key) {
      this.sim.remove("credential", key[1]!);
      this.#uncertain.push("ApiKey: one of the same name and expiry is there, and nobody has its secret");
      return true;
    }
    return false;
  }

  /** Of two of the same, a refresh names both: a person decides, and here deletes the one that nothing refers to. */
  async #decided(): Promise<void> {
    const recorded = (kind: string) => this.stack.state.filter(({ type }) => type === kind);
    const beside = Object.entries(standing(this.sim.state())).flatMap(([kind, ids]) =>
      ids
        .filter((id) => !recorded(kind).some((entry) => entry.id === id))
        .map((id) => ({ kind: kind as Kind, id: bare(id) })),
    );
    if (beside.length === 0) return;
    const { warnings } = this.#hear(await this.stack.refresh());
    for (const { kind, id } of beside) {
      const told = warnings.find((text) => text.includes(" beside it and is the same.") && text.includes(id));
      if (!told || !recorded(kind).some((entry) => told.includes(bare(entry.id)))) continue;
      this.sim.remove(BY_HAND[kind]!, id);
      this.#uncertain.push(`${kind}: a create was made twice, and nothing tells whose the second one is`);
    }
  }

  /** What is recorded is what stands there: a refresh finds nothing, and a preview plans nothing. */
  async #quiet(program: Program): Promise<void> {
    const report = this.#hear(await this.stack.refreshAndPreview(declarations(program)));
    assert.deepEqual(report.errors, [], "a refresh and a preview after it have no error");
    assert.deepEqual(changes(report), [], "a refresh and a preview after it are empty");
    assert.deepEqual(report.warnings, [], "and warn of nothing");
  }

  /** Everything goes but what holds mail; and that with the word. */
  async #destroyed(): Promise<void> {
    let report = this.#hear(await this.stack.destroy({ continueOnError: true }));
    if (report.errors.length > 0) {
      for (const { message } of report.errors) assert.match(message, / is kept: /);
      const state = this.sim.state();
      for (const { type, id } of this.stack.state.filter(({ type }) => type === "AgentAccount"))
        assert.ok(
          state.messages.some(({ grant_id }) => grant_id === id),
          `${type} ${id} is kept for its mail alone`,
        );
      const words = [
        ...state.grants.map(({ email }) => `account:${email}`),
        ...state.workspaces.map(({ id }) => `workspace:${id}`),
      ];
      await this.stack.use({
        env: { ...this.lane.environment(), NYLAS_FORCE_DESTROY: JSON.stringify(words) },
      });
      report = this.#hear(await this.stack.destroy({ continueOnError: true }));
      await this.stack.use({ env: this.lane.environment() });
    }
    assert.deepEqual(report.errors, [], "a destroy succeeds");
    assert.deepEqual(this.stack.state, []);
    const state = this.sim.state();
    for (const [kind, ids] of Object.entries(standing(state)))
      assert.deepEqual(ids, [], `${kind}: nothing is left`);
    const kept = state.workspaces.find(
      (each) => each.default && each.application_id === this.sim.ids.application,
    )!;
    assert.deepEqual([kept.policy_id, kept.rule_ids], [null, []], "the default workspace is as it was");
  }

  async #up(program: Program, choices: Choices = {}): Promise<Report> {
    return this.#hear(await this.stack.apply(declarations(program), choices));
  }

  #hear(report: Report): Report {
    this.#note();
    for (const { name, message } of report.errors) {
      this.#texts.push(`${name}: ${message}`);
      assert.doesNotMatch(message, STRANGE);
    }
    for (const line of report.log) assert.doesNotMatch(line, STRANGE);
    this.#texts.push(...report.log);
    this.#digest.update(JSON.stringify(report.steps));
    // What the judge asks is nobody's.
    this.#call = "";
    return report;
  }

  /** Whose the requests since the last call were, and what struck them. */
  #note(): void {
    const { requests } = this.sim;
    for (const { method, path, faultId } of requests.slice(this.#from)) {
      if (this.#call === "") continue;
      const call = `${this.#call} ${routeOf(method, path)}`;
      this.#calls.add(call);
      // How often a request is repeated while nobody listens is a matter of milliseconds.
      const line = `${call}${faultId ? `  <-- ${this.#names.get(faultId)}` : ""}`;
      if (line !== this.#trace.at(-1)) this.#digest.update(line);
      this.#trace.push(line);
      if (faultId) this.#struck.push({ fault: this.#names.get(faultId) ?? "?", call });
    }
    this.#from = requests.length;
  }

  #sameEntries(before: FakeStack["state"]): void {
    const names = (state: FakeStack["state"]) => state.map(({ name, id }) => `${name} ${id}`).sort();
    assert.deepEqual(names(this.stack.state), names(before), "a refresh that goes wrong loses no entry");
  }

  #putMail(program: Program): void {
    const { grants } = this.sim.state();
    for (const { inputs, mail } of program)
      if (mail && grants.some(({ email }) => email === inputs.email))
        this.sim.addMessage({ grant: String(inputs.email), subject: `to ${String(inputs.email)}` });
  }

  /** As the DNS vendor's resources do, which stand between the records and their verification. */
  #publish(): void {
    for (const { type, outputs } of this.stack.state) {
      if (type !== "DomainRecords") continue;
      for (const { type, name, value, priority } of Object.values(outputs.records as Records)) {
        const text = JSON.stringify([type, name, value]);
        if (this.#published.has(text)) continue;
        this.#published.add(text);
        const more = priority === undefined ? {} : { priority };
        this.sim.putRecord("example.com", { type, name, content: value, ...more });
      }
    }
  }

  #noSecrets(): void {
    const { keys } = this.sim;
    const planted = [keys.apiKey, keys.organizationKey, `Canary0s${this.index}`];
    for (const text of this.#texts)
      for (const secret of planted) assert.ok(!text.includes(secret), "no secret stands in what is said");
  }
}

const BY_HAND: Partial<Record<Kind, Parameters<Simulator["remove"]>[0]>> = {
  Domain: "domain",
  AgentAccount: "grant",
  Workspace: "workspace",
  Policy: "policy",
  Rule: "rule",
  List: "list",
  Webhook: "webhook",
  Principal: "principal",
  ApiKey: "credential",
};

const COMPILED_ONCE = JSON.stringify(resolve(__dirname, "compiledOnce.js"));

/** The id of a key stands in the state together with its principal's. */
function bare(id: string): string {
  return id.split("/").at(-1)!;
}

/** What no text for a person has in it. */
const STRANGE =
  /TypeError|ReferenceError|RangeError|is not a function|Cannot (read|set) propert|\[object |undefined undefined/;

type Records = Record<string, { type: "MX" | "TXT"; name: string; value: string; priority?: number }>;

function changes(report: Report): string[] {
  return report.steps.filter(({ op }) => op !== "same").map(({ name, op }) => `${op} ${name}`);
}

/** On the first port from there on that is free; below those that outgoing connections are given. */
async function listening(port: number): Promise<Simulator> {
  for (let tried = 0; ; tried++) {
    try {
      return await startSimulator({ port: port + tried });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || tried > 200) throw error;
    }
  }
}

// What stands in the environment of whoever runs this must not reach the plugin.
const NO_SETTINGS = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.startsWith("NYLAS_"))
    .map((name) => [name, undefined]),
);

/** The environment of a plugin that serves many seeds. */
export const ENVIRONMENT = {
  ...NO_SETTINGS,
  NYLAS_TEST_TIME_SCALE: "0.002",
  NODE_OPTIONS: `--require ${COMPILED_ONCE} --max-semi-space-size=64`,
};
