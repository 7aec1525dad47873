/** Programs in Python, for the SDK that is made of the plugin's schema. */
import { Names, wordsOf } from "../names";
import {
  aliasesOf,
  type Declared,
  Dns,
  Mailbox,
  type Program,
  Reference,
  referredTo,
  sectionsOf,
} from "../program";
import { fitting, inputsOf, reworded, type Wanted, wantedOf } from "./schema";
import { type TypeSpec } from "./typeSpec";
import { given, hashComment, quoted, snake } from "./text";

const WIDTH = 100;

/** Names of properties that the SDK has with a `_` behind them. */
const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global " +
    "if import in is lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

export function python(program: Program): string {
  const printer = new Printer(program);
  const body = sectionsOf(program).flatMap(({ title, statements }) => [
    "",
    hashComment(title),
    ...statements.flatMap((each) => ["", ...each.comments.map(remark), printer.statement(each)]),
  ]);
  const rest = program.left.length === 0 ? [] : ["", ...program.left.map(hashComment)];
  const imports = [...printer.imports].sort();
  return [...program.head("protect=True").map(hashComment), "", ...imports, ...body, ...rest, ""].join("\n");
}

function remark(line: string): string {
  return hashComment(reworded(line, nameOf));
}

/** A property as an argument, and as a key of an object. */
export function nameOf(property: string): string {
  const name = snake(property);
  return KEYWORDS.has(name) ? `${name}_` : name;
}

class Printer {
  readonly imports = new Set<string>();
  readonly #variables: Map<Program["statements"][number], string>;
  readonly #used: ReturnType<typeof referredTo>;
  readonly #aliases: ReturnType<typeof aliasesOf>;

  constructor(program: Program) {
    const names = new Names();
    this.#variables = new Map(
      program.statements.map((each) => [
        each,
        names.unique(wordsOf(each.name, each.noun).join("_").toLowerCase(), "_"),
      ]),
    );
    this.#used = referredTo(program);
    this.#aliases = aliasesOf(program);
  }

  statement(each: Program["statements"][number]): string {
    const { declared, name, args, isProtected } = each;
    const inputs = declared.of === "vendor" ? undefined : inputsOf(declared.type);
    const parts = given({ ...args, addressesFor: this.#aliases.get(each) }).map(
      ([key, value]) =>
        (indent: number) =>
          `${nameOf(key)}=${this.#value(value, inputs && typeOf(inputs[key]), indent)}`,
    );
    if (isProtected) {
      this.imports.add("import pulumi");
      parts.push(() => "opts=pulumi.ResourceOptions(protect=True)");
    }
    const assigned = this.#used.has(each) ? `${this.#variables.get(each)} = ` : "";
    return bracketed(`${assigned}${this.#classOf(declared)}(`, [() => quoted(name), ...parts], ")", 0);
  }

  #classOf(declared: Declared): string {
    const { module, name } =
      declared.of === "vendor" ? declared.resource.python : { module: "pulumi_nylas", name: declared.type };
    const short = module.replace(/^pulumi_/, "");
    this.imports.add(`import ${module} as ${short}`);
    return `${short}.${name}`;
  }

  #value(value: unknown, wanted: Wanted | undefined, indent: number): string {
    if (value instanceof Reference)
      return `${this.#variables.get(value.to)}${value.output === "id" ? ".id" : ""}`;
    if (value instanceof Mailbox)
      return `${this.#variables.get(value.domain)}.addresses[${quoted(value.alias)}]`;
    if (value instanceof Dns) return this.#value({ [value.vendor]: value.args }, wanted, indent);
    if (wanted?.kind === "either") return this.#value(value, fitting(wanted.of, value), indent);
    if (wanted?.kind === "words") return this.#word(wanted, value);
    if (Array.isArray(value)) {
      const of = wanted?.kind === "list" ? wanted.of : undefined;
      const items = value.map((item: unknown) => (deeper: number) => this.#value(item, of, deeper));
      return bracketed("[", items, "]", indent);
    }
    if (typeof value === "object" && value !== null) {
      const members = given(value).map(([key, member]) => (deeper: number) => {
        const [shown, type] = this.#member(wanted, key);
        return `${quoted(shown)}: ${this.#value(member, type, deeper)}`;
      });
      return bracketed("{", members, "}", indent);
    }
    if (typeof value === "boolean") return value ? "True" : "False";
    return typeof value === "string" ? quoted(value) : String(value);
  }

  /** How a member is called: keys of a map are the user's own. */
  #member(wanted: Wanted | undefined, key: string): [string, Wanted | undefined] {
    if (wanted?.kind === "object") return [nameOf(key), typeOf(wanted.members[key])];
    return [key, wanted?.kind === "map" ? wanted.of : undefined];
  }

  #word({ name, words }: Wanted & { kind: "words" }, value: unknown): string {
    const word = words.find((each) => each.value === value);
    this.imports.add("import pulumi_nylas as nylas");
    if (word === undefined) return `nylas.${name}(${JSON.stringify(value)})`;
    return `nylas.${name}.${snake(word.name).toUpperCase()}`;
  }
}

function typeOf(spec: TypeSpec | undefined): Wanted | undefined {
  return spec && wantedOf(spec);
}

/** On one line where it fits, otherwise one below the other. */
function bracketed(
  before: string,
  parts: ((indent: number) => string)[],
  end: string,
  indent: number,
): string {
  const line = `${before}${parts.map((part) => part(indent)).join(", ")}${end}`;
  if (!line.includes("\n") && indent + line.length <= WIDTH - 16) return line;
  const pad = " ".repeat(indent + 4);
  const lines = parts.map((part) => `${pad}${part(indent + 4)},\n`);
  return `${before}\n${lines.join("")}${" ".repeat(indent)}${end}`;
}
