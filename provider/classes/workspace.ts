// Made by `npm run generate` from provider/properties/workspace.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";

/** Arguments of {@link NylasWorkspace}. */
export interface NylasWorkspaceArgs {
  /** A name for people, 1 to 256 characters. Default: `project/stack/name`. Changed in place. API: `name`. */
  name?: pulumi.Input<string>;
  /**
   * The e-mail domain that belongs to it; one workspace per domain and application. Needed for `autoGroup`. Changing it
   * **replaces** the workspace: accounts that name it move to the new one by a `PATCH` each, no mail is lost. One that
   * another workspace of the program gives up in the same change goes over, as soon as no account is in that one. API:
   * `domain`.
   */
  domainName?: pulumi.Input<string>;
  /**
   * Whether new accounts on `domainName` that name no workspace land here. Default: false, made explicit because the API's
   * own default has changed once. Changed in place. API: `auto_group`.
   */
  autoGroup?: pulumi.Input<boolean>;
  /**
   * The policy that holds for its accounts; left out: the plan's maxima. Changed in place by one `PATCH`; taking the line
   * away detaches it. One that keeps mail for a shorter time needs `allowMailLoss` while its mailboxes hold mail, and so
   * does none, where the plan may keep less. API: `policy_id`.
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
 * Deleting it fails while accounts are in it.
 *
 * API: [Workspaces](https://developer.nylas.com/docs/reference/api/workspaces/).
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
    restoreStackDepth();
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
