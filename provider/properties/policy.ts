import { kindTable, object, table, type InputsOf } from "../core/propertyTable";
import { choice, either, flag, integer, large, list, number, text } from "../core/types";
import { type PolicyLimits, type SpamDetection } from "../nylas/api";
import { detectionNames, limitNames } from "../nylas/policyFields";
import { applicationId, name } from "./shared";

const MOST = Number.MAX_SAFE_INTEGER;
const amount = integer("a whole number from 0", 0, MOST);
const bytes = large("a whole number from 0");
const unlimited = choice(["unlimited"], '"unlimited"');
const limit = either(amount, unlimited, 'a whole number from 0, or "unlimited"');
const limitOfBytes = either(bytes, unlimited, 'a whole number from 0, or "unlimited"');
const wire = Object.fromEntries<string>([...limitNames, ...detectionNames]);

const MIME_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\/([A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*|\*)$/;

const limits = table({
  dailySends: {
    type: limit,
    example: "50",
    text: 'Messages an account may send a day (counted from 00:00 UTC), or `"unlimited"`.',
    api: `\`${wire.dailySends!}\``,
    isReviewed: true,
  },
  dailyReceives: {
    type: limit,
    example: "500",
    text: 'Messages an account may receive a day, or `"unlimited"`.',
    api: `\`${wire.dailyReceives!}\``,
    isReviewed: true,
  },
  storageBytes: {
    type: limitOfBytes,
    example: "1_000_000_000",
    text: 'Bytes an account may hold, or `"unlimited"`. Lowering it can delete mail: `allowMailLoss`.',
    api: `\`${wire.storageBytes!}\``,
    isReviewed: true,
  },
  messageBytes: {
    type: amount,
    example: "25_000_000",
    text: "Bytes of one whole message.",
    api: `\`${wire.messageBytes!}\``,
    isReviewed: true,
  },
  attachmentBytes: {
    type: amount,
    example: "10_000_000",
    text: "Bytes of one attachment.",
    api: `\`${wire.attachmentBytes!}\``,
    isReviewed: true,
  },
  attachmentCount: {
    type: amount,
    example: "10",
    text: "Attachments of one message.",
    api: `\`${wire.attachmentCount!}\``,
    isReviewed: true,
  },
  attachmentTypes: {
    type: list(
      text("a MIME type", { checks: (z) => [z.maxLength(255), z.regex(MIME_TYPE)] }),
      "a list of MIME types, image/* allowed",
    ),
    example: '["image/*", "application/pdf"]',
    text: "MIME types of attachments, `image/*` allowed; an empty list: all that the plan allows. A set.",
    api: `\`${wire.attachmentTypes!}\``,
    isReviewed: true,
  },
  inboxRetentionDays: {
    type: limit,
    example: "30",
    text: 'Days that mail stays in the inbox, or `"unlimited"`; more than `spamRetentionDays`. Lowering it deletes mail: `allowMailLoss`.',
    api: `\`${wire.inboxRetentionDays!}\``,
    isReviewed: true,
  },
  spamRetentionDays: {
    type: limit,
    example: "7",
    text: 'Days that spam stays, or `"unlimited"`; less than `inboxRetentionDays`. Lowering it: `allowMailLoss`.',
    api: `\`${wire.spamRetentionDays!}\``,
    isReviewed: true,
  },
});

const spamDetection = table({
  dnsBlockLists: {
    type: flag,
    example: "true",
    text: "Ask DNS block lists.",
    api: `\`${wire.dnsBlockLists!}\``,
    isReviewed: true,
  },
  headerAnomalies: {
    type: flag,
    example: "true",
    text: "Look for anomalies in the headers.",
    api: `\`${wire.headerAnomalies!}\``,
    isReviewed: true,
  },
  sensitivity: {
    type: number("a number from 0.1 to 5.0", 0.1, 5),
    example: "1.5",
    text: "0.1 to 5.0; higher marks more mail as spam.",
    api: `\`${wire.sensitivity!}\`, 1.0 where never set`,
    isReviewed: true,
  },
});

export const policyProperties = table({
  name: name('"Outreach"'),
  limits: {
    type: object<typeof limits, PolicyLimits>(
      "NylasPolicyLimits",
      { text: "PolicyLimits", imports: { PolicyLimits: "nylas/api" } },
      limits,
      "an object of limits",
      "Limits of a policy. What is left out stays at the plan's maximum and is never compared. A limit that was set once cannot be un-set by the API: write `\"unlimited\"` or the plan's maximum instead of taking the line away.",
    ),
    example: "{ dailySends: 50 }",
    text: "Limits; changed in place, each on its own.",
    output: true,
    isReviewed: true,
  },
  spamDetection: {
    type: object<typeof spamDetection, SpamDetection>(
      "NylasPolicySpamDetection",
      { text: "SpamDetection", imports: { SpamDetection: "nylas/api" } },
      spamDetection,
      "an object of settings",
      "How a policy tells spam. A setting that was made once cannot be un-set: write the other value.",
    ),
    example: "{ sensitivity: 1.5 }",
    text: "Spam detection; changed in place, each on its own.",
    output: true,
    isReviewed: true,
  },
  allowMailLoss: {
    type: flag,
    example: "true",
    text: "Let a change through that keeps mail for a shorter time or in less space. Default: false.",
    isReviewed: true,
  },
});

export type PolicyProperties = InputsOf<typeof policyProperties>;

export const policyKind = kindTable({
  type: "Policy",
  className: "NylasPolicy",
  listedAfter: "DefaultWorkspace",
  text: `A policy: limits, retention and spam detection for the accounts of every workspace that names it. Nothing in it ever replaces it. Only what the program sets is compared with Nylas.

Deleting it fails while a workspace still names it.`,
  api: { title: "Policies", address: "https://developer.nylas.com/docs/reference/api/policies/" },
  properties: policyProperties,
  outputs: { applicationId },
  get: { what: "A policy", by: "its id" },
  adopt: {
    text: "Take over a policy that exists already (by name): true, or its id. Nothing is written then.",
  },
  key: "apiKey",
  review: {
    section: "policies",
    noun: "policy",
    counted: ["policy", "policies"],
    sameBy: ["name"],
    isFoundByLikeness: true,
  },
  program: { mayBeRefused: true },
});
