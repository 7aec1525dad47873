import { type Field, type Fields } from "./fields";
import { type Check, type Schema, type Zod } from "./schemas";

/** How a value is made up, for whoever writes it down in another language: TypeScript, JSON Schema, the schema of a plugin. */
export type Shape =
  | { kind: "text" | "flag" | "number" }
  /** `isLarge`: it may leave the 32 bits that whole numbers have in some languages. */
  | { kind: "integer"; isLarge?: true }
  /** `name` is the type in languages that name such types. Left out, it is made from the kind and the property. */
  | { kind: "choice"; values: readonly (string | number)[]; name?: string }
  | { kind: "list"; of: Shape }
  | { kind: "map"; of: Shape }
  /** An object of named members. `name` is the type of the argument, `output` the type that a program reads. */
  | { kind: "object"; name: string; output: TypeName; members: PropertyTable; text: string }
  | { kind: "either"; of: readonly Shape[] }
  /** A resource of a program, by its name in the type token. */
  | { kind: "resource"; type: string }
  /** What only TypeScript can say: the types that a program writes and reads. `of` is what other languages say. */
  | { kind: "typescript"; input: TypeName; output: TypeName; of: Shape };

/** A type as TypeScript writes it, and the files of the provider that its names come from. */
export interface TypeName {
  text: string;
  imports?: Record<string, string>;
  /** A program gives it as it stands, never as an output. */
  isPlain?: boolean;
}

/** What a property takes. */
export interface Type<T> {
  shape: Shape;
  /** What a known value must satisfy; for an object, its members. */
  schema(z: Zod): Schema | Fields;
  /** Completes "allowed: …". */
  allowed: string;
  /** The value that is most likely meant by a text that does not fit. */
  meant?(text: string): string | undefined;
  /** Of the types alone. */
  readonly value?: T;
}

/**
 * What becomes of the object when the property changes. It stays, another object takes its place, or nothing happens,
 * because the property controls one operation alone. `text` follows the fact in a sentence.
 */
export type WhenChanged = { inPlace: true | string } | { replaces: true | string };

/** One property of a kind of resource, stated once. Validation, comparison, the program's class and the reference are made from it. */
export interface Property<T = unknown> {
  type: Type<T>;
  /** A value that would be right, as it is written in a program. */
  example: string;
  /** What it is, in sentences of Markdown. Empty for what only the host sets. */
  text: string;
  required?: true;
  /** Its value never stands in an error, a log or the state in plain text. */
  secret?: true;
  /** What holds where the program leaves it out, in Markdown. */
  default?: string;
  /** The default as a value, which the state records. */
  defaultValue?: T;
  /** Left out, it is `project/stack/name`. */
  isNamedByDefault?: true;
  whenChanged?: WhenChanged;
  /** How the API calls it, in Markdown. */
  api?: string;
  /** It steers one operation, and a change of it alone is no difference. */
  isDirective?: true;
  /** No program gives it: the host or the life cycle does. */
  isInternal?: true;
  /** A program gives it as it stands, never as an output. */
  isPlain?: true;
  /** For languages other than TypeScript: what it is in their words, or false where they do not have it. */
  elsewhere?: string | false;
  /** The output of the same name: true, or what a reader has to know of it. */
  output?: true | string;
  /**
   * The review says what a change of it means for mail, or it means nothing. `false` where no preview shows that. Left out, as for what is
   * new, each change of it is gated.
   */
  isReviewed?: boolean;
}

/** The properties of a kind by name, in the order of the reference. */
export type PropertyTable = Record<string, Property>;

/** What a type takes, and how an error speaks of it. */
export function fieldOf(type: Type<unknown>, z: Zod, example: string): Field {
  return {
    schema: type.schema(z),
    allowed: type.allowed,
    example,
    ...(type.meant ? { meant: (text: string) => type.meant?.(text) } : {}),
  };
}

/** A text that passes a test: a pattern, a function, or what the library checks by itself. */
export function text(
  allowed: string,
  fits?: RegExp | ((text: string) => boolean) | { checks(z: Zod): Check<string>[] },
  meant?: (text: string) => string | undefined,
): Type<string> {
  return {
    shape: { kind: "text" },
    schema(z) {
      if (fits === undefined) return z.string();
      if (typeof fits === "function") return z.string().check(z.refine(fits));
      return z.string().check(...(fits instanceof RegExp ? [z.regex(fits)] : fits.checks(z)));
    },
    allowed,
    ...(meant ? { meant } : {}),
  };
}

/** True or false. */
export const flag: Type<boolean> = {
  shape: { kind: "flag" },
  schema: (z) => z.boolean(),
  allowed: "true or false",
};

/** A whole number between two limits. */
export function integer(allowed: string, least: number, most: number): Type<number> {
  return {
    shape: { kind: "integer" },
    schema: (z) => z.number().check(z.int(), z.gte(least), z.lte(most)),
    allowed,
  };
}

/** A number between two limits. */
export function number(allowed: string, least: number, most: number): Type<number> {
  return {
    shape: { kind: "number" },
    schema: (z) => z.number().check(z.gte(least), z.lte(most)),
    allowed,
  };
}

/** A time in seconds, more than none. */
export const seconds: Type<number> = {
  shape: { kind: "number" },
  schema: (z) => z.number().check(z.gt(0)),
  allowed: "seconds",
};

/** A whole number from 0 that may leave 32 bits, such as a number of bytes. */
export function large(allowed: string): Type<number> {
  return { ...integer(allowed, 0, Number.MAX_SAFE_INTEGER), shape: { kind: "integer", isLarge: true } };
}

/** One of some texts or numbers. */
export function choice<const V extends string | number>(
  values: readonly V[],
  allowed: string,
  name?: string,
): Type<V> {
  return {
    shape: { kind: "choice", values, ...(name === undefined ? {} : { name }) },
    schema(z) {
      if (values.length === 1) return z.literal(values[0]!);
      const texts = values.filter((value) => typeof value === "string");
      return texts.length === values.length
        ? z.enum(texts)
        : z.union(values.map((value) => z.literal(value)));
    },
    allowed,
  };
}

/** A list of values of one type. */
export function list<T>(
  item: Pick<Type<T>, "shape" | "schema" | "value">,
  allowed: string,
  { least = 0, most }: { least?: number; most?: number } = {},
): Type<T[]> {
  return {
    shape: { kind: "list", of: item.shape },
    schema(z) {
      const array = z.array(item.schema(z) as Schema);
      const checks = [
        ...(least > 0 ? [z.minLength(least)] : []),
        ...(most === undefined ? [] : [z.maxLength(most)]),
      ];
      return checks.length > 0 ? array.check(...checks) : array;
    },
    allowed,
  };
}

/** Texts by any key. */
export const texts: Type<Record<string, string>> = {
  shape: { kind: "map", of: { kind: "text" } },
  schema: (z) => z.record(z.string(), z.string()),
  allowed: "an object of texts",
};

/** One of two types. */
export function either<A, B>(a: Type<A>, b: Type<B>, allowed: string): Type<A | B> {
  return {
    shape: { kind: "either", of: [a.shape, b.shape] },
    schema: (z) => z.union([a.schema(z) as Schema, b.schema(z) as Schema]),
    allowed,
  };
}
