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
