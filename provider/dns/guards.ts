import type * as Tldts from "tldts";
import type { RecordSlots } from "./layout";
import { normaliseName, printable, type DnsRecord } from "./records";

/** What already stands at the names of a domain, as far as it is known. */
export interface Published {
  /** The MX records at the domain; undefined where the DNS could not be asked. */
  mx: readonly DnsRecord[] | undefined;
  /** The TXT records at the name of the SPF record; undefined where the DNS could not be asked. */
  txt: readonly DnsRecord[] | undefined;
}

/**
 * What publishing the records would break, one message each, with the way out: mail that somebody else receives for
 * the domain, and a second SPF record. Empty where nothing stands in the way. Pure: the look-up is the caller's.
 */
export function findConflicts(records: RecordSlots, published: Published): string[] {
  const problems: string[] = [];
  const foreign = foreignMx([records.mx], published.mx ?? []);
  if (foreign.length > 0) {
    problems.push(
      `${records.mx.name} already receives mail elsewhere: MX ${foreign.map(mxText).join(", ")}. ` +
        `Next to the MX of Nylas (${mxText(records.mx)}) mail would arrive at one or the other by chance. ` +
        `Use a subdomain of its own for the agents, or remove the old MX first`,
    );
  }
  const second = spfConflict(
    records.spf,
    (published.txt ?? []).map((record) => record.value),
  );
  if (second) problems.push(second);
  return problems;
}

/**
 * Whether a domain is one that is registered as such (`example.com`, `example.co.uk`) or a public suffix itself: an MX
 * there takes over the mail of the whole company. By the public suffix list, its private part included.
 */
export function isRegistrableDomain(domain: string): boolean {
  // Required here: the list is 150 KB, and only a program that declares a domain needs it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse } = require("tldts") as typeof Tldts;
  const name = normaliseName(domain);
  const parsed = parse(name, { allowPrivateDomains: true, validateHostname: false });
  return parsed.domain === name || parsed.publicSuffix === name;
}

/** The MX records that lead anywhere else than the expected ones. */
export function foreignMx(expected: readonly DnsRecord[], observed: readonly DnsRecord[]): DnsRecord[] {
  const ours = new Set(expected.map((record) => normaliseName(record.value)));
  return observed.filter((record) => record.type === "MX" && !ours.has(normaliseName(record.value)));
}

/** The message about a second `v=spf1` at the name of `record`, with the text that serves both; undefined where there is none. */
export function spfConflict(record: DnsRecord, publishedTexts: readonly string[]): string | undefined {
  const others = publishedTexts.filter((text) => isSpf(text) && !sameSpf(text, record.value));
  if (others.length === 0) return undefined;
  const merged = others.reduce(mergeSpf, record.value);
  return (
    `${record.name} already has an SPF record: "${printable(others.join('", "'))}". With a second one mail servers reject the mail ` +
    `of every sender there (RFC 7208, 4.5). One record has to serve both:\n    ${printable(merged)}\n` +
    `  Put that text in place of the old one in the zone, declare it (known: { spf: { host: "@", value: "…" } } of AgentDomain), ` +
    `and have the record taken over (adopt: { spf: "<id of the record>" } of the DNS adapter)`
  );
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

function mxText(record: DnsRecord): string {
  return `${record.priority ?? ""} ${record.value || "."}`.trim();
}
