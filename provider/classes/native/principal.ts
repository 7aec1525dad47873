// Made by `npm run generate` from provider/properties/principal.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type NylasPrincipalArgs } from "../principal";

/**
 * A caller with keys of its own ({@link NylasApiKey}). Such a key lets a tenant read the mail of its own workspace and
 * of no other. Needs the organization key (`nylas:organizationKey`, with `iam.principals.*`). Deleting it deletes its
 * keys.
 *
 * Experimental: these routes are new, and what they answer has not been seen in all its parts.
 *
 * API: [IAM principals](https://developer.nylas.com/docs/reference/api/iam-principals/).
 */
export class NylasPrincipal extends pulumi.CustomResource {
  readonly boundTo!: pulumi.Output<{
    workspace?: string;
    account?: string;
    application?: string;
    organization?: string;
  }>;
  readonly roles!: pulumi.Output<string[] | undefined>;
  readonly permissions!: pulumi.Output<string[] | undefined>;
  readonly name!: pulumi.Output<string>;
  readonly description!: pulumi.Output<string | undefined>;
  readonly enabled!: pulumi.Output<boolean>;
  /** The organization it belongs to; undefined where Nylas does not say. */
  readonly organizationId!: pulumi.Output<string | undefined>;

  constructor(name: string, args: NylasPrincipalArgs, options?: pulumi.CustomResourceOptions) {
    super(
      nativeToken("Principal"),
      name,
      registered("Principal", name, args, options, {
        outputs: ["boundTo", "roles", "permissions", "name", "description", "enabled", "organizationId"],
      }),
      optionsFor("Principal", options, {}),
    );
    restoreStackDepth();
  }

  /** A principal that is managed elsewhere, by its id. Asks Nylas, in a preview too. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): NylasPrincipal {
    return new NylasPrincipal(name, undefined as never, { ...options, id });
  }
}
