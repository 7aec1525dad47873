/** Which changes the engine must not hide from the guards: `ignoreChanges` of these properties is refused. Knows no SDK. */

/** What decides whether published records may go: a change that the engine hides would pass the guard by. */
const NEVER_IGNORED: Readonly<Record<string, readonly string[]>> = {
  DomainVerification: ["domainId", "domainName", "publishedAt", "publishedBy", "records"],
  DomainRecords: ["adopts", "domainId", "domainName", "publishedAt"],
};

/** The words that let mail go, where a kind has them: the engine would go on with one that the program has taken back. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  AgentAccount: ["forceDestroy", "allowMailLoss", "retired"],
  DefaultWorkspace: ["allowMailLoss"],
  Domain: ["forceDestroy"],
  DomainVerification: ["forceDestroy"],
  Policy: ["allowMailLoss"],
  Workspace: ["forceDestroy", "allowMailLoss"],
};

/** Of a paused tenant's workspace and of the rule that stops it. */
const WHILE_PAUSED = ["ruleIds", "enabled", "conditions", "match", "actions", "trigger", "includeMembers"];

/** Why `ignoreChanges` of a resource of this type is refused; undefined where it is not. */
export function ignoredProblem(type: string, ignored: unknown, belowPaused: boolean): string | undefined {
  if (!Array.isArray(ignored)) return undefined;
  const hides = (guarded: readonly string[] = []): string[] =>
    guarded.length === 0
      ? []
      : ignored.filter((path): path is string => typeof path === "string" && isHidden(path, guarded));
  const records = hides(NEVER_IGNORED[type]);
  const rules = belowPaused ? hides(WHILE_PAUSED) : [];
  const words = hides(WORDS[type]);
  const hidden = [...new Set([...records, ...rules, ...words])];
  if (hidden.length === 0) return undefined;
  const why =
    rules.length > 0
      ? "the tenant is paused, and its accounts would go on sending"
      : records.length > 0
        ? "the engine would hide a move of the DNS records from what asks whether mail is cut off"
        : "a word that lets mail go would still count after the program has taken it back";
  return `ignoreChanges of ${hidden.join(", ")} is refused: ${why}. Leave it out for this resource.`;
}

/** Whether a path of `ignoreChanges` is that of one of these properties, or of all. */
function isHidden(path: string, properties: readonly string[]): boolean {
  const first = firstOf(path);
  return first === "*" || properties.includes(first);
}

/** The first element of a property path, as the engine reads it: `a.b`, `.a`, `["a"].b` and `a[0]` begin with `a`, `[*]` with all. */
function firstOf(path: string): string {
  const [, quoted, bracketed, plain] =
    /^\.*(?:\["((?:\\.|[^"\\])*)"\]|\[([^\]]*)\]|([^.[]*))/.exec(path) ?? [];
  return quoted?.replace(/\\(.)/g, "$1") ?? bracketed ?? plain ?? "";
}
