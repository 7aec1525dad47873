/** Writes what has to be known of every kind without loading its table: what it needs to be let in, and where its definition is. */
import { type KindTable } from "../../provider/core/propertyTable";

const HEAD = "// Made by `npm run generate` from provider/properties/. Edit a file there.\n";

/** Which key and which permissions each kind needs. */
export function needsFile(kinds: Record<string, KindTable>): string {
  const entries = Object.values(kinds).map(({ type, className, key, needs = {} }) => {
    const { permissions = [], signed, also } = needs;
    const need = {
      resource: className,
      key: key === "apiKey" ? "application" : "organization",
      ...(signed ? { signed } : {}),
      permissions,
      ...(also === undefined ? {} : { also }),
    };
    return `  ${type}: ${JSON.stringify(need)},`;
  });
  return `${HEAD}import { type Need } from "./need";

/** By type, as in the state. The table in docs/settings.md is made of it. */
export const NEEDS: Record<string, Need> = {
${entries.join("\n")}
};
`;
}

/** The definition of each kind, which is loaded with its first use. The name of a kind's file is the same in each folder. */
export function definitionsFile(kinds: Record<string, KindTable>): string {
  const entries = Object.entries(kinds).map(
    ([file, { type }]) => `  ${type}: () => (require("./${file}") as typeof import("./${file}")).${file},`,
  );
  return `${HEAD}/* oxlint-disable typescript/no-require-imports, typescript/consistent-type-imports */

/** By type, as in the state. No program uses all of them, and everybody waits for what is loaded. */
export const DEFINITIONS = {
${entries.join("\n")}
};
`;
}
