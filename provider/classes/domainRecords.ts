// Made by `npm run generate` from provider/properties/domainRecords.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { type HostOverrides, type RecordSlots, type Slot } from "../dns/layout";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";
import { watchedOptions } from "./retained";

/** Arguments of {@link NylasDomainRecords}. */
export interface NylasDomainRecordsArgs {
  /** The id of the domain. Changing it **replaces** it. */
  domainId: pulumi.Input<string>;
  /** The domain itself, so that a preview knows where its records will stand. Changing it **replaces** it. */
  domainName: pulumi.Input<string>;
  /** Bits of the DKIM key. Default: 2048. Changing it **replaces** it. API: `options.key_length`. */
  dkimKeyLength?: pulumi.Input<1024 | 2048>;
  /**
   * Where a record stands when it is not where the layout has it, relative to the domain: `{ ownership: "_nylas" }`.
   * Changing it **replaces** it.
   */
  hosts?: pulumi.Input<HostOverrides>;
  /**
   * Records that are known already, by slot. Those of a verified domain are not asked for again while they stand, because
   * asking can rotate them. Ownership, and DKIM where `hosts.dkim` is given, are otherwise read from the zone's own name
   * servers. Where those say that a record is gone, Nylas is asked for it again. Changing it **replaces** it.
   */
  known?: pulumi.Input<
    Partial<Record<Slot, { type: "MX" | "TXT"; name: string; value: string; priority?: number }>>
  >;
  /**
   * Declare records at a domain as it is registered (`example.com`): its MX takes over the mail of the whole company.
   * Default: false, which refuses it in the preview; agents belong on a subdomain.
   */
  allowApex?: pulumi.Input<boolean>;
  /**
   * Publish even when it cannot be seen whether mail for the domain goes elsewhere today. Default: false, which refuses
   * when DNS cannot be asked. Read before the first record is made, and never again.
   */
  allowUncheckedDns?: pulumi.Input<boolean>;
  /**
   * Publish an MX where the name has an address and no MX: mail for the name goes to that address today. Default: false,
   * which refuses. Read before the first record is made, and never again.
   */
  allowImplicitMx?: pulumi.Input<boolean>;
  /**
   * Where the records are published: `cloudflare:<zone id>`. `AgentDomain` sets it. Not compared by itself. Records of a
   * domain in use cannot move to another zone of the same vendor under the same names (see `nameSuffix` of the adapters).
   */
  publishedAt?: pulumi.Input<string>;
  /**
   * The import ids that records of the vendor are adopted by, by slot. `AgentDomain` sets it from the adapter. A new one
   * is refused where this stack has made or adopted the record already: the engine would delete it.
   */
  adopts?: pulumi.Input<Partial<Record<Slot, string>>>;
  /**
   * The slots of `adopts` of which the state has no record. `AgentDomain` sets it. Those may be adopted: an interrupted
   * run may have made them.
   */
  unheld?: pulumi.Input<Slot[] | undefined>;
  /**
   * The text of the DMARC record that the program publishes. `AgentDomain` sets it. Looked at before the first record is
   * made: another DMARC record at the name is refused. Never sent, never compared.
   */
  dmarc?: pulumi.Input<string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:organizationKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

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
      typeToken("DomainRecords"),
      name,
      registered("DomainRecords", name, args, options, {
        outputs: ["domainId", "domainName", "publishedAt", "records", "expiresAt", "earlierPlaces", "stood"],
      }),
      optionsFor("DomainRecords", watchedOptions(options), { protectable: args }),
    );
    restoreStackDepth();
  }
}
