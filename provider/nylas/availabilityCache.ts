import { normalEmail } from "./addresses";
import { type Grant } from "./api";
import { type Clock } from "./clock";
import { type Items } from "./pages";

/**
 * Which addresses are free, for many creates at once: each has to look before it writes, and the list may be long. What is told
 * is from a look that began at most `FRESH` milliseconds ago, or after it was asked for. A list that comes with the newest
 * accounts first is not read to its end again: only so far back that nothing new can follow.
 *
 * Only "free" is for certain: what seems to be taken is to be looked at anew.
 */
export class AvailabilityCache {
  /** As listed, by address: when it was made. */
  #taken = new Map<string, number>();
  /** Made here: a list that was under way may have missed them. */
  readonly #made = new Set<string>();
  #firstMade: number | undefined;
  /** When the look began that `#taken` is from; undefined where there is none to go on from. */
  #asOf: number | undefined;
  #newestFirst = false;
  #listedNone = false;
  #renewal: Promise<void> | undefined;
  #forgotten = 0;

  constructor(
    /** The list of all accounts. */
    private readonly pages: () => AsyncGenerator<Items<Grant>>,
    private readonly clock: Clock,
    /** So many accounts do not stand in order by chance. */
    private readonly enough = 100,
  ) {}

  /** Whether an address is free, and whether Nylas listed no account at all. */
  async look(email: string): Promise<{ free: boolean; listedNone: boolean }> {
    const asked = this.clock.now();
    while (this.#asOf === undefined || (this.#asOf < asked && !this.#isFresh(this.#asOf))) {
      this.#renewal ??= this.#renew().finally(() => (this.#renewal = undefined));
      await this.#renewal;
    }
    const address = normalEmail(email);
    return { free: !this.#taken.has(address) && !this.#made.has(address), listedNone: this.#listedNone };
  }

  /** An account was made. */
  add({ email }: Grant): void {
    this.#made.add(normalEmail(email));
    this.#firstMade ??= this.clock.now();
  }

  /** Something was done whose outcome is not known: what was seen before counts no more. */
  forget(): void {
    this.#forgotten++;
    this.#asOf = undefined;
  }

  /** A list that showed no account is looked at again as soon as there has to be one. */
  #isFresh(asOf: number): boolean {
    const outOfDate = this.#listedNone && this.#firstMade !== undefined && asOf <= this.#firstMade;
    return !outOfDate && this.clock.now() - asOf <= FRESH;
  }

  async #renew(): Promise<void> {
    const began = this.clock.now();
    const forgotten = this.#forgotten;
    const known = this.#known();
    const listed = new Map<string, number>();
    let newestFirst = true;
    let last = Infinity;
    let complete = true;
    for await (const items of this.pages()) {
      for (const { item } of items) {
        newestFirst &&= item.createdAt > 0 && item.createdAt <= last;
        last = item.createdAt;
        listed.set(normalEmail(item.email), item.createdAt);
      }
      if (known && newestFirst && last < known.newest - OVERLAP) {
        complete = false;
        break;
      }
    }
    if (forgotten !== this.#forgotten) return;
    this.#asOf = began;
    this.#taken = complete ? listed : new Map([...known!.taken, ...listed]);
    this.#newestFirst = newestFirst;
    this.#listedNone = listed.size === 0;
  }

  /** What a look can go on from. */
  #known(): { taken: Map<string, number>; newest: number } | undefined {
    if (this.#asOf === undefined || !this.#newestFirst || this.#taken.size < this.enough) return undefined;
    const newest = [...this.#taken.values()].reduce((a, b) => Math.max(a, b), 0);
    return { taken: this.#taken, newest };
  }
}

/** Milliseconds. Another run may make an account at any time: between its look and its write nobody is ever certain. */
const FRESH = 500;

/** Seconds: so far apart may the clocks of the machines be that say when an account was made. */
const OVERLAP = 10;
