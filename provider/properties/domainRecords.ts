import { kindTable, object, table, type InputsOf } from "../core/propertyTable";
import {
  choice,
  flag,
  integer,
  list,
  text,
  type TypeName,
  type Property,
  type PropertyTable,
} from "../core/types";
import { type HostOverrides, type RecordSlots, type Slot, slots, slotTypes } from "../dns/layout";
import { nameProblem, normaliseName, type RecordType } from "../dns/records";
import { DOMAIN_PERMISSIONS } from "./shared";
import { domainName, id, isLine, line, place, typed } from "./types";

const LAYOUT = "dns/layout";
const SLOTS: TypeName = { text: "RecordSlots", imports: { RecordSlots: LAYOUT } };

export const RECORDS_EXAMPLE =
  '{ mx: { type: "MX", name: "agents.example.com", value: "inbound.example.net", priority: 10 } }';

/** Records by slot, each of the type that the slot has; `input` is how a program writes them. */
export function recordsType(input: TypeName) {
  const members = bySlot((slot) => ({
    type: object(
      slotTypes[slot] === "MX" ? "MxRecord" : "TxtRecord",
      SLOTS,
      recordMembers(slotTypes[slot]),
      "{ type, name, value, priority? }",
      slotTypes[slot] === "MX" ? "An MX record." : "A TXT record.",
    ),
    example: RECORDS_EXAMPLE,
    text: "",
  }));
  const allowed =
    "records by slot (ownership, spf, mx, dkim, feedback, dmarc), each { type, name, value, priority? }";
  return typed<Partial<RecordSlots>>(
    object("RecordSlots", SLOTS, members, allowed, "DNS records by slot."),
    input,
    SLOTS,
  );
}

export const PLACE_EXAMPLE = '"cloudflare:023e105f4ecef8ad9ca31a8372d0c353"';

const IMPORT_IDS: TypeName = { text: "Partial<Record<Slot, string>>", imports: { Slot: LAYOUT } };
const importIds = {
  type: typed<Partial<Record<Slot, string>>>(
    object(
      "ImportIds",
      IMPORT_IDS,
      bySlot(() => ({
        type: line("an import id, 1 to 300 characters", 300),
        example: '"023e105f4ecef8ad9ca31a8372d0c353/372e67954025e0ba6aaa6d586b9e0b59"',
        text: "",
      })),
      "import ids by slot (ownership, spf, mx, dkim, feedback, dmarc)",
      "Import ids of the vendor's records, by slot.",
    ),
    IMPORT_IDS,
  ),
  example: '{ mx: "023e105f4ecef8ad9ca31a8372d0c353/372e67954025e0ba6aaa6d586b9e0b59" }',
};
const slotType = choice(slots, slots.join(", "), "RecordSlot");
const HOSTS: TypeName = { text: "HostOverrides", imports: { HostOverrides: LAYOUT } };

export const hostsType = typed<HostOverrides>(
  object(
    "HostOverrides",
    HOSTS,
    bySlot(() => ({
      type: text("a host relative to the domain", { checks: (z) => [z.maxLength(254)] }),
      example: '"_nylas"',
      text: "",
    })),
    "hosts by slot, relative to the domain",
    "Where records stand, by slot, relative to the domain.",
  ),
  HOSTS,
);

export const domainRecordsProperties = table({
  domainId: {
    type: id("domain"),
    example: "domain.id",
    text: "The id of the domain.",
    required: true,
    whenChanged: { replaces: true },
    output: true,
    isReviewed: true,
  },
  domainName: {
    type: domainName,
    example: '"agents.example.com"',
    text: "The domain itself, so that a preview knows where its records will stand.",
    required: true,
    whenChanged: { replaces: true },
    output: true,
    isReviewed: true,
  },
  dkimKeyLength: {
    type: choice([1024, 2048], "1024 or 2048", "DkimKeyLength"),
    example: "2048",
    text: "Bits of the DKIM key.",
    default: "2048",
    defaultValue: 2048,
    whenChanged: { replaces: true },
    api: "`options.key_length`",
    isReviewed: true,
  },
  hosts: {
    type: hostsType,
    example: '{ ownership: "_nylas" }',
    text: 'Where a record stands when it is not where the layout has it, relative to the domain: `{ ownership: "_nylas" }`.',
    whenChanged: { replaces: true },
    isReviewed: true,
  },
  known: {
    type: recordsType({
      text: 'Partial<Record<Slot, { type: "MX" | "TXT"; name: string; value: string; priority?: number }>>',
      imports: { Slot: LAYOUT },
    }),
    example: RECORDS_EXAMPLE,
    text: "Records that are known already, by slot. Those of a verified domain are not asked for again while they stand, because asking can rotate them. Ownership, and DKIM where `hosts.dkim` is given, are otherwise read from the zone's own name servers. Where those say that a record is gone, Nylas is asked for it again.",
    whenChanged: { replaces: true },
    isReviewed: true,
  },
  allowApex: {
    type: flag,
    example: "true",
    text: "Declare records at a domain as it is registered (`example.com`): its MX takes over the mail of the whole company. Default: false, which refuses it in the preview; agents belong on a subdomain.",
    isDirective: true,
    isReviewed: true,
  },
  allowUncheckedDns: {
    type: flag,
    example: "true",
    text: "Publish even when it cannot be seen whether mail for the domain goes elsewhere today. Default: false, which refuses when DNS cannot be asked. Read before the first record is made, and never again.",
    isDirective: true,
    isReviewed: false,
  },
  allowImplicitMx: {
    type: flag,
    example: "true",
    text: "Publish an MX where the name has an address and no MX: mail for the name goes to that address today. Default: false, which refuses. Read before the first record is made, and never again.",
    isDirective: true,
    isReviewed: false,
  },
  publishedAt: {
    type: place,
    example: PLACE_EXAMPLE,
    text: "Where the records are published: `cloudflare:<zone id>`. `AgentDomain` sets it. Not compared by itself. Records of a domain in use cannot move to another zone of the same vendor under the same names (see `nameSuffix` of the adapters).",
    isDirective: true,
    output: "Where the records were published when this resource was last made or updated.",
    isReviewed: true,
  },
  adopts: {
    ...importIds,
    text: "The import ids that records of the vendor are adopted by, by slot. `AgentDomain` sets it from the adapter. A new one is refused where this stack has made or adopted the record already: the engine would delete it.",
    isDirective: true,
    isReviewed: true,
  },
  adoptsBefore: { ...importIds, text: "", isInternal: true, isDirective: true, isReviewed: true },
  unheld: {
    type: typed<Slot[]>(list(slotType, `a list of ${slots.join(", ")}`), {
      text: "Slot[] | undefined",
      imports: { Slot: LAYOUT },
    }),
    example: '["mx"]',
    text: "The slots of `adopts` of which the state has no record. `AgentDomain` sets it. Those may be adopted: an interrupted run may have made them.",
    isDirective: true,
    isReviewed: true,
  },
  dmarc: {
    type: text("the text of a DMARC record", (value) => isLine(value, 4000) && value !== ""),
    example: '"v=DMARC1; p=reject"',
    text: "The text of the DMARC record that the program publishes. `AgentDomain` sets it. Looked at before the first record is made: another DMARC record at the name is refused. Never sent, never compared.",
    isDirective: true,
    isReviewed: true,
  },
  replacedFrom: { type: place, example: PLACE_EXAMPLE, text: "", isInternal: true, isReviewed: true },
});

export type DomainRecordsProperties = InputsOf<typeof domainRecordsProperties>;

export const domainRecordsKind = kindTable({
  type: "DomainRecords",
  className: "NylasDomainRecords",
  listedAfter: "Domain",
  text: `The DNS records that Nylas asks for, as one resource with nothing mutable in it. So an edit elsewhere never makes the records of a preview unknown. Before anything else it looks at what stands at the names today. It refuses where the records would break mail that works, or could not stand beside it.

The ownership value rotates until it is verified: a refresh notices, and the next \`up\` publishes the new one. A replacement only means that Nylas is asked again.`,
  api: {
    title: "POST /v3/domains/{id}/info",
    address: "https://developer.nylas.com/docs/reference/api/manage-domains/",
  },
  properties: domainRecordsProperties,
  outputs: {
    records: {
      type: SLOTS,
      shape: recordsType(SLOTS).shape,
      text: "The records by slot: ownership, spf, mx, dkim, feedback.",
    },
    expiresAt: {
      type: { text: "number" },
      shape: { kind: "integer", isLarge: true },
      text: "When the ownership value stops being accepted, Unix seconds; undefined where Nylas gives no time.",
      mayBeMissing: true,
    },
    earlierPlaces: {
      type: { text: "string[]" },
      text: "Where records that are other resources were published before, such as those of another vendor; undefined where there were none.",
      mayBeMissing: true,
    },
    stood: {
      type: { text: "Slot[]", imports: { Slot: LAYOUT } },
      shape: { kind: "list", of: slotType.shape },
      text: "The slots whose record was served before this stack made any.",
      mayBeMissing: true,
    },
  },
  notImported:
    "it is no object at Nylas but its answer about a domain, and asking again can change the DKIM key. npx pulumi-nylas import --with-dns brings in a domain with its records.",
  key: "organizationKey",
  review: { section: "dns", noun: "records of", counted: ["domain's records", "domains' records"] },
  needs: { permissions: DOMAIN_PERMISSIONS, signed: true },
  program: {
    isProtectable: true,
    isGuard: true,
    options: { name: "watchedOptions", from: "classes/retained" },
  },
});

function bySlot(of: (slot: Slot) => Property): PropertyTable {
  return Object.fromEntries(slots.map((slot) => [slot, of(slot)]));
}

function recordMembers(type: RecordType): PropertyTable {
  const isHost = (value: string) => nameProblem(normaliseName(value)) === undefined;
  const value =
    type === "MX"
      ? {
          type: text("the target of the MX, without its priority", isHost),
          example: '"inbound.example.net"',
        }
      : {
          type: text(
            "the text of the TXT, which is not empty",
            (given) => given.trim() !== "" && Buffer.byteLength(given) <= 65_000,
          ),
          example: '"v=spf1 include:example.net ~all"',
        };
  return {
    type: {
      type: choice([type], JSON.stringify(type)),
      example: JSON.stringify(type),
      text: "",
      required: true,
    },
    name: {
      type: text("the full name of the record", isHost),
      example: '"agents.example.com"',
      text: "",
      required: true,
    },
    value: { ...value, text: "", required: true },
    // Only an MX has one.
    ...(type === "MX" && {
      priority: {
        type: integer("a whole number from 0 to 65535", 0, 65_535),
        example: "10",
        text: "",
      },
    }),
  };
}
