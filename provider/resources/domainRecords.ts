import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { domainRecordsProperties, type DomainRecordsProperties } from "../properties/domainRecords";
import { isRegistrableDomain } from "../dns/guards";
import {
  holdToLayout,
  hostProblems,
  requiredSlots,
  slotName,
  type HostOverrides,
  type RecordSlots,
  type Slot,
  type SlotAnswers,
} from "../dns/layout";
import { loadLookup } from "../dns/live";
import { normaliseName, type DnsRecord } from "../dns/records";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { UserError } from "../core/failure";
import { show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { type Domain } from "../nylas/api";
import { registeredAgain, registeredAgainText } from "./domain";
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
import { assertMayBeReplaced } from "./recordsMove";
import { type PastPlaces, replacedFrom, replacedText, withEarlierPlaces } from "./recordPlaces";
import { placeProblems } from "./zones";
import {
  assertOrganization,
  organizationOwner,
  perOrganization,
  rememberOrganization,
  type Session,
  stillListed,
} from "./session";

export type DomainRecordsInputs = CommonInputs & DomainRecordsProperties;

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
  fields: (z) => fieldsOf(domainRecordsProperties, z),
  inputs: {
    ...inputHandlingOf<DomainRecordsInputs>(domainRecordsProperties, { domainName: normaliseName }),
    computed({ publishedAt, adopts }, olds) {
      const from = replacedFrom(olds, publishedAt === undefined ? {} : { publishedAt });
      const before = adopts && olds?.adopts;
      return {
        ...(from === undefined ? {} : { replacedFrom: from }),
        ...(before === undefined ? {} : { adoptsBefore: before }),
      };
    },
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
