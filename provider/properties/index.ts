// Made by `npm run generate` from the other files of this folder. Edit none but those.
/** The kinds of resources, as their tables state them, in the order of the reference. */
import { type KindTable } from "../core/propertyTable";
import { accountKind } from "./account";
import { apiKeyKind } from "./apiKey";
import { defaultWorkspaceKind } from "./defaultWorkspace";
import { domainKind } from "./domain";
import { domainRecordsKind } from "./domainRecords";
import { domainVerificationKind } from "./domainVerification";
import { listKind } from "./list";
import { policyKind } from "./policy";
import { principalKind } from "./principal";
import { ruleKind } from "./rule";
import { smokeTestKind } from "./smokeTest";
import { webhookKind } from "./webhook";
import { workspaceKind } from "./workspace";

/** By the name of the file that has a kind's class. */
export const TABLES: Record<string, KindTable> = {
  domain: domainKind,
  domainRecords: domainRecordsKind,
  domainVerification: domainVerificationKind,
  workspace: workspaceKind,
  defaultWorkspace: defaultWorkspaceKind,
  policy: policyKind,
  account: accountKind,
  rule: ruleKind,
  list: listKind,
  webhook: webhookKind,
  smokeTest: smokeTestKind,
  principal: principalKind,
  apiKey: apiKeyKind,
};
