/** Every setting of a connection, by its name in the configuration: `nylas:apiKey`. */
export const SETTING_NAMES = [
  "apiKey",
  "organizationKey",
  "serviceAccount",
  "domainCredential",
  "region",
  "apiUrl",
  "auditLog",
  "protect",
  "dnsServers",
  "forceDestroy",
  "requestTimeout",
] as const;

export type SettingName = (typeof SETTING_NAMES)[number];

/** Settings that are secrets. */
export const SECRET_SETTINGS: readonly SettingName[] = ["apiKey", "organizationKey", "serviceAccount"];
