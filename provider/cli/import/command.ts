/** `pulumi-nylas import`: reads what stands, and writes a program for it with the file that takes it into the state. */
import * as fs from "node:fs";
import * as path from "node:path";
import { type ConnectionOptions, closedKey, connectTo, redacted } from "../connection";
import { componentOfToken, dynamicComponentToken, kindOfToken, typeToken } from "../../hosts/dynamic/tokens";
import { CliError, type Io } from "../io";
import { Progress } from "../progress";
import { readStack, type StackSeen } from "../stack";
import { cloudflare } from "./cloudflare";
import { plain } from "./code";
import { Zones } from "./dns";
import { readFleet } from "./fleet";
import { gather } from "./gather";
import { type Gathered } from "./step";
import { type Kind, KINDS } from "./kinds";
import { type Host, type Language, PROGRAM_FILES } from "./languages/language";
import { type Layout, layOut } from "./layout";
import { targetOf } from "./foreign";
import { route53 } from "./route53";
import { select } from "./selection";
import { tenantsOf } from "./tenants";
import { type VendorName } from "./vendors";

export interface ImportOptions extends ConnectionOptions {
  as: "flat" | "tenants";
  withDns?: VendorName;
  zone?: string[];
  domain?: string[];
  workspace?: string[];
  kind?: Kind[];
  language: Language;
  host?: Host;
  program?: string;
  file: string;
  force?: boolean;
  includeForeign?: boolean;
}

/** Nothing is written anywhere but to files in the folder of the program. Gives the exit code. */
export async function importFleet(options: ImportOptions, plainIo: Io): Promise<number> {
  if (options.zone && !options.withDns)
    throw new CliError("--zone says which zones --with-dns reads; give both.", 2);
  const host = hostOf(options);
  let stack: StackSeen | undefined;
  const io = redacted(plainIo, () => stack);
  const progress = new Progress(io, "reading the stack");
  try {
    stack = await readStack(options, io);
    return await bringIn({ ...options, host, program: programOf(options) }, stack, progress, io);
  } finally {
    progress.end();
  }
}

/** Python, Go and YAML have the native plugin alone. */
function hostOf({
  language,
  host = NATIVE_ONLY[language] ? "native" : "dynamic",
  connection,
}: ImportOptions): Host {
  const name = NATIVE_ONLY[language];
  if (name === undefined) return host;
  if (host === "dynamic") {
    throw new CliError(
      `--host dynamic: dynamic resources are made by Node, and a program in ${name} cannot declare them. Leave --host out: the native plugin serves ${name}.`,
      2,
    );
  }
  if (connection !== undefined) {
    throw new CliError(
      `--connection: a program in ${name} names no connection. Leave it out, and set NYLAS_API_KEY to the key of that application, in a stack of its own.`,
      2,
    );
  }
  return host;
}

const NATIVE_ONLY: Partial<Record<Language, string>> = { python: "Python", go: "Go", yaml: "YAML" };

function programOf({ language, program }: ImportOptions): string {
  return program ?? PROGRAM_FILES[language];
}

/** What is known of the call once its defaults are filled in. */
type Meant = ImportOptions & { host: Host; program: string };

async function bringIn(options: Meant, stack: StackSeen, progress: Progress, io: Io): Promise<number> {
  const { connection, cwd = ".", language, host } = options;
  const nylas = connectTo(stack, options, io);
  try {
    const { api, settings, clock } = nylas;
    if (!settings.apiKey) throw new CliError(missingKey(closedKey(nylas, "apiKey", connection), connection));
    const vendor =
      options.withDns && { cloudflare, route53 }[options.withDns](io.environment, path.resolve(cwd));
    const fleet = await readFleet(api, settings, options.kind ?? KINDS, progress);
    const selection = select(fleet, {
      ...(options.domain ? { domains: options.domain } : {}),
      ...(options.workspace ? { workspaces: options.workspace } : {}),
      ...(options.kind ? { kinds: options.kind } : {}),
    });
    const zones = vendor && new Zones(vendor, options.zone);
    const held = new Set(
      stack.resources?.flatMap(({ id, type }) => {
        const kind = kindOfToken(type);
        return id === undefined || kind === undefined ? [] : [`${kind} ${id}`];
      }),
    );
    const gathered = await gather(
      { settings, api, clock, programRuns: false },
      fleet,
      selection,
      {
        zones,
        held,
        connection,
        target: targetOf(stack, path.resolve(cwd)),
        includeForeign: options.includeForeign ?? false,
      },
      progress,
    );
    progress.now("writing the program");
    const tenants = options.as === "tenants" ? tenantsOf(fleet, gathered) : [];
    const taken = (stack.resources ?? []).map(({ type, urn }) => ({
      type: writtenAs(type),
      name: nameOf(urn),
    }));
    const layout = layOut(fleet, gathered, tenants, {
      vendor,
      language,
      host,
      importFile: options.file,
      connection,
      taken,
    });
    if (layout.entries.length === 0) {
      io.stdout(`There is nothing to bring in.\n${leftOut(gathered, "")}`);
      return 0;
    }
    write(options, layout);
    io.stdout(summary(options, gathered, layout));
    return 0;
  } finally {
    await nylas.close();
  }
}

/** The type that the written program has for a kind or a component, whichever host serves it in the state. */
function writtenAs(type: string): string {
  const [kind, component] = [kindOfToken(type), componentOfToken(type)];
  if (kind !== undefined) return typeToken(kind);
  return component === undefined ? type : dynamicComponentToken(component);
}

function missingKey(closed: string | undefined, connection: string | undefined): string {
  const scope = connection === undefined ? "" : `${connection.toUpperCase().replaceAll("-", "_")}_`;
  return (
    closed ??
    `The application's API key is needed to read it: set NYLAS_${scope}API_KEY, or nylas${connection === undefined ? "" : `-${connection}`}:apiKey of the stack.`
  );
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** All files or none: what is in the way is found before the first one is written. */
function write({ program, file, force, cwd = "." }: Meant, { program: text, entries, files }: Layout): void {
  const inFolder = (name: string) => path.resolve(cwd, name);
  if (
    PROJECT_PASSED_OVER.has(path.basename(program)) &&
    path.dirname(inFolder(program)) === path.resolve(cwd)
  )
    assertNoProgramIn(inFolder("Pulumi.yaml"), program);
  const all = [
    { path: program, text },
    { path: file, text: `${JSON.stringify({ resources: entries }, null, 2)}\n` },
    ...files,
  ];
  const other = all.filter(
    ({ path, text }) => fs.existsSync(inFolder(path)) && fs.readFileSync(inFolder(path), "utf8") !== text,
  );
  if (other.length > 0 && !force) {
    throw new CliError(
      `${other.map(({ path }) => path).join(", ")} ${other.length > 1 ? "are" : "is"} there already with something else in it. Nothing was written. ` +
        `Name other files (--program, --file), or overwrite with --force.`,
    );
  }
  for (const { path: target, text } of all) {
    try {
      fs.mkdirSync(path.dirname(inFolder(target)), { recursive: true });
      fs.writeFileSync(inFolder(target), text);
    } catch (error) {
      throw new CliError(`${target} cannot be written: ${(error as Error).message}.`);
    }
  }
}

/** Pulumi's YAML takes the program from one of these, and from the project file where there is none. */
const PROJECT_PASSED_OVER = new Set(["Main.yaml", "Main.json"]);

function assertNoProgramIn(project: string, program: string): void {
  const text = fs.existsSync(project) ? fs.readFileSync(project, "utf8") : "";
  if (!/^(resources|variables|outputs|components)[ \t]*:(?![ \t]*\{[ \t]*\})/m.test(text)) return;
  throw new CliError(
    `Pulumi.yaml has a program of its own, and Pulumi passes it over where there is a ${program}. Nothing was written. ` +
      `Write into another file (--program fleet.yaml), and move its resources into Pulumi.yaml.`,
  );
}

function summary(
  { program, file, withDns, language, host }: Meant,
  gathered: Gathered,
  { entries, files }: Layout,
): string {
  const resources = entries.filter(({ component }) => component !== true);
  const counts = new Map<string, number>();
  for (const { type } of resources) {
    const kind = type.split(":").at(-1)!;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const listed = [...counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
  const named = files.length === 0 ? "" : ` (and ${files.map(({ path }) => path).join(", ")})`;
  return [
    `Read, and nothing written at Nylas${withDns === undefined ? "" : " or in DNS"}. ${resources.length} resources: ${listed}.`,
    `The program is ${program}${named}, its import file ${file}.`,
    "",
    "Next, in the folder of the program:",
    ...preparation(language, host, withDns).map((line) => `  ${line}`),
    `  pulumi import --file ${file} --generate-code=false --yes`,
    "  pulumi preview --expect-no-changes",
    "  pulumi up        # writes nothing at Nylas; records what depends on what",
    "",
    "Until that up everything is protected, because the engine does not know yet what depends on what: a destroy as an undo is refused.",
    ...(entries.some(({ type }) => type.endsWith(":AgentDomain"))
      ? [
          "The program protects domains and their DNS records beyond it. Keep that until an up has ended well: nothing else guards them before.",
        ]
      : []),
    "To undo the import, forget the stack: pulumi stack rm --force --preserve-config.",
    "",
    ...section("To look at:", gathered.hints),
    ...section("Cannot be read back:", gathered.secrets),
    leftOut(gathered, `; all are named at the end of ${program}`),
  ].join("\n");
}

/** What the program needs beside it. */
function preparation(language: Language, host: Host, withDns: VendorName | undefined): string[] {
  const vendor = withDns && (withDns === "route53" ? "aws" : "cloudflare");
  const named =
    "# in Pulumi.yaml: plugins: { providers: [{ name: nylas, path: node_modules/pulumi-nylas/plugin }] }";
  const packages = `npm install @pulumi/pulumi pulumi-nylas${vendor === undefined ? "" : ` @pulumi/${vendor}`}`;
  if (language === "typescript") return host === "native" ? [packages, named] : [packages];
  const plugin = ["npm install pulumi-nylas", named];
  if (language === "yaml") return plugin;
  return [...plugin, "pulumi package add node_modules/pulumi-nylas/plugin/pulumi-resource-nylas"];
}

function leftOut({ left, held }: Gathered, more: string): string {
  const already = held === 0 ? "" : `The stack holds ${held} of its objects already.\n`;
  return (
    already +
    section(
      "Not brought in:",
      left.map(({ what, why }) => `${what}: ${why}.`),
      more,
    ).join("\n")
  );
}

/** As much as fits a screen. */
function section(title: string, lines: string[], more = ""): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, 20).map((line) => `- ${plain(line)}`);
  const rest = lines.length > shown.length ? [`- and ${lines.length - shown.length} more${more}`] : [];
  return [title, ...shown, ...rest, ""];
}
