import { NylasError } from "./errors";
import { type Page } from "./wire";

/**
 * Lists that end: some routes send a cursor with their last page, some ignore what is asked of them. So it goes on until
 * a page is empty, brings nothing new, or says that it is the last, and no longer.
 */
export type FetchPage<T> = (query: Record<string, string | number | undefined>) => Promise<Page<T>>;

/** Every item of a list that is paged by cursor. */
export async function eachByCursor<T>(fetch: FetchPage<T>): Promise<T[]> {
  const all = new Map<string, T>();
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    assertEnds(pages);
    const page = await fetch({ limit: pageSize, page_token: cursor });
    for (const { id, item } of page.items) all.set(id, item);
    if (page.items.length === 0 || page.cursor === undefined || seen.has(page.cursor))
      return [...all.values()];
    seen.add(page.cursor);
    cursor = page.cursor;
  }
}

/** Every item of a list that is paged by offset. */
export async function eachByOffset<T>(fetch: FetchPage<T>): Promise<T[]> {
  const all = new Map<string, T>();
  for (let offset = 0, pages = 1; ; pages++) {
    assertEnds(pages);
    const page = await fetch({ limit: pageSize, offset });
    const before = all.size;
    for (const { id, item } of page.items) all.set(id, item);
    // A page that is short by the limit the answer names is the last. By the one that was asked for it need not be: the
    // API may hand out fewer, and an account that is overlooked would be created over.
    const last = page.limit !== undefined && page.items.length < page.limit;
    if (last || all.size === before) return [...all.values()];
    offset += page.items.length;
  }
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
