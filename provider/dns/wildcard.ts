import { randomBytes } from "node:crypto";

/** A label that nobody can have made. */
const probeLabel = `nylas-wildcard-probe-${randomBytes(4).toString("hex")}`;

/**
 * Whether an answer for a name comes from a wildcard (RFC 4592) and not from records of the name itself. A wildcard
 * gives the same answer to a name beside it, and to a name below it. Below a name that has records of its own, no
 * wildcard above it applies.
 *
 * `ask` looks up any name; `same` says whether its answer is the one that is judged.
 */
export async function isFromWildcard<Outcome>(
  name: string,
  ask: (name: string) => Promise<Outcome>,
  same: (probe: Outcome) => boolean,
): Promise<boolean> {
  const at = name.indexOf(".");
  if (at < 0) return false;
  const probes = await Promise.all([
    ask(`${probeLabel}.${name}`),
    ask(`${probeLabel}.${name.slice(at + 1)}`),
  ]);
  return probes.every(same);
}
