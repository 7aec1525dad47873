/** The seven things a domain can be checked for; the first five make it fit for Agent Accounts. */
export const VERIFICATION_TYPES = ["ownership", "mx", "spf", "dkim", "feedback", "dmarc", "arc"] as const;
export type VerificationType = (typeof VERIFICATION_TYPES)[number];

/** What can be chosen at the start and changed while the simulator runs. */
export interface Settings {
  /** Plan of every organization: its ceilings for policies and the number of accounts. Default "full". */
  plan: "free" | "full";
  /** Accounts an organization may have; null takes the plan's number (3 or 20). Default null. */
  maxAccounts: number | null;
  /** Milliseconds of the simulator's clock until a written DNS record is served. Default 0. */
  propagationDelayMs: number;
  /** How `attempt.options.host` is spelled: "@" and relative labels, the bare name, or with a final dot. Default "@". */
  hostStyle: "@" | "bare" | "fqdn";
  /** Whether an MX value is "10 host" or only "host". Default "priority". */
  mxStyle: "priority" | "target";
  /** Verification types whose `attempt` is null. Default none. */
  attemptNullFor: VerificationType[];
  /** How info and verify state `expires_at`. Default "set". */
  expiresAt: "set" | "zero" | "absent";
  /** Whether a domain's `verified_*` flags are left out while they are false. Default false. */
  omitFalseFlags: boolean;
  /** Whether info and verify know the types dmarc and arc, or answer 400. Default "accept". */
  dmarcAndArc: "accept" | "reject";
  /** Which prefixes of the domain routes are there: `/v3/domains` (new), `/v3/admin/domains` (legacy). Default "both". */
  domainPrefixes: "both" | "new" | "legacy";
  /** Whether `/v3/domains` takes an application key, too. Default false: 403. */
  applicationKeyOnDomains: boolean;
  /** Whether `/v3/iam` is there or, as where it is not public, 404. Default "there". */
  iamRoutes: "there" | "gone";
  /** Under which name a new credential's secret comes. Default "secret". */
  credentialSecretField: "secret" | "api_key";
  /** Status of a second create of the same domain address. Default 400. */
  duplicateDomainStatus: 400 | 409;
  /** What becomes of mail that is sent: it goes at once, is queued (202), or finds the queue full (429). Default "direct". */
  sending: "direct" | "queued" | "full";
  /** Milliseconds of the simulator's clock that queued mail waits. Default 1000. */
  sendQueueMs: number;
  /** Milliseconds that a send takes. Default 0. */
  sendMs: number;
  /** Whether a webhook on a loopback address may be http. Default true; the real thing wants public https. */
  httpWebhooks: boolean;
  /** What a webhook address beyond this machine gets: it is refused, or assumed to work without a call. Default "refuse". */
  publicWebhooks: "refuse" | "assume";
  /** Milliseconds a webhook has to answer a challenge or a delivery. Default 10000. */
  webhookTimeoutMs: number;
  /** Milliseconds between the attempts of a delivery. Default 50. */
  webhookRetryMs: number;
  /** Milliseconds added to every API answer. Default 0. */
  latencyMs: number;
  /** Milliseconds until a new grant shows in a list filtered by `provider`. Default 70000. */
  grantListLagMs: number;
  /** Whether a single grant comes without the `data` wrapper. Default false. */
  bareGrants: boolean;
  /** Milliseconds a deleted grant can still be read by its id. Default 0. */
  grantDeleteLagMs: number;
  /** What a grant PATCH without a name does to the name. Default "clear". */
  patchName: "clear" | "keep";
  /** What a grant PATCH with settings that lack app_password does to the password. Default "replace": it is gone. */
  patchSettings: "replace" | "merge";
  /** Which app_password rules hold: the documented ones, or also a symbol and no local part. Default "documented". */
  passwordRules: "documented" | "strict";
  /** Where manual-assign's remove_grants leaves a grant. Default "none". */
  removedGrantsGoTo: "none" | "default";
  /** Whether the answer to a policy PUT lacks its id. Default false. */
  policyPutWithoutId: boolean;
  /** Whether the list of rules stands in `data.items` (null when empty) or, as specified, in `data`. Default "nested". */
  ruleList: "nested" | "flat";
  /** Which outbound rules an account is under: those of its workspace, or all of the application. Default "workspace". */
  outboundRules: "workspace" | "application";
  /** Whether every cursor list, and not only that of policies, has a cursor on its last page. Default false. */
  alwaysCursor: boolean;
  /** Requests per second and application before 429; 0 switches it off. The real limit is 50. Default 0. */
  requestsPerSecond: number;
  /** Whether a DELETE needs a JSON body as well (the official Node SDK sends none). Default false. */
  deleteNeedsBody: boolean;
  /** How the DNS server treats everyone but the simulator's own verification. Default "answer". */
  dnsMode: "answer" | "servfail" | "refused" | "silent";
}

/** Everything that is chosen once, when the simulator starts. */
export interface SimulatorOptions extends Partial<Settings> {
  /** TCP port of the HTTP server on 127.0.0.1; 0 (default) takes a free one. */
  port?: number;
  /** Port of the DNS server on 127.0.0.1, UDP and TCP alike; 0 (default) takes a free one. */
  dnsPort?: number;
  /** All ids, keys and tokens follow from it. Default "1". */
  seed?: string | number;
  /** Region of this API host. Default "us". */
  region?: "us" | "eu";
  /** Zones the Cloudflare account holds. Default ["example.com"]. */
  zones?: string[];
  /** Branded domains the organization owns from the start. Default ["acme.nylas.email"]. */
  trialDomains?: string[];
  /** Whether applications have a default workspace (old ones may lack it). Default true. */
  defaultWorkspace?: boolean;
  /** Environment the applications state. Default "production". */
  environment?: "production" | "staging" | "sandbox";
  /** Seconds by which the simulator's clock differs from this machine's. Default 0. */
  clockOffsetSeconds?: number;
  /** "127.0.0.1:port" of the DNS server that verification asks. Default: the simulator's own. */
  verifyVia?: string;
}

export const DEFAULT_SETTINGS: Settings = {
  plan: "full",
  maxAccounts: null,
  propagationDelayMs: 0,
  hostStyle: "@",
  mxStyle: "priority",
  attemptNullFor: [],
  expiresAt: "set",
  omitFalseFlags: false,
  dmarcAndArc: "accept",
  domainPrefixes: "both",
  applicationKeyOnDomains: false,
  iamRoutes: "there",
  credentialSecretField: "secret",
  duplicateDomainStatus: 400,
  sending: "direct",
  sendQueueMs: 1000,
  sendMs: 0,
  httpWebhooks: true,
  publicWebhooks: "refuse",
  webhookTimeoutMs: 10_000,
  webhookRetryMs: 50,
  latencyMs: 0,
  grantListLagMs: 70_000,
  bareGrants: false,
  grantDeleteLagMs: 0,
  patchName: "clear",
  patchSettings: "replace",
  passwordRules: "documented",
  removedGrantsGoTo: "none",
  policyPutWithoutId: false,
  ruleList: "nested",
  outboundRules: "workspace",
  alwaysCursor: false,
  requestsPerSecond: 0,
  deleteNeedsBody: false,
  dnsMode: "answer",
};

/** A setting or option that is not what it may be; its text names it and what is allowed. */
export class BadOption extends Error {
  override name = "BadOption";
}

/** Picks the settings out of the options, refusing what no setting can be. */
export function readSettings(options: object, base: Settings = DEFAULT_SETTINGS): Settings {
  const result: Settings = { ...base };
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(DEFAULT_SETTINGS, name) || value === undefined) continue;
    const problem = ALLOWED[name as keyof Settings](value);
    if (problem) throw new BadOption(`${name}: expected ${problem}, got ${JSON.stringify(value)}`);
    Object.assign(result, { [name]: value });
  }
  return result;
}

type Rule = (value: unknown) => string | undefined;

const oneOf =
  (...allowed: unknown[]): Rule =>
  (value) =>
    allowed.includes(value) ? undefined : allowed.map((a) => JSON.stringify(a)).join(" or ");

const count: Rule = (value) =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? undefined : "a number from 0 upwards";

const flag = oneOf(true, false);

const ALLOWED: Record<keyof Settings, Rule> = {
  plan: oneOf("free", "full"),
  maxAccounts: (value) => (value === null ? undefined : count(value)),
  propagationDelayMs: count,
  hostStyle: oneOf("@", "bare", "fqdn"),
  mxStyle: oneOf("priority", "target"),
  attemptNullFor: (value) =>
    Array.isArray(value) && value.every((v) => VERIFICATION_TYPES.includes(v as VerificationType))
      ? undefined
      : `a list of ${VERIFICATION_TYPES.join(", ")}`,
  expiresAt: oneOf("set", "zero", "absent"),
  omitFalseFlags: flag,
  dmarcAndArc: oneOf("accept", "reject"),
  domainPrefixes: oneOf("both", "new", "legacy"),
  applicationKeyOnDomains: flag,
  iamRoutes: oneOf("there", "gone"),
  credentialSecretField: oneOf("secret", "api_key"),
  duplicateDomainStatus: oneOf(400, 409),
  sending: oneOf("direct", "queued", "full"),
  sendQueueMs: count,
  sendMs: count,
  httpWebhooks: flag,
  publicWebhooks: oneOf("refuse", "assume"),
  webhookTimeoutMs: count,
  webhookRetryMs: count,
  latencyMs: count,
  grantListLagMs: count,
  bareGrants: flag,
  grantDeleteLagMs: count,
  patchName: oneOf("clear", "keep"),
  patchSettings: oneOf("replace", "merge"),
  passwordRules: oneOf("documented", "strict"),
  removedGrantsGoTo: oneOf("none", "default"),
  policyPutWithoutId: flag,
  ruleList: oneOf("nested", "flat"),
  outboundRules: oneOf("workspace", "application"),
  alwaysCursor: flag,
  requestsPerSecond: count,
  deleteNeedsBody: flag,
  dnsMode: oneOf("answer", "servfail", "refused", "silent"),
};
