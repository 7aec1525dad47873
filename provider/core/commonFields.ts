import { type Fields, type Zod } from "./fields";

/** Inputs that every kind has beside its own. `settings`: how the settings of a named set of credentials are called. */
export function commonFields(z: Zod, settings: string): Fields {
  return {
    adopt: {
      schema: z.union([
        z.boolean(),
        z
          .string()
          .check(z.regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,252}(\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,127})?$/)),
      ]),
      allowed: "true (the existing object with the same name or address), or its id",
      example: "true",
    },
    connection: {
      schema: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,62}$/)),
      allowed: `the name of a set of credentials, of a-z, 0-9 and -; its settings are read from ${settings}`,
      example: '"eu"',
    },
  };
}
