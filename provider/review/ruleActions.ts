/** What rules do to incoming mail, read once for all that judge them. */
import { shortLived } from "../nylas/systemFolders";
import { type Fleet, type Resource } from "./fleet";
import { notShown } from "./standing";

/** The actions of a rule on incoming mail: none of one that is switched off or for outgoing mail; undefined where they are not known. */
export function incomingActions(fleet: Fleet, rule: Resource): unknown[] | undefined {
  const { enabled, trigger, actions } = fleet.inputs(rule);
  if (enabled === false || trigger === "outbound") return [];
  return Array.isArray(actions) ? actions : undefined;
}

/** Whether the folder that a rule names keeps its mail as long as the inbox does. One that is not known may not. */
export function staysInFolder(folder: unknown): folder is string {
  return typeof folder === "string" && !notShown(folder) && shortLived(folder) === undefined;
}
