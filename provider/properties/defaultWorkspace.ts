import { kindTable, table, type InputsOf } from "../core/propertyTable";
import { flag } from "../core/types";
import { applicationId } from "./shared";
import { id, ruleIds } from "./types";

export const defaultWorkspaceProperties = table({
  policyId: {
    type: id("policy"),
    example: "policy.id",
    text: "The policy for accounts that are in no other workspace.",
    whenChanged: { inPlace: "; without the line it is detached." },
    api: "`policy_id`",
    output: true,
    isReviewed: true,
  },
  ruleIds: {
    type: ruleIds,
    isSet: true,
    example: "[blockSpam.id]",
    text: "The rules for accounts that are in no other workspace, as a set.",
    whenChanged: { inPlace: true },
    api: "`rule_ids`",
    output: true,
    isReviewed: true,
  },
  allowMailLoss: {
    type: flag,
    example: "true",
    text: "Let a change of `policyId` through that makes mailboxes keep less than they hold. Default: false.",
    isReviewed: true,
  },
});

export type DefaultWorkspaceProperties = InputsOf<typeof defaultWorkspaceProperties>;

export const defaultWorkspaceKind = kindTable({
  type: "DefaultWorkspace",
  className: "NylasDefaultWorkspace",
  listedAfter: "Workspace",
  text: "The workspace that every application has from the start. Accounts that name no workspace land there. Only its policy and its rules can be set. If a policy or rules stand on it already, another stack may have set them. Creating the resource is refused without `adopt` then, so only one stack declares it. Destroying the resource removes what the program had set, and leaves what others have set since. The workspace itself stays at Nylas.",
  api: { title: "Workspaces", address: "https://developer.nylas.com/docs/reference/api/workspaces/" },
  properties: defaultWorkspaceProperties,
  outputs: { applicationId },
  adopt: {
    text: "Take it over with the policy and the rules that stand on it: true, or its id. Nothing is written then.",
  },
  key: "apiKey",
  review: { section: "policies", noun: "", counted: ["default workspace", "default workspaces"] },
});
