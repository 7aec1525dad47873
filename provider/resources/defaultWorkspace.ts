import * as pulumi from "@pulumi/pulumi";
import { type CommonInputs, type Context, type Definition } from "../lifecycle/definition";
import { same } from "../lifecycle/equality";
import { UserError } from "../lifecycle/failure";
import { optionsFor, registered, typeToken } from "../lifecycle/registration";
import { restoreStackDepth } from "../lifecycle/stackDepth";
import { type Workspace } from "../nylas/api";
import { flag, idField, ruleIdsField } from "./fields";
import { withoutRules } from "./ruleAttachments";
import { defaultWorkspaceId } from "./mailKeeping";
import { applicationRealm, confirmApplication, type Session, stillListed } from "./session";
import { changePolicy, warnOfKeeping } from "./workspace";

/** Arguments of {@link NylasDefaultWorkspace}. */
export interface NylasDefaultWorkspaceArgs {
  /** The policy for accounts that are in no other workspace. Changed in place; without the line it is detached. API: `policy_id`. */
  policyId?: pulumi.Input<string>;
  /** The rules for accounts that are in no other workspace, as a set. Changed in place. API: `rule_ids`. */
  ruleIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Let a change of `policyId` through that makes mailboxes keep less than they hold. Default: false. */
  allowMailLoss?: pulumi.Input<boolean>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/**
 * The workspace that every application has from the start, and where accounts land that name none. It is taken as it is;
 * only its policy and its rules can be set. Destroying the resource takes off what the program had set and lets it go: the
 * workspace itself stays. API: [Workspaces](https://developer.nylas.com/docs/reference/api/workspaces/).
 */
export class NylasDefaultWorkspace extends pulumi.CustomResource {
  readonly policyId!: pulumi.Output<string | undefined>;
  readonly ruleIds!: pulumi.Output<string[] | undefined>;
  /** The application it belongs to. */
  readonly applicationId!: pulumi.Output<string>;

  constructor(name: string, args?: NylasDefaultWorkspaceArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("DefaultWorkspace"),
      name,
      registered("DefaultWorkspace", name, args, options, {
        outputs: ["policyId", "ruleIds", "applicationId"],
      }),
      optionsFor("DefaultWorkspace", options, {}),
    );
    restoreStackDepth();
  }
}

export interface DefaultWorkspaceInputs extends CommonInputs {
  policyId?: string;
  ruleIds?: string[];
}

export const defaultWorkspace: Definition<DefaultWorkspaceInputs, Workspace, Session> = {
  type: "DefaultWorkspace",
  noun: "default workspace",
  fields: (z) => ({
    policyId: idField(z, "policy", "policy.id"),
    ruleIds: ruleIdsField(z),
    allowMailLoss: flag(z),
  }),
  normal: { ruleIds: asSet },
  key: () => "of the application",

  warnings: (olds, news) =>
    warnOfKeeping("the default workspace, where every account is that names no other,", olds, news),

  get: ({ api }, id) => api.workspaces.get(id),
  listed: ({ api }, id) => stillListed(() => api.workspaces.list(), id),
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
    return changePolicy(context, { id: found.id, olds: {}, news: inputs, changed }, () =>
      api.workspaces.update(found.id, settings(inputs, changed)),
    );
  },
  update: (context, change) =>
    changePolicy(context, change, () =>
      context.session.api.workspaces.update(change.id, settings(change.news, change.changed)),
    ),
  delete: letGo,
  handOver: letGo,

  id: (remote) => remote.id,
  describe: (remote) => `the default workspace (id ${remote.id})`,
  observed: (remote) => ({ policyId: remote.policyId, ruleIds: remote.ruleIds }),
  outputs: (remote) => ({ applicationId: remote.applicationId }),
  realm: applicationRealm,
  confirm: confirmApplication,
};

/** A policy of this program that stayed attached could not be deleted after it. */
async function letGo(
  { session }: Context<Session>,
  id: string,
  { policyId, ruleIds }: Record<string, unknown>,
): Promise<boolean> {
  if (policyId === undefined && ruleIds === undefined) return true;
  const found = await session.api.workspaces.get(id);
  if (!found) return false;
  const detached = policyId !== undefined && found.policyId === policyId ? { policyId: null } : {};
  const write = (change: { policyId?: null; ruleIds?: string[] }) =>
    session.api.workspaces.update(id, change);
  if (Array.isArray(ruleIds) && ruleIds.length > 0)
    await withoutRules(session, id, ruleIds as string[], (left) => write({ ...detached, ruleIds: left }));
  else if (Object.keys(detached).length > 0) await write(detached);
  return true;
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
