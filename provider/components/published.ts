import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type NylasDomainRecords } from "../classes/domainRecords";
import { type DnsAdapter } from "../dns/adapters/adapter";
import { produced, valueOf } from "../hosts/dynamic/produced";

/** The ids of what publishes the records, and of what guards them; undefined where nothing of the program's does. */
export function idsOf(
  published: pulumi.Resource[],
  guards?: pulumi.Output<string[]>,
): pulumi.Input<pulumi.Input<string>[]> | undefined {
  const ids = published.flatMap((each) =>
    pulumi.CustomResource.isInstance(each) ? [produced(each.id)] : [],
  );
  if (ids.length === 0) return undefined;
  if (guards === undefined) return ids;
  // A promise: what guards is waited for, and an output would be recorded as one more dependency.
  return valueOf<string[] | undefined>(guards).then((all = []) => [...ids, ...all]);
}

/** Under which names the program has the vendor's records, and had them as far as aliases say: known where the records cannot be made, too. */
export function namesOf(published: pulumi.Resource[]): Promise<string[]> | undefined {
  if (published.length === 0) return undefined;
  const known = published as { __name?: string; __aliases?: pulumi.Input<string>[] }[];
  const own = known.map(({ __name: name }) => name!);
  const earlier = known.flatMap(({ __aliases: aliases = [] }) => aliases);
  // A promise: an output would carry the records along once more, as what it depends on.
  return valueOf(pulumi.all(earlier)).then((all) => {
    const names = [...own, ...all.map((urn) => urn.split("::").slice(3).join("::"))];
    // Digests: the names of five records and their aliases would be a sixth of the entry.
    return [...new Set(names.map(digestOfName))];
  });
}

export function digestOfName(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 6);
}

/** True where the MX was served before the program made it. An adopted record is the one that was served. */
export function stoodBefore(
  { adopts }: DnsAdapter,
  { stood }: NylasDomainRecords,
): Promise<boolean> | undefined {
  if (adopts?.mx !== undefined) return undefined;
  // Only true is recorded. A promise: an output would be recorded as one more dependency.
  const isStanding = produced(stood).apply((slots) => (slots?.includes("mx") ? true : undefined));
  return valueOf(isStanding as pulumi.Output<boolean>);
}

/** The names that the vendor answers with; what it does not say is not among them. */
export function answeredNames(
  dns: DnsAdapter,
  published: pulumi.Resource[],
): pulumi.Output<string[]> | undefined {
  const names = dns.answeredNames?.(published);
  if (names === undefined || names.length === 0) return undefined;
  return pulumi
    .all(names)
    .apply((all) => all.filter((name): name is string => !!name && typeof name === "string"));
}

/** Whether a value comes from a resource of the program. What another stack has is not replaced here. */
export async function isMadeFromResource(value: pulumi.Output<unknown>): Promise<boolean> {
  const output = value as { allResources?(): Promise<ReadonlySet<pulumi.Resource>> };
  const resources = [...((await output.allResources?.()) ?? [])] as { __pulumiType?: string }[];
  return resources.some(({ __pulumiType: type }) => type !== "pulumi:pulumi:StackReference");
}

export function placeOfAdapter(dns: DnsAdapter): pulumi.Input<string> {
  return dns.place ?? dns.kind;
}
