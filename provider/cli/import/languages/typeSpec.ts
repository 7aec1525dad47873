/** As in Pulumi's package schema, with the bare names in references. */
export interface TypeSpec {
  type?: string;
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
  $ref?: string;
  oneOf?: TypeSpec[];
  plain?: boolean;
}

export interface Word {
  name: string;
  value: string | number;
}

export interface SchemaTypes {
  /** The folder of modules that the SDK for Go stands in. */
  goModule: string;
  /** The inputs of resources and components, by the names in their tokens. */
  resources: Record<string, Record<string, TypeSpec>>;
  types: Record<string, { properties: Record<string, TypeSpec> } | { enum: Word[] }>;
}
