// Made by `npm run generate` from provider/properties/apiKey.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";

/** Arguments of {@link NylasApiKey}. */
export interface NylasApiKeyArgs {
  /** The principal whose key it is. Changing it **replaces** the key: the new one is made first. */
  principalId: pulumi.Input<string>;
  /**
   * When it stops working: a moment as in RFC 3339, such as `2027-06-30T00:00:00Z`, in the future and at most ten years
   * away. Nylas cannot change it. Changing it **replaces** the key, the new one first. API: `expires_at`.
   */
  expiresAt: pulumi.Input<string>;
  /** A name for people, 1 to 128 characters. Default: `project/stack/name`. Changed in place. API: `name`. */
  name?: pulumi.Input<string>;
  /** Whether it works. Default: true. Changed in place. API: `status`. */
  enabled?: pulumi.Input<boolean>;
  /** Any values. Changing it **replaces** the key: the new one is made and handed on first, then the old one is deleted. */
  rotateWhenChanged?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Take over a key that exists already, by `principalId/keyId`. Its secret stays unknown. */
  adopt?: pulumi.Input<string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:organizationKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

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
      typeToken("ApiKey"),
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
