import { type Exchange, type Simulator, startSimulator } from "nylas-simulator";
import { connectApart } from "../../provider/nylas/client";
import { scaledClock } from "../../provider/nylas/clock";
import { readSettings } from "../../provider/nylas/credentials";
import { Lifetime } from "../../provider/nylas/lifetime";

const PURPOSES = ["ownership", "mx", "spf", "dkim", "feedback"] as const;

/** Calls of the provider's client that no life makes: signed requests for domains, mail, empty folders, and what is gone. */
export async function runErrands(onExchange: (exchange: Exchange) => void): Promise<void> {
  const sim = await startSimulator({ onExchange, publicWebhooks: "assume" });
  const api = clientOf(sim);
  try {
    const domain = await api.domains.create({ name: "Two", address: "two.example.com" });
    for (const purpose of PURPOSES) {
      await api.domains.info(domain.id, purpose);
      await api.domains.verify(domain.id, purpose);
    }
    await api.domains.findByAddress("two.example.com");
    await api.domains.rename(domain.id, "Two again");
    await api.domains.delete(domain.id);
    await api.domains.get(domain.id);

    await api.connectors.ensureNylas();
    const workspace = await api.workspaces.create({ name: "Errands", autoGroup: false });
    const grant = await api.grants.create({ email: "errand@acme.nylas.email", workspaceId: workspace.id });
    await api.grants.update(grant.id, { appPassword: "Errand-password-12345" });
    await api.grants.listWhole({ provider: "nylas" });
    const folder = await api.folders.create(grant.id, "Receipts");
    await api.folders.holdsMail(grant.id, folder.id);
    await api.folders.delete(grant.id, folder.id);
    await api.grants.holdsMail(grant.id);
    sim.addMessage({ grant: grant.email, subject: "errand" });
    await api.grants.hasThreads(grant.id);
    await api.messages.recent(grant.id);
    const message = { to: "errand@acme.nylas.email", subject: "errand", body: "…", idempotencyKey: "errand" };
    await api.messages.send(grant.id, message);
    await api.grants.removeFromWorkspace(grant.id, workspace.id);

    const webhook = await api.webhooks.create({
      url: "https://hooks.example.org/errand",
      triggers: ["message.created"],
      description: "Errand",
      notificationEmails: ["ops@example.org"],
    });
    await api.webhooks.rotateSecret(webhook.id);
    await api.webhooks.delete(webhook.id);
    await api.webhooks.get(webhook.id);
    await Promise.all(
      (["grants", "workspaces", "policies", "rules", "lists"] as const).map((kind) =>
        api[kind].get(domain.id),
      ),
    );
  } finally {
    await api.close();
    await sim.close();
  }
}

function clientOf({ url, keys }: Simulator) {
  const environment = {
    NYLAS_API_URL: url,
    NYLAS_API_KEY: keys.apiKey,
    NYLAS_SERVICE_ACCOUNT: keys.serviceAccount,
  };
  return connectApart(
    readSettings(() => undefined, environment),
    { clock: scaledClock(0.002), lifetime: new Lifetime(), random: () => 0 },
  );
}
