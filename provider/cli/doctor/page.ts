/** The examination on one screen. */
import { formatDiagnosis } from "../../dns/diagnosis";
import { type Limit } from "../../nylas/api";
import { printable } from "../../nylas/errors";
import { type AccountReport } from "./account";
import { type DomainReport } from "./domains";
import { type Examination } from "./checks";
import { counted, type Finding } from "./findings";

const MARKS = { ok: "✓", problem: "✗", note: "·", unknown: "?" } as const;

/** Problems, and lines of one problem, that are shown; --json has all of them. */
const MOST_PROBLEMS = 8;
const MOST_LINES = 3;
const MOST_ALIKE = 4;

export function page({ findings, domains, account }: Examination, stack: string): string {
  const problems = findings.filter(({ state }) => state === "problem");
  const shown = [
    ...fewer(findings.filter(({ state }) => state !== "problem")),
    ...problems.slice(0, MOST_PROBLEMS),
  ];
  const width = Math.min(28, Math.max(0, ...shown.map(({ subject }) => subject.length)));
  const lines = [`Nylas as seen from ${stack}:`, ...shown.flatMap((finding) => told(finding, width))];
  if (problems.length > MOST_PROBLEMS)
    lines.push(
      `  … and ${counted(problems.length - MOST_PROBLEMS, "more problem")} (--json has all of them)`,
    );
  lines.push(...table(domains));
  if (account) lines.push("", ...accountLines(account));
  lines.push("", problems.length === 0 ? "All well." : `${counted(problems.length, "problem")}.`);
  return `${lines.join("\n")}\n`;
}

function told({ subject, state, text, next }: Finding, width: number): string[] {
  const [first, ...more] = text.split("\n").map((line) => printable(line, 1000));
  const indent = " ".repeat(width + 6);
  const rest = more.slice(0, MOST_LINES - 1).map((line) => indent + line);
  if (more.length > MOST_LINES - 1) rest.push(`${indent}… and ${more.length - MOST_LINES + 1} more`);
  return [
    `  ${MARKS[state]} ${printable(subject, 80).padEnd(width)}  ${first}`,
    ...rest,
    ...(next === undefined ? [] : [`${indent}→ ${printable(next, 1000)}`]),
  ];
}

/** What is well of many things of a kind, in one line. */
function fewer(findings: Finding[]): Finding[] {
  const wellDomains = findings.filter(({ area, state }) => area === "dns" && state === "ok");
  const tenants = findings.filter(({ subject }) => subject.startsWith("tenant "));
  const left = findings.filter((finding) => {
    if (wellDomains.length > MOST_ALIKE && wellDomains.includes(finding)) return false;
    return !tenants.slice(MOST_ALIKE).includes(finding);
  });
  if (wellDomains.length > MOST_ALIKE) {
    const text = `${wellDomains.length} domains are well`;
    left.push({ area: "dns", subject: "domains", state: "ok", text });
  }
  if (tenants.length > MOST_ALIKE) {
    const text = `${tenants.length - MOST_ALIKE} more on their trial domain (--json has all of them)`;
    left.push({ area: "dns", subject: "tenants", state: "note", text });
  }
  return left;
}

/** The records of the one domain that is not well; of several, their problems above say enough. */
function table(domains: DomainReport[]): string[] {
  const ill = domains.filter(
    ({ status, diagnosis }) => diagnosis && (status === "pending" || diagnosis.problems.length > 0),
  );
  return ill.length === 1 ? ["", formatDiagnosis(ill[0]!.diagnosis!)] : [];
}

function accountLines({
  email,
  id,
  status,
  appPassword,
  workspace,
  policy,
  rules,
  keys,
}: AccountReport): string[] {
  const row = (label: string, text: string) => `  ${label.padEnd(10)} ${printable(text, 1000)}`;
  const named =
    workspace && `"${workspace.name}" (${workspace.id})${workspace.default ? ", the default one" : ""}`;
  return [
    `${printable(email)} (${id}), ${status}${appPassword ? ", has an app password" : ""}:`,
    row("workspace", named ?? "none"),
    row("policy", policy ? `"${policy.name}" (${policy.id})` : "none: the plan's maxima hold"),
    ...(policy ? [row("", limitsText(policy.limits)), row("", spamText(policy.spamDetection))] : []),
    ...(rules.length === 0
      ? [row("rules", "none")]
      : rules
          .slice(0, MOST_PROBLEMS)
          .map((rule, at) =>
            row(
              at === 0 ? "rules" : "",
              `"${rule.name}", ${rule.trigger}${rule.enabled ? "" : ", disabled"}: ${rule.does}`,
            ),
          )),
    ...(rules.length > MOST_PROBLEMS ? [row("", `… and ${rules.length - MOST_PROBLEMS} more`)] : []),
    ...keyLines(keys).map((text, at) => row(at === 0 ? "keys" : "", text)),
  ];
}

function limitsText(limits: NonNullable<AccountReport["policy"]>["limits"]): string {
  return Object.entries(limits)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(" ") : shown(value as Limit)}`)
    .join(", ");
}

function spamText(spam: NonNullable<AccountReport["policy"]>["spamDetection"]): string {
  return `spam: ${Object.entries(spam)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ")}`;
}

function keyLines(keys: AccountReport["keys"]): string[] {
  const own = "the application's own API key";
  if (!keys) return [own, "those of principals cannot be seen without iam.principals.read"];
  const bound = keys.map(
    ({ principal, boundTo, enabled, keys: count }) =>
      `principal "${principal}", bound to the ${boundTo}${enabled ? "" : ", disabled"}: ` +
      (count === undefined ? "its keys cannot be seen" : counted(count, "active key")),
  );
  return [own, ...bound.slice(0, MOST_PROBLEMS)];
}

function shown(limit: Limit): string {
  return typeof limit === "number" ? limit.toLocaleString("en-US") : limit;
}
