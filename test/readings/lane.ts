import { type Simulator, type SimulatorOptions, startSimulator } from "nylas-simulator";
import { ENVIRONMENT } from "../faults/lane";
import { forgetRuns, temporaryHome } from "../plugin/journals";
import type * as OrderHand from "../plugin/orderHand";
import { type Hand, type Outcome as WalkOutcome, walk } from "../plugin/orderWalk";
import { FakeStack } from "../plugin/stack";
import { Life } from "./life";
import { type Row } from "./rows";

/** What came of a row. */
export interface Outcome {
  /** Steps of the life that were gone through. */
  steps: number;
  /** Edits of the random walk after it. */
  edits: number;
  /** Changes that were refused in words that name the difference. */
  refusals: string[];
  problem?: string;
  milliseconds: number;
}

/** How much is done under a row. */
export interface Depth {
  /** Random edits after the life. */
  edits: number;
  /** Fewer previews and refreshes. */
  short: boolean;
}

/** Without the readings under which a change is an error by design, and without a plan that is too small for random programs. */
function walkable({
  ignoredFields: _unmet,
  dkimRecords: _cname,
  attemptShape,
  plan,
  ...rest
}: Row["settings"]) {
  return {
    ...rest,
    ...(attemptShape === undefined ? {} : { attemptShape: "list" as const }),
    ...(plan === undefined || plan === "free" ? {} : { plan }),
  };
}

/** A simulator with a plugin process beside it, in which one row after the other is run. */
export class Lane {
  readonly #home = temporaryHome();

  private constructor(
    private readonly sim: Simulator,
    private readonly stack: FakeStack,
  ) {}

  static async open(options: SimulatorOptions = {}): Promise<Lane> {
    const sim = await startSimulator(options);
    const stack = new FakeStack({ oneProcess: true });
    const lane = new Lane(sim, stack);
    await stack.use({
      env: { ...ENVIRONMENT, PULUMI_HOME: lane.#home },
      // All that outlives an operation stands in these; the rest of the package would only be read once more.
      isDirect: true,
      forget: /^(dynamic|nylas\/client)\.js$/,
    });
    return lane;
  }

  async run({ settings }: Row, seed: number, { edits, short }: Depth): Promise<Outcome> {
    const began = performance.now();
    const { sim, stack } = this;
    const outcome: Outcome = { steps: 0, edits: 0, refusals: [], milliseconds: 0 };
    try {
      this.#reset(settings);
      const life = new Life(sim, stack, { seed, settings, home: this.#home, thorough: !short });
      await life.run().finally(() => {
        outcome.steps = life.steps.length;
        outcome.refusals = life.refusals;
      });
      if (edits > 0) {
        this.#reset(walkable(settings));
        await walk(this.#patientHand(seed), { seed, edits, looksAfter: (edit) => edit % 4 === 0 });
        outcome.edits = edits;
      }
    } catch (error) {
      outcome.problem = (error as Error).message;
    }
    outcome.milliseconds = performance.now() - began;
    return outcome;
  }

  /** Does what an error says that asks for patience: a list that lags shows everything in a minute. */
  #patientHand(seed: number): Hand {
    const { sim, stack } = this;
    // It registers hooks of mocha; a life alone runs without mocha, too.
    // oxlint-disable-next-line typescript/no-require-imports -- only here, see above.
    const { handOf } = require("../plugin/orderHand") as typeof OrderHand;
    const hand = handOf({ sim, stack }, seed);
    const patient = async (run: () => Promise<WalkOutcome>): Promise<WalkOutcome> => {
      const first = await run();
      if (!first.errors.some(({ message }) => /try again in a minute/.test(message))) return first;
      sim.advanceClock(120);
      return run();
    };
    return {
      ...hand,
      up: (program, options) => patient(() => hand.up(program, options)),
      destroy: () => patient(() => hand.destroy()),
    };
  }

  async close(): Promise<void> {
    await this.stack.close();
    await this.sim.close();
  }

  #reset(settings: Row["settings"]): void {
    const { sim, stack } = this;
    sim.reset();
    sim.configure({ ...settings, publicWebhooks: "assume" });
    stack.state = [];
    const { url, keys, dnsServer } = sim;
    stack.config = {
      "nylas:apiUrl": url,
      "nylas:apiKey": keys.apiKey,
      "nylas:organizationKey": keys.organizationKey,
      "nylas:dnsServers": JSON.stringify([dnsServer]),
    };
    forgetRuns(this.#home);
  }
}
