import { type Clock } from "./clock";

/**
 * Keeps the requests of one key under the API's limit of 50 a second, in the order in which they came: a bucket of
 * tokens that holds `burst` and gains `perSecond`. In no second do more than `burst + perSecond` requests start.
 */
export class Governor {
  #tokens: number;
  #filledAt: number;
  #heldUntil = -Infinity;
  #queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly perSecond = 48,
    private readonly burst = 2,
  ) {
    this.#tokens = burst;
    this.#filledAt = clock.now();
  }

  /** Resolves when a request may start. */
  async take(signal?: AbortSignal): Promise<void> {
    const turn = this.#queue.then(() => this.#wait(signal));
    // One that gives up must not take the ones behind it down.
    this.#queue = turn.catch(() => undefined);
    await turn;
  }

  /** Lets nothing start for a while: the API said that it is too much. */
  hold(milliseconds: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.clock.now() + milliseconds);
  }

  async #wait(signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const now = this.clock.now();
      this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.perSecond);
      this.#filledAt = now;
      if (now >= this.#heldUntil && this.#tokens >= 1) {
        this.#tokens -= 1;
        return;
      }
      const forToken = ((1 - this.#tokens) / this.perSecond) * 1000;
      await this.clock.sleep(Math.max(forToken, this.#heldUntil - now, 1), signal);
    }
  }
}
