/** Which workspaces of a fleet are tenants: a workspace, its accounts on one domain, and what nobody else uses of policies, rules and lists. */
import { BRAKE } from "../../components/tenantPlan";
import { type Rule } from "../../nylas/api";
import { type Fleet } from "./fleet";
import {
  type ImportedResource,
  type ImportedAccount,
  type ImportedDomain,
  type ImportedList,
  type ImportedWorkspace,
  type Gathered,
} from "./step";
import { inLists } from "./gather";
import { Names, slug } from "./names";
import { domainOf } from "./selection";

export interface PlannedTenant {
  name: string;
  workspace: ImportedWorkspace;
  /** By alias. */
  accounts: Map<string, ImportedAccount>;
  policy?: ImportedResource;
  /** By the part of the name that the tenant gives them. */
  lists: Map<string, ImportedList>;
  rules: Map<string, ImportedResource>;
  /** Its own AgentDomain, where nobody else is on it; otherwise one that is declared beside. */
  domain?: ImportedDomain;
  domainIsShared: boolean;
  trial?: { domainName: string; prefix: string };
}

/** The tenants; what cannot be one stays as it is declared flat, and is named. */
export function tenantsOf(fleet: Fleet, gathered: Gathered): PlannedTenant[] {
  const names = new Names();
  const tenants: PlannedTenant[] = [];
  for (const workspace of gathered.workspaces.values()) {
    const planned = plan(fleet, gathered, workspace);
    if (typeof planned === "string") {
      gathered.hints.push(
        `workspace "${workspace.title}" is declared by itself, not as a Tenant: ${planned}.`,
      );
      continue;
    }
    tenants.push({ ...planned, ...withName(names.unique(slug(workspace.title, "tenant")), planned) });
  }
  return tenants;
}

type Unnamed = Omit<PlannedTenant, "name">;

function plan(fleet: Fleet, gathered: Gathered, workspace: ImportedWorkspace): Unnamed | string {
  const members = gathered.accounts.filter(({ grant }) => grant.workspaceId === workspace.id);
  const domains = new Set(members.map(({ grant }) => domainOf(grant.email)));
  if (domains.size === 0 && workspace.workspace.domain !== undefined) domains.add(workspace.workspace.domain);
  const [address] = domains;
  if (address === undefined) return "no account is in it, and it has no domain";
  if (domains.size > 1)
    return `its accounts are on ${domains.size} domains (${[...domains].sort().join(", ")})`;

  const base = { workspace, ...ownParts(fleet, gathered, workspace) };
  const trial = fleet.domains
    ? fleet.domains.some((domain) => domain.branded && domain.address === address)
    : address.endsWith(".nylas.email");
  if (trial) {
    const accounts = byAlias(members, (local) => local);
    if (!accounts) return "an address on it cannot be the alias of an account";
    return { ...base, accounts, domainIsShared: false, trial: { domainName: address, prefix: "" } };
  }
  const domain = gathered.domains.find((each) => each.domain.address === address);
  if (!domain?.records)
    return `${address} is not brought in as an AgentDomain, which a Tenant needs${gathered.domains.some(({ dns }) => dns) ? "" : " (--with-dns)"}`;
  const accounts = byAlias(members, (local) => local);
  if (!accounts) return "an address in it cannot be the alias of an account";
  const others = fleet.grants.some(
    (grant) => domainOf(grant.email) === address && grant.workspaceId !== workspace.id,
  );
  const otherWorkspaces = fleet.workspaces.some(
    ({ id, domain }) => id !== workspace.id && domain === address,
  );
  return { ...base, accounts, domain, domainIsShared: others || otherWorkspaces };
}

/** Addresses on a trial domain begin with the tenant's name, where they do. */
function withName(name: string, { trial, accounts }: Unnamed): Partial<PlannedTenant> & { name: string } {
  if (!trial) return { name };
  const prefix = `${name}-`;
  const begins = [...accounts.keys()].every(
    (local) => local.startsWith(prefix) && local.length > prefix.length,
  );
  if (!begins) return { name };
  return {
    name,
    trial: { ...trial, prefix },
    accounts: new Map([...accounts].map(([local, account]) => [local.slice(prefix.length), account])),
  };
}

function byAlias(
  members: ImportedAccount[],
  aliasOf: (local: string) => string,
): Map<string, ImportedAccount> | undefined {
  const accounts = new Map(
    members.map((account) => {
      const { email } = account.grant;
      return [aliasOf(email.slice(0, email.lastIndexOf("@"))), account];
    }),
  );
  const fits = [...accounts.keys()].every((alias) => /^[^\s/:@\p{Cc}]{1,100}$/u.test(alias));
  const each = new Set([...accounts.keys()].map((alias) => alias.toLowerCase()));
  return fits && each.size === members.length ? accounts : undefined;
}

/** What no other workspace and no other rule of the application uses. */
function ownParts(
  fleet: Fleet,
  { policies, rules, lists }: Gathered,
  { id, workspace }: ImportedWorkspace,
): Pick<PlannedTenant, "rules" | "lists"> & { policy?: ImportedResource } {
  const elsewhere = fleet.workspaces.filter((each) => each.id !== id);
  const policy =
    workspace.policyId !== undefined && !elsewhere.some(({ policyId }) => policyId === workspace.policyId)
      ? policies.get(workspace.policyId)
      : undefined;
  const ruleNames = new Names();
  ruleNames.unique(BRAKE);
  const own = workspace.ruleIds
    .filter((rule) => rules.has(rule) && !elsewhere.some(({ ruleIds }) => ruleIds.includes(rule)))
    .map((rule) => rules.get(rule)!);
  const isOwn = ({ id: rule }: Rule) => own.some((each) => each.id === rule);
  const listNames = new Names();
  const used = new Set(fleet.rules.filter(isOwn).flatMap(({ conditions }) => inLists(conditions)));
  const ownLists = [...used]
    .filter(
      (list) =>
        lists.has(list) &&
        !fleet.rules.some((rule) => !isOwn(rule) && inLists(rule.conditions).includes(list)),
    )
    .map((list) => lists.get(list)!);
  return {
    ...(policy ? { policy } : {}),
    rules: new Map(own.map((rule) => [ruleNames.unique(slug(rule.title, "rule")), rule])),
    lists: new Map(ownLists.map((list) => [listNames.unique(slug(list.title, "list")), list])),
  };
}
