/** Arguments that adapters have in common, and the place that they come to. */
import * as pulumi from "@pulumi/pulumi";
import { requireArgument } from "../../hosts/dynamic/arguments";
import { produced } from "../../hosts/dynamic/produced";
import { fingerprint, NAME_SUFFIX, NAME_SUFFIXES, type ZoneIds } from "../place";
import { nameProblem, normaliseName } from "../records";

/** Refuses what cannot end the name of a resource. */
export function requireNameSuffix(what: string, nameSuffix: string | undefined): void {
  if (nameSuffix === undefined) return;
  requireArgument(what, "nameSuffix", nameSuffix, {
    fits: (value) => typeof value === "string" && NAME_SUFFIX.test(value),
    allowed: NAME_SUFFIXES,
    example: '"new"',
  });
}

/** Refuses what is no id of a zone; one that is an output is judged by {@link misplaced} when it is known. */
export function requireZoneId({ adapter, form, allowed, example }: ZoneIds, zoneId: unknown): void {
  requireArgument(adapter, "zoneId", zoneId, {
    fits: (value) => typeof value === "string" && form.test(value),
    allowed,
    example,
    later: true,
  });
}

/**
 * Where an adapter publishes: `cloudflare:<zone>`, and behind it the suffix of the names that the records have as resources. Messages show
 * it, so of a zone id that is a secret it holds a fingerprint alone. What is no id stands behind an exclamation mark.
 */
export function placeOf(
  { vendor, form }: ZoneIds,
  zoneId: pulumi.Input<string>,
  nameSuffix: string | undefined,
): pulumi.Output<string> {
  const zone = produced(pulumi.output(zoneId));
  return pulumi.all([zone, pulumi.isSecret(zone)]).apply(([id, isSecret]) => {
    // What a skipped resource would have said is not there.
    if (typeof id === "string" && !form.test(id)) return `${vendor}:!${isSecret ? "" : id.slice(0, 200)}`;
    const bare = id.replace(/^\/?hostedzone\//, "");
    const shown = isSecret ? fingerprint(bare) : bare;
    return `${vendor}:${shown}${nameSuffix === undefined ? "" : ` (${nameSuffix})`}`;
  });
}

/** Refuses the name of a zone that is given and is none; `what` is the adapter it was given to. */
export function requireZoneName(what: string, zoneName: unknown): void {
  if (zoneName === undefined) return;
  requireArgument(what, "zoneName", zoneName, {
    fits: (value) => typeof value === "string" && nameProblem(normaliseName(value)) === undefined,
    allowed: "the name of the zone, as a plain string",
    example: '"example.com"',
  });
}
