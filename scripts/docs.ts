/** `npm run docs`: writes the generated parts of README.md, between their markers. `--check` only says whether they are right. */
import * as fs from "node:fs";
import * as path from "node:path";
import { NEEDS } from "../provider/resources/needs";

const readme = path.join(__dirname, "..", "README.md");

/** Which key and which permissions each resource needs. */
export function needsTable(): string {
  const rows = Object.values(NEEDS).map(({ resource, key, permissions, also }) => {
    const name =
      key === "application" ? "`nylas:apiKey`" : key === "organization" ? "`nylas:organizationKey`" : "none";
    return `| \`${resource}\` | ${name} | ${permissions.map((permission) => `\`${permission}\``).join(" ") || "–"} | ${also ?? ""} |`;
  });
  return ["| resource | key | permissions of an IAM key | and |", "|---|---|---|---|", ...rows].join("\n");
}

/** The README with its generated parts as they should be. */
export function withGeneratedParts(text: string): string {
  return text.replace(
    /(<!-- needs: npm run docs -->\n)[\s\S]*?(<!-- \/needs -->)/,
    (_whole, start: string, end: string) => `${start}${needsTable()}\n${end}`,
  );
}

if (require.main === module) {
  const text = fs.readFileSync(readme, "utf8");
  const right = withGeneratedParts(text);
  if (process.argv.includes("--check")) {
    if (right !== text) console.error("README.md is out of date: npm run docs");
    process.exitCode = right === text ? 0 : 1;
  } else fs.writeFileSync(readme, right);
}
