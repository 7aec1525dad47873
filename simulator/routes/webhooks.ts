import { type Api } from "../http/api.js";
import { objectBody } from "../http/bodies.js";
import { type Call } from "../http/call.js";
import { ApiError } from "../http/errors.js";
import { type Json } from "../model/exchange.js";
import { type Webhook } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { isLoopback } from "../runtime/outgoing.js";
import { addressProblem } from "../webhooks/addresses.js";
import { newEvent, signedBody } from "../webhooks/notifications.js";

/** `/v3/webhooks`: destinations that prove themselves by a challenge, and the helpers beside them. */
export function webhooks(api: Api): void {
  const options = { key: "application", resource: "webhooks", dialect: "webhook" } as const;

  // No paging, no secret, no times.
  api.route("GET", "/v3/webhooks", options, ({ store, application }) => {
    const mine = store.webhooks.where((w) => w.application_id === application.id);
    return { body: { data: mine.map(listed) } };
  });

  api.route("POST", "/v3/webhooks", options, async ({ store, application, body }) => {
    const given = objectBody(body);
    const url = typeof given.webhook_url === "string" ? given.webhook_url : "";
    const triggers = triggersOf(given.trigger_types);
    if (triggers.length === 0) throw refused("trigger_types.required", "trigger_types must not be empty");
    const rest = {
      description: descriptionOf(given.description),
      notification_email_addresses: addressesOf(given.notification_email_addresses),
      compressed_delivery: compressedOf(given.compressed_delivery) ?? false,
    };
    await challenge(store, url);
    const made = newWebhook(store, application.id, { webhook_url: url, trigger_types: triggers, ...rest });
    return { body: { data: { ...listed(made), webhook_secret: made.secret } } };
  });

  api.route("GET", "/v3/webhooks/:webhook", options, (call) => {
    const { compressed_delivery: compressed, ...rest } = read(webhookById(call));
    const shown = call.store.settings.webhookCompression === "shown";
    return { body: { data: shown ? { ...rest, compressed_delivery: compressed } : rest } };
  });

  // What is sent empty stays as it was: nothing can be cleared.
  api.route("PUT", "/v3/webhooks/:webhook", options, async (call) => {
    const { store } = call;
    const webhook = webhookById(call);
    const body = objectBody(call.body);
    const given = store.settings.webhookEmptyValues === "cleared" ? body : withoutEmpty(body);
    const change: Partial<Webhook> = {};
    if (given.webhook_url !== undefined) {
      change.webhook_url = String(given.webhook_url);
      const problem = addressProblem(change.webhook_url, store.settings);
      if (problem) throw unverified(problem);
    }
    if (given.trigger_types !== undefined) change.trigger_types = triggersOf(given.trigger_types);
    if (given.description !== undefined) change.description = descriptionOf(given.description);
    if (given.notification_email_addresses !== undefined)
      change.notification_email_addresses = addressesOf(given.notification_email_addresses);
    const compressed = compressedOf(given.compressed_delivery);
    if (compressed !== undefined) change.compressed_delivery = compressed;
    if (given.status !== undefined) {
      if (given.status !== "active" && given.status !== "pause")
        throw refused("status.invalid", "status must be active or pause");
      if (given.status !== webhook.status) {
        if (given.status === "active") await challenge(store, change.webhook_url ?? webhook.webhook_url);
        change.status = given.status;
        change.status_updated_at = store.clock.seconds();
      }
    }
    Object.assign(webhook, change, { updated_at: store.clock.seconds() });
    return { body: { data: read(webhook) } };
  });

  api.route("DELETE", "/v3/webhooks/:webhook", options, (call) => {
    call.store.webhooks.remove(webhookById(call).id);
    return { body: { data: { status: "success" } } };
  });

  api.route(
    "POST",
    "/v3/webhooks/rotate-secret/:webhook",
    { ...options, action: "update", bodyOptional: true },
    (call) => {
      const webhook = webhookById(call);
      webhook.secret = call.store.seeded.token(`webhook secret|${webhook.id}`);
      webhook.updated_at = call.store.clock.seconds();
      const { compressed_delivery: _unsaid, ...rest } = listed(webhook);
      return { body: { data: { ...rest, webhook_secret: webhook.secret } } };
    },
  );

  const helper = { ...options, action: "read", effect: "query" } as const;

  api.route("POST", "/v3/webhooks/mock-payload", helper, (call) => ({
    body: { data: mockEvent(call) },
  }));

  api.route("POST", "/v3/webhooks/send-test-event", helper, async (call) => {
    const { store } = call;
    const { webhook_url: given } = objectBody(call.body);
    const url = typeof given === "string" ? given : "";
    const problem = addressProblem(url, store.settings);
    if (problem) throw unverified(problem);
    const event = mockEvent(call);
    const { webhookTimeoutMs: timeoutMs } = store.settings;
    const signed = signedBody(event, "mock-webhook-secret", false);
    if (isLoopback(new URL(url))) {
      const { status } = await store.outgoing
        .call(new URL(url), { method: "POST", ...signed, timeoutMs })
        .catch((error: unknown) => Promise.reject(unverified((error as Error).message)));
      if (status < 200 || status > 299) throw unverified(`status is not ok, got ${status}`);
    }
    return { body: { data: { status: "success" } } };
  });

  api.route("GET", "/v3/webhooks/ip-addresses", options, ({ store }) => ({
    body: { data: { ip_addresses: ["127.0.0.1"], updated_at: store.clock.seconds() } },
  }));
}

/** Makes a webhook; the caller has checked the values and the address. */
export function newWebhook(
  store: Store,
  applicationId: string,
  values: Pick<
    Webhook,
    "webhook_url" | "trigger_types" | "description" | "notification_email_addresses" | "compressed_delivery"
  >,
): Webhook {
  const now = store.clock.seconds();
  const id = store.seeded.uuid("webhook", `${applicationId}|${values.webhook_url}`);
  return store.webhooks.add({
    id,
    application_id: applicationId,
    ...values,
    status: "active",
    status_updated_at: now,
    secret: store.seeded.token(`webhook secret|${id}`),
    created_at: now,
    updated_at: now,
  });
}

/** Asks the address to give back a token: at once, in ten seconds, and nothing but the token. */
async function challenge(store: Store, text: string): Promise<void> {
  const problem = addressProblem(text, store.settings);
  if (problem) throw unverified(problem);
  const url = new URL(text);
  if (!isLoopback(url)) return;
  const token = store.seeded.token("challenge", 24);
  url.searchParams.set("challenge", token);
  const { webhookTimeoutMs: timeoutMs } = store.settings;
  const answer = await store.outgoing
    .call(url, { method: "GET", timeoutMs })
    .catch((error: unknown) => Promise.reject(unverified((error as Error).message)));
  if (answer.status < 200 || answer.status > 299) {
    throw unverified(`status is not ok, got ${answer.status}`);
  }
  if (answer.headers["transfer-encoding"] !== undefined) throw unverified("the answer is chunked");
  if (answer.body.toString("utf8") !== token) throw unverified("the answer is not the challenge");
}

const TRIGGERS = new Set(
  Object.entries({
    message:
      "delivered bounced complaint rejected created updated deleted created.cleaned send_success send_failed bounce_detected opened opened.legacy link_clicked link_clicked.legacy transactional.delivered transactional.bounced transactional.complaint transactional.rejected",
    thread: "replied replied.legacy",
    grant: "created updated deleted expired imap_sync_completed",
    calendar: "created updated deleted",
    event: "created updated deleted",
    contact: "updated deleted",
    folder: "created updated deleted",
    booking: "created pending rescheduled cancelled reminder",
    notetaker: "created updated deleted meeting_state media",
  }).flatMap(([group, names]) => names.split(" ").map((name) => `${group}.${name}`)),
);

/** Errors of this family: a number as the type, the symbolic code in front of the text. */
function refused(code: string, message: string, type = "70000"): ApiError {
  return new ApiError(400, type, `${code} : ${message}`, "webhook");
}

function unverified(why: string): ApiError {
  return refused("unable.verify.webhook_url", why, "70005");
}

/** A destination that is not there is a 400 here, not a 404. */
function webhookById(call: Call): Webhook {
  const webhook = call.store.webhooks.get(call.params.webhook!.toLowerCase());
  if (!webhook || webhook.application_id !== call.application.id) {
    switch (call.store.settings.webhookGone) {
      case "text":
        throw refused("destination.id.not.found", "record not found");
      case "number":
        throw new ApiError(400, "70000", "webhook destination not found", "webhook");
      case "words":
        throw new ApiError(400, "70000", "no such destination", "webhook");
    }
  }
  return webhook;
}

function read({ secret: _secret, application_id: _mine, ...rest }: Webhook): Partial<Webhook> {
  return rest;
}

/** As the list and the create show it: without times. */
function listed(webhook: Webhook): Partial<Webhook> {
  const { status_updated_at: _since, created_at: _made, updated_at: _changed, ...rest } = webhook;
  const { secret: _secret, application_id: _mine, ...shown } = rest;
  return shown;
}

function mockEvent({ store, application, body }: Call): object {
  const [type] = triggersOf([objectBody(body).trigger_type]);
  const object = { id: "mock-id", grant_id: "mock-grant-id", object: type!.split(".")[0]! };
  return newEvent(store, application.id, type!, "/nylas/system", object);
}

function withoutEmpty(body: Json): Json {
  const empty = (v: unknown): boolean => v === null || v === "" || (Array.isArray(v) && v.length === 0);
  return Object.fromEntries(Object.entries(body).filter(([, v]) => !empty(v)));
}

function triggersOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw refused("trigger_types.invalid", "trigger_types must be a list");
  for (const type of value) {
    if (typeof type !== "string" || !TRIGGERS.has(type))
      throw refused("trigger_types.invalid", `unknown trigger type ${JSON.stringify(type)}`);
  }
  return [...new Set(value as string[])];
}

function descriptionOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw refused("description.invalid", "description must be a string");
  return value;
}

function addressesOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  const good =
    Array.isArray(value) && value.every((v) => typeof v === "string" && /^[^\s@]+@[^\s@]+$/.test(v));
  if (!good) throw refused("notification_email_addresses.invalid", "expected a list of addresses");
  return value as string[];
}

function compressedOf(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean")
    throw refused("compressed_delivery.invalid", "compressed_delivery must be a boolean");
  return value;
}
