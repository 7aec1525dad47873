import { type ApiDocument, isObject, type Json, localPointer, type Part } from "./document";

/**
 * Members of a value that no schema of the document names, as JSON pointers. Documents leave their objects open. So
 * no validator reports a misspelt field of a request, or an undocumented field of an answer.
 */
export function undeclaredMembers(document: ApiDocument, { node }: Part, value: unknown): string[] {
  const found: string[] = [];
  const visit = (schemas: Json[], at: unknown, path: string): void => {
    const all = schemas.flatMap((schema) => partsOf(document, schema));
    if (Array.isArray(at)) {
      const items = all.map((schema) => schema.items).filter(isObject);
      at.forEach((each, index) => visit(items, each, `${path}/${index}`));
    } else if (isObject(at)) {
      const isOpen = !all.some((schema) => isObject(schema.properties));
      for (const [name, member] of Object.entries(at)) {
        const own = all.map((schema) => memberOf(schema, name)).filter((each) => each !== undefined);
        if (own.length > 0) visit(own.filter(isObject), member, `${path}/${name}`);
        else if (!isOpen) found.push(`${path}/${name}`);
      }
    }
  };
  visit([node], value, "");
  return found;
}

/** What a schema says of a member: a schema, or `true` where anything goes. */
function memberOf({ properties, patternProperties, additionalProperties }: Json, name: string): unknown {
  if (isObject(properties) && Object.hasOwn(properties, name)) return properties[name];
  if (isObject(patternProperties)) {
    const pattern = Object.keys(patternProperties).find((each) => new RegExp(each).test(name));
    if (pattern !== undefined) return patternProperties[pattern];
  }
  return additionalProperties === false ? undefined : additionalProperties;
}

/** The schema with all that it is composed of. */
function partsOf(document: ApiDocument, schema: Json, seen = new Set<Json>()): Json[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const more: unknown[] = ["allOf", "anyOf", "oneOf"].flatMap((word) =>
    Array.isArray(schema[word]) ? (schema[word] as unknown[]) : [],
  );
  more.push(schema.then, schema.else);
  if (typeof schema.$ref === "string") more.push(document.follow(localPointer(schema.$ref)).node);
  return [schema, ...more.filter(isObject).flatMap((each) => partsOf(document, each, seen))];
}
