import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { type Webhook, type WebhookDelivery } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { isLoopback } from "../runtime/outgoing.js";

/** Something happened: every webhook of the application that asked for it is told, signed, in the background. */
export function notify(
  store: Store,
  applicationId: string,
  type: string,
  source: string,
  object: object,
): void {
  const listening = store.webhooks.where(
    (w) =>
      w.application_id === applicationId &&
      (w.status === "active" || w.status === "failing") &&
      w.trigger_types.includes(type),
  );
  for (const webhook of listening) {
    const event = newEvent(store, applicationId, type, source, object);
    store.outgoing.background(deliver(store, webhook, event));
  }
}

/** A notification as it stands on the wire, before its first attempt. */
export function newEvent(
  store: Store,
  applicationId: string,
  type: string,
  source: string,
  object: object,
): Event {
  return {
    specversion: "1.0",
    type,
    source,
    id: store.seeded.uuid("event", type),
    time: store.clock.seconds(),
    webhook_delivery_attempt: 1,
    data: { application_id: applicationId, object },
  };
}

/** The bytes of one attempt and the headers that go with them. */
export function signedBody(
  event: object,
  secret: string,
  compressed: boolean,
): { body: Buffer; headers: Record<string, string> } {
  const plain = Buffer.from(JSON.stringify(event));
  // What is signed is what goes over the wire: the compressed bytes.
  const body = compressed ? gzipSync(plain) : plain;
  return {
    body,
    headers: {
      "content-type": "application/json",
      "content-length": String(body.length),
      "x-nylas-signature": createHmac("sha256", secret).update(body).digest("hex"),
      ...(compressed ? { "content-encoding": "gzip" } : {}),
    },
  };
}

export interface Event {
  specversion: "1.0";
  type: string;
  source: string;
  id: string;
  time: number;
  webhook_delivery_attempt: number;
  data: { application_id: string; object: object };
}

const ATTEMPTS = 3;
const RETRIED = [408, 429, 502, 503, 504, 507];

async function deliver(store: Store, webhook: Webhook, event: Event): Promise<void> {
  const { settings, outgoing } = store;
  const record: WebhookDelivery = {
    eventId: event.id,
    webhookId: webhook.id,
    url: webhook.webhook_url,
    type: event.type,
    attempts: [],
    delivered: false,
  };
  store.webhookDeliveries.push(record);
  const url = new URL(webhook.webhook_url);
  if (!isLoopback(url)) return;
  for (let attempt = 1; attempt <= ATTEMPTS && !outgoing.closed; attempt++) {
    if (attempt > 1) await sleep(settings.webhookRetryMs);
    const signed = signedBody(
      { ...event, webhook_delivery_attempt: attempt },
      webhook.secret,
      webhook.compressed_delivery,
    );
    const status = await outgoing
      .call(url, { method: "POST", ...signed, timeoutMs: settings.webhookTimeoutMs })
      .then((answer) => answer.status)
      .catch(() => 0);
    record.attempts.push(status);
    record.delivered = status >= 200 && status < 300;
    if (!RETRIED.includes(status)) return;
  }
}
