/** Names of resources and variables: legible, from the objects' own names, the same in every run, and each only once. */

/** Names that are given out once each; what asks for one that is taken gets a number. */
export class Names {
  readonly #taken = new Set<string>();

  /** The name, or the name with `-2`, `-3` … behind it. */
  unique(wanted: string, separator = "-"): string {
    let name = wanted;
    for (let n = 2; this.#taken.has(name.toLowerCase()); n++) name = `${wanted}${separator}${n}`;
    this.#taken.add(name.toLowerCase());
    return name;
  }
}

/** A text as the name of a resource: `Customer A (EU)` is `customer-a-eu`. */
export function slug(text: string, otherwise: string): string {
  const name = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, "-")
    .slice(0, 60)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
  return name === "" ? otherwise : name;
}

/** A variable for a resource: `customer-a` of kind `workspace` is `customerAWorkspace`, which is no word of any language. */
export function variable(resource: string, kind: string): string {
  return wordsOf(resource, kind)
    .map((word, at) => (at === 0 ? word[0]!.toLowerCase() : word[0]!.toUpperCase()) + word.slice(1))
    .join("");
}

/** The words of a variable: those of the name. The kind is added where one word would be left, or a digit would come first. */
export function wordsOf(resource: string, kind: string): string[] {
  const words = resource.split(/[^a-zA-Z0-9]+/).filter((word) => word !== "");
  if (words.length === 0) words.push(kind);
  if (/^\d/.test(words[0]!)) words.unshift(kind);
  else if (words.length === 1 || ![words[0], words.at(-1)].includes(kind)) words.push(kind);
  return words;
}
