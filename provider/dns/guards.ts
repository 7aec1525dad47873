import type * as Tldts from "tldts";
import { normaliseName } from "./records";

/**
 * Whether a domain is one that is registered as such (`example.com`, `example.co.uk`) or a public suffix itself. An
 * MX there takes over the mail of the whole company. By the public suffix list, its private part included.
 */
export function isRegistrableDomain(domain: string): boolean {
  // Required here: the list is 150 KB, and only a program that declares a domain needs it.
  // oxlint-disable-next-line typescript/no-require-imports
  const { parse } = require("tldts") as typeof Tldts;
  const name = normaliseName(domain);
  const parsed = parse(name, { allowPrivateDomains: true, validateHostname: false });
  return parsed.domain === name || parsed.publicSuffix === name;
}

/** Whether a TXT is an SPF record: version 1, then a blank or the end. */
export function isSpf(text: string): boolean {
  return /^v=spf1( |$)/i.test(text.trim());
}

/** Whether two SPF records say the same: case, blanks and the order of what comes before `all` aside. */
export function sameSpf(a: string, b: string): boolean {
  const key = (text: string): string =>
    [...spfTerms(text)]
      .map((term) => term.toLowerCase())
      .sort()
      .join(" ");
  return key(a) === key(b);
}

/** Whether `text` allows at least the senders that `part` allows by name. */
export function includesSpf(text: string, part: string): boolean {
  const has = new Set(spfTerms(text).map((term) => term.toLowerCase()));
  return spfTerms(part).every((term) => isAll(term) || has.has(term.toLowerCase()));
}

/**
 * One SPF record for the senders of both: the mechanisms of `a`, then those only `b` has, then the stricter of the two
 * `all`. A `redirect`, which nothing may follow, becomes an `include`.
 */
export function mergeSpf(a: string, b: string): string {
  const mechanisms: string[] = [];
  const seen = new Set<string>();
  let strictest: string | undefined;
  let redirected = false;
  for (const term of [...spfTerms(a), ...spfTerms(b)]) {
    if (isAll(term)) {
      if (strictest === undefined || strictness(term) > strictness(strictest)) strictest = term;
      continue;
    }
    const redirect = /^redirect=(.*)$/i.exec(term);
    if (redirect) redirected = true;
    const mechanism = redirect ? `include:${redirect[1]}` : term;
    const key = mechanism.replace(/^\+/, "").toLowerCase();
    const isSecondExplanation = /^exp=/.test(key) && [...seen].some((other) => other.startsWith("exp="));
    if (seen.has(key) || isSecondExplanation) continue;
    seen.add(key);
    mechanisms.push(mechanism);
  }
  const all = strictest ?? (redirected ? "~all" : undefined);
  return ["v=spf1", ...mechanisms, ...(all === undefined ? [] : [all.toLowerCase()])].join(" ");
}

function spfTerms(text: string): string[] {
  return text.trim().split(/\s+/).slice(1);
}

function isAll(term: string): boolean {
  return /^[-~?+]?all$/i.test(term);
}

function strictness(all: string): number {
  return { "-": 3, "~": 2, "?": 1 }[all.charAt(0)] ?? 0;
}
