/** What Nylas said of an object, beside what this client makes of it. It goes along with copies, and holds no secret. */
export const ANSWER = Symbol("the answer");

/** Carries the members of the answer that it was read from. */
export interface Answered {
  [ANSWER]?: Record<string, unknown>;
}

/** The members of an object in Nylas' own names, those that this client does not read included. */
export function answerOf(object: Answered): Record<string, unknown> {
  return object[ANSWER] ?? {};
}
