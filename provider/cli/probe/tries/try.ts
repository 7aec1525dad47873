/** What every try works with. */
import { type Bench, type Look, type Own } from "../bench";
import { type Answer } from "../eyes";
import { classes, type Ground, known } from "../look";
import { type Sighting } from "../points";

export interface Try {
  bench: Bench;
  ground: Ground;
  say(sighting: Sighting): void;
  doing(text: string): void;
}

/** A change of some members, and how it ended. */
export interface Changed extends Look {
  answer: Answer;
  /** Members that did not come to show. */
  ignored: string[];
}

/**
 * Changes some members and looks for them: R1, and R11 by the time that it takes. The object is read before: a late answer is one from
 * before the write. `type` is the resource that cannot be updated where a member is ignored.
 */
export async function write(
  { bench, say }: Pick<Try, "bench" | "say">,
  own: Own,
  route: string,
  body: Record<string, unknown>,
  type: string,
): Promise<Changed> {
  await bench.read(own);
  const answer = await bench.change(own, route, body);
  if (!answer.ok) {
    const seen = `a change of ${words(Object.keys(body))} is refused (${answer.status})`;
    say({ point: "R1", verdict: "affected", seen, kinds: classes([type]) });
    return { answer, ignored: Object.keys(body), object: {}, shown: false, lag: 0 };
  }
  const look = await bench.look(own, (object) => missing(object, body).length === 0);
  const ignored = look.shown ? [] : missing(look.object, body);
  if (ignored.length === 0) say(known("R1", "every written field shows"));
  else
    say({
      point: "R1",
      verdict: "affected",
      seen: `${words(ignored)} ignored`,
      kinds: classes([type]),
      settings: { ignoredFields: ignored },
    });
  return { answer, ignored, ...look };
}

/** The members of a change that an object does not show. Of a group, those of the group that the change names. */
function missing(object: Record<string, unknown>, body: Record<string, unknown>): string[] {
  return Object.entries(body)
    .filter(([name, value]) => !shows(object[name], value))
    .map(([name]) => name);
}

function shows(seen: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(seen) &&
      seen.length === wanted.length &&
      wanted.every((each, at) => seen.some((other) => shows(other, each)) || shows(seen[at], each))
    );
  if (typeof wanted === "object" && wanted !== null)
    return Object.entries(wanted).every(([name, value]) =>
      shows((seen as Record<string, unknown> | null | undefined)?.[name], value),
    );
  // Nothing is shown as null, as an empty text or not at all.
  return (
    seen === wanted ||
    ((wanted === null || wanted === "") && (seen === undefined || seen === null || seen === ""))
  );
}

/** What is not tried, and why. */
export function untried(say: Try["say"], points: readonly string[], why: string): void {
  for (const point of points) say({ point, verdict: "untried", seen: why });
}

export function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function words(names: readonly string[]): string {
  return names.join(", ");
}
