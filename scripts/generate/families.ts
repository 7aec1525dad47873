/** Writes the lists of what stands in a file for each family of the API. */
import * as fs from "node:fs";
import * as path from "node:path";

const nylas = path.join(__dirname, "../../provider/nylas");

/** The families of routes: the files that export `CALLS` and `routes`. */
function families(folder: string, exported: string): string[] {
  return fs
    .readdirSync(path.join(nylas, folder))
    .filter((name) => name.endsWith(".ts") && name !== "index.ts")
    .map((name) => path.basename(name, ".ts"))
    .filter((file) => {
      const text = fs.readFileSync(path.join(nylas, folder, `${file}.ts`), "utf8");
      return new RegExp(`^export const ${exported}\\b`, "m").test(text);
    })
    .sort();
}

/** provider/nylas/routes/index.ts. */
export function routesFile(): string {
  const files = families("routes", "routes");
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
