import { type Simulator, startSimulator } from "nylas-simulator";
import { act, type Outcome } from "./act";
import { EngineHands } from "./engineHands";
import { type LaneOptions } from "./lane";
import { type Scenario, ZONES } from "./scenario";

/** A simulator for the real engine; every seed has a project of its own. */
export class EngineLane {
  #sim: Promise<Simulator> | undefined;

  constructor(private readonly options: LaneOptions) {}

  async act(scenario: Scenario): Promise<Outcome> {
    const sim = await (this.#sim ??= startSimulator({ zones: ZONES }));
    sim.reset();
    sim.configure({ publicWebhooks: "assume", grantListLagMs: 0 });
    const hands = new EngineHands(sim, this.options.checkout);
    try {
      return await act(scenario, hands, { dialect: this.options.dialect, baseConfig: {} });
    } finally {
      hands.close();
    }
  }

  async close(): Promise<void> {
    await (await this.#sim)?.close();
  }
}
