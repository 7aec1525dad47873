import { type Api, type Call } from "../api.js";
import { notFound } from "../errors.js";
import { cursorPage } from "../paging.js";
import { type Grant, type Message } from "../store.js";

/** The folders every account has. */
const FOLDERS = ["inbox", "sent", "drafts", "trash", "junk", "archive"];

/** Mail of an account: lists of messages and folders. These routes take the address in place of the id, too. */
export function messages(api: Api): void {
  const mail = { key: "application", resource: "messages", ofGrants: true } as const;
  const folders = { ...mail, resource: "folders" } as const;

  api.route("GET", "/v3/grants/:grant/messages", mail, (call) => {
    const grant = dataGrant(call);
    const folder = call.query.in;
    const mine = (m: Message): boolean =>
      m.grant_id === grant.id && (folder === undefined || m.folder === folder);
    call.store.enforceLimits("clock");
    const { page, nextCursor } = cursorPage(call, call.store.messages, mine, { limit: 50, max: 200 });
    return { body: { data: page.map((m) => shown(m, grant)), ...nextCursor } };
  });

  api.route("GET", "/v3/grants/:grant/messages/:message", mail, (call) => {
    const grant = dataGrant(call);
    const message = call.store.messages.get(call.params.message!);
    if (!message || message.grant_id !== grant.id) throw notFound();
    return { body: { data: shown(message, grant) } };
  });

  api.route("GET", "/v3/grants/:grant/folders", folders, (call) => {
    const grant = dataGrant(call);
    const mail = call.store.messages.where((m) => m.grant_id === grant.id);
    const names = [...new Set([...FOLDERS, ...mail.map((m) => m.folder)])];
    const data = names.map((name) => ({
      id: name,
      grant_id: grant.id,
      object: "folder",
      name,
      system_folder: FOLDERS.includes(name),
      total_count: mail.filter((m) => m.folder === name).length,
    }));
    return { body: { data } };
  });
}

function dataGrant(call: Call): Grant {
  const grant = call.store.grantNamed(call.application.id, call.params.grant!);
  if (!grant) throw notFound("grant not found", "grant.not_found");
  return grant;
}

function shown(message: Message, grant: Grant): object {
  return {
    id: message.id,
    grant_id: grant.id,
    object: "message",
    subject: message.subject,
    from: [{ email: message.from, name: "" }],
    to: [{ email: grant.email, name: grant.name }],
    body: message.body,
    snippet: message.body.slice(0, 100),
    folders: [message.folder],
    date: message.date,
    unread: true,
    starred: false,
    attachments: [],
  };
}
