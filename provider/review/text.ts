/**
 * Markdown that GitHub and GitLab show as it is meant, whatever the names in it are. Text of others (names,
 * addresses, values) becomes Markdown through `code` and `fenced` alone. Inside code neither `@team`, nor a pipe, nor
 * HTML, nor a link means anything. The type keeps raw text out: `say` takes nothing else.
 */
import { visible as withoutUnseen } from "../shown";

declare const safe: unique symbol;
export type Markdown = string & { readonly [safe]: true };

/** Text of ours, with Markdown and numbers in it. */
export function say(strings: TemplateStringsArray, ...values: (Markdown | number)[]): Markdown {
  return strings.reduce(
    (text, part, at) => text + (at === 0 ? "" : shown(values[at - 1]!)) + part,
    "",
  ) as Markdown;
}

/** Text of others, in one line. */
export function code(text: string, longest = 120): Markdown {
  const line = shortened(visible(text.replace(/\s*[\r\n\u2028\u2029]\s*/g, " ⏎ ")), longest);
  if (line.trim() === "") return say`(empty)`;
  const fence = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || /^ .* $/.test(line) ? " " : "";
  return (fence + pad + line + pad + fence) as Markdown;
}

/** Text of others, line by line. */
export function fenced(text: string, longest = 1500): Markdown {
  const lines = shortened(text.replace(/\r\n?|[\u2028\u2029]/g, "\n").trim(), longest)
    .split("\n")
    .map(visible);
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [fence + "text", ...lines, fence].join("\n") as Markdown;
}

export function joined(parts: readonly Markdown[], separator = ", "): Markdown {
  return parts.join(separator) as Markdown;
}

/** `a, b and c`. */
export function enumerated(parts: readonly Markdown[]): Markdown {
  if (parts.length < 2) return parts[0] ?? say``;
  return say`${joined(parts.slice(0, -1))} and ${parts.at(-1)!}`;
}

/** The first ones, and how many more there are. */
export function some(parts: readonly Markdown[], most = 5): Markdown {
  // "and 1 more" would take as much room as the one.
  if (parts.length <= most + 1) return enumerated(parts);
  return say`${joined(parts.slice(0, most))} and ${parts.length - most} more`;
}

/** `1 account`, `14 accounts`. */
export function counted(count: number, one: Markdown, more: Markdown = say`${one}s`): Markdown {
  return say`${count} ${count === 1 ? one : more}`;
}

/** `1,234,567`. */
export function grouped(value: number): Markdown {
  return value.toLocaleString("en-US", { maximumFractionDigits: 3 }) as Markdown;
}

/** Without what a reader cannot see, or what turns a line's direction round. */
export function visible(text: string): string {
  return withoutUnseen(text.replace(/\t/g, " "), "�");
}

export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // Not through the middle of a character.
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function shown(value: Markdown | number): string {
  return typeof value === "number" ? grouped(value) : value;
}
