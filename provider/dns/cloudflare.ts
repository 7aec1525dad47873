import * as pulumi from "@pulumi/pulumi";
// The one module: the whole of @pulumi/cloudflare takes 670 ms to load, this 3 ms.
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
import type { DeclaredRecord, DnsAdapter } from "./adapter";
import type { Slot } from "./layout";
import { normaliseName, quoteTxt } from "./records";

export interface CloudflareDnsArgs {
  /**
   * The id of the zone, from the zone's overview page or a `cloudflare.Zone` resource. Another zone replaces every
   * record.
   */
  zoneId: pulumi.Input<string>;

  /**
   * The name of the zone, such as `example.com`. Where it is given, `AgentDomain` refuses a domain outside the zone in the
   * preview; Cloudflare itself would append the zone's name to the record's and publish it elsewhere.
   */
  zoneName?: string;

  /** Seconds that resolvers keep the records; 60 to 86400, or 1 for Cloudflare's automatic (the default). Changes in place. */
  ttl?: pulumi.Input<number>;

  /**
   * Records that already stand in the zone, to be taken over instead of made: the id of the record by slot,
   * `{ mx: "372e67954025e0ba6aaa6d586b9e0b59" }` (or `<zone id>/<record id>` where `zoneId` is an output). The official
   * resource's own import does it, so content, TTL and comment of the record have to be what is declared here, or the
   * engine refuses and shows the difference. May be removed once it has happened.
   */
  adopt?: { readonly [S in Slot]?: string };

  /** A note on each record, in Cloudflare's dashboard only. Changes in place. */
  comment?: pulumi.Input<string>;
}

/**
 * Publishes the records of an `AgentDomain` in a Cloudflare zone, by the official `cloudflare.DnsRecord` (version 6):
 * one resource for each record, named `<component>-mx` and so on, as children of the component.
 *
 * ```ts
 * new AgentDomain("agents", { domainName: "agents.example.com", dns: cloudflareDns({ zoneId, zoneName: "example.com" }) });
 * ```
 *
 * The token needs `DNS Write` on the zone. Where the zone lies in another account, hand over that account's provider:
 * `cloudflareDns({ zoneId }, { provider })`.
 */
export function cloudflareDns(
  args: CloudflareDnsArgs,
  opts: { provider?: pulumi.ProviderResource } = {},
): DnsAdapter {
  const adopted = importIds(args);
  return {
    kind: "cloudflare",
    ...(args.zoneName !== undefined && { zoneName: normaliseName(args.zoneName) }),
    waitByDefault: true,

    publish({ component, records, options }) {
      return records.map((record) => {
        const importId = adopted[record.slot];
        return new DnsRecord(
          `${component}-${record.slot}`,
          {
            zoneId: args.zoneId,
            type: record.type,
            name: pulumi.output(record.name).apply(normaliseName),
            content: content(record),
            ...(record.priority !== undefined && { priority: record.priority }),
            ttl: args.ttl ?? 1,
            proxied: false,
            ...(args.comment !== undefined && { comment: args.comment }),
          },
          {
            ...options,
            ...(opts.provider && { provider: opts.provider }),
            ...(importId !== undefined && { import: importId }),
          },
        );
      });
    },
  };
}

/** Always in the same form: Cloudflare quotes an unquoted text on its own, and the next refresh would show a change. */
function content({ type, value }: DeclaredRecord): pulumi.Output<string> {
  return pulumi.output(value).apply(type === "TXT" ? quoteTxt : normaliseName);
}

/** Refused here, where no resource has been registered yet. */
function importIds({ zoneId, adopt = {} }: CloudflareDnsArgs): { [S in Slot]?: string } {
  const ids: { [S in Slot]?: string } = {};
  for (const [slot, id] of Object.entries(adopt) as [Slot, string][]) {
    if (!id.includes("/") && typeof zoneId !== "string") {
      throw new pulumi.RunError(
        `cloudflareDns: adopt.${slot}: the zone has to be known as a plain string, and zoneId is an output; ` +
          `write "<zone id>/${id}"`,
      );
    }
    ids[slot] = id.includes("/") ? id : `${zoneId as string}/${id}`;
  }
  return ids;
}
