// Made by `npm run generate` from provider/properties/defaultWorkspace.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";

/** Arguments of {@link NylasDefaultWorkspace}. */
export interface NylasDefaultWorkspaceArgs {
  /**
   * The policy for accounts that are in no other workspace. Changed in place; without the line it is detached. API:
   * `policy_id`.
   */
  policyId?: pulumi.Input<string>;
  /** The rules for accounts that are in no other workspace, as a set. Changed in place. API: `rule_ids`. */
  ruleIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Let a change of `policyId` through that makes mailboxes keep less than they hold. Default: false. */
  allowMailLoss?: pulumi.Input<boolean>;
  /** Take it over with the policy and the rules that stand on it: true, or its id. Nothing is written then. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/**
 * The workspace that every application has from the start. Accounts that name no workspace land there. Only its policy
 * and its rules can be set. If a policy or rules stand on it already, another stack may have set them. Creating the
 * resource is refused without `adopt` then, so only one stack declares it. Destroying the resource removes what the
 * program had set, and leaves what others have set since. The workspace itself stays at Nylas.
 *
 * API: [Workspaces](https://developer.nylas.com/docs/reference/api/workspaces/).
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
