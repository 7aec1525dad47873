import { appendFileSync } from "node:fs";

/** One attempt of a request, as the trace and the audit log tell it. Bodies and headers are no part of it. */
export interface Attempt {
  method: string;
  /** Path and query. */
  path: string;
  /** What the request is about, as in `workspace "Customer A"`. */
  object: string;
  /** The HTTP status, or what happened instead of an answer. */
  status: number | string;
  requestId: string | undefined;
  attempt: number;
  milliseconds: number;
}

/** Writes one line per attempt to stderr or to a file, for people who look for the cause of something. */
export function traceTo(target: string | undefined): (attempt: Attempt) => void {
  if (target === undefined) return () => undefined;
  return (attempt) => {
    traceLine(
      target,
      `${attempt.method} ${attempt.path} ${attempt.status} ` +
        `${Math.round(attempt.milliseconds)} ms request ${attempt.requestId ?? "-"} attempt ${attempt.attempt}`,
    );
  };
}

/** Writes one line to the trace. */
export function traceLine(target: string, text: string): void {
  const line = `${new Date().toISOString()} nylas ${text}\n`;
  try {
    if (target === "stderr") process.stderr.write(line);
    else appendFileSync(target, line, { mode: 0o600 });
  } catch {
    // The request has been made: its answer is not lost because nobody could watch.
  }
}
