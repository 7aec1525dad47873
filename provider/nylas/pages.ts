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

const pageSize = 200;
const mostPages = 20_000;
