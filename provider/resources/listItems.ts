import { createHash } from "node:crypto";
import { type ListType } from "../nylas/api";
import { isLine } from "./fields";

/** The form in which Nylas keeps an item, and in which items are compared. */
export function normalItem(item: string): string {
  return item.trim().toLowerCase();
}

/** Items as the set they are: in normal form, each once, sorted. */
export function normalItems(items: string[]): string[] {
  return [...new Set(items.map(normalItem))].sort();
}

/** The items of a file: one to a line; empty lines and those that begin with # do not count. */
export function parseItems(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
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
  if (isLine(value, 500) && !/\p{Cf}/u.test(value) && form.test(value)) return undefined;
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
