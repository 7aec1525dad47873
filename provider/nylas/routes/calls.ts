import { type Application } from "../api";
import { type Clock } from "../clock";
import { type Settings } from "../credentials";
import { type ErrorBody, NylasError } from "../errors";
import { type Explanation, type KeyName } from "../explain";
import { type Call, type Http } from "../http";
import { type JustWritten } from "../justWritten";
import { type Items, together } from "../pages";
import { planFigures } from "../plans";
import { BatchedReader } from "../batchedReader";
import type * as Wire from "../wire";

/** What the routes of every family are sent with. */
export interface Sender {
  http: Http;
  settings: Settings;
  clock: Clock;
  /** By their route: objects that this process has just deleted. A read that lags shows them for up to a minute. */
  deleted: JustWritten<true>;
  /** The application of the key; asked once. */
  application(): Promise<Application>;
}

type Start = Pick<Call<unknown>, "method" | "key" | "verb" | "object">;

export function withApplicationKey(method: Call<unknown>["method"], verb: string, object: string): Start {
  return { method, key: "apiKey", verb, object };
}

export function withOrganizationKey(method: Call<unknown>["method"], verb: string, object: string): Start {
  return { method, key: "organizationKey", verb, object };
}

/** The members of a body that are given. */
export function given(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

export function isEmpty(body: Record<string, unknown>): boolean {
  return Object.keys(body).length === 0;
}

/** One page of a list. */
export function page<T>(
  { http }: Sender,
  call: { key: KeyName; object: string; path: string; query: NonNullable<Call<unknown>["query"]> } & Pick<
    Call<unknown>,
    "explain" | "hint"
  >,
  item: (wire: typeof Wire, item: unknown) => T,
): Promise<Wire.Page<T>> {
  return http.send({
    ...call,
    method: "GET",
    verb: "list",
    decode: (wire, answer) => wire.page(answer, (each) => item(wire, each)),
  });
}

/**
 * Whether there is anything in a list that is paged by cursor. A page with nothing in it and a cursor is no empty list: the next page
 * has to be empty too, without a cursor.
 */
export async function hasAny(
  sender: Sender,
  object: string,
  route: string,
  filter: Record<string, string> = {},
): Promise<boolean> {
  const look = (token?: string) =>
    sender.http.send({
      ...withApplicationKey("GET", "look into", object),
      path: route,
      query: { ...filter, limit: 1, page_token: token },
      decode: (wire, answer) => wire.page(answer, () => undefined),
    });
  const first = await look();
  if (first.items.length > 0 || first.cursor === undefined) return first.items.length > 0;
  const second = await look(first.cursor);
  return second.items.length > 0 || second.cursor !== undefined;
}

/** False where there was nothing to delete. */
export async function remove({ http, deleted }: Sender, call: Omit<Call<true>, "decode">): Promise<boolean> {
  const removed = await orUndefined(http.send({ ...call, decode: () => true as const }));
  deleted.note(call.path, removed);
  return removed ?? false;
}

/** An object by its route; undefined for what Nylas says is not there, and for what this process has just deleted. */
export async function unlessDeleted<T>(
  { deleted }: Sender,
  route: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  return deleted.of(route) ? undefined : orUndefined(read());
}

/** What a list shows beside the objects that this process has just deleted. */
export function withoutDeleted<T extends { id: string }>(
  { deleted }: Sender,
  at: (id: string) => string,
  shown: T[],
): T[] {
  return shown.filter(({ id }) => !deleted.of(at(id)));
}

/** Only after its end is known by what the API has sent: a page that lacks one of ours is no short page. */
export async function* pagesWithoutDeleted<T>(
  sender: Sender,
  at: (id: string) => string,
  pages: AsyncGenerator<Items<T>>,
): AsyncGenerator<Items<T>> {
  for await (const items of pages) yield withoutDeleted(sender, at, items);
}

type WithApplication<T> = Omit<T, "applicationId"> & { applicationId: string };

/** An object that does not say whose it is belongs to the application of the key. */
export async function withApplication<T extends { applicationId: string | undefined }>(
  sender: Sender,
  object: T,
): Promise<WithApplication<T>> {
  // Not a copy: what could not be read says so only as long as it is itself.
  object.applicationId ??= (await sender.application()).id;
  return object as WithApplication<T>;
}

/** What one, all, and many objects of a family are read by. A refresh of these reads their list in any case, to look for twins. */
export function reading<T extends { applicationId: string | undefined }>(
  sender: Sender,
  at: (id: string) => string,
  read: (id: string) => Promise<WithApplication<T>>,
  pages: () => AsyncGenerator<Items<T>>,
) {
  const get = async (id: string) => unlessDeleted(sender, at(id), () => read(id));
  const owned = () => pagesWithApplication(sender, pagesWithoutDeleted(sender, at, pages()));
  const reads = new BatchedReader({ byId: get, pages: owned, writes: () => sender.http.writes }, 1, 0);
  return {
    list: () => together(owned()),
    get,
    getAmongMany: (id: string) => reads.get(id),
    listAmongMany: () => reads.all(),
  };
}

async function* pagesWithApplication<T extends { applicationId: string | undefined }>(
  sender: Sender,
  pages: AsyncGenerator<Items<T>>,
): AsyncGenerator<Items<WithApplication<T>>> {
  for await (const items of pages)
    yield await Promise.all(
      items.map(async ({ id, item }) => ({ id, item: await withApplication(sender, item) })),
    );
}

/** Undefined for what Nylas says is not there. */
export async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NylasError && error.kind === "notFound") return undefined;
    throw error;
  }
}

/** The refusal of one more than the plan has. */
export function capOn(
  object: RegExp,
  { message }: ErrorBody,
  what: "accounts" | "rules" | "lists" | "domains",
): Partial<Explanation> | undefined {
  if (!/maximum|limit|quota/i.test(message) || !object.test(message)) return undefined;
  if (/password|length|character|not found|not registered/i.test(message)) return undefined;
  const numbers = what === "domains" ? undefined : planFigures(what);
  return {
    kind: "quota",
    next:
      `The plan's number of ${what} is used up${numbers === undefined ? "" : ` (${numbers})`}. Delete what is no longer needed or change the plan; ` +
      "trying again does not help.",
  };
}
