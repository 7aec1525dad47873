let quiet = false;

/**
 * The SDK writes a debug line when a resource is registered or read, with the engine's whole answer in it: every property, secrets
 * opened. `--debug` and `-v` print that line, and the event log, through which the Automation API tells what happens, holds it always.
 * From here on the answers show whom they are about and none of their values.
 */
export function keepValuesOutOfDebugLines(): void {
  if (quiet) return;
  quiet = true;
  // The SDK has loaded it already, for the very same answers.
  // oxlint-disable-next-line typescript/no-require-imports
  const messages = require("@pulumi/pulumi/proto/resource_pb") as Record<
    string,
    { prototype: { toString(): string; getUrn(): string } } | undefined
  >;
  for (const name of ["RegisterResourceResponse", "ReadResourceResponse"]) {
    const prototype = messages[name]?.prototype;
    if (prototype) prototype.toString = show;
  }
}

function show(this: { getUrn(): string }): string {
  return `${this.getUrn()} (values not shown)`;
}
