/** The engine's state as it exports it, and the arithmetic of URNs. */

export type Properties = Record<string, unknown>;

/** A resource as it stands in an export. */
export interface Entry {
  urn: string;
  type: string;
  custom: boolean;
  id?: string;
  parent?: string;
  inputs: Properties;
  outputs: Properties;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect?: boolean;
  retainOnDelete?: boolean;
  deletedWith?: string;
  initErrors?: string[];
  /** Replaced, and still to be deleted. */
  delete?: boolean;
}

export const ROOT_TYPE = "pulumi:pulumi:Stack";
export const PROJECT = "project";

export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

export function typeOf(urn: string): string {
  return urn.split("::")[2]!.split("$").at(-1)!;
}

/** A child of the stack itself has no parent in its URN. */
export function urnOf(stack: string, parent: string | undefined, type: string, name: string): string {
  const within = parent === undefined || typeOf(parent) === ROOT_TYPE ? "" : `${parent.split("::")[2]}$`;
  return `urn:pulumi:${stack}::${PROJECT}::${within}${type}::${name}`;
}

/** "AgentAccount" of `pulumi-nodejs:dynamic/nylas:AgentAccount`; undefined for what is not ours. */
export function kindOf(type: string): string | undefined {
  return /^pulumi-nodejs:dynamic\/nylas:(\w+)$/.exec(type)?.[1];
}

/** What a resource needs to be there: its parent, what its arguments come from, and whom it is deleted with. */
export function needsOf(entry: Entry): string[] {
  const properties = Object.values(entry.propertyDependencies).flat();
  const needs = [...entry.dependencies, ...properties, entry.parent, entry.deletedWith];
  return [...new Set(needs.filter((urn): urn is string => urn !== undefined && urn !== entry.urn))];
}

/** All that these need, directly or not, as the entries have it. */
export function closureOfNeeds(urns: Iterable<string>, entries: readonly Entry[]): Set<string> {
  const found = new Set<string>();
  const walk = (urn: string): void => {
    for (const entry of entries.filter((each) => each.urn === urn))
      for (const need of needsOf(entry)) {
        if (found.has(need)) continue;
        found.add(need);
        walk(need);
      }
  };
  for (const urn of urns) walk(urn);
  return found;
}

/** All that needs these, directly or not, and these themselves. */
export function closureOfDependents(urns: Iterable<string>, entries: readonly Entry[]): Set<string> {
  const found = new Set(urns);
  for (let grown = true; grown;) {
    grown = false;
    for (const entry of entries) {
      if (found.has(entry.urn) || !needsOf(entry).some((need) => found.has(need))) continue;
      found.add(entry.urn);
      grown = true;
    }
  }
  return found;
}

/** `pulumi stack rename` and `state rename`: one text for another wherever a URN stands. */
export function renamed(entries: readonly Entry[], rename: (urn: string) => string): Entry[] {
  return structuredClone(entries as Entry[]).map((entry) => ({
    ...entry,
    urn: rename(entry.urn),
    ...(entry.parent === undefined ? {} : { parent: rename(entry.parent) }),
    ...(entry.deletedWith === undefined ? {} : { deletedWith: rename(entry.deletedWith) }),
    dependencies: entry.dependencies.map(rename),
    propertyDependencies: Object.fromEntries(
      Object.entries(entry.propertyDependencies).map(([key, urns]) => [key, urns.map(rename)]),
    ),
  }));
}

export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Without the wrappers that say which parts are secret: a dynamic provider never sees them. */
export function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value && "value" in value) return opened(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
}

export function holdsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

export function withoutUnknowns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnknowns);
  if (typeof value !== "object" || value === null) return value;
  const known = Object.entries(value).filter(([, inner]) => inner !== UNKNOWN);
  return Object.fromEntries(known.map(([key, inner]) => [key, withoutUnknowns(inner)]));
}
