/** The records of a domain that already stand: as an AgentDomain has them where that fits exactly, as plain records otherwise. */
import { isDmarc, readDmarc } from "../../dns/dmarc";
import { isRegistrableDomain, isSpf } from "../../dns/guards";
import { holdToLayout, requiredSlots, type RecordSlots, type Slot, type SlotAnswers } from "../../dns/layout";
import { isWithin, normaliseName, type DnsRecord } from "../../dns/records";
import { type Domain, type NylasApi } from "../../nylas/api";
import { CliError } from "../io";
import { type Adapted, type StandingRecord, type Vendor, type Zone } from "./vendors";

/** What of a domain's DNS is brought in. */
export interface DomainDns {
  zone: Zone;
  /** As an AgentDomain. */
  whole?: WholeDomain;
  /** As records of their own, for where an AgentDomain would not be exactly what stands. */
  plain: StandingRecord[];
  /** Why it is no AgentDomain. */
  why?: string;
}

export interface WholeDomain {
  adapted: Adapted;
  /** The records by slot. */
  slots: RecordSlots;
  /** Arguments of the AgentDomain beside domainName, dns and name. */
  args: { dmarc?: string; dkimKeyLength?: 1024; allowApex?: true; known?: { spf: { value: string } } };
}

export class Zones {
  #zones: Promise<Zone[]> | undefined;
  readonly #records = new Map<string, Promise<StandingRecord[]>>();

  constructor(
    readonly vendor: Vendor,
    /** Ids or names of those that are meant; undefined: all. */
    private readonly only: string[] | undefined,
  ) {}

  /** The longest zone that the domain lies in. */
  async of(domainName: string): Promise<Zone | undefined> {
    const fits = (await this.#all()).filter(({ name }) => isWithin(domainName, name));
    const longest = Math.max(...fits.map(({ name }) => name.length));
    const zones = fits.filter(({ name }) => name.length === longest);
    if (zones.length > 1) {
      throw new CliError(
        `${this.vendor.title} has ${zones.length} zones named ${zones[0]!.name} (${zones.map(({ id }) => id).join(", ")}), and which one serves ` +
          `${domainName} cannot be told. Say --zone with the id of the right one.`,
      );
    }
    return zones[0];
  }

  records(zone: Zone): Promise<StandingRecord[]> {
    const known = this.#records.get(zone.id);
    if (known) return known;
    const asking = this.vendor.records(zone);
    this.#records.set(zone.id, asking);
    return asking;
  }

  #all(): Promise<Zone[]> {
    this.#zones ??= this.vendor.zones().then((zones) => {
      const { only } = this;
      if (!only) return zones;
      const missing = only.find(
        (each) => !zones.some(({ id, name }) => id === each || name === normaliseName(each)),
      );
      if (missing !== undefined)
        throw new CliError(
          `--zone: there is no zone ${JSON.stringify(missing)} for these credentials at ${this.vendor.title}.`,
        );
      return zones.filter(({ id, name }) => only.some((each) => id === each || name === normaliseName(each)));
    });
    return this.#zones;
  }
}

/** Looks at what stands for a domain; asks Nylas for records that asking cannot change, and for no others. */
export async function readDns(
  api: NylasApi,
  zones: Zones,
  domain: Domain,
): Promise<DomainDns | { why: string }> {
  const zone = await zones.of(domain.address);
  const { title } = zones.vendor;
  if (!zone) return { why: `no zone at ${title} holds it, as far as these credentials see` };
  const standing = (await zones.records(zone)).filter(({ name }) => isWithin(name, domain.address));
  const { answers, problem } = await answersFor(api, domain, standing);
  const found = problem ?? wholeDomain(zones.vendor, zone, domain, standing, answers);
  const plain = belonging(domain.address, standing, answers);
  return typeof found === "string" ? { zone, plain, why: found } : { zone, plain, whole: found };
}

function wholeDomain(
  vendor: Vendor,
  zone: Zone,
  domain: Domain,
  standing: StandingRecord[],
  answers: SlotAnswers,
): WholeDomain | string {
  const { address } = domain;
  const missing = requiredSlots.filter((slot) => !domain.verified[slot]);
  if (missing.length > 0)
    return `Nylas has not verified it yet (${missing.join(", ")}), and an AgentDomain would go on with that`;
  let slots: RecordSlots;
  try {
    slots = holdToLayout(address, answers);
  } catch (error) {
    return (error as Error).message;
  }
  const args: WholeDomain["args"] = {};
  // One text may serve other senders as well.
  const spf = texts(standing).filter(({ name, value }) => name === slots.spf.name && isSpf(value));
  if (spf.length === 1 && spf[0]!.value !== slots.spf.value) {
    // As AgentDomain reads it; where that is not what stands, the adapter will say so.
    const value = spf[0]!.value.trim();
    slots = { ...slots, spf: { ...spf[0]!, value } };
    args.known = { spf: { value } };
  }
  const dmarc = texts(standing).find(({ name, value }) => name === `_dmarc.${address}` && isDmarc(value));
  const wrong = dmarc === undefined ? [] : readDmarc(dmarc.value).problems;
  if (wrong.length > 0) return `its DMARC record is one that AgentDomain refuses (${wrong.join("; ")})`;
  if (dmarc) {
    args.dmarc = dmarc.value;
    slots = { ...slots, dmarc };
  }
  // A key of 2048 bits is 392 characters of base64, one of 1024 bits 216.
  if (slots.dkim.value.length <= 300) args.dkimKeyLength = 1024;
  if (isRegistrableDomain(address)) args.allowApex = true;
  const adapted = vendor.adapt(zone, address, slots, standing);
  return typeof adapted === "string" ? adapted : { adapted, slots, args };
}

/**
 * What Nylas wants in each slot. An ownership value or a DKIM key that is verified is read from the zone: asking for it again
 * could rotate it.
 */
async function answersFor(
  api: NylasApi,
  { id, address, verified }: Domain,
  standing: StandingRecord[],
): Promise<{ answers: SlotAnswers; problem?: string }> {
  const answers: { [S in Slot]?: SlotAnswers[S] } = {};
  for (const slot of ["spf", "mx", "feedback"] as const)
    answers[slot] = (await api.domains.info(id, slot)).record;
  const ownership = texts(standing).filter(
    ({ name, value }) => name === address && value.startsWith("nylas-ownership-verify="),
  );
  const dkim = texts(standing).filter(
    ({ name, value }) => name.endsWith(`._domainkey.${address}`) && /^(v=DKIM1|k=rsa|p=)/i.test(value),
  );
  let problem: string | undefined;
  for (const [slot, candidates] of [
    ["ownership", ownership],
    ["dkim", dkim],
  ] as const) {
    const [one] = candidates;
    if (one && candidates.length === 1)
      answers[slot] = { host: `${one.name}.`, type: one.type, value: one.value };
    else if (verified[slot])
      problem ??= `${candidates.length === 0 ? "no" : "more than one"} ${slot} TXT stands in the zone, and Nylas is not asked for a verified one again`;
  }
  return { answers, ...(problem === undefined ? {} : { problem }) };
}

/** What of all that stands at a domain is there for Nylas; the rest is other people's. */
function belonging(address: string, standing: StandingRecord[], answers: SlotAnswers): StandingRecord[] {
  const feedback = answers.feedback?.value === undefined ? undefined : mxTarget(answers.feedback.value);
  const mx = answers.mx?.value === undefined ? undefined : mxTarget(answers.mx.value);
  return standing.filter(
    ({ problem, records }) =>
      problem === undefined &&
      records.some(({ type, name, value }) =>
        type === "MX"
          ? value === mx || value === feedback
          : (name === address && (value.startsWith("nylas-ownership-verify=") || isSpf(value))) ||
            (name.endsWith(`._domainkey.${address}`) && /^(v=DKIM1|k=rsa|p=)/i.test(value)) ||
            (name === `_dmarc.${address}` && isDmarc(value)),
      ),
  );
}

function mxTarget(value: string): string {
  return normaliseName(value.replace(/^\s*\d+\s+/, ""));
}

function texts(standing: StandingRecord[]): DnsRecord[] {
  return standing.flatMap(({ records }) => records.filter(({ type }) => type === "TXT"));
}
