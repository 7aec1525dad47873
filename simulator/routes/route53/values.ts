import { contentProblem, isHostName, type RecordType } from "../../dns/zones.js";

/** The types of record sets: a zone has its own SOA among them. */
export type SetType = RecordType | "SOA";

/** Why a value is not what Route 53 takes for the type: its own form, which is no zone file's. */
export function valueProblem(type: SetType, value: string): string | undefined {
  if (type === "TXT") return textProblem(value);
  const fields = value.trim().split(/\s+/);
  if (type === "MX") {
    if (fields.length !== 2) return "MXRRDATANotTwoFields (MX record doesn't have 2 fields)";
    if (!isUint16(fields[0]!)) return "MXRRDATAPriorityNotInteger (MX record priority is not an integer)";
    return isHostName(fields[1]!) ? undefined : "DomainLabelInvalid (Value is not a valid domain name)";
  }
  if (type === "SRV") {
    const good = fields.length === 4 && fields.slice(0, 3).every(isUint16) && isHostName(fields[3]!);
    return good ? undefined : "SRVRRDATANotFourFields (SRV record doesn't have 4 fields)";
  }
  if (type === "CAA") {
    return /^\d+\s+[a-z0-9]+\s+"[^"]*"$/i.test(value)
      ? undefined
      : "CAARRDATAInvalid (CAA record is not valid)";
  }
  if (type === "SOA") return undefined;
  return contentProblem(type, value) === undefined
    ? undefined
    : `${type}RRDATAInvalid (Value is not valid for this type)`;
}

function textProblem(value: string): string | undefined {
  if (value.length > 4000) return "ValueTooLong (Value is longer than 4000 characters)";
  if (!QUOTED_STRINGS.test(value)) {
    return "InvalidCharacterString (Value should be enclosed in quotation marks)";
  }
  if (/[^\x20-\x7e]/.test(value)) return "UnsupportedCharacter (Value contains unsupported characters)";
  if (textStrings(value).some((bytes) => bytes.length > 255)) {
    return "CharacterStringTooLong (Value is too long)";
  }
  return undefined;
}

const QUOTED_STRINGS = /^\s*"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*\s*$/s;

function isUint16(field: string): boolean {
  return /^\d{1,5}$/.test(field) && Number(field) <= 65_535;
}

/** A value in the form the zones hold. */
export function content(type: SetType, value: string): { content: string; priority?: number } {
  if (type === "TXT") return { content: textStrings(value).map(zoneFileString).join(" ") };
  const fields = value.trim().split(/\s+/);
  const host = (name: string): string => name.replace(/\.$/, "").toLowerCase();
  if (type === "MX") return { priority: Number(fields[0]), content: host(fields[1]!) };
  if (type === "SRV") {
    return { priority: Number(fields[0]), content: `${fields[1]} ${fields[2]} ${host(fields[3]!)}` };
  }
  return { content: ["CNAME", "NS", "PTR"].includes(type) ? host(value.trim()) : value.trim() };
}

/** The strings of a TXT value: escapes are three octal digits, or a backslash before the character meant. */
function textStrings(value: string): Buffer[] {
  const strings = value.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  return strings.map((quoted) => unescaped(quoted.slice(1, -1)));
}

function unescaped(value: string): Buffer {
  const parts = [...value.matchAll(/\\([0-3][0-7]{2})|\\(.)|([^\\]+)/gs)];
  return Buffer.concat(
    parts.map(([, octal, character, plain]) =>
      octal === undefined ? Buffer.from((character ?? plain)!, "utf8") : Buffer.from([parseInt(octal, 8)]),
    ),
  );
}

export function octal(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => {
      if (byte === 0x22) return '\\"';
      const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x5c;
      return plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
    })
    .join("");
}

function zoneFileString(bytes: Uint8Array): string {
  const escaped = [...bytes].map((byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    const plain = byte >= 0x20 && byte < 0x7f;
    return plain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, "0")}`;
  });
  return `"${escaped.join("")}"`;
}

/** A name as it was asked for: case and final dot do not count, `\ooo` stands for a character. */
export function dnsName(name: string): string {
  return unescaped(name).toString("latin1").toLowerCase().replace(/\.$/, "");
}

/** A name as Route 53 shows it: anything but letters, digits, hyphens and underscores as an octal escape. */
export function shownName(name: string): string {
  const escaped = [...Buffer.from(name, "latin1")].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[a-z0-9_.-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `${escaped.join("")}.`;
}
