/** The examination: which checks there are, and what one needs of another. Everything is a GET; nothing is written or tried out. */
import { isReadable } from "../../nylas/readable";
import { type Application } from "../../nylas/api";

import { NylasError } from "../../nylas/errors";

import { type AccountReport, checkAccount, type Fleet, fleetFindings } from "./account";

import { type DomainReport, checkDomains, tenantFindings } from "./domains";
import { type Finding } from "./findings";
import { applicationKey, organizationKey, refusal } from "./keys";
import { permissions, type Principals, readPrincipals } from "./permissions";
import { planFindings } from "./plan";
import { type DoctorContext } from "./context";

export interface Examination {
  findings: Finding[];
  domains: DomainReport[];
  account: AccountReport | undefined;
}

export async function runChecks(
  context: DoctorContext,
  account: string | undefined,
  now: (doing: string) => void,
): Promise<Examination> {
  now("asking Nylas whose the keys are");
  const { findings, application } = await applicationKey(context);
  const organization = await organizationKey(context, application);
  findings.push(...organization.findings);

  now("asking Nylas what the organization key may do");
  let principals = NOBODY_SEEN;
  const refused = organization.findings.some(
    ({ area, state }) => area !== "permissions" && state === "problem",
  );
  if (!refused) {
    const byKey = context.settings.domainCredential === "organizationKey";
    const lists = byKey ? organization.domains !== undefined : undefined;
    const found = await guarded("permissions", async () => {
      principals = await readPrincipals(context);
      return permissions(context, principals, lists);
    });
    // One reason is enough: a list of domains that is refused has said it already.
    const told = organization.findings.some(({ area }) => area === "permissions");
    findings.push(...(told ? found.filter(({ state }) => state !== "unknown") : found));
  }

  const seen: Examination = { findings, domains: [], account: undefined };
  if (application) {
    now("reading the application: connector, accounts, workspaces, policies, rules");
    await examineApplication(context, application, account, principals, seen);
  } else if (account !== undefined) {
    const text = "it cannot be looked at without an application key that is accepted";
    findings.push({ area: "accounts", subject: account, state: "unknown", text });
  }

  now("asking the name servers of each domain");
  const domains = await checkDomains(context, organization.domains);
  findings.push(...domains.findings, ...tenantFindings(context.declared, domains.reports));
  seen.domains = domains.reports;
  return seen;
}

async function examineApplication(
  context: DoctorContext,
  application: Application,
  account: string | undefined,
  principals: Principals,
  seen: Examination,
): Promise<void> {
  const { api, declared } = context;
  const { findings } = seen;
  findings.push(
    ...(await guarded("connector", async () => [await connectorFinding(context)])),
    ...(await guarded("application", async () => {
      const [grants, workspaces, policies, rules, lists] = await Promise.all([
        api.grants.list(),
        api.workspaces.list(),
        api.policies.list(),
        noneInPlan(api.rules.list()),
        noneInPlan(api.lists.list()),
      ]);
      const fleet: Fleet = {
        application,
        grants,
        workspaces: workspaces.filter(isReadable),
        policies: policies.filter(isReadable),
        rules: rules.filter(isReadable),
      };
      const agents = grants.filter(({ provider }) => provider === "nylas").length;
      const standing = { policies, accounts: agents, rules: rules.length, lists: lists.length };
      const found = [...planFindings(standing, declared), ...fleetFindings(fleet, declared)];
      if (account === undefined) return found;
      const one = await checkAccount(account, fleet, principals);
      seen.account = one.report;
      return [...found, ...one.findings];
    })),
  );
}

async function connectorFinding({ api, declared }: DoctorContext): Promise<Finding> {
  const subject = "connector";
  let isThere: boolean;
  try {
    isThere = await api.connectors.hasNylas();
  } catch (error) {
    // The provider makes accounts without that look.
    if (!(error instanceof NylasError) || error.kind !== "forbidden") throw error;
    return { area: "permissions", subject, state: "unknown", text: error.message };
  }
  if (isThere) return { area: "connector", subject, state: "ok", text: "there is one for Agent Accounts" };
  if (declared.accounts.length === 0) {
    const text = "there is none for Agent Accounts yet; the first account makes it";
    return { area: "connector", subject, state: "note", text };
  }
  return {
    area: "connector",
    subject,
    state: "problem",
    text: "there is none for Agent Accounts, and the stack has accounts: deleting it made them invalid",
    next: "Ask the support of Nylas before anything is made anew: a new connector does not bring them back by itself.",
  };
}

const NOBODY_SEEN: Principals = { all: undefined, keysOf: () => Promise.resolve(undefined) };

/** A plan without rules refuses to list them. */
async function noneInPlan<T>(list: Promise<T[]>): Promise<T[]> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof NylasError && error.kind === "quota") return [];
    throw error;
  }
}

/** What one part cannot find out is a finding too, and no reason to leave out the rest. */
async function guarded(subject: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [refusal(error, subject)];
  }
}
