import { normaliseName } from "../dns/records";
import { createHmac } from "node:crypto";
import { code, say, type Markdown } from "./text";

/** What a name is the name of; with `--redact`, the pseudonym says so. */
export type Named =
  | "account"
  | "domain"
  | "workspace"
  | "policy"
  | "rule"
  | "list"
  | "webhook"
  | "principal"
  | "key"
  | "resource"
  | "stack";

/**
 * The one door by which names, addresses and values of others get into the review. With `--redact` each comes out as
 * a pseudonym, the same one wherever it stands and in every review made with the same key. Whatever cannot have a
 * pseudonym is left out.
 */
export class Redactor {
  constructor(readonly redaction?: { key: string }) {}

  get redacts(): boolean {
    return this.redaction !== undefined;
  }

  name(kind: Named, text: string): Markdown {
    return code(this.rawName(kind, text));
  }

  /** A mailbox's address: `account-3k9f2mqx@domain-7c2hd04r`. */
  email(text: string): Markdown {
    return code(this.rawEmail(text));
  }

  /** A name in the DNS. */
  host(text: string): Markdown {
    return code(this.rawHost(text));
  }

  /** A value that may say who somebody is: a record's content, an item of a list. */
  value(text: string, longest?: number): Markdown {
    return this.redacts ? say`(left out)` : code(text, longest);
  }

  rawName(kind: Named, text: string): string {
    return this.redaction === undefined ? text : this.#pseudonym(kind, text);
  }

  rawEmail(text: string): string {
    if (this.redaction === undefined) return text;
    const at = text.lastIndexOf("@");
    const account = this.#pseudonym("account", text);
    return at < 0 ? account : `${account}@${this.rawHost(text.slice(at + 1))}`;
  }

  rawHost(text: string): string {
    if (this.redaction === undefined) return text;
    const name = normaliseName(text);
    const dmarc = name.startsWith("_dmarc.") ? "_dmarc." : "";
    return dmarc + this.#pseudonym("domain", name.slice(dmarc.length));
  }

  #pseudonym(kind: Named, text: string): string {
    const digest = createHmac("sha256", this.redaction!.key)
      .update(`${kind}\n${text.trim().toLowerCase()}`)
      .digest();
    // 40 bits: among two thousand names, two are alike once in a million reviews.
    return `${kind}-${BigInt(`0x${digest.toString("hex", 0, 5)}`)
      .toString(32)
      .padStart(8, "0")}`;
  }
}
