/** What the package schema says of inputs: the types that the SDKs of the other languages are made of. */
import { SCHEMA } from "./schemaTypes";
import { type TypeSpec, type Word } from "./typeSpec";

/** A type without references. */
export type Wanted = { isPlain?: true } & (
  | { kind: "text" | "flag" | "integer" | "number" | "resource" }
  | { kind: "list" | "map"; of: Wanted }
  | { kind: "object"; name: string; members: Record<string, TypeSpec> }
  | { kind: "words"; name: string; words: Word[] }
  | { kind: "either"; of: Wanted[] }
);

const BASIC = { string: "text", boolean: "flag", integer: "integer", number: "number" } as const;

/** The inputs of a resource or a component. */
export function inputsOf(name: string): Record<string, TypeSpec> {
  const inputs = SCHEMA.resources[name];
  if (inputs === undefined) throw new Error(`The schema has no ${name}.`);
  return inputs;
}

export function wantedOf(spec: TypeSpec): Wanted {
  return { ...open(spec), ...(spec.plain === true ? { isPlain: true as const } : {}) };
}

function open({ type, items, additionalProperties, $ref, oneOf }: TypeSpec): Wanted {
  if ($ref?.startsWith("#/resources/")) return { kind: "resource" };
  if ($ref !== undefined) {
    const name = $ref.slice("#/types/".length);
    const found = SCHEMA.types[name]!;
    return "enum" in found
      ? { kind: "words", name, words: found.enum }
      : { kind: "object", name, members: found.properties };
  }
  if (oneOf !== undefined) return { kind: "either", of: oneOf.map(wantedOf) };
  if (items !== undefined) return { kind: "list", of: wantedOf(items) };
  if (additionalProperties !== undefined) return { kind: "map", of: wantedOf(additionalProperties) };
  return { kind: BASIC[type as keyof typeof BASIC] };
}

/** Of several types, the one that a value has. */
export function fitting(of: readonly Wanted[], value: unknown): Wanted {
  const found = of.find(({ kind }) => {
    if (typeof value === "number") return kind === "integer" || kind === "number";
    if (typeof value === "boolean") return kind === "flag";
    if (typeof value === "string") return kind === "text" || kind === "words";
    return Array.isArray(value) ? kind === "list" : kind === "object" || kind === "map";
  });
  if (found === undefined) throw new Error(`No type of the schema fits ${JSON.stringify(value)}.`);
  return found;
}

/** A line that names properties as the schema does, with the names that another language has for them. */
export function reworded(line: string, nameOf: (property: string) => string): string {
  return line.replace(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, (word) => (PROPERTIES.has(word) ? nameOf(word) : word));
}

const PROPERTIES = new Set([
  ...Object.values(SCHEMA.resources).flatMap(Object.keys),
  ...Object.values(SCHEMA.types).flatMap((type) =>
    "properties" in type ? Object.keys(type.properties) : [],
  ),
]);
