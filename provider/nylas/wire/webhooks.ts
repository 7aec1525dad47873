import * as z from "zod/mini";
import { type Webhook } from "../api";
import { ANSWER } from "../answer";
import { isRecord } from "../errors";
import { MADE, type Members } from "./members";
import { given, id, Missing, moment, optionalFlag, optionalText, parse, single } from "./parts";

export function webhook(answer: unknown): Webhook {
  const wire = parse(webhookSchema, single(answer), "a webhook");
  const { webhook_secret: _, ...open } = wire;
  return {
    [ANSWER]: open,
    id: wire.id,
    url: wire.webhook_url,
    triggers: wire.trigger_types,
    description: given(wire.description),
    notificationEmails: wire.notification_email_addresses ?? [],
    compressed: wire.compressed_delivery ?? undefined,
    status: wire.status,
    createdAt: wire.created_at ?? 0,
  };
}

/** The answer of a create or a rotation: the only two that have the secret in them. */
export function webhookWithSecret(answer: unknown): Webhook & { secret: string } {
  return { ...webhook(answer), secret: webhookSecret(answer) };
}

export function webhookSecret(answer: unknown): string {
  // By one reading of the API, which the vendor's own CLI takes too, a rotation answers with it beside `data`.
  const beside = isRecord(answer) && isRecord(answer.data) ? answer.webhook_secret : undefined;
  const secret =
    parse(secretSchema, single(answer), "a webhook").webhook_secret ??
    (typeof beside === "string" ? beside : undefined);
  if (!given(secret)) throw new Missing("a webhook whose webhook_secret is missing");
  return secret as string;
}

const webhookSchema = z.looseObject({
  id,
  webhook_url: id,
  trigger_types: z.array(z.string()),
  description: optionalText,
  notification_email_addresses: z.nullish(z.array(z.string())),
  compressed_delivery: optionalFlag,
  status: id,
  created_at: moment,
});

const secretSchema = z.looseObject({ webhook_secret: optionalText });

/** The members that this release knows, those that it makes no use of included. */
export const webhookMembers = {
  "a webhook": {
    id: "text",
    webhook_url: "text",
    webhook_secret: "text",
    trigger_types: "texts",
    description: "text",
    notification_email_addresses: "texts",
    compressed_delivery: "flag",
    status: ["active", "pause", "failing", "failed"],
    status_updated_at: "moment",
    ...MADE,
  },
} as const satisfies Record<string, Members>;
