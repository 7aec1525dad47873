// Made by `npm run generate` from provider/properties/policy.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type PolicyLimits, type SpamDetection } from "../../nylas/api";
import { type NylasPolicyArgs } from "../policy";

/**
 * A policy: limits, retention and spam detection for the accounts of every workspace that names it. Nothing in it ever
 * replaces it. Only what the program sets is compared with Nylas.
 *
 * Deleting it fails while a workspace still names it.
 *
 * API: [Policies](https://developer.nylas.com/docs/reference/api/policies/).
 */
export class NylasPolicy extends pulumi.CustomResource {
  readonly name!: pulumi.Output<string>;
  readonly limits!: pulumi.Output<PolicyLimits | undefined>;
  readonly spamDetection!: pulumi.Output<SpamDetection | undefined>;
  /** The application it belongs to. */
  readonly applicationId!: pulumi.Output<string>;

  constructor(name: string, args?: NylasPolicyArgs, options?: pulumi.CustomResourceOptions) {
    super(
      nativeToken("Policy"),
      name,
      registered("Policy", name, args, options, {
        outputs: ["name", "limits", "spamDetection", "applicationId"],
      }),
      optionsFor("Policy", options, {}),
    );
    restoreStackDepth();
  }

  /** A policy that is managed elsewhere, by its id. Asks Nylas, in a preview too. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): NylasPolicy {
    return new NylasPolicy(name, undefined, { ...options, id });
  }
}
