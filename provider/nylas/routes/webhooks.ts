import { type NylasApi, type Webhook, type WebhookChange } from "../api";
import { type ErrorBody } from "../errors";
import { type Explanation } from "../explain";
import { path } from "../http";
import { orUndefined, remove, type Sender, withApplicationKey } from "./calls";

export function webhookRoutes(sender: Sender): NylasApi["webhooks"] {
  const { http } = sender;

  const read = (id: string): Promise<Webhook> =>
    http.send({
      ...withApplicationKey("GET", "read", `webhook ${id}`),
      path: path`/v3/webhooks/${id}`,
      decode: (wire, answer) => wire.webhook(answer),
      explain,
    });

  return {
    list: async () => {
      const all = await http.send({
        ...withApplicationKey("GET", "list", "webhooks"),
        path: path`/v3/webhooks`,
        decode: (wire, answer) => wire.page(answer, wire.webhook).items,
      });
      return all.map(({ item }) => item);
    },

    get: (id) => orUndefined(read(id)),

    create: (webhook) =>
      http.send({
        ...withApplicationKey("POST", "create", `webhook ${webhook.url}`),
        path: path`/v3/webhooks`,
        body: webhookBody(webhook),
        decode: (wire, answer) => wire.webhookWithSecret(answer),
        explain,
      }),

    update: async (id, { status, ...change }) => {
      const body = { ...webhookBody(change), ...(status === undefined ? {} : { status }) };
      if (Object.keys(body).length === 0) return read(id);
      await http.send({
        ...withApplicationKey("PUT", "update", `webhook ${id}`),
        path: path`/v3/webhooks/${id}`,
        body,
        // What was ignored shows in a fresh read only.
        decode: () => undefined,
        explain,
      });
      return read(id);
    },

    delete: (id) =>
      remove(sender, {
        ...withApplicationKey("DELETE", "delete", `webhook ${id}`),
        path: path`/v3/webhooks/${id}`,
        explain,
      }),

    rotateSecret: (id) =>
      http.send({
        ...withApplicationKey("POST", "rotate the secret of", `webhook ${id}`),
        path: path`/v3/webhooks/rotate-secret/${id}`,
        // A second rotation leaves the same behind as one: the last secret is in force, and it is the one that came.
        repeatable: true,
        decode: (wire, answer) => wire.webhookSecret(answer),
        explain,
      }),
  };
}

function webhookBody(change: WebhookChange): Record<string, unknown> {
  const body = {
    webhook_url: change.url,
    trigger_types: change.triggers,
    description: change.description,
    notification_email_addresses: change.notificationEmails,
    compressed_delivery: change.compressed,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** Errors of this family are numbers; a webhook that is not there comes as a 400, not as a 404. */
function explain(status: number, body: ErrorBody): Partial<Explanation> | undefined {
  if (status !== 400) return undefined;
  if (/destination\.id\.not\.found/.test(body.message)) {
    return { kind: "notFound", next: "It was deleted, or it belongs to another application or region." };
  }
  if (body.type !== "70005") return undefined;
  return {
    kind: "refused",
    next:
      "Nylas asks the address with GET and ?challenge=TOKEN, and it has to answer 200 within ten seconds with the token alone as its whole " +
      "body (no JSON, no chunks), at a public https address that is not one of ngrok's.",
  };
}
