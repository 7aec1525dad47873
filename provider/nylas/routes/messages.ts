import { type NylasApi } from "../api";
import { type Explanation } from "../explain";
import { path } from "../http";
import { page, type Sender, withApplicationKey } from "./calls";
import { list, route, type Route } from "./table";

export const CALLS: readonly Route[] = [
  list("GET /v3/grants/:id/messages", "application", ["AgentAccount"], "a message"),
  route("POST /v3/grants/:id/messages/send", "application", ["SmokeTest"], "a message"),
];

export const routes = (sender: Sender) => ({ messages: messageRoutes(sender) });

/** Mail of an account, as far as a smoke test needs it. */
function messageRoutes(sender: Sender): NylasApi["messages"] {
  const { http } = sender;
  return {
    recent: async (grantId) => {
      const { items } = await page(
        sender,
        {
          key: "apiKey",
          object: `the messages of account ${grantId}`,
          path: path`/v3/grants/${grantId}/messages`,
          query: { limit: 50 },
        },
        (wire, item) => wire.message(item),
      );
      return items.map(({ item }) => item);
    },

    send: (grantId, { to, subject, body, idempotencyKey }) =>
      http.send({
        ...withApplicationKey("POST", "send", `a message of account ${grantId}`),
        path: path`/v3/grants/${grantId}/messages/send`,
        body: { to: [{ email: to }], subject, body },
        idempotencyKey,
        // The one POST that Nylas lets be repeated: by its key it knows a message that it has sent already.
        repeatable: true,
        decode: (wire, answer) => wire.messageSent(answer),
        explain: explainSend,
      }),
  };
}

function explainSend(status: number): Partial<Explanation> | undefined {
  if (status === 403) {
    return {
      kind: "refused",
      next: 'A rule for outgoing mail blocks it (a tenant with sending: "paused" has one), or the key may not send.',
    };
  }
  return undefined;
}
