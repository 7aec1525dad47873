/**
 * The text that stands for a value the engine does not know yet. It reaches check and diff nested, in place of
 * numbers too, and in a real `up` as well as in a preview.
 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is, or holds anywhere inside, something not known yet. */
export function holdsUnknown(value: unknown): boolean {
  if (typeof value === "string") return value.includes(UNKNOWN);
  if (Array.isArray(value)) return value.some(holdsUnknown);
  if (value !== null && typeof value === "object") return Object.values(value).some(holdsUnknown);
  return false;
}

/** A value for use, or undefined while it is not known. */
export function known<T>(value: T | undefined): T | undefined {
  return holdsUnknown(value) ? undefined : value;
}
