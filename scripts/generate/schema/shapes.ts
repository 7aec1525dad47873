/** Shapes of the property tables as types of the package schema. */
import { type OutputProperty } from "../../../provider/core/propertyTable";
import { type Property, type PropertyTable, type Shape } from "../../../provider/core/types";
import { sentences } from "../classes";
import { type EnumSpec, type ObjectSpec, type PropertySpec, type TypeSpec } from "./types";

export const PACKAGE = "nylas";

export function token(name: string): string {
  return `${PACKAGE}:index:${name}`;
}

/** Collects the named types, and asks for the texts of all that it writes. */
export class Shapes {
  readonly types: Record<string, ObjectSpec | EnumSpec> = {};

  /** @param describe is told each thing that has a description, its text, and the place that it stands at */
  constructor(private readonly describe: (target: Described, text: string, place: string) => void) {}

  /** Properties as a program gives them. `owner` names the kind, for types that have no name of their own. */
  inputs(owner: string, properties: PropertyTable, place: string): Record<string, PropertySpec> {
    return Object.fromEntries(
      Object.entries(properties)
        .filter(([, { isInternal, elsewhere }]) => !isInternal && elsewhere !== false)
        .map(([name, property]) => [name, this.#input(owner, name, property, place)]),
    );
  }

  /** The outputs of the same names. */
  echoes(owner: string, properties: PropertyTable, place: string): Record<string, PropertySpec> {
    return Object.fromEntries(
      Object.entries(properties).flatMap(([name, property]) => {
        const { output, secret, type, whenChanged } = property;
        if (output === undefined) return [];
        const spec: PropertySpec = this.type(owner, name, type.shape, place);
        this.describe(spec, output === true ? textOf(property) : output, place);
        if (secret) spec.secret = true;
        if (whenChanged !== undefined && "replaces" in whenChanged) spec.willReplaceOnChanges = true;
        return [[name, spec]];
      }),
    );
  }

  outputs(
    owner: string,
    outputs: Record<string, OutputProperty>,
    place: string,
  ): Record<string, PropertySpec> {
    return Object.fromEntries(
      Object.entries(outputs).map(([name, output]) => {
        const spec: PropertySpec = this.type(owner, name, output.shape ?? shapeOf(output.type.text), place);
        this.describe(spec, output.text, place);
        if (output.secret) spec.secret = true;
        return [name, spec];
      }),
    );
  }

  type(owner: string, name: string, shape: Shape, place: string): TypeSpec {
    switch (shape.kind) {
      case "text":
        return { type: "string" };
      case "flag":
        return { type: "boolean" };
      // Whole numbers have 32 bits in C# and Java.
      case "integer":
        return { type: shape.isLarge ? "number" : "integer" };
      case "number":
        return { type: "number" };
      case "list":
        return { type: "array", items: this.type(owner, name, shape.of, place) };
      case "map":
        return { type: "object", additionalProperties: this.type(owner, name, shape.of, place) };
      case "choice":
        return this.#choice(owner, name, shape);
      case "object":
        return this.#object(shape, place);
      case "either":
        return { oneOf: this.#either(owner, name, shape.of, place) };
      case "resource":
        return { $ref: `#/resources/${token(shape.type)}` };
      case "typescript":
        return this.type(owner, name, shape.of, place);
    }
  }

  #input(owner: string, name: string, property: Property, place: string): PropertySpec {
    const { type, secret, whenChanged, isPlain, required } = property;
    const only = onlyValue(type.shape);
    const spec: PropertySpec =
      only === undefined
        ? this.type(owner, name, type.shape, place)
        : { type: typeof only === "string" ? "string" : "integer", const: only };
    this.describe(spec, textOf(property), place);
    if (secret) spec.secret = true;
    // A value that may be left out would be a pointer in Go. The host refuses one that is not known yet.
    if (isPlain && required) spec.plain = true;
    // The engine itself would replace for a property with `replaceOnChanges`, also where the new value is not known yet.
    if (whenChanged !== undefined && "replaces" in whenChanged) spec.willReplaceOnChanges = true;
    return spec;
  }

  /** Beside an object, words are texts: Go would take the words and leave out the object. */
  #either(owner: string, name: string, of: readonly Shape[], place: string): TypeSpec[] {
    const hasObject = of.some(({ kind }) => kind === "object");
    return of.map((each) =>
      hasObject && each.kind === "choice" ? { type: "string" } : this.type(owner, name, each, place),
    );
  }

  #choice(owner: string, name: string, shape: Shape & { kind: "choice" }): TypeSpec {
    const { values } = shape;
    // A single word beside another type is a text like others to most languages.
    if (values.length === 1) return { type: typeof values[0] === "string" ? "string" : "integer" };
    // Pulumi's YAML reports an internal error for an enum of numbers.
    if (typeof values[0] !== "string") return { type: "integer" };
    const spec: EnumSpec = {
      type: "string",
      enum: values.map((value) => ({ name: wordOf(value as string), value })),
    };
    return this.#named(shape.name ?? `${owner}${capitalised(name)}`, spec);
  }

  #object(shape: Shape & { kind: "object" }, place: string): TypeSpec {
    const name = shape.name.replace(/^Nylas/, "");
    const own = `#/types/${token(name)}/properties`;
    const known = this.types[token(name)];
    const types = { ...this.types };
    const spec: ObjectSpec = { type: "object", properties: {} };
    this.types[token(name)] = spec;
    spec.properties = this.inputs(name, shape.members, `${own} ${place}`);
    const required = requiredOf(shape.members);
    if (required.length > 0) spec.required = required;
    if (known !== undefined) {
      if (structureOf(known) !== structureOf(spec)) throw new Error(`Two types are called ${name}.`);
      // The texts of the first stay.
      for (const each of Object.keys(this.types)) if (types[each]) this.types[each] = types[each];
    }
    if (known === undefined) this.describe(spec, shape.text, `${own} ${place}`);
    return { $ref: `#/types/${token(name)}` };
  }

  #named(name: string, spec: EnumSpec): TypeSpec {
    const known = this.types[token(name)];
    if (known !== undefined && structureOf(known) !== structureOf(spec))
      throw new Error(`Two types are called ${name}.`);
    this.types[token(name)] ??= spec;
    return { $ref: `#/types/${token(name)}` };
  }
}

/** What has a description. */
export interface Described {
  description?: string;
}

export function requiredOf(properties: PropertyTable): string[] {
  return Object.entries(properties).flatMap(([name, { required }]) => (required ? [name] : []));
}

/** The outputs that are always there. */
export function presentOf(properties: PropertyTable, outputs: Record<string, OutputProperty>): string[] {
  return [
    ...Object.entries(properties).flatMap(([name, property]) => {
      const { output, required, isNamedByDefault, defaultValue } = property;
      const isThere = required === true || isNamedByDefault === true || defaultValue !== undefined;
      return output !== undefined && isThere ? [name] : [];
    }),
    ...Object.entries(outputs).flatMap(([name, { mayBeMissing }]) => (mayBeMissing ? [] : [name])),
  ];
}

function textOf(property: Property): string {
  return typeof property.elsewhere === "string" ? property.elsewhere : sentences(property);
}

/** The one value that a property has. */
function onlyValue(shape: Shape): string | number | undefined {
  return shape.kind === "choice" && shape.values.length === 1 ? shape.values[0] : undefined;
}

/** What a type in TypeScript says by itself. */
function shapeOf(type: string): Shape {
  if (type === "string") return { kind: "text" };
  if (type === "boolean") return { kind: "flag" };
  if (type.endsWith("[]")) return { kind: "list", of: shapeOf(type.slice(0, -2)) };
  throw new Error(`The output of type ${type} needs a shape.`);
}

/** `from.address` as `FromAddress`. */
function wordOf(value: string): string {
  return value
    .split(/[^A-Za-z0-9]+/)
    .map(capitalised)
    .join("");
}

function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

function structureOf(spec: object): string {
  return JSON.stringify(spec, (key, value: unknown) => (key === "description" ? undefined : value));
}
