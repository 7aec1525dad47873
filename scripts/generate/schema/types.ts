/** What of Pulumi's package schema is written here: https://www.pulumi.com/docs/iac/extending-pulumi/schema/. */

export interface TypeSpec {
  type?: "string" | "boolean" | "integer" | "number" | "array" | "object";
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
  $ref?: string;
  oneOf?: TypeSpec[];
  plain?: true;
}

export interface PropertySpec extends TypeSpec {
  description?: string;
  const?: string | number;
  secret?: true;
  willReplaceOnChanges?: true;
  deprecationMessage?: string;
}

export interface ObjectSpec {
  description?: string;
  type?: "object";
  properties: Record<string, PropertySpec>;
  required?: string[];
}

export interface EnumSpec {
  description?: string;
  type: "string" | "integer";
  enum: { name: string; value: string | number }[];
}

export interface ResourceSpec extends ObjectSpec {
  inputProperties: Record<string, PropertySpec>;
  requiredInputs?: string[];
  aliases?: { type: string }[];
  isComponent?: true;
}

export interface FunctionSpec {
  description: string;
  inputs?: ObjectSpec;
  outputs: ObjectSpec;
}

export interface PackageSpec {
  name: string;
  [member: string]: unknown;
  config: { variables: Record<string, PropertySpec> };
  types: Record<string, ObjectSpec | EnumSpec>;
  provider: ResourceSpec;
  resources: Record<string, ResourceSpec>;
  functions: Record<string, FunctionSpec>;
}
