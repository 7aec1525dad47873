import { normaliseName } from "../dns/records";
import { type LookupAnswers } from "../lookups";
import { APPLICATION, ORGANIZATION, REGION, uuid } from "./answers";

/** An object that fits the arguments, whatever they name. */
export const lookupAnswers: Required<LookupAnswers> = {
  getApplication: () => ({
    id: APPLICATION,
    organizationId: ORGANIZATION,
    region: REGION,
    environment: "sandbox",
    defaultWorkspaceId: uuid("default workspace"),
  }),
  getDomain: ({ domainName }) => ({
    id: uuid("domain", domainName),
    domainName: normaliseName(domainName),
    name: domainName,
    organizationId: ORGANIZATION,
    region: REGION,
    trial: /\.nylas\.email\.?$/i.test(domainName),
    verified: { ownership: true, spf: true, mx: true, dkim: true, feedback: true, dmarc: true, arc: true },
  }),
  getWorkspace: ({ id, name, domainName, isDefault }) => ({
    id: id ?? (isDefault ? uuid("default workspace") : uuid("workspace", name ?? domainName ?? "")),
    name: name ?? domainName ?? (isDefault ? "Default" : "Workspace"),
    domainName,
    autoGroup: false,
    isDefault: isDefault === true,
    policyId: undefined,
    ruleIds: [],
    applicationId: APPLICATION,
  }),
  getPolicy: ({ id, name }) => ({
    id: id ?? uuid("policy", name),
    name: name ?? "Policy",
    limits: {},
    spamDetection: {},
    applicationId: APPLICATION,
  }),
  getAgentAccount: ({ id, email }) => ({
    id: id ?? uuid("account", email),
    email: email ?? "account@agents.example.com",
    displayName: undefined,
    workspaceId: uuid("default workspace"),
    status: "valid",
  }),
  getAgentAccounts: () => [],
};
