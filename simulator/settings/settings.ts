import { z } from "zod";

/** The seven things a domain can be checked for; the first five make it fit for Agent Accounts. */
export const VERIFICATION_TYPES = ["ownership", "mx", "spf", "dkim", "feedback", "dmarc", "arc"] as const;
export type VerificationType = (typeof VERIFICATION_TYPES)[number];

/** What can be chosen at the start and changed while the simulator runs. */
export interface Settings {
  /**
   * Plan of every organization: its ceilings for policies and the number of accounts. "later" stands for a plan after the vendor has
   * changed its figures. Default "full".
   */
  plan: "free" | "full" | "later";
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
  credentialSecretField: "secret" | "api_key" | "key" | "token";
  /** Whether a new credential needs `expires_at`, or may be without one; it then shows null. Default "required". */
  credentialExpiry: "required" | "optional";
  /** Ids of principals and credentials: UUIDs, or 21 characters that may begin with `_` or `-`. Default "uuid". */
  iamIds: "uuid" | "opaque";
  /** Which permissions a principal may have: lower-case words with dots, or any printable text with a dot. Default "lower". */
  permissionNames: "lower" | "open";
  /** Whether an application key may read `/v3/applications`, or gets 403. Default "open". */
  applicationReads: "open" | "forbidden";
  /** Whether an application key may read `/v3/connectors`, or gets 403. Default "open". */
  connectorReads: "open" | "forbidden";
  /** Status of a second create of the same domain address. Default 400. */
  duplicateDomainStatus: 400 | 409;
  /**
   * What a second create of an account's address does. It is a new sign-in of the first account, makes a second
   * account, or is refused (409). Under "second" a domain is made a second time, too. Default "first".
   */
  repeatedCreates: "first" | "second" | "refused";
  /** Whether `rule_ids` with the id of a rule that is gone are refused, or taken. Default "refused". */
  staleRules: "refused" | "taken";
  /** Whether an empty value in the `PUT` of a webhook is ignored, or clears what was there. Default "ignored". */
  webhookEmptyValues: "ignored" | "cleared";
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
  /** Milliseconds until a new grant shows in any list of grants, filtered or not. It opens by its id at once. Default 0. */
  newGrantListLagMs: number;
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
  /** Whether a grant in the default workspace shows that workspace's id. Default "shown". */
  grantsInDefault: "shown" | "absent";
  /** Whether the answer to a policy PUT lacks its id. Default false. */
  policyPutWithoutId: boolean;
  /** Whether the list of rules stands in `data.items` (null when empty) or, as specified, in `data`. Default "nested". */
  ruleList: "nested" | "flat";
  /** Which outbound rules an account is under: those of its workspace, or all of the application. Default "workspace". */
  outboundRules: "workspace" | "application";
  /** Whether every cursor list, and not only that of policies, has a cursor on its last page. Default false. */
  alwaysCursor: boolean;
  /** Whether a folder says how many messages are in it, says nothing, or always says none. Default "exact". */
  folderCounts: "exact" | "absent" | "zero";
  /** Whether the routes of threads are there, or 404. Default "there". */
  threadRoutes: "there" | "gone";
  /** Requests per second and application before 429; 0 switches it off. The real limit is 50. Default 0. */
  requestsPerSecond: number;
  /** Whether a DELETE needs a JSON body as well (the official Node SDK sends none). Default false. */
  deleteNeedsBody: boolean;
  /** What a policy `PUT` does to the members of a group that it leaves out: they stay, or fall back to the plan's. Default "merge". */
  policyGroups: "merge" | "replace";
  /**
   * Whether the lists also show an object that is newer than the contract, and known objects have a member that the contract does not
   * know. Default false.
   */
  newerObjects: boolean;
  /** Whether one webhook, asked for by its id, shows `compressed_delivery`. Default "absent". */
  webhookCompression: "absent" | "shown";
  /**
   * How the answer says that a webhook is not there. It uses the documented text, the number 70000 and "not found",
   * or that number and words that say nothing. Default "text".
   */
  webhookGone: "text" | "number" | "words";
  /** What `/v3/connectors` wants: nothing more than documented, or a name, and no limit above 50. Default "lenient". */
  connectorRules: "lenient" | "strict";
  /** How moments are written: as Unix seconds, or as text of RFC 3339. Default "number". */
  timestamps: "number" | "text";
  /** Whether a domain is found by its address as well as by its id. Default true. */
  domainByAddress: boolean;
  /** Status of a domain that is asked for by its address where only ids are known. Default 404. */
  domainAddressStatus: 404 | 400;
  /**
   * How `info` answers: with one record, or with a list of one and a status of its own. A third form is such a list
   * that has two records for `dkim`. Default "one".
   */
  attemptShape: "one" | "list" | "many";
  /** Type of the records for `dkim`. Default "TXT". */
  dkimRecords: "TXT" | "CNAME";
  /** What a grant `PATCH` does with `workspace_id`: it moves the grant, or the field is ignored, or refused. Default "patch". */
  grantMoves: "patch" | "ignored" | "refused";
  /** Members that a `PATCH` or `PUT` ignores, with 200. Default none. */
  ignoredFields: string[];
  /** Milliseconds after a write in which a `GET` may answer as it did before. Default 0. */
  readLagMs: number;
  /** Whether a policy's retention deletes older mail, or keeps it. Default "deletes". */
  retention: "deletes" | "keeps";
  /** Whether the delete of an object that others refer to is refused with 409. Default false. */
  deletesBlocked: boolean;
  /** How the DNS server treats everyone but the simulator's own verification. Default "answer". */
  dnsMode: "answer" | "servfail" | "refused" | "silent";
  /**
   * Whether everyone but the simulator's own verification gets the answers of a zone's own servers, or those of a resolver: the same
   * records without authority. Default "authoritative".
   */
  dnsRole: "authoritative" | "resolver";
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
  credentialExpiry: "required",
  iamIds: "uuid",
  permissionNames: "lower",
  applicationReads: "open",
  connectorReads: "open",
  duplicateDomainStatus: 400,
  repeatedCreates: "first",
  staleRules: "refused",
  webhookEmptyValues: "ignored",
  sending: "direct",
  sendQueueMs: 1000,
  sendMs: 0,
  httpWebhooks: true,
  publicWebhooks: "refuse",
  webhookTimeoutMs: 10_000,
  webhookRetryMs: 50,
  latencyMs: 0,
  grantListLagMs: 70_000,
  newGrantListLagMs: 0,
  bareGrants: false,
  grantDeleteLagMs: 0,
  patchName: "clear",
  patchSettings: "replace",
  passwordRules: "documented",
  removedGrantsGoTo: "none",
  grantsInDefault: "shown",
  policyPutWithoutId: false,
  ruleList: "nested",
  outboundRules: "workspace",
  alwaysCursor: false,
  folderCounts: "exact",
  threadRoutes: "there",
  requestsPerSecond: 0,
  deleteNeedsBody: false,
  policyGroups: "merge",
  newerObjects: false,
  webhookCompression: "absent",
  webhookGone: "text",
  connectorRules: "lenient",
  timestamps: "number",
  domainByAddress: true,
  domainAddressStatus: 404,
  attemptShape: "one",
  dkimRecords: "TXT",
  grantMoves: "patch",
  ignoredFields: [],
  readLagMs: 0,
  retention: "deletes",
  deletesBlocked: false,
  dnsMode: "answer",
  dnsRole: "authoritative",
};

/** A setting or option that is not what it may be; its text names it and what is allowed. */
export class BadOption extends Error {
  override name = "BadOption";
}

/** Picks the settings out of the options, refusing what no setting can be. */
export function readSettings(options: object, base: Settings = DEFAULT_SETTINGS): Settings {
  const result: Settings = { ...base };
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(VALUES, name) || value === undefined) continue;
    const read = VALUES[name as keyof Settings].safeParse(value);
    if (!read.success)
      throw new BadOption(`${name}: expected ${expectation(read.error)}, got ${JSON.stringify(value)}`);
    Object.assign(result, { [name]: read.data });
  }
  return result;
}

/** What a value should have been; every schema below says it as its message. */
function expectation({ issues }: z.ZodError): string {
  return issues[0]!.message;
}

function oneOf<const T extends string | number | boolean>(...allowed: T[]) {
  return z.literal(allowed, allowed.map((each) => JSON.stringify(each)).join(" or "));
}

function listOf<T extends z.ZodType>(each: T, expected: string) {
  return z.custom<z.output<T>[]>((value) => z.array(each).safeParse(value).success, expected);
}

const count = z.custom<number>(
  (value) => typeof value === "number" && Number.isFinite(value) && value >= 0,
  "a number from 0 upwards",
);

const flag = oneOf(true, false);

const VALUES = {
  plan: oneOf("free", "full", "later"),
  maxAccounts: count.nullable(),
  propagationDelayMs: count,
  hostStyle: oneOf("@", "bare", "fqdn"),
  mxStyle: oneOf("priority", "target"),
  attemptNullFor: listOf(z.enum(VERIFICATION_TYPES), `a list of ${VERIFICATION_TYPES.join(", ")}`),
  expiresAt: oneOf("set", "zero", "absent"),
  omitFalseFlags: flag,
  dmarcAndArc: oneOf("accept", "reject"),
  domainPrefixes: oneOf("both", "new", "legacy"),
  applicationKeyOnDomains: flag,
  iamRoutes: oneOf("there", "gone"),
  credentialSecretField: oneOf("secret", "api_key", "key", "token"),
  credentialExpiry: oneOf("required", "optional"),
  iamIds: oneOf("uuid", "opaque"),
  permissionNames: oneOf("lower", "open"),
  applicationReads: oneOf("open", "forbidden"),
  connectorReads: oneOf("open", "forbidden"),
  duplicateDomainStatus: oneOf(400, 409),
  repeatedCreates: oneOf("first", "second", "refused"),
  staleRules: oneOf("refused", "taken"),
  webhookEmptyValues: oneOf("ignored", "cleared"),
  sending: oneOf("direct", "queued", "full"),
  sendQueueMs: count,
  sendMs: count,
  httpWebhooks: flag,
  publicWebhooks: oneOf("refuse", "assume"),
  webhookTimeoutMs: count,
  webhookRetryMs: count,
  latencyMs: count,
  grantListLagMs: count,
  newGrantListLagMs: count,
  bareGrants: flag,
  grantDeleteLagMs: count,
  patchName: oneOf("clear", "keep"),
  patchSettings: oneOf("replace", "merge"),
  passwordRules: oneOf("documented", "strict"),
  removedGrantsGoTo: oneOf("none", "default"),
  grantsInDefault: oneOf("shown", "absent"),
  policyPutWithoutId: flag,
  ruleList: oneOf("nested", "flat"),
  outboundRules: oneOf("workspace", "application"),
  alwaysCursor: flag,
  folderCounts: oneOf("exact", "absent", "zero"),
  threadRoutes: oneOf("there", "gone"),
  requestsPerSecond: count,
  deleteNeedsBody: flag,
  policyGroups: oneOf("merge", "replace"),
  newerObjects: flag,
  webhookCompression: oneOf("absent", "shown"),
  webhookGone: oneOf("text", "number", "words"),
  connectorRules: oneOf("lenient", "strict"),
  timestamps: oneOf("number", "text"),
  domainByAddress: flag,
  domainAddressStatus: oneOf(404, 400),
  attemptShape: oneOf("one", "list", "many"),
  dkimRecords: oneOf("TXT", "CNAME"),
  grantMoves: oneOf("patch", "ignored", "refused"),
  ignoredFields: listOf(z.string(), "a list of names"),
  readLagMs: count,
  retention: oneOf("deletes", "keeps"),
  deletesBlocked: flag,
  dnsMode: oneOf("answer", "servfail", "refused", "silent"),
  dnsRole: oneOf("authoritative", "resolver"),
} satisfies { [Name in keyof Settings]: z.ZodType<Settings[Name]> };

/**
 * The format of a profile: a JSON object with the settings in which an API differs from the defaults. This is the only statement of
 * it; a file that does not fit is refused.
 */
export const profileSchema = z.strictObject({
  /** What the profile stands for, for people. */
  about: z.string().optional(),
  /** Settings by name. Those that are left out keep their default. */
  settings: z.strictObject(VALUES).partial(),
});
export type Profile = z.infer<typeof profileSchema>;
