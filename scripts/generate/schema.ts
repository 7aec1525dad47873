/** Writes the package schema of the native plugin from the property tables: `provider/hosts/plugin/schema.json`. */
import * as fs from "node:fs";
import * as path from "node:path";
import { type ComponentTable, type KindTable, type LookupTable } from "../../provider/core/propertyTable";
import { agentDomainComponent } from "../../provider/properties/components/agentDomain";
import { adoptOf, tenantComponent } from "../../provider/properties/components/tenant";
import { LOOKUPS } from "../../provider/properties/lookups";
import { SETTINGS } from "../../provider/properties/settings";
import { examplesOf } from "./schema/examples";
import { type Described, PACKAGE, presentOf, requiredOf, Shapes, token } from "./schema/shapes";
import { description } from "./schema/texts";
import {
  type FunctionSpec,
  type ObjectSpec,
  type PackageSpec,
  type PropertySpec,
  type ResourceSpec,
} from "./schema/types";
import { readTables } from "./tables";

const root = path.join(__dirname, "../..");

/** Where the SDK for Go is to stand. Decide before the first one is published. */
const GO_MODULE = "github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas";

export const COMPONENTS: ComponentTable[] = [agentDomainComponent, tenantComponent];

/** The schema as text, as it is checked in. */
export function schemaFile(): string {
  return `${JSON.stringify(packageSchema(), null, 2)}\n`;
}

export function packageSchema(): PackageSpec {
  const { version, description: about, license, homepage } = manifest();
  const texts: { target: Described; text: string; place: string }[] = [];
  const describe = (target: Described, text: string, place: string) => {
    // Stands first, whatever else is put into it.
    target.description = "";
    texts.push({ target, text, place });
  };
  const shapes = new Shapes(describe);
  const variables = shapes.inputs("Provider", SETTINGS, "#/config/variables");
  const spec: PackageSpec = {
    name: PACKAGE,
    displayName: "Nylas",
    version,
    description: about,
    keywords: ["pulumi", "nylas", "kind/native", "category/utility"],
    license,
    homepage,
    // As pkg.go.dev and PyPI show it, without the form that npm wants.
    repository: homepage.replace("#readme", ""),
    attribution: "",
    // An SDK for Go has a go.mod of its own then.
    meta: { moduleFormat: "(.*)", supportPack: true },
    language: language(),
    config: { variables },
    types: {},
    provider: {
      description:
        "The application that a provider works in, and how it reaches Nylas. Explicit arguments win over the environment.",
      properties: onlyTexts(shapes.inputs("Provider", SETTINGS, "#/config/variables")),
      inputProperties: shapes.inputs("Provider", SETTINGS, "#/config/variables"),
    },
    resources: Object.fromEntries([
      ...Object.values(readTables()).map((kind) => [token(kind.type), resource(kind, shapes, describe)]),
      ...COMPONENTS.map((table) => [token(table.type), component(table, shapes, describe)]),
    ]) as Record<string, ResourceSpec>,
    functions: Object.fromEntries(
      Object.entries(LOOKUPS).map(([name, lookup]) => [
        token(name),
        lookupFunction(name, lookup, shapes, describe),
      ]),
    ),
  };
  spec.types = Object.fromEntries(Object.entries(shapes.types).sort(([a], [b]) => (a < b ? -1 : 1)));
  for (const { target, text, place } of texts) {
    const told = description(spec, text, place);
    if (told === "") delete target.description;
    else target.description = told;
  }
  for (const [name, each] of Object.entries(spec.resources))
    each.description += examplesOf(name.split(":")[2]!, spec.types);
  return spec;
}

type Describe = (target: Described, text: string, place: string) => void;

function resource(kind: KindTable, shapes: Shapes, describe: Describe): ResourceSpec {
  const { type, properties, outputs, adopt, api, text } = kind;
  const own = `#/resources/${token(type)}`;
  const place = `${own}/inputProperties ${own}/properties`;
  const spec: ResourceSpec = {
    properties: {},
    inputProperties: {},
  };
  describe(spec, `${text}\n\nAPI: [${api.title}](${api.address}).`, place);
  spec.inputProperties = {
    ...shapes.inputs(type, properties, place),
    ...shapes.inputs(type, adoptOf(adopt), place),
  };
  spec.properties = {
    ...shapes.echoes(type, properties, place),
    ...shapes.outputs(type, outputs, place),
  };
  return {
    ...withRequired(spec, presentOf(properties, outputs)),
    ...inputsRequired(requiredOf(properties)),
    // What the dynamic resource of the kind is called: a program that changes over keeps its objects.
    aliases: [{ type: `pulumi-nodejs:dynamic/nylas:${type}` }],
  };
}

function component(table: ComponentTable, shapes: Shapes, describe: Describe): ResourceSpec {
  const { type, properties, outputs, adopt, elsewhere = {}, text } = table;
  const own = `#/resources/${token(type)}`;
  const place = `${own}/inputProperties ${own}/properties`;
  const spec: ResourceSpec = { properties: {}, inputProperties: {}, isComponent: true };
  describe(spec, text, place);
  spec.inputProperties = shapes.inputs(type, { ...properties, ...adoptOf(adopt), ...elsewhere }, place);
  spec.properties = shapes.outputs(type, outputs, place);
  return {
    ...withRequired(spec, presentOf({}, outputs)),
    ...inputsRequired(requiredOf(properties)),
    aliases: [{ type: `pulumi-nylas:index:${type}` }],
  };
}

function lookupFunction(
  name: string,
  { text, inputs, exactlyOne, outputs, result }: LookupTable,
  shapes: Shapes,
  describe: Describe,
): FunctionSpec {
  const own = `#/functions/${token(name)}`;
  const place = `${own}/inputs/properties ${own}/outputs/properties`;
  const names = Object.keys(inputs);
  const choice = exactlyOne
    ? ` Exactly one of ${names.map((each) => `\`${each}\``).join(", ")} is given.`
    : "";
  const spec: FunctionSpec = { description: "", outputs: { properties: {} } };
  const [first, api] = text.split(" API: ");
  describe(spec, `${first!}${choice}${api === undefined ? "" : ` API: ${api}`}`, place);
  const answer: ObjectSpec = withRequired(
    { properties: shapes.outputs(name, outputs, place) },
    presentOf({}, outputs),
  );
  if (names.length > 0)
    spec.inputs = withRequired({ properties: shapes.inputs(name, inputs, place) }, requiredOf(inputs));
  if (result.isListOf === undefined) return { ...spec, outputs: answer };
  const item = result.name;
  shapes.types[token(item)] = { type: "object", ...answer };
  describe(shapes.types[token(item)]!, result.text, `#/types/${token(item)}/properties`);
  return {
    ...spec,
    outputs: {
      properties: { [result.isListOf]: { type: "array", items: { $ref: `#/types/${token(item)}` } } },
      required: [result.isListOf],
    },
  };
}

function withRequired<Spec extends ObjectSpec>(spec: Spec, required: string[]): Spec {
  return required.length === 0 ? spec : { ...spec, required };
}

function inputsRequired(requiredInputs: string[]): { requiredInputs?: string[] } {
  return requiredInputs.length === 0 ? {} : { requiredInputs };
}

/** Of a provider, what is no text is an output that the SDKs cannot read. */
function onlyTexts(properties: Record<string, PropertySpec>): Record<string, PropertySpec> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, { type, $ref }]) => type === "string" || $ref),
  );
}

/** What the registry of a language shows. Its links have to lead out of there. */
function readmeOf(name: string, page: string): string {
  const { description: about, homepage } = manifest();
  const folder = homepage.replace("#readme", "/blob/main/docs");
  return [
    about + ".",
    `This is the SDK for ${name}. [From an empty folder to a verified domain](${folder}/${page}) shows how to use it, with the plugin that it needs.`,
    `Before you use it, read [what may be lost, and what it takes](${folder}/mail-loss.md). It is unofficial, and not made by Nylas or Pulumi.\n`,
  ].join("\n\n");
}

function language(): object {
  return {
    nodejs: {
      packageName: "pulumi-nylas-native",
      packageDescription: "For tests alone: programs for Node use pulumi-nylas.",
      respectSchemaVersion: true,
      dependencies: { "@pulumi/pulumi": "^3.216.0" },
    },
    python: {
      packageName: "pulumi_nylas",
      respectSchemaVersion: true,
      readme: readmeOf("Python", "python.md"),
      pyproject: { enabled: true },
      requires: { pulumi: ">=3.216.0,<4.0.0" },
    },
    go: {
      importBasePath: GO_MODULE,
      respectSchemaVersion: true,
      generateResourceContainerTypes: true,
    },
    csharp: {
      rootNamespace: "PulumiNylas",
      namespaces: { nylas: "Nylas" },
      packageReferences: { Pulumi: "3.*" },
      respectSchemaVersion: true,
    },
    java: {
      basePackage: "io.github.pulumi_nylas",
      buildFiles: "gradle",
      dependencies: { "com.pulumi:pulumi": "1.0.0" },
    },
  };
}

function manifest(): { version: string; description: string; license: string; homepage: string } {
  return JSON.parse(fs.readFileSync(path.join(root, "provider/package.json"), "utf8")) as never;
}
