import * as pulumi from "@pulumi/pulumi";
import { findConflicts, isRegistrableDomain } from "../dns/guards";
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
import { type CommonInputs, type Context, type Definition } from "../lifecycle/definition";
import { UserError } from "../lifecycle/failure";
import { type Field, type Fields, show, type Zod } from "../lifecycle/fields";
import { optionsFor, registered, typeToken } from "../lifecycle/registration";
import { restoreStackDepth } from "../lifecycle/stackDepth";
import { holdsUnknown } from "../lifecycle/unknown";
import { type Domain } from "../nylas/api";
import { normalDomain } from "./domain";
import { domainField, flag, idField } from "./fields";
import {
  confirmOrganization,
  organizationRealm,
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
   * Records that are known already, by slot: those of a domain that is verified are never asked for again, because asking
   * can rotate them. Ownership, and DKIM where `hosts.dkim` is given, are otherwise read from the zone's own name servers.
   */
  known?: pulumi.Input<
    Partial<Record<Slot, { type: "MX" | "TXT"; name: string; value: string; priority?: number }>>
  >;
  /**
   * Declare records at a domain as it is registered (`example.com`): its MX takes over the mail of the whole company.
   * Default: false, which refuses it in the preview; agents belong on a subdomain.
   */
  allowApex?: pulumi.Input<boolean>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:organizationKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/**
 * The DNS records that Nylas asks for, as one resource with nothing mutable in it: an edit elsewhere never blurs the
 * records of a preview. Before anything else it looks whether mail for the domain goes elsewhere today, and refuses then.
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

  constructor(name: string, args: NylasDomainRecordsArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("DomainRecords"),
      name,
      registered("DomainRecords", name, args, options, {
        outputs: ["domainId", "domainName", "records", "expiresAt"],
      }),
      optionsFor("DomainRecords", options, {}),
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
}

/** What Nylas asks for now; records only where it was asked. */
export interface Asked {
  domain: Domain;
  records?: RecordSlots;
  expiresAt?: number | undefined;
  /** The ownership value has rotated since it was recorded. */
  renew?: boolean;
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
  }),
  replaceOn: ["domainId", "domainName", "dkimKeyLength", "hosts", "known"],
  directives: ["allowApex"],
  defaults: { dkimKeyLength: 2048 },
  normal: { domainName: normalDomain },
  key: (inputs) => inputs.domainName && `of ${normalDomain(inputs.domainName)}`,
  rules: (news) => [
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
              `${news.domainName} to Nylas; allowed: a subdomain of its own; for example domainName: "agents.${normalDomain(news.domainName)}". If all its mail ` +
              `really is to go to Nylas, say allowApex: true.`,
          },
        ]
      : []),
  ],
  unsettled: (outputs) => outputs.renew === true,

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
  listed: ({ api }, id) => stillListed(() => api.domains.list(), id),
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
    const asked = await ask(context, domain, inputs);
    await refuseConflicts(context, asked.records!);
    return asked;
  },
  async update({ session }, { id, olds, news }) {
    const domain = await session.api.domains.get(id);
    if (!domain)
      throw new UserError(`The domain ${news.domainName} is gone; run pulumi refresh, then pulumi up.`);
    const records = olds.records as RecordSlots;
    if (domain.verified.ownership)
      return { domain, records, expiresAt: olds.expiresAt as number | undefined };
    const fresh = await session.api.domains.info(id, "ownership");
    const { ownership } = holdToLayout(
      news.domainName,
      { ...answersOf(records), ownership: fresh.record },
      news.hosts,
    );
    return { domain, records: { ...records, ownership }, expiresAt: fresh.expiresAt };
  },

  id: ({ domain }) => domain.id,
  describe: ({ domain }) => `the DNS records of ${domain.address}`,
  observed: ({ domain }) => ({ domainId: domain.id, domainName: domain.address }),
  outputs: ({ domain, records, expiresAt, renew }, _inputs, recorded) => ({
    records: records ?? recorded.records,
    expiresAt: records ? expiresAt : recorded.expiresAt,
    organizationId: domain.organizationId,
    region: domain.region,
    ...(renew ? { renew } : {}),
  }),
  realm: organizationRealm,
  confirm: confirmOrganization,
};

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

/** What can be judged before everything is known. */
function knownHosts({ domainName, hosts }: DomainRecordsInputs): HostOverrides {
  if (holdsUnknown(domainName) || typeof hosts !== "object") return {};
  return Object.fromEntries(Object.entries(hosts).filter(([, host]) => !holdsUnknown(host)));
}

/** Asks Nylas for every slot, except what is verified already: asking for that can rotate it. */
async function ask(context: Context<Session>, domain: Domain, inputs: DomainRecordsInputs): Promise<Asked> {
  const { api, settings } = context.session;
  const answers: { [S in Slot]?: SlotAnswers[S] } = {};
  let expiresAt: number | undefined;
  for (const slot of requiredSlots) {
    const known =
      inputs.known?.[slot] ??
      (domain.verified[slot] ? await standing(slot, domain, inputs, settings.dnsServers) : undefined);
    if (known) {
      answers[slot] = answerOf(known);
      continue;
    }
    if (domain.verified[slot] && (slot === "ownership" || slot === "dkim")) throw notAskedAgain(slot, domain);
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

/** A verified record as the zone's own servers serve it. */
async function standing(
  slot: Slot,
  domain: Domain,
  inputs: DomainRecordsInputs,
  servers: string[],
): Promise<DnsRecord | undefined> {
  if (slot !== "ownership" && slot !== "dkim") return undefined;
  const name = slotName(domain.address, slot, inputs.hosts);
  if (name === undefined) return undefined;
  const outcome = await loadLookup().createLookup({ servers }).ask(name, "TXT");
  const pattern = slot === "ownership" ? /^nylas-ownership-verify=/ : /^(v=DKIM1|k=rsa|p=)/i;
  return outcome.kind === "found" ? outcome.records.find((record) => pattern.test(record.value)) : undefined;
}

function notAskedAgain(slot: Slot, domain: Domain): UserError {
  return new UserError(
    `${domain.address} is verified already, and asking Nylas for its ${slot} record again could rotate it. Nothing was changed. ` +
      (slot === "dkim"
        ? `Say where it stands, so that it can be read from DNS: hosts: { dkim: "…._domainkey" }; or give it: `
        : `It could not be read from DNS either; give it: `) +
      `known: { ${slot}: { type: "TXT", name: "…", value: "…" } } (on AgentDomain as well).`,
  );
}

/** What stands in the way: mail that goes elsewhere today, a second SPF. Found before any record exists. */
async function refuseConflicts({ session, say }: Context<Session>, records: RecordSlots): Promise<void> {
  const lookup = loadLookup().createLookup({ servers: session.settings.dnsServers });
  const [mx, spf] = await Promise.all([
    lookup.ask(records.mx.name, "MX"),
    lookup.ask(records.spf.name, "TXT"),
  ]);
  const unseen = [mx, spf].find((outcome) => outcome.kind === "unreachable" || outcome.kind === "failed");
  if (unseen) {
    await say(
      "warning",
      `${records.mx.name}: DNS could not be asked from here (${(unseen as { reason: string }).reason}), so it was not checked whether mail for it goes elsewhere today or a second SPF record stands there.`,
    );
  }
  const standing = (outcome: typeof mx) =>
    outcome.kind === "found" ? outcome.records : outcome.kind === "none" ? [] : undefined;
  const conflicts = findConflicts(records, { mx: standing(mx), txt: standing(spf) });
  if (conflicts.length > 0) {
    throw new UserError(
      `The records of ${records.mx.name} would break mail that works today; none was written.\n${conflicts.map((line) => `  - ${line}`).join("\n")}`,
    );
  }
}

function answersOf(records: RecordSlots): SlotAnswers {
  return Object.fromEntries(Object.entries(records).map(([slot, record]) => [slot, answerOf(record)]));
}

function answerOf(record: DnsRecord): NonNullable<SlotAnswers[Slot]> {
  const value = record.type === "MX" ? `${record.priority ?? 10} ${record.value}` : record.value;
  return { host: `${record.name}.`, type: record.type, value };
}
