/** Goes through a scenario step by step, and has the judge look at each run. */
import { type Simulator } from "nylas-simulator";
import { closureOfDependents, type Entry, kindOf } from "./engineModel/state";
import { type Command, type Done, type Hands } from "./hands";
import { type Given, judge, type Violation } from "./judge";
import { declaredDomains, pausedAddresses, type Program } from "./program";
import { mxOf } from "./remote";
import { type Run, type Scenario, type Step, type Word } from "./scenario";
import { resolveUrns } from "./urns";
import { type Dialect, inConfiguration, inEnvironment, workspaceIds } from "./words";

/** What came of a seed. */
export interface Outcome {
  seed: number;
  theme: string;
  /** The first run in which something was lost without a word; none where all held. */
  violations: Violation[];
  /** Which step that was, and all steps up to it with what was said. */
  at: number;
  story: string[];
  milliseconds: number;
}

export interface Settings {
  dialect: Dialect;
  baseConfig: Record<string, string>;
}

/** A line on a step, for the report. */
export function described(step: Step): string {
  const { do: verb, ...rest } = step;
  if (!("program" in step) || !step.program) return `${verb} ${JSON.stringify(rest)}`;
  const { program, ...run } = rest as { program: Program };
  return `${verb} ${JSON.stringify(run)} ${JSON.stringify(program)}`;
}

export async function act(scenario: Scenario, hands: Hands, settings: Settings): Promise<Outcome> {
  const began = performance.now();
  const acting = new Acting(hands, settings);
  const story: string[] = [];
  const outcome = (violations: Violation[], at: number): Outcome => ({
    seed: scenario.seed,
    theme: scenario.theme,
    violations,
    at,
    story,
    milliseconds: performance.now() - began,
  });
  for (const [at, step] of scenario.steps.entries()) {
    story.push(described(step));
    const violations = await acting.take(step, story);
    if (violations.length > 0) return outcome(violations, at);
  }
  const { grants } = hands.sim.state();
  const missing = scenario.served.filter((email) => !grants.some((grant) => grant.email === email));
  const unserved = missing.map((email): Violation => ({
    rule: "unserved",
    text: `${email} never came, for a fault of another's`,
  }));
  return outcome(unserved, scenario.steps.length);
}

class Acting {
  readonly #programs = new Map<string, Program>();
  readonly #stacks = new Set<string>();
  /** Addresses that a paused tenant of a stack has had: one that is taken out may stay for its mail. */
  readonly #everPaused = new Map<string, Set<string>>();
  readonly #foreignMail = new Set<string>();
  readonly #unguarded = new Set<string>();
  #dnsIsDown = false;
  #statesAreOwn = true;
  #messages = 0;

  constructor(
    private readonly hands: Hands,
    private readonly settings: Settings,
  ) {}

  async take(step: Step, story: string[]): Promise<Violation[]> {
    const { sim } = this.hands;
    switch (step.do) {
      case "up":
      case "destroy":
      case "refresh":
        return this.#run(step, story);
      case "onboard":
        return this.#onboard(step, story);
      case "mail":
        for (const { email } of sim.state().grants)
          if (step.to === "everybody" || step.to === email) this.#mail(email, step.count, step.ageDays);
        return [];
      case "account":
        this.#settle(step);
        this.#mail(step.email, step.mail);
        return [];
      case "record": {
        const { zone, type, name, content, priority } = step;
        const stands = sim.state().zones.flatMap(({ records }) => records);
        if (!stands.some((each) => each.name === name && each.type === type && each.content === content))
          sim.putRecord(zone, { type, name, content, ...(priority === undefined ? {} : { priority }) });
        if (type !== "TXT") this.#foreignMail.add(name);
        return [];
      }
      case "publish":
        await this.#publish(step.stack, step.domain);
        return [];
      case "fault":
        sim.addFault(step.fault);
        return [];
      case "clearFaults":
        sim.clearFaults();
        return [];
      case "dns":
        this.#dnsIsDown = step.mode !== "answer";
        sim.configure({ dnsMode: step.mode });
        return [];
      case "standingRule": {
        const id = sim.seed({ kind: "rule", name: "Made in the Dashboard", trigger: "outbound" });
        const home = sim
          .state()
          .workspaces.find((each) => each.default && each.application_id === sim.ids.application)!;
        sim.edit("workspace", home.id, { rule_ids: [...home.rule_ids, id] });
        return [];
      }
      default:
        story.push(...(await this.#command(step)).said);
        return [];
    }
  }

  async #command(step: Step): Promise<Done> {
    const { hands } = this;
    if (["importOlder", "move", "renameInState", "forget", "import"].includes(step.do))
      this.#statesAreOwn = false;
    switch (step.do) {
      case "export":
        await hands.keepExport(step.stack);
        return NOTHING;
      case "importOlder":
        return hands.importKept(step.stack);
      case "renameStack": {
        const program = this.#programs.get(step.from);
        this.#programs.delete(step.from);
        if (program) this.#programs.set(step.to, program);
        this.#stacks.add(step.to);
        return hands.renameStack(step.from, step.to);
      }
      case "move": {
        const urns = resolveUrns(step.names, await hands.entries(step.from), step.from);
        await this.#takeByHand(step.from, urns);
        return urns.length === 0 ? NOTHING : hands.move(step.from, step.to, urns);
      }
      case "forget":
      case "renameInState": {
        const [urn] = resolveUrns([step.resource], await hands.entries(step.stack), step.stack);
        if (urn === undefined) return NOTHING;
        if (step.do === "forget") await this.#takeByHand(step.stack, [urn]);
        return step.do === "forget"
          ? hands.forget(step.stack, urn)
          : hands.renameInState(step.stack, urn, step.to);
      }
      case "unprotect":
        return hands.unprotectAll(step.stack);
      case "import":
        this.#stacks.add(step.stack);
        return hands.importFleet(step.stack, step.vendor);
      default:
        throw new Error(`no step ${step.do}`);
    }
  }

  /** What docs/guarantees.md does not promise: whoever takes a verification out of a state takes the guard away. */
  async #takeByHand(stack: string, urns: string[]): Promise<void> {
    const entries = await this.hands.entries(stack);
    const gone = closureOfDependents(urns, entries);
    for (const { urn, type, inputs } of entries)
      if (gone.has(urn) && kindOf(type) === "DomainVerification")
        this.#unguarded.add(String(inputs.domainName).toLowerCase());
  }

  /** An up that goes through declares the guard again. */
  async #guardAgain(stack: string): Promise<void> {
    for (const { type, inputs } of await this.hands.entries(stack))
      if (kindOf(type) === "DomainVerification")
        this.#unguarded.delete(String(inputs.domainName).toLowerCase());
  }

  async #run(step: Step & Run, story: string[]): Promise<Violation[]> {
    const { hands } = this;
    const before = hands.sim.state();
    this.#stacks.add(step.stack);
    const entries = structuredClone(await hands.entries(step.stack));
    const command: Command = {
      stack: step.stack,
      flags: step.flags,
      environmentWords: inEnvironment(step.words, this.settings.dialect, before),
      config: {
        ...this.settings.baseConfig,
        ...step.config,
        ...inConfiguration(step.configWords, this.settings.dialect, before),
      },
      hasPreview: before.grants.length > 0 || entries.length > 0,
    };
    const program = "program" in step ? step.program : undefined;
    const done =
      step.do === "up"
        ? await hands.up(step.program, command)
        : step.do === "destroy"
          ? await hands.destroy(step.flags.runProgram ? step.program : undefined, command)
          : await hands.refresh(command);
    story.push(
      `  ${done.ok ? "ok" : "failed"}`,
      ...done.said.map((line) => `  ${line.replace(/\s+/g, " ").slice(0, 400)}`),
    );
    if (step.do === "up") this.#programs.set(step.stack, step.program);
    const after = hands.sim.state();
    const words: Word[] = [...(step.words ?? []), ...(done.programRan ? (step.configWords ?? []) : [])];
    const wanted = step.do === "up" ? step.program : (this.#programs.get(step.stack) ?? program ?? []);
    const { violations, toBeGated } = judge(before, after, {
      stack: step.stack,
      command: step.do,
      words,
      workspaceIds: workspaceIds(words, before),
      entries,
      others: await this.#others(step.stack),
      stateIsOwn: this.#statesAreOwn,
      paused: this.#paused(step.stack, wanted),
      uncheckedDomains: this.#unchecked(step.do === "up" ? step.program : [], before),
      allowsMailLoss: allowsMailLoss(entries, step.do === "up" ? step.program : []),
      unguarded: [...this.#unguarded],
      isEdit: step.do === "up",
      foreignMail: [...this.#foreignMail],
    });
    // A review costs as much as the run: it is made where there is something that it must not have passed.
    if (toBeGated.length > 0 && done.review) {
      const isGated = await done.review();
      story.push(isGated ? "  the review was gated" : "  the review passed the gate");
      if (!isGated)
        violations.push(
          ...toBeGated.map((text): Violation => ({
            rule: "gate",
            text: `the review passed, and then: ${text}`,
          })),
        );
    }
    if (step.do === "up" && done.ok) await this.#guardAgain(step.stack);
    if (step.do === "destroy" && done.ok && (await hands.entries(step.stack)).length === 0) {
      this.#programs.delete(step.stack);
      this.#stacks.delete(step.stack);
    }
    return violations;
  }

  async #onboard(step: Step & { do: "onboard" }, story: string[]): Promise<Violation[]> {
    if (!this.hands.onboard) return [];
    const before = this.hands.sim.state();
    const done = await this.hands.onboard(step.tenant, step.domain, step.alias, step.args);
    story.push(`  ${done.ok ? "ok" : "failed"}`, ...done.said.map((line) => `  ${line}`));
    const after = this.hands.sim.state();
    const address = `${step.alias}@${step.domain}`;
    const given: Given = {
      stack: step.tenant,
      command: "onboard",
      words: [],
      workspaceIds: {},
      entries: [],
      others: [],
      stateIsOwn: false,
      // What an earlier call has asked for holds until somebody takes it back in so many words.
      paused: [address],
      uncheckedDomains: [],
      allowsMailLoss: false,
      unguarded: [],
      isEdit: false,
      foreignMail: [],
    };
    return judge(before, after, given).violations;
  }

  #paused(stack: string, program: Program): string[] {
    const others = [...this.#programs].filter(([name]) => name !== stack);
    return [[stack, program] as const, ...others].flatMap(([name, each]) =>
      [...pausedAddresses(each)].flatMap(([tenant, addresses]) => {
        const key = `${name}/${tenant}`;
        const known = this.#everPaused.get(key) ?? new Set();
        this.#everPaused.set(key, known);
        for (const address of addresses) known.add(address);
        return [...known];
      }),
    );
  }

  async #others(stack: string): Promise<Entry[]> {
    const names = [...this.#stacks].filter((name) => name !== stack);
    return (await Promise.all(names.map((name) => this.hands.entries(name)))).flat();
  }

  #unchecked(program: Program, before: ReturnType<Simulator["state"]>): string[] {
    return declaredDomains(program)
      .filter(
        ({ domainName, allowUncheckedDns, allowImplicitMx }) =>
          (allowUncheckedDns && this.#dnsIsDown) ||
          (allowImplicitMx && mxOf(before, domainName).length === 0),
      )
      .map(({ domainName }) => domainName);
  }

  #settle({ email, application, workspace }: Step & { do: "account" }): void {
    const { sim } = this.hands;
    const home = sim.state().workspaces.find(({ name }) => name === workspace);
    sim.seed({ kind: "grant", email, application, ...(home ? { workspaceId: home.id } : {}) });
  }

  #mail(email: string, count: number, ageDays = 0): void {
    for (let n = 0; n < count; n++)
      this.hands.sim.addMessage({
        grant: email,
        subject: `message ${++this.#messages}`,
        ...(ageDays > 0 ? { ageSeconds: ageDays * 86_400 } : {}),
      });
  }

  async #publish(stack: string, domain: string): Promise<void> {
    const { sim } = this.hands;
    const held = (await this.hands.entries(stack)).filter(
      ({ type, outputs }) => type.endsWith(":DomainRecords") && outputs.domainName === domain,
    );
    const zone = sim
      .state()
      .zones.filter(({ name }) => domain.endsWith(name))
      .sort((a, b) => b.name.length - a.name.length)[0]!;
    for (const { outputs } of held)
      for (const { type, name, value, priority } of Object.values(outputs.records as Records))
        if (!zone.records.some((record) => record.name === name && record.content.includes(value)))
          sim.putRecord(zone.name, {
            type,
            name,
            content: value,
            ...(priority === undefined ? {} : { priority }),
          });
  }
}

const NOTHING: Done = { ok: true, programRan: false, said: [] };

type Records = Record<string, { type: string; name: string; value: string; priority?: number }>;

function allowsMailLoss(entries: Entry[], program: Program): boolean {
  return (
    entries.some(({ inputs }) => inputs.allowMailLoss === true) ||
    JSON.stringify(program).includes('"allowMailLoss":true')
  );
}
