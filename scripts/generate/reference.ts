/** Writes the reference of the resources from the property tables. */
import { type KindTable } from "../../provider/core/propertyTable";
import { type Shape, type Property, type PropertyTable } from "../../provider/core/types";
import { apiText, changeSentence } from "./classes";

/** The page of a kind. */
export function referencePage(file: string, kind: KindTable): string {
  const { className, text, example, api, properties, adopt, get, key, type } = kind;
  const parts = [
    `<!-- Made by \`npm run generate\` from provider/properties/${file}.ts. Edit that file. -->`,
    `# ${className}`,
    plain(text),
    `API: [${api.title}](${api.address}). Type token: \`pulumi-nodejs:dynamic/nylas:${type}\`.`,
    ...(example === undefined ? [] : ["```typescript\n" + example + "\n```"]),
    "## Arguments",
    ...argumentsOf(properties),
    ...(adopt
      ? [
          entry("adopt", adopt.type === "id" ? "text" : "true or false, or text", [
            plain(adopt.text),
            "Read at a create alone.",
          ]),
        ]
      : []),
    entry("connection", "text", [
      `Another set of credentials: \`"eu"\` reads \`nylas-eu:${key}\`.`,
      "Default: `nylas:…`.",
    ]),
    ...objects(properties),
    "## Outputs",
    outputTable(kind),
    ...(get
      ? [
          "## Look it up",
          `\`${className}.get(name, id)\`: ${plain(get.what).toLowerCase()} that is managed elsewhere, by ${get.by}. It asks Nylas, in a preview too.`,
        ]
      : []),
  ];
  // Items of one list stand without empty lines between them.
  return `${parts
    .join("\n\n")
    .replace(/\n\n(?=- \*\*`)/g, "\n")
    .replace(/(#+ [^\n]*)\n- /g, "$1\n\n- ")}\n`;
}

/** The page that leads to all others. */
export function referenceIndex(kinds: Record<string, KindTable>): string {
  const rows = Object.values(kinds).map(
    ({ className, text }) => `| [${className}](${className}.md) | ${plain(text.split(/(?<=\.)\s/)[0]!)} |`,
  );
  return [
    "<!-- Made by `npm run generate` from provider/properties/. -->",
    "# Reference",
    "Each page has the arguments and the outputs of one resource, what a change of each does, and the page of the API.",
    ["| resource | what it is |", "|---|---|", ...rows].join("\n"),
    "`NylasPrincipal` and `NylasApiKey` come from `pulumi-nylas/experimental`, all others from `pulumi-nylas`. Pulumi's own options are in [options.md](../options.md).",
  ]
    .join("\n\n")
    .concat("\n");
}

function outputTable({ properties, outputs, program = {} }: KindTable): string {
  const declared = Object.entries(properties).flatMap(([name, { output, type, secret }]) =>
    output === undefined
      ? []
      : [
          row(name, typeText(type.shape), [
            output === true ? "As declared." : plain(output),
            ...(secret ? ["A secret."] : []),
          ]),
        ],
  );
  return [
    "| output | type | |",
    "|---|---|---|",
    ...declared,
    ...Object.entries(outputs).map(([name, { type, text, mayBeMissing, secret }]) =>
      row(name, `\`${type.text.replaceAll("|", "\\|")}\``, [
        plain(text),
        ...(mayBeMissing && !/undefined/i.test(text) ? ["May be undefined."] : []),
        ...(secret ? ["Kept as a secret."] : []),
      ]),
    ),
    ...Object.entries(program.sameAs ?? {}).map(([name, { text }]) => row(name, "text", [plain(text)])),
    ...Object.entries(program.constants ?? {}).map(([name, { value, text }]) =>
      row(name, `\`${value}\``, [plain(text), "The same for every object."]),
    ),
  ].join("\n");
}

function row(name: string, type: string, sentences: string[]): string {
  return `| \`${name}\` | ${type} | ${sentences.join(" ")} |`;
}

function argumentsOf(properties: PropertyTable): string[] {
  return Object.entries(properties)
    .filter(([, { isInternal }]) => !isInternal)
    .map(([name, property]) => entry(name, typeText(property.type.shape, property), facts(property)));
}

function objects(properties: PropertyTable): string[] {
  return Object.entries(properties).flatMap(
    ([
      name,
      {
        type: { shape },
      },
    ]) =>
      shape.kind === "object"
        ? [`### Members of ${name}`, plain(shape.text), ...argumentsOf(shape.members)]
        : [],
  );
}

function facts(property: Property): string[] {
  const { text, required, secret, isNamedByDefault, whenChanged, isDirective, type, example } = property;
  const api = apiText(property);
  const left = isNamedByDefault ? "`project/stack/name`" : property.default;
  return [
    ...(required ? ["**Required.**"] : []),
    plain(text),
    ...(left === undefined ? [] : [`Default: ${left}.`]),
    ...(whenChanged ? [plain(changeSentence(whenChanged))] : []),
    ...(isDirective && whenChanged === undefined ? ["A change of it alone is no difference."] : []),
    ...(secret ? ["A secret."] : []),
    ...(type.shape.kind === "flag" ? [] : [`Allowed: ${escaped(type.allowed)}; for example \`${example}\`.`]),
    ...(api === undefined ? [] : [`API: ${api}.`]),
  ];
}

function entry(name: string, type: string, sentences: string[]): string {
  const [first, ...paragraphs] = sentences
    .filter((each) => each !== "")
    .join(" ")
    .split("\n\n");
  return [`- **\`${name}\`** (${type}). ${first!}`, ...paragraphs.map((each) => `  ${each}`)].join("\n\n");
}

function typeText(shape: Shape, property?: Property): string {
  switch (shape.kind) {
    case "flag":
      return "true or false";
    case "integer":
      return "whole number";
    case "choice":
      return shape.values.map((value) => `\`${value}\``).join(" or ");
    case "list":
      return `list of ${typeText(shape.of)}s`;
    case "map":
      return `${typeText(shape.of)}s by name`;
    case "object":
      return "object";
    case "either":
      return shape.of.map((each) => typeText(each)).join(" or ");
    case "typescript":
      return `\`${(property === undefined ? shape.output : shape.input).text.replaceAll("pulumi.Input<", "").replaceAll(">[]", "[]")}\``;
    default:
      return shape.kind;
  }
}

/** Markdown without the marks of doc comments. */
function plain(text: string): string {
  return text.replace(/\{@link (\w+)\}/g, "[$1]($1.md)").replace(/\n(?!\n)/g, "\n");
}

function escaped(text: string): string {
  return text.replaceAll("*", "\\*");
}
