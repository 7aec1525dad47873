/** Resources of DNS vendors that this review cannot read, and that may hold a record of a domain of mailboxes. */
import { type Resource, urnParts } from "./fleet";
import { asText, nameIn } from "./json";
import { isAgentDomain, isRecord, isZone, reachesAllRecords } from "./records";
import { type Review } from "./review";
import { notShown } from "./standing";

/**
 * Whether it may be a record that mail needs. That is a part of an `AgentDomain`, or a resource named like a record
 * or a zone that does not show another use.
 */
export function mayHoldMail(review: Review, resource: Resource): boolean {
  const { before, after, kind, urn } = resource;
  if ((after ?? before)?.custom !== true || kind !== undefined) return false;
  if (isRecord(resource) || isZone(resource) || reachesAllRecords(resource)) return false;
  if (urnParts(urn).types.some(isAgentDomain)) return true;
  const isDns = isNamedLikeDns(resource.type);
  // What is called a domain is a zone with some vendors, and something else with others.
  const isDomain = /:(Registered)?Domain$/.test(resource.type) || PUBLISHES_ITSELF.test(resource.type);
  return (isDns || isDomain) && sidesOf(resource).some((inputs) => concernsMail(review, inputs, isDns));
}

/** Services of Cloudflare that make a record at the name that they are given. */
const PUBLISHES_ITSELF = /^cloudflare:index\/(web3Hostname|r2CustomDomain|workersCustomDomain|workerDomain):/;

/** By its type's name, such as `gcp:dns/recordSet:RecordSet` or `hcloud:index/zoneRrset:ZoneRrset`. */
function isNamedLikeDns(type: string): boolean {
  const [, module = "", name = ""] = type.split(":");
  return (
    /dns|^domains?\//i.test(module) ||
    /(record(s|-?sets?|setGroup)?|rr-?sets?|zone|name-?servers?|delegation|domainEntry)$/i.test(name)
  );
}

function sidesOf({ before, after }: Resource): Record<string, unknown>[] {
  return [before?.inputs, after?.inputs].filter((inputs) => inputs !== undefined);
}

/** Types of records that no mail hangs on. */
const HARMLESS = ["A", "AAAA", "CAA", "SRV", "PTR", "HTTPS", "SVCB", "NAPTR", "SSHFP", "TLSA", "LOC", "URI"];

/** Properties in which vendors write the name of a record, or that of its zone. */
const NAMES =
  /^(name|fqdn|domain|domainName|host|hostname|record|zone|zoneName|dnsZone|hostedZoneName|subdomain|subname|dnsName)$/;

/** `assumed`: what is said where its names do not tell. */
function concernsMail({ mailDomains }: Review, inputs: Record<string, unknown>, assumed: boolean): boolean {
  if (mailDomains.size === 0) return false;
  const type = asText(inputs["type"] ?? inputs["recordType"]);
  if (type !== undefined && HARMLESS.includes(type.toUpperCase())) return false;
  // A name without a dot is relative to a zone that may be any.
  const names = namesIn(inputs).filter((name) => name.includes("."));
  if (names.length === 0) return assumed;
  return names.some((name) =>
    [...mailDomains].some((domain) => isNear(name, domain) || (assumed && isRelative(name, domain))),
  );
}

/** Whether one is the other, or lies below it. */
function isNear(name: string, domain: string): boolean {
  return `.${name}`.endsWith(`.${domain}`) || `.${domain}`.endsWith(`.${name}`);
}

/** Whether a name, relative to its zone, may be the domain's or lie below it: `x.agents` for agents.example.com. */
function isRelative(name: string, domain: string): boolean {
  const labels = name.split(".");
  return labels.some((_, at) => domain.startsWith(`${labels.slice(at).join(".")}.`));
}

function namesIn(value: unknown, property = ""): string[] {
  if (typeof value === "string") return NAMES.test(property) && !notShown(value) ? [nameIn(value)!] : [];
  if (Array.isArray(value)) return value.flatMap((each) => namesIn(each, property));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => namesIn(each, name));
}
