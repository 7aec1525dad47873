import * as pulumi from "@pulumi/pulumi";
// The one module: the whole of @pulumi/aws takes a third of a second to load, this 10 ms.
import { Record } from "@pulumi/aws/route53/record";
import type { DeclaredRecord, DnsAdapter, PublishRequest } from "./adapter";
import { isSpf } from "./guards";
import { requireArgument, requireArguments } from "../lifecycle/arguments";
import { slots, type Slot } from "./layout";
import {
  defaultMxPriority,
  normaliseName,
  requireZoneName,
  route53Txt as txtValue,
  unquoteTxt,
} from "./records";

export { route53Txt as txtValue } from "./records";

export interface Route53DnsArgs {
  /**
   * The id of the hosted zone, such as `Z1D633PJN98FT9`, from the console or the `zoneId` of an `aws.route53.Zone`.
   * Another zone replaces every record.
   */
  zoneId: pulumi.Input<string>;

  /**
   * The name of the zone, such as `example.com`. Where it is given, `AgentDomain` refuses a domain outside the zone in the
   * preview; the official resource would append the zone's name to the record's and publish it elsewhere.
   */
  zoneName?: string;

  /** Seconds that resolvers keep the records. Default: 300. Changes in place. */
  ttl?: pulumi.Input<number>;

  /**
   * Other TXT values that stand at the domain itself and are to stay, such as `google-site-verification=…`: Route 53 has
   * one record set for all TXT values of a name, and whoever writes it writes them all. The text alone, without quotes.
   * Changes in place. A value that is taken out here is taken out of the DNS, and deleting the domain deletes the whole set.
   */
  existing?: readonly pulumi.Input<string>[];

  /**
   * Record sets that already stand in the zone, to be taken over instead of made, by a slot they hold:
   * `{ spf: true, mx: true }`. Route 53 names a record set by zone, name and type; where one of them is not known when the
   * program runs (`dkim` and `feedback` without `hosts`, or a zone that is an output), write it out:
   * `{ dkim: "Z1D633PJN98FT9_k._domainkey.agents.example.com_TXT" }`.
   *
   * The official resource's own import does it, and writes nothing: as long as a slot stands here, its record set keeps
   * the values and the TTL it has. Take it out in the next change, and the preview shows what becomes of them.
   */
  adopt?: { readonly [S in Slot]?: true | string };
}

/**
 * Publishes the records of an `AgentDomain` in a Route 53 hosted zone, by the official `aws.route53.Record`
 * (`@pulumi/aws` 7), as children of the component. Route 53 has one record set for each name and type, so all TXT values
 * at the domain (ownership, SPF and yours, see `existing`) are one resource, `<component>-txt`; the others are named by
 * their slot, `<component>-mx` and so on.
 *
 * ```ts
 * new AgentDomain("agents", { domainName: "agents.example.com", dns: route53Dns({ zoneId, zoneName: "example.com" }) });
 * ```
 *
 * It needs `route53:ChangeResourceRecordSets`, `ListResourceRecordSets` and `GetHostedZone` on the zone, and
 * `route53:GetChange`. Nothing that stands already is overwritten: `up` fails then, and `existing` and `adopt` are the
 * ways on. Where the zone lies in another account, hand over that account's provider: `route53Dns({ zoneId }, { provider })`.
 */
export function route53Dns(
  args: Route53DnsArgs,
  opts: { provider?: pulumi.ProviderResource } = {},
): DnsAdapter {
  judgeArguments(args, opts);
  const existing = keptTexts(args.existing ?? []);
  const adopt = args.adopt ?? {};
  return {
    kind: "route53",
    ...(args.zoneName !== undefined && { zoneName: normaliseName(args.zoneName) }),
    // What is taken over keeps its values for now, and they need not be the ones that Nylas waits for.
    waitByDefault: Object.keys(adopt).length === 0,

    publish(request) {
      const sets = recordSets(request, existing);
      const importIds = sets.map((set) => importId(args.zoneId, set, adopt));
      return sets.map(
        ({ name, type, resource, values }, at) =>
          new Record(
            resource,
            { zoneId: args.zoneId, name, type, ttl: args.ttl ?? 300, records: values },
            {
              ...request.options,
              ...(opts.provider && { provider: opts.provider }),
              ...(importIds[at] !== undefined && {
                import: importIds[at],
                ignoreChanges: ["records", "ttl"],
              }),
            },
          ),
      );
    },
  };
}

/** Refused here, where no resource has been registered yet. Ids stand in paths of Route 53's API. */
function judgeArguments(args: Route53DnsArgs, opts: { provider?: pulumi.ProviderResource }): void {
  const names = ["zoneId", "zoneName", "ttl", "existing", "adopt"];
  requireArguments("route53Dns", args, '{ zoneId: "Z1D633PJN98FT9", zoneName: "example.com" }', names);
  requireArguments("route53Dns: its options", opts, "{ provider }", ["provider"]);
  requireArgument("route53Dns", "zoneId", args.zoneId, {
    fits: (value) => typeof value === "string" && /^(\/?hostedzone\/)?[A-Za-z0-9]{1,64}$/.test(value),
    allowed: "the id of a hosted zone",
    example: '"Z1D633PJN98FT9"',
    later: true,
  });
  requireZoneName("route53Dns", args.zoneName);
  if (args.ttl !== undefined) {
    requireArgument("route53Dns", "ttl", args.ttl, {
      fits: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 2 ** 31 - 1,
      allowed: "whole seconds",
      example: "300",
      later: true,
    });
  }
  if (args.existing !== undefined) {
    requireArgument("route53Dns", "existing", args.existing, {
      fits: (value) => Array.isArray(value),
      allowed: "a list of texts",
      example: '["google-site-verification=…"]',
    });
    args.existing.forEach((text, i) =>
      requireArgument("route53Dns", `existing[${i}]`, text, {
        fits: (value) => typeof value === "string" && value.trim() !== "",
        allowed: "the text of a TXT record",
        example: '"google-site-verification=…"',
        later: true,
      }),
    );
  }
  if (args.adopt === undefined) return;
  requireArguments("route53Dns: adopt", args.adopt, "{ mx: true }", slots);
  for (const [slot, set] of Object.entries(args.adopt)) {
    if (set === undefined) continue;
    requireArgument("route53Dns", `adopt.${slot}`, set, {
      fits: (value) =>
        value === true ||
        (typeof value === "string" && /^[A-Za-z0-9]{1,64}_[A-Za-z0-9._*-]+_(MX|TXT)$/.test(value)),
      allowed: "true, or the record set as <zone id>_<name>_<type>",
      example: "true",
    });
  }
}

/** One resource: all values of one type at one name. */
interface RecordSet {
  resource: string;
  name: pulumi.Input<string>;
  type: DeclaredRecord["type"];
  slots: Slot[];
  values: pulumi.Input<string>[];
}

/**
 * The records by name and type. Which ones share a set is fixed by the program: a name that has yet to be asked for is
 * its own set, and Nylas' answer is held to that before anything is published.
 */
function recordSets(
  { component, domainName, records }: PublishRequest,
  existing: pulumi.Input<string>[],
): RecordSet[] {
  const sets: RecordSet[] = [];
  for (const record of records) {
    const known = typeof record.name === "string" ? normaliseName(record.name) : undefined;
    const shared = sets.find(
      ({ name, type }) => known !== undefined && name === known && type === record.type,
    );
    if (shared) {
      shared.slots.push(record.slot);
      shared.values.push(value(record));
      continue;
    }
    const own = known === domainName && record.type === "TXT" ? "txt" : record.slot;
    sets.push({
      resource: `${component}-${own}`,
      name: known ?? pulumi.output(record.name).apply(normaliseName),
      type: record.type,
      slots: [record.slot],
      values: [value(record)],
    });
  }
  if (existing.length === 0) return sets;
  const home = sets.find(({ name, type }) => name === domainName && type === "TXT");
  if (!home) {
    throw new pulumi.RunError(
      `route53Dns: existing: hosts puts no TXT record of ${component} at ${domainName}, so the values there are in no ` +
        `record set of this program; leave existing out`,
    );
  }
  home.values.push(...existing);
  return sets;
}

function value({ type, value, priority }: DeclaredRecord): pulumi.Output<string> {
  if (type === "TXT") return pulumi.output(value).apply(txtValue);
  return pulumi
    .all([priority ?? defaultMxPriority, value])
    .apply(([preference, target]) => `${preference} ${normaliseName(target)}`);
}

/** The values to keep, in the resource's form. What `AgentDomain` declares itself would stand there twice. */
function keptTexts(existing: readonly pulumi.Input<string>[]): pulumi.Input<string>[] {
  const texts = existing.map((text) => (typeof text === "string" ? unquoteTxt(text) : text));
  for (const text of texts) {
    if (typeof text !== "string") continue;
    if (isSpf(text)) {
      throw new pulumi.RunError(
        `route53Dns: existing: ${JSON.stringify(text)} is an SPF record, and a name may have only one; leave it out here, and ` +
          `give AgentDomain the text that serves both senders: known: { spf: { value: "v=spf1 …" } }`,
      );
    }
    if (text.startsWith("nylas-ownership-verify=")) {
      throw new pulumi.RunError(
        `route53Dns: existing: ${JSON.stringify(text)} is the ownership record, which AgentDomain declares; leave it out`,
      );
    }
  }
  return [...new Set(texts)].map((text) =>
    typeof text === "string"
      ? txtValue(text)
      : pulumi.output(text).apply((known) => txtValue(unquoteTxt(known))),
  );
}

/** Composed before any resource is registered, so that a mistake leaves nothing behind. */
function importId(
  zoneId: pulumi.Input<string>,
  { name, type, slots }: RecordSet,
  adopt: NonNullable<Route53DnsArgs["adopt"]>,
): string | undefined {
  const slot = slots.find((each) => adopt[each] !== undefined);
  if (slot === undefined) return undefined;
  const given = adopt[slot];
  if (typeof given === "string") return given;
  if (typeof zoneId === "string" && typeof name === "string") {
    return `${zoneId.replace(/^\/?hostedzone\//, "")}_${name}_${type}`;
  }
  const unknown = typeof zoneId === "string" ? `the name of the ${slot} record` : "zoneId";
  throw new pulumi.RunError(
    `route53Dns: adopt.${slot}: ${unknown} is not known when the program runs; write the record set out: ` +
      `"<zone id>_${typeof name === "string" ? name : "<name>"}_${type}"`,
  );
}
