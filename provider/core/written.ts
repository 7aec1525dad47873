import { same } from "./equality";

/**
 * What is there, where a write has changed it; elsewhere what is declared. A member of a group that nobody edited may differ: somebody
 * else has changed it, and this write has left it so.
 */
export function whereWritten(before: unknown, declared: unknown, there: unknown): unknown {
  if (!isGroup(declared) || !isGroup(before) || !isGroup(there)) return there;
  return Object.fromEntries(
    Object.keys(declared).map((member) => [
      member,
      same(before[member], declared[member]) ? declared[member] : there[member],
    ]),
  );
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
