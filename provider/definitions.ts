/** The kinds of resources by their types, each loaded with its first operation: no program uses all of them. */

/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports */
export const DEFINITIONS = {
  Domain: () => (require("./resources/domain") as typeof import("./resources/domain")).domain,
  DomainRecords: () =>
    (require("./resources/domainRecords") as typeof import("./resources/domainRecords")).domainRecords,
  DomainVerification: () =>
    (require("./resources/domainVerification") as typeof import("./resources/domainVerification"))
      .domainVerification,
  Workspace: () => (require("./resources/workspace") as typeof import("./resources/workspace")).workspace,
  DefaultWorkspace: () =>
    (require("./resources/defaultWorkspace") as typeof import("./resources/defaultWorkspace"))
      .defaultWorkspace,
  Policy: () => (require("./resources/policy") as typeof import("./resources/policy")).policy,
  AgentAccount: () => (require("./resources/account") as typeof import("./resources/account")).account,
  Rule: () => (require("./resources/rule") as typeof import("./resources/rule")).rule,
  List: () => (require("./resources/list") as typeof import("./resources/list")).list,
  Webhook: () => (require("./resources/webhook") as typeof import("./resources/webhook")).webhook,
  Principal: () => (require("./resources/principal") as typeof import("./resources/principal")).principal,
  ApiKey: () => (require("./resources/apiKey") as typeof import("./resources/apiKey")).apiKey,
  SmokeTest: () => (require("./resources/smokeTest") as typeof import("./resources/smokeTest")).smokeTest,
};
/* eslint-enable */
