import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type z } from "zod";
import { BadOption, DEFAULT_SETTINGS, profileSchema, type Profile, type Settings } from "./settings.js";

/** The folder with the profiles of this package, from its source and from its compiled code. */
const FOLDER = [join(__dirname, "..", "profiles"), join(__dirname, "..", "..", "profiles")].find((folder) =>
  existsSync(join(folder, "documented.json")),
)!;

/** Names of the profiles that come with this package. */
export function profileNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .sort();
}

/** Reads a profile: one of this package by its name, any other by its file, or a given one. */
export function readProfile(source: string | Profile): Profile {
  if (typeof source !== "string") return checkedProfile(source, "profile");
  const file = profileNames().includes(source) ? join(FOLDER, `${source}.json`) : source;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(error);
    throw new BadOption(`profile ${source}: ${why}; the named profiles are ${profileNames().join(", ")}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadOption(`profile ${source}: not JSON: ${(error as Error).message}`);
  }
  return checkedProfile(value, `profile ${source}`);
}

/** The settings that a simulator begins with under a profile. */
export function settingsOf(source: string | Profile | undefined): Settings {
  return source === undefined
    ? DEFAULT_SETTINGS
    : ({ ...DEFAULT_SETTINGS, ...readProfile(source).settings } as Settings);
}

function checkedProfile(value: unknown, what: string): Profile {
  const read = profileSchema.safeParse(value);
  if (read.success) return read.data;
  throw new BadOption(`${what}: ${read.error.issues.map((issue) => problemOf(issue, value)).join("; ")}`);
}

function problemOf(issue: z.core.$ZodIssue, profile: unknown): string {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const known = path.length === 0 ? Object.keys(profileSchema.shape) : Object.keys(DEFAULT_SETTINGS);
    return issue.keys
      .map(
        (key) => `unknown ${path.length === 0 ? "key" : "setting"} ${JSON.stringify(key)}${hint(key, known)}`,
      )
      .join("; ");
  }
  const found = path.reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | undefined)?.[key],
    profile,
  );
  const [, name] = path;
  return name === undefined
    ? `${path[0] ?? "it"}: ${issue.message}`
    : `${name}: expected ${issue.message}, got ${JSON.stringify(found)}`;
}

function hint(key: string, known: string[]): string {
  const [nearest] = known
    .map((name) => ({ name, steps: distance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  return nearest !== undefined && nearest.steps <= Math.max(2, key.length / 3)
    ? `; did you mean ${JSON.stringify(nearest.name)}?`
    : "";
}

/** Characters to insert, remove or replace from one text to the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
