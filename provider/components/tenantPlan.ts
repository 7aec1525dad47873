import { isWithin, normaliseName } from "../dns/records";
import { requireArgument, requireArguments } from "../hosts/dynamic/arguments";
import { show, strangeKey } from "../core/fields";
import type { AgentAccountArgs } from "../classes/account";
import { isEmail } from "../nylas/addresses";
import { omitUndefined } from "./agentDomain";
import { checkedDomainName } from "./agentDomainChecks";
import { type AgentDomainArgs } from "./agentDomainArgs";
import type { TenantAccountArgs, TenantArgs } from "./tenantArgs";
import {
  ARGUMENTS,
  assertForms,
  assertDomains,
  requireAccounts,
  requirePart,
  twoOfOne,
  refused,
} from "./tenantChecks";

export { BRAKE } from "./tenantChecks";

/** What the arguments come to, with nothing registered yet. */
export interface Plan {
  accountsOn: "trial" | "own";
  /** Undefined where there is none, or where it is one that the program declares. */
  ownDomain: string | undefined;
  inUse: PlannedAccount[];
  staying: PlannedAccount[];
  retire: boolean;
}

export interface PlannedAccount {
  alias: string;
  /**
   * A character that can stand in neither separates it from the tenant's name. So `a/b-c` and `a-b/c` are two. The
   * URN of a child does not say to which tenant it belongs.
   */
  resource: string;
  email: Address;
  args: Omit<AgentAccountArgs, "email" | "workspaceId" | "connection">;
}

export interface Address {
  alias: string;
  /** Undefined for the own domain. */
  domainName: string | undefined;
}

const ACCOUNT_ARGUMENTS = [
  "displayName",
  "appPassword",
  "folders",
  "forceDestroy",
  "allowMailLoss",
  "adopt",
  "onTrial",
] as const satisfies readonly (keyof TenantAccountArgs)[];

/** Everything that can be told before a single resource is registered: what a resource judges of its own is left to it. */
export function planTenant(name: string, args: TenantArgs): Plan {
  const what = `Tenant ${show(name)}`;
  requireArgument(what, "its name", name, {
    fits: (value) => typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(value),
    allowed: "1 to 100 letters, digits, dots, dashes and underscores, the first one a letter or a digit",
    example: '"customer-a"',
  });
  requireArguments(
    what,
    args,
    '{ domainName: "agents.customer-a.com", dns: zoneFile(), accounts: { scheduling: {} } }',
    ARGUMENTS,
  );
  assertForms(what, args);

  const trial = typeof args.trial === "string" ? { domainName: args.trial } : args.trial;
  const hasOwn = args.domainName !== undefined || args.domain !== undefined;
  const accountsOn = assertDomains(what, args, trial, hasOwn);
  const ownDomain = args.domainName === undefined ? undefined : checkedDomainName(name, domainArgsOf(args));
  if (trial && ownDomain !== undefined && isWithin(ownDomain, normaliseName(trial.domainName))) {
    throw refused(
      what,
      "domainName",
      `given ${show(args.domainName)}, which is the trial domain or lies below it; allowed: a domain of the tenant's own; for example "agents.customer-a.com"`,
    );
  }
  const prefix = trial?.prefix ?? `${name}-`;
  const planned = Object.entries(args.accounts).map(([alias, account]) =>
    assertAccount(what, name, alias, account, {
      accountsOn,
      trialAddress: trial && { alias: `${prefix}${alias}`, domainName: normaliseName(trial.domainName) },
      retire: trial?.retire === true,
    }),
  );
  twoOfOne(what, Object.keys(args.accounts));
  return {
    accountsOn,
    ownDomain,
    inUse: planned.map(({ inUse }) => inUse),
    staying: planned.flatMap(({ staying }) => staying ?? []),
    retire: trial?.retire === true,
  };
}

function domainArgsOf({ domainName, dns, domainArgs }: TenantArgs): AgentDomainArgs {
  return { ...domainArgs, domainName: domainName!, dns: dns! };
}

/** The mailbox in use, and the one that stays on the trial domain after the switch. */
function assertAccount(
  what: string,
  tenant: string,
  alias: string,
  account: TenantAccountArgs,
  {
    accountsOn,
    trialAddress,
    retire,
  }: { accountsOn: "trial" | "own"; trialAddress: Address | undefined; retire: boolean },
): { inUse: PlannedAccount; staying: PlannedAccount | undefined } {
  requirePart(what, "accounts", alias);
  const at = `accounts.${alias}`;
  requireAccounts(what, at, account, '{ displayName: "Scheduling" }');
  const strange = Object.keys(account).find(
    (key) => !(ACCOUNT_ARGUMENTS as readonly string[]).includes(key) && account[key as never] !== undefined,
  );
  if (strange !== undefined) throw refused(what, at, strangeKey(strange, ACCOUNT_ARGUMENTS));
  const { onTrial = true, adopt, forceDestroy, ...rest } = account;
  requireArgument(what, `${at}.onTrial`, onTrial, {
    fits: (value) => typeof value === "boolean",
    allowed: "true or false",
    example: "false",
  });
  const address = accountsOn === "own" ? { alias, domainName: undefined } : trialAddress!;
  for (const each of [address, ...(trialAddress && onTrial ? [trialAddress] : [])]) {
    if (isEmail(`${each.alias}@${each.domainName ?? "example.com"}`)) continue;
    throw refused(
      what,
      at,
      `given ${show(alias)}, which makes ${show(each.alias)} the part of the address before the @; allowed: 1 to 64 ASCII characters of an address, without the domain; for example "scheduling"`,
    );
  }
  if (accountsOn === "trial" && !onTrial) {
    throw refused(
      what,
      `${at}.onTrial`,
      'given false while the accounts run on the trial domain; allowed: true until accountsOn is "own"',
    );
  }
  const own = `${tenant}/${alias}`;
  return {
    inUse: {
      alias,
      resource: accountsOn === "own" ? own : `${own}@trial`,
      email: address,
      args: { ...rest, ...omitUndefined({ adopt, forceDestroy }) },
    },
    staying:
      accountsOn === "own" && trialAddress && onTrial
        ? {
            alias,
            resource: `${own}@trial`,
            email: trialAddress,
            // A word about the mailbox in use is none about the other one.
            args: { ...rest, ...(retire ? { forceDestroy: true, retired: true } : {}) },
          }
        : undefined,
  };
}
