import { visiblyEscaped } from "../shown";
import { isIP } from "node:net";
import { NylasError } from "./errors";
import { type ForceWords, readForceWords } from "./forceWords";
import { Secret } from "./secret";
import { configurationKey, environmentName, isProvider, type SettingName } from "./settingNames";

export { configurationKey, environmentName, providerConnection, type SettingName } from "./settingNames";
import type * as Signing from "./signing";
import { type ServiceAccount } from "./signing";

/** Everything a connection to Nylas is made of. Nothing in it is required before the first remote call. */
export interface Settings {
  /** The name of a further connection ("eu" reads `nylas-eu:…`); undefined for the ordinary one. */
  connection: string | undefined;
  /** The application's API key. */
  apiKey: Secret | undefined;
  /** The IAM key of a principal bound to the organization; for principals and keys, and for domains. */
  organizationKey: Secret | undefined;
  /** The older credential for domains: requests are signed with it. */
  serviceAccount: ServiceAccount | undefined;
  /** Which of the two domains are managed with. Never changed by what an answer says. */
  domainCredential: DomainCredential;
  region: "us" | "eu";
  /** Where requests go, without a slash at the end. */
  apiUrl: string;
  /** The file that gets one JSON line per remote write. */
  auditLog: string | undefined;
  /** Whether accounts and domains get the engine's own `protect`. */
  protect: boolean;
  /** DNS servers to ask instead of the system's, as host:port. */
  dnsServers: string[];
  /** The objects of this connection that a run may delete although they hold mail or accounts. */
  forceDestroy: ForceWords;
  /** Milliseconds that one attempt of a request may take. */
  requestTimeout: number;
  /** Where request traces go: "stderr", a file, or nowhere. */
  trace: string | undefined;
  /** Where each value came from, in words: "NYLAS_API_KEY", "nylas:apiKey of the stack configuration". */
  sources: Partial<Record<SettingName, string>>;
}

/** What domains are managed with: an IAM key on `/v3/domains`, or signatures on `/v3/admin/domains`. */
export type DomainCredential = "organizationKey" | "serviceAccount";

/**
 * Reads the settings of a connection: the environment first, then the stack configuration. A refresh runs with the
 * configuration remembered in the state, and a rotated key reaches it by the environment. A named connection has its
 * own keys, region and address, and its own `forceDestroy`: the same address may stand in two regions. What concerns
 * the whole run (`auditLog`, `protect`, `dnsServers`, `requestTimeout`) falls back to the ordinary connection's.
 *
 * @param get a value of the stack configuration by its full key, such as "nylas:apiKey"
 */
export function readSettings(
  get: (key: string) => string | undefined,
  env: NodeJS.ProcessEnv,
  connection?: string,
): Settings {
  if (connection !== undefined && !isProvider(connection) && !/^[a-z][a-z0-9-]{0,62}$/i.test(connection)) {
    throw malformed("connection", JSON.stringify(connection), 'letters, digits and dashes, such as "eu"');
  }
  const sources: Settings["sources"] = {};

  function find(name: SettingName, shared = false): Found | undefined {
    for (const scope of shared && connection !== undefined ? [connection, undefined] : [connection]) {
      const variable = environmentName(name, scope);
      const key = configurationKey(name, scope);
      const fromEnvironment = env[variable]?.trim();
      if (fromEnvironment)
        return { text: fromEnvironment, source: variable, from: "environment", key: variable };
      const fromConfiguration = get(key)?.trim();
      if (fromConfiguration) {
        return {
          text: fromConfiguration,
          source: isProvider(scope) ? key : `${key} of the stack configuration`,
          from: "configuration",
          key,
        };
      }
    }
    return undefined;
  }

  function read<T>(name: SettingName, parse: (found: Found) => T, shared = false): T | undefined {
    const found = find(name, shared);
    if (!found) return undefined;
    sources[name] = found.source;
    return parse(found);
  }

  const region = read("region", parseRegion) ?? "us";
  const organizationKey = read("organizationKey", parseKey);
  const serviceAccount = read("serviceAccount", parseServiceAccount);
  const domainCredential = chooseDomainCredential(
    read("domainCredential", parseDomainCredential),
    { organizationKey, serviceAccount },
    sources,
    connection,
  );
  if (serviceAccount && domainCredential === "serviceAccount") {
    assertOwnRegion(serviceAccount, region, sources, connection);
  }
  const apiKey = read("apiKey", parseKey);
  assertTwoKeys(apiKey, organizationKey, sources);
  return {
    connection,
    apiKey,
    organizationKey,
    serviceAccount,
    domainCredential,
    region,
    apiUrl: read("apiUrl", parseUrl) ?? `https://api.${region}.nylas.com`,
    auditLog: read("auditLog", parsePath, true),
    protect: read("protect", parseBoolean, true) ?? false,
    dnsServers: read("dnsServers", parseServers, true) ?? [],
    forceDestroy: read("forceDestroy", parseForceDestroy) ?? readForceWords(undefined),
    requestTimeout: read("requestTimeout", parseSeconds, true) ?? 120_000,
    trace: parseTrace(env.NYLAS_TRACE),
    sources,
  };
}

/** Whether there is anything to manage domains with. */
export function hasDomainCredential(settings: Settings): boolean {
  return settings[settings.domainCredential] !== undefined;
}

/** Whether an address stands for this very machine. A name under `.localhost` is looked up in DNS by some systems, so it does not. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

interface Found {
  text: string;
  /** Where it was found, in words. */
  source: string;
  from: "environment" | "configuration";
  /** The variable, or the key of the configuration. */
  key: string;
}

/** What a shell, a template or a log leaves where a key was to be filled in. */
const PLACEHOLDER = /^(undefined|null|\*+|<.*>|\$\w+|\$?\{+.*\}+|%\w+%)$/i;

function parseKey({ text, source }: Found): Secret {
  const exactly = "the key exactly as Nylas showed it";
  if (/^["'`]|["'`]$/.test(text))
    throw malformed(
      source,
      "a key with quotes around it",
      `${exactly}, without quotes (docker --env-file keeps them)`,
    );
  if (/\\[nrt]/.test(text))
    throw malformed(
      source,
      "a key with a backslash and a letter in it, such as \\n",
      `${exactly}, without what stands for a line break`,
    );
  if (PLACEHOLDER.test(text))
    throw malformed(source, "a placeholder and no key", `${exactly}: what was to fill it in has not`);
  // The key itself is never part of the error: it would stand in a log for ever.
  if (/[^\x21-\x7e]/.test(text)) {
    throw malformed(
      source,
      "a key with a space, a line break or another character that no key has in it",
      "the key exactly as Nylas showed it (was it pasted over two lines?)",
    );
  }
  return new Secret(text);
}

/** One key cannot do both: an application's key manages no domains, and an organization's key no accounts. */
function assertTwoKeys(
  apiKey: Secret | undefined,
  organizationKey: Secret | undefined,
  sources: Settings["sources"],
): void {
  if (apiKey === undefined || apiKey.reveal() !== organizationKey?.reveal()) return;
  throw new NylasError({
    kind: "setting",
    operation: "read the keys",
    message:
      `${sources.apiKey} and ${sources.organizationKey} hold the same key. The first takes the API key of the application, the second an IAM API key ` +
      `whose principal is bound to the organization. Correct the one that is wrong; leave out the second where you manage no domains.`,
  });
}

function parseServiceAccount({ text, source }: Found): ServiceAccount {
  // oxlint-disable-next-line typescript/no-require-imports -- only who has a service account pays for it
  const signing = require("./signing") as typeof Signing;
  try {
    return signing.parseServiceAccount(text);
  } catch (error) {
    throw malformed(
      source,
      (error as Error).message,
      'the JSON file of the service account, with "private_key_id" and "private_key" (a PEM, or base64 of one)',
    );
  }
}

function parseDomainCredential({ text, source }: Found): DomainCredential {
  if (text === "organizationKey" || text === "serviceAccount") return text;
  throw malformed(source, quoted(text), '"organizationKey" or "serviceAccount"');
}

/** One of two credentials is never tried after the other: which one is right is the user's to say. */
function chooseDomainCredential(
  chosen: DomainCredential | undefined,
  given: Pick<Settings, DomainCredential>,
  sources: Settings["sources"],
  connection: string | undefined,
): DomainCredential {
  if (chosen) return chosen;
  if (given.organizationKey && given.serviceAccount) {
    const name = configurationKey("domainCredential", connection);
    throw new NylasError({
      kind: "setting",
      operation: "choose the credential for domains",
      message:
        `An organization key (${sources.organizationKey}) and a service account (${sources.serviceAccount}) are both set, and which of them ` +
        `manages domains has to be said: pulumi config set ${name} organizationKey (or serviceAccount), or ` +
        `${environmentName("domainCredential", connection)} in the environment.`,
    });
  }
  return given.serviceAccount ? "serviceAccount" : "organizationKey";
}

function assertOwnRegion(
  account: ServiceAccount,
  region: "us" | "eu",
  sources: Settings["sources"],
  connection: string | undefined,
): void {
  if (account.region === undefined || account.region === region) return;
  const name = configurationKey("region", connection);
  throw new NylasError({
    kind: "setting",
    operation: "read the service account",
    message:
      `The service account (${sources.serviceAccount}) is of region ${account.region}, but the region is ${region}` +
      `${sources.region === undefined ? " (the default)" : ` (${sources.region})`}: set ${name} to ${account.region}, or use the service account of ${region}.`,
  });
}

function parseRegion({ text, source }: Found): "us" | "eu" {
  const region = text.toLowerCase();
  if (region === "us" || region === "eu") return region;
  throw malformed(source, quoted(text), '"us" or "eu"');
}

function parseUrl({ text, source }: Found): string {
  const allowed = "an https address such as https://api.us.nylas.com (http only on a loopback address)";
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw malformed(source, "something that is no address", allowed);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw malformed(source, "an address with a user, a query or a fragment in it", allowed);
  }
  const given = `${url.origin}${url.pathname}`;
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw malformed(source, given, allowed);
  }
  const path = url.pathname.replace(/\/+$/, "");
  if (/(^|\/)v\d+$/.test(path)) throw malformed(source, given, "the address without the version in its path");
  return url.origin + path;
}

function parsePath({ text, source }: Found): string {
  if (/[\x00-\x1f\x7f]/.test(text))
    throw malformed(source, "a path with control characters in it", "a file name");
  return text;
}

function parseBoolean({ text, source }: Found): boolean {
  if (["true", "1"].includes(text)) return true;
  if (["false", "0"].includes(text)) return false;
  throw malformed(source, quoted(text), "true or false");
}

function parseServers(found: Found): string[] {
  return parseList(found).map((server) => {
    const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?$/i.exec(server);
    const port = Number(match?.[2] ?? 53);
    if (!match?.[1] || port < 1 || port > 65535) {
      throw malformed(found.source, quoted(server), 'name servers as host:port, such as ["10.0.0.53:53"]');
    }
    return `${match[1]}:${port}`;
  });
}

/** What is wrong in the environment is said at once. The configuration may be one that a state remembers, and counts for nothing. */
function parseForceDestroy({ key, ...found }: Found): ForceWords {
  const words = readForceWords({ ...found, name: key });
  if (words.problem && words.from === "environment") throw words.problem;
  return words;
}

/** A list as `pulumi config set --path` writes it (JSON), or as people type it into a variable (commas). */
function parseList({ text, source }: Found): string[] {
  if (!text.startsWith("[")) {
    return text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  }
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw malformed(source, "something that is no JSON", 'a JSON list of texts, such as ["10.0.0.53:53"]');
  }
  if (!Array.isArray(list) || !list.every((item) => typeof item === "string")) {
    throw malformed(source, "JSON of another form", 'a JSON list of texts, such as ["10.0.0.53:53"]');
  }
  return list.map((item) => item.trim()).filter((item) => item !== "");
}

function parseSeconds({ text, source }: Found): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 600) return Math.ceil(seconds * 1000);
  throw malformed(source, quoted(text), "seconds, more than 0 and at most 600");
}

function parseTrace(text: string | undefined): string | undefined {
  const trace = text?.trim();
  if (!trace || trace === "0" || trace === "false") return undefined;
  return trace === "1" || trace === "true" ? "stderr" : trace;
}

/** What was given, unless it is so long that it may be a key that was put into the wrong setting. */
function quoted(text: string): string {
  return text.length > 16 ? `a text of ${text.length} characters` : JSON.stringify(text);
}

function malformed(setting: string, given: string, allowed: string): NylasError {
  return new NylasError({
    kind: "setting",
    operation: `read the setting ${setting}`,
    message: `The setting ${setting} cannot be used: it holds ${legible(given)}, and what it takes is ${allowed}.`,
  });
}

/** Short, and with nothing in it that would steer a terminal or that nobody sees: that may be what is wrong with it. */
function legible(text: string): string {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return visiblyEscaped(shown);
}
