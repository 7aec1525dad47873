import { type Call } from "./call";
import { isQuota } from "./explain";
import { type Outcome } from "./outcome";

export const maxAttempts = 5;

export const maxTimeouts = 2;

const maxRetryAfter = 30_000;

/** Whether a second attempt can do no harm and may do good. */
export function mayRepeat(call: Call<unknown>, outcome: Outcome): boolean {
  const harmless = call.method !== "POST" || call.repeatable === true;
  if ("failure" in outcome) {
    return !outcome.failure.permanent && (harmless || !outcome.failure.sent);
  }
  if (outcome.status === 429) return !(outcome.body && isQuota(outcome.body));
  return harmless && [408, 500, 502, 503, 504].includes(outcome.status);
}

/** Half a second, doubled each time, up to eight; half of it by chance, so that clients do not come back together. */
export function backOff(outcome: Outcome, attempt: number, random: number): number {
  const asked = "failure" in outcome ? undefined : outcome.retryAfter;
  if (asked !== undefined) return Math.min(asked, maxRetryAfter) + random * 250;
  return Math.min(500 * 2 ** (attempt - 1), 8_000) * (0.5 + random / 2);
}
