/** Writes the classes of programs from the property tables. */
import * as path from "node:path";
import { type KindTable, type OutputProperty } from "../../provider/core/propertyTable";
import { memberName } from "../../provider/core/wireMembers";
import {
  type Shape,
  type TypeName,
  type Property,
  type PropertyTable,
  type WhenChanged,
} from "../../provider/core/types";

/** Longer lines of comments are broken. */
const WIDTH = 118;

/** The file of a kind's class; `file` is the name of its table's file. */
export function classFile(file: string, kind: KindTable): string {
  const imports = new Imports("classes");
  const body = [...interfaces(kind, imports), args(kind, imports), classOf(kind, imports)].join("\n\n");
  return `// Made by \`npm run generate\` from provider/properties/${file}.ts. Edit that file.\n${imports.text()}\n\n${body}\n`;
}

/** The file of a kind's class for the native plugin. Its arguments are those of the dynamic one. */
export function nativeClassFile(file: string, kind: KindTable): string {
  const imports = new Imports("classes/native");
  imports.add(`type ${kind.className}Args`, `classes/${file}`);
  const body = classOf(kind, imports, "native");
  return `// Made by \`npm run generate\` from provider/properties/${file}.ts. Edit that file.\n${imports.text()}\n\n${body}\n`;
}

/** What is imported, by file, into a file of a folder of the provider. */
export class Imports {
  readonly #names = new Map<string, Set<string>>();

  constructor(private readonly folder: string) {}

  /** A type of another file, which is no code. */
  type({ text, imports = {} }: TypeName): string {
    for (const [name, file] of Object.entries(imports)) this.add(`type ${name}`, file);
    return text;
  }

  add(name: string, file: string): string {
    const relative = path.posix.relative(this.folder, file);
    const from = relative.startsWith(".") ? relative : `./${relative}`;
    this.#names.set(from, (this.#names.get(from) ?? new Set()).add(name));
    return name;
  }

  text(usesPulumi = true): string {
    const lines = [...this.#names].sort(([a], [b]) => (a < b ? -1 : 1));
    return [
      ...(usesPulumi
        ? [`import ${this.folder.startsWith("classes") ? "" : "type "}* as pulumi from "@pulumi/pulumi";`]
        : []),
      ...lines.map(([from, names]) => `import { ${[...names].sort().join(", ")} } from "${from}";`),
    ].join("\n");
  }
}

/** The types of arguments that are objects. */
function interfaces({ properties }: KindTable, imports: Imports): string[] {
  return Object.values(properties).flatMap(({ type: { shape } }) =>
    shape.kind === "object"
      ? [`${comment(shape.text)}export interface ${shape.name} {\n${members(shape.members, imports)}\n}`]
      : [],
  );
}

export function members(properties: PropertyTable, imports: Imports): string {
  return Object.entries(properties)
    .filter(([, { isInternal }]) => !isInternal)
    .map(([name, property]) => member(name, property, argument(property, imports)))
    .join("\n");
}

function member(name: string, property: Property, type: string): string {
  return `${comment(sentences(property))}${name}${property.required ? "" : "?"}: ${type};`;
}

function args(kind: KindTable, imports: Imports): string {
  const { className, properties, adopt, key } = kind;
  const takesOver = adopt
    ? `${comment(adopt.text)}adopt?: ${adopt.type === "id" ? "pulumi.Input<string>" : "pulumi.Input<boolean | string>"};\n`
    : "";
  const connection =
    comment(`Another set of credentials: \`"eu"\` reads \`nylas-eu:${key}\`. Default: \`nylas:…\`.`) +
    "connection?: pulumi.Input<string>;";
  const what = `Arguments of {@link ${className}}`;
  const variants = kind.program?.variants;
  if (!variants)
    return `${comment(`${what}.`)}export interface ${className}Args {\n${members(properties, imports)}\n${takesOver}${connection}\n}`;
  const varying = Object.keys(variants[0]!.types);
  const rest = Object.fromEntries(Object.entries(properties).filter(([name]) => !varying.includes(name)));
  const common = `interface CommonArgs {\n${members(rest, imports)}\n${takesOver}${connection}\n}`;
  const each = variants.map(({ name, text, types }) => {
    const own = Object.entries(types).map(([property, type]) => {
      const { required, ...described } = properties[property]!;
      const isRequired = required ?? type.isRequired;
      return member(
        property,
        { ...described, ...(isRequired ? { required: true } : {}) },
        imports.type(type),
      );
    });
    return `${comment(`${what} ${text}.`)}export interface ${name} extends CommonArgs {\n${own.join("\n")}\n}`;
  });
  const either = variants.map(({ name }) => name).join(" | ");
  return [common, ...each, `${comment(`${what}.`)}export type ${className}Args = ${either};`].join("\n\n");
}

function classOf(kind: KindTable, imports: Imports, host: "dynamic" | "native" = "dynamic"): string {
  const { className, type, properties, outputs, get, program = {}, api, text, example } = kind;
  const isOptional = !Object.values(properties).some(({ required }) => required);
  const page = `${text}\n\nAPI: [${api.title}](${api.address}).`;
  const names = [
    ...Object.entries(properties).flatMap(([name, { output }]) => (output === undefined ? [] : [name])),
    ...Object.keys(outputs),
  ];
  const secrets = Object.entries(properties).flatMap(([name, { secret }]) => (secret ? [name] : []));
  const secretOutputs = Object.entries(outputs).flatMap(([name, { secret }]) => (secret ? [name] : []));
  for (const name of ["optionsFor", "registered"]) imports.add(name, `hosts/${host}/registration`);
  const token = host === "dynamic" ? "typeToken" : "nativeToken";
  imports.add(token, "hosts/dynamic/tokens");
  imports.add("restoreStackDepth", "hosts/dynamic/stackDepth");
  // The plugin shows refusals and completes arguments by itself.
  const isDynamic = host === "dynamic";
  if (isDynamic && program.mayBeRefused) imports.add("showRefusal", "hosts/dynamic/refusalsInPreview");
  if (isDynamic && program.arguments) imports.add(program.arguments.name, program.arguments.from);
  if (program.options) imports.add(program.options.name, program.options.from);

  const registration = [
    `outputs: ${JSON.stringify(names)}`,
    ...(secrets.length > 0 ? [`secrets: ${JSON.stringify(secrets)}`] : []),
    ...(isDynamic && program.timeout ? [`timeoutInput: ${JSON.stringify(program.timeout)}`] : []),
    ...(["mayBeRefused", "tellsFailed", "tellsUp"] as const).flatMap((fact) =>
      isDynamic && program[fact] ? [`${fact}: true`] : [],
    ),
  ];
  // Only where there is one: the option costs 42 bytes of state in every object.
  const given = secrets.map((name) => `...(args?.${name} === undefined ? [] : ["${name}"])`);
  const hidden = [...given, ...secretOutputs.map((name) => JSON.stringify(name))];
  const options = [
    ...(hidden.length > 0 ? [`secrets: [${hidden.join(", ")}]`] : []),
    ...(program.isProtectable ? ["protectable: args"] : []),
  ];
  const argsText = isDynamic && program.arguments ? `${program.arguments.name}(args)` : "args";
  const optionsText = program.options ? `${program.options.name}(options)` : "options";
  const parts = [
    outputsOf(kind, imports),
    ...Object.entries(program.constants ?? {}).map(
      ([name, { value, text: what }]) => `${comment(what)}readonly ${name} = ${value} as const;`,
    ),
    `\nconstructor(name: string, args${isOptional ? "?" : ""}: ${className}Args, options?: pulumi.CustomResourceOptions) {
      super(
        ${token}("${type}"),
        name,
        registered("${type}", name, ${argsText}, options, { ${registration.join(", ")} }),
        optionsFor("${type}", ${optionsText}, { ${options.join(", ")} }),
      );
      restoreStackDepth();
      ${isDynamic && program.mayBeRefused ? "showRefusal(this);" : ""}
    }`,
    ...Object.entries(program.sameAs ?? {}).map(
      ([name, { output, text: what }]) =>
        `\n${comment(what)}get ${name}(): pulumi.Output<string> { return this.${output}; }`,
    ),
    ...(get
      ? [
          `\n${comment(`${get.what} that is managed elsewhere, by ${get.by}. Asks Nylas, in a preview too.`)}static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): ${className} {
      return new ${className}(name, undefined${isOptional ? "" : " as never"}, { ...options, id });
    }`,
        ]
      : []),
  ];
  return `${comment(page, example)}export class ${className} extends pulumi.CustomResource {\n${parts.join("\n")}\n}`;
}

function outputsOf({ properties, outputs }: KindTable, imports: Imports): string {
  const same = Object.entries(properties).flatMap(([name, property]) => {
    const { output, type, required, isNamedByDefault, defaultValue } = property;
    if (output === undefined) return [];
    const isThere = required === true || isNamedByDefault === true || defaultValue !== undefined;
    const what = output === true ? (property.isInternal ? property.text : "") : output;
    return [outputLine(name, what, value(type.shape, imports), !isThere)];
  });
  const own = Object.entries(outputs).map(([name, { type, text, mayBeMissing }]: [string, OutputProperty]) =>
    outputLine(name, text, imports.type(type), mayBeMissing === true),
  );
  return [...same, ...own].join("\n");
}

function outputLine(name: string, text: string, type: string, mayBeMissing: boolean): string {
  return `${comment(text)}readonly ${name}!: pulumi.Output<${type}${mayBeMissing ? " | undefined" : ""}>;`;
}

/** How a program gives a value: as it stands, or as an output. */
function argument({ type: { shape }, isPlain }: Property, imports: Imports): string {
  if (isPlain) return value(shape, imports);
  if (shape.kind === "typescript" && shape.input.isPlain) return imports.type(shape.input);
  return `pulumi.Input<${inner(shape, imports)}>`;
}

function inner(shape: Shape, imports: Imports): string {
  switch (shape.kind) {
    case "text":
      return "string";
    case "flag":
      return "boolean";
    case "integer":
    case "number":
      return "number";
    case "choice":
      return shape.values.map((each) => JSON.stringify(each)).join(" | ");
    case "list":
      return `pulumi.Input<${inner(shape.of, imports)}>[]`;
    case "map":
      return `Record<string, pulumi.Input<${inner(shape.of, imports)}>>`;
    case "object":
      return shape.name;
    case "either":
      return shape.of.map((each) => inner(each, imports)).join(" | ");
    case "resource":
      return shape.type;
    case "typescript":
      return imports.type(shape.input);
  }
}

/** What a program reads. */
export function value(shape: Shape, imports: Imports): string {
  switch (shape.kind) {
    case "list":
      return `${value(shape.of, imports)}[]`;
    case "map":
      return `Record<string, ${value(shape.of, imports)}>`;
    case "object":
    case "typescript":
      return imports.type(shape.output);
    case "either":
      return shape.of.map((each) => value(each, imports)).join(" | ");
    default:
      return inner(shape, imports);
  }
}

/** All that a reader is told of a property. */
export function sentences(property: Property): string {
  const { text, isNamedByDefault, whenChanged } = property;
  const api = apiText(property);
  const left = isNamedByDefault ? "`project/stack/name`" : property.default;
  const parts = [
    text,
    ...(left === undefined ? [] : [`Default: ${left}.`]),
    ...(whenChanged ? [changeSentence(whenChanged)] : []),
    ...(api === undefined ? [] : [`API: ${api}.`]),
  ];
  return parts.filter((part) => part !== "").join(" ");
}

/** How the API calls it. */
export function apiText({ api, wire }: Property): string | undefined {
  const member = memberName(wire);
  return api ?? (member === undefined ? undefined : `\`${member}\``);
}

/** What becomes of the object when a property changes. */
export function changeSentence(whenChanged: WhenChanged): string {
  if ("replaces" in whenChanged)
    return `Changing it **replaces** ${whenChanged.replaces === true ? "it." : whenChanged.replaces}`;
  const { inPlace } = whenChanged;
  if (inPlace === true) return "Changed in place.";
  return `Changed in place${/^[;:,.]/.test(inPlace) ? "" : " "}${inPlace}`;
}

/** A doc comment, its lines broken; nothing where there is nothing to say. */
export function comment(text: string, example?: string): string {
  if (text === "") return "";
  const paragraphs = text.split("\n\n").map((paragraph) => wrapped(paragraph.replaceAll("\n", " ")));
  const lines = paragraphs.flatMap((paragraph, i) => (i === 0 ? paragraph : ["", ...paragraph]));
  if (example !== undefined) lines.push("", ...example.split("\n").map((line) => `    ${line}`));
  if (lines.length === 1) return `/** ${lines[0]!} */\n`;
  return `/**\n${lines.map((line) => (line === "" ? " *" : ` * ${line}`)).join("\n")}\n */\n`;
}

function wrapped(paragraph: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
