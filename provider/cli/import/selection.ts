/** Which part of a fleet is meant. */
import { domainOfEmail } from "../../nylas/addresses";
import { normaliseName } from "../../dns/records";
import { type Domain, type Grant, type Workspace } from "../../nylas/api";
import { CliError } from "../io";
import { type Fleet } from "./fleet";
import { type Kind, KINDS } from "./kinds";

export interface Filters {
  /** Addresses of domains. */
  domains?: string[];
  /** Names or ids of workspaces. */
  workspaces?: string[];
  kinds?: Kind[];
}

/** Whether an object is meant. */
export interface Selection {
  kind(kind: Kind): boolean;
  domain(domain: Domain): boolean;
  workspace(workspace: Workspace): boolean;
  account(grant: Grant): boolean;
  policy(id: string): boolean;
  rule(id: string): boolean;
  list(id: string): boolean;
  /** Webhooks are the application's, not a domain's or a tenant's. */
  applicationWide: boolean;
}

/**
 * Without filters: everything except domains that no account or workspace of this application uses. Domains belong to
 * the organization, and another application's stack may hold them. With filters: what is named, what lives in it, and
 * what that needs.
 */
export function select(fleet: Fleet, filters: Filters): Selection {
  const domains = filters.domains?.map(normaliseName);
  const chosen = filters.workspaces && chosenWorkspaces(fleet, filters.workspaces);
  if (domains) assertKnown(fleet, domains);

  const home =
    fleet.application.defaultWorkspaceId ?? fleet.workspaces.find(({ isDefault }) => isDefault)?.id;
  const workspaceOf = (grant: Grant) => grant.workspaceId ?? home;
  const accounts = new Set(
    fleet.grants.filter(
      (grant) =>
        (!domains || domains.includes(domainOf(grant.email))) &&
        (!chosen || chosen.has(workspaceOf(grant) ?? "")),
    ),
  );
  const homes = new Set([...accounts].map(workspaceOf));
  const everything = !domains && !chosen;
  const workspaces = new Set(
    fleet.workspaces.filter(
      ({ id, domain }) =>
        everything ||
        // The default one is everybody's: only who names it means it.
        ((chosen ? chosen.has(id) : id !== home) &&
          (!domains || homes.has(id) || (domain !== undefined && domains.includes(normaliseName(domain))))),
    ),
  );
  const used = new Set([
    ...[...accounts].map(({ email }) => domainOf(email)),
    ...[...workspaces].flatMap(({ domain }) => (domain === undefined ? [] : [normaliseName(domain)])),
  ]);
  const rules = new Set([...workspaces].flatMap(({ ruleIds }) => ruleIds));
  const lists = new Set(
    fleet.rules
      .filter(({ id }) => rules.has(id))
      .flatMap(({ conditions }) => conditions.flatMap(({ inList }) => inList ?? [])),
  );
  const policies = new Set([...workspaces].map(({ policyId }) => policyId));
  const kinds = new Set<Kind>(filters.kinds ?? KINDS);
  return {
    kind: (kind) => kinds.has(kind),
    domain: ({ address }) => domains?.includes(address) ?? used.has(address),
    workspace: (workspace) => workspaces.has(workspace),
    account: (grant) => accounts.has(grant),
    policy: (id) => everything || policies.has(id),
    rule: (id) => everything || rules.has(id),
    list: (id) => everything || lists.has(id),
    applicationWide: everything,
  };
}

export function domainOf(email: string): string {
  return normaliseName(domainOfEmail(email));
}

function chosenWorkspaces({ workspaces }: Fleet, wanted: string[]): Set<string> {
  return new Set(
    wanted.flatMap((each) => {
      const found = workspaces.filter(({ id, name }) => id === each || name === each);
      if (found.length > 0) return found.map(({ id }) => id);
      throw new CliError(
        `--workspace: there is no workspace with the name or id ${JSON.stringify(each)} in this application.`,
      );
    }),
  );
}

function assertKnown({ domains, grants, workspaces }: Fleet, wanted: string[]): void {
  const known = new Set([
    ...(domains ?? []).map(({ address }) => address),
    ...grants.map(({ email }) => domainOf(email)),
    ...workspaces.map(({ domain }) => domain && normaliseName(domain)),
  ]);
  const stranger = wanted.find((each) => !known.has(each));
  if (stranger === undefined) return;
  throw new CliError(
    `--domain: ${JSON.stringify(stranger)} is no domain of this organization, and neither an account nor a workspace uses it.`,
  );
}
