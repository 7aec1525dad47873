/** What Nylas said of an object, beside what this client makes of it. It goes along with copies, and holds no secret. */
export const ANSWER = Symbol.for("pulumi-nylas: the answer");

/** Carries the members of the answer that it was read from. */
export interface Answered {
  [ANSWER]?: Record<string, unknown>;
}

/**
 * The members of an object in Nylas' own names, those that this client does not read included. An object without them
 * is a fault of ours: its properties would be read as their defaults.
 */
export function answerOf(object: Answered): Record<string, unknown> {
  const answer = object[ANSWER];
  if (answer === undefined) throw new Error("An object was made without the answer that it was read from.");
  return answer;
}
