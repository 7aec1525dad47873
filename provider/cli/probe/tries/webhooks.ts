/** A webhook at an address that the user names: Nylas calls it once, and it hears of nothing but grants that expire. */
import { goneWebhook, harmless, known, oneWebhook, text } from "../look";
import { type Try, write } from "./try";

const PUT = "PUT /v3/webhooks/:id";

export async function webhooks(context: Try, url: string): Promise<void> {
  const { bench, say, doing } = context;
  doing("trying a webhook");
  const name = `${bench.mark}-webhook`;
  const webhook = await bench.make("webhook", name, {
    webhook_url: url,
    trigger_types: ["grant.expired"],
    description: name,
  });
  await oneWebhook(bench.eyes, say, webhook.id);
  await write(context, webhook, PUT, { description: `${name}-renamed`, status: "pause" }, "Webhook");
  await bench.change(webhook, PUT, { description: "" });
  const { description } = await bench.settled(webhook);
  say(
    text(description) === undefined
      ? harmless("webhookEmpty", "clears it", { webhookEmptyValues: "cleared" })
      : known("webhookEmpty", "is ignored"),
  );
  // By its description it is known as the probe's own.
  if (text(description) === undefined) await bench.change(webhook, PUT, { description: name });
  await bench.remove(webhook);
  await goneWebhook(bench.eyes, say, webhook.id);
}
