import { type ChildProcess, fork } from "node:child_process";
import { resolve } from "node:path";
import { type Outcome } from "./lane";

/** Processes that run seeds beside each other. */
export class Pool {
  readonly #workers: { child: ChildProcess; under: Set<number> }[] = [];
  readonly #queue: number[] = [];
  readonly #heard = new Map<number, { done: (outcome: Outcome) => void; failed: (error: Error) => void }>();
  #closed = false;

  constructor(
    private readonly seed: string,
    private readonly size = { workers: 3, lanes: 2 },
  ) {
    // Below the ports that outgoing connections are given, and apart from other runs on this machine.
    const port = 10_000 + (process.pid % 400) * 50;
    for (let n = 0; n < size.workers; n++) this.#start(port + n * 1000);
  }

  /** Runs a seed as soon as there is room for it. */
  run(index: number): Promise<Outcome> {
    return new Promise((done, failed) => {
      this.#heard.set(index, { done, failed });
      this.#queue.push(index);
      this.#hand();
    });
  }

  close(): void {
    this.#closed = true;
    for (const { child } of this.#workers) child.send("end", () => undefined);
  }

  #start(port: number): void {
    const child = fork(resolve(__dirname, "worker.ts"), [String(this.size.lanes), String(port)], {
      execArgv: ["--max-semi-space-size=64", "-r", "ts-node/register/transpile-only"],
    });
    const worker = { child, under: new Set<number>() };
    this.#workers.push(worker);
    child.on("message", (outcome: Outcome) => {
      worker.under.delete(outcome.index);
      this.#heard.get(outcome.index)?.done(outcome);
      this.#heard.delete(outcome.index);
      this.#hand();
    });
    child.on("exit", (code, signal) => {
      if (this.#closed) return;
      const seeds = [...worker.under].join(", ");
      for (const { failed } of this.#heard.values())
        failed(new Error(`a worker ended with ${code ?? signal} while it ran ${seeds}`));
      this.#heard.clear();
    });
  }

  /** Gives each worker one seed more than it has lanes, so that none waits for the next. */
  #hand(): void {
    for (const { child, under } of this.#workers) {
      while (under.size <= this.size.lanes && this.#queue.length > 0) {
        const index = this.#queue.shift()!;
        under.add(index);
        child.send({ seed: this.seed, index });
      }
    }
  }
}
