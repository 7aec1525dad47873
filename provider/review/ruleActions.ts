/** What rules do to incoming mail, read once for all that judge them. */
import { shortLived } from "../nylas/systemFolders";
import { type Fleet, type Resource } from "./fleet";
import { notShown } from "./standing";

/**
 * The actions of a rule on mail that a mailbox gets: incoming mail, and the copy of what is sent. None of one that is switched off; undefined
 * where they are not known. A rule for outgoing mail that blocks leaves no copy.
 */
export function actionsOnMail(fleet: Fleet, rule: Resource): unknown[] | undefined {
  const { enabled, trigger, actions } = fleet.inputs(rule);
  if (enabled === false) return [];
  if (!Array.isArray(actions)) return undefined;
  return trigger === "outbound" ? actions.filter((action) => action !== "block") : actions;
}

/** Whether a rule looks at outgoing mail, or may. */
export function isOutbound(fleet: Fleet, rule: Resource): boolean {
  const { trigger } = fleet.inputs(rule);
  return trigger === "outbound" || notShown(trigger);
}

/** Whether the folder that a rule names keeps its mail as long as the inbox does. One that is not known may not. */
export function staysInFolder(folder: unknown): folder is string {
  return typeof folder === "string" && !notShown(folder) && shortLived(folder) === undefined;
}
