/** How the objects that a probe makes are made, found by their names, and removed. */
import { type Clock, growing, poll } from "../../nylas/clock";
import { isRecord } from "../../nylas/errors";
import { cursorOf, type Eyes, itemsOf } from "./eyes";
import { type Entry, type Kind } from "./probeJournal";

interface Handling {
  create: string;
  list: string;
  get: string;
  remove: string;
  idOf(object: Record<string, unknown>): string | undefined;
  /** By what it is known as the probe's own. */
  nameOf(object: Record<string, unknown>): string | undefined;
}

const family = (path: string, idName = "id", nameName = "name", create = `POST ${path}`): Handling => ({
  create,
  list: `GET ${path}`,
  get: `GET ${path}/:id`,
  remove: `DELETE ${path}/:id`,
  idOf: (object) => textOf(object[idName]),
  nameOf: (object) => textOf(object[nameName]),
});

export const OBJECTS: Readonly<Record<Kind, Handling>> = {
  workspace: family("/v3/workspaces", "workspace_id"),
  policy: family("/v3/policies"),
  rule: family("/v3/rules"),
  list: family("/v3/lists"),
  // Its address is the user's; the mark stands in the description.
  webhook: family("/v3/webhooks", "id", "description"),
  grant: family("/v3/grants", "id", "email", "POST /v3/connect/custom"),
  principal: family("/v3/iam/principals"),
  key: family("/v3/iam/principals/:id/credentials"),
  domain: family("/v3/domains", "id", "domain_address"),
};

/**
 * The id of the object that bears exactly the entry's name, or the name that it was given since. Those of other entries are not meant:
 * what is created twice has its name twice.
 */
export async function find(
  eyes: Eyes,
  entry: Entry,
  others: ReadonlySet<string> = new Set(),
): Promise<string | undefined> {
  const { kind, parent } = entry;
  const { list, idOf, nameOf } = OBJECTS[kind];
  const paging =
    list === "GET /v3/grants" ? "offset" : ["workspace", "webhook"].includes(kind) ? "none" : "cursor";
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let offset = 0, pages = 0; pages < 1000; pages++) {
    const answer = await eyes.ask(list, {
      ids: parent === undefined ? [] : [parent],
      query:
        paging === "none"
          ? {}
          : { limit: 200, ...(paging === "offset" ? { offset } : { page_token: cursor }) },
    });
    const items = itemsOf(answer);
    const found = items.find((item) => isNamed(nameOf(item), entry) && !others.has(idOf(item) ?? ""));
    if (found) return idOf(found);
    const before = seen.size;
    for (const item of items) seen.add(idOf(item) ?? "");
    cursor = cursorOf(answer);
    offset += items.length;
    if (paging === "none" || seen.size === before || (paging === "cursor" && cursor === undefined)) break;
  }
  return kind === "grant" ? byAddress(eyes, entry.name) : undefined;
}

/** A new account may show late in the list; its folders are asked for by its address. */
async function byAddress(eyes: Eyes, address: string): Promise<string | undefined> {
  const answer = await eyes.ask("GET /v3/grants/:id/folders", { ids: [address], aside: true });
  return itemsOf(answer)
    .map(({ grant_id: id }) => textOf(id))
    .find((id) => id !== undefined);
}

/** The object that an entry names by its id; undefined where it is not there, and `foreign` where it is another one. */
export async function standing(
  eyes: Eyes,
  entry: Entry,
): Promise<Record<string, unknown> | "foreign" | "unknown" | undefined> {
  if (entry.id === undefined) return undefined;
  const { get, nameOf, idOf } = OBJECTS[entry.kind];
  const answer = await eyes.ask(get, { ids: idsOf(entry) });
  if (isGone(entry.kind, answer.status)) return undefined;
  if (!answer.ok || !isRecord(answer.data)) return "unknown";
  const same = idOf(answer.data) === entry.id && isNamed(nameOf(answer.data), entry);
  return same ? answer.data : "foreign";
}

/** Milliseconds until an object no longer shows after its delete: 0 where the first look says so, undefined where it goes on to show. */
export async function goneAfter(
  eyes: Eyes,
  clock: Clock,
  patience: number,
  entry: Entry,
): Promise<number | undefined> {
  const { outcome, waited, looks } = await poll(clock, () => standing(eyes, entry), {
    until: (object) => object === undefined,
    pauses: growing(100, 2, 3_000),
    limit: patience,
  });
  if (outcome !== "reached") return undefined;
  return looks === 1 ? 0 : Math.ceil(waited);
}

export function idsOf({ parent, id }: Pick<Entry, "parent" | "id">): string[] {
  return [parent, id].filter((each) => each !== undefined);
}

/** What a try renames goes on bearing the name that it began with. */
function isNamed(name: string | undefined, { kind, name: own }: Entry): boolean {
  if (name === undefined) return false;
  // An account and a domain are never renamed, and addresses are kept in lower case.
  if (kind === "grant" || kind === "domain") return name.toLowerCase() === own.toLowerCase();
  return name === own || name === `${own}${RENAMED}`;
}

/** What a renamed object has behind its name. */
export const RENAMED = "-renamed";

/** A webhook that is not there is a 400. */
function isGone(kind: Kind, status: number): boolean {
  return status === 404 || (kind === "webhook" && status === 400);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
