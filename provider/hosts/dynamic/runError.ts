import * as pulumi from "@pulumi/pulumi";

/**
 * An error that the engine shows without a stack. Pulumi inspects every error. Node takes more than a minute and
 * gigabytes of memory for a stack with a file of the SDK itself in it. Source maps name that file
 * (`node_modules/@pulumi/output.ts`).
 */
export function runError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = `${error.name}: ${message}`;
  return error;
}

/** An error about one argument. Other languages are shown its property and the reason. */
export interface ArgumentError extends pulumi.RunError {
  property: string;
  reason: string;
}

/** `what` is whose argument it is. */
export function argumentError(what: string, property: string, reason: string): ArgumentError {
  return Object.assign(runError(`${what}: ${property}: ${reason}`), { property, reason });
}

export function isArgumentError(error: unknown): error is ArgumentError {
  return pulumi.RunError.isInstance(error) && "property" in error && "reason" in error;
}
