/** What the printers of Python, Go and YAML share: texts in double quotes, and comments. */
import { visiblyEscaped } from "../../../shown";
import { plain } from "../code";

const SHORT: Record<string, string> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** YAML takes none of them, not even in a comment. */
const NO_CHARACTER = /\p{Noncharacter_Code_Point}/u;

/** A text in double quotes. The three languages have the same escapes. What cannot be seen is escaped. */
export function quoted(text: string): string {
  // Half of a character is none: no program can send it to the engine.
  const whole = text.replace(/\p{Cs}/gu, "\uFFFD");
  return `"${[...whole].map((character) => SHORT[character] ?? escaped(character)).join("")}"`;
}

function escaped(character: string): string {
  if (visiblyEscaped(character) === character && !NO_CHARACTER.test(character)) return character;
  const code = character.codePointAt(0)!;
  const digits = code.toString(16).toUpperCase();
  return code > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

/** A line of comment in Python and YAML. Nothing in it can end it. */
export function hashComment(line: string): string {
  return `# ${plain(line).replace(new RegExp(NO_CHARACTER, "gu"), "·")}`;
}

/** The members that have a value. */
export function given(members: object): [string, unknown][] {
  return Object.entries(members).filter(([, value]) => value !== undefined);
}

/** `displayName` as `display_name`, in the way of Pulumi's SDKs for Python. */
export function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

/** `displayName` as `DisplayName`. */
export function exported(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
