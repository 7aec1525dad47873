/**
 * What the clock of Nylas shows, by the date of its last answer and the time that has passed since. This machine's
 * wall clock is not used: it may be hours off, and may be set in the middle of a run.
 */
export class RemoteClock {
  #told: { remote: number; at: number } | undefined;
  readonly #steady: () => number;

  constructor(steady: () => number = () => performance.now()) {
    this.#steady = steady;
  }

  /** Takes the `Date` header of an answer. One that tells nothing changes nothing. */
  hear(date: string | undefined): void {
    const remote = Date.parse(date ?? "");
    if (!Number.isNaN(remote)) this.#told = { remote, at: this.#steady() };
  }

  /** Unix milliseconds, to within some seconds; undefined where no answer has told. */
  now(): number | undefined {
    return this.#told && this.#told.remote + this.#steady() - this.#told.at;
  }
}
