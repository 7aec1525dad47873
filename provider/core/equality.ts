/** Whether two plain values (JSON) are the same; the order of an object's keys does not count, an undefined member is no member. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
    );
  }
  const left = entries(a);
  const right = new Map(entries(b));
  return (
    left.length === right.size && left.every(([key, value]) => right.has(key) && same(value, right.get(key)))
  );
}

/** A copy without anything undefined or null in it: the engine takes neither in outputs ("Unexpected struct type."). */
export function strip<T>(value: T): T {
  if (Array.isArray(value))
    return value.filter((item) => item !== undefined && item !== null).map(strip) as T;
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(entries(value).map(([key, item]) => [key, strip(item)])) as T;
  }
  return value;
}

function entries(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
}
