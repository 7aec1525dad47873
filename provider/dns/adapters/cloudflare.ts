import * as pulumi from "@pulumi/pulumi";
// The one module: the whole of @pulumi/cloudflare takes 670 ms to load, this 3 ms.
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
import { getDnsRecord } from "@pulumi/cloudflare/getDnsRecord";
import type { DeclaredRecord, DnsAdapter } from "./adapter";
import { type CloudflareDnsArgs } from "./dnsArgs";
import type * as HeldRecords from "./heldRecords";
import { producedPart } from "../../hosts/dynamic/produced";
import { isLater, requireArgument, requireArguments } from "../../hosts/dynamic/arguments";
import { slots, type Slot } from "../layout";
import { cloudflareZoneIds, refusedPlace, suffix } from "../place";
import { placeOf, requireNameSuffix, requireZoneId, requireZoneName } from "./arguments";
import { defaultMxPriority, normaliseName, quoteTxt, unquoteTxt } from "../records";
import { PLACEHOLDER, resolvedInUp } from "./unresolved";
import { runError } from "../../hosts/dynamic/runError";

export { type CloudflareDnsArgs } from "./dnsArgs";

/**
 * Publishes the records of an `AgentDomain` in a Cloudflare zone, by the official `cloudflare.DnsRecord` (version 6).
 * There is one resource for each record, named `<component>-mx` and so on, as children of the component.
 *
 * ```ts
 * new AgentDomain("agents", { domainName: "agents.example.com", dns: cloudflareDns({ zoneId, zoneName: "example.com" }) });
 * ```
 *
 * The token needs `DNS Write` on the zone. Where the zone lies in another account, hand over that account's provider:
 * `cloudflareDns({ zoneId, zoneName }, { provider })`.
 */
export function cloudflareDns(
  args: CloudflareDnsArgs,
  opts: { provider?: pulumi.ProviderResource } = {},
): DnsAdapter {
  assertArguments(args, opts);
  const adopted = importIds(args);
  return {
    kind: "cloudflare",
    place: placeWith(args),
    ...(Object.keys(adopted).length > 0 && { adopts: adopted }),
    ...(args.zoneName !== undefined && { zoneName: normaliseName(args.zoneName) }),
    waitByDefault: true,

    publish({ component, records, options }) {
      warnOfComment(args.comment, options.parent);
      return records.map((record) => {
        const importId = adopted[record.slot];
        return new DnsRecord(
          `${component}-${record.slot}${suffix(args.nameSuffix)}`,
          {
            zoneId: resolvedInUp(args.zoneId, PLACEHOLDER_ZONE),
            type: record.type,
            name: resolvedInUp(producedPart(pulumi.output(record.name), normaliseName), PLACEHOLDER),
            content: resolvedInUp(content(record), record.type === "TXT" ? `"${PLACEHOLDER}"` : PLACEHOLDER),
            ...(record.priority !== undefined && {
              priority: resolvedInUp(record.priority, defaultMxPriority),
            }),
            ttl: resolvedInUp(args.ttl ?? 1, 1),
            proxied: false,
            ...(args.comment !== undefined && { comment: args.comment }),
          },
          {
            ...options,
            ...(opts.provider && { provider: opts.provider }),
            ...(importId !== undefined && {
              import: importId,
              transforms: [
                ...(options.transforms ?? []),
                ...loadHeldRecords().onlyWhatIsDeclared(sameRecordAt(opts.provider)),
              ],
            }),
          },
        );
      });
    },

    // With the zone's name, a wrong one is refused in the preview. Without it, Cloudflare is asked where a record has landed: the resource itself
    // repeats the name that was declared.
    ...(args.zoneName === undefined && {
      answeredNames: (published: pulumi.Resource[]) =>
        published
          .slice(0, 1)
          .map((record) => nameAtCloudflare(record as DnsRecord, args.zoneId, opts.provider)),
    }),
  };
}

function loadHeldRecords(): typeof HeldRecords {
  // oxlint-disable-next-line typescript/no-require-imports -- few programs ever adopt a record
  return require("./heldRecords") as typeof HeldRecords;
}

/** Looks at the record itself, because its id tells nothing. One that is not there is the engine's error, which says so. */
const sameRecordAt =
  (provider: pulumi.ProviderResource | undefined): HeldRecords.LookAtRecord =>
  async ({ importId, props }, parent) => {
    const { difference } = loadHeldRecords();
    const [zone, dnsRecordId] = importId.split("/") as [string, string];
    const elsewhere = difference("zone", [zone, props["zoneId"]], (id) => id.toLowerCase());
    if (elsewhere !== undefined) return elsewhere;
    const found = await getDnsRecord(
      { zoneId: zone, dnsRecordId },
      { ...(parent && { parent }), ...(provider && { provider }) },
    ).catch(() => undefined);
    if (found === undefined) return undefined;
    const bare = found.type === "TXT" ? unquoteTxt : normaliseName;
    return (
      difference("type", [found.type, props["type"]]) ??
      difference("name", [found.name, props["name"]], normaliseName) ??
      difference("content", [found.content, props["content"]], bare)
    );
  };

/** The name that a record has at Cloudflare; undefined in a preview, or where it cannot be asked. */
function nameAtCloudflare(
  record: DnsRecord,
  zoneId: pulumi.Input<string>,
  provider: pulumi.ProviderResource | undefined,
): pulumi.Output<string | undefined> {
  if (pulumi.runtime.isDryRun()) return pulumi.output(undefined);
  return pulumi.all([record.id, zoneId]).apply(async ([dnsRecordId, zone]) => {
    if (!dnsRecordId || !zone) return undefined;
    try {
      const found = await getDnsRecord(
        { zoneId: zone, dnsRecordId },
        { parent: record, ...(provider && { provider }) },
      );
      return typeof found?.name === "string" ? found.name : undefined;
    } catch {
      return undefined;
    }
  });
}

/** What a comment may have at most, by Cloudflare's documentation of record attributes. */
const MAX_COMMENT = 500;
const MAX_COMMENT_ON_FREE_PLANS = 100;

function lengthOf(text: string): number {
  return [...text].length;
}

/** Where the records go. A comment that is an output is judged with it, as it is known too late to be refused as an argument. */
function placeWith({ zoneId, nameSuffix, comment }: CloudflareDnsArgs): pulumi.Output<string> {
  const place = placeOf(cloudflareZoneIds, zoneId, nameSuffix);
  if (!isLater(comment)) return place;
  return pulumi.all([place, comment]).apply(([known, text]) => {
    const length = typeof text === "string" ? lengthOf(text) : 0;
    if (length <= MAX_COMMENT) return known;
    return refusedPlace(
      cloudflareZoneIds,
      `comment has ${length} characters; Cloudflare allows ${MAX_COMMENT}`,
    );
  });
}

/** Said on the component's row. */
function warnOfComment(comment: pulumi.Input<string> | undefined, parent: pulumi.Resource): void {
  pulumi.output(comment).apply((text) => {
    const length = typeof text === "string" ? lengthOf(text) : 0;
    if (length <= MAX_COMMENT_ON_FREE_PLANS) return;
    void pulumi.log.warn(
      `cloudflareDns: comment has ${length} characters; in a zone on a free plan Cloudflare allows ${MAX_COMMENT_ON_FREE_PLANS}.`,
      parent,
    );
  });
}

/** In the form of an id, and the id of no zone. */
const PLACEHOLDER_ZONE = "00000000000000000000000000000000";

/** Refused here, where no resource has been registered yet. Ids stand in paths of Cloudflare's API. */
function assertArguments(args: CloudflareDnsArgs, opts: { provider?: pulumi.ProviderResource }): void {
  const example = '{ zoneId: "023e105f4ecef8ad9ca31a8372d0c353", zoneName: "example.com" }';
  requireArguments("cloudflareDns", args, example, [
    "zoneId",
    "zoneName",
    "ttl",
    "adopt",
    "comment",
    "nameSuffix",
  ]);
  requireArguments("cloudflareDns: its options", opts, "{ provider }", ["provider"]);
  const id = "[A-Za-z0-9_-]{1,128}";
  requireZoneId(cloudflareZoneIds, args.zoneId);
  requireZoneName("cloudflareDns", args.zoneName);
  requireNameSuffix("cloudflareDns", args.nameSuffix);
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
      fits: (value) => typeof value === "string" && lengthOf(value) <= MAX_COMMENT,
      allowed: `a text of at most ${MAX_COMMENT} characters (${MAX_COMMENT_ON_FREE_PLANS} on a free plan)`,
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
  return producedPart(pulumi.output(value), type === "TXT" ? quoteTxt : normaliseName);
}

function importIds({ zoneId, adopt = {} }: CloudflareDnsArgs): { [S in Slot]?: string } {
  const ids: { [S in Slot]?: string } = {};
  for (const [slot, id] of Object.entries(adopt) as [Slot, string | undefined][]) {
    if (id === undefined) continue;
    if (!id.includes("/") && typeof zoneId !== "string") {
      throw runError(
        `cloudflareDns: adopt.${slot}: the zone has to be known as a plain string, and zoneId is an output; ` +
          `write "<zone id>/${id}"`,
      );
    }
    const [record, zone = zoneId as string] = id.split("/").reverse() as [string, string?];
    ids[slot] = `${plainId(zone)}/${plainId(record)}`;
  }
  return ids;
}

/** Cloudflare writes its ids in small letters; another spelling would be another object to the engine. */
function plainId(id: string): string {
  return /^[0-9a-f]{32}$/i.test(id) ? id.toLowerCase() : id;
}
