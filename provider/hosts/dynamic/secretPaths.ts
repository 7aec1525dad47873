import * as pulumi from "@pulumi/pulumi";

/**
 * Where secrets stand in an argument, as `path`, `path.member` or `path[].member`. All items of a list have one path,
 * as a list may come back in another order. A secret that holds others is one.
 */
export async function secretPaths(value: unknown, path: string): Promise<string[]> {
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return [];
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    const { isSecret } = pulumi.output(value) as unknown as { isSecret: Promise<boolean> };
    return (await isSecret) ? [path] : [];
  }
  const members = Array.isArray(value)
    ? (value as unknown[]).map((item) => secretPaths(item, `${path}[]`))
    : Object.entries(value).map(([name, member]) => secretPaths(member, `${path}.${name}`));
  return (await Promise.all(members)).flat();
}
