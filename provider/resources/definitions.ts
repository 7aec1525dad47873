// Made by `npm run generate` from provider/properties/. Edit a file there.
/* oxlint-disable typescript/no-require-imports, typescript/consistent-type-imports */

/** By type, as in the state. No program uses all of them, and everybody waits for what is loaded. */
export const DEFINITIONS = {
  Domain: () => (require("./domain") as typeof import("./domain")).domain,
  DomainRecords: () => (require("./domainRecords") as typeof import("./domainRecords")).domainRecords,
  DomainVerification: () =>
    (require("./domainVerification") as typeof import("./domainVerification")).domainVerification,
  Workspace: () => (require("./workspace") as typeof import("./workspace")).workspace,
  DefaultWorkspace: () =>
    (require("./defaultWorkspace") as typeof import("./defaultWorkspace")).defaultWorkspace,
  Policy: () => (require("./policy") as typeof import("./policy")).policy,
  AgentAccount: () => (require("./account") as typeof import("./account")).account,
  Rule: () => (require("./rule") as typeof import("./rule")).rule,
  List: () => (require("./list") as typeof import("./list")).list,
  Webhook: () => (require("./webhook") as typeof import("./webhook")).webhook,
  SmokeTest: () => (require("./smokeTest") as typeof import("./smokeTest")).smokeTest,
  Principal: () => (require("./principal") as typeof import("./principal")).principal,
  ApiKey: () => (require("./apiKey") as typeof import("./apiKey")).apiKey,
};
