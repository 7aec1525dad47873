/** DNS records of the vendors' own resources, in one form. */
import { slots } from "../dns/layout";
import { componentOfToken } from "../hosts/dynamic/tokens";
import { type Resource, type Side, urnParts } from "./fleet";
import { asText, nameIn } from "./json";
import { notShown } from "./standing";
import { say, type Markdown } from "./text";

export interface Records {
  /** The name in lower case and punycode, without the final dot; undefined while it is not known. */
  name: string | undefined;
  type: string;
  /** The values that stand there; undefined for one that is not known yet. */
  values: (string | undefined)[];
  ttl: unknown;
  zone: string | undefined;
  /** The component that it lies in. */
  parent: string | undefined;
  /** Which vendor's resource, by which of its accounts: a name may stand in two zones that do not know of each other. */
  vendor: string;
  /** What an `AgentDomain` publishes it for: known before its content is. */
  slot: string | undefined;
  /** Writes over what stands there already. */
  overwrites: boolean;
  /** What two resources cannot both publish. */
  keys: string[];
}

export const CLOUDFLARE = ["cloudflare:index/dnsRecord:DnsRecord", "cloudflare:index/record:Record"];
const ROUTE53 = ["aws:route53/record:Record"];

export function isRecord(resource: Resource): boolean {
  return CLOUDFLARE.includes(resource.type) || ROUTE53.includes(resource.type);
}

/** A zone with all that is in it. */
export function isZone({ type }: Resource): boolean {
  return ["cloudflare:index/zone:Zone", "aws:route53/zone:Zone"].includes(type);
}

/** Resources of the vendors that act on all records of a zone, or on how the zone is found or signed. */
const ON_WHOLE_ZONES = [
  /^aws:route53\/(recordsExclusive|hostedZoneDnsSec|keySigningKey|trafficPolicyInstance):/,
  /^aws:route53domains\/(domain|registeredDomain|delegationSignerRecord):/,
  // Of any other vendor: `aws-native:route53:Dnssec`, `azure-native:network:DnssecConfig`.
  /^(?!cloudflare:|aws:)[^:]+:[^:]*:\w*(dnssec|keySigningKey)\w*$/i,
  /^cloudflare:index\/(zoneDnssec|zoneDnsSettings|accountDnsSettings|(dns)?zoneTransfers\w*|emailRouting(Dns|Settings)|emailSendingSubdomain|registrarDomain|dnsRecords\w*):/i,
];

export function reachesAllRecords({ type }: Resource): boolean {
  return ON_WHOLE_ZONES.some((form) => form.test(type));
}

export function isAgentDomain(type: string | undefined): boolean {
  return type !== undefined && componentOfToken(type) === "AgentDomain";
}

/** The records of a resource on one side; undefined for what is none, or does not exist on that side. */
export function recordsOf(resource: Resource, side: Side): Records | undefined {
  const inputs = resource[side]?.inputs;
  if (!inputs || !isRecord(resource)) return undefined;
  const known = (name: string) => {
    const value = asText(inputs[name]);
    return value === undefined || notShown(value) ? undefined : value;
  };
  const name = nameIn(known("name"));
  const type = known("type")?.toUpperCase() ?? "?";
  const zone = known("zoneId");
  const base = {
    name,
    type,
    zone,
    parent: resource[side]!.parent,
    vendor: `${resource.type} ${resource[side]!.provider ?? ""}`,
    ttl: inputs["ttl"],
    slot: slotOf(resource, resource[side]!.parent),
    overwrites: inputs["allowOverwrite"] === true,
  };
  if (CLOUDFLARE.includes(resource.type)) {
    const content = known("content") ?? known("value");
    const priority = inputs["priority"];
    const open = content === undefined || notShown(priority);
    const value = open ? undefined : withPriority(unquoted(content), priority);
    const keys = [zone, name, value].includes(undefined) ? [] : [`${zone}\n${name}\n${type}\n${value}`];
    return { ...base, values: [value], keys };
  }
  const values = Array.isArray(inputs["records"]) ? (inputs["records"] as unknown[]) : [undefined];
  return {
    ...base,
    values: values.map((value) => {
      const text = asText(value);
      return text === undefined || notShown(text) ? undefined : unquoted(text);
    }),
    keys: [zone, name].includes(undefined) ? [] : [`${zone}\n${name}\n${type}`],
  };
}

/**
 * What a record is there for, as the slot of an `AgentDomain`; undefined where it is for something else. A text that shows what it is for
 * is believed before the slot that its resource is named after.
 */
export function slotFor({ name, type, slot, values }: Records): string | undefined {
  if (type === "MX") return slot === "feedback" ? slot : "mx";
  const shown = type === "TXT" ? values.map(purposeOf).find((purpose) => purpose !== undefined) : undefined;
  if (shown !== undefined) return shown;
  return slotByName({ name, type, slot });
}

/** What some texts of a record are there for; `?` is any. A record that is named for a purpose has that one as well. */
export function purposesOf(records: Records, texts: readonly (string | undefined)[]): string[] {
  const named = slotByName(records);
  return texts.flatMap((text) => {
    const shown = purposeOf(text);
    const open = text === undefined && named === undefined ? ["?"] : [];
    return [...open, ...[named, shown].filter((purpose) => purpose !== undefined)];
  });
}

function purposeOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : PURPOSES.find(([, form]) => form.test(text))?.[0];
}

function slotByName({ name, type, slot }: Pick<Records, "name" | "type" | "slot">): string | undefined {
  if (slot !== undefined) return slot;
  if (type !== "TXT" && type !== "CNAME") return undefined;
  if (name !== undefined && /(^|\.)_domainkey(\.|$)/.test(name)) return "dkim";
  return name !== undefined && /^_dmarc(\.|$)/.test(name) ? "dmarc" : undefined;
}

/** Whether it says that there is a policy (MTA-STS): whoever sends delivers to the servers that the policy names, and to no other. */
export function announcesServers({ name, type, values }: Records): boolean {
  if (!["TXT", "CNAME"].includes(type)) return false;
  return name?.startsWith("_mta-sts.") === true || values.some((value) => /^v=STSv1\s*;/i.test(value ?? ""));
}

/** What a record is there for: `MX`, or `SPF (TXT)`. */
export function purpose(type: string, value: string | undefined, slot?: string): Markdown {
  const kind = TYPES[type] ?? say`record`;
  if (type === "MX" && slot === "feedback") return say`feedback (MX)`;
  if (type !== "TXT") return kind;
  const found = PURPOSES.find(([name, form]) => (value === undefined ? name === slot : form.test(value)));
  return found ? say`${found[2]} (TXT)` : kind;
}

const PURPOSES: [string, RegExp, Markdown][] = [
  ["spf", /^v=spf1(\s|$)/i, say`SPF`],
  ["dmarc", /^v=DMARC1\s*;/i, say`DMARC`],
  ["dkim", /^(v=DKIM1\b|k=rsa\s*;|p=[A-Za-z0-9+/=]{40})/i, say`DKIM`],
  ["ownership", /^nylas-ownership-verify=/, say`ownership`],
];

/**
 * `AgentDomain` names each record `<component>-<slot>`, and behind that comes its `nameSuffix`. Under any other name the slot is not
 * known, and the record is judged by its type and content.
 */
function slotOf({ urn, name }: Resource, parent: string | undefined): string | undefined {
  if (!isAgentDomain(urnParts(urn).types.at(-2)) || parent === undefined) return undefined;
  const start = `${urnParts(parent).name}-`;
  if (!name.startsWith(start)) return undefined;
  const rest = name.slice(start.length);
  return slots.find((slot) => rest === slot || rest.startsWith(`${slot}-`));
}

const TYPES: Record<string, Markdown> = Object.fromEntries(
  [
    "A",
    "AAAA",
    "CAA",
    "CNAME",
    "DS",
    "HTTPS",
    "MX",
    "NAPTR",
    "NS",
    "PTR",
    "SOA",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
    "URI",
  ].map((type) => [type, type as Markdown]),
);

export function withPriority(content: string, priority: unknown): string {
  return typeof priority === "number" ? `${priority} ${content}` : content;
}

/** A text as it is read: without the quotes, and in one piece. */
function unquoted(content: string): string {
  const text = content.replace(/"\s*"/g, "");
  return /^".*"$/s.test(text) ? text.slice(1, -1) : text;
}
