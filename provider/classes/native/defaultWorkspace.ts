// Made by `npm run generate` from provider/properties/defaultWorkspace.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type NylasDefaultWorkspaceArgs } from "../defaultWorkspace";

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
      nativeToken("DefaultWorkspace"),
      name,
      registered("DefaultWorkspace", name, args, options, {
        outputs: ["policyId", "ruleIds", "applicationId"],
      }),
      optionsFor("DefaultWorkspace", options, {}),
    );
    restoreStackDepth();
  }
}
