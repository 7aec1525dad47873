/** What can be wrong, the gravest first, with the exit code of each. */
export const AREAS = {
  keys: {
    exit: 10,
    words: "a key is missing, refused, or of another region, application or organization",
  },
  permissions: { exit: 11, words: "a key is good, and may not do what the stack's resources need" },
  connector: { exit: 12, words: "the application has no connector for Agent Accounts" },
  limits: { exit: 13, words: "a policy declares more than the plan allows, or something else is in force" },
  dns: { exit: 14, words: "a domain is not verified, or its records are not as they have to be" },
  accounts: { exit: 15, words: "an account is gone or invalid, or names a policy or a rule that is gone" },
  reach: { exit: 16, words: "Nylas could not be asked" },
} as const satisfies Record<string, { exit: number; words: string }>;
export type Area = keyof typeof AREAS;

/** One thing that was looked at. */
export interface Finding {
  area: Area;
  /** What it is about, as in `application key` or `agents.example.com`. */
  subject: string;
  /** `note`: worth knowing. `unknown`: it could not be looked at, and that alone is no problem. */
  state: "ok" | "problem" | "note" | "unknown";
  text: string;
  /** What to do. */
  next?: string;
}

/** The exit code: that of the gravest problem, or 0. */
export function exitCode(findings: readonly Finding[]): number {
  const codes = findings.filter(({ state }) => state === "problem").map(({ area }) => AREAS[area].exit);
  return codes.length === 0 ? 0 : Math.min(...codes);
}

/** The exit codes as `--help` shows them. */
export function exitCodes(areas = Object.keys(AREAS) as Area[]): string {
  return areas
    .map((area) => `  ${String(AREAS[area].exit).padEnd(3)} ${area.padEnd(11)} ${AREAS[area].words}`)
    .join("\n");
}

/** `1 account`, `14 accounts`. */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** The first ones, and how many more there are. */
export function some(items: readonly string[], most = 5): string {
  if (items.length <= most + 1) return items.join(", ");
  return `${items.slice(0, most).join(", ")} and ${items.length - most} more`;
}
