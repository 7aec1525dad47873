/**
 * The part of the schema library that descriptions of inputs use. It is typed here, because the package's public
 * types reach these types. Otherwise a program's compiler would read all of the library's declarations, and some
 * settings refuse those.
 */

/** Tells whether a value fits. */
export interface Schema {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: unknown }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[] }[] } };
}

/** A schema of values of one type, which checks narrow down. */
export interface SchemaOf<T> extends Schema {
  check(...checks: Check<T>[]): this;
}

/** One more condition on values of a type; made by the library alone. */
export interface Check<T> {
  _zod: { check(payload: { value: T }): unknown };
}

/** The library, handed to a resource's description in the plugin only: a program never loads it. */
export interface Zod {
  string(): SchemaOf<string>;
  number(): SchemaOf<number>;
  boolean(): SchemaOf<boolean>;
  literal(value: string | number): Schema;
  enum(values: readonly string[]): Schema;
  array(item: Schema): SchemaOf<unknown[]>;
  record(key: Schema, value: Schema): Schema;
  looseObject(members: Record<string, Schema>): Schema;
  union(alternatives: readonly Schema[]): Schema;
  regex(pattern: RegExp): Check<string>;
  minLength(length: number): Check<{ length: number }>;
  maxLength(length: number): Check<{ length: number }>;
  int(): Check<number>;
  gt(limit: number): Check<number>;
  gte(limit: number): Check<number>;
  lte(limit: number): Check<number>;
  refine<T>(test: (value: T) => boolean): Check<T>;
}
