/** Finds the property tables by their files, and writes the list of them. */
import * as fs from "node:fs";
import * as path from "node:path";
import { type KindTable } from "../../provider/core/propertyTable";

const folder = path.join(__dirname, "../../provider/properties");

/** The tables by the name of their file, in the order of the reference. A file that exports `{its name}Kind` has one. */
export function readTables(): Record<string, KindTable> {
  const found = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && name !== "index.ts")
    .sort()
    .flatMap((name): [string, KindTable][] => {
      const file = path.basename(name, ".ts");
      // oxlint-disable-next-line typescript/no-require-imports -- which files there are is not known before
      const kind = (require(path.join(folder, file)) as Record<string, unknown>)[`${file}Kind`];
      return kind === undefined ? [] : [[file, kind as KindTable]];
    });
  return Object.fromEntries(inOrder(found));
}

/** Each kind behind the one that it names, and two that name the same one by their files. */
export function inOrder(kinds: [file: string, kind: KindTable][]): [file: string, kind: KindTable][] {
  const after = (type: string | undefined): [string, KindTable][] =>
    kinds
      .filter(([, { listedAfter }]) => listedAfter === type)
      .flatMap((entry) => [entry, ...after(entry[1].type)]);
  const ordered = after(undefined);
  const lost = kinds.filter((entry) => !ordered.includes(entry));
  if (lost.length > 0)
    throw new Error(
      `${lost.map(([file]) => `provider/properties/${file}.ts`).join(", ")}: listedAfter names no kind that leads to the first one.`,
    );
  return ordered;
}

/** provider/properties/index.ts. */
export function tablesFile(kinds: Record<string, KindTable>): string {
  const files = Object.keys(kinds);
  return `// Made by \`npm run generate\` from the other files of this folder. Edit none but those.
/** The kinds of resources, as their tables state them, in the order of the reference. */
import { type KindTable } from "../core/propertyTable";
${files
  .toSorted()
  .map((file) => `import { ${file}Kind } from "./${file}";`)
  .join("\n")}

/** By the name of the file that has a kind's class. */
export const TABLES: Record<string, KindTable> = {
${files.map((file) => `  ${file}: ${file}Kind,`).join("\n")}
};
`;
}
