import { type NylasApi, type Webhook, type WebhookChange } from "../api";
import { type ErrorBody, NylasError } from "../errors";
import { type Explanation } from "../explain";
import { path } from "../http";
import { given, isEmpty, orUndefined, remove, type Sender, withApplicationKey } from "./calls";
import { list, route, type Route } from "./table";

export const CALLS: readonly Route[] = [
  list("GET /v3/webhooks", "application", ["Webhook"], "a webhook"),
  route("POST /v3/webhooks", "application", ["Webhook"], "a webhook"),
  route("GET /v3/webhooks/:id", "application", ["Webhook"], "a webhook"),
  route("PUT /v3/webhooks/:id", "application", ["Webhook"], "a webhook"),
  route("DELETE /v3/webhooks/:id", "application", ["Webhook"]),
  route("POST /v3/webhooks/rotate-secret/:id", "application", ["Webhook"], "a webhook"),
];

export const routes = (sender: Sender) => ({ webhooks: webhookRoutes(sender) });

function webhookRoutes(sender: Sender): NylasApi["webhooks"] {
  const { http } = sender;

  const read = (id: string): Promise<Webhook> =>
    http.send({
      ...withApplicationKey("GET", "read", `webhook ${id}`),
      path: path`/v3/webhooks/${id}`,
      decode: (wire, answer) => wire.webhook(answer),
      explain,
    });

  const list = async (): Promise<Webhook[]> => {
    const all = await http.send({
      ...withApplicationKey("GET", "list", "webhooks"),
      path: path`/v3/webhooks`,
      decode: (wire, answer) => wire.page(answer, wire.webhook).items,
    });
    return all.map(({ item }) => item);
  };

  /** By one reading of the API the answer by id leaves `compressed_delivery` out, and the list has it. */
  const complete = async (webhook: Webhook): Promise<Webhook> =>
    webhook.compressed === undefined
      ? { ...webhook, compressed: (await list()).find(({ id }) => id === webhook.id)?.compressed }
      : webhook;

  /** Whatever the words of the refusal: it is of the number that stands for "not there", and the list does not have the webhook. */
  const unlessGone = async <T>(id: string, answer: Promise<T>): Promise<T | undefined> => {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof NylasError) || error.kind !== "refused" || error.type !== "70000") throw error;
      if ((await list()).some((webhook) => webhook.id === id)) throw error;
      return undefined;
    }
  };

  return {
    list,

    get: async (id) => {
      const webhook = await unlessGone(id, orUndefined(read(id)));
      return webhook && complete(webhook);
    },

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
      if (isEmpty(body)) return complete(await read(id));
      await http.send({
        ...withApplicationKey("PUT", "update", `webhook ${id}`),
        path: path`/v3/webhooks/${id}`,
        body,
        // What was ignored shows in a fresh read only.
        decode: () => undefined,
        explain,
      });
      return complete(await read(id));
    },

    delete: async (id) => {
      const removed = remove(sender, {
        ...withApplicationKey("DELETE", "delete", `webhook ${id}`),
        path: path`/v3/webhooks/${id}`,
        explain,
      });
      return (await unlessGone(id, removed)) ?? false;
    },

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
  return given({
    webhook_url: change.url,
    trigger_types: change.triggers,
    description: change.description,
    notification_email_addresses: change.notificationEmails,
    compressed_delivery: change.compressed,
    ...change.members,
  });
}

/** Errors of this family are numbers; a webhook that is not there comes as a 400, not as a 404. */
function explain(status: number, body: ErrorBody): Partial<Explanation> | undefined {
  if (status !== 400) return undefined;
  // One text is documented. By another reading it is told by the number alone.
  if (
    /destination\.id\.not\.found/.test(body.message) ||
    (body.type === "70000" && /not[ ._]?found/i.test(body.message))
  ) {
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
