import { clock } from "../nylas/clock";

/** Milliseconds between two looks at the same thing. */
export const BETWEEN_LOOKS = 3_000;

/**
 * An object by its id. That there is none is believed only if Nylas says so twice, some seconds apart, and the list lacks it both times.
 */
export async function certainly<T extends { id: string }>(
  read: { get(id: string): Promise<T | undefined>; list(): Promise<T[]> },
  id: string,
): Promise<T | undefined> {
  const look = async () => (await read.get(id)) ?? (await read.list()).find((each) => each.id === id);
  const found = await look();
  if (found) return found;
  await clock.sleep(BETWEEN_LOOKS);
  return look();
}
