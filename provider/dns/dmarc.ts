import { nearest, show } from "../shown";

/** Whether a TXT is a DMARC record: receivers pass over everything else at `_dmarc`. */
export function isDmarc(text: string): boolean {
  return /^\s*v\s*=\s*DMARC1\s*(;|$)/i.test(text);
}

export interface DmarcReading {
  /** Why it is no DMARC record that receivers apply as it is meant, a sentence each. */
  problems: string[];
  /** What works, and not everywhere. */
  warnings: string[];
}

/**
 * Reads the text of a DMARC record by its grammar (RFC 7489, 6.4, and the tags that DMARCbis adds). Receivers pass over a tag that they do
 * not know, so a mistyped one would be lost without a word: it is refused.
 */
export function readDmarc(text: string): DmarcReading {
  const problems: string[] = [];
  const warnings: string[] = [];
  if (!/^[\x20-\x7e]*$/.test(text)) {
    return { problems: ["it is one line of ASCII; write a domain in punycode"], warnings };
  }
  const [version, ...parts] = text.split(";");
  if (!/^v\s*=\s*DMARC1\s*$/.test(version!)) {
    return { problems: ["it begins with v=DMARC1 and a semicolon"], warnings };
  }
  // The last semicolon may be there or not.
  if (parts.at(-1)?.trim() === "") parts.pop();
  const seen: string[] = [];
  for (const part of parts) {
    const [, name, value] = /^\s*([^=\s]*)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined) {
      problems.push(
        part.trim() === ""
          ? "two semicolons stand side by side"
          : `${show(part.trim())} has no =; a tag is written name=value`,
      );
      continue;
    }
    const tag = name.toLowerCase();
    if (tag === "v" || seen.includes(tag)) problems.push(`${tag} is there twice`);
    seen.push(tag);
    const problem = tag === "v" ? undefined : tagProblem(tag, value);
    if (problem !== undefined) problems.push(problem);
  }
  if (!seen.includes("p"))
    problems.push("p is missing: p=none, p=quarantine or p=reject says what receivers do");
  else if (seen[0] !== "p" && problems.length === 0) {
    warnings.push(
      "p is not the second tag: receivers that read RFC 7489 to the letter pass over the record. Write v=DMARC1; p=… first",
    );
  }
  return { problems, warnings };
}

type Check = (value: string) => string | undefined;

/** What each tag may hold; a check answers what is allowed when the value is not. */
const TAGS: Readonly<Record<string, Check>> = {
  p: oneOf("none", "quarantine", "reject"),
  sp: oneOf("none", "quarantine", "reject"),
  np: oneOf("none", "quarantine", "reject"),
  adkim: oneOf("r", "s"),
  aspf: oneOf("r", "s"),
  t: oneOf("y", "n"),
  psd: oneOf("y", "n", "u"),
  pct: wholeNumber(100),
  ri: wholeNumber(2 ** 32 - 1),
  fo: (value) =>
    allOf(value, ":", /^[01ds]$/i) ? undefined : "0, 1, d and s, with colons between them, such as fo=1:d",
  rf: (value) => (allOf(value, ":", /^afrf$/i) ? undefined : "afrf"),
  rua: addresses,
  ruf: addresses,
};

function tagProblem(tag: string, value: string): string | undefined {
  const check = Object.hasOwn(TAGS, tag) ? TAGS[tag] : undefined;
  if (check === undefined) {
    const near = nearTag(tag);
    const hint =
      near === undefined ? `the tags are ${Object.keys(TAGS).join(", ")}` : `did you mean ${near}?`;
    return `${show(tag)} is no tag of DMARC; ${hint}`;
  }
  if (value === "") return `${tag} is empty; allowed: ${check("") ?? "a value"}`;
  const allowed = check(value);
  return allowed === undefined ? undefined : `${tag}=${show(value)} is not allowed; allowed: ${allowed}`;
}

/** Tags are short, so anything is near to many of them: only one that has most of its letters is meant. */
function nearTag(tag: string): string | undefined {
  const near = Object.keys(TAGS).filter((name) => name.length > 1 && nearest(tag, [name]) !== undefined);
  const sharing = near.map((name) => ({
    name,
    shared: [...tag].filter((letter) => name.includes(letter)).length,
  }));
  return sharing.filter(({ shared }) => shared * 2 > tag.length).sort((a, b) => b.shared - a.shared)[0]?.name;
}

function oneOf(...values: string[]): Check {
  const list = `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
  return (value) => {
    if (values.includes(value.toLowerCase())) return undefined;
    const near =
      value.length > 2
        ? nearest(
            value,
            values.filter((each) => each.length > 1),
          )
        : undefined;
    return near === undefined ? list : `${list}; did you mean ${near}?`;
  };
}

function wholeNumber(most: number): Check {
  return (value) =>
    /^\d{1,10}$/.test(value) && Number(value) <= most ? undefined : `a whole number from 0 to ${most}`;
}

/** `mailto:` addresses with commas between them, each with a limit of size or without. */
function addresses(value: string): string | undefined {
  const parts = value.split(",").map((part) => part.trim());
  const isAddress = (part: string) =>
    /^mailto:[^\s@!,;]+@[^\s@!,;]+\.[^\s@!,;.]+(![0-9]+[kmgt]?)?$/i.test(part);
  if (parts.every(isAddress)) return undefined;
  const bare = parts.find((part) => !/^[a-z][a-z0-9+.-]*:/i.test(part) && isAddress(`mailto:${part}`));
  const hint = bare === undefined ? "" : `; did you mean mailto:${bare}?`;
  return `mailto: addresses with commas between them, such as mailto:dmarc@example.com${hint}`;
}

function allOf(value: string, separator: string, form: RegExp): boolean {
  return value.split(separator).every((part) => form.test(part.trim()));
}
