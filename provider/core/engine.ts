/** `progress` is shown while it lasts, and not among the diagnostics at the end. */
export type Severity = "debug" | "progress" | "info" | "warning";

/** The engine, as far as what all kinds have in common speaks to it. */
export interface Engine {
  /** Shows a line. Never fails. */
  log(severity: Severity, message: string): Promise<void>;
}
