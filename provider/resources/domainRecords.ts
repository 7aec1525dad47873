import * as pulumi from "@pulumi/pulumi";
import { isRegistrableDomain } from "../dns/guards";
import {
  holdToLayout,
  hostProblems,
  requiredSlots,
  slotName,
  slots,
  slotTypes,
  type HostOverrides,
  type RecordSlots,
  type Slot,
  type SlotAnswers,
} from "../dns/layout";
import { loadLookup } from "../dns/live";
import { nameProblem, normaliseName, type DnsRecord, type RecordType } from "../dns/records";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { UserError } from "../core/failure";
import { type Field, type Fields, show, type Zod } from "../core/fields";
import { optionsFor, registered, typeToken } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { holdsUnknown } from "../core/unknown";
import { type Domain } from "../nylas/api";
import { registeredAgain, registeredAgainText } from "./domain";
import { domainField, flag, idField, isLine } from "./fields";
import {
  adoptedAgain,
  adoptedAgainText,
  isNewToPast,
  withAdoptions,
  withUnheld,
  type AdoptedIds,
  type PastAdoptions,
} from "./adoptedRecords";
import { assertNamesAreFree } from "./freeNames";
import { aliasAdvice } from "./renamedDomain";
import {
  assertMayBeReplaced,
  type PastPlaces,
  replacedFrom,
  replacedText,
  withEarlierPlaces,
} from "./recordsMove";
import { watchedOptions } from "./retained";
import { placeProblems } from "./zones";
import {
  assertOrganization,
  organizationOwner,
  perOrganization,
  rememberOrganization,
  type Session,
  stillListed,
} from "./session";

/** Arguments of {@link NylasDomainRecords}. All of them **replace** it, which only means that Nylas is asked again. */
export interface NylasDomainRecordsArgs {
  /** The id of the domain. */
  domainId: pulumi.Input<string>;
  /** The domain itself, so that a preview knows where its records will stand. */
  domainName: pulumi.Input<string>;
  /** Bits of the DKIM key. Default: 2048. API: `options.key_length`. */
  dkimKeyLength?: pulumi.Input<1024 | 2048>;
  /** Where a record stands when it is not where the layout has it, relative to the domain: `{ ownership: "_nylas" }`. */
  hosts?: pulumi.Input<HostOverrides>;
  /**
   * Records that are known already, by slot: those of a domain that is verified are not asked for again while they stand, because
   * asking can rotate them. Ownership, and DKIM where `hosts.dkim` is given, are otherwise read from the zone's own name servers; where
   * those say that a record is gone, Nylas is asked for it again.
   */
  known?: pulumi.Input<
    Partial<Record<Slot, { type: "MX" | "TXT"; name: string; value: string; priority?: number }>>
  >;
  /**
   * Declare records at a domain as it is registered (`example.com`): its MX takes over the mail of the whole company.
   * Default: false, which refuses it in the preview; agents belong on a subdomain.
   */
  allowApex?: pulumi.Input<boolean>;
  /**
   * Publish even when it cannot be seen whether mail for the domain goes elsewhere today. Default: false, which refuses when DNS cannot be
   * asked. Read before the first record is made, and never again.
   */
  allowUncheckedDns?: pulumi.Input<boolean>;
  /**
   * Publish an MX where the name has an address and no MX: mail for the name goes to that address today. Default: false, which refuses.
   * Read before the first record is made, and never again.
   */
  allowImplicitMx?: pulumi.Input<boolean>;
  /**
   * Where the records are published: `cloudflare:<zone id>`. `AgentDomain` sets it. Not compared by itself: of a domain in use it is refused
   * to move the records to another zone of the same vendor under the same names (see `nameSuffix` of the adapters).
   */
  publishedAt?: pulumi.Input<string>;
  /**
   * The import ids that records of the vendor are adopted by, by slot. `AgentDomain` sets it from the adapter. A new one is refused where this
   * stack has made or adopted the record already: the engine would delete it.
   */
  adopts?: pulumi.Input<Partial<Record<Slot, string>>>;
  /** The slots of `adopts` of which the state has no record. `AgentDomain` sets it. Those may be adopted: an interrupted run may have made them. */
  unheld?: pulumi.Input<Slot[] | undefined>;
  /**
   * The text of the DMARC record that the program publishes. `AgentDomain` sets it. Looked at before the first record is made: another DMARC
   * record at the name is refused. Never sent, never compared.
   */
  dmarc?: pulumi.Input<string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:organizationKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/**
 * The DNS records that Nylas asks for, as one resource with nothing mutable in it: an edit elsewhere never blurs the
 * records of a preview. Before anything else it looks at what stands at the names today, and refuses where the
 * records would break mail that works, or could not stand beside it.
 *
 * The ownership value rotates until it is verified: a refresh notices, and the next `up` publishes the new one.
 * API: [POST /v3/domains/{id}/info](https://developer.nylas.com/docs/reference/api/manage-domains/).
 */
export class NylasDomainRecords extends pulumi.CustomResource {
  readonly domainId!: pulumi.Output<string>;
  readonly domainName!: pulumi.Output<string>;
  /** The records by slot: ownership, spf, mx, dkim, feedback. */
  readonly records!: pulumi.Output<RecordSlots>;
  /** When the ownership value stops being accepted, Unix seconds; undefined where Nylas gives no time. */
  readonly expiresAt!: pulumi.Output<number | undefined>;
  /** Where the records were published when this resource was last made or updated. */
  readonly publishedAt!: pulumi.Output<string | undefined>;
  /** Where records that are other resources were published before, such as those of another vendor; undefined where there were none. */
  readonly earlierPlaces!: pulumi.Output<string[] | undefined>;
  /** The slots whose record was served before this stack made any. */
  readonly stood!: pulumi.Output<Slot[] | undefined>;

  constructor(name: string, args: NylasDomainRecordsArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("DomainRecords"),
      name,
      registered("DomainRecords", name, args, options, {
        outputs: ["domainId", "domainName", "records", "expiresAt", "publishedAt", "earlierPlaces", "stood"],
      }),
      optionsFor("DomainRecords", watchedOptions(options), { protectable: true }),
    );
    restoreStackDepth();
  }
}

export interface DomainRecordsInputs extends CommonInputs {
  domainId: string;
  domainName: string;
  dkimKeyLength?: 1024 | 2048;
  hosts?: HostOverrides;
  known?: Partial<RecordSlots>;
  allowApex?: boolean;
  allowUncheckedDns?: boolean;
  allowImplicitMx?: boolean;
  publishedAt?: string;
  adopts?: AdoptedIds;
  /** Computed: what the last run adopted. */
  adoptsBefore?: AdoptedIds;
  unheld?: Slot[];
  dmarc?: string;
  /** Computed: the zone that the records are taken from, in the run that moves them. */
  replacedFrom?: string;
}

/** What Nylas asks for now; records only where it was asked. */
export interface Asked {
  domain: Domain;
  records?: RecordSlots;
  expiresAt?: number | undefined;
  /** The ownership value has rotated since it was recorded. */
  renew?: boolean;
  /** The slots whose very record stood already, as far as DNS tells; where this resource is made, and nobody has held the records before. */
  stood?: Slot[];
  /** What this run adopts. */
  adopts?: AdoptedIds | undefined;
  unheld?: Slot[] | undefined;
  /** Of the entry in whose place it is made. */
  past?: PastAdoptions & PastPlaces;
}

export const domainRecords: Definition<DomainRecordsInputs, Asked, Session> = {
  type: "DomainRecords",
  noun: "DNS records",
  fields: (z) => ({
    domainId: { ...idField(z, "domain", "domain.id"), required: true },
    domainName: domainField(z),
    dkimKeyLength: {
      schema: z.union([z.literal(1024), z.literal(2048)]),
      allowed: "1024 or 2048",
      example: "2048",
    },
    hosts: {
      schema: Object.fromEntries(slots.map((slot) => [slot, hostField(z)])),
      allowed: "hosts by slot, relative to the domain",
      example: '{ ownership: "_nylas" }',
    },
    known: { schema: recordFields(z), allowed: RECORDS_ALLOWED, example: RECORDS_EXAMPLE },
    allowApex: flag(z),
    allowUncheckedDns: flag(z),
    allowImplicitMx: flag(z),
    publishedAt: placeField(z),
    adopts: importIdsField(z),
    adoptsBefore: importIdsField(z),
    unheld: {
      schema: z.array(z.enum(slots)),
      allowed: `a list of ${slots.join(", ")}`,
      example: '["mx"]',
    },
    dmarc: {
      schema: z.string().check(z.refine((text) => isLine(text, 4000) && text !== "")),
      allowed: "the text of a DMARC record",
      example: '"v=DMARC1; p=reject"',
    },
    replacedFrom: placeField(z),
  }),
  inputs: {
    computed({ publishedAt, adopts }, olds) {
      const from = replacedFrom(olds, publishedAt === undefined ? {} : { publishedAt });
      const before = adopts && olds?.adopts;
      return {
        ...(from === undefined ? {} : { replacedFrom: from }),
        ...(before === undefined ? {} : { adoptsBefore: before }),
      };
    },
    replaceOn: ["domainId", "domainName", "dkimKeyLength", "hosts", "known"],
    directives: [
      "allowApex",
      "allowUncheckedDns",
      "allowImplicitMx",
      "publishedAt",
      "adopts",
      "adoptsBefore",
      "unheld",
      "dmarc",
    ],
    defaults: { dkimKeyLength: 2048 },
    normalForms: { domainName: normaliseName },
  },
  validation: {
    endsProgram(outputs, news) {
      const again = adoptedAgain(outputs, news);
      return again.length === 0 ? undefined : adoptedAgainText(news.domainName, again);
    },
    warnings: (_, { domainName, replacedFrom: from, publishedAt }) =>
      from === undefined ? [] : [replacedText(domainName, from, publishedAt!)],
    failures: (news) => [
      ...placeProblems(news),
      ...hostProblems(news.domainName, knownHosts(news)).map(({ slot, problem }) => ({
        property: `hosts.${slot}`,
        reason: `hosts.${slot}: given ${show(news.hosts?.[slot])}: ${problem}; allowed: a host relative to the domain; for example ${slot}: "_nylas"`,
      })),
      ...(news.allowApex !== true && !holdsUnknown(news.domainName) && isRegistrableDomain(news.domainName)
        ? [
            {
              property: "domainName",
              reason:
                `domainName: given "${news.domainName}", which is a domain as it is registered: an MX record there moves the mail of everybody at ` +
                `${news.domainName} to Nylas; allowed: a subdomain of its own; for example domainName: "agents.${normaliseName(news.domainName)}". If all its mail ` +
                `really is to go to Nylas, say allowApex: true.`,
            },
          ]
        : []),
    ],
  },
  identity: {
    key: (inputs) => inputs.domainName && `of ${normaliseName(inputs.domainName)}`,
  },
  settling: {
    // The place in the outputs is that of the last update. A program reads it there: see `heldAgainstTargets` of AgentDomain.
    needsUpdate: (outputs, news) =>
      outputs.renew === true || replacedFrom(outputs, news) !== undefined || isNewToPast(outputs, news),
  },

  async get(session, id, outputs) {
    const domain = await session.api.domains.get(id);
    if (!domain) return undefined;
    rememberOrganization(session, domain);
    const recorded = (outputs.records as RecordSlots | undefined)?.ownership;
    if (domain.verified.ownership || !recorded) return { domain };
    // Until it is verified, asking for the ownership value tells whether it is still the recorded one, and changes nothing.
    const now = (await session.api.domains.info(id, "ownership")).record?.value;
    return { domain, renew: now !== undefined && !now.includes(recorded.value) };
  },
  gone: {
    isListed: (session, id) => stillListed(session, () => session.api.domains.list(), id),
    successor: registeredAgain,
    successorText: registeredAgainText,
  },
  onRecorded(session, id, outputs) {
    const records = (outputs.records ?? {}) as RecordSlots;
    const inputs = outputs as unknown as DomainRecordsInputs;
    const past = { records: Object.values(withDmarc(records, inputs)), outputs };
    // A domain that was registered again has another id, and the same records.
    pastsOf(session).set(id, past).set(normaliseName(inputs.domainName), past);
  },
  async create(context, inputs) {
    const { session } = context;
    const domain = await session.api.domains.get(inputs.domainId);
    if (!domain)
      throw new UserError(
        `There is no domain ${inputs.domainId} (${inputs.domainName}) for this organization key.`,
      );
    rememberOrganization(session, domain);
    if (domain.branded)
      throw new UserError(
        `${domain.address} is a trial domain: it works without any DNS record. Declare accounts on it directly.`,
      );
    const past = pastOf(session, inputs);
    // Made in the place of another: what an update of that one would have refused is refused here.
    const from = replacedFrom(past?.outputs, inputs);
    if (from !== undefined) await assertMayBeReplaced(context, domain, from, inputs.publishedAt!);
    const again = past === undefined ? [] : adoptedAgain(past.outputs, inputs);
    if (again.length > 0) throw new UserError(adoptedAgainText(inputs.domainName, again));
    const asked = await ask(context, domain, inputs);
    const stood = await assertNamesAreFree(context, withDmarc(asked.records!, inputs), inputs, past?.records);
    return {
      ...asked,
      adopts: inputs.adopts,
      unheld: inputs.unheld,
      stood: past?.outputs.stood ?? (context.isInState(domain.id) ? [] : stood),
      ...(past === undefined ? {} : { past: past.outputs }),
    };
  },
  async update(context, { id, olds, news }) {
    const { session } = context;
    const domain = await session.api.domains.get(id);
    if (!domain)
      throw new UserError(`The domain ${news.domainName} is gone; run pulumi refresh, then pulumi up.`);
    // The outputs know more than a check, which sees the inputs alone.
    const from = replacedFrom(olds as PastPlaces, news) ?? news.replacedFrom;
    if (from !== undefined) await assertMayBeReplaced(context, domain, from, news.publishedAt!);
    const records = olds.records as RecordSlots;
    const { adopts, unheld } = news;
    // Of a domain that Nylas has verified, the verification looks. Nobody has looked at the names of another one since its records were made.
    if (!domain.verified.mx)
      await assertNamesAreFree(context, withDmarc(records, news), news, pastsOf(session).get(id)?.records);
    if (domain.verified.ownership)
      return { domain, records, adopts, unheld, expiresAt: olds.expiresAt as number | undefined };
    const fresh = await session.api.domains.info(id, "ownership");
    const { ownership } = holdToLayout(
      news.domainName,
      { ...answersOf(records), ownership: fresh.record },
      news.hosts,
    );
    return { domain, records: { ...records, ownership }, adopts, unheld, expiresAt: fresh.expiresAt };
  },

  id: ({ domain }) => domain.id,
  describe: ({ domain }) => `the DNS records of ${domain.address}`,
  // Once the records have moved, nothing is recorded of it. What was adopted last is in the inputs of the last run alone.
  observed: ({ domain, adopts, unheld }) => ({
    domainId: domain.id,
    domainName: domain.address,
    replacedFrom: undefined,
    adopts,
    adoptsBefore: undefined,
    unheld,
  }),
  outputs: ({ domain, records, expiresAt, renew, stood, past }, inputs, recorded) => ({
    records: records ?? recorded.records,
    expiresAt: records ? expiresAt : recorded.expiresAt,
    organizationId: domain.organizationId,
    region: domain.region,
    ...(renew ? { renew } : {}),
    stood: withUnheld(stood ?? (recorded.stood as Slot[] | undefined), inputs),
    ...withAdoptions(past ?? recorded, inputs),
    ...withEarlierPlaces(past ?? recorded, inputs),
  }),
  owner: {
    of: organizationOwner,
    assert: assertOrganization,
  },
};

/** What the state has of each domain's records: when they are asked for anew, the old ones still stand, and their past still holds. */
interface Past {
  records: DnsRecord[];
  outputs: PastAdoptions & PastPlaces;
}

const pastsOf = perOrganization(() => new Map<string, Past>());

function pastOf(
  session: Session,
  { domainId, domainName }: Pick<DomainRecordsInputs, "domainId" | "domainName">,
): Past | undefined {
  const of = pastsOf(session);
  return of.get(domainId) ?? of.get(normaliseName(domainName));
}

function withDmarc(
  records: RecordSlots,
  { domainName, hosts, dmarc }: Pick<DomainRecordsInputs, "domainName" | "hosts" | "dmarc">,
): RecordSlots {
  if (dmarc === undefined) return records;
  return { ...records, dmarc: { type: "TXT", name: slotName(domainName, "dmarc", hosts)!, value: dmarc } };
}

/** A place as adapters state it. */
export function placeField(z: Zod): Field {
  return {
    schema: z.string().check(z.refine((text) => isLine(text, 300) && text !== "")),
    allowed: "a place, 1 to 300 characters",
    example: '"cloudflare:023e105f4ecef8ad9ca31a8372d0c353"',
  };
}

export const RECORDS_ALLOWED =
  "records by slot (ownership, spf, mx, dkim, feedback, dmarc), each { type, name, value, priority? }";
export const RECORDS_EXAMPLE =
  '{ mx: { type: "MX", name: "agents.example.com", value: "inbound.example.net", priority: 10 } }';

/** Records by slot, each of the type that the slot has. */
export function recordFields(z: Zod): Fields {
  return Object.fromEntries(
    slots.map((slot) => [
      slot,
      {
        schema: recordField(z, slotTypes[slot]),
        allowed: "{ type, name, value, priority? }",
        example: RECORDS_EXAMPLE,
      },
    ]),
  );
}

function recordField(z: Zod, type: RecordType): Fields {
  const isHost = (text: string) => nameProblem(normaliseName(text)) === undefined;
  return {
    type: {
      schema: z.literal(type),
      allowed: JSON.stringify(type),
      example: JSON.stringify(type),
      required: true,
    },
    name: {
      schema: z.string().check(z.refine(isHost)),
      allowed: "the full name of the record",
      example: '"agents.example.com"',
      required: true,
    },
    value:
      type === "MX"
        ? {
            schema: z.string().check(z.refine(isHost)),
            allowed: "the target of the MX, without its priority",
            example: '"inbound.example.net"',
            required: true,
          }
        : {
            schema: z
              .string()
              .check(z.refine((text) => text.trim() !== "" && Buffer.byteLength(text) <= 65_000)),
            allowed: "the text of the TXT, which is not empty",
            example: '"v=spf1 include:example.net ~all"',
            required: true,
          },
    // Only an MX has one.
    ...(type === "MX" && {
      priority: {
        schema: z.number().check(z.int(), z.gte(0), z.lte(65_535)),
        allowed: "a whole number from 0 to 65535",
        example: "10",
      },
    }),
  };
}

function hostField(z: Zod): Field {
  return {
    schema: z.string().check(z.maxLength(254)),
    allowed: "a host relative to the domain",
    example: '"_nylas"',
  };
}

function importIdsField(z: Zod): Field {
  const id: Field = {
    schema: z.string().check(z.refine((text) => isLine(text, 300) && text !== "")),
    allowed: "an import id, 1 to 300 characters",
    example: '"023e105f4ecef8ad9ca31a8372d0c353/372e67954025e0ba6aaa6d586b9e0b59"',
  };
  return {
    schema: Object.fromEntries(slots.map((slot) => [slot, id])),
    allowed: "import ids by slot (ownership, spf, mx, dkim, feedback, dmarc)",
    example: '{ mx: "023e105f4ecef8ad9ca31a8372d0c353/372e67954025e0ba6aaa6d586b9e0b59" }',
  };
}

/** What can be judged before everything is known. */
function knownHosts({ domainName, hosts }: DomainRecordsInputs): HostOverrides {
  if (holdsUnknown(domainName) || typeof hosts !== "object") return {};
  return Object.fromEntries(Object.entries(hosts).filter(([, host]) => !holdsUnknown(host)));
}

/** Asks Nylas for every slot, except what is verified and published: asking for that can rotate it. */
async function ask(context: Context<Session>, domain: Domain, inputs: DomainRecordsInputs): Promise<Asked> {
  const { api, settings } = context.session;
  const answers: { [S in Slot]?: SlotAnswers[S] } = {};
  let expiresAt: number | undefined;
  for (const slot of requiredSlots) {
    let known = inputs.known?.[slot];
    if (known === undefined && domain.verified[slot] && (slot === "ownership" || slot === "dkim")) {
      const own = slot === "dkim" ? pastOf(context.session, inputs)?.records : undefined;
      const at = own?.find(({ name }) => name.includes("._domainkey."))?.name;
      const published = await publishedRecord(slot, domain, inputs, { servers: settings.dnsServers, at });
      if (published === "unreadable") throw notAskedAgain(slot, domain, inputs);
      if (published !== "absent") known = published;
    }
    if (known) {
      answers[slot] = answerOf(known);
      continue;
    }
    const answer = await api.domains.info(
      domain.id,
      slot,
      slot === "dkim" ? { dkimKeyLength: inputs.dkimKeyLength ?? 2048 } : undefined,
    );
    answers[slot] = answer.record;
    if (slot === "ownership") expiresAt = answer.expiresAt;
  }
  return { domain, records: holdToLayout(inputs.domainName, answers, inputs.hosts), expiresAt };
}

/**
 * A verified record as the zone's own servers serve it. Where they say that it is not there, asking Nylas again costs nothing: a domain
 * that lost its records is repaired by that. A domain without its MX has lost its DKIM record too, whatever that one's name is.
 */
async function publishedRecord(
  slot: "ownership" | "dkim",
  domain: Domain,
  inputs: DomainRecordsInputs,
  { servers, at }: { servers: string[]; at: string | undefined },
): Promise<DnsRecord | "absent" | "unreadable"> {
  const lookup = loadLookup().createLookup({ servers });
  // Where neither the layout nor the program says it, the record of the last run does.
  const name = slotName(domain.address, slot, inputs.hosts) ?? at;
  if (name === undefined) {
    const mx = slotName(domain.address, "mx", inputs.hosts)!;
    return (await lookup.isAbsent(mx, "MX")) ? "absent" : "unreadable";
  }
  const outcome = await lookup.ask(name, "TXT");
  const pattern = slot === "ownership" ? /^nylas-ownership-verify=/ : /^(v=DKIM1|k=rsa|p=)/i;
  const isMeant = ({ value }: DnsRecord) => pattern.test(value);
  const found = outcome.kind === "found" ? outcome.records.find(isMeant) : undefined;
  return found ?? ((await lookup.isAbsent(name, "TXT", isMeant)) ? "absent" : "unreadable");
}

function notAskedAgain(
  slot: "ownership" | "dkim",
  { address }: Domain,
  { hosts }: DomainRecordsInputs,
): UserError {
  const unnamed = slot === "dkim" && hosts?.dkim === undefined;
  const value = slot === "dkim" ? "v=DKIM1; …" : "nylas-ownership-verify=…";
  const host = unnamed ? 'host: "…._domainkey", ' : "";
  const name = slotName(address, slot, hosts) ?? `…._domainkey.${address}`;
  return new UserError(
    `${address} is verified already, and asking Nylas for its ${slot} record again could rotate the one in use. Nothing was changed.\n` +
      `If the domain was renamed or moved in the program, tell the engine where its entry is; nothing is asked then:\n${aliasAdvice("its-old-name")}\n` +
      (unnamed
        ? `Otherwise say where the record stands, so that it can be read from DNS: hosts: { dkim: "…._domainkey" }. Or give the record itself:\n`
        : `The zone's own name servers could not be asked whether it stands. Try again from where they can be reached, or give the record:\n`) +
      `  - on AgentDomain: known: { ${slot}: { ${host}value: "${value}" } }\n` +
      `  - on NylasDomainRecords: known: { ${slot}: { type: "TXT", name: "${name}", value: "${value}" } }\n` +
      `Records that stand in the zone and not in the state are taken over by the DNS adapter, each by its id: adopt: { mx: "…", dkim: "…" }.`,
  );
}

function answersOf(records: RecordSlots): SlotAnswers {
  return Object.fromEntries(Object.entries(records).map(([slot, record]) => [slot, answerOf(record)]));
}

function answerOf(record: DnsRecord): NonNullable<SlotAnswers[Slot]> {
  const value = record.type === "MX" ? `${record.priority ?? 10} ${record.value}` : record.value;
  return { host: `${record.name}.`, type: record.type, value };
}
