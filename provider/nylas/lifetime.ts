import { NylasError } from "./errors";

/**
 * Whether this process may still write. A provider whose engine is gone can no longer record what it does, so from
 * then on no write starts and every wait ends; a request that is under way is left to finish.
 */
export class Lifetime {
  readonly #controller = new AbortController();

  /** Aborted when writes are stopped: give it to every wait. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(reason: string): void {
    if (this.signal.aborted) return;
    this.#controller.abort(
      new NylasError({
        kind: "unavailable",
        operation: "go on",
        message: `Stopped: ${reason}. No further change is made at Nylas, because nothing could record it.`,
      }),
    );
  }

  /** Throws once writes are stopped. */
  assertWritable(): void {
    this.signal.throwIfAborted();
  }
}

/** The lifetime of this process, which all connections share. */
export const lifetime = new Lifetime();

/** From now on no write to Nylas starts in this process (it throws), and waits end. */
export function stopWrites(reason: string): void {
  lifetime.stop(reason);
}
