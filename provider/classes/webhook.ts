// Made by `npm run generate` from provider/properties/webhook.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { showRefusal } from "../hosts/dynamic/refusalsInPreview";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";
import { type NylasTrigger } from "./types";

/** Arguments of {@link NylasWebhook}. */
export interface NylasWebhookArgs {
  /**
   * Where events are sent: a public https address. It has to answer Nylas' challenge (`GET` with `?challenge=…`) when the
   * webhook is made: the token alone, with 200, within ten seconds. Changed in place. API: `webhook_url`.
   */
  url: pulumi.Input<string>;
  /** What it is told of, as a set; one or more. Changed in place. API: `trigger_types`. */
  triggers: pulumi.Input<pulumi.Input<NylasTrigger>[]>;
  /**
   * A name for people, 1 to 256 characters. Default: `project/stack/name`. Changed in place; never empty. API:
   * `description`.
   */
  name?: pulumi.Input<string>;
  /**
   * Who is written to when deliveries fail, as a set. Changed in place. Cannot be taken away again, only changed: the API
   * ignores an empty list. API: `notification_email_addresses`.
   */
  notificationEmails?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether bodies are sent gzipped (the signature is over the compressed bytes). Default: false. Changed in place. API:
   * `compressed_delivery`.
   */
  compressed?: pulumi.Input<boolean>;
  /**
   * Whether nothing is sent for now. Default: false. Changed in place; going on needs the challenge again. API: `status`
   * `pause`.
   */
  paused?: pulumi.Input<boolean>;
  /** Any values: when one of them changes, the secret is rotated. The old secret is dead at that moment. */
  rotateWhenChanged?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Take over a webhook that exists already (by address and triggers): true, or its id. Its secret stays unknown until it
   * is rotated.
   */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

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
      typeToken("Webhook"),
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
        timeoutInput: "timeoutSeconds",
        mayBeRefused: true,
      }),
      optionsFor("Webhook", options, { secrets: ["secret"] }),
    );
    restoreStackDepth();
    showRefusal(this);
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
