import { type Field, type Zod } from "../lifecycle/fields";

/** Fields that several resources have. */

export function nameField(z: Zod, example: string): Field {
  return {
    schema: z.string().check(z.minLength(1), z.maxLength(256), z.regex(/^[^\x00-\x1f\x7f]*$/), z.regex(/\S/)),
    allowed: "1 to 256 characters without line breaks",
    example: JSON.stringify(example),
  };
}

export function flag(z: Zod, example = "true"): Field {
  return { schema: z.boolean(), allowed: "true or false", example };
}

/** As the IAM routes have it. */
export function shortNameField(z: Zod, example: string): Field {
  return {
    schema: z.string().check(z.minLength(1), z.maxLength(128), z.regex(/^\S([^\x00-\x1f\x7f]*\S)?$/)),
    allowed: "1 to 128 characters without line breaks, and without blanks around them",
    example: JSON.stringify(example),
  };
}

export function descriptionField(z: Zod): Field {
  return {
    schema: z.string().check(z.maxLength(1024)),
    allowed: "a text of at most 1024 characters",
    example: '"Senders that were reported as spam"',
  };
}

export function idField(z: Zod, noun: string, example: string): Field {
  return {
    schema: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)),
    allowed: `the id of a ${noun}`,
    example,
  };
}

export function ruleIdsField(z: Zod): Field {
  return {
    schema: z.array(z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/))),
    allowed: "a list of rule ids",
    example: "[blockSpam.id]",
  };
}

const LABEL = "(?!-)[A-Za-z0-9-]{1,63}(?<!-)";
const DOMAIN = new RegExp(`^(?=.{3,253}$)${LABEL}(\\.${LABEL})+$`);
const LOCAL_PART = /^(?=.{1,64}$)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** A domain in ASCII; a final dot is tolerated and dropped in every comparison. */
export function domainField(z: Zod, required = true): Field {
  return {
    schema: z.string().check(z.refine((value) => DOMAIN.test(value.replace(/\.$/, "")))),
    allowed:
      "a domain name of at least two labels (letters, digits and dashes, 1 to 63 each, 253 in all; names in other alphabets in their xn-- form)",
    example: '"agents.example.com"',
    required,
  };
}

export function emailField(z: Zod): Field {
  return {
    schema: z.string().check(
      z.refine((value) => {
        const at = value.lastIndexOf("@");
        return (
          at > 0 &&
          value.length <= 254 &&
          LOCAL_PART.test(value.slice(0, at)) &&
          DOMAIN.test(value.slice(at + 1))
        );
      }),
    ),
    allowed: "an address on a registered domain (ASCII; other alphabets in their xn-- form)",
    example: '"scheduling@agents.example.com"',
    required: true,
  };
}
