import { strip } from "./equality";

/**
 * An error for a person: no stack. The engine's dynamic provider prints `${error}: ${error.stack}` for check, diff, read
 * and delete beside the error itself.
 */
export class UserError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "Error";
    Object.defineProperty(this, "stack", { value: "", configurable: true });
  }
}

/** Thrown by a description's update: the object is not there any more. */
export class Gone extends UserError {}

/**
 * The object exists (or stays) but is not what was wanted: recorded by the engine with what is known of it, and shown
 * with `reasons`. Without `__provider` the next refresh would die, and with anything undefined inside, the call would
 * never be answered.
 */
export class PartialFailure extends UserError {
  readonly id: string;
  readonly properties: Record<string, unknown>;
  readonly reasons: string[];

  constructor(id: string, outputs: Record<string, unknown>, provider: unknown, reason: string) {
    if (typeof provider !== "string") throw new Error("a partial failure needs the provider's text");
    super(reason);
    this.id = id;
    this.properties = { ...strip(outputs), __provider: provider };
    this.reasons = [reason];
  }
}

/** Thrown by a description's create or update: the object stands (`remote`), but is not what was wanted yet. */
export class NotSettled extends UserError {
  constructor(
    readonly remote: unknown,
    reason: string,
    /** Inputs to be recorded otherwise than as declared and seen. */
    readonly recorded: Record<string, unknown> = {},
  ) {
    super(reason);
  }
}
