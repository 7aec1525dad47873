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
import * as pulumi from "@pulumi/pulumi";
import { type NylasApi } from "./nylas/api";
import type * as Client from "./nylas/client";
import type * as Clocks from "./nylas/clock";
import type * as Credentials from "./nylas/credentials";
import { requireNoOutputText } from "./hosts/dynamic/arguments";
import { programEnvironment } from "./hosts/dynamic/programEnvironment";
import { runError } from "./hosts/dynamic/runError";
import type * as Lookups from "./resources/lookups";

export type * from "./classes/lookupTypes";

/**
 * Look-ups: what other stacks or people own, by a name or an address. They take no ownership, write nothing, and ask Nylas
 * whenever the program runs, in a preview too, so they need a key there. Nothing of the HTTP client is loaded before the first.
 *
 * Each has an `…Output` form for arguments that are outputs of something: it asks as soon as these are known.
 */

/** The application that the key is of: a way to its default workspace. API: `GET /v3/applications`. */
export async function getApplication(args: LookupArgs = {}): Promise<ApplicationResult> {
  return look("getApplication", args, (api, ask) => ask.lookUpApplication(api));
}

export function getApplicationOutput(args: Arguments<LookupArgs> = {}): pulumi.Output<ApplicationResult> {
  return pulumi.output(args).apply((known) => getApplication(known as LookupArgs));
}

/** A domain that is registered already, by its address. Needs the credential for domains. API: `GET /v3/domains/{id}`. */
export async function getDomain(args: GetDomainArgs): Promise<DomainResult> {
  return look("getDomain", args, (api, ask) => ask.lookUpDomain(api, args));
}

export function getDomainOutput(args: Arguments<GetDomainArgs>): pulumi.Output<DomainResult> {
  return pulumi.output(args).apply((known) => getDomain(known as GetDomainArgs));
}

/** A workspace, by its id, its name, its domain, or as the default one. API: `GET /v3/workspaces`. */
export async function getWorkspace(args: GetWorkspaceArgs): Promise<WorkspaceResult> {
  return look("getWorkspace", args, (api, ask) => ask.lookUpWorkspace(api, args));
}

export function getWorkspaceOutput(args: Arguments<GetWorkspaceArgs>): pulumi.Output<WorkspaceResult> {
  return pulumi.output(args).apply((known) => getWorkspace(known as GetWorkspaceArgs));
}

/** A policy, by its id or its name. API: `GET /v3/policies`. */
export async function getPolicy(args: GetPolicyArgs): Promise<PolicyResult> {
  return look("getPolicy", args, (api, ask) => ask.lookUpPolicy(api, args));
}

export function getPolicyOutput(args: Arguments<GetPolicyArgs>): pulumi.Output<PolicyResult> {
  return pulumi.output(args).apply((known) => getPolicy(known as GetPolicyArgs));
}

/** An account, by its address or its grant id. API: `GET /v3/grants`. */
export async function getAgentAccount(args: GetAgentAccountArgs): Promise<AgentAccountResult> {
  return look("getAgentAccount", args, (api, ask) => ask.lookUpAgentAccount(api, args));
}

export function getAgentAccountOutput(
  args: Arguments<GetAgentAccountArgs>,
): pulumi.Output<AgentAccountResult> {
  return pulumi.output(args).apply((known) => getAgentAccount(known as GetAgentAccountArgs));
}

/** All accounts of the application, or those of a workspace or on a domain, sorted by address. API: `GET /v3/grants`. */
export async function getAgentAccounts(args: GetAgentAccountsArgs = {}): Promise<AgentAccountResult[]> {
  return look("getAgentAccounts", args, (api, ask) => ask.lookUpAgentAccounts(api, args));
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
  ask: (api: NylasApi, lookups: typeof Lookups) => Promise<T>,
): Promise<T> {
  for (const [key, value] of Object.entries(args))
    if (typeof value === "string") requireNoOutputText(`${name}: ${key}`, value);
  const { connection } = args;
  const answer = answers[name] as ((args: LookupArgs) => unknown) | undefined;
  if (answer) return (await answer(args)) as T;
  // oxlint-disable-next-line typescript/no-require-imports -- a program that looks nothing up does not load them
  const { connect } = require("./nylas/client") as typeof Client;
  // oxlint-disable-next-line typescript/no-require-imports -- see above
  const { clockOf } = require("./nylas/clock") as typeof Clocks;
  // oxlint-disable-next-line typescript/no-require-imports -- see above
  const { readSettings } = require("./nylas/credentials") as typeof Credentials;
  // oxlint-disable-next-line typescript/no-require-imports -- see above
  const lookups = require("./resources/lookups") as typeof Lookups;
  try {
    const environment = programEnvironment();
    const settings = readSettings((key) => pulumi.runtime.getConfig(key), environment, connection);
    return await ask(connect(settings, clockOf(environment)), lookups);
  } catch (error) {
    // For a person: without a stack, which would be ours and not the program's.
    throw runError((error as Error).message);
  }
}
