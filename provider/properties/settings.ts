import { choice, flag, integer, list, text, type Property } from "../core/types";
import { type SettingName } from "../nylas/settingNames";

/** The settings of a connection as arguments of a provider. A provider refuses every other name, so each is a contract. */
export const SETTINGS: Record<SettingName, Property> = {
  apiKey: {
    type: text("the key exactly as Nylas showed it"),
    example: 'config.requireSecret("apiKey")',
    text: "The API key of the application. Environment of the default provider: `NYLAS_API_KEY`.",
    secret: true,
  },
  organizationKey: {
    type: text("the key exactly as Nylas showed it"),
    example: 'config.requireSecret("organizationKey")',
    text: "An IAM API key whose principal is bound to the organization: for domains, principals and keys. Environment of the default provider: `NYLAS_ORGANIZATION_KEY`.",
    secret: true,
  },
  serviceAccount: {
    type: text("the JSON file of the service account"),
    example: 'config.requireSecret("serviceAccount")',
    text: "The older credential for domains: the JSON of a service account. Environment of the default provider: `NYLAS_SERVICE_ACCOUNT`.",
    secret: true,
  },
  domainCredential: {
    type: choice(
      ["organizationKey", "serviceAccount"],
      '"organizationKey" or "serviceAccount"',
      "DomainCredential",
    ),
    example: '"organizationKey"',
    text: "Which of the two manages domains, where both are set. Neither is ever tried in place of the other.",
  },
  region: {
    type: choice(["us", "eu"], '"us" or "eu"', "Region"),
    example: '"eu"',
    text: "The region of the application.",
    default: "`us`",
  },
  apiUrl: {
    type: text("an https address"),
    example: '"https://api.eu.nylas.com"',
    text: "Another address of the API: https, or http on a loopback address.",
  },
  auditLog: {
    type: text("a file name"),
    example: '"nylas.log"',
    text: "A file that gets one JSON line per remote write.",
  },
  protect: {
    type: flag,
    example: "true",
    text: "Refuse to delete any account, and any domain with its DNS records.",
    default: "false",
  },
  dnsServers: {
    type: list(text("a name server as host:port"), "name servers as host:port"),
    example: '["10.0.0.53:53"]',
    text: "Name servers to ask instead of the system's, as host:port. They are resolvers where port 53 is closed, or servers that hold the zone. What they say of a wrong delegation is a warning and never ends a wait.",
  },
  forceDestroy: {
    type: list(text("a kind, a colon and a name"), "words with a kind"),
    example: '["account:x@agents.example.com"]',
    text: "Objects that a run may delete although they hold mail or accounts, for entries that are no longer in the program. A value is `account:x@agents.example.com`, `domain:agents.example.com` or `workspace:ID`.",
  },
  requestTimeout: {
    type: integer("whole seconds, more than 0 and at most 600", 1, 600),
    example: "120",
    text: "Seconds for one attempt of a request, at most 600.",
    default: "120",
  },
};
