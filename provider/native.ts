/**
 * The classes of the package, served by the native plugin. They take the arguments of those that `pulumi-nylas` has,
 * and an entry of one of those is theirs.
 */
// Made by `npm run generate` from provider/properties/, down to the end of the kinds.
export { NylasDomain, NylasDomain as Domain } from "./classes/native/domain";
export { NylasDomainRecords, NylasDomainRecords as DomainRecords } from "./classes/native/domainRecords";
export {
  NylasDomainVerification,
  NylasDomainVerification as DomainVerification,
} from "./classes/native/domainVerification";
export { NylasWorkspace, NylasWorkspace as Workspace } from "./classes/native/workspace";
export {
  NylasDefaultWorkspace,
  NylasDefaultWorkspace as DefaultWorkspace,
} from "./classes/native/defaultWorkspace";
export { NylasPolicy, NylasPolicy as Policy } from "./classes/native/policy";
export { AgentAccount } from "./classes/native/account";
export { NylasRule, NylasRule as Rule } from "./classes/native/rule";
export { NylasList, NylasList as List } from "./classes/native/list";
export { NylasWebhook, NylasWebhook as Webhook } from "./classes/native/webhook";
export { NylasSmokeTest, NylasSmokeTest as SmokeTest } from "./classes/native/smokeTest";
export { NylasPrincipal, NylasPrincipal as Principal } from "./classes/native/principal";
export { NylasApiKey, NylasApiKey as ApiKey } from "./classes/native/apiKey";
// The end of the kinds.
export { NylasProvider, NylasProvider as Provider, type NylasProviderArgs } from "./hosts/native/provider";
