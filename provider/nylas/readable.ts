/** Objects of a list that this release cannot read, with what Nylas shows of them. */
const unreadable = new WeakMap<object, Record<string, unknown>>();

/** Marks an object of a list as one of which only id, name and address are known. */
export function markUnreadable<T extends object>(object: T, shown: Record<string, unknown>): T {
  unreadable.set(object, shown);
  return object;
}

/** Whether all members of an object of a list are known. */
export function isReadable(object: object): boolean {
  return !unreadable.has(object);
}

/** All texts in one member of an object that cannot be read, however it is built. */
export function textsShown(object: object, member: string): string[] {
  return textsIn(unreadable.get(object)?.[member]);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
