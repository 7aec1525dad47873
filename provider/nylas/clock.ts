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
 * A clock that runs `1 / scale` times as fast as the one on the wall. With 0.01, a wait of ten seconds takes a tenth
 * of a second, and `now()` says that ten seconds have passed.
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

/** By which time passes for a wait. `sleep` gives false if the run was interrupted, and the wait is to end. */
export interface Timer {
  now(): number;
  sleep(milliseconds: number): Promise<boolean | void>;
}

/** How a wait ended, with what the last look showed. */
export interface Polled<T> {
  outcome: "reached" | "timedOut" | "interrupted";
  seen: T;
  /** Milliseconds from the start to the end. */
  waited: number;
  looks: number;
}

export interface PollOptions<T> {
  /** Whether a look shows what is waited for. */
  until(seen: T): boolean;
  /** Milliseconds between the looks: `every`, `growing`, or a list. The wait times out at the end of a list. */
  pauses: Iterable<number>;
  /** Milliseconds from the start. The last pause is cut, so that the last look is at the limit. Default: none. */
  limit?: number;
  /** False: a pause that would end after the limit does not begin. Default: true. */
  cutsLastPause?: boolean;
  /** Told before each pause. */
  waiting?(seen: T, waited: number): Promise<void> | void;
}

/**
 * Looks until something is reached, with pauses in between. Looks once at least. An error of a look ends it.
 *
 *     const { outcome, seen } = await poll(clock, () => api.domains.get(id), {
 *       until: (domain) => domain === undefined,
 *       pauses: every(5_000),
 *       limit: 60_000,
 *     });
 */
export async function poll<T>(
  timer: Timer,
  look: (waited: number) => Promise<T> | T,
  { until, pauses, limit = Infinity, cutsLastPause = true, waiting }: PollOptions<T>,
): Promise<Polled<T>> {
  const began = timer.now();
  const waited = () => timer.now() - began;
  const schedule = pauses[Symbol.iterator]();
  for (let looks = 1; ; looks++) {
    const seen = await look(waited());
    const ended = (outcome: Polled<T>["outcome"]) => ({ outcome, seen, waited: waited(), looks });
    if (until(seen)) return ended("reached");
    const { value: pause, done } = schedule.next();
    const left = limit - waited();
    if (done || left <= 0 || (pause > left && !cutsLastPause)) return ended("timedOut");
    await waiting?.(seen, waited());
    if ((await timer.sleep(Math.min(pause, left))) === false) return ended("interrupted");
  }
}

/** The same pause for ever. */
export function* every(milliseconds: number): Generator<number> {
  for (;;) yield milliseconds;
}

/** Pauses that grow by a factor, from the first to the longest. */
export function* growing(first: number, factor: number, longest: number): Generator<number> {
  for (let pause = first; ; pause = Math.min(pause * factor, longest)) yield pause;
}

function readScale(text: string | undefined): number {
  const scale = Number(text ?? 1);
  return Number.isFinite(scale) && scale > 0 ? scale : 1;
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}
