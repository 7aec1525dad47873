import assert from "node:assert/strict";
import { type Simulator } from "nylas-simulator";
import {
  Chance,
  contestsOf,
  drop,
  edited,
  type Entry,
  firstProgram,
  formerly,
  judge,
  keyOf,
  leftOver,
  membersOf,
  orphans,
  type Program,
  withoutDangling,
} from "./programs";

/** An engine with a stack, the fake one or the real one. */
export interface Hand {
  sim: Simulator;
  up(program: Program, options: { continueOnError: boolean }): Promise<Outcome>;
  /** What a preview and a refresh would change; both have to succeed. */
  pending(program: Program): Promise<string[]>;
  destroy(): Promise<Outcome>;
  state(): (Entry & { outputs: Record<string, unknown> })[];
}

export interface Outcome {
  errors: { name: string; message: string }[];
  /** All that was said, for a failure. */
  text: string;
}

export interface WalkOptions {
  seed: number;
  edits: number;
  /** The most resources a program has. */
  most?: number;
  /** Whether a preview and a refresh are asked after this edit, too; at the end they are anyway. Default: always. */
  looksAfter?: (edit: number) => boolean;
  /** Hears what is done, for a long run. */
  tell?: (line: string) => void;
}

/**
 * Walks a stack through random programs. After every edit exactly what is declared stands at Nylas, and a preview and
 * a refresh are empty. Where an edit cannot be done in one change, the error says so and names the way. Nothing is
 * lost, and the way ends in the declared state. Answers how many edits took that way.
 */
export async function walk(hand: Hand, { seed, edits, most = 30, ...options }: WalkOptions): Promise<number> {
  const chance = new Chance(seed);
  const zone = new Zone(hand.sim);
  const told: string[] = [];
  let detours = 0;
  let program: Program = {};
  try {
    for (let i = 0; i <= edits; i++) {
      const around = { most, verified: verifiedIn(hand.sim) };
      const { next, ways } =
        i === 0 ? { next: firstProgram(chance, around), ways: ["begin"] } : edited(program, chance, around);
      told.push(`edit ${i}: ${ways.join(", ")}`);
      options.tell?.(told.at(-1)!);
      if (await bring(hand, zone, program, next, chance, told)) detours++;
      judge(hand.sim, next, hand.state());
      if (i === edits || (options.looksAfter?.(i) ?? true))
        assert.deepEqual(await hand.pending(next), [], "a preview and a refresh after it are empty");
      program = next;
    }
    const destroyed = await hand.destroy();
    assert.deepEqual(destroyed.errors, [], destroyed.text);
    assert.deepEqual(leftOver(hand.sim), [], "nothing of the program is left");
    assert.deepEqual(hand.state(), []);
    return detours;
  } catch (error) {
    throw new Error(`seed ${seed}, ${told.slice(-6).join("; ")}\n${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Brings the stack to a program; true where that took more than one change. */
async function bring(
  hand: Hand,
  zone: Zone,
  previous: Program,
  next: Program,
  chance: Chance,
  told: string[],
): Promise<boolean> {
  const up = async (program: Program) => {
    const outcome = await hand.up(program, { continueOnError: chance.flag() });
    if (outcome.errors.length === 0 && zone.publish(hand.state(), program))
      return hand.up(program, { continueOnError: false });
    return outcome;
  };
  const succeed = async (program: Program) => {
    const { errors, text } = await up(program);
    assert.deepEqual(errors, [], text);
  };
  const outcome = await up(next);
  if (outcome.errors.length === 0) return false;

  const contests = contestsOf(previous, next);
  told.push(
    `contests ${contests.map(({ claimant, key, holder }) => `${claimant} for ${key} of ${holder}`).join(", ")}`,
  );
  assert.notEqual(contests.length, 0, `nothing is contested, but:\n${outcome.text}`);
  for (const { name, message } of outcome.errors) {
    const contested = contests.some(({ claimant, holder }) => [claimant, holder].includes(name));
    assert.ok(contested, `${name} has nothing to do with what is contested, but: ${message}`);
    assert.match(message, /exists already|is kept/, `${name}: the reason`);
    assert.match(message, /adopt: true|aliases: \[/, `${name}: the way`);
  }
  assert.deepEqual(orphans(hand.sim, hand.state()), [], "what a refused change has made is in the state");

  // What another resource gave up, but was named too late by the engine, is free by now.
  const free = contests.every(
    ({ holderStays, kind, key }) => holderStays && !ONLY_ONCE.test(`${kind} ${key}`),
  );
  if (free) {
    await succeed(next);
    return true;
  }

  // The ways that the errors name: the same object under its new name, or the two halves one after the other.
  const other = structuredClone(next);
  if (chance.flag())
    for (const { claimant, holder, holderStays } of contests) {
      if (holderStays || formerly(previous, claimant, other[claimant]!)) continue;
      // A name that is no longer given stays.
      if ("name" in other[claimant]! || !("name" in previous[holder]!)) other[claimant]!.aliases = [holder];
    }
  const halfway = structuredClone(other);
  for (const { claimant } of contestsOf(previous, other)) {
    const before = formerly(previous, claimant, other[claimant]!);
    // Of those that want each other's, one has to let go first.
    const wanted = contests.some(({ holder }) => holder === before);
    if (before !== undefined && !wanted && chance.flag()) {
      const member = structuredClone(previous[before]!);
      halfway[claimant] = before === claimant ? member : { ...member, aliases: [before] };
    } else drop(halfway, claimant);
  }
  withoutDangling(halfway);
  const keys = Object.keys(halfway).map((name) => `${halfway[name]!.kind} ${keyOf(halfway, name) ?? name}`);
  if (new Set(keys).size !== keys.length || contestsOf(previous, halfway).length > 0)
    for (const { claimant } of contests) drop(halfway, claimant);
  told.push(
    `halfway ${Object.keys(next)
      .filter((name) => JSON.stringify(halfway[name]) !== JSON.stringify(next[name]))
      .join(", ")}`,
  );
  await succeed(halfway);
  told.push("the whole");
  await succeed(other);
  return true;
}

/** What can stand but once at Nylas: it has to be let go before somebody else can have it. */
const ONLY_ONCE = /^(Domain|AgentAccount|Workspace domain) /;

function verifiedIn(sim: Simulator): Set<string> {
  const { domains } = sim.state();
  return new Set(
    domains.filter(({ verified: { ownership, mx } }) => ownership && mx).map((each) => each.domain_address),
  );
}

/** Whoever publishes what the program's records ask for, as a DNS vendor's resources would. */
export class Zone {
  readonly #published = new Map<string, string[]>();

  constructor(private readonly sim: Simulator) {}

  /** True where somebody has to look again. */
  publish(state: ReturnType<Hand["state"]>, program: Program): boolean {
    const entries = new Map(state.map((entry) => [entry.name, entry]));
    let waiting = false;
    for (const [name, { records }] of membersOf(program, "DomainVerification")) {
      if (entries.get(name)?.outputs.status === "verified") continue;
      waiting = true;
      const { outputs } = entries.get(records)!;
      const address = String(outputs.domainName);
      for (const id of this.#published.get(address) ?? []) this.sim.removeRecord("example.com", id);
      this.#published.set(
        address,
        Object.values(outputs.records as Record<string, Asked>).map(({ value, ...record }) =>
          this.sim.putRecord("example.com", { ...record, content: value }),
        ),
      );
    }
    return waiting;
  }
}

interface Asked {
  type: string;
  name: string;
  value: string;
  priority?: number;
}
