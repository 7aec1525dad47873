/**
 * Secrets to look for. They are planted before something runs. Everything that it leaves behind is searched for them,
 * in every form in which a secret is still one. What is found is named by the canary and the place, never by its
 * value.
 */
import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

/** A private key, or what begins as Nylas' keys do and is as long. */
export const KEYS = /-----BEGIN [A-Z ]*PRIVATE KEY-----\n?[A-Za-z0-9+/]{20}|nyk_[A-Za-z0-9_]{24}/;

export class Canaries {
  readonly #values = new Map<string, string>();
  readonly #forms = new Map<string, Buffer[]>();

  /** Takes note of a secret; returns it. */
  plant(name: string, value: string): string {
    assert.ok(value.length >= 12, `${name} is too short to be told from chance`);
    this.#values.set(name, value);
    this.#forms.set(
      name,
      // Letters and digits survive every escaping: the longest run of them is looked for as well.
      [value, longestWord(value)].flatMap(formsOf).map((form) => Buffer.from(form)),
    );
    return value;
  }

  /** A new secret that an account takes for its password: it has everything in it that is written differently elsewhere. */
  password(name: string): string {
    return this.plant(name, `Aa1"/\\&<+%${randomBytes(12).toString("hex")}`);
  }

  get names(): string[] {
    return [...this.#values.keys()];
  }

  value(name: string): string {
    return this.#values.get(name)!;
  }

  /** The names of the secrets that stand in this text, or in what is packed in it. */
  in(content: string | Buffer): string[] {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    const all = [bytes, ...unpacked(bytes)];
    return this.names.filter((name) =>
      this.#forms.get(name)!.some((form) => all.some((each) => each.includes(form))),
    );
  }

  /** What stands in the files below a folder, as `file: secrets`. */
  below(folder: string, passOver: (file: string) => boolean = () => false): string[] {
    return filesBelow(folder)
      .filter((file) => !passOver(file))
      .flatMap((file) => {
        const content = readIfThere(file);
        const found = content === undefined ? [] : this.in(content);
        return found.length > 0 ? [`${path.relative(folder, file)}: ${found.join(", ")}`] : [];
      });
  }

  /** Proves that the search finds each of them, in each form and packing: a search that finds nothing proves nothing otherwise. */
  assertFindable(): void {
    for (const [name, value] of this.#values) {
      const hidden = [
        `x${value}y`,
        JSON.stringify({ a: JSON.stringify({ value }) }),
        `?a=${encodeURIComponent(value)}`,
        Buffer.from(`Bearer ${value} `).toString("base64"),
        Buffer.from(`ab${value} `).toString("base64url"),
      ];
      for (const text of hidden) assert.deepEqual(this.in(text).includes(name), true, `${name} in ${text}`);
    }
  }
}

/** All files below a folder; none where there is no such folder. */
export function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return entry.isFile() ? [file] : [];
  });
}

function longestWord(value: string): string {
  const [longest] = (value.match(/[a-z0-9]+/gi) ?? []).sort((a, b) => b.length - a.length);
  return longest !== undefined && longest.length >= 12 ? longest : value;
}

function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const forms = [
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    // Go writes these three of JSON in another way, and so does a URL.
    json.replace(/[<>&]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`),
    encodeURIComponent(value),
    new URLSearchParams([["", value]]).toString().slice(1),
    Buffer.from(value).toString("hex"),
  ];
  for (const before of [0, 1, 2]) {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const [first, last] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    forms.push(bytes.toString("base64").slice(first, last), bytes.toString("base64url").slice(first, last));
  }
  return [...new Set(forms)];
}

/** What is packed in these bytes, if they are a packing of something. */
function unpacked(bytes: Buffer): Buffer[] {
  return [gunzipSync, inflateSync, brotliDecompressSync].flatMap((unpack) => {
    try {
      return [unpack(bytes)];
    } catch {
      return [];
    }
  });
}

/** An engine that ran beside this one takes its log away when it ends: what is gone stands open nowhere. */
function readIfThere(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
