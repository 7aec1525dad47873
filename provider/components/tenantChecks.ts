import type * as pulumi from "@pulumi/pulumi";
import { show } from "../core/fields";
import { isLater, requireArgument, requireArguments, requireNoOutputText } from "../hosts/dynamic/arguments";
import { argumentError } from "../hosts/dynamic/runError";
import { isDomainName, isEmail } from "../nylas/addresses";
import { AgentDomain, referredDomains } from "./agentDomain";
import { type TenantApiKeyArgs, type TenantArgs, type TenantTrial } from "./tenantArgs";

/** The rule of a paused tenant. */
export const BRAKE = "sending-paused";

export const ARGUMENTS = [
  "domainName",
  "dns",
  "domainArgs",
  "domainAliases",
  "domain",
  "trial",
  "accountsOn",
  "accounts",
  "policy",
  "policyId",
  "lists",
  "rules",
  "ruleIds",
  "workspace",
  "sending",
  "apiKey",
  "smokeTest",
  "connection",
] as const satisfies readonly (keyof TenantArgs)[];

const KEY_ARGUMENTS = [
  "expiresAt",
  "permissions",
  "roles",
  "enabled",
  "rotateWhenChanged",
] as const satisfies readonly (keyof TenantApiKeyArgs)[];

export function assertForms(what: string, args: TenantArgs): void {
  const objects = {
    domainArgs: '{ dmarc: "v=DMARC1; p=reject" }',
    policy: "{ limits: { dailySends: 50 } }",
    lists: '{ blocked: { type: "domain", items: ["spam.example"] } }',
    rules: '{ spam: { conditions: [{ field: "from.domain", inList: ["blocked"] }], actions: ["block"] } }',
    workspace: '{ name: "Customer A" }',
    apiKey: '{ expiresAt: "2027-06-30T00:00:00Z", permissions: ["messages.read"] }',
  };
  requireAccounts(what, "accounts", args.accounts, '{ scheduling: { displayName: "Scheduling" } }');
  for (const [property, example] of Object.entries(objects)) {
    const value = args[property as keyof typeof objects];
    if (value !== undefined) requireArguments(`${what}: ${property}`, value, example);
  }
  for (const [property, taken] of [
    ["domainArgs", ["domainName", "dns", "connection"]],
    ["policy", ["connection"]],
    ["workspace", ["policyId", "ruleIds", "connection"]],
  ] as const) {
    const inside = taken.find((key) => args[property] !== undefined && key in args[property]);
    if (inside !== undefined) {
      throw refused(
        what,
        `${property}.${inside}`,
        `is an argument of the tenant itself; for example ${inside}: …`,
      );
    }
  }
  for (const property of ["lists", "rules"] as const) {
    for (const [key, value] of Object.entries(args[property] ?? {})) {
      requirePart(what, property, key);
      requireArguments(
        `${what}: ${property}.${key}`,
        value,
        objects[property].slice(objects[property].indexOf(":") + 2, -2),
      );
    }
  }
  if (Object.keys(args.rules ?? {}).includes(BRAKE)) {
    throw refused(
      what,
      `rules.${BRAKE}`,
      `is the name of the rule that sending: "paused" makes; give yours another one`,
    );
  }
  if (args.policy !== undefined && args.policyId !== undefined) {
    throw refused(
      what,
      "policyId",
      "given beside policy; allowed: one of the two, a policy of the tenant's own or one that tenants share; for example policyId: careful.id",
    );
  }
  if (args.domainAliases !== undefined) {
    requireArgument(what, "domainAliases", args.domainAliases, {
      fits: (value) => Array.isArray(value),
      allowed: "a list of aliases, as in Pulumi's resource options",
      example: '[{ name: "agents", parent: pulumi.rootStackResource }]',
    });
  }
  if (args.ruleIds !== undefined) {
    requireArgument(what, "ruleIds", args.ruleIds, {
      fits: (value) => Array.isArray(value),
      allowed: "a list of rule ids, each of which may be an output",
      example: "[blockSpam.id]",
    });
  }
  if (args.sending !== undefined) {
    requireArgument(what, "sending", args.sending, {
      fits: (value) => value === "on" || value === "paused",
      allowed: '"on" or "paused"',
      example: '"paused"',
    });
  }
  assertPause(what, args);
  if (args.smokeTest !== undefined && typeof args.smokeTest !== "boolean") {
    requireArguments(`${what}: smokeTest`, args.smokeTest, "{ send: true }", ["send"]);
    requireArgument(what, "smokeTest.send", args.smokeTest.send ?? false, {
      fits: (value) => typeof value === "boolean",
      allowed: "true or false",
      example: "true",
    });
  }
  assertKey(what, args.apiKey);
}

/** A pause holds for what is in the tenant's workspace, and under its rules: what is taken over gets there in the next run only. */
function assertPause(what: string, { sending, workspace, accounts }: TenantArgs): void {
  if (sending !== "paused") return;
  const takes = (part: { adopt?: unknown } | undefined) => part?.adopt !== undefined && part.adopt !== false;
  const alias = Object.keys(accounts).find((each) => takes(accounts[each]));
  const adopt = takes(workspace)
    ? "workspace.adopt"
    : alias === undefined
      ? undefined
      : `accounts.${alias}.adopt`;
  if (adopt === undefined) return;
  throw refused(
    what,
    "sending",
    `"paused" together with ${adopt}: what is taken over is not written to in the same run, so its accounts could still send. ` +
      `Take it over first, with sending on; then take ${adopt} away; then pause`,
  );
}

function assertKey(what: string, apiKey: TenantApiKeyArgs | undefined): void {
  if (apiKey === undefined) return;
  const example = '{ expiresAt: "2027-06-30T00:00:00Z", permissions: ["messages.read"] }';
  requireArguments(`${what}: apiKey`, apiKey, example, KEY_ARGUMENTS);
  if (apiKey.expiresAt === undefined)
    throw refused(what, "apiKey.expiresAt", 'is missing; for example expiresAt: "2027-06-30T00:00:00Z"');
  if (apiKey.permissions === undefined && apiKey.roles === undefined) {
    throw refused(
      what,
      "apiKey",
      'given without permissions and roles, so it could do nothing; for example permissions: ["messages.read"]',
    );
  }
}

/** Which domains there are, and which one of them the accounts run on. */
export function assertDomains(
  what: string,
  args: TenantArgs,
  trial: TenantTrial | undefined,
  hasOwn: boolean,
): "trial" | "own" {
  const { domain, domainName, accountsOn } = args;
  if (domain !== undefined) {
    requireArgument(what, "domain", domain, {
      fits: (value) => value instanceof AgentDomain || referredDomains.has(value as object),
      allowed: "an AgentDomain that the program declares",
      example: 'new AgentDomain("agents", { domainName: "agents.example.com", dns: zoneFile() })',
    });
    const other = (["domainName", "dns", "domainArgs", "domainAliases"] as const).find(
      (key) => args[key] !== undefined,
    );
    if (other !== undefined)
      throw refused(
        what,
        other,
        "given beside domain, which is one already; allowed: domain alone, or domainName with dns",
      );
  }
  if (domainName === undefined) {
    const lone = (["dns", "domainArgs", "domainAliases"] as const).find((key) => args[key] !== undefined);
    if (lone !== undefined && domain === undefined)
      throw refused(what, lone, 'given without domainName; for example domainName: "agents.customer-a.com"');
  }
  if (args.trial !== undefined) assertTrial(what, args.trial);
  if (!hasOwn && trial === undefined) {
    throw refused(
      what,
      "domainName",
      'is missing, and so is trial; allowed: an own domain (domainName with dns, or domain), trial, or both; for example trial: "acme.nylas.email"',
    );
  }
  if (accountsOn !== undefined) {
    requireArgument(what, "accountsOn", accountsOn, {
      fits: (value) => value === "trial" || value === "own",
      allowed: '"trial" or "own"',
      example: '"trial"',
    });
    if (accountsOn === "own" && !hasOwn)
      throw refused(
        what,
        "accountsOn",
        'given "own" without an own domain; for example domainName: "agents.customer-a.com"',
      );
    if (accountsOn === "trial" && trial === undefined)
      throw refused(
        what,
        "accountsOn",
        'given "trial" without the trial domain; for example trial: "acme.nylas.email"',
      );
  } else if (hasOwn && trial !== undefined) {
    throw refused(
      what,
      "accountsOn",
      'is missing, and there are two domains; allowed: "trial" until the own domain is verified, and then "own", which is the switch; for example accountsOn: "trial"',
    );
  }
  const on = accountsOn ?? (hasOwn ? "own" : "trial");
  if (trial?.retire === true && on === "trial") {
    throw refused(
      what,
      "trial.retire",
      'given true while the accounts run on the trial domain: it would free mailboxes in use to be deleted; for example accountsOn: "own" first',
    );
  }
  return on;
}

function assertTrial(what: string, trial: string | TenantTrial): void {
  const example = '"acme.nylas.email"';
  const isName = (value: unknown) => typeof value === "string" && isDomainName(value);
  if (typeof trial !== "object" || isLater(trial)) {
    requireArgument(what, "trial", trial, {
      fits: isName,
      allowed: "the trial domain, as a plain string, or an object",
      example,
    });
    return;
  }
  requireArguments(`${what}: trial`, trial, `{ domainName: ${example} }`, ["domainName", "prefix", "retire"]);
  requireArgument(what, "trial.domainName", trial.domainName, {
    fits: isName,
    allowed: "the trial domain, as a plain string",
    example,
  });
  if (trial.prefix !== undefined) {
    requireArgument(what, "trial.prefix", trial.prefix, {
      fits: (value) => typeof value === "string" && isEmail(`${value}a@example.com`),
      allowed: "what an address can begin with, as a plain string",
      example: '"customer-a-"',
    });
  }
  if (trial.retire !== undefined) {
    requireArgument(what, "trial.retire", trial.retire, {
      fits: (value) => typeof value === "boolean",
      allowed: "true or false",
      example: "true",
    });
  }
}

/** As `requireArguments`, with nothing shown of what was given: passwords may be in it. */
export function requireAccounts(what: string, property: string, value: unknown, example: string): void {
  if (Object.prototype.toString.call(value) === "[object Object]" && !isLater(value)) return;
  const given =
    value === undefined
      ? "nothing"
      : isLater(value)
        ? "an output"
        : Array.isArray(value)
          ? "a list"
          : `a ${typeof value}`;
  throw refused(
    what,
    property,
    `given ${given} (not shown: there may be passwords in it); allowed: an object (each of its values may be an output, the whole may not); for example ${example}`,
  );
}

/** A name that becomes a part of a resource's. */
export function requirePart(what: string, property: string, part: string): void {
  requireNoOutputText(`${what}: ${property}`, part);
  if (/^[^\s/:@\p{Cc}]{1,100}$/u.test(part)) return;
  const example = property === "accounts" ? "scheduling" : "blocked";
  throw refused(
    what,
    property,
    `given the name ${show(part)}; allowed: 1 to 100 characters without blanks, slashes, colons and @; for example ${example}`,
  );
}

/** Addresses are compared without case. */
export function twoOfOne(what: string, aliases: string[]): void {
  const seen = new Map<string, string>();
  for (const alias of aliases) {
    const other = seen.get(alias.toLowerCase());
    if (other !== undefined)
      throw refused(
        what,
        `accounts.${alias}`,
        `is the same address as ${show(other)}: case does not count; leave one`,
      );
    seen.set(alias.toLowerCase(), alias);
  }
}

/** A mistake of the user's, which the engine shows without a stack. */
export function refused(what: string, property: string, problem: string): pulumi.RunError {
  return argumentError(what, property, problem);
}
