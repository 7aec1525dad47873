import { deleteGrant, enforceLimits, lose } from "../mail/retention.js";
import { type Json } from "../model/exchange.js";
import { collectionOf, objectOf, type ObjectKind } from "../model/lookup.js";
import { type Grant } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { dropPrincipal } from "../routes/iam.js";
import { addItems, dropList, normalItem } from "../routes/lists.js";
import { BadOption } from "../settings/settings.js";

/** Changes an object behind the API's back: fields as in `state()`, objects merged. */
export function edit(store: Store, kind: ObjectKind, id: string, change: Json): void {
  const target = objectOf(store, kind, id) as unknown as Json;
  if (kind === "list" && change.items !== undefined) {
    const { items, ...rest } = change;
    setItems(store, id, items);
    return edit(store, kind, id, rest);
  }
  if ("id" in change) throw new BadOption("id: an object's id cannot be edited");
  const unknown = Object.keys(change).filter((k) => !Object.hasOwn(target, k));
  if (unknown.length > 0) throw new BadOption(`${kind}: has no ${unknown.join(", ")}`);
  for (const [field, value] of Object.entries(change)) {
    const old = target[field];
    target[field] = isPlain(old) && isPlain(value) ? { ...old, ...value } : value;
  }
  enforceLimits(store, `edit of ${kind} ${id}`);
}

/** Removes an object behind the API's back; an account's mail is ledgered as lost. */
export function remove(store: Store, kind: ObjectKind, id: string): void {
  const target = objectOf(store, kind, id);
  if (kind === "grant") deleteGrant(store, target as Grant, "removed by hand", "control");
  else if (kind === "message") {
    const message = store.messages.get(id)!;
    lose(store, message, store.grants.get(message.grant_id)!, "removed by hand", "control");
  } else if (kind === "list") dropList(store, id);
  else if (kind === "principal") dropPrincipal(store, id);
  else collectionOf(store, kind).remove(id);
  enforceLimits(store, `removal of ${kind} ${id}`);
}

function setItems(store: Store, listId: string, items: unknown): void {
  if (!Array.isArray(items)) throw new BadOption("items: expected a list of values");
  for (const item of store.listItems.where((i) => i.list_id === listId)) store.listItems.remove(item.id);
  addItems(store, store.lists.get(listId)!, items.map(String).map(normalItem));
}

function isPlain(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
