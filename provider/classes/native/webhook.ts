// Made by `npm run generate` from provider/properties/webhook.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type NylasWebhookArgs } from "../webhook";

/**
 * A webhook: Nylas sends events of **all** accounts of the application to it. So an application needs one, and a stack
 * of its own to hold it. Creating it waits up to two minutes (`customTimeouts`) for an address that does not answer the
 * challenge yet.
 *
 * A webhook that Nylas gave up on (`failed`, after 72 hours of failures) is set going again by the next `pulumi up`.
 *
 * API: [Webhooks](https://developer.nylas.com/docs/v3/notifications/).
 */
export class NylasWebhook extends pulumi.CustomResource {
  readonly url!: pulumi.Output<string>;
  readonly triggers!: pulumi.Output<string[]>;
  readonly name!: pulumi.Output<string>;
  readonly notificationEmails!: pulumi.Output<string[] | undefined>;
  readonly compressed!: pulumi.Output<boolean>;
  readonly paused!: pulumi.Output<boolean>;
  readonly rotateWhenChanged!: pulumi.Output<Record<string, string> | undefined>;
  /** `active`, `pause`, `failing` or `failed`. */
  readonly status!: pulumi.Output<string>;
  /**
   * A secret: what the header `x-nylas-signature` is made with (hex HMAC-SHA256 of the raw body). Nylas shows it at the
   * create and at a rotation alone; undefined for a webhook that was taken over, until it is rotated.
   */
  readonly secret!: pulumi.Output<string | undefined>;
  /** The application it belongs to. */
  readonly applicationId!: pulumi.Output<string>;

  constructor(name: string, args: NylasWebhookArgs, options?: pulumi.CustomResourceOptions) {
    super(
      nativeToken("Webhook"),
      name,
      registered("Webhook", name, args, options, {
        outputs: [
          "url",
          "triggers",
          "name",
          "notificationEmails",
          "compressed",
          "paused",
          "rotateWhenChanged",
          "status",
          "secret",
          "applicationId",
        ],
      }),
      optionsFor("Webhook", options, { secrets: ["secret"] }),
    );
    restoreStackDepth();
  }

  /** A webhook that is managed elsewhere, by its id; without its secret. Asks Nylas, in a preview too. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): NylasWebhook {
    return new NylasWebhook(name, undefined as never, { ...options, id });
  }
}
