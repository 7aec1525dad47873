import { kindTable, table, type InputsOf } from "../core/propertyTable";
import { flag, list, text, texts, type Shape } from "../core/types";
import { isEmail } from "../nylas/addresses";
import { isLoopback } from "../nylas/credentials";
import { applicationId, timeoutSeconds } from "./shared";
import { name, typed } from "./types";

/** What Nylas can tell a webhook of, beside what begins with `booking.` and `notetaker.`. */
export const TRIGGERS = [
  "message.delivered",
  "message.bounced",
  "message.complaint",
  "message.rejected",
  "message.created",
  "message.updated",
  "message.deleted",
  "message.created.cleaned",
  "message.send_success",
  "message.send_failed",
  "message.bounce_detected",
  "message.opened",
  "message.opened.legacy",
  "message.link_clicked",
  "message.link_clicked.legacy",
  "message.transactional.delivered",
  "message.transactional.bounced",
  "message.transactional.complaint",
  "message.transactional.rejected",
  "thread.replied",
  "thread.replied.legacy",
  "grant.created",
  "grant.updated",
  "grant.deleted",
  "grant.expired",
  "grant.imap_sync_completed",
  "calendar.created",
  "calendar.updated",
  "calendar.deleted",
  "event.created",
  "event.updated",
  "event.deleted",
  "contact.updated",
  "contact.deleted",
  "folder.created",
  "folder.updated",
  "folder.deleted",
] as const;

/** Others may be new since this release, or begin with `booking.` or `notetaker.`. */
const trigger: Shape = {
  kind: "either",
  of: [{ kind: "text" }, { kind: "choice", values: TRIGGERS, name: "WebhookTrigger" }],
};

export const webhookProperties = table({
  url: {
    type: text(
      "a public https address, not one of ngrok's (http on a loopback address, for the simulator)",
      isAddress,
    ),
    example: '"https://agents.example.com/nylas"',
    text: "Where events are sent: a public https address. It has to answer Nylas' challenge (`GET` with `?challenge=…`) when the webhook is made: the token alone, with 200, within ten seconds.",
    required: true,
    whenChanged: { inPlace: true },
    api: "`webhook_url`",
    output: true,
    isReviewed: true,
  },
  triggers: {
    type: typed<string[]>(
      list({ ...text("a trigger"), shape: trigger }, "a list of trigger types"),
      { text: "pulumi.Input<NylasTrigger>[]", imports: { NylasTrigger: "classes/types" } },
      { text: "string[]" },
    ),
    example: '["message.created", "message.bounced"]',
    text: "What it is told of, as a set; one or more.",
    isSet: true,
    required: true,
    whenChanged: { inPlace: true },
    api: "`trigger_types`",
    output: true,
    isReviewed: true,
  },
  name: {
    type: name,
    example: '"Mail events"',
    text: "A name for people, 1 to 256 characters.",
    isNamedByDefault: true,
    whenChanged: { inPlace: "; never empty." },
    api: "`description`",
    output: true,
    isReviewed: true,
  },
  notificationEmails: {
    type: list(text("an address", isEmail), "a list of e-mail addresses"),
    example: '["ops@example.com"]',
    text: "Who is written to when deliveries fail, as a set.",
    whenChanged: {
      inPlace: ". Cannot be taken away again, only changed: the API ignores an empty list.",
    },
    api: "`notification_email_addresses`",
    output: true,
    isReviewed: true,
  },
  compressed: {
    type: flag,
    example: "true",
    text: "Whether bodies are sent gzipped (the signature is over the compressed bytes).",
    default: "false",
    defaultValue: false,
    whenChanged: { inPlace: true },
    api: "`compressed_delivery`",
    output: true,
    isReviewed: true,
  },
  paused: {
    type: flag,
    example: "true",
    text: "Whether nothing is sent for now.",
    default: "false",
    defaultValue: false,
    whenChanged: { inPlace: "; going on needs the challenge again." },
    api: "`status` `pause`",
    output: true,
    isReviewed: true,
  },
  rotateWhenChanged: {
    type: texts,
    example: '{ quarter: "2027-1" }',
    text: "Any values: when one of them changes, the secret is rotated. The old secret is dead at that moment.",
    output: true,
    isReviewed: true,
  },
  timeoutSeconds: timeoutSeconds("120"),
});

export type WebhookProperties = InputsOf<typeof webhookProperties>;

export const webhookKind = kindTable({
  type: "Webhook",
  className: "NylasWebhook",
  listedAfter: "List",
  text: `A webhook: Nylas sends events of **all** accounts of the application to it. So an application needs one, and a stack of its own to hold it. Creating it waits up to two minutes (\`customTimeouts\`) for an address that does not answer the challenge yet.

A webhook that Nylas gave up on (\`failed\`, after 72 hours of failures) is set going again by the next \`pulumi up\`.`,
  api: { title: "Webhooks", address: "https://developer.nylas.com/docs/v3/notifications/" },
  properties: webhookProperties,
  outputs: {
    status: { type: { text: "string" }, text: "`active`, `pause`, `failing` or `failed`." },
    secret: {
      type: { text: "string" },
      text: "A secret: what the header `x-nylas-signature` is made with (hex HMAC-SHA256 of the raw body). Nylas shows it at the create and at a rotation alone; undefined for a webhook that was taken over, until it is rotated.",
      mayBeMissing: true,
      secret: true,
    },
    applicationId,
  },
  get: { what: "A webhook", by: "its id; without its secret" },
  adopt: {
    text: "Take over a webhook that exists already (by address and triggers): true, or its id. Its secret stays unknown until it is rotated.",
  },
  key: "apiKey",
  review: { section: "rest", noun: "webhook" },
  program: { timeout: "timeoutSeconds", mayBeRefused: true },
});

function isAddress(address: string): boolean {
  // What the parser would repair in silence (line breaks, blanks, missing slashes, letters of other alphabets) is sent as it stands.
  if (!/^https?:\/\/[\x21-\x5b\x5d-\x7e]{1,2040}$/i.test(address)) return false;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  // "https://agents.example.com@127.0.0.1" leads to 127.0.0.1, whatever it looks like.
  if (url.username || url.password) return false;
  if (isLoopback(url.hostname)) return ["http:", "https:"].includes(url.protocol);
  return url.protocol === "https:" && !/(^|\.)ngrok(-free)?\.\w+$/.test(url.hostname);
}
