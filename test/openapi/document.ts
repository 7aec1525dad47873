import { readFileSync } from "node:fs";
import { parse } from "yaml";

export type Json = Record<string, unknown>;

/** The file is no document that can be checked against. The message says what is wrong, and what to do. */
export class BadDocument extends Error {}

/** A part of the document and where it stands, as a JSON pointer. */
export interface Part {
  pointer: string;
  node: Json;
}

export interface Parameter {
  name: string;
  required: boolean;
  /** Whether a list comes as one value with commas, and not as the parameter again and again. */
  joined: boolean;
  schema: Part | undefined;
}

/** What stands for one body: the media types of it, each with its schema. */
export type Content = Record<string, Part | undefined>;

export interface Operation {
  /** "METHOD /path/{template}", as the document writes it. */
  route: string;
  query: Parameter[];
  body: { required: boolean; content: Content } | undefined;
  /** By status, `4XX` or `default`. */
  answers: Record<string, Content>;
}

interface Route {
  method: string;
  matches: RegExp;
  /** Paths with fewer placeholders are meant before others. */
  placeholders: number;
  operation: Operation;
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** An OpenAPI document: which operation a call is, and the parts of it. */
export class ApiDocument {
  readonly version: "3.0" | "3.1";
  readonly #routes: Route[] = [];

  constructor(readonly root: Json) {
    this.version = versionOf(root);
    const { paths } = root;
    if (!isObject(paths) || Object.keys(paths).length === 0)
      throw new BadDocument("the document has no paths: take the whole document, not a part of it.");
    for (const template of Object.keys(paths)) {
      const item = this.follow(`/paths/${escaped(template)}`);
      for (const method of METHODS.filter((each) => each in item.node)) this.#add(template, method, item);
    }
    this.#routes.sort((a, b) => a.placeholders - b.placeholders);
  }

  static read(file: string): ApiDocument {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      throw new BadDocument(
        `${file} cannot be read (${(error as NodeJS.ErrnoException).code}): give the path of an OpenAPI document.`,
      );
    }
    let root: unknown;
    try {
      // JSON is YAML, but its own parser is ten times as fast and names the place of a mistake better.
      root = /^\s*\{/.test(text) ? JSON.parse(text) : parse(text, { maxAliasCount: -1, logLevel: "error" });
    } catch (error) {
      throw new BadDocument(
        `${file} is neither JSON nor YAML (${(error as Error).message.split("\n")[0]}): download it again.`,
      );
    }
    if (!isObject(root))
      throw new BadDocument(`${file} holds no object: give the path of an OpenAPI document.`);
    return new ApiDocument(root);
  }

  /** The operation that a call is, if the document has it. */
  find(method: string, path: string): Operation | undefined {
    return this.#routes.find((each) => each.method === method && each.matches.test(path))?.operation;
  }

  /** All operations, as "METHOD /path". */
  get routes(): string[] {
    return this.#routes.map(({ operation }) => operation.route);
  }

  /** The part at a pointer, and on through its references. */
  follow(pointer: string): Part {
    const seen = new Set<string>();
    for (let at = pointer; ;) {
      if (seen.has(at))
        throw new BadDocument(`the $ref at ${pointer} leads back to itself: mend the document.`);
      seen.add(at);
      let node: unknown = this.root;
      for (const step of at.split("/").slice(1)) {
        node = typeof node === "object" && node !== null ? (node as Json)[unescaped(step)] : undefined;
      }
      if (!isObject(node)) throw new BadDocument(`nothing stands at #${at}: mend the document.`);
      if (typeof node.$ref !== "string") return { pointer: at, node };
      at = localPointer(node.$ref);
    }
  }

  #add(template: string, method: string, item: Part): void {
    const operation = this.follow(`${item.pointer}/${method}`);
    const parameters = new Map<string, Part>();
    for (const { pointer, node } of [item, operation])
      if (Array.isArray(node.parameters))
        for (const index of node.parameters.keys()) {
          const parameter = this.follow(`${pointer}/parameters/${index}`);
          parameters.set(`${String(parameter.node.in)} ${String(parameter.node.name)}`, parameter);
        }
    const body =
      "requestBody" in operation.node ? this.follow(`${operation.pointer}/requestBody`) : undefined;
    for (const prefix of this.#prefixes())
      this.#routes.push({
        method: method.toUpperCase(),
        matches: patternOf(prefix + template),
        placeholders: template.split("{").length - 1,
        operation: {
          route: `${method.toUpperCase()} ${prefix}${template}`,
          query: [...parameters.values()]
            .filter(({ node }) => node.in === "query")
            .map((parameter) => this.#parameter(parameter)),
          body: body && { required: body.node.required === true, content: this.#content(body) },
          answers: this.#answers(operation),
        },
      });
  }

  /** The paths of the servers, before which the operations' paths stand. */
  #prefixes(): string[] {
    const servers = Array.isArray(this.root.servers) ? (this.root.servers as Json[]) : [];
    const paths = servers.map(({ url }) =>
      String(url)
        .replace(/^[a-z]+:\/\/[^/]*/i, "")
        .replace(/\/+$/, ""),
    );
    return paths.length > 0 ? [...new Set(paths)] : [""];
  }

  #parameter({ pointer, node }: Part): Parameter {
    const content = isObject(node.content) ? Object.keys(node.content)[0] : undefined;
    const at = content === undefined ? "schema" : `content/${escaped(content)}/schema`;
    return {
      name: String(node.name),
      required: node.required === true,
      joined: node.explode === false,
      schema: this.#part(`${pointer}/${at}`),
    };
  }

  #answers({ pointer, node }: Part): Record<string, Content> {
    const statuses = isObject(node.responses) ? Object.keys(node.responses) : [];
    return Object.fromEntries(
      statuses.map((status) => [
        status.toUpperCase() === "DEFAULT" ? "default" : status.toUpperCase(),
        this.#content(this.follow(`${pointer}/responses/${status}`)),
      ]),
    );
  }

  #content({ pointer, node }: Part): Content {
    if (!isObject(node.content)) return {};
    return Object.fromEntries(
      Object.keys(node.content).map((type) => [
        type.split(";")[0]!.trim().toLowerCase(),
        this.#part(`${pointer}/content/${escaped(type)}/schema`),
      ]),
    );
  }

  #part(pointer: string): Part | undefined {
    const parent = this.follow(pointer.slice(0, pointer.lastIndexOf("/")));
    const last = unescaped(pointer.slice(pointer.lastIndexOf("/") + 1));
    return last in parent.node ? this.follow(`${parent.pointer}/${escaped(last)}`) : undefined;
  }
}

/** The pointer of a reference within the document. */
export function localPointer(reference: string): string {
  if (!reference.startsWith("#"))
    throw new BadDocument(
      `$ref ${reference} leads to another file: bundle the document into one file (npx @redocly/cli bundle).`,
    );
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return reference.slice(1);
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function versionOf({ openapi, swagger }: Json): "3.0" | "3.1" {
  const version = /^3\.[01](?=\.|$)/.exec(String(openapi))?.[0];
  if (version !== undefined) return version as "3.0" | "3.1";
  const found = openapi ?? swagger;
  throw new BadDocument(
    found === undefined
      ? 'the document has no member "openapi": give the path of an OpenAPI document.'
      : `the document is of version ${JSON.stringify(found)}: convert it to OpenAPI 3.0 or 3.1.`,
  );
}

function patternOf(template: string): RegExp {
  const text = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]*\}/g, "[^/]+");
  return new RegExp(`^${text}$`);
}

const escaped = (step: string): string => step.replace(/~/g, "~0").replace(/\//g, "~1");
const unescaped = (step: string): string => step.replace(/~1/g, "/").replace(/~0/g, "~");
