import { type Clock } from "./clock";

/** Milliseconds after which a read shows a write at the latest. */
export const LATEST_READ = 60_000;

/** What this process wrote within the last minute: as long may a read show what was there before. */
export class JustWritten<T> {
  readonly #values = new Map<string, { at: number; value: T }>();

  constructor(private readonly clock: Pick<Clock, "now">) {}

  note(id: string, value: T | undefined): void {
    if (value !== undefined) this.#values.set(id, { at: this.clock.now(), value });
  }

  /** It is there again, or by another hand. */
  forget(id: string): void {
    this.#values.delete(id);
  }

  of(id: string): T | undefined {
    const written = this.#values.get(id);
    return written !== undefined && this.clock.now() - written.at <= LATEST_READ ? written.value : undefined;
  }
}
