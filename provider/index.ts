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
export { type DnsAdapter, type DeclaredRecord, type Handover, type PublishRequest } from "./dns/adapter";
export { zoneFile, type ZoneFileArgs } from "./dns/zoneFile";
export { type DnsRecord, type RecordType } from "./dns/records";
export { type HostOverrides, type RecordSlots, type Slot } from "./dns/layout";
export {
  AgentDomain,
  type AgentDomainArgs,
  type GivenRecord,
  type GivenRecords,
} from "./components/agentDomain";
