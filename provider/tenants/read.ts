import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type * as Yaml from "yaml";
import { show, strangeKey } from "../core/fields";
import { decodeText, TextError } from "../core/textFile";
import { hintAt, keysAt, tenantsFile } from "./schema";

/** A file of tenants that has been read, and where in it something stands. */
export interface TenantsDocument {
  /** The data, held to the schema. */
  data: Record<string, unknown>;
  /** `tenants.yaml:12:5`, of the value at a path or of the nearest one around it that is written there. */
  place(path: readonly PropertyKey[]): string;
}

/** What is wrong with a file: one line for each finding, each with its place. */
export class TenantsFileError extends Error {
  constructor(readonly findings: readonly string[]) {
    super(findings.join("\n"));
    this.name = "TenantsFileError";
  }
}

/** Reads a file, YAML or JSON, and holds it to the schema. Throws a {@link TenantsFileError} that names everything that is wrong. */
export function readTenants(file: string): TenantsDocument {
  let text: string;
  try {
    text = decodeText(readFileSync(resolve(file)));
  } catch (error) {
    if (error instanceof TextError) throw new TenantsFileError([`${file}: ${error.message}`]);
    throw new TenantsFileError([
      `${file}: cannot be read in ${process.cwd()} (${(error as NodeJS.ErrnoException).code}); it is looked for relative to the program's folder`,
    ]);
  }
  // Loaded where it is used: most programs read no such file.
  // oxlint-disable-next-line typescript/no-require-imports
  const { parseDocument, LineCounter, isCollection, isMap, isScalar } = require("yaml") as typeof Yaml;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0)
    throw new TenantsFileError(document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`));

  const keysTwice = keepKeysAsWritten(document, at);
  if (keysTwice.length > 0) throw new TenantsFileError(keysTwice);

  const place = (path: readonly PropertyKey[]): string => {
    let node: unknown = document.contents;
    let offset = 0;
    for (const step of path) {
      if (!isCollection(node)) break;
      const pair = isMap(node)
        ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
        : undefined;
      const next = pair ? (pair.value ?? pair.key) : isMap(node) ? undefined : node.get(step, true);
      const range = ((pair?.key ?? next) as Yaml.Node | undefined)?.range;
      if (!range) break;
      offset = range[0];
      node = next;
    }
    return at(offset);
  };

  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    throw new TenantsFileError([`${at(0)}: ${(error as Error).message}`]);
  }
  const result = tenantsFile().safeParse(data);
  if (result.success) return { data: result.data as Record<string, unknown>, place };
  const findings = result.error.issues.flatMap((issue) => told(issue as Issue, [], data));
  const unique = [...new Map(findings.map((finding) => [finding.text, finding])).values()];
  throw new TenantsFileError(unique.map(({ path, text: what }) => `${place(path)}: ${what}`));
}

/**
 * YAML reads the keys 00042, 0x1F and yes-like words as numbers and booleans. A key of this file is a name, so it stays as it was written.
 * Answers where a key is none, or stands twice in one map.
 */
function keepKeysAsWritten(document: Yaml.Document, at: (offset: number) => string): string[] {
  // oxlint-disable-next-line typescript/no-require-imports
  const { isScalar, visit } = require("yaml") as typeof Yaml;
  const problems: string[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) {
          problems.push(`${placeOf(key, at)}: a key has to be a name; allowed: a text; for example acme`);
          continue;
        }
        const isMerge = key.source === "<<" && key.type === "PLAIN";
        if (typeof key.value !== "string" && !isMerge) {
          if (key.value === null && !/^null$/i.test(key.source ?? ""))
            problems.push(`${placeOf(key, at)}: a key is empty; allowed: a name; for example acme`);
          key.value = key.source ?? "";
        }
        // A library of schemas passes it over in silence, with all that stands below it.
        if (key.value === "__proto__")
          problems.push(`${placeOf(key, at)}: the key "__proto__" names nothing here; give it another name`);
        if (seen.has(key.value) && !isMerge)
          problems.push(`${placeOf(key, at)}: the key ${show(key.value)} stands twice in one map`);
        seen.add(key.value);
      }
    },
  });
  return problems;
}

function placeOf(node: unknown, at: (offset: number) => string): string {
  return at((node as Yaml.Node | undefined)?.range?.[0] ?? 0);
}

/** What zod says, as far as it is used here. */
interface Issue {
  code: string;
  path: PropertyKey[];
  keys?: string[];
  errors?: Issue[][];
}

/** One finding for each issue; of alternatives, those of the one that was meant. */
function told(issue: Issue, before: PropertyKey[], data: unknown): { path: PropertyKey[]; text: string }[] {
  const path = [...before, ...issue.path];
  if (issue.code === "invalid_union") {
    const meant = issue.errors?.find(
      (errors) => errors.length > 0 && errors.every((each) => !isAnotherType(each)),
    );
    if (meant) return meant.flatMap((each) => told(each, path, data));
  }
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => ({
      path: [...path, key],
      text: `${pathText(path)}${path.length > 0 ? ": " : ""}${strangeKey(key, keysAt(path))}`,
    }));
  }
  if (issue.code === "invalid_key") {
    const around = pathText(path.slice(0, -1));
    return [
      {
        path,
        text:
          `${around}${around === "" ? "" : ": "}the key ${show(path.at(-1))} cannot be used; ` +
          `allowed: 1 to 100 characters without blanks, "/", ":" and "@"; for example acme`,
      },
    ];
  }
  const hint = hintAt(path);
  const value = path.reduce<unknown>(
    (here, step) => (here as Record<PropertyKey, unknown> | undefined)?.[step],
    data,
  );
  const given = givenText(value, hint?.secret === true);
  const rest = hint ? `; allowed: ${hint.allowed}; for example ${hint.example}` : "";
  return [{ path, text: `${pathText(path) || "the file"}: given ${given}${rest}` }];
}

/** Whether an alternative failed for its kind, and not for what is in it. */
function isAnotherType(issue: Issue): boolean {
  return (
    issue.path.length === 0 &&
    issue.code !== "unrecognized_keys" &&
    issue.code !== "custom" &&
    issue.code !== "invalid_format"
  );
}

/** Without what is in a list or an object: a password may be. */
function givenText(value: unknown, secret: boolean): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return secret ? "a value that does not fit (not shown: it may be a secret)" : show(value);
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : `${i > 0 ? "." : ""}${String(step)}`))
    .join("");
}
