/**
 * The heart of the review: whatever loses mail or hands it over in the `up` was gated by the review of its preview. Random fleets and
 * random edits; the simulator is the judge. Replay: `REVIEW_SEED=12 npx mocha test/plugin/review.test.ts`; more: `REVIEW_EDITS=2000`.
 */
import assert from "node:assert/strict";
import { startSimulator, type Simulator } from "nylas-simulator";
import { type Gate, RECOMMENDED } from "../../provider/review/gates";
import { readPreview } from "../../provider/review/preview";
import { report } from "../../provider/review/report";
import { Random } from "../faults/random";
import { previewJson } from "./previewJson";
import { giveMail, HARMLESS, RISKY, type World } from "./reviewEdits";
import { compare, look } from "./reviewJudge";
import { cloudflare, compiled, firstProgram, RECORD, type Spec } from "./reviewPrograms";
import { FakeStack } from "./stack";

const EDITS = Number(process.env.REVIEW_EDITS ?? 200);
const ONLY = process.env.REVIEW_SEED;
/** The first seed, for several processes beside each other. */
const FROM = Number(process.env.REVIEW_FROM ?? 1);
const EDITS_OF_A_FLEET = 5;

interface Tally {
  edits: number;
  losing: number;
  handing: number;
  harmless: number;
  passed: number;
  missed: string[];
  stopped: string[];
}

describe("the review and the up after it", function () {
  this.timeout(0);
  let sim: Simulator;
  let stack: FakeStack;

  before(async () => {
    sim = await startSimulator({ publicWebhooks: "assume" });
    const vendor = cloudflare(() => sim);
    stack = new FakeStack({
      oneProcess: true,
      env: { ...NO_SETTINGS, NYLAS_TEST_TIME_SCALE: "0.002" },
      // All that outlives an operation stands in these.
      forget: /^(dynamic|nylas\/client)\.js$/,
      vendor: (type) => (type === RECORD ? vendor : undefined),
    });
  });
  after(async () => {
    await stack.close();
    await sim.close();
  });

  it("nothing is lost or handed over that was not gated, and what harms nobody passes", async () => {
    const tally: Tally = { edits: 0, losing: 0, handing: 0, harmless: 0, passed: 0, missed: [], stopped: [] };
    const from = ONLY === undefined ? FROM : Number(ONLY);
    const to = ONLY === undefined ? FROM - 1 + Math.ceil(EDITS / EDITS_OF_A_FLEET) : from;
    for (let seed = from; seed <= to; seed++) await fleet(seed, tally);
    const { missed, stopped, ...counts } = tally;
    if (EDITS > 200 || ONLY !== undefined) console.log(JSON.stringify({ ...counts, stopped }, null, 1));
    assert.deepEqual(missed, []);
    // Against a judge that never finds anything, and a gate that lets nothing through.
    if (ONLY !== undefined) return;
    assert.ok(tally.losing >= tally.edits / 50, `only ${tally.losing} edits lost mail`);
    assert.ok(tally.handing >= tally.edits / 50, `only ${tally.handing} edits handed mail over`);
    assert.ok(
      tally.passed >= 0.9 * tally.harmless,
      `${tally.passed} of ${tally.harmless} harmless edits passed; stopped: ${stopped.join("; ")}`,
    );
  });

  async function fleet(seed: number, tally: Tally): Promise<void> {
    const random = new Random(`review ${seed}`);
    sim.reset();
    stack.state = [];
    const { url, keys, dnsServer, zones } = sim;
    stack.config = {
      "nylas:apiUrl": url,
      "nylas:apiKey": keys.apiKey,
      "nylas:organizationKey": keys.organizationKey,
      "nylas:dnsServers": JSON.stringify([dnsServer]),
    };
    const zoneId = zones.find(({ name }) => name === "example.com")!.id;
    const otherZone = sim.seed({ kind: "zone", name: "example.org" });
    let program = firstProgram(random, zoneId, random.chance(0.4));
    const first = await stack.apply(compiled(program));
    assert.deepEqual(first.errors, [], `seed ${seed}: the first up`);
    otherStacks(random);
    for (const { id } of sim.state().grants) giveMail(sim, id);

    let counter = 10;
    let settled = true;
    for (let edit = 1; edit <= EDITS_OF_A_FLEET; edit++) {
      // After an edit that did not come to its end, the next preview holds the rest of it as well.
      const harmless = settled && random.chance(0.35);
      // What a take-over has left undone is done by the next up, whatever is edited; here, nothing is.
      const again = !settled && random.chance(0.6);
      const name = again ? "no change" : random.pick(Object.keys(harmless ? HARMLESS : RISKY));
      const next = structuredClone(program);
      const world: World = {
        random,
        sim,
        program: next,
        otherZone,
        idOf: (each) => stack.find(each).id,
        next: () => ++counter,
      };
      if (!(harmless || again ? HARMLESS : RISKY)[name]!(world)) continue;
      program = next;
      const outcome = await run(program);
      tally.edits += 1;
      const what = `seed ${seed}, edit ${edit} (${name})`;
      if (ONLY !== undefined) console.log(`${what}: ${outcome.gates.join()}`);
      const gated = (...gates: Gate[]) => gates.some((gate) => outcome.gates.includes(gate));
      if (outcome.losses.length > 0) tally.losing += 1;
      if (outcome.handedOver.length > 0) tally.handing += 1;
      if (outcome.losses.length > 0 && !gated("mail-loss", "drains", "incomplete"))
        tally.missed.push(`${what}: ${outcome.losses.join("; ")}\n${outcome.markdown}`);
      if (outcome.handedOver.length > 0 && !gated("hand-over", "doors", "incomplete"))
        tally.missed.push(`${what}: ${outcome.handedOver.join("; ")}\n${outcome.markdown}`);
      const harmed = outcome.losses.length + outcome.handedOver.length > 0;
      if (harmed && outcome.markdown.includes("No mail is lost or handed to others by this."))
        tally.missed.push(`${what}: the review says that all is well\n${outcome.markdown}`);
      if (harmless) {
        tally.harmless += 1;
        if (gated(...RECOMMENDED)) tally.stopped.push(`${what}: ${outcome.gates.join()}`);
        else tally.passed += 1;
      }
      settled = outcome.settled;
    }
  }

  /** Previews, reviews, and does it; and looks at both sides of that. */
  async function run(program: readonly Spec[]) {
    const declared = compiled(program);
    const preview = await stack.preview(declared);
    const review = report(readPreview(previewJson(preview)));
    const before = await look(sim);
    const holders = new Map<string, string>();
    const note = () => {
      for (const { type, name, id } of stack.state)
        if (type === "ApiKey") holders.set(id.split("/")[1]!, name);
    };
    note();
    const done = await stack.apply(declared, { continueOnError: true });
    note();
    const after = await look(sim);
    const live = new Set([...after.accounts.values()].map(({ email }) => email.split("@")[1]!));
    const verdict = compare(before, after, (id) => holders.get(id) ?? id, live);
    // Only an edit that must pass has to begin from a stack that stands as declared.
    const left = await stack.preview(declared);
    return {
      ...verdict,
      gates: review.gates.map(({ gate }) => gate),
      markdown: review.markdown,
      settled:
        done.errors.length === 0 && left.errors.length === 0 && left.steps.every(({ op }) => op === "same"),
    };
  }

  /** Accounts of another stack, under this one's objects: it has ids alone. */
  function otherStacks(random: Random): void {
    const id = (name: string) => stack.find(name).id;
    const policyId = id(random.pick(["p0", "p1"]));
    const workspaceId = sim.seed({ kind: "workspace", name: "Of another stack", policyId });
    sim.edit("workspace", workspaceId, { rule_ids: [id("r0"), id("r1")] });
    sim.seed({ kind: "grant", email: "other@acme.nylas.email", workspaceId });
    sim.seed({ kind: "grant", email: "guest@acme.nylas.email", workspaceId: id("w1") });
  }
});

// What stands in the environment of whoever runs the tests must not reach the plugin.
const NO_SETTINGS = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.startsWith("NYLAS_"))
    .map((name) => [name, undefined]),
);
