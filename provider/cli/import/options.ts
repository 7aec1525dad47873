/** How `pulumi-nylas import` is called. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Io } from "../io";
import type * as ImportCommand from "./command";
import { type Kind, KINDS } from "./kinds";
import { HOSTS, LANGUAGES, PROGRAM_FILES } from "./languages/language";

/** Adds the command; what it needs is loaded when it is run. */
export function importCommand(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command("import")
    .description(
      "Reads an application as it stands, and writes a program for it with the file that pulumi import --file takes. Writes nothing at Nylas or in DNS; the preview after the import is empty.",
    )
    .addOption(
      new Option("--as <form>", "every object by itself, or workspaces with all that is theirs as Tenants")
        .choices(["flat", "tenants"])
        .default("flat"),
    )
    .addOption(
      new Option("--language <language>", "what the program is written in")
        .choices(LANGUAGES)
        .default("typescript"),
    )
    .addOption(
      new Option(
        "--host <host>",
        "what serves the resources: dynamic resources (only in TypeScript, and the default there) or the native plugin",
      ).choices(HOSTS),
    )
    .addOption(
      new Option(
        "--with-dns <vendor>",
        "also the DNS records that stand, read with the vendor's client",
      ).choices(["cloudflare", "route53"]),
    )
    .option("--zone <zones>", "with --with-dns: only these zones, by id or name, separated by commas", names)
    .option("--domain <names>", "only these domains, and what lives on them, separated by commas", names)
    .option("--workspace <names>", "only these workspaces, by name or id, and what is in them", names)
    .option("--kind <kinds>", `only these of ${KINDS.join(", ")}`, kinds)
    .option(
      "--include-foreign",
      "also what bears the default name of another stack (project/stack/name); by default it is left out and named",
    )
    .option(
      "--program <file>",
      `where the program goes; by default ${Object.values(PROGRAM_FILES).join(", ")}, by its language`,
    )
    .option("--file <file>", "where the import file goes", "import.json")
    .option("--force", "overwrite these files")
    .option("-s, --stack <name>", "the stack that it is for; without it, the selected one of this folder")
    .option("-C, --cwd <folder>", "work there, in the folder of the program")
    .option("--connection <name>", "the keys of that connection (nylas-NAME:apiKey), named on each resource")
    .addHelpText("after", HELP)
    .action(async (options: ImportCommand.ImportOptions) => {
      // oxlint-disable-next-line typescript/no-require-imports
      const { importFleet } = require("./command") as typeof ImportCommand;
      done(await importFleet(options, io));
    });
}

const HELP = `
Keys come from the environment first (NYLAS_API_KEY; NYLAS_ORGANIZATION_KEY for domains), then from the stack's configuration.
The vendor's come from the environment: CLOUDFLARE_API_TOKEN, or wherever Amazon's tools find theirs. All of them only read.
What the stack holds already is left out. So is what bears another stack's default name, because two stacks that hold one object undo
each other's changes; --include-foreign brings it in.

Examples:
  $ npx pulumi-nylas import --with-dns cloudflare
  $ npx pulumi-nylas import --as tenants --with-dns route53 --domain agents.customer-a.com
  $ npx pulumi-nylas import --workspace "Customer A" --program customer-a.ts --file customer-a.json
  $ npx pulumi-nylas import --language yaml --with-dns cloudflare
Then, in the folder of the program:
  $ pulumi import --file import.json --generate-code=false --yes
  $ pulumi preview --expect-no-changes`;

function names(text: string): string[] {
  const given = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (given.length === 0) throw new InvalidArgumentError("Allowed is one name or more, separated by commas.");
  return given;
}

function kinds(text: string): Kind[] {
  const given = names(text);
  const unknown = given.find((name) => !(KINDS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`${JSON.stringify(unknown)} is none of ${KINDS.join(", ")}.`);
  return given as Kind[];
}
