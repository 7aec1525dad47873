import { issueKey, issueOrganizationKey, issueServiceAccount } from "../keys/keyRing.js";
import { SYSTEM_ROLES } from "../keys/roles.js";
import { type Application, type Key, type Organization, type SimulatorKeys } from "../model/objects.js";
import { Store } from "../model/store.js";
import { newDomain } from "../routes/domains.js";
import { type SimulatorOptions } from "../settings/options.js";
import { settingsOf } from "../settings/profiles.js";
import { BadOption, readSettings, type VerificationType } from "../settings/settings.js";
import { addZone } from "./zones.js";

/** A store with what stands from the start. */
export function newStore(options: SimulatorOptions): Store {
  const settings = readSettings(options, settingsOf(options.profile));
  const region = options.region ?? "us";
  if (region !== "us" && region !== "eu") throw new BadOption(`region: expected "us" or "eu"`);
  const seed = String(options.seed ?? "1");
  const store = new Store({
    settings,
    region,
    seed,
    clockOffsetMs: (options.clockOffsetSeconds ?? 0) * 1000,
  });
  for (const name of options.zones ?? ["example.com"]) addZone(store, name);
  populate(store, options);
  return store;
}

/** Two applications in a first organization, one in a second, and a stranger from the other region. */
function populate(store: Store, options: SimulatorOptions): void {
  for (const role of SYSTEM_ROLES) store.roles.set(role.id, role);
  const { region } = store;
  const other = region === "us" ? "eu" : "us";
  const organization = (name: string, where: "us" | "eu"): Organization =>
    store.organizations.add({ id: store.seeded.uuid("organization", name), region: where });
  const application = (name: string, owner: Organization): Application => {
    const made = store.applications.add({
      id: store.seeded.uuid("application", name),
      organization_id: owner.id,
      environment: options.environment ?? "production",
      region: owner.region,
    });
    if (options.defaultWorkspace !== false) {
      const now = store.clock.seconds();
      store.workspaces.add({
        id: store.seeded.uuid("workspace", `${made.id}|default`),
        application_id: made.id,
        name: "Default",
        domain: null,
        auto_group: false,
        default: true,
        policy_id: null,
        rule_ids: [],
        created_at: now,
        updated_at: now,
      });
    }
    return made;
  };
  const first = organization("first", region);
  const second = organization("second", region);
  const keyOf = (name: keyof SimulatorKeys, app: Application): Key =>
    issueKey(store, {
      name,
      kind: "application",
      organizationId: app.organization_id,
      applicationId: app.id,
      region: app.region,
    });
  keyOf("apiKey", application("first", first));
  issueOrganizationKey(store, "organizationKey", first.id);
  issueKey(store, { name: "cloudflareToken", kind: "cloudflare", organizationId: first.id, region });
  keyOf("secondApiKey", application("second", first));
  keyOf("otherOrganizationApiKey", application("other organization", second));
  issueOrganizationKey(store, "otherOrganizationKey", second.id);
  keyOf("otherRegionApiKey", application("other region", organization("other region", other)));
  issueServiceAccount(store, "serviceAccount", first.id);
  issueServiceAccount(store, "otherServiceAccount", second.id);

  for (const address of options.trialDomains ?? ["acme.nylas.email"]) {
    const domain = newDomain(store, address.toLowerCase(), { organization_id: first.id, branded: true });
    for (const type of Object.keys(domain.verified) as VerificationType[]) domain.verified[type] = true;
  }
}
