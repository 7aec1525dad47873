/** The examples of a resource in each language, as `npm run sdk:examples` has made them from scripts/sdk/examples/. */
import * as fs from "node:fs";
import * as path from "node:path";

const folder = path.join(__dirname, "../../sdk/examples");

const LANGUAGES = { typescript: "ts", python: "py", go: "go", yaml: "yaml" };

/** The section of a description; empty where the resource has no example. */
export function examplesOf(resource: string): string {
  const source = path.join(folder, `${resource}.pp`);
  if (!fs.existsSync(source)) return "";
  const title = /^\/\/ (.+)$/m.exec(fs.readFileSync(source, "utf8"))?.[1] ?? resource;
  const blocks = Object.entries(LANGUAGES).map(([language, ending]) => {
    const code = fs.readFileSync(path.join(folder, "made", `${resource}.${ending}`), "utf8").trimEnd();
    return `\`\`\`${language}\n${code}\n\`\`\``;
  });
  return `\n\n{{% examples %}}\n## Example Usage\n\n{{% example %}}\n### ${title}\n\n${blocks.join("\n")}\n{{% /example %}}\n{{% /examples %}}`;
}
