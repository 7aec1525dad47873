import { type ErrorObject } from "ajv";
import { type Exchange } from "nylas-simulator";
import { type ApiDocument, type Content, type Operation, type Part } from "./document";
import { type KnownMove } from "./known";
import { undeclaredMembers } from "./members";
import { sampleOf } from "./samples";
import { Schemas, type Side } from "./schemas";

/** One thing in which an exchange is not as the document says. */
export interface Difference {
  /** "METHOD /path/{template}" of the document, or the call with its ids taken out where the document has none. */
  route: string;
  /** "route", "query", "request" or "answer STATUS". */
  side: string;
  /** JSON path within the body, `*` for an index; the parameter's name in a query. */
  path: string;
  problem: string;
  /** What stood there, without secrets. */
  sample: string;
}

/** Holds exchanges against one document. */
export class Checker {
  readonly #schemas: Schemas;

  constructor(
    private readonly document: ApiDocument,
    private readonly moved: readonly KnownMove[] = [],
  ) {
    this.#schemas = new Schemas(document);
  }

  /** The route that an exchange belongs to, as the document writes it, and the known error that hides it, if one does. */
  routeOf(exchange: Exchange): { route: string | undefined; move: KnownMove | undefined } {
    const { operation, move } = this.#find(exchange);
    return { route: operation?.route, move };
  }

  check(exchange: Exchange): Difference[] {
    const { operation } = this.#find(exchange);
    if (operation === undefined) {
      const route = `${exchange.method} ${withoutIds(exchange.path)}`;
      return [{ route, side: "route", path: "", problem: "is not in the document", sample: "" }];
    }
    return [
      ...this.#query(operation, exchange),
      ...this.#request(operation, exchange),
      ...this.#answer(operation, exchange),
    ];
  }

  #find({ method, path }: Exchange): { operation?: Operation; move?: KnownMove } {
    const operation = this.document.find(method, path);
    if (operation) return { operation };
    for (const move of this.moved) {
      const there = move.from.test(path)
        ? this.document.find(method, path.replace(move.from, move.to))
        : undefined;
      if (there) return { operation: there, move };
    }
    return {};
  }

  #query({ route, query }: Operation, exchange: Exchange): Difference[] {
    const found: Difference[] = [];
    const differs = (path: string, problem: string, value: unknown = undefined) =>
      found.push({ route, side: "query", path, problem, sample: sampleOf(value, path) });
    const given = new URLSearchParams(exchange.query);
    const parameterOf = (name: string) =>
      query.find((each) => each.name === name || `${each.name}[]` === name);
    for (const name of new Set(given.keys()))
      if (!parameterOf(name)) differs(name, "is no parameter of the document", given.get(name));
    for (const { name, required, joined, schema } of query) {
      const values = [...given.getAll(name), ...given.getAll(`${name}[]`)];
      if (values.length === 0) {
        if (required) differs(name, "is required");
      } else if (schema) {
        const value = joined ? values.join(",").split(",") : values.length > 1 ? values : values[0];
        for (const error of this.#schemas.errors("query", schema, { value }))
          differs(name, problemOf(error), value);
      }
    }
    return found;
  }

  /** `{}` is sent where there is nothing to say: a write without a content type has failed. */
  #request({ route, body }: Operation, { method, requestBody, requestType }: Exchange): Difference[] {
    const at = { route, side: "request", path: "" };
    const isEmpty =
      requestBody === undefined || method === "GET" || JSON.stringify(requestBody) === JSON.stringify({});
    if (body === undefined)
      return isEmpty
        ? []
        : [{ ...at, problem: "the document has no body here", sample: sampleOf(requestBody, "") }];
    if (isEmpty && !body.required) return [];
    if (requestBody === undefined) return [{ ...at, problem: "a body is required", sample: "" }];
    return this.#body(at, "request", body.content, requestType ?? "", requestBody);
  }

  #answer({ route, answers }: Operation, { status, answerType, answerBody }: Exchange): Difference[] {
    const at = { route, side: `answer ${status}`, path: "" };
    const content =
      answers[String(status)] ?? answers[`${String(status)[0]}XX`] ?? answers["default"] ?? undefined;
    if (content === undefined)
      return [{ ...at, problem: "the document has no such status", sample: sampleOf(answerBody, "") }];
    // A document that says nothing of the body can be held against nothing.
    if (Object.keys(content).length === 0) return [];
    return this.#body(at, "answer", content, answerType, answerBody);
  }

  #body(
    at: Pick<Difference, "route" | "side" | "path">,
    side: Side,
    content: Content,
    type: string,
    value: unknown,
  ): Difference[] {
    const bare = type.split(";")[0]!.trim().toLowerCase();
    const key = [bare, `${bare.split("/")[0]}/*`, "*/*"].find((each) => each in content);
    if (key === undefined)
      return [{ ...at, problem: `the document has no media type ${bare || "(none)"}`, sample: "" }];
    const schema = content[key];
    return schema ? this.#value(at, side, schema, value) : [];
  }

  #value(
    at: Pick<Difference, "route" | "side" | "path">,
    side: Side,
    schema: Part,
    value: unknown,
  ): Difference[] {
    const found = new Map<string, Difference>();
    const add = (pointer: string, problem: string) => {
      const path = pointer.replace(/\/\d+(?=\/|$)/g, "/*");
      const difference = { ...at, path, problem, sample: sampleOf(valueAt(value, pointer), path) };
      // One body counts once, however many of its objects have it.
      found.set(`${path} ${problem}`, difference);
    };
    for (const error of outermost(this.#schemas.errors(side, schema, value)))
      add(pointerOf(error), problemOf(error));
    for (const pointer of undeclaredMembers(this.document, schema, value))
      add(pointer, "is no member of the document");
    return [...found.values()];
  }
}

/** Where none of several schemas fits, what each of them lacks says little: the choice itself is the difference. */
function outermost(errors: ErrorObject[]): ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === "oneOf" || keyword === "anyOf");
  return errors.filter(
    (error, index) =>
      // What the branch of a condition lacks is told by itself.
      error.keyword !== "if" &&
      !choices.some(
        (choice) =>
          choice !== error &&
          errors.indexOf(choice) > index &&
          (error.instancePath === choice.instancePath ||
            error.instancePath.startsWith(`${choice.instancePath}/`)),
      ),
  );
}

function pointerOf({ keyword, instancePath, params }: ErrorObject): string {
  if (keyword === "required") return `${instancePath}/${String(params.missingProperty)}`;
  if (keyword === "additionalProperties") return `${instancePath}/${String(params.additionalProperty)}`;
  return instancePath;
}

function problemOf({ keyword, message, params }: ErrorObject): string {
  switch (keyword) {
    case "required":
      return "is missing";
    case "additionalProperties":
      return "is no member of the document";
    case "enum":
      return "is none of the values of the document";
    case "anyOf":
      return "fits none of the schemas of the document";
    case "oneOf":
      return params.passingSchemas === null
        ? "fits none of the schemas of the document"
        : "fits more than one of the schemas of the document";
    default:
      return message ?? keyword;
  }
}

function valueAt(value: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce<unknown>(
      (at, step) =>
        typeof at === "object" && at !== null ? (at as Record<string, unknown>)[step] : undefined,
      value,
    );
}

/** A path that the document does not have, so that its calls stand together. */
function withoutIds(path: string): string {
  const isWord = (step: string) => /^(v\d+|[a-z]+(-[a-z]+)*)$/.test(step);
  return path
    .split("/")
    .map((step) => (step === "" || isWord(step) ? step : "{}"))
    .join("/");
}
