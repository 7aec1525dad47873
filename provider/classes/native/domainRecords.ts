// Made by `npm run generate` from provider/properties/domainRecords.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { type RecordSlots, type Slot } from "../../dns/layout";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type NylasDomainRecordsArgs } from "../domainRecords";
import { watchedOptions } from "../retained";

/**
 * The DNS records that Nylas asks for, as one resource with nothing mutable in it. So an edit elsewhere never makes the
 * records of a preview unknown. Before anything else it looks at what stands at the names today. It refuses where the
 * records would break mail that works, or could not stand beside it.
 *
 * The ownership value rotates until it is verified: a refresh notices, and the next `up` publishes the new one. A
 * replacement only means that Nylas is asked again.
 *
 * API: [POST /v3/domains/{id}/info](https://developer.nylas.com/docs/reference/api/manage-domains/).
 */
export class NylasDomainRecords extends pulumi.CustomResource {
  readonly domainId!: pulumi.Output<string>;
  readonly domainName!: pulumi.Output<string>;
  /** Where the records were published when this resource was last made or updated. */
  readonly publishedAt!: pulumi.Output<string | undefined>;
  /** The records by slot: ownership, spf, mx, dkim, feedback. */
  readonly records!: pulumi.Output<RecordSlots>;
  /** When the ownership value stops being accepted, Unix seconds; undefined where Nylas gives no time. */
  readonly expiresAt!: pulumi.Output<number | undefined>;
  /**
   * Where records that are other resources were published before, such as those of another vendor; undefined where there
   * were none.
   */
  readonly earlierPlaces!: pulumi.Output<string[] | undefined>;
  /** The slots whose record was served before this stack made any. */
  readonly stood!: pulumi.Output<Slot[] | undefined>;

  constructor(name: string, args: NylasDomainRecordsArgs, options?: pulumi.CustomResourceOptions) {
    super(
      nativeToken("DomainRecords"),
      name,
      registered("DomainRecords", name, args, options, {
        outputs: ["domainId", "domainName", "publishedAt", "records", "expiresAt", "earlierPlaces", "stood"],
      }),
      optionsFor("DomainRecords", watchedOptions(options), { protectable: args }),
    );
    restoreStackDepth();
  }
}
