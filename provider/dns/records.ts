import { visible } from "../shown";
import { domainToASCII } from "node:url";
import type { DomainAttempt } from "../nylas/api";

/**
 * One DNS record in the form that everything in this folder compares and hands on. What Nylas asks for, what is
 * declared to a DNS vendor and what a name server answers are all brought to it.
 */
export interface DnsRecord {
  type: RecordType;
  /** The full name: lower case, punycode, without the final dot. */
  name: string;
  /** TXT: the text itself, without quotes, in one piece. MX: the target host in the form of a name. */
  value: string;
  /** MX only. */
  priority?: number;
}

export type RecordType = "MX" | "TXT";

/** The priority of an MX record where Nylas names none. */
export const defaultMxPriority = 10;

/** Lower case, punycode, without the final dot and the blanks around it. A name that is none stays recognisable. */
export function normaliseName(name: string): string {
  const bare = name.trim().replace(/\.$/, "");
  const ascii = isAscii(bare) ? bare : domainToASCII(bare) || bare;
  return ascii.toLowerCase();
}

/** Why a normalised name cannot stand in the DNS, as the end of a sentence; undefined for a sound one. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name.length > 253) return `has ${name.length} characters, the DNS allows 253`;
  for (const label of name.split(".")) {
    if (label === "") return "has an empty label (two dots in a row)";
    const shown = visible(label.length > 70 ? `${label.slice(0, 63)}…` : label);
    if (label.length > 63) return `has a label of ${label.length} characters, the DNS allows 63: ${shown}`;
    if (!/^[a-z0-9_*]([a-z0-9_-]*[a-z0-9_])?$/.test(label))
      return `has a label that is not allowed: "${shown}"`;
  }
  return undefined;
}

/** Whether `name` is `domain` itself or lies below it, at the boundary of a label. */
export function isWithin(name: string, domain: string): boolean {
  return name === domain || name.endsWith("." + domain);
}

/**
 * The full name of a host as Nylas (or a person) writes it. `""` and `@` are the domain itself. A name that ends in
 * the domain, with or without final dot, is full already. Everything else is relative to the registered domain. An
 * absolute name (with final dot) outside the domain is kept as it is.
 */
export function hostToName(domain: string, host: string): string {
  const base = normaliseName(domain);
  const name = normaliseName(host);
  if (name === "" || name === "@") return base;
  if (isWithin(name, base)) return name;
  return host.trim().endsWith(".") ? name : `${name}.${base}`;
}

/**
 * The record Nylas asks for, in the normal form. `layoutHost` and `layoutType` stand in for what the answer leaves
 * out. Throws where the answer holds no value, or a type that is neither MX nor TXT.
 */
export function recordFromAttempt(
  domain: string,
  purpose: string,
  answer: NonNullable<DomainAttempt["record"]>,
  layout: { host?: string; type?: RecordType } = {},
): DnsRecord {
  const type = (answer.type ?? layout.type ?? "").trim().toUpperCase();
  if (type !== "MX" && type !== "TXT") {
    const asked = visible(`${answer.host ?? layout.host ?? "?"} ${type} "${answer.value ?? "?"}"`);
    throw new Error(
      `Nylas asks for a ${type || "record without a type"} as the ${purpose} record of ${domain} (${asked}); expected MX or TXT. Publish it ` +
        "with a resource of your DNS vendor, and compose the domain without NylasDomainRecords",
    );
  }
  const host = answer.host ?? layout.host;
  if (host === undefined) throw new Error(`Nylas names no host for the ${purpose} record of ${domain}`);
  const name = hostToName(domain, host);
  const wrong = nameProblem(name);
  if (wrong) throw new Error(`the ${purpose} record of ${domain}: its name ${visible(name)} ${wrong}`);
  const text = answer.value?.trim() ?? "";
  if (text === "") throw new Error(`Nylas names no value for the ${purpose} record of ${domain}`);
  if (type === "TXT") return { type, name, value: unquoteTxt(text) };
  const { priority, target } = parseMx(unquoteTxt(text));
  return { type, name, value: target, priority };
}

/** `10 mail.example.com` or a bare host; the priority is 10 where none is written. */
export function parseMx(value: string): { priority: number; target: string } {
  const [, priority, target] = /^\s*(\d{1,5})\s+(\S+)\s*$/.exec(value) ?? [];
  if (priority === undefined || target === undefined || Number(priority) > 65535) {
    return { priority: defaultMxPriority, target: normaliseName(value) };
  }
  return { priority: Number(priority), target: normaliseName(target) };
}

/** What two records must share to be the same one. */
export function recordKey(record: DnsRecord): string {
  const value = record.type === "MX" ? normaliseName(record.value) : record.value;
  const priority = record.type === "MX" ? (record.priority ?? defaultMxPriority) : "";
  return JSON.stringify([record.type, normaliseName(record.name), priority, value]);
}

export function sameRecord(a: DnsRecord, b: DnsRecord): boolean {
  return recordKey(a) === recordKey(b);
}

/** Equality as sets: neither order nor repetition counts. */
export function sameRecords(a: readonly DnsRecord[], b: readonly DnsRecord[]): boolean {
  const left = new Set(a.map(recordKey));
  const right = new Set(b.map(recordKey));
  return left.size === right.size && [...left].every((key) => right.has(key));
}

/**
 * A text as the quoted character strings of a zone file, which is also the content Cloudflare takes. It is always
 * quoted. A text of over 255 bytes has more than one string, and every byte beyond visible ASCII is written as
 * `\DDD`.
 */
export function quoteTxt(value: string): string {
  return txtStrings(value)
    .map((bytes) => `"${escapeTxt(bytes)}"`)
    .join(" ");
}

/** A text as the character strings that carry it in the DNS: at most 255 bytes each, at least one. */
export function txtStrings(value: string): Buffer[] {
  const bytes = Buffer.from(value, "utf8");
  const strings = [bytes.subarray(0, 255)];
  for (let at = 255; at < bytes.length; at += 255) strings.push(bytes.subarray(at, at + 255));
  return strings;
}

/** The inside of a quoted string in a zone file. */
export function escapeTxt(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte === 0x22 || byte === 0x5c) text += "\\" + String.fromCharCode(byte);
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += "\\" + String(byte).padStart(3, "0");
  }
  return text;
}

/**
 * A text as `aws.route53.Record` takes it. The provider puts one pair of quotes around the whole, so a text of more
 * than 255 bytes has inner ones between its strings. Inside, Route 53 reads a backslash and three octal digits as a
 * byte.
 */
export function route53Txt(text: string): string {
  return txtStrings(text).map(octalEscaped).join('""');
}

function octalEscaped(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x5c;
    if (byte === 0x22) text += '\\"';
    else text += plain ? String.fromCharCode(byte) : "\\" + byte.toString(8).padStart(3, "0");
  }
  return text;
}

/** The text that one or more quoted strings stand for; a text that is not quoted is returned as it is. */
export function unquoteTxt(text: string): string {
  const trimmed = text.trim();
  if (!/^"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*$/s.test(trimmed)) return text;
  const strings = trimmed.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  return decodeTxt(Buffer.concat(strings.map((quoted) => unescapeTxt(quoted.slice(1, -1)))));
}

/** The bytes of a TXT record as text: UTF-8, or one character per byte where they are not UTF-8. */
export function decodeTxt(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("latin1");
  }
}

function unescapeTxt(text: string): Buffer {
  const parts: Buffer[] = [];
  for (const [piece, decimal, character, plain] of text.matchAll(/\\(\d{3})|\\(.)|([^\\]+)/gsu)) {
    if (decimal !== undefined && Number(decimal) < 256) parts.push(Buffer.from([Number(decimal)]));
    else parts.push(Buffer.from(character ?? plain ?? piece.slice(1), "utf8"));
  }
  return Buffer.concat(parts);
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}
