// Made by `npm run generate` from provider/properties/policy.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { showRefusal } from "../hosts/dynamic/refusalsInPreview";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";
import { type PolicyLimits, type SpamDetection } from "../nylas/api";

/**
 * Limits of a policy. What is left out stays at the plan's maximum and is never compared. A limit that was set once
 * cannot be un-set by the API: write `"unlimited"` or the plan's maximum instead of taking the line away.
 */
export interface NylasPolicyLimits {
  /** Messages an account may send a day (counted from 00:00 UTC), or `"unlimited"`. API: `limit_count_daily_email_sent`. */
  dailySends?: pulumi.Input<number | "unlimited">;
  /** Messages an account may receive a day, or `"unlimited"`. API: `limit_count_daily_message_received`. */
  dailyReceives?: pulumi.Input<number | "unlimited">;
  /** Bytes an account may hold, or `"unlimited"`. Lowering it can delete mail: `allowMailLoss`. API: `limit_storage_total`. */
  storageBytes?: pulumi.Input<number | "unlimited">;
  /** Bytes of one whole message. API: `limit_size_total_mime`. */
  messageBytes?: pulumi.Input<number>;
  /** Bytes of one attachment. API: `limit_attachment_size_limit`. */
  attachmentBytes?: pulumi.Input<number>;
  /** Attachments of one message. API: `limit_attachment_count_limit`. */
  attachmentCount?: pulumi.Input<number>;
  /**
   * MIME types of attachments, `image/*` allowed; an empty list: all that the plan allows. A set. API:
   * `limit_attachment_allowed_types`.
   */
  attachmentTypes?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Days that mail stays in the inbox, or `"unlimited"`; more than `spamRetentionDays`. Lowering it deletes mail:
   * `allowMailLoss`. API: `limit_inbox_retention_period`.
   */
  inboxRetentionDays?: pulumi.Input<number | "unlimited">;
  /**
   * Days that spam stays, or `"unlimited"`; less than `inboxRetentionDays`. Lowering it: `allowMailLoss`. API:
   * `limit_spam_retention_period`.
   */
  spamRetentionDays?: pulumi.Input<number | "unlimited">;
}

/** How a policy tells spam. A setting that was made once cannot be un-set: write the other value. */
export interface NylasPolicySpamDetection {
  /** Ask DNS block lists. API: `use_list_dnsbl`. */
  dnsBlockLists?: pulumi.Input<boolean>;
  /** Look for anomalies in the headers. API: `use_header_anomaly_detection`. */
  headerAnomalies?: pulumi.Input<boolean>;
  /** 0.1 to 5.0; higher marks more mail as spam. API: `spam_sensitivity`, 1.0 where never set. */
  sensitivity?: pulumi.Input<number>;
}

/** Arguments of {@link NylasPolicy}. */
export interface NylasPolicyArgs {
  /** A name for people, 1 to 256 characters. Default: `project/stack/name`. Changed in place. API: `name`. */
  name?: pulumi.Input<string>;
  /** Limits; changed in place, each on its own. */
  limits?: pulumi.Input<NylasPolicyLimits>;
  /** Spam detection; changed in place, each on its own. */
  spamDetection?: pulumi.Input<NylasPolicySpamDetection>;
  /** Let a change through that keeps mail for a shorter time or in less space. Default: false. */
  allowMailLoss?: pulumi.Input<boolean>;
  /** Take over a policy that exists already (by name): true, or its id. Nothing is written then. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

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
      typeToken("Policy"),
      name,
      registered("Policy", name, args, options, {
        outputs: ["name", "limits", "spamDetection", "applicationId"],
        mayBeRefused: true,
      }),
      optionsFor("Policy", options, {}),
    );
    restoreStackDepth();
    showRefusal(this);
  }

  /** A policy that is managed elsewhere, by its id. Asks Nylas, in a preview too. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): NylasPolicy {
    return new NylasPolicy(name, undefined, { ...options, id });
  }
}
