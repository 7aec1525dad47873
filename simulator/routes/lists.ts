import { type Api } from "../http/api.js";
import { objectBody, runes } from "../http/bodies.js";
import { type Call } from "../http/call.js";
import { ApiError, invalid, notFound } from "../http/errors.js";
import { cursorPage } from "../http/paging.js";
import { refuseIfNamed } from "../http/references.js";
import { type List, type ListItem } from "../model/objects.js";
import { type Store } from "../model/store.js";

/** `/v3/lists`: named sets of domains, top-level domains or addresses that rules look into. */
export function lists(api: Api): void {
  const options = { key: "application", resource: "lists" } as const;

  api.route("GET", "/v3/lists", options, (call) => {
    const mine = (list: List): boolean => list.application_id === call.application.id;
    const { page, nextCursor } = cursorPage(call, call.store.lists, mine, { limit: 50, max: 200 });
    return { body: { data: page.map((list) => shown(call.store, list)), ...nextCursor } };
  });

  api.route("POST", "/v3/lists", options, ({ store, application, body }) => {
    const { name, description, type } = objectBody(body);
    if (!isListType(type)) throw invalid(`type must be one of ${LIST_TYPES.join(", ")}`);
    const values = { name: nameOf(name), description: descriptionOf(description) ?? "", type };
    const cap = store.plan.lists;
    const owned = store.lists.where((l) => l.organization_id === application.organization_id).length;
    if (owned >= cap) {
      throw new ApiError(403, "forbidden_access", `Maximum number of lists (${cap}) reached for this plan`);
    }
    return { status: 201, body: { data: shown(store, newList(store, application.id, values)) } };
  });

  api.route("GET", "/v3/lists/:list", options, (call) => ({
    body: { data: shown(call.store, listById(call)) },
  }));

  api.route("PUT", "/v3/lists/:list", options, (call) => {
    const list = listById(call);
    const { name, description, type } = objectBody(call.body);
    if (type !== undefined) throw invalid("type cannot be changed");
    Object.assign(list, {
      name: name === undefined ? list.name : nameOf(name),
      description: descriptionOf(description) ?? list.description,
      updated_at: call.store.clock.seconds(),
    });
    return { body: { data: shown(call.store, list) } };
  });

  // Rules that look into the list stay, and no longer match.
  api.route("DELETE", "/v3/lists/:list", options, (call) => {
    const { id } = listById(call);
    refuseIfNamed(call.store, "list", id);
    dropList(call.store, id);
    return {};
  });

  api.route("GET", "/v3/lists/:list/items", options, (call) => {
    const list = listById(call);
    const mine = (item: ListItem): boolean => item.list_id === list.id;
    const { page, nextCursor } = cursorPage(call, call.store.listItems, mine, { limit: 50, max: 200 });
    return { body: { data: page, ...nextCursor } };
  });

  api.route("POST", "/v3/lists/:list/items", { ...options, action: "update" }, (call) => {
    const { store } = call;
    const list = listById(call);
    const values = valuesOf(call);
    const wrong = values.find((value) => !FORM[list.type].test(value));
    if (wrong !== undefined) throw invalid(`items: not of type ${list.type}: ${JSON.stringify(wrong)}`);
    addItems(store, list, values);
    return { body: { data: shown(store, list) } };
  });

  api.route("DELETE", "/v3/lists/:list/items", { ...options, action: "update" }, (call) => {
    const { store } = call;
    const list = listById(call);
    const gone = new Set(valuesOf(call));
    const dropped = itemsOf(store, list.id).filter((item) => gone.has(item.value));
    for (const item of dropped) store.listItems.remove(item.id);
    if (dropped.length > 0) list.updated_at = store.clock.seconds();
    return { body: { data: shown(store, list) } };
  });
}

/** Makes a list; the caller has checked the values. */
export function newList(
  store: Store,
  applicationId: string,
  values: Pick<List, "name" | "description" | "type">,
): List {
  const now = store.clock.seconds();
  return store.lists.add({
    id: store.seeded.uuid("list", `${applicationId}|${values.type}|${values.name}`),
    application_id: applicationId,
    organization_id: store.applications.get(applicationId)!.organization_id,
    ...values,
    created_at: now,
    updated_at: now,
  });
}

/** Adds normalised values; those that are there already are passed over. */
export function addItems(store: Store, list: List, values: string[]): void {
  const present = new Set(itemsOf(store, list.id).map((item) => item.value));
  for (const value of values) {
    if (present.has(value)) continue;
    present.add(value);
    store.listItems.add({
      id: store.seeded.uuid("list item", `${list.id}|${value}`),
      list_id: list.id,
      value,
      created_at: store.clock.seconds(),
    });
    list.updated_at = store.clock.seconds();
  }
}

/** Takes away a list with its items. */
export function dropList(store: Store, id: string): void {
  for (const item of itemsOf(store, id)) store.listItems.remove(item.id);
  store.lists.remove(id);
}

/** A value as lists hold it. */
export function normalItem(value: string): string {
  return value.trim().toLowerCase();
}

export function isListType(value: unknown): value is List["type"] {
  return typeof value === "string" && LIST_TYPES.includes(value);
}

const LIST_TYPES: string[] = ["domain", "tld", "address"];

const LABEL = "[\\p{L}\\p{N}]([\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?";
const FORM: Record<List["type"], RegExp> = {
  domain: new RegExp(`^${LABEL}(\\.${LABEL})+$`, "u"),
  tld: new RegExp(`^${LABEL}(\\.${LABEL})*$`, "u"),
  address: new RegExp(`^[^\\s@]+@${LABEL}(\\.${LABEL})+$`, "u"),
};

function itemsOf(store: Store, listId: string): ListItem[] {
  return store.listItems.where((item) => item.list_id === listId);
}

function shown(store: Store, list: List): object {
  const { created_at, updated_at, ...rest } = list;
  return { ...rest, items_count: itemsOf(store, list.id).length, created_at, updated_at };
}

function listById(call: Call): List {
  const list = call.store.lists.get(call.params.list!.toLowerCase());
  if (!list || list.application_id !== call.application.id) throw notFound();
  return list;
}

function nameOf(value: unknown): string {
  if (typeof value !== "string" || runes(value) < 1 || runes(value) > 256) {
    throw invalid("name must have 1 to 256 characters");
  }
  return value;
}

function descriptionOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalid("description must be a string");
  return value;
}

function valuesOf(call: Call): string[] {
  const { items } = objectBody(call.body);
  if (!Array.isArray(items) || items.length === 0) throw invalid("items must be a list that is not empty");
  if (items.length > 1000) throw invalid(`items may hold at most 1000 values, got ${items.length}`);
  return items.map((value) => {
    if (typeof value !== "string") throw invalid("items must be strings");
    if (runes(value) > 500) throw invalid("items may have at most 500 characters each");
    return normalItem(value);
  });
}
