import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { defaultWorkspaceProperties, type DefaultWorkspaceProperties } from "../properties/defaultWorkspace";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { same } from "../core/equality";
import { NotSettled, UserError } from "../core/failure";
import { type Policy, type Rule, type Workspace } from "../nylas/api";
import { every, poll } from "../nylas/clock";
import { interruptible } from "../nylas/lifetime";
import { withoutRules } from "./ruleAttachments";
import {
  defaultWorkspaceId,
  membersOf,
  assertPolicyKeepsEnough,
  withKeepingLock,
  workspaceThere,
} from "./mailKeeping";
import { includeAllMembers } from "./memberRules";
import {
  asWritten,
  foundPolicy,
  foundRules,
  assertKeepsOthersPause,
  rulesSetHere,
  type Written,
} from "./othersBrakes";
import {
  applicationOwner,
  applicationScope,
  certainly,
  assertApplication,
  type Session,
  stillListed,
} from "./session";
import { isForceDestroyed } from "./words";
import { changePolicy, warnOfKeeping } from "./workspace";
import { knowRecordedWorkspace } from "./workspaceLooks";

export type DefaultWorkspaceInputs = CommonInputs & DefaultWorkspaceProperties;

export const defaultWorkspace: Definition<DefaultWorkspaceInputs, Written, Session> = {
  type: "DefaultWorkspace",
  noun: "default workspace",
  fields: (z) => fieldsOf(defaultWorkspaceProperties, z),
  inputs: inputHandlingOf<DefaultWorkspaceInputs>(defaultWorkspaceProperties),
  identity: {
    key: () => "of the application",

    /**
     * A policy or a rule on it is a conflict: another stack may hold it. What is bare is anybody's; and who declares nothing
     * takes nothing from others.
     */
    async find(session, { policyId, ruleIds, adopt }) {
      if (policyId === undefined && ruleIds === undefined && adopt === undefined) return undefined;
      const id = await defaultWorkspaceId(session);
      const found = id === undefined ? undefined : await session.api.workspaces.get(id);
      return found && isBare(await standingOn(session, found)) ? undefined : found;
    },
    scope: applicationScope,
    async whose({ session }, remote) {
      const what = inWords(await standingOn(session, remote));
      return `On it ${what}: set by another stack, by hand or by Nylas.`;
    },
    async cannotImportReason(session, { id }) {
      return id === (await defaultWorkspaceId(session))
        ? undefined
        : "is not the default one: import it as nylas:index:Workspace.";
    },
  },
  validation: {
    warnings: (olds, news, stands) =>
      warnOfKeeping("the default workspace, where every account is that names no other,", olds, news, stands),
  },
  onRecorded: knowRecordedWorkspace,
  get: ({ api }, id) => api.workspaces.get(id),
  gone: {
    isListed: (session, id) => stillListed(session, () => session.api.workspaces.list(), id),
  },
  async create(context, inputs) {
    const { api } = context.session;
    const id = await defaultWorkspaceId(context.session);
    const found = id === undefined ? undefined : await api.workspaces.get(id);
    if (!found) {
      throw new UserError(
        `Application ${(await api.application()).id} has no default workspace (applications made before workspaces existed may have none).`,
      );
    }
    const changed = new Set<string>();
    if (inputs.policyId !== undefined && inputs.policyId !== found.policyId) changed.add("policyId");
    if (inputs.ruleIds !== undefined && !same(asSet(inputs.ruleIds), asSet(found.ruleIds)))
      changed.add("ruleIds");
    if (changed.size === 0) return found;
    await assertOwn(context.session, found, {}, inputs);
    const written = await changePolicy(context, { id: found.id, news: inputs, changed }, () =>
      api.workspaces.update(found.id, settings(inputs, changed)),
    );
    const now = asWritten(written);
    await includeAllMembers(context.session, written).catch((error: Error) => {
      // As one without rules, so that the next up looks again.
      throw new NotSettled(now, error.message, { ruleIds: [] });
    });
    return now;
  },
  async update(context, change) {
    const { session } = context;
    const now = await workspaceThere(session, change.id);
    await assertOwn(session, now, change.olds, change.news);
    if (change.changed.has("ruleIds"))
      await assertKeepsOthersPause(context, now, change.olds, change.news.ruleIds ?? []);
    const written = await changePolicy(context, change, () =>
      session.api.workspaces.update(change.id, settings(change.news, change.changed)),
    );
    await includeAllMembers(session, written, { before: change.olds.ruleIds });
    return asWritten(written);
  },
  delete: (context, id, outputs) =>
    letGo(context, id, outputs, {
      isAllowed: outputs.allowMailLoss === true,
      property: "allowMailLoss: true on the default workspace, run pulumi up, and then take it out",
    }),
  // Another resource of the program declares it, and a word of the old one that the new one has not is taken back.
  onTransfer: (context, id, left) =>
    letGo(context, id, left, {
      isAllowed: false,
      property:
        "policyId in the new resource too, and take it off in a pulumi up of its own with allowMailLoss: true",
    }),

  id: (remote) => remote.id,
  describe: (remote) => `the default workspace (id ${remote.id})`,
  observed: (remote) => ({ policyId: remote.policyId, ruleIds: remote.ruleIds }),
  outputs: (remote, inputs, recorded) => ({
    applicationId: remote.applicationId,
    ...foundRules(remote, recorded),
    ...foundPolicy(remote, inputs, recorded),
  }),
  owner: {
    of: applicationOwner,
    assert: assertApplication,
  },
};

/**
 * Takes off what this stack has set: a policy of this program that stayed attached could not be deleted after it. What was found there stays, above
 * all a rule by which another stack has paused the accounts.
 */
async function letGo(
  { session, log, label }: Context<Session>,
  id: string,
  outputs: Record<string, unknown>,
  loss: { isAllowed: boolean; property: string },
): Promise<boolean> {
  if (outputs.policyId === undefined && outputs.ruleIds === undefined) return true;
  const policyId = outputs.policyId === outputs.foundPolicy ? undefined : outputs.policyId;
  const ruleIds = await rulesSetHere(session, label, outputs);
  const found = await session.api.workspaces.get(id);
  if (!found) return false;
  const detached = policyId !== undefined && found.policyId === policyId ? { policyId: null } : {};
  const write = (change: { policyId?: null; ruleIds?: string[] }) =>
    session.api.workspaces.update(id, change);
  await withKeepingLock(session, async () => {
    if ("policyId" in detached && !loss.isAllowed) await assertLosslessDetach(session, found, loss.property);
    if (ruleIds.length > 0)
      await withoutRules(session, id, ruleIds, (left) => write({ ...detached, ruleIds: left }));
    else if (Object.keys(detached).length > 0) await write(detached);
  });
  const left = await standingOn(session, {
    policyId: "policyId" in detached ? undefined : found.policyId,
    ruleIds: found.ruleIds.filter((rule) => !ruleIds.includes(rule)),
  });
  if (!isBare(left)) {
    await log(
      "info",
      `the default workspace (id ${id}) is let go, and what this stack has not set is left: ${inWords(left)} on it.`,
    );
  }
  return true;
}

/** How long accounts that are deleted in the same run are waited for. */
const DELETES_TAKE = 15_000;

/** Without its policy, the plan's maxima hold for all accounts in it. */
async function assertLosslessDetach(
  session: Session,
  { id, policyId }: Workspace,
  property: string,
): Promise<void> {
  const refusal = () =>
    assertPolicyKeepsEnough(session, {
      from: policyId,
      to: undefined,
      accounts: async () =>
        (await membersOf(session, id)).filter(({ email }) => !isForceDestroyed(session, "account", email)),
      change: `the policy of the default workspace (id ${id})`,
      property,
    }).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof UserError) return error;
        throw error;
      },
    );
  const { seen } = await poll(interruptible(session.clock), refusal, {
    until: (refused) => refused === undefined,
    pauses: every(2_000),
    limit: DELETES_TAKE,
  });
  if (seen) throw seen;
}

interface Standing {
  policy: Policy | undefined;
  rules: Rule[];
}

/** The policy and the rules that there are; Nylas leaves the ids of deleted ones on a workspace, and those are nothing. */
async function standingOn(
  session: Session,
  { policyId, ruleIds }: Pick<Workspace, "policyId" | "ruleIds">,
): Promise<Standing> {
  const policy =
    policyId === undefined ? undefined : await certainly(session, session.api.policies, policyId);
  const rules = await Promise.all(ruleIds.map((id) => certainly(session, session.api.rules, id)));
  return { policy, rules: rules.filter((rule) => rule !== undefined) };
}

function isBare({ policy, rules }: Standing): boolean {
  return policy === undefined && rules.length === 0;
}

/** `stand policy "Outreach" (id …) and rule "block" (id …)` */
function inWords({ policy, rules }: Standing): string {
  const all = [
    ...(policy ? [`policy "${policy.name}" (id ${policy.id})`] : []),
    ...rules.map(({ name, id }) => `rule "${name}" (id ${id})`),
  ];
  const last = all.pop() ?? "nothing";
  return `${all.length > 0 ? `stand ${all.join(", ")} and` : "stands"} ${last}`;
}

/** A policy or rules that the resource has not set before are not written over: who set them wants them. */
async function assertOwn(
  session: Session,
  now: Workspace,
  olds: DefaultWorkspaceInputs,
  news: DefaultWorkspaceInputs,
): Promise<void> {
  const policyId = olds.policyId === undefined && news.policyId !== undefined ? now.policyId : undefined;
  const first = olds.ruleIds === undefined && news.ruleIds !== undefined;
  const ruleIds = first ? now.ruleIds.filter((id) => !news.ruleIds?.includes(id)) : [];
  const others = await standingOn(session, {
    policyId: policyId === news.policyId ? undefined : policyId,
    ruleIds,
  });
  if (isBare(others)) return;
  throw new UserError(
    `On the default workspace (id ${now.id}) ${inWords(others)}, which this resource has not set: another stack, somebody by hand or Nylas has. Nothing was ` +
      `changed. Declare it here as well, or take it off where it was set, and run pulumi up again.`,
  );
}

function asSet(ids: string[]): string[] {
  return [...new Set(ids)].sort();
}

function settings(
  inputs: DefaultWorkspaceInputs,
  changed: ReadonlySet<string>,
): { policyId?: string | null; ruleIds?: string[] } {
  return {
    ...(changed.has("policyId") ? { policyId: inputs.policyId ?? null } : {}),
    ...(changed.has("ruleIds") ? { ruleIds: inputs.ruleIds ?? [] } : {}),
  };
}
