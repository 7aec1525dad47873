/** Parts of schemas that know, for each value, what a person is told of it; and what is known at a place of a file. */
import * as z from "zod/mini";
import { type Field, type Fields } from "../core/fields";
import { fieldOf as fieldOfType, flag as flagType, type Property } from "../core/types";
import { loadZod } from "../core/zod";
import { ID, isLine } from "../properties/types";
import { type Hint } from "./hint";

export type Schema = z.ZodMiniType;

export const library = loadZod();

const hints = new WeakMap<object, Hint>();

/** The nearest hint on the way to a value. */
export function hintIn(root: Schema, path: readonly PropertyKey[]): Hint | undefined {
  for (let length = path.length; length >= 0; length--) {
    const found = schemasAt(root, path.slice(0, length)).find((schema) => hints.has(schema));
    if (found) return hints.get(found);
  }
  return undefined;
}

/** The properties that an object at a path may have. */
export function keysIn(root: Schema, path: readonly PropertyKey[]): string[] {
  const shapes = schemasAt(root, path).map((schema) => (schema._zod.def as { shape?: object }).shape ?? {});
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape)))];
}

/** What a value at a path may be, with all alternatives. */
function schemasAt(root: Schema, path: readonly PropertyKey[]): Schema[] {
  return path.reduce<Schema[]>(
    (here, step) => here.flatMap((schema) => stepInto(schema, step)).flatMap(unwrapped),
    unwrapped(root),
  );
}

export function adoptSchema(): Schema {
  return described(
    z.union([z.boolean(), z.string().check(z.regex(ID))]),
    "Take over what exists already: true, or its id.",
    {
      allowed: "true, or the id of what exists",
      example: "true",
    },
  );
}

export function nameSchema(): Schema {
  return z.string().check(z.refine((text) => isLine(text, 100) && text !== ""));
}

/** An object whose keys are names. */
export function named(schema: Schema, description: string, hint: Hint): Schema {
  return described(z.record(z.string().check(z.regex(/^[^\s/:@]{1,100}$/)), schema), description, hint);
}

/** A group of a resource's own fields, held to its own schema. */
export function group(
  fields: Fields,
  description: string,
  required: string[] = [],
  more: "adopt"[] = [],
): Schema {
  return described(
    z.strictObject({
      ...members(fields, required),
      ...(more.length > 0 ? { adopt: z.optional(adoptSchema()) } : {}),
    }),
    description,
    { allowed: `an object with ${Object.keys(fields).join(", ")}`, example: exampleOf(fields) },
  );
}

export function members(fields: Fields, required: string[] = []): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const schema = memberSchema(field);
      return [name, required.includes(name) ? schema : z.optional(schema)];
    }),
  );
}

function memberSchema(field: Field): Schema {
  if (isSchema(field.schema)) return described(field.schema, sentence(field.allowed), hintOf(field));
  return described(z.strictObject(members(field.schema as Fields)), sentence(field.allowed), hintOf(field));
}

export function flag(example = "true"): Field {
  return fieldOfType(flagType, library, example);
}

export function fieldOf(field: Field, description: string): Schema {
  return z.optional(described(field.schema as Schema, description, hintOf(field)));
}

/** A property of a table, in the table's words. */
export function ofTable({ type, example, text }: Property): Schema {
  return fieldOf(fieldOfType(type, library, example), text);
}

export function optional(schema: Schema, description: string, hint: Hint): Schema {
  return z.optional(described(schema, description, hint));
}

export function either(options: [Schema, Schema], description: string, hint: Hint): Schema {
  return described(z.union(options), description, hint);
}

/** `.check(describe)` answers a copy: the hint belongs to that. */
export function described(schema: Schema, description: string, hint: Hint): Schema {
  const copy = schema.check(z.describe(description)) as Schema;
  hints.set(copy, hint);
  return copy;
}

function hintOf({ allowed, example, secret }: Field): Hint {
  // As it would stand in this file, where 1_000 is a text.
  return { allowed, example: example.replace(/(?<=\d)_(?=\d)/g, ""), ...(secret ? { secret } : {}) };
}

function exampleOf(fields: Fields): string {
  const [first] = Object.entries(fields);
  return first ? `{ ${first[0]}: ${hintOf(first[1]).example} }` : "{}";
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

export function only(fields: Fields, ...names: string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

export function without(fields: Fields, ...names: string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function isSchema(schema: Field["schema"]): schema is Schema {
  return typeof (schema as { safeParse?: unknown }).safeParse === "function";
}

/** What stands behind optional, nullable and the alternatives; itself among them. */
function unwrapped(schema: Schema): Schema[] {
  const { innerType, options } = schema._zod.def as unknown as { innerType?: Schema; options?: Schema[] };
  return [schema, ...(innerType ? unwrapped(innerType) : []), ...(options ?? []).flatMap(unwrapped)];
}

function stepInto(schema: Schema, step: PropertyKey): Schema[] {
  const { shape, valueType, element } = schema._zod.def as unknown as {
    shape?: Record<string, Schema>;
    valueType?: Schema;
    element?: Schema;
  };
  const member = shape && Object.hasOwn(shape, step) ? shape[String(step)] : undefined;
  return [member, valueType, typeof step === "number" ? element : undefined].filter(
    (each) => each !== undefined,
  );
}
