import { accountNamed, applicationNamed, objectOf } from "../model/lookup.js";
import { type Store } from "../model/store.js";
import { newDomain } from "../routes/domains.js";
import { newCredential, newPrincipal } from "../routes/iam.js";
import { addItems, isListType, newList, normalItem } from "../routes/lists.js";
import { mergedLimits } from "../routes/policies.js";
import { newRule, ruleFields } from "../routes/rules.js";
import { newWebhook } from "../routes/webhooks.js";
import { newWorkspace } from "../routes/workspaces.js";
import { DAY } from "../runtime/clock.js";
import { BadOption } from "../settings/settings.js";
import { type SeedObject } from "./objects.js";
import { addZone } from "./zones.js";

/** Makes an object without a call of the API; returns its id. */
export function seed(store: Store, object: SeedObject): string {
  const { kind } = object;
  if (!Object.hasOwn(MAKERS, kind)) throw new BadOption(`kind: cannot seed ${JSON.stringify(kind)}`);
  return (MAKERS[kind] as Maker)(store, object);
}

type Maker<Kind extends SeedObject["kind"] = SeedObject["kind"]> = (
  store: Store,
  object: Extract<SeedObject, { kind: Kind }>,
) => string;

const MAKERS: { [Kind in SeedObject["kind"]]: Maker<Kind> } = {
  zone: (store, object) => addZone(store, text(object.name, "name"), object).id,

  domain: (store, object) => {
    const organization = store.organizations.all()[object.organization === "second" ? 1 : 0]!;
    const address = text(object.address, "address").toLowerCase();
    const domain = newDomain(store, address, {
      organization_id: organization.id,
      branded: object.branded ?? false,
    });
    if (object.name !== undefined) domain.name = object.name;
    if (object.verified || object.branded) {
      for (const type of ["ownership", "mx", "spf", "dkim", "feedback"] as const)
        domain.verified[type] = true;
    }
    return domain.id;
  },

  connector: (store, object) => {
    const application = applicationNamed(store, object.application);
    const provider = object.provider ?? "nylas";
    const id = store.seeded.uuid("connector", `${application.id}|${provider}`);
    return store.connectors.add({ id, application_id: application.id, provider, settings: {}, scope: [] }).id;
  },

  grant: (store, object) => {
    const now = store.clock.seconds();
    const application = applicationNamed(store, object.application);
    const provider = object.provider ?? "nylas";
    const email = text(object.email, "email").toLowerCase();
    const age = object.ageSeconds ?? 0;
    // As in the real thing, a grant of another provider in the default workspace may show no workspace at all.
    const home = provider === "nylas" ? (store.defaultWorkspace(application.id)?.id ?? null) : null;
    return store.grants.add({
      id: store.seeded.uuid("grant", `${application.id}|${email}`),
      application_id: application.id,
      provider,
      email,
      name: object.name ?? "",
      grant_status: "valid",
      scope: [],
      workspace_id: object.workspaceId === undefined ? home : object.workspaceId,
      password: null,
      blocked: false,
      madeAtMs: store.clock.ms() - age * 1000,
      deletedAtMs: null,
      created_at: now - age,
      updated_at: now - age,
    }).id;
  },

  workspace: (store, object) => {
    const application = applicationNamed(store, object.application);
    return newWorkspace(store, application.id, {
      name: text(object.name, "name"),
      domain: object.domain ?? null,
      autoGroup: object.autoGroup ?? false,
      policyId: object.policyId ?? null,
      ruleIds: [],
    }).id;
  },

  policy: (store, object) => {
    const now = store.clock.seconds();
    const application = applicationNamed(store, object.application);
    const name = text(object.name, "name");
    return store.policies.add({
      id: store.seeded.uuid("policy", `${application.id}|${name}`),
      application_id: application.id,
      organization_id: application.organization_id,
      name,
      limits: mergedLimits({}, object.limits, store.plan),
      spam_detection: {},
      rules: [],
      created_at: now,
      updated_at: now,
    }).id;
  },

  rule: (store, object) => {
    const { id } = applicationNamed(store, object.application);
    const { match = ANY_MATCH, actions = [{ type: "mark_as_read" }], ...rest } = object;
    return newRule(store, id, ruleFields(store, id, { ...rest, match, actions })).id;
  },

  principal: (store, object) => {
    const organization = store.organizations.all()[object.organization === "second" ? 1 : 0]!;
    return newPrincipal(store, organization.id, {
      name: text(object.name, "name"),
      description: "",
      status: "active",
      roles: object.roles ?? [],
      direct_permissions: object.permissions ?? [],
      resource_binding: object.binding ?? { type: "application", id: store.firstApplication.id },
    }).id;
  },

  credential: (store, object) => {
    const now = store.clock.seconds();
    const { id } = objectOf(store, "principal", object.principalId);
    const name = text(object.name, "name");
    const expires_at = object.expiresAt === undefined ? now + 30 * DAY : object.expiresAt;
    return newCredential(store, id, { name, expires_at, status: "active" }).credential.id;
  },

  role: (store, object) => {
    const id = text(object.id, "id");
    store.roles.set(id, { id, permissions: object.permissions });
    return id;
  },

  foreign: (store, object) => {
    const path = text(object.list, "list");
    const id = text(object.object.id ?? object.object.workspace_id, "object.id");
    store.foreign.set(path, [...(store.foreign.get(path) ?? []), { id, object: object.object }]);
    return id;
  },

  folder: (store, object) => {
    const { id: grant_id } = accountNamed(store, object.grant);
    const name = text(object.name, "name");
    return store.folders.add({ id: store.seeded.uuid("folder", `${grant_id}|${name}`), grant_id, name }).id;
  },

  webhook: (store, object) => {
    // No challenge: it was made when its address still answered.
    return newWebhook(store, applicationNamed(store, object.application).id, {
      webhook_url: text(object.url, "url"),
      trigger_types: object.triggers ?? ["message.created"],
      description: object.description ?? "",
      notification_email_addresses: [],
      compressed_delivery: false,
    }).id;
  },

  list: (store, object) => {
    const application = applicationNamed(store, object.application);
    const type = object.type ?? "domain";
    if (!isListType(type)) throw new BadOption("type: expected domain, tld or address");
    const name = text(object.name, "name");
    const list = newList(store, application.id, { name, type, description: object.description ?? "" });
    addItems(store, list, (object.items ?? []).map(normalItem));
    return list.id;
  },
};

/** A condition for a rule that is only needed as a rule. */
const ANY_MATCH = { conditions: [{ field: "from.domain", operator: "is", value: "elsewhere.example" }] };

function text(value: unknown, what: string): string {
  if (typeof value !== "string" || value === "")
    throw new BadOption(`${what}: expected a text that is not empty`);
  return value;
}
