import { kindTable, table, type InputsOf } from "../core/propertyTable";
import { flag } from "../core/types";
import { applicationId, name } from "./shared";
import { domainName, id, ruleIds } from "./types";

export const workspaceProperties = table({
  name: name('"Customer A"'),
  domainName: {
    type: domainName,
    example: '"agents.example.com"',
    text: "The e-mail domain that belongs to it; one workspace per domain and application. Needed for `autoGroup`.",
    whenChanged: {
      replaces:
        "the workspace: accounts that name it move to the new one by a `PATCH` each, no mail is lost. One that another workspace of the program gives up in the same change goes over, as soon as no account is in that one.",
    },
    api: "`domain`",
    output: true,
    isReviewed: true,
  },
  autoGroup: {
    type: flag,
    example: "true",
    text: "Whether new accounts on `domainName` that name no workspace land here. Default: false, made explicit because the API's own default has changed once.",
    defaultValue: false,
    whenChanged: { inPlace: true },
    api: "`auto_group`",
    output: true,
    isReviewed: true,
  },
  policyId: {
    type: id("policy"),
    example: "policy.id",
    text: "The policy that holds for its accounts; left out: the plan's maxima.",
    whenChanged: {
      inPlace:
        "by one `PATCH`; taking the line away detaches it. One that keeps mail for a shorter time needs `allowMailLoss` while its mailboxes hold mail, and so does none, where the plan may keep less.",
    },
    api: "`policy_id`",
    output: true,
    isReviewed: true,
  },
  ruleIds: {
    type: ruleIds,
    isSet: true,
    example: "[blockSpam.id]",
    text: "The rules that run for its accounts, as a set.",
    whenChanged: { inPlace: "; taking the line away detaches all." },
    api: "`rule_ids`",
    output: true,
    isReviewed: true,
  },
  forceDestroy: {
    type: flag,
    example: "true",
    text: "Delete it even while accounts are in it (they go on in the default workspace). Default: false; counts once recorded.",
    isReviewed: true,
  },
  allowMailLoss: {
    type: flag,
    example: "true",
    text: "Let a change of `policyId` through that makes mailboxes keep less than they hold. Default: false.",
    isReviewed: true,
  },
});

export type WorkspaceProperties = InputsOf<typeof workspaceProperties>;

export const workspaceKind = kindTable({
  type: "Workspace",
  className: "NylasWorkspace",
  listedAfter: "DomainVerification",
  text: `A workspace: the tenant boundary. Policy, rules and tenant keys follow the workspace that an account is in.

Deleting it fails while accounts are in it.`,
  api: { title: "Workspaces", address: "https://developer.nylas.com/docs/reference/api/workspaces/" },
  properties: workspaceProperties,
  outputs: { applicationId },
  get: { what: "A workspace", by: "its id" },
  adopt: {
    text: "Take over a workspace that exists already (by domain, else by name): true, or its id. Nothing is written then.",
  },
  key: "apiKey",
  review: { section: "policies", noun: "workspace", isFoundByLikeness: true },
});
