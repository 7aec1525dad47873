/** A simulator with a plugin process beside it, in which one seed after the other is run. */
import { resolve } from "node:path";
import { type Simulator, startSimulator } from "nylas-simulator";
import { Random } from "../faults/random";
import { Plugin } from "../plugin/harness";
import { forgetRuns, temporaryHome } from "../plugin/journals";
import { act, type Outcome } from "./act";
import { PluginHands } from "./pluginHands";
import { type Scenario, ZONES } from "./scenario";
import { type Dialect } from "./words";

export interface LaneOptions {
  /** The repository whose provider is under test; it has to be built. */
  checkout: string;
  dialect: Dialect;
  /** The first port to try; 0 for any. */
  port: number;
}

export class Lane {
  #plugin: Promise<Plugin> | undefined;
  #words: string | undefined;
  #seeds = 0;
  readonly #home = temporaryHome();

  private constructor(
    private readonly options: LaneOptions,
    private readonly sim: Simulator,
  ) {}

  static async open(options: LaneOptions): Promise<Lane> {
    return new Lane(options, await listening(options.port));
  }

  async act(scenario: Scenario): Promise<Outcome> {
    // What each operation leaves behind in the process is little, but it is never given back.
    if (++this.#seeds % 200 === 0) await this.#end();
    this.sim.reset();
    // Names and ids come again in the next seed: what a run of the last one has noted would explain them.
    forgetRuns(this.#home);
    this.sim.configure({ publicWebhooks: "assume", grantListLagMs: 0 });
    const random = new Random(`${scenario.seed}/order`);
    const hands = new PluginHands(
      this.sim,
      this.options.checkout,
      () => (this.#plugin ??= this.#start()),
      (words) => (this.#words = words),
      (limit) => random.below(limit),
    );
    try {
      return await act(scenario, hands, { dialect: this.options.dialect, baseConfig: this.#config });
    } finally {
      hands.close();
    }
  }

  async close(): Promise<void> {
    await this.#end();
    await this.sim.close();
  }

  get #config(): Record<string, string> {
    const { url, keys, dnsServer } = this.sim;
    return {
      "nylas:apiUrl": url,
      "nylas:apiKey": keys.apiKey,
      "nylas:organizationKey": keys.organizationKey,
      "nylas:dnsServers": JSON.stringify([dnsServer]),
    };
  }

  #start(): Promise<Plugin> {
    return Plugin.start({
      cwd: this.options.checkout,
      config: this.#config,
      env: {
        ...NO_SETTINGS,
        PULUMI_HOME: this.#home,
        NYLAS_TEST_TIME_SCALE: "0.002",
        NODE_OPTIONS: `--require ${JSON.stringify(resolve(__dirname, "../faults/compiledOnce.js"))} --max-semi-space-size=64`,
      },
      isDirect: true,
      provider: (type) => this.#text(type),
      // All but what describes the API: whatever outlives an operation stands in the other modules.
      forget: /^(?!nylas\/wire\/)/,
    });
  }

  /**
   * The text of a provider, which sets the words of this very run before it. A process of its own would have them in
   * its environment.
   */
  #text(type: string): string {
    const words = this.#words === undefined ? "undefined" : JSON.stringify(this.#words);
    const set =
      this.#words === undefined
        ? "delete process.env.NYLAS_FORCE_DESTROY"
        : `process.env.NYLAS_FORCE_DESTROY=${words}`;
    return `${set};/**/exports.handler=()=>require('pulumi-nylas/dynamic').${type}`;
  }

  async #end(): Promise<void> {
    const plugin = await this.#plugin;
    this.#plugin = undefined;
    await plugin?.stop();
  }
}

async function listening(port: number): Promise<Simulator> {
  const zones = { zones: ZONES };
  if (port === 0) return startSimulator(zones);
  for (let tried = 0; ; tried++) {
    try {
      return await startSimulator({ ...zones, port: port + tried });
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
