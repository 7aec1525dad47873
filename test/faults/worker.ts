import { type Outcome, Lane } from "./lane";

/** What the pool asks of a worker. */
export interface Order {
  seed: string;
  index: number;
}

/** A process with lanes of its own: every order is run in whichever lane is free. */
async function serve(lanes: number, port: number): Promise<void> {
  const waiting: Order[] = [];
  const idle: (() => void)[] = [];
  process.on("message", (order: Order | "end") => {
    if (order === "end") process.exit(0);
    waiting.push(order);
    idle.shift()?.();
  });
  process.on("disconnect", () => process.exit(0));
  const run = async (n: number): Promise<void> => {
    const lane = await Lane.open(port + 20 * n);
    for (;;) {
      const order = waiting.shift();
      if (!order) {
        await new Promise<void>((resume) => idle.push(resume));
        continue;
      }
      const outcome: Outcome = await lane.run(order.seed, order.index);
      process.send!(outcome);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, n) => run(n)));
}

const [lanes, port] = process.argv.slice(2).map(Number);
void serve(lanes!, port!).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
