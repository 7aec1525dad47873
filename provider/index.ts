/** Pulumi resources for Nylas Agent Accounts. Loads neither an HTTP client nor a schema library nor a DNS vendor's SDK. */
export { NylasDomain, NylasDomain as Domain, type NylasDomainArgs } from "./resources/domain";
export {
  NylasDomainRecords,
  NylasDomainRecords as DomainRecords,
  type NylasDomainRecordsArgs,
} from "./resources/domainRecords";
export {
  NylasDomainVerification,
  NylasDomainVerification as DomainVerification,
  type NylasDomainVerificationArgs,
} from "./resources/domainVerification";
export { NylasWorkspace, NylasWorkspace as Workspace, type NylasWorkspaceArgs } from "./resources/workspace";
export {
  NylasDefaultWorkspace,
  NylasDefaultWorkspace as DefaultWorkspace,
  type NylasDefaultWorkspaceArgs,
} from "./resources/defaultWorkspace";
export {
  NylasPolicy,
  NylasPolicy as Policy,
  type NylasPolicyArgs,
  type NylasPolicyLimits,
  type NylasPolicySpamDetection,
} from "./resources/policy";
export { AgentAccount, type AgentAccountArgs } from "./resources/account";
export {
  NylasRule,
  NylasRule as Rule,
  type NylasInboundCondition,
  type NylasInboundRuleArgs,
  type NylasOutboundCondition,
  type NylasOutboundRuleArgs,
  type NylasRuleActions,
  type NylasRuleArgs,
  type NylasRuleStep,
} from "./resources/rule";
export { NylasList, NylasList as List, type NylasListArgs } from "./resources/list";
export {
  NylasWebhook,
  NylasWebhook as Webhook,
  type NylasTrigger,
  type NylasWebhookArgs,
} from "./resources/webhook";
export { NylasSmokeTest, NylasSmokeTest as SmokeTest, type NylasSmokeTestArgs } from "./resources/smokeTest";
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
export {
  AgentDomain,
  type AgentDomainArgs,
  type GivenRecord,
  type GivenRecords,
} from "./components/agentDomain";
export { Tenant } from "./components/tenant";
export {
  type TenantAccountArgs,
  type TenantApiKeyArgs,
  type TenantArgs,
  type TenantTrial,
} from "./components/tenantArgs";
