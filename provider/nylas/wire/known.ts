// Made by `npm run generate` from the other files of this folder. Edit none but those.
/**
 * The members and values that this release knows of each object, those that it makes no use of included. It is compared with what
 * Nylas answers: by `pulumi-nylas probe`, and by a trace. Nothing is refused because of it.
 */
import { iamMembers } from "./iam";
import { listMembers } from "./lists";
import { objectMembers } from "./members";
import { ruleMembers } from "./rules";
import { webhookMembers } from "./webhooks";

/** By what the decoders call it. */
export const KNOWN = {
  ...iamMembers,
  ...listMembers,
  ...objectMembers,
  ...ruleMembers,
  ...webhookMembers,
};

export type KnownObject = keyof typeof KNOWN;
