import { isLoopback } from "../runtime/outgoing.js";
import { type Settings } from "../settings/settings.js";

/** Why a webhook address cannot be taken, or nothing. */
export function addressProblem(text: string, settings: Settings): string | undefined {
  if (text === "") return "url is empty";
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return "url is not valid";
  }
  if (/(^|\.)ngrok(-free)?\.[a-z]+$/.test(url.hostname)) return "ngrok is not allowed";
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url) && settings.httpWebhooks)) {
    return "url must be https";
  }
  if (!isLoopback(url) && settings.publicWebhooks === "refuse") {
    return "the simulator calls loopback addresses only (setting publicWebhooks)";
  }
  return undefined;
}
