import Ajv2020, { type ErrorObject, type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { type ApiDocument, BadDocument, isObject, type Json, localPointer, type Part } from "./document";

/** Who sends the body: what is `readOnly` need not be sent by a client, and what is `writeOnly` not by the server. */
export type Side = "request" | "answer";

/** Holds values against the schemas of one document. */
export class Schemas {
  readonly #ajv: Record<Side | "query", Ajv2020>;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: ApiDocument) {
    this.#ajv = {
      request: this.#instance("request", {}),
      answer: this.#instance("answer", {}),
      // A query is text; a number in it is a number all the same.
      query: this.#instance("request", { coerceTypes: "array" }),
    };
  }

  /** What is wrong with a value, in ajv's own form. A value that is coerced is changed in its holder. */
  errors(side: Side | "query", { pointer }: Part, value: unknown): ErrorObject[] {
    const key = `${side} ${pointer}`;
    let validate = this.#compiled.get(key);
    if (validate === undefined) {
      const $ref = `document#${pointer.split("/").map(encodeURIComponent).join("/")}`;
      const schema = side === "query" ? { properties: { value: { $ref } } } : { $ref };
      try {
        validate = this.#ajv[side].compile(schema);
      } catch (error) {
        throw new BadDocument(
          `the schema at #${pointer} cannot be used (${(error as Error).message}): mend the document.`,
        );
      }
      this.#compiled.set(key, validate);
    }
    return validate(value) ? [] : [...validate.errors!];
  }

  #instance(side: Side, options: { coerceTypes?: "array" }): Ajv2020 {
    const ajv = new Ajv2020({
      ...options,
      allErrors: true,
      // Vendors' documents have formats and keywords of their own; they say nothing that could be held against a value.
      strict: false,
      validateSchema: false,
      logger: false,
    });
    addFormats(ajv);
    ajv.addSchema(asJsonSchema(this.document, side) as object, "document");
    return ajv;
  }
}

/** What holds parts by names that anybody may choose. */
const MAPS = new Set(
  "properties patternProperties dependentSchemas $defs definitions schemas responses requestBodies headers content paths".split(
    " ",
  ),
);

/** What holds data and no schema, unless it is such a name. */
const DATA = new Set(["example", "examples", "default", "const", "enum"]);

/** A copy of the document whose schemas are of JSON Schema 2020-12. */
function asJsonSchema(document: ApiDocument, side: Side): unknown {
  const convert = (node: unknown, isMap: boolean): unknown => {
    if (Array.isArray(node)) return node.map((each) => convert(each, false));
    if (!isObject(node)) return node;
    const copy = Object.fromEntries(
      Object.entries(node).map(([name, value]) => [
        name,
        !isMap && DATA.has(name) ? value : convert(value, !isMap && MAPS.has(name)),
      ]),
    );
    if (isMap) return copy;
    return nulled(bounded(needed(copy, document, side), document), document);
  };
  return convert(document.root, false);
}

/** `nullable` of 3.0. In 3.1 the word says nothing. */
function nulled(schema: Json, { version }: ApiDocument): Json {
  if (typeof schema.nullable !== "boolean") return schema;
  const { nullable, ...rest } = schema;
  if (!nullable || version !== "3.0") return rest;
  const wide = Array.isArray(rest.enum) ? { ...rest, enum: [...(rest.enum as unknown[]), null] } : rest;
  if (typeof rest.type === "string") return { ...wide, type: [rest.type, "null"] };
  return { anyOf: [{ type: "null" }, rest] };
}

/** Exclusive bounds of 3.0, which are flags there. */
function bounded(schema: Json, { version }: ApiDocument): Json {
  if (version !== "3.0") return schema;
  const next = { ...schema };
  for (const [flag, bound] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (typeof next[flag] !== "boolean") continue;
    if (next[flag]) {
      next[flag] = next[bound];
      delete next[bound];
    } else delete next[flag];
  }
  return next;
}

function needed(schema: Json, document: ApiDocument, side: Side): Json {
  const { properties, required } = schema;
  if (!Array.isArray(required) || !isObject(properties)) return schema;
  const word = side === "request" ? "readOnly" : "writeOnly";
  const isSpared = (name: string): boolean => {
    const property = properties[name];
    if (!isObject(property)) return false;
    if (property[word] === true) return true;
    return (
      typeof property.$ref === "string" && document.follow(localPointer(property.$ref)).node[word] === true
    );
  };
  return { ...schema, required: (required as string[]).filter((name) => !isSpared(name)) };
}
