/** The examples of a resource in each language, as `npm run sdk:examples` has made them from scripts/sdk/examples/. */
import * as fs from "node:fs";
import * as path from "node:path";
import { token } from "./shapes";
import { type PackageSpec } from "./types";

const folder = path.join(__dirname, "../../sdk/examples");

const LANGUAGES = { typescript: "ts", python: "py", go: "go", yaml: "yaml" };

/** The section of a description; empty where the resource has no example. */
export function examplesOf(resource: string, types: PackageSpec["types"]): string {
  const source = path.join(folder, `${resource}.yaml`);
  if (!fs.existsSync(source)) return "";
  const title = /^# (.+)$/m.exec(fs.readFileSync(source, "utf8"))?.[1] ?? resource;
  const blocks = Object.entries(LANGUAGES).map(([language, ending]) => {
    const file = path.join(folder, language === "yaml" ? "" : "made", `${resource}.${ending}`);
    const code = withoutTitle(forNode(language, types, fs.readFileSync(file, "utf8"))).trimEnd();
    return `\`\`\`${language}\n${code}\n\`\`\``;
  });
  return `\n\n{{% examples %}}\n## Example Usage\n\n{{% example %}}\n### ${title}\n\n${blocks.join("\n")}\n{{% /example %}}\n{{% /examples %}}`;
}

/** Programs for Node use the package's own classes, which take words in place of members of an enum. */
function forNode(language: string, types: PackageSpec["types"], code: string): string {
  if (language !== "typescript") return code;
  return code
    .replace('"pulumi-nylas-native"', '"pulumi-nylas/native"')
    .replace(/nylas\.([A-Z]\w*)\.([A-Z]\w*)/g, (_, type: string, member: string) =>
      wordOf(types[token(type)], member),
    );
}

function wordOf(type: PackageSpec["types"][string] | undefined, member: string): string {
  const found = type && "enum" in type ? type.enum.find(({ name }) => name === member) : undefined;
  if (found === undefined) throw new Error(`An example has ${member}, which is no word of the schema.`);
  return JSON.stringify(found.value);
}

function withoutTitle(code: string): string {
  return code.replace(/^# .*\n/, "");
}
