import assert from "node:assert/strict";
import { type Simulator, startSimulator } from "nylas-simulator";
import { Plugin, type Properties } from "../harness";
import { type Case, everyPlaceUnknown, makeCase, told } from "./cases";
import { KINDS, surround, type Surroundings } from "./kinds";
import { CANARY, Dice, LOW_CANARY } from "./values";

const SEED = Number(process.env.BAD_INPUT_SEED ?? 1);
const CASES = Number(process.env.BAD_INPUT_CASES ?? 2_500);
/** How many of the accepted ones are made, read and compared, at most. */
const LIVES = Number(process.env.BAD_INPUT_LIVES ?? 75);
const ONE = process.env.BAD_INPUT_CASE;
/** Seconds that no call may take, on a busy machine either. */
const BOUND = 40;

const LABEL = "project/stack/subject";

describe("bad input", function () {
  this.timeout(600_000);
  let sim: Simulator;
  let plugin: Plugin;
  let there: Surroundings;
  const right: Case[] = [];

  before(async () => {
    sim = await startSimulator({ publicWebhooks: "assume" });
    there = surround(sim);
    plugin = await Plugin.start({
      config: {
        "nylas:apiUrl": sim.url,
        "nylas:apiKey": sim.keys.apiKey,
        "nylas:organizationKey": sim.keys.organizationKey,
        "nylas:dnsServers": JSON.stringify([sim.dnsServer]),
      },
      env: Object.fromEntries(
        Object.keys(process.env)
          .filter((name) => name.startsWith("NYLAS_"))
          .map((name) => [name, undefined]),
      ),
    });
    sim.clearRequests();
  });
  after(async () => {
    await plugin?.stop();
    await sim?.close();
  });
  afterEach(() => {
    assert.doesNotThrow(() => process.kill(plugin.pid, 0), "the plugin's process is gone");
    assert.equal(plugin.stderr, "", "something was thrown inside of the plugin");
    const said = plugin.stdout + plugin.log.map(({ message }) => message).join("\n");
    assert.ok(!said.includes(CANARY) && !said.includes(LOW_CANARY), "a password was said");
  });

  it(`is refused where it stands and with what would be right, or accepted as it is: ${CASES} cases, without a call`, async () => {
    const numbers = ONE === undefined ? Array.from({ length: CASES }, (_, i) => i) : [Number(ONE)];
    const began = Date.now();
    const counts: Record<string, number> = { accepted: 0, refused: 0 };
    await judgeAll(numbers, 32, async (number) => {
      const tried = makeCase(SEED, number, there);
      await holding(tried, async () => {
        const { failures, inputs } = await timed(() =>
          plugin.check(tried.kind.type, {}, { label: LABEL, ...tried.inputs }),
        );
        if (tried.expected === "refused") {
          counts.refused!++;
          judgeRefusal(tried, failures);
          return;
        }
        counts.accepted!++;
        assert.deepEqual(failures, []);
        judgeAcceptance(tried.inputs, inputs);
        if (tried.what === "right") right.push(tried);
        else await judgePreview(tried, inputs);
      });
    });
    assert.deepEqual(sim.requests, [], "a check or a preview made a call");
    judgeWarnings(plugin.warnings);
    console.log(
      `      seed ${SEED}: ${numbers.length} cases, ${counts.refused} refused, ${counts.accepted} accepted, ${((Date.now() - began) / 1000).toFixed(1)} s`,
    );
  });

  it("accepts what is not known yet in every single place of every kind, and never replaces for it", async () => {
    const cases = KINDS.flatMap((kind) =>
      [1, 2, 3].flatMap((seed) => everyPlaceUnknown(kind, kind.good(new Dice(seed), there))),
    );
    await judgeAll(cases, 32, (tried) =>
      holding(tried, async () => {
        const { failures, inputs } = await plugin.check(
          tried.kind.type,
          {},
          { label: LABEL, ...tried.inputs },
        );
        assert.deepEqual(failures, []);
        judgeAcceptance(tried.inputs, inputs);
        await judgePreview(tried, inputs);
      }),
    );
    assert.deepEqual(sim.requests, []);
    judgeWarnings(plugin.warnings);
  });

  it(`stands at Nylas as it was declared, where it was accepted: the next run and a refresh find nothing to do (${LIVES} of them)`, async () => {
    const before = sim.state();
    const began = Date.now();
    const chosen = right.sort((a, b) => a.number - b.number).slice(0, LIVES);
    const lanes = KINDS.map((kind) => chosen.filter((each) => each.kind === kind));
    // One lane for each kind: what is made by its default name is gone again before the next one.
    await judgeAll(lanes, lanes.length, async (lane) => {
      for (const tried of lane) await holding(tried, () => live(tried));
    });
    const kept = [
      "policies",
      "workspaces",
      "rules",
      "lists",
      "grants",
      "domains",
      "webhooks",
      "principals",
      "credentials",
    ] as const;
    for (const kind of kept) assert.equal(sim.state()[kind].length, before[kind].length, `${kind} are left`);
    console.log(`      ${chosen.length} lives, ${((Date.now() - began) / 1000).toFixed(1)} s`);
  });

  /** A create, the next run, a refresh. */
  async function live(tried: Case): Promise<void> {
    const { kind } = tried;
    const { inputs } = await plugin.check(kind.type, {}, { label: LABEL, ...tried.inputs });
    const made = await timed(() => plugin.create(kind.type, inputs));
    try {
      if (kind.standing && kind.meant) {
        const { __provider, __defaults, ...declared } = inputs;
        assert.deepEqual(
          kind.standing(sim.state(), made.id, declared),
          kind.meant(declared),
          "what stands there",
        );
      }
      const again = await plugin.check(kind.type, inputs, { label: LABEL, ...tried.inputs });
      assert.deepEqual(again.failures, []);
      assert.deepEqual(again.inputs, inputs, "the inputs of the next run");
      // What nobody waits for is pending, which is no drift; this process has heard of no up, which would look again.
      const changes = kind.unsettled === true && inputs.wait !== false;
      const diff = await plugin.diff(kind.type, made.id, made.outputs, again.inputs);
      assert.deepEqual(diff, { changes, replaces: [], deleteBeforeReplace: false });
      const read = await plugin.read(kind.type, made.id, made.outputs, inputs);
      assert.equal(read.id, made.id);
      assert.deepEqual(read.inputs, inputs, "the inputs after a refresh");
      // In a refresh the sides are swapped.
      const drift = await plugin.diff(kind.type, read.id, read.outputs, inputs);
      assert.deepEqual(drift, { changes, replaces: [], deleteBeforeReplace: false });
      if (kind.unsettled !== true)
        assert.deepEqual(read.outputs, made.outputs, "the outputs after a refresh");
    } finally {
      if (typeof kind.remove === "function") kind.remove(sim, made.id);
      else if (kind.remove) sim.remove(kind.remove, made.id);
    }
  }

  /** The preview of a change to what is not known yet. */
  async function judgePreview({ kind, from, inputs: given }: Case, inputs: Properties): Promise<void> {
    const recorded = await plugin.check(kind.type, {}, { label: LABEL, ...from });
    const news = await plugin.check(kind.type, recorded.inputs, { label: LABEL, ...given });
    assert.deepEqual(news.failures, []);
    assert.deepEqual(news.inputs, inputs);
    const diff = await plugin.diff(kind.type, "recorded-id", recorded.inputs, news.inputs);
    assert.deepEqual(diff.replaces, []);
    assert.equal(diff.deleteBeforeReplace, false);
  }
});

function judgeRefusal(
  { at, kind, strange, inputs }: Case,
  failures: { property: string; reason: string }[],
): void {
  assert.notEqual(failures.length, 0, "it was accepted");
  assert.ok(failures.length <= 30, `${failures.length} failures at once`);
  const [top] = at.split(/[.[]/) as [string];
  const secret =
    kind.sorts[at]?.secret === true || kind.sorts[top]?.secret === true || isAddressWithMore(inputs[top]);
  const concerned = failures.some(({ property, reason }) =>
    at === ""
      ? property === "" && /is not a property/.test(reason)
      : secret
        ? property === "" && reason.startsWith(top)
        : property === top || property.startsWith(`${top}.`) || property.startsWith(`${top}[`),
  );
  assert.ok(concerned, `nothing is said of ${at || JSON.stringify(strange)}: ${JSON.stringify(failures)}`);
  for (const { property, reason } of failures) {
    const said = `${property}: ${reason}`;
    if (property !== "")
      assert.ok(reason.startsWith(property), `it does not begin with its property ${said}`);
    assert.match(reason, /given |is missing|is not a (property|part)/, said);
    assert.match(reason, /allowed: |did you mean /, said);
    if (!/is not a property/.test(reason)) assert.match(reason, /for example /, said);
    assert.doesNotMatch(said, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u, "it holds what steers a terminal");
    assert.ok(said.length < 2_000, `it has ${said.length} characters`);
    assert.ok(!said.includes(CANARY) && !said.includes(LOW_CANARY), "it says a password");
  }
}

/**
 * An address with a user or a query, which may be a token. The engine would print the value of the property that a
 * failure names.
 */
function isAddressWithMore(value: unknown): boolean {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && `${url.username}${url.password}${url.search}${url.hash}` !== "";
}

/** As declared, nothing dropped and nothing changed; what is added has a name that was not given. */
function judgeAcceptance(given: Properties, accepted: Properties): void {
  for (const [key, value] of Object.entries(given)) {
    if (value !== null) assert.deepEqual(accepted[key], value, `${key} as check returns it`);
  }
}

/** A preview may warn of a change to what is not known yet, but not as if it were known. */
function judgeWarnings(warnings: string[]): void {
  for (const warning of warnings) assert.doesNotMatch(warning, /04da6b54|bound to \d |\[object Obj/, warning);
}

async function timed<T>(run: () => Promise<T>): Promise<T> {
  const began = Date.now();
  const result = await run();
  const seconds = (Date.now() - began) / 1000;
  assert.ok(seconds < BOUND, `it took ${seconds} s`);
  return result;
}

class Held extends Error {}

/** Tells of which case an error is. */
async function holding(tried: Case, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw new Held(`${told(tried)}\n  ${(error as Error).message.slice(0, 3_000)}`);
  }
}

/** Some at a time, all of them; fails with the first ones that failed. */
async function judgeAll<T>(
  all: readonly T[],
  atOnce: number,
  judge: (one: T) => Promise<void>,
): Promise<void> {
  const failed: string[] = [];
  let next = 0;
  const lane = async () => {
    while (next < all.length && failed.length < 200) {
      const one = all[next++]!;
      try {
        await judge(one);
      } catch (error) {
        if (!(error instanceof Held)) throw error;
        failed.push(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const shown = Number(process.env.BAD_INPUT_SHOWN ?? 5);
  if (failed.length > 0)
    throw new Error(`${failed.length} cases failed:\n${failed.slice(0, shown).join("\n\n")}`);
}
