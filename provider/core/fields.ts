import { findOutputText, OUTPUT_TEXT_REMEDY } from "./outputText";
import { type Schema } from "./schemas";
import { holdsUnknown } from "./unknown";
import { nearest, show } from "../shown";

export { nearest, show } from "../shown";
export { type Zod } from "./schemas";

/** One input of a resource: what it takes, said for the machine (schema) and for the person (allowed, example). */
export interface Field {
  /** What a known value must satisfy; for a group, its members. */
  schema: Schema | Fields;
  /** Completes "allowed: …". */
  allowed: string;
  /** A value that would be right, as it is written in a program. */
  example: string;
  /** The value that is most likely meant by a text that does not fit; it is the example then. */
  meant?(text: string): string | undefined;
  required?: boolean;
  /** Its value never stands in an error. */
  secret?: boolean;
}

export type Fields = Record<string, Field>;

/** A refusal in check: where, and why with the way out. */
export interface Failure {
  property: string;
  reason: string;
}

/**
 * Checks inputs against the fields. Values not known yet pass, alone or inside lists and groups. A failure carries
 * the path of the property, what was given, what is allowed and an example.
 */
export function validate(fields: Fields, inputs: Record<string, unknown>, path = ""): Failure[] {
  const failures: Failure[] = [];
  for (const key of Object.keys(inputs)) {
    // Every object has a `constructor` and a `toString`, and no resource has a property of that name.
    if (!Object.hasOwn(fields, key)) failures.push(unknownKey(path, key, Object.keys(fields)));
  }
  for (const [key, field] of Object.entries(fields)) {
    const property = path + key;
    const value = Object.hasOwn(inputs, key) ? inputs[key] : undefined;
    if (value === undefined) {
      if (field.required)
        failures.push({ property, reason: `${property} is missing; ${wanted(property, field)}` });
    } else if (!isUnknown(value)) {
      failures.push(...validateValue(field, property, value));
    }
  }
  return failures;
}

function validateValue(field: Field, property: string, value: unknown): Failure[] {
  const stringified = findOutputText(value, property);
  if (stringified !== undefined)
    return [{ property: stringified, reason: `${stringified}: ${OUTPUT_TEXT_REMEDY}` }];
  if (isGroup(field.schema)) {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return [failure(field, property, value)];
    return validate(field.schema, value as Record<string, unknown>, `${property}.`);
  }
  const judged = Array.isArray(value) ? value.filter((item) => !holdsUnknown(item)) : value;
  // A list of which nothing is known yet is not an empty one.
  if (holdsUnknown(judged) || (Array.isArray(value) && value.length > 0 && (judged as []).length === 0))
    return [];
  const result = field.schema.safeParse(judged);
  if (result.success) return [];
  const at = result.error.issues[0]?.path[0];
  if (Array.isArray(value) && typeof at === "number") {
    const item: unknown = (judged as unknown[])[at];
    return [failure(field, `${property}[${value.indexOf(item)}]`, item)];
  }
  return [failure(field, property, value)];
}

function failure(field: Field, property: string, value: unknown): Failure {
  const given = field.secret ? "a value that does not fit (not shown: it is a secret)" : show(value);
  const meant = typeof value === "string" && !field.secret ? field.meant?.(value) : undefined;
  const asked = meant === undefined ? field : { ...field, example: show(meant) };
  return { property, reason: `${property}: given ${given}; ${wanted(property, asked)}` };
}

function wanted(property: string, field: Field): string {
  const name = property.replace(/^.*\./, "").replace(/\[\d+\]$/, "");
  return `allowed: ${field.allowed}; for example ${name}: ${field.example}`;
}

function unknownKey(path: string, key: string, allowed: string[]): Failure {
  // A name that no path can have is shown beside the path.
  const property = isPlainName(key) ? path + key : path.slice(0, -1);
  const at = isPlainName(key) ? path : property === "" ? "" : `${property}: `;
  return { property, reason: at + strangeKey(key, allowed) };
}

/** That there is no property of a name, with the one that may be meant. */
export function strangeKey(key: string, allowed: readonly string[]): string {
  const near = nearest(key, allowed);
  const hint = near ? `did you mean ${near}?` : `allowed: ${allowed.join(", ")}`;
  return `${isPlainName(key) ? key : show(key)} is not a property of this resource; ${hint}`;
}

function isPlainName(key: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,59}$/.test(key);
}

function isUnknown(value: unknown): boolean {
  return typeof value === "string" && holdsUnknown(value);
}

function isGroup(schema: Field["schema"]): schema is Fields {
  return typeof (schema as { safeParse?: unknown }).safeParse !== "function";
}

/**
 * The input under which check answers, in a preview, why the update of a resource will be refused. The program sends it empty in a
 * preview and never in an `up`, so it never comes into the state. The engine hides names that begin with two underscores.
 */
export const REFUSED = "__refused";
