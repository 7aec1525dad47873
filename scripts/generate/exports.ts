/** Writes what the entries of the package export of every kind, between markers: a file of its own would be loaded at each start. */
import { type KindTable } from "../../provider/core/propertyTable";

const BEGIN = "// Made by `npm run generate` from provider/properties/, down to the end of the kinds.";
const END = "// The end of the kinds.";

/** The parts of the entries, by file. */
export function entryParts(kinds: Record<string, KindTable>): Map<string, string> {
  const classes = (is: (kind: KindTable) => boolean, line: (file: string, kind: KindTable) => string) =>
    Object.entries(kinds)
      .filter(([, kind]) => is(kind))
      .map(([file, kind]) => line(file, kind))
      .join("\n");
  return new Map([
    [
      "provider/dynamic.ts",
      classes(
        () => true,
        (_file, { type }) => `export const ${type} = provide(DEFINITIONS.${type});`,
      ),
    ],
    ["provider/index.ts", classes(({ isExperimental }) => !isExperimental, withTypes)],
    ["provider/experimental.ts", classes(({ isExperimental }) => isExperimental === true, withTypes)],
    [
      "provider/native.ts",
      classes(
        () => true,
        (file, kind) => `export { ${names(kind).join(", ")} } from "./classes/native/${file}";`,
      ),
    ],
  ]);
}

/** A file with its part written anew. */
export function withPart(file: string, text: string, part: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file}: the lines around the kinds are not there.`);
  return `${text.slice(0, begin)}${BEGIN}\n${part}\n${text.slice(end)}`;
}

/** The class, and its name without the prefix that some have. */
function names({ className, type }: KindTable): string[] {
  return className === type ? [className] : [className, `${className} as ${type}`];
}

function withTypes(file: string, kind: KindTable): string {
  const variants = (kind.program?.variants ?? []).map(({ name }) => name);
  const objects = Object.values(kind.properties).flatMap(({ type: { shape } }) =>
    shape.kind === "object" ? [shape.name] : [],
  );
  const types = [...new Set([...variants, `${kind.className}Args`, ...objects])];
  return `export { ${[...names(kind), ...types.map((name) => `type ${name}`)].join(", ")} } from "./classes/${file}";`;
}
