import { type List, type Rule, type Workspace } from "../nylas/api";
import { certainly } from "./certainty";
import { rulesIn } from "./ruleAttachments";
import { type Session } from "./session";
import { knownWorkspace, workspacesWhere } from "./workspaceLooks";

/** Whether a rule keeps accounts from sending: what pauses them, by whomever it was put into their workspace. */
export function isBrake({
  trigger,
  enabled,
  actions,
}: Pick<Rule, "trigger" | "enabled" | "actions">): boolean {
  return trigger === "outbound" && enabled && actions.includes("block");
}

/**
 * The workspaces that still name a rule, of this stack and of others. A list may lag behind: what this process has written is believed
 * before it, and a workspace that is gone names nothing.
 */
export async function workspacesNaming(session: Session, ruleId: string): Promise<Workspace[]> {
  const names = (workspace: Pick<Workspace, "ruleIds">) => workspace.ruleIds.includes(ruleId);
  const shown = await workspacesWhere(session, names, { others: true });
  const naming: Workspace[] = [];
  for (const { id } of shown) {
    const known = knownWorkspace(session, id);
    if (known !== undefined && !names(known)) continue;
    const now = await certainly(session.api.workspaces, id);
    if (now !== undefined && rulesIn(session, now).includes(ruleId)) naming.push(now);
  }
  return naming;
}

/** Why a rule that stops sending may not go. */
export function brakeText(what: string, naming: readonly Workspace[]): string {
  const where = enumerated(naming);
  return (
    `${what} is kept: ${where} still ${naming.length === 1 ? "names" : "name"} it, and its accounts, which it keeps from sending, could send. ` +
    `Take it out of ruleIds there first, then delete this one.`
  );
}

/** Why a list that such a rule looks into may not go. */
export function brakeListText({ name, id }: List, rule: Rule, naming: readonly Workspace[]): string {
  return (
    `list "${name}" (id ${id}) is kept: rule "${rule.name}" (id ${rule.id}) looks into it, and keeps accounts in ${enumerated(naming)} from sending. ` +
    `Without the list they could send. Change that rule first, or take it out of ruleIds there.`
  );
}

function enumerated(workspaces: readonly Workspace[]): string {
  return workspaces.map(({ name, id }) => `workspace "${name}" (id ${id})`).join(", ");
}
