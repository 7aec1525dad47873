import { createHash } from "node:crypto";

/**
 * Ids, keys and tokens that follow from the seed alone. They are derived from what they name (an address, a policy's
 * name) and how often that was made before. They do not depend on the order of requests: concurrent creates get the
 * same ids in every run.
 */
export class Seeded {
  private readonly made = new Map<string, number>();

  constructor(readonly seed: string) {}

  /** A UUID-shaped id for the next object of this kind under this natural key. */
  uuid(kind: string, key: string): string {
    const hex = this.bytes(`${kind}|${key}|${this.next(kind, key)}`, 16).toString("hex");
    const variant = ((parseInt(hex[16]!, 16) & 3) | 8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** An id of 21 characters that says nothing by its look; half of them begin with `_` or `-`. */
  opaque(kind: string, key: string): string {
    const bytes = this.bytes(`${kind}|${key}|${this.next(kind, key)}`, 17);
    const text = bytes.toString("base64url").slice(0, 20);
    const first = bytes[16]! % 4;
    return `${first < 2 ? "_-"[first] : "Vk"[first - 2]}${text}`;
  }

  /** A hexadecimal id of the given length, as Cloudflare uses them. */
  hex(kind: string, key: string, length = 32): string {
    return this.bytes(`${kind}|${key}|${this.next(kind, key)}`, Math.ceil(length / 2))
      .toString("hex")
      .slice(0, length);
  }

  /** A token of letters and digits; another one at each call with the same label. */
  token(label: string, length = 32): string {
    return this.bytes(`token|${label}|${this.next("token", label)}`, length * 2)
      .toString("base64url")
      .replace(/[-_]/g, "")
      .slice(0, length);
  }

  /** The same bytes for the same label, always. */
  bytes(label: string, length: number): Buffer {
    const blocks: Buffer[] = [];
    for (let i = 0; i * 32 < length; i++) {
      blocks.push(createHash("sha256").update(`${this.seed}|${label}|${i}`).digest());
    }
    return Buffer.concat(blocks).subarray(0, length);
  }

  /** A digest by which a password can be recognised but not read. */
  digest(password: string): string {
    return createHash("sha256").update(`${this.seed}|password|${password}`).digest("hex");
  }

  /** The next number in [0, 1) of a named sequence. */
  fraction(sequence: string): number {
    return this.bytes(`fraction|${sequence}|${this.next("fraction", sequence)}`, 4).readUInt32BE() / 2 ** 32;
  }

  private next(kind: string, key: string): number {
    const name = `${kind}|${key}`;
    const n = (this.made.get(name) ?? 0) + 1;
    this.made.set(name, n);
    return n;
  }
}
