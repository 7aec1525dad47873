import {
  type AgentAccountResult,
  type ApplicationResult,
  type DomainResult,
  type GetAgentAccountArgs,
  type GetAgentAccountsArgs,
  type GetDomainArgs,
  type GetPolicyArgs,
  type GetWorkspaceArgs,
  type LookupArgs,
  type PolicyResult,
  type WorkspaceResult,
} from "./classes/lookupTypes";
import { normalEmail } from "./nylas/addresses";
import { normaliseName } from "./dns/records";
import * as pulumi from "@pulumi/pulumi";
import { type Domain, type Grant, type NylasApi, type Workspace } from "./nylas/api";
import type * as Client from "./nylas/client";
import type * as Clocks from "./nylas/clock";
import { isReadable } from "./nylas/readable";
import type * as Credentials from "./nylas/credentials";
import { requireNoOutputText } from "./hosts/dynamic/arguments";
import { programEnvironment } from "./hosts/dynamic/programEnvironment";
import { runError } from "./hosts/dynamic/runError";

export type * from "./classes/lookupTypes";

/**
 * Look-ups: what other stacks or people own, by a name or an address. They take no ownership, write nothing, and ask Nylas
 * whenever the program runs, in a preview too, so they need a key there. Nothing of the HTTP client is loaded before the first.
 *
 * Each has an `…Output` form for arguments that are outputs of something: it asks as soon as these are known.
 */

/** The application that the key is of: a way to its default workspace. API: `GET /v3/applications`. */
export async function getApplication(args: LookupArgs = {}): Promise<ApplicationResult> {
  return look("getApplication", args, async (api) => {
    const { organizationId, ...application } = await api.application();
    if (organizationId !== undefined) return { ...application, organizationId };
    throw new Error(
      `Application ${application.id}: the key may not read GET /v3/applications, so its organization and region are not known. Give the key's ` +
        "principal the permission applications.read, or use the API key of the application.",
    );
  });
}

export function getApplicationOutput(args: Arguments<LookupArgs> = {}): pulumi.Output<ApplicationResult> {
  return pulumi.output(args).apply((known) => getApplication(known as LookupArgs));
}

/** A domain that is registered already, by its address. Needs the credential for domains. API: `GET /v3/domains/{id}`. */
export async function getDomain(args: GetDomainArgs): Promise<DomainResult> {
  return look("getDomain", args, async (api) => {
    const wanted = normaliseName(args.domainName);
    return domainResult(found(await api.domains.findByAddress(wanted), `domain ${wanted}`));
  });
}

export function getDomainOutput(args: Arguments<GetDomainArgs>): pulumi.Output<DomainResult> {
  return pulumi.output(args).apply((known) => getDomain(known as GetDomainArgs));
}

/** A workspace, by its id, its name, its domain, or as the default one. API: `GET /v3/workspaces`. */
export async function getWorkspace(args: GetWorkspaceArgs): Promise<WorkspaceResult> {
  return look("getWorkspace", args, async (api) => {
    const { id, name, domainName, isDefault } = args;
    const what = describeWorkspace(args);
    if (id !== undefined) return workspaceResult(found(await api.workspaces.get(id), what));
    if (name === undefined && domainName === undefined && isDefault !== true)
      throw new Error(
        "getWorkspace takes one of id, name, domainName and isDefault: true; given none of them.",
      );
    const all = await api.workspaces.list();
    const domain = domainName === undefined ? undefined : normaliseName(domainName);
    return workspaceResult(
      theOne(
        all.filter((each) =>
          isDefault ? each.isDefault : name !== undefined ? each.name === name : each.domain === domain,
        ),
        what,
      ),
    );
  });
}

export function getWorkspaceOutput(args: Arguments<GetWorkspaceArgs>): pulumi.Output<WorkspaceResult> {
  return pulumi.output(args).apply((known) => getWorkspace(known as GetWorkspaceArgs));
}

/** A policy, by its id or its name. API: `GET /v3/policies`. */
export async function getPolicy(args: GetPolicyArgs): Promise<PolicyResult> {
  return look("getPolicy", args, async (api) => {
    const { id, name } = args;
    const what = id === undefined ? `policy ${JSON.stringify(name)}` : `policy ${id}`;
    const policy =
      id === undefined
        ? theOne(
            (await api.policies.list()).filter((each) => each.name === name),
            what,
          )
        : found(await api.policies.get(id), what);
    return {
      id: policy.id,
      name: policy.name,
      limits: policy.limits,
      spamDetection: policy.spamDetection,
      applicationId: policy.applicationId,
    };
  });
}

export function getPolicyOutput(args: Arguments<GetPolicyArgs>): pulumi.Output<PolicyResult> {
  return pulumi.output(args).apply((known) => getPolicy(known as GetPolicyArgs));
}

/** An account, by its address or its grant id. API: `GET /v3/grants`. */
export async function getAgentAccount(args: GetAgentAccountArgs): Promise<AgentAccountResult> {
  return look("getAgentAccount", args, async (api) => {
    const { id, email } = args;
    const grant = id === undefined ? await api.grants.findByEmail(email!.trim()) : await api.grants.get(id);
    return accountResult(found(grant?.provider === "nylas" ? grant : undefined, `account ${id ?? email}`));
  });
}

export function getAgentAccountOutput(
  args: Arguments<GetAgentAccountArgs>,
): pulumi.Output<AgentAccountResult> {
  return pulumi.output(args).apply((known) => getAgentAccount(known as GetAgentAccountArgs));
}

/** All accounts of the application, or those of a workspace or on a domain, sorted by address. API: `GET /v3/grants`. */
export async function getAgentAccounts(args: GetAgentAccountsArgs = {}): Promise<AgentAccountResult[]> {
  return look("getAgentAccounts", args, async (api) => {
    const domain = args.domainName === undefined ? undefined : normaliseName(args.domainName);
    return (await api.grants.list())
      .filter(isReadable)
      .filter((grant) => grant.provider === "nylas")
      .filter((grant) => args.workspaceId === undefined || grant.workspaceId === args.workspaceId)
      .filter((grant) => domain === undefined || normalEmail(grant.email).endsWith(`@${domain}`))
      .map(accountResult)
      .sort((a, b) => (a.email < b.email ? -1 : 1));
  });
}

export function getAgentAccountsOutput(
  args: Arguments<GetAgentAccountsArgs> = {},
): pulumi.Output<AgentAccountResult[]> {
  return pulumi.output(args).apply((known) => getAgentAccounts(known as GetAgentAccountsArgs));
}

/** Arguments of an `…Output` form: each may be an output of something. */
export type Arguments<T> = T extends unknown ? { [K in keyof T]: pulumi.Input<T[K]> } : never;

/** What answers a look-up in the place of Nylas: for a unit test. */
export interface LookupAnswers {
  getApplication?: (args: LookupArgs) => ApplicationResult | Promise<ApplicationResult>;
  getDomain?: (args: GetDomainArgs) => DomainResult | Promise<DomainResult>;
  getWorkspace?: (args: GetWorkspaceArgs) => WorkspaceResult | Promise<WorkspaceResult>;
  getPolicy?: (args: GetPolicyArgs) => PolicyResult | Promise<PolicyResult>;
  getAgentAccount?: (args: GetAgentAccountArgs) => AgentAccountResult | Promise<AgentAccountResult>;
  getAgentAccounts?: (args: GetAgentAccountsArgs) => AgentAccountResult[] | Promise<AgentAccountResult[]>;
}

let answers: LookupAnswers = {};

/** From here on, look-ups of this process are answered so, and Nylas is not asked. */
export function answerLookups(instead: LookupAnswers): void {
  answers = instead;
}

/** Runs with the settings of the environment first and of the program's stack then, as the resources' own side does. */
async function look<T>(
  name: keyof LookupAnswers,
  args: LookupArgs,
  ask: (api: NylasApi) => Promise<T>,
): Promise<T> {
  for (const [key, value] of Object.entries(args))
    if (typeof value === "string") requireNoOutputText(`${name}: ${key}`, value);
  const { connection } = args;
  const answer = answers[name] as ((args: LookupArgs) => unknown) | undefined;
  if (answer) return (await answer(args)) as T;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program that looks nothing up does not load them
  const { connect } = require("./nylas/client") as typeof Client;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  const { clockOf } = require("./nylas/clock") as typeof Clocks;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  const { readSettings } = require("./nylas/credentials") as typeof Credentials;
  try {
    const environment = programEnvironment();
    const settings = readSettings((key) => pulumi.runtime.getConfig(key), environment, connection);
    return await ask(connect(settings, clockOf(environment)));
  } catch (error) {
    // For a person: without a stack, which would be ours and not the program's.
    throw runError((error as Error).message);
  }
}

function found<T>(object: T | undefined, what: string): T {
  if (object !== undefined) return object;
  throw new Error(
    `There is no ${what} for this key. Look-ups do not create anything: check the name, the key and its region.`,
  );
}

function theOne<T extends { id: string }>(objects: T[], what: string): T {
  if (objects.length > 1) {
    throw new Error(
      `There is more than one ${what} (ids ${objects.map(({ id }) => id).join(", ")}): look it up by its id.`,
    );
  }
  return found(objects[0], what);
}

function describeWorkspace({ id, name, domainName }: GetWorkspaceArgs): string {
  if (id !== undefined) return `workspace ${id}`;
  if (name !== undefined) return `workspace ${JSON.stringify(name)}`;
  return domainName === undefined ? "default workspace" : `workspace of the domain ${domainName}`;
}

function domainResult({
  id,
  address,
  name,
  organizationId,
  region,
  branded,
  verified,
}: Domain): DomainResult {
  return { id, domainName: address, name, organizationId, region, trial: branded, verified };
}

function workspaceResult(workspace: Workspace): WorkspaceResult {
  const { id, name, domain, autoGroup, isDefault, policyId, ruleIds, applicationId } = workspace;
  return { id, name, domainName: domain, autoGroup, isDefault, policyId, ruleIds, applicationId };
}

function accountResult({ id, email, name, workspaceId, status }: Grant): AgentAccountResult {
  return { id, email, displayName: name, workspaceId, status };
}
