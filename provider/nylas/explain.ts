import { configurationKey, environmentName, type Settings } from "./credentials";
import { type ErrorBody, type ErrorKind } from "./errors";

/** Which of the two keys a request goes out with. */
export type KeyName = "apiKey" | "organizationKey";

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
): Explanation {
  switch (status) {
    case 401:
      return { kind: "credential", next: explainCredential(key, settings) };
    case 403:
      return isQuota(body) ? quota() : { kind: "forbidden", next: explainForbidden(key, settings) };
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
  const what =
    key === "apiKey"
      ? "the API key of the Nylas application"
      : "an IAM API key whose principal is bound to the organization (permissions domains.read, domains.create, " +
        "domains.update, domains.delete), which domains need";
  return (
    `${config} is not set. It holds ${what}. Set it with "pulumi config set --secret ${config}", ` +
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
    `"pulumi refresh --run-program" ("pulumi destroy --run-program").`
  );
}

function explainForbidden(key: KeyName, settings: Settings): string {
  const source = settings.sources[key] ?? configurationKey(key, settings.connection);
  return key === "organizationKey"
    ? `The key from ${source} may not do this. Domains need an IAM API key whose principal is bound to the ` +
        "organization, with domains.read, domains.create, domains.update and domains.delete; the API key of an " +
        `application is refused here. Set such a key as ${configurationKey(key, settings.connection)}.`
    : `The key from ${source} may not do this: an IAM key needs the permission and a binding that covers the object; ` +
        "the API key of the application has both.";
}

function quota(): Explanation {
  return {
    kind: "quota",
    next:
      "Your Nylas plan does not allow more (Free: 3 accounts, Full Platform: 20, per organization). Delete what is no " +
      "longer needed or change the plan; trying again does not help.",
  };
}

function conflict(): Explanation {
  return { kind: "conflict", next: "Adopt what is there, or choose another name or address." };
}
