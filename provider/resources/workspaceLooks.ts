import { UserError } from "../lifecycle/failure";
import { type Workspace } from "../nylas/api";
import { sleepUnlessInterrupted } from "../nylas/lifetime";
import { BETWEEN_LOOKS, certainly, perApplication, type Session } from "./session";

type Named = Pick<Workspace, "policyId" | "ruleIds">;

/** Milliseconds that a look is as good as a new one. */
const FRESH = 2_000;

/** Milliseconds that a look can still be the earlier one of two. */
const RECENT = 15_000;

/** Looks at a list that lacks a workspace which is there. */
const TRIES = 3;

/** Workspaces that are asked for by their id where the list shows nothing of interest. */
const MOST_ASKED = 10;

interface Look {
  began: number;
  workspaces: Map<string, Workspace>;
}

interface Mine {
  last?: { earlier: Look; newest: Look };
  underWay?: Promise<void> | undefined;
  /** What the state or a write of this process says. */
  known: Map<string, Named>;
}

const mineOf = perApplication((): Mine => ({ known: new Map() }));

/** The state names it, or this process has written it: a list without it shows too little. */
export function knowWorkspace(session: Session, id: string, { policyId, ruleIds }: Named): void {
  mineOf(session).known.set(id, { policyId, ruleIds });
}

/** As the state records it, which a write of this process knows better. */
export function knowRecordedWorkspace(session: Session, id: string, outputs: Record<string, unknown>): void {
  const { policyId, ruleIds } = outputs;
  if (mineOf(session).known.has(id)) return;
  knowWorkspace(session, id, {
    policyId: typeof policyId === "string" ? policyId : undefined,
    ruleIds: Array.isArray(ruleIds) ? ruleIds.map(String) : [],
  });
}

/** What the state or a write of this process says of it; undefined for one of others. */
export function knownWorkspace(session: Session, id: string): Named | undefined {
  return mineOf(session).known.get(id);
}

/** This process has deleted it. */
export function forgetWorkspace(session: Session, id: string): void {
  mineOf(session).known.delete(id);
}

/**
 * The workspaces for which a condition holds, in either of two looks at the list, by their id, or as this process knows them. Throws if
 * the list cannot be believed.
 */
export async function workspacesWhere(
  session: Session,
  holds: (workspace: Named) => boolean,
  { others = false }: { others?: boolean } = {},
): Promise<Workspace[]> {
  const { earlier, newest } = await looks(session);
  const { known } = mineOf(session);
  const all = [...newest.workspaces.values()];
  const found = all.filter(holds);
  const doubtful = new Set([
    ...[...earlier.workspaces.values()].filter(holds).map(({ id }) => id),
    ...[...known].filter(([, workspace]) => holds(workspace)).map(([id]) => id),
  ]);
  // Another stack may have written them a moment ago, and a list shows that later than an answer by id.
  if (others) {
    const unknown = all.filter(({ id }) => !known.has(id));
    if (unknown.length <= MOST_ASKED) for (const { id } of unknown) doubtful.add(id);
  }
  for (const { id } of found) doubtful.delete(id);
  for (const id of doubtful) {
    const now = await certainly(session, session.api.workspaces, id);
    if (now !== undefined && holds(now)) found.push(now);
  }
  return found;
}

async function looks(session: Session): Promise<{ earlier: Look; newest: Look }> {
  const asked = session.clock.now();
  const mine = mineOf(session);
  while (mine.last === undefined || mine.last.newest.began < asked - FRESH) {
    mine.underWay ??= look(session, mine).finally(() => (mine.underWay = undefined));
    await mine.underWay;
  }
  return mine.last;
}

async function look(session: Session, mine: Mine): Promise<void> {
  const last = mine.last?.newest;
  const isRecent = last !== undefined && session.clock.now() - last.began <= RECENT;
  let earlier = isRecent ? last : await wholeList(session);
  for (let tries = 1; ; tries++) {
    if (
      !(await sleepUnlessInterrupted(
        session.clock,
        Math.max(0, earlier.began + BETWEEN_LOOKS - session.clock.now()),
      ))
    ) {
      throw new UserError(
        "The run was interrupted before a second look at the list of the workspaces. Nothing was changed.",
      );
    }
    const newest = await wholeList(session);
    const missing = await missingFrom(session, mine, newest);
    if (missing === undefined) {
      mine.last = { earlier, newest };
      return;
    }
    if (tries === TRIES) {
      throw new UserError(
        `Nylas lists ${newest.workspaces.size} workspace(s), and ${missing} is not among them, so what uses this cannot be told. Nothing was changed; ` +
          `try again in a minute.`,
      );
    }
    earlier = newest;
  }
}

async function wholeList({ api, clock }: Session): Promise<Look> {
  const began = clock.now();
  const workspaces = await api.workspaces.list();
  return { began, workspaces: new Map(workspaces.map((each) => [each.id, each])) };
}

/** A workspace that is there, and that the list lacks. */
async function missingFrom(
  session: Session,
  { known }: Mine,
  { workspaces }: Look,
): Promise<string | undefined> {
  const { defaultWorkspaceId } = await session.api.application();
  if (defaultWorkspaceId !== undefined && !workspaces.has(defaultWorkspaceId))
    return `the default one (${defaultWorkspaceId})`;
  for (const id of [...known.keys()].filter((each) => !workspaces.has(each)).slice(0, 5)) {
    const there = await session.api.workspaces.get(id);
    if (there) return `workspace "${there.name}" (id ${id})`;
  }
  return undefined;
}
