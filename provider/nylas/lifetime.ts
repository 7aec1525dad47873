import { type Clock, type Timer } from "./clock";
import { NylasError } from "./errors";

/**
 * How long this process may go on. A provider without its engine can no longer record what it does. So from then on
 * no write starts and every wait ends; a request that is under way is left to finish. One whose engine was
 * interrupted (Ctrl-C) can still record: what it is doing goes on, and what it only waits for ends.
 */
export class Lifetime {
  readonly #writing = new AbortController();
  readonly #waiting = new AbortController();

  /** Aborted when writes are stopped: give it to every pause between attempts. */
  get signal(): AbortSignal {
    return this.#writing.signal;
  }

  /** Aborted when nothing is to be waited for any more: give it to every wait for something that others have to do. */
  get patience(): AbortSignal {
    return this.#waiting.signal;
  }

  stop(reason: string): void {
    if (this.signal.aborted) return;
    const error = new NylasError({
      kind: "unavailable",
      operation: "go on",
      message: `Stopped: ${reason}. No further change is made at Nylas, because nothing could record it.`,
    });
    this.#writing.abort(error);
    this.#waiting.abort(error);
  }

  /** Ends the waits: the engine wants to come to an end, and records what there is. */
  interrupt(): void {
    if (!this.patience.aborted) this.#waiting.abort(new Interrupted());
  }

  /** Throws once writes are stopped. */
  assertWritable(): void {
    this.signal.throwIfAborted();
  }
}

class Interrupted extends Error {
  constructor() {
    super("The run was interrupted.");
  }
}

/** The lifetime of this process, which all connections share. */
export const lifetime = new Lifetime();

/** Waits for what others have to do. False where the run was interrupted, and nothing is to be waited for any more. */
export async function sleepUnlessInterrupted(
  clock: Pick<Clock, "sleep">,
  milliseconds: number,
): Promise<boolean> {
  try {
    await clock.sleep(milliseconds, lifetime.patience);
    return true;
  } catch (error) {
    if (error instanceof Interrupted) return false;
    throw error;
  }
}

/** The clock for waits that an interrupted run does not go on with. */
export function interruptible(clock: Clock): Timer {
  return { now: () => clock.now(), sleep: (milliseconds) => sleepUnlessInterrupted(clock, milliseconds) };
}

/** From now on no write to Nylas starts in this process (it throws), and waits end. */
export function stopWrites(reason: string): void {
  lifetime.stop(reason);
}

/** From now on nothing in this process waits for what others have to do; what it is doing itself goes on. */
export function endWaits(): void {
  lifetime.interrupt();
}
