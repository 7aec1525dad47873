import { same } from "../../core/equality";
import { holdsUnknown } from "../../core/unknown";

export type Change = "add" | "update" | "delete";

/** Where a declared property differs. */
export interface Difference {
  property: string;
  /** The property, or a part of it. */
  path: string;
  change: Change;
}

/** Where a declared property differs; the whole property where no part of it shows a difference. */
export function differencesOf(property: string, before: unknown, after: unknown): Difference[] {
  const found = [...differences(property, before ?? undefined, after ?? undefined)];
  const shown = found.length > 0 ? found : [{ path: property, change: "update" as const }];
  return shown.map((difference) => ({ property, ...difference }));
}

function* differences(
  path: string,
  before: unknown,
  after: unknown,
): Generator<{ path: string; change: Change }> {
  if (same(before, after) && !holdsUnknown(after)) return;
  if (before === undefined) yield { path, change: "add" };
  else if (after === undefined) yield { path, change: "delete" };
  else if (Array.isArray(before) && Array.isArray(after)) {
    for (let i = 0; i < Math.max(before.length, after.length); i++)
      yield* differences(`${path}[${i}]`, before[i], after[i]);
  } else if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      yield* differences(memberPath(path, key), before[key], after[key]);
  } else yield { path, change: "update" };
}

function memberPath(path: string, key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
