import * as pulumi from "@pulumi/pulumi";
// The one module: the whole of @pulumi/cloudflare takes 670 ms to load, this 3 ms.
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
import type { DeclaredRecord, DnsAdapter } from "./adapter";
import { requireArgument, requireArguments } from "../lifecycle/arguments";
import { slots, type Slot } from "./layout";
import { normaliseName, quoteTxt, requireZoneName } from "./records";

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
  judgeArguments(args, opts);
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

/** Refused here, where no resource has been registered yet. Ids stand in paths of Cloudflare's API. */
function judgeArguments(args: CloudflareDnsArgs, opts: { provider?: pulumi.ProviderResource }): void {
  const example = '{ zoneId: "023e105f4ecef8ad9ca31a8372d0c353", zoneName: "example.com" }';
  requireArguments("cloudflareDns", args, example, ["zoneId", "zoneName", "ttl", "adopt", "comment"]);
  requireArguments("cloudflareDns: its options", opts, "{ provider }", ["provider"]);
  const id = "[A-Za-z0-9_-]{1,128}";
  requireArgument("cloudflareDns", "zoneId", args.zoneId, {
    fits: (value) => typeof value === "string" && new RegExp(`^${id}$`).test(value),
    allowed: "the id of a zone",
    example: '"023e105f4ecef8ad9ca31a8372d0c353"',
    later: true,
  });
  requireZoneName("cloudflareDns", args.zoneName);
  if (args.ttl !== undefined) {
    requireArgument("cloudflareDns", "ttl", args.ttl, {
      fits: (value) =>
        Number.isInteger(value) && (value === 1 || ((value as number) >= 30 && (value as number) <= 86_400)),
      allowed: "whole seconds from 60 to 86400 (from 30 in an Enterprise zone), or 1 for automatic",
      example: "300",
      later: true,
    });
  }
  if (args.comment !== undefined) {
    requireArgument("cloudflareDns", "comment", args.comment, {
      fits: (value) => typeof value === "string",
      allowed: "a text",
      example: '"Mailboxes of our agents"',
      later: true,
    });
  }
  if (args.adopt === undefined) return;
  requireArguments("cloudflareDns: adopt", args.adopt, '{ mx: "372e67954025e0ba6aaa6d586b9e0b59" }', slots);
  for (const [slot, record] of Object.entries(args.adopt)) {
    if (record === undefined) continue;
    requireArgument("cloudflareDns", `adopt.${slot}`, record, {
      fits: (value) => typeof value === "string" && new RegExp(`^(${id}/)?${id}$`).test(value),
      allowed: "the id of a record, alone or as <zone id>/<record id>",
      example: '"372e67954025e0ba6aaa6d586b9e0b59"',
    });
  }
}

/** Always in the same form: Cloudflare quotes an unquoted text on its own, and the next refresh would show a change. */
function content({ type, value }: DeclaredRecord): pulumi.Output<string> {
  return pulumi.output(value).apply(type === "TXT" ? quoteTxt : normaliseName);
}

function importIds({ zoneId, adopt = {} }: CloudflareDnsArgs): { [S in Slot]?: string } {
  const ids: { [S in Slot]?: string } = {};
  for (const [slot, id] of Object.entries(adopt) as [Slot, string | undefined][]) {
    if (id === undefined) continue;
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
