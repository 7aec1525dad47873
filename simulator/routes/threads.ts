import { type Api } from "../http/api.js";
import { type Call } from "../http/call.js";
import { notFound } from "../http/errors.js";
import { cursorPage } from "../http/paging.js";
import { folderId, folderNamed, shownMessage } from "../mail/mailroom.js";
import { enforceLimits } from "../mail/retention.js";
import { type Grant, type Message } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { dataGrant } from "./messages.js";

/** Conversations of an account: every message is in one. The id of a thread is that of its first message. */
export function threads(api: Api): void {
  const options = {
    key: "application",
    resource: "threads",
    ofGrants: true,
    there: ({ threadRoutes }: { threadRoutes: string }) => threadRoutes === "there",
  } as const;

  api.route("GET", "/v3/grants/:grant/threads", options, (call) => {
    const { store } = call;
    const grant = dataGrant(call);
    const { in: wanted } = call.query;
    const folder = wanted === undefined ? undefined : (folderNamed(store, grant, wanted) ?? wanted);
    enforceLimits(store, "clock");
    const all = threadsOf(store, grant);
    const mine = ({ id }: Message): boolean =>
      all.get(id)?.some((message) => folder === undefined || message.folder === folder) ?? false;
    const { page, nextCursor } = cursorPage(call, store.messages, mine, { limit: 50, max: 200 });
    return { body: { data: page.map(({ id }) => shown(store, grant, all.get(id)!)), ...nextCursor } };
  });

  api.route("GET", "/v3/grants/:grant/threads/:thread", options, (call) => {
    const grant = dataGrant(call);
    return { body: { data: shown(call.store, grant, threadNamed(call, grant)) } };
  });
}

/** The messages of each thread, oldest first, under the id of the first one. */
function threadsOf(store: Store, grant: Grant): Map<string, Message[]> {
  const byTopic = new Map<string, Message[]>();
  for (const message of store.messages.where(({ grant_id }) => grant_id === grant.id)) {
    const topic = message.subject.replace(/^((re|fwd?):\s*)+/i, "").toLowerCase();
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), message]);
  }
  return new Map([...byTopic.values()].map((messages) => [messages[0]!.id, messages]));
}

function threadNamed(call: Call, grant: Grant): Message[] {
  const messages = threadsOf(call.store, grant).get(call.params.thread!);
  if (!messages) throw notFound();
  return messages;
}

function shown(store: Store, grant: Grant, messages: Message[]): object {
  const latest = messages.at(-1)!;
  const sent = messages.filter(({ from }) => from === grant.email);
  const received = messages.filter(({ from }) => from !== grant.email);
  const dateOf = (each: Message[], name: string): object =>
    each.length === 0 ? {} : { [name]: Math.max(...each.map(({ date }) => date)) };
  return {
    id: messages[0]!.id,
    grant_id: grant.id,
    object: "thread",
    subject: messages[0]!.subject,
    participants: [{ email: latest.from, name: latest.fromName }, ...latest.to],
    snippet: latest.body.slice(0, 100),
    message_ids: messages.map(({ id }) => id),
    draft_ids: [],
    folders: [...new Set(messages.map(({ folder }) => folderId(store, grant, folder)))],
    unread: messages.some(({ unread }) => unread),
    starred: messages.some(({ starred }) => starred),
    has_attachments: false,
    has_drafts: false,
    earliest_message_date: Math.min(...messages.map(({ date }) => date)),
    ...dateOf(received, "latest_message_received_date"),
    ...dateOf(sent, "latest_message_sent_date"),
    latest_draft_or_message: shownMessage(store, latest, grant),
  };
}
