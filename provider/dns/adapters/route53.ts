import * as pulumi from "@pulumi/pulumi";
// The one module: the whole of @pulumi/aws takes a third of a second to load, this 10 ms.
import { Record } from "@pulumi/aws/route53/record";
import type { DeclaredRecord, DnsAdapter, PublishRequest } from "./adapter";
import { type Route53DnsArgs } from "./dnsArgs";
import { isSpf } from "../guards";
import { difference, importOnce, type LookAtRecord, onlyWhatIsDeclared } from "./heldRecords";
import { requireArgument, requireArguments } from "../../hosts/dynamic/arguments";
import { producedAll, producedPart } from "../../hosts/dynamic/produced";
import { route53ZoneIds, suffix } from "../place";
import { placeOf, requireNameSuffix, requireZoneId, requireZoneName } from "./arguments";
import { slots, type Slot } from "../layout";
import { defaultMxPriority, normaliseName, route53Txt as txtValue, unquoteTxt } from "../records";
import { PLACEHOLDER, resolvedInUp } from "./unresolved";
import { runError } from "../../hosts/dynamic/runError";

export { route53Txt as txtValue } from "../records";

export { type Route53DnsArgs } from "./dnsArgs";

/**
 * Publishes the records of an `AgentDomain` in a Route 53 hosted zone, by the official `aws.route53.Record`
 * (`@pulumi/aws` 7), as children of the component. Route 53 has one record set for each name and type. So all TXT
 * values at the domain (ownership, SPF and yours, see `existing`) are one resource, `<component>-txt`. The others are
 * named by their slot, `<component>-mx` and so on.
 *
 * ```ts
 * new AgentDomain("agents", { domainName: "agents.example.com", dns: route53Dns({ zoneId, zoneName: "example.com" }) });
 * ```
 *
 * It needs `route53:ChangeResourceRecordSets`, `ListResourceRecordSets` and `GetHostedZone` on the zone, and
 * `route53:GetChange`. Nothing that stands already is overwritten: `up` fails then, and `existing` and `adopt` are the
 * ways on. Where the zone lies in another account, hand over that account's provider: `route53Dns({ zoneId, zoneName }, { provider })`.
 */
export function route53Dns(
  args: Route53DnsArgs,
  opts: { provider?: pulumi.ProviderResource } = {},
): DnsAdapter {
  assertArguments(args, opts);
  const existing = keptTexts(args.existing ?? []);
  const adopt = args.adopt ?? {};
  return {
    kind: "route53",
    place: placeOf(route53ZoneIds, args.zoneId, args.nameSuffix),
    ...(args.zoneName !== undefined && { zoneName: normaliseName(args.zoneName) }),
    // What is taken over keeps its values for now, and they need not be the ones that Nylas waits for.
    waitByDefault: Object.keys(adopt).length === 0,

    publish(request) {
      const sets = recordSets(request, existing);
      const importIds = sets.map((set) => importId(args.zoneId, set, adopt));
      return sets.map(
        ({ name, type, resource, values }, at) =>
          new Record(
            `${resource}${suffix(args.nameSuffix)}`,
            {
              zoneId: resolvedInUp(args.zoneId, PLACEHOLDER_ZONE),
              name: resolvedInUp(name, PLACEHOLDER),
              type,
              ttl: resolvedInUp(args.ttl ?? 300, 300),
              records: values.map((text) => resolvedInUp(text, placeholderValue(type))),
            },
            {
              ...request.options,
              ...(opts.provider && { provider: opts.provider }),
              ...(importIds[at] !== undefined && {
                import: importIds[at],
                transforms: [...(importOnce().transforms ?? []), ...onlyWhatIsDeclared(sameSet)],
                ignoreChanges: ["records", "ttl"],
              }),
            },
          ),
      );
    },

    answeredNames: (published) => published.map((set) => (set as Record).fqdn),
  };
}

/** The import id of a set says which one it is. */
const sameSet: LookAtRecord = ({ importId, props }) => {
  const [, zone, name, type] = /^([A-Za-z0-9]+)_(.+)_([A-Z]+)$/.exec(importId) ?? [];
  const bareZone = (id: string) => id.replace(/^\/?hostedzone\//, "").toUpperCase();
  return Promise.resolve(
    difference("zone", [zone, props["zoneId"]], bareZone) ??
      difference("name", [name, props["name"]], normaliseName) ??
      difference("type", [type, props["type"]]),
  );
};

/** In the form of an id, and the id of no zone. */
const PLACEHOLDER_ZONE = "Z00000000000000000000";

function placeholderValue(type: DeclaredRecord["type"]): string {
  return type === "MX" ? `${defaultMxPriority} ${PLACEHOLDER}` : PLACEHOLDER;
}

/** Refused here, where no resource has been registered yet. Ids stand in paths of Route 53's API. */
function assertArguments(args: Route53DnsArgs, opts: { provider?: pulumi.ProviderResource }): void {
  const names = ["zoneId", "zoneName", "ttl", "existing", "adopt", "nameSuffix"];
  requireArguments("route53Dns", args, '{ zoneId: "Z1D633PJN98FT9", zoneName: "example.com" }', names);
  requireArguments("route53Dns: its options", opts, "{ provider }", ["provider"]);
  requireZoneId(route53ZoneIds, args.zoneId);
  requireZoneName("route53Dns", args.zoneName);
  requireNameSuffix("route53Dns", args.nameSuffix);
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
      fits: (value) => value === true || (typeof value === "string" && RECORD_SET.test(value)),
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
 * The records by name and type. The program fixes which ones share a set. A name that has yet to be asked for is its
 * own set, and Nylas' answer is held to that before anything is published.
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
      name: known ?? producedPart(pulumi.output(record.name), normaliseName),
      type: record.type,
      slots: [record.slot],
      values: [value(record)],
    });
  }
  if (existing.length === 0) return sets;
  const home = sets.find(({ name, type }) => name === domainName && type === "TXT");
  if (!home) {
    throw runError(
      `route53Dns: existing: hosts puts no TXT record of ${component} at ${domainName}, so the values there are in no ` +
        `record set of this program; leave existing out`,
    );
  }
  home.values.push(...existing);
  return sets;
}

function value({ type, value, priority }: DeclaredRecord): pulumi.Output<string> {
  if (type === "TXT") return producedPart(pulumi.output(value), txtValue);
  return producedAll<string | number>([priority ?? defaultMxPriority, value]).apply(
    ([preference, target]) => `${preference} ${normaliseName(target as string)}`,
  );
}

/** The values to keep, in the resource's form. What `AgentDomain` declares itself would stand there twice. */
function keptTexts(existing: readonly pulumi.Input<string>[]): pulumi.Input<string>[] {
  const texts = existing.map((text) => (typeof text === "string" ? unquoteTxt(text) : text));
  for (const text of texts) {
    if (typeof text !== "string") continue;
    if (isSpf(text)) {
      throw runError(
        `route53Dns: existing: ${JSON.stringify(text)} is an SPF record, and a name may have only one; leave it out here, and ` +
          `give AgentDomain the text that serves both senders: known: { spf: { value: "v=spf1 …" } }`,
      );
    }
    if (text.startsWith("nylas-ownership-verify=")) {
      throw runError(
        `route53Dns: existing: ${JSON.stringify(text)} is the ownership record, which AgentDomain declares; leave it out`,
      );
    }
  }
  return [...new Set(texts)].map((text) =>
    typeof text === "string"
      ? txtValue(text)
      : producedPart(pulumi.output(text), (known) => txtValue(unquoteTxt(known))),
  );
}

/** A record set as it is imported, in any spelling. */
const RECORD_SET = /^(?:\/?hostedzone\/)?([A-Za-z0-9]{1,64})_((?:[A-Za-z0-9._*-]|\\\d{3})+)_(MX|TXT)$/i;

/** The spelling that the vendor's resource gives to the id: another one would be another object to the engine. */
export function plainId(id: string): string {
  const [, zone, name, type] = RECORD_SET.exec(id) ?? [];
  if (zone === undefined || name === undefined || type === undefined) return id;
  const opened = name.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  return `${zone.toUpperCase()}_${opened.toLowerCase().replace(/\.$/, "")}_${type.toUpperCase()}`;
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
  if (typeof given === "string") return plainId(given);
  if (typeof zoneId === "string" && typeof name === "string") return plainId(`${zoneId}_${name}_${type}`);
  const unknown = typeof zoneId === "string" ? `the name of the ${slot} record` : "zoneId";
  throw runError(
    `route53Dns: adopt.${slot}: ${unknown} is not known when the program runs; write the record set out: ` +
      `"<zone id>_${typeof name === "string" ? name : "<name>"}_${type}"`,
  );
}
