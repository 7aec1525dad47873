/**
 * `npm run release -- X.Y.Z` sets the version in each file that has it, and dates what CHANGELOG.md has under "Unreleased".
 * `npm run release -- --check vX.Y.Z` says whether the repository is what that tag promises; `--notes vX.Y.Z` prints the release's section.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as semver from "semver";
import { type PackageSpec } from "./generate/schema/types";
import { bareSchema } from "./schemaChanges";

const SCHEMA = "provider/hosts/plugin/schema.json";
const MANIFEST = /^ {2}"version": "(.*?)"/gm;

/** Where the version stands, as the first group of a pattern. `*` in a path is a folder. */
const PLACES: { file: string; at: RegExp }[] = [
  { file: "package.json", at: MANIFEST },
  { file: "provider/package.json", at: MANIFEST },
  { file: "simulator/package.json", at: MANIFEST },
  { file: "scripts/clone/package.json", at: MANIFEST },
  { file: SCHEMA, at: MANIFEST },
  { file: "package-lock.json", at: /^ {2}"version": "(.*?)"/gm },
  {
    file: "package-lock.json",
    at: /^ {4}"(?:|provider|simulator)": \{\n(?: {6}"name": .*\n)? {6}"version": "(.*?)"/gm,
  },
  { file: "examples/*/package.json", at: /^ {4}"pulumi-nylas": "\^(.*?)"/gm },
  { file: "README.md", at: /(?:\bVersion |\bpulumi-nylas-)(\d+\.\d+\.\d+)\b/g },
  { file: "docs/native-plugin.md", at: /`nylas@(\d+\.\d+\.\d+)`/g },
];

const KINDS = ["Breaking", "Added", "Changed", "Fixed"] as const;
type Kind = (typeof KINDS)[number];

/** A paragraph or an item of a list, with the paragraph that introduces its list. */
interface Entry {
  kind: Kind;
  text: string;
  intro?: string;
}

/** What stands under a heading of a changelog, or undefined where the heading is not there. */
function sectionOf(changelog: string, heading: RegExp): string | undefined {
  const sections = changelog.split(/^(?=## )/m);
  const found = sections.find((section) => heading.test(section.split("\n")[0]!));
  return found?.replace(/^.*\n/, "").trim();
}

const headingOf = (version: string) => new RegExp(`^## ${version.replaceAll(".", "\\.")}(?: |$)`);
const UNRELEASED = /^## Unreleased$/;

/** The entries of a section. Without a word for its kind, or a heading above it, an entry is a change. */
export function entriesOf(section: string): Entry[] {
  const entries: Entry[] = [];
  let kind: Kind = "Changed";
  let intro: string | undefined;
  for (const block of section.split(/\n(?=- |#)|\n\s*\n/).map((each) => each.trim())) {
    const heading = /^#+ (\w+)$/.exec(block)?.[1];
    if (block === "") continue;
    if (heading !== undefined) {
      kind = KINDS.find((each) => each === heading) ?? "Changed";
      intro = undefined;
    } else if (!block.startsWith("- ") && block.endsWith(":")) intro = block;
    else {
      if (!block.startsWith("- ")) intro = undefined;
      entries.push({ ...kindOf(block, kind), ...(intro !== undefined && { intro }) });
    }
  }
  return entries;
}

/** The heading says what `**Breaking:**` or `New:` says at the beginning of an entry. */
function kindOf(text: string, otherwise: Kind): Entry {
  const [start = "", dash = "", word] =
    /^(- )?(?:\*\*(Breaking|Added|Changed|Fixed):?\*\*:?|New:) */.exec(text) ?? [];
  if (start === "" || start === dash) return { kind: otherwise, text };
  const rest = text.slice(start.length);
  return {
    kind: (word as Kind | undefined) ?? "Added",
    text: `${dash}${rest.charAt(0).toUpperCase()}${rest.slice(1)}`,
  };
}

/** The changelog with its unreleased entries in a section of the version, sorted by kind, and nothing unreleased. */
export function dated(changelog: string, version: string, date: string): string {
  const unreleased = sectionOf(changelog, UNRELEASED);
  if (unreleased === undefined) throw new Error('CHANGELOG.md has no section "Unreleased".');
  if (sectionOf(changelog, headingOf(version)) !== undefined)
    throw new Error(`CHANGELOG.md has a section ${version} already.`);
  const entries = entriesOf(unreleased);
  if (entries.length === 0) throw new Error('CHANGELOG.md has nothing under "Unreleased".');
  const parts = KINDS.flatMap((kind) => {
    const own = entries.filter((entry) => entry.kind === kind);
    return own.length === 0 ? [] : [`### ${kind}`, ...listed(own)];
  });
  const made = ["## Unreleased", `## ${version} (${date})`, ...parts].join("\n\n");
  const [head = "", tail = ""] = split(changelog);
  return `${head}${made}\n${tail === "" ? "" : `\n${tail}`}`;
}

/** Items of one list stand together, under what introduces them. */
function listed(entries: Entry[]): string[] {
  const blocks: string[] = [];
  let before: Entry | undefined;
  for (const entry of entries) {
    if (entry.intro !== undefined && entry.intro !== before?.intro) blocks.push(entry.intro, entry.text);
    else if (before?.intro === entry.intro && before?.text.startsWith("- ") && entry.text.startsWith("- "))
      blocks.push(`${blocks.pop()!}\n${entry.text}`);
    else blocks.push(entry.text);
    before = entry;
  }
  return blocks;
}

/** What stands before the unreleased section, and what after it. */
function split(changelog: string): string[] {
  const sections = changelog.split(/^(?=## )/m);
  const at = sections.findIndex((section) => UNRELEASED.test(section.split("\n")[0]!));
  return [sections.slice(0, at).join(""), sections.slice(at + 1).join("")];
}

/** The lowest version that may have such entries: docs/versioning.md has the rule. */
export function lowestVersion(current: string, entries: Entry[]): string {
  const has = (kind: Kind) => entries.some((entry) => entry.kind === kind);
  const isStable = semver.major(current) > 0;
  const step = has("Breaking")
    ? isStable
      ? "major"
      : "minor"
    : has("Added") && isStable
      ? "minor"
      : "patch";
  return semver.inc(current, step)!;
}

/** The files of a place that are there. */
function filesOf(root: string, file: string): string[] {
  const [before, after] = file.split("*");
  if (after === undefined) return [file];
  return fs
    .readdirSync(path.join(root, before!))
    .map((name) => `${before!}${name}${after}`)
    .filter((each) => fs.existsSync(path.join(root, each)))
    .sort();
}

const read = (root: string, file: string) => fs.readFileSync(path.join(root, file), "utf8");

/** Each version that stands somewhere, with its file. */
export function versionsIn(root: string): { file: string; version: string }[] {
  return PLACES.flatMap(({ file, at }) => {
    const found = filesOf(root, file).flatMap((each) =>
      [...read(root, each).matchAll(at)].map(([, version]) => ({ file: each, version: version! })),
    );
    if (found.length === 0)
      throw new Error(`${file} has no version where scripts/release.ts looks for it. Correct PLACES there.`);
    return found;
  });
}

/** Makes the repository in a folder that of a version. Throws, and writes nothing, where it may not be one. */
export function release(root: string, version: string, date: string): void {
  const current = (JSON.parse(read(root, "package.json")) as { version: string }).version;
  if (!/^\d+\.\d+\.\d+$/.test(version) || semver.valid(version) === null)
    throw new Error(`${version} is no version. Write X.Y.Z, without a "v".`);
  if (!semver.gt(version, current)) throw new Error(`${version} does not come after ${current}.`);
  const changelog = read(root, "CHANGELOG.md");
  const lowest = lowestVersion(current, entriesOf(sectionOf(changelog, UNRELEASED) ?? ""));
  if (semver.lt(version, lowest))
    throw new Error(`CHANGELOG.md has entries that ask for ${lowest} at least. See docs/versioning.md.`);
  const written = new Map([["CHANGELOG.md", dated(changelog, version, date)]]);
  versionsIn(root);
  for (const { file, at } of PLACES)
    for (const each of filesOf(root, file)) {
      const text = written.get(each) ?? read(root, each);
      written.set(
        each,
        text.replace(at, (whole, old: string) => replaceLast(whole, old, version)),
      );
    }
  const schema = JSON.parse(written.get(SCHEMA)!) as PackageSpec;
  assertGoPath(schema, version);
  written.set(goldenOf(version), bareSchema(schema));
  for (const [file, text] of written) fs.writeFileSync(path.join(root, file), text);
}

function replaceLast(whole: string, old: string, version: string): string {
  const at = whole.lastIndexOf(old);
  return `${whole.slice(0, at)}${version}${whole.slice(at + old.length)}`;
}

const goldenOf = (version: string) => `test/golden/schema/schema-${version}.json`;

/** From 2.0.0 on, Go finds a module by a path that ends with its major version. */
function assertGoPath(schema: PackageSpec, version: string): void {
  const major = semver.major(version);
  const { importBasePath } = (schema.language as { go: { importBasePath: string } }).go;
  if (major >= 2 && !importBasePath.includes(`/v${major}/`))
    throw new Error(
      `The path of the Go module, ${importBasePath}, lacks /v${major}. Correct GO_MODULE in scripts/generate/schema.ts.`,
    );
}

/** What keeps the repository in a folder from being what a tag promises. */
export function problems(root: string, tag: string): string[] {
  const [, version] = /^v(\d+\.\d+\.\d+)$/.exec(tag) ?? [];
  if (version === undefined) return [`${tag} is no tag of a release. Write vX.Y.Z.`];
  const found = versionsIn(root)
    .filter((each) => each.version !== version)
    .map((each) => `${each.file} has the version ${each.version}.`);
  const changelog = read(root, "CHANGELOG.md");
  if (!sectionOf(changelog, headingOf(version))) found.push(`CHANGELOG.md has no section ${version}.`);
  if (sectionOf(changelog, UNRELEASED) !== "")
    found.push('CHANGELOG.md has entries under "Unreleased", or no such section.');
  if (/not published yet/.test(read(root, "README.md")))
    found.push("README.md says that it is not published yet.");
  const golden = goldenOf(version);
  const bare = bareSchema(JSON.parse(read(root, SCHEMA)) as PackageSpec);
  if (!fs.existsSync(path.join(root, golden)) || read(root, golden) !== bare)
    found.push(`${golden} is not the schema without its texts.`);
  const state = `test/golden/${version}.json`;
  if (!fs.existsSync(path.join(root, state)))
    found.push(`${state} is not there. UPDATE_GOLDEN=1 npx mocha test/plugin/golden.test.ts writes it.`);
  return [...new Set(found)];
}

/** What the changelog says of a release. */
export function notes(root: string, tag: string): string {
  const section = sectionOf(read(root, "CHANGELOG.md"), headingOf(tag.replace(/^v/, "")));
  if (!section) throw new Error(`CHANGELOG.md has no section ${tag.replace(/^v/, "")}.`);
  return section;
}

function main(): void {
  const root = path.join(__dirname, "..");
  const [first = "", tag = ""] = process.argv.slice(2);
  if (first === "--notes") return console.log(notes(root, tag));
  if (first === "--check") {
    const found = problems(root, tag);
    for (const each of found) console.error(each);
    if (found.length > 0) throw new Error(`This is not ${tag}.`);
    return console.log(`This is ${tag}.`);
  }
  release(root, first, new Date().toISOString().slice(0, 10));
  console.log(`This is ${first}. What is left to do stands in CONTRIBUTING.md, under "Release".`);
}

if (require.main === module)
  try {
    main();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
