// Made by `npm run generate` from provider/properties/components/dns.ts. Edit that file.
import type * as pulumi from "@pulumi/pulumi";
import { type Slot } from "../layout";

/** Arguments of `cloudflareDns`. */
export interface CloudflareDnsArgs {
  /**
   * The id of the zone, 32 hexadecimal digits, from the zone's overview page or a `cloudflare.Zone` resource. Another zone
   * replaces every record. The old records of a live domain go only when the new zone serves it (see `nameSuffix`).
   */
  zoneId: pulumi.Input<string>;
  /**
   * The name of the zone, such as `example.com`. Where it is given, `AgentDomain` refuses a domain outside the zone in the
   * preview. Cloudflare itself would append the zone's name to the record's and publish it elsewhere.
   */
  zoneName?: string;
  /** Seconds that resolvers keep the records; 60 to 86400, or 1 for Cloudflare's automatic (the default). Changes in place. */
  ttl?: pulumi.Input<number>;
  /**
   * Records that already stand in the zone, to be taken over instead of made. Give the id of the record by slot: `{ mx:
   * "372e67954025e0ba6aaa6d586b9e0b59" }` (or `<zone id>/<record id>` where `zoneId` is an output). The official
   * resource's own import takes them over. So content, TTL and comment of the record have to be what is declared here, or
   * the engine refuses and shows the difference. Take the line away once it has happened. What the state holds already is
   * not imported: a new line for it is refused, or changes nothing and says so.
   */
  adopt?: { readonly [S in Slot]?: string };
  /**
   * A note on each record, in Cloudflare's dashboard only: at most 500 characters, and 100 in a zone on a free plan. More
   * than 500 are refused in the preview, more than 100 warned of. Changes in place.
   */
  comment?: pulumi.Input<string>;
  /**
   * Ends the names of the record resources: `agents-mx-new` with `"new"`. Default: none. Give one when the records of a
   * live domain move to another zone here. The new records then stand beside the old ones as resources of their own, and
   * you can take the move back. Changing it makes every record anew and removes the old ones.
   */
  nameSuffix?: string;
}

/** Arguments of `route53Dns`. */
export interface Route53DnsArgs {
  /**
   * The id of the hosted zone, such as `Z1D633PJN98FT9`, from the console or the `zoneId` of an `aws.route53.Zone`.
   * Another zone replaces every record. The old records of a live domain go only when the new zone serves it (see
   * `nameSuffix`).
   */
  zoneId: pulumi.Input<string>;
  /**
   * The name of the zone, such as `example.com`. Where it is given, `AgentDomain` refuses a domain outside the zone in the
   * preview. The official resource would append the zone's name to the record's and publish it elsewhere.
   */
  zoneName?: string;
  /** Seconds that resolvers keep the records. Default: 300. Changes in place. */
  ttl?: pulumi.Input<number>;
  /**
   * Other TXT values that stand at the domain itself and are to stay, such as `google-site-verification=…`. Route 53 has
   * one record set for all TXT values of a name, so every write replaces them all. The text alone, without quotes. Changes
   * in place. A value that is taken out here is taken out of the DNS, and deleting the domain deletes the whole set.
   */
  existing?: readonly pulumi.Input<string>[];
  /**
   * Record sets that already stand in the zone, to be taken over instead of made, by a slot they hold: `{ spf: true, mx:
   * true }`. Route 53 names a record set by zone, name and type. One of them may be unknown when the program runs (`dkim`
   * and `feedback` without `hosts`, or a zone that is an output). Write the id out then: `{ dkim:
   * "Z1D633PJN98FT9_k._domainkey.agents.example.com_TXT" }`.
   *
   * The official resource's own import takes them over, and writes nothing. As long as a slot stands here, its record set
   * keeps the values and the TTL it has. Take it out in the next change, and the preview shows what becomes of them. A set
   * that the state holds already is not imported again.
   */
  adopt?: { readonly [S in Slot]?: true | string };
  /**
   * Ends the names of the record resources: `agents-mx-new` with `"new"`. Default: none. Give one when the records of a
   * live domain move to another zone here. The new records then stand beside the old ones as resources of their own, and
   * you can take the move back. Changing it makes every record anew and removes the old ones.
   */
  nameSuffix?: string;
}

/** Arguments of `zoneFile`. */
export interface ZoneFileArgs {
  /**
   * A folder, relative to the program's: `up` writes `<domain>.zone` and `<domain>.md` into it as soon as the records are
   * known, and again when they change. A preview writes nothing. Default: no files, only the output `dnsInstructions`.
   */
  path?: string;
  /** Seconds that resolvers keep the records, as the files propose it. Default: 3600. */
  ttl?: number;
}
