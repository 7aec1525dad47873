import { isRecord } from "../errors";
import { KNOWN, type KnownObject } from "./known";
import { type Form, type Members } from "./members";
import { watch } from "./parts";

/** Something in an answer that this release does not know. No text of a user is in it. */
export interface Unknown {
  /** `member`: it has no such name here. `value`: one of several words, and a new one. `form`: another type. */
  what: "member" | "value" | "form";
  /** Where it stands, as in `match.operator`. */
  at: string;
  /** The new word, or the type that came. */
  seen: string;
}

/** What an object has that this release does not know of its kind. */
export function unknownIn(kind: KnownObject, value: unknown): Unknown[] {
  return isRecord(value) ? inMembers(KNOWN[kind], value, "") : [];
}

function inMembers(known: Members, value: Record<string, unknown>, before: string): Unknown[] {
  return Object.entries(value).flatMap(([name, member]): Unknown[] => {
    // An object that comes without `data` around it has this beside its own members.
    if (name === "request_id") return [];
    const at = before + tokenOf(name);
    const form = Object.hasOwn(known, name) ? known[name] : undefined;
    if (form === undefined) return [{ what: "member", at, seen: typeOf(member) }];
    return member === null ? [] : inForm(form, member, at);
  });
}

function inForm(form: Form, value: unknown, at: string): Unknown[] {
  const other: Unknown[] = [{ what: "form", at, seen: typeOf(value) }];
  if (typeof form === "string") return holds(form, value) ? [] : other;
  if (!isList(form)) return isRecord(value) ? inMembers(form, value, `${at}.`) : other;
  const [first] = form;
  if (isRecord(first)) {
    if (!Array.isArray(value)) return other;
    return value.flatMap((each) => (isRecord(each) ? inMembers(first, each, `${at}[].`) : other));
  }
  if (typeof value !== "string") return other;
  return value === "" || form.some((word) => word === value)
    ? []
    : [{ what: "value", at, seen: tokenOf(value) }];
}

function isList(form: Exclude<Form, string>): form is readonly string[] | [Members] {
  return Array.isArray(form);
}

function holds(form: string, value: unknown): boolean {
  switch (form) {
    case "text":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "flag":
      return typeof value === "boolean";
    case "moment":
      return typeof value === "number" || (typeof value === "string" && isMoment(value));
    case "texts":
      return Array.isArray(value) && value.every((each) => typeof each === "string");
    default:
      return true;
  }
}

/** A number as text, or a date of RFC 3339. */
export function isMoment(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text) || !Number.isNaN(Date.parse(text));
}

/** A name that somebody made up for an API, and nothing that somebody wrote: everything else is not shown. */
export function tokenOf(text: string): string {
  // What has many digits in it may be an id or a key.
  const isToken = /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/.test(text) && text.replace(/\D/g, "").length < 4;
  return isToken ? text : "(not shown)";
}

/** The type of a value, in words. */
export function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  return typeof value === "string" ? "text" : typeof value === "boolean" ? "flag" : typeof value;
}

let collecting: Set<string> | undefined;
const told = new Set<string>();

/** Called for every object that is decoded. */
export function notice(kind: string, value: unknown): void {
  if (collecting === undefined || !Object.hasOwn(KNOWN, kind)) return;
  for (const unknown of unknownIn(kind as KnownObject, value)) collecting.add(inWords(kind, unknown));
}

/** Runs a decoder, and tells what in the answer is new, each thing once per process. */
export function noticing<T>(decode: () => T, tell: (notice: string) => void): T {
  const found = (collecting = new Set<string>());
  watch.notice = notice;
  try {
    return decode();
  } finally {
    collecting = watch.notice = undefined;
    for (const text of found) if (!told.has(text)) tell(text);
    for (const text of found) told.add(text);
  }
}

function inWords(kind: string, { what, at, seen }: Unknown): string {
  const words = {
    member: `unknown member ${at} (${seen})`,
    value: `unknown value ${seen} of ${at}`,
    form: `unexpected form of ${at} (${seen})`,
  };
  return `${words[what]} in ${kind}`;
}
