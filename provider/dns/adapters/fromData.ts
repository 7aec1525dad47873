import * as pulumi from "@pulumi/pulumi";
import { isArgumentError, runError } from "../../hosts/dynamic/runError";
import { type DnsAdapter } from "./adapter";
import type * as Cloudflare from "./cloudflare";
import { type CloudflareDnsArgs, type Route53DnsArgs, type ZoneFileArgs } from "./dnsArgs";
import type * as Route53 from "./route53";
import type * as ZoneFile from "./zoneFile";

/** An adapter as data: one of these, with what the function of that name takes. For programs that cannot hand over an object with functions. */
export interface DnsData {
  cloudflare?: CloudflareDnsArgs;
  route53?: Route53DnsArgs;
  zoneFile?: ZoneFileArgs;
}

/* oxlint-disable typescript/no-require-imports -- a program has one of them */
const ADAPTERS = {
  cloudflare: (args: CloudflareDnsArgs) => (require("./cloudflare") as typeof Cloudflare).cloudflareDns(args),
  route53: (args: Route53DnsArgs) => (require("./route53") as typeof Route53).route53Dns(args),
  zoneFile: (args: ZoneFileArgs) => (require("./zoneFile") as typeof ZoneFile).zoneFile(args),
} as const;
/* oxlint-enable typescript/no-require-imports */

/** The adapter that the data names. `property` is where the data stands among the arguments. */
export function adapterOf(data: DnsData, property: string): DnsAdapter {
  const names = Object.keys(ADAPTERS) as (keyof DnsData)[];
  const given = names.filter((name) => data[name] !== undefined);
  const [name] = given;
  if (name === undefined || given.length > 1) {
    const found = name === undefined ? "none" : given.join(" and ");
    throw inputError(property, `given ${found}; allowed: exactly one of ${names.join(", ")}`);
  }
  try {
    return ADAPTERS[name](data[name] as never);
  } catch (error) {
    if (isArgumentError(error)) throw inputError(`${property}.${name}.${error.property}`, error.reason);
    if (pulumi.RunError.isInstance(error)) throw inputError(`${property}.${name}`, error.message);
    throw error;
  }
}

/** An error that every language shows beside its property. */
export function inputError(property: string, reason: string): Error {
  const error = new pulumi.InputPropertyError({ propertyPath: property, reason });
  // Nobody reads a stack of ours.
  error.stack = runError(`${property}: ${reason}`).stack!;
  return error;
}
