import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { accountProperties, type AccountProperties } from "../properties/account";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { Gone, NotSettled, UserError } from "../core/failure";
import { holdsUnknown } from "../core/unknown";
import { stackOf, whoseDefault } from "../core/whose";
import { perOwner } from "../core/perOwner";
import { type Application, type Domain, type Grant } from "../nylas/api";
import { domainOfEmail, normalEmail } from "../nylas/addresses";
import { hasDomainCredential } from "../nylas/credentials";
import { accountLooks, forgetLooks, tryList } from "./accountLooks";
import { bringFolders, foldersThere, validateFolders } from "./folders";
import { knownAccounts } from "./knownAccounts";
import { holdsMail, unlistedAccount } from "./mailbox";
import { assertNotOlderAccount } from "./olderAccount";
import {
  defaultWorkspaceId,
  withKeepingLock,
  policyLeft,
  assertPolicyKeepsEnough,
  workspaceThere,
} from "./mailKeeping";
import { includeAfterCreate, includeBeforeCreate, includeMember, releaseMember } from "./memberRules";
import {
  applicationOwner,
  applicationScope,
  assertApplication,
  readyDomain,
  readyForMail,
  type Session,
  staysListed,
} from "./session";
import { forceByName, isForceDestroyed, namedInVain } from "./words";

export type AccountInputs = CommonInputs & AccountProperties;

/** A grant, and the application whose key showed it: the answer itself does not say. */
export interface Account {
  grant: Grant;
  application: Application;
  /** The paths of its folders, where somebody looked. */
  folders?: string[] | undefined;
}

export const account: Definition<AccountInputs, Account, Session> = {
  type: "AgentAccount",
  noun: "account",
  fields: (z) => fieldsOf(accountProperties, z),
  inputs: inputHandlingOf<AccountInputs>(accountProperties, { email: normalEmail }),
  identity: {
    key: (inputs) => inputs.email && normalEmail(inputs.email),

    async find(session, inputs) {
      const email = normalEmail(inputs.email);
      const { free } = await session.api.grants.isFree(email);
      const listed = free ? undefined : await session.api.grants.findByEmail(email);
      return withApplication(session, listed ?? (await unlistedAccount(session, email)), inputs.folders);
    },
    scope: applicationScope,
    createdAt: ({ grant }) => grant.createdAt,
    now: ({ api }) => api.remoteNow(),
    /** An account bears no name of a stack; the workspace that it is in may. */
    async whose({ session, label }, { grant }) {
      const workspace =
        grant.workspaceId === undefined ? undefined : await session.api.workspaces.get(grant.workspaceId);
      const stack = stackOf(workspace?.name);
      if (workspace === undefined || stack === undefined) return undefined;
      return `It is in workspace "${workspace.name}" (id ${workspace.id}), which bears ${whoseDefault(stackOf(label), stack)}`;
    },
    cannotManageReason: ({ grant }) =>
      grant.provider === "nylas"
        ? undefined
        : `is a mailbox that its owner has connected (provider ${grant.provider}), no Agent Account: deleting it here would end that connection.`,
  },
  replacement: {
    loses: (olds) => `deletes the mailbox ${olds.email} with all its mail and makes a new, empty one`,
    neverReason: ({ retired, email }) =>
      retired === true
        ? `It is retired: only its removal deletes it. Keep its address in the program (in a Tenant that was renamed, trial.prefix as it was, which ` +
          `keeps ${email}).`
        : undefined,
  },
  gone: {
    loses: "and its mail is lost; pulumi up would make a new, empty mailbox.",
    async isListed(session, id) {
      const isListed = async () => (await accountLooks(session)).newest.has(id);
      return (await staysListed(session, isListed)) || (await session.api.grants.get(id)) !== undefined;
    },
  },
  validation: {
    failures: (news) => validateFolders(news.folders),
    refusals: cannotBeTakenAway,
    warnings(olds, news, stands) {
      if (olds.workspaceId === news.workspaceId || holdsUnknown(news.workspaceId)) return [];
      const lossy =
        news.allowMailLoss === true
          ? ` Mail beyond what that policy keeps is deleted. ${stands("allowMailLoss")}`
          : "";
      return [
        `account ${news.email} moves to ${news.workspaceId ? `workspace ${news.workspaceId}` : "the default workspace"}: that workspace's policy and rules hold for it from ` +
          `then on, and whoever has a key bound to it can read the mailbox.${lossy}`,
      ];
    },
  },
  partialCreation: {
    isPartiallyCreated: (_account, _inputs, differing) => differing.every((key) => key === "folders"),
    resumeCreate: (context, account, inputs) => withFolders(context, account, inputs.folders),
  },
  onRecorded: (session, id, outputs) => knownAccounts(session).recorded(id, outputs),
  get: async (session, id, outputs) =>
    withApplication(session, await session.api.grants.get(id), outputs.folders),
  async getBatched(session, id, outputs) {
    // Asked for beside the first account, not after it. A failure is said by whoever needs the answer.
    session.api.application().catch(() => undefined);
    return withApplication(session, await session.api.grants.getAmongMany(id), outputs.folders);
  },
  async create(context, inputs) {
    const { session } = context;
    await requireVerifiedDomain(session, inputs.email);
    await session.api.connectors.ensureNylas();
    await includeBeforeCreate(session, inputs);
    const grant = await session.api.grants
      .create({
        email: normalEmail(inputs.email),
        ...(inputs.displayName === undefined ? {} : { name: inputs.displayName }),
        ...(inputs.workspaceId === undefined ? {} : { workspaceId: inputs.workspaceId }),
        ...(inputs.appPassword === undefined ? {} : { appPassword: inputs.appPassword }),
      })
      .catch((error: unknown) => {
        forgetLooks(session);
        throw error;
      });
    await assertNotOlderAccount(context, grant, inputs);
    knownAccounts(session).seen(grant);
    await includeAfterCreate(context, grant);
    return withFolders(context, { grant, application: await session.api.application() }, inputs.folders);
  },
  async update(context, { id, olds, news, changed }) {
    const { session } = context;
    const application = await session.api.application();
    const moved = changed.has("workspaceId");
    const target = news.workspaceId ?? (moved ? await defaultWorkspaceId(session) : undefined);
    const change = {
      ...(changed.has("displayName") && news.displayName !== undefined ? { name: news.displayName } : {}),
      ...(moved && target !== undefined ? { workspaceId: target } : {}),
      ...(changed.has("appPassword") && news.appPassword !== undefined
        ? { appPassword: news.appPassword }
        : {}),
    };
    const assertMeant = (now: Grant) => assertSameAddress(now, id, olds.email);
    const write = async () => {
      if (Object.keys(change).length > 0) return session.api.grants.update(id, change, assertMeant);
      const now = await session.api.grants.get(id);
      if (now) assertMeant(now);
      return now;
    };
    let grant = moved
      ? await withKeepingLock(session, async () => {
          await assertLosslessMove(context, id, target, news);
          await includeMember(session, target, news.email);
          return write();
        })
      : await write();
    if (grant && moved && target === undefined && grant.workspaceId !== undefined) {
      grant = await session.api.grants.removeFromWorkspace(id, grant.workspaceId);
    }
    if (!grant)
      throw new Gone(
        `The account ${news.email} is gone; run pulumi refresh to see what that means before anything is made anew.`,
      );
    knownAccounts(session).seen(grant);
    if (moved) await releaseMember(session, news.email, grant.workspaceId ?? target);
    if (changed.has("folders"))
      return withFolders(context, { grant, application }, news.folders, olds.folders);
    return { grant, application, folders: await foldersThere(session, id, news.folders) };
  },
  async delete({ session }, id, outputs) {
    await tryList(session, { id, email: String(outputs.email) });
    const deleted = await session.api.grants.delete(id);
    knownAccounts(session).gone(id);
    // A rule that names it still is harmless; a delete that is done is not to fail for it.
    await releaseMember(session, String(outputs.email)).catch(() => undefined);
    return deleted;
  },
  deletionGuard: {
    async blocker({ session }, { grant }) {
      if (grant.provider !== "nylas") {
        return (
          `account ${grant.email} (id ${grant.id}) is kept: it is a mailbox that its owner has connected (provider ${grant.provider}), and deleting it would end ` +
          `that connection. To let go of it, take it out of the state: pulumi state delete URN.`
        );
      }
      if (!(await holdsMail(session, grant.id))) return undefined;
      return (
        `account ${grant.email} (id ${grant.id}) is kept: its mailbox holds mail, which would be lost for good. To delete it all the same, set ` +
        `forceDestroy: true on the account, run pulumi up, and then delete it; for one that is no longer in the program, ${forceByName("account", grant.email, session)}.`
      );
    },
    namedInVain: (session, inputs) => namedInVain(session, "account", inputs.email),
    isForced: (session, outputs) => isForceDestroyed(session, "account", String(outputs.email)),
  },

  id: ({ grant }) => grant.id,
  describe: ({ grant }) => `account ${grant.email} (id ${grant.id})`,
  observed: ({ grant, folders }, declared) => ({
    email: grant.email,
    displayName: grant.name,
    workspaceId: grant.workspaceId,
    // The password never comes back; that there is none, may.
    ...(grant.hasAppPassword === false ? { appPassword: undefined } : {}),
    // Folders that the program does not name are the mailbox's own business.
    ...(folders && declared?.folders
      ? { folders: declared.folders.filter((folder) => folders.includes(folder)) }
      : {}),
  }),
  outputs: ({ grant, application }, inputs) => ({
    status: grant.status,
    hasAppPassword: grant.hasAppPassword,
    createdAt: grant.createdAt,
    applicationId: application.id,
    ...(inputs.workspaceId === undefined ? { currentWorkspaceId: grant.workspaceId } : {}),
  }),
  owner: {
    of: applicationOwner,
    assert: assertApplication,
  },
};

async function withApplication(
  session: Session,
  grant: Grant | undefined,
  declaredFolders: unknown,
): Promise<Account | undefined> {
  if (!grant) return undefined;
  knownAccounts(session).seen(grant);
  const folders = await foldersThere(session, grant.id, declaredFolders);
  return { grant, application: await session.api.application(), folders };
}

/** An address never changes: under another one it is somebody else's mailbox, and the id in the state is wrong. */
function assertSameAddress({ email }: Grant, id: string, recorded: string): void {
  if (email === "" || normalEmail(email) === normalEmail(recorded)) return;
  throw new UserError(
    `Asked for account ${recorded} (id ${id}), Nylas answered with account ${email}. Nothing was changed; check what stands between here and Nylas ` +
      `(nylas:apiUrl, a proxy), and whether somebody has edited the id in the state.`,
  );
}

/** The account stands already: what goes wrong with its folders is recorded together with it. */
async function withFolders(
  context: Context<Session>,
  account: Account,
  wanted: string[] | undefined,
  before: string[] = [],
): Promise<Account> {
  if (wanted === undefined && before.length === 0) return account;
  const { grant } = account;
  try {
    return { ...account, folders: await bringFolders(context, grant, wanted ?? [], before) };
  } catch (error) {
    const there = await foldersThere(context.session, grant.id, [...(wanted ?? []), ...before]).catch(
      () => undefined,
    );
    throw new NotSettled(
      { ...account, folders: there ?? [] } satisfies Account,
      `account ${grant.email} (id ${grant.id}) exists, but its folders are not all in place: ${(error as Error).message} The next pulumi up goes on.`,
      // What is still to be removed stays on record: nothing else would know of it.
      {
        folders: there
          ? [...new Set([...(wanted ?? []), ...before])].filter((name) => there.includes(name))
          : before,
      },
    );
  }
}

function cannotBeTakenAway(news: AccountInputs, olds: AccountInputs): string[] {
  const refused: string[] = [];
  if (olds.displayName !== undefined && news.displayName === undefined) {
    refused.push(
      `displayName: it was ${JSON.stringify(olds.displayName)} and cannot be taken away again, only changed (the API ignores an empty name). Write the name that should stand in From.`,
    );
  }
  if (olds.appPassword !== undefined && news.appPassword === undefined) {
    refused.push(
      "appPassword: once set it cannot be taken away: the API has no way to close IMAP and SMTP, so leaving the line out would leave the old password " +
        "working. To lock everybody out, set a new one that nobody knows, for example from @pulumi/random.",
    );
  }
  return refused;
}

/** An account on a domain that is still pending would be made and get no mail; the domain's own word comes first. */
async function requireVerifiedDomain(session: Session, email: string): Promise<void> {
  if (!hasDomainCredential(session.settings)) return;
  const address = domainOfEmail(email);
  const domain = readyDomain(session, address) ?? (await domainOf(session, address));
  if (!domain) return; // The API's own refusal says it better: the domain may be of another organization.
  if (readyForMail(domain)) return;
  asked(session).delete(address);
  const missing = (["ownership", "mx"] as const).filter((purpose) => !domain.verified[purpose]);
  throw new UserError(
    `domain pending: ${address} is registered but not verified (${missing.join(" and ")} missing), so ${email} could not receive mail. Nothing was ` +
      `made. Publish the domain's records, let its NylasDomainVerification finish, and run pulumi up again.`,
  );
}

/** Asked once for all accounts of a domain; one that is pending is asked for again. */
function domainOf(session: Session, address: string): Promise<Domain | undefined> {
  const known = asked(session).get(address);
  if (known) return known;
  const asking = session.api.domains.findByAddress(address);
  asked(session).set(address, asking);
  asking
    .then((domain) => domain ?? asked(session).delete(address))
    .catch(() => asked(session).delete(address));
  return asking;
}

const asked = perOwner((_session: Session) => new Map<string, Promise<Domain | undefined>>());

async function assertLosslessMove(
  { session }: Context<Session>,
  id: string,
  target: string | undefined,
  news: AccountInputs,
): Promise<void> {
  if (news.allowMailLoss === true) return;
  const grant = await session.api.grants.get(id);
  if (!grant) throw new Gone(`The account ${news.email} is gone; run pulumi refresh to see what that means.`);
  if (grant.workspaceId === target) return;
  const to = target && (await workspaceThere(session, target)).policyId;
  for (const left of await workspacesLeft(session, grant)) {
    await assertPolicyKeepsEnough(session, {
      from: left && (await policyLeft(session, left)),
      to,
      accounts: () => Promise.resolve([grant]),
      change: `the workspace of ${grant.email}`,
      property: "allowMailLoss: true on the account",
    });
  }
}

/** An account that shows no workspace may be in none, under the plan's maxima, or in the default one, under its policy. */
async function workspacesLeft(session: Session, { workspaceId }: Grant): Promise<(string | undefined)[]> {
  if (workspaceId !== undefined) return [workspaceId];
  const home = await defaultWorkspaceId(session);
  return home === undefined ? [undefined] : [undefined, home];
}
