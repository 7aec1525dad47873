import { kindTable, table, type InputsOf } from "../core/propertyTable";
import { flag, text, texts } from "../core/types";
import { name } from "./shared";
import { id, shortName } from "./types";

/** A moment as in RFC 3339, in seconds since 1970; undefined for what is none. */
export function secondsOf(moment: string): number | undefined {
  const form =
    /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;
  const [year, month, day] = moment.slice(0, 10).split("-").map(Number) as [number, number, number];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const milliseconds = form.test(moment) && day <= lastDay ? Date.parse(moment) : NaN;
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

export const apiKeyProperties = table({
  principalId: {
    type: id("principal"),
    example: "customerA.id",
    text: "The principal whose key it is.",
    required: true,
    whenChanged: { replaces: "the key: the new one is made first." },
    output: true,
    isReviewed: true,
  },
  expiresAt: {
    type: text("a moment as in RFC 3339, with its offset", (moment) => secondsOf(moment) !== undefined),
    example: '"2027-06-30T00:00:00Z"',
    text: "When it stops working: a moment as in RFC 3339, such as `2027-06-30T00:00:00Z`, in the future and at most ten years away. Nylas cannot change it.",
    required: true,
    whenChanged: { replaces: "the key, the new one first." },
    api: "`expires_at`",
    output: true,
    isReviewed: true,
  },
  name: name('"Customer A\'s agent"', shortName, 128),
  enabled: {
    type: flag,
    example: "true",
    text: "Whether it works.",
    default: "true",
    defaultValue: true,
    whenChanged: { inPlace: true },
    wire: { member: "status", yes: "active", no: "disabled" },
    output: true,
    isReviewed: true,
  },
  rotateWhenChanged: {
    type: texts,
    example: '{ quarter: "2027-1" }',
    text: "Any values.",
    whenChanged: {
      replaces: "the key: the new one is made and handed on first, then the old one is deleted.",
    },
    output: true,
    isReviewed: true,
  },
});

export type ApiKeyProperties = InputsOf<typeof apiKeyProperties>;

export const apiKeyKind = kindTable({
  type: "ApiKey",
  className: "NylasApiKey",
  listedAfter: "Principal",
  isExperimental: true,
  text: `An API key of a {@link NylasPrincipal}. Its \`secret\` is shown by Nylas once, and kept as a secret output. Its id is \`principalId/keyId\`. Needs the organization key (\`nylas:organizationKey\`, with \`iam.credentials.*\`).

Ten keys to a principal: one that has expired counts until it is deleted, which replacing it does.

Experimental: these routes are new, and what they answer has not been seen in all its parts.`,
  api: {
    title: "IAM credentials",
    address: "https://developer.nylas.com/docs/reference/api/iam-credentials/",
  },
  under: { property: "principalId", type: "Principal" },
  properties: apiKeyProperties,
  outputs: {
    secret: {
      type: { text: "string" },
      text: "A secret: the key itself, for the header `Authorization: Bearer …`. Undefined for one that was taken over.",
      mayBeMissing: true,
      secret: true,
    },
    keyId: { type: { text: "string" }, text: "Its id without the principal's.", isOwnId: true },
  },
  get: { what: "A key", by: "`principalId/keyId`; without its secret" },
  adopt: {
    text: "Take over a key that exists already, by `principalId/keyId`. Its secret stays unknown.",
    type: "id",
  },
  key: "organizationKey",
  review: { section: "rest", noun: "key", sameBy: ["name", "principalId"] },
  needs: {
    permissions: [
      "iam.principals.read",
      "iam.credentials.read",
      "iam.credentials.create",
      "iam.credentials.update",
      "iam.credentials.delete",
    ],
  },
});
