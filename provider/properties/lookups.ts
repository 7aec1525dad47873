import { table, type LookupTable, type OutputProperty } from "../core/propertyTable";
import { flag, type Property, type PropertyTable, type Shape } from "../core/types";
import { type RecordPurpose } from "../nylas/api";
import { policyProperties } from "./policy";
import { domainName, email, id, name } from "./types";

/** The look-ups of programs: what each takes, and what it answers. */

const TEXT = { type: { text: "string" } } as const;
const MAYBE = { type: { text: "string | undefined" }, shape: { kind: "text" }, mayBeMissing: true } as const;

const account: Record<string, OutputProperty> = {
  id: { ...TEXT, text: "The grant id." },
  email: { ...TEXT, text: "" },
  displayName: { ...MAYBE, text: "" },
  workspaceId: { ...MAYBE, text: "" },
  status: { ...TEXT, text: "`valid` or `invalid`." },
};

const PURPOSES: RecordPurpose[] = ["ownership", "spf", "mx", "dkim", "feedback", "dmarc", "arc"];

const found: Shape = {
  kind: "object",
  name: "DomainVerified",
  output: {
    text: "Record<RecordPurpose, boolean>",
    imports: { RecordPurpose: "nylas/api" },
  },
  text: "What Nylas found in DNS so far.",
  members: Object.fromEntries(
    PURPOSES.map((slot): [string, Property] => [
      slot,
      { type: flag, example: "true", text: "", required: true },
    ]),
  ),
};

export const LOOKUPS: Record<string, LookupTable> = {
  getApplication: {
    text: "The application that the key is of: a way to its default workspace. API: `GET /v3/applications`.",
    inputs: {},
    result: { name: "ApplicationResult", text: "The application of the key." },
    outputs: {
      id: { ...TEXT, text: "" },
      organizationId: { ...TEXT, text: "" },
      region: { ...TEXT, text: "`us`, `eu`, or one that this release does not know." },
      environment: { ...MAYBE, text: "`production`, `staging` or `sandbox`." },
      defaultWorkspaceId: { ...MAYBE, text: "" },
    },
  },
  getDomain: {
    text: "A domain that is registered already, by its address. Needs the credential for domains. API: `GET /v3/domains/{id}`.",
    inputs: table({
      domainName: {
        type: domainName,
        example: '"agents.example.com"',
        text: "Such as `agents.example.com`.",
        required: true,
      },
    }),
    result: { name: "DomainResult", text: "A registered domain." },
    outputs: {
      id: { ...TEXT, text: "" },
      domainName: { ...TEXT, text: "" },
      name: { ...TEXT, text: "" },
      organizationId: { ...TEXT, text: "" },
      region: { ...TEXT, text: "" },
      trial: {
        type: { text: "boolean" },
        text: "Whether it is a trial domain (`*.nylas.email`).",
      },
      verified: { type: found.output, shape: found, text: found.text },
    },
  },
  getWorkspace: {
    text: "A workspace, by its id, its name, its domain, or as the default one. API: `GET /v3/workspaces`.",
    exactlyOne: true,
    inputs: table({
      id: oneOf(id("workspace"), '"workspace-1"'),
      name: oneOf(name, '"Customer A"'),
      domainName: oneOf(domainName, '"agents.example.com"'),
      isDefault: { type: flag, example: "true", text: "The default workspace of the application." },
    }),
    result: { name: "WorkspaceResult", text: "A workspace." },
    outputs: {
      id: { ...TEXT, text: "" },
      name: { ...TEXT, text: "" },
      domainName: { ...MAYBE, text: "" },
      autoGroup: { type: { text: "boolean" }, text: "" },
      isDefault: { type: { text: "boolean" }, text: "" },
      policyId: { ...MAYBE, text: "" },
      ruleIds: { type: { text: "string[]" }, text: "" },
      applicationId: { ...TEXT, text: "" },
    },
  },
  getPolicy: {
    text: "A policy, by its id or its name. API: `GET /v3/policies`.",
    exactlyOne: true,
    inputs: table({
      id: oneOf(id("policy"), '"policy-1"'),
      name: oneOf(name, '"Outreach"'),
    }),
    result: {
      name: "PolicyResult",
      text: "A policy; its limits are those in force, the plan's maxima among them.",
    },
    outputs: {
      id: { ...TEXT, text: "" },
      name: { ...TEXT, text: "" },
      limits: outputOf(policyProperties.limits),
      spamDetection: outputOf(policyProperties.spamDetection),
      applicationId: { ...TEXT, text: "" },
    },
  },
  getAgentAccount: {
    text: "An account, by its address or its grant id. API: `GET /v3/grants`.",
    exactlyOne: true,
    inputs: table({
      email: oneOf(email, '"scheduling@agents.example.com"'),
      id: oneOf(id("account"), '"grant-1"'),
    }),
    result: { name: "AgentAccountResult", text: "An Agent Account." },
    outputs: account,
  },
  getAgentAccounts: {
    text: "All accounts of the application, or those of a workspace or on a domain, sorted by address. API: `GET /v3/grants`.",
    inputs: table({
      workspaceId: {
        type: id("workspace"),
        example: '"workspace-1"',
        text: "Only the accounts in this workspace.",
      },
      domainName: {
        type: domainName,
        example: '"agents.example.com"',
        text: "Only the accounts on this domain.",
      },
    }),
    result: { name: "AgentAccountResult", text: "An Agent Account.", isListOf: "accounts" },
    outputs: account,
  },
};

function oneOf<T>(type: Property<T>["type"], example: string): Property<T> {
  return { type, example, text: "" };
}

function outputOf({ type: { shape } }: PropertyTable[string]): OutputProperty {
  if (shape.kind !== "object") throw new Error("Only objects are read so.");
  return { type: shape.output, shape, text: "" };
}
