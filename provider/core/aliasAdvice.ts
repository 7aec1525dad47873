/** How a program tells the engine that a resource is one which the state has under another name or parent. */

/**
 * The name that a resource of this very stack had, if an object bears the default name of one: `agents` for `project/stack/agents`.
 * Undefined for a name that somebody chose, and for one of another stack. Two resources of one name are told apart by what their labels
 * say in brackets; an alias has the name alone.
 */
export function formerNameOf(label: string | undefined, title: unknown): string | undefined {
  const own = label?.split("/").slice(0, 2).join("/");
  if (own === undefined || typeof title !== "string" || !title.startsWith(`${own}/`)) return undefined;
  const name = withoutMark(title.slice(own.length + 1));
  return name === "" ? undefined : name;
}

/**
 * The aliases that lead from a resource to its entry, a line for each way that it can have come. Its name at Nylas may tell a rename from a
 * move: a default name says what the resource was called when the object was made.
 */
export function aliasChoices(label: string | undefined, title: unknown): string {
  const former = formerNameOf(label, title);
  const isMove = former !== undefined && former === nameOf(label!);
  const name = isMove ? "" : `name: ${JSON.stringify(former ?? "its-old-name")}, `;
  const renamed = `  - renamed: { aliases: [{ name: ${JSON.stringify(former ?? "its-old-name")} }] };\n`;
  const both = former === undefined ? "" : name;
  return (
    (isMove ? "" : renamed) +
    `  - moved into a component: { aliases: [{ ${both}parent: pulumi.rootStackResource }] };\n` +
    `  - moved out of a component: { aliases: [{ ${both}parent: "URN of the component" }] } (pulumi stack --show-urns).`
  );
}

function nameOf(label: string): string {
  return withoutMark(label.split("/").slice(2).join("/"));
}

function withoutMark(name: string): string {
  return name.replace(/ \([^()]*\)$/, "");
}
