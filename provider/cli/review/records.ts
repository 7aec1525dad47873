/** DNS records of the vendors' own resources, in one form. */
import { holdsUnknown } from "../../lifecycle/unknown";
import { type Resource, type Side, urnParts } from "./fleet";
import { asText } from "./preview";
import { say, type Markdown } from "./text";

export interface Records {
  /** The name in lower case, without the final dot; undefined while it is not known. */
  name: string | undefined;
  type: string;
  /** The values that stand there; undefined for one that is not known yet. */
  values: (string | undefined)[];
  ttl: unknown;
  zone: string | undefined;
  /** What an `AgentDomain` publishes it for: known before its content is. */
  slot: string | undefined;
  /** Writes over what stands there already. */
  overwrites: boolean;
  /** What two resources cannot both publish. */
  keys: string[];
}

const CLOUDFLARE = ["cloudflare:index/dnsRecord:DnsRecord", "cloudflare:index/record:Record"];
const ROUTE53 = ["aws:route53/record:Record"];

export function isRecord(resource: Resource): boolean {
  return CLOUDFLARE.includes(resource.type) || ROUTE53.includes(resource.type);
}

/** The records of a resource on one side; undefined for what is none, or does not exist on that side. */
export function recordsOf(resource: Resource, side: Side): Records | undefined {
  const inputs = resource[side]?.inputs;
  if (!inputs || !isRecord(resource)) return undefined;
  const known = (name: string) => {
    const value = asText(inputs[name]);
    return value === undefined || holdsUnknown(value) ? undefined : value;
  };
  const name = known("name")?.toLowerCase().replace(/\.$/, "");
  const type = known("type")?.toUpperCase() ?? "?";
  const zone = known("zoneId");
  const base = {
    name,
    type,
    zone,
    ttl: inputs["ttl"],
    slot: slotOf(resource),
    overwrites: inputs["allowOverwrite"] === true,
  };
  if (CLOUDFLARE.includes(resource.type)) {
    const content = known("content") ?? known("value");
    const value = content === undefined ? undefined : withPriority(unquoted(content), inputs["priority"]);
    const keys = [zone, name, value].includes(undefined) ? [] : [`${zone}\n${name}\n${type}\n${value}`];
    return { ...base, values: [value], keys };
  }
  const values = Array.isArray(inputs["records"]) ? (inputs["records"] as unknown[]) : [undefined];
  return {
    ...base,
    values: values.map((value) => {
      const text = asText(value);
      return text === undefined || holdsUnknown(text) ? undefined : unquoted(text);
    }),
    keys: [zone, name].includes(undefined) ? [] : [`${zone}\n${name}\n${type}`],
  };
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

/** `AgentDomain` names each record `<component>-<slot>`. */
function slotOf({ urn, name }: Resource): string | undefined {
  return urnParts(urn).types.at(-2) === "pulumi-nylas:index:AgentDomain"
    ? name.slice(name.lastIndexOf("-") + 1)
    : undefined;
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

function withPriority(content: string, priority: unknown): string {
  return typeof priority === "number" ? `${priority} ${content}` : content;
}

/** A text as it is read: without the quotes, and in one piece. */
function unquoted(content: string): string {
  const text = content.replace(/"\s*"/g, "");
  return /^".*"$/s.test(text) ? text.slice(1, -1) : text;
}
