import { UserError } from "../core/failure";
import { withLock } from "../core/perOwner";
import { type Workspace } from "../nylas/api";
import { NylasError } from "../nylas/errors";
import { applicationOf, certainly, type Session } from "./session";

/**
 * Workspaces name the rules that run in them, and Nylas lets a rule be deleted that is still named. Its id stays, and
 * any later write that sends the ids along is refused. So a rule is taken out of every workspace first.
 */
export async function detachRule(session: Session, ruleId: string): Promise<string[]> {
  return withRulesLock(session, async () => {
    const { workspaces } = session.api;
    const naming = (await workspaces.list()).filter((each) => rulesIn(session, each).includes(ruleId));
    const left: string[] = [];
    for (const workspace of naming) if (await takeOut(session, workspace, ruleId)) left.push(workspace.name);
    return left;
  });
}

/** False where the workspace is gone: a list that lags still shows what somebody has deleted meanwhile. */
async function takeOut(session: Session, workspace: Workspace, ruleId: string): Promise<boolean> {
  const { workspaces } = session.api;
  try {
    const left = (await standingRules(session, workspace)).filter((id) => id !== ruleId);
    await workspaces.update(workspace.id, { ruleIds: await existingRules(session, left) });
    return true;
  } catch (error) {
    const isGone = error instanceof NylasError && error.kind === "notFound";
    if (!isGone || (await certainly(session, workspaces, workspace.id)) !== undefined) throw error;
    return false;
  }
}

/**
 * The rules of a workspace as they stand: the answer to a write that changes nothing, where it can be had. What is written back from a
 * read, which may be a minute old, would end a pause that another stack has begun since.
 */
async function standingRules(session: Session, shown: Workspace): Promise<string[]> {
  const { workspaces } = session.api;
  // Nothing of the default one can be written but its policy and its rules.
  const now = shown.isDefault
    ? await workspaces.get(shown.id)
    : await workspaces.update(shown.id, { name: shown.name });
  const earlier = shown.isDefault ? shown.ruleIds : [];
  return [...new Set([...earlier, ...(now ? rulesIn(session, now) : rulesIn(session, shown))])];
}

/**
 * The rules of a workspace, as it is shown and as this process has just written it. A read that lags lacks what was
 * just attached, and a write without that would drop it.
 */
export function rulesIn({ api }: Session, { id, ruleIds }: Workspace): string[] {
  return [...new Set([...ruleIds, ...(api.workspaces.rulesJustWritten(id) ?? [])])];
}

/** Those of the rules that exist. For ids that the program does not declare: one of its own that is gone is an error to see. */
export async function existingRules(session: Session, ruleIds: string[]): Promise<string[]> {
  if (ruleIds.length === 0) return [];
  const listed = new Set((await session.api.rules.list()).map(({ id }) => id));
  const existing: string[] = [];
  for (const id of ruleIds) {
    // A list may lag or come empty, and what is dropped here is others'.
    if (listed.has(id) || (await certainly(session, session.api.rules, id)) !== undefined) existing.push(id);
  }
  return existing;
}

/** Takes rules out of one workspace, and leaves those of others in it: `write` gets what is left. */
export function withoutRules(
  session: Session,
  workspaceId: string,
  ruleIds: readonly string[],
  write: (left: string[]) => Promise<unknown>,
): Promise<void> {
  return withRulesLock(session, async () => {
    const workspace = await session.api.workspaces.get(workspaceId);
    if (!workspace) {
      throw new UserError(
        `Nylas shows no workspace ${workspaceId}, so which rules of others are in it cannot be told. Nothing was changed; try again in a minute.`,
      );
    }
    const now = rulesIn(session, workspace);
    // Without those that are gone: the API refuses a write that sends their ids along.
    await write(
      await existingRules(
        session,
        now.filter((id) => !ruleIds.includes(id)),
      ),
    );
  });
}

/** One after the other: two rules that left one workspace at the same time would each write back the other's id. */
export function withRulesLock<T>(session: Session, run: () => Promise<T>): Promise<T> {
  return withLock(applicationOf(session), "rules", run);
}
