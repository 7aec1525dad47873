import type * as pulumi from "@pulumi/pulumi";
import type { Slot } from "../layout";
import type { RecordType } from "../records";

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

  /**
   * Where exactly the records are published: `cloudflare:<zone id>`. Default: `kind`. When it changes for a live
   * domain, the verification fails until the domain is delegated to other name servers that serve every record. The
   * engine keeps the old records until then. An adapter whose vendor has more than one zone or account has to state
   * it, or a change of zone goes unnoticed. Give the resources at another place other names: under the same names they
   * would be replaced, and for a domain in use that is refused.
   */
  readonly place?: pulumi.Input<string>;

  /**
   * The import ids that the records are adopted by, as they stand in the option `import` of the vendor's resources.
   * Default: none. State them where the vendor's import id can differ in form from the id in the state. Then
   * `AgentDomain` keeps the engine from importing what the stack holds already. The engine would import that record,
   * and delete it as the old one. The options of `publish` do it, so hand all of them on.
   */
  readonly adopts?: Partial<Record<Slot, string>>;

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
   * It is called once, while the program runs. Names and values may not be known yet: hand them on as the Inputs they
   * are. Make one resource (or one per group of records) for each record given, under a name that depends on
   * `component` and `slot` alone. Make none inside an `apply`, and let no number of resources depend on an answer: a
   * preview could not show them.
   *
   * With `pulumi up --continue-on-error` a name or value stays unknown in the `up` when its source failed. Hand each argument through
   * `resolvedInUp(value, placeholder)`, or the vendor's check of a missing argument ends the run of everybody else.
   */
  publish(request: PublishRequest): pulumi.Resource[];

  /**
   * The full names under which the vendor says that the records stand, of what `publish` has returned. A name that none of the records has shows
   * that the zone is the wrong one, and the verification says so before it waits. Leave it out where the vendor cannot answer another name.
   */
  answeredNames?(published: pulumi.Resource[]): pulumi.Input<string | undefined>[];

  /**
   * The records in a form for the person who publishes them, where the adapter does not: the output `dnsInstructions` of
   * `AgentDomain`. Called once, with what `publish` was called with.
   */
  dnsInstructions?(request: PublishRequest): pulumi.Output<DnsInstructions>;

  /** @deprecated The former name of `dnsInstructions`; it goes with the next release. */
  handover?(request: PublishRequest): pulumi.Output<DnsInstructions>;
}

/** The DNS records of a domain, to be handed to whoever runs its DNS. */
export interface DnsInstructions {
  /** The records as lines of a zone file (BIND), absolute and escaped. */
  zone: string;
  /** The records as a table in Markdown, with a sentence on what to do with it. */
  table: string;
  /** The files that hold the two; empty where none were asked for. */
  files: string[];
}

/** @deprecated The former name of `DnsInstructions`; it goes with the next release. */
export type Handover = DnsInstructions;

/** What an adapter is to publish. */
export interface PublishRequest {
  /** The name of the component. Name every resource `<component>-<slot>`. */
  component: string;

  /** The registered domain, normalised: lower case, punycode, no final dot. Always a plain string. */
  domainName: string;

  /** The records, in a fixed order; `dmarc` is there only where the program declares it. */
  records: DeclaredRecord[];

  /**
   * Hand these options to every resource; add a provider or an import to a copy. They hold the parent and the
   * dependencies. They make a replaced record anew first and delete it last, so that mail is not cut off in between.
   * They protect the record where `nylas:protect` is set. A record without them may be deleted before anything has
   * asked whether its domain is in use.
   */
  options: {
    parent: pulumi.Resource;
    dependsOn: pulumi.Resource[];
    deleteBeforeReplace: false;
    protect?: boolean;
    transforms?: pulumi.ResourceTransform[];
  };
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
