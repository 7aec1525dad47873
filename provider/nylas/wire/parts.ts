import * as z from "zod/mini";
import { isRecord } from "../errors";

/** Something that matters is not in an answer; the message completes "Nylas answered 200, but with …". */
export class Missing extends Error {}

/** One page of a list. */
export interface Page<T> {
  items: { id: string; item: T }[];
  cursor: string | undefined;
  /** The page size the API says it used. */
  limit: number | undefined;
}

/** A page, whichever envelope it came in. */
export function page<T>(answer: unknown, decode: (item: unknown) => T): Page<T> {
  const { items, cursor, limit } = unwrap(answer);
  return {
    items: items.map((item) => ({ id: identity(item), item: decode(item) })),
    cursor: typeof cursor === "string" && cursor !== "" ? cursor : undefined,
    limit: typeof limit === "number" && limit > 0 ? limit : undefined,
  };
}

/** The object of an answer: some come without the `data` wrapper. */
export function single(answer: unknown): unknown {
  return isRecord(answer) && "data" in answer ? answer.data : answer;
}

function unwrap(answer: unknown): { items: unknown[]; cursor?: unknown; limit?: unknown } {
  if (Array.isArray(answer)) return { items: answer };
  // An answer without data is not an empty list: what is looked for would count as free.
  if (!isRecord(answer) || !("data" in answer)) throw new Missing(`no "data", where a list was expected`);
  // Rules come as data.items; an empty list of either kind may be null.
  const inner = isRecord(answer.data) ? answer.data : undefined;
  const items = (inner ? inner.items : answer.data) ?? [];
  if (!Array.isArray(items) || (inner && !("items" in inner))) {
    throw new Missing(`"data" of another form, where a list was expected`);
  }
  return { items, cursor: inner?.next_cursor ?? answer.next_cursor, limit: inner?.limit ?? answer.limit };
}

/** What tells one item of a list from another. */
function identity(item: unknown): string {
  const named = isRecord(item) ? (item.id ?? item.workspace_id) : undefined;
  return typeof named === "string" ? named : JSON.stringify(item);
}

export function hasKeys(value: unknown, keys: string[]): boolean {
  return isRecord(value) && keys.every((key) => key in value);
}

export function given(text: string | null | undefined): string | undefined {
  return text === null || text === "" ? undefined : text;
}

export function parse<S extends z.ZodMiniType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.map(String).join(".") ?? "";
  const seen = issue?.path.reduce<unknown>(
    (inner, key) => (isRecord(inner) ? inner[String(key)] : undefined),
    value,
  );
  const name = where === "" ? "" : ` whose ${where}`;
  // The value itself is not shown: it may be anything.
  const fault = seen === undefined ? " is missing" : ` is not as documented (it is ${describe(seen)})`;
  throw new Missing(where === "" ? `something that is not ${what}` : `${what}${name}${fault}`);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (value === "") return "an empty text";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

export const optionalText = z.nullish(z.string());
export const optionalNumber = z.nullish(z.number());
export const optionalFlag = z.nullish(z.boolean());
export const id = z.string().check(z.minLength(1));
