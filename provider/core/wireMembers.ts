/** What the tables say of the API's objects: which member has which property, and how it is sent and read. */
import { type FlagOnWire, type Property, type PropertyTable } from "./types";

/** Members of an object of the API, in its own names. */
export type Members = Record<string, unknown>;

/** The members of a create: all that is declared. */
export function createMembers(properties: PropertyTable, inputs: object): Members {
  return membersOf(properties, (name) => (inputs as Members)[name]);
}

/** The members of an update: what has changed. A line that is taken away goes back to nothing, or to the default. */
export function updateMembers(
  properties: PropertyTable,
  news: object,
  changed: ReadonlySet<string>,
): Members {
  return membersOf(properties, (name, { unset, defaultValue }) =>
    changed.has(name) ? ((news as Members)[name] ?? unset ?? defaultValue) : undefined,
  );
}

/** The values of an object under the names of the properties. */
export function observedMembers(properties: PropertyTable, members: Members): Members {
  const read = wired(properties).map(([name, property, wire]) => [
    name,
    typeof wire === "string" ? valueOf(property, members[wire]) : members[wire.member] !== wire.no,
  ]);
  return Object.fromEntries(read) as Members;
}

/** The name of the member, for a reader. */
export function memberName(wire: Property["wire"]): string | undefined {
  return typeof wire === "object" ? wire.member : wire;
}

/** A list in which order and repetition do not count; anything else as it is. */
export function asSet(value: unknown): unknown {
  return Array.isArray(value) ? [...new Set(value as unknown[])].sort() : value;
}

function membersOf(
  properties: PropertyTable,
  valueOfName: (name: string, property: Property) => unknown,
): Members {
  const sent = wired(properties).flatMap(([name, property, wire]): [string, unknown][] => {
    const value = valueOfName(name, property);
    if (value === undefined) return [];
    if (typeof wire === "object") return [[wire.member, value === true ? wire.yes : wire.no]];
    return [[wire, property.isSet ? asSet(value) : value]];
  });
  return Object.fromEntries(sent);
}

/** The properties that go over as they are; lists come last, where a reader of a trace passes over them. */
function wired(properties: PropertyTable): [string, Property, string | FlagOnWire][] {
  const all = Object.entries(properties).flatMap(([name, property]) =>
    property.wire === undefined ? [] : [[name, property, property.wire] as [string, Property, string]],
  );
  const isList = ([, { type }]: (typeof all)[number]) => type.shape.kind === "list";
  return [...all.filter((each) => !isList(each)), ...all.filter(isList)];
}

/** An empty text is as good as none, and so is null. */
function valueOf({ type: { shape }, defaultValue }: Property, value: unknown): unknown {
  if (value === null || value === undefined || value === "")
    return defaultValue ?? (shape.kind === "list" ? [] : undefined);
  return value;
}
