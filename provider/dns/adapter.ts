import type * as pulumi from "@pulumi/pulumi";
import type { Slot } from "./layout";
import type { RecordType } from "./records";

/**
 * Writes the DNS records of a domain with one DNS vendor's own Pulumi resources. `cloudflareDns` is one; implement
 * the interface for another vendor and hand the object to `AgentDomain` as `dns`.
 *
 * ```ts
 * const myDns: DnsAdapter = {
 *   kind: "gandi",
 *   waitByDefault: true,
 *   publish: ({ component, records, options }) =>
 *     records.map((r) => new gandi.Record(`${component}-${r.slot}`, { name: r.name, type: r.type, ttl: 300,
 *       values: [r.type === "MX" ? pulumi.interpolate`${r.priority} ${r.value}.` : r.value] }, options)),
 * };
 * ```
 */
export interface DnsAdapter {
  /** The vendor in a word, for messages and the diagnosis: `cloudflare`, `route53`. */
  readonly kind: string;

  /** The zone the records go to, where the adapter knows it; the domain must be the zone or lie below it. */
  readonly zoneName?: string;

  /**
   * Whether verification waits for DNS unless the program says otherwise. True where the records stand as soon as
   * the vendor's resources are made; false where a person has to publish them.
   */
  readonly waitByDefault: boolean;

  /**
   * Declares the records, and returns the resources that have to exist before verification makes sense.
   *
   * It is called once, while the program runs. Names and values may not be known yet: hand them on as the Inputs
   * they are. Make one resource (or one per group of records) for each record given, under a name that depends on
   * `component` and `slot` alone: nothing inside an `apply`, and no number of resources that depends on an answer, or
   * a preview cannot show them.
   */
  publish(request: PublishRequest): pulumi.Resource[];

  /**
   * The records in a form for the person who publishes them, where the adapter does not: the output `handover` of
   * `AgentDomain`. Called once, with what `publish` was called with.
   */
  handover?(request: PublishRequest): pulumi.Output<Handover>;
}

/** The DNS records of a domain, to be handed to whoever runs its DNS. */
export interface Handover {
  /** The records as lines of a zone file (BIND), absolute and escaped. */
  zone: string;
  /** The records as a table in Markdown, with a sentence on what to do with it. */
  table: string;
  /** The files that hold the two; empty where none were asked for. */
  files: string[];
}

/** What an adapter is to publish. */
export interface PublishRequest {
  /** The name of the component. Name every resource `<component>-<slot>`. */
  component: string;

  /** The registered domain, normalised: lower case, punycode, no final dot. Always a plain string. */
  domainName: string;

  /** The records, in a fixed order; `dmarc` is there only where the program declares it. */
  records: DeclaredRecord[];

  /** Hand these options (parent and dependencies) to every resource; add a provider or an import to a copy. */
  options: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] };
}

/** A record as it is declared before Nylas has been asked. */
export interface DeclaredRecord {
  slot: Slot;
  type: RecordType;
  /** The full name without final dot. A plain string where the layout knows it. */
  name: pulumi.Input<string>;
  /** TXT: the text, neither quoted nor split. MX: the target host without final dot. */
  value: pulumi.Input<string>;
  /** MX: always there. TXT: never. */
  priority?: pulumi.Input<number>;
}
