import { NylasError } from "../nylas/errors";
import { type Clock, poll } from "../nylas/clock";
import { interruptible, sleepUnlessInterrupted } from "../nylas/lifetime";

/** An object, with the secret that one answer alone has shown. */
export type WithSecret<Remote> = Remote & { secret: string };

/** How an object is made whose secret Nylas shows once, in the answer to the create. */
export interface ShownOnce<Remote extends { id: string }> {
  /** The objects that cannot be told from the new one but by their ids. */
  same(): Promise<Remote[]>;
  /** What must not stand already. */
  assertFree?(before: Remote[]): void;
  create(): Promise<WithSecret<Remote>>;
  /** Gets what a lost answer made a secret; or removes it and answers undefined: it is made once more then. */
  recover(lost: Remote[]): Promise<WithSecret<Remote> | undefined>;
  /** How often it is made at most. */
  tries: number;
}

/** Milliseconds between the looks for what a lost answer may have made: lists lag. */
const PAUSES = [1_000, 2_000, 4_000, 8_000];

/**
 * Makes an object whose secret is shown once. Where the answer was lost, the object may be there, and nobody has seen its secret. What was
 * there before tells it from others.
 */
export async function makeShownOnce<Remote extends { id: string }>(
  clock: Clock,
  how: ShownOnce<Remote>,
): Promise<WithSecret<Remote>> {
  const before = await how.same();
  how.assertFree?.(before);
  try {
    return await how.create();
  } catch (error) {
    if (!(error instanceof NylasError) || error.kind !== "ambiguous") throw error;
    const look = async () => (await how.same()).filter(({ id }) => !before.some((each) => each.id === id));
    const { seen: lost } = await poll(interruptible(clock), look, {
      until: (found) => found.length > 0,
      pauses: PAUSES,
    });
    const recovered = lost.length > 0 ? await how.recover(lost) : undefined;
    if (recovered) return recovered;
    // An interrupted run has not looked long enough for a second write.
    if (how.tries <= 1 || (lost.length === 0 && !(await sleepUnlessInterrupted(clock, 0)))) throw error;
    return makeShownOnce(clock, { ...how, tries: how.tries - 1 });
  }
}
