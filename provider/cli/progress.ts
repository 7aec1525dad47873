import { type Io } from "./io";

/** What a command is doing, on standard error: said for what takes more than two seconds, and then every five. */
export class Progress {
  readonly #began = Date.now();
  readonly #timer: NodeJS.Timeout;
  #doing: string;
  #said = 0;

  constructor(
    private readonly io: Io,
    doing: string,
  ) {
    this.#doing = doing;
    this.#timer = setInterval(() => this.#look(), 250);
    this.#timer.unref();
  }

  now(doing: string): void {
    this.#doing = doing;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const elapsed = Date.now() - this.#began;
    if (elapsed < (this.#said === 0 ? 2_000 : this.#said + 5_000)) return;
    this.#said = elapsed;
    this.io.stderr(`… ${this.#doing} (${Math.round(elapsed / 1000)} s)\n`);
  }
}
