/** Pulumi resources for Nylas Agent Accounts. Loads neither an HTTP client nor a schema library nor a DNS vendor's SDK. */
// Made by `npm run generate` from provider/properties/, down to the end of the kinds.
export { NylasDomain, NylasDomain as Domain, type NylasDomainArgs } from "./classes/domain";
export {
  NylasDomainRecords,
  NylasDomainRecords as DomainRecords,
  type NylasDomainRecordsArgs,
} from "./classes/domainRecords";
export {
  NylasDomainVerification,
  NylasDomainVerification as DomainVerification,
  type NylasDomainVerificationArgs,
} from "./classes/domainVerification";
export { NylasWorkspace, NylasWorkspace as Workspace, type NylasWorkspaceArgs } from "./classes/workspace";
export {
  NylasDefaultWorkspace,
  NylasDefaultWorkspace as DefaultWorkspace,
  type NylasDefaultWorkspaceArgs,
} from "./classes/defaultWorkspace";
export {
  NylasPolicy,
  NylasPolicy as Policy,
  type NylasPolicyArgs,
  type NylasPolicyLimits,
  type NylasPolicySpamDetection,
} from "./classes/policy";
export { AgentAccount, type AgentAccountArgs } from "./classes/account";
export {
  NylasRule,
  NylasRule as Rule,
  type NylasInboundRuleArgs,
  type NylasOutboundRuleArgs,
  type NylasRuleArgs,
} from "./classes/rule";
export { NylasList, NylasList as List, type NylasListArgs } from "./classes/list";
export { NylasWebhook, NylasWebhook as Webhook, type NylasWebhookArgs } from "./classes/webhook";
export { NylasSmokeTest, NylasSmokeTest as SmokeTest, type NylasSmokeTestArgs } from "./classes/smokeTest";
// The end of the kinds.
export {
  type NylasInboundCondition,
  type NylasOutboundCondition,
  type NylasRuleActions,
  type NylasRuleStep,
  type NylasTrigger,
} from "./classes/types";
export {
  getAgentAccount,
  getAgentAccountOutput,
  getAgentAccounts,
  getAgentAccountsOutput,
  getApplication,
  getApplicationOutput,
  getDomain,
  getDomainOutput,
  getPolicy,
  getPolicyOutput,
  getWorkspace,
  getWorkspaceOutput,
} from "./lookups";
export type {
  AgentAccountResult,
  ApplicationResult,
  DomainResult,
  GetAgentAccountArgs,
  GetAgentAccountsArgs,
  GetDomainArgs,
  GetPolicyArgs,
  GetWorkspaceArgs,
  LookupArgs,
  PolicyResult,
  WorkspaceResult,
} from "./lookups";
export {
  type DnsAdapter,
  type DeclaredRecord,
  type DnsInstructions,
  type Handover,
  type PublishRequest,
} from "./dns/adapters/adapter";
export { resolvedInUp } from "./dns/adapters/unresolved";
export { zoneFile, type ZoneFileArgs } from "./dns/adapters/zoneFile";
export { type DnsRecord, type RecordType } from "./dns/records";
export { type HostOverrides, type RecordSlots, type Slot } from "./dns/layout";
export { AgentDomain } from "./components/agentDomain";
export { type AgentDomainArgs, type GivenRecord, type GivenRecords } from "./components/agentDomainArgs";
export { Tenant } from "./components/tenant";
export {
  type TenantAccountArgs,
  type TenantApiKeyArgs,
  type TenantArgs,
  type TenantTrial,
} from "./components/tenantArgs";
