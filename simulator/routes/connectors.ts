import { type Api } from "../http/api.js";
import { objectBody } from "../http/bodies.js";
import { invalid, notFound } from "../http/errors.js";
import { limitOf } from "../http/paging.js";
import { refuseIfNamed } from "../http/references.js";
import { type Connector } from "../model/objects.js";
import { type Store } from "../model/store.js";

/** `/v3/connectors`: an application needs the one for provider `nylas` before it can have accounts. */
export function connectors(api: Api): void {
  const options = { key: "application", resource: "connectors" } as const;

  api.route("GET", "/v3/connectors", options, (call) => {
    const strict = call.store.settings.connectorRules === "strict";
    const limit = limitOf(call, 10, strict ? 50 : undefined);
    const offset = Number(call.query.offset ?? 0);
    const all = call.store.connectors.where((c) => c.application_id === call.application.id);
    return { body: { data: all.slice(offset, offset + limit).map(shown), limit, offset } };
  });

  api.route("POST", "/v3/connectors", options, ({ store, application, body }) => {
    const { provider, settings, scope, name } = objectBody(body);
    if (store.settings.connectorRules === "strict" && (typeof name !== "string" || name === ""))
      throw invalid("name is required");
    if (typeof provider !== "string" || !PROVIDERS.includes(provider)) {
      throw invalid(`provider must be one of ${PROVIDERS.join(", ")}`);
    }
    if (connectorOf(store, application.id, provider))
      throw invalid(`connector for provider ${provider} already exists`);
    const made = store.connectors.add({
      id: store.seeded.uuid("connector", `${application.id}|${provider}`),
      application_id: application.id,
      provider,
      ...(typeof name === "string" && name !== "" ? { name } : {}),
      settings: provider === "nylas" ? {} : ((settings ?? {}) as Connector["settings"]),
      scope: Array.isArray(scope) ? (scope as string[]) : [],
    });
    return { status: 201, body: { data: shown(made) } };
  });

  api.route("GET", "/v3/connectors/:provider", options, ({ store, application, params }) => {
    const connector = connectorOf(store, application.id, params.provider!);
    if (!connector) throw notFound();
    return { body: { data: shown(connector) } };
  });

  // Deleting the connector makes every grant of its provider invalid; the mail stays where it is.
  api.route("DELETE", "/v3/connectors/:provider", options, ({ store, application, params }) => {
    const connector = connectorOf(store, application.id, params.provider!);
    if (!connector) throw notFound();
    refuseIfNamed(store, "connector", connector.id);
    store.connectors.remove(connector.id);
    for (const grant of store.liveGrants(application.id)) {
      if (grant.provider === connector.provider) grant.grant_status = "invalid";
    }
    return {};
  });
}

/** The application's connector for a provider. */
export function connectorOf(store: Store, applicationId: string, provider: string): Connector | undefined {
  return store.connectors.find((c) => c.application_id === applicationId && c.provider === provider);
}

const PROVIDERS = [
  "nylas",
  "google",
  "microsoft",
  "imap",
  "icloud",
  "yahoo",
  "ews",
  "zoom",
  "virtual-calendar",
];

/** Always with a name. Settings are left out: for other providers they hold a client secret. */
function shown({ name, provider, scope }: Connector): object {
  return { name: name ?? provider, provider, scope };
}
