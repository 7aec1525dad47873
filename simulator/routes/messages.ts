import { type Api } from "../http/api.js";
import { type Call } from "../http/call.js";
import { notFound } from "../http/errors.js";
import { cursorPage } from "../http/paging.js";
import { folderNamed, shownMessage } from "../mail/mailroom.js";
import { enforceLimits } from "../mail/retention.js";
import { type Grant, type Message } from "../model/objects.js";

/** Mail of an account. These routes take the address in place of the id, too. */
export function messages(api: Api): void {
  const options = { key: "application", resource: "messages", ofGrants: true } as const;

  api.route("GET", "/v3/grants/:grant/messages", options, (call) => {
    const { store } = call;
    const grant = dataGrant(call);
    const { in: wanted } = call.query;
    const folder = wanted === undefined ? undefined : (folderNamed(store, grant, wanted) ?? wanted);
    const mine = (m: Message): boolean =>
      m.grant_id === grant.id && (folder === undefined || m.folder === folder);
    enforceLimits(store, "clock");
    const { page, nextCursor } = cursorPage(call, store.messages, mine, { limit: 50, max: 200 });
    return { body: { data: page.map((m) => shownMessage(store, m, grant)), ...nextCursor } };
  });

  api.route("GET", "/v3/grants/:grant/messages/:message", options, (call) => {
    const grant = dataGrant(call);
    const message = call.store.messages.get(call.params.message!);
    if (!message || message.grant_id !== grant.id) throw notFound();
    return { body: { data: shownMessage(call.store, message, grant) } };
  });
}

/** The account that a data route names. */
export function dataGrant(call: Call): Grant {
  const grant = call.store.grantNamed(call.application.id, call.params.grant!);
  if (!grant) throw notFound("grant not found", "grant.not_found");
  return grant;
}
