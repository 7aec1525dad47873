import { type Context } from "../core/definition";
import { UserError } from "../core/failure";
import { type List, type Rule, type Workspace } from "../nylas/api";
import { isReadable, textsShown } from "../nylas/readable";
import { rulesIn } from "./ruleAttachments";
import { BETWEEN_LOOKS, certainly, type Session } from "./session";
import { knownWorkspace, workspacesWhere } from "./workspaceLooks";

/** A workspace after a write of this process, as far as it names what the resource declares. */
export type Written = Workspace & { isWritten?: true };

/** The answer to a write. Not a copy: what could not be read says so only as long as it is itself. */
export function asWritten(workspace: Workspace): Written {
  return Object.assign(workspace, { isWritten: true as const });
}

/**
 * The output `foundRules`: rules that stood on a workspace when it was taken over, or that a refresh has found on it. The resource has not
 * set them.
 */
export function foundRules(
  { ruleIds, isWritten }: Written,
  recorded: Record<string, unknown>,
): { foundRules?: string[] } {
  const before = textsIn(recorded.ruleIds);
  const found = new Set(textsIn(recorded.foundRules));
  // What a write has put there, the program declares.
  if (!isWritten) for (const id of ruleIds) if (!before.includes(id)) found.add(id);
  const left = [...found].filter((id) => ruleIds.includes(id)).sort();
  return left.length > 0 ? { foundRules: left } : {};
}

/** The output `foundPolicy`: a policy that stood on a workspace when it was taken over, and that the resource does not declare. */
export function foundPolicy(
  { policyId }: Workspace,
  declared: { policyId?: string } | undefined,
  recorded: Record<string, unknown>,
): { foundPolicy?: string } {
  // A write takes no policy off that the program does not declare.
  if (policyId === undefined || policyId === declared?.policyId) return {};
  const isFound = recorded.policyId === undefined || recorded.foundPolicy === policyId;
  return isFound ? { foundPolicy: policyId } : {};
}

/** The rules on a workspace that this resource has set, or another one of its stack. */
export async function rulesSetHere(
  session: Session,
  label: string | undefined,
  { ruleIds, foundRules: found }: Record<string, unknown>,
): Promise<string[]> {
  const others: string[] = [];
  for (const id of textsIn(found)) {
    const rule = await certainly(session, session.api.rules, id);
    if (rule !== undefined && !isOfStack(label, rule)) others.push(id);
  }
  return textsIn(ruleIds).filter((id) => !others.includes(id));
}

/** By its default name. */
function isOfStack(label: string | undefined, { name }: Rule): boolean {
  const stack = label?.split("/").slice(0, 2).join("/");
  return stack !== undefined && name.startsWith(`${stack}/`);
}

/**
 * Throws where the rules to write lack one that stops sending and that this resource has not set. Another stack has
 * then paused the accounts in the workspace, and they would send again.
 */
export async function assertKeepsOthersPause(
  { session, label }: Pick<Context<Session>, "session" | "label">,
  now: Workspace,
  olds: Record<string, unknown>,
  ruleIds: readonly string[],
): Promise<void> {
  const own = textsIn(olds.ruleIds).filter((id) => !textsIn(olds.foundRules).includes(id));
  const taken = rulesIn(session, now).filter((id) => !ruleIds.includes(id) && !own.includes(id));
  for (const id of taken) {
    const rule = await certainly(session, session.api.rules, id);
    if (rule === undefined || !stopsSending(rule)) continue;
    // The rule of an imported stack, which no resource has set either.
    if (isOfStack(label, rule)) continue;
    throw new UserError(
      `Workspace "${now.name}" (id ${now.id}) names rule "${rule.name}" (id ${id}), which blocks sending, and which this resource has not set. Without the rule ` +
        `its accounts would send again. Nothing was changed. Add "${id}" to ruleIds, or end the pause where it was set, and run pulumi up again.`,
    );
  }
}

/** Whether a rule keeps accounts from sending: what pauses them, by whomever it was put into their workspace. */
export function stopsSending({
  trigger,
  actions,
  enabled,
}: Pick<Rule, "trigger" | "actions" | "enabled">): boolean {
  return enabled && trigger === "outbound" && actions.includes("block");
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
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
    const written = session.api.workspaces.rulesJustWritten(id) ?? knownWorkspace(session, id)?.ruleIds;
    if (written !== undefined && !written.includes(ruleId)) continue;
    const now = await certainly(session, session.api.workspaces, id);
    if (now !== undefined && rulesIn(session, now).includes(ruleId)) naming.push(now);
  }
  return naming;
}

/**
 * The rules that stop sending and look into a list. One answer may lack them, so the list of rules is asked twice. A rule that this release
 * cannot read may be one.
 */
export async function brakesLookingInto(session: Session, listId: string): Promise<Rule[]> {
  const found = new Map<string, Rule>();
  for (const pause of [0, BETWEEN_LOOKS]) {
    if (pause > 0) await session.clock.sleep(pause);
    for (const rule of await session.api.rules.list()) found.set(rule.id, rule);
  }
  return [...found.values()].filter((rule) =>
    isReadable(rule)
      ? stopsSending(rule) && rule.conditions.some(({ inList }) => inList?.includes(listId))
      : ["match", "conditions"].some((member) => textsShown(rule, member).includes(listId)),
  );
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

/** Why items that others have put into such a list may not go. */
export function brakeItemsText(
  { name, id }: List,
  items: readonly string[],
  rule: Rule,
  naming: readonly Workspace[],
): string {
  const shown = items.slice(0, 5).join(", ") + (items.length > 5 ? ", …" : "");
  return (
    `list "${name}" (id ${id}) holds ${items.length} item(s) that this resource has not set (${shown}). Rule "${rule.name}" (id ${rule.id}) looks into it, and keeps ` +
    `accounts in ${enumerated(naming)} from sending. Without these items they could send. Nothing was changed. Add them to items, or change that rule first, ` +
    `and run pulumi up again.`
  );
}

function enumerated(workspaces: readonly Workspace[]): string {
  return workspaces.map(({ name, id }) => `workspace "${name}" (id ${id})`).join(", ");
}
