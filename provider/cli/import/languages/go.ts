/** Programs in Go, for the SDK that is made of the plugin's schema. Laid out as gofmt does it. */
import { plain } from "../code";
import { Names, variable } from "../names";
import {
  aliasesOf,
  type Declared,
  Dns,
  Mailbox,
  type Program,
  Reference,
  referredTo,
  sectionsOf,
  type Statement,
} from "../program";
import { fitting, inputsOf, reworded, type Wanted, wantedOf } from "./schema";
import { SCHEMA } from "./schemaTypes";
import { exported, given, quoted } from "./text";

const SDK = "github.com/pulumi/pulumi/sdk/v3/go/pulumi";

/** Composite values of the SDK by the kind of what is in them. */
const LISTS = { text: "pulumi.StringArray", either: "pulumi.Array" } as Record<string, string>;
const MAPS = { text: "pulumi.StringMap" } as Record<string, string>;

export function go(program: Program): string {
  const printer = new Printer(program);
  const body = sectionsOf(program).flatMap(({ title, statements }) => [
    "",
    remark(title),
    ...statements.flatMap((each) => ["", ...each.comments.map(remark), ...printer.statement(each)]),
  ]);
  const rest = program.left.length === 0 ? [] : ["", ...program.left.map((line) => `// ${plain(line)}`)];
  return [
    ...program.head("pulumi.Protect(true)").map((line) => `// ${plain(line)}`),
    "",
    "package main",
    "",
    "import (",
    ...[...printer.imports].sort().map((module) => `\t${quoted(module)}`),
    ")",
    "",
    "func main() {",
    "\tpulumi.Run(func(ctx *pulumi.Context) error {",
    ...body.slice(1).map((line) => (line === "" ? "" : `\t\t${line.replaceAll("\n", "\n\t\t")}`)),
    "",
    "\t\treturn nil",
    "\t})",
    "}",
    ...rest,
    "",
  ].join("\n");
}

function remark(line: string): string {
  return `// ${plain(reworded(line, exported))}`;
}

class Printer {
  readonly imports = new Set([SDK]);
  readonly #variables: Map<Statement, string>;
  readonly #used: Set<Statement>;
  readonly #aliases: Map<Statement, string[]>;
  #isFirst = true;

  constructor(program: Program) {
    const names = new Names();
    this.#variables = new Map(
      program.statements.map((each) => [each, names.unique(variable(each.name, each.noun), "")]),
    );
    this.#used = referredTo(program);
    this.#aliases = aliasesOf(program);
  }

  statement(each: Statement): string[] {
    const { declared, name, args, isProtected } = each;
    const given = { ...args, addressesFor: this.#aliases.get(each) };
    const { make, type } = this.#classOf(declared);
    const value =
      declared.of === "vendor"
        ? composite(`&${type}`, this.#fields(given, vendorTypes(given, declared.resource.numbers)), "")
        : composite(`&${type}`, this.#fields(given, typesOf(declared.type)), "");
    // An unused variable is an error.
    const isUsed = this.#used.has(each);
    const assigned = isUsed ? `${this.#variables.get(each)}, err :=` : `_, err ${this.#isFirst ? ":=" : "="}`;
    this.#isFirst = false;
    const options = isProtected ? ", pulumi.Protect(true)" : "";
    return [
      `${assigned} ${make}(ctx, ${quoted(name)}, ${value}${options})`,
      "if err != nil {",
      "\treturn err",
      "}",
    ];
  }

  #classOf(declared: Declared): { make: string; type: string } {
    const { module, name } =
      declared.of === "vendor" ? declared.resource.go : { module: SCHEMA.goModule, name: declared.type };
    this.imports.add(module);
    const short = module.slice(module.lastIndexOf("/") + 1);
    return { make: `${short}.New${name}`, type: `${short}.${name}Args` };
  }

  #fields(members: object, types: Record<string, Wanted>): [string, string][] {
    return given(members).map(([key, value]) => [exported(key), this.#value(value, types[key]!)]);
  }

  #value(value: unknown, wanted: Wanted): string {
    if (value instanceof Reference)
      return `${this.#variables.get(value.to)}${value.output === "id" ? ".ID()" : ""}`;
    if (value instanceof Mailbox)
      return `${this.#variables.get(value.domain)}.Addresses.MapIndex(pulumi.String(${quoted(value.alias)}))`;
    if (value instanceof Dns) return this.#value({ [value.vendor]: value.args }, wanted);
    switch (wanted.kind) {
      case "either":
        return this.#value(value, fitting(wanted.of, value));
      case "text":
        return wanted.isPlain ? quoted(String(value)) : `pulumi.String(${quoted(String(value))})`;
      case "flag":
        return wanted.isPlain ? String(value) : `pulumi.Bool(${String(value)})`;
      case "integer":
        return wanted.isPlain ? String(value) : `pulumi.Int(${String(value)})`;
      case "number":
        return wanted.isPlain ? String(value) : `pulumi.Float64(${String(value)})`;
      case "words": {
        const word = wanted.words.find((each) => each.value === value);
        return word === undefined
          ? `nylas.${wanted.name}(${JSON.stringify(value)})`
          : `nylas.${wanted.name}${word.name}`;
      }
      case "list": {
        const items = (value as unknown[]).map((item) => this.#value(item, wanted.of));
        return composite(containerOf(wanted.of, "Array", LISTS), items, "");
      }
      case "map": {
        const members = given(value as object).map(([key, member]): [string, string] => [
          quoted(key),
          this.#value(member, wanted.of),
        ]);
        return composite(containerOf(wanted.of, "Map", MAPS), members, "");
      }
      case "object": {
        const types = Object.fromEntries(
          Object.entries(wanted.members).map(([name, spec]) => [name, wantedOf(spec)]),
        );
        return composite(`&nylas.${wanted.name}Args`, this.#fields(value as object, types), "");
      }
      case "resource":
        throw new Error("A resource of the program is referred to.");
    }
  }
}

function typesOf(resource: string): Record<string, Wanted> {
  return Object.fromEntries(Object.entries(inputsOf(resource)).map(([name, spec]) => [name, wantedOf(spec)]));
}

/** The types of a vendor's arguments are those of the values. */
function vendorTypes(args: object, numbers: "integer" | "number"): Record<string, Wanted> {
  const typeOf = (value: unknown): Wanted => {
    if (Array.isArray(value)) return { kind: "list", of: typeOf(value[0] ?? "") };
    return { kind: typeof value === "number" ? numbers : typeof value === "boolean" ? "flag" : "text" };
  };
  return Object.fromEntries(given(args).map(([name, value]) => [name, typeOf(value)]));
}

function containerOf(of: Wanted, ending: "Array" | "Map", basic: Record<string, string>): string {
  // A word beside any text is a text.
  if (of.kind === "either" && of.of.every(({ kind }) => kind === "text" || kind === "words"))
    return basic["text"]!;
  if (of.kind === "object" || of.kind === "words") return `nylas.${of.name}${ending}`;
  const found = basic[of.kind];
  if (found === undefined) throw new Error(`There is no ${ending} of ${of.kind}.`);
  return found;
}

/** A value with members or items, each on a line. gofmt aligns what follows the keys of neighbouring lines. */
function composite(type: string, parts: (string | [string, string])[], indent: string): string {
  if (parts.length === 0) return `${type}{}`;
  const lines = aligned(parts).map((part) => `${indent}\t${part.replaceAll("\n", `\n${indent}\t`)},\n`);
  return `${type}{\n${lines.join("")}${indent}}`;
}

function aligned(parts: (string | [string, string])[]): string[] {
  const shown: string[] = [];
  for (let at = 0; at < parts.length;) {
    const run = runFrom(parts, at);
    const width = Math.max(...run.map((part) => (typeof part === "string" ? 0 : part[0].length)));
    for (const part of run)
      shown.push(
        typeof part === "string" ? part : `${part[0]}: ${" ".repeat(width - part[0].length)}${part[1]}`,
      );
    at += run.length;
  }
  return shown;
}

/** Neighbours of one line each; one of several lines stands by itself. */
function runFrom<T extends string | [string, string]>(parts: T[], at: number): T[] {
  const isLong = (part: T) => (typeof part === "string" ? part : part[1]).includes("\n");
  if (isLong(parts[at]!)) return [parts[at]!];
  const rest = parts.slice(at);
  const end = rest.findIndex(isLong);
  return end < 0 ? rest : rest.slice(0, end);
}
