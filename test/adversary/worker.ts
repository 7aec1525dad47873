import { generate } from "./generate";
import type * as engineLane from "./engineLane";
import type * as lane from "./lane";
import { type Lane, type LaneOptions } from "./lane";
import { type Outcome } from "./act";

/** What a campaign asks of a worker. */
export interface Order {
  seed: number;
  theme?: string;
}

export interface Answer {
  seed: number;
  outcome?: Outcome;
  /** What went wrong with the campaign itself. */
  broken?: string;
}

/** A process with one lane; programs run in it one at a time, as the SDK keeps much of a program in the process. */
async function serve(options: LaneOptions, engine: boolean): Promise<void> {
  // The package looks from here for itself, as it does from a program's folder.
  process.chdir(options.checkout);
  const opened = await open(options, engine);
  process.on("disconnect", () => process.exit(0));
  let last = Promise.resolve();
  process.on("message", (order: Order | "end") => {
    last = last.then(async () => {
      if (order === "end") {
        await opened.close();
        process.exit(0);
      }
      const scenario = generate(order.seed, {
        engine,
        ...(order.theme === undefined ? {} : { theme: order.theme }),
      });
      const answer: Answer = await opened.act(scenario).then(
        (outcome) => ({ seed: order.seed, outcome }),
        (error: Error) => ({
          seed: order.seed,
          broken: `${scenario.theme}: ${error.stack ?? error.message}`,
        }),
      );
      process.send!(answer);
    });
  });
  process.send!("ready");
}

/** Each kind of lane loads much that the other has no use for. */
async function open(options: LaneOptions, engine: boolean): Promise<Pick<Lane, "act" | "close">> {
  const load = require;
  if (!engine) return (load("./lane") as typeof lane).Lane.open(options);
  const { EngineLane } = load("./engineLane") as typeof engineLane;
  return new EngineLane(options);
}

void serve(JSON.parse(process.argv[2]!) as LaneOptions, process.argv[3] === "engine").catch(
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
