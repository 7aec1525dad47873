/** Writes what `pulumi-nylas import` has to know of the package schema: `provider/cli/import/languages/schemaTypes.ts`. */
import { packageSchema } from "./schema";
import { type EnumSpec, type ObjectSpec, type PropertySpec, type TypeSpec } from "./schema/types";

const TYPES = "#/types/";

/** The types of inputs alone, without their texts. */
export function importTypesFile(): string {
  const { resources, types, language } = packageSchema();
  const known: Record<string, object> = {};
  const shape = ({ type, items, additionalProperties, $ref, oneOf, plain }: TypeSpec): object => {
    if ($ref?.startsWith(TYPES)) collect($ref.slice(TYPES.length));
    return {
      ...(type && { type }),
      ...(items && { items: shape(items) }),
      ...(additionalProperties && { additionalProperties: shape(additionalProperties) }),
      ...($ref && { $ref: $ref.replace(/nylas:index:/, "") }),
      ...(oneOf && { oneOf: oneOf.map(shape) }),
      ...(plain && { plain }),
    };
  };
  const members = (properties: Record<string, PropertySpec>) =>
    Object.fromEntries(Object.entries(properties).map(([name, spec]) => [name, shape(spec)]));
  const collect = (token: string): void => {
    const name = token.split(":")[2]!;
    if (name in known) return;
    known[name] = {};
    const spec = types[token] as ObjectSpec | EnumSpec;
    known[name] = "enum" in spec ? { enum: spec.enum } : { properties: members(spec.properties) };
  };
  const inputs = Object.fromEntries(
    Object.entries(resources).map(([token, spec]) => [token.split(":")[2]!, members(spec.inputProperties)]),
  );
  const { go } = language as { go: { importBasePath: string } };
  const file = { goModule: go.importBasePath, resources: inputs, types: known };
  return `// Made by \`npm run generate\` from provider/properties/. Edit the tables there.
import { type SchemaTypes } from "./typeSpec";

export const SCHEMA: SchemaTypes = ${JSON.stringify(file)};
`;
}
