/** A DNS vendor, as far as records that stand are looked at: read through the vendor's own client, and never written to. */
import { createRequire } from "node:module";
import * as path from "node:path";
import { type RecordSlots, type Slot } from "../../dns/layout";
import { type DnsRecord } from "../../dns/records";
import { CliError } from "../io";

export type VendorName = "cloudflare" | "route53";

export interface Zone {
  id: string;
  /** Lower case, without the final dot. */
  name: string;
}

/** A record as it stands: one value at Cloudflare, all values of a name and type at Route 53. */
export interface StandingRecord {
  /** What `pulumi import` finds it by. */
  importId: string;
  name: string;
  type: string;
  /** What is in it, in normal form. */
  records: DnsRecord[];
  /** The arguments of the vendor's own resource for it, exactly as it stands. */
  args: Record<string, unknown>;
  /** Why the vendor's resource cannot be it. */
  problem?: string;
}

/** The records of a domain as the vendor's adapter would declare them. */
export interface Adapted {
  /** The arguments of the adapter. */
  args: Record<string, unknown>;
  /** The resources it makes, by what stands behind the component's name: `agents-mx` is `mx`. */
  records: Map<string, StandingRecord>;
}

/** The resource of a vendor's Pulumi package that is a record, in each language. */
export interface VendorResource {
  /** The type token. */
  type: string;
  /** The module of the package for Node, and the name of the class there. */
  module: string;
  className: string;
  python: { module: string; name: string };
  go: { module: string; name: string };
  /** How Go has its numbers. */
  numbers: "integer" | "number";
}

export interface Vendor {
  name: VendorName;
  /** As people call it. */
  title: string;
  /** The folder of the program, beside which its packages are. */
  folder: string;
  resource: VendorResource;
  /** Where `pulumi-nylas` has its adapter, and the name of that. */
  adapter: { module: string; functionName: string };
  zones(): Promise<Zone[]>;
  records(zone: Zone): Promise<StandingRecord[]>;
  /** How the adapter has to be called to declare just what stands, or why it cannot. */
  adapt(zone: Zone, domainName: string, slots: RecordSlots, standing: StandingRecord[]): Adapted | string;
}

/** The slots that are there, with their records. */
export function filled(slots: RecordSlots): [Slot, DnsRecord][] {
  return (Object.entries(slots) as [Slot, DnsRecord | undefined][]).filter(
    (entry): entry is [Slot, DnsRecord] => entry[1] !== undefined,
  );
}

/** Loads a client from the folder of the program, where people install it. */
export function loadClient<T>(name: string, vendor: VendorName, folder: string): T {
  for (const from of [path.join(folder, "index.js"), __filename]) {
    try {
      return createRequire(from)(name) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new CliError(
    `--with-dns ${vendor} reads the zone with the vendor's own client, which is not installed here: npm install --save-dev ${name}`,
  );
}

/** The version of the vendor's Pulumi package beside the program, whose plugin the import is to use as well. */
export function installedVersion(module: string, folder: string): string | undefined {
  const name = module.split("/").slice(0, 2).join("/");
  try {
    return (createRequire(path.join(folder, "index.js"))(`${name}/package.json`) as { version: string })
      .version;
  } catch {
    return undefined;
  }
}
