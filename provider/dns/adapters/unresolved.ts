import * as pulumi from "@pulumi/pulumi";
import { isLater } from "../../hosts/dynamic/arguments";

/** Stands in for a name or a target that is not known because its source failed. No such name can exist (RFC 2606). */
export const PLACEHOLDER = "source-failed.invalid";

/**
 * An argument for a vendor's record that has a value in every `up`. A source that the engine skipped has none either.
 *
 * With `--continue-on-error` the outputs of a failed resource stay unknown in an `up`. The engine drops them before
 * it asks the vendor to check the record. The check fails for a missing argument, and that ends the whole run. With a
 * placeholder the check passes. The record depends on what failed, so the engine skips it: no placeholder reaches the
 * vendor. In a preview the value stays unknown.
 *
 * Use it in an adapter of your own for every argument that comes from the request or from an output.
 */
export function resolvedInUp<T>(value: pulumi.Input<T>, placeholder: T): pulumi.Input<T> {
  if (pulumi.runtime.isDryRun() || !isLater(value)) return value;
  const output = pulumi.output(value) as unknown as WithUnknowns<T>;
  return output.apply(
    (known) => (known === undefined || pulumi.containsUnknowns(known) ? placeholder : known),
    true,
  );
}

/** `apply` of Pulumi's outputs can be asked to run for unknown values as well; the result keeps the dependencies. */
interface WithUnknowns<T> {
  apply(func: (value: T) => T, runWithUnknowns: boolean): pulumi.Output<T>;
}
