import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Api } from "../http/api.js";
import { objectBody } from "../http/bodies.js";
import { type Call } from "../http/call.js";
import { ApiError, invalid } from "../http/errors.js";
import { limitsOf, spend } from "../mail/limits.js";
import { distribute, placeOf, putMessage, shownMessage, type Mail } from "../mail/mailroom.js";
import { applyRules } from "../mail/ruleEngine.js";
import { type Answer } from "../model/exchange.js";
import { type Grant, type Message, type Participant } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { notify } from "../webhooks/notifications.js";
import { dataGrant } from "./messages.js";

/** `POST /v3/grants/{id}/messages/send`: rules, limits, the queue, and the one idempotency key there is. */
export function send(api: Api): void {
  const options = { key: "application", resource: "messages", action: "send", ofGrants: true } as const;

  api.route("POST", "/v3/grants/:grant/messages/send", options, async (call) => {
    const { store } = call;
    const grant = dataGrant(call);
    const key = idempotencyKey(call);
    if (key === undefined) return sendNow(call, grant);
    const place = `${grant.id}|${key}`;
    const digest = createHash("sha256").update(JSON.stringify(call.body)).digest("hex");
    const earlier = store.idempotent.get(place);
    if (earlier && store.clock.ms() - earlier.atMs < HOUR_MS) {
      if (earlier.digest !== digest)
        throw new ApiError(409, "api.invalid_idempotent_request", "the key was used with another payload");
      if (!earlier.answer)
        throw new ApiError(409, "api.concurrent_idempotent_request", "a request with this key is under way");
      return { ...earlier.answer, headers: { "idempotent-response": "true" } };
    }
    const entry: { digest: string; atMs: number; answer?: Answer } = { digest, atMs: store.clock.ms() };
    store.idempotent.set(place, entry);
    try {
      entry.answer = await sendNow(call, grant);
      return entry.answer;
    } catch (error) {
      // Only what was sent is kept: a refusal may be tried again.
      store.idempotent.delete(place);
      throw error;
    }
  });
}

const HOUR_MS = 3_600_000;
const MOST_RECIPIENTS = 50;
const MOST_BYTES = 25 * 1024 ** 2;

async function sendNow(call: Call, grant: Grant): Promise<Answer> {
  const { store } = call;
  const body = objectBody(call.body);
  const [to, cc, bcc] = (["to", "cc", "bcc"] as const).map((f) => participants(body[f], f)) as [
    Participant[],
    Participant[],
    Participant[],
  ];
  if (to.length === 0) throw invalid("to is required");
  const recipients = [...to, ...cc, ...bcc];
  if (recipients.length > MOST_RECIPIENTS)
    throw invalid(`a message may have at most ${MOST_RECIPIENTS} recipients`);
  const mail: Mail = {
    from: { email: grant.email, name: grant.name },
    to,
    cc,
    subject: textOf(body.subject, "subject"),
    body: textOf(body.body, "body"),
  };
  if (Buffer.byteLength(mail.body) > MOST_BYTES) throw invalid("the message is larger than 25 MB");
  const sendAt = sendAtOf(store, body.send_at);
  if (store.settings.sendMs > 0) await sleep(store.settings.sendMs);

  const id = store.seeded.uuid("message", grant.id);
  const type = body.reply_to_message_id === undefined ? "compose" : "reply";
  const ruled = { from: grant.email, recipients: recipients.map((p) => p.email), type } as const;
  const verdict = applyRules(store, grant, "outbound", ruled, id);
  if (verdict.blocked) {
    throw new ApiError(403, "forbidden_access", "the message was blocked by an outbound rule");
  }
  if (store.settings.sending === "full") {
    const full = new ApiError(429, "rate_limit_error", "the send queue is full");
    full.headers = { "retry-after": "5" };
    throw full;
  }
  const limit = limitsOf(store, grant).limit_count_daily_email_sent;
  if (!spend(store, "sent", grant, limit)) {
    throw new ApiError(429, "quota_exceeded_error", `the account may send ${limit} messages a day`);
  }
  const depart = (): Message => {
    // What a rule does short of blocking, it does to the copy that is kept.
    const place = placeOf(store, grant, verdict.actions, { folder: "sent", unread: false });
    const sent = putMessage(store, grant, mail, { id, ...place, isSent: true });
    distribute(store, grant, sent, mail, bcc);
    return sent;
  };
  if (sendAt === undefined && store.settings.sending === "direct") {
    return { body: { grant_id: grant.id, data: shownMessage(store, depart(), grant) } };
  }
  const scheduled = sendAt !== undefined;
  const dueMs = scheduled ? sendAt * 1000 : store.clock.ms() + store.settings.sendQueueMs;
  store.outbox.push({
    dueMs,
    depart: () => {
      if (grant.deletedAtMs !== null) return;
      const sent = shownMessage(store, depart(), grant);
      if (scheduled) notify(store, grant.application_id, "message.send_success", "/nylas/send", sent);
    },
  });
  const data = {
    id,
    grant_id: grant.id,
    object: "message",
    subject: mail.subject,
    from: [mail.from],
    to,
    ...(scheduled ? { schedule_id: store.seeded.uuid("schedule", grant.id), send_at: sendAt } : {}),
  };
  return { status: 202, body: { grant_id: grant.id, data } };
}

function idempotencyKey(call: Call): string | undefined {
  const key = call.headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key !== "string" || key === "" || key.length > 256) {
    throw invalid("Idempotency-Key must have 1 to 256 characters", "api.invalid_idempotency_key");
  }
  return key;
}

function participants(value: unknown, field: string): Participant[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(`${field} must be a list`);
  return value.map((entry) => {
    const { email, name } = objectBody(entry, `${field}[]`);
    if (typeof email !== "string" || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
      throw invalid(`${field}: not an email address: ${JSON.stringify(email)}`);
    }
    return { email, name: typeof name === "string" ? name : "" };
  });
}

function textOf(value: unknown, field: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw invalid(`${field} must be a string`);
  return value;
}

function sendAtOf(store: Store, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Number.isSafeInteger(value) || (value as number) <= store.clock.seconds()) {
    throw invalid("send_at must be a time in the future, in seconds");
  }
  return value as number;
}
