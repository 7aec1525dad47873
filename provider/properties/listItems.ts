import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { domainToASCII } from "node:url";
import { UserError } from "../core/failure";
import { show } from "../core/fields";
import { decodeText, TextError } from "../core/textFile";
import { type ListType } from "../nylas/api";
import { isLine } from "./types";

/**
 * The form in which an item is sent and compared: lower case, and a domain in punycode. A domain stands in a message
 * in that form. An item in another alphabet would match nothing otherwise.
 */
export function normalItem(item: string): string {
  const text = item.trim().toLowerCase();
  if (isAscii(text)) return text;
  const at = text.lastIndexOf("@") + 1;
  return text.slice(0, at) + (domainToASCII(text.slice(at)) || text.slice(at));
}

export function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

/** Items as the set they are: in normal form, each once, sorted. */
export function normalItems(items: string[]): string[] {
  return [...new Set(items.map(normalItem))].sort();
}

/** The items of a file: one to a line; empty lines and those that begin with # do not count. */
export function parseItems(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** What stands in the state for a file of items: another order, another case or a comment does not change it. */
export function digestOfItems(items: string[]): string {
  return createHash("sha256").update(normalItems(items).join("\n")).digest("hex");
}

/** What would be right instead of an item; undefined for one that is. Only what cannot be meant is refused. */
export function itemProblem(type: ListType, item: string): { allowed: string; example: string } | undefined {
  const value = normalItem(item);
  const { form, allowed, example } = FORMS[type];
  // The characters that nobody sees are gone from a name in punycode, so the item is judged as it was written too.
  if (isLine(item.trim(), 500) && isLine(value, 500) && !/\p{Cf}/u.test(item) && form.test(value))
    return undefined;
  return { allowed, example };
}

const FORMS: Record<ListType, { form: RegExp; allowed: string; example: string }> = {
  address: {
    form: /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)*$/,
    allowed: "an e-mail address",
    example: '"person@spam.example"',
  },
  domain: {
    form: /^[^\s@./:*]+(\.[^\s@./:*]+)+$/,
    allowed: "a domain name (no scheme, no @, no wildcard)",
    example: '"spam.example"',
  },
  tld: {
    form: /^[^\s@./:*]+(\.[^\s@./:*]+)*$/,
    allowed: "a top-level domain without a dot in front",
    example: '"example"',
  },
};

/** The items of a file, whose path is relative to the folder that the process runs in. */
export function readItems(file: string): string[] {
  try {
    return parseItems(decodeText(readFileSync(resolve(file))));
  } catch (error) {
    if (error instanceof TextError) throw new UserError(`itemsFile: ${file}: ${error.message}`);
    throw new UserError(
      `itemsFile: ${file} cannot be read in ${process.cwd()} (${(error as NodeJS.ErrnoException).code}); it is looked for relative to the program's folder`,
    );
  }
}

/**
 * The digest of the items, or what is wrong with the file, for check to refuse. An error thrown in a program would make Pulumi's SDK
 * print its whole object graph, which takes minutes and gigabytes.
 */
export function digestOrProblem(file: string, type: ListType): string {
  let items: string[];
  try {
    items = readItems(file);
  } catch (error) {
    return (error as Error).message;
  }
  const wrong = items.find((item) => itemProblem(type, item) !== undefined);
  if (wrong === undefined) return digestOfItems(items);
  return `itemsFile: ${file} holds ${show(wrong)}; allowed: in a list of type ${type}, ${itemProblem(type, wrong)!.allowed}, one to a line`;
}
