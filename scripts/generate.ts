/** `npm run generate`: writes what is made from the property tables. `--check` only says whether it is as it should be. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { FormatConfig } from "oxfmt" with { "resolution-mode": "import" };
import { argumentFiles } from "./generate/args";
import { classFile, nativeClassFile } from "./generate/classes";
import { entryParts, withPart } from "./generate/exports";
import { knownFile, routesFile, wireFile } from "./generate/families";
import { importTypesFile } from "./generate/importTypes";
import { definitionsFile, needsFile } from "./generate/kinds";
import { referenceIndex, referencePage } from "./generate/reference";
import { schemaFile } from "./generate/schema";
import { readTables, tablesFile } from "./generate/tables";

const root = path.join(__dirname, "..");

/** The generated files by their path in the repository. */
export async function generated(): Promise<Map<string, string>> {
  const tables = readTables();
  const files = new Map(
    Object.entries(tables).flatMap(([file, kind]) => [
      [`provider/classes/${file}.ts`, classFile(file, kind)],
      [`provider/classes/native/${file}.ts`, nativeClassFile(file, kind)],
      [`docs/reference/${kind.className}.md`, referencePage(file, kind)],
    ]),
  )
    .set("docs/reference/README.md", referenceIndex(tables))
    .set("provider/properties/index.ts", tablesFile(tables))
    .set("provider/nylas/routes/index.ts", routesFile())
    .set("provider/nylas/wire/index.ts", wireFile())
    .set("provider/nylas/wire/known.ts", knownFile())
    .set("provider/resources/needs.ts", needsFile(tables))
    .set("provider/resources/definitions.ts", definitionsFile(tables))
    .set("provider/hosts/plugin/schema.json", schemaFile())
    .set("provider/cli/import/languages/schemaTypes.ts", importTypesFile());
  for (const [file, text] of argumentFiles()) files.set(file, text);
  for (const [file, part] of entryParts(tables))
    files.set(file, withPart(file, fs.readFileSync(path.join(root, file), "utf8"), part));
  // An ES module, which a module of this form can only load so.
  const { format } = await import("oxfmt");
  const layout = JSON.parse(fs.readFileSync(path.join(root, ".oxfmtrc.json"), "utf8")) as FormatConfig;
  const formatted = [...files].map(async ([file, text]): Promise<[string, string]> => {
    if (/\.(md|json)$/.test(file)) return [file, text];
    const { code, errors } = await format(file, text, layout);
    if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
    return [file, code];
  });
  return new Map(await Promise.all(formatted));
}

/** Of the generated files, those that are not as they should be. */
export async function stale(): Promise<Map<string, string>> {
  const differing = [...(await generated())].filter(([file, text]) => {
    const found = path.join(root, file);
    return !fs.existsSync(found) || fs.readFileSync(found, "utf8") !== text;
  });
  return new Map(differing);
}

async function main(): Promise<void> {
  const files = await stale();
  if (process.argv.includes("--check")) {
    for (const file of files.keys()) console.error(`${file} is not what npm run generate makes.`);
    process.exitCode = files.size > 0 ? 1 : 0;
    return;
  }
  for (const [file, text] of files) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
    console.log(`${file} is written.`);
  }
}

if (require.main === module) void main();
