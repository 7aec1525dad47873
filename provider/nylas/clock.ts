/** Time for everything that waits: replaceable, so that a test of a long wait is a short test. */
export interface Clock {
  /** Milliseconds since some fixed moment: for measuring how long something took, never a date. */
  now(): number;
  /** The day, as `2026-10-03` in UTC. */
  today(): string;
  /** Resolves after the time, or rejects with the signal's reason as soon as it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Why the clock of a process may run otherwise than the one on the wall. Tests alone set these. */
export interface TestTime {
  /** 0.01: back-offs, waits and the rate limit pass a hundred times as fast. Time-outs of requests stay real. */
  NYLAS_TEST_TIME_SCALE?: string | undefined;
  /** The day. Read at each call, so that one process can live through several. */
  NYLAS_TEST_TODAY?: string | undefined;
}

/**
 * The clock of a process with this environment: always the same one, since all connections of a process share a rate limit. The entry of a
 * process asks for it and hands it on; nothing else reads these variables.
 */
export function clockOf(environment: TestTime): Clock {
  let clock = clocks.get(environment);
  if (!clock) {
    clock = scaledClock(readScale(environment.NYLAS_TEST_TIME_SCALE), () => environment.NYLAS_TEST_TODAY);
    clocks.set(environment, clock);
  }
  return clock;
}

const clocks = new WeakMap<TestTime, Clock>();

/**
 * A clock that runs `1 / scale` times as fast as the one on the wall: with 0.01, a wait of ten seconds takes a tenth of
 * a second, and `now()` says that ten seconds have passed.
 */
export function scaledClock(scale: number, setDay: () => string | undefined = () => undefined): Clock {
  return {
    now: () => performance.now() / scale,
    today: () => setDay() ?? new Date().toISOString().slice(0, 10),
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

function readScale(text: string | undefined): number {
  const scale = Number(text ?? 1);
  return Number.isFinite(scale) && scale > 0 ? scale : 1;
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}
