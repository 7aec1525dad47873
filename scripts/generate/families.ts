/** Writes the lists of what stands in a file for each family of the API. */
import * as fs from "node:fs";
import * as path from "node:path";

const nylas = path.join(__dirname, "../../provider/nylas");

/** The files of a folder in which a pattern is found, with its first group. */
function filesWith(folder: string, pattern: RegExp): [file: string, found: string][] {
  return fs
    .readdirSync(path.join(nylas, folder))
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .flatMap((name): [string, string][] => {
      const found = pattern.exec(fs.readFileSync(path.join(nylas, folder, name), "utf8"));
      return found ? [[path.basename(name, ".ts"), found[1]!]] : [];
    });
}

/** provider/nylas/routes/index.ts. */
export function routesFile(): string {
  const files = filesWith("routes", /^export const (routes)\b/m).map(([file]) => file);
  return `// Made by \`npm run generate\` from the other files of this folder. Edit none but those.
${files.map((file) => `import * as ${file} from "./${file}";`).join("\n")}
import { type Sender } from "./calls";
import { CALLS_OF_ALL, type Route } from "./table";

/** The routes of every family, by the name that the API has them under. */
export function routesOf(sender: Sender) {
  return {
${files.map((file) => `    ...${file}.routes(sender),`).join("\n")}
  };
}

/** Every call of the provider. A test holds it to the calls in this folder, and to those that the fault campaign has seen. */
export const ROUTE_TABLE: readonly Route[] = [
  ...CALLS_OF_ALL,
${files.map((file) => `  ...${file}.CALLS,`).join("\n")}
];
`;
}

/** provider/nylas/wire/index.ts: all decoders, and what they have in common. */
export function wireFile(): string {
  const files = filesWith("wire", /^import \* as (z) from/m).filter(([file]) => file !== "parts");
  return `// Made by \`npm run generate\` from the other files of this folder. Edit none but those.
/**
 * What the API says, in its own names, and its translation. Lenient where nothing depends on it: unknown fields pass, a
 * flag that is not there is false, an empty text is as good as none. What cannot be done without is named when missing.
 */

export { Missing, NEWER, page, type Page } from "./parts";
${files.map(([file]) => `export * from "./${file}";`).join("\n")}
export { noticing } from "./unknown";
`;
}

/** provider/nylas/wire/known.ts: the members that the files beside it state. */
export function knownFile(): string {
  const files = filesWith("wire", /^export const (\w+Members) =/m);
  return `// Made by \`npm run generate\` from the other files of this folder. Edit none but those.
/**
 * The members and values that this release knows of each object, those that it makes no use of included. It is compared with what
 * Nylas answers: by \`pulumi-nylas probe\`, and by a trace. Nothing is refused because of it.
 */
${files.map(([file, name]) => `import { ${name} } from "./${file}";`).join("\n")}

/** By what the decoders call it. */
export const KNOWN = {
${files.map(([, name]) => `  ...${name},`).join("\n")}
};

export type KnownObject = keyof typeof KNOWN;
`;
}
