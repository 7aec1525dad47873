import * as pulumi from "@pulumi/pulumi";

/**
 * An error that the engine shows without a stack. It has none: Pulumi inspects every error, and Node's inspection of a stack with a file of the
 * SDK itself in it (`node_modules/@pulumi/output.ts`, as source maps name it) takes more than a minute and gigabytes of memory.
 */
export function runError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = `${error.name}: ${message}`;
  return error;
}
