/** What a user does with a message: copies a part of it into a program or a shell. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { type Input } from "../plugin/stack";

/** Snippets of TypeScript that messages gave, each in the program that it belongs into: to be compiled together. */
export const programs: string[] = [];

/** The part of the message that the pattern's first group names, as arguments of a resource. Its text is compiled later. */
export function argumentsIn(
  text: string,
  pattern: RegExp,
  program: (snippet: string) => string,
): Record<string, Input> {
  const snippet = pattern.exec(text)?.[1];
  assert.ok(snippet !== undefined, `${String(pattern)} is not in:\n${text}`);
  programs.push(program(snippet));
  return new Function(`return ({ ${snippet} });`)() as Record<string, Input>;
}

/** The command in the message, as the shell hands it to `pulumi`; `fill` replaces what a person has to fill in. */
export function commandsIn(text: string, pattern: RegExp, fill: Record<string, string> = {}): string[][] {
  const line = pattern.exec(text)?.[1];
  assert.ok(line !== undefined, `${String(pattern)} is not in:\n${text}`);
  const typed = Object.entries(fill).reduce((all, [from, to]) => all.replaceAll(from, to), line);
  const stub = `pulumi() { printf '%s\\0' "$@"; printf '\\n'; }; ${typed}`;
  const run = execFileSync("/bin/bash", ["-c", stub], { encoding: "utf8" });
  return run
    .split("\n")
    .filter((each) => each !== "")
    .map((each) => each.split("\0").slice(0, -1));
}

/** The configuration after `pulumi config set` and `rm`, as the engine hands it to the plugin: a list as JSON. */
export function configured(config: Record<string, string>, commands: string[][]): Record<string, string> {
  const result = { ...config };
  for (const [first, verb, ...rest] of commands) {
    assert.equal(first, "config");
    const [key, value] = rest.filter((each) => !each.startsWith("--"));
    if (verb === "rm") {
      delete result[key!];
      continue;
    }
    assert.equal(verb, "set");
    assert.ok(value !== undefined, `${rest.join(" ")} sets nothing`);
    if (!rest.includes("--path")) {
      result[key!] = value;
      continue;
    }
    const [, name, place] = /^(.*)\[(\d+)\]$/.exec(key!)!;
    const list = JSON.parse(result[name!] ?? "[]") as string[];
    list[Number(place)] = value;
    result[name!] = JSON.stringify(list);
  }
  return result;
}
