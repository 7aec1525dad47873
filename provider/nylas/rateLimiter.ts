import { createHash } from "node:crypto";
import { type Clock } from "./clock";

/**
 * Keeps the requests of one key under the API's limit of 50 a second, in the order in which they came. A bucket of
 * tokens holds `burst` and gains `perSecond`, and never more than `most` requests start within a second. A busy
 * process makes up from the bucket for what it could not start in time.
 *
 * After a second with few requests the next ones need not wait for a token each. They take up to AHEAD in advance,
 * and those that follow wait for longer.
 */
export class RateLimiter {
  #tokens: number;
  #filledAt: number;
  /** When requests started, of the last second. */
  #starts: number[] = [];
  #heldUntil = -Infinity;
  #queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly perSecond = 49,
    private readonly burst = 6,
    private readonly most = 49,
  ) {
    this.#tokens = burst;
    this.#filledAt = clock.now();
  }

  /** Resolves when a request may start. */
  async acquire(signal?: AbortSignal): Promise<void> {
    const turn = this.#queue.then(() => this.#wait(signal));
    // One that gives up must not take the ones behind it down.
    this.#queue = turn.catch(() => undefined);
    await turn;
  }

  /** Lets nothing start for a while: the API said that it is too much. */
  pauseFor(milliseconds: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.clock.now() + milliseconds);
  }

  async #wait(signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const now = this.clock.now();
      this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.perSecond);
      this.#filledAt = now;
      this.#starts = this.#starts.filter((start) => start > now - 1000);
      const needed = this.#starts.length < FEW ? 1 - AHEAD : 1;
      if (now >= this.#heldUntil && this.#tokens >= needed && this.#starts.length < this.most) {
        this.#tokens -= 1;
        this.#starts.push(now);
        return;
      }
      const forToken = ((needed - this.#tokens) / this.perSecond) * 1000;
      const forRoom = this.#starts.length < this.most ? 0 : this.#starts[0]! + 1000 - now;
      await this.clock.sleep(Math.max(forToken, forRoom, this.#heldUntil - now, 1), signal);
    }
  }
}

/** Requests that may start before there is a token for them. */
const AHEAD = 4;

/** So many starts in the last second are few. */
const FEW = 20;

/** One limit per key and host in the process, whichever connections use the key. */
const rateLimiters = new WeakMap<Clock, Map<string, RateLimiter>>();

export function rateLimiterFor(apiUrl: string, identity: string, clock: Clock): RateLimiter {
  let ofClock = rateLimiters.get(clock);
  if (!ofClock) rateLimiters.set(clock, (ofClock = new Map()));
  const name = `${apiUrl} ${createHash("sha256").update(identity).digest("hex")}`;
  let rateLimiter = ofClock.get(name);
  if (!rateLimiter) ofClock.set(name, (rateLimiter = new RateLimiter(clock)));
  return rateLimiter;
}
