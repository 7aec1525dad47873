// Made by `npm run generate` from provider/properties/domainVerification.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { type RecordSlots } from "../dns/layout";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";
import { type VerificationPurpose } from "../properties/domainVerification";
import { validatedOptions } from "./retained";

/** Arguments of {@link NylasDomainVerification}. */
export interface NylasDomainVerificationArgs {
  /**
   * The id of the domain. Left out: only DNS is looked at (there is no organization key to ask Nylas with). Changing it
   * **replaces** it.
   */
  domainId?: pulumi.Input<string>;
  /** The domain; its output of the same name carries the dependency on the verification. Changing it **replaces** it. */
  domainName: pulumi.Input<string>;
  /** The records that have to stand, by slot: `NylasDomainRecords.records`. A change verifies again. */
  records: pulumi.Input<Partial<RecordSlots>>;
  /** What has to be verified. Default: all five (ownership, spf, mx, dkim, feedback). Changed in place. */
  purposes?: pulumi.Input<pulumi.Input<VerificationPurpose>[]>;
  /**
   * Wait until it is verified. Default: true. False records "pending" and lets the program go on; every `up` looks again.
   * How long it waits: `customTimeouts: { create: "30m" }`, which is the default.
   */
  wait?: pulumi.Input<boolean>;
  /**
   * Who serves the zone, in a word (`cloudflare`), so that name servers of somebody else are noticed. `AgentDomain` sets
   * it.
   */
  publishedBy?: pulumi.Input<string>;
  /**
   * Where the records are published: `cloudflare:<zone id>`. `AgentDomain` sets it. Changed in place, for a verified
   * domain only when other name servers than before have the delegation and serve every record. Until then the change is
   * an error, and the old records stay.
   */
  publishedAt?: pulumi.Input<string>;
  /**
   * The full names that the DNS vendor answers with. `AgentDomain` sets it. A name that none of the records has means that
   * the records are in the wrong zone: it is an error before the wait. Never compared.
   */
  answeredNames?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The ids of the vendor's records. `AgentDomain` sets it, so that the records stay what this depends on, even where a
   * transformation takes `dependsOn` away. Never looked at, never compared.
   */
  publishedIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Digests of the names that the vendor's records have as resources, and of their aliases. `AgentDomain` sets it. Where
   * records cannot be made under new names, the old ones are not deleted. Never compared.
   */
  publishedAs?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Only guard the records at `publishedAt`: nothing is verified or waited for. Default: false. `AgentDomain` declares
   * such a resource once records have moved, because records at two places need two guards. Its delete is refused while
   * the domain may be served from that place.
   */
  guardOnly?: pulumi.Input<boolean>;
  /**
   * The MX was served before the program made any record, and was not adopted: whoever served it is of another place.
   * Default: false. `AgentDomain` sets it. Read at create. Never compared.
   */
  stoodBefore?: pulumi.Input<boolean>;
  /**
   * Let the domain's records go even while it is verified or accounts live on it: what `forceDestroy` says on the domain.
   * It holds for a delete and for a move of the records to another place. Default: false. `AgentDomain` sets it. Recorded,
   * never sent; it has to be recorded by a `pulumi up` of its own before it counts.
   */
  forceDestroy?: pulumi.Input<boolean>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:organizationKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/**
 * Waits until Nylas has verified a domain, as a resource of its own. Whatever needs the domain to work (an account)
 * takes its `domainName` from here. When it ends before, it names each record that is missing: what Nylas expects, what
 * is published, what Nylas says, and what to do. The next `up` goes on.
 *
 * It also guards the published records against a delete, because the engine deletes it before what it depends on. So
 * declare it with `dependsOn` the records. Its delete writes nothing. It is refused while the domain is verified,
 * accounts live on it, or another resource of the same run declares the domain. Then the engine deletes neither the
 * records nor the domain.
 *
 * API: [POST /v3/domains/{id}/verify](https://developer.nylas.com/docs/reference/api/manage-domains/).
 */
export class NylasDomainVerification extends pulumi.CustomResource {
  readonly domainId!: pulumi.Output<string | undefined>;
  /** The input again, known in a preview, with the dependency on the verification. */
  readonly domainName!: pulumi.Output<string>;
  /** `verified`; `pending` until then; `lost` when it was verified once and is no more. */
  readonly status!: pulumi.Output<"verified" | "pending" | "lost">;
  /** What is missing, a line each; undefined when verified. */
  readonly problems!: pulumi.Output<string[] | undefined>;

  constructor(name: string, args: NylasDomainVerificationArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("DomainVerification"),
      name,
      registered("DomainVerification", name, args, options, {
        outputs: ["domainId", "domainName", "status", "problems"],
        timeoutInput: "timeoutSeconds",
        tellsFailed: true,
        tellsUp: true,
      }),
      optionsFor("DomainVerification", validatedOptions(options), { protectable: args }),
    );
    restoreStackDepth();
  }
}
