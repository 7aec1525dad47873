import { type Line } from "./journalFiles";

const MINUTE = 60_000;

/** How far the clocks of Nylas and of this machine may differ. */
const CLOCK_SKEW = 5 * MINUTE;

/** Nylas ends a request after two minutes: a write that was sent before that has happened, or never will. */
const LONGEST_REQUEST = 2 * MINUTE;

/** A process with an open create writes a sign of life this often. */
export const SIGN_OF_LIFE = MINUTE / 2;

/** After this time an entry explains nothing more. */
export const EXPIRES = 24 * 60 * MINUTE;

/** The same for an object that does not show when it was created. */
const EXPIRES_WITHOUT_DATE = 60 * MINUTE;

export const ENDED: Line = ["e"];

export const ORPHANED: Line = ["o"];

/** Where the engine of the process listens. */
export const ENGINE = "w";

export interface Entry {
  n: number;
  digest: string;
  key: string;
  begun: number;
  /** Of the object whoever makes it; a release before left it out. */
  object: string | undefined;
  /** Of the object, where an answer came. */
  id?: string;
  /** Objects that other runs have made. */
  notMade: Set<string>;
  /** The last moment at which the object can have been created, by this machine's clock. */
  until: number;
}

/** Reads what is left in a file; a line that is torn or unknown is skipped. */
export function read(lines: unknown[]): { entries: Entry[]; orphaned: boolean; engine: string | undefined } {
  const entries = new Map<number, Entry>();
  let orphaned = false;
  let engine: string | undefined;
  let alive = 0;
  for (const line of lines) {
    if (!Array.isArray(line)) continue;
    const [kind, n, a, b, c, d] = line as unknown[];
    if (kind === "b" && typeof n === "number" && typeof a === "string" && typeof b === "string") {
      if (typeof c !== "number") continue;
      const object = typeof d === "string" ? d : undefined;
      entries.set(n, { n, digest: a, key: b, begun: c, object, notMade: new Set(), until: Infinity });
      alive = Math.max(alive, c);
    } else if (kind === "a" && typeof n === "number" && typeof a === "string" && typeof b === "number") {
      const entry = entries.get(n);
      if (entry) Object.assign(entry, { id: a, until: b });
      alive = Math.max(alive, b);
    } else if (kind === "x" && typeof n === "number" && typeof a === "string") entries.get(n)?.notMade.add(a);
    else if ((kind === "f" || kind === "g") && typeof n === "number") entries.delete(n);
    else if (kind === "e") {
      for (const entry of [...entries.values()]) if (entry.id !== undefined) entries.delete(entry.n);
    } else if (kind === ENGINE && typeof n === "string") engine = n;
    else if (kind === "o" || kind === "h") {
      orphaned ||= kind === "o";
      if (typeof n === "number") alive = Math.max(alive, n);
    }
  }
  const until = alive + SIGN_OF_LIFE + LONGEST_REQUEST;
  return {
    entries: [...entries.values()].map((entry) => ({ ...entry, until: Math.min(entry.until, until) })),
    orphaned,
    engine,
  };
}

export function fits({ begun, until }: Entry, createdAt: number | undefined, now: number): boolean {
  const age = now - begun;
  if (createdAt === undefined) return Math.abs(age) < EXPIRES_WITHOUT_DATE;
  if (Math.abs(age) > EXPIRES) return false;
  // Nylas tells whole seconds.
  return createdAt + 1_000 > begun - CLOCK_SKEW && createdAt < until + CLOCK_SKEW;
}
