// Made by `npm run generate` from provider/properties/apiKey.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type NylasApiKeyArgs } from "../apiKey";

/**
 * An API key of a {@link NylasPrincipal}. Its `secret` is shown by Nylas once, and kept as a secret output. Its id is
 * `principalId/keyId`. Needs the organization key (`nylas:organizationKey`, with `iam.credentials.*`).
 *
 * Ten keys to a principal: one that has expired counts until it is deleted, which replacing it does.
 *
 * Experimental: these routes are new, and what they answer has not been seen in all its parts.
 *
 * API: [IAM credentials](https://developer.nylas.com/docs/reference/api/iam-credentials/).
 */
export class NylasApiKey extends pulumi.CustomResource {
  readonly principalId!: pulumi.Output<string>;
  readonly expiresAt!: pulumi.Output<string>;
  readonly name!: pulumi.Output<string>;
  readonly enabled!: pulumi.Output<boolean>;
  readonly rotateWhenChanged!: pulumi.Output<Record<string, string> | undefined>;
  /** A secret: the key itself, for the header `Authorization: Bearer …`. Undefined for one that was taken over. */
  readonly secret!: pulumi.Output<string | undefined>;
  /** Its id without the principal's. */
  readonly keyId!: pulumi.Output<string>;

  constructor(name: string, args: NylasApiKeyArgs, options?: pulumi.CustomResourceOptions) {
    super(
      nativeToken("ApiKey"),
      name,
      registered("ApiKey", name, args, options, {
        outputs: ["principalId", "expiresAt", "name", "enabled", "rotateWhenChanged", "secret", "keyId"],
      }),
      optionsFor("ApiKey", options, { secrets: ["secret"] }),
    );
    restoreStackDepth();
  }

  /** A key that is managed elsewhere, by `principalId/keyId`; without its secret. Asks Nylas, in a preview too. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): NylasApiKey {
    return new NylasApiKey(name, undefined as never, { ...options, id });
  }
}
