/** How `pulumi-nylas probe` is called. */
import { type Command, InvalidArgumentError } from "commander";
import type * as Findings from "../doctor/findings";
import type { Io } from "../io";
import type * as Codes from "./codes";
import type * as ProbeCommand from "./command";

/** Adds the command; what it needs is loaded when it is run. */
export function probeCommand(command: Command, io: Io, done: (code: number) => void): void {
  command
    .description(
      "Finds out on a real application which readings of the Nylas API are true: where its documents disagree, and what is newer than this release. Reads only, unless --write is given.",
    )
    .option(
      "--write",
      "also make objects under a random name, try what only a write can tell, and remove them",
    )
    .option("--clean", "remove what a probe left that was killed")
    .option("--yes", "do not ask before the first write")
    .option(
      "--allow-production",
      "write in an application that calls itself production, or does not say what it is",
    )
    .option("--domain <name>", "the registered domain for the probe's mailbox; without it, a trial domain")
    .option("--webhook-url <address>", "a public address that answers challenges, for the probe's webhook")
    .option("--json <file>", "write a report there, without secrets, ids and names")
    .option(
      "--profile <file>",
      "write a profile there, with which the simulator answers as this application does",
    )
    .option(
      "--patience <seconds>",
      "how long a write is looked for before it counts as ignored",
      patience,
      60,
    )
    .option(
      "--journal <folder>",
      "where is noted what is about to be made; by default in the home folder of pulumi",
    )
    .option("--delete-mail", "with --clean: delete a mailbox of a probe although it contains mail")
    .addHelpText("after", help)
    .action(async (options: ProbeCommand.ProbeOptions) => {
      // oxlint-disable-next-line typescript/no-require-imports
      const { probe } = require("./command") as typeof ProbeCommand;
      done(await probe(options, io));
    });
}

function help(): string {
  /* oxlint-disable typescript/no-require-imports */
  const { exitCodes } = require("../doctor/findings") as typeof Findings;
  const { HARMLESS, AFFECTED, LEFT_BEHIND, INTERRUPTED } = require("./codes") as typeof Codes;
  /* oxlint-enable typescript/no-require-imports */
  return `
Keys and settings come from the environment first (NYLAS_API_KEY, NYLAS_ORGANIZATION_KEY, …), then from the stack's configuration.

--write says what it will make, and asks; without a terminal it needs --yes. It changes and deletes nothing that it has not made itself. Each object
is noted on disk before it is made. Ctrl-C ends the tries, removes what was made and reports; after a kill, --clean does the rest.
Use an application without customers.

Exit codes: 0 as known; 1 something went wrong; 2 the command line makes no sense, or --write is not allowed; otherwise:
${exitCodes(["keys", "reach"])}
  ${HARMLESS}  something differs, and the provider ends well all the same
  ${AFFECTED}  something differs, and some kinds of resource are affected; they are named
  ${LEFT_BEHIND}  something that it made is left: run --clean
  ${INTERRUPTED} Ctrl-C ended it

Examples:
  $ npx pulumi-nylas probe
  $ npx pulumi-nylas probe --write --json report.json --profile nylas.json
  $ npx pulumi-nylas probe --write --domain agents.example.com --yes
  $ npx pulumi-nylas probe --clean`;
}

function patience(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 600))
    throw new InvalidArgumentError("Allowed is a number of seconds, at most 600.");
  return value;
}
