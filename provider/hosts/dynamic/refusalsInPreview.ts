import * as pulumi from "@pulumi/pulumi";
import type * as PulumiCommand from "./pulumiCommand";
import { REFUSED } from "../../core/fields";

/**
 * Shows at a resource's own row why its update will be refused, and lets the preview fail for that at its end.
 *
 * A failed check or diff would end the preview at once, without the rows of the others. An error that the plugin logs leaves the exit code
 * at 0. So the program fails, after the engine has planned everything, deletes too. Measured with engine 3.256.0; 3.216.0 does the same.
 */
export function showRefusal(resource: pulumi.CustomResource): void {
  if (!pulumi.runtime.isDryRun()) return;
  const refused = (resource as unknown as Record<string, unknown>)[REFUSED];
  if (!pulumi.Output.isInstance(refused)) return;
  refused.apply((text) => {
    if (typeof text !== "string" || text === "") return;
    void pulumi.log.error(text, resource);
    failAtTheEnd();
  });
}

let failing = false;

/**
 * The exit code for "the message was shown already", so that no stack trace follows. An `up` that goes on after errors is not stopped: its own
 * preview comes first, and the rest is to be done. In an inline program the SDK itself fails for an error that was logged.
 */
function failAtTheEnd(): void {
  if (failing) return;
  failing = true;
  if (!isRunByEngine()) return;
  // oxlint-disable-next-line typescript/no-require-imports -- few programs ever need it
  const { pulumiArguments, stopsAfterPreview } = require("./pulumiCommand") as typeof PulumiCommand;
  if (!stopsAfterPreview(pulumiArguments(), process.env)) return;
  void pulumi.log.info(
    "What is refused above stops nothing else in an up that goes on after errors: pulumi up --continue-on-error.",
  );
  process.on("exit", (code) => {
    if (code === 0) process.exitCode = ALREADY_SHOWN;
  });
}

const ALREADY_SHOWN = 32;

/** Whether this process is one that the engine has started for the program alone. */
function isRunByEngine(): boolean {
  return /[\\/]cmd[\\/]run[\\/]index\.js$/.test(require.main?.filename ?? "");
}
