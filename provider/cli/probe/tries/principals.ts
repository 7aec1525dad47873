/** A principal of the probe's own, bound to an empty workspace of its own, and keys that are disabled from the start. */
import { isRecord } from "../../../nylas/errors";
import { type Own, Refused } from "../bench";
import { canRead } from "../eyes";
import { classes, harmless, idForm, known } from "../look";
import { type Try, untried, write } from "./try";

export async function principals(context: Try, workspace: Own): Promise<void> {
  const { bench, say, doing } = context;
  doing("trying a principal and its keys");
  const name = `${bench.mark}-principal`;
  const principal = await bench.make("principal", name, {
    name,
    direct_permissions: ["messages.read"],
    resource_binding: { type: "workspace", id: workspace.id },
  });
  idForm(principal.id, say);
  const change = { description: "Made by a probe." };
  await write(context, principal, "PATCH /v3/iam/principals/:id", change, "Principal");
  await permissions(context, principal);
  await keys(context, principal);
}

/** Whether a permission may be spelled otherwise: this one opens nothing. */
async function permissions({ bench, say }: Try, principal: Own): Promise<void> {
  const odd = { direct_permissions: ["messages.read", "Probe-nothing.read"] };
  const { ok, status } = await bench.change(principal, "PATCH /v3/iam/principals/:id", odd);
  if (ok) {
    say(harmless("R12", "permissions of another spelling", { permissionNames: "open" }));
    await bench.change(principal, "PATCH /v3/iam/principals/:id", { direct_permissions: ["messages.read"] });
  } else if (status === 400) say(known("R12", "permissions as a.b"));
}

async function keys({ bench, say }: Try, principal: Own): Promise<void> {
  const make = (name: string, more: Record<string, unknown>) =>
    bench.make(
      "key",
      `${bench.mark}-${name}`,
      { name: `${bench.mark}-${name}`, status: "disabled", ...more },
      { parent: principal, ownPoint: true },
    );
  try {
    await make("endless", {});
    say(harmless("R12", "keys without expiry", { credentialExpiry: "optional" }));
  } catch (error) {
    if (!(error instanceof Refused) || ![400, 422].includes(error.status)) throw error;
    say(known("R12", "an expiry"));
  }
  const key = await make("key", { expires_at: Math.floor(Date.now() / 1000) + 86_400 });
  idForm(key.id, say);
  const shown = await bench.read(key);
  // The secret is the text that is told once.
  const once = Object.keys(key.made).filter((name) => typeof key.made[name] === "string" && !(name in shown));
  if (once.includes("secret")) return say(known("R12", "the secret under secret"));
  const [field] = once;
  if (field === undefined) return untried(say, ["R12"], "no secret in the answer");
  const isField = ["api_key", "key", "token"].includes(field);
  const read = readsSecret(bench.eyes.wire, key.made);
  say({
    point: "R12",
    verdict: read ? "harmless" : "affected",
    seen: `the secret under ${isField ? field : "another name"}`,
    ...(isField ? { settings: { credentialSecretField: field } } : {}),
    ...(read ? {} : { kinds: classes(["ApiKey"]) }),
  });
}

function readsSecret(wire: Try["bench"]["eyes"]["wire"], made: Record<string, unknown>): boolean {
  if (!canRead(wire, "an API key", made) || !isRecord(made)) return false;
  try {
    wire.apiKeyWithSecret(made, "");
    return true;
  } catch {
    return false;
  }
}
