/** Resources of DNS vendors that this review cannot read, and that may hold a record of a domain of mailboxes. */
import { type Resource, urnParts } from "./fleet";
import { asText } from "./preview";
import { AGENT_DOMAIN, isRecord, isZone, reachesAllRecords } from "./records";
import { type Review } from "./review";
import { notShown } from "./standing";

/**
 * Whether it may be a record that mail hangs on: a part of an `AgentDomain`, or what is named like a record or a zone and does not show that
 * it is for something else.
 */
export function mayHoldMail(review: Review, resource: Resource): boolean {
  const { before, after, kind, urn } = resource;
  if ((after ?? before)?.custom !== true || kind !== undefined) return false;
  if (isRecord(resource) || isZone(resource) || reachesAllRecords(resource)) return false;
  if (urnParts(urn).types.includes(AGENT_DOMAIN)) return true;
  return isDns(resource.type) && sidesOf(resource).some((inputs) => concernsMail(review, inputs));
}

/** By its type's name, such as `gcp:dns/recordSet:RecordSet` or `azure-native:network:RecordSet`. */
function isDns(type: string): boolean {
  const [, module = "", name = ""] = type.split(":");
  return /dns/i.test(module) || /(record|record-?sets?|records|zone|name-?servers?|delegation)$/i.test(name);
}

function sidesOf({ before, after }: Resource): Record<string, unknown>[] {
  return [before?.inputs, after?.inputs].filter((inputs) => inputs !== undefined);
}

/** Types of records that no mail hangs on. */
const HARMLESS = ["A", "AAAA", "CAA", "SRV", "PTR", "HTTPS", "SVCB", "NAPTR", "SSHFP", "TLSA", "LOC", "URI"];

/** Properties in which vendors write the name of a record, or that of its zone. */
const NAMES = /^(name|fqdn|domain|domainName|host|hostname|record|zone|zoneName|subdomain|dnsName)$/;

function concernsMail({ mailDomains }: Review, inputs: Record<string, unknown>): boolean {
  if (mailDomains.size === 0) return false;
  const type = asText(inputs["type"] ?? inputs["recordType"]);
  if (type !== undefined && HARMLESS.includes(type.toUpperCase())) return false;
  const names = Object.entries(inputs)
    .filter(([property]) => NAMES.test(property))
    .map(([, value]) => asText(value))
    .filter((name) => name !== undefined && !notShown(name))
    .map((name) => name!.trim().toLowerCase().replace(/\.$/, ""))
    // A name without a dot is relative to a zone that may be any.
    .filter((name) => name.includes("."));
  if (names.length === 0) return true;
  return names.some((name) =>
    [...mailDomains].some((domain) => `.${name}`.endsWith(`.${domain}`) || `.${domain}`.endsWith(`.${name}`)),
  );
}
