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

/** `nylas:apiKey`, or `nylas-eu:apiKey` of the connection "eu". */
export function configurationKey(name: SettingName, connection?: string): string {
  return `nylas${connection === undefined ? "" : `-${connection}`}:${name}`;
}

/** `NYLAS_API_KEY`, or `NYLAS_EU_API_KEY` of the connection "eu". */
export function environmentName(name: SettingName, connection?: string): string {
  const scope = connection === undefined ? "" : `_${connection.toUpperCase().replaceAll("-", "_")}`;
  return `NYLAS${scope}_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
