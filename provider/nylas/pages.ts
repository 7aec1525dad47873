import { NylasError } from "./errors";
import { type Page } from "./wire";

/**
 * Lists that end: some routes send a cursor with their last page, some ignore what is asked of them. So it goes on until
 * a page is empty, brings nothing new, or says that it is the last, and no longer.
 */
export type FetchPage<T> = (query: Record<string, string | number | undefined>) => Promise<Page<T>>;

export type Items<T> = Page<T>["items"];

/** Every item of a list that is paged by cursor. */
export function eachByCursor<T>(fetch: FetchPage<T>): Promise<T[]> {
  return together(pagesByCursor(fetch));
}

/** Every item of a list that is paged by offset. */
export function eachByOffset<T>(fetch: FetchPage<T>): Promise<T[]> {
  return together(pagesByOffset(fetch));
}

/** The pages of a list that is paged by cursor, each asked for when the one before it has been used. */
export async function* pagesByCursor<T>(fetch: FetchPage<T>): AsyncGenerator<Items<T>> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    assertEnds(pages);
    const page = await fetch({ limit: pageSize, page_token: cursor });
    yield page.items;
    if (page.items.length === 0 || page.cursor === undefined || seen.has(page.cursor)) return;
    seen.add(page.cursor);
    cursor = page.cursor;
  }
}

/** The pages of a list that is paged by offset, each asked for when the one before it has been used. */
export async function* pagesByOffset<T>(fetch: FetchPage<T>): AsyncGenerator<Items<T>> {
  const seen = new Set<string>();
  for (let offset = 0, pages = 1; ; pages++) {
    assertEnds(pages);
    const page = await fetch({ limit: pageSize, offset });
    yield page.items;
    const before = seen.size;
    for (const { id } of page.items) seen.add(id);
    // A page that is short by the limit the answer names is the last. By the one that was asked for it need not be: the
    // API may hand out fewer, and an account that is overlooked would be created over.
    const last = page.limit !== undefined && page.items.length < page.limit;
    if (last || seen.size === before) return;
    offset += page.items.length;
  }
}

/**
 * Every item of a list that is paged by offset, for a caller that acts on what the list does not show. Each page
 * begins with the end of the page before it, so that an item removed meanwhile hides none of the others. The list
 * ends with a page that shows that end and nothing after it. A short page, a repeated page and an empty page with a
 * cursor are no end. Throws if no attempt fits together.
 */
export async function wholeByOffset<T>(fetch: FetchPage<T>, what: string): Promise<T[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const whole = await walkByOffset(fetch);
    if (whole) return whole;
  }
  throw new NylasError({
    kind: "unavailable",
    operation: `list ${what}`,
    message:
      `Could not list ${what}: the pages of the list do not fit together, ${ATTEMPTS} times in a row, so it is not known to be complete. ` +
      "Nothing was changed; try again in a minute.",
  });
}

/** Undefined where the pages do not fit together. */
async function walkByOffset<T>(fetch: FetchPage<T>): Promise<T[] | undefined> {
  const all = new Map<string, T>();
  let end: string[] = [];
  for (let offset = 0, pages = 1; ; pages++) {
    assertEnds(pages);
    const page = await fetch({ limit: pageSize, offset });
    const ids = page.items.map(({ id }) => id);
    const before = all.size;
    for (const { id, item } of page.items) all.set(id, item);
    if (pages === 1 && ids.length === 0) return page.cursor === undefined ? [] : undefined;
    // An API that ignores the offset answers with the whole list again.
    const again = before > 0 && ids.length === before && all.size === before;
    if (pages > 1 && !again && !end.includes(ids[0] ?? "")) return undefined;
    if (pages > 1 && all.size === before)
      return ids.length < (page.limit ?? pageSize) && ids.at(-1) === end.at(-1)
        ? [...all.values()]
        : undefined;
    const overlap = Math.max(1, Math.min(OVERLAP, Math.floor(ids.length / 2)));
    end = ids.slice(-2 * OVERLAP);
    offset += ids.length - overlap;
  }
}

/** Every item of the pages, once. */
export async function together<T>(pages: AsyncGenerator<Items<T>>): Promise<T[]> {
  const all = new Map<string, T>();
  for await (const items of pages) for (const { id, item } of items) all.set(id, item);
  return [...all.values()];
}

/** Each page may be new and no list of Nylas be that long: somebody else answers, or something there goes round in a circle. */
function assertEnds(pages: number): void {
  if (pages <= mostPages) return;
  throw new NylasError({
    kind: "malformed",
    operation: "read a list",
    message: `Could not read a list: it has not come to an end after ${mostPages} pages. Check that nylas:apiUrl is Nylas.`,
  });
}

/** Items of a page that the next one shows again. */
const OVERLAP = 20;

/** Walks through a list that does not fit together, as one may not from which something is removed meanwhile. */
const ATTEMPTS = 5;

const pageSize = 200;
const mostPages = 20_000;
