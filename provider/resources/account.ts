import * as pulumi from "@pulumi/pulumi";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { Gone, NotSettled, UserError } from "../core/failure";
import { optionsFor, registered, typeToken } from "../hosts/dynamic/registration";
import { showRefusal } from "../hosts/dynamic/refusalsInPreview";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { holdsUnknown } from "../core/unknown";
import { stackOf, whoseDefault } from "../core/whose";
import { perOwner } from "../core/perOwner";
import { type Application, type Domain, type Grant } from "../nylas/api";
import { domainOfEmail, normalEmail } from "../nylas/addresses";
import { hasDomainCredential } from "../nylas/credentials";
import { accountLooks, forgetLooks, tryList } from "./accountLooks";
import { emailField, flag, idField, nameField } from "./fields";
import { bringFolders, foldersField, foldersThere, validateFolders } from "./folders";
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

/** Arguments of {@link AgentAccount}. */
export interface AgentAccountArgs {
  /**
   * The mailbox's address, on a domain registered with Nylas; best `domain.mailbox("scheduling")`, so that the account waits
   * for the domain's verification. Compared without case. Changing it **replaces** the mailbox (a new, empty one; the old
   * one and all its mail are deleted), so it is refused in the preview unless `forceDestroy` is recorded. API: `settings.email` of
   * [POST /v3/connect/custom](https://developer.nylas.com/docs/v3/agent-accounts/provisioning/).
   */
  email: pulumi.Input<string>;
  /** The name in From, 1 to 256 characters. Changed in place; cannot be taken away again, only changed. API: `name`. */
  displayName?: pulumi.Input<string>;
  /**
   * The workspace it is in: whose policy and rules hold, and whose tenant key reads it. Left out: the auto-grouping workspace
   * of its domain, else the application's default workspace. Changed in place by one `PATCH`; the mailbox stays. A move to a workspace that
   * keeps less mail needs `allowMailLoss`. Taking the line away moves it to the default workspace. API: `workspace_id`.
   */
  workspaceId?: pulumi.Input<string>;
  /**
   * The password for IMAP and SMTP, a secret: 18 to 40 printable ASCII characters without spaces, with an upper-case letter, a
   * lower-case letter and a digit (a symbol too, and not the address's local part, keeps to the strictest rule seen). Changed in place
   * (rotation). It cannot be taken away again: the API has no way to close the door, only to change the lock. API: `settings.app_password`.
   */
  appPassword?: pulumi.Input<string>;
  /**
   * Folders of one's own, as a set of names or paths such as `Clients/Acme`, beside the six that every mailbox has: what a rule's
   * `assignToFolder` names has to be there. Changed in place: what is missing is made; what is taken out of the list is removed, unless
   * there is mail in it. Folders that are not in the list are not looked at. API: `/v3/grants/{id}/folders`.
   */
  folders?: pulumi.Input<pulumi.Input<string>[]>;
  /** Delete the mailbox even when it holds mail. Default: false. Counts once it is recorded by a `pulumi up` of its own. */
  forceDestroy?: pulumi.Input<boolean>;
  /**
   * Let a move to a workspace through whose policy keeps less mail than this mailbox may hold; and let a new, empty mailbox be made
   * where this one was deleted outside Pulumi. Default: false.
   */
  allowMailLoss?: pulumi.Input<boolean>;
  /**
   * It is deleted by its removal from the program alone: another address is refused, whatever `forceDestroy` says. Default: false. `Tenant` sets
   * it on mailboxes that `trial.retire` gives up.
   */
  retired?: pulumi.Input<boolean>;
  /** Take over the account that has this address already: true, or its grant id. Nothing is written then. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/**
 * A mailbox for an agent: a grant of the provider `nylas`. Its id is the grant id. The connector that every such
 * account needs is made where there is none, and never deleted.
 *
 * A mailbox that holds mail is not deleted unless `forceDestroy: true` is recorded. One that was deleted outside Pulumi is not made
 * anew in silence: a refresh marks it as lost, and the next preview asks for `allowMailLoss: true`, or for its line to be taken away.
 * API: [Agent Accounts](https://developer.nylas.com/docs/v3/agent-accounts/).
 */
export class AgentAccount extends pulumi.CustomResource {
  readonly email!: pulumi.Output<string>;
  readonly displayName!: pulumi.Output<string | undefined>;
  /** As declared; see `currentWorkspaceId` for where an account is that declares none. */
  readonly workspaceId!: pulumi.Output<string | undefined>;
  readonly appPassword!: pulumi.Output<string | undefined>;
  readonly folders!: pulumi.Output<string[] | undefined>;
  /** Where Nylas put an account that declares no `workspaceId`. */
  readonly currentWorkspaceId!: pulumi.Output<string | undefined>;
  /** `valid` or `invalid`; `lost` once a refresh has found that it was deleted outside Pulumi. */
  readonly status!: pulumi.Output<string>;
  /** Whether IMAP and SMTP are open; undefined where Nylas does not say. */
  readonly hasAppPassword!: pulumi.Output<boolean | undefined>;
  /** Unix seconds. */
  readonly createdAt!: pulumi.Output<number>;
  /** The application it belongs to. */
  readonly applicationId!: pulumi.Output<string>;
  /** The IMAP server; user is the address, password the `appPassword`. */
  readonly imap = { host: "imap.nylas.email", port: 993 } as const;
  /** The SMTP server: TLS on 465, STARTTLS on 587. */
  readonly smtp = { host: "smtp.nylas.email", port: 465, startTlsPort: 587 } as const;

  constructor(name: string, args: AgentAccountArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("AgentAccount"),
      name,
      registered("AgentAccount", name, args, options, {
        outputs: OUTPUTS,
        secrets: ["appPassword"],
        mayBeRefused: true,
      }),
      optionsFor("AgentAccount", options, {
        // Only where there is one: the option costs 42 bytes of state in every account.
        secrets: args?.appPassword === undefined ? [] : ["appPassword"],
        protectable: true,
      }),
    );
    restoreStackDepth();
    showRefusal(this);
  }

  /** The grant id, under the name the rest of Nylas' API calls it. */
  get grantId(): pulumi.Output<string> {
    return this.id;
  }

  /** An account that is managed elsewhere, by its grant id. Asks Nylas, in a preview too. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): AgentAccount {
    return new AgentAccount(name, undefined as never, { ...options, id });
  }
}

const OUTPUTS = [
  "email",
  "displayName",
  "workspaceId",
  "appPassword",
  "folders",
  "currentWorkspaceId",
  "status",
  "hasAppPassword",
  "createdAt",
  "applicationId",
] as const;

export interface AccountInputs extends CommonInputs {
  email: string;
  displayName?: string;
  workspaceId?: string;
  appPassword?: string;
  folders?: string[];
  retired?: boolean;
}

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
  fields: (z) => ({
    email: emailField(z),
    displayName: nameField(z, "Scheduling"),
    workspaceId: idField(z, "workspace", "customerA.id"),
    appPassword: {
      schema: z.string().check(z.regex(/^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[\x21-\x7e]{18,40}$/)),
      allowed:
        "18 to 40 printable ASCII characters without spaces, with an upper-case letter, a lower-case letter and a digit",
      example: 'config.requireSecret("schedulingPassword")',
      secret: true,
    },
    folders: foldersField(z),
    forceDestroy: flag(z),
    allowMailLoss: flag(z),
    retired: flag(z),
  }),
  inputs: {
    directives: ["retired"],
    replaceOn: ["email"],
    normalForms: { email: normalEmail, folders: (folders) => [...new Set(folders)].sort() },
  },
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
    const write = async () =>
      Object.keys(change).length > 0
        ? await session.api.grants.update(id, change)
        : await session.api.grants.get(id);
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
  await assertPolicyKeepsEnough(session, {
    from: grant.workspaceId && (await policyLeft(session, grant.workspaceId)),
    to: target && (await workspaceThere(session, target)).policyId,
    accounts: () => Promise.resolve([grant]),
    change: `the workspace of ${grant.email}`,
    property: "allowMailLoss: true on the account",
  });
}
