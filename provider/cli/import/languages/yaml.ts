/** Programs in Pulumi's YAML: `Main.yaml`, beside the project file. */
import { Names, variable } from "../names";
import { aliasesOf, type Declared, Dns, Mailbox, type Program, Reference, sectionsOf } from "../program";
import { given, hashComment, quoted } from "./text";

/** What YAML reads as something else than a text. */
const WORDS = new Set(["true", "false", "yes", "no", "on", "off", "y", "n", "null"]);

export function yaml(program: Program): string {
  const names = new Names();
  const keys = new Map(
    program.statements.map((each) => [each, names.unique(variable(each.name, each.noun), "")]),
  );
  const aliases = aliasesOf(program);
  const written = (value: unknown): unknown => {
    if (value instanceof Reference)
      return new Code(`\${${keys.get(value.to)}${value.output === "id" ? ".id" : ""}}`);
    if (value instanceof Mailbox)
      return new Code(`\${${keys.get(value.domain)}.addresses["${value.alias.replaceAll('"', '\\"')}"]}`);
    if (value instanceof Dns) return { [value.vendor]: value.args };
    return value;
  };
  const body = sectionsOf(program).flatMap(({ title, statements }) => [
    "",
    `  ${hashComment(title)}`,
    ...statements.flatMap((each) => {
      const { comments, declared, name, args, isProtected } = each;
      const key = keys.get(each)!;
      const all = { ...args, addressesFor: aliases.get(each) };
      const resource = {
        type: new Code(typeOf(declared)),
        name: name === key ? undefined : name,
        properties: given(all).length > 0 ? all : undefined,
        options: isProtected ? { protect: true } : undefined,
      };
      return [
        "",
        ...comments.map((line) => `  ${hashComment(line)}`),
        `  ${key}:`,
        ...block(resource, 4, written),
      ];
    }),
  ]);
  const rest = program.left.length === 0 ? [] : ["", ...program.left.map(hashComment)];
  return [...program.head("protect: true").map(hashComment), "", "resources:", ...body, ...rest, ""].join(
    "\n",
  );
}

function typeOf(declared: Declared): string {
  if (declared.of !== "vendor") return `nylas:${declared.type}`;
  const [provider, module = "", name] = declared.resource.type.split(":");
  const [folder] = module.split("/");
  return folder === "index" ? `${provider}:${name}` : `${provider}:${folder}:${name}`;
}

/** A text that stands in the program as it is, or in quotes where it is more than a name. */
class Code {
  constructor(readonly text: string) {}
}

type Written = (value: unknown) => unknown;

/** The members of an object or the items of a list, one below the other. */
function block(value: object, indent: number, written: Written): string[] {
  const pad = " ".repeat(indent);
  if (Array.isArray(value))
    return value.flatMap((item) => {
      const [first = "", ...rest] = entry("", item, indent + 2, written);
      return [`${pad}- ${first.trimStart()}`, ...rest];
    });
  return given(value).flatMap(([key, member]) => entry(`${pad}${keyOf(key)}:`, member, indent + 2, written));
}

/** What stands behind a key or a dash, and the lines below it. */
function entry(before: string, value: unknown, indent: number, written: Written): string[] {
  const shown = written(value);
  if (typeof shown !== "object" || shown === null || shown instanceof Code)
    return [`${before} ${scalar(shown)}`];
  const lines = block(shown, indent, written);
  if (lines.length === 0) return [`${before} ${Array.isArray(shown) ? "[]" : "{}"}`];
  return before === "" ? lines : [before, ...lines];
}

function scalar(value: unknown): string {
  if (value instanceof Code) return /^[\w:]+$/.test(value.text) ? value.text : quoted(value.text);
  return typeof value === "string" ? yamlText(value) : JSON.stringify(value);
}

/** A text that means itself: pulumi's YAML reads `${…}` as a reference, and `$$` as one dollar. */
export function yamlText(text: string): string {
  if (isPlain(text)) return text;
  return quoted(text.replace(/\$(?=[${])/g, "$$$$"));
}

function keyOf(key: string): string {
  return isPlain(key) ? key : quoted(key);
}

function isPlain(text: string): boolean {
  return /^[A-Za-z][\w./@-]*(?: [A-Za-z0-9][\w./@-]*)*$/.test(text) && !WORDS.has(text.toLowerCase());
}
