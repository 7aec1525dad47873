import { configurationKey, environmentName, type Settings } from "./credentials";
import { isProvider } from "./settingNames";
import { type ErrorBody, type ErrorKind } from "./errors";
import { permissionFor } from "./permissions";
import { planFigures } from "./plans";

/** What a request goes out with: one of the two keys, or the signature of a service account. */
export type KeyName = "apiKey" | "organizationKey" | "serviceAccount";

/** What an answer means, before it becomes an error: its kind, and what to do about it. */
export interface Explanation {
  kind: ErrorKind;
  next: string;
  /** What Nylas said, where it can be said better. */
  message?: string;
}

/** What a status and an error body of Nylas mean in general; a call may know better. */
export function explainRefusal(
  status: number,
  body: ErrorBody,
  key: KeyName,
  settings: Settings,
  route: { method: string; path: string },
): Explanation {
  switch (status) {
    case 401:
      return { kind: "credential", next: explainCredential(key, settings) };
    case 403:
      return isQuota(body) ? quota() : { kind: "forbidden", next: explainForbidden(key, settings, route) };
    case 402:
      return quota();
    case 404:
      return { kind: "notFound", next: "It was deleted, or it belongs to another application or region." };
    case 409:
      return conflict();
    case 429:
      return isQuota(body)
        ? quota()
        : {
            kind: "unavailable",
            next: "The rate limit of the application is used up: try again in a minute.",
          };
    default:
      if (isQuota(body)) return quota();
      if (/already (exists|registered|in use|taken)/i.test(body.message)) return conflict();
      return { kind: "refused", next: "Correct the input and try again; nothing was changed." };
  }
}

/** What to do when no key is set. */
export function explainMissingKey(key: KeyName, settings: Settings): string {
  const variable = environmentName(key, settings.connection);
  const config = configurationKey(key, settings.connection);
  const what = {
    apiKey: "the API key of the Nylas application",
    organizationKey:
      "an IAM API key whose principal is bound to the organization: domains need it, with domains.read, domains.create, " +
      "domains.update and domains.delete, and so do principals and keys, with the same of iam.principals and iam.credentials " +
      `(where domains are managed by a service account of old, set ${configurationKey("serviceAccount", settings.connection)} instead)`,
    serviceAccount:
      "the JSON file of a service account, which Nylas' support hands out, and which domains are managed with here " +
      `(${configurationKey("domainCredential", settings.connection)})`,
  }[key];
  return (
    `${config} is not set. It holds ${what}. ${isProvider(settings.connection) ? `Give it as the argument ${key}` : `Set it with "pulumi config set --secret ${config}"`}, ` +
    `or in the environment as ${variable}.`
  );
}

/** Whether a refusal is about what the plan allows. */
export function isQuota(body: ErrorBody): boolean {
  return (
    body.type === "quota_exceeded_error" ||
    /maximum number of|quota|(for|on|of|by|in|your) (this|the|your)? ?plan\b|\bplan('s)? (limit|maximum)|upgrade your/i.test(
      body.message,
    )
  );
}

function explainCredential(key: KeyName, settings: Settings): string {
  const variable = environmentName(key, settings.connection);
  const config = configurationKey(key, settings.connection);
  const source = settings.sources[key] ?? config;
  if (key === "serviceAccount") {
    return (
      `The signature of the service account from ${source} is not accepted by ${settings.apiUrl} (region ${settings.region}). ` +
      `Expected is a service account of this organization that Nylas still knows, and a clock that is right to within five minutes (here it is ` +
      `${new Date().toISOString()}).`
    );
  }
  const expected =
    key === "apiKey"
      ? "the API key of the application"
      : "an IAM API key of a principal bound to the organization";
  const priority =
    source === variable ? ` ${variable} comes before ${config}: unset it if the configuration is right.` : "";
  return (
    `The key from ${source} is not accepted by ${settings.apiUrl} (region ${settings.region}). Expected is ` +
    `${expected}, not expired, of this very region: keys work only on their own region's host ` +
    `(${configurationKey("region", settings.connection)}).${priority} After a key was rotated, refresh and destroy ` +
    `still use the configuration remembered in the state: set ${variable}, which comes first, or run ` +
    `"pulumi refresh --run-program" ("pulumi destroy --run-program").${swapped(key, settings)}`
  );
}

/** The two keys look alike, and each is refused in the other's place. */
function swapped(key: "apiKey" | "organizationKey", settings: Settings): string {
  const other = key === "apiKey" ? "organizationKey" : "apiKey";
  if (settings[key] === undefined || settings[other] === undefined) return "";
  return (
    ` If the two keys stand in each other's place, swap them: ${settings.sources.apiKey} takes the application's key, ` +
    `${settings.sources.organizationKey} the organization's.`
  );
}

function permissionWords(method: string, path: string): string {
  const permission = permissionFor(method, path);
  return permission === undefined ? "the permission" : `the permission ${permission}`;
}

function explainForbidden(
  key: KeyName,
  settings: Settings,
  { method, path }: { method: string; path: string },
): string {
  const source = settings.sources[key] ?? configurationKey(key, settings.connection);
  if (key === "serviceAccount") {
    return `The service account from ${source} may not do this: it manages the domains of its own organization and nothing else.`;
  }
  return key === "organizationKey"
    ? `The key from ${source} may not do this. Domains need an IAM API key whose principal is bound to the ` +
        "organization, with domains.read, domains.create, domains.update and domains.delete; the API key of an " +
        `application is refused here. Set such a key as ${configurationKey(key, settings.connection)}.${swapped(key, settings)}`
    : `The key from ${source} may not do this: for ${method} ${path} an IAM key needs ${permissionWords(method, path)} and a binding that ` +
        `covers the object; the API key of the application has both.${swapped(key, settings)}`;
}

/**
 * The other way to manage domains, for a refusal that may be due to it. Some organizations still have the older way
 * alone, others the newer. It is said, and never tried.
 */
export function otherDomainCredential(status: number, settings: Settings): string {
  if (![401, 403, 404].includes(status)) return "";
  const used = settings.domainCredential;
  const other = used === "organizationKey" ? "serviceAccount" : "organizationKey";
  const name = configurationKey("domainCredential", settings.connection);
  if (settings[other]) {
    return (
      ` Domains were asked for with ${words[used]} (${settings.sources.domainCredential ?? name}), and ${settings.sources[other]} holds ` +
      `${words[other]} too: if that is what manages them in this organization, set ${name} to ${other}.`
    );
  }
  if (status === 404) return "";
  return ` If this organization manages domains with ${words[other]}, set ${configurationKey(other, settings.connection)} instead.`;
}

const words = { organizationKey: "an organization key", serviceAccount: "a service account" };

function quota(): Explanation {
  return {
    kind: "quota",
    next:
      `Your Nylas plan does not allow more (of accounts ${planFigures("accounts")}). Delete what is no longer needed or change the plan; trying ` +
      "again does not help.",
  };
}

function conflict(): Explanation {
  return { kind: "conflict", next: "Adopt what is there, or choose another name or address." };
}
