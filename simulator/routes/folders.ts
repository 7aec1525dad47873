import { type Api } from "../http/api.js";
import { objectBody } from "../http/bodies.js";
import { type Call } from "../http/call.js";
import { invalid, notFound } from "../http/errors.js";
import { FOLDERS } from "../mail/mailroom.js";
import { lose } from "../mail/retention.js";
import { type Folder, type Grant, type Message } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { notify } from "../webhooks/notifications.js";
import { dataGrant } from "./messages.js";

/** Folders of an account: the six it comes with, and those made here, named by their whole path. */
export function folders(api: Api): void {
  const options = { key: "application", resource: "folders", ofGrants: true } as const;

  api.route("GET", "/v3/grants/:grant/folders", options, (call) => {
    const { store } = call;
    const grant = dataGrant(call);
    const made = store.folders.where((f) => f.grant_id === grant.id).map((f) => f.name);
    // Mail can have been put into a folder that nobody made.
    const used = store.messages.where((m) => m.grant_id === grant.id).map((m) => m.folder);
    const names = [...new Set([...FOLDERS, ...made, ...used])];
    return { body: { data: names.map((name) => shown(store, grant, name)) } };
  });

  api.route("POST", "/v3/grants/:grant/folders", options, (call) => {
    const { store } = call;
    const grant = dataGrant(call);
    const body = objectBody(call.body);
    if (body.parent_id !== undefined) throw invalid("parent_id is not simulated: name a folder by its path");
    const name = newName(store, grant, body.name);
    const folder = store.folders.add({
      id: store.seeded.uuid("folder", `${grant.id}|${name}`),
      grant_id: grant.id,
      name,
    });
    announce(store, grant, "folder.created", folder);
    return { body: { data: shown(store, grant, name) } };
  });

  api.route("GET", "/v3/grants/:grant/folders/:folder", options, (call) => {
    const grant = dataGrant(call);
    const { folder: id } = call.params;
    const name = FOLDERS.includes(id!) ? id! : ownFolder(call, grant).name;
    return { body: { data: shown(call.store, grant, name) } };
  });

  api.route("PUT", "/v3/grants/:grant/folders/:folder", options, (call) => {
    const { store } = call;
    const grant = dataGrant(call);
    const folder = ownFolder(call, grant);
    const { name: given } = objectBody(call.body);
    const name = given === folder.name ? folder.name : newName(store, grant, given);
    for (const message of store.messages.where((m) => m.grant_id === grant.id && m.folder === folder.name))
      message.folder = name;
    folder.name = name;
    announce(store, grant, "folder.updated", folder);
    return { body: { data: shown(store, grant, name) } };
  });

  // What happens to the mail in it is written nowhere: the worst is taken.
  api.route("DELETE", "/v3/grants/:grant/folders/:folder", options, (call) => {
    const { store } = call;
    const grant = dataGrant(call);
    const folder = ownFolder(call, grant);
    for (const message of store.messages.where((m) => m.grant_id === grant.id && m.folder === folder.name))
      lose(store, message, grant, "folder deleted", call.cause);
    store.folders.remove(folder.id);
    announce(store, grant, "folder.deleted", folder);
    return {};
  });
}

/** A folder that somebody made; those of the system cannot be changed. */
function ownFolder(call: Call, grant: Grant): Folder {
  const id = call.params.folder!;
  if (FOLDERS.includes(id)) throw invalid("system folders cannot be changed");
  const folder = call.store.folders.get(id);
  if (!folder || folder.grant_id !== grant.id) throw notFound();
  return folder;
}

function newName(store: Store, grant: Grant, value: unknown): string {
  if (typeof value !== "string" || value.trim() === "") throw invalid("name is required");
  const taken =
    FOLDERS.includes(value.toLowerCase()) ||
    store.folders.find((f) => f.grant_id === grant.id && f.name === value) !== undefined;
  if (taken) throw invalid(`folder ${value} already exists`);
  return value;
}

function shown(store: Store, grant: Grant, name: string): object {
  const own = store.folders.find((f) => f.grant_id === grant.id && f.name === name);
  const mail = store.messages.where((m) => m.grant_id === grant.id && m.folder === name);
  return {
    id: own?.id ?? name,
    grant_id: grant.id,
    object: "folder",
    name,
    system_folder: FOLDERS.includes(name),
    ...counts(store, mail),
  };
}

function counts(store: Store, mail: Message[]): object {
  const { folderCounts } = store.settings;
  if (folderCounts === "absent") return {};
  const all = folderCounts === "zero" ? [] : mail;
  return { total_count: all.length, unread_count: all.filter((m) => m.unread).length };
}

function announce(store: Store, grant: Grant, type: string, folder: Folder): void {
  const object = { ...folder, object: "folder" };
  notify(store, grant.application_id, type, `/${grant.provider}/folders/realtime`, object);
}
