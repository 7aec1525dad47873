/** Runs seeds in several processes at a time, and says what was found. */
import { type ChildProcess, fork } from "node:child_process";
import { resolve } from "node:path";
import { Report } from "./report";
import { type Dialect } from "./words";
import { type Answer } from "./worker";

export interface CampaignOptions {
  /** Default: 2,000 on the plugin process, 25 on the engine; `ADVERSARY_SEEDS` changes it. */
  seeds: number | undefined;
  /** Seeds one by one, in place of a range. */
  only: number[] | undefined;
  first: number;
  engine: boolean;
  theme: string | undefined;
  checkout: string;
  dialect: Dialect;
  workers: number | undefined;
  /** Tell of every loss, not only of the first of each kind. */
  all: boolean;
  /** Tell what was done in every seed. */
  stories: boolean;
  /** End with the first seed that fails. */
  stop: boolean;
  progress: boolean;
}

interface Worker {
  child: ChildProcess;
  under: Set<number>;
}

/** Milliseconds after which a worker that answers nothing is given up: the longest seed takes a tenth of that. */
const SILENCE = 300_000;

/** How many seeds a worker has at hand, so that it never waits for the next. */
const AT_HAND = 2;

export class Campaign {
  readonly #workers: Worker[] = [];
  readonly #queue: number[] = [];
  readonly #report: Report;
  #left = 0;
  #end!: () => void;

  constructor(private readonly options: CampaignOptions) {
    this.#report = new Report(options);
  }

  /** The seeds that failed, the smallest first. */
  get failures(): number[] {
    return this.#report.failures;
  }

  /** Resolves with the number of seeds that failed. */
  async run(): Promise<number> {
    const { engine, first, only, workers = engine ? 2 : 3 } = this.options;
    const seeds = this.options.seeds ?? Number(process.env.ADVERSARY_SEEDS ?? (engine ? 25 : 2000));
    const range = Array.from({ length: seeds }, (_, n) => first + n);
    this.#queue.push(...(only ?? range));
    this.#left = this.#queue.length;
    const ended = new Promise<void>((done) => (this.#end = done));
    // Below the ports that outgoing connections are given, and apart from other runs on this machine.
    const port = 10_000 + (process.pid % 400) * 50;
    for (let n = 0; n < Math.min(workers, this.#left); n++) this.#start(port + n * 1000);
    await ended;
    for (const { child } of this.#workers) child.send("end", () => undefined);
    console.log(this.#report.text());
    return this.#report.failed;
  }

  #start(port: number): void {
    const { checkout, dialect, engine, theme } = this.options;
    const options = JSON.stringify({ checkout, dialect, port });
    const child = fork(resolve(__dirname, "worker.ts"), [options, engine ? "engine" : "plugin"], {
      execArgv: ["--max-semi-space-size=64", "-r", "ts-node/register/transpile-only"],
    });
    const worker: Worker = { child, under: new Set() };
    let silence = setTimeout(() => child.kill("SIGKILL"), SILENCE);
    this.#workers.push(worker);
    let isReady = false;
    child.on("message", (answer: Answer | "ready") => {
      isReady = true;
      clearTimeout(silence);
      if (answer !== "ready") {
        worker.under.delete(answer.seed);
        this.#heard(answer);
      }
      this.#hand(worker, theme);
      if (worker.under.size > 0) silence = setTimeout(() => child.kill("SIGKILL"), SILENCE);
    });
    child.on("exit", (code, signal) => {
      clearTimeout(silence);
      if (this.#left === 0) return;
      for (const seed of worker.under)
        this.#heard({ seed, broken: `its worker ended with ${code ?? signal}` });
      if (this.#left === 0) return;
      if (!isReady) throw new Error("a worker ended before its first seed");
      this.#start(port + 20);
    });
  }

  #hand(worker: Worker, theme: string | undefined): void {
    while (worker.under.size < AT_HAND && this.#queue.length > 0) {
      const seed = this.#queue.shift()!;
      worker.under.add(seed);
      worker.child.send({ seed, ...(theme === undefined ? {} : { theme }) });
    }
  }

  #heard(answer: Answer): void {
    this.#report.add(answer);
    this.#left--;
    if (this.options.stop && this.#report.failed > 0) {
      // What is under way comes to its end, so that the smaller of two seeds is told as well.
      this.#left -= this.#queue.splice(0).length;
    }
    if (this.#left === 0) this.#end();
  }
}
