import assert from "node:assert/strict";
import { type Settings, type Simulator } from "nylas-simulator";
import { forgetRuns } from "../plugin/journals";
import { Zone } from "../plugin/orderWalk";
import { Chance, judge, leftOver, type Program } from "../plugin/programs";
import { type FakeStack, type Input, type Report } from "../plugin/stack";
import { type More, declaredOf, editedOf, firstOf, movedOf, withSecondAccount } from "./program";

export interface LifeOptions {
  seed: number;
  settings: Partial<Settings>;
  /** The engine's home folder, with what killed runs have left in it. */
  home: string;
  /** Whether a preview and a refresh are asked after every step, and not only where a step is about them. */
  thorough: boolean;
}

/** In milliseconds. */
const TEN_YEARS = 10 * 365 * 86_400_000;

/** Readings under which a change cannot be made: the run has to fail, again and again, and name the difference. */
const UNMET: { says: RegExp; isIn: (settings: Partial<Settings>) => boolean; met: Partial<Settings> }[] = [
  {
    says: /: wanted .*, seen /,
    isIn: ({ ignoredFields = [] }) => ignoredFields.length > 0,
    met: { ignoredFields: [] },
  },
  {
    says: /2 records where one was expected: (TXT|CNAME) .*, \1 /,
    isIn: ({ attemptShape }) => attemptShape === "many",
    met: { attemptShape: "list" },
  },
  {
    says: /asks for a CNAME as the dkim record of one\.example\.com \(.* CNAME .*\)/,
    isIn: ({ dkimRecords }) => dkimRecords === "CNAME",
    met: { dkimRecords: "TXT" },
  },
];

/**
 * The life of every kind in one stack, from create to destroy, with mail in the mailboxes. After each step the simulator holds exactly
 * the declared objects, a second run changes nothing, and no message is lost.
 */
export class Life {
  readonly #chance: Chance;
  readonly #zone: Zone;
  /** What was refused in words that name the difference, as a reading demands. */
  readonly refusals: string[] = [];
  readonly steps: string[] = [];
  #program: Program = {};
  /** What some resources declare beside the program: the rotation, and records of a domain that was taken over, which nobody may ask for again. */
  readonly #known: More = {};

  constructor(
    private readonly sim: Simulator,
    private readonly stack: FakeStack,
    private readonly options: LifeOptions,
  ) {
    this.#chance = new Chance(options.seed + 3);
    this.#zone = new Zone(sim);
  }

  /** Throws where something did not hold; the message begins with the step. */
  async run(): Promise<void> {
    const { seed, settings } = this.options;
    const first = firstOf(seed, settings);
    const steps: [string, () => Promise<void>][] = [
      ["create", () => this.#bring(first)],
      ["create on the own domain", () => this.#bring(withSecondAccount(first))],
      ["mail comes", () => this.#mail()],
      ["no-op", () => this.#quiet({}, true)],
      ["edit", () => this.#edit()],
      ["move", () => this.#bring(movedOf(this.#program, seed))],
      ["drift", () => this.#drift()],
      ["gone by hand", () => this.#goneByHand()],
      ["taken without a word", () => this.#taken()],
      ["adopt", () => this.#adopt()],
      ["destroy", () => this.#destroy()],
    ];
    for (const [name, step] of steps) {
      this.steps.push(name);
      try {
        await step();
        this.#noneLost();
      } catch (error) {
        throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
      }
      // Lists that lag have caught up by the next working day.
      this.sim.advanceClock(3600);
    }
  }

  /** Brings the stack to a program; what is declared stands there, and another run changes nothing. */
  async #bring(next: Program, more: More = {}): Promise<void> {
    if (this.options.thorough || this.stack.state.length === 0) await this.#preview(next, more);
    await this.#up(next, more);
    if (this.#zone.publish(this.stack.state, next)) await this.#up(next, more);
    this.#program = next;
    judge(this.sim, next, this.stack.state);
    await this.#keyOpens(more);
    await this.#quiet(more);
  }

  async #preview(program: Program, more: More): Promise<Report> {
    this.sim.clearRequests();
    const report = await this.stack.preview(declaredOf(program, { more: { ...this.#known, ...more } }));
    assert.deepEqual(report.errors, [], "a preview succeeds");
    assert.deepEqual(this.#writes(), [], "a preview writes nothing");
    return report;
  }

  async #up(program: Program, more: More = {}): Promise<void> {
    const apply = () =>
      this.stack.apply(declaredOf(program, { more: { ...this.#known, ...more } }), {
        together: { draw: (limit) => this.#chance.draw(limit) },
        continueOnError: this.#chance.flag(),
      });
    let report = await apply();
    for (const { says, isIn, met } of UNMET) {
      if (!isIn(this.options.settings) || !report.errors.some(({ message }) => says.test(message))) continue;
      this.#refused(report, says);
      report = await apply();
      this.#refused(report, says);
      // From now on Nylas does as documented.
      this.sim.configure(met);
      report = await apply();
    }
    assert.deepEqual(report.errors, [], "a run succeeds");
  }

  /** What did not happen is never green, and costs nothing; the error names the difference. */
  #refused({ errors }: Report, says: RegExp): void {
    this.#noneLost();
    assert.notEqual(errors.length, 0, "what did not happen is never green");
    for (const { name, message } of errors) {
      assert.ok(says.test(message), `${name} names the difference: ${message}`);
      this.refusals.push(`${name}: ${message.split("\n")[0]!}`);
    }
  }

  /** A second run, a preview and a refresh change nothing. */
  async #quiet(more: More = {}, whole = this.options.thorough): Promise<void> {
    const declared = declaredOf(this.#program, { more: { ...this.#known, ...more } });
    this.sim.clearRequests();
    assert.deepEqual(changesOf(await this.stack.apply(declared)), [], "a second run changes nothing");
    assert.deepEqual(this.#writes(), [], "a second run writes nothing");
    judge(this.sim, this.#program, this.stack.state);
    if (!whole) return;
    assert.deepEqual(changesOf(await this.stack.refresh()), [], "a refresh finds nothing");
    assert.deepEqual(this.#writes(), [], "a refresh writes nothing");
    assert.deepEqual(changesOf(await this.stack.preview(declared)), [], "a preview after it is empty");
    judge(this.sim, this.#program, this.stack.state);
  }

  /** Every kind says something else, and the webhook's secret is another one. */
  async #edit(): Promise<void> {
    const secret = (): unknown => this.stack.find("webhook-1").outputs.secret;
    const before = secret();
    this.#known["webhook-1"] = { rotateWhenChanged: { year: "2" } };
    await this.#bring(editedOf(this.#program, this.options.seed));
    assert.notEqual(secret(), before, "the secret is rotated");
  }

  async #mail(): Promise<void> {
    for (const { email } of this.sim.state().grants) {
      for (const [folder, ageSeconds] of [
        ["inbox", 60],
        ["inbox", 5 * 86_400],
        ["archive", 9 * 86_400],
      ] as const)
        this.sim.addMessage({ grant: email, subject: `to ${email}`, folder, ageSeconds });
    }
    return Promise.resolve();
  }

  /** Somebody changes one object of every kind in the Dashboard: a refresh shows it, and a run sets it right. */
  async #drift(): Promise<void> {
    const { sim } = this;
    const id = (name: string) => this.stack.find(name).id.split("/").at(-1)!;
    const home = sim
      .state()
      .workspaces.find((each) => each.default && each.application_id === sim.ids.application)!;
    sim.edit("policy", id("policy-1"), { limits: { limit_count_daily_email_sent: 3 } });
    sim.edit("list", id("list-1"), { items: ["example"] });
    sim.edit("rule", id("rule-1"), { priority: 1 });
    sim.edit("workspace", id("workspace-2"), { rule_ids: [] });
    sim.edit("workspace", home.id, { rule_ids: [id("rule-2")] });
    sim.edit("grant", id("account-1"), { name: "Somebody", workspace_id: home.id });
    sim.edit("webhook", id("webhook-1"), { status: "active" });
    sim.edit("principal", id("principal-1"), { direct_permissions: ["folders.read"] });
    // A name that is not declared may be any.
    const named = ["domain-1", "key-1"].filter((name) => "name" in this.#program[name]!);
    for (const name of named)
      sim.edit(name === "key-1" ? "credential" : "domain", id(name), { name: "By hand" });
    const foreign =
      this.options.settings.credentialExpiry === "optional"
        ? sim.seed({
            kind: "credential",
            principalId: id("principal-1"),
            name: "Dashboard key",
            expiresAt: null,
          })
        : undefined;
    const refreshed = await this.stack.refresh();
    assert.deepEqual(refreshed.errors, [], "a refresh succeeds");
    const seen = changesOf(refreshed).sort();
    const drifted = [
      "account-1",
      "defaultworkspace-1",
      ...named,
      "list-1",
      "policy-1",
      "principal-1",
      "rule-1",
      "webhook-1",
      "workspace-2",
    ];
    assert.deepEqual(
      seen,
      drifted.map((name) => `drift ${name}`).sort(),
      "a refresh shows what was changed by hand",
    );
    if (foreign !== undefined) {
      await this.#up(this.#program);
      sim.remove("credential", foreign);
    }
    await this.#bring(this.#program);
  }

  /** Somebody deletes objects in the Dashboard: a refresh shows it, and a run makes them again. */
  async #goneByHand(): Promise<void> {
    const gone = ["key-1", "rule-2", "webhook-1"];
    const kinds = { "key-1": "credential", "rule-2": "rule", "webhook-1": "webhook" } as const;
    for (const [name, kind] of Object.entries(kinds))
      this.sim.remove(kind, this.stack.find(name).id.split("/").at(-1)!);
    const refreshed = await this.stack.refresh();
    assert.deepEqual(refreshed.errors, [], "a refresh succeeds");
    assert.deepEqual(
      changesOf(refreshed).sort(),
      gone.map((name) => `gone ${name}`),
      "a refresh shows what is gone",
    );
    await this.#bring(this.#program);
  }

  /** The state is lost. Without a word, nothing that stands is taken, changed or made twice. */
  async #taken(): Promise<void> {
    const { sim, stack, options } = this;
    const before = stack.state;
    stack.state = [];
    forgetRuns(options.home);
    const seen = this.#visible();
    const other = structuredClone(this.#program);
    const account = other["account-1"] as { displayName?: string; workspace?: string };
    account.displayName = "Somebody else";
    delete account.workspace;
    // Where new accounts are in no list for a while, these are in none either.
    const isLate = (options.settings.newGrantListLagMs ?? 0) > 0;
    if (isLate) sim.configure({ newGrantListLagMs: TEN_YEARS });
    const report = await stack.apply(declaredOf(other), { continueOnError: true });
    if (isLate) sim.configure({ newGrantListLagMs: options.settings.newGrantListLagMs! });
    assert.ok(
      report.errors.some(({ name }) => name === "account-1"),
      "an account that stands is not taken without a word",
    );
    assert.deepEqual(this.#visible(), seen, `nothing is changed\n${report.log.join("\n")}`);
    const id = before.find(({ name }) => name === "account-1")!.id;
    const { message } = report.errors.find(({ name }) => name === "account-1")!;
    assert.ok(message.includes(id), `the error names the account's id: ${message}`);
    assert.ok(sim.state().lostMail.every(({ reason }) => reason === "removed by hand"));
    stack.state = before;
  }

  /** The state is lost, and every object is taken over by its id. */
  async #adopt(): Promise<void> {
    const more: More = {};
    for (const { name, type, id, outputs } of this.stack.state) {
      if (type === "DomainRecords") {
        // The record of a verified domain is never asked for again.
        const records = Object.entries(outputs.records as Record<string, Input>);
        this.#known[name] = {
          known: Object.fromEntries(records.filter(([slot]) => slot.startsWith("dkim"))),
        };
      } else if (type !== "DomainVerification") more[name] = { adopt: id };
    }
    // A secret that is not known is not rotated by being taken over.
    delete this.#known["webhook-1"];
    const seen = this.#visible();
    this.stack.state = [];
    forgetRuns(this.options.home);
    await this.#bring(this.#program, more);
    assert.deepEqual(this.#visible(), seen, "taking over changes nothing");
    await this.#quiet();
  }

  /** A mailbox with mail is kept without a word; with it, nothing is left. A webhook that is gone before is no obstacle. */
  async #destroy(): Promise<void> {
    const { sim, stack } = this;
    const refused = await stack.destroy();
    const boxes = (): number => sim.state().grants.length;
    assert.ok(
      refused.errors.some(({ name }) => name.startsWith("account-")),
      "a mailbox that holds mail is not deleted without a word",
    );
    assert.equal(boxes(), 2);
    this.#noneLost();
    const forced = declaredOf(this.#program, { forced: true, more: this.#known });
    const report = await stack.apply(forced);
    assert.deepEqual(report.errors, [], "a run succeeds");
    const hook = stack.state.find(({ name }) => name === "webhook-1");
    if (hook) sim.remove("webhook", hook.id);
    // It was some while ago: that another hand did it a moment ago is told by no read that lags.
    sim.advanceClock(120);
    const destroyed = await stack.destroy({ together: { draw: (limit) => this.#chance.draw(limit) } });
    assert.deepEqual(destroyed.errors, [], "a destroy succeeds");
    assert.deepEqual(leftOver(sim), [], "nothing of the program is left");
    assert.deepEqual(stack.state, []);
    const lost = sim.state().lostMail.map(({ reason }) => reason);
    assert.deepEqual([...new Set(lost)], ["grant deleted"], "mail goes with the mailbox that was given up");
    this.#givenUp = true;
  }

  #givenUp = false;

  #noneLost(): void {
    if (!this.#givenUp) assert.deepEqual(this.sim.state().lostMail, [], "no mail is lost");
  }

  /** A key that was made opens the API. */
  async #keyOpens(more: More): Promise<void> {
    if (more["key-1"] !== undefined) return;
    const { secret } = this.stack.find("key-1").outputs;
    const answer = await fetch(`${this.sim.url}/v3/grants`, {
      headers: { authorization: `Bearer ${String(secret)}` },
    });
    await answer.arrayBuffer();
    assert.notEqual(answer.status, 401, "the key's secret is a key");
  }

  #writes(): string[] {
    return this.sim.writes().map(({ method, path, status }) => `${method} ${path} ${status}`);
  }

  /** What anybody sees of the objects; when they were last touched is not part of it. */
  #visible(): unknown {
    const {
      lostMail: _lost,
      webhookDeliveries: _told,
      ruleEvaluations: _looks,
      ...objects
    } = this.sim.state();
    return JSON.parse(
      JSON.stringify(objects, (key, value: unknown) => (key === "updated_at" ? undefined : value)),
    ) as unknown;
  }
}

function changesOf({ steps, errors }: Report): string[] {
  return [
    ...errors.map(({ name, message }) => `error ${name}: ${message}`),
    ...steps.filter(({ op }) => op !== "same").map(({ name, op }) => `${op} ${name}`),
  ];
}
