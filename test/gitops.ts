import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

/** Where the workflows of examples/gitops are. */
export const WORKFLOWS = path.resolve(__dirname, "../examples/gitops/.github/workflows");

/** Their names. */
export function workflows(): string[] {
  return fs.readdirSync(WORKFLOWS).sort();
}

/** What a step of a workflow runs. */
export function scriptOf(file: string, step: string): string {
  const { jobs } = parse(fs.readFileSync(path.join(WORKFLOWS, file), "utf8")) as {
    jobs: Record<string, { steps?: { name?: string; run?: string }[] }>;
  };
  for (const { steps } of Object.values(jobs))
    for (const { name, run } of steps ?? []) if (name === step && run !== undefined) return run;
  throw new Error(`${file} has no step "${step}" that runs something`);
}
