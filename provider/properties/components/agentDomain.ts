import { object, table, type ComponentTable } from "../../core/propertyTable";
import { flag, list, text, texts, type Property, type Shape } from "../../core/types";
import { type HostOverrides, type Slot, slots } from "../../dns/layout";
import { domainRecordsProperties, hostsType, recordsType } from "../domainRecords";
import { domainVerificationKind, domainVerificationProperties } from "../domainVerification";
import { domainName, name, typed } from "../types";
import { dnsType } from "./dns";

export const givenRecordProperties = table({
  host: {
    type: text("a host relative to the domain"),
    example: '"@"',
    text: "As Nylas writes it: `@` for the domain itself, a name relative to it, or a full name. Default: where the layout has it.",
    isPlain: true,
  },
  value: {
    type: text("the value as the Dashboard shows it"),
    example: '"10 inbound.example.net"',
    text: "TXT: the text, quoted or not. MX: the target, with or without the priority before it.",
    required: true,
    isPlain: true,
  },
});

const givenRecord = object(
  "GivenRecord",
  { text: "GivenRecord" },
  givenRecordProperties,
  "{ host, value }",
  "A record as it is read off a page.",
);

const givenRecords = typed<Partial<Record<Slot, { host?: string; value: string }>>>(
  object(
    "GivenRecords",
    { text: "GivenRecords" },
    Object.fromEntries(
      slots.map((slot): [Slot, Property] => [
        slot,
        { type: givenRecord, example: '{ host: "@", value: "10 inbound.example.net" }', text: "" },
      ]),
    ),
    "records by slot",
    "Records as they are read off a page, by slot.",
  ),
  { text: "GivenRecords", isPlain: true },
);

export const agentDomainProperties = table({
  domainName: {
    type: domainName,
    example: '"agents.example.com"',
    text: "The domain that mailboxes live on, such as `agents.example.com`. Best a subdomain of its own, as its MX record moves all mail of the name to Nylas. A plain string, so that a preview shows every address and record. Changing it **replaces** the domain and its records; with accounts on it, it is refused in the preview (see `forceDestroy`).",
    required: true,
    isPlain: true,
  },
  dns: {
    type: typed<object>(dnsType, {
      text: "DnsAdapter",
      imports: { DnsAdapter: "dns/adapters/adapter" },
      isPlain: true,
    }),
    example: 'cloudflareDns({ zoneId, zoneName: "example.com" })',
    text: "Where the DNS records are published: `cloudflareDns({ zoneId, zoneName })`, `route53Dns({ zoneId, zoneName })`, `zoneFile()` where somebody else runs the DNS, or any other {@link DnsAdapter}.",
    elsewhere: "Where the DNS records are published.",
    required: true,
  },
  name: {
    type: name,
    example: '"Agents of Example"',
    text: "A label for people. Default: `project/stack/name`. Changed in place. API: `name` of the domain.",
  },
  wait: {
    type: flag,
    example: "false",
    text: 'Whether `up` waits until Nylas has verified the domain. Default: true where the records are published by the program, false with `zoneFile`. The limit is `customTimeouts: { create: "30m" }` in the component\'s options.',
  },
  purposes: {
    type: domainVerificationProperties.purposes.type,
    example: '["ownership", "mx"]',
    text: "What has to be verified before the domain counts as verified. Default: ownership, spf, mx, dkim and feedback.",
  },
  dmarc: {
    type: text("the text of the record, as a plain string"),
    example: '"v=DMARC1; p=reject"',
    text: "The text of a DMARC record at `_dmarc`, such as `v=DMARC1; p=reject; rua=mailto:dmarc@example.com`. Default: none, so that the policy of the parent domain holds. Changed in place; removing it removes the record. The preview refuses a tag that DMARC does not have, a value that its tag does not take, and a repeated tag. It also refuses a text without `p`.",
    isPlain: true,
  },
  dkimKeyLength: {
    type: domainRecordsProperties.dkimKeyLength.type,
    example: "2048",
    text: "Bits of the DKIM key: 2048 (the default) or 1024. A change asks Nylas for the records again.",
  },
  hosts: {
    type: typed<HostOverrides>(hostsType, {
      text: "HostOverrides",
      imports: { HostOverrides: "dns/layout" },
      isPlain: true,
    }),
    example: '{ ownership: "_nylas" }',
    text: 'Where a record stands when Nylas wants it elsewhere than the layout has it, relative to the domain: `{ ownership: "_nylas" }`. The error of the first `up` says when it is needed. `dkim` and `feedback`, once known, make a preview of a new domain show their names as well.',
  },
  known: {
    type: givenRecords,
    example: '{ mx: { host: "@", value: "10 inbound.example.net" } }',
    text: "Records that Nylas is not asked for, by slot. Give those of an adopted domain that is verified already: asking again could rotate them. Give an SPF record that serves other senders too.",
  },
  records: {
    type: givenRecords,
    example: '{ mx: { host: "@", value: "10 inbound.example.net" } }',
    text: "All five records (ownership, spf, mx, dkim, feedback), copied from the Nylas Dashboard. Nothing is registered or asked at Nylas then, and no organization key is needed. You register and verify the domain in the Dashboard. The verification here only looks whether the records stand in DNS.",
  },
  allowApex: {
    type: flag,
    example: "true",
    text: "Allow a domain as it is registered (`example.com`), whose MX takes over the mail of the whole company. Default: false.",
    isPlain: true,
  },
  allowUncheckedDns: {
    type: flag,
    example: "true",
    text: "Publish the records even when it cannot be seen whether mail for the domain goes elsewhere today. Default: false: `up` refuses when DNS cannot be asked from where it runs. Read before the first record is made, and never again.",
  },
  allowImplicitMx: {
    type: flag,
    example: "true",
    text: "Publish the MX although the name has an address and no MX, so that mail for it goes to that address today. Default: false: `up` refuses. Read before the first record is made, and never again.",
  },
  forceDestroy: {
    type: flag,
    example: "true",
    text: "Delete the domain, and its records before it, even while it is verified or accounts live on it. Default: false. Counts once a `pulumi up` has recorded it. Without it a verified domain is never deleted: accounts of other applications of the organization cannot be seen.",
  },
});

export const agentDomainComponent: ComponentTable = {
  type: "AgentDomain",
  text: `A domain for agents, ready for accounts: registered with Nylas, its MX and TXT records published in DNS, and verified.

A preview shows every record before anything exists. \`up\` asks Nylas which records it wants, and refuses what would break mail that works today (a foreign MX, a second SPF). Then it publishes, and waits until the domain is verified. Needs the organization key (\`nylas:organizationKey\`), except with \`records\`.`,
  properties: agentDomainProperties,
  adopt: {
    text: "Take over a domain that is registered already: true, or its id. Nothing is written at Nylas by that.",
  },
  elsewhere: table({
    addressesFor: {
      type: list(text("the part of an address before the @"), "a list of aliases"),
      example: '["scheduling"]',
      text: "The parts before the @ whose addresses the output `addresses` has.",
    },
  }),
  outputs: {
    domainName: {
      type: { text: "string" },
      text: "The domain, known in a preview. What takes it waits for the verification.",
    },
    addresses: {
      type: { text: "Record<string, string>" },
      shape: texts.shape,
      text: "Addresses on the domain by alias, one for each of `addressesFor`. A preview shows them. The account that takes one waits for the verification, and is deleted before the records are.",
    },
    domainId: {
      type: { text: "string" },
      text: "The id of the domain at Nylas. Not set where the records were given and Nylas is not asked.",
      mayBeMissing: true,
    },
    records: {
      type: { text: "RecordSlots" },
      shape: recordsType({ text: "RecordSlots" }).shape,
      text: "The DNS records by slot.",
    },
    status: domainVerificationKind.outputs.status!,
    dnsInstructions: {
      type: { text: "DnsInstructions" },
      shape: instructions(),
      text: "The records to hand to whoever publishes them, with `zoneFile`. Not set where the program publishes them itself.",
      mayBeMissing: true,
    },
  },
};

export function instructions(): Shape {
  return object(
    "DnsInstructions",
    { text: "DnsInstructions" },
    table({
      zone: {
        type: text("a text"),
        example: '"…"',
        text: "The records as lines of a zone file (BIND), absolute and escaped.",
        required: true,
      },
      table: {
        type: text("a text"),
        example: '"…"',
        text: "The records as a table in Markdown, with a sentence on what to do with it.",
        required: true,
      },
      files: {
        type: list(text("a path"), "a list of paths"),
        example: '["for-acme/agents.acme.example.zone"]',
        text: "The files that hold the two; empty where none were asked for.",
        required: true,
      },
    }),
    "an object",
    "The DNS records of a domain, to be handed to whoever runs its DNS.",
  ).shape;
}
