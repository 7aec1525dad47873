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

/**
 * The connection of an explicit provider of the native plugin. What the program gives it stands in the place of the
 * stack's configuration.
 */
export function providerConnection(name: string): string {
  return `${OF_PROVIDER}${name}`;
}

/** No name of a connection holds a blank. */
const OF_PROVIDER = "provider ";

/** Whether a connection is that of an explicit provider. */
export function isProvider(connection: string | undefined): connection is string {
  return connection?.startsWith(OF_PROVIDER) === true;
}

/** `nylas:apiKey`, `nylas-eu:apiKey` of the connection "eu", `apiKey of the provider eu`. */
export function configurationKey(name: SettingName, connection?: string): string {
  if (isProvider(connection)) return `${name} of the ${connection}`;
  return `nylas${connection === undefined ? "" : `-${connection}`}:${name}`;
}

/** `NYLAS_API_KEY`, or `NYLAS_EU_API_KEY` of the connection or the provider "eu". */
export function environmentName(name: SettingName, connection?: string): string {
  const named = isProvider(connection) ? connection.slice(OF_PROVIDER.length) : connection;
  const scope = named === undefined ? "" : `_${named.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
  return `NYLAS${scope}_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
