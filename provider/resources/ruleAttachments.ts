import { type Session } from "./session";

/**
 * Workspaces name the rules that run in them, and Nylas lets a rule be deleted that is still named: its id stays, and any
 * later write that sends the ids along is refused. So a rule is taken out of every workspace first.
 */
export async function detachRule(session: Session, ruleId: string): Promise<string[]> {
  return inTurn(session, async () => {
    const { workspaces } = session.api;
    const naming = (await workspaces.list()).filter(({ ruleIds }) => ruleIds.includes(ruleId));
    for (const workspace of naming) {
      const left = workspace.ruleIds.filter((id) => id !== ruleId);
      await workspaces.update(workspace.id, { ruleIds: await existingRules(session, left) });
    }
    return naming.map(({ name }) => name);
  });
}

/** Those of the rules that exist. For ids that the program does not declare: one of its own that is gone is an error to see. */
export async function existingRules(session: Session, ruleIds: string[]): Promise<string[]> {
  if (ruleIds.length === 0) return [];
  const listed = new Set((await session.api.rules.list()).map(({ id }) => id));
  const existing: string[] = [];
  for (const id of ruleIds) {
    // A list may lag or come empty, and what is dropped here is others'.
    if (listed.has(id) || (await session.api.rules.get(id)) !== undefined) existing.push(id);
  }
  return existing;
}

const turns = new WeakMap<Session, Promise<unknown>>();

/** Takes rules out of one workspace, and leaves those of others in it: `write` gets what is left. */
export function withoutRules(
  session: Session,
  workspaceId: string,
  ruleIds: readonly string[],
  write: (left: string[]) => Promise<unknown>,
): Promise<void> {
  return inTurn(session, async () => {
    const now = (await session.api.workspaces.get(workspaceId))?.ruleIds ?? [];
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
function inTurn<T>(session: Session, run: () => Promise<T>): Promise<T> {
  const turn = (turns.get(session) ?? Promise.resolve()).then(run, run);
  turns.set(
    session,
    turn.catch(() => undefined),
  );
  return turn;
}
