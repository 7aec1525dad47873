import { type Collection } from "../model/collection.js";
import { type Call } from "./call.js";
import { invalid } from "./errors.js";

/** A positive integer from the query, or the default. */
export function limitOf(call: Call, usual: number, max?: number): number {
  const text = call.query.limit;
  if (text === undefined) return usual;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1)
    throw invalid(`limit must be a positive integer, got ${JSON.stringify(text)}`);
  if (max !== undefined && limit > max) throw invalid(`limit must be at most ${max}, got ${limit}`);
  return limit;
}

/**
 * One page of a cursor list. The cursor names the last object's place in the order of making, so that a delete between
 * two pages neither repeats nor skips anything. `cursorOnLastPage`: the cursor stands on every page that has objects.
 */
export function cursorPage<T extends { id: string }>(
  call: Call,
  collection: Collection<T>,
  mine: (value: T) => boolean,
  options: { limit: number; max?: number; cursorOnLastPage?: boolean; newestFirst?: boolean },
): { page: T[]; nextCursor: { next_cursor?: string } } {
  const limit = limitOf(call, options.limit, options.max);
  const after = call.query.page_token ? positionIn(call.query.page_token) : undefined;
  const all = options.newestFirst ? collection.where(mine).reverse() : collection.where(mine);
  const rest = all.filter(
    (v) =>
      after === undefined ||
      (options.newestFirst ? collection.position(v) < after : collection.position(v) > after),
  );
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const more = rest.length > limit || options.cursorOnLastPage === true || call.store.settings.alwaysCursor;
  const nextCursor = last && more ? { next_cursor: cursorAfter(collection.position(last)) } : {};
  return { page, nextCursor };
}

function cursorAfter(position: number): string {
  return Buffer.from(`after:${position}`).toString("base64url");
}

/** A cursor with the whole of a list behind it. */
export const FROM_THE_START = cursorAfter(0);

function positionIn(token: string): number {
  const match = /^after:(\d+)$/.exec(Buffer.from(token, "base64url").toString("utf8"));
  if (!match) throw invalid("page_token is not valid");
  return Number(match[1]);
}
