import { isIPv4, isIPv6 } from "node:net";
import { type Clock } from "../runtime/clock.js";

/** Record types that zones hold and the server answers with. */
export const RECORD_TYPES = ["A", "AAAA", "CNAME", "MX", "NS", "TXT", "CAA", "SRV", "PTR"] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

/** One DNS record as its owner wrote it. */
export type Vendor = "cloudflare" | "route53";

export interface DnsRecord {
  id: string;
  /** Fully qualified, lower case, without the final dot. */
  name: string;
  type: RecordType;
  /** As written: TXT with or without quotes, MX without its priority. */
  content: string;
  priority?: number;
  /** Seconds; 1 means automatic. */
  ttl: number;
}

export interface Zone {
  id: string;
  name: string;
  nameServers: string[];
  /** The vendor whose API shows the zone; left out: both, as two clients of one zone. */
  vendor?: Vendor;
  /** Other name servers the parent delegates to, when the delegation is wrong; none: to servers that do not answer for it. */
  delegatedTo: string[] | null;
  /** Whether the parent delegates the name to somebody at all, beside the NS records that stand in a parent zone of the simulator. */
  delegated: boolean;
  serial: number;
  createdAt: number;
}

/** What a question finds. */
export interface Lookup {
  outcome: "answer" | "nodata" | "nxdomain" | "referral" | "foreign" | "lame";
  zone?: Zone;
  answers: DnsRecord[];
  /** NS records of the child zone of a referral. */
  authority: DnsRecord[];
}

interface Published {
  record: DnsRecord;
  from: number;
  to: number;
}

/**
 * The zones and what of them is visible at a moment. The DNS sees a write only after the propagation delay, and until
 * then goes on serving what was there before.
 */
export class Zones {
  private readonly byId = new Map<string, Zone>();
  private readonly published = new Map<string, Published[]>();

  constructor(
    private readonly clock: Clock,
    private readonly delayMs: () => number,
  ) {}

  add(
    zone: Omit<Zone, "delegatedTo" | "delegated" | "serial" | "createdAt"> & { delegated?: boolean },
  ): Zone {
    const createdAt = this.clock.seconds();
    const whole: Zone = { delegated: true, ...zone, delegatedTo: null, serial: 1, createdAt };
    this.byId.set(zone.id, whole);
    this.published.set(zone.id, []);
    return whole;
  }

  list(): Zone[] {
    return [...this.byId.values()];
  }

  get(id: string): Zone | undefined {
    return this.byId.get(id);
  }

  /** The first zone of the name. */
  byName(name: string): Zone | undefined {
    return this.list().find((zone) => zone.name === name);
  }

  /** The zones that a vendor's API shows. */
  at(vendor: Vendor): Zone[] {
    return this.list().filter((zone) => zone.vendor === undefined || zone.vendor === vendor);
  }

  /**
   * Delegates a name to these name servers, as a registrar does. Where they are the servers of one of the zones of
   * that name, this zone answers from now on. `null` stands for those of the first zone.
   */
  delegate(name: string, nameServers: string[] | null): void {
    const first = this.byName(name)!;
    first.delegated = true;
    first.delegatedTo = nameServers;
  }

  /** Puts a record in place of the one with the same id, if there is one. */
  publish(zoneId: string, record: DnsRecord): void {
    const from = this.withdraw(zoneId, record.id);
    this.published.get(zoneId)!.push({ record, from, to: Infinity });
  }

  /** Takes a record away; returns the moment from which the DNS no longer serves it. */
  withdraw(zoneId: string, recordId: string): number {
    const zone = this.byId.get(zoneId)!;
    zone.serial++;
    const at = this.clock.ms() + this.delayMs();
    const now = this.clock.ms();
    const kept = this.published.get(zoneId)!.filter((p) => p.to > now);
    for (const p of kept) {
      if (p.record.id === recordId && p.to === Infinity) p.to = Math.max(at, p.from);
    }
    this.published.set(zoneId, kept);
    return at;
  }

  /** The zone that answers for a name: the way of a resolver from the shortest name downwards, along the delegations. */
  zoneOf(name: string): Zone | undefined {
    const names = [...new Set(this.list().map((zone) => zone.name))]
      .filter((each) => name === each || name.endsWith(`.${each}`))
      .sort((a, b) => a.length - b.length);
    let zone: Zone | undefined;
    for (const each of names) zone = this.answering(each, zone) ?? zone;
    return zone;
  }

  /** The zone of exactly this name that the delegation leads to; the first one, marked, where it leads to none of them. */
  private answering(name: string, above: Zone | undefined): Zone | undefined {
    const first = this.byName(name)!;
    if (first.delegated && first.delegatedTo === null) return first;
    const referral = above ? this.visible(above).filter((r) => r.name === name && r.type === "NS") : [];
    const hosts = first.delegated ? first.delegatedTo! : referral.map((record) => record.content);
    const wanted = hostSet(hosts);
    const served = this.list().find((zone) => zone.name === name && hostSet(zone.nameServers) === wanted);
    return served ?? (first.delegated ? first : undefined);
  }

  /** Answers one question as an authoritative server does (RFC 1034, 4.3.2; wildcards as in RFC 4592). */
  lookup(question: string, type: string): Lookup {
    const name = question.toLowerCase().replace(/\.$/, "");
    const zone = this.zoneOf(name);
    if (!zone) return { outcome: "foreign", answers: [], authority: [] };
    if (isAstray(zone)) return astray(zone, name, type);
    const visible = this.visible(zone);
    const at = (wanted: string): DnsRecord[] => visible.filter((r) => r.name === wanted);

    for (const cut of ancestors(name, zone.name)) {
      const ns = at(cut).filter((r) => r.type === "NS");
      if (ns.length === 0) continue;
      // Clients use this server as their resolver too, and a resolver does answer who serves a child zone.
      if (cut === name && type === "NS") return { outcome: "answer", zone, answers: ns, authority: [] };
      return { outcome: "referral", zone, answers: [], authority: ns };
    }

    let found = at(name);
    if (name === zone.name)
      found = [...zone.nameServers.map((host) => nameServerRecord(zone, host)), ...found];
    const exists = found.length > 0 || visible.some((r) => r.name.endsWith(`.${name}`));
    if (!exists) {
      const wildcard = `*.${closestEncloser(name, zone.name, visible)}`;
      found = at(wildcard).map((r) => ({ ...r, name }));
      if (found.length === 0) return { outcome: "nxdomain", zone, answers: [], authority: [] };
    }
    const direct = found.filter((r) => type === "ANY" || r.type === type);
    if (direct.length > 0) return { outcome: "answer", zone, answers: direct, authority: [] };
    const alias = found.find((r) => r.type === "CNAME");
    if (alias) return { outcome: "answer", zone, answers: [alias], authority: [] };
    return { outcome: "nodata", zone, answers: [], authority: [] };
  }

  /** The records the DNS serves of a zone right now. */
  visible(zone: Zone): DnsRecord[] {
    const now = this.clock.ms();
    return this.published
      .get(zone.id)!
      .filter((p) => p.from <= now && now < p.to)
      .map((p) => p.record);
  }
}

/**
 * The character strings of a TXT record: quoted strings are taken apart, anything else is one string; none is longer
 * than 255 bytes.
 */
export function txtStrings(content: string): Buffer[] {
  const text = content.trim();
  const strings = text.startsWith('"') ? quotedStrings(text) : [Buffer.from(content, "utf8")];
  return strings.flatMap((s) => {
    const parts: Buffer[] = [];
    for (let i = 0; i === 0 || i < s.length; i += 255) parts.push(s.subarray(i, i + 255));
    return parts;
  });
}

/** Why a record's content is not what its type needs, or nothing. */
export function contentProblem(type: RecordType, content: string): string | undefined {
  if (type === "A") return isIPv4(content) ? undefined : "Content for A record must be a valid IPv4 address.";
  if (type === "AAAA")
    return isIPv6(content) ? undefined : "Content for AAAA record must be a valid IPv6 address.";
  if (type === "MX" || type === "CNAME" || type === "NS") {
    return isHostName(content) ? undefined : `Content for ${type} record must be a hostname.`;
  }
  if (content.length === 0) return `Content for ${type} record must not be empty.`;
  if (type === "TXT" && content.trim().startsWith('"') && !isQuotedList(content.trim())) {
    return "Content for TXT record has quotation marks that do not match.";
  }
  return undefined;
}

/** A name of dot-separated labels, underscores allowed. */
export function isHostName(name: string): boolean {
  const bare = name.replace(/\.$/, "");
  return (
    bare.length > 0 &&
    bare.length <= 253 &&
    bare.split(".").every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label))
  );
}

function isQuotedList(text: string): boolean {
  return /^"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*$/s.test(text);
}

function quotedStrings(text: string): Buffer[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map((match) => {
    const bytes: Buffer[] = [];
    for (const part of match[1]!.matchAll(/\\(\d{3})|\\(.)|([^\\]+)/gs)) {
      bytes.push(part[1] ? Buffer.from([Number(part[1]) & 255]) : Buffer.from(part[2] ?? part[3]!, "utf8"));
    }
    return Buffer.concat(bytes);
  });
}

/** The parent delegates the zone's name to others. (A zone beside the first of its name is only ever found by its own servers.) */
export function isAstray(zone: Zone): boolean {
  return zone.delegatedTo !== null && hostSet(zone.delegatedTo) !== hostSet(zone.nameServers);
}

function hostSet(hosts: string[]): string {
  return [...new Set(hosts.map((host) => host.toLowerCase().replace(/\.$/, "")))].sort().join(" ");
}

/** What a resolver sees that follows a wrong delegation: the foreign name servers, and none of the zone's records. */
function astray(zone: Zone, name: string, type: string): Lookup {
  if (zone.delegatedTo!.length === 0) return { outcome: "lame", zone, answers: [], authority: [] };
  const ns = zone.delegatedTo!.map((host) => nameServerRecord(zone, host));
  if (name !== zone.name) return { outcome: "nxdomain", zone, answers: [], authority: [] };
  return type === "NS" || type === "ANY"
    ? { outcome: "answer", zone, answers: ns, authority: [] }
    : { outcome: "nodata", zone, answers: [], authority: [] };
}

function nameServerRecord(zone: Zone, host: string): DnsRecord {
  return { id: `ns-${host}`, name: zone.name, type: "NS", content: host, ttl: 86400 };
}

/** The names from just below the apex down to the name itself. */
function ancestors(name: string, apex: string): string[] {
  const labels = name === apex ? [] : name.slice(0, -(apex.length + 1)).split(".");
  return labels.map((_, i) => `${labels.slice(labels.length - 1 - i).join(".")}.${apex}`);
}

function closestEncloser(name: string, apex: string, visible: DnsRecord[]): string {
  let parent = name.slice(name.indexOf(".") + 1);
  while (parent !== apex && !visible.some((r) => r.name === parent || r.name.endsWith(`.${parent}`))) {
    parent = parent.slice(parent.indexOf(".") + 1);
  }
  return parent;
}
