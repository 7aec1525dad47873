import { domainInAscii, emailInAscii } from "./addresses";
import { NylasError } from "./errors";

/** Kinds of objects that `nylas:forceDestroy` can name. */
export type ForceKind = "account" | "domain" | "workspace";

/** The objects that a run may delete although they hold mail or accounts, as `nylas:forceDestroy` names them. */
export interface ForceWords {
  /** In normal form, such as `account:x@agents.example.com`. Empty where `problem` is set. */
  words: readonly string[];
  /** Where they were given; undefined where none were. */
  from: "environment" | "configuration" | undefined;
  /** Why the setting cannot be used. Kept, because a run without a program uses a remembered configuration that it ignores. */
  problem: NylasError | undefined;
}

/** A setting as it was found. */
export interface GivenWords {
  text: string;
  /** In words, for messages. */
  source: string;
  from: "environment" | "configuration";
  /** The variable, or the key of the configuration. */
  name: string;
}

const KINDS: Record<ForceKind, { normal(name: string): string | undefined; takes: string; example: string }> =
  {
    account: {
      // A star or a question mark is legal in an address, and in a word it could only be meant as a pattern.
      normal: (name) => (/[*?]/.test(name) ? undefined : emailInAscii(name)),
      takes: "the address of one account",
      example: "account:x@agents.example.com",
    },
    domain: {
      normal: domainInAscii,
      takes: "one domain name",
      example: "domain:agents.example.com",
    },
    workspace: {
      normal: (name) => (UUID.test(name) ? name.toLowerCase() : undefined),
      takes: "the id of one workspace, because names are not unique",
      example: "workspace:0b7c3f2e-5d1a-4c7e-9f60-2a8b1c3d4e5f",
    },
  };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One object in normal form, such as `account:x@agents.example.com`; undefined where the name is none of its kind. */
export function forceWord(kind: ForceKind, name: string): string | undefined {
  const normal = KINDS[kind].normal(name);
  return normal === undefined ? undefined : `${kind}:${normal}`;
}

/** Reads the setting. In the environment and in the configuration it is one object, or a JSON list of them. */
export function readForceWords(given: GivenWords | undefined): ForceWords {
  if (given === undefined) return { words: [], from: undefined, problem: undefined };
  const { from } = given;
  try {
    return { words: [...new Set(entriesOf(given).map(parseEntry))], from, problem: undefined };
  } catch (error) {
    if (!(error instanceof WrongEntry)) throw error;
    return { words: [], from, problem: problemOf(given, error) };
  }
}

/** The line that gives these words: an assignment for the environment, or commands for the configuration. */
export function howToGive(
  words: readonly string[],
  { from, name }: Pick<GivenWords, "from" | "name">,
  places: readonly number[] = words.map((_, index) => index),
): string {
  if (from === "environment")
    return `${name}=${inShell(words.length === 1 ? words[0]! : JSON.stringify(words))}`;
  return words
    .map((word, index) => `pulumi config set --path '${name}[${places[index]}]' ${inShell(word)}`)
    .join(" && ");
}

/** A text as one word of a POSIX shell: `$`, a backquote or a quote in an address must not make it another address. */
export function inShell(text: string): string {
  return /^[\w@%+:./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

class WrongEntry extends Error {
  /** `meant` holds what was probably meant, in the right form; `place` is where that stands in the list. */
  constructor(
    reason: string,
    readonly meant: readonly string[] = [],
    readonly place = 0,
  ) {
    super(reason);
  }
}

interface Entry {
  text: string;
  place: number;
  /** How a message names it. */
  name: string;
}

function entriesOf({ text }: GivenWords): Entry[] {
  if (!text.startsWith("[")) return [{ text, place: 0, name: "the entry" }];
  const list = parsed(text);
  if (!Array.isArray(list)) throw new WrongEntry("it holds something that is no JSON list of texts");
  return list.map((entry: unknown, place) => {
    const name = `entry ${place + 1}`;
    if (typeof entry !== "string") throw new WrongEntry(`${name} is no text`);
    return { text: entry, place, name };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseEntry({ text, place, name }: Entry): string {
  const trimmed = text.trim();
  if (trimmed === "") throw new WrongEntry(`${name} is empty`);
  const [, given, object] = /^([a-z]+):(.*)$/is.exec(trimmed) ?? [];
  const kind = kindOf(given);
  const word = kind && forceWord(kind, object!);
  if (word !== undefined) return word;

  const shown = `${name}${show(trimmed)}`;
  if (trimmed.includes(","))
    throw new WrongEntry(
      `${shown} has a comma in it, and a comma separates nothing`,
      meant(trimmed.split(",")),
      place,
    );
  if (kind !== undefined) throw new WrongEntry(`${shown} does not name ${KINDS[kind].takes}`);
  throw new WrongEntry(`${shown} does not say what kind of object it names`, meant([trimmed]), place);
}

function kindOf(text: string | undefined): ForceKind | undefined {
  const kind = text?.toLowerCase() ?? "";
  return Object.hasOwn(KINDS, kind) ? (kind as ForceKind) : undefined;
}

/** What entries without a kind named, where that is plain; nothing where one of them is not. */
function meant(texts: string[]): string[] {
  const words = texts.map((text) => {
    const bare = text.trim().replace(/^(["'])(.*)\1$/, "$2");
    const [, given, object] = /^([a-z]+):(.*)$/is.exec(bare) ?? [];
    const kind = kindOf(given);
    if (kind !== undefined) return forceWord(kind, object!);
    const name = object ?? bare;
    return forceWord("account", name) ?? forceWord("workspace", name) ?? forceWord("domain", name);
  });
  return words.every((word) => word !== undefined) ? words : [];
}

function problemOf(given: GivenWords, { message, meant, place }: WrongEntry): NylasError {
  const { source, from } = given;
  const examples = Object.values(KINDS).map(({ example }) => example);
  const next =
    meant.length > 0
      ? `If ${meant.length === 1 ? `the ${meant[0]!.replace(/:.*/, "")} is` : "these are"} meant: ${remedy(given, meant.slice(0, 3), place)}${meant.length > 3 ? " and so on" : ""}`
      : `For example: ${howToGive(examples.slice(0, 1), given)}`;
  return new NylasError({
    kind: "setting",
    operation: `read the setting ${source}`,
    message:
      `The setting ${source} cannot be used: ${message}. Nothing was changed. An entry names one object with its kind: ${examples.slice(0, -1).join(", ")} or ` +
      `${examples.at(-1)}. ${from === "environment" ? "More than one is a JSON list. " : ""}${next}`,
  });
}

/** Puts the words where the wrong entry stands, and the further ones at the end of the list. */
function remedy(given: GivenWords, words: readonly string[], place: number): string {
  if (given.from === "environment") return howToGive(words, given);
  const list = parsed(given.text);
  if (!Array.isArray(list)) return `pulumi config rm ${given.name} && ${howToGive(words, given)}`;
  return howToGive(
    words,
    given,
    words.map((_, index) => (index === 0 ? place : list.length + index - 1)),
  );
}

/** The entry itself, unless it may be a key that was put into the wrong setting. A letter of another alphabet shows as what it is. */
function show(text: string): string {
  const harmless =
    text.length <= 16 || (text.length <= 80 && /[@.]|^(account|domain|workspace):/i.test(text));
  if (!harmless) return ` (a text of ${text.length} characters)`;
  const legible = text.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return ` ("${legible}")`;
}
