import { object, table } from "../../core/propertyTable";
import { integer, list, text, type Property, type PropertyTable, type Type } from "../../core/types";
import { type Slot, slots } from "../../dns/layout";
import { cloudflareZoneIds, NAME_SUFFIX, NAME_SUFFIXES, route53ZoneIds } from "../../dns/place";
import { typed } from "../types";

/** Where the records of a domain are published: the arguments of each adapter, and all adapters as one object of data. */

const zoneName = {
  type: text("the name of the zone, as a plain string"),
  example: '"example.com"',
  isPlain: true,
} as const satisfies Omit<Property<string>, "text">;

const nameSuffix = {
  type: text(NAME_SUFFIXES, NAME_SUFFIX),
  example: '"new"',
  text: 'Ends the names of the record resources: `agents-mx-new` with `"new"`. Default: none. Give one when the records of a live domain move to another zone here. The new records then stand beside the old ones as resources of their own, and you can take the move back. Changing it makes every record anew and removes the old ones.',
  isPlain: true,
} as const satisfies Property<string>;

export const cloudflareDnsProperties = table({
  zoneId: {
    type: text(cloudflareZoneIds.allowed, cloudflareZoneIds.form),
    example: cloudflareZoneIds.example,
    text: "The id of the zone, 32 hexadecimal digits, from the zone's overview page or a `cloudflare.Zone` resource. Another zone replaces every record. The old records of a live domain go only when the new zone serves it (see `nameSuffix`).",
    required: true,
  },
  zoneName: {
    ...zoneName,
    text: "The name of the zone, such as `example.com`. Where it is given, `AgentDomain` refuses a domain outside the zone in the preview. Cloudflare itself would append the zone's name to the record's and publish it elsewhere.",
  },
  ttl: {
    type: integer("whole seconds from 60 to 86400, or 1 for automatic", 1, 86_400),
    example: "300",
    text: "Seconds that resolvers keep the records; 60 to 86400, or 1 for Cloudflare's automatic (the default). Changes in place.",
  },
  adopt: {
    type: adopted("the id of a record, alone or as <zone id>/<record id>"),
    example: '{ mx: "372e67954025e0ba6aaa6d586b9e0b59" }',
    text: 'Records that already stand in the zone, to be taken over instead of made. Give the id of the record by slot: `{ mx: "372e67954025e0ba6aaa6d586b9e0b59" }` (or `<zone id>/<record id>` where `zoneId` is an output). The official resource\'s own import takes them over. So content, TTL and comment of the record have to be what is declared here, or the engine refuses and shows the difference. Take the line away once it has happened. What the state holds already is not imported: a new line for it is refused, or changes nothing and says so.',
    isPlain: true,
  },
  comment: {
    type: text("a text of at most 500 characters (100 on a free plan)"),
    example: '"Mailboxes of our agents"',
    text: "A note on each record, in Cloudflare's dashboard only: at most 500 characters, and 100 in a zone on a free plan. More than 500 are refused in the preview, more than 100 warned of. Changes in place.",
  },
  nameSuffix,
});

export const route53DnsProperties = table({
  zoneId: {
    type: text(route53ZoneIds.allowed, route53ZoneIds.form),
    example: route53ZoneIds.example,
    text: "The id of the hosted zone, such as `Z1D633PJN98FT9`, from the console or the `zoneId` of an `aws.route53.Zone`. Another zone replaces every record. The old records of a live domain go only when the new zone serves it (see `nameSuffix`).",
    required: true,
  },
  zoneName: {
    ...zoneName,
    text: "The name of the zone, such as `example.com`. Where it is given, `AgentDomain` refuses a domain outside the zone in the preview. The official resource would append the zone's name to the record's and publish it elsewhere.",
  },
  ttl: {
    type: integer("whole seconds", 0, 2_147_483_647),
    example: "300",
    text: "Seconds that resolvers keep the records. Default: 300. Changes in place.",
  },
  existing: {
    type: typed<string[]>(list(text("a text without quotes"), "a list of texts"), {
      text: "readonly pulumi.Input<string>[]",
      isPlain: true,
    }),
    example: '["google-site-verification=…"]',
    text: "Other TXT values that stand at the domain itself and are to stay, such as `google-site-verification=…`. Route 53 has one record set for all TXT values of a name, so every write replaces them all. The text alone, without quotes. Changes in place. A value that is taken out here is taken out of the DNS, and deleting the domain deletes the whole set.",
  },
  adopt: {
    type: typed<Partial<Record<Slot, true | string>>>(adopted("the id of a record set"), {
      text: "{ readonly [S in Slot]?: true | string }",
      imports: { Slot: "dns/layout" },
      isPlain: true,
    }),
    example: "{ spf: true, mx: true }",
    text: `Record sets that already stand in the zone, to be taken over instead of made, by a slot they hold: \`{ spf: true, mx: true }\`. Route 53 names a record set by zone, name and type. One of them may be unknown when the program runs (\`dkim\` and \`feedback\` without \`hosts\`, or a zone that is an output). Write the id out then: \`{ dkim: "Z1D633PJN98FT9_k._domainkey.agents.example.com_TXT" }\`.

The official resource's own import takes them over, and writes nothing. As long as a slot stands here, its record set keeps the values and the TTL it has. Take it out in the next change, and the preview shows what becomes of them. A set that the state holds already is not imported again.`,
    elsewhere: `Record sets that already stand in the zone, to be taken over instead of made, by a slot they hold. Give the id of the set: zone, name and type, such as \`Z1D633PJN98FT9_agents.example.com_MX\`.

The official resource's own import takes them over, and writes nothing. As long as a slot stands here, its record set keeps the values and the TTL it has. Take it out in the next change, and the preview shows what becomes of them. A set that the state holds already is not imported again.`,
  },
  nameSuffix,
});

export const zoneFileProperties = table({
  path: {
    type: text("the path of a folder"),
    example: '"for-acme"',
    text: "A folder, relative to the program's: `up` writes `<domain>.zone` and `<domain>.md` into it as soon as the records are known, and again when they change. A preview writes nothing. Default: no files, only the output `dnsInstructions`.",
    isPlain: true,
  },
  ttl: {
    type: integer("whole seconds, such as 3600", 0, 2_147_483_647),
    example: "3600",
    text: "Seconds that resolvers keep the records, as the files propose it. Default: 3600.",
    isPlain: true,
  },
});

/** The adapters as data. A component that another language declares has one of them. */
export const dnsType: Type<object> = object(
  "Dns",
  { text: "DnsAdapter", imports: { DnsAdapter: "dns/adapters/adapter" } },
  table({
    cloudflare: adapter("CloudflareDns", cloudflareDnsProperties, "A zone at Cloudflare.", '{ zoneId: "…" }'),
    route53: adapter("Route53Dns", route53DnsProperties, "A hosted zone at Route 53.", '{ zoneId: "…" }'),
    zoneFile: adapter(
      "ZoneFile",
      zoneFileProperties,
      "Somebody else runs the DNS: nothing is published, and the records are handed over.",
      "{}",
    ),
  }),
  "one of cloudflare, route53 and zoneFile",
  "Where the DNS records of a domain are published: exactly one of these.",
);

function adapter(name: string, properties: PropertyTable, what: string, example: string): Property {
  return {
    type: object(name, { text: "object" }, properties, "an object", what),
    example,
    text: what,
  };
}

/** Ids of what stands already, by slot. */
function adopted(allowed: string): Type<Partial<Record<Slot, string>>> {
  const members = Object.fromEntries(
    slots.map((slot): [Slot, Property] => [slot, { type: text(allowed), example: '"…"', text: "" }]),
  );
  const input = { text: "{ readonly [S in Slot]?: string }", imports: { Slot: "dns/layout" }, isPlain: true };
  return typed(
    object("RecordIds", input, members, "ids by slot", "Ids of records that stand already, by slot."),
    input,
  );
}
