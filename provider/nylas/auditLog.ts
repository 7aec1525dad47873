import { closeSync, openSync, writeSync } from "node:fs";
import { NylasError, printable } from "./errors";
import { type Attempt } from "./trace";

/** One line of the audit log. */
export interface AuditLine {
  /** When the attempt was over: UTC, ISO 8601 with milliseconds. */
  time: string;
  method: string;
  /** As it was sent, percent-encoded. */
  path: string;
  object: string;
  status: number | string;
  /** Nylas' own id of the request; null where it gave none. */
  requestId: string | null;
}

/**
 * The audit log: a file with one JSON line per write that was sent to Nylas, readable by its owner alone. Its format is described in
 * SECURITY.md.
 */
export class AuditLog {
  #file: number | undefined;
  #broken: Error | undefined;

  constructor(private readonly path: string | undefined) {}

  /** Throws where the log cannot be written: what has to be on record is not done off the record. */
  open(operation: string): void {
    if (this.path === undefined || (this.#file !== undefined && this.#broken === undefined)) return;
    try {
      if (this.#broken !== undefined) throw this.#broken;
      this.#file = openSync(this.path, "a", 0o600);
    } catch (error) {
      throw new NylasError({
        kind: "setting",
        operation,
        message:
          `Did not ${operation}: the audit log ${printable(this.path)} (nylas:auditLog) cannot be written ` +
          `(${(error as NodeJS.ErrnoException).code}). Create its folder, make room or change the setting.`,
        cause: error,
      });
    }
  }

  record(attempt: Attempt): void {
    if (this.#file === undefined) return;
    const { method, path, object, status, requestId } = attempt;
    const line: AuditLine = {
      time: new Date().toISOString(),
      method,
      path,
      object,
      status,
      requestId: requestId ?? null,
    };
    try {
      writeSync(this.#file, `${JSON.stringify(line)}\n`);
    } catch (error) {
      // This write is done, and its answer has to be recorded; no further one is made.
      this.#broken = error as Error;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
