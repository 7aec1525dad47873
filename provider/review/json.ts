import { normaliseName } from "../dns/records";

/** Values of a JSON document, as far as they are of the expected form. */

export function asObject(value: unknown): Record<string, unknown> | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A property that is a name, in its normal form. */
export function nameIn(value: unknown): string | undefined {
  const name = asText(value)?.trim().replace(/\.$/, "");
  // Label by label: with a wildcard in it, a name of another alphabet cannot be converted as a whole.
  return name?.split(".").map(normaliseName).join(".");
}

export function texts(value: unknown): string[] {
  return asList(value).filter((item) => typeof item === "string");
}
