import * as pulumi from "@pulumi/pulumi";
import { type Change, type CommonInputs, type Context, type Definition } from "../lifecycle/definition";
import { UserError } from "../lifecycle/failure";
import { optionsFor, registered, typeToken } from "../lifecycle/registration";
import { type Workspace } from "../nylas/api";
import { normalDomain } from "./domain";
import { domainField, flag, idField, nameField, ruleIdsField } from "./fields";
import { refusePolicyThatKeepsLess } from "./mailKeeping";
import { applicationRealm, confirmApplication, type Session } from "./session";

/** Arguments of {@link NylasWorkspace}. */
export interface NylasWorkspaceArgs {
  /** A name for people, 1 to 256 characters. Default: `project/stack/name`. Changed in place. API: `name`. */
  name?: pulumi.Input<string>;
  /**
   * The e-mail domain that belongs to it; one workspace per domain and application. Needed for `autoGroup`. Changing it
   * **replaces** the workspace: accounts that name it move to the new one by a `PATCH` each, no mail is lost. API: `domain`.
   */
  domainName?: pulumi.Input<string>;
  /**
   * Whether new accounts on `domainName` that name no workspace land here. Default: false, made explicit because the API's
   * own default has changed once. Changed in place. API: `auto_group`.
   */
  autoGroup?: pulumi.Input<boolean>;
  /**
   * The policy that holds for its accounts; left out: the plan's maxima. Changed in place by one `PATCH`; taking the line
   * away detaches it. One that keeps mail for a shorter time needs `allowMailLoss` while its mailboxes hold mail. API: `policy_id`.
   */
  policyId?: pulumi.Input<string>;
  /** The rules that run for its accounts, as a set. Changed in place; taking the line away detaches all. API: `rule_ids`. */
  ruleIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Delete it even while accounts are in it (they go on in the default workspace). Default: false; counts once recorded. */
  forceDestroy?: pulumi.Input<boolean>;
  /** Let a change of `policyId` through that makes mailboxes keep less than they hold. Default: false. */
  allowMailLoss?: pulumi.Input<boolean>;
  /** Take over a workspace that exists already (by domain, else by name): true, or its id. Nothing is written then. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/**
 * A workspace: the tenant boundary. Policy, rules and tenant keys follow the workspace that an account is in.
 *
 * Deleting it fails while accounts are in it. API: [Workspaces](https://developer.nylas.com/docs/reference/api/workspaces/).
 */
export class NylasWorkspace extends pulumi.CustomResource {
  readonly name!: pulumi.Output<string>;
  readonly domainName!: pulumi.Output<string | undefined>;
  readonly autoGroup!: pulumi.Output<boolean>;
  readonly policyId!: pulumi.Output<string | undefined>;
  readonly ruleIds!: pulumi.Output<string[] | undefined>;
  /** The application it belongs to. */
  readonly applicationId!: pulumi.Output<string>;

  constructor(name: string, args?: NylasWorkspaceArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("Workspace"),
      name,
      registered("Workspace", name, args, options, {
        outputs: ["name", "domainName", "autoGroup", "policyId", "ruleIds", "applicationId"],
      }),
      optionsFor("Workspace", options, {}),
    );
  }

  /** A workspace that is managed elsewhere, by its id. Asks Nylas, in a preview too. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): NylasWorkspace {
    return new NylasWorkspace(name, undefined, { ...options, id });
  }
}

export interface WorkspaceInputs extends CommonInputs {
  name?: string;
  domainName?: string;
  autoGroup?: boolean;
  policyId?: string;
  ruleIds?: string[];
}

export const workspace: Definition<WorkspaceInputs, Workspace, Session> = {
  type: "Workspace",
  noun: "workspace",
  fields: (z) => ({
    name: nameField(z, "Customer A"),
    domainName: domainField(z, false),
    autoGroup: flag(z),
    policyId: idField(z, "policy", "policy.id"),
    ruleIds: ruleIdsField(z),
    forceDestroy: flag(z),
    allowMailLoss: flag(z),
  }),
  replaceOn: ["domainName"],
  defaults: { autoGroup: false },
  namedByDefault: true,
  normal: { domainName: normalDomain, ruleIds: (ids) => [...new Set(ids)].sort() },
  key: (inputs) =>
    inputs.domainName ? `of ${normalDomain(inputs.domainName)}` : inputs.name && `"${inputs.name}"`,
  rules(news) {
    if (news.autoGroup !== true || news.domainName !== undefined) return [];
    return [
      {
        property: "autoGroup",
        reason:
          'autoGroup: given true without domainName; allowed: true only together with domainName; for example domainName: "agents.example.com"',
      },
    ];
  },

  async find({ api }, inputs) {
    const all = (await api.workspaces.list()).filter((candidate) => !candidate.isDefault);
    if (inputs.domainName) {
      const name = normalDomain(inputs.domainName);
      return all.find(
        (candidate) => candidate.domain !== undefined && normalDomain(candidate.domain) === name,
      );
    }
    // One that has a domain has another key: it may be the very workspace that this one replaces.
    return theOnlyOne(
      all.filter((candidate) => candidate.domain === undefined && candidate.name === inputs.name),
      "workspace",
      inputs.name,
    );
  },
  ours: (context, remote) => remote.name === context.label,
  get: ({ api }, id) => api.workspaces.get(id),
  create: ({ session }, inputs) =>
    session.api.workspaces.create({
      name: inputs.name!,
      autoGroup: inputs.autoGroup ?? false,
      ...(inputs.domainName === undefined ? {} : { domain: normalDomain(inputs.domainName) }),
      ...(inputs.policyId === undefined ? {} : { policyId: inputs.policyId }),
      ...(inputs.ruleIds === undefined ? {} : { ruleIds: inputs.ruleIds }),
    }),
  async update(context, change) {
    const { id, news, changed } = change;
    await refuseWorkspacePolicy(context, change);
    return context.session.api.workspaces.update(id, {
      ...(changed.has("name") ? { name: news.name! } : {}),
      ...(changed.has("autoGroup") ? { autoGroup: news.autoGroup ?? false } : {}),
      ...(changed.has("policyId") ? { policyId: news.policyId ?? null } : {}),
      ...(changed.has("ruleIds") ? { ruleIds: news.ruleIds ?? [] } : {}),
    });
  },
  async delete(context, id, outputs) {
    if (outputs.forceDestroy === true && !isForced(context.session, outputs))
      await refuseLossyDelete(context.session, id);
    return context.session.api.workspaces.delete(id);
  },

  async keep({ session }, remote) {
    const members = (await session.api.grants.list()).filter((grant) => grant.workspaceId === remote.id);
    if (members.length === 0) return undefined;
    const shown = members.slice(0, 5).map((grant) => grant.email);
    return (
      `workspace "${remote.name}" (id ${remote.id}) is kept: ${members.length} account(s) are in it (${shown.join(", ")}` +
      `${members.length > shown.length ? ", …" : ""}) and would lose its policy, its rules and its tenant's access. Move them first; or, to ` +
      `delete it all the same, set forceDestroy: true, run pulumi up, and then delete it.`
    );
  },
  forced: isForced,

  id: (remote) => remote.id,
  describe: (remote) => `workspace "${remote.name}" (id ${remote.id})`,
  observed: (remote) => ({
    name: remote.name,
    domainName: remote.domain,
    autoGroup: remote.autoGroup,
    policyId: remote.policyId,
    ruleIds: remote.ruleIds,
  }),
  outputs: (remote) => ({ applicationId: remote.applicationId }),
  realm: applicationRealm,
  confirm: confirmApplication,
};

function isForced({ settings }: Session, outputs: Record<string, unknown>): boolean {
  return settings.forceDestroy.includes(String(outputs.name).toLowerCase());
}

/** The accounts of a deleted workspace go on in the default one, under its policy. */
async function refuseLossyDelete({ api, settings }: Session, id: string): Promise<void> {
  const { defaultWorkspaceId } = await api.application();
  const [current, next, grants] = await Promise.all([
    api.workspaces.get(id),
    defaultWorkspaceId === undefined ? undefined : api.workspaces.get(defaultWorkspaceId),
    api.grants.list(),
  ]);
  await refusePolicyThatKeepsLess(
    { api, settings },
    {
      from: current?.policyId,
      to: next?.policyId,
      accounts: grants.filter((grant) => grant.workspaceId === id),
      change: `the workspace of its accounts (workspace "${current?.name ?? id}" is deleted, they go on in the default one)`,
      property: `"${current?.name ?? id}" in nylas:forceDestroy of the configuration`,
    },
  );
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

/** Before a `PATCH` of a workspace's policy: nobody's mail may be cut without a word. */
export async function refuseWorkspacePolicy(
  { session }: Context<Session>,
  {
    id,
    olds,
    news,
    changed,
  }: Pick<Change<{ policyId?: string; allowMailLoss?: boolean }>, "id" | "olds" | "news" | "changed">,
): Promise<void> {
  if (!changed.has("policyId") || news.allowMailLoss === true) return;
  const current = await session.api.workspaces.get(id);
  await refusePolicyThatKeepsLess(session, {
    from: current ? current.policyId : olds.policyId,
    to: news.policyId,
    accounts: (await session.api.grants.list()).filter((grant) => grant.workspaceId === id),
    change: `the policy of workspace "${current?.name ?? id}"`,
    property: "allowMailLoss: true on the workspace",
  });
}
