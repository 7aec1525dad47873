// Made by `npm run generate` from provider/properties/workspace.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type NylasWorkspaceArgs } from "../workspace";

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
      nativeToken("Workspace"),
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
