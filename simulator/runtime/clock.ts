/** The simulator's time: this machine's, moved by an offset that only grows through `advance`. */
export class Clock {
  constructor(private offsetMs = 0) {}

  /** Milliseconds since 1970. */
  ms(): number {
    return Date.now() + this.offsetMs;
  }

  /** Unix seconds, the unit of every Nylas timestamp. */
  seconds(): number {
    return Math.floor(this.ms() / 1000);
  }

  /** Milliseconds that it is ahead of this machine's. */
  get ahead(): number {
    return this.offsetMs;
  }

  /** Moves the clock forward. */
  advance(seconds: number): void {
    this.offsetMs += seconds * 1000;
  }
}

/** Seconds of a day. */
export const DAY = 86_400;
