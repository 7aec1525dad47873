import { Command, CommanderError, InvalidArgumentError } from "commander";
import type * as DoctorCommand from "./doctor/command";
import type * as Findings from "./doctor/findings";
import type * as MapCommand from "./map/command";
import { importCommand } from "./import/options";
import { probeCommand } from "./probe/options";
import type * as ReviewCommand from "./review/command";
import { type Gate, GATES, RECOMMENDED } from "../review/gates";
import type * as SmokeCodes from "./smoke/codes";
import type * as SmokeCommand from "./smoke/command";
import { type Io, CliError } from "./io";

/**
 * Runs `pulumi-nylas` with these arguments, and returns its exit code. 0 is for success, 1 for a failure, 2 for an
 * invalid command line; `--fail-on` has codes of its own. Each command loads what it needs only when it is run.
 */
export async function run(args: string[], io: Io): Promise<number> {
  let code = 0;
  const program = commands(io, (result) => (code = result));
  try {
    await program.parseAsync(args.length === 0 ? ["--help"] : args, { from: "user" });
    return code;
  } catch (error) {
    // Commander has said its own errors already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.stderr(`pulumi-nylas: ${(error as Error).message}\n`);
    if (error instanceof CliError) return error.exitCode;
    if (io.environment["NYLAS_TRACE"]) io.stderr(`${(error as Error).stack}\n`);
    return 1;
  }
}

function commands(io: Io, done: (code: number) => void): Command {
  // oxlint-disable-next-line typescript/no-require-imports
  const { version } = require("../../package.json") as { version: string };
  const program = new Command("pulumi-nylas")
    .description("Works beside pulumi on stacks with Nylas Agent Accounts.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      outputError: (text, write) => write(sentence(text)),
    })
    .addHelpText(
      "after",
      `
Examples:
  $ npx pulumi-nylas review --stack prod
  $ npx pulumi-nylas review --stack prod --out review.md --fail-on ${RECOMMENDED.join()}
  $ pulumi stack export | npx pulumi-nylas map --out fleet.html
  $ npx pulumi-nylas doctor --stack staging
  $ npx pulumi-nylas smoke scheduling@agents.example.com
  $ npx pulumi-nylas import --with-dns cloudflare
  $ npx pulumi-nylas probe

Exit codes: 0 done, 1 something went wrong, 2 the command line makes no sense; more in each command's --help.`,
    );

  program
    .command("review")
    .description(
      "Writes Markdown for a pull request from what pulumi preview --json --show-sames says: first what can lose mail or hand it to others, then what happens to which addresses.",
    )
    .argument("[file]", "what the preview wrote; without it, or as -, standard input")
    .option("-s, --stack <name>", "run pulumi preview of that stack, instead of reading a file")
    .option("-C, --cwd <folder>", "run it there, in the folder of the project")
    .option("-o, --out <file>", "write the Markdown there instead of to standard output")
    .option(
      "--fail-on <kinds>",
      "end with an exit code of its own where the change does one of these, separated by commas; the gravest decides; may be given more than once",
      gates,
    )
    .option("--redact", "pseudonyms in place of names and addresses (see below)")
    .option(
      "--limit <characters>",
      "the longest review; what is least important is cut first",
      characters,
      65_536,
    )
    .option("--no-picture", "leave out the Mermaid chart of the fleet")
    .option(
      "--fleet <file>",
      "another stack of the application, or the reviewed one's own state, from pulumi stack export or as a preview of its own; may be given more than once",
      (file: string, earlier: string[] = []) => [...earlier, file],
    )
    .option(
      "--fleet-complete",
      "your word that the preview and the --fleet files are all that uses the application (see below)",
    )
    .addHelpText("after", reviewHelp())
    .action(async (file: string | undefined, options: Record<string, unknown>) => {
      // oxlint-disable-next-line typescript/no-require-imports
      const { review } = require("./review/command") as typeof ReviewCommand;
      done(await review(file, options, io));
    });

  program
    .command("map")
    .description(
      "Writes the fleet as one HTML page: domains, workspaces, policies and accounts, from pulumi stack export or pulumi preview --json --show-sames.",
    )
    .argument("[file]", "what pulumi wrote; without it, or as -, standard input")
    .option("-s, --stack <name>", "run pulumi stack export of that stack, instead of reading a file")
    .option("-C, --cwd <folder>", "run it there, in the folder of the project")
    .option("-o, --out <file>", "write the page there instead of to standard output")
    .option("--redact", "pseudonyms in place of names and addresses, as in review")
    .addHelpText(
      "after",
      `
The page needs nothing but a browser: no network, no script from elsewhere. Secrets are not in it.

Examples:
  $ pulumi stack export | npx pulumi-nylas map --out fleet.html
  $ npx pulumi-nylas map --stack prod --out fleet.html
  $ npx pulumi-nylas map preview.json --redact --out fleet.html`,
    )
    .action(async (file: string | undefined, options: Record<string, unknown>) => {
      // oxlint-disable-next-line typescript/no-require-imports
      const { map } = require("./map/command") as typeof MapCommand;
      done(await map(file, options, io));
    });

  ofStack(program.command("doctor"))
    .description(
      "Looks at what stands between a stack and Nylas: keys, region, permissions, connector, plan limits, each domain's records in DNS, the accounts. Reads only.",
    )
    .option("--account <address>", "also show one account's policy, rules and keys")
    .option("--json", "all that was found, for programs")
    .addHelpText("after", doctorHelp)
    .action(async (options: Record<string, unknown>) => {
      // oxlint-disable-next-line typescript/no-require-imports
      const { doctor } = require("./doctor/command") as typeof DoctorCommand;
      done(await doctor(options, io));
    });

  ofStack(program.command("smoke"))
    .description(
      "Prints an address to write to from outside, and waits until that mail has arrived in the account.",
    )
    .argument("<account>", "the account's address, or its grant id")
    .option("--timeout <seconds>", "how long to wait", seconds, 300)
    .option("--send", "the account writes to itself instead; the message stays in its mailbox")
    .option("--json", "for programs: a line when it waits, and one when it ends")
    .addHelpText("after", smokeHelp)
    .action(async (account: string, options: SmokeCommand.SmokeOptions) => {
      // oxlint-disable-next-line typescript/no-require-imports
      const { smoke } = require("./smoke/command") as typeof SmokeCommand;
      done(await smoke(account, options, io));
    });

  importCommand(program, io, done);
  probeCommand(ofStack(program.command("probe")), io, done);

  return program;
}

/** Options of the commands that ask Nylas with the stack's own keys. */
function ofStack(command: Command): Command {
  return command
    .option("-s, --stack <name>", "the stack; without it, the selected one of the project in this folder")
    .option("-C, --cwd <folder>", "look there for the project")
    .option("--connection <name>", "the resources and keys of that connection (nylas-NAME:apiKey)");
}

const SETTINGS_HELP = `
Keys and settings come from the environment first (NYLAS_API_KEY, NYLAS_ORGANIZATION_KEY, …), then from the stack's
configuration, which pulumi opens (PULUMI_CONFIG_PASSPHRASE, or a login). Without pulumi, or without a stack, the
environment alone is used. No secret is shown.`;

function doctorHelp(): string {
  // oxlint-disable-next-line typescript/no-require-imports
  const { exitCodes } = require("./doctor/findings") as typeof Findings;
  return `${SETTINGS_HELP}

Nothing is written, neither at Nylas nor anywhere else, and nothing is tried out.

Exit codes: 0 all well; 1 it could not be examined; 2 the command line makes no sense; otherwise that of the gravest problem:
${exitCodes()}

Examples:
  $ npx pulumi-nylas doctor
  $ npx pulumi-nylas doctor --stack prod --account scheduling@agents.example.com
  $ NYLAS_API_KEY=… npx pulumi-nylas doctor --json | jq '.findings[] | select(.state == "problem")'`;
}

function smokeHelp(): string {
  /* oxlint-disable typescript/no-require-imports */
  const { exitCodes } = require("./doctor/findings") as typeof Findings;
  const { NOT_ARRIVED, INTERRUPTED } = require("./smoke/codes") as typeof SmokeCodes;
  /* oxlint-enable typescript/no-require-imports */
  return `${SETTINGS_HELP}

Of the mail that arrives it shows who it is from, and the token that it was known by: nothing else of it.

Exit codes: 0 it arrived; 1 something went wrong; 2 the command line makes no sense; otherwise:
${exitCodes(["keys", "permissions", "accounts", "reach"])}
  ${NOT_ARRIVED}  it did not arrive in time
  ${INTERRUPTED} Ctrl-C ended it

Examples:
  $ npx pulumi-nylas smoke scheduling@agents.example.com
  $ npx pulumi-nylas smoke scheduling@agents.example.com --send --timeout 60`;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400))
    throw new InvalidArgumentError("Allowed is a number of seconds, at most 86400.");
  return value;
}

function reviewHelp(): string {
  const names = Object.entries(GATES).map(
    ([name, { exit, words }]) => `  ${String(exit).padEnd(3)} ${name.padEnd(11)} ${words}`,
  );
  return `
Exit codes: 0 the review is written; 1 it could not be; 2 the command line makes no sense; with --fail-on:
${names.join("\n")}

Without --fleet the review sees one stack. Accounts of other stacks that a policy, a rule, a list, a workspace or a domain reaches are then
not known, so a change of such an object that could harm them meets its gate. --fleet names these accounts. Only --fleet-complete lets an object
pass that no known account is under: give it where no other stack, no script and no person makes accounts in the application.

A preview in a file leaves out what waits for its delete since an earlier replacement. --stack asks pulumi for it; beside a file, hand in the
stack's own export with --fleet. Without either the review cannot tell (incomplete).

--redact gives each name the same pseudonym everywhere and in every review made with the same NYLAS_REDACT_KEY (any
long random text, kept as a secret of the job). Without that key, whoever guesses a name can confirm the guess.

Examples:
  $ npx pulumi-nylas review --stack prod --out review.md --fail-on ${RECOMMENDED.join()}
  $ pulumi stack export --stack platform --file platform.json; npx pulumi-nylas review --stack prod --fleet platform.json
  $ pulumi preview --json --show-sames > preview.json; pulumi stack export --file own.json; npx pulumi-nylas review preview.json --fleet own.json
  $ npx pulumi-nylas review preview.json --redact --no-picture`;
}

/** Given more than once, it is all of these: a later line of a script takes nothing from an earlier one. */
function gates(text: string, earlier: readonly Gate[] = []): Gate[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !Object.hasOwn(GATES, name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`${JSON.stringify(unknown)} is none of ${Object.keys(GATES).join(", ")}.`);
  return [...earlier, ...(names as Gate[])];
}

function characters(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1000)
    throw new InvalidArgumentError("Allowed is a whole number from 1000.");
  return value;
}

/** Commander's `error: unknown option '--x'` as a sentence. */
function sentence(text: string): string {
  const plain = text.trim().replace(/^error: /, "");
  const ended = /[.?!)]$/.test(plain) ? plain : `${plain}.`;
  return `pulumi-nylas: ${ended} Add --help to see what there is.\n`;
}
