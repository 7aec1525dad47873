import { normalEmail } from "../addresses";
import * as z from "zod/mini";
import { markUnreadable } from "../readable";
import { isRecord, NylasError, printable } from "../errors";

/** Something that matters is not in an answer; the message completes "Nylas answered 200, but with …". */
export class Missing extends Error {
  constructor(
    message: string,
    /** The member of an object that could not be read, where it was one. */
    readonly field?: string,
  ) {
    super(message);
  }
}

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
    items: items.map((item) => ({ id: identity(item), item: readable(item, decode) })),
    cursor: typeof cursor === "string" && cursor !== "" ? cursor : undefined,
    limit: typeof limit === "number" && limit > 0 ? limit : undefined,
  };
}

/** The object of an answer: some come without the `data` wrapper. */
export function single(answer: unknown): unknown {
  return isRecord(answer) && "data" in answer ? answer.data : answer;
}

/**
 * An object of a list. Lists show objects of others too, and of kinds that are newer than this release. One that
 * cannot be read is there by its id, its name and its address. Any use of its other members is an error that says so.
 */
function readable<T>(item: unknown, decode: (item: unknown) => T): T {
  try {
    return decode(item);
  } catch (error) {
    if (!(error instanceof Missing) || !isRecord(item)) throw error;
    const id = item.id ?? item.workspace_id ?? item.application_id;
    if (error.field === undefined || typeof id !== "string" || id === "") throw error;
    return unreadable(id, item, error) as T;
  }
}

/** Members that tell nothing of what an object does. */
const HARMLESS = new Set<string | symbol>(["then", "toJSON", "constructor", "applicationId"]);

function unreadable(id: string, item: Record<string, unknown>, { message }: Missing): object {
  const name = typeof item.name === "string" ? item.name : "";
  const known = {
    id,
    name,
    createdAt: secondsOf(item.created_at) ?? 0,
    // Who looks for an address needs no more than that.
    email: typeof item.email === "string" ? normalEmail(item.email) : "",
    address: typeof item.domain_address === "string" ? item.domain_address.toLowerCase() : "",
  };
  const shown = new Proxy(known, {
    get(target, member) {
      if (member in target) return target[member as keyof typeof target];
      if (typeof member === "symbol" || HARMLESS.has(member)) return undefined;
      throw new NylasError({
        kind: "malformed",
        operation: "read a list",
        message:
          `Nylas lists ${message} (id ${printable(id, 80)}${name === "" ? "" : `, name ${JSON.stringify(printable(name, 80))}`}). ` +
          NEWER,
      });
    },
  });
  return markUnreadable(shown, item);
}

/** What may be wrong with an object that cannot be read. */
export const NEWER = "It may be newer than this release knows: update pulumi-nylas.";

/** Unix seconds of a timestamp: a number, a number as text, or a date of RFC 3339. */
export function secondsOf(value: unknown): number | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : Date.parse(value) / 1000;
  return Number.isFinite(seconds) ? Math.floor(seconds) : undefined;
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

/** Is told of every object that is decoded, while somebody wants to know. */
export const watch: { notice?: ((what: string, value: unknown) => void) | undefined } = {};

export function parse<S extends z.ZodMiniType>(schema: S, value: unknown, what: string): z.output<S> {
  watch.notice?.(what, value);
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
  if (where === "") throw new Missing(`something that is not ${what}`);
  throw new Missing(`${what}${name}${fault}`, where);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (value === "") return "an empty text";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

/** A moment, in any of the forms it comes in; undefined where it is none. */
export const moment = z.optional(z.pipe(z.unknown(), z.transform(secondsOf)));
/** A number that nothing hangs on; undefined where it is none. */
export const count = z.optional(
  z.pipe(
    z.unknown(),
    z.transform((value) => (typeof value === "number" ? value : undefined)),
  ),
);
export const optionalText = z.nullish(z.string());
export const optionalNumber = z.nullish(z.number());
export const optionalFlag = z.nullish(z.boolean());
export const id = z.string().check(z.minLength(1));
