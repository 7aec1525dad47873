import { type Grant, type Message, type Participant, type Rule } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { notify } from "../webhooks/notifications.js";
import { limitsOf, spend } from "./limits.js";
import { applyRules } from "./ruleEngine.js";

/** The folders every account has. */
export const FOLDERS = ["inbox", "sent", "drafts", "trash", "junk", "archive"];

/** Mail on its way to a mailbox. */
export interface Mail {
  from: Participant;
  to: Participant[];
  cc: Participant[];
  subject: string;
  body: string;
}

/** Puts a message into a mailbox; webhooks hear of it. */
export function putMessage(
  store: Store,
  grant: Grant,
  mail: Mail,
  place: Partial<Pick<Message, "folder" | "size" | "date" | "unread" | "starred">> & {
    id?: string;
    isSent?: boolean;
  } = {},
): Message {
  const message = store.messages.add({
    id: place.id ?? store.seeded.uuid("message", grant.id),
    grant_id: grant.id,
    folder: place.folder ?? "inbox",
    subject: mail.subject,
    from: mail.from.email,
    fromName: mail.from.name,
    to: mail.to,
    cc: mail.cc,
    body: mail.body,
    size: place.size ?? Buffer.byteLength(mail.body),
    date: place.date ?? store.clock.seconds(),
    unread: place.unread ?? true,
    starred: place.starred ?? false,
  });
  // What somebody sends is no news to them.
  if (message.folder !== "sent" && place.isSent !== true) {
    const source = `/${grant.provider}/emails/realtime`;
    notify(store, grant.application_id, "message.created", source, shownMessage(store, message, grant));
  }
  return message;
}

/** Mail comes in from outside or from another account: limits and rules first. Nothing where it was turned away. */
export function receive(store: Store, grant: Grant, mail: Mail): Message | undefined {
  const limits = limitsOf(store, grant);
  const size = Buffer.byteLength(mail.body);
  if (!spend(store, "received", grant, limits.limit_count_daily_message_received)) return undefined;
  if (size > limits.limit_size_total_mime) return undefined;
  const recipients = [...mail.to, ...mail.cc].map((p) => p.email);
  const id = store.seeded.uuid("message", grant.id);
  const verdict = applyRules(store, grant, "inbound", { from: mail.from.email, recipients }, id);
  if (verdict.blocked) return undefined;
  return putMessage(store, grant, mail, { id, ...placeOf(store, grant, verdict.actions) });
}

/** Hands a sent message to the accounts it is for. Addresses that are no account here are somebody else's. */
export function distribute(store: Store, sender: Grant, sent: Message, mail: Mail, bcc: Participant[]): void {
  for (const { email } of [...mail.to, ...mail.cc, ...bcc]) {
    const address = email.toLowerCase();
    const grant = store.liveGrants().find((g) => g.provider === "nylas" && g.email === address);
    const hosted = store.domains.find(
      (d) => d.domain_address === address.slice(address.lastIndexOf("@") + 1),
    );
    const arrived = grant ? receive(store, grant, mail) !== undefined : !hosted;
    const object = { grant_id: sender.id, message_id: sent.id, recipient: address };
    const type = arrived ? "message.delivered" : "message.bounced";
    notify(store, sender.application_id, type, "/nylas/send", object);
  }
}

/** The name of an account's folder by its name, path or id; names of the system's own in any case. */
export function folderNamed(store: Store, grant: Grant, text: string): string | undefined {
  const lower = text.toLowerCase();
  if (FOLDERS.includes(lower)) return lower;
  const own = store.folders.find((f) => f.grant_id === grant.id && (f.name === text || f.id === text));
  return own?.name;
}

/** A message as the API shows it. */
export function shownMessage(store: Store, message: Message, grant: Grant): object {
  return {
    id: message.id,
    grant_id: grant.id,
    object: "message",
    subject: message.subject,
    from: [{ email: message.from, name: message.fromName }],
    to: message.to,
    cc: message.cc,
    body: message.body,
    snippet: message.body.slice(0, 100),
    folders: [folderId(store, grant, message.folder)],
    date: message.date,
    unread: message.unread,
    starred: message.starred,
    attachments: [],
  };
}

/** The id of a folder by its name: the name itself unless somebody made the folder. */
export function folderId(store: Store, grant: Grant, name: string): string {
  return store.folders.find((f) => f.grant_id === grant.id && f.name === name)?.id ?? name;
}

/** Where the actions of rules leave a message; the last one to move it wins, and a missing folder is skipped. */
export function placeOf(
  store: Store,
  grant: Grant,
  actions: Rule["actions"],
  start: { folder: string; unread: boolean } = { folder: "inbox", unread: true },
): { folder: string; unread: boolean; starred: boolean } {
  const place = { ...start, starred: false };
  for (const { type, value } of actions) {
    if (type === "mark_as_read") place.unread = false;
    else if (type === "mark_as_starred") place.starred = true;
    else if (type === "mark_as_spam") place.folder = "junk";
    else if (type === "archive" || type === "trash") place.folder = type;
    else if (type === "assign_to_folder") place.folder = folderNamed(store, grant, value!) ?? place.folder;
  }
  return place;
}
