/** Time for everything that waits: replaceable, so that a test of a long wait is a short test. */
export interface Clock {
  /** Milliseconds since some fixed moment: for measuring how long something took, never a date. */
  now(): number;
  /** The day, as `2026-10-03` in UTC. */
  today(): string;
  /** Resolves after the time, or rejects with the signal's reason as soon as it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * A clock that runs `1 / scale` times as fast as the one on the wall: with 0.01, a wait of ten seconds takes a tenth of
 * a second, and `now()` says that ten seconds have passed.
 */
export function scaledClock(scale: number): Clock {
  return {
    now: () => performance.now() / scale,
    // A day that a test has set. Read at each call, so that one process can live through several.
    today: () => process.env.NYLAS_TEST_TODAY ?? new Date().toISOString().slice(0, 10),
    sleep: (milliseconds, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(reasonOf(signal));
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", stop);
          resolve();
        }, milliseconds * scale);
        function stop() {
          clearTimeout(timer);
          reject(reasonOf(signal as AbortSignal));
        }
        signal?.addEventListener("abort", stop, { once: true });
      }),
  };
}

/**
 * The clock of this process. For tests only: the variable NYLAS_TEST_TIME_SCALE (0.01 = a hundred times as fast) makes
 * back-offs and the rate limit pass quicker. Nothing else reads it, and time-outs of requests stay real.
 */
export const clock: Clock = scaledClock(readScale(process.env.NYLAS_TEST_TIME_SCALE));

function readScale(text: string | undefined): number {
  const scale = Number(text ?? 1);
  return Number.isFinite(scale) && scale > 0 ? scale : 1;
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}
