import { createHash } from "node:crypto";
import { show } from "../shown";

/** What can end the name of a resource. */
export const NAME_SUFFIX = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/;
export const NAME_SUFFIXES = "1 to 40 letters, digits, hyphens, dots and underscores";

/** What stands behind the name of a record's resource. */
export function suffix(nameSuffix: string | undefined): string {
  return nameSuffix === undefined ? "" : `-${nameSuffix}`;
}

/** The form of a vendor's zone ids. A text that is none would be found out by the vendor alone, once for each record. */
export interface ZoneIds {
  /** The kind of the adapter. */
  vendor: "cloudflare" | "route53";
  adapter: string;
  form: RegExp;
  allowed: string;
  example: string;
}

export const cloudflareZoneIds: ZoneIds = {
  vendor: "cloudflare",
  adapter: "cloudflareDns",
  form: /^[0-9a-f]{32}$/i,
  allowed: "the id of a zone: the 32 hexadecimal digits on the zone's overview page, not its name",
  example: '"023e105f4ecef8ad9ca31a8372d0c353"',
};

export const route53ZoneIds: ZoneIds = {
  vendor: "route53",
  adapter: "route53Dns",
  form: /^(\/?hostedzone\/)?Z[A-Z0-9]{1,31}$/,
  allowed: "the id of a hosted zone, a Z and capital letters and digits, not its name",
  example: '"Z1D633PJN98FT9"',
};

/**
 * A place that stands for an argument that was an output and cannot be used. An error in an `apply` would show only
 * after minutes. The plugin refuses such a place instead, with what it knows of it.
 */
export function refusedPlace(vendor: ZoneIds, problem: string): string {
  return `${vendor.vendor}:!!${problem}`;
}

/** Why nothing can be published at a place: an argument came as an output, and cannot be used. Undefined for every other place. */
export function misplaced(place: string): string | undefined {
  const [, vendor, given] = /^(\w+):!(.*)$/s.exec(place) ?? [];
  const ids = [cloudflareZoneIds, route53ZoneIds].find((each) => each.vendor === vendor);
  if (ids === undefined) return undefined;
  if (given!.startsWith("!")) return `${ids.adapter}: ${given!.slice(1)}`;
  const shown = given === "" ? "a secret that is none" : show(given);
  return `${ids.adapter}: zoneId: given ${shown}; allowed: ${ids.allowed}; for example ${ids.example}`;
}

export function fingerprint(zone: string): string {
  return createHash("sha256").update(zone).digest("hex").slice(0, 16);
}

/** Whether two places are one. A zone id that was plain and is a secret now is the same id, shown as its fingerprint. */
export function samePlace(a: string | undefined, b: string | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && withoutId(a) === withoutId(b));
}

function withoutId(place: string): string {
  return place.replace(
    /^(cloudflare|route53):([0-9a-f]{32}|Z[A-Z0-9]{1,31})(?= \(|$)/,
    (_, vendor: string, zone: string) => {
      return `${vendor}:${fingerprint(zone)}`;
    },
  );
}

/** `cloudflare` of `cloudflare:0123 (new)`. */
export function vendorOf(place: string): string {
  return place.split(":")[0]!;
}

/**
 * Which resources the records at a place are: those of one vendor under one suffix. The zone does not count, because it is no part of their
 * names.
 */
export function familyOf(place: string): string {
  const suffixed = / \(([^)]*)\)$/.exec(place)?.[1];
  return `${vendorOf(place)}${suffixed === undefined ? "" : ` (${suffixed})`}`;
}

/** Whether the records at two places are the same resources to the engine, which replaces them then. */
export function sameResources(a: string, b: string): boolean {
  const vendors = ["cloudflare", "route53"];
  return vendors.includes(vendorOf(a)) && familyOf(a) === familyOf(b);
}
