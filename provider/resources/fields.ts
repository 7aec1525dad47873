import { type Field, type Zod } from "../core/fields";
import { domainInAscii, emailInAscii, isDomainName, isEmail } from "../nylas/addresses";

export { isDomainName, isEmail };

/** Fields that several resources have. */

/** What breaks a line, steers a terminal or turns text around: in a name it can only deceive. */
const STEERING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const STEERING_BUT_LINES = /(?![\t\n\r])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** Whether a text is one line that shows as what it is; the length in characters as people count them. */
export function isLine(text: string, longest: number): boolean {
  return text.length <= 2 * longest && [...text].length <= longest && !STEERING.test(text);
}

export function nameField(z: Zod, example: string): Field {
  return {
    schema: z.string().check(z.refine((text) => isLine(text, 256) && /\S/.test(text))),
    allowed: "1 to 256 characters without line breaks and control characters",
    example: JSON.stringify(example),
  };
}

export function flag(z: Zod, example = "true"): Field {
  return { schema: z.boolean(), allowed: "true or false", example };
}

/** As the IAM routes have it. */
export function shortNameField(z: Zod, example: string): Field {
  return {
    schema: z
      .string()
      .check(z.refine((text) => isLine(text, 128) && text.trim() !== "" && text.trim() === text)),
    allowed: "1 to 128 characters without line breaks and control characters, and without blanks around them",
    example: JSON.stringify(example),
  };
}

export function descriptionField(z: Zod): Field {
  return {
    schema: z
      .string()
      .check(
        z.refine((text) => text.length <= 2048 && [...text].length <= 1024 && !STEERING_BUT_LINES.test(text)),
      ),
    allowed: "a text of at most 1024 characters, without control characters other than line breaks",
    example: '"Senders that were reported as spam"',
  };
}

/** Ids stand in paths: nothing is one that would lead to another route. */
export const ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

export function idField(z: Zod, noun: string, example: string): Field {
  return {
    schema: z.string().check(z.regex(ID)),
    allowed: `the id of a ${noun}`,
    example,
  };
}

export function ruleIdsField(z: Zod): Field {
  return {
    schema: z.array(z.string().check(z.regex(ID))),
    allowed: "a list of rule ids",
    example: "[blockSpam.id]",
  };
}

/** A domain in ASCII; a final dot is tolerated and dropped in every comparison. */
export function domainField(z: Zod, required = true): Field {
  return {
    schema: z.string().check(z.refine(isDomainName)),
    allowed:
      "a domain name of at least two labels (letters, digits and dashes, 1 to 63 each, 253 in all; names in other alphabets in their xn-- form)",
    example: '"agents.example.com"',
    meant: domainInAscii,
    required,
  };
}

export function emailField(z: Zod): Field {
  return {
    schema: z.string().check(z.refine(isEmail)),
    allowed: "an address on a registered domain (ASCII; other alphabets in their xn-- form)",
    example: '"scheduling@agents.example.com"',
    meant: emailInAscii,
    required: true,
  };
}
