/**
 * What may be shown. Every message, log line and error of the plugin goes through `shown`. It knows the values that
 * this process was given as secrets, and leaves out the parts of addresses in which tokens stand.
 */
import { domainToASCII } from "node:url";
import type * as Levenshtein from "fastest-levenshtein";
import { writingsOf } from "./nylas/secret";

const MARK = "[secret]";

/** Texts below this length are replaced only where they stand as a word: they may be a part of any other word. */
const LONG = 8;
/** Shorter ones are words of the language, and hiding them would hide nothing. */
const SHORTEST = 3;
/** What is left of a value that was cut is replaced from this length on. */
const CUT = 10;

const secrets = new Set<string>();
/** How all of them may be written: long ones by their first characters, short ones as words. Made when something is shown. */
let index: { long: Map<string, string[]>; short: string[] } | undefined;

/** Remembers a value that was given as a secret, for as long as this process lives: its texts and numbers, at any depth. */
export function hide(value: unknown): void {
  if (typeof value === "number") return remember(String(value), 2);
  if (typeof value === "string") return textsOf(value).forEach((text) => remember(text));
  if (typeof value !== "object" || value === null) return;
  for (const each of Object.values(value)) hide(each);
}

/** Remembers what may be a token in the addresses among these values, secret or not. */
export function hideTokens(value: unknown): void {
  if (typeof value === "string") return tokensOf(value).forEach((token) => remember(token));
  if (typeof value !== "object" || value === null) return;
  for (const each of Object.values(value)) hideTokens(each);
}

/** Whether an address among these values has a part in which tokens stand. */
export function holdsTokens(value: unknown): boolean {
  if (typeof value === "string") return withoutTokens(value) !== value;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsTokens);
}

/** A message as it may be shown. */
export function shown(message: string): string {
  return withoutTokens(withoutSecrets(message));
}

/** A message whose addresses have lost their query, fragment, user and password: that is where tokens stand. */
export function withoutTokens(message: string): string {
  return message.replace(/\b(https?:\\?\/\\?\/)([^\s"'<>`]+)/gi, (whole, scheme: string, rest: string) => {
    if (DOCUMENTATION.test(rest)) return whole;
    const [, place = "", tail = ""] = /^([^?#]*)([?#].*)?$/s.exec(rest) ?? [];
    const host = place.replace(/^[^/\\]*@/, "…@");
    // A full stop or a bracket behind the address is the sentence's own.
    const own = tail === "" ? "" : (/[).,;:]*$/.exec(tail)?.[0] ?? "");
    return `${scheme}${host}${tail === "" || tail === own ? tail : `?…${own}`}`;
  });
}

/** Addresses of pages that messages send their readers to. */
const DOCUMENTATION = /^(developer\.nylas\.com|www\.pulumi\.com|github\.com)\/[^?@]*$/i;

/** What breaks a line, steers a terminal, turns text around or has no look of its own. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text that shows as what it is, whoever wrote it. */
export function visible(text: string, instead = "?"): string {
  return text.replace(UNSEEN, instead);
}

/** The same, with the escapes of JavaScript: what cannot be seen may be what is wrong with it. */
export function visiblyEscaped(text: string): string {
  return text.replace(UNSEEN, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

function remember(text: string, shortest = SHORTEST): void {
  if (text.length < shortest || secrets.has(text)) return;
  secrets.add(text);
  index = undefined;
}

/** A secret text, and the parts of it that messages show by themselves: of an address its host, of an e-mail address its domain. */
function textsOf(value: string): string[] {
  const plain = value.trim();
  const lower = plain.toLowerCase();
  const domain = /^(?:[^\s@]+@)?((?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]+)\.?$/u.exec(lower)?.[1];
  const domains = domain === undefined ? [] : [domain, domainToASCII(domain), ...parentsOf(domain)];
  return [value, plain, lower, ...domains, ...tokensOf(plain), ...placesOf(plain)];
}

/** The domains above one, without its ending. */
function parentsOf(domain: string): string[] {
  const labels = domain.split(".");
  return labels.slice(1, -1).map((_, i) => labels.slice(i + 1).join("."));
}

function placesOf(value: string): string[] {
  const url = parsed(value);
  if (!url) return [];
  return [url.host, url.hostname, ...url.pathname.split("/").filter((part) => part.length >= LONG)];
}

function tokensOf(value: string): string[] {
  const url = parsed(value);
  if (!url) return [];
  const parameters = [...url.searchParams.values()].filter((each) => each.length >= 6);
  const [, query = ""] = /\?([^#]*)/.exec(value) ?? [];
  const [, fragment = ""] = /#(.*)$/s.exec(value) ?? [];
  const users = [url.username, url.password].map((part) => decode(part));
  return [query, fragment, ...parameters, ...users].filter((token) => token !== "");
}

function parsed(value: string): URL | undefined {
  if (!value.includes("://")) return undefined;
  return URL.canParse(value) ? new URL(value) : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function withoutSecrets(message: string): string {
  if (secrets.size === 0) return message;
  const { long, short } = (index ??= indexed());
  let clean = "";
  let kept = 0;
  for (let i = 0; i + LONG <= message.length; i++) {
    const forms = long.get(message.slice(i, i + LONG));
    const length = forms === undefined ? 0 : lengthAt(message, i, forms);
    if (length === 0) continue;
    clean += message.slice(kept, i) + MARK;
    kept = i + length;
    i = kept - 1;
  }
  clean += message.slice(kept);
  for (const word of short) clean = withoutWord(clean, word);
  return clean;
}

/** How much of a secret stands at this place: all of it, or what is left where it was cut. */
function lengthAt(message: string, at: number, forms: string[]): number {
  let cut = 0;
  for (const form of forms) {
    if (message.startsWith(form, at)) return form.length;
    let length = 0;
    while (length < form.length && message[at + length] === form[length]) length++;
    const end = at + length;
    const wasCut = end === message.length || /^(\.\.\.|…)/.test(message.slice(end, end + 3));
    if (length >= CUT && wasCut) cut = Math.max(cut, length);
  }
  return cut;
}

function withoutWord(message: string, word: string): string {
  const isPart = (character: string | undefined) =>
    character !== undefined && /[\p{L}\p{N}]/u.test(character);
  return message
    .split(word)
    .reduce((left, right) => left + (isPart(left.at(-1)) || isPart(right[0]) ? word : MARK) + right);
}

function indexed(): { long: Map<string, string[]>; short: string[] } {
  const forms = new Set([...secrets].flatMap((secret) => [secret, ...writingsOf(secret)]));
  const long = new Map<string, string[]>();
  const short: string[] = [];
  for (const form of forms) {
    if (form.length < LONG) {
      short.push(form);
      continue;
    }
    const key = form.slice(0, LONG);
    const others = long.get(key);
    if (others) others.push(form);
    else long.set(key, [form]);
  }
  for (const others of long.values()) others.sort((a, b) => b.length - a.length);
  return { long, short: short.sort((a, b) => b.length - a.length) };
}

/** The allowed name that a mistyped one most likely stands for; undefined where none is near. */
export function nearest(key: string, allowed: readonly string[]): string | undefined {
  if (key.length > 60) return undefined;
  // Loaded for the first mistake: a program without one does not wait for it.
  // oxlint-disable-next-line typescript/no-require-imports
  const { distance } = require("fastest-levenshtein") as typeof Levenshtein;
  return allowed.find((name) => distance(name.toLowerCase(), key.toLowerCase()) <= 2);
}

/**
 * A value as it may stand in an error. It is short, and has nothing in it that would move the terminal's cursor or
 * turn the text around.
 */
export function show(value: unknown): string {
  const text = visiblyEscaped(plainText(value));
  const characters = [...text.slice(0, 250)];
  return text.length > 120 && characters.length > 117 ? `${characters.slice(0, 117).join("")}...` : text;
}

function plainText(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_key, each: unknown) => (typeof each === "string" ? withoutTail(each) : each)) ??
      String(value)
    );
  } catch {
    // Circular, a bigint, or an object that refuses: only a program can hold such a thing.
    return typeof value === "bigint" ? `${value}n` : "something that is no plain value";
  }
}

/** An address that is shown by itself ends where its query or fragment begins, whatever is in it. */
function withoutTail(text: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
    ? withoutTokens(text.replace(/[?#].*$/s, "?…").replace(/\/\/[^/?#]*@/, "//…@"))
    : text;
}
