import { list, text, type Type, type TypeName } from "../core/types";
import { domainInAscii, emailInAscii, isDomainName, isEmail } from "../nylas/addresses";

/** Types that properties of several kinds have. */

/** What breaks a line, steers a terminal or turns text around: in a name it can only deceive. */
const STEERING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const STEERING_BUT_LINES = /(?![\t\n\r])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** Whether a text is one line that shows as what it is; the length in characters as people count them. */
export function isLine(value: string, longest: number): boolean {
  return value.length <= 2 * longest && [...value].length <= longest && !STEERING.test(value);
}

/** A text of one line, not empty. */
export function line(allowed: string, longest: number): Type<string> {
  return text(allowed, (value) => isLine(value, longest) && value !== "");
}

/** A name for people. */
export const name: Type<string> = text(
  "1 to 256 characters without line breaks and control characters",
  (value) => isLine(value, 256) && /\S/.test(value),
);

/** A name as the IAM routes have it. */
export const shortName: Type<string> = text(
  "1 to 128 characters without line breaks and control characters, and without blanks around them",
  (value) => isLine(value, 128) && value.trim() !== "" && value.trim() === value,
);

export const description: Type<string> = text(
  "a text of at most 1024 characters, without control characters other than line breaks",
  (value) => value.length <= 2048 && [...value].length <= 1024 && !STEERING_BUT_LINES.test(value),
);

/** Ids stand in paths: nothing is one that would lead to another route. */
export const ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

export function id(noun: string): Type<string> {
  return text(`the id of a ${noun}`, ID);
}

export const ruleIds: Type<string[]> = list(text("an id", ID), "a list of rule ids");

/** A domain in ASCII; a final dot is tolerated and dropped in every comparison. */
export const domainName: Type<string> = text(
  "a domain name of at least two labels (letters, digits and dashes, 1 to 63 each, 253 in all; names in other alphabets in their xn-- form)",
  isDomainName,
  domainInAscii,
);

export const email: Type<string> = text(
  "an address on a registered domain (ASCII; other alphabets in their xn-- form)",
  isEmail,
  emailInAscii,
);

/** A place of records, as adapters state it. */
export const place: Type<string> = line("a place, 1 to 300 characters", 300);

/** The type of a program alone, beside what a value must satisfy. */
export function typed<T>(type: Type<unknown>, input: TypeName, output: TypeName = input): Type<T> {
  return { ...type, shape: { kind: "typescript", input, output, of: type.shape } } as Type<T>;
}
