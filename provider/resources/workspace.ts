import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { createMembers, observedMembers, updateMembers } from "../core/wireMembers";
import { answerOf } from "../nylas/answer";
import { workspaceProperties, type WorkspaceProperties } from "../properties/workspace";
import { normaliseName } from "../dns/records";
import {
  type Change,
  type CommonInputs,
  type Context,
  type Definition,
  type Identity,
} from "../core/definition";
import { type Word } from "../core/standing";
import { UserError } from "../core/failure";
import { holdsUnknown } from "../core/unknown";
import { whoseLabel } from "../core/whose";
import { type Workspace } from "../nylas/api";
import { every, poll } from "../nylas/clock";
import { interruptible } from "../nylas/lifetime";
import {
  defaultWorkspaceId,
  withKeepingLock,
  membersOf,
  policyLeft,
  assertPolicyKeepsEnough,
  workspaceThere,
} from "./mailKeeping";
import { includeAllMembers } from "./memberRules";
import { asWritten, foundPolicy, foundRules, assertKeepsOthersPause, type Written } from "./othersBrakes";
import { applicationOwner, applicationScope, assertApplication, type Session, stillListed } from "./session";
import { forceByName, isForceDestroyed, namedInVain } from "./words";
import { forgetWorkspace, knowRecordedWorkspace } from "./workspaceLooks";

export type WorkspaceInputs = CommonInputs & WorkspaceProperties;

/** How long accounts that are moved in the same run are waited for. */
const MOVES_TAKE = 60_000;

export const workspace: Definition<WorkspaceInputs, Written, Session> = {
  type: "Workspace",
  noun: "workspace",
  fields: (z) => fieldsOf(workspaceProperties, z),
  inputs: inputHandlingOf<WorkspaceInputs>(workspaceProperties, { domainName: normaliseName }),
  identity: {
    key: (inputs) =>
      inputs.domainName ? `of ${normaliseName(inputs.domainName)}` : inputs.name && `"${inputs.name}"`,

    async find({ api }, inputs, isReleasing) {
      const all = (await api.workspaces.list()).filter((candidate) => !candidate.isDefault);
      if (inputs.domainName) {
        const name = normaliseName(inputs.domainName);
        return all.find(
          (candidate) => candidate.domain !== undefined && normaliseName(candidate.domain) === name,
        );
      }
      // One that has a domain has another key: it may be the very workspace that this one replaces.
      return theOnlyOne(
        all.filter(
          ({ id, domain, name }) => domain === undefined && name === inputs.name && !isReleasing(id),
        ),
        "workspace",
        inputs.name,
      );
    },
    scope: applicationScope,
    createdAt: (remote) => remote.createdAt,
    whose: (context, remote) => whoseLabel(context.label, remote.name),
    async cannotImportReason(session, { id }) {
      return id === (await defaultWorkspaceId(session))
        ? "is the default one: import it as nylas:index:DefaultWorkspace."
        : undefined;
    },
  },
  validation: {
    failures(news) {
      if (news.autoGroup !== true || news.domainName !== undefined) return [];
      return [
        {
          property: "autoGroup",
          reason:
            'autoGroup: given true without domainName; allowed: true only together with domainName; for example domainName: "agents.example.com"',
        },
      ];
    },

    warnings: (olds, news, stands) => [
      ...(news.autoGroup === true && olds.autoGroup !== true
        ? [
            `workspace "${news.name}": new accounts on ${news.domainName} that name no workspace land in it from then on, under its policy and rules and open to ` +
              `whoever has a key bound to it; those that exist stay where they are.`,
          ]
        : []),
      ...warnOfKeeping(`workspace "${news.name}"`, olds, news, stands),
    ],
  },
  /**
   * A domain has only one workspace. Accounts move out of the old one by updates of their own, beside this. The old
   * one stays if an account is still in it after that, as the account would land in the default workspace.
   */
  async releaseKey({ session, log }, remote) {
    await poll(interruptible(session.clock), () => membersOf(session, remote.id), {
      until: (left) => left.length === 0,
      pauses: every(1_000),
      limit: MOVES_TAKE,
      waiting: ([member]) =>
        log("progress", `${this.describe(remote)}: waiting for ${member!.email} to move out`),
    });
    const members = await withKeepingLock(session, async () => {
      const left = await membersOf(session, remote.id);
      if (left.length === 0) {
        await session.api.workspaces.delete(remote.id);
        forgetWorkspace(session, remote.id);
      }
      return left;
    });
    if (members.length > 0)
      return `It still has the domain, because ${members.length} account(s) are in it (${members[0]!.email}${members.length > 1 ? ", …" : ""}).`;
    await log(
      "info",
      `${this.describe(remote)}, which nobody was in any more, was deleted first: its domain goes on to another workspace.`,
    );
    return undefined;
  },
  duplicates: {
    all: ({ api }) => api.workspaces.listAmongMany(),
    duplicateKey: ({ name, domain, isDefault }) => (isDefault ? "" : `${domain ?? ""} ${name}`),
  },
  onRecorded: knowRecordedWorkspace,
  get: ({ api }, id) => api.workspaces.get(id),
  getBatched: ({ api }, id) => api.workspaces.getAmongMany(id),
  gone: {
    isListed: (session, id) => stillListed(session, () => session.api.workspaces.list(), id),
  },
  async create({ session }, inputs) {
    const made = await session.api.workspaces.create({
      name: inputs.name!,
      autoGroup: inputs.autoGroup ?? false,
      ...(inputs.domainName === undefined ? {} : { domain: normaliseName(inputs.domainName) }),
      ...(inputs.policyId === undefined ? {} : { policyId: inputs.policyId }),
      ...(inputs.ruleIds === undefined ? {} : { ruleIds: inputs.ruleIds }),
      members: createMembers(workspaceProperties, inputs),
    });
    await includeAllMembers(session, made, { isNew: true });
    return asWritten(made);
  },
  async update(context, change) {
    const { id, olds, news, changed } = change;
    if (changed.has("ruleIds")) {
      const now = await workspaceThere(context.session, id);
      await assertKeepsOthersPause(context, now, olds, news.ruleIds ?? []);
    }
    const written = await changePolicy(context, change, () =>
      context.session.api.workspaces.update(id, {
        ...(changed.has("name") ? { name: news.name! } : {}),
        ...(changed.has("autoGroup") ? { autoGroup: news.autoGroup ?? false } : {}),
        ...(changed.has("policyId") ? { policyId: news.policyId ?? null } : {}),
        ...(changed.has("ruleIds") ? { ruleIds: news.ruleIds ?? [] } : {}),
        members: updateMembers(workspaceProperties, news, changed),
      }),
    );
    await includeAllMembers(context.session, written, { before: olds.ruleIds });
    return asWritten(written);
  },
  delete({ session }, id) {
    return withKeepingLock(session, async () => {
      await assertLosslessDelete(session, id);
      const deleted = await session.api.workspaces.delete(id);
      forgetWorkspace(session, id);
      return deleted;
    });
  },
  deletionGuard: {
    async blocker({ session }, remote) {
      const members = await membersOf(session, remote.id);
      if (members.length === 0) return undefined;
      const shown = members.slice(0, 5).map((grant) => grant.email);
      return (
        `workspace "${remote.name}" (id ${remote.id}) is kept: ${members.length} account(s) are in it (${shown.join(", ")}` +
        `${members.length > shown.length ? ", …" : ""}) and would lose its policy, its rules and its tenant's access. Move them first; or, to ` +
        `delete it all the same, set forceDestroy: true, run pulumi up, and then delete it; for one that is no longer in the program, ` +
        `${forceByName("workspace", remote.id, session)}.`
      );
    },
    namedInVain: (session, _inputs, id) => namedInVain(session, "workspace", id),
    isForced: (session, _outputs, id) => isForced(session, id),
  },

  id: (remote) => remote.id,
  describe: (remote) => `workspace "${remote.name}" (id ${remote.id})`,
  observed: (remote) => ({
    ...observedMembers(workspaceProperties, answerOf(remote)),
    name: remote.name,
    domainName: remote.domain,
    autoGroup: remote.autoGroup,
    policyId: remote.policyId,
    ruleIds: remote.ruleIds,
  }),
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

function isForced(session: Session, id: string): boolean {
  return isForceDestroyed(session, "workspace", id);
}

/**
 * The accounts of a deleted workspace go on in the default one, under its policy. A word for the workspace is none for their mail: each account
 * that may lose some has to be named itself.
 */
async function assertLosslessDelete(session: Session, id: string): Promise<void> {
  const home = await defaultWorkspaceId(session);
  const [from, next, current] = await Promise.all([
    policyLeft(session, id),
    home === undefined ? undefined : workspaceThere(session, home),
    session.api.workspaces.get(id),
  ]);
  await assertPolicyKeepsEnough(session, {
    from,
    to: next?.policyId,
    accounts: async () =>
      (await membersOf(session, id)).filter(({ email }) => !isForceDestroyed(session, "account", email)),
    change: `the workspace of its accounts (workspace "${current?.name ?? id}" is deleted, they go on in the default one)`,
    property: `account:ADDRESS of each of them beside workspace:${id} in NYLAS_FORCE_DESTROY (a JSON list) for one run, or move them first`,
  });
}

/** Names are not unique at Nylas; which of two is meant is never guessed. */
export function theOnlyOne<T extends { id: string }>(
  found: T[],
  noun: string,
  name: string | undefined,
): T | undefined {
  if (found.length < 2) return found[0];
  throw new UserError(
    `There are ${found.length} objects of kind ${noun} named ${JSON.stringify(name)} (ids ${found.map((one) => one.id).join(", ")}), and which ` +
      `one is meant cannot be told. Nothing was changed. Name one by its id: adopt: "${found[0]!.id}"; or choose another name.`,
  );
}

/** How an object is found whose name is its natural key, in what a list of its kind shows. */
export function identityByName<
  Inputs extends { name?: string },
  Remote extends { id: string; name: string; createdAt?: number | undefined },
>(
  noun: string,
  list: (session: Session) => Promise<Remote[]>,
  scope: (session: Session) => Promise<string> | string,
): Identity<Inputs, Remote, Session> {
  return {
    key: (inputs) => inputs.name && `"${inputs.name}"`,
    find: async (session, inputs, isReleasing) =>
      theOnlyOne(
        (await list(session)).filter(({ id, name }) => name === inputs.name && !isReleasing(id)),
        noun,
        inputs.name,
      ),
    scope,
    createdAt: (remote) => remote.createdAt,
    whose: (context, remote) => whoseLabel(context.label, remote.name),
  };
}

interface Keeping {
  policyId?: string;
  ruleIds?: string[];
  allowMailLoss?: boolean;
}

/** A `PATCH` of a workspace, held back where its policy would cut anybody's mail without a word. */
export async function changePolicy(
  { session }: Context<Session>,
  { id, news, changed }: Pick<Change<Keeping>, "id" | "news" | "changed">,
  write: () => Promise<Workspace>,
): Promise<Workspace> {
  if (!changed.has("policyId")) return write();
  return withKeepingLock(session, async () => {
    if (news.allowMailLoss === true) return write();
    const current = await workspaceThere(session, id);
    await assertPolicyKeepsEnough(session, {
      from: current.policyId,
      to: news.policyId,
      isEdit: true,
      accounts: () => membersOf(session, id),
      change: `the policy of workspace "${current.name}"`,
      property: "allowMailLoss: true on the workspace",
    });
    return write();
  });
}

/** What another policy or other rules mean for the mail of everybody in a workspace. */
export function warnOfKeeping(
  what: string,
  olds: Keeping,
  news: Keeping,
  stands: (word: Word) => string,
): string[] {
  const warnings: string[] = [];
  if (news.policyId !== undefined && olds.policyId !== news.policyId) {
    warnings.push(
      `${what} gets ${holdsUnknown(news.policyId) ? "another policy" : `policy ${news.policyId}`}: mail beyond what that one keeps is deleted in every mailbox in it` +
        (news.allowMailLoss === true
          ? `. ${stands("allowMailLoss")}`
          : "; where it keeps less than now and they hold mail, the update is refused without allowMailLoss."),
    );
  }
  if (news.policyId === undefined && olds.policyId !== undefined) {
    warnings.push(
      `${what} loses its policy: mail beyond the plan's maxima is deleted in every mailbox in it` +
        (news.allowMailLoss === true
          ? `. ${stands("allowMailLoss")}`
          : "; where these may keep less than now and they hold mail, the update is refused without allowMailLoss."),
    );
  }
  // In a preview the whole list may be one unknown.
  const rules = Array.isArray(news.ruleIds) ? news.ruleIds : [];
  const added = rules.filter((id) => !olds.ruleIds?.includes(id));
  if (added.length > 0) {
    warnings.push(
      `${what}: ${added.length} more rule(s) look at the mail of every account in it from then on; what a rule blocks never arrives, what it marks as spam ` +
        `is kept for spamRetentionDays alone, and what it puts into trash or another folder is not in the inbox.`,
    );
  }
  return warnings;
}
